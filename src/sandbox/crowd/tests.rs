//! The crowd is large, mixed, and the same in every run.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::*;
use crate::domain::fields::Field;

fn crowd() -> Crowd {
    Crowd::read().expect("the names of the sandbox")
}

#[test]
fn no_two_names_of_any_cultures_make_the_same_username() {
    let crowd = crowd();
    let mut seen = BTreeMap::new();
    for culture in &crowd.cultures {
        for given in 0..culture.given.len() {
            for surname in 0..culture.surnames.len() {
                let username = Identity { culture, given, surname, namesake: 0 }.username();
                assert!(username.bytes().all(|c| c.is_ascii_lowercase() || c == b'.'), "{username}");
                assert_eq!(seen.insert(username.clone(), &culture.language), None, "{username}");
            }
        }
    }
    assert!(seen.len() > 8000, "{}", seen.len());
}

#[test]
fn usernames_are_unique_far_beyond_the_first_namesakes() {
    let crowd = crowd();
    let usernames: HashSet<_> = (1..=150_000).map(|number| crowd.username(number)).collect();
    assert_eq!(usernames.len(), 150_000);
    assert!(usernames.iter().any(|username| username.ends_with("10")), "namesakes are numbered");
}

#[test]
fn a_person_is_the_same_whenever_asked_and_has_only_keys_of_the_table() {
    let [one, other] = [crowd(), crowd()];
    for number in (45..100_000).step_by(997) {
        let person = one.person(number);
        assert_eq!(person, other.person(number));
        assert_eq!(person["username"], one.username(number));
        assert!(person.keys().all(|key| Field::from_key(key).is_some()), "{person:?}");
        for key in ["name", "surname", "email", "language", "timezone"] {
            let text = person[key].as_str().unwrap();
            assert!(!text.is_empty() && !text.contains(['=', '#']), "{key}: {text}");
        }
        assert!(person["roles"]["management"].as_array().unwrap().contains(&"user".into()));
    }
}

#[test]
fn a_page_of_people_is_mixed_and_most_of_them_are_enabled() {
    let crowd = crowd();
    let people: Vec<_> = (45..545).map(|number| crowd.person(number)).collect();
    let languages: BTreeSet<_> = people.iter().map(|person| person["language"].as_str().unwrap()).collect();
    assert!(languages.len() >= 20, "{languages:?}");
    let names: BTreeSet<_> = people.iter().map(|person| person["name"].as_str().unwrap()).collect();
    assert!(names.len() > 250, "{}", names.len());
    let numbers = 45..50_045;
    let share = |is: fn(&Map<String, Value>) -> bool| {
        numbers.clone().map(|number| crowd.person(number)).filter(is).count() * 1000 / numbers.len()
    };
    let enabled = share(|person| person["enabled"] == true);
    assert!((915..925).contains(&enabled), "{enabled} per mille");
    let admins = share(|person| person["roles"]["management"].as_array().is_some_and(|roles| roles.len() == 2));
    assert!((5..15).contains(&admins), "{admins} per mille");
}
