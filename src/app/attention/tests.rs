//! Keys are pressed on what needs attention, and what the program wants is compared.

use super::*;
use crate::app::batch;
use crate::app::model::{Focus, Notice};
use crate::app::msg::News;
use crate::app::testing::{
    answer, answered_item, done, doubt, filled, item, listed, listing, looked, marta, press, send, submitted, tell,
};
use crate::domain::fields::Field;
use crate::domain::order::Order;
use crate::domain::outcome::PlatformState::{Done, Failed, Queued};
use crate::domain::outcome::{Answer, BulkAnswer, PlatformState, ReadFault, Verdict};
use crate::domain::record::{Act as Deed, Circumstances, Purpose, Seen, Standing};
use crate::domain::tenant::Synchronization;

const SOCIAL: [(&str, PlatformState, Option<u16>, Option<&str>); 2] =
    [("management", Done, Some(204), None), ("social", Failed, Some(500), Some("down"))];

fn refused(model: &Model) -> &str {
    match &model.notice {
        Some(Notice::Refused(words)) => words,
        Some(Notice::Info(_)) | None => "",
    }
}

/// The wishes among what the program wants.
fn wishes(effects: &Effects) -> Vec<(Ticket, Wish)> {
    let wish = |effect: &Effect| {
        if let Effect::Attention { ticket, wish } = effect { Some((*ticket, wish.clone())) } else { None }
    };
    effects.as_slice().iter().filter_map(wish).collect()
}

fn looks(effects: &Effects) -> Vec<(Ticket, ChangeId)> {
    let look = |(ticket, wish)| match wish {
        Wish::LookUp(id) => Some((ticket, id)),
        Wish::List | Wish::Dismiss(..) => None,
    };
    wishes(effects).into_iter().filter_map(look).collect()
}

fn wakes(effects: &Effects) -> Vec<(Ticket, Duration)> {
    let wake =
        |effect: &Effect| if let Effect::Wake { ticket, after } = effect { Some((*ticket, *after)) } else { None };
    effects.as_slice().iter().filter_map(wake).collect()
}

fn tell_look(model: &mut Model, ticket: Ticket, item: Item) -> Effects {
    tell(model, News::Attention(ticket, Told::LookedUp(item.change.id, Ok(Box::new((item, None))))))
}

/// The program with these on the list, and the list open.
fn open_list(items: Vec<Item>) -> Model {
    let mut model = listing();
    let _ = listed(&mut model, items.clone());
    let _ = press(&mut model, "!");
    let _ = listed(&mut model, items);
    model
}

fn waiting(mut item: Item, seconds: u64) -> Item {
    item.wait = Some(Duration::from_secs(seconds));
    item
}

fn sent(effects: &Effects) -> Option<(Order, Synchronization, Circumstances)> {
    effects.as_slice().iter().find_map(|effect| {
        if let Effect::Submit { order, synchronization, circumstances, .. } = effect {
            Some((order.clone(), *synchronization, circumstances.clone()))
        } else {
            None
        }
    })
}

/// Reads whom a repair is about, and opens the review.
fn prepare(model: &mut Model, effects: &Effects) -> Effects {
    let [Effect::Read { ticket, .. }] = effects.as_slice() else { panic!("read first: {effects:?}") };
    tell(model, News::Read(*ticket, Ok(Box::new(marta()))))
}

