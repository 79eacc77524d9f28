//! How well a person fits what was typed.
//!
//! The rules are fzf's, as nucleo has them: letters in order, more for the beginning of a word and for letters that stand together. A
//! word is looked for in one text at a time (username, full name, address), so that half a name and half an address make nobody. Its
//! letters may be scattered over a text, but not over what stands behind the `@` of an address, which is alike for most people and would
//! make everyone fit: there the word has to stand as it is, and that is found out once for each such ending.
//!
//! Most people are settled without nucleo, which is what makes it quick: who lacks a letter ([`letters`]), who has the word as it is at
//! the beginning of a word (they get nucleo's own points for that, which are the highest that it gives), and a single letter.
//!
//! [`letters`]: crate::app::index::letters

use memchr::memmem::Finder;
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::app::index::fold::fold;
use crate::app::index::letters::{Letters, NOT_ASCII, is_sign};
use crate::app::index::record::{BETWEEN, Record};
use crate::app::index::{Index, Row};

/// Who is not found.
pub(super) const NOT_FOUND: u16 = 0;

/// All that was typed is exactly the username, the address or the full name.
const EXACT: u16 = 8191;

// Nucleo's points (its `score.rs`), for what is settled here.
const LETTER: usize = 16;
const AFTER_BLANK: usize = 10;
const AFTER_SIGN: usize = 8;
const IN_A_RUN: usize = 4;
/// Over nucleo: the word ends there too, so that Keller comes before Kellermann.
const WHOLE_WORD: usize = 4;

/// Longer words are found only as they stand: nobody types one letter by letter, and nucleo counts in 16 bits.
const LONGEST_SCATTERED: usize = 256;

/// What was typed, ready to be compared.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    each: Vec<Word>,
    /// The words with one blank between.
    whole: Vec<u8>,
    /// The letters of that up to its first `@`: nobody is exactly this without them.
    needs: Letters,
}

#[derive(Clone, Debug)]
struct Word {
    bytes: Vec<u8>,
    finder: Finder<'static>,
    /// The letters, where the word is not ASCII.
    letters: Vec<char>,
    has_at: bool,
    /// The letters up to there: who lacks one does not fit, unless by what stands behind their `@`.
    needs: Letters,
    /// The points for each ending of an address, by its number.
    domains: Vec<usize>,
    /// Whether any of these has some.
    in_a_domain: bool,
}

impl Words {
    pub(super) fn new(query: &str) -> Self {
        let folded = fold(query);
        let words: Vec<&[u8]> = folded.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).collect();
        let whole = words.join(&b' ');
        let needs = Letters::of(before_at(&whole));
        Self { each: words.into_iter().map(Word::new).collect(), whole, needs }
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.whole == other.whole
    }

    /// Whether nobody can fit these words who did not fit the other: each of the other's is still asked for.
    pub(super) fn narrows(&self, other: &Self) -> bool {
        other.each.iter().all(|old| self.each.iter().any(|new| new.asks_for(old)))
    }

    /// Looks at the endings of addresses that it has not seen.
    pub(super) fn meet(&mut self, domains: &[Vec<u8>]) {
        for word in &mut self.each {
            for domain in domains.iter().skip(word.domains.len()) {
                let points = if word.has_at { 0 } else { word.as_it_stands(domain).0 };
                word.domains.push(points);
                word.in_a_domain |= points > 0;
            }
        }
    }

    fn is_exactly(&self, record: &Record<'_>) -> bool {
        let is = |[one, other]: [&[u8]; 2]| self.whole.strip_prefix(one).is_some_and(|rest| rest == other);
        !self.whole.is_empty() && (is(record.username()) || is(record.email()) || is([record.full_name(), &[]]))
    }
}

fn before_at(text: &[u8]) -> &[u8] {
    &text[..memchr::memchr(b'@', text).unwrap_or(text.len())]
}

impl Word {
    fn new(bytes: &[u8]) -> Self {
        let letters = if bytes.is_ascii() { String::new() } else { String::from_utf8_lossy(bytes).into_owned() };
        Self {
            bytes: bytes.to_owned(),
            finder: Finder::new(bytes).into_owned(),
            letters: letters.chars().collect(),
            has_at: bytes.contains(&b'@'),
            needs: Letters::of(before_at(bytes)),
            domains: Vec::new(),
            in_a_domain: false,
        }
    }

    fn length(&self) -> usize {
        if self.letters.is_empty() { self.bytes.len() } else { self.letters.len() }
    }

    /// Whether whoever fits this word fits the other. A word with an `@` may be scattered over all of an address, one without may not:
    /// then only what stands before the `@` is sure to be where the other is looked for.
    fn asks_for(&self, other: &Self) -> bool {
        let sure = if other.has_at { &self.bytes } else { before_at(&self.bytes) };
        other.finder.find(sure).is_some()
    }

