//! Drafts become requests: what is sent, what is not, and what stands against it.

use super::*;
use crate::domain::roles::{Role, Roles, Section};

fn catalogue(needs_one: bool) -> Catalogue {
    let role = |key: &str| Role { key: key.into(), label: key.into(), help: String::new(), grave: key == "admin" };
    let section = |key: &str, needs_one| Section {
        key: key.into(),
        label: key.into(),
        roles: vec![role("user"), role("admin")],
        needs_one,
    };
    Catalogue::new(vec![section("management", needs_one), section("training", false)])
}

fn marta() -> Person {
    let texts = [
        (Field::Name, "Marta"),
        (Field::Surname, "López"),
        (Field::Email, "marta.lopez@acme.example"),
        (Field::Language, "es"),
        (Field::Timezone, "Europe/Paris"),
        (Field::MobilePhone, "+34 600 000 000"),
    ];
    Person {
        id: Some("ff808181556ee70e015572136a250012".into()),
        username: "marta.lopez".into(),
        texts: texts.map(|(field, text)| (field, text.to_owned())).into(),
        enabled: Some(true),
        roles: Roles::from([("management".into(), ["user".to_owned()].into())]),
        pairs: vec![],
        has_picture: true,
    }
}

fn draft(subject: Subject, revision: Revision, typed: &[(Field, &str)]) -> Draft {
    let roles = RoleGrid::new(subject.person().map(|person| person.roles.clone()).unwrap_or_default());
    let entries = typed.iter().map(|(field, text)| (*field, Entry::Text((*text).into()))).collect();
    Draft { revision, subject, entries, photo: None, roles }
}

fn update(revision: Revision, typed: &[(Field, &str)]) -> Draft {
    draft(Subject::Known(Box::new(marta())), revision, typed)
}

fn sent(request: &Request) -> Vec<(Field, Reason)> {
    request.lines().iter().map(|line| (line.field, line.reason)).collect()
}

fn stops(draft: &Draft, catalogue: &Catalogue) -> Vec<Field> {
    match draft.check(catalogue) {
        Err(Refusal::Faults(faults)) => faults.into_iter().map(|fault| fault.field).collect(),
        Ok(_) | Err(Refusal::Nothing) => vec![],
    }
}

#[test]
fn an_untouched_update_is_nothing_in_every_revision() {
    for revision in Revision::ALL {
        assert_eq!(update(revision, &[]).check(&catalogue(revision != Revision::Original)), Err(Refusal::Nothing));
    }
}

#[test]
fn only_the_touched_field_goes_out() {
    let request = update(Revision::Original, &[(Field::MobilePhone, "+34 600 111 222"), (Field::Name, "Marta")])
        .check(&catalogue(false))
        .unwrap();
    assert_eq!(sent(&request), [(Field::MobilePhone, Reason::Changed)]);
    assert_eq!(request.lines()[0].old.as_deref(), Some("+34 600 000 000"));
    assert_eq!(request.target(), &Target::Known(UserKey::parse("ff808181556ee70e015572136a250012").unwrap()));
}

#[test]
fn the_latest_revision_echoes_what_it_requires_and_2019_the_management_roles() {
    let typed = [(Field::Location, "A Coruña")];
    let request = update(Revision::Y2023, &typed).check(&catalogue(true)).unwrap();
    let echoed = [Field::Username, Field::Name, Field::Surname, Field::Email, Field::Language, Field::Timezone];
    let mut expected: Vec<_> = echoed.map(|field| (field, Reason::Echoed)).into();
    expected.push((Field::Location, Reason::Changed));
    expected.push((Field::Roles, Reason::Echoed));
    assert_eq!(sent(&request), expected);
    let request = update(Revision::Y2019, &typed).check(&catalogue(true)).unwrap();
    assert_eq!(sent(&request), [(Field::Location, Reason::Changed), (Field::Roles, Reason::Echoed)]);
}

