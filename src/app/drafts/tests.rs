//! Keys are pressed, and what is wanted of the disk is compared: what is kept, and when it goes..

mod again;

use super::*;
use crate::app::drafts::list::Act;
use crate::app::effect::{Effect, Effects};
use crate::app::model::{Notice, Overlay};
use crate::app::msg::{Msg, News};
use crate::app::testing::{
    answer, done, doubt, editing, fields, filled, listing, marta, model, press, press_all, send, submitted, tell,
};
use crate::app::update::update;
use crate::domain::draft::Subject;
use crate::domain::fields::Field;
use crate::domain::kept::{KeptEntry, KeptPhoto, Whom};
use crate::domain::outcome::{Cause, PlatformState, ReadFault, Settlement, Verdict};
use crate::domain::photo::{MediaType, Picture, Thumb};
use crate::domain::record::{ChangeId, Standing};
use crate::domain::request::Reason;
use crate::domain::roles::Roles;

/// What is wanted of drafts, without the list, which is asked for often.
fn wanted(effects: &Effects) -> Vec<Wanted> {
    let drafts =
        effects.as_slice().iter().filter_map(|effect| if let Effect::Draft(one) = effect { Some(one) } else { None });
    drafts.filter(|one| !matches!(one, Wanted::List { .. })).cloned().collect()
}

fn list_ticket(effects: &Effects) -> Option<Ticket> {
    let list = |effect: &Effect| if let Effect::Draft(Wanted::List { ticket }) = effect { Some(*ticket) } else { None };
    effects.as_slice().iter().rev().find_map(list)
}

fn told(model: &mut Model, told: Told) -> Effects {
    update(model, Msg::News(News::Draft(told)))
}

fn news(model: &mut Model, news: News) -> Vec<Wanted> {
    wanted(&update(model, Msg::News(news)))
}

/// What was wanted last of what the keys typed.
#[track_caller]
fn kept(effects: &Effects) -> Arc<KeptDraft> {
    match wanted(effects).pop() {
        Some(Wanted::Keep { draft, .. }) => draft,
        other => panic!("nothing was kept: {other:?}"),
    }
}

fn words(model: &Model) -> String {
    match &model.notice {
        Some(Notice::Refused(words) | Notice::Info(words)) => words.clone(),
        None => String::new(),
    }
}

fn question(model: &Model) -> String {
    match &model.overlay {
        Some(Overlay::Confirm(confirm)) => confirm.question.clone(),
        other => panic!("nothing is asked: {other:?}"),
    }
}

fn view(model: &Model) -> &list::View {
    match &model.overlay {
        Some(Overlay::Drafts(view)) => view,
        other => panic!("the list is not open: {other:?}"),
    }
}

fn nora() -> KeptDraft {
    let texts = [(Field::Username, "nora.vidal"), (Field::Name, "Nora"), (Field::Surname, "Vidal")];
    KeptDraft {
        whom: Whom::New,
        entries: texts.map(|(field, text)| (field, KeptEntry::Text(text.into()))).into(),
        roles: Roles::from([("social".into(), ["user".into()].into())]),
        photo: Some(KeptPhoto::Chosen { name: "nora.png".into(), folder: Some("/pictures".into()) }),
        password: true,
        recipe: None,
        instead_of: Some(ChangeId(7)),
    }
}

/// Marta with another name and another place, as typed on what was read then.
fn of_marta() -> KeptDraft {
    let entries = [(Field::Name, "Maria"), (Field::Location, "Vigo")];
    KeptDraft {
        whom: Whom::Known(Arc::new(marta())),
        entries: entries.map(|(field, text)| (field, KeptEntry::Text(text.into()))).into(),
        roles: Roles::new(),
        photo: None,
        password: false,
        recipe: None,
        instead_of: None,
    }
}

fn line(id: i64, draft: &KeptDraft, held: Held) -> Line {
    let username = draft.username().map(str::to_owned);
    let row = KeptRow { id: DraftId(id), at: 1000 + id, about: draft.about(), username, held, fault: None, sent: None };
    Line { row, when: "14:02".into(), form: None }
}

/// The program at the list of people, with these drafts from before.
fn with(lines: Vec<Line>) -> Model {
    let mut model = listing();
    let ticket = list_ticket(&press_all(&mut model, "<Down>")).expect("drafts are counted at the start");
    model.notice = None;
    let _ = told(&mut model, Told::Listed(ticket, Ok(lines)));
    model
}

