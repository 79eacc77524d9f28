//! JSON from a server, read with more care than usual: a key that stands twice is a fault, and a password is never taken in.
//!
//! The usual reader keeps the last of two equal keys (faults.md, M15), so `{"status": 500, "status": 201}` would be a success.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Reads one JSON text. The value of every key `password` is skipped where it stands, because a service may send the hash
/// (api.md 7, row 16); the key itself stays, with `true` for a value that was there. Depth is limited by the reader (128).
///
/// The words on failure hold a place or a key, never a value.
pub fn parse(bytes: &[u8]) -> Result<Value, String> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    Strict.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value)).map_err(|error| words(&error))
}

/// What is said of a text that could not be read.
pub(in crate::codec::json) fn words(error: &serde_json::Error) -> String {
    if error.is_data() {
        error.to_string()
    } else {
        format!("is not JSON: line {}, column {}", error.line(), error.column())
    }
}

/// The fault of a key that stands twice.
pub(in crate::codec) fn twice<E: Error>(key: &str) -> E {
    E::custom(format_args!("the key {key:.64} stands twice"))
}

/// Any value, for a reader that takes a text in pieces.
pub(in crate::codec) struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element_seed(Strict)? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if map.contains_key(&key) {
                return Err(twice(&key));
            }
            let value = if key == "password" {
                access.next_value::<Option<IgnoredAny>>()?.map_or(Value::Null, |_| Value::Bool(true))
            } else {
                access.next_value_seed(Strict)?
            };
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_stands_twice_is_a_fault_at_any_depth() {
        let fault = parse(br#"{"a": [{"status": 500, "status": 201}]}"#).unwrap_err();
        assert!(fault.starts_with("the key status stands twice"), "{fault}");
    }

    #[test]
    fn a_password_is_never_taken_in() {
        let value = parse(br#"[{"password": {"hash": ["$2a$10$x"]}, "name": "Marta"}, {"password": null}]"#).unwrap();
        assert_eq!(value.to_string(), r#"[{"password":true,"name":"Marta"},{"password":null}]"#);
    }

    #[test]
    fn depth_and_what_follows_are_faults_and_not_crashes() {
        assert!(parse("[".repeat(200_000).as_bytes()).is_err());
        assert!(parse(r#"{"a":"#.repeat(200_000).as_bytes()).is_err());
        assert_eq!(parse(b"{} {}"), Err("is not JSON: line 1, column 4".to_owned()));
        assert_eq!(parse(b""), Err("is not JSON: line 1, column 0".to_owned()));
    }

    #[test]
    fn numbers_and_texts_are_what_they_were() {
        let text = r#"{"a":-1,"b":18446744073709551615,"c":201.5,"d":"ñ\u0000","e":true,"f":null}"#;
        assert_eq!(parse(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }
}
