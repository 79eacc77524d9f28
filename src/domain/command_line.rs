//! The command line that would do what an order does: for the screen to show and copy, and for tickets and notes.
//!
//! Secrets are never in it: they are `--password-stdin`. What a picture was made of is not known here, so its line names the file as the
//! agent knows it and may need its folder. Deliberately not here: how the line is read again (`cli/fields.rs`), and the agreement
//! (`--yes`), which nobody should copy.

use std::fmt::{self, Write as _};
use std::sync::LazyLock;

use crate::domain::bulk::{Bulk, Job};
use crate::domain::deed::Deed;
use crate::domain::field::Operation;
use crate::domain::fields::{FIELDS, Field};
use crate::domain::job::JobId;
use crate::domain::key::UserKey;
use crate::domain::order::{DeedOrder, Order};
use crate::domain::patch::Value;
use crate::domain::photo::Photo;
use crate::domain::plan::{Match, Mode};
use crate::domain::record::ChangeId;
use crate::domain::request::{Line, Reason, Request, Target};
use crate::domain::roles::{RoleChange, Roles, in_order};
use crate::domain::tenant::Synchronization;
use crate::domain::untrusted::visible;

/// What stands where a file has to be named that nobody knows the name of.
const FILE: &str = "FILE";

/// The options, in the order of the table. Whoever defines options wants texts that live as long as the program.
static FLAGS: LazyLock<Vec<String>> = LazyLock::new(|| FIELDS.iter().map(|spec| hyphened(spec.key)).collect());

/// The option of a field: the API's key with hyphens, such as `office-phone`.
pub fn flag(field: Field) -> &'static str {
    &FLAGS[field as usize]
}

fn hyphened(key: &str) -> String {
    let mut flag = String::new();
    for c in key.chars() {
        if c.is_ascii_uppercase() {
            flag.push('-');
        }
        flag.push(c.to_ascii_lowercase());
    }
    flag
}

/// Where and how a line sends.
#[derive(Clone, Copy, Debug)]
pub struct Manner<'a> {
    /// Options that stand before the command, such as `--config=FILE`: what the program itself was started with.
    pub start: &'a [String],
    /// The tenant.
    pub tenant: &'a str,
    /// The mode.
    pub synchronization: Synchronization,
    /// The number of the ticket that is kept with it.
    pub ticket: Option<&'a str>,
    /// What is said is sent as it stands, and nobody is read first: a command that reads leaves out what management has already, which is
    /// just what a repair sends again.
    pub blind: bool,
}

impl<'a> Manner<'a> {
    /// The usual one: whom it is about is read first.
    pub fn new(tenant: &'a str, synchronization: Synchronization) -> Self {
        Self { start: &[], tenant, synchronization, ticket: None, blind: false }
    }
}

/// A shell line. It can be pasted into bash, zsh or ksh as it stands, and has no character in it that a terminal would act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine(Vec<String>);

impl CommandLine {
    /// Its words, each quoted as a shell wants it.
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

/// The line that does what an order does.
pub fn command_line(order: &Order, manner: &Manner<'_>) -> CommandLine {
    let mut words = Words::default();
    match order {
        Order::Change(request) => change(&mut words, request, manner),
        Order::Deed(order) => deed(&mut words, order, manner),
    }
    words.finish(manner)
}

/// The line that takes a change back. What that is it finds out itself, from the journal and from whom it is about.
pub fn undo(id: ChangeId, manner: &Manner<'_>) -> CommandLine {
    let mut words = Words { command: "undo", id: Some(id.0.to_string()), ..Words::default() };
    place(&mut words, manner, true);
    words.finish(manner)
}

/// The line that does a bulk change to one person. A command says the whole list of a section's roles, so it is made from those that the
/// person had in the list.
pub fn bulk(job: &Job, key: &UserKey, username: &str, roles: &Roles, manner: &Manner<'_>) -> CommandLine {
    let mut words = Words { command: "update", id: Some(id(key, username)), ..Words::default() };
    match &job.bulk {
        Bulk::Enable | Bulk::Disable => {
            words.command = if job.bulk == Bulk::Enable { "enable" } else { "disable" };
            place(&mut words, manner, true);
        }
        Bulk::Set { field, value } => {
            place(&mut words, manner, true);
            words.option(flag(*field), value);
        }
        Bulk::Give { section, role } | Bulk::Take { section, role } => {
            let mut wanted = roles.get(section).cloned().unwrap_or_default();
            if matches!(job.bulk, Bulk::Give { .. }) {
                wanted.insert(role.clone())
            } else {
                wanted.remove(role)
            };
            place(&mut words, manner, true);
            let listed = job.catalogue.section(section).map_or_else(Vec::new, |section| in_order(section, &wanted));
            words.roles(section, &listed);
        }
    }
    words.finish(manner)
}

/// A file of people, as a command is told of it.
#[derive(Clone, Copy, Debug)]
pub struct People<'a> {
    /// The file.
    pub path: &'a str,
    /// What it may do.
    pub mode: Mode,
    /// By what a line finds its person.
    pub matching: Match,
    /// The new file for the passwords that are made, where any are.
    pub passwords: Option<&'a str>,
    /// Whether it is carried out although it was before.
    pub again: bool,
}

