//! The people, in memory: who there is, what a read answers, and what a change does to them.
//!
//! Most of a large crowd is not here but worked out by [`Crowd`]: only who was changed, created or comes from `people.toml` is written
//! down, and of everybody else no more than a number and a username.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::domain::field::{FieldSpec, Kind, Need, Operation, Revision};
use crate::domain::fields::{FIELDS, Field};
use crate::sandbox::crowd::Crowd;
use crate::sandbox::{numbers, picture};

/// The people who are there from the start, with the API's keys.
const PEOPLE: &str = include_str!("../../assets/sandbox/people.toml");

/// Everybody.
#[derive(Debug, Default)]
pub struct Store {
    /// The numbers of everybody who is there, in the order of creation, which is that of the numbers.
    order: Vec<u32>,
    usernames: HashMap<String, u32>,
    written: HashMap<u32, User>,
    crowd: Option<Crowd>,
    ghosts: Vec<Ghost>,
    created: u32,
    /// How many were there from the start.
    founders: u32,
}

#[derive(Clone, Debug)]
struct User {
    number: u32,
    fields: Map<String, Value>,
    veil: Option<Veil>,
}

/// A change that reads do not show yet (api.md 7, row 26).
#[derive(Clone, Debug)]
struct Veil {
    reads: u32,
    /// What they show instead; nothing where the user is new.
    before: Option<Map<String, Value>>,
}

/// Somebody who is deleted and whom reads still show.
#[derive(Debug)]
struct Ghost {
    reads: u32,
    user: User,
}

/// A user as shown, by key.
type Shown<'a> = BTreeMap<&'static str, Cow<'a, Value>>;

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

/// What a service takes for the key of a user (api.md 4; 7, row 24).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// The id or the username.
    Two,
    /// The common id and the external id as well.
    Four,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    person: Vec<Map<String, Value>>,
}

impl Store {
    /// A store with so many people in it, or with the some forty of the file: they come first, and the crowd after them.
    ///
    /// # Errors
    /// A built-in file cannot be read, which a test rules out.
    pub fn with_people(count: Option<u32>) -> Result<Self, String> {
        let file: File = toml::from_str(PEOPLE).map_err(|error| error.to_string())?;
        let count = count.unwrap_or(u32::try_from(file.person.len()).unwrap_or(u32::MAX));
        let mut store = Self::default();
        for person in file.person.into_iter().take(count as usize) {
            store.create(person, 0).map_err(|_| "a username stands twice among the people of the sandbox")?;
        }
        if store.created < count {
            let crowd = Crowd::read()?;
            store.order.extend(store.created + 1..=count);
            store.usernames.extend((store.created + 1..=count).map(|number| (crowd.username(number), number)));
            store.created = count;
            store.crowd = Some(crowd);
        }
        store.founders = count;
        Ok(store)
    }

    /// Adds a user, and answers with the id.
    ///
    /// # Errors
    /// The username is taken.
    pub fn create(&mut self, fields: Map<String, Value>, hidden_reads: u32) -> Result<String, Refused> {
        let username = username(&fields).to_owned();
        if self.usernames.contains_key(&username) {
            return Err(Refused::Taken);
        }
        self.created += 1;
        let number = self.created;
        let mut user = User { number, fields: Map::new(), veil: veil(hidden_reads, None) };
        user.fields.insert("enabled".into(), true.into());
        user.change(fields);
        self.order.push(number);
        self.usernames.insert(username, number);
        self.written.insert(number, user);
        Ok(numbers::id(number))
    }

