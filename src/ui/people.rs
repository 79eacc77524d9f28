//! The first screen: everybody, found as one types.
//!
//! ```text
//!  People   1,204 of 1,204, read 14:02        /mart   2 found
//!    Username          Name                E-mail                On   Roles
//!  > marta.lopez       Marta López         marta.lopez@acme...   yes  mUA tUT sU p-
//! ```

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Line;

use crate::app::index::entry::Entry;
use crate::app::index::search::Sort;
use crate::app::model::{Focus, Groups, Model};
use crate::app::people::{People, Reading};
use crate::domain::roles::Catalogue;
use crate::ui::popup;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Draws the list.
pub fn draw(model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let people = &model.people;
    let focused = model.focus == Focus::List;
    let drafts = model.drafts.words().map(|words| format!(", {words}")).unwrap_or_default();
    let head = format!("People   {}{drafts}", state(people));
    let mut rows = popup::title(&text::fit(&head, area.width.into(), theme), focused, theme, area, frame);
    query(people, focused && model.overlay.is_none(), theme, area, frame);
    let columns = Columns::of(rows.width);
    let order = |sort: Sort, words: &str| {
        if people.sort == sort && sort != Sort::AsRead { format!("{words} (order)") } else { words.to_owned() }
    };
    let names = [
        order(Sort::Username, "Username"),
        order(if people.sort == Sort::Surname { Sort::Surname } else { Sort::Name }, "Name"),
        order(Sort::Email, "E-mail"),
    ];
    columns.put(["", &names[0], &names[1], &names[2], "On", "Roles"], theme.muted(), rows, theme, frame);
    rows = Rect { y: rows.y + 1, height: rows.height.saturating_sub(1), ..rows };
    let first = popup::first_of(people.at, rows.height);
    let shown = people.rows().iter().enumerate().skip(first);
    for ((line, row), y) in shown.zip(rows.top()..rows.bottom()) {
        if let Some(entry) = people.index.get(*row) {
            let here = line == people.at;
            let marked = people.marks.contains(*row);
            let style = if here && focused { theme.focus() } else { Style::new() };
            put(
                &entry,
                [here, marked],
                &model.catalogues.update,
                style,
                columns,
                Rect { y, height: 1, ..rows },
                theme,
                frame,
            );
        }
    }
    if people.rows().is_empty() {
        text::put(frame.buffer_mut(), rows.x + 2, rows.y, rows.width, empty(people), theme.muted());
    }
}

/// What an empty list says.
fn empty(people: &People) -> &'static str {
    match people.reading {
        Reading::Not | Reading::Copy(_) | Reading::Page(_) => "reading",
        Reading::Failed(_) => "the list could not be read",
        Reading::Stopped | Reading::Done if people.index.is_empty() => "nobody",
        Reading::Stopped | Reading::Done => "nobody of that kind; Esc shows everybody again",
    }
}

/// How many there are, how old that is, and whether more are coming.
fn state(people: &People) -> String {
    let count = thousands(people.index.len());
    let age = people.read_at.as_ref().map(|when| format!(", read {when}")).unwrap_or_default();
    let going = match &people.reading {
        Reading::Page(_) => ", reading on",
        Reading::Copy(_) => ", loading",
        Reading::Stopped => ", stopped: s goes on",
        Reading::Failed(_) => ", not all: s goes on",
        Reading::Not | Reading::Done => "",
    };
    let marked = if people.marks.is_empty() { String::new() } else { format!(", {} marked", people.marks.len()) };
    let filter = if people.filter.is_empty() {
        String::new()
    } else {
        format!(", {} of a kind", thousands(people.rows().len()))
    };
    format!("{count} people{age}{going}{filter}{marked}")
}

/// 1,204.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// What is looked for, at the right of the title.
fn query(people: &People, typing: bool, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    if !people.finding && people.query.is_empty() {
        return;
    }
    let found = format!("   {} found ", thousands(people.rows().len()));
    let words = text::safe(&people.query.text(), theme);
    let room = usize::from(area.width / 2).saturating_sub(found.len());
    let (shown, cursor) = text::window(&words, "", room.max(4));
    let line = format!(" /{shown}{found}");
    let x = area.right().saturating_sub(u16::try_from(text::width(&line)).unwrap_or(area.width));
    text::put(frame.buffer_mut(), x, area.y, area.width, &line, theme.title(true));
    if people.finding && typing {
        frame.set_cursor_position(Position::new(x + 2 + u16::try_from(cursor).unwrap_or(0), area.y));
    }
}

