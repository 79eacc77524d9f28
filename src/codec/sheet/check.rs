//! The first look at a file, at all of it: what it is, what is wrong with it, and where its lines are.

use std::collections::HashMap;

use zeroize::Zeroizing;

use crate::codec::digest::{self, Hasher};
use crate::codec::inert::meaning;
use crate::codec::sheet::faults::{Fault, Faults, Place, excerpt};
use crate::codec::sheet::names::{Names, Target};
use crate::codec::sheet::records::{Delimiter, ROW, Record, Records};
use crate::codec::sheet::text::decode;
use crate::codec::sheet::{Format, Guess, Head, MOST, Options, Sheet, Start, objects, place, row};
use crate::domain::draft::{Entry, Weight};
use crate::domain::field::{Need, Operation};
use crate::domain::fields::{FIELDS, Field};
use crate::domain::plan::{Match, Mode, Terms, folded};
use crate::domain::row::{Column, Row};
use crate::domain::untrusted::{Untrusted, is_hidden};

/// Files that spreadsheets save when they are not asked for CSV, by how they begin.
const NO_TEXT: [(&[u8], &str); 3] = [
    (b"PK\x03\x04", "is a spreadsheet or an archive, not a text: save it as CSV (UTF-8)"),
    (b"\xd0\xcf\x11\xe0", "is an old spreadsheet, not a text: save it as CSV (UTF-8)"),
    (b"\x1f\x8b", "is packed: unpack it first"),
];

/// Reads a file and checks all of it.
pub(super) fn read(bytes: Zeroizing<Vec<u8>>, options: &Options, terms: &Terms) -> Result<Sheet, Faults> {
    if bytes.len() > MOST {
        return Err(Faults::one(1, format!("is larger than {} MiB: split the file", MOST >> 20)));
    }
    if let Some((_, words)) = NO_TEXT.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(Faults::one(1, *words));
    }
    let decoded = decode(bytes, options.encoding).map_err(|(line, words)| Faults::one(line, words))?;
    let text = decoded.text;
    let first = text.trim_start().chars().next().ok_or_else(|| Faults::one(1, "is empty"))?;
    if first == '[' && options.format != Some(Format::Csv) {
        return Err(Faults::one(
            1,
            "is one JSON list: write one object a line, without the brackets and commas around them",
        ));
    }
    let format = options.format.unwrap_or(if first == '{' { Format::JsonLines } else { Format::Csv });
    let names = Names::new(terms, &options.mapping);
    let mut check = Check::new(terms);
    let (heads, delimiter) = match format {
        Format::Csv => {
            let (heads, delimiter) = csv(&mut check, &text, options.delimiter, &names);
            (heads, Some(delimiter))
        }
        Format::JsonLines => {
            json(&mut check, &text, &names);
            (Vec::new(), None)
        }
    };
    if check.faults.stops_total > 0 {
        return Err(check.faults);
    }
    let guess = Guess { format, encoding: decoded.encoding, mark: decoded.mark, delimiter };
    Ok(Sheet {
        text,
        guess,
        heads,
        starts: check.starts,
        warnings: check.faults,
        digest: check.hasher.finish(),
        terms: terms.clone(),
        mapping: options.mapping.clone(),
    })
}

/// What has been seen so far.
struct Check<'a> {
    terms: &'a Terms,
    faults: Faults,
    starts: Vec<Start>,
    hasher: Hasher,
    /// Names and keys that may stand once, by half a digest: the texts of 100,000 lines would be kept twice.
    seen: HashMap<u128, u64>,
    /// Columns that are told once, and not for each line.
    told: Vec<Column>,
}

impl<'a> Check<'a> {
    fn new(terms: &'a Terms) -> Self {
        let hasher = Hasher::new("rows 1");
        Self { terms, faults: Faults::default(), starts: Vec::new(), hasher, seen: HashMap::new(), told: Vec::new() }
    }

