//! Changes as they are looked for and told: what was asked for, in lines and in words.
//!
//! Every line is made of texts from outside and may hold anything: whoever shows one makes it visible first. [`summary`] alone is
//! finished, because it leaves the program as it is. Deliberately not here: where changes are kept, and clocks: times come as words.

use std::collections::BTreeSet;

use crate::domain::fields::Field;
use crate::domain::outcome::PlatformReport;
use crate::domain::recipe::plain;
use crate::domain::record::{Act, Change, ChangeId, Intent, Kept, Purpose, Seen, Sequel, Standing, Touched};
use crate::domain::untrusted::visible;

/// The longest text that is copied, in bytes: in base64 just under what terminals are known to take.
pub const MOST_COPIED: usize = 56_000;

/// What is looked for. What is empty lets everything in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Find {
    /// Only this tenant.
    pub tenant: Option<String>,
    /// Only this address of it.
    pub origin: Option<String>,
    /// Only changes of the person of this username.
    pub username: Option<String>,
    /// Only this act.
    pub act: Option<Act>,
    /// Only what stands so.
    pub standing: Option<Standing>,
    /// Only from this time on, in milliseconds since 1970 (UTC).
    pub since: Option<i64>,
    /// Only before this time.
    pub until: Option<i64>,
    /// Only with this ticket.
    pub ticket: Option<String>,
    /// Only what this agent did.
    pub by: Option<String>,
    /// Each of these has to occur somewhere in what is told of a change; in small letters, accents left out.
    pub words: Vec<String>,
}

impl Find {
    /// Adds what somebody typed: words, and `act:`, `is:`, `user:`, `ticket:`, `by:`, `since:` and `until:` before a value without blanks
    /// (`is:in-doubt`). What is not finished yet, such as `act:up`, is looked for as a word. `day` gives the beginning of a day.
    #[must_use]
    pub fn typed(mut self, text: &str, day: impl Fn(&str) -> Option<i64>) -> Self {
        for word in text.split_whitespace() {
            let (key, value) = word.split_once(':').unwrap_or(("", word));
            let owned = || Some(value.to_owned()).filter(|value| !value.is_empty());
            match key {
                "act" if Act::from_word(value).is_some() => self.act = Act::from_word(value),
                "is" if standing(value).is_some() => self.standing = standing(value),
                "user" => self.username = owned(),
                "ticket" => self.ticket = owned(),
                "by" => self.by = owned(),
                "since" => self.since = day(value),
                "until" => self.until = day(value),
                "act" | "is" => self.words.push(plain(value)),
                _ => self.words.push(plain(word)),
            }
        }
        self
    }

    /// Whether a change is looked for.
    pub fn lets_in(&self, change: &Change) -> bool {
        let intent = &change.intent;
        let is = |wanted: &Option<String>, has: &str| wanted.as_ref().is_none_or(|wanted| wanted == has);
        is(&self.tenant, &change.realm.tenant)
            && is(&self.origin, &change.realm.origin)
            && is(&self.username, &intent.username)
            && is(&self.by, &change.who.user)
            && (self.ticket.is_none() || self.ticket == intent.ticket)
            && self.act.is_none_or(|act| act == intent.act)
            && self.standing.is_none_or(|standing| standing == change.standing)
            && self.since.is_none_or(|since| change.at >= since)
            && self.until.is_none_or(|until| change.at < until)
            && self.has_words(change)
    }

    fn has_words(&self, change: &Change) -> bool {
        if self.words.is_empty() {
            return true;
        }
        let texts: Vec<String> = texts(change).iter().map(|text| plain(text)).collect();
        self.words.iter().all(|word| texts.iter().any(|text| text.contains(word)))
    }
}

/// A standing whose blanks may be hyphens.
fn standing(word: &str) -> Option<Standing> {
    Standing::from_word(&word.replace('-', " "))
}

/// Everything that is told of a change, to look in.
fn texts(change: &Change) -> Vec<String> {
    let intent = &change.intent;
    let mut texts = vec![
        change.id.to_string(),
        intent.username.clone(),
        intent.act.word().to_owned(),
        change.standing.word().to_owned(),
        change.who.user.clone(),
    ];
    texts.extend(intent.ticket.clone());
    texts.extend(change.who.ssh.clone());
    texts.extend(lines(intent).into_iter().flat_map(|line| [line.what, line.old, line.new]));
    if let Some(outcome) = &change.outcome {
        texts.extend([outcome.verdict.word().to_owned(), outcome.cause.raw().to_owned()]);
        texts.extend(outcome.platforms.iter().map(platform));
    }
    texts
}

/// One thing that a change touched, from what to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The field; for roles with their section.
    pub what: String,
    /// What was there before.
    pub old: String,
    /// What was sent.
    pub new: String,
    /// It was sent only because the revision wants it in every update.
    pub echoed: bool,
}

/// What a change touched, in the order of the form; roles have a line for each section.
pub fn lines(intent: &Intent) -> Vec<Line> {
    intent.touched.iter().flat_map(of_touched).collect()
}

