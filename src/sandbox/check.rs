//! Whether a request makes sense: its body, walked over the table of fields and over the catalogue of roles.
//!
//! What is said here comes from the vendor's pages through that table. What the training platform refuses later, while management has
//! taken the change already, is a partial result and no refusal: it is collected beside the fields.

use serde_json::{Map, Value};

use crate::domain::field::Need::{Absent, Required};
use crate::domain::field::{FieldSpec, Kind, Operation, Revision};
use crate::domain::fields::{FIELDS, Field};
use crate::domain::roles::{Catalogue, Catalogues};
use crate::sandbox::picture;

/// What a tenant asks of a request.
#[derive(Debug)]
pub struct Rules {
    /// Which pages it follows.
    pub revision: Revision,
    /// Whether what the pages do not mention is refused.
    pub strict: bool,
    /// The roles that create and update take.
    pub catalogues: Catalogues,
}

/// A request that management takes.
#[derive(Debug, Default, PartialEq)]
pub struct Checked {
    /// The values by key, `null` where a field is emptied. A password and `extra` are checked and not kept.
    pub fields: Map<String, Value>,
    /// What the training platform refuses, with its codes.
    pub training: Vec<String>,
}

impl Checked {
    /// Whether roles of a section are sent.
    pub fn sends_roles_of(&self, section: &str) -> bool {
        self.fields.get("roles").is_some_and(|roles| roles.get(section).is_some())
    }
}

impl Rules {
    /// Reads a body.
    ///
    /// # Errors
    /// Everything that is wrong with it, for the envelope's message.
    pub fn check(&self, operation: Operation, body: &[u8]) -> Result<Checked, String> {
        let body: Value = serde_json::from_slice(body).map_err(|_| "the body is not JSON".to_owned())?;
        let Some(user) = body.get("user").and_then(Value::as_object) else {
            return Err("the body must be {\"user\": {...}}".to_owned());
        };
        let beside = body.as_object().into_iter().flatten().map(|(key, _)| key).filter(|key| *key != "user");
        let mut faults: Vec<_> =
            beside.filter(|_| self.strict).map(|key| format!("{key}: unknown beside user")).collect();
        let mut checked = Checked::default();
        for (key, value) in user {
            match Field::from_key(key).map(Field::spec) {
                Some(spec) if spec.need(operation, self.revision) != Absent => {
                    match self.value(operation, spec, value) {
                        Ok(value) => checked.take(spec, value),
                        Err(fault) => faults.push(format!("{key}: {fault}")),
                    }
                }
                Some(_) if self.strict => faults.push(format!("{key}: {operation} does not take it")),
                None if self.strict => faults.push(format!("{key}: unknown")),
                Some(_) | None => {}
            }
        }
        faults.extend(self.missing(operation, user));
        if faults.is_empty() { Ok(checked) } else { Err(faults.join("; ")) }
    }

    /// What is not there and has to be. On create the pages star nothing but say that a missing username is refused, so the table's other
    /// required fields are asked for by a strict tenant alone (api.md 7, row 34).
    fn missing(&self, operation: Operation, user: &Map<String, Value>) -> Vec<String> {
        let elsewhere = user.get("authSource").is_some_and(|source| *source != "LOCAL");
        let asks = |spec: &&FieldSpec| {
            spec.need(operation, self.revision) == Required
                && (operation == Operation::Update || self.strict || spec.field == Field::Username)
                && !(spec.field == Field::Password && elsewhere)
        };
        let fields = FIELDS.iter().filter(asks).filter(|spec| !user.contains_key(spec.key));
        let sections = self.catalogues.of(operation).sections().iter().filter(|section| {
            section.needs_one && user.get("roles").is_none_or(|roles| roles.get(&section.key).is_none())
        });
        fields
            .map(|spec| format!("{}: missing", spec.key))
            .chain(sections.map(|section| format!("roles: {} needs at least one role", section.key)))
            .collect()
    }

