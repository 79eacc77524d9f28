//! What the program wants, done: an effect in, an answer out. One line for each.
//!
//! Tests put another [`World`] in its place. [`Outside`] is the real one: the service, the pictures of this machine, the clock.

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use crate::app::effect::{Effect, Ticket};
use crate::app::msg::{LoadFault, Made, News, Strength};
use crate::domain::files::{Folder, MediaFault, Wish};
use crate::domain::key::UserKey;
use crate::domain::order::Order;
use crate::domain::outcome::{Answer, BulkAnswer, Cause, ReadFault, Report, Sent, Settlement, Verdict};
use crate::domain::record::{ChangeId, Circumstances};
use crate::domain::request::Request;
use crate::domain::secret::Sealed;
use crate::domain::tenant::Synchronization;
use crate::domain::untrusted::Untrusted;
use crate::media::{folder, load, look};
use crate::runtime::attention;
use crate::runtime::clock::{self, Stopwatch};
use crate::runtime::everybody::Everybody;
use crate::runtime::foreman::Foreman;
use crate::runtime::guard;
use crate::runtime::keeper::Keeper;
use crate::runtime::newest::Newest;
use crate::runtime::{past, terminal, zones};
use crate::service::clipboard;
use crate::service::pasted::{self, PasteFault};
use crate::service::{Service, password};

/// What will be answered; nothing where a newer question made this one pointless.
pub type Task = Pin<Box<dyn Future<Output = Option<News>>>>;

/// Whoever does what the program wants.
pub trait World {
    /// Begins to do it. [`Effect::Suspend`], [`Effect::Redraw`] and [`Effect::Copy`] do not come here: they are about the terminal that the
    /// loop holds.
    fn perform(&self, effect: Effect) -> Task;

    /// Has every draft on the disk before the program ends.
    ///
    /// # Errors
    /// It is not known to be there; why, in words.
    fn flush(&self) -> Result<(), String> {
        Ok(())
    }

    /// Begins nothing new of what has many steps: the program is leaving.
    fn wind_down(&self) {}

    /// Gives the terminal to the shell until it says `fg`.
    ///
    /// # Errors
    /// The terminal cannot be had again.
    fn suspend(&self) -> io::Result<()> {
        Ok(())
    }

    /// Puts a text into the clipboard of whoever sits at the terminal. Nobody learns whether it got there.
    ///
    /// # Errors
    /// The terminal is gone.
    fn copy(&self, _text: &str) -> io::Result<()> {
        Ok(())
    }

    /// The program was stopped and runs again.
    ///
    /// # Errors
    /// The terminal cannot be had again.
    fn resume(&self) -> io::Result<()> {
        Ok(())
    }
}

/// The real world.
pub struct Outside {
    service: Service,
    places: Vec<PathBuf>,
    listing: Newest,
    looking: Newest,
    loading: Newest,
    rating: Newest,
    everybody: Everybody,
    keeper: Keeper,
    foreman: Foreman,
    has_clipboard: bool,
}

impl Outside {
    /// The world behind a service. `places` are the folders in which pictures are likely to be, the likeliest first.
    pub fn new(service: Service, places: Vec<PathBuf>) -> Self {
        let newest = Newest::default;
        let everybody = Everybody::default();
        let (listing, looking, loading, rating) = (newest(), newest(), newest(), newest());
        let keeper = Keeper::new(service.shelf());
        let foreman = Foreman::new(service.clone());
        Self { service, places, listing, looking, loading, rating, everybody, keeper, foreman, has_clipboard: true }
    }

    /// The same on a terminal that would show what it should copy, as the console of older Linuxes does.
    #[must_use]
    pub fn without_clipboard(self) -> Self {
        Self { has_clipboard: false, ..self }
    }
}

