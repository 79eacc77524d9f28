//! A change that was done in part, once more: the smallest thing that may be repeated, and which changes it finishes.
//!
//! What is sent is never a second create: a create becomes an update of the user that it made, by id (faults.md, outcome rules). Nobody can
//! tell which fields a platform that failed had taken, and the vendor does not say which platform reads which section of the roles. So
//! everything goes that was sent and that an update takes, all sections of the roles included, and a platform that did it before does it
//! again; correct comes before small. Left out is only what must not go:
//!
//! * what somebody changed since: it would take their change back (faults.md 15);
//! * what an update does not take, which is the first password;
//! * what is kept nowhere, which after a restart is a picture and the message of a deactivation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::domain::deed::Deed;
use crate::domain::draft::{Draft, Subject};
use crate::domain::field::{Kind, Operation, Revision};
use crate::domain::fields::Field;
use crate::domain::key::UserKey;
use crate::domain::object::Object;
use crate::domain::order::{DeedOrder, Order};
use crate::domain::outcome::PlatformState;
use crate::domain::pairs;
use crate::domain::patch::Value;
use crate::domain::person::Person;
use crate::domain::photo::Photo;
use crate::domain::record::{Act, Change, ChangeId, Intent, Kept, Purpose, Standing, Touched};
use crate::domain::request::{Line, Reason, Request, Target};
use crate::domain::roles::{Catalogue, RoleChange, RoleGrid, Roles, in_order};

/// What is still in memory, and on no disk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AtHand {
    /// The picture that was sent.
    pub photo: Option<Photo>,
    /// What the service was to tell somebody who was disabled.
    pub message: Option<String>,
}

impl AtHand {
    /// What of an order the journal does not keep, except its secrets.
    pub fn of(order: &Order) -> Self {
        match order {
            Order::Change(request) => {
                let photo = request.line(Field::Image).and_then(|line| match &line.value {
                    Value::Photo(photo) => Some(photo.clone()),
                    Value::Text(_)
                    | Value::Secret(_)
                    | Value::Switch(_)
                    | Value::Roles(_)
                    | Value::Pairs(_)
                    | Value::Object(_) => None,
                });
                Self { photo, message: None }
            }
            Order::Deed(order) => match &order.deed {
                Deed::Deactivate { message } => Self { photo: None, message: message.clone() },
                Deed::Activate | Deed::ChangePassword(_) | Deed::WelcomeMail | Deed::Delete => Self::default(),
            },
        }
    }
}

/// A change once more, to be reviewed.
#[derive(Clone, Debug, PartialEq)]
pub struct Repair {
    /// What would be sent.
    pub order: Order,
    /// What is not in it.
    pub left_out: Vec<LeftOut>,
}

/// Something of the change that is not sent again, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// Somebody changed the field since.
    ChangedSince(Field),
    /// Somebody changed the roles of the section since.
    SectionSince(String),
    /// An update does not take the field.
    NotTaken(Field),
    /// An update does not take the section.
    SectionNotTaken(String),
    /// The value is not kept any more.
    NotKept(Field),
    /// The message to somebody who was disabled may have been one; it is not kept.
    Message,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ChangedSince(field) => {
                write!(f, "{} is left as it is: somebody changed it since", field.spec().label)
            }
            Self::SectionSince(section) => write!(f, "the roles in {section} are left: somebody changed them since"),
            Self::NotTaken(Field::Password) => {
                f.write_str("the password is not sent again: an update takes none; p sets another where it is missing")
            }
            Self::NotTaken(field) => write!(f, "{} is not sent again: an update does not take it", field.spec().label),
            Self::SectionNotTaken(section) => {
                write!(f, "the roles in {section} are not sent again: an update does not take them")
            }
            Self::NotKept(Field::Image) => {
                f.write_str("MISSING: the picture is not kept; open the user and choose it again")
            }
            Self::NotKept(field) => {
                write!(f, "MISSING: {} is not kept; open the user and set it again", field.spec().label)
            }
            Self::Message => f.write_str("a message to the person, if there was one, is not kept and not sent again"),
        }
    }
}

