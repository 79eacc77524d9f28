//! The format, both ways, and what is refused.

use std::sync::Arc;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::domain::fields::FIELDS;

fn typed(kinds: fn(Kind) -> bool) -> Vec<Field> {
    FIELDS.iter().filter(|spec| kinds(spec.kind)).map(|spec| spec.field).collect()
}

fn roles() -> impl Strategy<Value = Roles> {
    btree_map("[a-z]{1,8}", btree_set("\\PC{0,8}", 0..4), 0..4)
}

fn person() -> impl Strategy<Value = Person> {
    let texts = btree_map(select(typed(|kind| kind.is_typed() && kind != Kind::Pairs)), any::<String>(), 0..6);
    let pairs = vec((any::<String>(), option::of(any::<String>())), 0..4);
    (option::of(any::<String>()), any::<String>(), texts, any::<Option<bool>>(), roles(), pairs, any::<bool>())
        .prop_map(|(id, username, texts, enabled, roles, pairs, has_picture)| Person {
            id,
            username,
            texts,
            enabled,
            roles,
            pairs,
            has_picture,
        })
}

fn whom() -> impl Strategy<Value = Whom> {
    prop_oneof![
        Just(Whom::New),
        person().prop_map(|person| Whom::Known(Arc::new(person))),
        "[a-z0-9.]{2,20}[a-z]".prop_map(|key| Whom::Blind(UserKey::parse(&key).expect("a key"))),
    ]
}

fn entries() -> impl Strategy<Value = std::collections::BTreeMap<Field, KeptEntry>> {
    let texts = typed(|kind| kind.is_typed() && kind != Kind::Password);
    let text = prop_oneof![any::<String>().prop_map(KeptEntry::Text), any::<String>().prop_map(KeptEntry::Cleared)];
    (btree_map(select(texts), text, 0..8), any::<Option<bool>>()).prop_map(|(mut entries, switch)| {
        entries.extend(switch.map(|on| (Field::Enabled, KeptEntry::Switch(on))));
        entries
    })
}

fn photo() -> impl Strategy<Value = Option<KeptPhoto>> {
    let chosen = (any::<String>(), option::of(any::<String>()));
    option::of(prop_oneof![
        any::<String>().prop_map(KeptPhoto::Url),
        chosen.prop_map(|(name, folder)| KeptPhoto::Chosen { name, folder }),
    ])
}

fn draft() -> impl Strategy<Value = KeptDraft> {
    let rest = (any::<bool>(), option::of(any::<String>()), option::of(any::<i64>().prop_map(ChangeId)));
    (whom(), entries(), roles(), photo(), rest).prop_map(
        |(whom, entries, roles, photo, (password, recipe, instead_of))| KeptDraft {
            whom,
            entries,
            roles,
            photo,
            password,
            recipe,
            instead_of,
        },
    )
}

proptest! {
    #[test]
    fn a_draft_comes_back_as_it_was(draft in draft()) {
        prop_assert_eq!(read(&write(&draft)), Ok(draft));
    }

    #[test]
    fn a_text_that_was_cut_or_bent_is_refused_or_a_draft_and_never_a_crash(draft in draft(), at in any::<prop::sample::Index>(), byte in any::<char>()) {
        let text = write(&draft);
        let at = at.index(text.len());
        let start = (0..=at).rev().find(|at| text.is_char_boundary(*at)).expect("the beginning is one");
        let _ = read(&text[..start]);
        let _ = read(&format!("{}{byte}{}", &text[..start], &text[start..]));
    }
}

fn marked() -> KeptDraft {
    KeptDraft {
        whom: Whom::New,
        entries: [(Field::Username, KeptEntry::Text("nora.vidal".into()))].into(),
        roles: Roles::new(),
        photo: None,
        password: true,
        recipe: None,
        instead_of: None,
    }
}

#[test]
fn the_words_are_those_of_the_first_format() {
    assert_eq!(
        write(&marked()),
        r#"{"format":1,"whom":"new","fields":{"username":"nora.vidal"},"roles":{},"picture":null,"password":"enter again","recipe":null,"insteadOf":null}"#
    );
}

#[test]
fn a_newer_format_is_refused_by_its_number_whatever_else_stands_there() {
    for text in [r#"{"format":2}"#, r#"{"format":2,"whom":"the moon"}"#] {
        assert_eq!(read(text), Err(DraftFault::Newer(2)));
    }
}

#[test]
fn what_is_no_draft_is_said_to_be_none() {
    let good = write(&marked());
    for (from, to) in [
        ("{\"format\":1", "{\"format\":\"1\""),
        ("\"format\":1", "\"format\":0"),
        ("\"new\"", "\"old\""),
        ("\"new\"", "{}"),
        ("\"new\"", "{\"blind\":\"../admin\"}"),
        ("\"username\":", "\"nickname\":"),
        ("\"username\":\"nora.vidal\"", "\"enabled\":\"yes\""),
        ("\"username\":\"nora.vidal\"", "\"password\":\"secret\""),
        ("\"username\":\"nora.vidal\"", "\"roles\":\"admin\""),
        ("\"picture\":null", "\"picture\":7"),
        ("\"enter again\"", "\"hunter2\""),
        ("\"roles\":{}", "\"roles\":{\"social\":\"user\"}"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        assert_eq!(read(&bad), Err(DraftFault::Unreadable), "{bad}");
    }
    for text in ["", "{}", "[1]", "null", "\u{0}"] {
        assert_eq!(read(text), Err(DraftFault::Unreadable), "{text}");
    }
}
