//! The JSON documents that commands print: one shape for everything that is sent, one for each reading, one for what came to nothing.
//!
//! `assets/output.schema.json` describes them, and a test holds every document against it. Texts from outside are in them exactly as they
//! came; what a terminal would act on is escaped as JSON allows, so that a document may be looked at as it is.

use std::fmt::Write as _;

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use crate::domain::code::Code;
use crate::domain::deed::Group;
use crate::domain::ending::Ending;
use crate::domain::fields::Field;
use crate::domain::outcome::{PlatformReport, Report};
use crate::domain::person::Person;
use crate::domain::roles::Roles;
use crate::domain::secret::Secret;
use crate::domain::untrusted::{Untrusted, visible};

pub mod jobs;

/// What became of something that was to be sent.
pub struct Written<'a> {
    /// The command.
    pub act: &'static str,
    /// The username of the person.
    pub username: &'a str,
    /// How it ended.
    pub ending: Ending,
    /// What became of the request; where nothing was sent, a report without a reply.
    pub report: &'a Report,
    /// The stable name of what went wrong; nothing where nothing did.
    pub code: Option<Code>,
    /// What to do next; empty where there is nothing to do.
    pub next: &'a str,
    /// The ticket that the agent named.
    pub ticket: Option<&'a str>,
    /// The request with its secrets masked, where nothing but it was asked for.
    pub dry_run: Option<&'a str>,
    /// A made password, where the agent asked to see it.
    pub password: Option<&'a Secret>,
}

/// The document of a change or a deed. The memory is wiped when it is dropped, because a password may be in it.
///
/// # Panics
///
/// Never: memory takes every byte, and every key is a text.
pub fn written(written: &Written<'_>) -> Zeroizing<String> {
    // Growing would leave a copy of the password behind that nobody wipes: the password is put into a buffer that is large enough.
    let rest = serde_json::to_string(&Document { written, password: None }).expect("memory takes every byte");
    let room = rest.len() + written.password.map_or(0, |password| password.expose().len() * 6) + 64;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    serde_json::to_writer(&mut *bytes, &Document { written, password: written.password })
        .expect("memory takes every byte");
    let text = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
    line(&text)
}

struct Document<'a> {
    written: &'a Written<'a>,
    password: Option<&'a Secret>,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Written { act, username, ending, report, code, next, ticket, dry_run, .. } = self.written;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("act", act)?;
        map.serialize_entry("username", username)?;
        map.serialize_entry("verdict", ending.word())?;
        // A request that was only asked for was shown, and that is what was wanted.
        map.serialize_entry("exit", &if dry_run.is_some() { 0 } else { ending.code() })?;
        map.serialize_entry("code", &code.map(Code::name))?;
        map.serialize_entry("cause", &report.cause.to_string())?;
        map.serialize_entry("http", &report.http)?;
        map.serialize_entry("status", &report.status)?;
        map.serialize_entry("message", &report.message.as_ref().map(Untrusted::raw))?;
        map.serialize_entry("platforms", &report.platforms.iter().map(platform).collect::<Vec<_>>())?;
        map.serialize_entry("id", &report.id.as_ref().map(crate::domain::key::UserKey::as_str))?;
        map.serialize_entry("change", &report.change.map(|change| change.0))?;
        map.serialize_entry("notes", &report.notes.iter().map(Untrusted::raw).collect::<Vec<_>>())?;
        map.serialize_entry("next", next)?;
        map.serialize_entry("ticket", ticket)?;
        if let Some(request) = dry_run {
            map.serialize_entry("dryRun", &true)?;
            map.serialize_entry("request", request)?;
        }
        if let Some(password) = self.password {
            map.serialize_entry("password", password.expose())?;
        }
        map.end()
    }
}

fn platform(row: &PlatformReport) -> Value {
    json!({
        "name": row.name.raw(),
        "state": row.state.word().to_lowercase(),
        "status": row.status,
        "message": row.message.as_ref().map(Untrusted::raw),
    })
}

/// A command that came to nothing before anything was sent, or a reading without an answer.
pub struct Failed<'a> {
    /// The command.
    pub act: &'a str,
    /// How it ended.
    pub ending: Ending,
    /// Why, in words.
    pub cause: &'a str,
    /// The stable name of what went wrong; nothing where somebody stopped it.
    pub code: Option<&'a str>,
    /// What is wrong with single options: which, and in words.
    pub faults: &'a [(String, String)],
}

/// The document of a command that came to nothing.
pub fn failed(failed: &Failed<'_>) -> String {
    let Failed { act, ending, cause, code, faults } = failed;
    let faults: Vec<_> = faults.iter().map(|(option, words)| json!({"option": option, "words": words})).collect();
    let document = json!({
        "act": act, "verdict": ending.word(), "exit": ending.code(), "code": code, "cause": cause, "faults": faults,
    });
    line(&document.to_string()).to_string()
}

/// The document of one user: `user` is in the API's own spelling, and can be given back to create or update.
pub fn person(person: &Person) -> String {
    let mut document = done("get");
    document.insert("id".into(), json!(person.id));
    document.insert("hasPicture".into(), json!(person.has_picture));
    document.insert("user".into(), user(person));
    line(&Value::Object(document).to_string()).to_string()
}

