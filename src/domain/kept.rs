//! What was typed and not sent, as it outlives the program: a draft.
//!
//! There is no secret in it and no picture: of a password it says only that one was typed, of a picture where it came from, and both have
//! to be given again (faults.md 93, I-11). Deliberately not here: how it is written down ([`crate::codec::draft`]), where it lies
//! ([`crate::journal`]), and what follows from taking it up again ([`crate::app`]).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::domain::draft::Subject;
use crate::domain::fields::Field;
use crate::domain::key::UserKey;
use crate::domain::person::Person;
use crate::domain::record::{ChangeId, Standing};
use crate::domain::roles::Roles;
use crate::domain::untrusted::visible;

/// The number of a draft among those that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DraftId(pub i64);

/// Whom a draft is about. As [`Subject`], with the person shared: a draft is made for every key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Somebody new.
    New,
    /// Somebody who was read: the ground that the draft was typed on.
    Known(Arc<Person>),
    /// Somebody who could not be read.
    Blind(UserKey),
}

impl Whom {
    /// Whether this is the subject of a form.
    pub fn is(&self, subject: &Subject) -> bool {
        match (self, subject) {
            (Self::New, Subject::New) => true,
            (Self::Known(kept), Subject::Known(person)) => **kept == **person,
            (Self::Blind(kept), Subject::Blind(key)) => kept == key,
            (Self::New | Self::Known(_) | Self::Blind(_), Subject::New | Subject::Known(_) | Subject::Blind(_)) => {
                false
            }
        }
    }

    /// The subject of a form.
    pub fn subject(&self) -> Subject {
        match self {
            Self::New => Subject::New,
            Self::Known(person) => Subject::Known(Box::new(Person::clone(person))),
            Self::Blind(key) => Subject::Blind(key.clone()),
        }
    }
}

/// What stands in one field and is not what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptEntry {
    /// The text of an editor.
    Text(String),
    /// A switch.
    Switch(bool),
    /// The agent chose to empty the field on the server; with the text that comes back where that is taken back.
    Cleared(String),
}

/// The picture of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptPhoto {
    /// The URL that is sent.
    Url(String),
    /// A file or a paste, which has to be chosen again.
    Chosen {
        /// Its name, as the screen said it.
        name: String,
        /// The folder that it was found in.
        folder: Option<String>,
    },
}

/// Everything that was typed for one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptDraft {
    /// Whom it is about.
    pub whom: Whom,
    /// What was typed, without the password.
    pub entries: BTreeMap<Field, KeptEntry>,
    /// The sections that were touched, each with the full wanted list.
    pub roles: Roles,
    /// The picture.
    pub photo: Option<KeptPhoto>,
    /// A password was typed; it has to be entered again.
    pub password: bool,
    /// The recipe that goes on to fill the form in, by its name.
    pub recipe: Option<String>,
    /// The create in doubt that this one replaces.
    pub instead_of: Option<ChangeId>,
}

impl KeptDraft {
    /// The username of that person, as far as it is known or typed.
    pub fn username(&self) -> Option<&str> {
        match &self.whom {
            Whom::New => self.text(Field::Username),
            Whom::Known(person) => Some(&person.username),
            Whom::Blind(key) => Some(key.as_str()),
        }
    }

    /// Whom it is about, for a line of a list.
    pub fn about(&self) -> String {
        match &self.whom {
            Whom::New => {
                let names = [Field::Name, Field::Surname].map(|field| self.text(field).unwrap_or_default());
                let name = names.join(" ").trim().to_owned();
                match (self.username(), name.is_empty()) {
                    (None, true) => "new user".to_owned(),
                    (None, false) => format!("new user {name}"),
                    (Some(username), true) => format!("new user {username}"),
                    (Some(username), false) => format!("new user {username} ({name})"),
                }
            }
            Whom::Known(person) => match person.full_name() {
                name if name == person.username => name,
                name => format!("{} ({name})", person.username),
            },
            Whom::Blind(key) => format!("{key} (not read)"),
        }
    }

    /// The same for a sentence.
    pub fn who(&self) -> String {
        match &self.whom {
            Whom::New => self.username().unwrap_or("the new user").to_owned(),
            Whom::Known(person) => person.full_name(),
            Whom::Blind(key) => key.as_str().to_owned(),
        }
    }

    /// Whether everything in it is in the other too: then it holds nothing that the other did not.
    pub fn is_part_of(&self, other: &Self) -> bool {
        self.entries.iter().all(|(field, entry)| other.entries.get(field) == Some(entry))
            && self.roles.iter().all(|(section, roles)| other.roles.get(section) == Some(roles))
            && (self.photo.is_none() || self.photo == other.photo)
    }

