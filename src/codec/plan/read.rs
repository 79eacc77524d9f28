//! A plan's file, read back: strictly, and with its hash looked at before anything is believed.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::codec::digest::{Digest, Hasher};
use crate::codec::plan::{Action, Header, Record, Seal, VERSION, json};
use crate::domain::field::Revision;
use crate::domain::plan::{Match, Mode, Tally};

/// Why a file is no plan that may be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFault {
    /// The line of the plan's file, counted from 1.
    pub line: usize,
    /// What is wrong with it. No text of the file is in it.
    pub words: String,
}

impl fmt::Display for PlanFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of the plan: {}", self.line, self.words)
    }
}

impl std::error::Error for PlanFault {}

/// A plan that is whole and as it was written. Records are read when they are asked for.
#[derive(Debug)]
pub struct PlanFile {
    text: String,
    header: Header,
    starts: Vec<usize>,
    tally: Tally,
    hash: Digest,
}

impl PlanFile {
    /// Reads a plan's file, and checks all of it.
    ///
    /// # Errors
    /// The first thing that is wrong: after it nothing of the file can be believed.
    pub fn read(bytes: Vec<u8>) -> Result<Self, PlanFault> {
        let text = String::from_utf8(bytes).map_err(|error| {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            PlanFault { line, words: "is not UTF-8".to_owned() }
        })?;
        let mut lines = Lines::new(&text);
        let fault = |line: usize, words: &str| PlanFault { line, words: words.to_owned() };
        let first = lines.next().ok_or_else(|| fault(1, "is empty"))?;
        let mut hasher = Hasher::new("plan 1");
        let header = header(first.text).map_err(|words| fault(1, &words))?;
        hasher.part(first.text.as_bytes());
        let mut starts = Vec::new();
        let mut found = Tally::default();
        let mut last = 0;
        loop {
            let line = lines.next().ok_or_else(|| fault(lines.number, "the plan was cut off: it has no end"))?;
            if line.text.starts_with(r#"{"counts":"#) {
                let seal: Seal = exact(line.text).map_err(|words| fault(line.number, &words))?;
                hasher.part(json(&seal.counts).as_bytes());
                let hash = hasher.finish();
                let tally = Tally::from(seal.counts);
                check_end(&tally, &found, hash == seal.hash).map_err(|words| fault(line.number, words))?;
                if lines.next().is_some() {
                    return Err(fault(lines.number, "stands after the end of the plan"));
                }
                return Ok(Self { header, starts, tally, hash, text });
            }
            let record: Record = exact(line.text).map_err(|words| fault(line.number, &words))?;
            if record.line <= last {
                return Err(fault(line.number, "does not stand in the order of the file of people"));
            }
            last = record.line;
            count(&mut found, record.action);
            hasher.part(line.text.as_bytes());
            starts.push(line.at);
        }
    }

    /// What the plan is for.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How many lines do what.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The plan's hash.
    pub fn hash(&self) -> Digest {
        self.hash
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether the plan is for nobody.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// A record, counted from 0.
    pub fn record(&self, index: usize) -> Option<Record> {
        let start = *self.starts.get(index)?;
        serde_json::from_str(self.text[start..].lines().next()?).ok()
    }

    /// Every record, in the order of the file of people.
    pub fn records(&self) -> impl Iterator<Item = Record> + '_ {
        (0..self.len()).filter_map(|index| self.record(index))
    }
}

fn header(line: &str) -> Result<Header, String> {
    // A later version may have other keys: what it is has to be said all the same.
    let any: serde_json::Value = serde_json::from_str(line).map_err(|_| "is no plan".to_owned())?;
    match any.get("plan").and_then(serde_json::Value::as_u64) {
        None => return Err("is no plan".to_owned()),
        Some(version) if version != u64::from(VERSION) => {
            return Err(format!("is a plan of version {version}, and this program reads version {VERSION}"));
        }
        Some(_) => {}
    }
    let header: Header = exact(line)?;
    let is_known = Revision::from_word(&header.revision).is_some()
        && Mode::from_word(&header.mode).is_some()
        && Match::from_word(&header.matching).is_some();
    if is_known { Ok(header) } else { Err("has a revision, a mode or a match that is not known".to_owned()) }
}

/// Reads a line that has to be exactly what would be written for it: no other order, no blanks, no key twice.
fn exact<T: DeserializeOwned + Serialize>(line: &str) -> Result<T, String> {
    let mut reader = serde_json::Deserializer::from_str(line);
    let value = T::deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| format!("cannot be read (column {})", error.column()))?;
    if json(&value) == line { Ok(value) } else { Err("is not as it was written: it was edited".to_owned()) }
}

fn count(tally: &mut Tally, action: Action) {
    match action {
        Action::Create => tally.create += 1,
        Action::Update => tally.update += 1,
        Action::Unchanged => tally.unchanged += 1,
        Action::Error => tally.error += 1,
    }
}

fn check_end(said: &Tally, found: &Tally, is_whole: bool) -> Result<(), &'static str> {
    let counts = |tally: &Tally| [tally.create, tally.update, tally.unchanged, tally.error];
    if counts(said) != counts(found) {
        return Err("counts other lines than there are: lines were left out or added");
    }
    if !is_whole {
        return Err("the hash is another one: the plan was edited");
    }
    Ok(())
}

/// The lines of a text with their places. Only `\n` ends one.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    number: usize,
}

struct Line<'a> {
    text: &'a str,
    at: usize,
    number: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0, number: 0 }
    }

    fn next(&mut self) -> Option<Line<'a>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let text = rest.split('\n').next().unwrap_or_default();
        let at = self.at;
        self.at += text.len() + 1;
        self.number += 1;
        Some(Line { text, at, number: self.number })
    }
}
