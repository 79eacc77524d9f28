//! A user as the service tells it, to a person.
//!
//! Tolerant of what the vendor's pages contradict each other on (a bare object, an array of one, an envelope: api.md 4.5 and 7, row 9),
//! and of keys that are not known. Strict where guessing would write something back that was never there: a value of the wrong type
//! is a fault that names its key. What must not be kept is dropped here: password hash, common id, the picture's path, `extra`.

use std::fmt;

use serde_json::{Map, Value};

use crate::codec::json::strict;
use crate::domain::deed::Group;
use crate::domain::field::Kind;
use crate::domain::fields::{FIELDS, Field};
use crate::domain::pairs::Pairs;
use crate::domain::person::Person;
use crate::domain::roles::Roles;
use crate::domain::untrusted::Untrusted;

/// Why a body is not a person. It holds no value of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonFault {
    /// Not JSON, or a key stands twice; with where.
    NotJson(String),
    /// JSON without a user in it.
    Nobody,
    /// More users than the one that was asked for.
    Several(usize),
    /// A key with a value of another type than the vendor documents.
    Wrong {
        /// The key, such as `roles.training`.
        key: Untrusted,
        /// What should have stood there.
        wanted: &'static str,
    },
}

impl fmt::Display for PersonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson(place) => f.write_str(place),
            Self::Nobody => f.write_str("there is no user in it"),
            Self::Several(count) => write!(f, "there are {count} users in it, and one was asked for"),
            Self::Wrong { key, wanted } => write!(f, "{key} is not {wanted}"),
        }
    }
}

impl std::error::Error for PersonFault {}

/// Reads the answer to a question for one user.
pub fn person(body: &[u8]) -> Result<Person, PersonFault> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let value = strict::parse(body).map_err(PersonFault::NotJson)?;
    let mut users = users(&value);
    match users.len() {
        0 => Err(PersonFault::Nobody),
        1 => one(users.remove(0)),
        several => Err(PersonFault::Several(several)),
    }
}

/// The objects that are users: the value itself, the members of a list, or what stands under one key of an envelope.
fn users(value: &Value) -> Vec<&Map<String, Value>> {
    match value {
        Value::Object(map) if is_user(map) => vec![map],
        Value::Object(map) => {
            let inner = map.iter().filter(|(key, _)| *key != "responsePlatforms").map(|(_, value)| value);
            inner.flat_map(listed).collect()
        }
        Value::Array(_) => listed(value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

fn listed(value: &Value) -> Vec<&Map<String, Value>> {
    match value {
        Value::Object(map) if is_user(map) => vec![map],
        Value::Array(list) => list.iter().filter_map(Value::as_object).filter(|map| is_user(map)).collect(),
        Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

fn is_user(map: &Map<String, Value>) -> bool {
    map.contains_key(Field::Username.spec().key)
}

/// Reads a user who stands alone or in a list.
pub(in crate::codec::json) fn one(map: &Map<String, Value>) -> Result<Person, PersonFault> {
    let mut person = Person { id: text(map, "id")?, ..Person::default() };
    for spec in FIELDS {
        match spec.kind {
            Kind::Username => person.username = text(map, spec.key)?.ok_or_else(|| wrong(spec.key, "a text"))?,
            Kind::Text | Kind::Multiline | Kind::Email | Kind::Phone | Kind::Language | Kind::Timezone => {
                if let Some(text) = text(map, spec.key)? {
                    person.texts.insert(spec.field, text);
                }
            }
            Kind::Switch => person.enabled = switch(map, spec.key)?,
            Kind::Pairs => person.pairs = pairs(map, spec.key)?,
            Kind::Photo => person.has_picture = has_picture(map, spec.key)?,
            Kind::Roles => person.roles = roles(map, spec.key)?,
            Kind::Password | Kind::Object => {}
        }
    }
    Ok(person)
}

/// Reads one group of a user (api.md 5). The ids and the parent are dropped: nothing is ever done to a group by them.
pub(in crate::codec::json) fn group(map: &Map<String, Value>) -> Result<Group, PersonFault> {
    Ok(Group {
        code: text(map, "codGroup")?.unwrap_or_default(),
        name: text(map, "name")?.unwrap_or_default(),
        roles: roles(map, Field::Roles.spec().key)?,
    })
}

fn wrong(key: impl Into<String>, wanted: &'static str) -> PersonFault {
    PersonFault::Wrong { key: Untrusted::new(key), wanted }
}

/// The value of a key, where it is there and not null: unset values are null (api.md 4.5).
fn set<'a>(map: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    map.get(key).filter(|value| !value.is_null())
}

fn text(map: &Map<String, Value>, key: &str) -> Result<Option<String>, PersonFault> {
    set(map, key).map(|value| value.as_str().map(str::to_owned).ok_or_else(|| wrong(key, "a text"))).transpose()
}

fn switch(map: &Map<String, Value>, key: &str) -> Result<Option<bool>, PersonFault> {
    set(map, key).map(|value| value.as_bool().ok_or_else(|| wrong(key, "true or false"))).transpose()
}

/// The path on the server is not kept: it cannot be sent back (api.md 7, row 15).
fn has_picture(map: &Map<String, Value>, key: &str) -> Result<bool, PersonFault> {
    let Some(value) = set(map, key) else { return Ok(false) };
    let image = value.as_object().ok_or_else(|| wrong(key, "an object"))?;
    Ok(["url", "base64Image"]
        .iter()
        .any(|key| set(image, key).is_some_and(|value| value.as_str().is_none_or(|text| !text.is_empty()))))
}

fn roles(map: &Map<String, Value>, key: &str) -> Result<Roles, PersonFault> {
    let Some(value) = set(map, key) else { return Ok(Roles::new()) };
    let sections = value.as_object().ok_or_else(|| wrong(key, "an object"))?;
    let named = sections.iter().filter(|(_, list)| !list.is_null());
    named
        .map(|(section, list)| {
            let fault = || wrong(format!("{key}.{section}"), "a list of texts");
            let list = list.as_array().ok_or_else(fault)?;
            let role = |role: &Value| role.as_str().map(str::to_owned).ok_or_else(fault);
            Ok((section.clone(), list.iter().map(role).collect::<Result<_, _>>()?))
        })
        .collect()
}

fn pairs(map: &Map<String, Value>, key: &str) -> Result<Pairs, PersonFault> {
    let Some(value) = set(map, key) else { return Ok(Pairs::new()) };
    let entries = value.as_object().ok_or_else(|| wrong(key, "an object"))?;
    entries
        .iter()
        .map(|(name, _)| Ok((name.clone(), text(entries, name).map_err(|_| wrong(format!("{key}.{name}"), "a text"))?)))
        .collect()
}
