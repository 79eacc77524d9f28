//! Commands at a terminal: what is asked, how it is answered, and Ctrl-C.

use std::fs;
use std::io::Write as _;

use super::session::{Desk, PASSWORD, Session, home_of, launch_at};

/// What reading and sending look like from outside, for a deed.
fn writes(desk: &Desk) -> Vec<String> {
    desk.asked().into_iter().filter(|asked| !asked.starts_with("GET")).collect()
}

fn start(desk: &Desk, words: &[&str]) -> Session {
    Session::start(desk.launch().args(words))
}

#[test]
fn what_hurts_is_asked_about_and_anything_but_yes_sends_nothing() {
    let desk = Desk::new();
    for (answer, code) in [("n<Enter>", 130), ("<Enter>", 130), ("<C-d>", 130), ("<C-c>", 130), ("Y<Enter>", 0)] {
        let mut session = start(&desk, &["disable", "marta.lopez"]);
        let screen = session.wait_for_text("Go on? [y/N]");
        assert!(
            screen.contains("disable marta.lopez (Marta López) on acme\n  the person cannot sign in any more"),
            "{screen}"
        );
        assert_eq!(writes(&desk), Vec::<String>::new());
        session.send(answer);
        session.ends_with(code);
    }
    assert_eq!(writes(&desk).len(), 1);
}

#[test]
fn what_does_not_hurt_is_not_asked_about() {
    let desk = Desk::new();
    let session = start(&desk, &["update", "marta.lopez", "--location", "Vigo"]);
    let screen = session.wait_for_text("DONE  update marta.lopez");
    assert!(screen.contains("sending: update marta.lopez"), "who watches sees what is waited for: {screen}");
    session.ends_with(0);
}

#[test]
fn somebody_is_deleted_only_after_their_username_was_typed() {
    let desk = Desk::new();
    for (answer, code) in [("y<Enter>", 130), ("martin<Enter>", 130), ("martin.dubois<Enter>", 0)] {
        let mut session = start(&desk, &["delete", "martin.dubois"]);
        let screen = session.wait_for_text("Type the username to go on:");
        assert!(screen.contains("IRREVERSIBLE, in all platforms"), "{screen}");
        session.send(answer);
        session.ends_with(code);
    }
    assert_eq!(writes(&desk).len(), 1);
    assert_eq!(desk.sandbox.person("martin.dubois"), None);
}

#[test]
fn production_wants_its_name_typed() {
    let desk = Desk::new();
    let home = home_of(&desk.sandbox.base_url());
    let config = home.path().join(".config/netex-users/config.toml");
    fs::OpenOptions::new().append(true).open(config).unwrap().write_all(b"production = true\n").unwrap();
    for (answers, words, code) in [
        (&["y<Enter>"][..], &["update", "marta.lopez", "--location", "Vigo"][..], 130),
        (&["acme<Enter>"], &["update", "marta.lopez", "--location", "Vigo"], 0),
        // Without the name on the command line, agreement alone is not enough.
        (&["acme<Enter>"], &["disable", "marta.lopez", "--yes"], 0),
        (&["acme<Enter>", "martin.dubois<Enter>"], &["delete", "martin.dubois"], 0),
        (&["acme<Enter>", "acme<Enter>"], &["delete", "thais.araujo"], 130),
        (&[], &["delete", "thais.araujo", "--yes", "--tenant", "acme"], 0),
    ] {
        let mut session = Session::start(launch_at(home.path()).args(words));
        for (number, answer) in answers.iter().enumerate() {
            let asked = ["Type the tenant's name, acme:", "Type the username to go on:"][number];
            session.wait_for_text(asked);
            session.send(answer);
        }
        session.ends_with(code);
    }
    assert_eq!(writes(&desk).len(), 4);
}

const NORA: [&str; 13] = [
    "create",
    "--username=nora.vidal",
    "--name=Nora",
    "--surname=Vidal",
    "--email=nora.vidal@acme.example",
    "--language=gl",
    "--timezone=Europe/Paris",
    "--role=management=user",
    "--role=training=user",
    "--role=social=user",
    "--location=A Coruña",
    "--enabled=yes",
    "--ticket=T-1",
];

#[test]
fn a_password_is_asked_for_twice_without_an_echo_when_nothing_else_stands_against_it() {
    let desk = Desk::new();
    let mut session = start(&desk, &NORA);
    session.wait_for_text("New password of nora.vidal (it is not shown):");
    session.send(&format!("{PASSWORD}<Enter>"));
    session.wait_for_text("The same again:");
    session.send(&format!("{PASSWORD}<Enter>"));
    session.wait_for_text("DONE  create nora.vidal");
    // The session looks for the password in everything that was written.
    session.ends_with(0);

    let session = start(&desk, &[&NORA[..], &["--location=x ", "--email=nix"]].concat());
    session.ends_with(2);
    assert_eq!(writes(&desk).len(), 1);
}