    /// Looks at a line; `place` says where a column is, and on which line of the file its cell begins.
    fn row(&mut self, at: usize, row: &Row, place: &dyn Fn(&Column) -> (u64, Place)) {
        // A file is not so large that these could be lost.
        let [at, line] = [at as u64, row.line].map(|number| u32::try_from(number).unwrap_or(u32::MAX));
        self.starts.push(Start { at, line });
        self.hasher.part(&row.line.to_le_bytes());
        self.hasher.part(digest::row(row).bytes());
        for fault in self.terms.check(row) {
            if !self.told.contains(&fault.column) {
                let (line, place) = place(&fault.column);
                self.faults.push(Fault { line, place: Some(place), weight: fault.weight, words: fault.words });
            }
        }
        self.untaken(row, place);
        self.texts(row, place);
        self.once(row, place);
    }

    /// A field that no operation of this file takes would be left out in silence.
    fn untaken(&mut self, row: &Row, place: &dyn Fn(&Column) -> (u64, Place)) {
        for spec in FIELDS {
            let column = Column::Field(spec.field);
            let takes = |operation: &Operation| self.terms.takes(spec.field, *operation);
            let is_key = spec.field == Field::Username;
            if is_key
                || !row.has(spec.field)
                || self.terms.operations().iter().any(takes)
                || self.told.contains(&column)
            {
                continue;
            }
            let (line, place) = place(&column);
            let operations = self.terms.operations().iter().map(Operation::to_string).collect::<Vec<_>>().join(" nor ");
            let revision = self.terms.revision.word();
            let words = format!(
                "is a field that {operations} does not take in revision {revision}: leave it empty in every line, or out with the mapping -"
            );
            self.faults.stop(line, Some(place), words);
            self.told.push(column);
        }
    }

    fn texts(&mut self, row: &Row, place: &dyn Fn(&Column) -> (u64, Place)) {
        for (field, entry) in &row.entries {
            let is_multiline = field.spec().kind.is_multiline();
            let (weight, words) = match entry {
                Entry::Text(text) if text.contains('\0') => (Weight::Stop, "has a NUL character"),
                Entry::Secret(secret) if secret.expose().contains('\0') => (Weight::Stop, "has a NUL character"),
                Entry::Text(text) if text.contains('\u{FFFD}') => {
                    (Weight::Warn, "has the sign of a letter that was lost before this file was saved")
                }
                Entry::Text(text)
                    if text.trim().contains(|c| is_hidden(c) && !(is_multiline && "\r\n\t".contains(c))) =>
                {
                    (Weight::Warn, "has a hidden character")
                }
                Entry::Text(_) | Entry::Secret(_) | Entry::Switch(_) | Entry::Cleared => continue,
            };
            let (line, place) = place(&Column::Field(*field));
            self.faults.push(Fault { line, place: Some(place), weight, words: words.to_owned() });
        }
    }

    /// Two lines for one person would race each other; that two names differ in large and small letters alone is a slip of the hand. Where
    /// people are found otherwise and nobody is created, a service that tells such names apart may have both.
    fn once(&mut self, row: &Row, place: &dyn Fn(&Column) -> (u64, Place)) {
        let is_key = self.terms.matching == Match::Username || self.terms.mode != Mode::UpdateOnly;
        let username = is_key.then(|| (Column::Field(Field::Username), row.text(Field::Username)));
        let key = match self.terms.matching {
            Match::Username => None,
            Match::Id => Some((Column::Id, row.id.as_deref().unwrap_or_default())),
            Match::Email => Some((Column::Field(Field::Email), row.text(Field::Email))),
        };
        for (column, value) in username.into_iter().chain(key).filter(|(_, value)| !value.is_empty()) {
            let digest = digest::of(&column.to_string(), folded(value).as_bytes()).half();
            if let Some(before) = self.seen.insert(digest, row.line) {
                let (line, place) = place(&column);
                self.faults.stop(line, Some(place), format!("\"{}\" stands in line {before} already", excerpt(value)));
            }
        }
    }
}

