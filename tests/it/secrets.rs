//! Secrets: what the type cannot do, what the process does not show, and what a helper that prints a token is not told (faults.md 90 to 93).

use std::fs;
use std::process::Stdio;

use netex_users::domain::secret::{Sealed, Secret};

use crate::pty::{Desk, PASSWORD, PROGRAM, Session, TENANT_TOKEN, home_of};
use crate::support::canary;
use crate::support::hermetic;

/// Whether a type has a trait, without a line that compiles only where it has: the constant of the type's own block wins where its bound
/// holds, and that of the trait stands in where it does not.
macro_rules! has {
    ($type:ty: $($bound:tt)+) => {{
        trait _Otherwise {
            const _HAS: bool = false;
        }
        impl<T: ?Sized> _Otherwise for T {}
        struct Asked<T: ?Sized>(std::marker::PhantomData<T>);
        impl<T: ?Sized + $($bound)+> Asked<T> {
            const _HAS: bool = true;
        }
        <Asked<$type>>::_HAS
    }};
}

// Whoever gives a secret one of these cannot build the tests any more.
const _: () = assert!(!has!(Secret: std::fmt::Debug), "a secret with Debug is a secret in a log");
const _: () = assert!(!has!(Secret: std::fmt::Display), "a secret with Display is a secret in a message");
const _: () = assert!(!has!(Secret: Clone), "a secret with Clone is a secret in places that nobody wipes");
const _: () = assert!(!has!(Secret: serde::Serialize), "a secret with Serialize is a secret in a file");
const _: () = assert!(!has!(Secret: AsRef<str>), "a secret is taken out with expose, which a reviewer can search for");
const _: () =
    assert!(!has!(Secret: std::ops::Deref), "a secret is taken out with expose, which a reviewer can search for");
const _: () =
    assert!(!has!(Secret: Into<String>), "a secret is taken out with expose, which a reviewer can search for");
const _: () = assert!(!has!(Sealed: std::fmt::Display) && !has!(Sealed: serde::Serialize));
const _: () =
    assert!(!has!(netex_users::api::Client: std::fmt::Debug) && !has!(netex_users::api::Settings: std::fmt::Debug));

// The question itself: it finds what is there.
const _: () = assert!(has!(String: std::fmt::Debug) && has!(String: std::fmt::Display) && has!(String: Clone));
const _: () = assert!(has!(String: serde::Serialize) && has!(String: AsRef<str>) && has!(String: std::ops::Deref));
const _: () = assert!(has!(Sealed: std::fmt::Debug) && has!(Sealed: Clone));

#[test]
fn what_holds_a_secret_for_several_shows_that_there_is_one_and_no_more() {
    let sealed = Sealed::new(Secret::new(PASSWORD.to_owned()));
    assert_eq!(format!("{sealed:?} {:#?}", [&sealed]), "Sealed [\n    Sealed,\n]");
    assert_eq!(sealed.open().expose(), PASSWORD);
}

/// A home whose tenant gets its token from a program; another tenant's token stands in the environment.
fn with_a_helper(script: &str) -> tempfile::TempDir {
    let home = home_of("http://127.0.0.1:9/integration/ws");
    let path = home.path().join(".config/netex-users/config.toml");
    let other = concat!(
        "[tenants.vault]\nbase_url = 'http://127.0.0.1:9/integration/ws'\n",
        "token = { command = ['sh', '-c', '''SCRIPT'''] }\n"
    );
    let text = fs::read_to_string(&path).expect("the home is ours") + &other.replace("SCRIPT", script);
    fs::write(path, text).expect("the home is ours");
    home
}

#[test]
#[cfg(target_os = "linux")]
fn a_program_that_prints_a_token_sees_no_other_token_in_its_environment_or_in_our_arguments() {
    // What it sees is kept in the home, where the harness looks.
    let script = "cat /proc/self/environ /proc/$PPID/cmdline >tmp/seen; echo helped";
    let home = with_a_helper(script);
    let mut command = hermetic::command(PROGRAM, home.path());
    command.args(["doctor", "--tenant", "vault"]).env("ACME_TOKEN", TENANT_TOKEN).env("UNRELATED", "stays");
    let output = hermetic::output(&mut command, home.path());
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains("FAIL connection"), "the helper's token was taken:\n{out}");
    let seen = fs::read_to_string(home.path().join("tmp/seen")).unwrap();
    assert!(seen.contains("UNRELATED=stays") && seen.contains("doctor\0--tenant\0vault"), "{seen:?}");
    assert!(!seen.contains("ACME_TOKEN"), "{seen:?}");
}

