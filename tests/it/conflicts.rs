//! Updates while somebody else changes the same person: what is sent is the difference to what is there now, or nothing is sent.

use netex_users::codec::json;
use netex_users::codec::roles::{BUILT_IN, catalogues};
use netex_users::domain::draft::{Draft, Entry, Subject};
use netex_users::domain::field::Revision;
use netex_users::domain::fields::Field;
use netex_users::domain::person::Person;
use netex_users::domain::roles::{Catalogue, RoleGrid};
use proptest::prelude::*;

const FIELDS: [Field; 6] =
    [Field::Name, Field::Surname, Field::OfficePhone, Field::Location, Field::Interests, Field::AboutMe];

fn sections(revision: Revision) -> Catalogue {
    catalogues(BUILT_IN, revision).expect("the built-in roles are without fault").update
}

/// Six texts of which some are unset, and the role of one section.
fn person() -> impl Strategy<Value = Person> {
    (prop::collection::vec("[1-3]{0,3}", 6), any::<bool>(), any::<bool>()).prop_map(|(texts, enabled, admin)| {
        let mut all: Vec<(Field, String)> =
            FIELDS.into_iter().zip(texts).filter(|(_, text)| !text.is_empty()).collect();
        all.extend([
            (Field::Email, "a@b.example".into()),
            (Field::Language, "es".into()),
            (Field::Timezone, "UTC".into()),
        ]);
        let roles = if admin { vec!["user", "admin"] } else { vec!["user"] };
        Person {
            id: Some("ff808181556ee70e015572136a250012".into()),
            username: "somebody".into(),
            texts: all.into_iter().collect(),
            enabled: Some(enabled),
            roles: [("management".to_owned(), roles.into_iter().map(str::to_owned).collect())].into(),
            ..Person::default()
        }
    })
}

/// Somebody else changed some of it.
fn changed() -> impl Strategy<Value = (Person, Person)> {
    (person(), person(), prop::collection::vec(any::<bool>(), 8)).prop_map(|(loaded, other, takes)| {
        let mut now = loaded.clone();
        for (field, take) in FIELDS.into_iter().zip(&takes) {
            if *take {
                match other.texts.get(&field) {
                    Some(text) => drop(now.texts.insert(field, text.clone())),
                    None => drop(now.texts.remove(&field)),
                }
            }
        }
        if takes[6] {
            now.enabled = other.enabled;
        }
        if takes[7] {
            now.roles = other.roles;
        }
        (loaded, now)
    })
}

fn has(person: &Person, field: Field) -> serde_json::Value {
    if field == Field::Enabled {
        serde_json::json!(person.enabled)
    } else if field == Field::Roles {
        serde_json::json!(person.roles)
    } else {
        serde_json::json!(person.text(field))
    }
}

/// Roles are sent in the order of the catalogue; what is compared is who has which.
fn in_order(mut value: serde_json::Value) -> serde_json::Value {
    if let Some(sections) = value.as_object_mut() {
        for roles in sections.values_mut().filter_map(serde_json::Value::as_array_mut) {
            roles.sort_by_key(ToString::to_string);
        }
    }
    value
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_body_is_the_difference_or_nothing_is_sent(
        (loaded, now) in changed(),
        typed in prop::collection::vec(prop::option::of("[1-3]{1,3}"), 6),
        flip in any::<bool>(),
        toggle in any::<bool>(),
        revision in prop_oneof![Just(Revision::Original), Just(Revision::Y2019), Just(Revision::Y2023)],
    ) {
        let catalogue = sections(revision);
        let mut roles = RoleGrid::new(loaded.roles.clone());
        if toggle {
            roles.toggle(catalogue.section("management").expect("a section of every revision"), "admin");
        }
        let texts = FIELDS.into_iter().zip(&typed).filter_map(|(field, text)| Some((field, Entry::Text(text.clone()?))));
        let enabled = flip.then(|| (Field::Enabled, Entry::Switch(loaded.enabled != Some(true))));
        let draft = Draft {
            revision,
            subject: Subject::Known(Box::new(loaded.clone())),
            entries: texts.chain(enabled).collect(),
            photo: None,
            roles,
        };
        let Ok(request) = draft.check(&catalogue) else { return Ok(()) };
        let body: serde_json::Value = serde_json::from_slice(&json::encode(&request)).expect("a body is JSON");
        let keys: Vec<Field> =
            body["user"].as_object().expect("a user").keys().filter_map(|key| Field::from_key(key)).collect();
        let conflicts = request.conflicts(&now);
        for field in keys {
            let differs = has(&loaded, field) != has(&now, field);
            let so = in_order(body["user"][field.spec().key].clone()) == has(&now, field);
            // Nothing that somebody else changed is ever written over: then the whole request stays here. What is so already is no harm.
            prop_assert_eq!(conflicts.contains(&field), differs && !so, "{:?}", field);
        }
        if loaded == now {
            prop_assert!(conflicts.is_empty());
        }
    }
}