impl World for Outside {
    fn perform(&self, effect: Effect) -> Task {
        match effect {
            Effect::Read { ticket, key } => self.read(ticket, key),
            Effect::Submit { ticket, order, synchronization, circumstances } => {
                self.submit(ticket, order, synchronization, circumstances)
            }
            Effect::Settle { ticket, request, change } => self.settle(ticket, request, change),
            Effect::Transcribe { ticket, order, synchronization } => self.transcribe(ticket, order, synchronization),
            Effect::List { ticket, path, hidden } => self.list(ticket, path, hidden),
            Effect::LookAt { ticket, path } => self.look_at(ticket, path),
            Effect::Load { ticket, path, wish } => self.load(ticket, path, wish),
            Effect::Decode { ticket, text, wish } => self.decode(ticket, text, wish),
            Effect::Rate { ticket, password } => self.rate(ticket, password),
            Effect::Generate { ticket } => generate(ticket),
            Effect::ListZones { ticket } => list_zones(ticket),
            Effect::ReadPage { ticket, anew } => self.everybody.page(&self.service, ticket, anew),
            Effect::LoadCopy { ticket } => self.everybody.copy(&self.service, ticket),
            Effect::Groups { ticket, key } => self.groups(ticket, key),
            Effect::Apply { ticket, key, job, planned, synchronization, circumstances } => {
                let service = self.service.clone();
                apply(ticket, async move { service.apply(&key, &job, &planned, synchronization, &circumstances).await })
            }
            Effect::Attention { ticket, wish } => attention::ask(self.service.clone(), ticket, wish),
            Effect::Wake { ticket, after } => Box::pin(async move {
                clock::pass(after).await;
                Some(News::Woke(ticket))
            }),
            Effect::Draft(wanted) => self.keeper.perform(wanted),
            Effect::History { ticket, words, username, before } => {
                past::history(&self.service, ticket, &words, username, before)
            }
            Effect::Tell { ticket, id } => past::tell(&self.service, ticket, id),
            Effect::ForUndo { ticket, id } => past::for_undo(&self.service, ticket, id),
            Effect::Jobs { ticket, wish } => self.foreman.perform(ticket, wish),
            Effect::Suspend | Effect::Redraw | Effect::Copy(_) => Box::pin(async { None }),
        }
    }

    fn copy(&self, text: &str) -> io::Result<()> {
        match clipboard::sequence(text) {
            Some(sequence) if self.has_clipboard => terminal::write(&sequence),
            Some(_) | None => Ok(()),
        }
    }

    fn flush(&self) -> Result<(), String> {
        self.keeper.flush()
    }

    fn wind_down(&self) {
        self.foreman.wind_down();
    }

    fn suspend(&self) -> io::Result<()> {
        terminal::suspend()
    }

    fn resume(&self) -> io::Result<()> {
        terminal::resume()
    }
}

/// What is said where the program itself stumbled over something.
pub(in crate::runtime) const STUMBLED: &str = "this program met a fault of its own";

impl Outside {
    fn read(&self, ticket: Ticket, key: UserKey) -> Task {
        let service = self.service.clone();
        Box::pin(async move {
            let read = guard::waited(service.read(&key)).await;
            Some(News::Read(ticket, read.unwrap_or_else(|| Err(stumbled())).map(Box::new)))
        })
    }

    /// A submission runs on by itself, whoever stops to wait for it: it is never aborted half-way.
    fn submit(
        &self,
        ticket: Ticket,
        order: Order,
        synchronization: Synchronization,
        circumstances: Circumstances,
    ) -> Task {
        let (service, asked, watch) = (self.service.clone(), clock::time_of_day(), Stopwatch::start());
        let sent =
            tokio::spawn(
                async move { guard::waited(service.submit_with(&order, synchronization, &circumstances)).await },
            );
        Box::pin(async move {
            let report = match sent.await.ok().flatten() {
                Some(Sent::Conflict(person)) => return Some(News::Conflict(ticket, person)),
                Some(Sent::Report(report)) => *report,
                None => Report::without_reply(Verdict::InDoubt, Cause::Local(Untrusted::new(STUMBLED))),
            };
            Some(News::Answered(ticket, Box::new(Answer { report, asked, took: watch.elapsed() })))
        })
    }

    fn groups(&self, ticket: Ticket, key: UserKey) -> Task {
        let service = self.service.clone();
        Box::pin(async move {
            let groups = guard::waited(service.groups(&key)).await;
            Some(News::Groups(ticket, groups.unwrap_or_else(|| Err(stumbled()))))
        })
    }

    fn settle(&self, ticket: Ticket, request: Arc<Request>, change: Option<ChangeId>) -> Task {
        let service = self.service.clone();
        Box::pin(async move {
            let settled = guard::waited(service.settle(&request, change)).await;
            Some(News::Settled(ticket, settled.unwrap_or_else(|| Settlement::Unknown(stumbled()))))
        })
    }

    fn transcribe(&self, ticket: Ticket, order: Order, synchronization: Synchronization) -> Task {
        let service = self.service.clone();
        Box::pin(async move {
            let text = guard::elsewhere(move || service.transcript(&order, synchronization)).await;
            Some(News::Transcribed(ticket, text.unwrap_or_else(|| format!("It cannot be shown: {STUMBLED}."))))
        })
    }