#[test]
fn a_repair_is_read_for_reviewed_and_sent_once_synchronously_by_the_id_that_was_read() {
    let mut model = open_list(vec![answered_item(7, Deed::Update, Standing::Partial, &SOCIAL)]);
    model.synchronization = Synchronization::Asynchronous;
    let reading = press(&mut model, "<Enter>R");
    let reviewed = prepare(&mut model, &reading);
    assert!(matches!(reviewed.as_slice(), [Effect::Transcribe { synchronization: Synchronization::Synchronous, .. }]));
    let Some(Overlay::Review(review)) = &model.overlay else { panic!("nothing is sent unseen") };
    let about = review.repair.as_ref().map(|repair| repair.about.join(" ")).unwrap_or_default();
    assert!(about.contains("Repair of #7") && about.contains("management done 204, social FAILED 500"), "{about}");
    assert_eq!(press(&mut model, "m"), Effects::none());
    assert_eq!(refused(&model), "A repair waits for every platform.");
    let (order, synchronization, circumstances) = sent(&press(&mut model, "<Enter>")).expect("sent");
    assert!(order.is_update());
    assert_eq!(order.key().map(|key| key.as_str().to_owned()), marta().id);
    assert_eq!((synchronization, circumstances.purpose), (Synchronization::Synchronous, Purpose::Repair(ChangeId(7))));
    assert_eq!(model.synchronization, Synchronization::Asynchronous, "the mode of everything else is as it was");
    assert_eq!(sent(&press(&mut model, &"<Enter>R".repeat(20))), None, "a storm of keys sends nothing more");
}

#[test]
fn a_review_of_a_repair_leads_back_to_where_it_came_from() {
    let mut model = open_list(vec![answered_item(7, Deed::Update, Standing::Partial, &SOCIAL)]);
    let reading = press(&mut model, "<Enter>R");
    let _ = prepare(&mut model, &reading);
    let _ = press(&mut model, "<Esc>");
    assert!(matches!(&model.overlay, Some(Overlay::Attention(view)) if view.open.is_some()));
    let _ = press(&mut model, "<Esc><Esc>");
    assert!(model.overlay.is_none());
}

#[test]
fn a_repair_of_somebody_who_cannot_be_read_sends_nothing() {
    for fault in [ReadFault::NotFound, ReadFault::NoService(405)] {
        let mut model = open_list(vec![answered_item(7, Deed::Create, Standing::Partial, &SOCIAL)]);
        let reading = press(&mut model, "R");
        let [Effect::Read { ticket, .. }] = reading.as_slice() else { panic!("read first: {reading:?}") };
        assert_eq!(tell(&mut model, News::Read(*ticket, Err(fault))), Effects::none());
        assert!(refused(&model).contains("othing was sent"), "{}", refused(&model));
        assert!(matches!(model.overlay, Some(Overlay::Attention(_))));
    }
}

#[test]
fn a_person_who_was_read_too_late_opens_nothing() {
    let mut model = open_list(vec![answered_item(7, Deed::Update, Standing::Partial, &SOCIAL)]);
    let reading = press(&mut model, "R");
    let _ = press(&mut model, "<Esc><C-p>");
    assert_eq!(prepare(&mut model, &reading), Effects::none());
    assert!(matches!(model.overlay, Some(Overlay::Palette(_))));
}

/// A partial answer to a create, as change 7, which the list has by now.
fn partial_create() -> Model {
    let mut model = filled();
    let (ticket, _) = send(&mut model);
    let mut partial = answer(Verdict::Partial, &SOCIAL);
    partial.report.change = Some(ChangeId(7));
    let effects = tell(&mut model, News::Answered(ticket, partial));
    assert!(matches!(wishes(&effects).as_slice(), [(_, Wish::List)]), "{effects:?}");
    let _ = listed(&mut model, vec![answered_item(7, Deed::Create, Standing::Partial, &SOCIAL)]);
    model
}

fn nora() -> crate::domain::person::Person {
    let mut nora = marta();
    nora.id = Some("ff808181556ee70e015572136a250077".into());
    nora.username = "nora.vidal".into();
    let texts = [
        (Field::Name, "Nora"),
        (Field::Surname, "Vidal"),
        (Field::Email, "nora.vidal@acme.example"),
        (Field::Language, "gl"),
        (Field::Timezone, "Europe/Paris"),
    ];
    nora.texts = texts.map(|(field, text)| (field, text.to_owned())).into();
    nora
}

