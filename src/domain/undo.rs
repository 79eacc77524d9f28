//! Taking a change back: what would have to be sent so that a person has again what they had before, field by field.
//!
//! What comes out is an order like any other: it is reviewed, read against and kept as every change is. A field is left as it is where
//! somebody changed it since, where what it was is not known, or where the service cannot be told to put it back; each with its reason.
//! Deliberately not here: reading anybody, and sending.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::deed::Deed;
use crate::domain::draft::{Draft, Entry, Fault, Refusal, Subject};
use crate::domain::field::{Kind, Need, Operation, Revision};
use crate::domain::fields::Field;
use crate::domain::key::{KeyFault, UserKey};
use crate::domain::order::{DeedOrder, Order};
use crate::domain::pairs;
use crate::domain::person::Person;
use crate::domain::record::{Act, Change, ChangeId, Kept, Standing, Touched};
use crate::domain::roles::{Catalogue, RoleGrid, Roles};

/// What takes a change back, as far as it can be.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo {
    /// The change.
    pub of: ChangeId,
    /// What is sent for it.
    pub order: Order,
    /// What stays as it is.
    pub left: Vec<Left>,
}

/// Something that stays as it is, and why. Both hold texts from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The field.
    pub field: Field,
    /// The field as the screen calls it; for roles with their section.
    pub what: String,
    /// Why, in words that follow it.
    pub why: String,
}

/// Nothing of a change can be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why, in a sentence.
    pub why: String,
    /// Why each field is not, where it is the fields.
    pub left: Vec<Left>,
}

/// Why a change cannot be taken back whatever the person has now, in a sentence.
pub fn forbids(change: &Change) -> Option<&'static str> {
    if let Some(why) = change.intent.act.is_final() {
        return Some(why);
    }
    match change.standing {
        Standing::Open => Some("It is on its way: wait for its end."),
        Standing::InDoubt => Some("It is not known whether it was done, and it may still arrive: settle it first."),
        Standing::Rejected | Standing::NotSent => Some("It changed nothing, so there is nothing to take back."),
        Standing::Partial | Standing::Queued | Standing::Done | Standing::Mended | Standing::Dismissed => None,
    }
}

/// Whom to read before a change is taken back: by the key that it addressed, or by the name that it gave where it renamed them.
///
/// # Errors
/// What was kept is no key.
pub fn whom(change: &Change) -> Result<UserKey, KeyFault> {
    let intent = &change.intent;
    let key = UserKey::parse(intent.key.as_deref().unwrap_or(&intent.username))?;
    let renamed = intent.wanted().find(|touched| touched.field == Field::Username).map(|touched| &touched.new);
    match renamed {
        Some(Kept::Text(name)) if !key.is_id() => UserKey::parse(name),
        Some(_) | None => Ok(key),
    }
}

/// What takes a change back for a person who was just read.
///
/// # Errors
/// Nothing of it can be, or everything is as it was before.
pub fn undo(change: &Change, person: &Person, revision: Revision, catalogue: &Catalogue) -> Result<Undo, Refused> {
    if let Some(why) = forbids(change) {
        return Err(Refused { why: why.to_owned(), left: Vec::new() });
    }
    match change.intent.act {
        Act::Activate | Act::Deactivate => switch(change, person),
        Act::Update | Act::Create | Act::ChangePassword | Act::WelcomeMail | Act::Delete => {
            fields(change, person, revision, catalogue)
        }
    }
}

/// Enabled again who was disabled, and the other way round.
fn switch(change: &Change, person: &Person) -> Result<Undo, Refused> {
    let mut left = Vec::new();
    let deed = change.intent.touched.iter().find_map(|touched| match back(touched, person) {
        Ok(Entry::Switch(true)) => Some(Deed::Activate),
        Ok(Entry::Switch(false)) => Some(Deed::Deactivate { message: None }),
        Ok(Entry::Text(_) | Entry::Secret(_) | Entry::Cleared) => None,
        Err(why) => {
            left.push(of(touched.field, why));
            None
        }
    });
    let Some(deed) = deed else { return Err(nothing(left)) };
    let key = person.id.as_deref().unwrap_or(&person.username);
    let key = UserKey::parse(key).map_err(|fault| Refused { why: fault.to_string(), left: Vec::new() })?;
    let order = DeedOrder { key, username: person.username.clone(), deed };
    Ok(Undo { of: change.id, order: Order::Deed(Arc::new(order)), left })
}

fn fields(change: &Change, person: &Person, revision: Revision, catalogue: &Catalogue) -> Result<Undo, Refused> {
    let (mut entries, mut left) = (BTreeMap::new(), Vec::new());
    let mut roles = RoleGrid::new(person.roles.clone());
    for touched in change.intent.wanted() {
        let field = touched.field;
        if field.need(Operation::Update, revision) == Need::Absent {
            left.push(of(field, format!("is not in an update of revision {}", revision.word())));
        } else if field == Field::Roles {
            left.extend(roles_back(touched, person, &mut roles, catalogue));
        } else {
            match back(touched, person) {
                Ok(entry) => drop(entries.insert(field, entry)),
                Err(why) => left.push(of(field, why)),
            }
        }
    }
    let subject = Subject::Known(Box::new(person.clone()));
    let mut draft = Draft { revision, subject, entries, photo: None, roles };
    // Whatever stands against a value of before leaves that field out, until the rest can be sent.
    loop {
        match draft.check(catalogue) {
            Ok(request) => return Ok(Undo { of: change.id, order: Order::Change(Arc::new(request)), left }),
            Err(Refusal::Nothing) => return Err(nothing(left)),
            Err(Refusal::Faults(faults)) => {
                let dropped: Vec<_> = faults.iter().filter(|fault| drop_field(&mut draft, fault.field)).collect();
                if dropped.is_empty() {
                    return Err(Refused { why: unsendable(&faults), left });
                }
                left.extend(dropped.into_iter().map(|fault| of(fault.field, format!("before: {}", fault.words))));
            }
        }
    }
}

