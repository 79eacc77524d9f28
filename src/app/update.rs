//! The one function that changes the model. It routes, and no more: each part of the screen decides in its own file.

use crate::app::attention;
use crate::app::batch;
use crate::app::command_line;
use crate::app::deeds;
use crate::app::desk;
use crate::app::drafts;
use crate::app::effect::{Effect, Effects};
use crate::app::history;
use crate::app::jobs;
use crate::app::keymap;
use crate::app::listing;
use crate::app::model::{Focus, Model, Overlay, Screen};
use crate::app::msg::{Act, Msg, News};
use crate::app::opening;
use crate::app::overlays;
use crate::app::pictures;
use crate::app::sending;
use crate::app::ticket_number;
use crate::domain::draft::Subject;

/// Does what a message means, and says what is wanted of the world for it.
pub fn update(model: &mut Model, msg: Msg) -> Effects {
    if !matches!(msg, Msg::News(_)) {
        model.notice = None;
    }
    let effects = match msg {
        Msg::Act(act) => perform(model, act),
        Msg::Type(letter) => desk::type_letter(model, letter),
        Msg::Paste(text) => desk::paste(model, &text),
        Msg::Refused(why) => {
            model.refuse(why);
            Effects::none()
        }
        Msg::News(news) => overlays::under_covers(model, |model| answer(model, news)),
    };
    effects.and(drafts::follow::follow(model))
}

/// Does an act, whether a key or the palette asked for it.
pub fn perform(model: &mut Model, act: Act) -> Effects {
    match act {
        Act::Edit(edit) => desk::edit(model, edit),
        Act::Next => desk::step(model, true),
        Act::Previous => desk::step(model, false),
        Act::Go(focus) => desk::go(model, focus),
        Act::Flip => desk::flip(model),
        Act::Clear => desk::clear(model),
        Act::Choose => desk::choose(model),
        Act::Generate => desk::generate(model),
        Act::Reveal => desk::reveal(model),
        Act::Chooser(act) => desk::chooser(model, act),
        Act::People(act) => listing::act(model, act),
        Act::Menu(act) => listing::menu(model, act),
        Act::TakeFilter(at) => listing::take_filter(model, at),
        Act::PlanChange(at) => listing::plan_change(model, at),
        Act::TakeRecipe(at) => opening::recipe(model, at),
        Act::Recipes => opening::ask_recipe(model),
        Act::ApplyRecipe(at) => opening::apply_recipe(model, at),
        Act::Batch(act) => batch::act(model, act),
        Act::Drafts(act) => drafts::list::act(model, act),
        Act::ThreeWay(act) => sending::three_way(model, act),
        Act::History(act) => history::act(model, act),
        Act::Jobs(act) => jobs::act(model, act),
        Act::DoDeed => deeds::carry_out(model),
        Act::Roles(act) => desk::roles(model, act),
        Act::Image(act) => pictures::image(model, act),
        Act::Picker(act) => pictures::picker(model, act),
        Act::Open(act) => opening::open(model, act),
        Act::Status(act) => sending::status(model, act),
        Act::Attention(act) => attention::act(model, act),
        Act::TicketNumber(act) => ticket_number::act(model, act),
        Act::Review => sending::review(model),
        Act::CommandLine => command_line::show(model),
        Act::Send => sending::send(model),
        Act::New | Act::NewAnyway => listing::new(model, act == Act::NewAnyway),
        Act::NewEmpty => {
            model.begin(Subject::New);
            Effects::none()
        }
        Act::Find | Act::FindAnyway => opening::find(model, act == Act::FindAnyway),
        Act::Synchronization => sending::synchronization(model),
        Act::Scroll(by) => overlays::scroll(model, by),
        Act::Move(by) => overlays::move_in_palette(model, by),
        Act::Pick => overlays::pick(model),
        Act::Help => overlays::help(model, keymap::bindings(model)),
        Act::Palette => overlays::palette(model, keymap::bindings(model)),
        Act::Yes => overlays::yes(model),
        Act::Back => overlays::back(model),
        Act::Editor => {
            model.screen = Screen::Editor;
            desk::go(model, Focus::Fields)
        }
        Act::Suspend => Effects::one(Effect::Suspend),
        Act::Redraw => Effects::one(Effect::Redraw),
        Act::Quit | Act::QuitStopping | Act::QuitAnyway | Act::QuitKept => {
            let is_agreed = matches!(act, Act::QuitAnyway | Act::QuitKept);
            opening::quit(model, is_agreed, act == Act::QuitStopping)
        }
    }
}

/// Takes an answer of the world to whoever asked.
fn answer(model: &mut Model, news: News) -> Effects {
    match news {
        News::Read(ticket, answer) => opening::read(model, ticket, answer),
        News::Answered(ticket, answer) => sending::answered(model, ticket, *answer),
        News::Conflict(ticket, person) => sending::conflict(model, ticket, *person),
        News::Page(ticket, answer) => listing::page(model, ticket, answer),
        News::Copied(ticket, answer) => listing::copied(model, ticket, answer),
        News::Groups(ticket, answer) => listing::groups(model, ticket, answer),
        News::Applied(ticket, answer) => batch::answered(model, ticket, answer),
        News::Settled(ticket, settlement) => sending::settled(model, ticket, settlement),
        News::Transcribed(ticket, text) => sending::transcribed(model, ticket, text),
        News::Listed(ticket, answer) => pictures::listed(model, ticket, answer),
        News::Looked(ticket, answer) => {
            if let Some(Overlay::Picker(picker)) = &mut model.overlay {
                picker.looked(ticket, answer);
            }
            Effects::none()
        }
        News::Loaded(ticket, answer) => pictures::loaded(model, ticket, answer),
        News::Rated(ticket, strength) => desk::rated(model, ticket, strength),
        News::Generated(ticket, made) => desk::generated(model, ticket, &made),
        News::Zones(ticket, names) => desk::zones(model, ticket, names),
        News::Draft(told) => drafts::follow::told(model, told),
        News::Attention(ticket, told) => attention::told(model, ticket, told),
        News::History(ticket, answer) => history::part(model, ticket, answer),
        News::Told(ticket, answer) => history::told(model, ticket, answer),
        News::ForUndo(ticket, answer) => history::for_undo(model, ticket, answer),
        News::Jobs(ticket, told) => jobs::told::told(model, ticket, told),
        News::Woke(ticket) => sending::woke(model, ticket).and(attention::watch::woke(model, ticket)),
    }
}

#[cfg(test)]
mod tests;