/// Why a change is not sent once more, in words; nothing where it may be, once whom it is about was read.
pub fn refusal(change: &Change) -> Option<&'static str> {
    match (change.standing, change.intent.act) {
        _ if change.elsewhere => Some("Another session is sending it: that one waits for its answer."),
        (Standing::Open, _) => Some("It is on its way: wait for its answer."),
        (Standing::Queued, _) => Some("It was accepted: nothing is known to have failed."),
        (Standing::InDoubt, Act::Create) => Some("A create in doubt is not sent again by R: l looks it up first."),
        (Standing::Partial | Standing::InDoubt, Act::ChangePassword) => {
            Some("The password is not kept: p in the list of people sets another.")
        }
        (Standing::Partial | Standing::InDoubt, Act::WelcomeMail) => {
            Some("The mail may have left: w in the list of people sends another.")
        }
        (Standing::Partial | Standing::InDoubt, Act::Delete) => {
            Some("A deletion is not repeated here: D in the list of people deletes who is still there.")
        }
        (Standing::Partial, Act::Create)
        | (Standing::Partial | Standing::InDoubt, Act::Update | Act::Activate | Act::Deactivate) => None,
        (Standing::Done | Standing::Rejected | Standing::NotSent | Standing::Mended | Standing::Dismissed, _) => {
            Some("Nothing of it is left to repair.")
        }
    }
}

/// The change once more, for whom it is about as read just now.
///
/// # Errors
/// Why not, in words.
pub fn repair(
    change: &Change,
    now: &Person,
    at_hand: &AtHand,
    revision: Revision,
    catalogue: &Catalogue,
) -> Result<Repair, String> {
    if let Some(why) = refusal(change) {
        return Err(why.to_owned());
    }
    if !is_about(&change.intent, now) {
        return Err(format!("{} is somebody else by now: nothing was sent.", change.intent.username));
    }
    let key = UserKey::parse(now.id.as_deref().unwrap_or(&now.username)).map_err(|fault| fault.to_string())?;
    match change.intent.act {
        Act::Activate | Act::Deactivate => deed(change, now, at_hand, key),
        Act::Create | Act::Update => Again { change, now, at_hand, revision, catalogue }.request(key),
        Act::ChangePassword | Act::WelcomeMail | Act::Delete => Err("This cannot be sent again.".to_owned()),
    }
}

/// Whether the person is whom the change was about; an update may have renamed them.
fn is_about(intent: &Intent, now: &Person) -> bool {
    let renamed = |touched: &Touched| touched.field == Field::Username && touched.is_so(now);
    now.username == intent.username || intent.touched.iter().any(renamed)
}

fn deed(change: &Change, now: &Person, at_hand: &AtHand, key: UserKey) -> Result<Repair, String> {
    if change.intent.wanted().any(|touched| is_superseded(touched, change, now)) {
        return Err("Somebody changed it since: nothing is left to send. x takes it off the list.".to_owned());
    }
    let (deed, left_out) = if change.intent.act == Act::Activate {
        (Deed::Activate, Vec::new())
    } else {
        let left_out = if at_hand.message.is_none() { vec![LeftOut::Message] } else { Vec::new() };
        (Deed::Deactivate { message: at_hand.message.clone() }, left_out)
    };
    Ok(Repair { order: Order::Deed(Arc::new(DeedOrder { key, username: now.username.clone(), deed })), left_out })
}

/// Whether somebody changed a field since. Where management did the change, its value has to be there still; where it did not, the value of
/// before or that one. Sending it again would take their change back.
fn is_superseded(touched: &Touched, change: &Change, now: &Person) -> bool {
    !touched.is_so(now) && (management_did(change) || touched.was_so(now) == Some(false))
}

fn management_did(change: &Change) -> bool {
    let platforms = change.outcome.iter().flat_map(|outcome| &outcome.platforms);
    platforms.into_iter().any(|row| row.name.raw() == "management" && row.state == PlatformState::Done)
}

/// Everything that the lines of an update are made from.
struct Again<'a> {
    change: &'a Change,
    now: &'a Person,
    at_hand: &'a AtHand,
    revision: Revision,
    catalogue: &'a Catalogue,
}