/// Where each column begins and ends: signs, username, name, e-mail, on, roles.
#[derive(Clone, Copy)]
struct Columns([u16; 6]);

impl Columns {
    fn of(width: u16) -> Self {
        if width < 60 {
            let name = width.saturating_sub(2 + 17);
            return Self([2, 17, name, 0, 0, 0]);
        }
        let rest = width.saturating_sub(2 + 18 + 5 + 16);
        let name = rest * 2 / 5;
        Self([2, 18, name, rest - name, 5, 16])
    }

    fn put(self, cells: [&str; 6], style: Style, row: Rect, theme: Theme, frame: &mut Frame<'_>) {
        let mut x = row.x;
        for (cell, width) in cells.iter().zip(self.0) {
            if width > 0 {
                let cut = text::fit(cell, usize::from(width).saturating_sub(1), theme);
                text::put(frame.buffer_mut(), x, row.y, width, &cut, style);
            }
            x += width;
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "one line of a table: what, how, where")]
fn put(
    entry: &Entry<'_>,
    [here, marked]: [bool; 2],
    catalogue: &Catalogue,
    style: Style,
    columns: Columns,
    row: Rect,
    theme: Theme,
    frame: &mut Frame<'_>,
) {
    let safe = |text: &str| text::safe(text, theme);
    let signs = format!("{}{}", if here { '>' } else { ' ' }, if marked { '*' } else { ' ' });
    let on = match entry.enabled {
        Some(true) => "yes",
        Some(false) => "no",
        None => "?",
    };
    // The signs take their column whole: cutting leaves a blank for everything else.
    text::put(frame.buffer_mut(), row.x, row.y, 2, &signs, style);
    // The sign alone says where the cursor is: making the whole line bold would cost two hundred bytes a key.
    let cells =
        ["", &safe(&entry.username), &safe(&entry.full_name()), &safe(&entry.email), on, &roles(entry, catalogue)];
    columns.put(cells, Style::new(), row, theme, frame);
}

/// The roles in short: a small letter for the section, a capital for each role, a dash for none, such as `mUA tUT sU p-`.
fn roles(entry: &Entry<'_>, catalogue: &Catalogue) -> String {
    let initial = |word: &str| word.chars().next().map(|c| c.to_ascii_uppercase());
    let section = |section: &crate::domain::roles::Section| {
        let letter = section.key.chars().next().unwrap_or('?');
        let has = entry.roles.get(&section.key);
        let roles: String = section
            .roles
            .iter()
            .filter(|role| has.is_some_and(|has| has.contains(&role.key)))
            .filter_map(|role| initial(&role.key))
            .collect();
        format!("{letter}{}", if roles.is_empty() { "-".to_owned() } else { roles })
    };
    catalogue.sections().iter().map(section).collect::<Vec<_>>().join(" ")
}

/// Draws the groups of a user.
pub fn groups(groups: &Groups, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let title = format!("Groups of {}", text::safe(&groups.username, theme));
    let inside = popup::open(&title, (area.width.min(76), area.height), theme, area, frame);
    let lines: Vec<Line<'_>> = match &groups.answer {
        None => vec![Line::raw("reading")],
        Some(Err(fault)) => vec![Line::styled(text::safe(&format!("! {fault}"), theme), theme.bad())],
        Some(Ok(list)) if list.is_empty() => vec![Line::raw("in no group")],
        Some(Ok(list)) => list
            .iter()
            .map(|group| {
                let roles = group.roles.iter().map(|(section, roles)| {
                    format!("{section}: {}", roles.iter().cloned().collect::<Vec<_>>().join(", "))
                });
                let roles = roles.collect::<Vec<_>>().join("; ");
                Line::raw(text::safe(&format!("{:<16} {}   {roles}", group.code, group.name), theme))
            })
            .collect(),
    };
    popup::page(&lines, groups.scroll, theme, inside, frame);
}