#[test]
fn two_passwords_that_differ_are_none() {
    let desk = Desk::new();
    let mut session = start(&desk, &["password", "marta.lopez"]);
    session.wait_for_text("New password of marta.lopez");
    session.send(&format!("{PASSWORD}<Enter>"));
    session.wait_for_text("The same again:");
    session.send("other<Enter>");
    session.wait_for_text("the two passwords are not the same; nothing was sent");
    session.ends_with(2);
    assert_eq!(writes(&desk), Vec::<String>::new());
}

#[test]
fn ctrl_c_at_a_password_gives_the_terminal_back_as_it_was() {
    let desk = Desk::new();
    let mut session = start(&desk, &["password", "marta.lopez"]);
    session.wait_for_text("New password of marta.lopez");
    session.send("half<C-c>");
    session.ends_with(130);

    let session = start(&desk, &["password", "marta.lopez"]);
    session.wait_for_text("New password of marta.lopez");
    session.signal(rustix::process::Signal::TERM);
    session.ends_with(130);
    assert_eq!(writes(&desk), Vec::<String>::new());
}

#[test]
fn ctrl_c_while_somebody_is_read_stops_at_once() {
    let desk = Desk::of("[[strike]]\non = ['read', 'list']\nwait = '60s'\n");
    for words in [&["get", "marta.lopez"][..], &["update", "marta.lopez", "--location", "Vigo"]] {
        let mut session = start(&desk, words);
        session.wait_for_text("reading marta.lopez");
        session.send("<C-c>");
        session.wait_for_text("stopped; nothing was sent");
        session.ends_with(130);
    }
    assert_eq!(writes(&desk), Vec::<String>::new());
}

#[test]
fn ctrl_c_while_something_is_sent_waits_for_its_answer() {
    let desk = Desk::of("[[strike]]\non = ['welcome-mail', 'activate']\nwait = '1s'\n");
    let mut session = start(&desk, &["enable", "martin.dubois"]);
    session.wait_for_text("sending: enable martin.dubois");
    session.send("<C-c>");
    let screen = session.wait_for_text("DONE  enable martin.dubois");
    assert!(screen.contains("stopped: waiting 3 s for the answer"), "{screen}");
    session.ends_with(0);
}

#[test]
fn what_is_still_not_answered_then_is_in_doubt() {
    let desk = Desk::of("[[strike]]\non = ['activate']\nwait = '60s'\n");
    // Once, which waits a while; and twice, which does not.
    for keys in ["<C-c>", "<C-c><C-c>"] {
        let mut session = start(&desk, &["enable", "martin.dubois"]);
        session.wait_for_text("sending: enable martin.dubois");
        session.send(&keys[..5]);
        session.wait_for_text("stopped: waiting 3 s for the answer");
        session.send(&keys[5..]);
        let screen = session.wait_for_text("IN DOUBT  enable martin.dubois");
        assert!(screen.contains("the program was stopped before the answer came"), "{screen}");
        session.ends_with(5);
        assert!(writes(&desk)[0].ends_with("/activate"), "{:?}", writes(&desk));
    }
}

/// A file of so many new people, outside of the home, which is searched for the password.
fn people(count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let line = |n| format!("n{n},{PASSWORD},Nora,Vidal,n{n}@acme.example,gl,Europe/Paris\n");
    let lines: String = (1..=count).map(line).collect();
    let text = format!("username,password,name,surname,email,language,timezone\n{lines}");
    fs::write(folder.path().join("people.csv"), text).expect("the folder is ours");
    folder
}

/// Where that file is.
fn file(folder: &tempfile::TempDir) -> String {
    folder.path().join("people.csv").to_str().expect("a temporary path is UTF-8").to_owned()
}

#[test]
fn a_file_is_agreed_to_after_its_plan_was_shown() {
    let desk = Desk::new();
    let folder = people(3);
    for (answer, code) in [("n<Enter>", 130), ("y<Enter>", 0)] {
        let mut session = start(&desk, &["import", &file(&folder)]);
        let screen = session.wait_for_text("Go on? [y/N]");
        assert!(screen.contains("     4  create     n3\n"), "{screen}");
        assert!(screen.contains("import people.csv on acme\n  3 are created, 0 are updated\n"), "{screen}");
        assert_eq!(writes(&desk), Vec::<String>::new());
        session.send(answer);
        session.wait_for_text(if code == 0 { "job 1: 3 done" } else { "not agreed to; nothing was sent" });
        session.ends_with(code);
    }
    assert_eq!(writes(&desk).len(), 3);
}

#[test]
fn who_watches_a_job_sees_how_far_it_is() {
    let desk = Desk::of("[[strike]]\non = ['create']\nwait = '200ms'\n");
    let folder = people(9);
    let session = start(&desk, &["import", &file(&folder), "--yes", "--concurrency", "1"]);
    session.wait_for_text("lines [##");
    session.wait_for_text("of 9  done ");
    let screen = session.wait_for_text("job 1: 9 done");
    assert!(!screen.contains("of 9  done"), "the line is taken away: {screen}");
    session.ends_with(0);
}
