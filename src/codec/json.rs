//! The wire format of users, walked off the table of fields.
//!
//! Deliberately not here: what an answer means (`api/classify.rs`), and any second list of keys. A body is written straight from the
//! request and never becomes a tree of values, so that a password is copied once and not in every node.

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use zeroize::Zeroizing;

use crate::codec::base64;
use crate::domain::fields::FIELDS;
use crate::domain::patch::Value;
use crate::domain::photo::{Photo, Picture};
use crate::domain::request::{Line, Request};
use crate::domain::roles::RoleChange;
use crate::domain::untrusted::visible;

pub mod envelope;
pub mod input;
pub mod list;
pub mod read;
mod snapshot;
pub(in crate::codec) mod strict;

pub use self::envelope::{beginning, envelope};
pub use self::read::person;
pub use self::snapshot::snapshot;

/// What stands where a secret is, in everything that is shown. The length is always this one: the true one says something.
pub const MASK: &str = "********";

/// The body of a request: `{"user": {...}}`, keys as the API spells them, in the order of the table (api.md 4.2, 4.3). The memory is wiped
/// when it is dropped, because a password is in it.
///
/// # Panics
///
/// Never: memory takes every byte, and every key is a text.
pub fn encode(request: &Request) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(room(request)));
    let wire = Wire { request, masked: false };
    serde_json::to_writer(&mut *out, &wire).expect("memory takes every byte, and every key is a text");
    out
}

/// The body as the review shows it: laid out in lines, the password masked, a picture shortened, hidden characters visible.
///
/// # Panics
///
/// Never: memory takes every byte, and every key is a text.
pub fn masked(request: &Request) -> String {
    let wire = Wire { request, masked: true };
    let text = serde_json::to_string_pretty(&wire).expect("memory takes every byte, and every key is a text");
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
}

/// A text as JSON writes it, without the quotes: the second form in which a server may echo a secret.
pub fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// More bytes than the body can take, so that the buffer never grows: growing leaves a copy behind that nobody wipes.
fn room(request: &Request) -> usize {
    // A control character becomes six bytes.
    const WORST: usize = 6;
    let of = |line: &Line| match &line.value {
        Value::Text(text) => text.len() * WORST,
        Value::Secret(secret) => secret.expose().len() * WORST,
        Value::Switch(_) => 5,
        Value::Photo(Photo::Url(url)) => url.len() * WORST,
        Value::Photo(Photo::Picture(picture)) => picture.bytes.len().div_ceil(3) * 4,
        Value::Roles(changes) => changes
            .iter()
            .map(|c| (c.section.len() + c.wanted.iter().map(String::len).sum::<usize>()) * WORST + 64)
            .sum(),
        Value::Pairs(pairs) => {
            pairs.iter().map(|(k, v)| (k.len() + v.as_ref().map_or(4, String::len)) * WORST + 8).sum()
        }
        Value::Object(object) => serde_json::to_string(object.members()).map_or(0, |text| text.len()),
    };
    request.lines().iter().map(|line| of(line) + 128).sum::<usize>() + 64
}

/// A request on its way to JSON, for the server or for the screen.
struct Wire<'a> {
    request: &'a Request,
    masked: bool,
}

impl Serialize for Wire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("user", &User { request: self.request, masked: self.masked })?;
        map.end()
    }
}

struct User<'a> {
    request: &'a Request,
    masked: bool,
}

impl Serialize for User<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for spec in FIELDS {
            if let Some(line) = self.request.line(spec.field) {
                map.serialize_entry(spec.key, &Sent { value: &line.value, masked: self.masked })?;
            }
        }
        map.end()
    }
}

struct Sent<'a> {
    value: &'a Value,
    masked: bool,
}

impl Serialize for Sent<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::Text(text) => serializer.serialize_str(text),
            Value::Secret(_) if self.masked => serializer.serialize_str(MASK),
            Value::Secret(secret) => serializer.serialize_str(secret.expose()),
            Value::Switch(on) => serializer.serialize_bool(*on),
            Value::Photo(photo) => self.photo(photo, serializer),
            Value::Roles(changes) => roles(changes, serializer),
            Value::Pairs(pairs) => serializer.collect_map(pairs.iter().map(|(key, value)| (key, value))),
            Value::Object(object) => object.members().serialize(serializer),
        }
    }
}

impl Sent<'_> {
    fn photo<S: Serializer>(&self, photo: &Photo, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match photo {
            Photo::Url(url) => map.serialize_entry("url", url)?,
            Photo::Picture(picture) => {
                let data = if self.masked { shortened(picture) } else { base64::encode(&picture.bytes) };
                map.serialize_entry("base64Image", &data)?;
                map.serialize_entry("mimeType", picture.media_type.as_str())?;
            }
        }
        map.end()
    }
}

/// A map with the section as key and the role list as value (api.md 4.2).
fn roles<S: Serializer>(changes: &[RoleChange], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(changes.iter().map(|change| (&change.section, &change.wanted)))
}

/// Eight characters are six bytes: enough to tell a PNG from a JPEG.
fn shortened(picture: &Picture) -> String {
    let start = base64::encode(&picture.bytes[..picture.bytes.len().min(6)]);
    format!("{start}... ({} bytes as base64)", grouped(picture.bytes.len()))
}

fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests;
