//! The file picker: walks folders of the machine that the program runs on, finds as one types, and shows what is under
//! the cursor.
//!
//! Listing and looking are effects, so that no key ever waits for a disk or a decoder. Only the last question of each kind counts; answers
//! to older ones are dropped.

use std::path::{Path, PathBuf};

use crate::app::editor::TextEditor;
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::fuzzy;
use crate::app::msg::LoadFault;
use crate::domain::files::{Entry, EntryKind, Folder, Look, MediaFault, Offer, Wish};

/// What a person does in the picker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// By lines; down where positive.
    Move(i16),
    /// Open the folder, or take the picture.
    Take,
    /// To the folder above.
    Up,
    /// Show or hide names that begin with a dot.
    Hidden,
}

/// What is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// A picture: it is looked at, and made ready to be sent.
    #[default]
    Picture,
    /// A file of people: it is only chosen.
    People,
}

/// The open picker.
#[derive(Clone, Debug)]
pub struct Picker {
    /// What is looked for.
    pub wanted: Wanted,
    /// The file of people that was chosen.
    pub chosen: Option<PathBuf>,
    /// The folder that is shown; nothing until the first one was read.
    pub folder: Option<Folder>,
    /// What was typed.
    pub query: TextEditor,
    /// The entries that match, best first.
    pub found: Vec<usize>,
    /// The line under the cursor.
    pub at: usize,
    /// Names that begin with a dot are shown.
    pub hidden: bool,
    /// The listing that is being waited for.
    pub listing: Option<Ticket>,
    /// The file under the cursor: being looked at, or what was seen.
    pub sight: Sight,
    /// The picture that is being made ready.
    pub loading: Option<Ticket>,
    /// Why the folder or the file cannot be had.
    pub fault: Option<LoadFault>,
    /// The name that the cursor shall be on once the listing is there.
    came_from: Option<PathBuf>,
}

/// What is known of the file under the cursor.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Sight {
    /// Nothing is under the cursor, or a folder.
    #[default]
    Nothing,
    /// It is being looked at.
    Looking(Ticket),
    /// It is a picture.
    Seen(Box<Look>),
    /// It cannot be used.
    Unfit(MediaFault),
}

/// Hands out tickets.
pub type NextTicket<'a> = &'a mut dyn FnMut() -> Ticket;

impl Picker {
    /// Opens the picker in the folder of the last time, or where pictures are likely to be.
    pub fn open(wanted: Wanted, start: Option<PathBuf>, next: NextTicket<'_>) -> (Self, Effects) {
        let mut picker = Self {
            wanted,
            chosen: None,
            folder: None,
            query: TextEditor::new("", false),
            found: Vec::new(),
            at: 0,
            hidden: false,
            listing: None,
            sight: Sight::Nothing,
            loading: None,
            fault: None,
            came_from: None,
        };
        let effects = picker.list(start, next);
        (picker, effects)
    }

    /// The entry under the cursor.
    pub fn entry(&self) -> Option<&Entry> {
        self.folder.as_ref()?.entries.get(*self.found.get(self.at)?)
    }

    /// Does what a key means.
    pub fn act(&mut self, act: Act, next: NextTicket<'_>) -> Effects {
        self.fault = None;
        match act {
            Act::Move(by) => {
                self.at = self.at.saturating_add_signed(by.into()).min(self.found.len().saturating_sub(1));
                self.look(next)
            }
            Act::Up => match self.folder.as_ref().and_then(|folder| folder.path.parent()).map(Path::to_path_buf) {
                Some(above) => {
                    self.came_from = self.folder.as_ref().map(|folder| folder.path.clone());
                    self.list(Some(above), next)
                }
                None => Effects::none(),
            },
            Act::Hidden => {
                self.hidden = !self.hidden;
                self.came_from = self.entry().map(|entry| entry.path.clone());
                self.list(self.folder.as_ref().map(|folder| folder.path.clone()), next)
            }
            Act::Take => self.take(next),
        }
    }

    /// A path that was typed or pasted: from the root, or from the folder that is shown.
    fn typed_path(&self) -> Option<PathBuf> {
        let text = self.query.text();
        let from = match &self.folder {
            Some(folder) => folder.path.as_path(),
            // A whole path needs no folder, and whoever types one does not wait for the first.
            None if text.starts_with('/') => Path::new("/"),
            None => return None,
        };
        text.contains('/').then(|| from.join(text.trim()))
    }

