//! Files of people as spreadsheets save them, and as they must not be: every one of thousands of bad ones is refused, with the line and
//! the column of what is wrong.

use std::fmt::Write as _;
use std::sync::LazyLock;

use netex_users::codec::digest;
use netex_users::codec::roles::{BUILT_IN, catalogues};
use netex_users::codec::sheet::{Delimiter, Encoding, Faults, Options, Sheet};
use netex_users::domain::field::Revision;
use netex_users::domain::plan::{Match, Mode, Terms};

fn terms() -> Terms {
    static TERMS: LazyLock<Terms> = LazyLock::new(|| {
        let revision = Revision::Y2019;
        let catalogues = catalogues(BUILT_IN, revision).expect("the data of roles is good");
        Terms { mode: Mode::CreateOrUpdate, matching: Match::Username, revision, catalogues, makes_passwords: false }
    });
    TERMS.clone()
}

fn read(bytes: &[u8], options: &Options) -> Result<Sheet, Faults> {
    Sheet::read(bytes.to_vec(), options, &terms())
}

/// The same two people, as nine programs write them; with how each file is understood and where the two stand.
const DRESSES: [(&str, &[u8], &str, [u64; 2]); 9] = [
    ("plain.csv", include_bytes!("golden/csv/plain.csv"), "csv, utf-8, comma", [2, 4]),
    ("excel_es_ansi.csv", include_bytes!("golden/csv/excel_es_ansi.csv"), "csv, windows-1252, semicolon", [2, 4]),
    ("excel_es_utf8.csv", include_bytes!("golden/csv/excel_es_utf8.csv"), "csv, utf-8 with a mark, semicolon", [2, 4]),
    ("excel_de_sep.csv", include_bytes!("golden/csv/excel_de_sep.csv"), "csv, windows-1252, semicolon", [3, 5]),
    ("excel_unicode.txt", include_bytes!("golden/csv/excel_unicode.txt"), "csv, utf-16le with a mark, tab", [2, 4]),
    ("utf16be_unmarked.csv", include_bytes!("golden/csv/utf16be_unmarked.csv"), "csv, utf-16be, semicolon", [2, 4]),
    ("old_mac.csv", include_bytes!("golden/csv/old_mac.csv"), "csv, utf-8, semicolon", [2, 4]),
    ("failed.csv", include_bytes!("golden/csv/failed.csv"), "csv, utf-8, comma", [2, 4]),
    ("people.jsonl", include_bytes!("golden/csv/people.jsonl"), "jsonl, utf-8", [1, 3]),
];

/// What a journal may have kept of these two lines: the digest of the same line is the same in every version of the program.
const DIGESTS: [&str; 2] = [
    "2503295725eefa6d566d0276fbe4afc73be8d2b7939e03e2c9bf4c7a0f5c45c5",
    "0fcfaff9428e3047cf689e9620e2e42ee9a92bf9ce348799c63aea589caf8bf2",
];

#[test]
fn the_same_people_are_the_same_in_the_dress_of_every_program() {
    for (name, bytes, guess, lines) in DRESSES {
        let sheet = read(bytes, &Options::default()).unwrap_or_else(|faults| panic!("{name}:\n{faults}"));
        assert_eq!(sheet.guess().to_string(), guess, "{name}");
        assert_eq!(sheet.warnings().warnings_total, 0, "{name}");
        let digests: Vec<String> = sheet.rows().map(|row| digest::row(&row).to_string()).collect();
        assert_eq!(digests, DIGESTS, "{name}: {:?}", sheet.rows().collect::<Vec<_>>());
        assert_eq!([sheet.line(0), sheet.line(1)], lines, "{name}");
    }
}

/// A reproducible choice: what fails once fails again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // Knuth's MMIX; the low bits are the poor ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let high = usize::try_from(self.0 >> 33).expect("31 bits");
        high % sides
    }
}

const HEAD: [&str; 9] =
    ["username", "name", "email", "officePhone", "language", "timezone", "enabled", "roles.training", "aboutMe"];

/// A table of good lines; each cell is written with quotes where it needs them.
struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
    delimiter: Delimiter,
    end: &'static str,
}

impl Table {
    fn good(dice: &mut Dice) -> Self {
        let row = |number: usize, dice: &mut Dice| {
            let about = ["", "one", "two\nlines", "a \"quote\", and; more\tof it"][dice.roll(4)];
            let cells = ["", "Begoña", "b@acme.example", "+34 981 000", "es", "Europe/Paris", "true", "user", about];
            let mut cells = cells.map(str::to_owned).to_vec();
            cells[0] = format!("user{number}");
            cells
        };
        let rows = (0..=dice.roll(5)).map(|number| row(number, dice)).collect();
        let delimiter = Delimiter::ALL[dice.roll(3)];
        Self { head: HEAD.map(str::to_owned).to_vec(), rows, delimiter, end: ["\n", "\r\n"][dice.roll(2)] }
    }

    /// The text, and the lines on which its rows begin.
    fn text(&self) -> (String, Vec<u64>) {
        let delimiter = char::from(self.delimiter.byte());
        let mut text = String::new();
        let mut lines = Vec::new();
        for row in [&self.head].into_iter().chain(&self.rows) {
            lines.push(text.matches('\n').count() as u64 + 1);
            for (index, cell) in row.iter().enumerate() {
                if index > 0 {
                    text.push(delimiter);
                }
                let is_raw = cell.starts_with(RAW);
                if !is_raw && cell.contains(['"', '\n', delimiter]) {
                    write!(text, "\"{}\"", cell.replace('"', "\"\"")).expect("a text takes everything");
                } else {
                    text.push_str(cell.trim_start_matches(RAW));
                }
            }
            text.push_str(self.end);
        }
        (text, lines.split_off(1))
    }
}