fn repair_from_the_status(model: &mut Model) -> (Ticket, Order) {
    let reading = press(model, "R");
    let [Effect::Read { ticket, key }] = reading.as_slice() else { panic!("read first: {reading:?}") };
    assert_eq!(key.as_str(), "ff808181556ee70e015572136a250077", "the one that the answer named");
    let _ = tell(model, News::Read(*ticket, Ok(Box::new(nora()))));
    let effects = press(model, "<Enter>");
    let ticket = effects
        .as_slice()
        .iter()
        .find_map(|effect| if let Effect::Submit { ticket, .. } = effect { Some(*ticket) } else { None });
    (ticket.expect("sent"), sent(&effects).expect("sent").0)
}

#[test]
fn one_key_after_a_partial_create_updates_who_is_there_and_shows_before_and_after() {
    let mut model = partial_create();
    let (ticket, order) = repair_from_the_status(&mut model);
    assert!(order.is_update());
    let mut all = done();
    all.report.change = Some(ChangeId(8));
    let _ = tell(&mut model, News::Answered(ticket, all));
    let answered = model.status.answered().expect("answered");
    let social = answered.answer.report.platforms.iter().find(|row| row.name.raw() == "social").expect("a row");
    assert_eq!(answered.before(&social.name).map(|row| row.state), Some(Failed));
    assert_eq!(social.state, Done);
}

/// The form of the create is still there when the answer of the repair stands in the status.
#[test]
fn a_create_is_not_posted_again_after_its_repair() {
    let mut model = partial_create();
    let (ticket, _) = repair_from_the_status(&mut model);
    let _ = press(&mut model, "<Esc>");
    let _ = tell(&mut model, News::Answered(ticket, done()));
    let storm = press(&mut model, "<C-s><Enter><C-r>");
    assert_eq!(submitted(&storm), None);
    assert!(refused(&model).contains("a second create does not repair it"), "{:?}", model.notice);
    assert!(!model.has_unsent_work());
}

#[test]
fn what_may_not_be_done_says_why() {
    let gone = looked(item(7, Deed::Create, Standing::InDoubt), Seen::Nobody, 60_000);
    let elsewhere = {
        let mut item = item(7, Deed::Create, Standing::Open);
        item.change.elsewhere = true;
        item
    };
    let partial = |act| answered_item(7, act, Standing::Partial, &SOCIAL);
    for (what, item, key, why) in [
        ("a create in doubt", item(7, Deed::Create, Standing::InDoubt), "R", "is not sent again by R"),
        ("too early", looked(item(7, Deed::Create, Standing::InDoubt), Seen::Nobody, 59_999), "n", "may still arrive"),
        ("an update", partial(Deed::Update), "n", "Only a create in doubt"),
        ("a mail", partial(Deed::WelcomeMail), "R", "The mail may have left"),
        ("a password", item(7, Deed::ChangePassword, Standing::InDoubt), "l", "cannot be read back"),
        ("partial", partial(Deed::Update), "l", "Its platforms have answered"),
        ("queued", item(7, Deed::Update, Standing::Queued), "R", "nothing is known to have failed"),
        ("elsewhere", elsewhere.clone(), "l", "Another session"),
        ("elsewhere", elsewhere.clone(), "R", "Another session"),
        ("elsewhere", elsewhere, "x", "on its way"),
    ] {
        let mut model = open_list(vec![item]);
        let _ = press(&mut model, key);
        assert!(refused(&model).contains(why), "{what} {key}: {:?}", model.notice);
    }
    for (setting, why) in [(true, "read-only"), (false, "no journal")] {
        let mut model = open_list(vec![partial(Deed::Update), gone.clone()]);
        model.tenant.read_only = setting;
        model.no_journal = (!setting).then(|| "the disk is full".to_owned());
        for keys in ["R", "jn"] {
            assert_eq!(press(&mut model, keys), Effects::none());
            assert!(refused(&model).contains(why), "{keys}: {:?}", model.notice);
        }
    }
}

