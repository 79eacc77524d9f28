//! A JSON object that the agent wrote: the value of `extra`.

use serde_json::{Map, Value};

/// A JSON object, kept as it was written, key order included.
#[derive(Clone, Debug, PartialEq)]
pub struct Object(Map<String, Value>);

impl Object {
    /// Reads an object, or says in words what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        match serde_json::from_str(text) {
            Ok(Value::Object(map)) => Ok(Self(map)),
            Ok(_) => Err("has to be a JSON object: { ... }".to_owned()),
            Err(error) => Err(format!("is not JSON: line {}, column {}", error.line(), error.column())),
        }
    }

    /// The object in one line, as [`Object::parse`] reads it.
    pub fn text(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    /// The members, for the wire.
    pub fn members(&self) -> &Map<String, Value> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_and_nothing_else() {
        assert!(Object::parse(r#"{"b": 1, "a": [null]}"#).is_ok_and(|object| object.members().keys().eq(["b", "a"])));
        assert_eq!(Object::parse("[1]"), Err("has to be a JSON object: { ... }".to_owned()));
        assert_eq!(Object::parse("{\n1}"), Err("is not JSON: line 2, column 1".to_owned()));
    }
}