/// Opens the first draft of the list, which is this one.
fn opened(draft: &KeptDraft) -> (Model, Effects) {
    let lines = vec![line(5, draft, Held::Nobody)];
    let mut model = with(lines.clone());
    let ticket = list_ticket(&press_all(&mut model, "d")).expect("the list is read anew");
    let _ = told(&mut model, Told::Listed(ticket, Ok(lines)));
    let effects = press_all(&mut model, "<Enter>");
    let [Wanted::Take { ticket, id: DraftId(5), at: 1005 }] = wanted(&effects)[..] else {
        panic!("it is opened: {effects:?}");
    };
    let effects = told(&mut model, Told::Taken(ticket, Ok((Box::new(draft.clone()), "14:02".into()))));
    assert_eq!(model.form_ticket, ticket, "the form bears the number under which its draft is kept");
    (model, effects)
}

fn read_ticket(effects: &Effects) -> Ticket {
    let read = |effect: &Effect| if let Effect::Read { ticket, .. } = effect { Some(*ticket) } else { None };
    effects.as_slice().iter().find_map(read).expect("the person is read afresh")
}

fn picture() -> Photo {
    Photo::Picture(Picture {
        name: "nora.png".into(),
        bytes: [0; 4].into(),
        media_type: MediaType::Png,
        width: 1,
        height: 1,
        notes: Vec::new(),
        thumb: Thumb::default(),
    })
}

#[test]
fn every_letter_is_kept_and_what_changes_nothing_is_not() {
    let mut model = model();
    let effects = press_all(&mut model, "no");
    assert_eq!(wanted(&effects).len(), 2, "{effects:?}");
    assert_eq!(kept(&effects).entries, [(Field::Username, KeptEntry::Text("no".into()))].into());
    for keys in ["<Tab><S-Tab>", "<F1><Esc>", "<C-t><Down><C-b>", "<Esc>", "<C-g>", "<C-r>"] {
        assert_eq!(wanted(&press_all(&mut model, keys)), [], "{keys}");
    }
}

#[test]
fn a_paste_a_role_a_switch_a_cleared_field_and_a_picture_are_kept() {
    let mut model = editing();
    let pasted = update(&mut model, Msg::Paste(" Sofia".into()));
    assert_eq!(kept(&pasted).entries, [(Field::Name, KeptEntry::Text("Marta Sofia".into()))].into());
    assert_eq!(kept(&pasted).whom, Whom::Known(Arc::new(marta())));
    let roles = kept(&press_all(&mut model, "<C-t><Down><Down><Down> ")).roles.clone();
    assert_eq!(roles, Roles::from([("play".into(), ["user".into()].into())]));
    model.form.go_to(Field::MobilePhone);
    let cleared = kept(&press_all(&mut model, "<C-b><Esc><C-x>"));
    assert_eq!(cleared.entries.get(&Field::MobilePhone), Some(&KeptEntry::Cleared("+34 600 000 000".into())));
    model.image.photo = Some(picture());
    model.image.folder = Some("/pictures".into());
    let chosen = KeptPhoto::Chosen { name: "nora.png".into(), folder: Some("/pictures".into()) };
    assert_eq!(kept(&press_all(&mut model, "<Down>")).photo, Some(chosen));
    let url = kept(&press_all(&mut model, "<C-o>uhttps://acme.example/m.png<Enter>"));
    assert_eq!(url.photo, Some(KeptPhoto::Url("https://acme.example/m.png".into())));
}

#[test]
fn of_a_password_is_kept_that_one_was_typed_and_of_itself_nothing() {
    let mut model = model();
    let _ = press_all(&mut model, "nora<Tab>");
    let effects = press_all(&mut model, "xK4!aaaa");
    assert_eq!(wanted(&effects).len(), 1, "its letters are no change");
    assert!(kept(&effects).password && !format!("{effects:?}").contains("xK4!"), "{effects:?}");
    assert!(!kept(&press_all(&mut model, "<C-u>")).password);
}

#[test]
fn a_password_alone_leaves_nothing_to_keep() {
    let mut model = model();
    assert_eq!(wanted(&press_all(&mut model, "<Tab>xK4!aaaa")), []);
    let _ = press(&mut model, "<C-n>");
    assert_eq!(question(&model), "What you typed for the new user was not sent and would be lost. Leave it?");
}

