//! Text to records: the CSV of RFC 4180 as spreadsheets write it, with the line of every cell.
//!
//! Not the reader of the `csv` crate, which takes a quote that is never closed for the rest of the file, grows with a line of any length,
//! and knows the line of a record but not of a cell. It is the second opinion of the tests.

use std::borrow::Cow;

/// The longest line of people, in bytes (faults.md I-12).
pub const ROW: usize = 256 * 1024;

/// What stands between two cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`, where the comma stands in numbers: Spain, Germany and most of Europe.
    Semicolon,
    /// A tab: what spreadsheets call text.
    Tab,
}

impl Delimiter {
    /// Every delimiter, the one first that is taken where nothing speaks for another.
    pub const ALL: [Self; 3] = [Self::Comma, Self::Semicolon, Self::Tab];

    /// The byte.
    pub fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }

    /// The word of the option, and of what is shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Comma => "comma",
            Self::Semicolon => "semicolon",
            Self::Tab => "tab",
        }
    }

    /// The delimiter of that word, or of the sign itself.
    pub fn from_word(word: &str) -> Option<Self> {
        let is_meant = |one: &Self| one.word() == word || word.as_bytes() == [one.byte()];
        Self::ALL.into_iter().find(is_meant)
    }
}

/// One line of a table, which may take several lines of the file.
pub(super) struct Record<'a> {
    /// Where it begins, in bytes.
    pub at: usize,
    /// The line on which it begins, counted from 1.
    pub line: u64,
    pub cells: Vec<Cell<'a>>,
    /// What is wrong with its shape.
    pub broken: Option<Broken>,
}

pub(super) struct Cell<'a> {
    pub text: Cow<'a, str>,
    /// The line on which it begins.
    pub line: u64,
}

/// A record whose shape is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub line: u64,
    /// The number of the cell, counted from 1.
    pub number: usize,
    pub words: &'static str,
}

const UNCLOSED: &str = "the quote that opens here is not closed; what follows was not looked at";
const LONG: &str = "the line is longer than 256 KiB";
const AFTER: &str = "something stands after the closing quote";

/// The records of a text, from some place on.
pub(super) struct Records<'a> {
    text: &'a str,
    delimiter: u8,
    at: usize,
    line: u64,
}

enum End {
    Cell,
    Record,
}

