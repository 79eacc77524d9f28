//! The people, in memory: who there is, what a read answers, and what a change does to them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::domain::field::{FieldSpec, Kind, Need, Operation, Revision};
use crate::domain::fields::{FIELDS, Field};
use crate::sandbox::picture;

/// The people who are there from the start, with the API's keys.
const PEOPLE: &str = include_str!("../../assets/sandbox/people.toml");

/// Everybody, in the order of creation.
#[derive(Debug, Default)]
pub struct Store {
    people: Vec<User>,
    created: u32,
}

#[derive(Debug)]
struct User {
    number: u32,
    id: String,
    fields: Map<String, Value>,
    veil: Option<Veil>,
}

/// A change that reads do not show yet (api.md 7, row 26).
#[derive(Debug)]
struct Veil {
    reads: u32,
    /// What they show instead; nothing where the user is new.
    before: Option<Map<String, Value>>,
}

/// Why a change cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Nobody has this id or username.
    Unknown,
    /// Somebody has this username already.
    Taken,
}

/// How a user is shown.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Which pages' keys.
    pub revision: Revision,
    /// Everything that no client should keep besides.
    pub leaky: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    person: Vec<Map<String, Value>>,
}

impl Store {
    /// A store with some forty people in it.
    ///
    /// # Errors
    /// The built-in file cannot be read, which a test rules out.
    pub fn with_people() -> Result<Self, String> {
        let file: File = toml::from_str(PEOPLE).map_err(|error| error.to_string())?;
        let mut store = Self::default();
        for person in file.person {
            store.create(person, 0).map_err(|_| "a username stands twice among the people of the sandbox")?;
        }
        Ok(store)
    }

    /// Adds a user, and answers with the id.
    ///
    /// # Errors
    /// The username is taken.
    pub fn create(&mut self, fields: Map<String, Value>, hidden_reads: u32) -> Result<String, Refused> {
        if self.people.iter().any(|user| user.fields.get("username") == fields.get("username")) {
            return Err(Refused::Taken);
        }
        self.created += 1;
        let mut user =
            User { number: self.created, id: id(self.created), fields: Map::new(), veil: veil(hidden_reads, None) };
        user.fields.insert("enabled".into(), true.into());
        user.change(fields);
        let id = user.id.clone();
        self.people.push(user);
        Ok(id)
    }

    /// Changes a user. What is not mentioned stays, and so does a section of roles that is not mentioned (api.md 7, rows 12 and 13).
    ///
    /// # Errors
    /// There is no such user, or the new username is somebody else's.
    pub fn update(&mut self, key: &str, fields: Map<String, Value>, hidden_reads: u32) -> Result<(), Refused> {
        let index = self.find(key).ok_or(Refused::Unknown)?;
        let taken = |user: &User| fields.get("username").is_some_and(|name| user.fields.get("username") == Some(name));
        if self.people.iter().enumerate().any(|(other, user)| other != index && taken(user)) {
            return Err(Refused::Taken);
        }
        let user = &mut self.people[index];
        user.veil = veil(hidden_reads, Some(&user.fields));
        user.change(fields);
        Ok(())
    }

    /// Whether somebody has this id or username, visible or not.
    pub fn knows(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// What a read answers: nothing where there is nobody, or nobody yet.
    pub fn read(&mut self, key: &str, view: View) -> Option<Value> {
        let index = self.find(key)?;
        let user = &mut self.people[index];
        let Some(veil) = user.veil.take() else { return Some(user.shown(&user.fields, view)) };
        let answer = veil.before.as_ref().map(|before| user.shown(before, view));
        user.veil = (veil.reads > 1).then_some(Veil { reads: veil.reads - 1, ..veil });
        answer
    }

    /// Everybody as they are.
    pub fn everybody(&self, view: View) -> Vec<Value> {
        self.people.iter().map(|user| user.shown(&user.fields, view)).collect()
    }

    /// Ids before usernames: a username that is somebody else's id does not reach its owner (api.md 7, row 23). Case counts.
    fn find(&self, key: &str) -> Option<usize> {
        let by_id = self.people.iter().position(|user| user.id == key);
        by_id.or_else(|| {
            self.people.iter().position(|user| user.fields.get("username").is_some_and(|name| *name == key))
        })
    }
}

impl User {
    fn change(&mut self, fields: Map<String, Value>) {
        for (key, value) in fields {
            let value = match Field::from_key(&key).map(|field| field.spec().kind) {
                Some(Kind::Photo) => stored_picture(&self.id, &value),
                Some(Kind::Roles) => merged(self.fields.get(&key), &value),
                Some(_) | None => value,
            };
            self.fields.insert(key, value);
        }
    }

