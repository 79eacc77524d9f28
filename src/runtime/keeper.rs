//! Drafts on their way to the disk: a thread of its own, so that no key ever waits for a sync.
//!
//! ```text
//!   loop --Todo--> thread --(newest of each form, DELAY after the first change)--> the journal
//!   loop --flush--> thread, waited for at most FLUSH: at every orderly way out
//! ```
//!
//! What a kill can lose is what was typed within [`DELAY`] and the time of one write: 250 ms at most (faults.md 76, I-11). Whatever else ends
//! the program flushes first and loses nothing; where the program comes apart in a panic, dropping the keeper does. A draft that could
//! not be written stays here and is tried again with the next change and at the end.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::app::drafts::{Line, Told, Wanted};
use crate::app::effect::Ticket;
use crate::app::msg::News;
use crate::domain::kept::{DraftFault, DraftId, KeptDraft};
use crate::runtime::clock::{self, Stopwatch};
use crate::runtime::guard;
use crate::runtime::world::Task;
use crate::service::drafts::Shelf;

/// How long after a change the draft is written, with everything that was typed by then. The rest of the 250 ms is for the disk.
const DELAY: Duration = Duration::from_millis(120);

/// How long the end of the program waits for the disk. A terminal that is gone has to end it within two seconds (faults.md 77).
const FLUSH: Duration = Duration::from_millis(1500);

/// What is said where this program itself stumbled.
const STUMBLED: &str = "this program met a fault of its own";

type Written = Result<(), String>;

/// Something for the thread.
enum Todo {
    Keep { form: Ticket, draft: Arc<KeptDraft>, done: oneshot::Sender<Written> },
    Drop { form: Ticket },
    Release { form: Ticket },
    List { done: oneshot::Sender<Result<Vec<Line>, DraftFault>> },
    Take { form: Ticket, id: DraftId, at: i64, done: oneshot::Sender<Result<KeptDraft, DraftFault>> },
    Discard { id: DraftId, at: i64, done: oneshot::Sender<Result<(), DraftFault>> },
    Flush { done: Sender<Written> },
}

/// The loop's end of it.
pub struct Keeper {
    todo: Option<Sender<Todo>>,
    /// The last that was heard of a write was bad.
    failing: Rc<Cell<bool>>,
    /// A flush was not answered in its time: no other is waited for.
    is_late: Cell<bool>,
}

impl Keeper {
    /// Starts the thread; without a shelf, which is without a journal, there is none.
    pub fn new(shelf: Option<Shelf>) -> Self {
        let todo = shelf.and_then(|shelf| {
            let (todo, work) = channel();
            let hands = Hands { shelf, ids: BTreeMap::new(), unwritten: BTreeMap::new() };
            let thread = thread::Builder::new().name("drafts".to_owned()).spawn(move || hands.work(&work));
            thread.is_ok().then_some(todo)
        });
        Self { todo, failing: Rc::default(), is_late: Cell::new(false) }
    }

    /// Begins to do what is wanted, in the order in which it was asked.
    pub fn perform(&self, wanted: Wanted) -> Task {
        match wanted {
            Wanted::Keep { form, draft } => self.keep(form, draft),
            Wanted::Drop { form } => self.tell(Todo::Drop { form }),
            Wanted::Release { form } => self.tell(Todo::Release { form }),
            Wanted::List { ticket } => self.ask(|done| Todo::List { done }, move |lines| Told::Listed(ticket, lines)),
            Wanted::Take { ticket, id, at } => self.ask(
                |done| Todo::Take { form: ticket, id, at, done },
                move |draft| Told::Taken(ticket, draft.map(|draft| (Box::new(draft), moment(at)))),
            ),
            Wanted::Discard { ticket, id, at } => {
                self.ask(|done| Todo::Discard { id, at, done }, move |gone| Told::Discarded(ticket, gone))
            }
        }
    }

    /// Has everything written that was not yet, and waits for it, though not for ever.
    ///
    /// # Errors
    /// It is not known to be on the disk.
    pub fn flush(&self) -> Written {
        let late = || "the disk did not answer in time".to_owned();
        if self.is_late.get() {
            return Err(late());
        }
        let (done, is_done) = channel();
        if self.todo.as_ref().is_none_or(|todo| todo.send(Todo::Flush { done }).is_err()) {
            return Ok(());
        }
        is_done.recv_timeout(FLUSH).unwrap_or_else(|_| {
            self.is_late.set(true);
            Err(late())
        })
    }

    /// That a draft was written is no news, unless the one before was not. A draft that a newer one took the place of says nothing.
    fn keep(&self, form: Ticket, draft: Arc<KeptDraft>) -> Task {
        let (done, written) = oneshot::channel();
        let is_put = self.put(Todo::Keep { form, draft, done });
        let failing = Rc::clone(&self.failing);
        Box::pin(async move {
            let answer = if is_put { written.await.ok()? } else { Err(STUMBLED.to_owned()) };
            let was_failing = failing.replace(answer.is_err());
            (answer.is_err() || was_failing).then_some(News::Draft(Told::Keeping(answer)))
        })
    }

