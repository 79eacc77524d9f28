//! Drafts from before: offered, opened on what is there now, and discarded.

use super::*;

#[test]
fn what_was_left_is_offered_at_the_start_and_counted() {
    let model = with(vec![line(5, &nora(), Held::Nobody)]);
    assert_eq!(words(&model), "d goes on with what was typed and not sent (14:02): new user nora.vidal (Nora Vidal).");
    assert_eq!(model.drafts.words().as_deref(), Some("1 draft"));
    let lines =
        vec![line(5, &nora(), Held::Nobody), line(6, &of_marta(), Held::Nobody), line(7, &nora(), Held::Elsewhere)];
    let model = with(lines);
    assert_eq!(words(&model), "d shows 2 drafts that were typed and not sent.");
    assert_eq!(model.drafts.words().as_deref(), Some("2 drafts, 1 open in another session"));
    let model = with(Vec::new());
    assert_eq!((words(&model), model.drafts.words()), (String::new(), None));
}

#[test]
fn the_draft_of_the_form_is_not_counted_and_goes_back_to_it() {
    let mut model = model();
    let _ = press(&mut model, "nora");
    let ticket = list_ticket(&press_all(&mut model, "<Esc>")).expect("counted again when the list is shown");
    let mine = Line { form: Some(model.form_ticket), ..line(5, &nora(), Held::Here) };
    let _ = told(&mut model, Told::Listed(ticket, Ok(vec![mine])));
    assert_eq!(model.drafts.words(), None);
    assert_eq!(wanted(&press_all(&mut model, "d<Enter>")), []);
    assert_eq!((model.screen, model.form.text(Field::Username).as_str()), (Screen::Editor, "nora"));
}

#[test]
fn a_draft_that_is_open_in_another_session_is_neither_taken_over_nor_discarded() {
    let mut model = with(vec![line(5, &nora(), Held::Elsewhere)]);
    for keys in ["d<Enter>", "x", "y"] {
        assert_eq!(wanted(&press_all(&mut model, keys)), [], "{keys}");
    }
    assert!(view(&model).fault.as_ref().is_some_and(|words| words.contains("another session")), "{:?}", view(&model));
}

#[test]
fn a_draft_of_a_newer_program_is_refused_and_kept() {
    let mut newer = line(5, &nora(), Held::Nobody);
    newer.row.fault = Some(DraftFault::Newer(2));
    let mut model = with(vec![newer]);
    assert_eq!(wanted(&press_all(&mut model, "d<Enter>")), []);
    assert!(view(&model).fault.as_ref().is_some_and(|words| words.contains("a newer netex-users wrote this draft")));
}

#[test]
fn a_new_user_is_gone_on_with_as_they_were_left() {
    let draft = nora();
    let (mut model, effects) = opened(&draft);
    assert_eq!(wanted(&effects), [], "what lies on the disk is what stands in the form");
    assert_eq!((model.screen, &model.form.subject), (Screen::Editor, &Subject::New));
    assert_eq!(model.form.text(Field::Surname), "Vidal");
    assert!(model.matrix.grid.has("social", "user"));
    assert_eq!(model.instead_of, Some(ChangeId(7)));
    assert_eq!(model.last_folder.as_deref(), Some(std::path::Path::new("/pictures")));
    assert_eq!(words(&model), "As you left it (14:02). Give the password and the picture again.");
    let again = kept(&press_all(&mut model, "x"));
    assert!(again.password && again.photo == draft.photo && again.roles == draft.roles, "{again:?}");
    assert_eq!(again.instead_of, Some(ChangeId(7)));
    let _ = press(&mut model, "<C-s>");
    assert!(words(&model).contains("Password needs a value"), "{}", words(&model));
}

#[test]
fn somebody_is_gone_on_with_on_what_is_there_now_and_both_are_shown() {
    let (mut model, effects) = opened(&of_marta());
    let mut fresh = marta();
    fresh.texts.insert(Field::Location, "Lugo".into());
    fresh.texts.insert(Field::OfficePhone, "+34 981 111 111".into());
    let effects = update(&mut model, Msg::News(News::Read(read_ticket(&effects), Ok(Box::new(fresh.clone())))));
    let Some(Overlay::ThreeWay(view)) = &model.overlay else { panic!("{:?}", model.overlay) };
    let rows: Vec<_> =
        view.rows.iter().map(|row| (row.field, row.loaded.as_str(), row.theirs.as_str(), row.mine.as_str())).collect();
    assert_eq!(rows, [(Field::Name, "Marta", "Marta", "Maria"), (Field::Location, "A Coruña", "Lugo", "Vigo")]);
    assert_eq!(words(&model), "One of these was changed by somebody else meanwhile.");
    assert_eq!(kept(&effects).whom, Whom::Known(Arc::new(fresh)), "the draft lies on the new ground now");
    let _ = press(&mut model, "<Down>t<Esc>");
    let _ = press(&mut model, "<C-s>");
    let Some(Overlay::Review(review)) = &model.overlay else { panic!("{:?}", model.overlay) };
    assert_eq!(fields(&review.order), [(Field::Name, Reason::Changed)], "theirs was taken for the place");
}

