//! A user as somebody wrote it in a file for a command: the API's own spelling, `{"user": {...}}` or what stands inside.
//!
//! Every fault is told at once, each with its key. What `get --json` prints and what is kept of a deleted user can be read again; what those
//! add for a reader (`id` and whether there is a picture) is passed over. Deliberately not here: whether the operation takes a field, and
//! what a value has to look like ([`crate::domain::draft`]). A password is not taken from here: a file is kept, and a pipe is somebody's
//! history.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::codec::json::strict;
use crate::domain::field::Kind;
use crate::domain::fields::Field;
use crate::domain::pairs;
use crate::domain::roles::Roles;
use crate::domain::untrusted::Untrusted;

/// The longest file that is read, in bytes: room for the largest picture as base64.
pub const MOST: usize = 48 * 1024 * 1024;

/// What a file says of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A text; also an object, and the lines of free keys.
    Text(String),
    /// Yes or no.
    Switch(bool),
    /// Roles by section, each the whole list.
    Roles(Roles),
    /// A picture that the platform fetches.
    Url(String),
    /// A picture as base64; what it is, its bytes say.
    Base64(String),
    /// `null`: a service writes it where nothing is set.
    Nothing,
}

/// What is wrong with a file, in words that follow the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFault {
    /// The key, such as `roles.training`; empty where it is the whole file.
    pub key: Untrusted,
    /// Such as "is not a text".
    pub words: String,
}

fn fault(key: &str, words: &str) -> InputFault {
    InputFault { key: Untrusted::new(key), words: words.to_owned() }
}

/// What stands beside `user` in the documents that this program prints.
const OF_A_DOCUMENT: [&str; 5] = ["act", "verdict", "exit", "id", "hasPicture"];
/// What stands inside it for a reader.
const OF_A_READING: [&str; 3] = ["id", "hasPicture", "hadPicture"];

/// Reads a user.
///
/// # Errors
/// Every fault that it has.
pub fn input(bytes: &[u8]) -> Result<BTreeMap<Field, Said>, Vec<InputFault>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value = strict::parse(bytes).map_err(|words| vec![fault("", &words)])?;
    let Value::Object(document) = value else { return Err(vec![fault("", "is not a JSON object")]) };
    let mut faults = Vec::new();
    let user = match document.get("user") {
        None => &document,
        Some(Value::Object(user)) => {
            let others = document.keys().filter(|key| *key != "user" && !OF_A_DOCUMENT.contains(&key.as_str()));
            faults.extend(others.map(|key| fault(key, "is not known beside \"user\"")));
            user
        }
        Some(_) => return Err(vec![fault("user", "is not an object")]),
    };
    let mut said = BTreeMap::new();
    for (key, value) in user.iter().filter(|(key, _)| !OF_A_READING.contains(&key.as_str())) {
        match Field::from_key(key) {
            None => faults.push(fault(key, "is not a field of a user")),
            Some(field) => match one(field, key, value) {
                Ok(one) => drop(said.insert(field, one)),
                Err(fault) => faults.push(fault),
            },
        }
    }
    if faults.is_empty() { Ok(said) } else { Err(faults) }
}

fn one(field: Field, key: &str, value: &Value) -> Result<Said, InputFault> {
    if value.is_null() {
        return Ok(Said::Nothing);
    }
    match field.spec().kind {
        Kind::Password => {
            Err(fault(key, "is not taken from a file: give it with --password-stdin or --generate-password"))
        }
        Kind::Switch => value.as_bool().map(Said::Switch).ok_or_else(|| fault(key, "is not true or false")),
        Kind::Roles => object(key, value).and_then(|map| roles(key, map)).map(Said::Roles),
        Kind::Pairs => object(key, value).and_then(|map| lines(key, map)).map(Said::Text),
        Kind::Object => object(key, value).map(|_| Said::Text(value.to_string())),
        Kind::Photo => object(key, value).and_then(|map| photo(key, map)),
        Kind::Username | Kind::Text | Kind::Multiline | Kind::Email | Kind::Phone | Kind::Language | Kind::Timezone => {
            text(key, value).map(Said::Text)
        }
    }
}

fn text(key: &str, value: &Value) -> Result<String, InputFault> {
    value.as_str().map(str::to_owned).ok_or_else(|| fault(key, "is not a text"))
}

fn object<'a>(key: &str, value: &'a Value) -> Result<&'a Map<String, Value>, InputFault> {
    value.as_object().ok_or_else(|| fault(key, "is not an object"))
}

fn roles(key: &str, map: &Map<String, Value>) -> Result<Roles, InputFault> {
    let section = |(section, list): (&String, &Value)| {
        let key = format!("{key}.{section}");
        let list = list.as_array().ok_or_else(|| fault(&key, "is not a list"))?;
        let roles = list.iter().map(|role| text(&key, role)).collect::<Result<BTreeSet<_>, _>>();
        Ok((section.clone(), roles.map_err(|_| fault(&key, "is not a list of texts"))?))
    };
    map.iter().map(section).collect()
}

