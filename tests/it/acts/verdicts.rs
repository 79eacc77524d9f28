//! Every write under every verdict that it can have: what is told, the document, and the exit code.

use std::fmt::Write as _;

use super::{Home, NORA, PASSWORD, REMARK, WRITES};

/// What the service does to every write. Words of the service may hold anything, also what a terminal would act on.
fn strikes(verdict: &str) -> String {
    let strike = match verdict {
        "done" => return String::new(),
        "queued" => {
            ["management", "training", "social"].map(|name| format!("platforms.{name} = {{ status = 202 }}\n")).concat()
        }
        "partly_done" => r#"platforms.social = { status = 500, message = "down\u001b[2J\u202e" }"#.to_owned(),
        "rejected" => "answer = 'envelope'\nstatus = 400\nmessage = \"no \\u001b]0;x\\u0007\"".to_owned(),
        "in_doubt" => "answer = 'cut'\napplied = 'never'".to_owned(),
        "not_sent" => "answer = 'envelope'\nstatus = 429\nmessage = 'slower'".to_owned(),
        other => panic!("{other} is no verdict"),
    };
    format!("[[strike]]\n{WRITES}\n{strike}\n")
}

/// The words of an act, and what is on its standard input.
fn words(act: &str) -> (Vec<&'static str>, &'static [u8]) {
    let password = concat!("Kanari3#Vogel(88)", "\n").as_bytes();
    match act {
        "create" => ([&NORA[..], &["--password-stdin"]].concat(), password),
        "update" => (vec!["update", "marta.lopez", "--location", "Vigo"], b""),
        "enable" => (vec!["enable", "martin.dubois"], b""),
        "disable" => (vec!["disable", "marta.lopez", "--message", "Adiós", "--yes"], b""),
        "password" => (vec!["password", "marta.lopez", "--password-stdin", "--yes"], password),
        "welcome" => (vec!["welcome", "marta.lopez"], b""),
        "delete" => (vec!["delete", "martin.dubois", "--yes"], b""),
        other => panic!("{other} is no act"),
    }
}

fn tried(act: &str, verdict: &str, code: i32) {
    let home = Home::new();
    let scenario = home.scenario(&strikes(verdict));
    let (mut words, input) = words(act);
    words.extend(["--scenario", &scenario]);
    let told = home.call_with(&words, input);
    assert_eq!((told.code, told.err.as_str()), (code, REMARK), "{told:?}");
    let documented = home.call_with(&[&words[..], &["--json", "--ticket", "T-1"]].concat(), input);
    assert_eq!((documented.code, documented.err.as_str()), (code, REMARK), "{documented:?}");
    let document = documented.document();
    assert_eq!(document["ticket"], "T-1");
    let mut text = format!("exit {code}\n\n{}\n", told.out);
    // Writing to a String cannot fail.
    let _ = write!(text, "{}", documented.out);
    insta::with_settings!({
        snapshot_path => "../snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
        filters => vec![("[0-9a-f]{32}", "[id]")],
    }, {
        insta::assert_snapshot!(format!("act_{act}_{verdict}"), text);
    });
}

macro_rules! every {
    ($($act:ident: $($verdict:ident $code:literal),*;)*) => {
        $(mod $act {
            $(#[test]
            fn $verdict() {
                super::tried(stringify!($act), stringify!($verdict), $code);
            })*
        })*
    };
}

every! {
    create: done 0, rejected 1, partly_done 3, queued 4, in_doubt 5, not_sent 6;
    update: done 0, rejected 1, partly_done 3, queued 4, in_doubt 5, not_sent 6;
    enable: done 0, rejected 1, partly_done 3, queued 4, in_doubt 5, not_sent 6;
    disable: done 0, rejected 1, partly_done 3, queued 4, in_doubt 5, not_sent 6;
    password: done 0, rejected 1, partly_done 3, queued 4, in_doubt 5, not_sent 6;
    // The service answers a mail with 202 and never says more (api.md 4.1), so there is no done for it.
    welcome: rejected 1, partly_done 3, queued 4, in_doubt 5, not_sent 6;
    delete: done 0, rejected 1, partly_done 3, queued 4, in_doubt 5, not_sent 6;
}

#[test]
fn the_password_that_is_looked_for_is_the_one_that_is_sent() {
    assert!(words("password").1.starts_with(PASSWORD.as_bytes()));
}

fn doubted(strike: &str, more: &[&str]) -> super::Told {
    let home = Home::new();
    let scenario = home.scenario(&format!("[[strike]]\non = ['create']\nanswer = 'cut'\n{strike}\n"));
    let (mut words, input) = words("create");
    words.extend(["--scenario", &scenario]);
    words.extend(more);
    home.call_with(&words, input)
}

#[test]
fn a_create_whose_answer_was_lost_is_done_when_the_user_is_seen() {
    let told = doubted("applied = 'now'", &[]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.out.starts_with("DONE  create nora.vidal\n  why: seen by reading the user back\n"), "{}", told.out);
    let document = doubted("applied = 'now'", &["--json"]).document();
    assert_eq!((&document["verdict"], &document["cause"]), (&"done".into(), &"seen by reading the user back".into()));
    assert_eq!(document["id"].as_str().map(str::len), Some(32));
}

#[test]
fn a_create_that_may_still_arrive_stays_in_doubt() {
    let told = doubted("applied = '2s'", &[]);
    assert_eq!(told.code, 5, "{told:?}");
    assert!(told.out.contains("netex-users get nora.vidal"), "{}", told.out);
}

#[test]
fn a_username_that_somebody_else_has_is_no_success_of_ours() {
    let told = doubted("applied = 'never'", &["--username", "marta.lopez"]);
    assert_eq!(told.code, 2, "an option that stands twice is refused: {told:?}");
    let home = Home::new();
    let scenario = home.scenario("[[strike]]\non = ['create']\nanswer = 'cut'\napplied = 'never'\n");
    let words: Vec<_> = NORA.iter().map(|word| if *word == "nora.vidal" { "marta.lopez" } else { word }).collect();
    let told = home.call_with(&[&words[..], &["--password-stdin", "--scenario", &scenario]].concat(), b"secret\n");
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.out.starts_with("REJECTED  create marta.lopez [someone-else]\n"), "{told:?}");
}
