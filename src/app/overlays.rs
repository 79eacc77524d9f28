//! What lies over the screen: opening, scrolling and closing it.

use crate::app::attention;
use crate::app::batch::Stage;
use crate::app::effect::Effects;
use crate::app::help::Help;
use crate::app::history;
use crate::app::jobs;
use crate::app::keymap::{Binding, Group};
use crate::app::model::{Focus, Model, Overlay, Screen};
use crate::app::msg::Act;
use crate::app::palette::Palette;
use crate::app::picker::Wanted;
use crate::app::review::Review;
use crate::app::status::Job;
use crate::app::update::perform;
use crate::domain::order::Order;

/// Shows the keys that were in force; what was below comes back afterwards.
pub fn help(model: &mut Model, bindings: Vec<Binding>) -> Effects {
    if !matches!(model.overlay, Some(Overlay::Help(..))) {
        let below = model.overlay.take().map(Box::new);
        model.overlay = Some(Overlay::Help(Help { bindings, scroll: 0 }, below));
    }
    Effects::none()
}

/// Shows every act of the screen below. Moving in a text and in a list is left out: it would drown the rest.
pub fn palette(model: &mut Model, bindings: Vec<Binding>) -> Effects {
    let mut acts: Vec<Binding> = Vec::new();
    for binding in bindings {
        let listed = binding.group != Group::Text
            && !matches!(binding.act, Act::Palette | Act::Back | Act::Next | Act::Previous);
        if listed && !acts.iter().any(|before| before.act == binding.act) {
            acts.push(binding);
        }
    }
    let below = model.overlay.take().map(Box::new);
    model.overlay = Some(Overlay::Palette(Palette::new(acts, below)));
    Effects::none()
}

/// Hands an answer to what is below the page of keys, the palette and a command line: nobody loses it because they looked something up.
/// What covered comes back over whatever the answer made, so that a key that was meant for it never reaches something that nobody saw.
pub fn under_covers(model: &mut Model, answer: impl FnOnce(&mut Model) -> Effects) -> Effects {
    let mut covers = Vec::new();
    while let Some(below) = model.overlay.as_mut().and_then(covered).and_then(Option::take) {
        covers.extend(model.overlay.replace(*below));
    }
    let effects = answer(model);
    for mut cover in covers.into_iter().rev() {
        if let Some(below) = covered(&mut cover) {
            *below = model.overlay.take().map(Box::new);
        }
        model.overlay = Some(cover);
    }
    effects
}

/// What such a cover lies over.
fn covered(overlay: &mut Overlay) -> Option<&mut Option<Box<Overlay>>> {
    match overlay {
        Overlay::Help(_, below) => Some(below),
        Overlay::Palette(palette) => Some(&mut palette.below),
        Overlay::CommandLine(shown) => Some(&mut shown.below),
        Overlay::Confirm(_)
        | Overlay::Chooser(_)
        | Overlay::Picker(_)
        | Overlay::Url(_)
        | Overlay::Paste(_)
        | Overlay::Open(_)
        | Overlay::Review(_)
        | Overlay::Detail(_)
        | Overlay::Deed(_)
        | Overlay::Menu(_)
        | Overlay::Batch(_)
        | Overlay::ThreeWay(_)
        | Overlay::Drafts(_)
        | Overlay::Groups(_)
        | Overlay::Attention(_)
        | Overlay::TicketNumber(_)
        | Overlay::History(_)
        | Overlay::Jobs(_)
        | Overlay::Summary(_) => None,
    }
}

/// Moves the cursor of the palette.
pub fn move_in_palette(model: &mut Model, by: i16) -> Effects {
    if let Some(Overlay::Palette(palette)) = &mut model.overlay {
        palette.go(by);
    }
    Effects::none()
}

/// Does what the palette shows, or says why it cannot be done.
pub fn pick(model: &mut Model) -> Effects {
    let Some(Overlay::Palette(palette)) = &mut model.overlay else {
        return Effects::none();
    };
    let Some(binding) = palette.taken().cloned() else {
        return Effects::none();
    };
    if let Some(why) = binding.why_not {
        model.refuse(why);
        return Effects::none();
    }
    model.overlay = palette.below.take().map(|below| *below);
    perform(model, binding.act)
}

