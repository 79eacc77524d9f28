//! What is said of a change: in one line, what is known of it, and what to do next.

use crate::app::attention::Item;
use crate::domain::fields::Field;
use crate::domain::look_up;
use crate::domain::outcome::{PlatformReport, PlatformState};
use crate::domain::record::{Act, Change, Purpose, Seen, Standing, Touched};
use crate::domain::repair;

/// The header's words about how many changes need attention; nothing where none does.
pub fn count(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => "1 needs attention".to_owned(),
        more => format!("{more} need attention"),
    }
}

/// What was asked, such as `update marta.lopez`.
pub fn what(change: &Change) -> String {
    let word = match change.intent.act {
        Act::Create => "create",
        Act::Update => "update",
        Act::Activate => "enable",
        Act::Deactivate => "disable",
        Act::ChangePassword => "new password for",
        Act::WelcomeMail => "welcome mail to",
        Act::Delete => "delete",
    };
    let why = match change.intent.purpose {
        Purpose::Change => String::new(),
        Purpose::Repair(of) => format!(", repair of {of}"),
        Purpose::Undo(of) => format!(", undo of {of}"),
    };
    format!("{word} {}{why}", change.intent.username)
}

/// Where it stands, in words; with what is waited for.
pub fn standing(item: &Item) -> String {
    let change = &item.change;
    if change.elsewhere {
        return "another session sends it".to_owned();
    }
    let word = change.standing.word();
    match (change.standing, look_up::last(change)) {
        (Standing::Queued, Some(Seen::Done)) => format!("{word}, in management"),
        (Standing::InDoubt, _) if item.is_gone() => format!("{word}, not found"),
        (Standing::InDoubt, _) => {
            item.wait.map_or_else(|| word.to_owned(), |wait| format!("{word}, {} s to wait", wait.as_secs()))
        }
        _ => word.to_owned(),
    }
}

/// The platforms in short: those that did not do it, or how many did.
pub fn platforms(item: &Item) -> String {
    let rows = item.platforms();
    let odd = rows.iter().filter(|row| row.state != PlatformState::Done);
    let odd: Vec<_> = odd.map(|row| format!("{} {}", row.name.show(), row.state.word())).collect();
    odd.join(", ")
}

/// What is known of the server.
pub fn known(item: &Item) -> String {
    let change = &item.change;
    let act = change.intent.act;
    if change.elsewhere {
        return "Another session on this machine has sent it and waits for the answer.".to_owned();
    }
    match change.standing {
        Standing::Open => "Its request is on its way, or its answer could not be kept.".to_owned(),
        Standing::InDoubt => doubt(change),
        Standing::Partial => "Some platforms did it and some did not, or said nothing.".to_owned(),
        Standing::Queued => queued(change),
        Standing::Done => "It is done.".to_owned(),
        Standing::Rejected if act == Act::Create && change.outcome.is_some() => {
            "It was not made: somebody else has this username, or the service refused it.".to_owned()
        }
        Standing::Rejected => "The service refused it: nothing was changed.".to_owned(),
        Standing::NotSent => "It never left: nothing was changed.".to_owned(),
        Standing::Mended => "Another change finished it.".to_owned(),
        Standing::Dismissed => "Somebody said that it needs no more attention.".to_owned(),
    }
}

fn doubt(change: &Change) -> String {
    let create = change.intent.act == Act::Create;
    match look_up::last(change) {
        None => "It may have been done: the request left, and no answer came that says what became of it.".to_owned(),
        Some(Seen::Nobody) if create => "Nobody of this name was there when it was looked up.".to_owned(),
        Some(Seen::Nobody) => "Nobody of this id or name was there when it was looked up.".to_owned(),
        Some(Seen::NotYet(fields)) if fields.is_empty() => {
            "The user was still there when they were looked up.".to_owned()
        }
        Some(Seen::NotYet(fields)) => format!("Management did not have {} when it was looked up.", labels(fields)),
        Some(Seen::SomeoneElse) => "Somebody else has this name or id.".to_owned(),
        Some(Seen::Unknown(why)) => format!("It was looked up, and that did not tell: {why}."),
        Some(Seen::Done) => "Management has it.".to_owned(),
    }
}

fn queued(change: &Change) -> String {
    let rows = change.outcome.iter().flat_map(|outcome| &outcome.platforms);
    let queued: Vec<_> =
        rows.filter(|row| row.state == PlatformState::Queued).map(|row| row.name.show().into_owned()).collect();
    let who = if queued.is_empty() { "A platform".to_owned() } else { queued.join(", ") };
    format!("{who}: accepted, and no service tells how that ends. Only what management shows can be read.")
}

