//! Keys are pressed, and what the program wants is compared.

use super::*;
use crate::app::effect::Ticket;
use crate::app::model::{Focus, Notice};
use crate::app::msg::Made;
use crate::app::status::Answered;
use crate::app::testing::{answer, done, doubt, editing, fields, filled, marta, model, press, send, submitted, tell};
use crate::domain::draft::Subject;
use crate::domain::fields::Field;
use crate::domain::key::UserKey;
use crate::domain::outcome::{PlatformState, ReadFault, Settlement, Verdict};
use crate::domain::patch::Value;
use crate::domain::request::{Reason, Request, Target};
use crate::domain::secret::Secret;

fn sent(request: &Request) -> Vec<(Field, Reason)> {
    request.lines().iter().map(|line| (line.field, line.reason)).collect()
}

fn refused(model: &Model) -> &str {
    match &model.notice {
        Some(Notice::Refused(words)) => words,
        Some(Notice::Info(_)) | None => "",
    }
}

#[test]
fn an_empty_form_cannot_be_sent_and_says_everything_at_once() {
    let mut model = model();
    assert_eq!(press(&mut model, "<C-s>"), Effects::none());
    assert!(model.overlay.is_none());
    assert_eq!(refused(&model), "Not sent: 7 fields need mending. First: Username needs a value.");
    assert_eq!(model.form.row().field, Field::Username);
}

#[test]
fn what_was_typed_is_reviewed_and_then_sent_once() {
    let mut model = filled();
    let reviewed = press(&mut model, "<C-s>");
    assert_eq!(submitted(&reviewed), None, "nothing leaves before the review was seen");
    assert!(matches!(model.overlay, Some(Overlay::Review(_))));
    let (_, request) = submitted(&press(&mut model, "<Enter>")).expect("sent");
    assert_eq!(request.target(), &Target::New);
    assert_eq!(request.line(Field::Name).map(|line| &line.value), Some(&Value::Text("Nora".into())));
    let storm = press(&mut model, &"<Enter><C-s><C-r>".repeat(50));
    assert_eq!(submitted(&storm), None, "an Enter storm sends nothing more");
}

#[test]
fn only_the_changed_field_of_an_update_is_sent_to_the_id_that_was_read() {
    let mut model = editing();
    let _ = press(&mut model, "<Down><Down><Down><Down><Down><Down><C-u>+34 600 111 222");
    let (_, request) = send(&mut model);
    assert_eq!(sent(&request), [(Field::MobilePhone, Reason::Changed)]);
    assert_eq!(request.target(), &Target::Known(UserKey::parse("ff808181556ee70e015572136a250012").unwrap()));
}

#[test]
fn typed_back_to_the_old_value_is_untouched_again() {
    let mut model = editing();
    let _ = press(&mut model, "x<BS>");
    assert!(!model.has_unsent_work());
    let _ = press(&mut model, "<C-s>");
    assert_eq!(refused(&model), "Nothing was changed, so there is nothing to send.");
}

#[test]
fn clearing_is_a_key_of_its_own_and_can_be_taken_back() {
    let mut model = editing();
    let _ = press(&mut model, "<Down><Down><Down><Down><Down><Down><C-u><C-s>");
    assert!(refused(&model).contains("^X clears it"), "{}", refused(&model));
    let _ = press(&mut model, "<C-_><C-x>");
    assert_eq!(model.form.row().field, Field::MobilePhone);
    let _ = press(&mut model, "typed into the void<C-s>");
    let Some(Overlay::Review(review)) = &model.overlay else {
        panic!("a clearing can be sent");
    };
    assert_eq!(fields(&review.order), [(Field::MobilePhone, Reason::Cleared)]);
    let _ = press(&mut model, "<Esc><C-x>");
    assert!(!model.has_unsent_work());
}

#[test]
fn a_required_field_cannot_be_cleared() {
    let mut model = editing();
    let _ = press(&mut model, "<C-x>");
    assert_eq!(refused(&model), "This field cannot be cleared.");
}

#[test]
fn admin_is_asked_about_and_no_leaves_it() {
    let mut model = editing();
    let _ = press(&mut model, "<C-t><Down><Right><Right> ");
    assert!(
        matches!(&model.overlay, Some(Overlay::Confirm(confirm)) if confirm.question == "Make Marta López admin in training?")
    );
    let _ = press(&mut model, "n");
    assert!(!model.matrix.grid.is_any_touched());
    let _ = press(&mut model, " y");
    let (_, request) = send(&mut model);
    assert_eq!(request.sections().collect::<Vec<_>>(), ["training"]);
}

#[test]
fn typing_does_not_reach_a_covered_form() {
    let mut model = editing();
    let _ = press(&mut model, "<F1>abc<Esc><C-p>zzz<Esc>");
    assert!(model.overlay.is_none());
    assert!(!model.has_unsent_work());
}

