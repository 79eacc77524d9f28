//! Every look, in a table.

use super::*;
use crate::domain::outcome::Cause;
use crate::domain::record::Kept;
use crate::domain::tenant::Synchronization;

const SECOND: i64 = 1000;

fn touched(field: Field, new: Kept) -> Touched {
    Touched { field, old: Kept::Nothing, new, echoed: false }
}

fn text(field: Field, text: &str) -> Touched {
    touched(field, Kept::Text(text.to_owned()))
}

fn intent(act: Act, touched: Vec<Touched>) -> Intent {
    Intent {
        act,
        username: "nora".into(),
        key: None,
        synchronization: Synchronization::Synchronous,
        touched,
        ticket: None,
        purpose: Purpose::Change,
        job: None,
        instead_of: None,
    }
}

fn nora(surname: &str, phone: &str) -> Person {
    Person {
        username: "nora".into(),
        texts: [(Field::Surname, surname.to_owned()), (Field::MobilePhone, phone.to_owned())].into(),
        enabled: Some(true),
        ..Person::default()
    }
}

fn look(intent: &Intent, standing: Standing, person: &Person) -> Seen {
    seen(intent, standing, Ok(person))
}

#[test]
fn a_create_is_ours_by_what_proves_it_and_by_nothing_else() {
    let create = intent(Act::Create, vec![text(Field::Surname, "Vidal"), text(Field::MobilePhone, "1")]);
    assert_eq!(look(&create, Standing::InDoubt, &nora("Vidal", "1")), Seen::Done);
    assert_eq!(look(&create, Standing::InDoubt, &nora("Vidal", "2")), Seen::Done, "a phone proves nothing");
    assert_eq!(look(&create, Standing::InDoubt, &nora("Rivas", "1")), Seen::SomeoneElse);
    assert_eq!(look(&create, Standing::Queued, &nora("Vidal", "2")), Seen::NotYet(vec![Field::MobilePhone]));
    assert_eq!(seen(&create, Standing::InDoubt, Err(&ReadFault::NotFound)), Seen::Nobody);
    let unread = seen(&create, Standing::InDoubt, Err(&ReadFault::Failed(Cause::Connect)));
    assert!(matches!(unread, Seen::Unknown(_)));
}

#[test]
fn an_update_is_done_when_all_of_it_that_can_be_read_is_there() {
    let update = intent(Act::Update, vec![text(Field::Surname, "Vidal"), text(Field::MobilePhone, "1")]);
    for standing in [Standing::InDoubt, Standing::Queued] {
        assert_eq!(look(&update, standing, &nora("Vidal", "1")), Seen::Done);
        assert_eq!(look(&update, standing, &nora("Vidal", "")), Seen::NotYet(vec![Field::MobilePhone]));
    }
}

#[test]
fn what_cannot_be_read_proves_nothing() {
    let mark = Kept::Mark { size: 9, fingerprint: "f".into() };
    for only in
        [touched(Field::Image, mark.clone()), text(Field::Extra, "{}"), text(Field::Image, "https://a.example/b")]
    {
        let update = intent(Act::Update, vec![only]);
        assert!(matches!(look(&update, Standing::InDoubt, &nora("Vidal", "1")), Seen::Unknown(_)));
    }
    let both = intent(Act::Update, vec![touched(Field::Image, mark), text(Field::Surname, "Vidal")]);
    assert_eq!(look(&both, Standing::InDoubt, &nora("Vidal", "")), Seen::Done);
    for act in [Act::ChangePassword, Act::WelcomeMail] {
        assert!(matches!(look(&intent(act, Vec::new()), Standing::InDoubt, &nora("", "")), Seen::Unknown(_)));
    }
}

#[test]
fn a_repair_in_doubt_is_not_proved_by_what_was_there_before_it() {
    let repair = Intent {
        purpose: Purpose::Repair(crate::domain::record::ChangeId(1)),
        ..intent(Act::Update, vec![text(Field::Surname, "Vidal")])
    };
    assert!(matches!(look(&repair, Standing::InDoubt, &nora("Vidal", "")), Seen::Unknown(_)));
    assert_eq!(look(&repair, Standing::Queued, &nora("Vidal", "")), Seen::Done);
}

#[test]
fn a_deletion_is_done_when_nobody_is_there() {
    let delete = intent(Act::Delete, Vec::new());
    assert_eq!(look(&delete, Standing::InDoubt, &nora("", "")), Seen::NotYet(Vec::new()));
    let gone = seen(&delete, Standing::InDoubt, Err(&ReadFault::NotFound));
    assert_eq!(Standing::InDoubt.then(Act::Delete, &Sequel::LookedUp(gone)), Standing::Done);
}

#[test]
fn the_window_is_counted_from_when_it_was_sent_however_often_the_program_starts() {
    let window = 60 * SECOND;
    assert_eq!(window_end(100 * SECOND, &[], 100 * SECOND), 100 * SECOND + window);
    assert_eq!(window_end(100 * SECOND, &[130 * SECOND], 150 * SECOND), 100 * SECOND + window);
}

#[test]
fn a_clock_that_was_set_back_waits_for_the_whole_window_once() {
    let (at, back) = (1_000 * SECOND, 10 * SECOND);
    assert_eq!(window_end(at, &[], back), back + 60 * SECOND);
    let looks = [back, back + 60 * SECOND];
    assert_eq!(window_end(at, &looks, back + 61 * SECOND), back + 60 * SECOND, "not anew with every look");
    assert_eq!(window_end(at, &[900 * SECOND], back), back + 60 * SECOND, "set back once more");
}

#[test]
fn a_create_may_be_sent_anew_only_after_a_look_past_its_window_found_nobody() {
    let nobody = |at: i64| (at * SECOND, Sequel::LookedUp(Seen::Nobody));
    let unread = |at: i64| (at * SECOND, Sequel::LookedUp(Seen::Unknown("no".into())));
    for (what, sequels, gone) in [
        ("never looked up", vec![], false),
        ("too early", vec![nobody(101), nobody(159)], false),
        ("in time", vec![nobody(101), nobody(160)], true),
        ("once, late", vec![nobody(500)], true),
        ("could not be read since", vec![nobody(500), unread(501)], false),
        ("the clock was set back", vec![nobody(10), nobody(69)], false),
        ("the clock was set back, and the window passed by it", vec![nobody(10), nobody(70)], true),
        ("the first look after the clock was set back", vec![nobody(10)], false),
    ] {
        assert_eq!(is_gone(100 * SECOND, &sequels), gone, "{what}");
    }
}