#[test]
fn creates_in_doubt_are_looked_up_by_themselves_one_at_a_time_and_once_more_after_their_window() {
    let items = vec![
        waiting(item(9, Deed::Create, Standing::InDoubt), 42),
        item(8, Deed::Update, Standing::InDoubt),
        item(7, Deed::Create, Standing::InDoubt),
        looked(item(6, Deed::Create, Standing::InDoubt), Seen::Nobody, 90_000),
    ];
    let mut model = listing();
    let effects = listed(&mut model, items.clone());
    let [(ticket, ChangeId(9))] = looks(&effects)[..] else { panic!("one create: {effects:?}") };
    assert_eq!(looks(&listed(&mut model, items.clone())), [], "not again because the list was read again");
    let nobody = looked(items[0].clone(), Seen::Nobody, 18_000);
    let effects = tell_look(&mut model, ticket, nobody.clone());
    let [(wake, wait)] = wakes(&effects)[..] else { panic!("the window is waited for: {effects:?}") };
    assert_eq!(wait, Duration::from_secs(42), "what is left of it, and not the whole");
    let [(second, ChangeId(7))] = looks(&effects)[..] else { panic!("the next one: {effects:?}") };
    let found = looked(items[2].clone(), Seen::Done, 90_000);
    let _ = tell_look(&mut model, second, found);
    assert!(model.attention.item(ChangeId(7)).is_none(), "what is done leaves the list");
    let effects = tell(&mut model, News::Woke(wake));
    let [(last, ChangeId(9))] = looks(&effects)[..] else { panic!("once more: {effects:?}") };
    let effects = tell_look(&mut model, last, looked(Item { wait: None, ..nobody }, Seen::Nobody, 60_000));
    assert_eq!((looks(&effects), wakes(&effects)), (vec![], vec![]), "and then it is somebody's to decide");
    assert_eq!(model.attention.count(), 3);
}

#[test]
fn a_look_that_came_a_moment_too_early_is_made_once_more() {
    let mut model = listing();
    let effects = listed(&mut model, vec![item(9, Deed::Create, Standing::InDoubt)]);
    let [(ticket, _)] = looks(&effects)[..] else { panic!("looked up: {effects:?}") };
    let effects = tell_look(&mut model, ticket, looked(item(9, Deed::Create, Standing::InDoubt), Seen::Nobody, 59_990));
    assert_eq!(wakes(&effects).len(), 1);
}

#[test]
fn a_look_that_failed_is_not_repeated_by_itself_and_is_when_the_list_is_opened() {
    let mut model = listing();
    let items = vec![item(9, Deed::Create, Standing::InDoubt)];
    let effects = listed(&mut model, items.clone());
    let [(ticket, _)] = looks(&effects)[..] else { panic!("looked up: {effects:?}") };
    let unread = looked(items[0].clone(), Seen::Unknown("no connection".into()), 90_000);
    let effects = tell_look(&mut model, ticket, unread.clone());
    assert_eq!((looks(&effects), wakes(&effects)), (vec![], vec![]));
    assert_eq!(looks(&listed(&mut model, vec![unread.clone()])), []);
    let _ = press(&mut model, "!");
    assert_eq!(looks(&listed(&mut model, vec![unread])).len(), 1);
}

#[test]
fn the_create_of_the_status_is_looked_up_by_the_status_alone() {
    let mut model = filled();
    let (ticket, _) = send(&mut model);
    let mut unknown = doubt();
    unknown.report.change = Some(ChangeId(9));
    let effects = tell(&mut model, News::Answered(ticket, unknown));
    assert!(effects.as_slice().iter().any(|effect| matches!(effect, Effect::Settle { .. })));
    let effects = listed(&mut model, vec![waiting(item(9, Deed::Create, Standing::InDoubt), 60)]);
    assert_eq!(looks(&effects), []);
}

