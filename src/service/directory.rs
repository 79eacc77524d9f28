//! Everybody, page by page: one step for each call, so that every page can be shown as it comes and reading can be stopped between any two.
//!
//! Deliberately not here: which page comes next ([`crate::service::paging`]), and a loop over all users. Only the groups of one user, which
//! are few, are read to their end.

use std::time::Duration;

use tokio::time::sleep;

use crate::api::list::Page;
use crate::domain::deed::Group;
use crate::domain::key::UserKey;
use crate::domain::listed::{End, Listed};
use crate::domain::outcome::{Cause, ReadFault};
use crate::domain::person::Person;
use crate::domain::untrusted::Untrusted;
use crate::service::Service;
use crate::service::paging::Paging;

/// The longest wait that a service may ask for between two attempts at a page. One that asks for more is taken at its word: the fault is
/// told, and the agent goes on when they like, instead of a list that seems to hang.
const LONGEST: Duration = Duration::from_secs(10);

/// The wait where the service asks for none, in milliseconds: a different one each time, so that a room full of agents whose connection
/// came back does not come back together (faults.md, retry rule).
const SHORT: std::ops::Range<u64> = 250..750;

impl Service {
    /// Reads the next page of all users, and gives the people on it who are new. Reading has ended where [`Paging::end`] says so; an empty
    /// page alone means nothing. A read is never more than two requests: a page is asked for once more where the first attempt cannot
    /// have been heard.
    ///
    /// With a fault, the paging comes back as it was, and calling again goes on where it stopped. Whoever drops the future keeps a clone of
    /// the paging, or goes on with [`Paging::resume_people`].
    pub async fn next_page(&self, mut paging: Paging) -> (Paging, Result<Vec<Person>, ReadFault>) {
        let Some((start_index, count)) = paging.ask() else { return (paging, Ok(Vec::new())) };
        let page = twice(async || self.client.page(start_index, count).await).await;
        let people = taken(&mut paging, page, |person| {
            let (has_id, text) = identity(person.id.as_deref(), &person.username);
            (has_id, text.to_owned())
        });
        (paging, people)
    }

    /// Reads all groups of a user.
    ///
    /// # Errors
    /// A page could not be read, a group could not be understood, or the service's list has no end. Some of the groups alone would be a
    /// wrong answer.
    pub async fn groups(&self, key: &UserKey) -> Result<Vec<Group>, ReadFault> {
        let nonsense = |words: Untrusted| ReadFault::Failed(Cause::Nonsense(words));
        let (mut paging, mut groups) = (Paging::default(), Vec::new());
        while let Some((start_index, count)) = paging.ask() {
            let page = twice(async || self.client.groups(key, start_index, count).await).await;
            if let Ok(Page { fault: Some(fault), .. }) = page {
                return Err(nonsense(fault));
            }
            groups.extend(taken(&mut paging, page, |group| format!("{group:?}"))?);
        }
        match paging.end() {
            Some(End::Repeats | End::TooMany(_)) => Err(nonsense(Untrusted::new("the list of groups has no end"))),
            Some(End::Complete) | None => Ok(groups),
        }
    }
}

impl Paging {
    /// Goes on with a list that was kept before it was complete: at the start index of its [`Progress::UpTo`].
    ///
    /// [`Progress::UpTo`]: crate::domain::listed::Progress::UpTo
    pub fn resume_people(next: u32, people: &[Listed]) -> Self {
        Self::resume(next, people.iter().map(|person| identity(person.id.as_deref(), &person.username)))
    }
}

/// What tells people apart: the id, or the username of one who came without (api.md 7, row 10).
fn identity<'a>(id: Option<&'a str>, username: &'a str) -> (bool, &'a str) {
    id.map_or((false, username), |id| (true, id))
}

fn taken<T, I: std::hash::Hash>(
    paging: &mut Paging,
    page: Result<Page<T>, ReadFault>,
    identity: impl Fn(&T) -> I,
) -> Result<Vec<T>, ReadFault> {
    match page {
        Ok(page) => Ok(paging.page(page.entries, page.usable, identity)),
        Err(fault) => paging.refused(fault).map_or(Ok(Vec::new()), Err),
    }
}

/// Asks, and asks once more where it may help.
async fn twice<T>(ask: impl AsyncFn() -> Result<T, ReadFault>) -> Result<T, ReadFault> {
    match ask().await {
        Ok(answer) => Ok(answer),
        Err(fault) => match wait(&fault) {
            Some(wait) => {
                sleep(wait).await;
                ask().await
            }
            None => Err(fault),
        },
    }
}

/// How long to wait before the second attempt; nothing where there is none. Reading changes nothing, but a server that was too slow or broke
/// off would be asked for the same work again, so only what was not heard, or turned away by a gateway, is asked for again.
fn wait(fault: &ReadFault) -> Option<Duration> {
    let cause = match fault {
        ReadFault::Failed(cause) => cause,
        ReadFault::NotFound | ReadFault::NoService(_) | ReadFault::SomeoneElse(_) => return None,
    };
    match cause {
        Cause::TooMany(Some(seconds)) => Some(Duration::from_secs(*seconds)).filter(|wait| *wait <= LONGEST),
        Cause::TooMany(None) | Cause::Lookup | Cause::Connect | Cause::Gateway(500..) => {
            Some(Duration::from_millis(rand::random_range(SHORT)))
        }
        Cause::Gateway(_)
        | Cause::Platforms
        | Cause::Refused(_)
        | Cause::Token(_)
        | Cause::Redirect(_)
        | Cause::Tls(_)
        | Cause::Timeout(_)
        | Cause::Broken
        | Cause::WebPage
        | Cause::TooLong(_)
        | Cause::Nonsense(_)
        | Cause::ReadOnly
        | Cause::Local(_)
        | Cause::NoJournal(_)
        | Cause::InFlight(_)
        | Cause::ReadBack => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(cause: Cause) -> Option<Duration> {
        wait(&ReadFault::Failed(cause))
    }

    #[test]
    fn a_second_attempt_waits_as_long_as_the_service_asks_and_no_agent_waits_for_an_hour() {
        assert_eq!(waits(Cause::TooMany(Some(0))), Some(Duration::ZERO));
        assert_eq!(waits(Cause::TooMany(Some(10))), Some(LONGEST));
        assert_eq!(waits(Cause::TooMany(Some(11))), None);
    }

    #[test]
    fn only_what_was_not_heard_is_asked_again() {
        for again in [Cause::Lookup, Cause::Connect, Cause::Gateway(503), Cause::TooMany(None)] {
            let wait = waits(again).unwrap();
            assert!(wait >= Duration::from_millis(250) && wait < Duration::from_millis(750));
        }
        for never in [Cause::Token(401), Cause::Refused(400), Cause::Gateway(408), Cause::Timeout(60), Cause::Broken] {
            assert_eq!(waits(never), None);
        }
        assert_eq!(wait(&ReadFault::NotFound), None);
    }
}
