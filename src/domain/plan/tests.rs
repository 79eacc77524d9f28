//! Lines become requests, or say why not.

use std::collections::BTreeSet;

use super::*;
use crate::domain::draft::Entry;
use crate::domain::photo::Photo;
use crate::domain::request::{Reason, Target};
use crate::domain::roles::{Role, Roles};

const ID: &str = "ff808181556ee70e015572136a250012";

fn terms(mode: Mode, matching: Match, revision: Revision) -> Terms {
    let role =
        |key: &&str| Role { key: (*key).into(), label: (*key).into(), help: String::new(), grave: *key == "admin" };
    let section = |key: &str, roles: &[&str]| Section {
        key: key.into(),
        label: key.into(),
        roles: roles.iter().map(role).collect(),
        needs_one: key == "management" && revision != Revision::Original,
    };
    let first = vec![section("management", &["user", "admin"]), section("training", &["user", "trainer", "admin"])];
    let mut latest = first.clone();
    latest.push(section("talent", &["employee"]));
    let update = Catalogue::new(if revision == Revision::Y2023 { latest } else { first.clone() });
    let catalogues = Catalogues { create: Catalogue::new(first), update };
    Terms { mode, matching, revision, catalogues, makes_passwords: false }
}

fn both(revision: Revision) -> Terms {
    terms(Mode::CreateOrUpdate, Match::Username, revision)
}

fn row(texts: &[(Field, &str)]) -> Row {
    let entries = texts.iter().map(|(field, text)| (*field, Entry::Text((*text).to_owned()))).collect();
    Row { line: 7, entries, ..Row::default() }
}

fn roles(pairs: &[(&str, &[&str])]) -> Roles {
    pairs.iter().map(|(key, roles)| ((*key).into(), roles.iter().map(|role| (*role).into()).collect())).collect()
}

fn marta() -> Person {
    let texts = [
        (Field::Name, "Marta"),
        (Field::Surname, "López"),
        (Field::Email, "marta.lopez@acme.example"),
        (Field::Language, "es"),
        (Field::Timezone, "Europe/Paris"),
    ];
    Person {
        id: Some(ID.into()),
        username: "marta.lopez".into(),
        texts: texts.map(|(field, text)| (field, text.to_owned())).into(),
        enabled: Some(true),
        roles: roles(&[("management", &["user"]), ("training", &["user", "admin", "pilot"])]),
        ..Person::default()
    }
}

fn by_username(person: Person) -> Found {
    let key = UserKey::parse(&person.username).expect("the username is good");
    Found::One(Question::Username(key), Box::new(person))
}

fn newcomer() -> Row {
    let mut row = row(&[
        (Field::Username, "nora.vila"),
        (Field::Name, "Nora"),
        (Field::Surname, "Vila "),
        (Field::Email, "nora@acme.example"),
        (Field::Language, "es"),
        (Field::Timezone, "Europe/Paris"),
    ]);
    row.entries.insert(Field::Password, Entry::Secret(Secret::new("correct-horse".into())));
    row.roles = roles(&[("management", &["user"])]);
    row
}

fn error(step: &Step) -> &str {
    match &step.planned {
        Planned::Error(words) => words,
        Planned::Create(_) | Planned::Update(_) | Planned::Unchanged => "",
    }
}

#[test]
fn somebody_new_is_created_with_everything_that_the_line_says() {
    let step = both(Revision::Y2019).plan(&newcomer(), Found::Nobody, Supply::default());
    let request = step.request().unwrap();
    assert!(matches!(step.planned, Planned::Create(_)) && step.remarks.is_empty(), "{step:?}");
    assert_eq!((request.target(), request.username()), (&Target::New, "nora.vila"));
    let columns: Vec<String> = diffs(request).iter().map(|diff| diff.column.to_string()).collect();
    let wanted = ["username", "password", "name", "surname", "email", "language", "timezone", "roles.management"];
    assert_eq!(columns, wanted);
    assert!(diffs(request).iter().all(|diff| diff.old.is_none() && diff.new.as_deref() != Some("correct-horse")));
}

#[test]
fn only_what_differs_is_sent_and_shown_with_what_was_there() {
    let mut row = row(&[(Field::Username, "marta.lopez"), (Field::Name, "Marta"), (Field::Location, " Vigo ")]);
    row.entries.insert(Field::Enabled, Entry::Switch(false));
    row.roles = roles(&[("training", &["user", "trainer"])]);
    let step = both(Revision::Original).plan(&row, by_username(marta()), Supply::default());
    let request = step.request().unwrap();
    let diff = |column: &str, old: Option<&str>, new: &str| (column.to_owned(), old.map(str::to_owned), new.to_owned());
    let shown: Vec<_> = diffs(request)
        .into_iter()
        .map(|diff| (diff.column.to_string(), diff.old, diff.new.unwrap_or_default()))
        .collect();
    assert_eq!(
        shown,
        [
            diff("location", None, "Vigo"),
            diff("enabled", Some("yes"), "no"),
            diff("roles.training", Some("admin, pilot, user"), "user, trainer, pilot"),
        ]
    );
    assert_eq!(
        harm(request),
        Harm { disabled: true, administrator_lost: true, roles_lost: 1, renamed: false },
        "a role that the catalogue does not know is kept"
    );
}