/// The line that plans a file of people, shows the plan, and carries it out.
pub fn import(people: &People<'_>, manner: &Manner<'_>) -> CommandLine {
    let mut words = Words { command: "import", id: Some(people.path.to_owned()), ..Words::default() };
    place(&mut words, manner, true);
    words.option("mode", people.mode.word());
    words.option("match", people.matching.word());
    if let Some(file) = people.passwords {
        words.switch("generate-passwords");
        words.option("passwords-out", file);
    }
    if people.again {
        words.switch("again");
    }
    words.finish(manner)
}

/// The line that goes on with a job. How it is sent, and for which ticket, was said when it was planned.
pub fn resume(job: JobId, rechecks: bool, manner: &Manner<'_>) -> CommandLine {
    let mut words = Words { command: "jobs resume", id: Some(job.0.to_string()), ..Words::default() };
    words.option("tenant", manner.tenant);
    if rechecks {
        words.option("in-doubt", "recheck");
    }
    words.finish(manner)
}

/// The words of a line, quoted.
#[derive(Default)]
struct Words {
    command: &'static str,
    /// Whom it is about.
    id: Option<String>,
    options: Vec<String>,
}

impl Words {
    fn option(&mut self, name: &str, value: &str) {
        self.options.push(format!("--{name}={}", quoted(value)));
    }

    fn switch(&mut self, name: &str) {
        self.options.push(format!("--{name}"));
    }

    /// All the roles of a section.
    fn roles(&mut self, section: &str, roles: &[String]) {
        if roles.is_empty() {
            self.option("no-roles", section);
        } else {
            self.option("role", &format!("{section}={}", roles.join(",")));
        }
    }

    fn finish(self, manner: &Manner<'_>) -> CommandLine {
        let (before, after) = match self.id {
            Some(id) if id.starts_with('-') => (None, Some(id)),
            id => (id, None),
        };
        let mut words = vec!["netex-users".to_owned()];
        words.extend(manner.start.iter().map(|option| quoted(option)));
        words.extend(self.command.split(' ').map(str::to_owned));
        words.extend(before.map(|id| quoted(&id)));
        words.extend(self.options);
        if let Some(id) = after {
            words.extend(["--".to_owned(), quoted(&id)]);
        }
        CommandLine(words)
    }
}

fn place(words: &mut Words, manner: &Manner<'_>, is_synchronizable: bool) {
    words.option("tenant", manner.tenant);
    match manner.synchronization {
        _ if !is_synchronizable => {}
        Synchronization::Synchronous => words.switch("sync"),
        Synchronization::Asynchronous => words.switch("async"),
    }
    if let Some(ticket) = manner.ticket {
        words.option("ticket", ticket);
    }
}

/// The username, which a person can read; the key where the username cannot address anybody for certain.
fn id(key: &UserKey, username: &str) -> String {
    match UserKey::parse(username) {
        Ok(username) if !username.is_id() => username.as_str().to_owned(),
        Ok(_) | Err(_) => key.as_str().to_owned(),
    }
}

fn change(words: &mut Words, request: &Request, manner: &Manner<'_>) {
    words.command = match request.operation() {
        Operation::Create => "create",
        Operation::Update => "update",
    };
    let mut blind = false;
    if let Target::Known(key) = request.target() {
        blind = manner.blind || request.base().is_none();
        // Nobody is read, so nobody finds the id that the order has.
        words.id = Some(if manner.blind { key.as_str().to_owned() } else { id(key, request.username()) });
        if blind {
            words.switch("blind");
        }
    }
    place(words, manner, true);
    // An argument ends at a NUL, so such a text can only come from a file.
    let (told, untold): (Vec<&Line>, Vec<&Line>) = request.lines().iter().partition(|line| !has_nul(&line.value));
    for line in told {
        field(words, line, blind);
    }
    if !untold.is_empty() {
        words.option("from-json", FILE);
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::Text(text) | Value::Photo(Photo::Url(text)) => text.contains('\0'),
        Value::Pairs(pairs) => pairs
            .iter()
            .any(|(key, value)| key.contains('\0') || value.as_ref().is_some_and(|value| value.contains('\0'))),
        Value::Secret(_) | Value::Switch(_) | Value::Photo(Photo::Picture(_)) | Value::Roles(_) | Value::Object(_) => {
            false
        }
    }
}

