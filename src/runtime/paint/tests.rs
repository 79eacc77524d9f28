//! Bytes against the vt100 crate, which knows nothing of this painter.

use std::num::NonZero;

use proptest::prelude::{Just, any, prop, prop_oneof};
use proptest::strategy::Strategy;
use ratatui::Terminal;
use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::*;

/// What was written, one entry for each write.
#[derive(Default)]
struct Writes(Vec<Vec<u8>>);

impl Write for Writes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn emulator() -> vt100::Parser {
    vt100::Parser::new(NonZero::new(4).expect("4 rows"), NonZero::new(20).expect("20 columns"), 0)
}

type Screen = Terminal<Painter<Writes>>;

fn screen() -> Screen {
    Terminal::new(Painter::new(Writes::default(), || Some(Size { width: 20, height: 4 }))).expect("a terminal")
}

fn show(screen: &mut Screen, text: &str, cursor: Option<(u16, u16)>) -> Vec<u8> {
    let before = screen.backend().out.0.len();
    screen
        .draw(|frame| {
            frame.render_widget(text, frame.area());
            if let Some(cursor) = cursor {
                frame.set_cursor_position(cursor);
            }
        })
        .expect("drawn");
    let writes = &screen.backend().out.0[before..];
    assert!(writes.len() <= 1, "{} writes for one frame", writes.len());
    writes.concat()
}

#[test]
fn a_letter_costs_its_own_byte_in_one_write() {
    let mut screen = screen();
    show(&mut screen, "name: ", Some((6, 0)));
    assert_eq!(show(&mut screen, "name: a", Some((7, 0))), b"a");
    assert_eq!(show(&mut screen, "name: añ", Some((8, 0))), "ñ".as_bytes());
    assert_eq!(show(&mut screen, "name: a", Some((7, 0))), b"\x08 \x08");
}

#[test]
fn a_frame_that_changed_nothing_writes_nothing() {
    let mut screen = screen();
    show(&mut screen, "same", Some((2, 0)));
    assert_eq!(show(&mut screen, "same", Some((2, 0))), b"");
    show(&mut screen, "same", None);
    assert_eq!(show(&mut screen, "same", None), b"");
}

#[test]
fn behind_the_last_column_nothing_is_taken_for_granted() {
    let mut screen = screen();
    let bytes = show(&mut screen, "nineteen letters, 20", Some((19, 0)));
    assert!(bytes.ends_with(b"20\x1b[?25h\x1b[1;20H"), "{:?}", String::from_utf8_lossy(&bytes));
}

#[test]
fn another_field_costs_a_move() {
    let mut screen = screen();
    show(&mut screen, "a\nb\nc", Some((5, 0)));
    assert_eq!(show(&mut screen, "a\nb\nc", Some((5, 1))), b"\x1b[2;6H");
}

#[test]
fn drawing_anew_trusts_nothing_that_was_set() {
    let mut screen = screen();
    show(&mut screen, "text", Some((4, 0)));
    screen.clear().unwrap();
    let bytes = show(&mut screen, "text", Some((4, 0)));
    let mut terminal = emulator();
    terminal.process(b"\x1b[41;7mforeign\x1b[?25l");
    terminal.process(&bytes);
    assert_eq!(terminal.screen().contents(), "text");
    assert!(!terminal.screen().hide_cursor());
    assert_eq!(terminal.screen().cell(0, 0).map(vt100::Cell::bgcolor), Some(vt100::Color::Default));
}

#[test]
fn a_terminal_without_a_size_has_80_columns_and_24_rows() {
    assert_eq!(fitting(None), FALLBACK);
    assert_eq!(fitting(Some(Size { width: 0, height: 0 })), FALLBACK);
    assert_eq!(fitting(Some(Size { width: 0, height: 50 })), FALLBACK);
    assert_eq!(fitting(Some(Size { width: 1, height: 1 })), Size { width: 1, height: 1 });
    assert_eq!(fitting(Some(Size { width: u16::MAX, height: u16::MAX })), MOST);
}

