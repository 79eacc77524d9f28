//! Screens with drafts, at 80x24 and 120x40.

use std::sync::Arc;

use crate::app::drafts::list::View;
use crate::app::drafts::{Line, Told, Wanted};
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::model::{Model, Overlay};
use crate::app::msg::{Msg, News};
use crate::app::testing::{filled, listing, marta, press, press_all};
use crate::app::update::update;
use crate::domain::fields::Field;
use crate::domain::kept::{DraftFault, DraftId, Held, KeptDraft, KeptEntry, KeptPhoto, KeptRow, Whom};
use crate::domain::record::{ChangeId, Standing};
use crate::domain::roles::Roles;
use crate::ui::tests::check;

fn line(id: i64, about: &str, when: &str, held: Held) -> Line {
    let row = KeptRow { id: DraftId(id), at: id, about: about.into(), username: None, held, fault: None, sent: None };
    Line { row, when: when.into(), form: None }
}

fn asked(effects: &Effects, find: impl Fn(&Wanted) -> Option<Ticket>) -> Ticket {
    let all = effects.as_slice().iter().rev();
    all.filter_map(|effect| if let Effect::Draft(wanted) = effect { Some(wanted) } else { None })
        .find_map(find)
        .expect("it was asked")
}

fn list(wanted: &Wanted) -> Option<Ticket> {
    if let Wanted::List { ticket } = wanted { Some(*ticket) } else { None }
}

fn tell(model: &mut Model, told: Told) -> Effects {
    update(model, Msg::News(News::Draft(told)))
}

/// The list of people, with these drafts from before.
fn with(lines: &[Line]) -> Model {
    let mut model = listing();
    let ticket = asked(&press_all(&mut model, "<Esc>"), list);
    model.notice = None;
    let _ = tell(&mut model, Told::Listed(ticket, Ok(lines.to_vec())));
    model
}

fn opened(draft: KeptDraft) -> (Model, Effects) {
    let mut model = with(&[line(5, &draft.about(), "14:02", Held::Nobody)]);
    let effects = press_all(&mut model, "d<Enter>");
    let ticket = asked(&effects, |wanted| if let Wanted::Take { ticket, .. } = wanted { Some(*ticket) } else { None });
    let effects = tell(&mut model, Told::Taken(ticket, Ok((Box::new(draft), "14:02".into()))));
    (model, effects)
}

#[test]
fn the_first_screen_offers_what_was_left() {
    check("drafts_offered", &with(&[line(5, "new user nora.vidal (Nora Vidal)", "yesterday 17:02", Held::Nobody)]));
}

#[test]
fn the_list_says_who_has_what_open_and_what_is_in_the_way() {
    let mut model = filled();
    let mine =
        Line { form: Some(model.form_ticket), ..line(1, "new user nora.vidal (Nora Vidal)", "14:02", Held::Here) };
    let hostile =
        line(2, "new user a\u{1b}[2J\u{202e}b with a very long name that does not fit at all", "13:59", Held::Nobody);
    let elsewhere = line(3, "marta.lopez (Marta López)", "13:40", Held::Elsewhere);
    let mut sent = line(4, "new user zoe", "18 Nov 14:02, 4 days old", Held::Nobody);
    sent.row.sent = Some((ChangeId(12), Standing::Done));
    let mut newer = line(5, "iria.souto (Iria Souto)", "18 Nov 09:11, 4 days old", Held::Nobody);
    newer.row.fault = Some(DraftFault::Newer(2));
    let _ = press(&mut model, "<Esc>");
    model.drafts.lines = vec![mine, hostile, elsewhere, sent, newer];
    let _ = press(&mut model, "d<Down><Down><Enter>");
    check("drafts_list", &model);
    let _ = press(&mut model, "<Down>x");
    check("drafts_discard", &model);
}

#[test]
fn an_empty_list_says_so() {
    let mut model = listing();
    model.overlay = Some(Overlay::Drafts(View::default()));
    check("drafts_none", &model);
}

#[test]
fn a_new_user_gone_on_with_says_what_has_to_be_given_again() {
    let texts = [(Field::Username, "nora.vidal"), (Field::Name, "Nora")];
    let (model, _) = opened(KeptDraft {
        whom: Whom::New,
        entries: texts.map(|(field, text)| (field, KeptEntry::Text(text.into()))).into(),
        roles: Roles::from([("social".into(), ["user".into()].into())]),
        photo: Some(KeptPhoto::Chosen { name: "nora.png".into(), folder: Some("/pictures".into()) }),
        password: true,
        recipe: None,
        instead_of: None,
    });
    check("draft_resumed", &model);
}

#[test]
fn a_draft_and_what_is_there_now() {
    let entries = [(Field::Name, "Maria"), (Field::Location, "Vigo")];
    let (mut model, effects) = opened(KeptDraft {
        whom: Whom::Known(Arc::new(marta())),
        entries: entries.map(|(field, text)| (field, KeptEntry::Text(text.into()))).into(),
        roles: Roles::from([("social".into(), ["user".into(), "admin".into()].into())]),
        photo: None,
        password: false,
        recipe: None,
        instead_of: None,
    });
    let read = |effect: &Effect| if let Effect::Read { ticket, .. } = effect { Some(*ticket) } else { None };
    let ticket = effects.as_slice().iter().find_map(read).expect("the person is read afresh");
    let mut fresh = marta();
    fresh.texts.insert(Field::Location, "Lugo".into());
    let _ = update(&mut model, Msg::News(News::Read(ticket, Ok(Box::new(fresh)))));
    check("draft_three_way", &model);
}

#[test]
fn leaving_says_that_a_draft_is_kept() {
    let mut model = filled();
    let _ = press(&mut model, "<C-q>");
    check("draft_quit", &model);
}
