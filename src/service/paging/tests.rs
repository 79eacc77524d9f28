//! Reading from every kind of service that the vendor's pages leave possible.

use proptest::prelude::*;

use super::*;

/// What a service does with a start index.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Base {
    Zero,
    /// Counts from 1 and reads 0 as 1.
    One,
    /// Counts from 1 and refuses 0.
    StrictOne,
    /// Counts from 1 and has nothing at 0.
    EmptyAtZero,
    /// Does not look at it.
    Ignored,
}

/// What a service does past its end.
#[derive(Clone, Copy, Debug)]
enum Past {
    Empty,
    Refused(u16),
    LastPage,
}

#[derive(Clone, Debug)]
struct Server {
    people: Vec<u32>,
    base: Base,
    past: Past,
    /// The most that one page has, whatever was asked for.
    most: usize,
}

impl Server {
    fn new(total: u32, base: Base) -> Self {
        Self { people: (0..total).collect(), base, past: Past::Empty, most: 500 }
    }

    fn page(&self, start: u32, count: u16) -> Result<Vec<u32>, ReadFault> {
        let refused = |status| Err(ReadFault::Failed(Cause::Refused(status)));
        let start = start as usize;
        let from = match (self.base, start) {
            (Base::Zero, start) => start,
            (Base::StrictOne, 0) => return refused(400),
            (Base::EmptyAtZero, 0) => return Ok(vec![]),
            (Base::One | Base::StrictOne | Base::EmptyAtZero, start) => start.saturating_sub(1),
            (Base::Ignored, _) => 0,
        };
        let take = self.most.min(count.into());
        let from = match self.past {
            Past::Refused(status) if from >= self.people.len() => return refused(status),
            Past::LastPage if from >= self.people.len() => self.people.len().saturating_sub(take),
            Past::Empty | Past::Refused(_) | Past::LastPage => from.min(self.people.len()),
        };
        Ok(self.people[from..].iter().copied().take(take).collect())
    }
}

/// Everything that was found, how many pages brought something, how many requests it took, and how it ended.
fn read(
    mut paging: Paging,
    mut page: impl FnMut(u32, u16) -> Result<Vec<u32>, ReadFault>,
) -> (Vec<u32>, usize, usize, Result<End, ReadFault>) {
    let (mut found, mut useful, mut requests) = (Vec::new(), 0, 0);
    while let Some((start, count)) = paging.ask() {
        requests += 1;
        assert!(requests < 10_000, "it never ends");
        match page(start, count) {
            Ok(page) => {
                let fresh = paging.page(page.len(), page, |one| *one);
                useful += usize::from(!fresh.is_empty());
                found.extend(fresh);
            }
            Err(fault) => {
                if let Some(fault) = paging.refused(fault) {
                    return (found, useful, requests, Err(fault));
                }
            }
        }
    }
    (found, useful, requests, Ok(paging.end().expect("there is nothing more to ask for")))
}

fn all(server: &Server) -> (Vec<u32>, usize, usize, Result<End, ReadFault>) {
    read(Paging::default(), |start, count| server.page(start, count))
}

const BASES: [Base; 4] = [Base::Zero, Base::One, Base::StrictOne, Base::EmptyAtZero];

#[test]
fn a_stable_list_is_read_whole_whatever_its_base_and_the_length_of_its_pages() {
    for base in BASES {
        for total in [0, 1, 2, 3, 99, 100, 499, 500, 501, 1000, 1001] {
            for most in [1, 2, 3, 100, 499, 500] {
                let server = Server { most, ..Server::new(total, base) };
                let (found, useful, requests, end) = all(&server);
                assert_eq!((&found, end), (&server.people, Ok(End::Complete)), "{base:?} {total} {most}");
                assert!(requests <= useful + 2, "{base:?} {total} {most}: {requests} requests");
            }
        }
    }
}

#[test]
fn a_list_that_refuses_what_is_past_its_end_has_ended() {
    for status in [400, 404] {
        let server = Server { past: Past::Refused(status), ..Server::new(1001, Base::Zero) };
        let (found, _, requests, end) = all(&server);
        assert_eq!((found.len(), requests, end), (1001, 4, Ok(End::Complete)));
    }
    // After a full page a refusal may be anything, so it is told. What was found stays.
    let server = Server { past: Past::Refused(400), ..Server::new(1000, Base::Zero) };
    let (found, _, _, end) = all(&server);
    assert_eq!((found.len(), end), (1000, Err(ReadFault::Failed(Cause::Refused(400)))));
}

#[test]
fn a_list_that_repeats_itself_is_stopped_with_a_word() {
    let (found, _, requests, end) = all(&Server::new(2000, Base::Ignored));
    assert_eq!((found.len(), requests, end), (500, 3, Ok(End::Repeats)));
    let (found, _, requests, end) = all(&Server { past: Past::LastPage, ..Server::new(1000, Base::Zero) });
    assert_eq!((found.len(), requests, end), (1000, 4, Ok(End::Repeats)));
    // A short page that comes again and again is all that there is.
    let (found, _, requests, end) = all(&Server::new(40, Base::Ignored));
    assert_eq!((found.len(), requests, end), (40, 3, Ok(End::Complete)));
}

