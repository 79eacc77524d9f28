//! What ratatui wants drawn, in as few bytes as the line deserves: one write for a frame, one byte for a letter.
//!
//! The backend that comes with ratatui writes 40 bytes for a letter, in two or three writes (performance.md 2): it sets the colours
//! back, shows the cursor and moves it for every frame. This one remembers where the cursor stands, whether it is seen and which
//! colours are set, and writes the difference. Whenever somebody else may have written, [`Backend::clear`] forgets it all.
//!
//! It asks the terminal nothing, ever: a terminal that does not answer costs 2 s and the first key (performance.md 4). Not here: raw mode
//! and the other screen, see [`crate::runtime::terminal`].

use std::cell::Cell as Slot;
use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};

#[cfg(test)]
mod tests;

/// What the terminal's size is taken for where it says 0 x 0, as expect, some serial lines and some wrappers of ssh do.
pub const FALLBACK: Size = Size { width: 80, height: 24 };
/// The largest screen that is drawn: a terminal that claims 65535 x 65535 would take all memory.
pub const MOST: Size = Size { width: 1000, height: 400 };

/// A screen to draw on.
pub struct Painter<W: Write> {
    out: W,
    ask_size: fn() -> Option<Size>,
    frame: Vec<u8>,
    at: Option<Position>,
    pen: Option<Pen>,
    shown: Option<bool>,
    width: Slot<u16>,
    /// What stands in each cell, by rows: a plain letter and its pen. A short way over such letters is shorter written than jumped.
    cells: Vec<Option<(u8, Pen)>>,
    /// What was not drawn yet is blank.
    blank: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Pen {
    front: Color,
    back: Color,
    modifier: Modifier,
}

const PLAIN: Pen = Pen { front: Color::Reset, back: Color::Reset, modifier: Modifier::empty() };

impl<W: Write> Painter<W> {
    /// A screen that is written to `out` and is as large as `ask_size` says, in cells.
    pub fn new(out: W, ask_size: fn() -> Option<Size>) -> Self {
        Self {
            out,
            ask_size,
            frame: Vec::new(),
            at: None,
            pen: None,
            shown: None,
            width: Slot::new(0),
            cells: Vec::new(),
            blank: true,
        }
    }

    fn put(&mut self, words: std::fmt::Arguments<'_>) {
        // Writing to a Vec cannot fail.
        let _ = self.frame.write_fmt(words);
    }

    /// Moves the cursor, by the shortest way that is sure.
    fn go(&mut self, to: Position) {
        let from = self.at;
        match from {
            Some(at) if at == to => return,
            Some(at) if at.y == to.y && to.x == 0 => self.frame.push(b'\r'),
            Some(at) if at.y == to.y && to.x < at.x && at.x - to.x <= 4 => {
                self.frame.extend(std::iter::repeat_n(8, usize::from(at.x - to.x)));
            }
            Some(at) if self.write_over(at, to) => {}
            Some(at) if at.y == to.y && to.x == at.x + 1 => self.frame.extend_from_slice(b"\x1b[C"),
            Some(at) if at.y == to.y && to.x > at.x => self.put(format_args!("\x1b[{}C", to.x - at.x)),
            Some(_) | None if to.x == 0 => self.put(format_args!("\x1b[{}H", to.y + 1)),
            Some(_) | None => self.put(format_args!("\x1b[{};{}H", to.y + 1, to.x + 1)),
        }
        self.at = Some(to);
    }

    /// Writes what stands between two places again, where that is known, looks as the pen does, and is no longer than a jump.
    fn write_over(&mut self, at: Position, to: Position) -> bool {
        if at.y != to.y || to.x <= at.x || to.x - at.x > SHORT {
            return false;
        }
        let start = usize::from(at.y) * usize::from(self.width.get()) + usize::from(at.x);
        let between = self.cells.get(start..start + usize::from(to.x - at.x)).unwrap_or_default();
        let letters =
            between.iter().map(|cell| cell.filter(|(_, pen)| self.pen == Some(*pen)).map(|(letter, _)| letter));
        let Some(letters) = letters.collect::<Option<Vec<u8>>>().filter(|letters| !letters.is_empty()) else {
            return false;
        };
        self.frame.extend(letters);
        true
    }

    /// Remembers what stands in a cell; of a letter that is not plain only that it is not known, nor what it may cover.
    fn remember(&mut self, x: u16, y: u16, cell: &Cell, pen: Pen) {
        let index = usize::from(y) * usize::from(self.width.get()) + usize::from(x);
        let plain = match cell.symbol().as_bytes() {
            [letter @ b' '..=b'~'] => Some((*letter, pen)),
            _ => None,
        };
        if index >= self.cells.len() {
            // Nothing was drawn there since the screen was blank.
            self.cells.resize(index + 2, self.blank.then_some((b' ', PLAIN)));
        }
        self.cells[index] = plain;
        if plain.is_none()
            && let Some(covered) = self.cells.get_mut(index + 1)
        {
            *covered = None;
        }
    }