impl<'a> Records<'a> {
    pub fn new(text: &'a str, delimiter: Delimiter, at: usize, line: u64) -> Self {
        Self { text, delimiter: delimiter.byte(), at, line }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// The end of the cell in which `at` is, where nothing is quoted.
    fn plain_end(&self, at: usize) -> usize {
        let rest = &self.text.as_bytes()[at..];
        let ends = |byte: &u8| *byte == self.delimiter || matches!(byte, b'\n' | b'\r');
        rest.iter().position(ends).map_or(self.text.len(), |found| at + found)
    }

    /// Steps over what ends a cell.
    fn step(&mut self) -> End {
        match self.byte(self.at) {
            Some(byte) if byte == self.delimiter => {
                self.at += 1;
                return End::Cell;
            }
            Some(b'\r') if self.byte(self.at + 1) == Some(b'\n') => self.at += 2,
            Some(_) => self.at += 1,
            None => return End::Record,
        }
        self.line += 1;
        End::Record
    }

    /// The inside of a quoted cell, with `at` on its opening quote; `None` where it has no end within `most` bytes.
    fn quoted(&mut self, most: usize) -> Option<Cow<'a, str>> {
        let text = self.text;
        let mut from = self.at + 1;
        let mut at = from;
        let mut whole: Option<String> = None;
        while at < most {
            match self.byte(at)? {
                b'"' if self.byte(at + 1) == Some(b'"') => {
                    whole.get_or_insert_default().push_str(&text[from..=at]);
                    at += 2;
                    from = at;
                    continue;
                }
                b'"' => {
                    self.at = at + 1;
                    let last = &text[from..at];
                    return Some(match whole {
                        Some(whole) => Cow::Owned(whole + last),
                        None => Cow::Borrowed(last),
                    });
                }
                b'\n' => self.line += 1,
                b'\r' if self.byte(at + 1) != Some(b'\n') => self.line += 1,
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// Goes behind the line in which `at` is.
    fn skip_line(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).map_or(self.text.len(), |n| self.at + n);
        self.step();
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        if self.at >= self.text.len() {
            return None;
        }
        let mut record = Record { at: self.at, line: self.line, cells: Vec::new(), broken: None };
        let most = self.at + ROW;
        loop {
            let (line, number) = (self.line, record.cells.len() + 1);
            let broken = |words| Some(Broken { line, number, words });
            let text = if self.byte(self.at) == Some(b'"') {
                let Some(text) = self.quoted(most) else {
                    self.at = self.text.len();
                    record.broken = broken(UNCLOSED);
                    return Some(record);
                };
                let end = self.plain_end(self.at);
                if end > self.at {
                    record.broken = record.broken.or(broken(AFTER));
                    self.at = end;
                }
                text
            } else {
                let end = self.plain_end(self.at);
                let text = Cow::Borrowed(&self.text[self.at..end]);
                self.at = end;
                text
            };
            if self.at > most {
                record.broken = broken(LONG);
                record.cells.clear();
                self.skip_line();
                return Some(record);
            }
            record.cells.push(Cell { text, line });
            if matches!(self.step(), End::Record) {
                return Some(record);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &str) -> Vec<(u64, Vec<String>)> {
        let records = Records::new(text, Delimiter::Comma, 0, 1);
        records.map(|r| (r.line, r.cells.iter().map(|cell| cell.text.to_string()).collect())).collect()
    }

    fn broken(text: &str) -> Vec<Broken> {
        Records::new(text, Delimiter::Comma, 0, 1).filter_map(|record| record.broken).collect()
    }

    #[test]
    fn cells_know_their_line_in_every_way_of_ending_one() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "\"x", "y\",\"he said \"\"no\"\"\"", "", "c,"].join(end);
            let lines: Vec<_> = Records::new(&text, Delimiter::Comma, 0, 1)
                .map(|record| record.cells.iter().map(|cell| cell.line).collect::<Vec<_>>())
                .collect();
            assert_eq!(lines, [vec![1, 1], vec![2, 3], vec![4], vec![5, 5]], "{end:?}");
            let cells: Vec<_> = all(&text).into_iter().map(|(_, cells)| cells).collect();
            assert_eq!(cells[1], [format!("x{end}y"), "he said \"no\"".to_owned()]);
            assert_eq!(cells[3], ["c", ""]);
        }
    }

    #[test]
    fn a_quote_inside_a_cell_is_a_quote() {
        assert_eq!(all("5\" pipe,b\"c\"\n"), [(1, vec!["5\" pipe".to_owned(), "b\"c\"".to_owned()])]);
    }

    #[test]
    fn a_shape_that_is_wrong_is_told_with_its_place() {
        assert_eq!(broken("a,b\nc,\"d\ne\nf"), [Broken { line: 2, number: 2, words: UNCLOSED }]);
        assert_eq!(broken("a\n\"b\"c,d\ne"), [Broken { line: 2, number: 1, words: AFTER }]);
        let long = format!("a\nb,{}\nc,\"d\n", "x".repeat(2 * ROW));
        let wanted = [Broken { line: 2, number: 2, words: LONG }, Broken { line: 3, number: 2, words: UNCLOSED }];
        assert_eq!(broken(&long), wanted);
        let unclosed = format!("a\n\"{}\"\nb", "x\n".repeat(ROW));
        assert_eq!(broken(&unclosed), [Broken { line: 2, number: 1, words: UNCLOSED }]);
        let fits = format!("{}\n\"{}\"", "x".repeat(ROW), "y".repeat(ROW - 2));
        assert_eq!(broken(&fits), []);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn what_the_csv_crate_writes_is_read_as_it_was(
            rows in prop::collection::vec(prop::collection::vec("[a\",;\r\n\t ñ']{0,6}", 1..4), 1..5),
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let read: Vec<Vec<String>> = all(&text).into_iter().map(|(_, cells)| cells).collect();
            prop_assert_eq!(read, rows);
            prop_assert_eq!(broken(&text), []);
        }

        #[test]
        fn no_text_makes_it_stumble_and_a_record_can_be_found_again(text in "[a\",\r\nñ]{0,40}") {
            for record in Records::new(&text, Delimiter::Comma, 0, 1) {
                let again = Records::new(&text, Delimiter::Comma, record.at, record.line).next().unwrap();
                let texts = |record: &Record<'_>| record.cells.iter().map(|cell| cell.text.to_string()).collect::<Vec<_>>();
                prop_assert_eq!(texts(&again), texts(&record));
                prop_assert_eq!((again.line, again.broken), (record.line, record.broken));
            }
        }
    }
}
