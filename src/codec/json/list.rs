//! A page of users or groups, entry by entry: what the whole page would take as a tree of values is never in memory at once.
//!
//! Taken are a list, a single bare object, and an envelope that holds one list or one object (api.md 7, row 9); anything else is a fault.
//! Tolerant of a single entry that cannot be understood, strict about the page: an entry is counted even where it is of no use, because
//! the next page is asked for by that number.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::codec::json::envelope::{self, Status};
use crate::codec::json::read::{self, PersonFault};
use crate::codec::json::strict::{self, Strict};
use crate::domain::deed::Group;
use crate::domain::person::Person;

/// A page as read.
#[derive(Debug, PartialEq, Eq)]
pub struct List<T> {
    /// The entries that could be understood.
    pub usable: Vec<T>,
    /// How many entries there are.
    pub entries: usize,
    /// Why the first entry that could not be understood could not.
    pub fault: Option<PersonFault>,
    /// The generic status, where the list came in an envelope.
    pub status: Status,
}

/// Why a body is not a page. It holds no value of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListFault {
    /// Not JSON, or a key stands twice; with where.
    NotJson(String),
    /// JSON without a list in it.
    NoList,
    /// More than one list, and nothing that says which is meant.
    Several(usize),
}

impl fmt::Display for ListFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson(place) => f.write_str(place),
            Self::NoList => f.write_str("there is no list in it"),
            Self::Several(count) => write!(f, "there are {count} lists in it, and one was asked for"),
        }
    }
}

impl std::error::Error for ListFault {}

/// Reads a page of users.
pub fn people(body: &[u8]) -> Result<List<Person>, ListFault> {
    list(body, Kind { key: "username", read: read::one })
}

/// Reads a page of a user's groups.
pub fn groups(body: &[u8]) -> Result<List<Group>, ListFault> {
    list(body, Kind { key: "codGroup", read: read::group })
}

/// What the entries are: the key that tells one from any other object, and how it is read.
struct Kind<T> {
    key: &'static str,
    read: fn(&Map<String, Value>) -> Result<T, PersonFault>,
}

impl<T> Clone for Kind<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Kind<T> {}

fn list<T>(body: &[u8], kind: Kind<T>) -> Result<List<T>, ListFault> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let mut reader = serde_json::Deserializer::from_slice(body);
    let read = Node { kind, inside: false }.deserialize(&mut reader).and_then(|node| reader.end().map(|()| node));
    match read.map_err(|error| ListFault::NotJson(strict::words(&error)))? {
        Part::List(list) => Ok(list),
        Part::Object(map, lists) => of_object(&map, lists, kind),
        Part::Other(_) => Err(ListFault::NoList),
    }
}

/// A bare entry, or an envelope around a list or an entry.
fn of_object<T>(map: &Map<String, Value>, mut lists: Vec<List<T>>, kind: Kind<T>) -> Result<List<T>, ListFault> {
    if map.contains_key(kind.key) {
        return Ok(alone(map, Status::Absent, kind));
    }
    let status = envelope::status(map.get("status"));
    let inner: Vec<_> = map.values().filter_map(Value::as_object).filter(|map| map.contains_key(kind.key)).collect();
    match (lists.len(), inner.as_slice()) {
        (0, []) => Err(ListFault::NoList),
        (0, [entry]) => Ok(alone(entry, status, kind)),
        (1, []) => lists.pop().map(|list| List { status, ..list }).ok_or(ListFault::NoList),
        (some, others) => Err(ListFault::Several(some + others.len())),
    }
}

fn alone<T>(map: &Map<String, Value>, status: Status, kind: Kind<T>) -> List<T> {
    let mut list = List { status, ..List::new() };
    list.take(Some(map), kind);
    list
}

impl<T> List<T> {
    fn new() -> Self {
        Self { usable: Vec::new(), entries: 0, fault: None, status: Status::Absent }
    }

    fn take(&mut self, entry: Option<&Map<String, Value>>, kind: Kind<T>) {
        self.entries += 1;
        match entry.ok_or(PersonFault::Nobody).and_then(kind.read) {
            Ok(one) => self.usable.push(one),
            Err(fault) => self.fault = self.fault.take().or(Some(fault)),
        }
    }
}

/// A value on the two levels where a list may stand: the body itself, and what an envelope holds.
struct Node<T> {
    kind: Kind<T>,
    inside: bool,
}

enum Part<T> {
    List(List<T>),
    /// An object, with the lists that stood in it; in its own place each of them left an empty one.
    Object(Map<String, Value>, Vec<List<T>>),
    Other(Value),
}

impl<'de, T> DeserializeSeed<'de> for Node<T> {
    type Value = Part<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Part<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T> Visitor<'de> for Node<T> {
    type Value = Part<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Part<T>, E> {
        Strict.visit_unit().map(Part::Other)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Part<T>, E> {
        Strict.visit_bool(value).map(Part::Other)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Part<T>, E> {
        Strict.visit_i64(value).map(Part::Other)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Part<T>, E> {
        Strict.visit_u64(value).map(Part::Other)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Part<T>, E> {
        Strict.visit_f64(value).map(Part::Other)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Part<T>, E> {
        Strict.visit_str(value).map(Part::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Part<T>, A::Error> {
        let mut list = List::new();
        while let Some(value) = seq.next_element_seed(Strict)? {
            list.take(value.as_object(), self.kind);
        }
        Ok(Part::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Part<T>, A::Error> {
        if self.inside {
            return match Strict.visit_map(access)? {
                Value::Object(map) => Ok(Part::Object(map, Vec::new())),
                other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
                    Ok(Part::Other(other))
                }
            };
        }
        let (mut map, mut lists) = (Map::new(), Vec::new());
        while let Some(key) = access.next_key::<String>()? {
            if map.contains_key(&key) {
                return Err(strict::twice(&key));
            }
            let value = if key == "password" {
                access.next_value::<IgnoredAny>().map(|_| Value::Null)?
            } else {
                match access.next_value_seed(Node { kind: self.kind, inside: true })? {
                    Part::List(list) => {
                        lists.push(list);
                        Value::Array(Vec::new())
                    }
                    Part::Object(map, _) => Value::Object(map),
                    Part::Other(value) => value,
                }
            };
            map.insert(key, value);
        }
        Ok(Part::Object(map, lists))
    }
}

#[cfg(test)]
mod tests;
