//! Reading everybody: one page for each question, what was read so far kept between them, and the copy on disk when it has ended.
//!
//! What was read is kept as compactly as the screen keeps it ([`Index`]), and the copy of the last time is handed over in parts as it is read
//! from the disk: a list of 100,000 is never in memory as 100,000 structures.

use std::cell::RefCell;
use std::rc::Rc;

use tokio::sync::mpsc::{Receiver, channel};

use crate::app::effect::Ticket;
use crate::app::index::Index;
use crate::app::msg::News;
use crate::app::people::{Copied, PageRead};
use crate::domain::listed::{End, Listed, Pool, Progress};
use crate::domain::person::Person;
use crate::runtime::clock;
use crate::runtime::guard;
use crate::runtime::world::{Task, stumbled};
use crate::service::Service;
use crate::service::paging::Paging;

/// How far the reading is.
#[derive(Clone, Default)]
pub struct Everybody(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    paging: Paging,
    pool: Pool,
    /// What was read, for the copy.
    read: Index,
    /// What comes of the copy of the last time.
    copy: Option<Receiver<Part>>,
}

/// A part of the copy, or its end.
enum Part {
    People(Vec<Listed>),
    /// All of it was there; when it was read.
    End(i64),
}

impl Everybody {
    /// Reads the next page.
    pub fn page(&self, service: &Service, ticket: Ticket, anew: bool) -> Task {
        let (everybody, service) = (self.clone(), service.clone());
        if anew {
            *everybody.0.borrow_mut() = State::default();
        }
        Box::pin(async move {
            let paging = everybody.0.borrow().paging.clone();
            let answer = match guard::waited(service.next_page(paging)).await {
                Some((paging, Ok(people))) => {
                    let page = everybody.taken(paging, &people, service.keeps_copy());
                    if page.end.is_some() {
                        everybody.keep(&service).await;
                    }
                    Ok(page)
                }
                Some((paging, Err(fault))) => {
                    everybody.0.borrow_mut().paging = paging;
                    Err(fault)
                }
                None => Err(stumbled()),
            };
            Some(News::Page(ticket, answer))
        })
    }

    fn taken(&self, paging: Paging, people: &[Person], kept: bool) -> PageRead {
        let mut state = self.0.borrow_mut();
        let rows: Vec<Listed> = people.iter().map(|person| state.pool.listed(person)).collect();
        if kept {
            for row in &rows {
                state.read.add(row);
            }
        }
        let (end, unusable) = (paging.end(), paging.unusable());
        state.paging = paging;
        let remark = |end| match (end, unusable) {
            (End::Complete, 0) => None,
            (End::Complete, some) => {
                Some(format!("{some} entries of the service's list could not be understood and are not shown"))
            }
            (odd, _) => Some(odd.to_string()),
        };
        PageRead { people: rows, end: end.map(remark), when: clock::moment(clock::seconds()) }
    }

    /// Keeps what was read for the next start, before the reading is said to have ended: whoever leaves right after that leaves a copy. That
    /// it could not be kept costs nobody anything now: the next start reads again.
    async fn keep(&self, service: &Service) {
        let (read, progress) = {
            let mut state = self.0.borrow_mut();
            (std::mem::take(&mut state.read), state.paging.progress())
        };
        if read.is_empty() || progress != Progress::Complete {
            return;
        }
        let (service, now) = (service.clone(), clock::seconds());
        let saved =
            guard::elsewhere(move || service.save_copy(now, progress, read.entries().map(|entry| entry.listed())));
        drop(saved.await);
    }

    /// Hands over the next part of the copy of the last time.
    pub fn copy(&self, service: &Service, ticket: Ticket) -> Task {
        let (everybody, service) = (self.clone(), service.clone());
        Box::pin(async move {
            let parts = everybody.0.borrow_mut().copy.take();
            let mut parts = parts.unwrap_or_else(|| begin(service));
            let copied = match parts.recv().await {
                Some(Part::People(people)) => {
                    everybody.0.borrow_mut().copy = Some(parts);
                    Some(Copied { people, when: None })
                }
                Some(Part::End(read_at)) => Some(Copied { people: Vec::new(), when: Some(clock::moment(read_at)) }),
                // None was kept, or it cannot be used: the list is read from the service.
                None => None,
            };
            Some(News::Copied(ticket, copied))
        })
    }
}

/// Reads the copy on a thread that may wait for the disk. It waits as well where nobody takes the parts.
fn begin(service: Service) -> Receiver<Part> {
    let (sender, parts) = channel(2);
    drop(tokio::task::spawn_blocking(move || {
        guard::caught(|| {
            let read = service.read_copy(|people| drop(sender.blocking_send(Part::People(people))));
            if let Ok(Some(kept)) = read {
                drop(sender.blocking_send(Part::End(kept.read_at)));
            }
        })
    }));
    parts
}
