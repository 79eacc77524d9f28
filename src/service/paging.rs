//! Reading a list by pages from a service that documents neither the base of its index nor the end of its list (api.md 7, rows 9 to 11):
//! pure, and the same for people and groups.
//!
//! The rules. Start at 0 and step by what arrived. Nobody counts twice. A page without anything new is tolerated once, because a service
//! that counts from 1 and reads 0 as 1 overlaps with itself; the second one ends the reading. A first page that is refused with 400, or
//! empty, is asked for once more from 1. Those exceptions together happen twice at most, so a list of N pages takes no more than N + 2
//! requests, whatever the service does.
//!
//! A page with fewer than were asked for does not end the reading, as the look-up table of the vendor's unknowns would have it, but a page
//! without anything new does: a service that gives at most 100 at a time would otherwise lose everybody after the first hundred in
//! silence. That costs one request for each list.
//!
//! Deliberately not here: the requests, the waiting between two attempts, and any opinion on people.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, Hash, RandomState};

use crate::domain::listed::{End, Progress};
use crate::domain::outcome::{Cause, ReadFault};

/// The most people that are taken: far above what the vendor calls large, and the point at which a list is taken for endless.
pub const MOST: usize = 250_000;

/// The most that a page may be asked for (api.md 4.5).
pub const COUNT: u16 = 500;

/// Pages that brought nothing, for the whole of a reading.
const EXTRA: u8 = 2;

/// How far a list has been read. It goes along from page to page, so that reading can be stopped between any two and go on later.
#[derive(Clone)]
pub struct Paging {
    next: u32,
    count: u16,
    seen: HashSet<u128>,
    keys: (RandomState, RandomState),
    unusable: usize,
    extra: u8,
    /// The last page had fewer than were asked for.
    short: bool,
    /// A page without anything new was full, so its service repeats itself; a short one is the end of a list.
    repeated: bool,
    most: usize,
    end: Option<End>,
}

impl Default for Paging {
    fn default() -> Self {
        Self {
            next: 0,
            count: COUNT,
            seen: HashSet::new(),
            keys: (RandomState::new(), RandomState::new()),
            unusable: 0,
            extra: 0,
            short: false,
            repeated: false,
            most: MOST,
            end: None,
        }
    }
}

impl Paging {
    /// Goes on at a start index ([`Progress::UpTo`]), with those who are known already by what identifies them.
    pub fn resume<I: Hash>(next: u32, known: impl IntoIterator<Item = I>) -> Self {
        let mut paging = Self { next, ..Self::default() };
        for one in known {
            paging.is_new(&one);
        }
        paging
    }

    /// The next page to ask for: start index and count. Nothing where the reading has ended.
    pub fn ask(&self) -> Option<(u32, u16)> {
        self.end.is_none().then_some((self.next, self.count))
    }

    /// Why the reading has ended.
    pub fn end(&self) -> Option<End> {
        self.end
    }

    /// What a copy that is kept now has to say of itself.
    pub fn progress(&self) -> Progress {
        if self.end == Some(End::Complete) { Progress::Complete } else { Progress::UpTo(self.next) }
    }

    /// How many different ones were found, those that were known before included.
    pub fn found(&self) -> usize {
        self.seen.len()
    }

    /// How many entries could not be understood.
    pub fn unusable(&self) -> usize {
        self.unusable
    }

    /// Takes a page: how many entries it had, and those of them that could be understood. Gives back the ones that are new.
    pub fn page<T, I: Hash>(&mut self, entries: usize, page: Vec<T>, identity: impl Fn(&T) -> I) -> Vec<T> {
        if self.end.is_some() {
            return Vec::new();
        }
        let usable = page.len();
        let mut fresh: Vec<T> = page.into_iter().filter(|one| self.is_new(&identity(one))).collect();
        fresh.truncate(fresh.len().saturating_sub(self.seen.len().saturating_sub(self.most)));
        self.unusable += entries.saturating_sub(usable);
        self.short = entries < usize::from(self.count);
        if entries == 0 {
            self.nothing();
        } else if fresh.is_empty() {
            self.repeated |= !self.short;
            self.idle();
        }
        self.next = self.next.saturating_add(u32::try_from(entries).unwrap_or(u32::MAX));
        if self.seen.len() >= self.most || self.next == u32::MAX {
            self.end = Some(End::TooMany(self.seen.len().min(self.most)));
        }
        fresh
    }

    /// Takes a page that could not be read, and gives the fault back where it is one. It is none where the next request asks for something
    /// better: from 1 instead of 0, or fewer at a time where the answer was too long. And none past the end of a list, after a page that
    /// was not full.
    pub fn refused(&mut self, fault: ReadFault) -> Option<ReadFault> {
        match &fault {
            ReadFault::Failed(Cause::Refused(400)) if self.may_start_at_one() => self.start_at_one(),
            ReadFault::Failed(Cause::Refused(400 | 404)) | ReadFault::NotFound | ReadFault::NoService(404)
                if self.short =>
            {
                self.end = Some(End::Complete);
            }
            ReadFault::Failed(Cause::TooLong(_)) if self.count > 1 => self.count /= 2,
            ReadFault::Failed(_) | ReadFault::NotFound | ReadFault::NoService(_) | ReadFault::SomeoneElse(_) => {
                return Some(fault);
            }
        }
        None
    }

    /// Two keyed hashes of 64 bits in the place of the texts, which a list of 100,000 would hold twice. That two people share both is less
    /// likely than a fault of the memory.
    fn is_new(&mut self, identity: &impl Hash) -> bool {
        let (high, low) = (self.keys.0.hash_one(identity), self.keys.1.hash_one(identity));
        self.seen.insert(u128::from(high) << 64 | u128::from(low))
    }

    fn nothing(&mut self) {
        if self.may_start_at_one() {
            self.start_at_one();
        } else {
            self.end = Some(End::Complete);
        }
    }

    fn idle(&mut self) {
        self.extra += 1;
        if self.extra >= EXTRA {
            self.end = Some(if self.repeated { End::Repeats } else { End::Complete });
        }
    }

    fn may_start_at_one(&self) -> bool {
        self.next == 0 && self.extra == 0
    }

    fn start_at_one(&mut self) {
        self.extra += 1;
        self.next = 1;
        self.short = false;
    }
}

#[cfg(test)]
mod tests;
