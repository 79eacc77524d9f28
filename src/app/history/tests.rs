//! The history by its keys: found, told, and taken back by the way that every change goes.

use super::*;
use crate::app::model::{Notice, Screen};
use crate::app::msg::News;
use crate::app::testing::{answer, done, editing, listing as at_the_list, marta, press, send, submitted, tell, told};
use crate::domain::fields::Field;
use crate::domain::listed::Listed;
use crate::domain::outcome::{PlatformState, Verdict};
use crate::domain::record::{Act as Done, Kept, Purpose, Standing};

fn asked(effects: &Effects) -> (Ticket, String, Option<String>, Option<ChangeId>) {
    let found = effects.as_slice().iter().find_map(|effect| {
        let Effect::History { ticket, words, username, before } = effect else { return None };
        Some((*ticket, words.clone(), username.clone(), *before))
    });
    found.expect("the history is asked for")
}

fn history(model: &Model) -> &History {
    let Some(Overlay::History(history)) = &model.overlay else { panic!("the history is open") };
    history
}

fn ids(model: &Model) -> Vec<i64> {
    history(model).rows.iter().map(|row| row.change.id.0).collect()
}

/// The history with these changes, the newest first.
fn with(changes: Vec<Told>) -> Model {
    let mut model = at_the_list();
    let (ticket, ..) = asked(&press(&mut model, "H"));
    let _ = tell(&mut model, News::History(ticket, Ok(Part { changes, next: None })));
    model
}

fn for_undo_ticket(effects: &Effects) -> Ticket {
    let found = effects.as_slice().iter().find_map(|effect| {
        let Effect::ForUndo { ticket, id: ChangeId(7) } = effect else { return None };
        Some(*ticket)
    });
    found.expect("the change and the person are read")
}

/// The review of what takes change 7 back, with Marta as she was read.
fn reviewed(person: crate::domain::person::Person) -> Model {
    let mut model = with(vec![told(7, Standing::Done)]);
    let ticket = for_undo_ticket(&press(&mut model, "u"));
    let both = (Box::new(told(7, Standing::Done)), Box::new(person));
    let _ = tell(&mut model, News::ForUndo(ticket, Ok(both)));
    model
}

#[test]
fn it_is_read_in_parts_and_only_as_far_as_it_is_looked_at() {
    let mut model = at_the_list();
    let (ticket, words, of, before) = asked(&press(&mut model, "H"));
    assert_eq!((words.as_str(), of, before), ("", None, None));
    let changes = (100..200).rev().map(|id| told(id, Standing::Done)).collect();
    let effects = tell(&mut model, News::History(ticket, Ok(Part { changes, next: Some(ChangeId(100)) })));
    assert_eq!(effects, Effects::none(), "there is more, and nobody looks at it yet");
    let (ticket, .., before) = asked(&press(&mut model, &"<PgDn>".repeat(5)));
    assert_eq!(before, Some(ChangeId(100)));
    let _ = tell(&mut model, News::History(Ticket(1), Ok(Part { changes: vec![], next: None })));
    assert!(matches!(history(&model).reading, Reading::Part(open) if open == ticket), "an answer to an old question");
    let _ = tell(&mut model, News::History(ticket, Ok(Part { changes: vec![told(99, Standing::Done)], next: None })));
    assert_eq!((ids(&model).len(), history(&model).reading.clone()), (101, Reading::Done));
}

#[test]
fn a_part_with_too_few_is_followed_by_the_next_one_by_itself() {
    let mut model = at_the_list();
    let (ticket, ..) = asked(&press(&mut model, "H"));
    let part = Part { changes: vec![told(9, Standing::Done)], next: Some(ChangeId(5)) };
    let (.., before) = asked(&tell(&mut model, News::History(ticket, Ok(part))));
    assert_eq!(before, Some(ChangeId(5)));
}

#[test]
fn what_is_typed_is_looked_for_and_what_was_found_before_stays_until_the_answer() {
    let mut model = with(vec![told(8, Standing::Done), told(7, Standing::Done)]);
    let (_, words, ..) = asked(&press(&mut model, "/u"));
    assert_eq!(words, "u", "a letter is text and takes nothing back");
    let (ticket, words, ..) = asked(&press(&mut model, "p"));
    assert_eq!((words.as_str(), ids(&model)), ("up", vec![8, 7]));
    let _ = tell(&mut model, News::History(ticket, Ok(Part { changes: vec![told(7, Standing::Done)], next: None })));
    assert_eq!(ids(&model), [7]);
    let _ = press(&mut model, "<Enter>");
    assert!(!history(&model).finding);
    let (_, words, ..) = asked(&press(&mut model, "<Esc>"));
    assert_eq!(words, "");
    let _ = press(&mut model, "<Esc>");
    assert!(model.overlay.is_none());
}

