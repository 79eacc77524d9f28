//! What is found, and what goes into a ticket.

use super::*;
use crate::domain::outcome::{PlatformState, Verdict};
use crate::domain::record::{Outcome, Realm, Who};
use crate::domain::tenant::Synchronization;
use crate::domain::untrusted::{Untrusted, is_hidden};

fn told() -> Told {
    let touched = |field, old: &str, new: &str, echoed| Touched {
        field,
        old: Kept::Text(old.into()),
        new: Kept::Text(new.into()),
        echoed,
    };
    let roles = |list: &[&str]| {
        Kept::Roles([("training".to_owned(), list.iter().map(|role| (*role).to_owned()).collect())].into())
    };
    let row = PlatformReport {
        name: Untrusted::new("training"),
        state: PlatformState::Failed,
        status: Some(500),
        message: Some(Untrusted::new("no\u{1b}]52;c;eA==\u{7} room")),
        location: None,
    };
    let intent = Intent {
        act: Act::Update,
        username: "marta.lopez\u{202e}".into(),
        key: None,
        synchronization: Synchronization::Synchronous,
        touched: vec![
            touched(Field::Name, "Marta", "Marta", true),
            touched(Field::Surname, "López", "Lopes\nand more", false),
            Touched { field: Field::Roles, old: roles(&["user"]), new: roles(&[]), echoed: false },
        ],
        ticket: Some("INC-7".into()),
        purpose: Purpose::Change,
        job: None,
        instead_of: None,
    };
    let outcome = Outcome { platforms: vec![row], ..Outcome::without_reply(Verdict::Partial, "as they answered") };
    let change = Change {
        id: ChangeId(12),
        at: 1000,
        realm: Realm { tenant: "acme".into(), origin: "https://acme.example".into() },
        who: Who { user: "anna".into(), uid: 1000, ssh: Some("10.0.0.7".into()) },
        intent,
        outcome: Some(outcome),
        sequels: vec![(2000, Sequel::Undone(ChangeId(15)))],
        standing: Standing::Mended,
        elsewhere: false,
    };
    Told::of(change, |at| format!("at {at}"))
}

#[test]
fn a_summary_is_plain_lines_without_anything_hidden() {
    let text = summary(&told());
    assert_eq!(
        text,
        "update marta.lopez⟨U+202E⟩: mended  (change #12 of acme)\n\
         at 1000, by anna, from 10.0.0.7\n\
         Ticket INC-7\n\
         \x20 Surname: López -> Lopes␊and more\n\
         \x20 Roles training: user -> none\n\
         \x20 training     FAILED 500  no␛]52;c;eA==␇ room\n\
         at 2000  taken back by #15\n"
    );
    assert!(!text.chars().any(|c| c != '\n' && is_hidden(c)));
    assert_eq!(told().undone_by(), Some(ChangeId(15)));
}

#[test]
fn of_a_password_a_summary_says_only_that_it_was_set() {
    let mut told = told();
    told.change.intent.touched = vec![Touched {
        field: Field::Password,
        old: Kept::Unknown,
        new: Kept::Mark { size: 17, fingerprint: "session 0123".into() },
        echoed: false,
    }];
    let text = summary(&told);
    assert!(text.contains("  Password: set\n") && !text.contains("17") && !text.contains("session"), "{text}");
}

#[test]
fn words_are_found_wherever_they_are_told_without_accents() {
    let change = told().change;
    let day = |text: &str| text.parse().ok();
    for found in [
        "",
        "lopez",
        "LOPES",
        "inc-7",
        "#12",
        "anna 10.0.0.7",
        "training failed",
        "user:marta.lopez\u{202e}",
        "act:update is:mended",
        "act:upd",
        "ticket:INC-7 by:anna",
        "since:1000 until:1001",
        "is:men",
        "since:soon",
    ] {
        assert!(Find::default().typed(found, day).lets_in(&change), "{found}");
    }
    for missed in [
        "martha",
        "anna berta",
        "user:marta",
        "act:create",
        "is:done",
        "is:in-doubt",
        "ticket:INC",
        "by:ann",
        "since:1001",
        "until:1000",
        "\"update",
    ] {
        assert!(!Find::default().typed(missed, day).lets_in(&change), "{missed}");
    }
    let tenant = |name: &str| Find { tenant: Some(name.into()), ..Find::default() };
    assert!(tenant("acme").lets_in(&change) && !tenant("acm").lets_in(&change));
}

#[test]
fn the_end_is_the_verdict_until_something_happens_since() {
    let mut told = told();
    assert_eq!(told.end(), "mended");
    told.change.standing = Standing::Partial;
    assert_eq!(told.end(), "PARTLY DONE");
    told.change.outcome = None;
    told.change.standing = Standing::Open;
    assert_eq!(told.end(), "on its way");
}