    fn ask<T: 'static>(
        &self,
        todo: impl FnOnce(oneshot::Sender<Result<T, DraftFault>>) -> Todo,
        told: impl FnOnce(Result<T, DraftFault>) -> Told + 'static,
    ) -> Task {
        let (done, answer) = oneshot::channel();
        self.put(todo(done));
        Box::pin(async move {
            let stumbled = || Err(DraftFault::Journal(STUMBLED.to_owned()));
            Some(News::Draft(told(answer.await.unwrap_or_else(|_| stumbled()))))
        })
    }

    /// Whether the thread has it. Where it has not, the answers that are missing say so.
    fn put(&self, todo: Todo) -> bool {
        self.todo.as_ref().is_some_and(|thread| thread.send(todo).is_ok())
    }

    fn tell(&self, todo: Todo) -> Task {
        self.put(todo);
        Box::pin(async { None })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let _ = self.flush();
    }
}

fn moment(at: i64) -> String {
    clock::moment(at.div_euclid(1000))
}

/// What the thread holds.
struct Hands {
    shelf: Shelf,
    /// The drafts of this program's forms.
    ids: BTreeMap<Ticket, DraftId>,
    /// The newest of each form that is not on the disk.
    unwritten: BTreeMap<Ticket, (Arc<KeptDraft>, Option<oneshot::Sender<Written>>)>,
}

impl Hands {
    /// Works until the loop is gone, and writes what is left then.
    fn work(mut self, todo: &Receiver<Todo>) {
        let mut since: Option<Stopwatch> = None;
        loop {
            let next = match since {
                Some(since) => todo.recv_timeout(DELAY.saturating_sub(since.elapsed())),
                None => todo.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match next {
                Ok(Todo::Keep { form, draft, done }) => {
                    self.unwritten.insert(form, (draft, Some(done)));
                    since = since.or_else(|| Some(Stopwatch::start()));
                }
                Ok(Todo::Drop { form }) => self.remove(form),
                Ok(other) => {
                    let written = self.write();
                    since = None;
                    self.then(other, written);
                }
                Err(RecvTimeoutError::Timeout) => {
                    let _ = self.write();
                    since = None;
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let _ = self.write();
                    return;
                }
            }
        }
    }

    /// Writes what is not on the disk. What cannot be written stays.
    fn write(&mut self) -> Written {
        let mut all = Ok(());
        for (form, (draft, done)) in std::mem::take(&mut self.unwritten) {
            let id = self.ids.get(&form).copied();
            let kept = caught(|| self.shelf.keep(id, &draft)).map_err(|fault| fault.to_string());
            let written = kept.map(|id| {
                self.ids.insert(form, id);
            });
            if written.is_err() {
                all.clone_from(&written);
                self.unwritten.insert(form, (draft, None));
            }
            if let Some(done) = done {
                // Nobody may be waiting any more.
                let _ = done.send(written);
            }
        }
        all
    }

    /// What is done after everything that was typed before is on the disk.
    fn then(&mut self, todo: Todo, written: Written) {
        match todo {
            Todo::Release { form } => {
                if let Some(id) = self.ids.remove(&form) {
                    // One that stays held is free when the program has ended.
                    let _ = caught(|| self.shelf.release(id));
                }
            }
            Todo::List { done } => drop(done.send(self.lines())),
            Todo::Take { form, id, at, done } => {
                let draft = caught(|| self.shelf.open(id, at));
                if draft.is_ok() {
                    self.ids.insert(form, id);
                }
                let _ = done.send(draft);
            }
            Todo::Discard { id, at, done } => drop(done.send(caught(|| self.shelf.discard(id, at)))),
            Todo::Flush { done } => drop(done.send(written)),
            Todo::Keep { .. } | Todo::Drop { .. } => {}
        }
    }

    /// What could not be taken away is offered at the next start, with the word that it was sent.
    fn remove(&mut self, form: Ticket) {
        self.unwritten.remove(&form);
        if let Some(id) = self.ids.remove(&form) {
            let _ = caught(|| self.shelf.remove(id));
        }
    }

    fn lines(&self) -> Result<Vec<Line>, DraftFault> {
        let form = |id: DraftId| self.ids.iter().find(|(_, kept)| **kept == id).map(|(form, _)| *form);
        let rows = caught(|| self.shelf.rows())?.into_iter();
        Ok(rows.map(|row| Line { when: moment(row.at), form: form(row.id), row }).collect())
    }
}

/// A panic over one draft costs that draft's answer, and not the thread.
fn caught<T>(work: impl FnOnce() -> Result<T, DraftFault>) -> Result<T, DraftFault> {
    guard::caught(work).unwrap_or_else(|| Err(DraftFault::Journal(STUMBLED.to_owned())))
}