    /// Sets the colours and attributes, all anew where one differs: taking a single one back is not understood everywhere.
    fn dip(&mut self, pen: Pen) {
        if self.pen == Some(pen) {
            return;
        }
        self.frame.extend_from_slice(if pen == PLAIN { b"\x1b[" } else { b"\x1b[0" });
        for (modifier, code) in ATTRIBUTES {
            if pen.modifier.contains(modifier) {
                self.put(format_args!(";{code}"));
            }
        }
        self.colour(pen.front, 30);
        self.colour(pen.back, 40);
        self.frame.push(b'm');
        self.pen = Some(pen);
    }

    /// One colour; `base` is 30 for letters and 40 for what is behind them.
    fn colour(&mut self, colour: Color, base: u8) {
        let code = match colour {
            Color::Reset => return,
            Color::Indexed(number) => return self.put(format_args!(";{};5;{number}", base + 8)),
            Color::Rgb(r, g, b) => return self.put(format_args!(";{};2;{r};{g};{b}", base + 8)),
            Color::Black => base,
            Color::Red => base + 1,
            Color::Green => base + 2,
            Color::Yellow => base + 3,
            Color::Blue => base + 4,
            Color::Magenta => base + 5,
            Color::Cyan => base + 6,
            Color::Gray => base + 7,
            Color::DarkGray => base + 60,
            Color::LightRed => base + 61,
            Color::LightGreen => base + 62,
            Color::LightYellow => base + 63,
            Color::LightBlue => base + 64,
            Color::LightMagenta => base + 65,
            Color::LightCyan => base + 66,
            Color::White => base + 67,
        };
        self.put(format_args!(";{code}"));
    }

    fn write_cell(&mut self, x: u16, y: u16, cell: &Cell) {
        self.go(Position { x, y });
        let pen = Pen { front: cell.fg, back: cell.bg, modifier: cell.modifier };
        self.dip(pen);
        self.frame.extend_from_slice(cell.symbol().as_bytes());
        self.remember(x, y, cell, pen);
        // Behind the last column terminals differ in where the cursor is, and so they do in how wide unusual letters are.
        let known = x + 1 < self.width.get() && is_narrow_everywhere(cell.symbol());
        self.at = known.then_some(Position { x: x + 1, y });
    }
}

/// The longest way that is written over: a jump takes three to five bytes.
const SHORT: u16 = 4;

const ATTRIBUTES: [(Modifier, u8); 9] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::RAPID_BLINK, 6),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];

/// Letters of which every terminal holds that they take one column; borders and blocks are drawn in rows, and stock ratatui trusts them too.
fn is_narrow_everywhere(symbol: &str) -> bool {
    let mut letters = symbol.chars();
    let first = letters.next();
    letters.next().is_none()
        && matches!(first, Some(' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' | '\u{2500}'..='\u{259f}'))
}

impl<W: Write> Backend for Painter<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        for (x, y, cell) in content {
            self.write_cell(x, y, cell);
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.shown != Some(false) {
            self.frame.extend_from_slice(b"\x1b[?25l");
            self.shown = Some(false);
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.shown != Some(true) {
            self.frame.extend_from_slice(b"\x1b[?25h");
            self.shown = Some(true);
        }
        Ok(())
    }

    /// Where the cursor was put last. The terminal is not asked.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.at.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.go(position.into());
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    /// Erases, and forgets where the cursor is and what is set: after a new size or a foreign hand nothing of it is sure.
    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        (self.at, self.pen, self.shown) = (None, None, None);
        self.cells.clear();
        self.blank = clear_type == ClearType::All;
        self.dip(PLAIN);
        self.frame.extend_from_slice(match clear_type {
            ClearType::All => b"\x1b[2J",
            ClearType::AfterCursor => b"\x1b[J",
            ClearType::BeforeCursor => b"\x1b[1J",
            ClearType::CurrentLine => b"\x1b[2K",
            ClearType::UntilNewLine => b"\x1b[K",
        });
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        let size = fitting((self.ask_size)());
        self.width.set(size.width);
        Ok(size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::ZERO })
    }

    /// Writes the frame, at once. A frame that changed nothing writes nothing.
    fn flush(&mut self) -> io::Result<()> {
        if self.frame.is_empty() {
            return Ok(());
        }
        let written = self.out.write_all(&self.frame);
        self.frame.clear();
        written
    }
}

fn fitting(size: Option<Size>) -> Size {
    match size {
        Some(Size { width: 0, .. } | Size { height: 0, .. }) | None => FALLBACK,
        Some(size) => Size { width: size.width.min(MOST.width), height: size.height.min(MOST.height) },
    }
}
