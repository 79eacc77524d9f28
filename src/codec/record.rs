//! What the journal keeps, as JSON: an intent, an outcome, and what happened then.
//!
//! The words are part of the format: a journal is read for years, by programs that are newer than the one that wrote it. Deliberately not
//! here: the table that the texts stand in, and the chain over it ([`crate::journal`]).

use serde_json::{Map, Value, json};

use crate::domain::fields::Field;
use crate::domain::outcome::{PlatformReport, PlatformState, Verdict};
use crate::domain::record::{Act, ChangeId, Intent, Kept, Outcome, Purpose, Realm, Seen, Sequel, Touched, Who};
use crate::domain::roles::Roles;
use crate::domain::tenant::Synchronization;
use crate::domain::untrusted::Untrusted;

/// A text that is no record of this kind: damaged, or of a newer program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a record that this program cannot read")
    }
}

impl std::error::Error for Unreadable {}

/// Writes down who wants what, and where.
pub fn intent(realm: &Realm, who: &Who, intent: &Intent) -> String {
    let (why, of) = match intent.purpose {
        Purpose::Change => ("change", None),
        Purpose::Repair(id) => ("repair", Some(id.0)),
        Purpose::Undo(id) => ("undo", Some(id.0)),
    };
    json!({
        "tenant": realm.tenant, "origin": realm.origin,
        "user": who.user, "uid": who.uid, "ssh": who.ssh,
        "act": intent.act.word(), "username": intent.username, "key": intent.key,
        "mode": intent.synchronization.word(), "ticket": intent.ticket,
        "why": why, "of": of,
        "insteadOf": intent.instead_of.map(|id| id.0),
        "job": intent.job.map(|(job, line)| json!([job, line])),
        "fields": intent.touched.iter().map(touched).collect::<Vec<_>>(),
    })
    .to_string()
}

/// Reads what [`intent`] wrote.
///
/// # Errors
/// The text is something else.
pub fn read_intent(text: &str) -> Result<(Realm, Who, Intent), Unreadable> {
    let value = parse(text)?;
    let read = || {
        let purpose = match (value["why"].as_str()?, value["of"].as_i64()) {
            ("change", _) => Purpose::Change,
            ("repair", Some(id)) => Purpose::Repair(ChangeId(id)),
            ("undo", Some(id)) => Purpose::Undo(ChangeId(id)),
            _ => return None,
        };
        let realm = Realm { tenant: words(&value["tenant"])?, origin: words(&value["origin"])? };
        let uid = u32::try_from(value["uid"].as_u64()?).ok()?;
        let who = Who { user: words(&value["user"])?, uid, ssh: words(&value["ssh"]) };
        let intent = Intent {
            act: Act::from_word(value["act"].as_str()?)?,
            username: words(&value["username"])?,
            key: words(&value["key"]),
            synchronization: Synchronization::from_word(value["mode"].as_str()?)?,
            touched: value["fields"].as_array()?.iter().map(read_touched).collect::<Option<_>>()?,
            ticket: words(&value["ticket"]),
            purpose,
            instead_of: value["insteadOf"].as_i64().map(ChangeId),
            job: value["job"].as_array().and_then(|pair| Some((pair.first()?.as_i64()?, pair.get(1)?.as_u64()?))),
        };
        Some((realm, who, intent))
    };
    read().ok_or(Unreadable)
}

/// Writes down what became of a change.
pub fn outcome(outcome: &Outcome) -> String {
    json!({
        "verdict": outcome.verdict.word(), "cause": outcome.cause.raw(), "http": outcome.http,
        "id": outcome.id, "took": outcome.took,
        "platforms": outcome.platforms.iter().map(platform).collect::<Vec<_>>(),
    })
    .to_string()
}

/// Reads what [`outcome`] wrote.
///
/// # Errors
/// The text is something else.
pub fn read_outcome(text: &str) -> Result<Outcome, Unreadable> {
    let value = parse(text)?;
    let read = || {
        Some(Outcome {
            verdict: verdict(value["verdict"].as_str()?)?,
            cause: Untrusted::new(value["cause"].as_str()?),
            http: status(&value["http"]),
            platforms: value["platforms"].as_array()?.iter().map(read_platform).collect::<Option<_>>()?,
            id: words(&value["id"]),
            took: value["took"].as_u64()?,
        })
    };
    read().ok_or(Unreadable)
}

/// Writes down what happened to a change then.
pub fn sequel(sequel: &Sequel) -> String {
    match sequel {
        Sequel::Mended(by) => json!({"what": "mended", "by": by.0}),
        Sequel::Undone(by) => json!({"what": "undone", "by": by.0}),
        Sequel::Dismissed(why) => json!({"what": "dismissed", "reason": why}),
        Sequel::LookedUp(seen) => match seen {
            Seen::Done => json!({"what": "seen", "seen": "done"}),
            Seen::NotYet(fields) => {
                let keys: Vec<_> = fields.iter().map(|field| field.spec().key).collect();
                json!({"what": "seen", "seen": "not yet", "fields": keys})
            }
            Seen::Nobody => json!({"what": "seen", "seen": "nobody"}),
            Seen::SomeoneElse => json!({"what": "seen", "seen": "someone else"}),
            Seen::Unknown(why) => json!({"what": "seen", "seen": "unknown", "reason": why}),
        },
    }
    .to_string()
}