#[test]
fn where_everything_is_there_already_nothing_is_left_of_the_draft() {
    let (mut model, effects) = opened(&of_marta());
    let form = model.form_ticket;
    let mut fresh = marta();
    fresh.texts.insert(Field::Name, "Maria".into());
    fresh.texts.insert(Field::Location, "Vigo".into());
    let gone = news(&mut model, News::Read(read_ticket(&effects), Ok(Box::new(fresh))));
    assert_eq!(gone, [Wanted::Drop { form }]);
    assert!(model.overlay.is_none() && words(&model).contains("nothing is left to send"), "{}", words(&model));
}

#[test]
fn without_the_network_a_draft_is_finished_and_sent_on_what_was_read_then() {
    let (mut model, effects) = opened(&of_marta());
    let failed = Err(ReadFault::Failed(Cause::Connect));
    assert_eq!(news(&mut model, News::Read(read_ticket(&effects), failed)), [], "the draft stays");
    assert!(words(&model).starts_with("Not read afresh:"), "{}", words(&model));
    let _ = press(&mut model, "<Tab><C-u>Lopes");
    let (_, request) = send(&mut model);
    assert_eq!(request.base(), Some(&marta()), "the last look before sending compares with what was read then");
    assert!(request.line(Field::Surname).is_some() && request.line(Field::Location).is_some());
}

#[test]
fn who_is_not_there_any_more_keeps_their_draft() {
    let (mut model, effects) = opened(&of_marta());
    assert_eq!(news(&mut model, News::Read(read_ticket(&effects), Err(ReadFault::NotFound))), []);
    assert!(words(&model).contains("The draft is kept"), "{}", words(&model));
    assert!(model.has_unsent_work());
}

#[test]
fn a_reading_for_a_draft_that_was_left_since_changes_nothing() {
    let (mut model, effects) = opened(&of_marta());
    let ticket = read_ticket(&effects);
    let _ = press(&mut model, "<C-n>");
    let _ = news(&mut model, News::Read(ticket, Ok(Box::new(marta()))));
    assert!(model.overlay.is_none() && model.form.subject == Subject::New);
}

#[test]
fn opening_a_draft_keeps_what_stands_in_the_form() {
    let mut model = with(vec![line(5, &of_marta(), Held::Nobody)]);
    let _ = press(&mut model, "n");
    let before = model.form_ticket;
    let _ = press(&mut model, "zoe<Esc>d");
    let effects = press_all(&mut model, "<Enter>");
    let [Wanted::Take { ticket, .. }] = wanted(&effects)[..] else { panic!("{effects:?}") };
    let effects = told(&mut model, Told::Taken(ticket, Ok((Box::new(of_marta()), "14:02".into()))));
    assert_eq!(wanted(&effects), [Wanted::Release { form: before }]);
}

#[test]
fn a_draft_that_is_opened_after_its_list_was_closed_is_let_go_of() {
    let mut model = with(vec![line(5, &nora(), Held::Nobody)]);
    let effects = press_all(&mut model, "d<Enter><Esc>");
    let Some(Wanted::Take { ticket, .. }) = wanted(&effects).first().cloned() else { panic!("{effects:?}") };
    let effects = told(&mut model, Told::Taken(ticket, Ok((Box::new(nora()), "14:02".into()))));
    assert_eq!(wanted(&effects), [Wanted::Release { form: ticket }]);
    assert_eq!(model.form.text(Field::Username), "");
}

#[test]
fn a_draft_that_cannot_be_had_says_why_and_the_list_is_read_anew() {
    let mut model = with(vec![line(5, &nora(), Held::Nobody)]);
    let effects = press_all(&mut model, "d<Enter>");
    let [Wanted::Take { ticket, .. }] = wanted(&effects)[..] else { panic!("{effects:?}") };
    let effects = told(&mut model, Told::Taken(ticket, Err(DraftFault::Elsewhere)));
    assert!(list_ticket(&effects).is_some());
    assert!(view(&model).fault.as_ref().is_some_and(|words| words.contains("another session")));
}

#[test]
fn discarding_asks_once() {
    let mut model = with(vec![line(5, &nora(), Held::Nobody)]);
    assert_eq!(wanted(&press_all(&mut model, "dxn")), []);
    assert_eq!(wanted(&press_all(&mut model, "x<Esc>")), []);
    assert!(!view(&model).asking, "Esc spares it and leaves the list open");
    let effects = press_all(&mut model, "xy");
    let [Wanted::Discard { ticket, id: DraftId(5), at: 1005 }] = wanted(&effects)[..] else { panic!("{effects:?}") };
    let effects = told(&mut model, Told::Discarded(ticket, Ok(())));
    let ticket = list_ticket(&effects).expect("the list is read anew");
    let _ = told(&mut model, Told::Listed(ticket, Ok(Vec::new())));
    assert_eq!(wanted(&press_all(&mut model, "xy<Enter>")), [], "an empty list has nothing to discard");
}