/// A cell that begins with this is written as it stands.
const RAW: char = '\u{1}';

/// Breaks one thing. What it is called, the row it is in (or none for the header), and its column, where it has one.
fn break_one(table: &mut Table, dice: &mut Dice) -> (&'static str, Option<usize>, Option<usize>) {
    let row = dice.roll(table.rows.len());
    let mut cell = |column: usize, text: &str, what| {
        table.rows[row][column] = text.into();
        (what, Some(row), Some(column + 1))
    };
    match dice.roll(22) {
        0 => cell(0, "a/b", "username"),
        1 => cell(0, "", "nobody"),
        2 => cell(0, "..", "dots"),
        3 => cell(1, "!clear", "clear"),
        4 => cell(1, "a\0b", "NUL"),
        5 => cell(2, "marta@", "e-mail"),
        6 => cell(3, "call me", "phone"),
        7 => cell(4, "Spanish", "language"),
        8 => cell(5, "+01:00", "timezone"),
        9 => cell(6, "perhaps", "switch"),
        10 => cell(7, "user,pilot", "role"),
        11 => cell(7, "user,,trainer", "separator"),
        12 => cell(8, "\u{1}\"open", "quote"),
        13 => cell(2, "\u{1}\"a\"b", "after"),
        // The slow one, now and then.
        14 if dice.roll(8) > 0 => cell(8, "\u{1}\"a\"b", "after at the end"),
        14 => cell(8, &"x".repeat(300_000), "long"),
        15 => {
            let mut twin = table.rows[row].clone();
            twin[0] = format!(" {} ", twin[0].to_uppercase());
            table.rows.push(twin);
            ("twin", Some(table.rows.len() - 1), Some(1))
        }
        16 => {
            table.rows[row].push("more".to_owned());
            ("more cells", Some(row), None)
        }
        17 => {
            table.rows[row].pop();
            ("fewer cells", Some(row), None)
        }
        18 => {
            table.head[3] = "shoe size".into();
            ("unknown column", None, Some(4))
        }
        19 => {
            table.head[8] = "Nombre".into();
            ("doubled column", None, Some(9))
        }
        20 => {
            table.head[8] = String::new();
            table.rows[row][8] = "x".into();
            ("nameless column", table.rows.iter().position(|row| !row[8].is_empty()), Some(9))
        }
        _ => {
            table.head[7] = "roles.games".into();
            ("unknown section", None, Some(8))
        }
    }
}

fn encoded(text: &str, dice: &mut Dice) -> Vec<u8> {
    match dice.roll(4) {
        0 => text.into(),
        1 => ["\u{feff}", text].concat().into(),
        2 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        _ => {
            let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(text);
            bytes.into_owned()
        }
    }
}

#[test]
fn five_thousand_bad_files_are_refused_with_line_and_column() {
    let mut dice = Dice(1);
    for number in 0..5_000 {
        let mut table = Table::good(&mut dice);
        let (text, lines) = table.text();
        let good = read(&encoded(&text, &mut dice), &Options::default());
        let good = good.unwrap_or_else(|faults| panic!("file {number} was good:\n{text}\n{faults}"));
        assert_eq!((0..good.len()).map(|index| good.line(index)).collect::<Vec<_>>(), lines);
        assert_eq!(good.guess().delimiter, Some(table.delimiter));

        let (what, row, column) = break_one(&mut table, &mut dice);
        let (text, lines) = table.text();
        let line = row.map_or(1, |row| lines[row]);
        let faults = read(&encoded(&text, &mut dice), &Options::default());
        let faults = faults.expect_err(&format!("file {number} is bad: {what}\n{text}"));
        let is_it = faults.stops.iter().any(|fault| {
            let at = fault.place.as_ref().and_then(|place| place.number);
            fault.line == line && at == column && !fault.words.is_empty()
        });
        assert!(is_it, "file {number}, {what}, line {line}, column {column:?}:\n{faults}");
    }
}

#[test]
fn no_bytes_make_it_stumble() {
    let mut dice = Dice(2);
    let alphabet = b"ausername,;\t\r\n\"'=!{}[]:\\-\0\xff\xfe\xef\xbb\xbf\xc3\xb1\xf1clear.roles|training";
    let mut good = 0;
    for number in 0..5_000 {
        let mut bytes: Vec<u8> = if number % 2 == 0 {
            let (text, _) = Table::good(&mut dice).text();
            encoded(&text, &mut dice)
        } else {
            DRESSES[dice.roll(DRESSES.len())].1.to_vec()
        };
        for _ in 0..=dice.roll(4) {
            let at = dice.roll(bytes.len());
            let byte = alphabet[dice.roll(alphabet.len())];
            match dice.roll(3) {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => {
                    bytes.remove(at);
                }
            }
        }
        let encoding = [None, Some(Encoding::Utf8), Some(Encoding::Windows1252)][dice.roll(3)];
        match read(&bytes, &Options { encoding, ..Options::default() }) {
            Ok(sheet) => {
                good += 1;
                assert_eq!(sheet.rows().count(), sheet.len());
                assert!((0..sheet.len()).all(|index| sheet.find(sheet.line(index)) == Some(index)));
            }
            Err(faults) => assert!(faults.stops.iter().all(|fault| fault.line > 0 && !fault.words.is_empty())),
        }
    }
    assert!((500..4_500).contains(&good), "{good} of 5,000: neither all good nor all bad");
}
