//! A person as a text that can be kept: what a deleted user was, in the API's own spelling, so that it can be read by eye and typed in again.

use serde_json::{Map, Value, json};

use crate::domain::pairs::Pairs;
use crate::domain::person::Person;

/// The person as JSON, one key a line. There is no secret in it: a [`Person`] has none.
pub fn snapshot(person: &Person) -> String {
    let mut user = Map::new();
    user.insert("id".into(), json!(person.id));
    user.insert("username".into(), json!(person.username));
    for (field, text) in &person.texts {
        user.insert(field.spec().key.into(), json!(text));
    }
    user.insert("enabled".into(), json!(person.enabled));
    user.insert("roles".into(), json!(person.roles));
    user.insert("extendedFields".into(), extended(&person.pairs));
    user.insert("hadPicture".into(), json!(person.has_picture));
    // A map of texts always has a form as JSON.
    serde_json::to_string_pretty(&json!({ "user": user })).unwrap_or_default()
}

fn extended(pairs: &Pairs) -> Value {
    pairs.iter().map(|(key, value)| (key.clone(), json!(value))).collect::<Map<_, _>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fields::Field;

    #[test]
    fn everything_that_was_read_is_in_it() {
        let person = Person {
            id: Some("ff80".into()),
            username: "marta.lopez".into(),
            texts: [(Field::Surname, "López".to_owned())].into(),
            enabled: Some(false),
            roles: [("training".to_owned(), ["user".to_owned()].into())].into(),
            pairs: vec![("NIF".into(), Some("1".into()))],
            has_picture: true,
        };
        let kept: Value = serde_json::from_str(&snapshot(&person)).unwrap();
        assert_eq!(
            kept["user"],
            json!({"id": "ff80", "username": "marta.lopez", "surname": "López", "enabled": false,
                   "roles": {"training": ["user"]}, "extendedFields": {"NIF": "1"}, "hadPicture": true})
        );
    }
}
