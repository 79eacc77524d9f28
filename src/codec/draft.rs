//! A draft as JSON: what was typed and not sent, with the person that it was typed on.
//!
//! The first key is the number of the format. A draft of a newer format is refused by that number, and of an unknown shape as damaged; either
//! way nothing is guessed, and whoever asked leaves it where it lies. There is no place for a password: where one was typed, the text says
//! that it has to be entered again.

use serde_json::{Map, Value, json};

use crate::domain::field::Kind;
use crate::domain::fields::Field;
use crate::domain::kept::{DraftFault, KeptDraft, KeptEntry, KeptPhoto, Whom};
use crate::domain::key::UserKey;
use crate::domain::pairs::Pairs;
use crate::domain::person::Person;
use crate::domain::record::ChangeId;
use crate::domain::roles::Roles;

/// The format that this program writes.
const FORMAT: u64 = 1;

/// What stands in the place of a password.
const AGAIN: &str = "enter again";

/// Writes a draft down.
pub fn write(draft: &KeptDraft) -> String {
    let whom = match &draft.whom {
        Whom::New => json!("new"),
        Whom::Known(person) => json!({ "known": written_person(person) }),
        Whom::Blind(key) => json!({ "blind": key.as_str() }),
    };
    let fields: Map<String, Value> =
        draft.entries.iter().map(|(field, entry)| (field.spec().key.to_owned(), written_entry(entry))).collect();
    let picture = draft.photo.as_ref().map(|photo| match photo {
        KeptPhoto::Url(url) => json!({ "url": url }),
        KeptPhoto::Chosen { name, folder } => json!({ "name": name, "folder": folder }),
    });
    json!({
        "format": FORMAT,
        "whom": whom,
        "fields": fields,
        "roles": draft.roles,
        "picture": picture,
        "password": draft.password.then_some(AGAIN),
        "recipe": draft.recipe,
        "insteadOf": draft.instead_of.map(|id| id.0),
    })
    .to_string()
}

/// Reads what [`write()`] wrote.
///
/// # Errors
/// A newer program wrote it, or it is something else.
pub fn read(text: &str) -> Result<KeptDraft, DraftFault> {
    let value: Value = serde_json::from_str(text).map_err(|_| DraftFault::Unreadable)?;
    match value["format"].as_u64() {
        Some(FORMAT) => read_first(&value).ok_or(DraftFault::Unreadable),
        Some(newer) if newer > FORMAT => Err(DraftFault::Newer(newer)),
        Some(_) | None => Err(DraftFault::Unreadable),
    }
}

fn read_first(value: &Value) -> Option<KeptDraft> {
    let whom = match &value["whom"] {
        Value::String(word) if word == "new" => Whom::New,
        Value::Object(map) => match (map.get("known"), map.get("blind")) {
            (Some(person), None) => Whom::Known(read_person(person)?.into()),
            (None, Some(key)) => Whom::Blind(UserKey::parse(key.as_str()?).ok()?),
            (Some(_), Some(_)) | (None, None) => return None,
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => return None,
    };
    let entries = value["fields"].as_object()?.iter().map(|(key, entry)| {
        let field = Field::from_key(key)?;
        Some((field, read_entry(field, entry)?))
    });
    Some(KeptDraft {
        whom,
        entries: entries.collect::<Option<_>>()?,
        roles: read_roles(&value["roles"])?,
        photo: maybe(&value["picture"], read_picture)?,
        password: maybe(&value["password"], |word| (word.as_str()? == AGAIN).then_some(()))?.is_some(),
        recipe: maybe(&value["recipe"], words)?,
        instead_of: maybe(&value["insteadOf"], Value::as_i64)?.map(ChangeId),
    })
}

/// Nothing where nothing stands; what does stand there has to be of the right kind.
#[expect(clippy::option_option, reason = "nothing there, and something else there, are two answers")]
fn maybe<T>(value: &Value, read: impl FnOnce(&Value) -> Option<T>) -> Option<Option<T>> {
    if value.is_null() { Some(None) } else { read(value).map(Some) }
}

fn written_entry(entry: &KeptEntry) -> Value {
    match entry {
        KeptEntry::Text(text) => json!(text),
        KeptEntry::Switch(on) => json!(on),
        KeptEntry::Cleared(under) => json!({ "cleared": under }),
    }
}

/// A field of which the form has no editor, or another one, is not of this format.
fn read_entry(field: Field, value: &Value) -> Option<KeptEntry> {
    let kind = field.spec().kind;
    if kind == Kind::Switch {
        return value.as_bool().map(KeptEntry::Switch);
    }
    if !kind.is_typed() || kind == Kind::Password {
        return None;
    }
    match value {
        Value::String(text) => Some(KeptEntry::Text(text.clone())),
        Value::Object(map) => Some(KeptEntry::Cleared(words(map.get("cleared")?)?)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

fn read_picture(value: &Value) -> Option<KeptPhoto> {
    let map = value.as_object()?;
    if let Some(url) = map.get("url") {
        return words(url).map(KeptPhoto::Url);
    }
    Some(KeptPhoto::Chosen { name: words(map.get("name")?)?, folder: maybe(map.get("folder")?, words)? })
}

fn written_person(person: &Person) -> Value {
    let texts: Map<String, Value> =
        person.texts.iter().map(|(field, text)| (field.spec().key.to_owned(), json!(text))).collect();
    json!({
        "id": person.id,
        "username": person.username,
        "texts": texts,
        "enabled": person.enabled,
        "roles": person.roles,
        // A list and no map: the order is the reply's.
        "pairs": person.pairs.iter().map(|(key, value)| json!([key, value])).collect::<Vec<_>>(),
        "hasPicture": person.has_picture,
    })
}

fn read_person(value: &Value) -> Option<Person> {
    let texts = value["texts"].as_object()?.iter();
    Some(Person {
        id: maybe(&value["id"], words)?,
        username: words(&value["username"])?,
        texts: texts.map(|(key, text)| Some((Field::from_key(key)?, words(text)?))).collect::<Option<_>>()?,
        enabled: maybe(&value["enabled"], Value::as_bool)?,
        roles: read_roles(&value["roles"])?,
        pairs: value["pairs"].as_array()?.iter().map(read_pair).collect::<Option<Pairs>>()?,
        has_picture: value["hasPicture"].as_bool()?,
    })
}

fn read_pair(value: &Value) -> Option<(String, Option<String>)> {
    match value.as_array()?.as_slice() {
        [key, value] => Some((words(key)?, maybe(value, words)?)),
        _ => None,
    }
}

fn read_roles(value: &Value) -> Option<Roles> {
    let list = |roles: &Value| roles.as_array()?.iter().map(words).collect::<Option<_>>();
    value.as_object()?.iter().map(|(section, roles)| Some((section.clone(), list(roles)?))).collect()
}

fn words(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests;
