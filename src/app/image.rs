//! The image pane: no picture, a URL, a file, or pasted base64; and the two questions that ask for text.

use std::sync::Arc;

use crate::app::editor::TextEditor;
use crate::app::effect::Ticket;
use crate::app::msg::LoadFault;
use crate::domain::files::{MediaFault, Wish};
use crate::domain::photo::Photo;

/// What a person does about the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Look for a file.
    File,
    /// Write a URL.
    Url,
    /// Paste base64 or a data: URI.
    Paste,
    /// Send no picture.
    None,
    /// Take what stands in the question.
    Take,
    /// Agree to what the offer says.
    Agree,
}

/// The pane.
#[derive(Clone, Debug, Default)]
pub struct Pane {
    /// What will be sent.
    pub photo: Option<Photo>,
    /// The folder that its file was found in.
    pub folder: Option<String>,
    /// The picture of a draft, which has to be chosen again: its name, and the folder.
    pub again: Option<(String, Option<String>)>,
}

/// The question for a URL.
#[derive(Clone, Debug)]
pub struct UrlQuestion {
    /// What is being written.
    pub editor: TextEditor,
    /// Why it cannot be taken.
    pub fault: Option<String>,
}

/// The question for pasted base64. The text may have a million letters, so that it has a counter in place of an editor.
#[derive(Clone, Debug, Default)]
pub struct PasteQuestion {
    /// What was pasted so far.
    pub text: String,
    /// The question that is open.
    pub waiting: Option<Ticket>,
    /// Why it cannot be taken.
    pub fault: Option<LoadFault>,
    /// What the agent agreed to so far.
    pub wish: Wish,
}

/// The longest paste in bytes: the largest file that is read, as base64, with room for line breaks.
pub const MOST_PASTED: usize = 48 * 1024 * 1024;

impl PasteQuestion {
    /// Takes more text; what is over the limit is left out and said.
    pub fn add(&mut self, text: &str) {
        self.fault = None;
        if self.text.len() + text.len() > MOST_PASTED {
            self.fault = Some(LoadFault::Paste("more than 48 MB were pasted; the rest was left out".to_owned()));
            return;
        }
        self.text.push_str(text);
    }

    /// The text, to be decoded.
    pub fn shared(&self) -> Arc<str> {
        Arc::from(self.text.as_str())
    }
}

/// What would have to be agreed to, so that a picture that cannot be sent as it is becomes fit, in addition to what was agreed to before.
pub fn wish_for(fault: &LoadFault, before: Wish) -> Option<Wish> {
    match fault {
        LoadFault::Media(MediaFault::NeedsConverting(_)) => Some(Wish { convert: true, ..before }),
        LoadFault::Media(MediaFault::TooLarge(_)) => Some(Wish { shrink: true, ..before }),
        LoadFault::Media(_) | LoadFault::Paste(_) => None,
    }
}

impl std::fmt::Display for LoadFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Media(fault) => fault.fmt(f),
            Self::Paste(words) => f.write_str(words),
        }
    }
}
