//! What is wrong with a file of people, with the place of each fault.

use std::fmt;

use crate::domain::draft::Weight;
use crate::domain::untrusted::{Untrusted, visible};

/// How many faults and how many warnings are kept; all of them are counted.
pub const KEPT: usize = 1_000;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line of the file, counted from 1. In a cell of several lines it is the one on which the cell begins.
    pub line: u64,
    /// The column; nothing where the fault is the whole line's.
    pub place: Option<Place>,
    /// Whether the file can be used all the same.
    pub weight: Weight,
    /// What is wrong: it follows the place. Nothing hidden is in it, and no password.
    pub words: String,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Counted from 1; nothing where the file has no such column, or no columns at all. In JSON that cannot be read, the character of the
    /// line.
    pub number: Option<usize>,
    /// What the header, or the key, says.
    pub name: Untrusted,
}

/// Everything that is wrong with a file, in the order of its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// The first [`KEPT`] that stop it.
    pub stops: Vec<Fault>,
    /// How many stop it.
    pub stops_total: usize,
    /// The first [`KEPT`] that do not.
    pub warnings: Vec<Fault>,
    /// How many do not.
    pub warnings_total: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.number, self.name.is_empty()) {
            (Some(number), true) => write!(f, "column {number}"),
            (Some(number), false) => write!(f, "column {number} ({})", self.name),
            (None, _) => write!(f, "{}", self.name),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(place) = &self.place {
            write!(f, ", {place}")?;
        }
        write!(f, ": {}", self.words)
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.stops {
            writeln!(f, "{fault}")?;
        }
        let rest = self.stops_total - self.stops.len();
        if rest > 0 {
            writeln!(f, "and {rest} more")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

impl Faults {
    /// A file with this one fault.
    pub(super) fn one(line: u64, words: impl Into<String>) -> Self {
        let mut faults = Self::default();
        faults.stop(line, None, words);
        faults
    }

    pub(super) fn stop(&mut self, line: u64, place: Option<Place>, words: impl Into<String>) {
        self.push(Fault { line, place, weight: Weight::Stop, words: words.into() });
    }

    pub(super) fn push(&mut self, fault: Fault) {
        let (kept, total) = match fault.weight {
            Weight::Stop => (&mut self.stops, &mut self.stops_total),
            Weight::Warn => (&mut self.warnings, &mut self.warnings_total),
        };
        *total += 1;
        if kept.len() < KEPT {
            kept.push(fault);
        }
    }
}

/// The beginning of a text from outside, for the words of a fault.
pub(super) fn excerpt(text: &str) -> String {
    const MOST: usize = 40;
    let mut cut: String = visible(text).chars().take(MOST + 1).collect();
    if cut.chars().count() > MOST {
        cut = cut.chars().take(MOST - 3).collect::<String>() + "...";
    }
    cut
}
