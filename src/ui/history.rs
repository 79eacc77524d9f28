//! The history: a line for each change, one of them in full, and what goes into a ticket.
//!
//! ```text
//!  #12   11-22 14:02 anna    update   marta.lopez       INC0012345 PARTLY DONE
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::history::{Detail, History, Reading, Summary, Undoing};
use crate::app::model::Model;
use crate::domain::history::{self, Told};
use crate::domain::record::{Outcome, Standing};
use crate::ui::popup;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Columns before a value in the detail.
const LEAD: usize = 16;

/// Draws the list, or the change under the cursor in full.
pub fn draw(history: &History, model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    match (&history.detail, history.here()) {
        (Some(detail), Some(told)) => in_full(told, detail, theme, area, frame),
        (Some(_) | None, _) => list(history, model, theme, area, frame),
    }
}

fn list(history: &History, model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let of = history.of.as_deref().unwrap_or(&model.tenant.name);
    let more = match history.reading {
        Reading::Part(_) => ", reading",
        Reading::More(_) => " and more",
        Reading::Done | Reading::Failed(_) => "",
    };
    let title = format!("History of {}: {}{more}", text::safe(of, theme), history.rows.len());
    let mut inside = popup::open(&title, (area.width, area.height), theme, area, frame);
    if history.finding || !history.query.is_empty() {
        let row = Rect { height: 1, ..inside };
        if history.finding {
            popup::input("/", &history.query, theme, row, frame);
        } else {
            let words = format!("/{}", text::safe(&history.query.text(), theme));
            text::put(frame.buffer_mut(), row.x, row.y, row.width, &words, theme.muted());
        }
        inside = Rect { y: inside.y + 1, height: inside.height.saturating_sub(1), ..inside };
    }
    if let Some(words) = empty(history) {
        for (line, y) in text::wrap(&text::safe(&words, theme), inside.width.into()).iter().zip(inside.top()..) {
            text::put(frame.buffer_mut(), inside.x, y, inside.width, line, theme.muted());
        }
        return;
    }
    let columns = Columns::of(inside.width);
    let head = ["", "No.", "When", "Who", "What", "Username", "Ticket", "End"];
    frame.buffer_mut().set_line(inside.x, inside.y, &columns.line(head.map(str::to_owned), theme), inside.width);
    let rows = Rect { y: inside.y + 1, height: inside.height.saturating_sub(1), ..inside };
    let first = popup::first_of(history.at, rows.height);
    for ((index, told), y) in history.rows.iter().enumerate().skip(first).zip(rows.top()..rows.bottom()) {
        let line = columns.line(cells(told, index == history.at, columns), theme);
        frame.buffer_mut().set_line(rows.x, y, &line.style(row_style(told, theme)), rows.width);
    }
    popup::more(first, history.rows.len(), rows, theme, frame);
}

/// What stands in place of an empty list.
fn empty(history: &History) -> Option<String> {
    if !history.rows.is_empty() {
        return match &history.reading {
            Reading::Failed(_) | Reading::Part(_) | Reading::More(_) | Reading::Done => None,
        };
    }
    Some(match &history.reading {
        Reading::Part(_) | Reading::More(_) => "reading".to_owned(),
        Reading::Failed(why) => format!("! {why}"),
        Reading::Done if history.query.is_empty() => "nothing was done here yet".to_owned(),
        Reading::Done => "nothing of that kind; Esc shows everything again".to_owned(),
    })
}

/// How wide each column is: sign, number, time, who, act, username, ticket, end.
#[derive(Clone, Copy)]
struct Columns([usize; 8]);

impl Columns {
    fn of(width: u16) -> Self {
        let width = usize::from(width);
        let fixed = match width {
            0..60 => [2, 0, 0, 0, 9, 0, 0, 12],
            60..100 => [2, 6, 12, 9, 9, 0, 11, 12],
            100.. => [2, 8, 17, 13, 10, 0, 17, 14],
        };
        let mut columns = fixed;
        columns[5] = width.saturating_sub(fixed.iter().sum());
        Self(columns)
    }

    fn line(self, cells: [String; 8], theme: Theme) -> Line<'static> {
        let cell = |(cell, width): (String, usize)| text::cell(&cell, width, theme);
        let cells = cells.into_iter().zip(self.0).filter(|(_, width)| *width > 0);
        Line::raw(cells.map(cell).collect::<String>())
    }
}

fn cells(told: &Told, here: bool, columns: Columns) -> [String; 8] {
    let (change, intent) = (&told.change, &told.change.intent);
    // The year is left out where there is no room for it: what is older than a year is rarely kept.
    let when = told.when.get(if columns.0[2] > 12 { 0..16 } else { 5..16 }).unwrap_or(&told.when);
    let end = told.undone_by().map_or_else(|| told.end().to_owned(), |by| format!("undone {by}"));
    [
        if here { ">" } else { "" }.to_owned(),
        change.id.to_string(),
        when.to_owned(),
        change.who.user.clone(),
        intent.act.word().to_owned(),
        intent.username.clone(),
        intent.ticket.clone().unwrap_or_default(),
        end,
    ]
}

fn row_style(told: &Told, theme: Theme) -> Style {
    match told.change.standing {
        Standing::Open | Standing::InDoubt | Standing::Queued => theme.odd(),
        Standing::Partial => theme.bad(),
        Standing::NotSent | Standing::Rejected => theme.muted(),
        Standing::Done | Standing::Mended | Standing::Dismissed => Style::new(),
    }
}