#[test]
fn a_person_who_is_so_already_is_unchanged_even_where_the_revision_finds_fault_with_them() {
    let mut odd = marta();
    odd.texts.insert(Field::OfficePhone, "call me".into());
    odd.texts.remove(&Field::Timezone);
    odd.roles = Roles::new();
    let row = row(&[(Field::Username, "marta.lopez "), (Field::OfficePhone, "call me")]);
    for revision in Revision::ALL {
        let step = both(revision).plan(&row, by_username(odd.clone()), Supply::default());
        assert_eq!(step.planned, Planned::Unchanged, "{revision:?}");
    }
}

#[test]
fn what_the_revision_wants_sent_back_is_no_change() {
    let row = row(&[(Field::Username, "marta.lopez"), (Field::Location, "Vigo")]);
    let step = both(Revision::Y2023).plan(&row, by_username(marta()), Supply::default());
    let request = step.request().unwrap();
    assert!(request.lines().len() > 5, "the latest revision wants more than the change");
    let columns: Vec<String> = diffs(request).iter().map(|diff| diff.column.to_string()).collect();
    assert_eq!(columns, ["location"]);
    assert_eq!(harm(request), Harm::default());
}

#[test]
fn a_mode_is_kept() {
    let plan =
        |mode, found| terms(mode, Match::Username, Revision::Original).plan(&newcomer(), found, Supply::default());
    let nora = Person { username: "nora.vila".into(), ..marta() };
    assert!(error(&plan(Mode::CreateOnly, by_username(nora.clone()))).contains("is there already"));
    assert!(error(&plan(Mode::UpdateOnly, Found::Nobody)).contains("nobody has this username"));
    assert!(matches!(plan(Mode::UpdateOnly, by_username(nora)).planned, Planned::Update(_)));
    assert!(matches!(plan(Mode::CreateOnly, Found::Nobody).planned, Planned::Create(_)));
    for mode in Mode::ALL {
        assert!(error(&plan(mode, Found::Unread("no answer".into()))).contains("no answer"), "{mode:?}");
        assert!(error(&plan(mode, Found::Several(2))).contains("2 people"), "{mode:?}");
    }
}

#[test]
fn somebody_else_is_never_changed() {
    let terms = both(Revision::Y2023);
    let row = row(&[(Field::Username, "marta.lopez"), (Field::Location, "Vigo")]);
    let asked = || Question::Username(UserKey::parse("marta.lopez").unwrap());
    let answer = |username: &str| {
        let person = Person { username: username.into(), ..marta() };
        terms.plan(&row, Found::One(asked(), Box::new(person)), Supply::default())
    };
    assert!(error(&answer("Marta.Lopez")).contains("written Marta.Lopez"));
    assert!(error(&answer("oliver")).contains("somebody else, oliver"));
    assert!(matches!(answer("marta.lopez").planned, Planned::Update(_)));
}

#[test]
fn an_id_that_stands_in_the_line_has_to_be_the_persons() {
    let mut row = row(&[(Field::Username, "marta.lopez"), (Field::Location, "Vigo")]);
    row.id = Some(ID.replace('f', "e"));
    let step = both(Revision::Original).plan(&row, by_username(marta()), Supply::default());
    assert!(error(&step).contains("the id is another one"), "{step:?}");
}

#[test]
fn a_username_that_is_taken_stops_a_create_by_another_key() {
    for matching in [Match::Id, Match::Email] {
        let terms = terms(Mode::CreateOrUpdate, matching, Revision::Original);
        let found = by_username(Person { username: "nora.vila".into(), ..marta() });
        let step = terms.plan(&newcomer(), found, Supply::default());
        assert!(error(&step).contains("has this username already"), "{step:?}");
    }
}

#[test]
fn found_by_id_a_person_is_renamed_only_where_the_revision_can() {
    let mut row = row(&[(Field::Username, "marta.gil")]);
    row.id = Some(ID.to_uppercase());
    let found = || Found::One(Question::Id(UserKey::parse(ID).unwrap()), Box::new(marta()));
    let plan = |revision| terms(Mode::UpdateOnly, Match::Id, revision).plan(&row, found(), Supply::default());
    assert!(error(&plan(Revision::Original)).contains("cannot change it"));
    let step = plan(Revision::Y2023);
    assert!(harm(step.request().unwrap()).renamed, "{step:?}");
}

