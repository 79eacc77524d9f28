//! How a job is carried out, as the text that the journal keeps with it: what is resumed is what was begun.
//!
//! Deliberately not here: the lines, which the journal keeps, and anything secret. Of made passwords it says in which file they are.

use serde::{Deserialize, Serialize};

use crate::codec::sheet::{Delimiter, Encoding, Format, Options};
use crate::domain::field::Revision;
use crate::domain::plan::{Match, Mode};
use crate::domain::tenant::Synchronization;

/// The version of the text.
const VERSION: u32 = 1;

/// How a job's file is read and carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What the file may do.
    pub mode: Mode,
    /// By what a line finds its person.
    pub matching: Match,
    /// The tenant's revision when it was planned.
    pub revision: Revision,
    /// The mode in which changes are sent.
    pub synchronization: Synchronization,
    /// How the file is read.
    pub options: Options,
    /// Where the file is; nothing where it came through a pipe.
    pub file: Option<String>,
    /// The folder below which its pictures are.
    pub folder: String,
    /// Whether pictures may be converted and made smaller.
    pub fit: bool,
    /// The file that made passwords go into; nothing where none are made.
    pub passwords: Option<String>,
    /// The ticket that asks for it.
    pub ticket: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    job: u32,
    mode: String,
    matching: String,
    revision: String,
    synchronization: String,
    format: Option<String>,
    encoding: Option<String>,
    delimiter: Option<String>,
    mapping: Vec<(String, String)>,
    file: Option<String>,
    folder: String,
    fit: bool,
    passwords: Option<String>,
    ticket: Option<String>,
}

impl Kept {
    /// Writes it down.
    ///
    /// # Panics
    ///
    /// Never: texts always have a form as JSON.
    pub fn text(&self) -> String {
        let owned = |word: &'static str| word.to_owned();
        let Options { format, encoding, delimiter, mapping } = &self.options;
        let written = Written {
            job: VERSION,
            mode: owned(self.mode.word()),
            matching: owned(self.matching.word()),
            revision: owned(self.revision.word()),
            synchronization: owned(self.synchronization.word()),
            format: format.map(|format| owned(format.word())),
            encoding: encoding.map(|encoding| owned(encoding.word())),
            delimiter: delimiter.map(|delimiter| owned(delimiter.word())),
            mapping: mapping.clone(),
            file: self.file.clone(),
            folder: self.folder.clone(),
            fit: self.fit,
            passwords: self.passwords.clone(),
            ticket: self.ticket.clone(),
        };
        serde_json::to_string(&written).expect("texts have a form as JSON")
    }

    /// Reads what [`Kept::text`] wrote; nothing where the text is something else, or of another version.
    pub fn read(text: &str) -> Option<Self> {
        let written: Written = serde_json::from_str(text).ok()?;
        if written.job != VERSION {
            return None;
        }
        let options = Options {
            format: written.format.map(|word| known(&word, Format::from_word)).transpose().ok()?,
            encoding: written.encoding.map(|word| known(&word, Encoding::from_word)).transpose().ok()?,
            delimiter: written.delimiter.map(|word| known(&word, Delimiter::from_word)).transpose().ok()?,
            mapping: written.mapping,
        };
        Some(Self {
            mode: Mode::from_word(&written.mode)?,
            matching: Match::from_word(&written.matching)?,
            revision: Revision::from_word(&written.revision)?,
            synchronization: Synchronization::from_word(&written.synchronization)?,
            options,
            file: written.file,
            folder: written.folder,
            fit: written.fit,
            passwords: written.passwords,
            ticket: written.ticket,
        })
    }
}

/// A word that has to be known.
fn known<T>(word: &str, of: impl Fn(&str) -> Option<T>) -> Result<T, ()> {
    of(word).ok_or(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept() -> Kept {
        Kept {
            mode: Mode::UpdateOnly,
            matching: Match::Email,
            revision: Revision::Original,
            synchronization: Synchronization::Asynchronous,
            options: Options {
                format: Some(Format::Csv),
                encoding: Some(Encoding::Windows1252),
                delimiter: None,
                mapping: vec![("Tel.".into(), "officePhone".into())],
            },
            file: Some("/people/joiners.csv".into()),
            folder: "/people".into(),
            fit: true,
            passwords: None,
            ticket: Some("INC-1".into()),
        }
    }

    #[test]
    fn what_is_resumed_is_what_was_begun() {
        assert_eq!(Kept::read(&kept().text()), Some(kept()));
        let other = Kept { passwords: Some("p.csv".into()), file: None, options: Options::default(), ..kept() };
        assert_eq!(Kept::read(&other.text()), Some(other));
    }

    #[test]
    fn what_this_program_does_not_know_is_not_carried_out() {
        let text = kept().text();
        for (word, other) in [("\"job\":1", "\"job\":2"), ("\"update\"", "\"delete\""), ("\"windows-1252\"", "\"x\"")] {
            assert!(text.contains(word), "{text}");
            assert_eq!(Kept::read(&text.replace(word, other)), None, "{other}");
        }
        for bad in ["", "{}", "[]"] {
            assert_eq!(Kept::read(bad), None, "{bad}");
        }
    }
}