    fn take(&mut self, next: NextTicket<'_>) -> Effects {
        if let Some(path) = self.typed_path() {
            // A file is not a folder: then its folder is listed, with the cursor on it.
            self.came_from = Some(path.clone());
            return self.list(Some(path), next);
        }
        let Some(entry) = self.entry().cloned() else {
            return Effects::none();
        };
        match (&self.sight, entry.kind) {
            (_, EntryKind::Folder) => self.list(Some(entry.path), next),
            _ if self.wanted == Wanted::People => {
                self.chosen = Some(entry.path);
                Effects::none()
            }
            // What the preview offered to do is what Enter agrees to: it stands beside the picture.
            (Sight::Seen(look), _) => self.load(entry.path, look.offer.wish(), next),
            (Sight::Unfit(fault), _) => {
                self.fault = Some(LoadFault::Media(fault.clone()));
                Effects::none()
            }
            (Sight::Nothing | Sight::Looking(_), EntryKind::Picture | EntryKind::Other) => {
                self.load(entry.path, Wish::default(), next)
            }
        }
    }

    fn load(&mut self, path: PathBuf, wish: Wish, next: NextTicket<'_>) -> Effects {
        let ticket = next();
        self.loading = Some(ticket);
        Effects::one(Effect::Load { ticket, path, wish })
    }

    fn list(&mut self, path: Option<PathBuf>, next: NextTicket<'_>) -> Effects {
        let ticket = next();
        self.listing = Some(ticket);
        Effects::one(Effect::List { ticket, path, hidden: self.hidden })
    }

    /// Looks at the file under the cursor; the question about the file before is forgotten with its ticket.
    fn look(&mut self, next: NextTicket<'_>) -> Effects {
        let looks = |entry: &&Entry| entry.kind != EntryKind::Folder && self.wanted == Wanted::Picture;
        let Some(path) = self.entry().filter(looks).map(|entry| entry.path.clone()) else {
            self.sight = Sight::Nothing;
            return Effects::none();
        };
        let ticket = next();
        self.sight = Sight::Looking(ticket);
        Effects::one(Effect::LookAt { ticket, path })
    }

    /// Finds again after the query changed.
    pub fn refilter(&mut self, next: NextTicket<'_>) -> Effects {
        self.at = 0;
        self.find();
        self.look(next)
    }

    fn find(&mut self) {
        let names = self.folder.iter().flat_map(|folder| folder.entries.iter()).map(|entry| entry.name.raw());
        self.found = fuzzy::find(&self.query.text(), names);
    }

    /// A folder was listed, or not. A folder that cannot be read leaves the one before on the screen.
    pub fn listed(&mut self, ticket: Ticket, answer: Result<Folder, MediaFault>, next: NextTicket<'_>) -> Effects {
        if self.listing != Some(ticket) {
            return Effects::none();
        }
        self.listing = None;
        match answer {
            Err(MediaFault::NotAFolder) if self.came_from.as_deref().and_then(Path::parent).is_some() => {
                let folder = self.came_from.as_deref().and_then(Path::parent).map(Path::to_path_buf);
                self.list(folder, next)
            }
            Err(fault) => {
                self.came_from = None;
                self.fault = Some(LoadFault::Media(fault));
                Effects::none()
            }
            Ok(folder) => {
                let is_first = self.folder.replace(folder).is_none();
                let came_from = self.came_from.take();
                // What was typed while the first folder was being read is what is looked for in it.
                if !is_first || came_from.is_some() {
                    self.query.replace("");
                }
                self.find();
                let entries = self.folder.as_ref().map_or(&[][..], |folder| &folder.entries);
                self.at = entries.iter().position(|entry| Some(&entry.path) == came_from.as_ref()).unwrap_or_default();
                self.look(next)
            }
        }
    }

    /// A file was looked at.
    pub fn looked(&mut self, ticket: Ticket, answer: Result<Box<Look>, MediaFault>) {
        if self.sight == Sight::Looking(ticket) {
            self.sight = match answer {
                Ok(look) => Sight::Seen(look),
                Err(fault) => Sight::Unfit(fault),
            };
        }
    }

    /// What Enter would do to the picture under the cursor, where that is more than taking it.
    pub fn offer(&self) -> Option<Offer> {
        match &self.sight {
            Sight::Seen(look) if look.offer != Offer::AsIs => Some(look.offer),
            Sight::Seen(_) | Sight::Nothing | Sight::Looking(_) | Sight::Unfit(_) => None,
        }
    }
}