#[test]
fn a_list_without_an_end_is_stopped_at_the_most_that_is_taken() {
    let paging = Paging { most: 1_700, ..Paging::default() };
    let mut last = 0;
    let endless = |_, count: u16| {
        let page = (last..last + u32::from(count)).collect();
        last += u32::from(count);
        Ok(page)
    };
    let (found, _, requests, end) = read(paging, endless);
    assert_eq!((found.len(), requests, end), (1_700, 4, Ok(End::TooMany(1_700))));
    let paging = Paging { next: u32::MAX - 700, ..Paging::default() };
    let (.., end) = read(paging, |start, _| Ok((start..u32::MAX).take(500).collect()));
    assert!(matches!(end, Ok(End::TooMany(_))));
}

#[test]
fn a_page_that_is_too_long_is_asked_for_in_smaller_ones() {
    let server = Server::new(1000, Base::Zero);
    let limited = |most: u16| {
        read(Paging::default(), |start, count| match count {
            count if count > most => Err(ReadFault::Failed(Cause::TooLong(8))),
            count => server.page(start, count),
        })
    };
    let (found, .., end) = limited(130);
    assert_eq!((found, end), (server.people.clone(), Ok(End::Complete)));
    let (found, _, requests, end) = limited(0);
    assert_eq!((found.len(), requests, end), (0, 9, Err(ReadFault::Failed(Cause::TooLong(8)))));
}

#[test]
fn one_refusal_from_0_is_forgiven_and_no_other() {
    let refuse = |status| move |_, _| Err(ReadFault::Failed(Cause::Refused(status)));
    let (.., requests, end) = read(Paging::default(), refuse(400));
    assert_eq!((requests, end), (2, Err(ReadFault::Failed(Cause::Refused(400)))));
    let (.., requests, end) = read(Paging::default(), refuse(404));
    assert_eq!((requests, end), (1, Err(ReadFault::Failed(Cause::Refused(404)))));
}

#[test]
fn entries_of_no_use_are_stepped_over_and_counted() {
    let mut paging = Paging::default();
    assert_eq!(paging.page(500, vec![1, 2], |one| *one), [1, 2]);
    assert_eq!((paging.ask(), paging.unusable(), paging.found()), (Some((500, 500)), 498, 2));
}

proptest! {
    #[test]
    fn reading_that_is_stopped_and_goes_on_finds_the_rest(
        total in 0_u32..3_000, stop in 0_usize..8, base in prop::sample::select(&BASES), most in 100_usize..600,
    ) {
        let server = Server { most, ..Server::new(total, base) };
        let (mut found, mut paging) = (Vec::new(), Paging::default());
        for _ in 0..stop {
            let Some((start, count)) = paging.ask() else { break };
            match server.page(start, count) {
                Ok(page) => found.extend(paging.page(page.len(), page, |one| *one)),
                Err(fault) => prop_assert_eq!(paging.refused(fault), None),
            }
        }
        if let Progress::UpTo(next) = paging.progress() {
            let resumed = Paging::resume(next, found.iter().copied());
            prop_assert_eq!(resumed.found(), found.len());
            found.extend(read(resumed, |start, count| server.page(start, count)).0);
        }
        prop_assert_eq!(found, server.people);
    }

    #[test]
    fn a_list_that_changes_meanwhile_ends_and_nobody_is_found_twice(
        total in 0_u32..3_000,
        changes in prop::collection::vec((any::<bool>(), any::<prop::sample::Index>()), 0..60),
    ) {
        let mut server = Server::new(total, Base::Zero);
        let (mut next, mut changes) = (total, changes.into_iter());
        let (found, useful, requests, end) = read(Paging::default(), |start, count| {
            for (adds, at) in changes.by_ref().take(5) {
                let at = at.index(server.people.len() + 1);
                if adds {
                    server.people.insert(at, next);
                    next += 1;
                } else if at < server.people.len() {
                    server.people.remove(at);
                }
            }
            server.page(start, count)
        });
        let different: HashSet<_> = found.iter().collect();
        prop_assert_eq!(different.len(), found.len());
        prop_assert!(end.is_ok() && requests <= useful + 2);
    }

    #[test]
    fn whatever_a_service_sends_it_ends_after_two_pages_more_than_were_of_use(
        pages in prop::collection::vec(prop::collection::vec(0_u32..3_000, 0..600), 1..12),
    ) {
        let mut turn = 0;
        let (found, useful, requests, end) = read(Paging::default(), |_, _| {
            turn += 1;
            Ok(pages[turn % pages.len()].clone())
        });
        let different: HashSet<_> = found.iter().collect();
        prop_assert!(different.len() == found.len() && end.is_ok() && requests <= useful + 2);
    }
}