#[test]
fn a_paste_presses_no_key() {
    let mut model = filled();
    let _ = press(&mut model, "<C-s>");
    let effects = update(&mut model, Msg::Paste("x\r\n\r\n".into()));
    assert_eq!(effects, Effects::none());
    assert!(matches!(model.overlay, Some(Overlay::Review(_))));
}

#[test]
fn after_a_create_that_is_done_nothing_can_be_posted_again() {
    let mut model = filled();
    let (ticket, _) = send(&mut model);
    let _ = tell(&mut model, News::Answered(ticket, done()));
    assert_eq!(press(&mut model, "<C-s><C-r>"), Effects::none());
    assert!(refused(&model).starts_with("This user was created."));
    assert!(!model.has_unsent_work(), "leaving a created user loses nothing");
    assert!(matches!(press(&mut model, "e").as_slice(), [Effect::Read { .. }]));
}

#[test]
fn an_answer_to_another_question_changes_nothing() {
    let mut model = filled();
    let _ = send(&mut model);
    let _ = tell(&mut model, News::Answered(Ticket(9999), done()));
    assert!(model.status.sending().is_some());
}

#[test]
fn esc_stops_watching_and_the_answer_still_lands() {
    let mut model = filled();
    let (ticket, _) = send(&mut model);
    let _ = press(&mut model, "<Esc>");
    assert!(model.status.sending().is_some_and(|sending| !sending.watched));
    let _ = tell(&mut model, News::Answered(ticket, done()));
    assert_eq!(model.notice, Some(Notice::Info("create nora.vidal: DONE".into())));
}

#[test]
fn a_create_in_doubt_is_looked_up_waited_for_and_looked_up_again_and_never_posted_by_itself() {
    let mut model = filled();
    let (ticket, _) = send(&mut model);
    let effects = tell(&mut model, News::Answered(ticket, doubt()));
    let [Effect::Settle { ticket, .. }] = effects.as_slice() else {
        panic!("the username is looked up: {effects:?}");
    };
    let effects = tell(&mut model, News::Settled(*ticket, Settlement::Nobody));
    let [Effect::Wake { ticket, after }] = effects.as_slice() else {
        panic!("the window is waited for: {effects:?}");
    };
    assert_eq!(*after, crate::domain::record::WINDOW);
    assert_eq!(press(&mut model, "<C-s>"), Effects::none(), "not before the window has passed");
    let effects = tell(&mut model, News::Woke(*ticket));
    let [Effect::Settle { ticket, .. }] = effects.as_slice() else {
        panic!("looked up again: {effects:?}");
    };
    assert_eq!(tell(&mut model, News::Settled(*ticket, Settlement::Nobody)), Effects::none());
    let reviewed = press(&mut model, "<C-s>");
    assert_eq!(submitted(&reviewed), None);
    assert!(matches!(&model.overlay, Some(Overlay::Review(review)) if review.warning.is_some()));
    assert!(submitted(&press(&mut model, "<Enter>")).is_some(), "only the agent's own Enter sends again");
}

#[test]
fn a_create_in_doubt_that_is_found_is_done_and_somebody_elses_name_is_a_refusal() {
    for (found, verdict) in [
        (Settlement::Ours(Box::new(marta())), Verdict::Applied),
        (Settlement::SomeoneElse(Box::new(marta())), Verdict::Rejected),
        (Settlement::Unknown(ReadFault::NoService(405)), Verdict::InDoubt),
    ] {
        let mut model = filled();
        let (ticket, _) = send(&mut model);
        let effects = tell(&mut model, News::Answered(ticket, doubt()));
        let [Effect::Settle { ticket, .. }] = effects.as_slice() else {
            panic!("the username is looked up: {effects:?}");
        };
        let _ = tell(&mut model, News::Settled(*ticket, found));
        assert_eq!(model.status.answered().map(Answered::verdict), Some(verdict));
    }
}

#[test]
fn a_partial_create_is_repaired_by_an_update_and_not_posted_again() {
    let mut model = filled();
    let (ticket, _) = send(&mut model);
    let rows = [
        ("management", PlatformState::Done, Some(201), None),
        ("social", PlatformState::Failed, Some(500), Some("down")),
    ];
    let _ = tell(&mut model, News::Answered(ticket, answer(Verdict::Partial, &rows)));
    assert_eq!(press(&mut model, "<C-s>"), Effects::none());
    assert!(refused(&model).contains("a second create does not"));
}

#[test]
fn a_refusal_keeps_the_form_and_goes_to_the_field_that_it_blames() {
    let mut model = filled();
    let (ticket, _) = send(&mut model);
    let rows = [("training", PlatformState::Failed, Some(400), Some("USR006 invalid address"))];
    let _ = tell(&mut model, News::Answered(ticket, answer(Verdict::Rejected, &rows)));
    assert_eq!((model.focus, model.form.row().field), (Focus::Fields, Field::Email));
    assert!(model.has_unsent_work());
    let _ = press(&mut model, "x");
    assert!(model.form.blamed.is_empty(), "mending the field takes the blame away");
}

