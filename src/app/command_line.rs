//! The command line of what is about to be sent: shown in full over the question, and copied.
//!
//! It is made from the very order that the review shows. What a line cannot hold is said beside it: a password, the folder of a picture,
//! what the list knew of many people. Deliberately not here: how a line is written ([`crate::domain::command_line`]).

use std::path::Path;
use std::sync::Arc;

use crate::app::batch::{Batch, State};
use crate::app::deeds::Question;
use crate::app::effect::{Effect, Effects};
use crate::app::jobs::{self, Page};
use crate::app::model::{Model, Overlay};
use crate::app::review::Review;
use crate::domain::bulk::Bulk;
use crate::domain::command_line::{self, CommandLine, Manner, People};
use crate::domain::deed::Deed;
use crate::domain::fields::Field;
use crate::domain::history::MOST_COPIED;
use crate::domain::import::beside;
use crate::domain::order::Order;
use crate::domain::patch::Value;
use crate::domain::photo::Photo;
use crate::domain::record::Purpose;
use crate::domain::tenant::Synchronization;

/// The lines, and what is to be known of them.
#[derive(Clone, Debug)]
pub struct Shown {
    /// One, or one for each of many people.
    pub lines: Vec<CommandLine>,
    /// What the lines do not say, a sentence each.
    pub notes: Vec<String>,
    /// The first row that is shown.
    pub scroll: usize,
    /// The question that it is about, which comes back after it.
    pub below: Option<Box<Overlay>>,
}

impl Shown {
    /// What goes into the clipboard: nothing but the lines, and no end of line that would run the last one.
    pub fn text(&self) -> String {
        self.lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    /// Scrolls; [`crate::ui`] never shows more than there is.
    pub fn scroll(&mut self, by: i16) {
        // No row is narrower than this, and each note has a few.
        let most = self.text().len() / 20 + self.lines.len() + 6 * self.notes.len();
        self.scroll = self.scroll.saturating_add_signed(by.into()).min(most);
    }
}

/// What there is to show, and what it is called.
struct Found {
    lines: Vec<CommandLine>,
    notes: Vec<String>,
    what: String,
}

/// Shows the line of what is asked about, and copies it.
pub fn show(model: &mut Model) -> Effects {
    let found = match &model.overlay {
        Some(Overlay::Review(review)) => Ok(of_review(model, review)),
        Some(Overlay::Deed(question)) => of_deed(model, question),
        Some(Overlay::Batch(batch)) => of_batch(model, batch),
        Some(Overlay::Jobs(view)) => match &view.page {
            Page::Plan(page) => of_file(model, &page.order),
            Page::Sure(sure) => Ok(of_job(model, sure)),
            Page::List | Page::Order(_) | Page::Job(_) => return Effects::none(),
        },
        Some(_) | None => return Effects::none(),
    };
    let Found { lines, mut notes, what } = match found {
        Ok(found) => found,
        Err(why) => {
            model.refuse(why);
            return Effects::none();
        }
    };
    notes.extend(everywhere(model));
    if lines.iter().all(|line| line.words().iter().all(|word| word != "resume")) {
        notes.push("With --dry-run it shows what it would do, and sends nothing.".to_owned());
    }
    let below = model.overlay.take().map(Box::new);
    let shown = Shown { lines, notes, scroll: 0, below };
    let text = shown.text();
    model.overlay = Some(Overlay::CommandLine(shown));
    if text.len() > MOST_COPIED {
        model.say("Too long to be copied: it is shown here in full.");
        return Effects::none();
    }
    model.say(format!("Copied, if your terminal allows it: the command line of {what}."));
    Effects::one(Effect::Copy(text))
}

fn manner(model: &Model, synchronization: Synchronization) -> Manner<'_> {
    let ticket = model.desk_ticket.as_deref();
    Manner { start: &model.started_with, ticket, ..Manner::new(&model.tenant.name, synchronization) }
}

/// A repair sends what a command that reads would leave out, because management has it already.
fn of_review(model: &Model, review: &Review) -> Found {
    let order = &review.order;
    let manner = manner(model, review.synchronization(model.synchronization));
    let manner = Manner { blind: review.repair.is_some() && order.is_update(), ..manner };
    let mut notes = Vec::new();
    if review.repair.is_some() || model.instead_of.is_some() && order.is_create() {
        notes.push("As a command it is a change of its own: what needs attention stays on the list.".to_owned());
    }
    if manner.blind {
        notes.push("--blind: it is sent as it stands, and nobody's change since is looked for.".to_owned());
    }
    let line = match review.purpose {
        Purpose::Undo(id) => command_line::undo(id, &manner),
        Purpose::Change | Purpose::Repair(_) => {
            let line = command_line::command_line(order, &manner);
            notes.extend(untold(order, &line));
            line
        }
    };
    let what = match review.purpose {
        Purpose::Undo(id) => format!("taking {id} back"),
        Purpose::Change | Purpose::Repair(_) => called(order),
    };
    Found { lines: vec![line], notes, what }
}