    /// What is not in it and has to be given again, in words; nothing where it is whole.
    pub fn missing(&self) -> Option<String> {
        let password = self.password.then(|| "the password".to_owned());
        let picture = match &self.photo {
            Some(KeptPhoto::Chosen { .. }) => Some("the picture".to_owned()),
            Some(KeptPhoto::Url(_)) | None => None,
        };
        let parts: Vec<String> = password.into_iter().chain(picture).collect();
        (!parts.is_empty()).then(|| parts.join(" and "))
    }

    fn text(&self, field: Field) -> Option<&str> {
        match self.entries.get(&field) {
            Some(KeptEntry::Text(text)) if !text.is_empty() => Some(text),
            Some(KeptEntry::Text(_) | KeptEntry::Switch(_) | KeptEntry::Cleared(_)) | None => None,
        }
    }
}

/// Who has a draft open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Held {
    /// Nobody.
    Nobody,
    /// This program.
    Here,
    /// Another program that runs.
    Elsewhere,
}

/// One line of the list of drafts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRow {
    /// Its number.
    pub id: DraftId,
    /// When it was kept last, in milliseconds since 1970 (UTC).
    pub at: i64,
    /// Whom it is about.
    pub about: String,
    /// The username of that person.
    pub username: Option<String>,
    /// Who has it open.
    pub held: Held,
    /// Why it cannot be opened.
    pub fault: Option<DraftFault>,
    /// A create of the same username that may have been done: this may be what is left of it.
    pub sent: Option<(ChangeId, Standing)>,
}

/// Why a draft cannot be had. It was left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftFault {
    /// A newer program wrote it, in this format.
    Newer(u64),
    /// It is damaged.
    Unreadable,
    /// It is open in another program that runs.
    Elsewhere,
    /// It is not any more as the list showed it.
    Changed,
    /// It is not there any more.
    Gone,
    /// The journal, in its words.
    Journal(String),
}

impl fmt::Display for DraftFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer(format) => {
                write!(f, "a newer netex-users wrote this draft (format {format}): open it with that one; it is kept")
            }
            Self::Unreadable => f.write_str("this draft cannot be read: it is damaged; it is kept as it is"),
            Self::Elsewhere => {
                f.write_str("this draft is open in another session of yours: go on there, or close it there first")
            }
            Self::Changed => f.write_str("this draft was changed meanwhile: the list shows it as it is now"),
            Self::Gone => f.write_str("this draft is not there any more: it was sent or discarded in another session"),
            Self::Journal(why) => f.write_str(&visible(why)),
        }
    }
}

impl std::error::Error for DraftFault {}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(entries: &[(Field, &str)]) -> KeptDraft {
        let entries = entries.iter().map(|(field, text)| (*field, KeptEntry::Text((*text).to_owned())));
        KeptDraft {
            whom: Whom::New,
            entries: entries.collect(),
            roles: Roles::new(),
            photo: None,
            password: false,
            recipe: None,
            instead_of: None,
        }
    }

    #[test]
    fn a_line_says_whom_it_is_about_as_far_as_that_was_typed() {
        for (entries, about) in [
            (&[][..], "new user"),
            (&[(Field::Username, "nora.vidal")], "new user nora.vidal"),
            (&[(Field::Surname, "Vidal")], "new user Vidal"),
            (
                &[(Field::Username, "nora.vidal"), (Field::Name, "Nora"), (Field::Surname, "Vidal")],
                "new user nora.vidal (Nora Vidal)",
            ),
        ] {
            assert_eq!(draft(entries).about(), about);
        }
    }

    #[test]
    fn what_was_sent_covers_what_is_left_of_it_and_nothing_that_was_typed_since() {
        let sent = draft(&[(Field::Name, "Nora"), (Field::Surname, "Vidal")]);
        assert!(draft(&[(Field::Name, "Nora")]).is_part_of(&sent));
        assert!(!draft(&[(Field::Name, "Noa")]).is_part_of(&sent));
        assert!(!draft(&[(Field::Email, "n@acme.example")]).is_part_of(&sent));
        let roles = KeptDraft { roles: [("social".to_owned(), ["user".to_owned()].into())].into(), ..draft(&[]) };
        assert!(!roles.is_part_of(&sent));
        let url = KeptDraft { photo: Some(KeptPhoto::Url("https://acme.example/n.png".into())), ..draft(&[]) };
        assert!(!url.is_part_of(&sent) && url.is_part_of(&url));
    }

    #[test]
    fn what_has_to_be_given_again_is_named() {
        let chosen = Some(KeptPhoto::Chosen { name: "nora.png".into(), folder: None });
        let both = KeptDraft { password: true, photo: chosen, ..draft(&[]) };
        assert_eq!(both.missing().as_deref(), Some("the password and the picture"));
        let url = Some(KeptPhoto::Url("https://acme.example/n.png".into()));
        assert_eq!(KeptDraft { photo: url, ..draft(&[]) }.missing(), None);
    }
}