#[test]
fn a_create_that_was_not_found_fills_the_form_and_replaces_the_one_in_doubt() {
    let gone = looked(item(7, Deed::Create, Standing::InDoubt), Seen::Nobody, 60_000);
    let mut model = open_list(vec![gone]);
    assert_eq!(press(&mut model, "n"), Effects::none(), "nothing is sent by it");
    assert_eq!(model.form.text(Field::Email), "nora.vidal@acme.example");
    assert!(matches!(&model.notice, Some(Notice::Info(words)) if words.contains("enter the password again")));
    let _ = press(&mut model, "<C-s>");
    assert!(refused(&model).contains("Password needs a value"), "{:?}", model.notice);
    model.form.put(Field::Password, "correct horse");
    let _ = press(&mut model, "<C-s>");
    assert!(matches!(&model.overlay, Some(Overlay::Review(review)) if review.warning.is_some()));
    let (order, _, circumstances) = sent(&press(&mut model, "<Enter>")).expect("sent");
    assert!(order.is_create());
    assert_eq!(circumstances.instead_of, Some(ChangeId(7)));
}

#[test]
fn a_create_of_another_name_replaces_nothing() {
    let gone = looked(item(7, Deed::Create, Standing::InDoubt), Seen::Nobody, 60_000);
    let mut model = open_list(vec![gone]);
    let _ = press(&mut model, "n");
    model.form.put(Field::Password, "correct horse");
    model.form.put(Field::Username, "nora.vidal2");
    let (_, _, circumstances) = sent(&press(&mut model, "<C-s><Enter>")).expect("sent");
    assert_eq!(circumstances.instead_of, None);
}

#[test]
fn typed_work_is_asked_about_before_the_form_is_filled() {
    let mut model = filled();
    let gone = looked(item(7, Deed::Create, Standing::InDoubt), Seen::Nobody, 60_000);
    let _ = listed(&mut model, vec![gone]);
    let _ = press(&mut model, "<F4>n");
    assert!(matches!(model.overlay, Some(Overlay::Confirm(_))));
    let _ = press(&mut model, "y");
    assert_eq!(model.instead_of, Some(ChangeId(7)));
}

#[test]
fn what_was_queued_is_looked_up_with_longer_and_longer_pauses_while_it_is_shown() {
    let queued = [("management", Done, Some(204), None), ("social", Queued, Some(202), None)];
    let mut item = answered_item(7, Deed::Update, Standing::Queued, &queued);
    let mut model = open_list(vec![item.clone()]);
    let mut effects = press(&mut model, "<Enter>");
    for (number, pause) in watch::PAUSES.iter().enumerate() {
        let [(wake, after)] = wakes(&effects)[..] else { panic!("look {number}: {effects:?}") };
        assert_eq!(after, *pause);
        let looking = tell(&mut model, News::Woke(wake));
        let [(ticket, ChangeId(7))] = looks(&looking)[..] else { panic!("look {number}: {looking:?}") };
        item = looked(item, Seen::NotYet(vec![Field::MobilePhone]), 1000);
        effects = tell_look(&mut model, ticket, item.clone());
    }
    assert_eq!(effects, Effects::none(), "not for ever");
    assert_eq!(words::confirmed(&item.change), [(Field::MobilePhone, "not yet visible")]);
    let looking = press(&mut model, "l");
    let [(ticket, ChangeId(7))] = looks(&looking)[..] else { panic!("by hand: {looking:?}") };
    let seen = looked(item, Seen::Done, 1000);
    let _ = tell_look(&mut model, ticket, seen.clone());
    assert_eq!(words::confirmed(&seen.change), [(Field::MobilePhone, "confirmed in management")]);
    assert_eq!(model.attention.item(ChangeId(7)).map(|item| item.change.standing), Some(Standing::Queued));
    assert_eq!(words::standing(&seen), "queued, in management");
}

