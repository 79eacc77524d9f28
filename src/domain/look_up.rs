//! What looking a user up shows of a change, and when a create that was not found may be sent anew.
//!
//! Deliberately not here: the reading itself ([`crate::service`]). Whatever is read is what management has; no service tells what another
//! platform has (api.md 2), so nothing here ever says that one of those did it.

use crate::domain::fields::Field;
use crate::domain::key::{KeyFault, UserKey};
use crate::domain::outcome::ReadFault;
use crate::domain::person::Person;
use crate::domain::record::{Act, Change, Intent, Purpose, Seen, Sequel, Standing, Touched, WINDOW};

/// The key by which whom a change is about is read: the id that the answer or the change has, or else the username.
///
/// # Errors
/// The username cannot stand in a path.
pub fn key(change: &Change) -> Result<UserKey, KeyFault> {
    let made = change.outcome.as_ref().and_then(|outcome| outcome.id.as_deref());
    let by_id = made.or(change.intent.key.as_deref()).and_then(|id| UserKey::parse(id).ok());
    by_id.map_or_else(|| UserKey::parse(&change.intent.username), Ok)
}

/// Why looking up would show nothing of a change, in words; nothing where it may.
pub fn refusal(change: &Change) -> Option<&'static str> {
    match (change.standing, change.intent.act) {
        _ if change.elsewhere => Some("Another session is sending it: that one waits for its answer."),
        (Standing::Open, _) => Some("It is on its way: wait for its answer."),
        (Standing::InDoubt | Standing::Queued, Act::ChangePassword) => Some("A password cannot be read back."),
        (Standing::InDoubt | Standing::Queued, Act::WelcomeMail) => Some("Whether a mail has left cannot be read."),
        (
            Standing::InDoubt | Standing::Queued,
            Act::Create | Act::Update | Act::Activate | Act::Deactivate | Act::Delete,
        ) => None,
        (Standing::Partial, _) => Some("Its platforms have answered: R sends what failed once more."),
        (Standing::Done | Standing::Rejected | Standing::NotSent | Standing::Mended | Standing::Dismissed, _) => {
            Some("It needs no more attention.")
        }
    }
}

/// What a reading shows of a change.
pub fn seen(intent: &Intent, standing: Standing, found: Result<&Person, &ReadFault>) -> Seen {
    match found {
        Ok(person) => present(intent, standing, person),
        Err(ReadFault::NotFound) => Seen::Nobody,
        Err(fault @ (ReadFault::NoService(_) | ReadFault::Failed(_) | ReadFault::SomeoneElse(_))) => {
            Seen::Unknown(fault.to_string())
        }
    }
}

/// Somebody is there. That alone proves nothing.
fn present(intent: &Intent, standing: Standing, person: &Person) -> Seen {
    match intent.act {
        Act::Create if !intent.made(person) => Seen::SomeoneElse,
        // What proves that it was ours is there; what else was sent is asked for only where somebody waits for it.
        Act::Create if standing == Standing::InDoubt => Seen::Done,
        Act::Create | Act::Update | Act::Activate | Act::Deactivate => compared(intent, standing, person),
        Act::ChangePassword => Seen::Unknown("a password cannot be read back".to_owned()),
        Act::WelcomeMail => Seen::Unknown("whether a mail has left cannot be read".to_owned()),
        Act::Delete if person.username == intent.username => Seen::NotYet(Vec::new()),
        Act::Delete => Seen::SomeoneElse,
    }
}

fn compared(intent: &Intent, standing: Standing, person: &Person) -> Seen {
    let readable: Vec<&Touched> = intent.wanted().filter(|touched| touched.is_readable()).collect();
    if readable.is_empty() {
        return Seen::Unknown("nothing of it can be read back".to_owned());
    }
    let missing: Vec<Field> =
        readable.into_iter().filter(|touched| !touched.is_so(person)).map(|touched| touched.field).collect();
    match intent.purpose {
        _ if !missing.is_empty() => Seen::NotYet(missing),
        // Management had all of it before the repair left: that it is there says nothing about the repair.
        Purpose::Repair(_) if standing == Standing::InDoubt => {
            Seen::Unknown("management had it before already, and what the others have cannot be read".to_owned())
        }
        Purpose::Change | Purpose::Repair(_) | Purpose::Undo(_) => Seen::Done,
    }
}

/// When the window of a create ends, in milliseconds since 1970, for somebody whose clock says `now`.
///
/// It is counted from the time that is kept with the intent, so that a restart neither shortens it nor begins it anew (faults.md, M7b). A
/// clock that is earlier than that was set back, and nobody knows how long it has been: then the whole window is waited for once more,
/// counted from the first look since (faults.md 72).
pub fn window_end(at: i64, looks: &[i64], now: i64) -> i64 {
    let since = if now >= at {
        at
    } else {
        looks.iter().copied().filter(|look| *look < at && *look <= now).min().unwrap_or(now)
    };
    since.saturating_add(i64::try_from(WINDOW.as_millis()).unwrap_or(i64::MAX))
}

/// Whether the last thing that happened to a create was a look after its window that found nobody. Only then may somebody decide to send
/// it anew (faults.md 2, 3).
pub fn is_gone(at: i64, sequels: &[(i64, Sequel)]) -> bool {
    seen_after_window(at, sequels) == Some(&Seen::Nobody)
}

/// Whether a change in doubt may be replaced by another: a create that is gone, or an update of which a look after the same window showed
/// that something is not there.
pub fn was_not_done(act: Act, at: i64, sequels: &[(i64, Sequel)]) -> bool {
    match act {
        Act::Create => is_gone(at, sequels),
        Act::Update => matches!(seen_after_window(at, sequels), Some(Seen::NotYet(_))),
        Act::Activate | Act::Deactivate | Act::ChangePassword | Act::WelcomeMail | Act::Delete => false,
    }
}

/// What the last look showed, where it was the last thing that happened and came after the window.
fn seen_after_window(at: i64, sequels: &[(i64, Sequel)]) -> Option<&Seen> {
    let ((last, Sequel::LookedUp(seen)), before) = sequels.split_last()? else { return None };
    let looks: Vec<i64> = before.iter().map(|(at, _)| *at).collect();
    (*last >= window_end(at, &looks, *last)).then_some(seen)
}

/// The last look at a change.
pub fn last(change: &Change) -> Option<&Seen> {
    change.sequels.iter().rev().find_map(|(_, sequel)| match sequel {
        Sequel::LookedUp(seen) => Some(seen),
        Sequel::Mended(_) | Sequel::Undone(_) | Sequel::Dismissed(_) => None,
    })
}

#[cfg(test)]
mod tests;
