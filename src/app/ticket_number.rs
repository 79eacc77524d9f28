//! The number of the ticket that somebody works on: when it is asked for, and the question.
//!
//! It goes into the journal with every change ([`crate::domain::record::Circumstances`]). Whether it is asked for is the tenant's choice; by a
//! key it can be given at any time. The agent's question stops what was about to be sent, and sends it when it is answered.

use crate::app::editor::TextEditor;
use crate::app::effect::Effects;
use crate::app::model::{Model, Overlay};
use crate::app::msg::Act as Perform;
use crate::app::update::perform;
use crate::domain::tenant::TicketRule;

/// The longest number, in characters.
pub const LONGEST: usize = 64;

/// What a person does at the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Ask for it.
    Ask,
    /// Take what was typed.
    Take,
}

/// When the number is asked for, and whether it was just now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asking {
    /// What the tenant wants.
    pub rule: TicketRule,
    /// The question was just answered, for what is sent now.
    answered: bool,
}

impl Asking {
    /// Asks as the tenant wants.
    pub fn by(rule: TicketRule) -> Self {
        Self { rule, answered: false }
    }
}

/// The open question.
#[derive(Clone, Debug)]
pub struct Question {
    /// What is being written.
    pub editor: TextEditor,
    /// Why it is not taken.
    pub fault: Option<String>,
    /// What is sent once it is answered.
    pub then: Option<Perform>,
    /// What comes back after it.
    below: Option<Box<Overlay>>,
}

impl Question {
    /// What lies under the question.
    pub fn below_mut(&mut self) -> Option<&mut Overlay> {
        self.below.as_deref_mut()
    }

    /// What lay under the question.
    pub fn below(self) -> Option<Overlay> {
        self.below.map(|below| *below)
    }
}

/// Asks before something is sent, where the tenant wants it; nothing where it can be sent at once.
pub fn ask_first(model: &mut Model, then: Perform) -> Option<Effects> {
    let is_known = match model.ticketing.rule {
        TicketRule::None => true,
        TicketRule::Session => model.desk_ticket.is_some(),
        TicketRule::Change => model.ticketing.answered,
    };
    if is_known {
        return None;
    }
    open(model, Some(then));
    Some(Effects::none())
}

fn open(model: &mut Model, then: Option<Perform>) {
    let last = model.desk_ticket.clone().unwrap_or_default();
    let below = model.overlay.take().map(Box::new);
    let editor = TextEditor::new(&last, false);
    model.overlay = Some(Overlay::TicketNumber(Question { editor, fault: None, then, below }));
}

/// At the question.
pub fn act(model: &mut Model, act: Act) -> Effects {
    match act {
        Act::Ask => {
            if !matches!(model.overlay, Some(Overlay::TicketNumber(_))) {
                open(model, None);
            }
            Effects::none()
        }
        Act::Take => take(model),
    }
}

fn take(model: &mut Model) -> Effects {
    let Some(Overlay::TicketNumber(question)) = &mut model.overlay else { return Effects::none() };
    let number = question.editor.text().trim().to_owned();
    question.fault = fault(&number, question.then.is_some());
    if question.fault.is_some() {
        return Effects::none();
    }
    let then = question.then;
    if let Some(Overlay::TicketNumber(question)) = model.overlay.take() {
        model.overlay = question.below();
    }
    model.desk_ticket = Some(number).filter(|number| !number.is_empty());
    let Some(then) = then else {
        model.say(model.desk_ticket.as_ref().map_or_else(
            || "No ticket number is kept with the next change.".to_owned(),
            |number| format!("Ticket {number} is kept with every change from now on."),
        ));
        return Effects::none();
    };
    model.ticketing.answered = true;
    let effects = perform(model, then);
    model.ticketing.answered = false;
    effects
}

fn fault(number: &str, wanted: bool) -> Option<String> {
    if number.is_empty() && wanted {
        return Some("This tenant wants a number with every change: type it, or Esc sends nothing.".to_owned());
    }
    (number.chars().count() > LONGEST).then(|| format!("A number has at most {LONGEST} characters."))
}

#[cfg(test)]
mod tests;
