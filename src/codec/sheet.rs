//! A file of people: CSV or JSON Lines to lines that can be planned.
//!
//! The whole file is checked before a [`Sheet`] exists (faults.md I-17): every fault is told, with its line and column, and then there is
//! none. The text is kept once, with the place of every line; a line is read when it is asked for, so that 100,000 of them take no more
//! than the file itself. The memory is wiped when the sheet is dropped, because passwords are in it.
//!
//! What a cell may hold: [`crate::codec::inert`] for the word that empties a field and for what keeps a formula from running,
//! [`names`] for the header. An empty cell leaves the field as it is. Opening files is not done here: neither this one nor a picture's.

use std::fmt;

use zeroize::Zeroizing;

use crate::codec::digest::Digest;
use crate::codec::inert::meaning;
use crate::domain::fields::Field;
use crate::domain::plan::Terms;
use crate::domain::row::{Column, Row};

mod cells;
mod check;
pub mod faults;
pub mod names;
mod objects;
mod records;
mod text;

pub use self::faults::{Fault, Faults, Place};
pub use self::names::{REPORT, Target};
pub use self::records::{Delimiter, ROW};
pub use self::text::Encoding;

use self::names::Names;
use self::records::{Record, Records};

/// The largest file, in bytes.
pub const MOST: usize = 256 * 1024 * 1024;

/// What a file is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// A header, and one person a line.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

impl Format {
    /// The word of the option, and of what is shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// The format of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Csv, Self::JsonLines].into_iter().find(|format| format.word() == word)
    }

    /// The format that the end of a file's name stands for.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "csv" | "tsv" | "txt" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

/// What the agent says of a file; what is not said is guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// CSV or JSON Lines.
    pub format: Option<Format>,
    /// How the letters are written.
    pub encoding: Option<Encoding>,
    /// What stands between the cells of CSV.
    pub delimiter: Option<Delimiter>,
    /// Columns by their name in the file, and what each is about: `officePhone`, `roles.training`, `id`; `-` for not to be read.
    pub mapping: Vec<(String, String)>,
}

/// How a file was read, guessed or as said. Its `Display` is for the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guess {
    /// CSV or JSON Lines.
    pub format: Format,
    /// How the letters are written.
    pub encoding: Encoding,
    /// Whether a mark of the encoding stood at the beginning.
    pub mark: bool,
    /// What stands between the cells; nothing in JSON Lines.
    pub delimiter: Option<Delimiter>,
}

impl fmt::Display for Guess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.format.word(), self.encoding.word())?;
        if self.mark {
            f.write_str(" with a mark")?;
        }
        self.delimiter.map_or(Ok(()), |delimiter| write!(f, ", {}", delimiter.word()))
    }
}

/// One column of CSV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its name, as the file has it.
    pub name: String,
    /// What is made of it.
    pub target: Target,
}

/// Where a line of people begins.
#[derive(Clone, Copy, Debug)]
struct Start {
    /// In bytes of the text, which [`MOST`] keeps small.
    at: u32,
    line: u32,
}

/// A file of people, every line of which passed the checks.
pub struct Sheet {
    text: Zeroizing<String>,
    guess: Guess,
    heads: Vec<Head>,
    starts: Vec<Start>,
    warnings: Faults,
    digest: Digest,
    terms: Terms,
    mapping: Vec<(String, String)>,
}

/// A text is in it that may hold passwords: only what a screen may show.
impl fmt::Debug for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sheet({}, {} lines, {})", self.guess, self.starts.len(), self.digest)
    }
}

impl Sheet {
    /// Reads a file, and checks all of it.
    ///
    /// # Errors
    /// Everything that is wrong, up to a number: see [`Faults`]. Warnings are among them.
    pub fn read(bytes: Vec<u8>, options: &Options, terms: &Terms) -> Result<Self, Faults> {
        check::read(Zeroizing::new(bytes), options, terms)
    }

    /// How the file was read.
    pub fn guess(&self) -> Guess {
        self.guess
    }