/// Reads CSV: its columns and what stands between them.
fn csv(check: &mut Check<'_>, text: &str, given: Option<Delimiter>, names: &Names<'_>) -> (Vec<Head>, Delimiter) {
    let (told, at) = said(text);
    let first_line = if at > 0 { 2 } else { 1 };
    let delimiter = given.or(told).unwrap_or_else(|| guess(text, names));
    let mut records = Records::new(text, delimiter, at, first_line).filter(|record| !is_blank(record));
    let Some(header) = records.next() else {
        check.faults.stop(1, None, "has no header and no lines");
        return (Vec::new(), delimiter);
    };
    let heads = heads(check, &header, names);
    if header.broken.is_some() {
        return (heads, delimiter);
    }
    let mut count = 0_usize;
    for record in records {
        count += 1;
        line(check, record, &heads);
    }
    if count == 0 {
        check.faults.stop(header.line, None, "is a header, and nobody stands under it");
    }
    (heads, delimiter)
}

/// The first line `sep=;`, which some spreadsheets want: what it says, and where the text begins after it.
fn said(text: &str) -> (Option<Delimiter>, usize) {
    let line = text.split(['\r', '\n']).next().unwrap_or_default();
    let is_said = line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sep="));
    let delimiter = line.get(4..).filter(|_| is_said).and_then(|sign| Delimiter::from_word(sign.trim_end_matches(' ')));
    match delimiter {
        Some(delimiter) => {
            let rest = &text[line.len()..];
            let end = if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) };
            (Some(delimiter), line.len() + end)
        }
        None => (None, 0),
    }
}

/// What makes the most of the header: most names that are known, then most cells.
fn guess(text: &str, names: &Names<'_>) -> Delimiter {
    let mut best = (Delimiter::Comma, (0, 0));
    for delimiter in Delimiter::ALL {
        let header = Records::new(text, delimiter, 0, 1).find(|record| !is_blank(record));
        let cells = header.map(|record| record.cells).unwrap_or_default();
        let is_known = |cell: &&crate::codec::sheet::records::Cell<'_>| {
            matches!(names.target(&cell.text), Ok(Target::Column(_) | Target::Ignored))
        };
        let worth = (cells.iter().filter(is_known).count(), cells.len());
        if worth > best.1 {
            best = (delimiter, worth);
        }
    }
    best.0
}

fn is_blank(record: &Record<'_>) -> bool {
    record.broken.is_none() && record.cells.iter().all(|cell| cell.text.trim().is_empty())
}

/// Reads the header.
fn heads(check: &mut Check<'_>, header: &Record<'_>, names: &Names<'_>) -> Vec<Head> {
    let mut heads: Vec<Head> = Vec::new();
    if let Some(broken) = header.broken {
        let place = Place { number: Some(broken.number), name: Untrusted::default() };
        check.faults.stop(broken.line, Some(place), broken.words);
    }
    for (index, cell) in header.cells.iter().enumerate() {
        let name = meaning(&cell.text).0.to_owned();
        let mut fault = |words: String| {
            let place = Place { number: Some(index + 1), name: Untrusted::new(excerpt(name.trim())) };
            check.faults.stop(cell.line, Some(place), words);
        };
        let target = names.target(&name).unwrap_or_else(|words| {
            fault(words);
            Target::Ignored
        });
        let says_the_same = |head: &Head| match (&head.target, &target) {
            (Target::Column(before), Target::Column(column)) => before.clashes(column),
            (Target::Column(_) | Target::Ignored | Target::Nameless, _) => false,
        };
        let before = heads.iter().position(says_the_same);
        if let Some(before) = before {
            fault(format!("says the same as column {} ({})", before + 1, excerpt(heads[before].name.trim())));
        }
        heads.push(Head { name, target });
    }
    for name in names.unused(&header.cells.iter().map(|cell| &*cell.text)) {
        check.faults.stop(header.line, None, format!("has no column \"{}\", which the mapping names", excerpt(name)));
    }
    if header.broken.is_none() {
        missing(check, header.line, &heads);
    }
    heads
}

