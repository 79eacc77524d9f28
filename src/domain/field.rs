//! The words that the table of fields is written in.

use std::fmt;

use crate::domain::fields::Field;

/// What is being done to a user. The two operations differ only as [`crate::domain::fields::FIELDS`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// `POST /users`.
    Create,
    /// `PUT /users/<id or username>`.
    Update,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::Update => "update",
        })
    }
}

/// A published revision of the vendor's user pages. A tenant does not say which one it runs (api.md 7, row 19), so the
/// configuration does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Revision {
    /// The first stored pages: every field optional, four sections of roles.
    #[default]
    Original,
    /// The middle pages: `authSource`, `externalId`, `extendedFields`, more roles, a management role mandatory.
    Y2019,
    /// The latest pages: six fields required on update, `username` among them, which makes an update able to rename.
    Y2023,
}

impl Revision {
    /// Every revision, oldest first.
    pub const ALL: [Self; 3] = [Self::Original, Self::Y2019, Self::Y2023];

    /// The word that the configuration uses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Y2019 => "2019",
            Self::Y2023 => "2023",
        }
    }

    /// The revision of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|revision| revision.word() == word)
    }
}

/// Whether an operation takes a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The operation does not know the field: it is neither shown nor sent.
    Absent,
    /// Sent when the agent set it.
    Optional,
    /// On create it has to be filled in; on update it is sent in any case, as read where it was not touched.
    Required,
}

/// A [`Need`] for each revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    original: Need,
    y2019: Need,
    y2023: Need,
}

impl Needs {
    /// In no revision.
    pub const NEVER: Self = Self::always(Need::Absent);

    /// The same in every revision.
    pub const fn always(need: Need) -> Self {
        Self { original: need, y2019: need, y2023: need }
    }

    /// Absent from the original pages, documented since the middle ones.
    pub const fn since_2019(need: Need) -> Self {
        Self { original: Need::Absent, y2019: need, y2023: need }
    }

    /// Documented by the latest pages alone.
    pub const fn since_2023(need: Need) -> Self {
        Self { original: Need::Absent, y2019: Need::Absent, y2023: need }
    }

    /// Optional until the latest pages star it.
    pub const fn required_since_2023() -> Self {
        Self { original: Need::Optional, y2019: Need::Optional, y2023: Need::Required }
    }

    /// The need in one revision.
    pub const fn of(self, revision: Revision) -> Need {
        match revision {
            Revision::Original => self.original,
            Revision::Y2019 => self.y2019,
            Revision::Y2023 => self.y2023,
        }
    }
}

/// How a field is edited, checked and encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The name that signs in, and one of the two keys of a user.
    Username,
    /// One line.
    Text,
    /// Several lines.
    Multiline,
    /// An address, checked as typed.
    Email,
    /// A telephone number, checked as typed.
    Phone,
    /// A secret: masked, never shown in a review, never kept.
    Password,
    /// A language code, with a chooser.
    Language,
    /// A time zone of the tz database, with a chooser.
    Timezone,
    /// Yes or no.
    Switch,
    /// Free keys with a value each, one `key = value` a line.
    Pairs,
    /// A JSON object, written by hand.
    Object,
    /// A picture: a URL, or bytes with their media type.
    Photo,
    /// Roles for each section.
    Roles,
}

impl Kind {
    /// Whether the form edits this kind in a text editor. The others have a switch or a pane of their own.
    pub fn is_typed(self) -> bool {
        !matches!(self, Self::Switch | Self::Photo | Self::Roles)
    }

    /// Whether the editor takes more than one line.
    pub fn is_multiline(self) -> bool {
        matches!(self, Self::Multiline | Self::Pairs | Self::Object)
    }
}

/// One row of the table: everything the program knows of a field.
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    /// Which field this is.
    pub field: Field,
    /// The API's spelling.
    pub key: &'static str,
    /// What the form calls it.
    pub label: &'static str,
    /// How it is edited, checked and encoded.
    pub kind: Kind,
    /// What it is called in Spanish: the header of a file of people may say so.
    pub spanish: &'static str,
    /// Other words that such a header may have for it, in either language.
    pub also: &'static [&'static str],
    /// Whether create takes it.
    pub create: Needs,
    /// Whether update takes it.
    pub update: Needs,
    /// Whether an agent may empty it on the server. What a user cannot be without is not cleared.
    pub clearable: bool,
    /// One sentence for the form's hint and the README.
    pub help: &'static str,
    /// Error codes of the training platform that blame this field (api.md 6).
    pub codes: &'static [&'static str],
}

impl FieldSpec {
    /// Whether an operation of a revision takes the field.
    pub const fn need(&self, operation: Operation, revision: Revision) -> Need {
        match operation {
            Operation::Create => self.create.of(revision),
            Operation::Update => self.update.of(revision),
        }
    }
}