#[test]
fn what_is_typed_back_is_no_draft_any_more() {
    let mut model = editing();
    let form = model.form_ticket;
    assert_eq!(wanted(&press_all(&mut model, "x<BS>")).last(), Some(&Wanted::Drop { form }));
    assert_eq!(wanted(&press_all(&mut model, "<Down>")), []);
}

#[test]
fn a_draft_goes_when_it_was_sent_and_done_and_stays_where_it_may_be_sent_again() {
    let failed = [("social", PlatformState::Failed, Some(500), None)];
    for (answer, goes) in [
        (done(), true),
        (answer(Verdict::Pending, &[]), true),
        // A second create repairs nothing, so it must not be offered.
        (answer(Verdict::Partial, &failed), true),
        (answer(Verdict::Rejected, &[]), false),
        (answer(Verdict::NotSent, &[]), false),
        (doubt(), false),
    ] {
        let verdict = answer.report.verdict;
        let mut model = filled();
        let form = model.form_ticket;
        let (ticket, _) = send(&mut model);
        let expected = if goes { vec![Wanted::Drop { form }] } else { Vec::new() };
        assert_eq!(news(&mut model, News::Answered(ticket, answer)), expected, "{verdict:?}");
    }
}

#[test]
fn a_create_in_doubt_decides_over_its_draft_when_it_is_settled() {
    for (found, goes) in [
        (Settlement::Ours(Box::new(marta())), true),
        (Settlement::SomeoneElse(Box::new(marta())), false),
        (Settlement::Unknown(ReadFault::NoService(405)), false),
    ] {
        let mut model = filled();
        let form = model.form_ticket;
        let (ticket, _) = send(&mut model);
        let effects = tell(&mut model, News::Answered(ticket, doubt()));
        let [Effect::Settle { ticket, .. }] = effects.as_slice() else { panic!("{effects:?}") };
        let expected = if goes { vec![Wanted::Drop { form }] } else { Vec::new() };
        assert_eq!(news(&mut model, News::Settled(*ticket, found)), expected);
    }
}

#[test]
fn an_update_that_was_accepted_leaves_no_draft_though_its_fields_are_not_seen_yet() {
    let mut model = editing();
    let form = model.form_ticket;
    let _ = press(&mut model, "<C-u>Maria");
    let (ticket, _) = send(&mut model);
    let effects = update(&mut model, Msg::News(News::Answered(ticket, answer(Verdict::Pending, &[]))));
    assert_eq!(wanted(&effects), [Wanted::Drop { form }]);
    // Management still has the old name: the field looks touched, and was sent.
    assert_eq!(news(&mut model, News::Read(read_ticket(&effects), Ok(Box::new(marta())))), []);
    assert!(model.has_unsent_work());
    let typed = kept(&press_all(&mut model, "<Esc><Tab>s"));
    assert!(typed.entries.contains_key(&Field::Surname), "what is typed since is kept");
}

#[test]
fn what_is_typed_while_the_answer_is_awaited_stays_a_draft() {
    let mut model = editing();
    let _ = press(&mut model, "<C-u>Maria");
    let (ticket, _) = send(&mut model);
    let _ = press(&mut model, "<Esc><Tab><C-u>Lopes");
    let effects = update(&mut model, Msg::News(News::Answered(ticket, done())));
    assert_eq!(wanted(&effects), []);
    let mut fresh = marta();
    fresh.texts.insert(Field::Name, "Maria".into());
    let effects = update(&mut model, Msg::News(News::Read(read_ticket(&effects), Ok(Box::new(fresh)))));
    assert_eq!(kept(&effects).entries, [(Field::Surname, KeptEntry::Text("Lopes".into()))].into());
}

#[test]
fn beginning_somebody_else_keeps_what_was_typed_and_says_so() {
    let mut model = model();
    let form = model.form_ticket;
    let _ = press(&mut model, "nora");
    let effects = press_all(&mut model, "<C-n>");
    assert!(model.overlay.is_none(), "nothing is lost, so nothing is asked");
    assert_eq!(wanted(&effects), [Wanted::Release { form }]);
    assert!(words(&model).starts_with("What you typed for nora is kept as a draft"), "{}", words(&model));
    assert_eq!(model.form.text(Field::Username), "");
    assert_eq!(wanted(&press_all(&mut model, "<Esc>")), [], "the empty form is no draft");
}

