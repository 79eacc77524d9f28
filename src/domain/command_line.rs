//! The command line that would do what an order does: for the screen to show and copy, and for tickets and notes.
//!
//! Secrets are never in it: they are `--password-stdin`. What a picture was made of is not known here, so its line names the file as the
//! agent knows it and may need its folder. Deliberately not here: how the line is read again (`cli/fields.rs`), and the agreement
//! (`--yes`), which nobody should copy.

use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::domain::deed::Deed;
use crate::domain::field::Operation;
use crate::domain::fields::{FIELDS, Field};
use crate::domain::key::UserKey;
use crate::domain::order::{DeedOrder, Order};
use crate::domain::patch::Value;
use crate::domain::photo::Photo;
use crate::domain::request::{Line, Reason, Request, Target};
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

/// The equivalent shell line of an order on a tenant. It can be pasted into bash, zsh or ksh as it stands, and has no character in it
/// that a terminal would act on.
pub fn command_line(order: &Order, tenant: &str, synchronization: Synchronization) -> String {
    let mut words = Words::default();
    match order {
        Order::Change(request) => change(&mut words, request, tenant, synchronization),
        Order::Deed(order) => deed(&mut words, order, tenant, synchronization),
    }
    words.finish()
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

    fn finish(self) -> String {
        let mut line = format!("netex-users {}", self.command);
        let (before, after) = match self.id {
            Some(id) if id.starts_with('-') => (None, Some(id)),
            id => (id, None),
        };
        // Writing to a String cannot fail.
        if let Some(id) = before {
            let _ = write!(line, " {}", quoted(&id));
        }
        for option in &self.options {
            let _ = write!(line, " {option}");
        }
        if let Some(id) = after {
            let _ = write!(line, " -- {}", quoted(&id));
        }
        line
    }
}

fn place(words: &mut Words, tenant: &str, synchronization: Option<Synchronization>) {
    words.option("tenant", tenant);
    match synchronization {
        Some(Synchronization::Synchronous) => words.switch("sync"),
        Some(Synchronization::Asynchronous) => words.switch("async"),
        None => {}
    }
}

/// The username, which a person can read; the key where the username cannot address anybody for certain.
fn id(key: &UserKey, username: &str) -> String {
    match UserKey::parse(username) {
        Ok(username) if !username.is_id() => username.as_str().to_owned(),
        Ok(_) | Err(_) => key.as_str().to_owned(),
    }
}

fn change(words: &mut Words, request: &Request, tenant: &str, synchronization: Synchronization) {
    words.command = match request.operation() {
        Operation::Create => "create",
        Operation::Update => "update",
    };
    if let Target::Known(key) = request.target() {
        words.id = Some(id(key, request.username()));
        if request.base().is_none() {
            words.switch("blind");
        }
    }
    place(words, tenant, Some(synchronization));
    // An argument ends at a NUL, so such a text can only come from a file.
    let (told, untold): (Vec<&Line>, Vec<&Line>) = request.lines().iter().partition(|line| !has_nul(&line.value));
    for line in told {
        field(words, line);
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

fn field(words: &mut Words, line: &Line) {
    let name = flag(line.field);
    match (line.reason, &line.value) {
        (Reason::Cleared, _) => words.option("clear", name),
        // Roles that nobody touched may stand beside those that somebody did.
        (_, Value::Roles(changes)) => {
            for change in changes.iter().filter(|change| !(change.added.is_empty() && change.removed.is_empty())) {
                if change.wanted.is_empty() {
                    words.option("no-roles", &change.section);
                } else {
                    words.option("role", &format!("{}={}", change.section, change.wanted.join(",")));
                }
            }
        }
        // The command reads the person too, and sends it back by itself.
        (Reason::Echoed, _) => {}
        (Reason::Changed, Value::Text(text) | Value::Photo(Photo::Url(text))) => words.option(name, text),
        (Reason::Changed, Value::Secret(_)) => words.switch("password-stdin"),
        (Reason::Changed, Value::Switch(on)) => words.option(name, if *on { "yes" } else { "no" }),
        (Reason::Changed, Value::Photo(Photo::Picture(picture))) => {
            words.option(name, &file(&picture.name));
            words.switch("fit");
        }
        (Reason::Changed, Value::Pairs(pairs)) if pairs.is_empty() => words.option(name, ""),
        (Reason::Changed, Value::Pairs(pairs)) => {
            for pair in pairs {
                words.option(name, &crate::domain::pairs::lines(&vec![pair.clone()]));
            }
        }
        (Reason::Changed, Value::Object(object)) => words.option(name, &object.text()),
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

fn deed(words: &mut Words, order: &DeedOrder, tenant: &str, synchronization: Synchronization) {
    words.command = match order.deed {
        Deed::Activate => "enable",
        Deed::Deactivate { .. } => "disable",
        Deed::ChangePassword(_) => "password",
        Deed::WelcomeMail => "welcome",
        Deed::Delete => "delete",
    };
    words.id = Some(id(&order.key, &order.username));
    place(words, tenant, order.deed.is_synchronizable().then_some(synchronization));
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
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::secret::{Sealed, Secret};

    fn line(username: &str, deed: Deed) -> String {
        let key = UserKey::parse("ff808181556ee70e015572136a250012").expect("a key");
        let order = Order::Deed(Arc::new(DeedOrder { key, username: username.into(), deed }));
        command_line(&order, "acme", Synchronization::Asynchronous)
    }

    #[test]
    fn options_are_called_like_the_fields_of_the_api() {
        assert_eq!(
            [Field::OfficePhone, Field::Name, Field::ExtendedFields].map(flag),
            ["office-phone", "name", "extended-fields"]
        );
    }

    #[test]
    fn a_deed_names_the_person_and_never_a_password() {
        let password = Deed::ChangePassword(Sealed::new(Secret::new("canary".into())));
        assert_eq!(line("marta.lopez", password), "netex-users password marta.lopez --tenant=acme --password-stdin");
        let message = Deed::Deactivate { message: Some("It's over".into()) };
        assert_eq!(
            line("marta.lopez", message),
            "netex-users disable marta.lopez --tenant=acme --async --message='It'\\''s over'"
        );
        assert_eq!(line("-rf", Deed::Delete), "netex-users delete --tenant=acme --async -- -rf");
        // Neither of these would surely address the person that was read.
        for username in ["a/b", "ff808181556ee70e015572136a250013"] {
            let wanted = "netex-users enable ff808181556ee70e015572136a250012 --tenant=acme --async";
            assert_eq!(line(username, Deed::Activate), wanted);
        }
    }

    #[test]
    fn whatever_a_text_holds_the_word_shows_it_and_hides_nothing() {
        for (text, word) in [
            ("", "''"),
            ("a.b@acme.example", "a.b@acme.example"),
            ("~", "'~'"),
            ("$(rm -rf /)`x`\"", "'$(rm -rf /)`x`\"'"),
            ("López", "'López'"),
            ("a\nb'c\\", "$'a\\nb\\'c\\\\'"),
            ("\u{1b}[2J\u{202e}", "$'\\033[2J\\342\\200\\256'"),
        ] {
            assert_eq!(quoted(text), word);
        }
        let all: String = (1..=0x10_FFFF).filter_map(char::from_u32).collect();
        assert_eq!(visible(&quoted(&all)), quoted(&all));
    }
}
