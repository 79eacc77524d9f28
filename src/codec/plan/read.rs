//! A plan's file, read back: strictly, and with its hash looked at before anything is believed.

use std::fmt;
use std::io::{BufRead, Read};

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

/// The longest line of a plan, in bytes: a line of people with its old and its new values, at its worst.
const LONGEST: u64 = 4 * 1024 * 1024;

/// Reads a plan line by line, so that none of it has to be kept: once to the end, to see that it is whole, and then again to carry it out.
/// Where the lines come from, and that they are the same the second time, is the caller's: [`Reader::end`] says the hash each time.
pub struct Reader<R> {
    source: R,
    header: Header,
    hasher: Hasher,
    /// The number of the line that was read last.
    number: usize,
    /// Where the next line begins.
    at: usize,
    /// The line of the file of people that came last.
    last: u64,
    found: Tally,
    end: Option<(Tally, Digest)>,
    is_over: bool,
}

impl<R: BufRead> Reader<R> {
    /// Begins to read: the header.
    ///
    /// # Errors
    /// What follows is no plan, or none of this version.
    pub fn new(mut source: R) -> Result<Self, PlanFault> {
        let first = line(&mut source, 1)?.ok_or_else(|| fault(1, "is empty"))?;
        let header = header(&first).map_err(|words| PlanFault { line: 1, words })?;
        let mut hasher = Hasher::new("plan 1");
        hasher.part(first.as_bytes());
        let at = first.len() + 1;
        let found = Tally::default();
        Ok(Self { source, header, hasher, number: 1, at, last: 0, found, end: None, is_over: false })
    }

    /// What the plan is for.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How many lines do what, and the plan's hash; nothing before the last record was read, or where something was wrong.
    pub fn end(&self) -> Option<(&Tally, Digest)> {
        self.end.as_ref().map(|(tally, hash)| (tally, *hash))
    }

    fn step(&mut self) -> Result<Option<Record>, PlanFault> {
        self.number += 1;
        let number = self.number;
        let named = |words: String| PlanFault { line: number, words };
        let text = line(&mut self.source, number)?;
        let text = text.ok_or_else(|| fault(number, "is missing: the plan was cut off"))?;
        self.at += text.len() + 1;
        if !text.starts_with(r#"{"counts":"#) {
            let record: Record = exact(&text).map_err(named)?;
            if record.line <= self.last {
                return Err(fault(number, "does not stand in the order of the file of people"));
            }
            self.last = record.line;
            count(&mut self.found, record.action);
            self.hasher.part(text.as_bytes());
            return Ok(Some(record));
        }
        let seal: Seal = exact(&text).map_err(named)?;
        self.hasher.part(json(&seal.counts).as_bytes());
        let hash = self.hasher.clone().finish();
        let tally = Tally::from(seal.counts);
        check_end(&tally, &self.found, hash == seal.hash).map_err(|words| fault(number, words))?;
        if line(&mut self.source, number + 1)?.is_some() {
            return Err(fault(number + 1, "stands after the end of the plan"));
        }
        self.end = Some((tally, hash));
        Ok(None)
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Record, PlanFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let step = self.step().transpose();
        self.is_over = !matches!(step, Some(Ok(_)));
        step
    }
}

fn fault(line: usize, words: &str) -> PlanFault {
    PlanFault { line, words: words.to_owned() }
}

/// The next line, without its end; nothing after the last.
fn line(source: &mut impl BufRead, number: usize) -> Result<Option<String>, PlanFault> {
    let mut bytes = Vec::new();
    let read = Read::take(&mut *source, LONGEST).read_until(b'\n', &mut bytes);
    let read = read.map_err(|error| PlanFault { line: number, words: format!("cannot be read: {}", error.kind()) })?;
    if read == 0 {
        return Ok(None);
    }
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    } else if read as u64 == LONGEST {
        return Err(fault(number, "is longer than any line of a plan"));
    }
    String::from_utf8(bytes).map(Some).map_err(|_| fault(number, "is not UTF-8"))
}

/// A plan in memory that is whole and as it was written. Records are read when they are asked for.
#[derive(Debug)]
pub struct PlanFile {
    text: Vec<u8>,
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
        let mut reader = Reader::new(&bytes[..])?;
        let mut starts = Vec::new();
        let mut at = reader.at;
        while let Some(record) = reader.next() {
            record?;
            starts.push(at);
            at = reader.at;
        }
        let end = reader.end.ok_or_else(|| fault(reader.number, "is not the end of a plan"));
        let (header, (tally, hash)) = (reader.header, end?);
        Ok(Self { text: bytes, header, starts, tally, hash })
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
        let rest = self.text.get(*self.starts.get(index)?..)?;
        serde_json::from_slice(rest.split(|byte| *byte == b'\n').next()?).ok()
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
