//! The command line of what is about to be sent, so that it can also be selected on the screen: each row but the last ends with a
//! backslash, inside a long word as well, and a shell puts the rows together again.

use std::mem::take;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::app::command_line::Shown;
use crate::ui::popup;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Where the rows after the first begin, so that the lines of many people can be told apart.
const INDENT: &str = "    ";

/// Draws the lines, and below them what they do not say.
pub fn draw(shown: &Shown, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let title = if shown.lines.len() == 1 { "Command line" } else { "Command lines" };
    let inside = popup::open(title, (area.width, area.height), theme, area, frame);
    let room = usize::from(inside.width);
    let mut rows: Vec<Line<'_>> = Vec::new();
    for line in &shown.lines {
        rows.extend(folded(line.words(), room).into_iter().map(|row| Line::raw(text::safe(&row, theme))));
    }
    rows.push(Line::default());
    let ascii = (!theme.look.unicode && !shown.text().is_ascii())
        .then_some("This terminal is not UTF-8: what stands as ? here is right in what was copied.");
    for note in shown.notes.iter().map(String::as_str).chain(ascii) {
        rows.extend(text::wrap(note, room).into_iter().map(|row| Line::styled(row, theme.muted())));
    }
    popup::page(&rows, shown.scroll, theme, inside, frame);
}

/// The rows of a line, at most so wide. A shell reads them as the line.
fn folded(words: &[String], room: usize) -> Vec<String> {
    let room = room.max(16);
    let mut rows = Vec::new();
    let mut row = String::new();
    for (at, word) in words.iter().enumerate() {
        let sign = if at + 1 == words.len() { 0 } else { " \\".len() };
        let fits = |row: &str, more: usize| text::width(row) + more + text::width(word) + sign <= room;
        if row.is_empty() && at == 0 && fits("", 0) {
            row.push_str(word);
        } else if !row.is_empty() && fits(&row, 1) {
            row.push(' ');
            row.push_str(word);
        } else {
            if !row.is_empty() {
                rows.push(take(&mut row) + " \\");
            }
            row.push_str(INDENT);
            if fits(&row, 0) { row.push_str(word) } else { broken(word, room, &mut rows, &mut row) }
        }
    }
    rows.push(row);
    rows
}

/// How a letter of a word stands in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quote {
    Bare,
    Single,
    Dollar,
}

impl Quote {
    fn open(self) -> &'static str {
        match self {
            Self::Bare => "",
            Self::Single => "'",
            Self::Dollar => "$'",
        }
    }

    fn close(self) -> &'static str {
        match self {
            Self::Bare => "",
            Self::Single | Self::Dollar => "'",
        }
    }
}

/// Breaks a word that is wider than a row: the quotes are closed before the end of a row, and opened again on the next.
fn broken(word: &str, room: usize, rows: &mut Vec<String>, row: &mut String) {
    let mut quote = Quote::Bare;
    for (of, letter) in letters(word) {
        let turn = if of == quote { String::new() } else { format!("{}{}", quote.close(), of.open()) };
        // The closing quote, and the sign of another word or of the rest of this one.
        if text::width(row) + turn.len() + text::width(letter) + 3 > room {
            rows.push(format!("{}{}\\", take(row), quote.close()));
            row.push_str(of.open());
        } else {
            row.push_str(&turn);
        }
        row.push_str(letter);
        quote = of;
    }
    row.push_str(quote.close());
}

/// The letters of a quoted word, without its quotes; what stands for one letter is one.
fn letters(word: &str) -> Vec<(Quote, &str)> {
    let mut letters = Vec::new();
    let (mut quote, mut rest) = (Quote::Bare, word);
    while let Some(first) = rest.chars().next() {
        let (len, is_quote) = match (quote, first) {
            (Quote::Bare, '$') if rest.starts_with("$'") => (2, true),
            (_, '\'') => (1, true),
            (Quote::Bare, '\\') => (2, false),
            (Quote::Dollar, '\\') if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => (4, false),
            (Quote::Dollar, '\\') => (2, false),
            (Quote::Bare | Quote::Single | Quote::Dollar, letter) => (letter.len_utf8(), false),
        };
        let (letter, after) = rest.split_at_checked(len).unwrap_or((rest, ""));
        if is_quote {
            quote = match quote {
                Quote::Bare if len == 2 => Quote::Dollar,
                Quote::Bare => Quote::Single,
                Quote::Single | Quote::Dollar => Quote::Bare,
            };
        } else {
            letters.push((quote, letter));
        }
        rest = after;
    }
    letters
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;
    use proptest::strategy::ValueTree as _;

    use super::*;
    use crate::domain::command_line::quoted;

    fn words() -> impl Strategy<Value = Vec<String>> {
        let letters = vec!["a", "ñ", "山", "'", "\"", "\\", "$", " ", "\n", "\u{1b}", "\u{202e}", "1", "=", "--", "*"];
        let text = prop::collection::vec(prop::sample::select(letters), 0..60).prop_map(|letters| letters.concat());
        prop::collection::vec(text, 1..6)
    }

    /// Put together again by the shell itself.
    #[test]
    fn a_shell_reads_the_rows_as_the_words_of_the_line() {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let mut script = String::new();
        let mut wanted = Vec::new();
        for room in (16..100).cycle().take(300) {
            let texts = words().new_tree(&mut runner).expect("a case").current();
            let mut line = vec!["printf".to_owned(), quoted("%s\\0")];
            line.extend(texts.iter().map(|text| quoted(text)));
            let rows = folded(&line, room);
            for row in &rows {
                assert!(text::width(row) <= room, "{room}: {row}");
            }
            script.push_str(&rows.join("\n"));
            script.push('\n');
            wanted.extend(texts);
        }
        let told =
            Command::new("bash").args(["--norc", "-c", &script]).env("LC_ALL", "C.UTF-8").output().expect("bash");
        let told = String::from_utf8(told.stdout).expect("texts");
        assert_eq!(told.strip_suffix('\0').expect("there are some").split('\0').collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn rows_break_between_words_where_they_can() {
        let line = ["netex-users", "update", "marta.lopez", "--tenant=acme", "--name='A B'"].map(str::to_owned);
        assert_eq!(folded(&line, 34), ["netex-users update marta.lopez \\", "    --tenant=acme --name='A B'"]);
        let long = ["netex-users".to_owned(), quoted("a long text that is wider")];
        assert_eq!(folded(&long, 18), ["netex-users \\", "    'a long tex'\\", "'t that is wide'\\", "'r'"]);
    }
}
