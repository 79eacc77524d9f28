//! Which part of a list a request gets, and everything that no page of the vendor says about it: base, end, size and shape (api.md 7,
//! rows 9 to 11).
//!
//! Only places are counted here, from the first one at 0; who stands there is the store's.

use serde::{Deserialize, Deserializer, de::Error};

use crate::sandbox::form;
use crate::sandbox::reply::{Content, Reply, envelope_of};

/// The largest page, and the one without `count` (api.md 4.5).
const PAGE: usize = 500;

/// How far the list turns with every request where its order does not hold.
const TURN: usize = 7;

/// How the tenant pages the list of users.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Paging {
    /// The `startIndex` of the first user: 0 or 1.
    #[serde(deserialize_with = "base")]
    base: usize,
    /// What a `startIndex` of 0 means where the first one is 1.
    zero: Zero,
    /// The HTTP status of a request that asks for a page; one that does not is answered with 200 in any case.
    #[serde(deserialize_with = "status")]
    status: u16,
    /// The largest page, whatever is asked for: shorter than `count`, though there is more.
    #[serde(deserialize_with = "most")]
    most: usize,
    /// What is around the users.
    wrap: Wrap,
    /// Every page begins with the last user of the one before, which is one more than was asked to be passed over.
    repeats: bool,
    /// There is no end: after the last user the first one follows.
    endless: bool,
    /// Whether the order holds from one request to the next.
    order: Order,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Zero {
    #[default]
    Refused,
    Clamped,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Wrap {
    /// `[{...}, {...}]`, as the sister pages have it.
    #[default]
    Array,
    /// The envelope of every write with the list under `users`, as the text of the page says and no example shows.
    Envelope,
    /// `{...}, {...}`, as the example of the page shows: JSON only where it is one user.
    Objects,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Order {
    #[default]
    Creation,
    /// The list turns between requests: pages miss users and show others twice.
    Restless,
}

/// A part of a list.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// The places of its users.
    pub places: Vec<usize>,
    status: u16,
    wrap: Wrap,
}

impl Default for Paging {
    fn default() -> Self {
        Self {
            base: 0,
            zero: Zero::default(),
            status: 200,
            most: PAGE,
            wrap: Wrap::default(),
            repeats: false,
            endless: false,
            order: Order::default(),
        }
    }
}

impl Paging {
    /// The same counting without what makes the list of users peculiar, for the lists that belong to one user.
    pub fn plain(&self) -> Self {
        Self { base: self.base, zero: self.zero, ..Self::default() }
    }

    /// The page that a query asks for, of a list of so many, at the so-manyth request.
    ///
    /// # Errors
    /// What is wrong with the query, for the envelope's message.
    pub fn page(&self, query: Option<&str>, total: usize, request: usize) -> Result<Page, String> {
        let query = query.unwrap_or_default();
        let (start, count) = (number(query, "startIndex")?, number(query, "count")?);
        let is_paged = start.is_some() || count.is_some();
        let first = match start.unwrap_or(self.base).checked_sub(self.base) {
            Some(first) => first,
            None if self.zero == Zero::Clamped => 0,
            None => return Err("startIndex: the first one is 1".to_owned()),
        };
        let first = first - usize::from(self.repeats && first > 0);
        let count = count.unwrap_or(PAGE).min(self.most);
        let turned = if self.order == Order::Restless { request * TURN } else { 0 };
        let places = first..first.saturating_add(count);
        let places = places.take_while(|place| total > 0 && (self.endless || *place < total));
        Ok(Page {
            places: places.map(|place| (place % total + turned) % total).collect(),
            status: if is_paged { self.status } else { 200 },
            wrap: self.wrap,
        })
    }
}

impl Page {
    /// The answer with those who stand at the places, each as JSON.
    pub fn reply(&self, lines: &[String]) -> Reply {
        let text = match self.wrap {
            Wrap::Array => format!("[{}]", lines.join(",")),
            Wrap::Envelope => envelope_of("users", &format!("[{}]", lines.join(","))),
            Wrap::Objects => lines.join(", "),
        };
        Reply { content: Content::Text(text), ..Reply::nothing(self.status) }
    }
}

fn number(query: &str, key: &str) -> Result<Option<usize>, String> {
    let Some(text) = form::value(query, key) else { return Ok(None) };
    let is_number = text.bytes().all(|digit| digit.is_ascii_digit());
    text.parse().ok().filter(|_| is_number).map(Some).ok_or_else(|| format!("{key}: must be a whole number from 0"))
}

fn base<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    let base = usize::deserialize(deserializer)?;
    if base <= 1 { Ok(base) } else { Err(D::Error::custom("the first user is number 0 or 1")) }
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let status = u16::deserialize(deserializer)?;
    if matches!(status, 200 | 206) { Ok(status) } else { Err(D::Error::custom("a page is answered with 200 or 206")) }
}

