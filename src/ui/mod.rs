//! The screen as a function of the model: nothing here changes anything.
//!
//! One file a pane, named as on the screen. Lines that only decorate are left out on purpose: over SSH each border is
//! bytes that every agent waits for, so a title is an underlined row, and only what lies over the screen has a frame.
//!
//! ```text
//!  wide (72x20 and more)                       narrow (40x12 and more)
//!  header                                      header
//!  form                    | roles             one pane: the one that has the keys
//!                          | image             status, in one line
//!  status                                      hint
//!  hint                                        footer
//!  footer
//! ```

pub mod attention;
pub mod batch;
pub mod choosing;
pub mod command_line;
pub mod deed;
pub mod drafts;
pub mod footer;
pub mod form;
pub mod header;
pub mod help;
pub mod history;
pub mod image;
pub mod jobs;
pub mod people;
pub mod picker;
pub mod popup;
pub mod questions;
pub mod review;
pub mod roles;
pub mod status;
pub mod text;
pub mod theme;
pub mod three_way;
pub mod thumb;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};

use crate::app::model::{Focus, Model, Overlay, Screen};
use crate::ui::theme::Theme;

/// The smallest screen that is drawn.
pub const SMALLEST: (u16, u16) = (40, 12);
/// The smallest screen on which the panes stand side by side.
const WIDE: (u16, u16) = (72, 20);

/// Draws everything.
pub fn draw(model: &Model, frame: &mut Frame<'_>) {
    let theme = Theme::new(model.look);
    let screen = frame.area();
    if screen.width < SMALLEST.0 || screen.height < SMALLEST.1 {
        return too_small(screen, frame);
    }
    let status = status::height(model, screen.width).min(screen.height / 2);
    let [top, body, below, hint, foot] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(if is_wide(screen) { status } else { 1 }),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(screen);
    header::draw(model, theme, top, frame);
    if is_wide(screen) {
        match model.screen {
            Screen::People => people::draw(model, theme, body, frame),
            Screen::Editor => side_by_side(model, theme, body, frame),
        }
        status::draw(model, theme, below, frame);
    } else {
        one_pane(model, theme, body, frame);
        status::draw_line(model, theme, below, frame);
    }
    if let Some(overlay) = &model.overlay {
        let rest = Rect { y: body.y, height: body.height + below.height, ..body };
        draw_over(overlay, model, theme, rest, frame);
    }
    footer::hint(model, theme, hint, frame);
    footer::draw(model, foot, frame);
}

fn is_wide(screen: Rect) -> bool {
    screen.width >= WIDE.0 && screen.height >= WIDE.1
}

fn too_small(screen: Rect, frame: &mut Frame<'_>) {
    let words = format!(
        "Too small: {}x{} at least, this is {}x{}. Nothing is lost.",
        SMALLEST.0, SMALLEST.1, screen.width, screen.height
    );
    for (line, y) in text::wrap(&words, screen.width.into()).iter().zip(screen.top()..screen.bottom()) {
        text::put(frame.buffer_mut(), screen.x, y, screen.width, line, ratatui::style::Style::new());
    }
}

fn side_by_side(model: &Model, theme: Theme, body: Rect, frame: &mut Frame<'_>) {
    let right = (body.width * 9 / 20).max(roles::WIDTH);
    let [fields, _, panes] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Length(1), Constraint::Length(right)]).areas(body);
    let [matrix, _, picture] =
        Layout::vertical([Constraint::Length(roles::height(model)), Constraint::Length(1), Constraint::Fill(1)])
            .areas(panes);
    form::draw(model, theme, fields, frame);
    roles::draw(model, theme, matrix, frame);
    image::draw(model, theme, picture, frame);
}

fn one_pane(model: &Model, theme: Theme, body: Rect, frame: &mut Frame<'_>) {
    match model.focus {
        Focus::List => people::draw(model, theme, body, frame),
        Focus::Fields => form::draw(model, theme, body, frame),
        Focus::Roles => roles::draw(model, theme, body, frame),
        Focus::Image => image::draw(model, theme, body, frame),
        Focus::Status => status::draw(model, theme, body, frame),
    }
}

/// What lies over the screen. The header stays: which tenant this is must not be covered.
fn draw_over(overlay: &Overlay, model: &Model, theme: Theme, rest: Rect, frame: &mut Frame<'_>) {
    match overlay {
        Overlay::Help(help, _) => help::draw(help, theme, rest, frame),
        Overlay::Palette(palette) => choosing::palette(palette, theme, rest, frame),
        Overlay::Confirm(confirm) => questions::confirm(confirm, theme, rest, frame),
        Overlay::Chooser(chooser) => choosing::chooser(chooser, theme, rest, frame),
        Overlay::Picker(picker) => picker::draw(picker, theme, rest, frame),
        Overlay::Url(question) => questions::url(question, theme, rest, frame),
        Overlay::Paste(question) => questions::paste(question, theme, rest, frame),
        Overlay::Open(question) => questions::open(question, theme, rest, frame),
        Overlay::Review(review) => review::draw(review, model, theme, rest, frame),
        Overlay::Deed(question) => deed::draw(question, theme, rest, frame),
        Overlay::Menu(menu) => choosing::menu(menu, theme, rest, frame),
        Overlay::Batch(batch) => batch::draw(batch, model, theme, rest, frame),
        Overlay::ThreeWay(view) => three_way::draw(view, theme, rest, frame),
        Overlay::Drafts(view) => drafts::draw(view, model, theme, rest, frame),
        Overlay::History(history) => history::draw(history, model, theme, rest, frame),
        Overlay::Summary(summary) => history::summary(summary, theme, rest, frame),
        Overlay::CommandLine(shown) => command_line::draw(shown, theme, rest, frame),
        Overlay::Groups(groups) => people::groups(groups, theme, rest, frame),
        Overlay::Attention(view) => attention::draw(view, model, theme, rest, frame),
        Overlay::TicketNumber(question) => questions::ticket_number(question, theme, rest, frame),
        Overlay::Jobs(view) => jobs::draw(view, model, theme, rest, frame),
        Overlay::Detail(scroll) => status::detail(model, *scroll, theme, rest, frame),
    }
}

#[cfg(test)]
mod tests;
