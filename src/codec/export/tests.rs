//! What is exported reads back and changes nobody.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::codec::roles::{BUILT_IN, catalogues};
use crate::codec::sheet::{Options, Sheet};
use crate::domain::plan::{Found, Planned, Question};
use crate::domain::row::Supply;

fn roles_of(revision: Revision) -> Catalogues {
    static ALL: LazyLock<[Catalogues; 3]> = LazyLock::new(|| {
        Revision::ALL.map(|revision| catalogues(BUILT_IN, revision).expect("the data of roles is good"))
    });
    ALL[revision as usize].clone()
}

fn marta() -> Person {
    let texts = [(Field::Name, "=Marta"), (Field::OfficePhone, "+34 981"), (Field::MobilePhone, "call me")];
    Person {
        id: Some("ff808181556ee70e015572136a250012".into()),
        username: "marta.lopez".into(),
        texts: texts.map(|(field, text)| (field, text.to_owned())).into(),
        enabled: Some(false),
        roles: [
            ("management".to_owned(), ["pilot".to_owned()].into()),
            ("training".to_owned(), ["trainer".to_owned(), "user".to_owned(), "pilot".to_owned()].into()),
            ("games".to_owned(), ["user".to_owned()].into()),
        ]
        .into(),
        pairs: vec![("NIF".into(), Some("1".into()))],
        has_picture: true,
    }
}

fn file(export: &Export, people: &[Person]) -> Vec<u8> {
    export.header().into_iter().chain(people.iter().flat_map(|person| export.person(person))).collect()
}

/// Reads an export back and plans it for the very people who were exported.
fn planned(bytes: Vec<u8>, people: &[Person], matching: Match, revision: Revision) -> Vec<Planned> {
    let terms =
        Terms { mode: Mode::UpdateOnly, matching, revision, catalogues: roles_of(revision), makes_passwords: false };
    let sheet = Sheet::read(bytes, &Options::default(), &terms).map_err(|faults| faults.to_string());
    let sheet = sheet.expect("an export is a good file");
    assert_eq!(sheet.len(), people.len());
    let plan = |(row, person): (Row, &Person)| {
        let question: Question = terms.questions(&row).expect("it says whom it is about").remove(0);
        terms.plan(&row, Found::One(question, Box::new(person.clone())), Supply::default()).planned
    };
    sheet.rows().zip(people).map(plan).collect()
}

#[test]
fn a_person_is_one_line_and_what_cannot_be_sent_back_is_told_apart() {
    let export = Export::people(Revision::Original, roles_of(Revision::Original), Layout::default());
    let text = String::from_utf8(file(&export, &[marta()])).unwrap();
    assert_eq!(
        text,
        "id,username,name,surname,email,language,timezone,officePhone,mobilePhone,location,interests,aboutMe,enabled,\
         roles.management,roles.training,roles.social,roles.play,(not read back)\r\n\
         ff808181556ee70e015572136a250012,marta.lopez,'=Marta,,,,,'+34 981,,,,,false,none,user|trainer,,,\
         mobilePhone: call me; extendedFields: NIF = 1; roles.games: user; roles.management: pilot; roles.training: pilot\r\n"
    );
    let people = [marta()];
    assert_eq!(planned(text.into(), &people, Match::Id, Revision::Original), [Planned::Unchanged]);
}

#[test]
fn a_spreadsheet_of_spain_gets_its_separator_and_its_mark() {
    let layout = Layout { delimiter: Delimiter::Semicolon, mark: true };
    let export = Export::list(Revision::Y2023, roles_of(Revision::Y2023), layout);
    let head = String::from_utf8(export.header()).unwrap();
    assert!(head.starts_with("\u{feff}id;username;name;surname;email;language;enabled;roles.management;"), "{head}");
    let bytes = [export.header(), export.listed(&Listed::from(&marta()))].concat();
    assert_eq!(planned(bytes, &[marta()], Match::Username, Revision::Y2023), [Planned::Unchanged]);
}