/// Without a reading nothing is there that could be sent back as it was read, so all of it is said.
fn field(words: &mut Words, line: &Line, blind: bool) {
    let name = flag(line.field);
    match (line.reason, &line.value) {
        (Reason::Cleared, _) => words.option("clear", name),
        // Roles that nobody touched may stand beside those that somebody did.
        (_, Value::Roles(changes)) => {
            let is_said = |change: &RoleChange| blind || !(change.added.is_empty() && change.removed.is_empty());
            for change in changes.iter().filter(|change| is_said(change)) {
                words.roles(&change.section, &change.wanted);
            }
        }
        // The command reads the person too, and sends it back by itself.
        (Reason::Echoed, _) if !blind => {}
        (Reason::Changed | Reason::Echoed, Value::Text(text) | Value::Photo(Photo::Url(text))) => {
            words.option(name, text);
        }
        (Reason::Changed | Reason::Echoed, Value::Secret(_)) => words.switch("password-stdin"),
        (Reason::Changed | Reason::Echoed, Value::Switch(on)) => words.option(name, if *on { "yes" } else { "no" }),
        (Reason::Changed | Reason::Echoed, Value::Photo(Photo::Picture(picture))) => {
            words.option(name, &file(&picture.name));
            words.switch("fit");
        }
        (Reason::Changed | Reason::Echoed, Value::Pairs(pairs)) if pairs.is_empty() => words.option(name, ""),
        (Reason::Changed | Reason::Echoed, Value::Pairs(pairs)) => {
            for pair in pairs {
                words.option(name, &crate::domain::pairs::lines(&vec![pair.clone()]));
            }
        }
        (Reason::Changed | Reason::Echoed, Value::Object(object)) => words.option(name, &object.text()),
    }
}

/// A name that is read as that of a file.
fn file(name: &str) -> String {
    let lower = name.trim_start().to_ascii_lowercase();
    if name.is_empty() || name == "pasted" {
        FILE.to_owned()
    } else if name == "-" || lower.starts_with("http:") || lower.starts_with("https:") {
        format!("./{name}")
    } else {
        name.to_owned()
    }
}

fn deed(words: &mut Words, order: &DeedOrder, manner: &Manner<'_>) {
    words.command = match order.deed {
        Deed::Activate => "enable",
        Deed::Deactivate { .. } => "disable",
        Deed::ChangePassword(_) => "password",
        Deed::WelcomeMail => "welcome",
        Deed::Delete => "delete",
    };
    words.id = Some(if manner.blind { order.key.as_str().to_owned() } else { id(&order.key, &order.username) });
    // Who is deleted is read in any case.
    if manner.blind && order.deed != Deed::Delete {
        words.switch("blind");
    }
    place(words, manner, order.deed.is_synchronizable());
    match &order.deed {
        Deed::Deactivate { message: Some(message) } => words.option("message", message),
        Deed::ChangePassword(_) => words.switch("password-stdin"),
        Deed::Deactivate { message: None } | Deed::Activate | Deed::WelcomeMail | Deed::Delete => {}
    }
}

/// A word that a shell reads back as this text. What a terminal would act on or cannot show is written in octal, byte by byte, which reads
/// the same in every locale.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '@' | '+' | ',');
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    let hidden = |c: char| matches!(visible(c.encode_utf8(&mut [0; 4])), std::borrow::Cow::Owned(_));
    if !text.chars().any(hidden) {
        return format!("'{}'", text.replace('\'', "'\\''"));
    }
    let mut word = String::from("$'");
    for c in text.chars() {
        match c {
            '\n' => word.push_str("\\n"),
            '\t' => word.push_str("\\t"),
            '\'' | '\\' => word.extend(['\\', c]),
            c if hidden(c) => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    // Writing to a String cannot fail.
                    let _ = write!(word, "\\{byte:03o}");
                }
            }
            c => word.push(c),
        }
    }
    word.push('\'');
    word
}

#[cfg(test)]
mod tests;
