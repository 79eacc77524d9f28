//! The text editor as a value; the only file that names the textarea crate.
//!
//! One line or several, the same editor: what differs is whether a line break is taken. The crate edits by code point, so
//! that Backspace would take half of a letter with a combining accent: here the cursor moves and rubs out by what a
//! person calls a letter (a grapheme cluster). Drawing is [`crate::ui`]'s.

use std::fmt;

use tui_textarea::{CursorMove, TextArea};
use unicode_segmentation::UnicodeSegmentation as _;

/// The most bytes that one field takes. Nobody types that much; a paste of a wrong clipboard does.
pub const MAX_BYTES: usize = 64 * 1024;

/// What a key does to a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edit {
    /// One letter to the left.
    Left,
    /// One letter to the right.
    Right,
    /// To the beginning of this or the last word.
    WordLeft,
    /// To the beginning of the next word.
    WordRight,
    /// To the beginning of the line.
    Home,
    /// To the end of the line.
    End,
    /// One line up.
    Up,
    /// One line down.
    Down,
    /// Rubs out the letter before the cursor.
    Backspace,
    /// Rubs out the letter under the cursor.
    Delete,
    /// Cuts the word before the cursor.
    KillWord,
    /// Cuts to the end of the line.
    KillToEnd,
    /// Cuts to the beginning of the line.
    KillToStart,
    /// Puts back what was cut last.
    Yank,
    /// Takes the last change back.
    Undo,
    /// Begins a new line.
    Newline,
}

/// What a paste left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    /// It was longer than the field takes.
    pub cut: bool,
    /// Line breaks or other control characters became blanks.
    pub tidied: bool,
}

/// A text being edited.
#[derive(Clone)]
pub struct TextEditor {
    area: TextArea<'static>,
    multiline: bool,
}

impl TextEditor {
    /// An editor with the cursor after the last letter. A text that came with line breaks keeps them, whatever its field is: what is
    /// not touched must go back byte for byte.
    pub fn new(text: &str, multiline: bool) -> Self {
        let mut area = TextArea::new(text.split('\n').map(str::to_owned).collect());
        area.set_max_histories(1000);
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Self { area, multiline }
    }

    /// The whole text.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Whether exactly this text stands there, without making a copy of it.
    pub fn reads(&self, text: &str) -> bool {
        self.area.lines().iter().map(String::as_str).eq(text.split('\n'))
    }

    /// The lines; at least one.
    pub fn lines(&self) -> &[String] {
        self.area.lines()
    }

    /// Whether nothing is there.
    pub fn is_empty(&self) -> bool {
        self.area.is_empty()
    }

    /// Line and byte offset in that line.
    pub fn cursor(&self) -> (usize, usize) {
        let cursor = self.area.cursor();
        let line = self.area.lines().get(cursor.0).map_or("", String::as_str);
        (cursor.0, line.char_indices().nth(cursor.1).map_or(line.len(), |(at, _)| at))
    }

    /// Whether Enter begins a new line here.
    pub fn is_multiline(&self) -> bool {
        self.multiline
    }

    /// Types one letter. Control characters are not text.
    pub fn insert(&mut self, c: char) {
        if !c.is_control() && self.room() >= c.len_utf8() {
            self.area.insert_char(c);
        }
    }

    /// Takes a paste as one change: it never presses a key, and line breaks become blanks where there is one line.
    pub fn paste(&mut self, text: &str) -> Pasted {
        let unix = text.replace("\r\n", "\n").replace('\r', "\n");
        let unix = if self.multiline { unix.as_str() } else { unix.trim_end_matches('\n') };
        let tidy: String =
            unix.chars().map(|c| if c.is_control() && !(c == '\n' && self.multiline) { ' ' } else { c }).collect();
        let mut end = tidy.len().min(self.room());
        while !tidy.is_char_boundary(end) {
            end -= 1;
        }
        self.area.insert_str(&tidy[..end]);
        Pasted { cut: end < tidy.len(), tidied: tidy != unix }
    }

    /// Does what a key means.
    pub fn edit(&mut self, edit: Edit) {
        match edit {
            Edit::Left => self.step(CursorMove::Back, self.letter_before()),
            Edit::Right => self.step(CursorMove::Forward, self.letter_after()),
            Edit::WordLeft => self.area.move_cursor(CursorMove::WordBack),
            Edit::WordRight => self.area.move_cursor(CursorMove::WordForward),
            Edit::Home => self.area.move_cursor(CursorMove::Head),
            Edit::End => self.area.move_cursor(CursorMove::End),
            Edit::Up => self.area.move_cursor(CursorMove::Up),
            Edit::Down => self.area.move_cursor(CursorMove::Down),
            Edit::Backspace => (0..self.letter_before()).for_each(|_| {
                self.area.delete_char();
            }),
            Edit::Delete => (0..self.letter_after()).for_each(|_| {
                self.area.delete_next_char();
            }),
            Edit::KillWord => {
                self.area.delete_word();
            }
            Edit::KillToEnd => self.kill_to_end(),
            Edit::KillToStart => {
                self.area.delete_line_by_head();
            }
            Edit::Yank => {
                self.area.paste();
            }
            Edit::Undo => {
                self.area.undo();
            }
            Edit::Newline if self.multiline => self.area.insert_newline(),
            Edit::Newline => {}
        }
    }

