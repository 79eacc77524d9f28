//! The list: keys are pressed, and what the program wants is compared.

use super::*;
use crate::app::batch::{self, Stage};
use crate::app::model::Notice;
use crate::app::msg::News;
use crate::app::testing::{self, answer, done, marta, press, submitted, tell};
use crate::domain::deed::Deed;
use crate::domain::field::Operation;
use crate::domain::order::Order;
use crate::domain::outcome::{BulkAnswer, PlatformState, Verdict};
use crate::domain::recipe::Recipe;

fn person(number: usize) -> Person {
    Person {
        id: Some(format!("{number:032x}")),
        username: format!("person.{number}"),
        texts: [(Field::Name, format!("Name{number}")), (Field::Language, "es".to_owned())].into(),
        enabled: Some(!number.is_multiple_of(3)),
        roles: [("training".to_owned(), ["user".to_owned()].into())].into(),
        ..Person::default()
    }
}

fn page(people: &[Person], last: bool) -> PageRead {
    PageRead { people: people.iter().map(Listed::from).collect(), end: last.then_some(None), when: "14:02".into() }
}

/// The list with Marta and nine others.
fn loaded() -> Model {
    let mut model = testing::listing();
    let effects = start(&mut model);
    let [Effect::LoadCopy { ticket }] = effects.as_slice() else {
        panic!("the copy first: {effects:?}");
    };
    let effects = tell(&mut model, News::Copied(*ticket, None));
    let [Effect::ReadPage { ticket, anew: true }] = effects.as_slice() else {
        panic!("then the service: {effects:?}");
    };
    let people: Vec<Person> = std::iter::once(marta()).chain((1..10).map(person)).collect();
    let _ = tell(&mut model, News::Page(*ticket, Ok(page(&people, true))));
    model
}

fn read_ticket(effects: &Effects) -> Ticket {
    effects
        .as_slice()
        .iter()
        .find_map(|effect| if let Effect::Read { ticket, .. } = effect { Some(*ticket) } else { None })
        .expect("somebody is read")
}

fn refused(model: &Model) -> String {
    match &model.notice {
        Some(Notice::Refused(words)) => words.clone(),
        Some(Notice::Info(_)) | None => String::new(),
    }
}

/// Asks about a deed to the person under the cursor, and answers the reading with this person.
fn asked(model: &mut Model, key: &str, person: Person) {
    let ticket = read_ticket(&press(model, key));
    let _ = tell(model, News::Read(ticket, Ok(Box::new(person))));
}

fn deed(effects: &Effects) -> Option<Deed> {
    effects.as_slice().iter().find_map(|effect| {
        if let Effect::Submit { order: Order::Deed(order), .. } = effect { Some(order.deed.clone()) } else { None }
    })
}