impl Again<'_> {
    fn request(&self, key: UserKey) -> Result<Repair, String> {
        let (mut lines, mut left_out) = (Vec::new(), self.not_taken());
        let echoes = Draft {
            revision: self.revision,
            subject: Subject::Known(Box::new(self.now.clone())),
            entries: BTreeMap::new(),
            photo: None,
            roles: RoleGrid::new(self.now.roles.clone()),
        };
        for field in Field::of(Operation::Update, self.revision) {
            let line = self.wanted(field).and_then(|touched| self.line(touched, &echoes, &mut left_out));
            let echo = || {
                let value = echoes.echo(field, self.catalogue)?;
                Some(Line { field, value, reason: Reason::Echoed, old: echoes.old(field) })
            };
            lines.extend(line.or_else(echo));
        }
        if lines.iter().all(|line| line.reason == Reason::Echoed) {
            let missing = left_out.iter().find(|left| matches!(left, LeftOut::NotKept(_)));
            return Err(missing.map_or_else(
                || "Somebody changed all of it since: nothing is left to send. x takes it off the list.".to_owned(),
                |missing| format!("Nothing of it can be sent again. {missing}."),
            ));
        }
        let base = Some(Arc::new(self.now.clone()));
        let request = Request::new(Target::Known(key), self.now.username.clone(), lines, base);
        Ok(Repair { order: Order::Change(Arc::new(request)), left_out })
    }

    /// What was wanted of a field. The username of a create is the key by now.
    fn wanted(&self, field: Field) -> Option<&Touched> {
        let is_key = self.change.intent.act == Act::Create && field == Field::Username;
        self.change.intent.wanted().find(|touched| touched.field == field && !is_key)
    }

    /// What was sent and an update does not take. The username is the key.
    fn not_taken(&self) -> Vec<LeftOut> {
        let taken: BTreeSet<Field> = Field::of(Operation::Update, self.revision).collect();
        let fields = self.change.intent.wanted().map(|touched| touched.field);
        fields.filter(|field| *field != Field::Username && !taken.contains(field)).map(LeftOut::NotTaken).collect()
    }

    fn line(&self, touched: &Touched, echoes: &Draft, left_out: &mut Vec<LeftOut>) -> Option<Line> {
        let field = touched.field;
        let old = match &touched.old {
            Kept::Text(text) => Some(text.clone()),
            Kept::Switch(on) => Some(if *on { "yes" } else { "no" }.to_owned()),
            Kept::Nothing | Kept::Unknown | Kept::Roles(_) | Kept::Mark { .. } => None,
        };
        if let Kept::Roles(wanted) = &touched.new {
            let value = self.roles(touched, wanted, echoes, left_out)?;
            return Some(Line { field, value, reason: Reason::Changed, old: None });
        }
        if is_superseded(touched, self.change, self.now) {
            left_out.push(LeftOut::ChangedSince(field));
            return None;
        }
        let Some(value) = self.value(touched) else {
            left_out.push(LeftOut::NotKept(field));
            return None;
        };
        let reason = if value == Value::Text(String::new()) { Reason::Cleared } else { Reason::Changed };
        Some(Line { field, value, reason, old })
    }

    fn value(&self, touched: &Touched) -> Option<Value> {
        let kind = touched.field.spec().kind;
        match &touched.new {
            Kept::Text(url) if kind == Kind::Photo => Some(Value::Photo(Photo::Url(url.clone()))),
            Kept::Mark { .. } if kind == Kind::Photo => self.at_hand.photo.clone().map(Value::Photo),
            Kept::Text(text) if kind == Kind::Pairs => pairs::parse(text).ok().map(Value::Pairs),
            Kept::Text(text) if kind == Kind::Object => Object::parse(text).ok().map(Value::Object),
            Kept::Text(text) => Some(Value::Text(text.clone())),
            Kept::Switch(on) => Some(Value::Switch(*on)),
            Kept::Nothing | Kept::Unknown | Kept::Roles(_) | Kept::Mark { .. } => None,
        }
    }

    /// The sections that were sent, each with its full list, and those that the revision wants in any case.
    fn roles(&self, touched: &Touched, wanted: &Roles, echoes: &Draft, left_out: &mut Vec<LeftOut>) -> Option<Value> {
        let mut changes = Vec::new();
        let unknown = wanted.keys().filter(|key| self.catalogue.section(key).is_none());
        left_out.extend(unknown.map(|key| LeftOut::SectionNotTaken(key.clone())));
        for section in self.catalogue.sections() {
            let Some(roles) = wanted.get(&section.key) else { continue };
            let old = match &touched.old {
                Kept::Roles(old) => old.get(&section.key).cloned().unwrap_or_default(),
                Kept::Nothing | Kept::Unknown | Kept::Text(_) | Kept::Switch(_) | Kept::Mark { .. } => BTreeSet::new(),
            };
            let one = |roles: &BTreeSet<String>| Kept::Roles([(section.key.clone(), roles.clone())].into());
            let alone = Touched { field: Field::Roles, old: one(&old), new: one(roles), echoed: false };
            if is_superseded(&alone, self.change, self.now) {
                left_out.push(LeftOut::SectionSince(section.key.clone()));
                continue;
            }
            changes.push(RoleChange {
                section: section.key.clone(),
                wanted: in_order(section, roles),
                added: in_order(section, &roles.difference(&old).cloned().collect()),
                removed: in_order(section, &old.difference(roles).cloned().collect()),
            });
        }
        if changes.is_empty() {
            return None;
        }
        for echo in echoes.with_echoes(Vec::new(), self.catalogue) {
            if !changes.iter().any(|change| change.section == echo.section) {
                changes.push(echo);
            }
        }
        Some(Value::Roles(changes))
    }
}