#[test]
fn clearing_is_a_choice_and_emptying_is_a_fault() {
    let catalogue = catalogue(false);
    // Of a place nothing else is asked than that it is not empty.
    let mut placed = marta();
    placed.texts.insert(Field::Location, "Vigo".to_owned());
    let emptied = draft(Subject::Known(Box::new(placed)), Revision::Original, &[(Field::Location, "")]);
    assert_eq!(stops(&emptied, &catalogue), [Field::Location]);
    let mut draft = update(Revision::Original, &[(Field::MobilePhone, "")]);
    draft.entries.insert(Field::MobilePhone, Entry::Cleared);
    let request = draft.check(&catalogue).unwrap();
    assert_eq!(sent(&request), [(Field::MobilePhone, Reason::Cleared)]);
    assert_eq!(request.lines()[0].value, Value::Text(String::new()));
}

#[test]
fn create_says_everything_that_is_missing_at_once() {
    let missing = stops(&draft(Subject::New, Revision::Y2019, &[]), &catalogue(true));
    let required =
        [Field::Username, Field::Password, Field::Name, Field::Surname, Field::Email, Field::Language, Field::Timezone];
    assert_eq!(missing[..7], required);
    assert_eq!(missing[7..], [Field::Roles]);
}

#[test]
fn another_system_may_check_the_password_where_the_revision_knows_of_it() {
    let typed = [(Field::AuthSource, "LDAP")];
    assert!(!stops(&draft(Subject::New, Revision::Y2019, &typed), &catalogue(false)).contains(&Field::Password));
    assert!(
        stops(&draft(Subject::New, Revision::Y2019, &[(Field::AuthSource, "LOCAL")]), &catalogue(false))
            .contains(&Field::Password)
    );
    assert!(stops(&draft(Subject::New, Revision::Original, &typed), &catalogue(false)).contains(&Field::Password));
}

#[test]
fn a_bad_value_stops_and_an_odd_one_warns() {
    let bad = [
        (Field::Email, "marta@"),
        (Field::OfficePhone, "call me"),
        (Field::Language, "Spanish"),
        (Field::Timezone, "+01:00"),
        (Field::Surname, "  "),
    ];
    for (field, text) in bad {
        assert_eq!(stops(&update(Revision::Original, &[(field, text)]), &catalogue(false)), [field], "{text}");
    }
    let draft = update(Revision::Original, &[(Field::Timezone, "Europe/Madrid"), (Field::Name, "Marta ")]);
    let weights: Vec<_> = draft.faults(&catalogue(false)).into_iter().map(|fault| fault.weight).collect();
    assert_eq!(weights, [Weight::Warn, Weight::Warn]);
    assert!(draft.check(&catalogue(false)).is_ok());
}

#[test]
fn what_was_read_is_never_a_fault() {
    let mut person = marta();
    person.texts.insert(Field::Email, "not an address".into());
    let draft = draft(
        Subject::Known(Box::new(person)),
        Revision::Original,
        &[(Field::Email, "not an address"), (Field::Location, "Vigo")],
    );
    assert_eq!(
        draft.check(&catalogue(false)).map(|request| sent(&request)),
        Ok(vec![(Field::Location, Reason::Changed)])
    );
}

#[test]
fn a_blind_update_sends_what_was_typed_and_nothing_else() {
    let key = UserKey::parse("marta.lopez").unwrap();
    let draft = draft(Subject::Blind(key.clone()), Revision::Y2023, &[(Field::Location, "Vigo")]);
    let request = draft.check(&catalogue(true)).unwrap();
    assert_eq!(sent(&request), [(Field::Location, Reason::Changed)]);
    assert_eq!(request.target(), &Target::Known(key));
}

#[test]
fn read_back_compares_what_was_sent() {
    let typed = [
        (Field::Username, "marta.lopez"),
        (Field::Name, "Marta"),
        (Field::Surname, "López"),
        (Field::Email, "marta.lopez@acme.example"),
        (Field::Language, "es"),
        (Field::Timezone, "Europe/Paris"),
    ];
    let mut draft = draft(Subject::New, Revision::Original, &typed);
    draft.entries.insert(Field::Password, Entry::Secret(Secret::new("correct horse".into())));
    let request = draft.check(&catalogue(false)).unwrap();
    assert!(request.made(&marta()));
    let mut other = marta();
    other.texts.insert(Field::Surname, "Lopes".into());
    assert!(!request.made(&other));
}