#[test]
fn a_line_that_would_be_too_long_is_made_shorter() {
    let mut person = marta();
    for field in [Field::AboutMe, Field::Interests, Field::Location, Field::Surname, Field::Name] {
        person.texts.insert(field, "\"".repeat(31_000));
    }
    person.texts.insert(Field::Timezone, "x".repeat(300_000));
    let export = Export::people(Revision::Original, roles_of(Revision::Original), Layout::default());
    let line = export.person(&person);
    assert!(line.len() <= ROW && line.len() > ROW / 2, "{}", line.len());
    let people = [person];
    assert_eq!(planned(file(&export, &people), &people, Match::Id, Revision::Original), [Planned::Unchanged]);
}

#[test]
fn a_name_with_a_blank_at_its_end_is_never_taken_for_another() {
    let person = Person { username: " marta".into(), ..marta() };
    let export = Export::people(Revision::Original, roles_of(Revision::Original), Layout::default());
    let text = String::from_utf8(file(&export, std::slice::from_ref(&person))).unwrap();
    assert!(text.contains("012,,'=Marta") && text.contains("username:  marta"), "{text}");
    assert_eq!(planned(text.into(), &[person], Match::Id, Revision::Original), [Planned::Unchanged]);
}

fn any_person() -> impl Strategy<Value = Person> {
    let text = || {
        prop_oneof![
            3 => "[ '=+@a!cler\t\r\n;,\"|ñ.-]{0,10}",
            1 => "\\PC{0,10}",
            1 => Just("!clear".to_owned()),
            1 => Just("marta@acme.example".to_owned()),
            1 => Just(" es ".to_owned()),
            1 => Just("+34 981 000 000".to_owned()),
            1 => "[\\x00-\\x20=+a]{0,5}",
        ]
    };
    let fields: Vec<Field> = FIELDS
        .iter()
        .filter(|spec| is_kept(spec.kind) && !matches!(spec.kind, Kind::Username | Kind::Switch | Kind::Pairs))
        .map(|spec| spec.field)
        .collect();
    let texts = prop::collection::btree_map(prop::sample::select(fields), text(), 0..12);
    let role =
        prop_oneof![Just("user".to_owned()), Just("trainer".to_owned()), Just("admin".to_owned()), "[a,|( ]{1,4}"];
    let section = prop_oneof![Just("management".to_owned()), Just("training".to_owned()), "[a-c.=]{1,3}"];
    let roles = prop::collection::btree_map(section, prop::collection::btree_set(role, 0..4), 0..4);
    let pairs = prop::collection::vec((text(), prop::option::of(text())), 0..3);
    (text(), texts, prop::option::of(any::<bool>()), roles, pairs).prop_map(
        |(username, texts, enabled, roles, pairs)| Person {
            id: None,
            username,
            texts,
            enabled,
            roles,
            pairs,
            has_picture: false,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn everybody_is_unchanged_by_their_own_export(
        mut people in prop::collection::vec(any_person(), 1..4),
        revision in prop::sample::select(Revision::ALL.to_vec()),
        semicolon in any::<bool>(),
        mark in any::<bool>(),
    ) {
        for (index, person) in people.iter_mut().enumerate() {
            person.id = Some(format!("ff80818155{index:022}"));
        }
        let delimiter = if semicolon { Delimiter::Semicolon } else { Delimiter::Tab };
        let layout = Layout { delimiter, mark };
        let export = Export::people(revision, roles_of(revision), layout);
        let bytes = file(&export, &people);
        for planned in planned(bytes, &people, Match::Id, revision) {
            prop_assert_eq!(planned, Planned::Unchanged);
        }
        let export = Export::list(revision, roles_of(revision), layout);
        let lines = people.iter().flat_map(|person| export.listed(&Listed::from(person)));
        let bytes: Vec<u8> = export.header().into_iter().chain(lines).collect();
        for planned in planned(bytes, &people, Match::Id, revision) {
            prop_assert_eq!(planned, Planned::Unchanged);
        }
    }

    #[test]
    fn no_cell_of_an_export_starts_a_formula(person in any_person()) {
        let export = Export::people(Revision::Y2023, roles_of(Revision::Y2023), Layout::default());
        let bytes = file(&export, &[person]);
        for record in csv::Reader::from_reader(&bytes[..]).records() {
            for cell in &record.unwrap() {
                prop_assert!(!cell.starts_with(['\t', '\r', '\n']), "{:?}", cell);
                let first = cell.trim_start().chars().next();
                prop_assert!(!first.is_some_and(|c| "=+-@".contains(c)), "{:?}", cell);
            }
        }
    }
}