    /// Changes a user. What is not mentioned stays, and so does a section of roles that is not mentioned (api.md 7, rows 12 and 13).
    ///
    /// # Errors
    /// There is no such user, or the new username is somebody else's.
    pub fn update(&mut self, number: u32, fields: Map<String, Value>, hidden_reads: u32) -> Result<(), Refused> {
        let mut user = self.user(number).ok_or(Refused::Unknown)?.into_owned();
        let before = username(&user.fields).to_owned();
        if let Some(after) = fields.get("username").and_then(Value::as_str) {
            if self.usernames.get(after).is_some_and(|other| *other != number) {
                return Err(Refused::Taken);
            }
            self.usernames.remove(&before);
            self.usernames.insert(after.to_owned(), number);
        }
        user.veil = veil(hidden_reads, Some(&user.fields));
        user.change(fields);
        self.written.insert(number, user);
        Ok(())
    }

    /// Takes a user away for good; the username is free again at once. A list has forgotten them before the reads do.
    ///
    /// # Errors
    /// There is no such user.
    pub fn delete(&mut self, number: u32, hidden_reads: u32) -> Result<(), Refused> {
        let user = self.user(number).ok_or(Refused::Unknown)?.into_owned();
        self.order.retain(|other| *other != number);
        self.usernames.remove(username(&user.fields));
        self.written.remove(&number);
        if hidden_reads > 0 {
            self.ghosts.push(Ghost { reads: hidden_reads, user });
        }
        Ok(())
    }

    /// The number of whoever has this key, visible or not. Ids come before common ids, external ids and usernames: a username that is
    /// somebody else's id does not reach its owner (api.md 7, row 23). Case counts.
    pub fn find(&self, key: &str, ids: Ids) -> Option<u32> {
        let is_there = |number: &u32| self.order.binary_search(number).is_ok();
        let by_id = || numbers::of_id(key, self.created).filter(is_there);
        let by_common_id = || numbers::of_common_id(key, self.created).filter(is_there);
        let has_external_id = |user: &&User| user.fields.get("externalId").is_some_and(|id| *id == key);
        let by_external_id = || self.written.values().filter(has_external_id).map(|user| user.number).min();
        let by_username = || self.usernames.get(key).copied();
        match ids {
            Ids::Two => by_id().or_else(by_username),
            Ids::Four => by_id().or_else(by_common_id).or_else(by_external_id).or_else(by_username),
        }
    }

    /// Whether somebody can sign in.
    pub fn is_enabled(&self, number: u32) -> bool {
        self.user(number).is_some_and(|user| user.fields.get("enabled").is_some_and(|enabled| *enabled == true))
    }

    /// Whether somebody was there from the start, and with which fields now.
    pub fn founder(&self, number: u32) -> Option<Map<String, Value>> {
        (number <= self.founders).then(|| self.user(number)).flatten().map(|user| user.into_owned().fields)
    }

    /// What a read answers: nothing where there is nobody, or nobody yet.
    pub fn read(&mut self, key: &str, view: View) -> Option<Value> {
        let Some(number) = self.find(key, Ids::Two) else { return self.read_ghost(key, view) };
        if let Some(user) = self.written.get_mut(&number)
            && let Some(veil) = user.veil.take()
        {
            let answer = veil.before.as_ref().map(|before| json!(user.shown(before, view)));
            user.veil = (veil.reads > 1).then_some(Veil { reads: veil.reads - 1, ..veil });
            return answer;
        }
        self.person(number, view)
    }

    fn read_ghost(&mut self, key: &str, view: View) -> Option<Value> {
        let is_asked = |ghost: &Ghost| numbers::id(ghost.user.number) == key || username(&ghost.user.fields) == key;
        let at = self.ghosts.iter().position(is_asked)?;
        let ghost = &mut self.ghosts[at];
        ghost.reads -= 1;
        let answer = json!(ghost.user.shown(&ghost.user.fields, view));
        if ghost.reads == 0 {
            self.ghosts.remove(at);
        }
        Some(answer)
    }

