//! The format, both ways, and by the words that are written.

use super::*;

fn full() -> Intent {
    let roles = |list: &[&str]| {
        Kept::Roles([("training".to_owned(), list.iter().map(|role| (*role).to_owned()).collect())].into())
    };
    let touched = |field, old, new| Touched { field, old, new, echoed: field == Field::Surname };
    Intent {
        act: Act::Update,
        username: "marta.lopez".into(),
        key: Some("ff808181556ee70e015572136a250012".into()),
        synchronization: Synchronization::Asynchronous,
        touched: vec![
            touched(Field::Surname, Kept::Text("López".into()), Kept::Text("López\u{202e}".into())),
            touched(Field::OfficePhone, Kept::Nothing, Kept::Text("+34".into())),
            touched(Field::Enabled, Kept::Switch(true), Kept::Switch(false)),
            touched(Field::Roles, roles(&["user"]), roles(&[])),
            touched(Field::Extra, Kept::Unknown, Kept::Text("{}".into())),
            touched(Field::Image, Kept::Nothing, Kept::Mark { size: 7, fingerprint: "ab".into() }),
        ],
        ticket: Some("HD-1".into()),
        purpose: Purpose::Undo(ChangeId(3)),
        job: Some((2, 17)),
        instead_of: Some(ChangeId(1)),
    }
}

#[test]
fn an_intent_comes_back_as_it_was() {
    let realm = Realm { tenant: "acme".into(), origin: "https://acme.example/ws".into() };
    let who = Who { user: "anna".into(), uid: 1000, ssh: Some("10.0.0.7".into()) };
    let text = intent(&realm, &who, &full());
    assert_eq!(read_intent(&text), Ok((realm, who, full())));
    assert!(text.contains(r#""act":"update""#) && text.contains(r#""field":"officePhone""#), "{text}");
}

#[test]
fn an_outcome_comes_back_as_it_was() {
    let all =
        [Verdict::Applied, Verdict::Pending, Verdict::NotSent, Verdict::Rejected, Verdict::Partial, Verdict::InDoubt];
    for verdict in all {
        let row = PlatformReport {
            name: Untrusted::new("social"),
            state: PlatformState::Failed,
            status: Some(500),
            message: Some(Untrusted::new("no\u{1b}[2J")),
            location: None,
        };
        let outcome_of = Outcome {
            verdict,
            cause: Untrusted::new("why"),
            http: Some(200),
            platforms: vec![row],
            id: Some("ff80".into()),
            took: 1200,
        };
        assert_eq!(read_outcome(&outcome(&outcome_of)), Ok(outcome_of));
    }
}

#[test]
fn every_sequel_comes_back_as_it_was() {
    for one in [
        Sequel::LookedUp(Seen::Done),
        Sequel::LookedUp(Seen::NotYet(vec![Field::Email, Field::Roles])),
        Sequel::LookedUp(Seen::Nobody),
        Sequel::LookedUp(Seen::SomeoneElse),
        Sequel::LookedUp(Seen::Unknown("no connection".into())),
        Sequel::Mended(ChangeId(9)),
        Sequel::Undone(ChangeId(10)),
        Sequel::Dismissed("told the owner".into()),
    ] {
        assert_eq!(read_sequel(&sequel(&one)), Ok(one));
    }
}

#[test]
fn what_is_no_record_is_said_to_be_none() {
    for text in ["", "{}", "[1]", "{\"act\":\"fly\"}", "{\"what\":\"seen\",\"seen\":\"blue\"}", "\u{0}"] {
        assert_eq!(read_intent(text), Err(Unreadable), "{text}");
        assert_eq!(read_outcome(text), Err(Unreadable), "{text}");
        assert_eq!(read_sequel(text), Err(Unreadable), "{text}");
    }
}

#[test]
fn every_word_that_is_kept_is_read_again() {
    for act in Act::ALL {
        assert_eq!(Act::from_word(act.word()), Some(act));
    }
    for standing in crate::domain::record::Standing::ALL {
        assert_eq!(crate::domain::record::Standing::from_word(standing.word()), Some(standing));
    }
}
