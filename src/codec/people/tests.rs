//! What is written is read again, and whatever else is read is refused.

use proptest::prelude::*;

use super::*;
use crate::domain::listed::{LocalCopy, Pool};
use crate::domain::person::Person;

const ACME: Source<'static> = Source { tenant: "acme", base_url: "https://acme.example/integration/ws" };

fn person(id: Option<&str>, username: &str) -> Listed {
    let mut pool = Pool::default();
    Listed {
        id: id.map(Box::from),
        roles: pool.roles(&[("training".to_owned(), ["user".to_owned()].into())].into()),
        enabled: Some(true),
        ..pool.listed(&Person { username: username.to_owned(), ..Person::default() })
    }
}

fn decode(bytes: &[u8], source: Source<'_>) -> Result<LocalCopy, CopyFault> {
    let people = open(bytes, source)?;
    let Kept { read_at, progress } = people.kept;
    Ok(LocalCopy { read_at, progress, people: people.collect::<Result<_, _>>()? })
}

fn sealed(body: &[u8]) -> Vec<u8> {
    [MAGIC, &VERSION.to_le_bytes()[..], &checksum(body).to_le_bytes(), body].concat()
}

#[test]
fn a_copy_that_cannot_be_used_says_why() {
    let whole = encode(ACME, 7, Progress::UpTo(500), &[person(None, "a"), person(Some("x"), "b")]);
    assert_eq!(decode(b"", ACME), Err(CopyFault::NotOurs));
    assert_eq!(decode(b"<html>", ACME), Err(CopyFault::NotOurs));
    for end in MAGIC.len()..whole.len() {
        assert_eq!(decode(&whole[..end], ACME), Err(CopyFault::Damaged), "{end}");
    }
    for place in HEAD..whole.len() {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        assert_eq!(decode(&changed, ACME), Err(CopyFault::Damaged), "{place}");
    }
    let mut newer = whole.clone();
    newer[8] = 2;
    assert_eq!(decode(&newer, ACME), Err(CopyFault::Version(2)));
    let others = [Source { tenant: "other", ..ACME }, Source { base_url: "https://other.example", ..ACME }];
    for other in others {
        assert_eq!(decode(&whole, other), Err(CopyFault::Elsewhere));
    }
}

#[test]
fn numbers_that_promise_more_than_there_is_take_no_memory() {
    let mut body = encode::<Listed>(ACME, 7, Progress::Complete, [])[HEAD..].to_vec();
    body.truncate(body.len() - 3);
    body.extend_from_slice(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
    assert_eq!(decode(&sealed(&body), ACME), Err(CopyFault::Damaged));
}

#[test]
fn people_after_the_last_one_are_a_fault_and_so_is_one_too_few() {
    let mut body = encode(ACME, 7, Progress::Complete, [person(None, "a")])[HEAD..].to_vec();
    body.push(0);
    let all: Vec<_> = open(&sealed(&body), ACME).unwrap().map(|person| person.is_ok()).collect();
    assert_eq!(all, [true, false]);
    body.truncate(body.len() - 2);
    let all: Vec<_> = open(&sealed(&body), ACME).unwrap().map(|person| person.is_ok()).collect();
    assert_eq!(all, [false]);
}

#[test]
fn a_hundred_thousand_people_fit() {
    let people: Vec<_> = (0..100_000_u32)
        .map(|number| Listed {
            name: "Bartholomew".into(),
            surname: "Fernández García".into(),
            email: format!("bartholomew.fernandez.{number}@acme.example").into(),
            ..person(Some(&format!("ff808181556ee70e{number:016x}")), &format!("bartholomew.fernandez.{number}"))
        })
        .collect();
    let bytes = encode(ACME, 1, Progress::Complete, &people);
    assert!(bytes.len() < 15_000_000, "{}", bytes.len());
    let copy = decode(&bytes, ACME).unwrap();
    assert!(Arc::ptr_eq(&copy.people[0].roles, &copy.people[99_999].roles));
    assert_eq!(copy.people, people);
}

fn any_listed() -> impl Strategy<Value = Listed> {
    let id = proptest::option::of("[0-9a-f]{32}|[0-9A-F]{32}|\\PC{0,40}");
    let roles = proptest::collection::btree_map("[a-c]{0,2}", proptest::collection::btree_set("\\PC{0,3}", 0..3), 0..3);
    let texts = ("\\PC{0,8}", "\\PC{0,8}", "\\PC{0,8}", ".{0,200}", "[a-z]{0,2}");
    (id, texts, any::<Option<bool>>(), roles).prop_map(|(id, texts, enabled, roles)| Listed {
        id: id.map(Into::into),
        username: texts.0.into(),
        name: texts.1.into(),
        surname: texts.2.into(),
        email: texts.3.into(),
        language: texts.4.into(),
        enabled,
        roles: Arc::new(roles),
    })
}

proptest! {
    #[test]
    fn what_is_kept_comes_back_as_it_was(
        people in proptest::collection::vec(any_listed(), 0..20), read_at: i64, next: Option<u32>,
        tenant in "\\PC{0,10}", base_url in "\\PC{0,10}",
    ) {
        let source = Source { tenant: &tenant, base_url: &base_url };
        let progress = next.map_or(Progress::Complete, Progress::UpTo);
        let copy = decode(&encode(source, read_at, progress, &people), source).unwrap();
        prop_assert_eq!(copy, LocalCopy { read_at, progress, people });
    }

    #[test]
    fn garbage_under_a_right_checksum_is_refused_without_a_crash(
        people in proptest::collection::vec(any_listed(), 0..4), place: usize, garbage in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut body = encode(ACME, 7, Progress::Complete, &people)[HEAD..].to_vec();
        let from = place % (body.len() + 1);
        let to = (from + garbage.len()).min(body.len());
        body.splice(from..to, garbage);
        let _ = decode(&sealed(&body), ACME);
    }

    #[test]
    fn garbage_is_refused_without_a_crash(garbage in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&garbage, ACME);
        let _ = decode(&sealed(&garbage), ACME);
    }
}