    /// The terms under which it was checked.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The columns of CSV, in their order; none in JSON Lines.
    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// What is odd and does not stop it.
    pub fn warnings(&self) -> &Faults {
        &self.warnings
    }

    /// How many people are in it.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Never: a file without people is a fault.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The digest of all lines, with their numbers and without the passwords.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The line of the file on which person `index` stands, counted from 1.
    pub fn line(&self, index: usize) -> u64 {
        self.starts.get(index).map_or(0, |start| u64::from(start.line))
    }

    /// The person who stands on a line of the file.
    pub fn find(&self, line: u64) -> Option<usize> {
        self.starts.binary_search_by_key(&line, |start| u64::from(start.line)).ok()
    }

    /// Reads one line; `index` counts the people from 0. An empty line beyond the last.
    pub fn row(&self, index: usize) -> Row {
        let Some(start) = self.starts.get(index) else { return Row::default() };
        if self.guess.format == Format::Csv {
            return self.record(index).map(|record| row(record, &self.heads, &mut |_, _, _| {})).unwrap_or_default();
        }
        let names = Names::new(&self.terms, &self.mapping);
        let members = objects::members(self.json(index)).unwrap_or_default();
        objects::row(start.line.into(), members, &names, &mut Vec::new())
    }

    /// Every line, in the order of the file; each is read when it is its turn.
    pub fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        (0..self.len()).map(|index| self.row(index))
    }

    fn record(&self, index: usize) -> Option<Record<'_>> {
        let start = self.starts.get(index)?;
        Records::new(&self.text, self.guess.delimiter?, start.at as usize, start.line.into()).next()
    }

    /// The cells of a line of CSV as they stand in the file; none in JSON Lines. A password may be among them.
    pub(in crate::codec) fn cells(&self, index: usize) -> Vec<std::borrow::Cow<'_, str>> {
        let cells = self.record(index).map(|record| record.cells).unwrap_or_default();
        cells.into_iter().map(|cell| cell.text).collect()
    }

    /// The text of a line of JSON. A password may be in it.
    pub(in crate::codec) fn json(&self, index: usize) -> &str {
        let start = self.starts.get(index).map_or(self.text.len(), |start| start.at as usize);
        let rest = self.text.get(start..).unwrap_or_default();
        rest.split('\n').next().unwrap_or_default()
    }
}

/// What a record says; `fault` is told the index of the cell, its line and what is wrong.
fn row(record: Record<'_>, heads: &[Head], fault: &mut dyn FnMut(usize, u64, String)) -> Row {
    let mut row = Row { line: record.line, ..Row::default() };
    for (index, (cell, head)) in record.cells.into_iter().zip(heads).enumerate() {
        let Target::Column(column) = &head.target else { continue };
        // A password is what it is: our own files never have one, so nothing in front of it is ours.
        let is_password = *column == Column::Field(Field::Password);
        let (text, literal) = if is_password { (&*cell.text, true) } else { meaning(&cell.text) };
        let text = if text.len() == cell.text.len() { cell.text } else { text.to_owned().into() };
        if let Err(words) = cells::put(&mut row, column, text, literal) {
            fault(index, cell.line, words);
        }
    }
    row
}

/// The members of a line of JSON, with an empty text for the password. Nothing of a line that cannot be read.
pub(in crate::codec) fn json_members(line: &str) -> serde_json::Map<String, serde_json::Value> {
    let members = objects::members(line).unwrap_or_default().into_iter();
    let value = |member| match member {
        objects::Member::Value(value) => value,
        objects::Member::Secret(_) => serde_json::Value::from(""),
    };
    members.map(|(key, member)| (key, value(member))).collect()
}

/// The place of a column in a header.
fn place(heads: &[Head], column: &Column) -> Place {
    let number = heads.iter().position(|head| matches!(&head.target, Target::Column(one) if one.clashes(column)));
    let name = number
        .and_then(|number| heads.get(number))
        .map_or_else(|| column.to_string(), |head| head.name.trim().to_owned());
    Place { number: number.map(|number| number + 1), name: crate::domain::untrusted::Untrusted::new(name) }
}

#[cfg(test)]
mod tests;