fn colour() -> impl Strategy<Value = Color> {
    prop_oneof![
        Just(Color::Reset),
        Just(Color::Red),
        Just(Color::Gray),
        Just(Color::DarkGray),
        Just(Color::White),
        any::<u8>().prop_map(Color::Indexed),
        any::<[u8; 3]>().prop_map(|[r, g, b]| Color::Rgb(r, g, b)),
    ]
}

fn modifier() -> impl Strategy<Value = Modifier> {
    prop_oneof![
        Just(Modifier::empty()),
        Just(Modifier::BOLD),
        Just(Modifier::DIM),
        Just(Modifier::UNDERLINED | Modifier::BOLD),
        Just(Modifier::REVERSED),
        Just(Modifier::ITALIC),
    ]
}

type Stroke = (u16, u16, &'static str, Color, Color, Modifier);

fn stroke() -> impl Strategy<Value = Stroke> {
    let text =
        prop_oneof![Just("a"), Just("Marta"), Just("é"), Just("山田"), Just("──"), Just(" "), Just("█▄"), Just("b c")];
    (0..20_u16, 0..4_u16, text, colour(), colour(), modifier())
}

/// What is drawn, and where the cursor is.
type Picture = (Vec<Stroke>, Option<(u16, u16)>);

/// What the stock backend makes of the same frames: slow, and right.
fn stock(frames: &[Picture]) -> vt100::Parser {
    let mut bytes = Vec::new();
    let area = ratatui::layout::Rect::new(0, 0, 20, 4);
    let mut last = Buffer::empty(area);
    for (strokes, cursor) in frames {
        let mut next = Buffer::empty(area);
        paint(&mut next, strokes);
        let mut backend = ratatui::backend::CrosstermBackend::new(&mut bytes);
        backend.draw(last.diff(&next).into_iter()).expect("drawn");
        match cursor {
            Some(cursor) => {
                backend.set_cursor_position(*cursor).expect("moved");
                backend.show_cursor().expect("shown");
            }
            None => backend.hide_cursor().expect("hidden"),
        }
        last = next;
    }
    let mut terminal = emulator();
    terminal.process(&bytes);
    terminal
}

fn paint(buffer: &mut Buffer, strokes: &[Stroke]) {
    for (x, y, text, front, back, modifier) in strokes {
        // The emulator cannot hold bold and dim together, so that strokes do not add up.
        let style = Style::new().fg(*front).bg(*back).remove_modifier(Modifier::all()).add_modifier(*modifier);
        buffer.set_string(*x, *y, text, style);
    }
}

/// What an eye sees of each cell. A blank that was written looks like one that never was.
fn seen(terminal: &vt100::Parser) -> Vec<String> {
    let screen = terminal.screen();
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let cells = (0..rows).flat_map(|row| (0..columns).filter_map(move |column| screen.cell(row, column)));
    let looks = cells.map(|cell| {
        let letter = if cell.has_contents() { cell.contents() } else { " " };
        let attributes = [cell.bold(), cell.dim(), cell.italic(), cell.underline(), cell.inverse(), cell.is_wide()];
        format!("{letter:?} {:?} on {:?} {attributes:?}", cell.fgcolor(), cell.bgcolor())
    });
    looks.collect()
}

proptest::proptest! {
    #[test]
    fn what_is_seen_is_what_the_stock_backend_shows(
        frames in prop::collection::vec((prop::collection::vec(stroke(), 0..6), prop::option::of((0..20_u16, 0..4_u16))), 1..6),
    ) {
        let mut screen = screen();
        for (strokes, cursor) in &frames {
            screen.draw(|frame| {
                paint(frame.buffer_mut(), strokes);
                if let Some(cursor) = cursor {
                    frame.set_cursor_position(*cursor);
                }
            }).expect("drawn");
        }
        let mut ours = emulator();
        ours.process(&screen.backend().out.0.concat());
        let stock = stock(&frames);
        if frames.last().is_some_and(|(_, cursor)| cursor.is_some()) {
            proptest::prop_assert_eq!(ours.screen().cursor_position(), stock.screen().cursor_position());
        }
        // Where a hidden cursor is and which colours the next letter would have is nobody's business.
        proptest::prop_assert_eq!(seen(&ours), seen(&stock));
        proptest::prop_assert_eq!(ours.screen().hide_cursor(), stock.screen().hide_cursor());
    }
}