#[test]
fn of_one_person_it_is_asked_from_the_list_and_from_the_form() {
    let mut model = at_the_list();
    assert!(press(&mut model, "h") == Effects::none() && matches!(model.notice, Some(Notice::Refused(_))));
    model.people.add(&[Listed::from(&marta())]);
    model.people.refilter();
    assert_eq!(asked(&press(&mut model, "h")).2.as_deref(), Some("marta.lopez"));
    let mut model = editing();
    assert_eq!(asked(&press(&mut model, "<F5>")).2.as_deref(), Some("marta.lopez"));
    let _ = press(&mut model, "<Esc>");
    assert_eq!(model.screen, Screen::Editor);
}

#[test]
fn what_comes_while_the_keys_are_shown_is_not_lost() {
    let mut model = at_the_list();
    let (ticket, ..) = asked(&press(&mut model, "H"));
    let _ = press(&mut model, "<F1>");
    let _ = tell(&mut model, News::History(ticket, Ok(Part { changes: vec![told(7, Standing::Done)], next: None })));
    let _ = press(&mut model, "<Esc>");
    assert_eq!(ids(&model), [7]);
}

#[test]
fn what_goes_into_the_ticket_is_shown_and_copied() {
    let mut model = with(vec![told(7, Standing::Done)]);
    let effects = press(&mut model, "<Enter>y");
    let text = summary(&told(7, Standing::Done));
    assert_eq!(effects.as_slice(), [Effect::Copy(text.clone())]);
    assert!(matches!(&model.overlay, Some(Overlay::Summary(shown)) if shown.text == text));
    let _ = press(&mut model, "<Esc>");
    assert!(history(&model).detail.is_some(), "back where it was asked for");
    let _ = press(&mut model, "<Esc>");
    assert!(history(&model).detail.is_none());
}

#[test]
fn what_is_too_long_to_be_copied_is_shown_all_the_same() {
    let mut long = told(7, Standing::Done);
    long.change.intent.touched[0].new = Kept::Text("x".repeat(MOST_COPIED));
    let mut model = with(vec![long]);
    assert_eq!(press(&mut model, "y"), Effects::none());
    assert!(matches!(&model.overlay, Some(Overlay::Summary(shown)) if shown.text.len() > MOST_COPIED));
}

#[test]
fn the_last_request_is_told_for_the_ticket() {
    let mut model = editing();
    let _ = press(&mut model, "<C-u>Martina");
    let (ticket, _) = send(&mut model);
    let mut last = answer(Verdict::Partial, &[("training", PlatformState::Failed, Some(500), None)]);
    let _ = tell(&mut model, News::Answered(ticket, last.clone()));
    assert_eq!(press(&mut model, "y"), Effects::none(), "nothing was kept of it");
    last.report.change = Some(ChangeId(7));
    let mut model = editing();
    let _ = press(&mut model, "<C-u>Martina");
    let (ticket, _) = send(&mut model);
    let _ = tell(&mut model, News::Answered(ticket, last));
    let effects = press(&mut model, "y");
    let [Effect::Tell { ticket, id: ChangeId(7) }] = effects.as_slice() else { panic!("{effects:?}") };
    let _ = tell(&mut model, News::Told(Ticket(ticket.0 + 100), Ok(Box::new(told(6, Standing::Done)))));
    assert!(model.overlay.is_none(), "an answer to another question");
    let effects = tell(&mut model, News::Told(*ticket, Ok(Box::new(told(7, Standing::Partial)))));
    assert!(matches!(effects.as_slice(), [Effect::Copy(text)] if text.contains("#7")));
}