    /// Whether the cursor is on the first line.
    pub fn is_at_top(&self) -> bool {
        self.cursor().0 == 0
    }

    /// Whether the cursor is on the last line.
    pub fn is_at_bottom(&self) -> bool {
        self.cursor().0 + 1 >= self.area.lines().len()
    }

    /// Replaces the whole text, as one change that can be undone.
    pub fn replace(&mut self, text: &str) {
        self.area.select_all();
        self.area.cut();
        self.area.insert_str(text);
    }

    fn room(&self) -> usize {
        let taken: usize = self.area.lines().iter().map(|line| line.len() + 1).sum();
        MAX_BYTES.saturating_sub(taken)
    }

    fn step(&mut self, by: CursorMove, letters: usize) {
        (0..letters).for_each(|_| self.area.move_cursor(by));
    }

    /// The crate would take the line break where nothing is left of the line, which would tear two lines of one field together.
    fn kill_to_end(&mut self) {
        let (row, column) = self.cursor();
        if self.area.lines().get(row).is_some_and(|line| column < line.len()) {
            self.area.delete_line_by_end();
        }
    }

    /// Code points of the letter before the cursor; one for a line break.
    fn letter_before(&self) -> usize {
        let (row, column) = self.cursor();
        self.area.lines()[row][..column].graphemes(true).next_back().map_or(1, |letter| letter.chars().count())
    }

    /// Code points of the letter under the cursor; one for a line break.
    fn letter_after(&self) -> usize {
        let (row, column) = self.cursor();
        self.area.lines()[row][column..].graphemes(true).next().map_or(1, |letter| letter.chars().count())
    }
}

/// Says how much there is and never what: one of the editors holds a password.
impl fmt::Debug for TextEditor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TextEditor({} lines)", self.area.lines().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, edits: &[Edit], after: &str) {
        let mut editor = TextEditor::new(before, before.contains('\n'));
        for edit in edits {
            editor.edit(*edit);
        }
        let (row, column) = editor.cursor();
        let mut lines = editor.lines().to_vec();
        lines[row].insert(column, '|');
        assert_eq!(lines.join("\n"), after);
    }

    #[test]
    fn the_hands_find_what_they_expect() {
        check("Marta López", &[Edit::WordLeft], "Marta |López");
        check("Marta López", &[Edit::KillWord], "Marta |");
        check("Marta López", &[Edit::WordLeft, Edit::KillToEnd], "Marta |");
        check("Marta López", &[Edit::WordLeft, Edit::KillToStart], "|López");
        check("Marta López", &[Edit::KillToStart, Edit::Yank], "Marta López|");
        check("Marta López", &[Edit::KillToStart, Edit::Undo], "Marta López|");
        check("Marta", &[Edit::Home, Edit::Delete, Edit::End, Edit::Left], "art|a");
        check("Marta", &[Edit::Newline], "Marta|");
        check("a\nb", &[Edit::Up, Edit::Newline], "a\n|\nb");
        check("a\nb", &[Edit::Up, Edit::End, Edit::KillToEnd], "a|\nb");
    }

    #[test]
    fn backspace_takes_a_whole_letter() {
        check("Zoe\u{301}", &[Edit::Backspace], "Zo|");
        check("a👩\u{200d}👩\u{200d}👧", &[Edit::Backspace], "a|");
        check("a👩\u{200d}👧b", &[Edit::Left, Edit::Left], "a|👩\u{200d}👧b");
    }

    #[test]
    fn a_paste_is_one_change_and_presses_no_key() {
        let mut editor = TextEditor::new("", false);
        assert_eq!(editor.paste("a\r\nb\tc\n"), Pasted { cut: false, tidied: true });
        assert_eq!(editor.text(), "a b c");
        editor.edit(Edit::Undo);
        assert_eq!(editor.text(), "");
        let mut editor = TextEditor::new("", true);
        editor.paste("a\r\nb\r");
        assert_eq!(editor.text(), "a\nb\n");
    }

    #[test]
    fn a_field_takes_so_much_and_no_more() {
        let mut editor = TextEditor::new("", false);
        assert!(editor.paste(&"ñ".repeat(MAX_BYTES)).cut);
        assert!(editor.text().len() <= MAX_BYTES);
    }

    #[test]
    fn what_came_goes_back_byte_for_byte() {
        for text in ["", "a\r\nb", "\n", "tab\there\u{202e}", "e\u{301}"] {
            let editor = TextEditor::new(text, false);
            assert_eq!(editor.text(), text);
            assert!(editor.reads(text) && !editor.reads(&format!("{text}\n")) && !editor.reads(&format!("{text}x")));
        }
    }
}