    /// The points where the word stands letter by letter, 0 where it does not, and whether that is at the beginning of a word.
    fn as_it_stands(&self, text: &[u8]) -> (usize, bool) {
        let length = self.length();
        let (mut best, mut at_a_beginning) = (0, false);
        for at in self.finder.find_iter(text) {
            let bonus = match at.checked_sub(1).map_or(BETWEEN, |before| text[before]) {
                BETWEEN | b' ' => AFTER_BLANK,
                byte if is_sign(byte) => AFTER_SIGN,
                _ => 0,
            };
            // Somebody who typed one letter is going on, so one letter is not a whole word.
            let ends = length > 1 && text.get(at + self.bytes.len()).is_none_or(|byte| is_sign(*byte));
            // The first letter's bonus counts twice; inside a run each letter has some in any case.
            let points = (LETTER + bonus.max(IN_A_RUN)) * length + 2 * bonus - bonus.max(IN_A_RUN)
                + if ends { WHOLE_WORD } else { 0 };
            best = best.max(points);
            at_a_beginning |= bonus > 0;
            if bonus == AFTER_BLANK && (ends || length == 1) {
                break;
            }
        }
        (best, at_a_beginning)
    }

    fn as_letters(&self) -> Utf32Str<'_> {
        if self.letters.is_empty() { Utf32Str::Ascii(&self.bytes) } else { Utf32Str::Unicode(&self.letters) }
    }
}

/// Whether the bytes come in this order. For UTF-8 this follows from the letters coming in this order, and not the other way round.
fn is_within(needle: &[u8], text: &[u8]) -> bool {
    let mut rest = text;
    needle.iter().all(|byte| match memchr::memchr(*byte, rest) {
        Some(at) => {
            rest = &rest[at + 1..];
            true
        }
        None => false,
    })
}

/// The memory that comparing needs, kept from letter to letter.
#[derive(Clone, Debug)]
pub(super) struct Scorer {
    matcher: Matcher,
    letters: Vec<char>,
    address: Vec<u8>,
}

impl Default for Scorer {
    fn default() -> Self {
        let mut config = Config::DEFAULT;
        // Both sides are folded already.
        config.ignore_case = false;
        config.normalize = false;
        Self { matcher: Matcher::new(config), letters: Vec::new(), address: Vec::new() }
    }
}

impl Scorer {
    /// The points of a person, [`NOT_FOUND`] where a word is not there at all; at least 1 otherwise.
    pub(super) fn score(&mut self, words: &Words, index: &Index, row: Row) -> u16 {
        let mut sum = 1;
        for word in &words.each {
            match self.word(word, index, row) {
                0 => return NOT_FOUND,
                points => sum += points,
            }
        }
        let has = index.letters[row.number()];
        if has.has(words.needs) && words.is_exactly(&index.record(row)) {
            return EXACT;
        }
        u16::try_from(sum).unwrap_or(EXACT).min(EXACT - 1)
    }

    fn word(&mut self, word: &Word, index: &Index, row: Row) -> usize {
        let domain = if word.in_a_domain { word.domains[index.domain_of[row.number()] as usize] } else { 0 };
        let has = index.letters[row.number()];
        if !has.has(Letters { first: 0, ..word.needs }) {
            return domain;
        }
        let points = match word.bytes.as_slice() {
            [b'a'..=b'z'] if has.any & NOT_ASCII == 0 => {
                let is_first = has.first & word.needs.any != 0;
                LETTER + if is_first { 2 * AFTER_BLANK } else { 0 }
            }
            _ => self.in_texts(word, &index.record(row), has),
        };
        points.max(domain)
    }

    fn in_texts(&mut self, word: &Word, record: &Record<'_>, has: Letters) -> usize {
        let mut best = 0;
        // Without its first letter at the beginning of a word the word cannot stand there, and nucleo sees the rest.
        let is_scattered = word.bytes.len() <= LONGEST_SCATTERED && word.length() > 1;
        if !is_scattered || word.needs.first == 0 || has.first & word.needs.first != 0 {
            let (points, at_a_beginning) = word.as_it_stands(record.searched);
            if at_a_beginning {
                return points;
            }
            best = points;
        }
        if is_scattered {
            for text in record.fields() {
                best = best.max(self.scattered(word, text));
            }
        }
        if word.has_at {
            best = best.max(self.in_address(word, record, is_scattered));
        }
        best
    }

    /// A word with an `@` is looked for in the whole address.
    fn in_address(&mut self, word: &Word, record: &Record<'_>, is_scattered: bool) -> usize {
        let mut address = std::mem::take(&mut self.address);
        address.clear();
        record.email().into_iter().for_each(|piece| address.extend_from_slice(piece));
        let (points, _) = word.as_it_stands(&address);
        let points = if points == 0 && is_scattered { self.scattered(word, &address) } else { points };
        self.address = address;
        points
    }

    fn scattered(&mut self, word: &Word, text: &[u8]) -> usize {
        let text = if text.is_ascii() {
            Utf32Str::Ascii(text)
        } else if is_within(&word.bytes, text) {
            self.letters.clear();
            self.letters.extend(String::from_utf8_lossy(text).chars());
            Utf32Str::Unicode(&self.letters)
        } else {
            return 0;
        };
        let points = if word.length() == 2 {
            // The second letter typed has the most people to look at and the least to say about them: the first way that the letters
            // fit is taken here for the best. It saves a third of the longest wait.
            self.matcher.fuzzy_match_greedy(text, word.as_letters())
        } else {
            self.matcher.fuzzy_match(text, word.as_letters())
        };
        points.map_or(0, usize::from)
    }
}