/// Leaves a field out of a draft; whether it was in it.
fn drop_field(draft: &mut Draft, field: Field) -> bool {
    if field == Field::Roles && draft.roles.is_any_touched() {
        let loaded = draft.subject.person().map(|person| person.roles.clone()).unwrap_or_default();
        draft.roles = RoleGrid::new(loaded);
        return true;
    }
    draft.entries.remove(&field).is_some()
}

fn unsendable(faults: &[Fault]) -> String {
    let words = |fault: &Fault| format!("{} {}", fault.field.spec().label, fault.words);
    format!("No update of this person can be sent now: {}.", faults.iter().map(words).collect::<Vec<_>>().join("; "))
}

fn nothing(left: Vec<Left>) -> Refused {
    let why = if left.is_empty() { "It touched no field." } else { "Nothing of it can be taken back." };
    Refused { why: why.to_owned(), left }
}

fn of(field: Field, why: String) -> Left {
    Left { field, what: field.spec().label.to_owned(), why }
}

/// What puts a field back, or why it stays.
fn back(touched: &Touched, person: &Person) -> Result<Entry, String> {
    let field = touched.field;
    if field == Field::Image {
        return Err(match touched.old {
            Kept::Nothing => "was not there before, and a picture cannot be taken away",
            Kept::Unknown | Kept::Text(_) | Kept::Switch(_) | Kept::Roles(_) | Kept::Mark { .. } => {
                "of before is not kept"
            }
        }
        .to_owned());
    }
    if touched.was_so(person) == Some(true) {
        return Err("is as it was before already".to_owned());
    }
    match &touched.old {
        Kept::Unknown | Kept::Mark { .. } | Kept::Roles(_) => return Err("of before is not known".to_owned()),
        Kept::Nothing | Kept::Text(_) | Kept::Switch(_) => {}
    }
    if !touched.is_so(person) {
        return Err(since(&touched.new.summary(), &now(field, person).summary()));
    }
    match &touched.old {
        Kept::Switch(on) => Ok(Entry::Switch(*on)),
        Kept::Text(text) if field.spec().kind == Kind::Pairs && !survives(text) => {
            Err("of before cannot be written as lines of key = value".to_owned())
        }
        Kept::Text(text) => Ok(Entry::Text(text.clone())),
        Kept::Nothing if field.spec().clearable => Ok(Entry::Cleared),
        Kept::Nothing => Err("was empty before, and cannot be emptied".to_owned()),
        Kept::Unknown | Kept::Mark { .. } | Kept::Roles(_) => Err("of before is not known".to_owned()),
    }
}

/// What a person has now, as it would be kept.
fn now(field: Field, person: &Person) -> Kept {
    if field == Field::Enabled {
        return person.enabled.map_or(Kept::Unknown, Kept::Switch);
    }
    match person.text(field) {
        text if text.is_empty() => Kept::Nothing,
        text => Kept::Text(text),
    }
}

fn since(set: &str, now: &str) -> String {
    format!("was changed since: this change set \"{}\", now it is \"{}\"", short(set), short(now))
}

/// The beginning of a text: who reads why a field stays needs no page of it.
fn short(text: &str) -> String {
    let mut letters = text.chars();
    let begin: String = letters.by_ref().take(60).collect();
    if letters.next().is_some() { begin + "..." } else { begin }
}

/// Whether lines of pairs mean the same when they are read again.
fn survives(text: &str) -> bool {
    pairs::parse(text).is_ok_and(|pairs| pairs::lines(&pairs) == text)
}

/// Puts the roles of each touched section back, and gives the sections that stay.
fn roles_back(touched: &Touched, person: &Person, grid: &mut RoleGrid, catalogue: &Catalogue) -> Vec<Left> {
    let (Kept::Roles(old), Kept::Roles(new)) = (&touched.old, &touched.new) else {
        return vec![of(Field::Roles, "of before are not known".to_owned())];
    };
    let stays = |(section, set): (&String, &BTreeSet<String>)| {
        let why = section_back(section, old, set, &person.roles, grid, catalogue).err()?;
        Some(Left { field: Field::Roles, what: format!("{} in {section}", Field::Roles.spec().label), why })
    };
    new.iter().filter(|(section, set)| old.get(*section) != Some(*set)).filter_map(stays).collect()
}

fn section_back(
    section: &str,
    old: &Roles,
    set: &BTreeSet<String>,
    has: &Roles,
    grid: &mut RoleGrid,
    catalogue: &Catalogue,
) -> Result<(), String> {
    let nobody = BTreeSet::new();
    let now = has.get(section).unwrap_or(&nobody);
    let before = old.get(section).ok_or("of before are not known")?;
    if now == before {
        return Err("are as they were before already".to_owned());
    }
    if now != set {
        let (set, now) = (short(&list(set)), short(&list(now)));
        return Err(format!("were changed since: this change set \"{set}\", now they are \"{now}\""));
    }
    let known = catalogue.section(section).ok_or("are of a section that this tenant does not have")?;
    grid.want(known, before);
    if grid.current(section).unwrap_or(&nobody) == before {
        return Ok(());
    }
    grid.untouch(section);
    Err("of before are not all known to this tenant".to_owned())
}

fn list(roles: &BTreeSet<String>) -> String {
    if roles.is_empty() { "none".to_owned() } else { roles.iter().cloned().collect::<Vec<_>>().join(", ") }
}

#[cfg(test)]
mod tests;