fn in_full(told: &Told, detail: &Detail, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let intent = &told.change.intent;
    let title = format!(
        "Change {}: {} {}, {}",
        told.change.id,
        intent.act.word(),
        text::safe(&intent.username, theme),
        told.end()
    );
    let inside = popup::open(&title, (area.width, area.height), theme, area, frame);
    let mut page = Page { rows: Vec::new(), room: usize::from(inside.width), theme };
    undoing(&detail.undoing, &mut page);
    head(told, &mut page);
    fields(told, &mut page);
    if let Some(outcome) = &told.change.outcome {
        answer(outcome, &mut page);
    }
    sequels(told, &mut page);
    popup::page(&page.rows, detail.scroll, theme, inside, frame);
}

/// Lines of a label and a text from outside.
struct Page {
    rows: Vec<Line<'static>>,
    room: usize,
    theme: Theme,
}

impl Page {
    fn gap(&mut self) {
        self.rows.push(Line::default());
    }

    fn add(&mut self, label: &str, words: &str, style: Style) {
        let label = text::fit(&text::safe(label, self.theme), LEAD.max(self.room / 4) - 1, self.theme);
        let lead = LEAD.max(text::width(&label) + 1);
        let words = text::safe(words, self.theme);
        for (index, line) in text::wrap(&words, self.room.saturating_sub(lead)).into_iter().enumerate() {
            let label = if index == 0 { label.as_str() } else { "" };
            let pad = " ".repeat(lead - text::width(label));
            self.rows.push(Line::from(vec![Span::raw(format!("{label}{pad}")), Span::styled(line, style)]));
        }
    }
}

fn head(told: &Told, page: &mut Page) {
    let (change, intent, plain) = (&told.change, &told.change.intent, Style::new());
    page.add("when", &told.when, plain);
    let from = change.who.ssh.as_ref().map(|ssh| format!(", from {ssh}")).unwrap_or_default();
    page.add("who", &format!("{} ({}){from}", change.who.user, change.who.uid), plain);
    page.add(
        "where",
        &format!("{}, {}, {}", change.realm.tenant, change.realm.origin, intent.synchronization.word()),
        plain,
    );
    if let Some(key) = &intent.key {
        page.add("addressed as", key, plain);
    }
    if let Some(ticket) = &intent.ticket {
        page.add("ticket", ticket, plain);
    }
    if let Some(purpose) = history::purpose(intent.purpose) {
        page.add("why", &purpose, plain);
    }
    if let Some((job, line)) = intent.job {
        page.add("file", &format!("job {job}, line {line}"), plain);
    }
}

fn fields(told: &Told, page: &mut Page) {
    let lines = history::lines(&told.change.intent);
    if !lines.is_empty() {
        page.gap();
    }
    for line in lines {
        if line.echoed {
            page.add(&line.what, &format!("{}   (sent as read)", line.new), page.theme.muted());
        } else {
            page.add(&line.what, &format!("{} {} {}", line.old, page.theme.arrow(), line.new), Style::new());
        }
    }
}

fn answer(outcome: &Outcome, page: &mut Page) {
    page.gap();
    let http = outcome.http.map_or_else(|| "no HTTP".to_owned(), |http| format!("HTTP {http}"));
    let seconds = format!("{}.{} s", outcome.took / 1000, outcome.took % 1000 / 100);
    page.add(
        "answer",
        &format!("{}, {http}, {seconds}, {}", outcome.verdict.word(), outcome.cause.raw()),
        Style::new(),
    );
    for row in &outcome.platforms {
        let words = history::platform(row);
        page.add("", words.trim_end(), Style::new());
        if let Some(location) = &row.location {
            page.add("", &format!("{:13}{}", "", location.raw()), page.theme.muted());
        }
    }
}

fn sequels(told: &Told, page: &mut Page) {
    if !told.change.sequels.is_empty() {
        page.gap();
    }
    for ((_, sequel), time) in told.change.sequels.iter().zip(&told.times) {
        page.add("then", &format!("{time}  {}", history::sequel(sequel)), Style::new());
    }
    if told.change.elsewhere {
        page.add("then", "another session waits for its answer", page.theme.odd());
    }
}

fn undoing(undoing: &Undoing, page: &mut Page) {
    match undoing {
        Undoing::Not => {}
        Undoing::Reading(_) => {
            page.add("take back", "reading the person", page.theme.odd());
            page.gap();
        }
        Undoing::Refused { why, left } => {
            page.add("take back", why, page.theme.bad());
            for left in left {
                page.add("", &format!("{} {}", left.what, left.why), page.theme.odd());
            }
            page.gap();
        }
    }
}

/// Draws what goes into a ticket.
pub fn summary(summary: &Summary, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let title = "For the ticket: copied if your terminal allows it";
    let inside = popup::open(title, (area.width, area.height), theme, area, frame);
    let lines = summary.text.lines().flat_map(|line| text::wrap(&text::safe(line, theme), inside.width.into()));
    let lines: Vec<Line<'_>> = lines.map(Line::raw).collect();
    popup::page(&lines, summary.scroll, theme, inside, frame);
}

#[cfg(test)]
mod tests;