#[test]
fn a_list_that_comes_anew_leaves_the_cursor_and_the_question_on_their_draft() {
    let (nora, of_marta) = (line(5, &nora(), Held::Nobody), line(6, &of_marta(), Held::Nobody));
    let mut model = with(vec![nora.clone(), of_marta.clone()]);
    let asked = list_ticket(&press_all(&mut model, "d")).expect("the list is read anew");
    let _ = press(&mut model, "<Down>x");
    let newer = line(7, &super::nora(), Held::Nobody);
    let _ = told(&mut model, Told::Listed(asked, Ok(vec![newer.clone(), nora.clone(), of_marta])));
    assert!(view(&model).asking && view(&model).at == 2, "{:?}", view(&model));
    let asked = list_ticket(&press_all(&mut model, "<Esc><Esc>d<Down><Down>")).expect("the list is read anew");
    let _ = press(&mut model, "x");
    let _ = told(&mut model, Told::Listed(asked, Ok(vec![newer, nora])));
    assert!(!view(&model).asking && view(&model).at == 1, "another draft is not what was asked about");
}

#[test]
fn discarding_the_draft_of_the_form_empties_the_form() {
    let mut model = model();
    let form = model.form_ticket;
    let _ = press(&mut model, "nora<Tab>xK4!aaaa");
    let _ = press(&mut model, "<Esc>");
    model.drafts.lines = vec![Line { form: Some(form), ..line(5, &nora(), Held::Here) }];
    assert_eq!(wanted(&press_all(&mut model, "dxy")), [Wanted::Drop { form }]);
    assert!(!model.has_unsent_work() && model.screen == Screen::People);
    assert!(matches!(model.overlay, Some(Overlay::Drafts(_))));
}

#[test]
fn a_draft_whose_request_is_on_its_way_is_neither_opened_nor_discarded() {
    let mut model = filled();
    let form = model.form_ticket;
    let _ = send(&mut model);
    let _ = press(&mut model, "<Esc><Esc>");
    model.drafts.lines = vec![Line { form: Some(form), ..line(5, &nora(), Held::Here) }];
    assert_eq!(wanted(&press_all(&mut model, "dxy")), []);
    assert!(view(&model).fault.is_some());
    let _ = press(&mut model, "<Esc><C-n>y<Esc>");
    model.drafts.lines = vec![Line { form: Some(form), ..line(5, &nora(), Held::Here) }];
    assert_eq!(wanted(&press_all(&mut model, "d<Enter>xy")), []);
    assert!(view(&model).fault.as_ref().is_some_and(|words| words.contains("its request is on its way")));
}

#[test]
fn somebody_of_whom_another_draft_is_kept_is_named_when_they_are_opened() {
    for (held, expected) in [
        (Held::Nobody, "A draft about marta.lopez is kept (14:02): d in the list goes on with it."),
        (Held::Elsewhere, "Another session of yours has unsent work about marta.lopez open."),
    ] {
        let mut model = listing();
        model.begin(Subject::Known(Box::new(marta())));
        let ticket = list_ticket(&press_all(&mut model, "<Down>")).expect("drafts are counted for a new form");
        let _ = told(&mut model, Told::Listed(ticket, Ok(vec![line(5, &of_marta(), held)])));
        assert_eq!(words(&model), expected, "who is at the form is offered nothing else");
    }
}

#[test]
fn a_draft_that_may_have_been_sent_says_so() {
    let mut sent = line(5, &nora(), Held::Nobody);
    sent.row.sent = Some((ChangeId(12), Standing::Done));
    let mut model = with(vec![sent]);
    assert_eq!(wanted(&press_all(&mut model, "d")), []);
    assert_eq!(press_all(&mut model, "<Enter>").as_slice().len(), 1, "it can be opened all the same");
    assert_eq!(submitted(&press(&mut model, "<C-s>")), None);
}

#[test]
fn a_list_that_nobody_asked_for_changes_nothing() {
    let mut model = with(vec![line(5, &nora(), Held::Nobody)]);
    let _ = told(&mut model, Told::Listed(Ticket(9999), Ok(Vec::new())));
    assert_eq!(model.drafts.lines.len(), 1);
    let _ = press(&mut model, "d");
    let _ = crate::app::update::perform(&mut model, crate::app::msg::Act::Drafts(Act::Move(5)));
    assert_eq!(view(&model).at, 0, "the cursor stays on a line that there is");
}
