//! The question before a deed: whom it is done to, as read just now, and what has to be said or typed first.

use std::sync::Arc;

use crate::app::editor::TextEditor;
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::model::{Model, Overlay};
use crate::app::msg::Act;
use crate::app::sending;
use crate::app::ticket_number;
use crate::domain::deed::Deed;
use crate::domain::key::UserKey;
use crate::domain::order::{DeedOrder, Order};
use crate::domain::outcome::ReadFault;
use crate::domain::person::Person;
use crate::domain::record;
use crate::domain::secret::{Sealed, Secret};

/// Which deed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Let the person sign in again.
    Activate,
    /// Keep the person from signing in, with a message if there is one.
    Deactivate,
    /// Set another password.
    Password,
    /// Send the welcome mail.
    Welcome,
    /// Delete the person, in all platforms.
    Delete,
}

/// The open question.
#[derive(Clone, Debug)]
pub struct Question {
    /// Which deed.
    pub kind: Kind,
    /// The key that was asked for.
    pub key: UserKey,
    /// The person as read just now.
    pub person: Fresh,
    /// The message, the password, or the username typed as a confirmation.
    pub editor: TextEditor,
    /// The password is shown until this question is answered.
    pub reveal: Option<Ticket>,
    /// Why it cannot be done.
    pub fault: Option<String>,
}

/// The person of the question.
#[derive(Clone, Debug)]
pub enum Fresh {
    /// Being read.
    Reading(Ticket),
    /// As read just now.
    Read(Box<Person>),
    /// Could not be read.
    Failed(ReadFault),
}

impl Kind {
    /// What is typed for it, if anything.
    pub fn prompt(self) -> Option<&'static str> {
        match self {
            Self::Activate | Self::Welcome => None,
            Self::Deactivate => Some("message to the person, or nothing: "),
            Self::Password => Some("new password: "),
            Self::Delete => Some("type the username to delete: "),
        }
    }

    /// The title of the question.
    pub fn title(self) -> &'static str {
        match self {
            Self::Activate => "Enable",
            Self::Deactivate => "Disable",
            Self::Password => "Change the password",
            Self::Welcome => "Send the welcome mail",
            Self::Delete => "Delete",
        }
    }

    /// What is kept of it in the history.
    pub fn act(self) -> record::Act {
        match self {
            Self::Activate => record::Act::Activate,
            Self::Deactivate => record::Act::Deactivate,
            Self::Password => record::Act::ChangePassword,
            Self::Welcome => record::Act::WelcomeMail,
            Self::Delete => record::Act::Delete,
        }
    }

    /// What it means, in a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Activate => "The person can sign in again, and counts for the licence if they have a role.",
            Self::Deactivate => "The person cannot sign in any more. Nothing is deleted.",
            Self::Password => "The old password stops working at once.",
            Self::Welcome => "The platform sends its welcome mail to the person's address.",
            Self::Delete => "IRREVERSIBLE, in all platforms. A copy of what can be read is kept on this machine first.",
        }
    }
}

/// Asks about a deed, and reads the person so that the question shows them as they are now.
pub fn ask(model: &mut Model, kind: Kind, key: UserKey) -> Effects {
    let ticket = model.ticket();
    let question = Question {
        kind,
        key: key.clone(),
        person: Fresh::Reading(ticket),
        editor: TextEditor::new("", false),
        reveal: None,
        fault: None,
    };
    model.overlay = Some(Overlay::Deed(Box::new(question)));
    Effects::one(Effect::Read { ticket, key })
}

impl Question {
    /// The person was read, or not.
    pub fn read(&mut self, answer: Result<Box<Person>, ReadFault>) {
        self.person = match answer {
            Ok(person) => Fresh::Read(person),
            Err(fault) => Fresh::Failed(fault),
        };
    }

    /// Why it cannot be done to this person, in words; nothing where it can.
    pub fn forbids(&self) -> Option<String> {
        match (&self.person, self.kind) {
            (Fresh::Reading(_), _) => Some("The person is being read.".to_owned()),
            (Fresh::Read(person), Kind::Activate) if person.enabled == Some(true) => {
                Some("is enabled already: this would change nothing".to_owned())
            }
            (Fresh::Read(person), Kind::Deactivate) if person.enabled == Some(false) => {
                Some("is disabled already: this would change nothing".to_owned())
            }
            (Fresh::Read(person), Kind::Delete) if person.enabled != Some(false) => {
                Some("is not disabled: only a disabled person is deleted. e disables first".to_owned())
            }
            (Fresh::Read(_), _) => None,
            (
                Fresh::Failed(ReadFault::NoService(_)),
                Kind::Activate | Kind::Deactivate | Kind::Password | Kind::Welcome,
            ) => None,
            (Fresh::Failed(fault), _) => Some(fault.to_string()),
        }
    }

    /// Whom it is done to.
    fn whom(&self) -> (UserKey, String) {
        match &self.person {
            Fresh::Read(person) => {
                let key =
                    person.id.as_deref().and_then(|id| UserKey::parse(id).ok()).unwrap_or_else(|| self.key.clone());
                (key, person.username.clone())
            }
            Fresh::Reading(_) | Fresh::Failed(_) => (self.key.clone(), self.key.as_str().to_owned()),
        }
    }

    /// What would be done, with whether the person could be read. A password may be missing still, and so may the username that is typed
    /// before somebody is deleted: this is shown, and never sent.
    ///
    /// # Errors
    /// Why it cannot be done to this person, in words.
    pub fn as_it_stands(&self) -> Result<(DeedOrder, bool), String> {
        if let Some(why) = self.forbids() {
            return Err(why);
        }
        let (key, username) = self.whom();
        let text = self.editor.text();
        let deed = match self.kind {
            Kind::Activate => Deed::Activate,
            Kind::Welcome => Deed::WelcomeMail,
            Kind::Deactivate => Deed::Deactivate { message: Some(text).filter(|text| !text.trim().is_empty()) },
            Kind::Password => Deed::ChangePassword(Sealed::new(Secret::new(text))),
            Kind::Delete => Deed::Delete,
        };
        Ok((DeedOrder { key, username, deed }, matches!(self.person, Fresh::Read(_))))
    }

    /// What would be done, or what is still missing for it.
    fn order(&self) -> Result<DeedOrder, String> {
        let (order, _) = self.as_it_stands()?;
        let text = Secret::new(self.editor.text());
        match self.kind {
            Kind::Password if text.expose().is_empty() => Err("needs a password: ^G makes one".to_owned()),
            Kind::Delete if text.expose() != order.username => {
                Err(format!("needs the username typed exactly: {}", order.username))
            }
            Kind::Activate | Kind::Welcome | Kind::Deactivate | Kind::Password | Kind::Delete => Ok(order),
        }
    }
}

/// Does it, or says what is missing.
pub fn carry_out(model: &mut Model) -> Effects {
    if let Some(why) = sending::forbidden_now(model) {
        model.refuse(why);
        return Effects::none();
    }
    let Some(Overlay::Deed(question)) = &mut model.overlay else {
        return Effects::none();
    };
    match question.order() {
        Err(why) => {
            question.fault = Some(why);
            Effects::none()
        }
        Ok(order) => {
            if let Some(effects) = ticket_number::ask_first(model, Act::DoDeed) {
                return effects;
            }
            model.overlay = None;
            sending::submit(model, Order::Deed(Arc::new(order)))
        }
    }
}
