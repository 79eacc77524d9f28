//! The keys of what needs attention. Each says why it cannot be used on the change under the cursor.

use crate::app::attention::mending::{last, why_no_repair, why_not_again};
use crate::app::attention::{Act, View};
use crate::app::key::Key;
use crate::app::keymap::{Binding, here};
use crate::app::model::Model;
use crate::app::msg::Act as Perform;
use crate::domain::look_up;
use crate::domain::record::Standing;

/// The keys of the open list.
pub(super) fn keys(model: &Model, view: &View) -> Vec<Binding> {
    let one = |keys, words, short, act| here(keys, words, short, Perform::Attention(act));
    if view.dismissing.is_some() {
        return vec![
            one(&[Key::Enter], "Take it off the list", "take it off", Act::Dismiss),
            here(&[Key::Esc], "Back, it stays on the list", "back", Perform::Back),
        ];
    }
    let item = view.item(&model.attention);
    let nothing = item.is_none().then_some("Nothing is under the cursor.");
    let look = nothing.or_else(|| look_up::refusal(&item?.change)).or_else(|| {
        let watch = model.attention.watched.get(&item?.change.id)?;
        watch.looks().then_some("It is being looked up.")
    });
    let dismiss = nothing.or_else(|| {
        let change = &item?.change;
        let is_under_way = change.elsewhere || change.standing == Standing::Open;
        let is_over = !change.standing.needs_attention();
        (is_under_way.then_some("It is on its way: wait for its answer."))
            .or(is_over.then_some("It needs no more attention."))
    });
    let mut bindings = vec![
        one(&[Key::Char('R')], "Send what was partly done once more", "repair", Act::Repair)
            .unless(nothing.or_else(|| why_no_repair(model, item))),
        one(&[Key::Char('l')], "Look it up; nothing is sent", "look up", Act::LookUp).unless(look),
        one(&[Key::Char('n')], "Fill the form with it, to send it anew", "send anew", Act::Again)
            .unless(why_not_again(model, item)),
        one(&[Key::Char('x')], "Take it off the list", "take off", Act::AskDismiss).unless(dismiss),
        one(&[Key::Up, Key::Char('k')], "One line up", "", Act::Move(-1)),
        one(&[Key::Down, Key::Char('j')], "One line down", "", Act::Move(1)),
        one(&[Key::PageUp], "One page up", "", Act::Move(-10)),
        one(&[Key::PageDown], "One page down", "", Act::Move(10)),
    ];
    if view.open.is_none() {
        bindings.insert(0, one(&[Key::Enter], "Show it in full", "in full", Act::Open).unless(nothing));
    }
    bindings.push(here(&[Key::Esc], "Back", "back", Perform::Back));
    bindings
}

/// The key of the repair in the status pane.
pub(super) fn repair_last(model: &Model) -> Binding {
    here(&[Key::Char('R')], "Send what was partly done once more", "repair", Perform::Attention(Act::RepairLast))
        .unless(match model.status.answered() {
            None => Some("Nothing was answered yet."),
            Some(_) => why_no_repair(model, last(model)),
        })
}