/// Columns without which no line could be used are told once.
fn missing(check: &mut Check<'_>, line: u64, heads: &[Head]) {
    let terms = check.terms;
    let mut wanted: Vec<(Column, Column)> = Vec::new();
    let mut want = |column: Column| wanted.push((column.clone(), column));
    if terms.matching != Match::Id || terms.mode == Mode::UpdateOnly {
        want(terms.matching.column());
    }
    if terms.mode == Mode::CreateOnly {
        let is_required = |field: &Field| field.need(Operation::Create, terms.revision) == Need::Required;
        let elsewhere = heads.iter().any(|head| head.target == Target::Column(Column::Field(Field::AuthSource)));
        let is_made = |field: &Field| *field == Field::Password && (terms.makes_passwords || elsewhere);
        let fields = Field::of(Operation::Create, terms.revision).filter(|f| is_required(f) && !is_made(f));
        fields.map(Column::Field).for_each(&mut want);
        let sections = terms.catalogues.create.sections().iter().filter(|section| section.needs_one);
        wanted.extend(sections.map(|section| (Column::Roles(section.key.clone()), Column::Field(Field::Roles))));
    }
    for (column, told) in wanted {
        let is_there = heads.iter().any(|head| head.target == Target::Column(column.clone()));
        if !is_there && !check.told.contains(&told) {
            check.faults.stop(line, None, format!("has no column {column}, and every line needs it"));
            check.told.push(told);
        }
    }
}

/// Looks at one line of CSV.
fn line(check: &mut Check<'_>, record: Record<'_>, heads: &[Head]) {
    let number = |index: usize| Place {
        number: Some(index + 1),
        name: Untrusted::new(heads.get(index).map_or("", |head| head.name.trim())),
    };
    if let Some(broken) = record.broken {
        check.faults.stop(broken.line, Some(number(broken.number - 1)), broken.words);
        return;
    }
    if record.cells.len() != heads.len() {
        let words = format!("has {} cells, and the header has {}", record.cells.len(), heads.len());
        check.faults.stop(record.line, None, words);
        return;
    }
    for (index, (cell, head)) in record.cells.iter().zip(heads).enumerate() {
        // What is read is looked at as a value.
        if matches!(head.target, Target::Ignored) && cell.text.contains('\0') {
            check.faults.stop(cell.line, Some(number(index)), "has a NUL character");
        }
        if matches!(head.target, Target::Nameless) && !cell.text.trim().is_empty() {
            check.faults.stop(cell.line, Some(number(index)), "has a value, and the column has no name");
        }
    }
    let lines: Vec<u64> = record.cells.iter().map(|cell| cell.line).collect();
    let (at, first) = (record.at, record.line);
    let row = row(record, heads, &mut |index, line, words| check.faults.stop(line, Some(number(index)), words));
    let section = section_of_all(check.terms);
    check.row(at, &row, &|column| {
        // A section that lacks a role is told by the form for all roles together.
        let column = section.as_ref().filter(|_| *column == Column::Field(Field::Roles)).unwrap_or(column);
        let place = place(heads, column);
        let line = place.number.and_then(|number| lines.get(number - 1)).copied().unwrap_or(first);
        (line, place)
    });
}

/// The section in which a role is wanted of everybody.
fn section_of_all(terms: &Terms) -> Option<Column> {
    let mut sections = terms.catalogues.create.sections().iter();
    sections.find(|section| section.needs_one).map(|section| Column::Roles(section.key.clone()))
}

/// Reads JSON Lines.
fn json(check: &mut Check<'_>, text: &str, names: &Names<'_>) {
    let mut at = 0;
    let mut is_empty = true;
    for (index, line) in text.split('\n').enumerate() {
        let start = at;
        at += line.len() + 1;
        let number = index as u64 + 1;
        if line.trim().is_empty() {
            continue;
        }
        is_empty = false;
        if line.len() > ROW {
            check.faults.stop(number, None, "the line is longer than 256 KiB");
            continue;
        }
        let mut wrong = Vec::new();
        let row = match objects::members(line) {
            Ok(members) => objects::row(number, members, names, &mut wrong),
            Err(fault) => {
                wrong.push(fault);
                Row { line: number, ..Row::default() }
            }
        };
        let is_whole = wrong.iter().all(|fault| fault.key.is_some());
        for fault in wrong {
            let place = Place { number: fault.number, name: Untrusted::new(excerpt(&fault.key.unwrap_or_default())) };
            check.faults.stop(number, Some(place), fault.words);
        }
        if is_whole {
            let by_key = |column: &Column| Place { number: None, name: Untrusted::new(column.to_string()) };
            check.row(start, &row, &|column| (number, by_key(column)));
        }
    }
    if is_empty {
        check.faults.stop(1, None, "holds nobody");
    }
}