    /// The object of a read: every key of the revision, `null` where nothing is set (api.md 4.5).
    fn shown(&self, fields: &Map<String, Value>, view: View) -> Value {
        let mut shown: BTreeMap<&str, Value> =
            FIELDS.iter().filter(|spec| view.shows(spec)).map(|spec| (spec.key, shown_value(spec, fields))).collect();
        shown.insert("id", self.id.clone().into());
        if view.leaky || view.revision != Revision::Original {
            shown.insert("commonId", common_id(self.number).into());
        }
        if view.leaky {
            shown.insert("password", hash(self.number).into());
        }
        json!(shown)
    }
}

impl View {
    fn shows(self, spec: &FieldSpec) -> bool {
        let documented =
            [Operation::Create, Operation::Update].iter().any(|of| spec.need(*of, self.revision) != Need::Absent);
        spec.kind != Kind::Password && (documented || self.leaky)
    }
}

fn shown_value(spec: &FieldSpec, fields: &Map<String, Value>) -> Value {
    let value = fields.get(spec.key).cloned();
    match spec.kind {
        Kind::Object => json!({}),
        Kind::Roles | Kind::Pairs => value.unwrap_or_else(|| json!({})),
        Kind::Text if spec.field == Field::AuthSource => value.unwrap_or_else(|| "LOCAL".into()),
        Kind::Username
        | Kind::Text
        | Kind::Multiline
        | Kind::Email
        | Kind::Phone
        | Kind::Password
        | Kind::Language
        | Kind::Timezone
        | Kind::Switch
        | Kind::Photo => value.unwrap_or_default(),
    }
}

fn veil(reads: u32, before: Option<&Map<String, Value>>) -> Option<Veil> {
    (reads > 0).then(|| Veil { reads, before: before.cloned() })
}

/// The picture as a read shows it: a path on the server where bytes were sent. A URL is kept as it came, and never fetched (api.md 7, row 31).
fn stored_picture(id: &str, value: &Value) -> Value {
    match value.get("mimeType").and_then(Value::as_str) {
        Some(mime_type) => json!({"url": format!("/opt/cloud/storage/acme/users/{id}.{}", picture::ending(mime_type))}),
        None => value.clone(),
    }
}

/// The roles after a change: a section that is sent is replaced, and one without roles is not listed.
fn merged(before: Option<&Value>, sent: &Value) -> Value {
    let mut sections = before.and_then(Value::as_object).cloned().unwrap_or_default();
    for (section, roles) in sent.as_object().into_iter().flatten() {
        if roles.as_array().is_some_and(Vec::is_empty) {
            sections.shift_remove(section);
        } else {
            sections.insert(section.clone(), roles.clone());
        }
    }
    Value::Object(sections)
}

/// An id of the vendor's shape, the same in every run.
fn id(number: u32) -> String {
    format!("ff808181556ee70e0155{:08x}{number:04x}", 0x7213_6a25_u32.wrapping_add(number.wrapping_mul(0x0001_93b7)))
}

/// A common id of the vendor's shape, the same in every run, that cannot be taken for the id.
fn common_id(number: u32) -> String {
    format!("{:016x}{:016x}", scrambled(number, 1), scrambled(number, 2))
}

/// What looks like a bcrypt hash and is one of nothing.
fn hash(number: u32) -> String {
    const DIGITS: &[u8; 64] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let digit = |at: u64| char::from(DIGITS[(scrambled(number, at) % 64) as usize]);
    format!("$2a$10${}", (10..63).map(digit).collect::<String>())
}

/// A number that looks random (splitmix64).
fn scrambled(number: u32, salt: u64) -> u64 {
    let mut mixed = (u64::from(number) << 8 | salt).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests;