/// Reads what [`sequel`] wrote.
///
/// # Errors
/// The text is something else.
pub fn read_sequel(text: &str) -> Result<Sequel, Unreadable> {
    let value = parse(text)?;
    let read = || {
        Some(match (value["what"].as_str()?, value["seen"].as_str()) {
            ("mended", _) => Sequel::Mended(ChangeId(value["by"].as_i64()?)),
            ("undone", _) => Sequel::Undone(ChangeId(value["by"].as_i64()?)),
            ("dismissed", _) => Sequel::Dismissed(words(&value["reason"])?),
            ("seen", Some("done")) => Sequel::LookedUp(Seen::Done),
            ("seen", Some("not yet")) => {
                let keys = value["fields"].as_array()?.iter();
                Sequel::LookedUp(Seen::NotYet(keys.map(|key| Field::from_key(key.as_str()?)).collect::<Option<_>>()?))
            }
            ("seen", Some("nobody")) => Sequel::LookedUp(Seen::Nobody),
            ("seen", Some("someone else")) => Sequel::LookedUp(Seen::SomeoneElse),
            ("seen", Some("unknown")) => Sequel::LookedUp(Seen::Unknown(words(&value["reason"])?)),
            _ => return None,
        })
    };
    read().ok_or(Unreadable)
}

fn touched(touched: &Touched) -> Value {
    json!({
        "field": touched.field.spec().key, "echoed": touched.echoed,
        "old": kept(&touched.old), "new": kept(&touched.new),
    })
}

fn read_touched(value: &Value) -> Option<Touched> {
    Some(Touched {
        field: Field::from_key(value["field"].as_str()?)?,
        old: read_kept(&value["old"])?,
        new: read_kept(&value["new"])?,
        echoed: value["echoed"].as_bool()?,
    })
}

fn kept(kept: &Kept) -> Value {
    match kept {
        Kept::Nothing => Value::Null,
        Kept::Unknown => json!({"unknown": true}),
        Kept::Text(text) => json!(text),
        Kept::Switch(on) => json!(on),
        Kept::Roles(roles) => json!({ "roles": roles }),
        Kept::Mark { size, fingerprint } => json!({"size": size, "fingerprint": fingerprint}),
    }
}

fn read_kept(value: &Value) -> Option<Kept> {
    Some(match value {
        Value::Null => Kept::Nothing,
        Value::String(text) => Kept::Text(text.clone()),
        Value::Bool(on) => Kept::Switch(*on),
        Value::Object(map) if map.contains_key("unknown") => Kept::Unknown,
        Value::Object(map) if map.contains_key("roles") => Kept::Roles(read_roles(map.get("roles")?.as_object()?)?),
        Value::Object(map) => Kept::Mark {
            size: usize::try_from(map.get("size")?.as_u64()?).ok()?,
            fingerprint: map.get("fingerprint")?.as_str()?.to_owned(),
        },
        Value::Number(_) | Value::Array(_) => return None,
    })
}

fn read_roles(map: &Map<String, Value>) -> Option<Roles> {
    let role = |value: &Value| value.as_str().map(str::to_owned);
    map.iter()
        .map(|(section, roles)| Some((section.clone(), roles.as_array()?.iter().map(role).collect::<Option<_>>()?)))
        .collect()
}

fn platform(row: &PlatformReport) -> Value {
    json!({
        "name": row.name.raw(), "state": row.state.word(), "status": row.status,
        "message": row.message.as_ref().map(Untrusted::raw),
        "location": row.location.as_ref().map(Untrusted::raw),
    })
}

fn read_platform(value: &Value) -> Option<PlatformReport> {
    let states = [PlatformState::Done, PlatformState::Queued, PlatformState::NotReported, PlatformState::Failed];
    let word = value["state"].as_str()?;
    Some(PlatformReport {
        name: Untrusted::new(value["name"].as_str()?),
        state: states.into_iter().find(|state| state.word() == word)?,
        status: status(&value["status"]),
        message: words(&value["message"]).map(Untrusted::new),
        location: words(&value["location"]).map(Untrusted::new),
    })
}

fn verdict(word: &str) -> Option<Verdict> {
    let all =
        [Verdict::Applied, Verdict::Pending, Verdict::NotSent, Verdict::Rejected, Verdict::Partial, Verdict::InDoubt];
    all.into_iter().find(|verdict| verdict.word() == word)
}

fn status(value: &Value) -> Option<u16> {
    value.as_u64().and_then(|status| u16::try_from(status).ok())
}

fn words(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn parse(text: &str) -> Result<Value, Unreadable> {
    serde_json::from_str(text).map_err(|_| Unreadable)
}

#[cfg(test)]
mod tests;