#[test]
fn after_an_update_the_user_is_read_afresh_and_nothing_is_left_to_send() {
    let mut model = editing();
    let _ = press(&mut model, "<C-u>Maria");
    let (ticket, _) = send(&mut model);
    let effects = tell(&mut model, News::Answered(ticket, done()));
    let [Effect::Read { ticket, .. }] = effects.as_slice() else {
        panic!("read again: {effects:?}");
    };
    let mut fresh = marta();
    fresh.texts.insert(Field::Name, "Maria".into());
    fresh.texts.insert(Field::Location, "Vigo".into());
    let _ = tell(&mut model, News::Read(*ticket, Ok(Box::new(fresh))));
    assert!(!model.has_unsent_work());
    assert_eq!(model.form.subject.person().map(|person| person.text(Field::Location)).as_deref(), Some("Vigo"));
}

#[test]
fn what_is_typed_while_the_answer_is_awaited_is_kept() {
    let mut model = editing();
    let _ = press(&mut model, "<C-u>Maria");
    let (ticket, _) = send(&mut model);
    let _ = press(&mut model, "<Esc><Tab><C-u>Lopes");
    let effects = tell(&mut model, News::Answered(ticket, done()));
    let [Effect::Read { ticket, .. }] = effects.as_slice() else {
        panic!("read again: {effects:?}");
    };
    let mut fresh = marta();
    fresh.texts.insert(Field::Name, "Maria".into());
    let _ = tell(&mut model, News::Read(*ticket, Ok(Box::new(fresh))));
    let _ = press(&mut model, "<C-s>");
    assert!(
        matches!(&model.overlay, Some(Overlay::Review(review)) if fields(&review.order) == [(Field::Surname, Reason::Changed)])
    );
}

#[test]
fn opening_somebody_asks_before_typed_work_is_lost() {
    let mut model = editing();
    model.no_journal = Some("there is no room".into());
    let _ = press(&mut model, "x<C-f>");
    assert!(matches!(model.overlay, Some(Overlay::Confirm(_))));
    let _ = press(&mut model, "n<C-q>");
    assert!(matches!(model.overlay, Some(Overlay::Confirm(_))) && !model.closing);
    let _ = press(&mut model, "y");
    assert!(model.closing);
}

#[test]
fn opening_somebody_asks_nothing_where_typed_work_is_kept() {
    let mut model = editing();
    let _ = press(&mut model, "x<C-f>");
    assert!(matches!(model.overlay, Some(Overlay::Open(_))));
}

#[test]
fn a_user_that_cannot_be_read_can_be_updated_blind() {
    let mut model = model();
    let effects = press(&mut model, "<C-f>marta.lopez<Enter>");
    let [Effect::Read { ticket, .. }] = effects.as_slice() else {
        panic!("read: {effects:?}");
    };
    let _ = tell(&mut model, News::Read(*ticket, Err(ReadFault::NoService(405))));
    let _ = press(&mut model, "<C-b><Tab>Vidal");
    assert!(matches!(&model.form.subject, Subject::Blind(key) if key.as_str() == "marta.lopez"));
    let (_, request) = send(&mut model);
    assert_eq!(sent(&request), [(Field::Surname, Reason::Changed)]);
}

#[test]
fn a_key_that_is_no_key_is_refused_before_anything_is_asked() {
    let mut model = model();
    assert_eq!(press(&mut model, "<C-f>../admin<Enter>"), Effects::none());
}

#[test]
fn a_password_is_made_shown_and_hidden_again() {
    let mut model = model();
    let effects = press(&mut model, "<Tab><C-g>");
    let [Effect::Generate { ticket }] = effects.as_slice() else {
        panic!("made: {effects:?}");
    };
    let effects = tell(&mut model, News::Generated(*ticket, Made(Secret::new("xK4!aaaa".into()))));
    let Some(Effect::Wake { ticket, .. }) = effects.as_slice().last() else {
        panic!("hidden later: {effects:?}");
    };
    assert!(model.form.reveal.is_some());
    assert!(!format!("{model:?} {effects:?}").contains("xK4!"), "no Debug shows it");
    let _ = tell(&mut model, News::Woke(*ticket));
    assert!(model.form.reveal.is_none());
}

#[test]
fn a_read_only_tenant_offers_no_write() {
    let mut model = editing();
    model.tenant.read_only = true;
    assert_eq!(press(&mut model, "x<C-s><C-r>"), Effects::none());
    assert_eq!(refused(&model), "This tenant is read-only: nothing can be sent.");
}

#[test]
fn the_palette_does_what_the_key_does_and_says_why_not() {
    let mut model = editing();
    let _ = press(&mut model, "<C-p>roles<Enter>");
    assert_eq!(model.focus, Focus::Roles);
    model.tenant.read_only = true;
    let _ = press(&mut model, "<C-p>send<Enter>");
    assert_eq!(refused(&model), "This tenant is read-only: nothing can be sent.");
}