#[test]
fn a_helper_that_leaks_would_be_found() {
    let home = with_a_helper("echo $LEFT >seen; echo helped");
    let mut command = hermetic::command(PROGRAM, home.path());
    // Under a name that no tenant of the configuration says, nobody can know that it is a token.
    command.args(["doctor", "--tenant", "vault"]).env("LEFT", TENANT_TOKEN);
    command.output().unwrap();
    assert!(!canary::standard().tree(home.path(), &[]).is_empty());
}

/// Neither an image of the memory nor another program of the same agent shows what is in it.
#[test]
#[cfg(target_os = "linux")]
fn the_process_cannot_be_looked_into() {
    let home = tempfile::tempdir().unwrap();
    let mut command = hermetic::command(PROGRAM, home.path());
    command.args(["config", "init"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    // It has said something, so it is past its beginning.
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut [0]).unwrap();
    let owner = |pid: u32| std::os::unix::fs::MetadataExt::uid(&fs::metadata(format!("/proc/{pid}/mem")).unwrap());
    let (theirs, ours) = (owner(child.id()), owner(std::process::id()));
    drop(child.stdin.take());
    child.wait().unwrap();
    // The kernel gives what belongs to such a process to root. Where the tests are root's that shows nothing, and `doctor` is asked.
    assert_eq!(theirs, 0);
    assert!(ours != 0 || rustix::process::geteuid().is_root());
    let mut command = hermetic::command(PROGRAM, home.path());
    let output = hermetic::output(command.arg("doctor"), home.path());
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains("ok   process - "), "{out}");
}

#[test]
fn a_service_that_sends_secrets_back_shows_and_leaves_none() {
    let echo = format!("no {PASSWORD} for {TENANT_TOKEN}");
    let strikes = format!(
        "leaky = true\n[[strike]]\non = ['create']\ntimes = 1\nanswer = 'envelope'\nstatus = 400\nmessage = '''{echo}'''\n\
         [[strike]]\non = ['create']\nplatforms = {{ training = {{ status = 500, message = '''{echo}''' }} }}\n"
    );
    let desk = Desk::of(&strikes);
    let mut session = desk.begin();
    session.send_nora();
    session.wait_for_text("the service says: no ******** for ********");
    session.send("<C-r>");
    session.wait_for_text("Review: create nora.vidal");
    session.send("<Enter>");
    session.wait_for_text("PARTLY DONE  create nora.vidal");
    session.wait_for_text("no ******** for ********");
    // Reads bring a password hash of everybody; the list is kept, and so is the person who was opened.
    session.open_person("marta.lopez");
    session.leave();
}

#[test]
fn nobodys_hash_is_kept_of_whom_a_leaky_service_showed() {
    let desk = Desk::of("leaky = true\n");
    let mut session = Session::at_the_list(desk.launch());
    session.wait_for("everybody to be read", |screen| {
        let text = screen.contents();
        text.contains(" people, read ") && !text.contains("reading on") && !text.contains("loading")
    });
    session.send("/lopez<Enter>e");
    session.wait_for_text("(marta.lopez), enabled");
    session.send("<Enter>");
    session.wait_for_text("DONE  disable marta.lopez");
    session.send("D");
    session.wait_for_text("(marta.lopez), disabled");
    session.send("marta.lopez<Enter>");
    session.wait_for_text("DONE  delete marta.lopez");
    let folder = session.home().join(".local/state/netex-users");
    let names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    for kept in ["deleted-marta.lopez-", ".people"] {
        assert!(
            names.iter().any(|name| name.to_string_lossy().contains(kept)),
            "there is nothing to look into: {names:?}"
        );
    }
    session.leave_by("<C-q>");
}
