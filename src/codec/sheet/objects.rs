//! A line of JSON to a line of people: the API's own spelling, bare or as `{"user": {...}}`.
//!
//! The password goes from the reader into a [`Secret`], and never into a tree of values. `null` and an empty text say nothing, as an
//! empty cell does.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

use crate::codec::json::strict::{Strict, twice};
use crate::codec::sheet::cells;
use crate::codec::sheet::names::{Names, Target};
use crate::domain::draft::Entry;
use crate::domain::field::Kind;
use crate::domain::fields::Field;
use crate::domain::pairs::{self, Pairs};
use crate::domain::row::{Column, ImageSource, Row};
use crate::domain::secret::Secret;
use crate::domain::untrusted::visible;

/// What is wrong with a line: a key or, where the line is no JSON, the number of a character; and the words.
pub(super) struct Wrong {
    pub key: Option<String>,
    pub number: Option<usize>,
    pub words: String,
}

/// A key with its value.
pub(super) enum Member {
    Value(Value),
    Secret(Secret),
}

/// Reads a line into its members, in their order; those of `user` stand among the others.
pub(super) fn members(line: &str) -> Result<Vec<(String, Member)>, Wrong> {
    let mut reader = serde_json::Deserializer::from_str(line);
    let read = Object { top: true }.deserialize(&mut reader).and_then(|members| reader.end().map(|()| members));
    read.map_err(|error| {
        let words = if error.is_data() {
            // The reader repeats what it found, of any length and with anything in it.
            let words = error.to_string();
            let words = words.rsplit_once(" at line ").map_or(&*words, |(words, _)| words);
            visible(words).chars().take(200).collect()
        } else {
            "is not JSON".to_owned()
        };
        Wrong { key: None, number: Some(error.column()), words }
    })
}

/// Puts the members into a line of people.
pub(super) fn row(number: u64, members: Vec<(String, Member)>, names: &Names<'_>, wrong: &mut Vec<Wrong>) -> Row {
    let mut row = Row { line: number, ..Row::default() };
    let mut seen = Vec::new();
    for (key, member) in members {
        let mut fault = |words: String| wrong.push(Wrong { key: Some(key.clone()), number: None, words });
        if key == Field::Roles.spec().key {
            roles(&mut row, &member, names, &mut fault);
            continue;
        }
        let column = match names.target(&key) {
            Ok(Target::Column(column)) => column,
            Ok(Target::Ignored) => continue,
            Ok(Target::Nameless) => {
                fault("is no field".to_owned());
                continue;
            }
            Err(words) => {
                fault(words);
                continue;
            }
        };
        if seen.iter().any(|before: &Column| before.clashes(&column)) {
            fault(format!("stands twice: {column}"));
            continue;
        }
        if let Err(words) = put(&mut row, &column, member) {
            fault(words);
        }
        seen.push(column);
    }
    row
}

fn put(row: &mut Row, column: &Column, member: Member) -> Result<(), String> {
    let kind = if let Column::Field(field) = column { Some(field.spec().kind) } else { None };
    let value = match (member, column) {
        (Member::Secret(secret), Column::Field(Field::Password)) => {
            if !secret.expose().trim().is_empty() {
                row.entries.insert(Field::Password, Entry::Secret(secret));
            }
            return Ok(());
        }
        (Member::Secret(_), _) => return Err("is no place for a password".to_owned()),
        (Member::Value(value), _) => value,
    };
    match (value, kind) {
        (Value::Null, _) => Ok(()),
        (Value::String(_), Some(Kind::Password)) => Err("has to stand under the key password".to_owned()),
        (Value::String(text), _) => cells::put(row, column, text.into(), false),
        (Value::Bool(on), Some(Kind::Switch)) => cells::put(row, column, on.to_string().into(), false),
        (Value::Object(map), Some(Kind::Photo)) => photo(row, column, &map),
        (Value::Object(map), Some(Kind::Object)) => {
            cells::put(row, column, Value::Object(map).to_string().into(), true)
        }
        (Value::Object(map), Some(Kind::Pairs)) => cells::put(row, column, lines(&map)?.into(), true),
        (Value::Array(list), None) => {
            let texts: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
            let texts = texts.ok_or("has to be a list of texts")?;
            let cell = if texts.is_empty() { "none".to_owned() } else { texts.join(",") };
            cells::put(row, column, cell.into(), false)
        }
        (_, Some(Kind::Switch)) => Err("has to be true or false".to_owned()),
        (_, Some(Kind::Pairs | Kind::Object)) => Err("has to be an object".to_owned()),
        (_, Some(_) | None) => Err("has to be a text".to_owned()),
    }
}