fn of_touched(touched: &Touched) -> Vec<Line> {
    let label = touched.field.spec().label;
    let Kept::Roles(new) = &touched.new else {
        let secret = touched.field == Field::Password;
        let old = if secret { "not shown".to_owned() } else { touched.old.summary() };
        return vec![Line { what: label.to_owned(), old, new: touched.new.summary(), echoed: touched.echoed }];
    };
    let line = |(section, roles): (&String, &BTreeSet<String>)| {
        let old = match &touched.old {
            Kept::Roles(old) => old.get(section).map_or_else(|| "not known".to_owned(), list),
            Kept::Nothing => "none".to_owned(),
            Kept::Unknown | Kept::Text(_) | Kept::Switch(_) | Kept::Mark { .. } => "not known".to_owned(),
        };
        let new = list(roles);
        let echoed = touched.echoed || old == new;
        Line { what: format!("{label} {section}"), old, new, echoed }
    };
    new.iter().map(line).collect()
}

fn list(roles: &BTreeSet<String>) -> String {
    if roles.is_empty() { "none".to_owned() } else { roles.iter().cloned().collect::<Vec<_>>().join(", ") }
}

/// Why a change was made, where it was made because of another.
pub fn purpose(purpose: Purpose) -> Option<String> {
    match purpose {
        Purpose::Change => None,
        Purpose::Repair(id) => Some(format!("finishes {id}")),
        Purpose::Undo(id) => Some(format!("takes {id} back")),
    }
}

/// What a platform answered, in one line.
pub fn platform(row: &PlatformReport) -> String {
    let status = row.status.map(|status| format!(" {status}")).unwrap_or_default();
    let message = row.message.as_ref().map(|message| format!("  {}", message.raw())).unwrap_or_default();
    format!("{:<12} {}{status}{message}", row.name.raw(), row.state.word())
}

/// What happened to a change then.
pub fn sequel(sequel: &Sequel) -> String {
    match sequel {
        Sequel::Mended(by) => format!("finished by {by}"),
        Sequel::Undone(by) => format!("taken back by {by}"),
        Sequel::Dismissed(why) if why.is_empty() => "dismissed".to_owned(),
        Sequel::Dismissed(why) => format!("dismissed: {why}"),
        Sequel::LookedUp(seen) => match seen {
            Seen::Done => "looked up: all that was sent is there".to_owned(),
            Seen::NotYet(fields) => {
                let labels: Vec<_> = fields.iter().map(|field| field.spec().label).collect();
                format!("looked up: not there yet: {}", labels.join(", "))
            }
            Seen::Nobody => "looked up: nobody of this username".to_owned(),
            Seen::SomeoneElse => "looked up: somebody else has this username".to_owned(),
            Seen::Unknown(why) => format!("could not be looked up: {why}"),
        },
    }
}

/// A change with its times in words, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The change.
    pub change: Change,
    /// When its request was about to leave.
    pub when: String,
    /// When each of its sequels happened.
    pub times: Vec<String>,
}

impl Told {
    /// Tells a change in times of that kind.
    pub fn of(change: Change, time: impl Fn(i64) -> String) -> Self {
        let times = change.sequels.iter().map(|(at, _)| time(*at)).collect();
        Self { when: time(change.at), times, change }
    }

    /// The word for how it ended and where it stands: in capitals where nothing happened since, as in the status.
    pub fn end(&self) -> &'static str {
        let verdict = self.change.outcome.as_ref().map(|outcome| outcome.verdict);
        match verdict {
            Some(verdict) if Standing::after(verdict) == self.change.standing => verdict.word(),
            Some(_) | None => self.change.standing.word(),
        }
    }

    /// The change that took it back, where one did.
    pub fn undone_by(&self) -> Option<ChangeId> {
        let by = |sequel: &Sequel| match sequel {
            Sequel::Undone(by) => Some(*by),
            Sequel::LookedUp(_) | Sequel::Mended(_) | Sequel::Dismissed(_) => None,
        };
        self.change.sequels.iter().rev().find_map(|(_, sequel)| by(sequel))
    }
}

/// What goes into a ticket: plain lines in which nothing hidden is left. What is sent only because the revision wants it is left out,
/// and of a password there is no more than that it was set.
pub fn summary(told: &Told) -> String {
    let Told { change, when, times } = told;
    let intent = &change.intent;
    let mut lines_out = vec![format!(
        "{} {}: {}  (change {} of {})",
        intent.act.word(),
        intent.username,
        told.end(),
        change.id,
        change.realm.tenant
    )];
    let from = change.who.ssh.as_ref().map(|ssh| format!(", from {ssh}")).unwrap_or_default();
    lines_out.push(format!("{when}, by {}{from}", change.who.user));
    lines_out.extend(intent.ticket.as_ref().map(|ticket| format!("Ticket {ticket}")));
    lines_out.extend(purpose(intent.purpose).map(|words| format!("It {words}.")));
    for line in lines(intent).into_iter().filter(|line| !line.echoed) {
        let password = line.what == Field::Password.spec().label;
        let words = if password { "set".to_owned() } else { format!("{} -> {}", line.old, line.new) };
        lines_out.push(format!("  {}: {words}", line.what));
    }
    if let Some(outcome) = &change.outcome {
        if outcome.platforms.is_empty() {
            lines_out.push(format!("  {}", outcome.cause.raw()));
        }
        lines_out.extend(outcome.platforms.iter().map(|row| format!("  {}", platform(row))));
    }
    let sequels = change.sequels.iter().zip(times);
    lines_out.extend(sequels.map(|((_, one), time)| format!("{time}  {}", sequel(one))));
    lines_out.iter().map(|line| visible(line).trim_end().to_owned() + "\n").collect()
}

#[cfg(test)]
mod tests;
