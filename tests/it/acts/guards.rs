//! What is not sent: without agreement, on a tenant that is read-only, in a dry run, after somebody else's change; and what is kept from
//! arguments, output and files.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use serde_json::json;

use super::{Home, NORA, PROGRAM, TOKEN, Told, WRITES, asked, bodies, sandbox};
use crate::support::hermetic;

/// Every write, with what it needs beside agreement.
const EVERY: [&[&str]; 7] = [
    &NORA,
    &["update", "marta.lopez", "--location", "Vigo"],
    &["enable", "thais.araujo"],
    &["disable", "marta.lopez"],
    &["password", "marta.lopez"],
    &["welcome", "marta.lopez"],
    &["delete", "martin.dubois"],
];

fn generated(words: &[&'static str]) -> Vec<&'static str> {
    let needs_one = matches!(words[0], "create" | "password");
    [words, if needs_one { &["--generate-password", "--show-password"] } else { &[] }].concat()
}

fn writes(sandbox: &netex_users::sandbox::Sandbox) -> usize {
    asked(sandbox).iter().filter(|asked| !asked.starts_with("GET")).count()
}

#[test]
fn a_pipe_has_to_say_yes_to_what_hurts_and_to_nothing_else() {
    let asks = |words: &[&str]| {
        let told = Home::new().call(words);
        assert!(told.code == 2 || told.code == 0 || told.code == 4, "{words:?}: {told:?}");
        assert_eq!(
            told.code == 2,
            told.err.contains("nobody can be asked here: say --yes [usage]\n"),
            "{words:?}: {told:?}"
        );
        told.code == 2
    };
    for words in EVERY {
        let wanted = matches!(words[0], "disable" | "password" | "delete");
        assert_eq!(asks(&generated(words)), wanted, "{words:?}");
    }
    assert!(asks(&["update", "marta.lopez", "--role", "training=user,trainer,admin"]));
    assert!(asks(&["update", "sabela.castineiras", "--role", "training=user"]), "an administrator's role is taken");
    assert!(asks(&["update", "marta.lopez", "--enabled", "no"]));
    assert!(!asks(&["update", "marta.lopez", "--role", "training=user"]));
    assert!(!asks(&["update", "marta.lopez", "--enabled", "yes"]));
}

#[test]
fn another_name_to_sign_in_with_is_agreed_to() {
    let sandbox = sandbox("revision = '2023'");
    let home = Home::new();
    home.tenant(&sandbox, "revision = '2023'");
    let words = ["update", "marta.lopez", "--username", "marta.gomez"];
    let told = home.call(&words);
    assert_eq!((told.code, writes(&sandbox)), (2, 0));
    assert!(told.err.contains("renames marta.lopez to marta.gomez, and nobody can be asked here"), "{told:?}");
    assert_ne!(home.call(&[&words[..], &["--yes"]].concat()).code, 2);
    assert_eq!(bodies(&sandbox)[0]["user"]["username"], "marta.gomez");
}

#[test]
fn production_wants_its_name_as_well_for_everything_that_is_sent() {
    let sandbox = sandbox("");
    let home = Home::new();
    home.tenant(&sandbox, "production = true");
    for words in EVERY {
        let words = generated(words);
        for (more, said) in [
            (&[][..], "acme is production, and nobody can be asked here: say --yes and --tenant acme [usage]\n"),
            (
                &["--tenant", "acme"],
                "acme is production, and nobody can be asked here: say --yes and --tenant acme [usage]\n",
            ),
            (&["--yes"], "acme is production, and nobody can be asked here: say --tenant acme [usage]\n"),
        ] {
            let told = home.call(&[&words[..], more].concat());
            assert_eq!(told.code, 2, "{words:?} {more:?}: {told:?}");
            assert!(told.err.ends_with(said), "{told:?}");
        }
    }
    assert_eq!(writes(&sandbox), 0);
    for words in EVERY {
        let told = home.call(&[&generated(words)[..], &["--yes", "--tenant", "acme"]].concat());
        assert!(matches!(told.code, 0 | 4), "{words:?}: {told:?}");
    }
    assert_eq!(writes(&sandbox), EVERY.len());
    // Before the command is on the command line as well.
    let told = home.call(&["--tenant", "acme", "update", "marta.lopez", "--location", "Lugo", "--yes"]);
    assert_eq!(told.code, 0, "{told:?}");
}

#[test]
fn a_read_only_tenant_refuses_every_write_before_anything_is_asked() {
    let sandbox = sandbox("");
    let home = Home::new();
    home.tenant(&sandbox, "read_only = true");
    for words in EVERY {
        let told = home.call(&[&generated(words)[..], &["--yes", "--json"]].concat());
        let document = told.document();
        assert_eq!((told.code, &document["verdict"]), (6, &json!("not sent")), "{words:?}");
        assert!(document["cause"].as_str().unwrap().starts_with("acme is read-only"), "{document:#}");
        assert_eq!(document["code"], "read-only");
    }
    assert_eq!(asked(&sandbox), Vec::<String>::new());
    assert_eq!(home.call(&["get", "marta.lopez"]).code, 0);
}

#[test]
fn a_dry_run_shows_the_request_that_would_go_out_and_sends_nothing() {
    let sandbox = sandbox("");
    let home = Home::new();
    home.tenant(&sandbox, "production = true");
    for words in EVERY {
        // No agreement is needed, and no place for a made password.
        let mut words = words.to_vec();
        words.push("--dry-run");
        if words[0] == "create" {
            words.push("--generate-password");
        }
        let told = home.call(&words);
        assert_eq!((told.code, told.err.as_str()), (0, ""), "{words:?}: {told:?}");
        assert!(told.out.starts_with("DRY RUN  ") && told.out.contains(": nothing was sent\n\n"), "{told:?}");
        assert!(told.out.contains("X-Cloud-Auth-Token: ********\n"), "{told:?}");
        let document = home.call(&[&words[..], &["--json"]].concat()).document();
        assert!(told.out.contains(document["request"].as_str().unwrap()), "{told:?} {document:#}");
    }
    assert_eq!(writes(&sandbox), 0);
    let shown = home.call(&["update", "marta.lopez", "--location", "Vigo", "--async", "--dry-run"]).out;
    assert!(shown.contains("PUT /integration/ws/management/rest/users/ff80"), "{shown}");
    assert!(shown.contains("X-Cloud-Synchronization: asynchronous\n"), "{shown}");
    assert!(shown.ends_with("{\n  \"user\": {\n    \"location\": \"Vigo\"\n  }\n}\n"), "{shown}");
}

#[test]
fn only_what_was_named_and_is_not_so_already_is_sent() {
    let sandbox = sandbox("");
    let home = Home::new();
    home.tenant(&sandbox, "");
    let words = ["update", "marta.lopez", "--location", "Vigo", "--name", "Marta", "--clear", "interests", "--role"];
    assert_eq!(home.call(&[&words[..], &["social=user,admin", "--yes"]].concat()).code, 0);
    let sent = json!({"user": {"location": "Vigo", "interests": "", "roles": {"social": ["user", "admin"]}}});
    assert_eq!(bodies(&sandbox), [sent]);
    assert_eq!(sandbox.person("marta.lopez").unwrap()["mobilePhone"], "+34 600 000 000");
    let told = home.call(&["update", "marta.lopez", "--location", "Vigo"]);
    assert_eq!((told.code, writes(&sandbox)), (0, 1));
    assert_eq!(told.out, "DONE  marta.lopez: everything is so already, so nothing was sent\n");
    // What a platform missed is sent again by whoever insists.
    assert_eq!(home.call(&["update", "marta.lopez", "--location", "Vigo", "--blind"]).code, 0);
    assert_eq!(writes(&sandbox), 2);
}

#[test]
fn the_mode_is_the_tenants_unless_it_is_named() {
    let sandbox = sandbox("");
    let home = Home::new();
    home.tenant(&sandbox, "synchronization = 'asynchronous'");
    assert_eq!(home.call(&["enable", "martin.dubois"]).code, 4);
    assert_eq!(home.call(&["enable", "martin.dubois", "--sync"]).code, 0);
    assert_eq!(home.call(&["enable", "martin.dubois", "--async"]).code, 4);
    assert_eq!(home.call(&["enable", "martin.dubois", "--async", "--sync"]).code, 2);
    let modes: Vec<_> = sandbox
        .log()
        .iter()
        .filter(|asked| asked.method != "GET")
        .map(|asked| asked.header("x-cloud-synchronization").unwrap_or_default().to_owned())
        .collect();
    assert_eq!(modes, ["asynchronous", "synchronous", "asynchronous"]);
}

#[test]
fn who_cannot_be_read_is_changed_only_by_somebody_who_insists() {
    let home = Home::new();
    for words in
        [&["update", "marta.lopez", "--location", "Vigo"][..], &["enable", "marta.lopez"], &["welcome", "marta.lopez"]]
    {
        let words = [words, &["--scenario", "no-read"]].concat();
        let told = home.call(&words);
        assert_eq!(told.code, 6, "{told:?}");
        assert!(told.err.ends_with("--blind sends without a look [no-read-service]\n"), "{told:?}");
        let told = home.call(&[&words[..], &["--blind"]].concat());
        assert!(matches!(told.code, 0 | 4), "{told:?}");
    }
    let told = home.call(&["update", "marta.lopez", "--blind", "--no-roles", "training"]);
    assert_eq!(told.code, 2, "what is not known cannot be taken away, and is not passed over: {told:?}");
    let told = home.call(&["delete", "martin.dubois", "--blind", "--yes"]);
    assert_eq!(told.code, 2, "nobody is deleted unseen: {told:?}");
}

#[test]
fn only_a_disabled_person_is_deleted() {
    let sandbox = sandbox("");
    let home = Home::new();
    home.tenant(&sandbox, "");
    let told = home.call(&["delete", "marta.lopez", "--yes"]);
    assert_eq!((told.code, writes(&sandbox)), (6, 0));
    assert!(told.err.contains("only a disabled person is deleted: nothing was sent"), "{told:?}");
    assert_eq!(home.call(&["delete", "martin.dubois", "--yes"]).code, 0);
    assert_eq!(sandbox.person("martin.dubois"), None);
}

#[test]
fn somebody_elses_change_between_the_reading_and_the_sending_stops_it() {
    // The first reading is that of the command, the second that before the sending; in between the language seems to change.
    let sandbox = sandbox("[[strike]]\non = ['update']\nvisible_after_reads = 2\n");
    let home = Home::new();
    home.tenant(&sandbox, "");
    assert_eq!(home.call(&["update", "marta.lopez", "--language", "en", "--blind"]).code, 0);
    // One reading still shows the old language; what this command reads second is the new one.
    assert_eq!(home.call(&["get", "marta.lopez"]).code, 0);
    let told = home.call(&["update", "marta.lopez", "--language", "fr", "--json"]);
    let document = told.document();
    assert_eq!((told.code, &document["verdict"]), (6, &json!("not sent")), "{document:#}");
    assert_eq!(document["cause"], "somebody else changed Language meanwhile");
    assert_eq!(document["code"], "changed-meanwhile");
    assert_eq!(writes(&sandbox), 1);
}

#[test]
fn a_create_in_doubt_stands_in_the_way_of_a_second_one() {
    let sandbox = sandbox("[[strike]]\non = ['create']\nanswer = 'cut'\napplied = 'never'\n");
    let home = Home::new();
    home.tenant(&sandbox, "");
    let words = [&NORA[..], &["--generate-password", "--show-password", "--ticket", "INC-4711", "--json"]].concat();
    assert_eq!(home.call(&words).code, 5);
    let told = home.call(&words);
    let document = told.document();
    assert_eq!((told.code, &document["verdict"], &document["code"]), (6, &json!("not sent"), &json!("claimed")));
    assert_eq!(writes(&sandbox), 1, "a second request would make a second user");
}

#[test]
fn without_a_journal_people_are_looked_up_and_nothing_is_sent() {
    let home = Home::new();
    std::fs::create_dir_all(home.path().join(".local/state")).unwrap();
    home.write(".local/state/netex-users", b"no folder");
    assert_eq!(home.call(&["get", "marta.lopez"]).code, 0);
    for words in EVERY {
        let told = home.call(&[&generated(words)[..], &["--yes", "--json"]].concat());
        assert_eq!((told.code, &told.document()["code"]), (6, &json!("no-journal")), "{words:?}: {told:?}");
    }
    let told = home.call(&["enable", "thais.araujo", "--dry-run"]);
    assert_eq!(told.code, 0, "a dry run sends nothing that would have to be kept: {told:?}");
}

#[test]
fn a_made_password_goes_where_it_was_asked_for_and_nowhere_else() {
    let sandbox = sandbox("");
    let home = Home::new();
    home.tenant(&sandbox, "");
    let words = ["password", "marta.lopez", "--yes", "--generate-password"];
    let told = home.call(&words);
    assert_eq!((told.code, asked(&sandbox).len()), (2, 0));
    assert!(told.err.contains("--generate-password nobody would know it: say --show-password or --password-file FILE"));

    let told = home.call(&[&words[..], &["--password-file", "new.txt", "--json"]].concat());
    assert_eq!(told.code, 0, "{told:?}");
    let path = home.path().join("new.txt");
    let kept = std::fs::read_to_string(&path).unwrap();
    assert_eq!((kept.len(), kept.ends_with('\n')), (17, true));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(told.document().get("password").is_none() && !told.out.contains(kept.trim()));

    let told = home.call(&[&words[..], &["--password-file", "new.txt"]].concat());
    assert_eq!((told.code, writes(&sandbox)), (6, 1), "a file that is there is not written over: {told:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), kept);

    let told = home.call(&[&words[..], &["--show-password", "--json"]].concat());
    assert_eq!(told.document()["password"].as_str().map(str::len), Some(16));
    let told = home.call(&[&words[..], &["--show-password"]].concat());
    assert_eq!(told.out.matches("\n  password: ").count(), 1, "{told:?}");
}

#[test]
fn a_made_password_that_is_not_in_force_leaves_no_file() {
    let home = Home::new();
    let words = ["password", "marta.lopez", "--yes", "--generate-password", "--password-file", "new.txt", "--scenario"];
    assert_eq!(home.call(&[&words[..], &["rejects"]].concat()).code, 1);
    assert!(!home.path().join("new.txt").exists());
    assert_eq!(home.call(&[&words[..], &["cut-after"]].concat()).code, 5);
    assert!(home.path().join("new.txt").exists(), "it may be in force");
}

#[test]
fn a_password_in_the_arguments_is_refused_and_not_repeated() {
    for words in [
        &["create", "--password=canary"][..],
        &["create", "--password", "canary"],
        &["password", "marta.lopez", "--password=canary"],
        &["password", "marta.lopez", "--new-password", "canary"],
        &["password", "marta.lopez", "--password-stdin=canary"],
        &["update", "marta.lopez", "--token=canary"],
    ] {
        let told = Home::new().call(words);
        assert_eq!(told.code, 2, "{words:?}: {told:?}");
        assert!(!told.err.contains("canary") && !told.out.contains("canary"), "{words:?}: {told:?}");
    }
}

#[test]
fn what_the_arguments_hold_is_made_visible_in_a_complaint() {
    for words in
        [&["get", "a\u{1b}[2Jb"][..], &["\u{9b}2J"], &["update", "m", "--role", "\u{202e}"], &["get", "--\u{1b}[2J"]]
    {
        // The home's calls look at every byte that is written.
        assert_eq!(Home::new().call(words).code, 2, "{words:?}");
    }
    let told = Home::new().call(&["update", "marta.lopez", "--role", "\u{1b}[2J=user"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("there is no section ␛[2J here"), "{told:?}");
}

#[test]
fn options_of_another_command_and_of_none_are_refused() {
    for words in [
        &["--colour", "256", "get", "marta.lopez"][..],
        &["--tenant", "acme", "completions", "bash"],
        &["--scenario", "slow", "config", "check"],
        &["get", "marta.lopez", "--yes"],
        &["update", "marta.lopez", "--password-stdin"],
        &["create", "--clear", "location"],
        &["create", "--external-id", "x"],
        &["update"],
    ] {
        assert_eq!(Home::new().call(words).code, 2, "{words:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error_and_a_full_disk_takes_no_verdict_back() {
    let home = Home::new();
    let list = ["list", "--json", "--scenario", "crowd"];
    let mut command = hermetic::command(PROGRAM, home.path());
    let mut child = command.args(list).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdout.take().unwrap().read_exact(&mut [0; 100]).unwrap();
    let told = Told::of(child.wait_with_output().unwrap());
    assert_eq!((told.code, told.err.as_str()), (0, super::REMARK));

    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = hermetic::command(PROGRAM, home.path());
    let told = Told::of(command.args(["welcome", "marta.lopez"]).stdout(full).stderr(Stdio::piped()).output().unwrap());
    assert_eq!(told.code, 4, "{told:?}");
    assert!(
        told.err.contains("send the welcome mail to marta.lopez: queued, and that could not be written"),
        "{told:?}"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn no_secret_is_in_the_arguments_or_the_environment_of_what_the_program_starts() {
    let sandbox = sandbox(&format!("[[strike]]\n{WRITES}\nwait = '300ms'\n"));
    let home = Home::new();
    home.tenant(&sandbox, "");
    let mut command = hermetic::command(PROGRAM, home.path());
    command.env("ACME_TOKEN", TOKEN).args(["password", "marta.lopez", "--password-stdin", "--yes"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let arguments = std::fs::read_to_string(format!("/proc/{}/cmdline", child.id())).unwrap();
    child.stdin.take().unwrap().write_all(b"Kanari3#Vogel(88)\n").unwrap();
    let told = Told::of(child.wait_with_output().unwrap());
    assert_eq!(told.code, 0, "{told:?}");
    assert!(!arguments.contains("Kanari3") && !arguments.contains(TOKEN), "{arguments}");
    assert_eq!(bodies(&sandbox), [json!({"newPassword": "set"})]);
}

#[test]
fn completions_and_pages_name_every_command() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let told = home.call(&["completions", shell]);
        assert_eq!((told.code, told.err.as_str()), (0, ""));
        assert!(told.out.contains("office-phone") && told.out.contains("welcome"), "{shell}");
    }
    let page = home.call(&["man"]);
    assert_eq!((page.code, page.err.as_str()), (0, ""));
    for words in [".TH netex-users 1", "EXIT STATUS", "\\fB130\\fR\nstopped: ", "netex\\-users\\-update"] {
        assert!(page.out.contains(words), "{words}: {}", page.out);
    }
    let page = home.call(&["man", "update"]);
    for words in ["netex\\-users\\-update", "\\-\\-office\\-phone", "EXIT STATUS"] {
        assert!(page.out.contains(words), "{words}: {}", page.out);
    }
    assert_eq!(home.call(&["man", "nothing"]).code, 2);
}

#[test]
fn bash_takes_the_completions() {
    let home = Home::new();
    let script = home.write("completions.bash", home.call(&["completions", "bash"]).out.as_bytes());
    let told = Command::new("bash").args(["-n", script.to_str().unwrap()]).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
}
