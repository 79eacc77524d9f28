//! Keys are pressed on everything that asks before it sends; the line is compared with what is sent.

use std::time::Duration;

use super::*;
use crate::app::attention::Item;
use crate::app::history::Part;
use crate::app::jobs::tests::row;
use crate::app::model::Notice;
use crate::app::msg::News;
use crate::app::testing::{answered_item, editing, filled, item, listed, listing, marta, press, submitted, tell, told};
use crate::domain::job::{JobState, LineState};
use crate::domain::listed::Listed;
use crate::domain::outcome::PlatformState::{Done, Failed};
use crate::domain::outcome::ReadFault;
use crate::domain::person::Person;
use crate::domain::record::{Act, Standing};

fn shown(model: &Model) -> &Shown {
    let Some(Overlay::CommandLine(shown)) = &model.overlay else { panic!("{:?}", model.notice) };
    shown
}

/// Presses the key, and sees that the same stands on the screen and in the clipboard, and that it is said.
fn line(model: &mut Model, key: &str) -> String {
    let effects = press(model, key);
    let text = shown(model).text();
    assert_eq!(effects.as_slice(), [Effect::Copy(text.clone())]);
    assert!(
        matches!(&model.notice, Some(Notice::Info(words)) if words.starts_with("Copied, if your terminal allows it: the command line of "))
    );
    text
}

fn notes(model: &Model) -> String {
    shown(model).notes.join(" ")
}

/// The list with Marta, Ana and Berta; the cursor is on Marta.
fn people() -> Model {
    let mut model = listing();
    let ana = Person { username: "ana".into(), id: Some("0".repeat(32)), enabled: Some(false), ..Person::default() };
    let berta = Person { username: "berta b".into(), id: Some("1".repeat(32)), ..ana.clone() };
    model.people.add(&[Listed::from(&marta()), Listed::from(&ana), Listed::from(&berta)]);
    model.people.refilter();
    model
}