#[test]
fn the_questions_of_a_line_find_the_person_and_then_whoever_has_the_username() {
    let asked = |mode, matching, row: &Row| {
        let questions = terms(mode, matching, Revision::Original).questions(row);
        questions.map(|all| all.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>().join(" "))
    };
    let mut row = newcomer();
    row.id = Some(ID.into());
    let id = format!("Id(UserKey(\"{ID}\"))");
    let username = "Username(UserKey(\"nora.vila\"))";
    let email = "Email(\"nora@acme.example\")";
    assert_eq!(asked(Mode::CreateOrUpdate, Match::Username, &row).unwrap(), username);
    assert_eq!(asked(Mode::CreateOrUpdate, Match::Id, &row).unwrap(), format!("{id} {username}"));
    assert_eq!(asked(Mode::UpdateOnly, Match::Id, &row).unwrap(), id);
    assert_eq!(asked(Mode::CreateOrUpdate, Match::Email, &row).unwrap(), format!("{email} {username}"));
    row.id = None;
    row.entries.remove(&Field::Email);
    row.entries.insert(Field::Username, Entry::Text("a/b".into()));
    assert_eq!(asked(Mode::UpdateOnly, Match::Id, &row).unwrap_err().column, Column::Id);
    assert_eq!(asked(Mode::UpdateOnly, Match::Email, &row).unwrap_err().column, Column::Field(Field::Email));
    assert_eq!(asked(Mode::CreateOnly, Match::Username, &row).unwrap_err().column, Column::Field(Field::Username));
}

#[test]
fn what_an_operation_does_not_take_is_said() {
    let terms = both(Revision::Y2023);
    let mut row = newcomer();
    row.entries.insert(Field::ExternalId, Entry::Text("4711".into()));
    row.roles.insert("talent".into(), BTreeSet::from(["employee".to_owned()]));
    let step = terms.plan(&row, Found::Nobody, Supply::default());
    assert!(matches!(step.planned, Planned::Create(_)));
    let all = step.remarks.join("\n");
    assert!(all.contains("External id is not sent") && all.contains("role of talent"), "{all}");
    let step = terms.plan(&row, by_username(Person { username: "nora.vila".into(), ..marta() }), Supply::default());
    assert!(matches!(step.planned, Planned::Update(_)));
    assert_eq!(step.remarks, ["the password stays as it is: an update does not set it"]);
}

#[test]
fn a_check_names_every_fault_that_does_not_depend_on_the_person() {
    let mut bad = row(&[
        (Field::Username, "a/b"),
        (Field::Email, "marta@"),
        (Field::OfficePhone, "call me"),
        (Field::ExternalId, "a\\b"),
    ]);
    bad.roles = roles(&[("training", &["pilot"]), ("games", &["user"])]);
    bad.image = Some(ImageSource::Url("http://localhost/x".into()));
    let columns = |terms: &Terms, row: &Row| -> Vec<String> {
        terms.check(row).iter().map(|fault| fault.column.to_string()).collect()
    };
    let found = columns(&both(Revision::Y2023), &bad);
    let wanted = ["username", "roles.games", "roles.training", "email", "officePhone", "image", "externalId"];
    assert_eq!(found, wanted);
    let create = terms(Mode::CreateOnly, Match::Username, Revision::Original);
    let missing = columns(&create, &row(&[(Field::Username, "marta")]));
    assert_eq!(missing, ["password", "name", "surname", "email", "language", "timezone"]);
    let made = Terms { makes_passwords: true, ..create };
    assert_eq!(columns(&made, &newcomer()), Vec::<String>::new());
    assert!(!columns(&made, &row(&[(Field::Username, "marta")])).contains(&"password".to_owned()));
    let update = terms(Mode::UpdateOnly, Match::Username, Revision::Y2023);
    assert_eq!(columns(&update, &row(&[(Field::Username, "marta")])), Vec::<String>::new());
}

#[test]
fn a_picture_that_nobody_read_is_an_error_and_one_that_was_is_always_a_change() {
    let mut row = row(&[(Field::Username, "marta.lopez")]);
    row.image = Some(ImageSource::File("fotos/m.png".into()));
    let terms = both(Revision::Original);
    assert!(error(&terms.plan(&row, by_username(marta()), Supply::default())).contains("fotos/m.png"));
    let supply = Supply { photo: Some(Photo::Url("https://acme.example/m.png".into())), password: None };
    let step = terms.plan(&row, by_username(marta()), supply);
    let lines = step.request().unwrap().lines();
    assert_eq!((lines.len(), lines[0].reason), (1, Reason::Changed));
}

#[test]
fn harm_is_counted_once_a_person_and_stops_a_plan() {
    let terms = both(Revision::Original);
    let mut row = row(&[(Field::Username, "marta.lopez")]);
    row.entries.insert(Field::Enabled, Entry::Switch(false));
    row.roles = roles(&[("training", &[])]);
    let mut tally = Tally::default();
    for _ in 0..3 {
        tally.add(&terms.plan(&row, by_username(marta()), Supply::default()));
    }
    tally.add(&terms.plan(&newcomer(), Found::Nobody, Supply::default()));
    tally.add(&terms.plan(&newcomer(), Found::Several(3), Supply::default()));
    let wanted = Tally {
        create: 1,
        update: 3,
        error: 1,
        disabled: 3,
        administrator_lost: 3,
        role_lost: 3,
        harmed: 3,
        ..Tally::default()
    };
    assert_eq!(tally, wanted);
    assert_eq!((tally.lines(), tally.requests()), (5, 4));
    assert!(tally.forbidden(2).is_some_and(|words| words.contains("max_harm")));
    assert_eq!(tally.forbidden(3), None);
}
