//! The lines of deeds and of many people, and how a text becomes a word.

use std::sync::Arc;

use super::*;
use crate::domain::secret::{Sealed, Secret};

fn line(username: &str, deed: Deed) -> String {
    let key = UserKey::parse("ff808181556ee70e015572136a250012").expect("a key");
    let order = Order::Deed(Arc::new(DeedOrder { key, username: username.into(), deed }));
    command_line(&order, &Manner::new("acme", Synchronization::Asynchronous)).to_string()
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