/// Free keys as the lines that a form has of them, where they come back the same.
fn lines(key: &str, map: &Map<String, Value>) -> Result<String, InputFault> {
    let pair = |(name, value): (&String, &Value)| {
        let value = if value.is_null() { None } else { Some(text(&format!("{key}.{name}"), value)?) };
        Ok((name.clone(), value))
    };
    let written = map.iter().map(pair).collect::<Result<pairs::Pairs, _>>()?;
    // Nothing but a line end is a map without a key, where an empty text would be no map at all.
    let lines = if written.is_empty() { "\n".to_owned() } else { pairs::lines(&written) };
    if pairs::parse(&lines).as_ref() == Ok(&written) {
        Ok(lines)
    } else {
        Err(fault(key, "has a key or a value with a line end, a blank at an end or nothing in it"))
    }
}

fn photo(key: &str, map: &Map<String, Value>) -> Result<Said, InputFault> {
    let known = ["url", "base64Image", "mimeType"];
    if let Some(other) = map.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(fault(&format!("{key}.{other}"), "is not known"));
    }
    let set = |name: &str| map.get(name).filter(|value| !value.is_null());
    match (set("url"), set("base64Image")) {
        (Some(url), None) => text(&format!("{key}.url"), url).map(Said::Url),
        (None, Some(data)) => text(&format!("{key}.base64Image"), data).map(Said::Base64),
        (None, None) => Ok(Said::Nothing),
        (Some(_), Some(_)) => Err(fault(key, "has both a url and a base64Image")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::json::snapshot;
    use crate::domain::person::Person;

    fn words(json: &str) -> Vec<String> {
        let faults = input(json.as_bytes()).expect_err(json);
        faults.iter().map(|fault| format!("{} {}", fault.key, fault.words)).collect()
    }

    #[test]
    fn a_user_is_read_with_and_without_its_wrapper() {
        let inside = r#"{"name": "Zoë", "enabled": false, "officePhone": null, "roles": {"training": ["user"]},
            "extendedFields": {"NIF": "1", "x": null}, "extra": {"b": 1, "a": [2]}, "image": {"url": "https://a.example/x"}}"#;
        let said = input(inside.as_bytes()).unwrap();
        assert_eq!(input(format!("\u{feff}{{\"user\": {inside}}}").as_bytes()), Ok(said.clone()));
        assert_eq!(said[&Field::Name], Said::Text("Zoë".into()));
        assert_eq!(said[&Field::Enabled], Said::Switch(false));
        assert_eq!(said[&Field::OfficePhone], Said::Nothing);
        assert_eq!(said[&Field::ExtendedFields], Said::Text("NIF = 1\nx".into()));
        assert_eq!(said[&Field::Extra], Said::Text(r#"{"b":1,"a":[2]}"#.into()));
        assert_eq!(said[&Field::Image], Said::Url("https://a.example/x".into()));
        assert_eq!(said[&Field::Roles], Said::Roles([("training".into(), ["user".into()].into())].into()));
    }

    #[test]
    fn every_fault_is_told_at_once_with_its_key() {
        let json = r#"{"user": {"name": 1, "nmae": "x", "enabled": "yes", "roles": {"training": "user"}, "image": {"path": "x"},
            "extendedFields": {"a": "x\ny"}}, "person": 1}"#;
        assert_eq!(
            words(json),
            [
                "person is not known beside \"user\"",
                "name is not a text",
                "nmae is not a field of a user",
                "enabled is not true or false",
                "roles.training is not a list",
                "image.path is not known",
                "extendedFields has a key or a value with a line end, a blank at an end or nothing in it",
            ]
        );
        assert_eq!(words("[]"), [" is not a JSON object"]);
        assert_eq!(words("{\n\"name\""), [" is not JSON: line 2, column 6"]);
        assert!(words(r#"{"name": "a", "name": "b"}"#)[0].starts_with(" the key name stands twice"));
    }

    #[test]
    fn a_password_is_refused_and_not_repeated() {
        let told = words(r#"{"password": "canary"}"#);
        assert!(told[0].starts_with("password is not taken from a file") && !told[0].contains("canary"), "{told:?}");
    }

    #[test]
    fn what_was_kept_of_a_deleted_user_can_be_read_again() {
        let person = Person {
            id: Some("ff80".into()),
            username: "marta.lopez".into(),
            texts: [(Field::Surname, "López".to_owned())].into(),
            has_picture: true,
            ..Person::default()
        };
        let said = input(snapshot(&person).as_bytes()).unwrap();
        assert_eq!(said[&Field::Username], Said::Text("marta.lopez".into()));
        assert_eq!(said[&Field::Surname], Said::Text("López".into()));
        assert_eq!(said[&Field::Enabled], Said::Nothing);
    }
}