/// The document of a user's groups.
pub fn groups(username: &str, groups: &[Group]) -> String {
    let mut document = done("groups");
    document.insert("username".into(), json!(username));
    let group = |group: &Group| json!({"code": group.code, "name": group.name, "roles": roles(&group.roles)});
    document.insert("groups".into(), groups.iter().map(group).collect());
    line(&Value::Object(document).to_string()).to_string()
}

/// The beginning of the document of everybody, which is printed while it is read: people follow, with [`listed`] for each.
pub const LIST: &str = "{\"act\":\"list\",\"people\":[";

/// One person of the list, on a line of their own.
pub fn listed(person: &Person, is_first: bool) -> String {
    let one = json!({"id": person.id, "hasPicture": person.has_picture, "user": user(person)});
    format!("{}\n{}", if is_first { "" } else { "," }, line(&one.to_string()).trim_end())
}

/// The end of the document of everybody.
pub fn end_of_list(ending: Ending, code: Option<Code>, cause: Option<&str>) -> String {
    let end = json!({
        "complete": ending == Ending::Done, "code": code.map(Code::name), "cause": cause, "verdict": ending.word(), "exit": ending.code(),
    });
    let end = line(&end.to_string());
    format!("\n],{}", end.trim_start_matches('{'))
}

fn done(act: &str) -> Map<String, Value> {
    let pairs = [("act", json!(act)), ("verdict", json!(Ending::Done.word())), ("exit", json!(Ending::Done.code()))];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// What is set of a user, by the API's keys.
fn user(person: &Person) -> Value {
    let mut user = Map::new();
    user.insert(Field::Username.spec().key.into(), json!(person.username));
    for (field, text) in &person.texts {
        user.insert(field.spec().key.into(), json!(text));
    }
    if let Some(enabled) = person.enabled {
        user.insert(Field::Enabled.spec().key.into(), json!(enabled));
    }
    if !person.pairs.is_empty() {
        let pairs: Map<_, _> = person.pairs.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        user.insert(Field::ExtendedFields.spec().key.into(), Value::Object(pairs));
    }
    if !person.roles.is_empty() {
        user.insert(Field::Roles.spec().key.into(), roles(&person.roles));
    }
    Value::Object(user)
}

fn roles(roles: &Roles) -> Value {
    json!(roles)
}

/// JSON as a line that a terminal may be given: hidden characters can stand only inside its texts, and are escaped there.
pub(in crate::codec) fn line(json: &str) -> Zeroizing<String> {
    let mut line = Zeroizing::new(String::with_capacity(json.len() * 2 + 1));
    for c in json.chars() {
        if matches!(visible(c.encode_utf8(&mut [0; 4])), std::borrow::Cow::Borrowed(_)) {
            line.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(line, "\\u{unit:04x}");
            }
        }
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::json::input::{Said, input};
    use crate::domain::outcome::{Cause, Verdict};
    use crate::domain::untrusted::is_hidden;

    fn read(text: &str) -> Value {
        serde_json::from_str(text).expect("it is JSON")
    }

    #[test]
    fn a_text_from_outside_comes_back_exactly_and_never_reaches_a_terminal_raw() {
        let all: String = (0..=0x10_FFFF).filter_map(char::from_u32).collect();
        let person =
            Person { username: "marta".into(), texts: [(Field::Name, all.clone())].into(), ..Person::default() };
        let document = super::person(&person);
        assert_eq!(read(&document)["user"]["name"], all);
        let shown = document.strip_suffix('\n').unwrap();
        assert!(!shown.chars().any(is_hidden));
    }

    #[test]
    fn what_get_prints_can_be_given_back() {
        let person = Person {
            id: Some("ff80".into()),
            username: "marta.lopez".into(),
            texts: [(Field::Surname, "López".to_owned())].into(),
            enabled: Some(false),
            roles: [("training".to_owned(), ["user".to_owned()].into())].into(),
            pairs: vec![("NIF".into(), None)],
            has_picture: true,
        };
        let said = input(super::person(&person).as_bytes()).unwrap();
        assert_eq!(said[&Field::Surname], Said::Text("López".into()));
        assert_eq!(said[&Field::ExtendedFields], Said::Text("NIF".into()));
        assert_eq!(said[&Field::Roles], Said::Roles(person.roles));
        assert_eq!(said.len(), 5);
    }

    #[test]
    fn a_list_is_one_document_however_it_is_printed() {
        let one = Person { username: "a".into(), ..Person::default() };
        let end = end_of_list(Ending::Done, None, None);
        let two = [LIST, &listed(&one, true), &listed(&one, false), &end].concat();
        assert_eq!(read(&two)["people"].as_array().map(Vec::len), Some(2));
        assert_eq!(read(&two)["complete"], true);
        assert_eq!(read(&[LIST, &end].concat())["people"], json!([]));
    }

    #[test]
    fn a_password_is_in_it_only_where_it_was_asked_for() {
        let report = Report::without_reply(Verdict::Applied, Cause::Platforms);
        let secret = Secret::new("CANARY\"1".into());
        let document = |password| {
            written(&Written {
                act: "password",
                username: "marta.lopez",
                ending: Ending::Done,
                report: &report,
                code: None,
                next: "",
                ticket: None,
                dry_run: None,
                password,
            })
        };
        assert_eq!(read(&document(Some(&secret)))["password"], "CANARY\"1");
        assert!(read(&document(None)).get("password").is_none());
    }
}