    fn list(&self, ticket: Ticket, path: Option<PathBuf>, hidden: bool) -> Task {
        let places = path.map_or_else(|| self.places.clone(), |path| vec![path]);
        let newest = self.listing.ask(ticket);
        Box::pin(async move {
            let listed = newest.elsewhere(ticket, move || first_that_lists(&places, hidden)).await?;
            Some(News::Listed(ticket, listed.unwrap_or_else(|| Err(unreadable()))))
        })
    }

    fn look_at(&self, ticket: Ticket, path: PathBuf) -> Task {
        let newest = self.looking.ask(ticket);
        Box::pin(async move {
            let seen = newest.elsewhere(ticket, move || look::look(&path, load::THUMB)).await?;
            Some(News::Looked(ticket, seen.unwrap_or_else(|| Err(unreadable())).map(Box::new)))
        })
    }

    fn load(&self, ticket: Ticket, path: PathBuf, wish: Wish) -> Task {
        let newest = self.loading.ask(ticket);
        Box::pin(async move {
            let loaded = newest.elsewhere(ticket, move || load::load(&path, wish)).await?;
            let loaded = loaded.unwrap_or_else(|| Err(unreadable()));
            Some(News::Loaded(ticket, loaded.map(Box::new).map_err(LoadFault::Media)))
        })
    }

    fn decode(&self, ticket: Ticket, text: Arc<str>, wish: Wish) -> Task {
        let newest = self.loading.ask(ticket);
        Box::pin(async move {
            let loaded = newest.elsewhere(ticket, move || pasted::picture(&text, wish)).await?;
            let loaded = loaded.unwrap_or_else(|| Err(PasteFault::Media(unreadable())));
            Some(News::Loaded(ticket, loaded.map(Box::new).map_err(fault_of_paste)))
        })
    }

    fn rate(&self, ticket: Ticket, password: Sealed) -> Task {
        let newest = self.rating.ask(ticket);
        Box::pin(async move {
            let score = newest.elsewhere(ticket, move || password::score(password.open())).await??;
            Some(News::Rated(ticket, strength(score)))
        })
    }
}

/// Runs on by itself like a submission, and for the same reason.
fn apply(ticket: Ticket, answer: impl Future<Output = BulkAnswer> + Send + 'static) -> Task {
    let sent = tokio::spawn(guard::waited(answer));
    Box::pin(async move {
        let answer = sent.await.ok().flatten().unwrap_or_else(|| {
            let cause = Cause::Local(Untrusted::new(STUMBLED));
            BulkAnswer::Report(Box::new(Report::without_reply(Verdict::InDoubt, cause)))
        });
        Some(News::Applied(ticket, Box::new(answer)))
    })
}

fn generate(ticket: Ticket) -> Task {
    Box::pin(async move {
        let made = guard::elsewhere(password::generate).await?;
        Some(News::Generated(ticket, Made(made)))
    })
}

fn list_zones(ticket: Ticket) -> Task {
    Box::pin(async move { Some(News::Zones(ticket, guard::elsewhere(zones::names).await.unwrap_or_default())) })
}

/// The first folder that can be listed; the fault of the last one where none can.
fn first_that_lists(places: &[PathBuf], hidden: bool) -> Result<Folder, MediaFault> {
    let mut fault = MediaFault::Missing;
    for place in places {
        match folder::list(place, hidden) {
            Ok(folder) => return Ok(folder),
            Err(other) => fault = other,
        }
    }
    Err(fault)
}

fn fault_of_paste(fault: PasteFault) -> LoadFault {
    match fault {
        PasteFault::Text(words) => LoadFault::Paste(words),
        PasteFault::Media(fault) => LoadFault::Media(fault),
    }
}

/// A reading over which the program itself stumbled.
pub(in crate::runtime) fn stumbled() -> ReadFault {
    ReadFault::Failed(Cause::Local(Untrusted::new(STUMBLED)))
}

fn unreadable() -> MediaFault {
    MediaFault::Unreadable(Untrusted::new(STUMBLED))
}

/// zxcvbn counts from 0 to 4, and calls 0 and 1 both guessable.
fn strength(score: u8) -> Strength {
    match score {
        0 | 1 => Strength::Weak,
        2 => Strength::Fair,
        3 => Strength::Good,
        4.. => Strength::Strong,
    }
}
