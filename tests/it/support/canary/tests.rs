//! The scanner and every place that it is hung up at, with a canary planted there: a scanner that finds nothing here guards nothing.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::*;
use crate::support::hermetic;
use crate::support::pty::Launch;

/// A secret in every disguise, made by other code than the scanner's where there is some.
fn disguises(secret: &str) -> Vec<String> {
    let letters = |each: fn(u8) -> String| secret.bytes().map(each).collect::<Vec<_>>().concat();
    let mut all = vec![
        secret.to_owned(),
        format!("{}...", &secret[..8]),
        secret.chars().rev().collect(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        serde_json::to_string(secret).expect("a text is JSON"),
        format!("{secret:?}"),
        letters(|letter| format!("{letter:x}")),
        letters(|letter| format!("{letter:X}")),
        letters(|letter| format!("%{letter:x}")),
        letters(|letter| format!("\\u{letter:04x}")),
    ];
    for before in ["", "u", "us", "user:", "user-7:"] {
        all.push(STANDARD.encode(format!("{before}{secret} and more")));
        all.push(URL_SAFE_NO_PAD.encode(format!("{before}{secret}")));
    }
    all
}

#[test]
fn a_canary_is_found_in_every_disguise_and_among_anything() {
    for secret in [PASSWORD, TENANT_TOKEN, CHAOS_TOKEN] {
        for disguise in disguises(secret) {
            let found = standard().find("a file", format!("\0before {disguise} behind\n").as_bytes(), &[]);
            assert!(!found.is_empty() && found[0].starts_with(&format!("a file holds {secret} as ")), "{disguise}");
            assert_eq!(
                standard().find("a file", disguise.as_bytes(), &[secret]),
                Vec::<String>::new(),
                "it is allowed"
            );
        }
        for wide in [u16::to_le_bytes, u16::to_be_bytes] {
            let bytes: Vec<u8> = format!("x{secret}").encode_utf16().flat_map(wide).collect();
            assert!(!standard().find("memory", &bytes, &[]).is_empty());
        }
    }
    let innocent = "kanarie, sandbox-1f.people1, Kanari3 #Vogel, CANARY: a canary";
    assert_eq!(standard().find("a file", innocent.as_bytes(), &[]), Vec::<String>::new());
}

#[test]
fn a_canary_in_a_file_its_name_or_a_log_beside_a_database_is_found() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".local/state/netex-users");
    fs::create_dir_all(&folder).unwrap();
    for name in ["netex-users.log", "netex-users.log.2", "journal.db", "journal.db-wal", "journal.db-shm"] {
        let path = folder.join(name);
        fs::write(&path, STANDARD.encode(format!("a{PASSWORD}"))).unwrap();
        let found = standard().tree(home.path(), &[]);
        assert_eq!(found.len(), 1, "{name}");
        assert!(
            found[0].starts_with(&format!(".local/state/netex-users/{name} holds {PASSWORD} as base64")),
            "{found:?}"
        );
        assert_eq!(standard().tree(home.path(), std::slice::from_ref(&path)), Vec::<String>::new());
        fs::remove_file(path).unwrap();
    }
    fs::write(folder.join(format!("deleted-{CHAOS_TOKEN}.json")), "").unwrap();
    assert_eq!(standard().tree(home.path(), &[]).len(), 1);
}

#[test]
#[cfg(target_os = "linux")]
fn a_canary_in_the_arguments_or_the_environment_of_a_child_is_found() {
    let start = |script: &str, name: &str, value: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh", "argument"]).env_clear().env("PATH", "/usr/bin:/bin").env(name, value);
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        command.spawn().expect("a shell starts")
    };
    // The child says that it is there, and reads until its input ends.
    let script = |setting: &str| format!("{setting} sh -c 'echo there; read -r line' sh $0; true");
    for (setting, value, count) in [("", TENANT_TOKEN, 1), ("env -u SECRET", TENANT_TOKEN, 0), ("", "nothing", 0)] {
        let mut child = start(&script(setting), "SECRET", value);
        let mut there = [0; 6];
        std::io::Read::read_exact(child.stdout.as_mut().expect("it is piped"), &mut there).unwrap();
        let pid = Pid::from_raw(child.id().cast_signed()).unwrap();
        assert_eq!(standard().process(pid).len(), count, "{setting} {value}");
        drop(child.stdin.take());
        child.wait().unwrap();
    }
    let mut child = start(&format!("echo there; read -r line; : {CHAOS_TOKEN}"), "A", "b");
    let mut there = [0; 6];
    std::io::Read::read_exact(child.stdout.as_mut().expect("it is piped"), &mut there).unwrap();
    assert_eq!(standard().process(Pid::from_raw(child.id().cast_signed()).unwrap()).len(), 1);
    drop(child.stdin.take());
    child.wait().unwrap();
}

/// Runs a script in a terminal and lets the harness look at it, as after every test.
fn in_a_terminal(script: &str) -> Result<(), String> {
    let panic = catch_unwind(AssertUnwindSafe(|| {
        let terminal = Launch::new("/bin/sh").args(&["-c", script]).env("SECRET", PASSWORD).open();
        terminal.wait_exit();
    }));
    panic.map_err(|panic| *panic.downcast::<String>().expect("the words of an assertion"))
}

#[test]
fn the_harness_of_the_terminal_fails_a_test_that_lets_a_secret_out() {
    assert_eq!(in_a_terminal("echo nothing"), Ok(()));
    for leak in [
        "printf %s \"$SECRET\"",
        // Drawn in two pieces, as a screen that is painted cell by cell is.
        r"printf 'Kanari\033[31m3#Vogel(88)'",
        "printf %s \"$SECRET\" | od -An -tx1 | tr -d ' \\n' >$HOME/.local/state/dump",
        "printf %s \"$SECRET\" >$TMPDIR/kept",
        "printf 'a:%s' \"$SECRET\" | base64 >$HOME/.local/share/kept",
    ] {
        let told = in_a_terminal(leak).expect_err(leak);
        assert!(told.contains("\nI-8, I-11: a secret got out: ") && told.contains(PASSWORD), "{told}");
    }
}

#[test]
fn the_harness_of_the_commands_fails_a_test_that_lets_a_secret_out() {
    let home = tempfile::tempdir().unwrap();
    let run = |script: &str| {
        let mut command = hermetic::command("sh", home.path());
        command.args(["-c", script]).env("SECRET", TENANT_TOKEN);
        catch_unwind(AssertUnwindSafe(|| hermetic::output(&mut command, home.path()))).is_ok()
    };
    assert!(run("echo nothing"));
    assert!(!run("echo $SECRET"));
    assert!(!run("echo $SECRET >&2"));
    assert!(!run("echo $SECRET >kept"));
}
