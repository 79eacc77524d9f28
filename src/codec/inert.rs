//! Cells that start no formula, and how they are read back.
//!
//! A spreadsheet takes a cell for a formula that begins with `=`, `+`, `-` or `@`, also after blanks, or with a tab or the end of a line
//! (faults.md, row 55). Such a cell is written with `'` before it. So is one that begins with `'` itself, and one that reads like the word
//! that empties a field: then taking one `'` off again gives the text as it was, whatever it was.

use std::borrow::Cow;

use crate::domain::untrusted::is_hidden;

/// What stands in a cell to empty the field on the server. An empty cell leaves the field as it is.
pub const CLEAR: &str = "!clear";

/// A value as a cell.
pub fn written(value: &str) -> Cow<'_, str> {
    if is_guarded(value) { guarded(value) } else { Cow::Borrowed(value) }
}

/// A cell of somebody's file as a cell of ours, with the same meaning.
pub fn inert(cell: &str) -> Cow<'_, str> {
    if is_clear(cell) {
        Cow::Borrowed(CLEAR)
    } else if starts_a_formula(cell) {
        guarded(cell)
    } else {
        Cow::Borrowed(cell)
    }
}

/// What a cell means: the text, and whether it was guarded, so that it is a text whatever it reads like. A `'` that guards nothing belongs
/// to the text: there are people called 't Hooft.
pub fn meaning(cell: &str) -> (&str, bool) {
    match cell.strip_prefix('\'') {
        Some(rest) if is_guarded(rest) => (rest, true),
        Some(_) | None => (cell, false),
    }
}

/// Whether a text is the word that empties a field.
pub fn is_clear(text: &str) -> bool {
    text.trim().eq_ignore_ascii_case(CLEAR)
}

fn guarded(text: &str) -> Cow<'_, str> {
    Cow::Owned(format!("'{text}"))
}

fn is_guarded(text: &str) -> bool {
    text.starts_with('\'') || is_clear(text) || starts_a_formula(text)
}

/// The wide signs count too: some spreadsheets take them for the narrow ones.
fn starts_a_formula(text: &str) -> bool {
    for c in text.chars() {
        match c {
            '\t' | '\r' | '\n' => return true,
            '=' | '+' | '-' | '@' | '\u{FF1D}' | '\u{FF0B}' | '\u{FF0D}' | '\u{FF20}' => return true,
            _ if c.is_whitespace() || is_hidden(c) => {}
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_guarded() {
        for formula in ["=1+1", "+34 981", "-1", "@SUM(A1)", "\t=1", "\r1", "  =1", "\u{a0}=1", "\u{200b}=1", "＝1"] {
            assert_eq!(written(formula), format!("'{formula}"), "{formula:?}");
            assert_eq!(inert(formula), format!("'{formula}"), "{formula:?}");
            assert_eq!(inert(&inert(formula)), inert(formula), "{formula:?}");
        }
        for plain in ["", "Marta", "a=1", "1+1", "marta@acme.example", "  x", "#N/A", "¡Hola!"] {
            assert_eq!((written(plain), inert(plain)), (plain.into(), plain.into()));
        }
    }

    #[test]
    fn an_apostrophe_of_a_name_stays() {
        assert_eq!(meaning("'t Hooft"), ("'t Hooft", false));
        assert_eq!(written("'t Hooft"), "''t Hooft");
        assert_eq!(meaning("''t Hooft"), ("'t Hooft", true));
        assert_eq!(inert("'t Hooft"), "'t Hooft");
    }

    #[test]
    fn the_word_that_empties_can_be_a_text() {
        assert_eq!(meaning("!clear"), ("!clear", false));
        assert_eq!(written("!Clear"), "'!Clear");
        assert_eq!(meaning("'!Clear"), ("!Clear", true));
        assert_eq!(inert("\t!clear "), "!clear");
        assert_eq!(inert("'!clear"), "'!clear");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn a_value_that_is_written_reads_back_as_it_was(value in "[ '!=+@\t\r\na-cler-]{0,12}|\\PC{0,8}") {
            let cell = written(&value);
            prop_assert_eq!(meaning(&cell).0, value.as_str());
            prop_assert!(!starts_a_formula(&cell));
        }

        #[test]
        fn a_cell_made_inert_means_what_it_meant(cell in "[ '!=+@\t\r\na-cler-]{0,12}|\\PC{0,8}") {
            let safe = inert(&cell);
            prop_assert!(!starts_a_formula(&safe));
            let (before, after) = (meaning(&cell), meaning(&safe));
            let clears = |(text, literal): (&str, bool)| !literal && is_clear(text);
            prop_assert_eq!(clears(before), clears(after));
            prop_assert!(clears(before) || before.0 == after.0, "{:?} became {:?}", before, after);
        }
    }
}