/// What to do next.
pub fn next(item: &Item) -> String {
    let change = &item.change;
    if change.elsewhere || !change.standing.needs_attention() {
        return "Nothing.".to_owned();
    }
    match (change.standing, change.intent.act) {
        (Standing::InDoubt, Act::Create) if item.is_gone() => {
            "n fills the form with it, to be sent anew. It is never sent again by itself.".to_owned()
        }
        (Standing::InDoubt, Act::Create) => match item.wait {
            Some(wait) => {
                format!("It may still arrive: it is looked up again in {} s by itself. l looks now.", wait.as_secs())
            }
            None => "l looks the username up. It is never sent again by itself.".to_owned(),
        },
        (Standing::InDoubt | Standing::Partial, _) if repair::refusal(change).is_none() => {
            "R shows what would be sent once more, after reading the user. x takes it off the list.".to_owned()
        }
        (Standing::InDoubt | Standing::Partial, _) => {
            let why = repair::refusal(change).unwrap_or_default();
            format!("{why} x takes it off the list.")
        }
        (Standing::Queued, _) => "l looks at management now. x takes it off the list when that is enough.".to_owned(),
        _ => "Wait for the answer.".to_owned(),
    }
}

/// Each field that somebody waits for, and whether management shows it, as of the last look.
pub fn confirmed(change: &Change) -> Vec<(Field, &'static str)> {
    let word = |touched: &Touched| match look_up::last(change) {
        _ if !touched.is_readable() => "cannot be read back",
        Some(Seen::Done) => "confirmed in management",
        Some(Seen::NotYet(fields)) if !fields.contains(&touched.field) => "confirmed in management",
        Some(Seen::NotYet(_) | Seen::Nobody) => "not yet visible",
        Some(Seen::SomeoneElse) => "somebody else has this name",
        Some(Seen::Unknown(_)) | None => "not looked up yet",
    };
    change.intent.wanted().map(|touched| (touched.field, word(touched))).collect()
}

/// What looking one up found, in a sentence.
pub fn found(item: &Item) -> String {
    let change = &item.change;
    let seen = match look_up::last(change) {
        Some(Seen::Done) if change.intent.act == Act::Create => "it is there, as it was sent",
        Some(Seen::Done) => "management has it",
        Some(Seen::NotYet(fields)) if fields.is_empty() => "they are still there",
        Some(Seen::NotYet(_)) => "management does not have it",
        Some(Seen::Nobody) => "nobody of that name is there",
        Some(Seen::SomeoneElse) => "somebody else has that name",
        Some(Seen::Unknown(_)) | None => "that did not tell",
    };
    format!("{}: {seen}; {}.", what(change), standing(item))
}

/// What one look showed, in a few words.
pub fn seen(seen: &Seen) -> String {
    match seen {
        Seen::Done => "looked up: it is there".to_owned(),
        Seen::NotYet(fields) if fields.is_empty() => "looked up: still there".to_owned(),
        Seen::NotYet(fields) => format!("looked up: not there yet: {}", labels(fields)),
        Seen::Nobody => "looked up: nobody of that name".to_owned(),
        Seen::SomeoneElse => "looked up: somebody else has that name".to_owned(),
        Seen::Unknown(why) => format!("looked up: {why}"),
    }
}

/// What a repair is.
pub fn repair_of(change: &Change) -> String {
    let how = match change.intent.act {
        Act::Create => "as an update of the user that is there, by id; never a second create",
        Act::Update => "the same fields, to the same user by id",
        Act::Activate | Act::Deactivate => "the same deed, for the same user by id",
        Act::ChangePassword | Act::WelcomeMail | Act::Delete => "the same",
    };
    format!("Repair of {} ({}): {how}, synchronous.", change.id, what(change))
}

/// What the platforms said the time before.
pub fn before(rows: &[PlatformReport]) -> String {
    if rows.is_empty() {
        return "Before: no platform is known to have answered.".to_owned();
    }
    let row = |row: &PlatformReport| {
        let status = row.status.map(|status| format!(" {status}")).unwrap_or_default();
        format!("{} {}{status}", row.name.show(), row.state.word())
    };
    format!("Before: {}.", rows.iter().map(row).collect::<Vec<_>>().join(", "))
}

/// The labels of fields.
fn labels(fields: &[Field]) -> String {
    fields.iter().map(|field| field.spec().label).collect::<Vec<_>>().join(", ")
}