fn called(order: &Order) -> String {
    format!("{} {}", order.word(), order.username())
}

/// What of an order is not in its line.
fn untold(order: &Order, line: &CommandLine) -> Vec<String> {
    let mut notes = Vec::new();
    let (mut secret, mut picture) = (false, false);
    match order {
        Order::Deed(order) => secret |= matches!(order.deed, Deed::ChangePassword(_)),
        Order::Change(request) => {
            for line in request.lines() {
                secret |= line.field == Field::Password;
                picture |= matches!(line.value, Value::Photo(Photo::Picture(_)));
            }
        }
    }
    if secret {
        notes.push(
            "The password is in no command line: --password-stdin reads it from standard input; without it the command asks."
                .to_owned(),
        );
    }
    if picture {
        notes.push(
            "The picture is named without its folder: call it from there, or write the folder before the name; FILE stands for one that was pasted."
                .to_owned(),
        );
    }
    if line.words().iter().any(|word| word == "--from-json=FILE") {
        notes.push("FILE stands for a JSON file with the text that no command line can hold.".to_owned());
    }
    notes
}

fn of_deed(model: &Model, question: &Question) -> Result<Found, String> {
    let (order, is_read) = question.as_it_stands()?;
    let order = Order::Deed(Arc::new(order));
    let manner = Manner { blind: !is_read, ..manner(model, model.synchronization) };
    let line = command_line::command_line(&order, &manner);
    let notes = untold(&order, &line);
    Ok(Found { lines: vec![line], notes, what: called(&order) })
}

/// One line for each person who waits: no single command does the same. A file for `import` would be another act for the sign-in, and
/// has the whole list of roles as well.
fn of_batch(model: &Model, batch: &Batch) -> Result<Found, String> {
    let manner = manner(model, model.synchronization);
    let waiting = batch.rows.iter().filter(|row| row.state == State::Waiting);
    let lines: Result<Vec<_>, String> = waiting
        .map(|row| {
            let entry = model.people.entry(&row.username);
            let entry = entry.ok_or_else(|| format!("{} is not in the list any more.", row.username))?;
            Ok(command_line::bulk(&batch.job, &row.key, &row.username, entry.roles, &manner))
        })
        .collect();
    let lines = lines?;
    let what = match lines.len() {
        0 => return Err("Nobody waits: nothing would be sent.".to_owned()),
        1 => "one person".to_owned(),
        many => format!("each of {many} people"),
    };
    let mut notes = vec!["One command for each person: nothing is planned or stopped for all of them.".to_owned()];
    if matches!(batch.job.bulk, Bulk::Give { .. } | Bulk::Take { .. }) {
        notes.push(
            "A command says all the roles of a section. These are the ones in the list: whoever was given another since would lose it."
                .to_owned(),
        );
    }
    Ok(Found { lines, notes, what })
}

/// A file that is about to be carried out. The command does not carry out the plan that is shown, but makes one as this screen made it.
fn of_file(model: &Model, order: &jobs::Order) -> Result<Found, String> {
    let manner = manner(model, model.synchronization);
    let passwords = order.makes_passwords.then(|| beside(&order.path, "passwords"));
    let is_text =
        |path: &Path| path.to_str().map(str::to_owned).ok_or("The name of the file is no text: no line can hold it.");
    let path = is_text(&order.path)?;
    let passwords = passwords.as_deref().map(is_text).transpose()?;
    let people = People {
        path: &path,
        mode: order.mode,
        matching: order.matching,
        passwords: passwords.as_deref(),
        again: order.again,
    };
    let line = command_line::import(&people, &manner);
    let notes = vec!["The command plans the file anew, shows the plan, and asks before it carries it out.".to_owned()];
    Ok(Found { lines: vec![line], notes, what: "importing the file".to_owned() })
}

fn of_job(model: &Model, sure: &jobs::Sure) -> Found {
    let line = command_line::resume(sure.job, sure.rechecks, &manner(model, model.synchronization));
    let notes = vec!["It is sent as was said when the file was planned.".to_owned()];
    Found { lines: vec![line], notes, what: format!("going on with job {}", sure.job.0) }
}

/// What is true of every line.
fn everywhere(model: &Model) -> Vec<String> {
    let mut notes = Vec::new();
    if model.tenant.sandbox {
        notes.push("This screen has a sandbox of its own: the command begins with a new one.".to_owned());
    }
    notes
}

#[cfg(test)]
mod tests;