    /// The numbers of everybody whom a list shows, in the order of creation and so of nothing else: no two are created at once. Who is
    /// created and not visible yet is left out.
    pub fn listed(&self) -> Cow<'_, [u32]> {
        let is_new = |user: &&User| user.veil.as_ref().is_some_and(|veil| veil.before.is_none());
        let unseen: Vec<_> = self.written.values().filter(is_new).map(|user| user.number).collect();
        if unseen.is_empty() {
            Cow::Borrowed(&self.order)
        } else {
            self.order.iter().copied().filter(|number| !unseen.contains(number)).collect::<Vec<_>>().into()
        }
    }

    /// One line of a list, as JSON: what a read answers, without using up what is hidden from reads. It is text at once, since a page of
    /// objects would take as long again to build and to take apart.
    pub fn line(&self, number: u32, view: View) -> Option<String> {
        let user = self.user(number)?;
        let before = user.veil.as_ref().and_then(|veil| veil.before.as_ref());
        serde_json::to_string(&user.shown(before.unwrap_or(&user.fields), view)).ok()
    }

    /// Somebody as they are.
    pub fn person(&self, number: u32, view: View) -> Option<Value> {
        self.user(number).map(|user| json!(user.shown(&user.fields, view)))
    }

    /// Everybody as they are.
    pub fn everybody(&self, view: View) -> Vec<Value> {
        self.order.iter().filter_map(|number| self.person(*number, view)).collect()
    }

    /// Whoever has this number, as written down or else as the crowd has them.
    fn user(&self, number: u32) -> Option<Cow<'_, User>> {
        if let Some(user) = self.written.get(&number) {
            return Some(Cow::Borrowed(user));
        }
        self.order.binary_search(&number).ok()?;
        let fields = self.crowd.as_ref()?.person(number);
        Some(Cow::Owned(User { number, fields, veil: None }))
    }
}

fn username(fields: &Map<String, Value>) -> &str {
    fields.get("username").and_then(Value::as_str).unwrap_or_default()
}

impl User {
    fn change(&mut self, fields: Map<String, Value>) {
        for (key, value) in fields {
            let value = match Field::from_key(&key).map(|field| field.spec().kind) {
                Some(Kind::Photo) => stored_picture(self.number, &value),
                Some(Kind::Roles) => merged(self.fields.get(&key), &value),
                Some(_) | None => value,
            };
            self.fields.insert(key, value);
        }
    }

    /// The object of a read: every key of the revision, `null` where nothing is set (api.md 4.5).
    fn shown<'a>(&self, fields: &'a Map<String, Value>, view: View) -> Shown<'a> {
        let documented = FIELDS.iter().filter(|spec| view.shows(spec));
        let mut shown: Shown = documented.map(|spec| (spec.key, shown_value(spec, fields))).collect();
        let mut add = |key, text: String| drop(shown.insert(key, Cow::Owned(text.into())));
        add("id", numbers::id(self.number));
        if view.leaky || view.revision != Revision::Original {
            add("commonId", numbers::common_id(self.number));
        }
        if view.leaky {
            add("password", numbers::hash(self.number));
        }
        shown
    }
}

impl View {
    fn shows(self, spec: &FieldSpec) -> bool {
        let documented =
            [Operation::Create, Operation::Update].iter().any(|of| spec.need(*of, self.revision) != Need::Absent);
        spec.kind != Kind::Password && (documented || self.leaky)
    }
}

fn shown_value<'a>(spec: &FieldSpec, fields: &'a Map<String, Value>) -> Cow<'a, Value> {
    let value = fields.get(spec.key).map(Cow::Borrowed);
    match spec.kind {
        Kind::Object => Cow::Owned(json!({})),
        Kind::Roles | Kind::Pairs => value.unwrap_or_else(|| Cow::Owned(json!({}))),
        Kind::Text if spec.field == Field::AuthSource => value.unwrap_or_else(|| Cow::Owned("LOCAL".into())),
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
fn stored_picture(number: u32, value: &Value) -> Value {
    match value.get("mimeType").and_then(Value::as_str) {
        Some(mime_type) => {
            let (id, ending) = (numbers::id(number), picture::ending(mime_type));
            json!({"url": format!("/opt/cloud/storage/acme/users/{id}.{ending}")})
        }
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

#[cfg(test)]
mod tests;