fn most<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    let most = usize::deserialize(deserializer)?;
    if (1..=PAGE).contains(&most) { Ok(most) } else { Err(D::Error::custom("a page has from 1 to 500 users")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(text: &str) -> Paging {
        toml::from_str(text).expect("a table of paging")
    }

    fn places(paging: &Paging, query: &str, total: usize, request: usize) -> Vec<usize> {
        paging.page(Some(query), total, request).expect("a page").places
    }

    #[test]
    fn a_page_begins_at_its_start_and_ends_with_the_list() {
        let usual = Paging::default();
        assert_eq!(places(&usual, "startIndex=0&count=3", 10, 0), [0, 1, 2]);
        assert_eq!(places(&usual, "startIndex=8&count=3", 10, 5), [8, 9]);
        assert_eq!(places(&usual, "startIndex=2&count=0", 10, 0), [0; 0]);
        for past in ["startIndex=10", "startIndex=18446744073709551615&count=500"] {
            assert_eq!(places(&usual, past, 10, 0), [0; 0], "{past}");
        }
        assert_eq!(places(&usual, "", 10, 0).len(), 10);
        for count in ["", "count=500", "count=501", "count=100000"] {
            assert_eq!(places(&usual, count, 2000, 0).len(), 500, "{count}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for query in ["startIndex=", "startIndex=-1", "count=+1", "count=ten", "startIndex=18446744073709551616"] {
            let fault = Paging::default().page(Some(query), 10, 0).unwrap_err();
            assert!(fault.ends_with("must be a whole number from 0"), "{query}: {fault}");
        }
    }

    #[test]
    fn a_list_from_one_refuses_zero_or_takes_it_for_one() {
        let refusing = paging("base = 1");
        assert_eq!(places(&refusing, "startIndex=1&count=2", 10, 0), [0, 1]);
        assert_eq!(places(&refusing, "count=2", 10, 0), [0, 1]);
        assert!(refusing.page(Some("startIndex=0"), 10, 0).is_err());
        let clamping = paging("base = 1\nzero = 'clamped'");
        assert_eq!(places(&clamping, "startIndex=0&count=2", 10, 0), [0, 1]);
        assert_eq!(places(&clamping, "startIndex=2&count=2", 10, 0), [1, 2], "one that was there before");
        assert_eq!(places(&paging("base = 1\nmost = 1\nendless = true").plain(), "startIndex=1", 3, 0), [0, 1, 2]);
    }

    #[test]
    fn short_repeating_endless_and_restless_lists_are_what_they_are_called() {
        assert_eq!(places(&paging("most = 2"), "startIndex=4&count=9", 10, 0), [4, 5]);
        let repeating = paging("repeats = true");
        assert_eq!(places(&repeating, "count=3", 10, 0), [0, 1, 2]);
        assert_eq!(places(&repeating, "startIndex=3&count=3", 10, 0), [2, 3, 4]);
        assert_eq!(places(&repeating, "startIndex=10", 10, 0), [9]);
        assert_eq!(places(&repeating, "startIndex=11", 10, 0), [0; 0]);
        let endless = paging("endless = true");
        assert_eq!(places(&endless, "startIndex=8&count=5", 10, 0), [8, 9, 0, 1, 2]);
        assert_eq!(places(&endless, "startIndex=1000003&count=2", 10, 0), [3, 4]);
        assert_eq!(places(&endless, "", 0, 0), [0; 0], "nobody is no end either");
        let restless = paging("order = 'restless'");
        assert_eq!(places(&restless, "count=3", 10, 0), [0, 1, 2]);
        assert_eq!(places(&restless, "startIndex=3&count=3", 10, 1), [0, 1, 2]);
        assert_eq!(places(&restless, "startIndex=6&count=9", 10, 2), [0, 1, 2, 3]);
    }

    #[test]
    fn only_a_request_for_a_page_is_told_that_it_got_a_part() {
        let partial = paging("status = 206");
        let status = |query: Option<&str>| partial.page(query, 10, 0).expect("a page").reply(&[]).status;
        assert_eq!([status(None), status(Some("")), status(Some("x=1"))], [200; 3]);
        assert_eq!([status(Some("count=500")), status(Some("startIndex=0"))], [206; 2]);
    }

    #[test]
    fn a_wrong_table_is_told_what_is_wrong() {
        for (text, words) in [
            ("base = 2", "number 0 or 1"),
            ("status = 201", "200 or 206"),
            ("most = 0", "from 1 to 500"),
            ("most = 501", "from 1 to 500"),
            ("wrap = 'list'", "`array`, `envelope`, `objects`"),
            ("order = 'random'", "`creation` or `restless`"),
            ("zero = '400'", "`refused` or `clamped`"),
            ("size = 1", "unknown field `size`"),
        ] {
            let fault = toml::from_str::<Paging>(text).unwrap_err().to_string();
            assert!(fault.contains(words), "{fault}");
        }
    }
}