#[test]
fn the_first_page_is_shown_as_soon_as_it_is_there_and_the_next_is_asked_for() {
    let mut model = testing::listing();
    let first = start(&mut model);
    let [Effect::LoadCopy { ticket }] = first.as_slice() else {
        panic!("{first:?}");
    };
    let effects = tell(&mut model, News::Copied(*ticket, None));
    let [Effect::ReadPage { ticket, .. }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let effects = tell(&mut model, News::Page(*ticket, Ok(page(&[marta()], false))));
    assert_eq!(model.people.rows().len(), 1);
    assert!(matches!(effects.as_slice(), [Effect::ReadPage { anew: false, .. }]));
}

#[test]
fn a_copy_is_shown_with_its_age_and_nothing_is_read_until_the_agent_asks() {
    let mut model = testing::listing();
    let first = start(&mut model);
    let [Effect::LoadCopy { ticket }] = first.as_slice() else {
        panic!("{first:?}");
    };
    let part = Copied { people: vec![Listed::from(&marta())], when: None };
    let effects = tell(&mut model, News::Copied(*ticket, Some(part)));
    let [Effect::LoadCopy { ticket }] = effects.as_slice() else {
        panic!("the next part: {effects:?}");
    };
    let end = Copied { people: Vec::new(), when: Some("yesterday 14:02".into()) };
    assert_eq!(tell(&mut model, News::Copied(*ticket, Some(end))), Effects::none());
    assert_eq!(model.people.rows().len(), 1);
    assert_eq!(model.people.read_at.as_deref(), Some("yesterday 14:02"));
    assert!(matches!(press(&mut model, "r").as_slice(), [Effect::ReadPage { anew: true, .. }]));
}

#[test]
fn a_copy_that_breaks_off_is_forgotten_and_the_service_asked() {
    let mut model = testing::listing();
    let first = start(&mut model);
    let [Effect::LoadCopy { ticket }] = first.as_slice() else {
        panic!("{first:?}");
    };
    let part = Copied { people: vec![Listed::from(&marta())], when: None };
    let effects = tell(&mut model, News::Copied(*ticket, Some(part)));
    let [Effect::LoadCopy { ticket }] = effects.as_slice() else {
        panic!("the next part: {effects:?}");
    };
    let effects = tell(&mut model, News::Copied(*ticket, None));
    assert!(model.people.rows().is_empty());
    assert!(matches!(effects.as_slice(), [Effect::ReadPage { anew: true, .. }]));
}

#[test]
fn who_is_not_met_when_everybody_is_read_anew_is_not_shown_any_more() {
    let mut model = loaded();
    let effects = press(&mut model, "*r");
    let [Effect::ReadPage { ticket, .. }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let _ = tell(&mut model, News::Page(*ticket, Ok(page(&[person(1), person(2)], true))));
    assert_eq!((model.people.rows().len(), model.people.marks.len()), (2, 2));
}

#[test]
fn reading_can_be_stopped_and_goes_on_where_it_was() {
    let mut model = loaded();
    let effects = press(&mut model, "rs");
    let [Effect::ReadPage { ticket, .. }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let ticket = *ticket;
    assert_eq!(tell(&mut model, News::Page(ticket, Ok(page(&[person(50)], false)))), Effects::none());
    assert!(matches!(press(&mut model, "s").as_slice(), [Effect::ReadPage { anew: false, .. }]));
}

#[test]
fn a_reading_that_fails_keeps_what_is_there_and_says_so() {
    let mut model = loaded();
    let effects = press(&mut model, "r");
    let [Effect::ReadPage { ticket, .. }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let fault = ReadFault::NoService(405);
    let _ = tell(&mut model, News::Page(*ticket, Err(fault.clone())));
    assert_eq!((model.people.reading.clone(), model.people.rows().len()), (Reading::Failed(fault), 10));
}

#[test]
fn letters_find_and_esc_shows_everybody_again() {
    let mut model = loaded();
    let _ = press(&mut model, "/lopez");
    assert_eq!(model.people.rows().len(), 1);
    let _ = press(&mut model, "<Enter>");
    assert!(!model.people.finding);
    let _ = press(&mut model, "<Esc>");
    assert_eq!(model.people.rows().len(), 10);
}

#[test]
fn opening_reads_afresh_and_comes_back_to_the_same_line() {
    let mut model = loaded();
    let ticket = read_ticket(&press(&mut model, "<Enter>"));
    let _ = tell(&mut model, News::Read(ticket, Ok(Box::new(marta()))));
    assert_eq!((model.screen, model.focus), (Screen::Editor, Focus::Fields));
    let _ = press(&mut model, "<Esc>");
    assert_eq!((model.screen, model.focus, model.people.at), (Screen::People, Focus::List, 0));
}

#[test]
fn going_back_keeps_what_was_typed_and_opening_somebody_else_loses_nothing() {
    let mut model = loaded();
    let ticket = read_ticket(&press(&mut model, "<Enter>"));
    let _ = tell(&mut model, News::Read(ticket, Ok(Box::new(marta()))));
    let _ = press(&mut model, "x<Esc><Down><Enter>");
    assert!(matches!(model.overlay, Some(Overlay::Open(_))), "what was typed is a draft: nothing is asked");
    let _ = press(&mut model, "<Esc><C-g>");
    assert_eq!(model.screen, Screen::Editor);
    assert!(model.has_unsent_work());
    model.no_journal = Some("there is no room".into());
    let _ = press(&mut model, "<Esc><Enter>");
    assert!(matches!(model.overlay, Some(Overlay::Confirm(_))), "without a journal it would be lost");
    let _ = press(&mut model, "n<C-g>");
    assert_eq!(model.screen, Screen::Editor);
    assert!(model.has_unsent_work());
}

#[test]
fn a_clone_takes_over_what_is_not_theirs_alone() {
    let mut model = loaded();
    let ticket = read_ticket(&press(&mut model, "c"));
    let _ = tell(&mut model, News::Read(ticket, Ok(Box::new(marta()))));
    assert_eq!(model.operation(), Operation::Create);
    for field in [
        Field::Username,
        Field::Password,
        Field::Name,
        Field::Email,
        Field::OfficePhone,
        Field::MobilePhone,
        Field::AboutMe,
    ] {
        assert_eq!(model.form.text(field), "", "{field:?} is theirs alone");
    }
    assert_eq!(model.form.text(Field::Language), "es");
    assert!(model.matrix.grid.has("training", "trainer"));
    assert!(model.image.photo.is_none());
}

#[test]
fn disabling_is_asked_about_and_sent_by_id() {
    let mut model = loaded();
    asked(&mut model, "e", marta());
    let effects = press(&mut model, "gone home<Enter>");
    assert_eq!(deed(&effects), Some(Deed::Deactivate { message: Some("gone home".into()) }));
}

#[test]
fn a_repeat_that_changes_nothing_says_so_and_is_not_sent() {
    let mut model = loaded();
    asked(&mut model, "e", Person { enabled: Some(false), ..marta() });
    assert_eq!(deed(&press(&mut model, "<Enter>")), None);
}

#[test]
fn only_a_disabled_person_whose_username_was_typed_is_deleted() {
    let mut model = loaded();
    asked(&mut model, "D", marta());
    assert_eq!(deed(&press(&mut model, "marta.lopez<Enter>")), None, "enabled");
    let _ = press(&mut model, "<Esc>");
    asked(&mut model, "D", Person { enabled: Some(false), ..marta() });
    assert_eq!(deed(&press(&mut model, "marta.lope<Enter>")), None, "not typed exactly");
    let effects = press(&mut model, "z<Enter>");
    assert_eq!(deed(&effects), Some(Deed::Delete));
    let ticket = model.status.sending().map(|sending| sending.ticket).unwrap();
    let _ = tell(&mut model, News::Answered(ticket, done()));
    assert_eq!(model.people.rows().len(), 9, "who is deleted is not shown any more");
}

#[test]
fn after_a_deed_the_person_is_read_and_the_list_shows_them_as_they_are() {
    let mut model = loaded();
    asked(&mut model, "e", marta());
    let _ = press(&mut model, "<Enter>");
    let ticket = model.status.sending().map(|sending| sending.ticket).unwrap();
    let ticket = read_ticket(&tell(&mut model, News::Answered(ticket, done())));
    let _ = tell(&mut model, News::Read(ticket, Ok(Box::new(Person { enabled: Some(false), ..marta() }))));
    assert_eq!(model.people.here().and_then(|entry| entry.enabled), Some(false));
}

fn planned(keys: &str, bulk: &str) -> Model {
    let mut model = loaded();
    let _ = press(&mut model, keys);
    let _ = press(&mut model, &format!("m{bulk}<Enter>"));
    model
}

fn batch(model: &Model) -> &Batch {
    match &model.overlay {
        Some(Overlay::Batch(batch)) => batch,
        _ => panic!("a plan is shown"),
    }
}

#[test]
fn a_plan_shows_everybody_and_sends_nothing() {
    let mut model = loaded();
    let effects = press(&mut model, "*mdisable<Enter>");
    assert_eq!(effects, Effects::none());
    let counts = batch(&model).counts();
    assert_eq!((counts.waiting, counts.same), (7, 3), "who is disabled already is not sent");
}

#[test]
fn a_run_keeps_so_many_on_their_way_and_no_more_until_all_have_ended() {
    let mut model = planned("*", "disable");
    let mut open: Vec<Ticket> = applied(&press(&mut model, "<Enter>"));
    assert_eq!(open.len(), model.limits.concurrency);
    let mut sent = open.len();
    while let Some(ticket) = open.pop() {
        let report = answer(Verdict::Applied, &[("management", PlatformState::Done, Some(204), None)]).report;
        let effects = tell(&mut model, News::Applied(ticket, Box::new(BulkAnswer::Report(Box::new(report)))));
        let more = applied(&effects);
        sent += more.len();
        open.extend(more);
        assert!(open.len() <= model.limits.concurrency);
    }
    assert_eq!((sent, batch(&model).counts().done), (7, 7));
    assert!(batch(&model).is_over());
    let _ = press(&mut model, "<Esc>");
    assert!(
        model.people.rows().iter().all(|row| model
            .people
            .index
            .get(*row)
            .is_some_and(|entry| entry.enabled == Some(false)))
    );
}

fn applied(effects: &Effects) -> Vec<Ticket> {
    let ticket = |effect: &Effect| if let Effect::Apply { ticket, .. } = effect { Some(*ticket) } else { None };
    effects.as_slice().iter().filter_map(ticket).collect()
}

#[test]
fn a_run_can_be_stopped_and_gone_on_with() {
    let mut model = planned("*", "disable");
    let open = applied(&press(&mut model, "<Enter>"));
    let _ = press(&mut model, "<Esc>");
    assert_eq!(batch(&model).stage, Stage::Stopped);
    let same = Box::new(BulkAnswer::Same);
    assert_eq!(tell(&mut model, News::Applied(open[0], same)), Effects::none(), "nothing new begins");
    let _ = press(&mut model, "<Esc>");
    assert!(matches!(model.overlay, Some(Overlay::Batch(_))), "what is on its way is waited for");
    assert_eq!(applied(&press(&mut model, "<Enter>")).len(), 1);
}

#[test]
fn too_much_harm_stops_before_anything_is_sent() {
    let mut model = planned("*", "disable");
    model.limits = batch::Limits { max_harm: 3, ..batch::Limits::default() };
    assert_eq!(press(&mut model, "<Enter>"), Effects::none());
    assert!(batch(&model).fault.as_ref().is_some_and(|words| words.contains("max_harm")));
}

#[test]
fn production_wants_its_name_typed() {
    let mut model = planned("*", "disable");
    model.tenant.production = true;
    model.tenant.name = "acme".into();
    assert_eq!(press(&mut model, "<Enter>"), Effects::none());
    assert_eq!(applied(&press(&mut model, "acme<Enter>")).len(), 4);
}

#[test]
fn an_enter_storm_carries_a_plan_out_once() {
    let mut model = planned("*", "disable");
    let effects = press(&mut model, &"<Enter>".repeat(50));
    assert_eq!(applied(&effects).len(), 4);
}

#[test]
fn a_conflict_sends_nothing_and_shows_both() {
    let mut model = loaded();
    let ticket = read_ticket(&press(&mut model, "<Enter>"));
    let _ = tell(&mut model, News::Read(ticket, Ok(Box::new(marta()))));
    let _ = press(&mut model, "<C-u>Maria<Tab><C-u>Lopes");
    let (ticket, _) = testing::send(&mut model);
    let mut theirs = marta();
    theirs.texts.insert(Field::Name, "Martina".into());
    let _ = tell(&mut model, News::Conflict(ticket, Box::new(theirs)));
    let Some(Overlay::ThreeWay(view)) = &model.overlay else {
        panic!("both are shown");
    };
    let row = &view.rows[0];
    assert_eq!((&*row.loaded, &*row.theirs, &*row.mine), ("Marta", "Martina", "Maria"));
    let _ = press(&mut model, "t<Esc>");
    let (_, request) = submitted(&press(&mut model, "<C-s><Enter>")).unwrap();
    let fields: Vec<Field> = request.lines().iter().map(|line| line.field).collect();
    assert_eq!(fields, [Field::Surname], "theirs was taken for the name");
    assert_eq!(request.base().map(|base| base.text(Field::Name)).as_deref(), Some("Martina"));
}

#[test]
fn a_read_only_tenant_refuses_every_write_of_the_list() {
    let mut model = loaded();
    model.tenant.read_only = true;
    for key in ["n", "c", "e", "p", "w", "D", " m", "<C-n>"] {
        let effects = press(&mut model, key);
        assert_eq!(effects, Effects::none(), "{key}");
        assert!(model.overlay.is_none(), "{key}");
        assert_eq!(refused(&model), "This tenant is read-only: nothing can be sent.", "{key}");
    }
}

#[test]
fn a_leavers_recipe_fills_in_the_form_of_somebody_who_is_there_and_sends_nothing() {
    let mut model = testing::editing();
    model.recipes = vec![Recipe {
        name: "leaver".into(),
        enabled: Some(false),
        values: [(Field::Location, "gone".to_owned()), (Field::Name, "nobody".to_owned())].into(),
        roles: [("training".to_owned(), [].into())].into(),
        ..Recipe::default()
    }];
    assert_eq!(press(&mut model, "<F3><Enter>"), Effects::none());
    let (_, request) = testing::send(&mut model);
    let fields: Vec<Field> = request.lines().iter().map(|line| line.field).collect();
    assert_eq!(fields, [Field::Location, Field::Enabled, Field::Roles], "a recipe changes nobody's name");
    assert_eq!(request.sections().collect::<Vec<_>>(), ["training"]);
}

#[test]
fn a_made_password_goes_only_where_it_was_asked_for() {
    let mut model = loaded();
    asked(&mut model, "p", marta());
    let effects = press(&mut model, "<C-g>");
    let [Effect::Generate { ticket }] = effects.as_slice() else {
        panic!("made: {effects:?}");
    };
    let ticket = *ticket;
    let _ = press(&mut model, "<Esc>");
    asked(&mut model, "e", marta());
    let made = crate::app::msg::Made(crate::domain::secret::Secret::new("xK4!aaaa".into()));
    assert_eq!(tell(&mut model, News::Generated(ticket, made)), Effects::none());
    assert!(matches!(&model.overlay, Some(Overlay::Deed(question)) if question.editor.is_empty()));
}