/// Which of the open changes another one finishes that every platform has done: the one that it repairs, those that this one repaired in
/// turn, and other repairs of the same, each only where everything that it wanted was sent again.
pub fn mended(open: &[Change], by: &Intent) -> Vec<ChangeId> {
    let Purpose::Repair(of) = by.purpose else { return Vec::new() };
    let root = root(open, of);
    open.iter()
        .filter(|change| root_of(open, change) == root && covers(&change.intent, by))
        .map(|change| change.id)
        .collect()
}

fn root_of(open: &[Change], change: &Change) -> ChangeId {
    match change.intent.purpose {
        Purpose::Repair(of) => root(open, of),
        Purpose::Change | Purpose::Undo(_) => change.id,
    }
}

/// The first change of a chain of repairs. A repair is always later than what it repairs, so this ends.
fn root(open: &[Change], of: ChangeId) -> ChangeId {
    match open.iter().find(|change| change.id == of).map(|change| change.intent.purpose) {
        Some(Purpose::Repair(earlier)) if earlier < of => root(open, earlier),
        Some(Purpose::Repair(_) | Purpose::Change | Purpose::Undo(_)) | None => of,
    }
}

/// Whether everything that a change wanted is in another: all fields with the same values, all sections of the roles. The first password
/// is the create's own, and the username is the key.
fn covers(of: &Intent, by: &Intent) -> bool {
    let is_update = |act| matches!(act, Act::Create | Act::Update);
    if of.act != by.act && !(is_update(of.act) && is_update(by.act)) {
        return false;
    }
    let renamed =
        |touched: &Touched| touched.field == Field::Username && touched.new == Kept::Text(by.username.clone());
    let of_the_create = |field| of.act == Act::Create && matches!(field, Field::Username | Field::Password);
    (of.username == by.username || of.touched.iter().any(renamed))
        && of.wanted().filter(|touched| !of_the_create(touched.field)).all(|touched| {
            by.touched.iter().find(|other| other.field == touched.field).is_some_and(|other| {
                match (&touched.new, &other.new) {
                    (Kept::Roles(wanted), Kept::Roles(sent)) => {
                        wanted.iter().all(|(section, roles)| sent.get(section) == Some(roles))
                    }
                    (wanted, sent) => wanted == sent,
                }
            })
        })
}

#[cfg(test)]
mod tests;
