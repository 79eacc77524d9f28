//! The picture: from the pane's keys to bytes that are ready to be sent.

use crate::app::editor::TextEditor;
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::image::{self, PasteQuestion, UrlQuestion};
use crate::app::jobs;
use crate::app::model::{Model, Overlay};
use crate::app::msg::LoadFault;
use crate::app::picker::{self, Picker, Wanted};
use crate::domain::fields::Field;
use crate::domain::files::{Folder, MediaFault};
use crate::domain::photo::{Photo, Picture, url_fault};

/// In the image pane and its questions.
pub fn image(model: &mut Model, act: image::Act) -> Effects {
    match act {
        image::Act::File => {
            let start = model.last_folder.clone();
            let (picker, effects) = Picker::open(Wanted::Picture, start, &mut || model.ticket());
            model.overlay = Some(Overlay::Picker(Box::new(picker)));
            effects
        }
        image::Act::Url => {
            let text = match &model.image.photo {
                Some(Photo::Url(url)) => url.clone(),
                Some(Photo::Picture(_)) | None => String::new(),
            };
            model.overlay = Some(Overlay::Url(UrlQuestion { editor: TextEditor::new(&text, false), fault: None }));
            Effects::none()
        }
        image::Act::Paste => {
            model.overlay = Some(Overlay::Paste(PasteQuestion::default()));
            Effects::none()
        }
        image::Act::None => {
            model.image = image::Pane::default();
            unblame(model);
            Effects::none()
        }
        image::Act::Take => take(model),
        image::Act::Agree => agree(model),
    }
}

fn take(model: &mut Model) -> Effects {
    match &mut model.overlay {
        Some(Overlay::Url(question)) => {
            let url = question.editor.text().trim().to_owned();
            if let Some(fault) = url_fault(&url) {
                question.fault = Some(fault.to_owned());
            } else {
                model.image.photo = Some(Photo::Url(url));
                model.overlay = None;
                unblame(model);
            }
            Effects::none()
        }
        Some(Overlay::Paste(_)) => decode(model),
        _ => Effects::none(),
    }
}

/// The agent agrees to what would make the pasted picture fit.
fn agree(model: &mut Model) -> Effects {
    if let Some(Overlay::Paste(question)) = &mut model.overlay
        && let Some(wish) = question.fault.as_ref().and_then(|fault| image::wish_for(fault, question.wish))
    {
        question.wish = wish;
        return decode(model);
    }
    Effects::none()
}

fn decode(model: &mut Model) -> Effects {
    let ticket = model.ticket();
    let Some(Overlay::Paste(question)) = &mut model.overlay else {
        return Effects::none();
    };
    question.waiting = Some(ticket);
    question.fault = None;
    Effects::one(Effect::Decode { ticket, text: question.shared(), wish: question.wish })
}

/// Runs a step of the picker with tickets of the model.
fn with_picker(model: &mut Model, step: impl FnOnce(&mut Picker, picker::NextTicket<'_>) -> Effects) -> Effects {
    match model.overlay.take() {
        Some(Overlay::Picker(mut picker)) => {
            let effects = step(&mut picker, &mut || model.ticket());
            model.overlay = Some(Overlay::Picker(picker));
            effects
        }
        other => {
            model.overlay = other;
            Effects::none()
        }
    }
}

/// In the file picker.
pub fn picker(model: &mut Model, act: picker::Act) -> Effects {
    let effects = with_picker(model, |picker, next| picker.act(act, next));
    match &mut model.overlay {
        Some(Overlay::Picker(picker)) => match picker.chosen.take() {
            Some(path) => jobs::chosen(model, path),
            None => effects,
        },
        _ => effects,
    }
}

/// Another name is looked for.
pub fn refilter(model: &mut Model) -> Effects {
    with_picker(model, Picker::refilter)
}

/// A folder was listed.
pub fn listed(model: &mut Model, ticket: Ticket, answer: Result<Folder, MediaFault>) -> Effects {
    with_picker(model, |picker, next| picker.listed(ticket, answer, next))
}

/// A picture is ready, or not. What was asked for in a question that was closed since is dropped.
pub fn loaded(model: &mut Model, ticket: Ticket, answer: Result<Box<Picture>, LoadFault>) -> Effects {
    let fault = match &mut model.overlay {
        Some(Overlay::Picker(picker)) if picker.loading == Some(ticket) => {
            picker.loading = None;
            &mut picker.fault
        }
        Some(Overlay::Paste(question)) if question.waiting == Some(ticket) => {
            question.waiting = None;
            &mut question.fault
        }
        _ => return Effects::none(),
    };
    match answer {
        Err(words) => *fault = Some(words),
        Ok(picture) => {
            model.image.folder = None;
            if let Some(Overlay::Picker(picker)) = &model.overlay {
                model.last_folder = picker.folder.as_ref().map(|folder| folder.path.clone());
                // A folder whose name is no text cannot be kept as one.
                model.image.folder = model.last_folder.as_ref().and_then(|path| path.to_str()).map(str::to_owned);
            }
            model.image.photo = Some(Photo::Picture(*picture));
            model.overlay = None;
            unblame(model);
        }
    }
    Effects::none()
}

fn unblame(model: &mut Model) {
    model.form.blamed.retain(|(blamed, _)| *blamed != Field::Image);
}
