//! A TOML table that is asked key by key, and that remembers every fault with its line.
//!
//! Not serde: it stops at the first fault, names types instead of words, and repeats values, of which one may be a token that somebody
//! pasted into the wrong place.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::fault::Fault;
use crate::domain::nearest::nearest;
use crate::domain::untrusted::visible;

/// The faults of a text.
pub struct Faults {
    /// Where each line ends. Looking from the beginning for every key made a long file a slow one.
    ends: Vec<usize>,
    list: RefCell<Vec<Fault>>,
}

/// A value and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Its line, counted from 1.
    pub line: usize,
}

/// A table, as it is being read.
pub struct Table<'a> {
    faults: &'a Faults,
    entries: &'a DeTable<'a>,
    /// Its name, as faults say it: empty for the file itself.
    name: String,
    /// The line where it begins.
    pub line: usize,
    asked: Vec<&'static str>,
}

impl Faults {
    /// No fault yet.
    pub fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
        Self { ends, list: RefCell::default() }
    }

    /// Adds one.
    pub fn add(&self, line: usize, what: impl Into<String>) {
        self.list.borrow_mut().push(Fault { line, what: what.into() });
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.borrow().is_empty()
    }

    /// All of them, in the order of the lines.
    pub fn into_sorted(self) -> Vec<Fault> {
        let mut list = self.list.into_inner();
        list.sort();
        list
    }

    /// The line of a byte.
    pub fn line(&self, byte: usize) -> usize {
        self.ends.partition_point(|end| *end < byte) + 1
    }
}

impl<'a> Table<'a> {
    /// The file as a table.
    pub fn root(faults: &'a Faults, entries: &'a DeTable<'a>) -> Self {
        Self { faults, entries, name: String::new(), line: 1, asked: Vec::new() }
    }

    /// A value of this table, whatever it is.
    pub fn any(&mut self, key: &'static str) -> Option<At<&'a DeValue<'a>>> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.entries.get(key).map(|value| At { value: value.get_ref(), line: self.faults.line(value.span().start) })
    }

    /// A text.
    pub fn text(&mut self, key: &'static str) -> Option<At<&'a str>> {
        let At { value, line } = self.any(key)?;
        let text = value.as_str();
        if text.is_none() {
            self.wants(line, key, "a text between double quotes");
        }
        text.map(|value| At { value, line })
    }

    /// One of a few words.
    pub fn word<T>(&mut self, key: &'static str, words: &[&str], of: impl Fn(&str) -> Option<T>) -> Option<T> {
        let At { value, line } = self.any(key)?;
        let text = value.as_str();
        let found = text.and_then(of);
        if found.is_none() {
            let allowed = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
            let meant = text.and_then(|text| nearest(text, words));
            let meant = meant.map_or_else(String::new, |word| format!("; did you mean \"{word}\"?"));
            self.wants(line, key, &format!("one of {allowed}{meant}"));
        }
        found
    }

    /// Yes or no.
    pub fn flag(&mut self, key: &'static str) -> Option<bool> {
        let At { value, line } = self.any(key)?;
        let flag = value.as_bool();
        if flag.is_none() {
            self.wants(line, key, "true or false, without quotes");
        }
        flag
    }

    /// A whole number within limits.
    pub fn whole(&mut self, key: &'static str, limits: RangeInclusive<u64>) -> Option<u64> {
        let At { value, line } = self.any(key)?;
        let number = value.as_integer().and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok());
        let number = number.filter(|number| limits.contains(number));
        if number.is_none() {
            let (least, most) = limits.into_inner();
            self.wants(line, key, &format!("a whole number from {least} to {most}, without quotes"));
        }
        number
    }

