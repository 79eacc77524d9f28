//! Lists by pages: all users, and the groups of one.
//!
//! Deliberately not here: which page comes next, which is `service/paging.rs`, and a larger limit than for any other answer. A page of
//! 500 that is longer than 8 MiB is [`Cause::TooLong`], and whoever reads the list asks for fewer at a time: a limit that every tenant's
//! page fits into cannot be known, and a smaller page always can be asked for.

use reqwest::Method;

use crate::api::Client;
use crate::api::classify::{Body, Reply};
use crate::api::path;
use crate::api::reading;
use crate::codec::json::envelope::Status;
use crate::codec::json::list::{self, List, ListFault};
use crate::domain::deed::Group;
use crate::domain::key::UserKey;
use crate::domain::outcome::{Cause, ReadFault};
use crate::domain::person::Person;
use crate::domain::tenant::Synchronization;
use crate::domain::untrusted::Untrusted;

/// A page of a list.
#[derive(Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries that could be understood, in the order of the service.
    pub usable: Vec<T>,
    /// How many entries the page had, of use or not: the next page is asked for by this number.
    pub entries: usize,
    /// Why the first entry that could not be understood could not.
    pub fault: Option<Untrusted>,
}

impl Client {
    /// Reads a page of all users (api.md 4.5). The answer is always synchronous; the header says so all the same.
    ///
    /// # Errors
    /// No answer, a refusal, an answer that is no list, or one in which nothing could be understood.
    pub async fn page(&self, start_index: u32, count: u16) -> Result<Page<Person>, ReadFault> {
        self.listing(Target::Users, start_index, count, list::people).await
    }

    /// Reads a page of a user's groups (api.md 5). The key may be of any kind that the vendor's page lists (api.md 7, row 24).
    ///
    /// # Errors
    /// As for [`Client::page`], and [`ReadFault::NotFound`] where the API itself says that there is no such user.
    pub async fn groups(&self, key: &UserKey, start_index: u32, count: u16) -> Result<Page<Group>, ReadFault> {
        self.listing(Target::Groups(key), start_index, count, list::groups).await
    }

    async fn listing<T>(
        &self,
        target: Target<'_>,
        start_index: u32,
        count: u16,
        decode: fn(&[u8]) -> Result<List<T>, ListFault>,
    ) -> Result<Page<T>, ReadFault> {
        let answer = match self.asked(target, start_index, count) {
            Ok(ready) => self.exchange(ready).await,
            Err(cause) => Err(cause),
        };
        let page = match answer {
            Ok(reply) => page(&reply, decode),
            Err(cause) => Err(ReadFault::Failed(cause)),
        };
        page.map_err(|fault| self.presentable(fault))
    }

    /// A page of all users, as it would be asked for.
    pub(in crate::api) fn asked_for_users(&self, start_index: u32, count: u16) -> Result<reqwest::Request, Cause> {
        self.asked(Target::Users, start_index, count)
    }

    fn asked(&self, target: Target<'_>, start_index: u32, count: u16) -> Result<reqwest::Request, Cause> {
        let url = match target {
            Target::Users => path::users(&self.base, None),
            Target::Groups(key) => path::of_user(&self.base, key, "groups"),
        };
        let mut url = url.map_err(|words| Cause::Local(Untrusted::new(words)))?;
        url.query_pairs_mut()
            .append_pair("startIndex", &start_index.to_string())
            .append_pair("count", &count.to_string());
        let mut ready = reqwest::Request::new(Method::GET, url);
        *ready.headers_mut() = self.headers.of(Synchronization::Synchronous, false);
        Ok(ready)
    }
}

/// Whose list.
#[derive(Clone, Copy)]
enum Target<'a> {
    Users,
    Groups(&'a UserKey),
}

/// How many people a reply lists.
pub(in crate::api) fn page_of_users(reply: &Reply) -> Result<usize, ReadFault> {
    page(reply, list::people).map(|page| page.entries)
}

/// Reads a page out of a reply: any 2xx with a list in it, 206 among them (api.md 7, row 11). An empty 204 is what its name says, no
/// content; any other empty body was lost on the way.
fn page<T>(reply: &Reply, decode: fn(&[u8]) -> Result<List<T>, ListFault>) -> Result<Page<T>, ReadFault> {
    if let Some(fault) = reading::turned_away(reply) {
        return Err(fault);
    }
    let body = reading::whole(reply)?;
    if reply.http == 204 && matches!(&reply.body, Body::Whole(bytes) if bytes.trim_ascii().is_empty()) {
        return Ok(Page { usable: Vec::new(), entries: 0, fault: None });
    }
    let list = decode(body).map_err(|fault| reading::not_understood(reply, &fault))?;
    match list.status {
        Status::Is(status @ (401 | 403)) => Err(ReadFault::Failed(Cause::Token(status))),
        Status::Is(status @ 400..) => Err(ReadFault::Failed(Cause::Refused(status))),
        Status::Is(_) | Status::Absent | Status::Nonsense => usable(list),
    }
}

/// A list of things of which not one is a user is another list than the one that was asked for.
fn usable<T>(list: List<T>) -> Result<Page<T>, ReadFault> {
    let fault = list.fault.map(|fault| Untrusted::new(fault.to_string()));
    match fault {
        Some(fault) if list.usable.is_empty() => Err(ReadFault::Failed(Cause::Nonsense(fault))),
        fault => Ok(Page { usable: list.usable, entries: list.entries, fault }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(http: u16, body: &str) -> Result<(usize, usize), ReadFault> {
        page(&Reply::of(http, body), list::people).map(|page| (page.usable.len(), page.entries))
    }

    fn failed(http: u16, body: &str) -> Cause {
        match read(http, body) {
            Err(ReadFault::Failed(cause)) => cause,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_page_is_a_page_under_200_and_206() {
        for http in [200, 206] {
            assert_eq!(read(http, r#"[{"username": "a"}, {"username": "b"}, 7]"#), Ok((2, 3)));
            assert_eq!(read(http, "[]"), Ok((0, 0)));
        }
        assert_eq!(read(204, ""), Ok((0, 0)));
    }

    #[test]
    fn a_refusal_is_one_in_whatever_it_is_wrapped() {
        assert_eq!(failed(400, ""), Cause::Refused(400));
        assert_eq!(failed(200, r#"{"status": 400, "responsePlatforms": {}}"#), Cause::Refused(400));
        assert_eq!(failed(200, r#"{"status": 500, "users": [{"username": "a"}]}"#), Cause::Refused(500));
        assert_eq!(failed(200, r#"{"status": 401, "users": []}"#), Cause::Token(401));
        assert_eq!(failed(403, "[]"), Cause::Token(403));
        assert_eq!(failed(503, "[]"), Cause::Gateway(503));
        assert_eq!(read(404, "gone"), Err(ReadFault::NoService(404)));
        assert_eq!(read(200, r#"{"status": 404, "responsePlatforms": {}}"#), Err(ReadFault::NotFound));
    }

    #[test]
    fn what_is_no_list_of_users_fails_loudly() {
        assert_eq!(failed(200, "<!doctype html>"), Cause::WebPage);
        for body in ["", "{}", "[7]", r#"[{"name": "a"}]"#, r#"[{"username": "a"}"#] {
            assert!(matches!(failed(200, body), Cause::Nonsense(words) if !words.is_empty()), "{body}");
        }
    }
}