/// A picture as the API has it: by its URL, or in base64. What it is, its bytes say, and not `mimeType`.
fn photo(row: &mut Row, column: &Column, map: &serde_json::Map<String, Value>) -> Result<(), String> {
    let is_known = |key: &String| ["url", "base64Image", "mimeType"].contains(&key.as_str());
    let text = |key: &str| map.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    match (text("url"), text("base64Image")) {
        (Some(url), None) if map.len() == 1 => cells::put(row, column, url.to_owned().into(), false),
        (None, Some(data)) if map.keys().all(is_known) => {
            row.image = Some(ImageSource::Inline(data.to_owned()));
            Ok(())
        }
        _ => Err("has to be a text, an object with url alone, or one with base64Image and mimeType".to_owned()),
    }
}

/// The lines that the form has for free keys.
fn lines(map: &serde_json::Map<String, Value>) -> Result<String, String> {
    let mut all = Pairs::new();
    for (key, value) in map {
        let value = match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                return Err("has to be an object of texts".to_owned());
            }
        };
        all.push((key.clone(), value));
    }
    let text = pairs::lines(&all);
    if pairs::parse(&text).as_ref() == Ok(&all) {
        Ok(text)
    } else {
        Err("has a key or a value that is empty or cannot stand in one line of key = value".to_owned())
    }
}

fn roles(row: &mut Row, member: &Member, names: &Names<'_>, fault: &mut dyn FnMut(String)) {
    let sections = match member {
        Member::Value(Value::Object(sections)) => sections,
        Member::Value(Value::Null) => return,
        Member::Value(_) | Member::Secret(_) => {
            fault("has to be an object with a list for each section".to_owned());
            return;
        }
    };
    for (section, list) in sections {
        let put = match names.target(&format!("roles.{section}")) {
            Ok(Target::Column(column)) if list.is_array() || list.is_null() => {
                put(row, &column, Member::Value(list.clone()))
            }
            Ok(Target::Column(_)) => Err("has to be a list of texts".to_owned()),
            Ok(Target::Ignored | Target::Nameless) => Err("is no section".to_owned()),
            Err(words) => Err(words),
        };
        if let Err(words) = put {
            fault(format!("{}: {words}", crate::codec::sheet::faults::excerpt(section)));
        }
    }
}

/// An object whose keys stand once, with the members of `user` among its own where it is the outer one.
struct Object {
    top: bool,
}

impl<'de> DeserializeSeed<'de> for Object {
    type Value = Vec<(String, Member)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object {
    type Value = Vec<(String, Member)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one JSON object a line")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut members: Self::Value = Vec::new();
        while let Some(key) = access.next_key::<String>()? {
            if members.iter().any(|(before, _)| *before == key) {
                return Err(twice(&key));
            }
            if key == Field::Password.spec().key {
                members.push((key, access.next_value_seed(Password)?));
            } else if self.top && key == "user" {
                for (key, member) in access.next_value_seed(Self { top: false })? {
                    if members.iter().any(|(before, _)| *before == key) {
                        return Err(twice(&key));
                    }
                    members.push((key, member));
                }
            } else {
                members.push((key, Member::Value(access.next_value_seed(Strict)?)));
            }
        }
        Ok(members)
    }
}

/// A password, or nothing. No fault repeats what stands there.
struct Password;

impl<'de> DeserializeSeed<'de> for Password {
    type Value = Member;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Member, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Password {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a password as a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Member, E> {
        Ok(Member::Secret(Secret::new(text.to_owned())))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Member, E> {
        Ok(Member::Secret(Secret::new(text)))
    }

    fn visit_unit<E: Error>(self) -> Result<Member, E> {
        Ok(Member::Value(Value::Null))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Member, E> {
        Err(no_text())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Member, E> {
        Err(no_text())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Member, E> {
        Err(no_text())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Member, E> {
        Err(no_text())
    }
}

fn no_text<E: Error>() -> E {
    E::custom("the password has to be a text")
}