#[test]
fn what_was_queued_is_not_looked_up_when_nobody_looks_at_it() {
    let queued = answered_item(7, Deed::Update, Standing::Queued, &[("social", Queued, Some(202), None)]);
    let mut model = listing();
    assert_eq!(listed(&mut model, vec![queued.clone()]), Effects::none());
    let _ = press(&mut model, "!");
    let _ = listed(&mut model, vec![queued]);
    let effects = press(&mut model, "<Enter>");
    let [(wake, _)] = wakes(&effects)[..] else { panic!("followed: {effects:?}") };
    let _ = press(&mut model, "<Esc><Esc>");
    assert_eq!(tell(&mut model, News::Woke(wake)), Effects::none());
}

#[test]
fn an_update_in_doubt_is_looked_up_from_the_status_and_done_when_management_has_it() {
    let mut model = crate::app::testing::editing();
    let _ = press(&mut model, "<C-u>Maria");
    let (ticket, _) = send(&mut model);
    let mut unknown = doubt();
    unknown.report.change = Some(ChangeId(7));
    let _ = tell(&mut model, News::Answered(ticket, unknown));
    let _ = listed(&mut model, vec![item(7, Deed::Update, Standing::InDoubt)]);
    let effects = press(&mut model, "l");
    let [(ticket, ChangeId(7))] = looks(&effects)[..] else { panic!("looked up: {effects:?}") };
    let _ = tell_look(&mut model, ticket, looked(item(7, Deed::Update, Standing::InDoubt), Seen::Done, 1));
    assert_eq!(model.status.answered().map(crate::app::status::Answered::verdict), Some(Verdict::Applied));
    assert_eq!(model.attention.count(), 0);
}

#[test]
fn one_is_taken_off_the_list_with_a_reason_after_a_question() {
    let mut model = open_list(vec![item(8, Deed::Update, Standing::InDoubt), item(7, Deed::Update, Standing::Queued)]);
    assert_eq!(press(&mut model, "jx<Esc>"), Effects::none(), "no leaves it");
    let effects = press(&mut model, "xRun by hand<Enter>");
    let [(ticket, wish)] = &wishes(&effects)[..] else { panic!("asked: {effects:?}") };
    assert_eq!(*wish, Wish::Dismiss(ChangeId(7), "Run by hand".into()));
    let refusal = Err("the journal could not be written".into());
    let _ = tell(&mut model, News::Attention(*ticket, Told::Dismissed(ChangeId(7), refusal)));
    assert_eq!(model.attention.count(), 2, "what was not kept was not done");
    let _ = tell(&mut model, News::Attention(*ticket, Told::Dismissed(ChangeId(7), Ok(()))));
    assert_eq!(model.attention.items.iter().map(|item| item.change.id).collect::<Vec<_>>(), [ChangeId(8)]);
}

#[test]
fn a_window_is_counted_down_while_the_list_is_open_and_no_longer() {
    let mut model = listing();
    let _ = listed(&mut model, vec![waiting(item(9, Deed::Create, Standing::InDoubt), 3)]);
    let _ = press(&mut model, "!");
    let effects = listed(&mut model, vec![waiting(item(9, Deed::Create, Standing::InDoubt), 3)]);
    let Some((tick, _)) = wakes(&effects).into_iter().find(|(_, after)| *after == Duration::from_secs(1)) else {
        panic!("a clock: {effects:?}")
    };
    let left = |model: &Model| model.attention.items[0].wait.map(|wait| wait.as_secs());
    assert_eq!(wakes(&tell(&mut model, News::Woke(tick))).len(), 1);
    assert_eq!(left(&model), Some(2));
    let _ = press(&mut model, "<Esc>");
    assert_eq!(tell(&mut model, News::Woke(tick)), Effects::none());
}

