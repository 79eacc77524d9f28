//! The file picker: a folder on the left, what is under the cursor on the right.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;

use crate::app::picker::{Picker, Sight, Wanted};
use crate::domain::files::{Entry, EntryKind, Folder, Look, Offer, size};
use crate::ui::choosing;
use crate::ui::popup;
use crate::ui::text;
use crate::ui::theme::Theme;
use crate::ui::thumb;

/// The least width at which the preview stands beside the list.
const BESIDE: u16 = 60;

/// Draws the picker.
pub fn draw(picker: &Picker, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let title = match picker.wanted {
        Wanted::Picture => "Choose a picture",
        Wanted::People => "Choose a file of people",
    };
    let inside = popup::open(title, (area.width, area.height), theme, area, frame);
    let [path, query, rest] =
        Layout::vertical([Constraint::Length(1), Constraint::Length(1), Constraint::Fill(1)]).areas(inside);
    let shown = picker.folder.as_ref().map_or_else(|| "reading the folder".to_owned(), Folder::shown);
    let end = tail(&text::safe(&shown, theme), path.width.into(), theme);
    text::put(frame.buffer_mut(), path.x, path.y, path.width, &end, theme.muted());
    popup::input("/ ", &picker.query, theme, query, frame);
    let [list, sight] = if rest.width >= BESIDE {
        let [list, _, sight] =
            Layout::horizontal([Constraint::Fill(1), Constraint::Length(2), Constraint::Percentage(45)]).areas(rest);
        [list, sight]
    } else {
        Layout::vertical([Constraint::Fill(1), Constraint::Length(4)]).areas(rest)
    };
    draw_entries(picker, theme, list, frame);
    draw_sight(picker, theme, sight, frame);
}

/// The end of a path, which says more than its beginning.
fn tail(path: &str, most: usize, theme: Theme) -> String {
    if text::width(path) <= most {
        return path.to_owned();
    }
    let mut rest = path;
    while text::width(rest) + 1 > most {
        let mut letters = rest.chars();
        letters.next();
        rest = letters.as_str();
    }
    format!("{}{rest}", theme.ellipsis())
}

fn draw_entries(picker: &Picker, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let entries = picker.folder.as_ref().map_or(&[][..], |folder| &folder.entries);
    let lines: Vec<(String, Style)> = picker
        .found
        .iter()
        .filter_map(|index| entries.get(*index))
        .map(|entry| entry_line(entry, picker.wanted, usize::from(area.width).saturating_sub(2), theme))
        .collect();
    if lines.is_empty() && picker.listing.is_none() {
        let words = if entries.is_empty() { "nothing here" } else { "nothing of that name" };
        text::put(frame.buffer_mut(), area.x, area.y, area.width, words, theme.muted());
    }
    choosing::list(&lines, picker.at, theme, area, frame);
}

fn entry_line(entry: &Entry, wanted: Wanted, room: usize, theme: Theme) -> (String, Style) {
    let name = text::safe(entry.name.raw(), theme);
    match entry.kind {
        EntryKind::Folder => (text::fit(&format!("{name}/"), room, theme), Style::new()),
        EntryKind::Picture | EntryKind::Other => {
            let size = size(entry.bytes);
            let name = text::fit(&name, room.saturating_sub(size.len() + 1), theme);
            let pad = " ".repeat(room.saturating_sub(text::width(&name) + size.len()));
            let style = if is_wanted(entry, wanted) { Style::new() } else { theme.muted() };
            (format!("{name}{pad}{size}"), style)
        }
    }
}

/// Whether a file has the name of what is looked for. Another one can be taken all the same.
fn is_wanted(entry: &Entry, wanted: Wanted) -> bool {
    let end = entry.path.extension().and_then(|end| end.to_str()).unwrap_or_default();
    match wanted {
        Wanted::Picture => entry.kind == EntryKind::Picture,
        Wanted::People => PEOPLE.iter().any(|known| end.eq_ignore_ascii_case(known)),
    }
}

/// How files of people are usually called.
const PEOPLE: [&str; 6] = ["csv", "tsv", "txt", "json", "jsonl", "ndjson"];

fn draw_sight(picker: &Picker, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let mut words: Vec<(String, Style)> = Vec::new();
    let mut thumb = None;
    match &picker.sight {
        Sight::Nothing if picker.wanted == Wanted::People => {
            words.push(("The first line names the fields; a line for each person.".to_owned(), theme.muted()));
        }
        Sight::Nothing => {}
        Sight::Looking(_) => words.push(("looking at it".to_owned(), theme.muted())),
        Sight::Unfit(fault) => words.push((format!("! {fault}"), theme.bad())),
        Sight::Seen(look) => {
            thumb = Some(&look.thumb);
            words.extend(seen(look, theme));
        }
    }
    if let Some(fault) = &picker.fault {
        words.push((format!("! {fault}"), theme.bad()));
    }
    if picker.loading.is_some() {
        words.push(("making it ready".to_owned(), theme.odd()));
    }
    let broken: Vec<_> = words
        .into_iter()
        .flat_map(|(line, style)| text::wrap(&line, area.width.into()).into_iter().map(move |line| (line, style)))
        .collect();
    let [small, said] = Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(u16::try_from(broken.len()).unwrap_or(u16::MAX).min(area.height)),
    ])
    .areas(area);
    if let Some(thumb) = thumb {
        thumb::draw(thumb, theme, small, frame.buffer_mut());
    }
    for ((line, style), y) in broken.iter().zip(said.top()..said.bottom()) {
        text::put(frame.buffer_mut(), said.x, y, said.width, line, *style);
    }
}

fn seen(look: &Look, theme: Theme) -> Vec<(String, Style)> {
    let mut words = vec![(
        format!("{}x{}  {}  {}", look.width, look.height, size(look.bytes), look.format.media_type()),
        Style::new(),
    )];
    if look.offer != Offer::AsIs {
        words.push((look.offer.to_string(), theme.odd()));
    }
    if !look.notes.is_empty() {
        words.push((text::safe(&look.notes.join(", "), theme), theme.muted()));
    }
    words
}