/// Presses a key that asks about a deed, and answers the reading.
fn asked(key: &str, answer: Result<Box<Person>, ReadFault>) -> Model {
    let mut model = people();
    let effects = press(&mut model, key);
    let [Effect::Read { ticket, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let _ = tell(&mut model, News::Read(*ticket, answer));
    model
}

fn of_deed(key: &str, typed: &str) -> String {
    let person = Person { enabled: Some(key != "D"), ..marta() };
    let mut model = asked(key, Ok(Box::new(person)));
    let _ = press(&mut model, typed);
    line(&mut model, "<C-o>")
}

#[test]
fn the_line_of_a_review_is_shown_and_copied_and_the_review_is_still_there_after_it() {
    let mut model = editing();
    let _ = press(&mut model, "<C-u>Martina d'Arc<C-s>");
    assert_eq!(
        line(&mut model, "y"),
        "netex-users update marta.lopez --tenant=sandbox --sync --name='Martina d'\\''Arc'"
    );
    assert_eq!(press(&mut model, "<Enter>"), Effects::none(), "Enter closes it, and sends nothing");
    let effects = press(&mut model, "<Enter>");
    assert!(submitted(&effects).is_some(), "the review is what it was: {effects:?}");
}

#[test]
fn a_password_is_never_in_a_line_and_where_it_goes_is_said() {
    let mut model = filled();
    let _ = press(&mut model, "<C-s>");
    let text = line(&mut model, "y");
    assert!(
        text.starts_with("netex-users create --tenant=sandbox --sync --username=nora.vidal --password-stdin"),
        "{text}"
    );
    assert!(!text.contains("correct horse") && !notes(&model).contains("correct horse"));
    assert!(notes(&model).contains("--password-stdin reads it from standard input"));
}

#[test]
fn the_ticket_the_configuration_and_the_mode_stand_in_it() {
    let mut model = editing();
    model.desk_ticket = Some("INC 7".into());
    model.started_with = vec!["--config=/etc/a b.toml".into()];
    let _ = press(&mut model, "<C-u>Ana<C-s>m");
    assert_eq!(
        line(&mut model, "y"),
        "netex-users '--config=/etc/a b.toml' update marta.lopez --tenant=sandbox --async --ticket='INC 7' --name=Ana"
    );
}

#[test]
fn every_deed_has_its_line_before_it_is_typed_for() {
    assert_eq!(of_deed("e", "Adiós"), "netex-users disable marta.lopez --tenant=sandbox --sync --message='Adiós'");
    assert_eq!(of_deed("p", ""), "netex-users password marta.lopez --tenant=sandbox --password-stdin");
    assert_eq!(of_deed("p", "canary1!"), "netex-users password marta.lopez --tenant=sandbox --password-stdin");
    assert_eq!(of_deed("w", ""), "netex-users welcome marta.lopez --tenant=sandbox");
    assert_eq!(of_deed("D", ""), "netex-users delete marta.lopez --tenant=sandbox --sync");
    let mut model = asked("e", Ok(Box::new(Person { enabled: Some(false), ..marta() })));
    assert!(matches!(&model.overlay, Some(Overlay::Deed(question)) if question.forbids().is_some()));
    assert_eq!(press(&mut model, "<C-o>"), Effects::none(), "what cannot be done has no line");
}

#[test]
fn letters_that_are_text_stay_text() {
    let mut model = asked("e", Ok(Box::new(marta())));
    let _ = press(&mut model, "yo");
    assert!(matches!(&model.overlay, Some(Overlay::Deed(question)) if question.editor.text() == "yo"));
    let mut model = people();
    model.tenant.production = true;
    let _ = press(&mut model, "*menable<Enter>y");
    assert!(matches!(&model.overlay, Some(Overlay::Batch(batch)) if batch.typed.text() == "y"));
    assert!(line(&mut model, "<C-o>").starts_with("netex-users enable ana "));
}

#[test]
fn who_cannot_be_read_is_not_read_by_the_command_either() {
    let mut model = asked("w", Err(ReadFault::NoService(405)));
    let id = marta().id.expect("she has one");
    assert_eq!(line(&mut model, "y"), format!("netex-users welcome {id} --blind --tenant=sandbox"));
}

#[test]
fn one_change_for_many_is_one_command_for_each_who_waits() {
    let mut model = people();
    let _ = press(&mut model, "*menable<Enter>");
    assert_eq!(
        line(&mut model, "y"),
        "netex-users enable ana --tenant=sandbox --sync\nnetex-users enable 'berta b' --tenant=sandbox --sync",
        "Marta is enabled already"
    );
    assert!(notes(&model).contains("One command for each person"));
    let mut model = people();
    let _ = press(&mut model, " mtake trainer training<Enter>");
    assert_eq!(line(&mut model, "y"), "netex-users update marta.lopez --tenant=sandbox --sync --role='training=user'");
    assert!(notes(&model).contains("all the roles of a section"));
    let mut model = people();
    let _ = press(&mut model, " mmake admin training<Enter>");
    let text = line(&mut model, "y");
    assert!(text.ends_with(" --role='training=user,trainer,admin'"), "{text}");
    let mut model = people();
    let _ = press(&mut model, " mtake user social<Enter>");
    assert!(line(&mut model, "y").ends_with(" --no-roles=social"));
}

#[test]
fn who_has_left_the_list_has_no_line_that_would_take_their_roles() {
    let mut model = people();
    let _ = press(&mut model, " mtake trainer training<Enter>");
    model.people.forget("", "marta.lopez");
    assert_eq!(press(&mut model, "y"), Effects::none());
    assert!(matches!(&model.notice, Some(Notice::Refused(words)) if words.contains("not in the list")));
}

#[test]
fn taking_back_is_a_command_of_its_own() {
    let mut model = listing();
    let effects = press(&mut model, "H");
    let [Effect::History { ticket, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let part = Part { changes: vec![told(7, Standing::Done)], next: None };
    let _ = tell(&mut model, News::History(*ticket, Ok(part)));
    let effects = press(&mut model, "u");
    let [Effect::ForUndo { ticket, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let both = (Box::new(told(7, Standing::Done)), Box::new(marta()));
    let _ = tell(&mut model, News::ForUndo(*ticket, Ok(both)));
    assert_eq!(line(&mut model, "y"), "netex-users undo 7 --tenant=sandbox --sync");
}

fn attention(items: Vec<Item>) -> Model {
    let mut model = listing();
    let _ = listed(&mut model, items.clone());
    let _ = press(&mut model, "!");
    let _ = listed(&mut model, items);
    model
}

#[test]
fn a_repair_is_sent_blind_because_management_has_it_already() {
    let platforms = [("management", Done, Some(204), None), ("social", Failed, Some(500), None)];
    let mut model = attention(vec![answered_item(7, Act::Update, Standing::Partial, &platforms)]);
    model.synchronization = Synchronization::Asynchronous;
    let effects = press(&mut model, "R");
    let [Effect::Read { ticket, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let mut person = marta();
    person.texts.insert(Field::MobilePhone, "+34 600 000 000".into());
    let _ = tell(&mut model, News::Read(*ticket, Ok(Box::new(person))));
    let id = marta().id.expect("she has one");
    assert_eq!(
        line(&mut model, "y"),
        format!("netex-users update {id} --blind --tenant=sandbox --sync --mobile-phone='+34 600 000 000'")
    );
    assert!(notes(&model).contains("stays on the list"));
}

#[test]
fn a_file_of_people_is_an_import_and_a_job_is_gone_on_with() {
    let mut model = listing();
    jobs::tests::planned(&mut model);
    assert_eq!(
        line(&mut model, "y"),
        "netex-users import /people/joiners.csv --tenant=sandbox --sync --mode=create-or-update --match=username"
    );
    assert!(notes(&model).contains("plans the file anew"));
    let mut model = listing();
    jobs::tests::listed(&mut model, vec![row(12, JobState::Stopped, &[(LineState::Waiting, 3)])]);
    let _ = press(&mut model, "G");
    assert_eq!(line(&mut model, "y"), "netex-users jobs resume 12 --tenant=sandbox --in-doubt=recheck");
    assert!(!notes(&model).contains("--dry-run"), "it has none");
}

#[test]
fn the_palette_has_it_too_and_gives_back_what_it_covered() {
    let mut model = editing();
    let _ = press(&mut model, "<C-u>Ana<C-s><C-p>");
    assert!(matches!(&model.overlay, Some(Overlay::Palette(_))));
    let _ = press(&mut model, "<Esc>");
    assert!(matches!(&model.overlay, Some(Overlay::Review(_))), "one step back");
    let text = line(&mut model, "<C-p>command line<Enter>");
    assert!(text.ends_with("--name=Ana"), "{text}");
}

#[test]
fn an_answer_that_comes_under_a_cover_is_not_lost_and_uncovers_nothing() {
    for cover in ["<F1>", "<C-p>"] {
        let mut model = people();
        let effects = press(&mut model, "w");
        let [Effect::Read { ticket, .. }] = effects.as_slice() else { panic!("{effects:?}") };
        let _ = press(&mut model, cover);
        let _ = tell(&mut model, News::Read(*ticket, Ok(Box::new(marta()))));
        assert!(matches!(&model.overlay, Some(Overlay::Help(..) | Overlay::Palette(_))), "{cover}");
        let _ = press(&mut model, "<Esc>");
        assert!(matches!(&model.overlay, Some(Overlay::Deed(question)) if question.forbids().is_none()), "{cover}");
    }
}

#[test]
fn a_shown_password_is_hidden_in_its_time_under_a_command_line() {
    let mut model = asked("p", Ok(Box::new(marta())));
    let effects = press(&mut model, "secret1!<C-v>");
    let wake = effects.as_slice().iter().find_map(|effect| {
        if let Effect::Wake { ticket, after } = effect {
            (*after >= Duration::from_secs(10)).then_some(*ticket)
        } else {
            None
        }
    });
    let _ = press(&mut model, "<C-o>");
    let _ = tell(&mut model, News::Woke(wake.expect("it is hidden after a time")));
    let _ = press(&mut model, "<Esc>");
    assert!(matches!(&model.overlay, Some(Overlay::Deed(question)) if question.reveal.is_none()));
}

#[test]
fn what_is_too_long_to_be_copied_is_shown_all_the_same() {
    let mut model = editing();
    model.form.put(Field::AboutMe, &"ñ".repeat(MOST_COPIED));
    let _ = press(&mut model, "<C-s>");
    assert!(matches!(model.overlay, Some(Overlay::Review(_))), "{:?}", model.notice);
    assert_eq!(press(&mut model, "y"), Effects::none());
    assert!(shown(&model).text().len() > MOST_COPIED);
    assert!(matches!(&model.notice, Some(Notice::Info(words)) if words.contains("in full")));
}

#[test]
fn a_create_anew_says_that_the_doubt_stays_on_the_list() {
    let mut model = filled();
    model.instead_of = Some(item(3, Act::Create, Standing::InDoubt).change.id);
    let _ = press(&mut model, "<C-s>y");
    assert!(notes(&model).contains("what needs attention stays on the list"));
}