    /// The value as it is kept.
    fn value(&self, operation: Operation, spec: &FieldSpec, value: &Value) -> Result<Value, String> {
        match spec.kind {
            Kind::Text
            | Kind::Multiline
            | Kind::Phone
            | Kind::Email
            | Kind::Language
            | Kind::Timezone
            | Kind::Username
            | Kind::Password => text(spec, value),
            Kind::Switch => value.as_bool().map(Value::Bool).ok_or_else(|| "must be true or false".to_owned()),
            Kind::Pairs => pairs(value),
            Kind::Object if value.is_object() => Ok(value.clone()),
            Kind::Object => Err("must be an object".to_owned()),
            Kind::Photo => photo(value),
            Kind::Roles => roles(self.catalogues.of(operation), value),
        }
    }
}

impl Checked {
    fn take(&mut self, spec: &FieldSpec, value: Value) {
        let text = value.as_str().unwrap_or_default();
        match spec.kind {
            Kind::Password => {
                // The vendor's default policy is the tenant's; these two the platform itself insists on (api.md 6).
                if text.chars().count() < 4 || text.contains(char::is_whitespace) {
                    self.training.push("USR002: the password needs four characters and no spaces".to_owned());
                }
                return;
            }
            // Nobody knows what it does, and on read it is always empty (api.md 4.3).
            Kind::Object => return,
            Kind::Email if !text.contains('@') => self.training.push("USR006: the e-mail is not valid".to_owned()),
            Kind::Photo => {
                let part = |key: &str| value.get(key).and_then(Value::as_str);
                if let (Some(mime_type), Some(base64)) = (part("mimeType"), part("base64Image")) {
                    self.training.extend(picture::fault(mime_type, base64));
                }
            }
            Kind::Username
            | Kind::Text
            | Kind::Multiline
            | Kind::Email
            | Kind::Phone
            | Kind::Language
            | Kind::Timezone
            | Kind::Switch
            | Kind::Pairs
            | Kind::Roles => {}
        }
        self.fields.insert(spec.key.to_owned(), value);
    }
}

/// A text; empty or `null` empties what can be empty.
fn text(spec: &FieldSpec, value: &Value) -> Result<Value, String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Ok(value.clone()),
        Value::String(_) | Value::Null if spec.clearable => Ok(Value::Null),
        Value::String(_) | Value::Null => Err("must not be empty".to_owned()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Err("must be a text".to_owned()),
    }
}

fn pairs(value: &Value) -> Result<Value, String> {
    let pairs = value.as_object().ok_or("must be an object")?;
    match pairs.iter().find(|(_, value)| !value.is_string() && !value.is_null()) {
        Some((key, _)) => Err(format!("{key} must be a text or null")),
        None => Ok(value.clone()),
    }
}

/// One of the two forms of a picture, whole and alone.
fn photo(value: &Value) -> Result<Value, String> {
    let parts = value.as_object().ok_or("must be an object")?;
    let mut keys: Vec<_> = parts.keys().map(String::as_str).collect();
    keys.sort_unstable();
    match keys[..] {
        ["url"] | ["base64Image", "mimeType"] if parts.values().all(Value::is_string) => Ok(value.clone()),
        ["url"] | ["base64Image", "mimeType"] => Err("its parts must be texts".to_owned()),
        _ => Err("must have either url, or base64Image and mimeType".to_owned()),
    }
}

fn roles(catalogue: &Catalogue, value: &Value) -> Result<Value, String> {
    let sections = value.as_object().ok_or("must be an object of sections")?;
    for (key, list) in sections {
        let section = catalogue.section(key).ok_or_else(|| format!("unknown section {key}"))?;
        let list = list.as_array().ok_or_else(|| format!("{key} must be a list of roles"))?;
        for role in list {
            let role = role.as_str().ok_or_else(|| format!("{key} must be a list of texts"))?;
            section.role(role).ok_or_else(|| format!("unknown role {role} in {key}"))?;
        }
        if section.needs_one && list.is_empty() {
            return Err(format!("{key} needs at least one role"));
        }
    }
    Ok(value.clone())
}

#[cfg(test)]
mod tests;