#[test]
fn the_list_is_read_after_an_answer_that_the_journal_has_and_an_old_answer_counts_no_more() {
    let mut model = filled();
    let (ticket, _) = send(&mut model);
    let mut done = done();
    done.report.change = Some(ChangeId(7));
    let effects = tell(&mut model, News::Answered(ticket, done));
    let [(old, Wish::List)] = wishes(&effects)[..] else { panic!("read: {effects:?}") };
    let _ = listed(&mut model, Vec::new());
    let late = Told::List(Ok(vec![item(7, Deed::Create, Standing::Open)]));
    let _ = tell(&mut model, News::Attention(old, late));
    assert_eq!(model.attention.count(), 0);
}

#[test]
fn what_cannot_be_read_is_said_and_what_was_known_stays() {
    let mut model = open_list(vec![item(7, Deed::Update, Standing::InDoubt)]);
    let effects = refresh(&mut model);
    let [(ticket, Wish::List)] = wishes(&effects)[..] else { panic!("read: {effects:?}") };
    let _ = tell(&mut model, News::Attention(ticket, Told::List(Err("the disk is gone".into()))));
    assert_eq!((model.attention.count(), model.attention.fault.as_deref()), (1, Some("the disk is gone")));
}

/// Every standing, by the one road on which a change leaves the list by itself.
#[test]
fn a_change_is_on_the_list_exactly_as_long_as_it_needs_attention() {
    for standing in Standing::ALL {
        let mut model = open_list(vec![item(7, Deed::Update, Standing::InDoubt)]);
        let effects = press(&mut model, "l");
        let [(ticket, _)] = looks(&effects)[..] else { panic!("looked up: {effects:?}") };
        let _ = tell_look(&mut model, ticket, item(7, Deed::Update, standing));
        assert_eq!(model.attention.count() == 1, standing.needs_attention(), "{standing:?}");
    }
}

/// A plan for one person, running.
fn batch() -> (Model, Ticket) {
    let mut model = listing();
    let page = crate::app::people::PageRead {
        people: vec![crate::domain::listed::Listed::from(&marta())],
        end: Some(None),
        when: "14:02".into(),
    };
    model.people.reading = crate::app::people::Reading::Page(Ticket(0));
    let _ = tell(&mut model, News::Page(Ticket(0), Ok(page)));
    let effects = press(&mut model, "*mdisable<Enter><Enter>");
    let Some(Effect::Apply { ticket, .. }) = effects.as_slice().last() else { panic!("applied: {effects:?}") };
    let ticket = *ticket;
    (model, ticket)
}

fn partly() -> BulkAnswer {
    let Answer { report, .. } = *answer(Verdict::Partial, &SOCIAL);
    BulkAnswer::Report(Box::new(report))
}

#[test]
fn after_a_batch_the_list_is_read() {
    let (mut model, ticket) = batch();
    let effects = tell(&mut model, News::Applied(ticket, Box::new(partly())));
    assert!(matches!(wishes(&effects).as_slice(), [(_, Wish::List)]), "{effects:?}");
}

#[test]
fn an_answer_of_a_batch_is_not_lost_under_the_page_of_keys() {
    let (mut model, ticket) = batch();
    let _ = press(&mut model, "<F1>");
    let _ = tell(&mut model, News::Applied(ticket, Box::new(partly())));
    let _ = press(&mut model, "<Esc>");
    let Some(Overlay::Batch(batch)) = &model.overlay else { panic!("the run is still there") };
    assert!(matches!(batch.rows[0].state, batch::State::Ended(_)));
}

#[test]
fn the_list_is_opened_from_every_pane() {
    for focus in [Focus::List, Focus::Status] {
        let mut model = listing();
        model.focus = focus;
        let _ = press(&mut model, "!");
        assert!(matches!(model.overlay, Some(Overlay::Attention(_))), "{focus:?}");
    }
    let mut model = filled();
    let _ = press(&mut model, "<F4>");
    assert!(matches!(model.overlay, Some(Overlay::Attention(_))));
}