    /// A list of texts.
    pub fn texts(&mut self, key: &'static str) -> Option<At<Vec<&'a str>>> {
        let At { value, line } = self.any(key)?;
        let texts = texts(value);
        if texts.is_none() {
            self.wants(line, key, A_LIST);
        }
        texts.map(|value| At { value, line })
    }

    /// A table inside this one.
    pub fn table(&mut self, key: &'static str) -> Option<Table<'a>> {
        let At { value, line } = self.any(key)?;
        let table = value.as_table();
        if table.is_none() {
            self.wants(line, key, &format!("a table, as in [{key}]"));
        }
        table.map(|entries| self.inner(key, line, entries))
    }

    /// Every table inside this one, whatever it is called, in the order of the file.
    pub fn tables(self) -> Vec<(At<&'a str>, Table<'a>)> {
        let mut tables = Vec::new();
        for (name, value) in self.in_order() {
            match value.as_table() {
                Some(table) => tables.push((name, self.inner(name.value, name.line, table))),
                None => self.faults.add(
                    name.line,
                    format!(
                        "\"{}\" under [{}] wants a table, as in [{}.NAME]",
                        visible(name.value),
                        self.name,
                        self.name
                    ),
                ),
            }
        }
        tables
    }

    /// Every list of texts inside this one, whatever it is called, in the order of the file.
    pub fn lists(self) -> Vec<(At<&'a str>, Vec<&'a str>)> {
        let mut lists = Vec::new();
        for (name, value) in self.in_order() {
            match texts(value) {
                Some(texts) => lists.push((name, texts)),
                None => self.wants(name.line, &visible(name.value), A_LIST),
            }
        }
        lists
    }

    /// Tells that a key must not be there, without its value. Where it is not there, no fault offers it as what was meant.
    pub fn refuse(&mut self, key: &'static str, why: &str) {
        if self.entries.contains_key(key)
            && let Some(At { line, .. }) = self.any(key)
        {
            self.faults.add(line, format!("\"{key}\" {why}"));
        }
    }

    fn in_order(&self) -> Vec<(At<&'a str>, &'a DeValue<'a>)> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let at = |byte| self.faults.line(byte);
        entries
            .into_iter()
            .map(|(key, value)| (At { value: key.get_ref().as_ref(), line: at(key.span().start) }, value.get_ref()))
            .collect()
    }

    /// Tells what was never asked for, and what was meant by it.
    pub fn finish(self) {
        for key in self.entries.keys().filter(|key| !self.asked.contains(&key.get_ref().as_ref())) {
            let place = if self.name.is_empty() { String::new() } else { format!(" in [{}]", self.name) };
            let hint = match nearest(key.get_ref(), &self.asked) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => format!("it may have: {}", self.asked.join(", ")),
            };
            let line = self.faults.line(key.span().start);
            self.faults.add(line, format!("unknown key \"{}\"{place}; {hint}", visible(key.get_ref())));
        }
    }

    /// Adds a fault of a key.
    pub fn wants(&self, line: usize, key: &str, what: &str) {
        self.faults.add(line, format!("\"{key}\" wants {what}"));
    }

    /// Adds a fault of the table's own line.
    pub fn lacks(&self, what: &str) {
        self.faults.add(self.line, format!("[{}] {what}", self.name));
    }

    /// The collector.
    pub fn faults(&self) -> &'a Faults {
        self.faults
    }

    fn inner(&self, key: &str, line: usize, entries: &'a DeTable<'a>) -> Self {
        let key = visible(key);
        let name = if self.name.is_empty() { key.into_owned() } else { format!("{}.{key}", self.name) };
        Self { faults: self.faults, entries, name, line, asked: Vec::new() }
    }
}

/// What [`texts`] takes, as a fault says it.
const A_LIST: &str = "a list of texts, as in [\"one\", \"two\"]";

fn texts<'a>(value: &'a DeValue<'a>) -> Option<Vec<&'a str>> {
    value.as_array()?.iter().map(|item| item.get_ref().as_str()).collect()
}

/// The faults of a text that is not TOML. The parser's own picture of the line is not shown: a token may stand in it.
pub fn syntax(faults: &Faults, errors: &[toml::de::Error]) {
    for error in errors {
        let line = faults.line(error.span().map_or(0, |span| span.start));
        faults.add(
            line,
            format!(
                "this is not TOML: {}. Texts stand between double quotes, tables between brackets",
                visible(error.message())
            ),
        );
    }
}

/// Parses a text as far as it goes.
pub fn entries(text: &str) -> (Spanned<DeTable<'_>>, Vec<toml::de::Error>) {
    DeTable::parse_recoverable(text)
}
