//! A look whether a tenant answers: one read of one user of its list, and what the answer tells of the way there.
//!
//! Deliberately not here: any write, and what the look means for an agent, which is `doctor`'s business.

use jiff::fmt::rfc2822::DateTimeParser;

use crate::api::Client;
use crate::api::list::page_of_users;
use crate::domain::outcome::{Cause, ReadFault};

/// What a look brought.
#[derive(Debug)]
pub struct Probe {
    /// The server's clock when it answered, in seconds since 1970; nothing where there was no answer, or no usable `Date` in it.
    pub date: Option<i64>,
    /// How many people the list gave, or why it gave none.
    pub people: Result<usize, ReadFault>,
}

impl Client {
    /// Asks for the first user of the list. A service that counts from one (api.md 7, row 10) refuses the first question and gets a second.
    pub async fn probe(&self) -> Probe {
        let first = self.probe_at(0).await;
        match first.people {
            Err(ReadFault::Failed(Cause::Refused(400))) => self.probe_at(1).await,
            Ok(_) | Err(_) => first,
        }
    }

    async fn probe_at(&self, start_index: u32) -> Probe {
        let answer = match self.asked_for_users(start_index, 1) {
            Ok(ready) => self.exchange(ready).await,
            Err(cause) => Err(cause),
        };
        let date = answer.as_ref().ok().and_then(|reply| seconds(reply.date.as_deref()?));
        let people = answer.map_err(ReadFault::Failed).and_then(|reply| page_of_users(&reply));
        Probe { date, people: people.map_err(|fault| self.presentable(fault)) }
    }
}

/// The date of a header, in seconds since 1970.
fn seconds(date: &str) -> Option<i64> {
    DateTimeParser::new().parse_timestamp(date.trim()).ok().map(jiff::Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_clock_is_read_from_its_date() {
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(seconds("yesterday"), None);
    }
}