#[test]
fn taking_back_is_a_review_and_is_sent_once_with_what_it_takes_back() {
    let mut model = reviewed(marta());
    let Some(Overlay::Review(review)) = &model.overlay else { panic!("a review") };
    assert_eq!((review.purpose, review.warning.as_deref()), (Purpose::Undo(ChangeId(7)), None));
    let _ = press(&mut model, "m");
    let effects = press(&mut model, "<Enter>");
    let [Effect::Submit { ticket, circumstances, .. }, ..] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(circumstances.purpose, Purpose::Undo(ChangeId(7)));
    let (_, request) = submitted(&effects).unwrap();
    let sent: Vec<_> = request.lines().iter().map(|line| (line.field, line.value.summary())).collect();
    assert_eq!(sent, [(Field::Surname, "Lopes".to_owned()), (Field::Location, "Vigo".to_owned())]);
    let _ = tell(&mut model, News::Answered(*ticket, done()));
    assert!(model.overlay.is_none());
    assert!(submitted(&press(&mut model, "<Enter>")).is_none(), "and not once more");
}

#[test]
fn what_was_changed_since_stands_first_in_the_review() {
    let mut person = marta();
    person.texts.insert(Field::Location, "Lugo\nand more".into());
    let mut model = reviewed(person);
    let Some(Overlay::Review(review)) = &model.overlay else { panic!("a review") };
    assert_eq!(
        review.warning.as_deref(),
        Some("Stays as it is: Location was changed since: this change set \"A Coruña\", now it is \"Lugo␊and more\"")
    );
    let (_, request) = submitted(&press(&mut model, "<Enter>")).unwrap();
    assert_eq!(request.lines().len(), 1);
}

#[test]
fn esc_in_the_review_goes_back_to_the_change_and_sends_nothing() {
    let mut model = reviewed(marta());
    assert_eq!(press(&mut model, "<Esc>"), Effects::none());
    assert!(history(&model).detail.is_some());
}

#[test]
fn where_nothing_can_be_taken_back_the_change_says_why_and_nothing_is_sent() {
    let mut person = marta();
    person.texts.insert(Field::Location, "Lugo".into());
    person.texts.insert(Field::Surname, "Lopes".into());
    let model = reviewed(person);
    let Some(Detail { undoing: Undoing::Refused { left, .. }, .. }) = &history(&model).detail else {
        panic!("it says why")
    };
    assert_eq!(left.len(), 2);
    let mut model = with(vec![told(7, Standing::Done)]);
    let ticket = for_undo_ticket(&press(&mut model, "u"));
    let _ = tell(&mut model, News::ForUndo(ticket, Err("the person cannot be read".into())));
    assert!(matches!(&history(&model).detail, Some(Detail { undoing: Undoing::Refused { .. }, .. })));
}

#[test]
fn what_is_final_on_its_way_or_read_only_is_not_asked_for() {
    let mut deleted = told(7, Standing::Done);
    deleted.change.intent.act = Done::Delete;
    for one in [deleted, told(7, Standing::Open), told(7, Standing::InDoubt), told(7, Standing::Rejected)] {
        let mut model = with(vec![one]);
        assert_eq!(press(&mut model, "u"), Effects::none());
        assert!(matches!(model.notice, Some(Notice::Refused(_))));
    }
    let mut model = with(vec![told(7, Standing::Done)]);
    model.tenant.read_only = true;
    assert_eq!(press(&mut model, "u"), Effects::none());
    let mut model = with(vec![told(7, Standing::Done)]);
    model.no_journal = Some("the disk is full".into());
    assert_eq!(press(&mut model, "u"), Effects::none());
}

#[test]
fn an_answer_of_the_taking_back_leaves_the_form_alone() {
    let mut model = editing();
    let _ = press(&mut model, "<C-u>Martina<F5>");
    let Some(Overlay::History(opened)) = &model.overlay else { panic!("the history") };
    let Reading::Part(ticket) = opened.reading else { panic!("it is asked for") };
    let part = Part { changes: vec![told(7, Standing::Done)], next: None };
    let _ = tell(&mut model, News::History(ticket, Ok(part)));
    let ticket = for_undo_ticket(&press(&mut model, "u"));
    let both = (Box::new(told(7, Standing::Done)), Box::new(marta()));
    let _ = tell(&mut model, News::ForUndo(ticket, Ok(both)));
    let (ticket, _) = submitted(&press(&mut model, "<Enter>")).unwrap();
    let refused = answer(Verdict::Rejected, &[("management", PlatformState::Failed, Some(400), Some("USR006"))]);
    let _ = tell(&mut model, News::Answered(ticket, refused));
    assert!(model.form.blamed.is_empty() && model.has_unsent_work());
    assert_eq!(model.form.text(Field::Name), "Martina");
}