/// Scrolls what is shown. The last line is the drawing's to know; here it is only kept within reason.
pub fn scroll(model: &mut Model, by: i16) -> Effects {
    match &mut model.overlay {
        Some(Overlay::Help(help, _)) => {
            help.scroll = help.scroll.saturating_add_signed(by.into()).min(help.bindings.len() + Group::Text as usize);
        }
        Some(Overlay::Review(review)) => {
            let lines = review.transcript.as_ref().map_or(0, |text| text.lines().count());
            let fields = match &review.order {
                Order::Change(request) => 4 * request.lines().len() + request.sections().count(),
                Order::Deed(_) => 4,
            };
            let last = lines + fields;
            review.scroll(by, last);
        }
        Some(Overlay::Summary(summary)) => {
            let lines = summary.text.lines().count();
            summary.scroll = summary.scroll.saturating_add_signed(by.into()).min(4 * lines);
        }
        Some(Overlay::CommandLine(shown)) => shown.scroll(by),
        Some(Overlay::Groups(groups)) => groups.scroll = groups.scroll.saturating_add_signed(by.into()).min(2000),
        Some(Overlay::Detail(line)) => *line = line.saturating_add_signed(by.into()).min(200),
        Some(
            Overlay::Palette(_)
            | Overlay::Confirm(_)
            | Overlay::Chooser(_)
            | Overlay::Picker(_)
            | Overlay::Url(_)
            | Overlay::Paste(_)
            | Overlay::Open(_)
            | Overlay::Deed(_)
            | Overlay::Menu(_)
            | Overlay::Batch(_)
            | Overlay::History(_)
            | Overlay::ThreeWay(_)
            | Overlay::Drafts(_)
            | Overlay::Attention(_)
            | Overlay::Jobs(_)
            | Overlay::TicketNumber(_),
        )
        | None => {}
    }
    Effects::none()
}

/// Does what the question asked about.
pub fn yes(model: &mut Model) -> Effects {
    match model.overlay.take() {
        Some(Overlay::Confirm(confirm)) => perform(model, confirm.yes),
        other => {
            model.overlay = other;
            Effects::none()
        }
    }
}

/// One step back. Nothing typed is lost, and nothing that was sent is called back.
pub fn back(model: &mut Model) -> Effects {
    match model.overlay.take() {
        Some(Overlay::Help(_, below)) => {
            model.overlay = below.map(|below| *below);
            if matches!(model.overlay, Some(Overlay::Attention(_))) {
                return attention::refresh(model);
            }
        }
        Some(Overlay::Attention(mut view)) => {
            if !attention::back(&mut view) {
                model.overlay = Some(Overlay::Attention(view));
            }
        }
        Some(Overlay::TicketNumber(question)) => model.overlay = question.below(),
        Some(Overlay::Jobs(view)) => return jobs::back(model, view),
        Some(Overlay::Picker(picker)) if picker.wanted == Wanted::People => return jobs::show(model, jobs::Page::List),
        Some(Overlay::Review(Review { repair: Some(repairing), .. })) => return repairing.back(model),
        Some(Overlay::Review(review)) => model.overlay = review.below.map(|below| *below),
        Some(Overlay::Summary(summary)) => model.overlay = summary.below.map(|below| *below),
        Some(Overlay::CommandLine(shown)) => model.overlay = shown.below.map(|below| *below),
        Some(Overlay::Palette(palette)) => model.overlay = palette.below.map(|below| *below),
        Some(Overlay::History(mut history)) => {
            if history::back(&mut history) {
                model.overlay = Some(Overlay::History(history));
            }
        }
        Some(Overlay::Batch(mut batch)) if batch.stage == Stage::Running && !batch.is_over() => {
            batch.stage = Stage::Stopped;
            model.say("Stopped: what is on its way ends, nothing new begins. Enter goes on, Esc leaves it.");
            model.overlay = Some(Overlay::Batch(batch));
        }
        Some(Overlay::Batch(batch)) if batch.counts().running > 0 => {
            model.refuse("Requests are on their way: wait for their answers.");
            model.overlay = Some(Overlay::Batch(batch));
        }
        Some(_) => {}
        None => back_on_screen(model),
    }
    Effects::none()
}

fn back_on_screen(model: &mut Model) {
    let home = home(model);
    match &mut model.status.job {
        Job::Sending(sending) if sending.watched => {
            sending.watched = false;
            model.focus = home;
            model.say("Not watching any more. The request goes on, and its answer will stand in the status.");
        }
        Job::Sending(_) | Job::Nothing | Job::Answered(_) if model.focus != home => model.focus = home,
        Job::Sending(_) | Job::Nothing | Job::Answered(_) if model.screen == Screen::Editor => {
            if model.has_unsent_work() {
                model.say(format!("What you typed for {} is kept: ^G goes back to it.", model.who()));
            }
            model.screen = Screen::People;
            model.focus = Focus::List;
        }
        Job::Sending(_) | Job::Nothing | Job::Answered(_) => model.say("Nothing to go back to. q leaves the program."),
    }
}

/// The pane in which a screen begins.
pub fn home(model: &Model) -> Focus {
    match model.screen {
        Screen::People => Focus::List,
        Screen::Editor => Focus::Fields,
    }
}
