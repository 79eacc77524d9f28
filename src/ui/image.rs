//! The image pane: what will be sent as the picture, as well as a terminal can show it.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};

use crate::app::model::{Focus, Model};
use crate::domain::fields::Field;
use crate::domain::files::size;
use crate::domain::photo::{Photo, Picture};
use crate::ui::popup;
use crate::ui::text;
use crate::ui::theme::Theme;
use crate::ui::thumb;

/// Columns for the words beside the picture.
const WORDS: u16 = 18;

/// Draws the pane.
pub fn draw(model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let rest = popup::title("Image", model.focus == Focus::Image, theme, area, frame);
    let blamed = model.form.blamed.iter().filter(|(field, _)| *field == Field::Image);
    let blamed: Vec<String> = blamed
        .flat_map(|(_, message)| {
            text::wrap(&format!("! the service says: {}", text::safe(message.raw(), theme)), rest.width.into())
        })
        .collect();
    let [content, faults] =
        Layout::vertical([Constraint::Fill(1), Constraint::Length(u16::try_from(blamed.len()).unwrap_or(0))])
            .areas(rest);
    match &model.image.photo {
        Some(Photo::Picture(picture)) => draw_picture(picture, theme, content, frame),
        Some(Photo::Url(url)) => lines(
            &[format!("* {}", text::safe(url, theme)), "sent as a URL, not fetched here".into()],
            theme,
            content,
            frame,
        ),
        None if model.image.again.is_some() => lines(&again(model, theme), theme, content, frame),
        None if model.form.subject.person().is_some_and(|person| person.has_picture) => {
            lines(&["has a picture on the server".into(), "left as it is".into()], theme, content, frame);
        }
        None => lines(&["none".into()], theme, content, frame),
    }
    for (line, y) in blamed.iter().zip(faults.top()..faults.bottom()) {
        text::put(frame.buffer_mut(), faults.x, y, faults.width, line, theme.bad());
    }
}

/// The picture of a draft: it is not kept itself.
fn again(model: &Model, theme: Theme) -> Vec<String> {
    let Some((name, folder)) = &model.image.again else { return Vec::new() };
    let from = folder.iter().map(|folder| format!("in {}", text::safe(folder, theme)));
    let first = format!("! {}: choose it again", text::safe(name, theme));
    let rest = "a draft does not hold it; x sends none".to_owned();
    std::iter::once(first).chain(from).chain([rest]).collect()
}

fn draw_picture(picture: &Picture, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let [small, _, words] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Length(1), Constraint::Length(WORDS)]).areas(area);
    thumb::draw(&picture.thumb, theme, small, frame.buffer_mut());
    let mut said = vec![
        format!("* {}", text::safe(&picture.name, theme)),
        format!("{}x{}  {}", picture.width, picture.height, size(picture.bytes.len() as u64)),
        picture.media_type.to_string(),
    ];
    said.extend(picture.notes.iter().map(|note| text::safe(note, theme)));
    lines(&said, theme, words, frame);
}

/// Writes lines, broken where they are too long, the first one plain and the others muted.
fn lines(lines: &[String], theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let broken = lines.iter().enumerate().flat_map(|(index, line)| {
        let style = if index == 0 { ratatui::style::Style::new() } else { theme.muted() };
        text::wrap(line, area.width.into()).into_iter().map(move |line| (line, style))
    });
    for ((line, style), y) in broken.zip(area.top()..area.bottom()) {
        text::put(frame.buffer_mut(), area.x, y, area.width, &line, style);
    }
}