#[test]
fn what_a_draft_does_not_hold_is_asked_about_before_the_form_is_left() {
    let mut model = model();
    let _ = press(&mut model, "nora<Tab>xK4!aaaa<C-n>");
    assert_eq!(
        question(&model),
        "What you typed for nora was not sent. It is kept as a draft without the password. Leave it?"
    );
    let _ = press(&mut model, "n");
    model.image.photo = Some(picture());
    let _ = press(&mut model, "<C-f>");
    assert!(question(&model).contains("without the password and the picture"), "{}", question(&model));
    let form = model.form_ticket;
    let _ = press(&mut model, "n<C-n>");
    assert_eq!(wanted(&press_all(&mut model, "y")), [Wanted::Release { form }]);
}

#[test]
fn a_form_that_is_left_while_its_request_is_on_its_way_keeps_its_draft_until_the_answer() {
    for (answer, goes) in [(done(), true), (answer(Verdict::Rejected, &[]), false)] {
        let mut model = filled();
        let form = model.form_ticket;
        let (ticket, _) = send(&mut model);
        let effects = press_all(&mut model, "<Esc><C-n>y");
        assert_ne!(model.form_ticket, form);
        assert_eq!(wanted(&effects), [], "another session must not send it too");
        let expected = if goes { Wanted::Drop { form } } else { Wanted::Release { form } };
        assert_eq!(news(&mut model, News::Answered(ticket, answer)), [expected]);
    }
}

#[test]
fn an_update_that_was_typed_on_after_it_was_sent_is_not_dropped_with_its_answer() {
    let mut model = editing();
    let form = model.form_ticket;
    let _ = press(&mut model, "<C-u>Maria");
    let (ticket, _) = send(&mut model);
    let _ = press(&mut model, "<Esc><Tab>s<C-n>");
    assert_eq!(news(&mut model, News::Answered(ticket, done())), [Wanted::Release { form }]);
}

#[test]
fn without_a_journal_nothing_is_kept_and_that_is_said() {
    let mut model = model();
    model.no_journal = Some("the disk is read-only".into());
    assert_eq!(wanted(&press_all(&mut model, "n")), []);
    assert!(words(&model).starts_with("There is no journal: drafts cannot be kept"), "{}", words(&model));
    assert_eq!(wanted(&press_all(&mut model, "ora")), []);
    assert_eq!(words(&model), "", "once is enough");
    let _ = press(&mut model, "<C-n>");
    let lost = "What you typed for nora was not sent and would be lost: there is no journal to keep it in.";
    assert_eq!(question(&model), format!("{lost} Leave it?"));
    let _ = press(&mut model, "n<C-q>");
    assert_eq!(question(&model), format!("{lost} Leave?"));
    let _ = press(&mut model, "<C-q>");
    assert!(!model.closing, "what would be lost is not given up by a key that is pressed twice");
    let _ = press(&mut model, "n<Esc>d");
    assert_eq!(words(&model), "There is no journal, so drafts cannot be kept.");
    assert_eq!(
        at_the_end(&model).as_deref(),
        Some("What you typed for nora was not sent and could not be kept: the disk is read-only")
    );
}

#[test]
fn a_disk_that_refuses_is_said_until_it_takes_the_draft_again() {
    let mut model = model();
    let _ = press(&mut model, "nora");
    let _ = told(&mut model, Told::Keeping(Err("the disk is full".into())));
    assert!(words(&model).contains("could not be kept: the disk is full"), "{}", words(&model));
    let _ = press(&mut model, "<C-n>");
    assert!(question(&model).contains("would be lost, because it could not be kept: the disk is full"));
    let _ = press(&mut model, "n");
    let _ = told(&mut model, Told::Keeping(Ok(())));
    assert_eq!((model.drafts.trouble.as_ref(), loss(&model)), (None, None));
}

#[test]
fn leaving_says_that_a_draft_is_kept_and_the_key_pressed_twice_leaves() {
    for (first, second) in [("<C-q>", "<C-q>"), ("<C-c>", "<C-c>"), ("<C-q>", "y"), ("<Esc>q", "q")] {
        let mut model = model();
        let _ = press(&mut model, "nora");
        let _ = press(&mut model, first);
        assert_eq!(
            question(&model),
            "What you typed for nora was not sent. It is kept as a draft. The next start offers it. Leave?"
        );
        assert!(!model.closing);
        assert_eq!(wanted(&press_all(&mut model, second)), [], "{second}");
        assert!(model.closing, "{second}");
        assert_eq!(
            at_the_end(&model).as_deref(),
            Some("What you typed for nora was not sent: it is kept as a draft, and the next start offers it.")
        );
    }
}
