//! Plans are written, read back, and found out when somebody touched them.

use std::sync::Arc;

use super::*;
use crate::codec::roles::{BUILT_IN, catalogues};
use crate::codec::sheet::{Options, Sheet};
use crate::domain::fields::Field;
use crate::domain::key::UserKey;
use crate::domain::person::Person;
use crate::domain::photo::{MediaType, Picture, Thumb};
use crate::domain::plan::{Found, Question, Terms};
use crate::domain::row::Supply;

const FILE: &str = "username,password,name,surname,email,language,timezone,location,roles.training,image\n\
                    marta,CANARY,,,,,,Vigo,none,\n\
                    nora,CANARY,Nora,Vila,nora@acme.example,es,Europe/Paris,,user,\n\
                    oliver,,,,,,,,,\n\
                    zoe,,,,,,,,,fotos/zoe.png\n";

fn terms() -> Terms {
    let revision = Revision::Original;
    let catalogues = catalogues(BUILT_IN, revision).expect("the data of roles is good");
    Terms { mode: Mode::CreateOrUpdate, matching: Match::Username, revision, catalogues, makes_passwords: false }
}

fn sheet() -> Sheet {
    Sheet::read(FILE.into(), &Options::default(), &terms()).expect("the file is good")
}

fn person(username: &str, location: &str) -> Person {
    Person {
        id: Some(format!("id-{username}")),
        username: username.into(),
        texts: [(Field::Location, location.to_owned())].into(),
        roles: [("training".to_owned(), ["admin".to_owned()].into())].into(),
        ..Person::default()
    }
}

fn picture(bytes: &[u8]) -> Photo {
    Photo::Picture(Picture {
        name: "zoe.png".into(),
        bytes: Arc::from(bytes),
        media_type: MediaType::Png,
        width: 1,
        height: 1,
        notes: vec![],
        thumb: Thumb::default(),
    })
}

/// Plans the file for a tenant where Marta is at a place and everybody else but Nora is somewhere.
fn steps(location: &str, pixels: &[u8]) -> Vec<Record> {
    let step = |row: crate::domain::row::Row| {
        let username = row.text(Field::Username).to_owned();
        let question = Question::Username(UserKey::parse(&username).expect("the username is good"));
        let found = match username.as_str() {
            "nora" => Found::Nobody,
            "marta" => Found::One(question, Box::new(person("marta", location))),
            _ => Found::One(question, Box::new(person(&username, "Lugo"))),
        };
        let supply = Supply { photo: (username == "zoe").then(|| picture(pixels)), password: None };
        Record::new(&terms().plan(&row, found, supply), digest::row(&row))
    };
    sheet().rows().map(step).collect()
}

fn written(records: &[Record]) -> (String, Digest) {
    let header = Header::new(
        "acme",
        "https://acme.example/",
        Revision::Original,
        Mode::CreateOrUpdate,
        Match::Username,
        sheet().digest(),
    );
    let (mut writer, mut text) = Writer::new(&header);
    let mut tally = Tally { administrator_lost: 1, harmed: 1, role_lost: 1, remarked: 1, ..Tally::default() };
    for record in records {
        text += &writer.record(record);
        match record.action {
            Action::Create => tally.create += 1,
            Action::Update => tally.update += 1,
            Action::Unchanged => tally.unchanged += 1,
            Action::Error => tally.error += 1,
        }
    }
    let (seal, hash) = writer.seal(&tally);
    (text + &seal, hash)
}

fn fault(text: &str) -> PlanFault {
    PlanFile::read(text.into()).expect_err("the plan was touched")
}

#[test]
fn a_plan_reads_back_as_it_was_written_and_without_a_password() {
    let records = steps("Lugo", b"png");
    let (text, hash) = written(&records);
    assert!(!text.contains("CANARY"), "{text}");
    let plan = PlanFile::read(text.into()).unwrap();
    assert_eq!((plan.hash(), plan.len(), plan.is_empty()), (hash, 4, false));
    assert_eq!(plan.records().collect::<Vec<_>>(), records);
    assert_eq!(plan.record(4), None);
    assert_eq!((plan.tally().create, plan.tally().update, plan.tally().unchanged), (1, 2, 1));
    assert_eq!(plan.tally().harmed, 1);
    let header = plan.header();
    assert_eq!(
        (header.mode(), header.matching(), header.revision()),
        (Mode::CreateOrUpdate, Match::Username, Revision::Original)
    );
}

#[test]
fn a_plan_is_read_line_by_line_and_its_end_is_known_at_its_end() {
    let records = steps("Lugo", b"png");
    let (text, hash) = written(&records);
    let mut reader = Reader::new(text.as_bytes()).unwrap();
    assert_eq!(reader.header().tenant, "acme");
    assert_eq!(reader.end(), None);
    assert_eq!(reader.by_ref().collect::<Result<Vec<_>, _>>(), Ok(records));
    assert_eq!(reader.end().map(|(tally, hash)| (tally.update, hash)), Some((2, hash)));
    assert!(reader.next().is_none());
    let edited = text.replace("Vigo", "Lugo");
    let mut reader = Reader::new(edited.as_bytes()).unwrap();
    assert_eq!(reader.by_ref().filter(Result::is_err).count(), 1);
    assert_eq!(reader.end(), None);
    let long = format!("{}{}", &text[..=text.find('\n').unwrap()], " ".repeat(5 << 20));
    assert_eq!(fault(&long).words, "is longer than any line of a plan");
}

#[test]
fn the_format_is_this_one() {
    let (text, _) = written(&steps("Lugo", b"png"));
    let lines: Vec<&str> = text.lines().collect();
    let source = sheet().digest();
    assert_eq!(
        lines[0],
        format!(
            r#"{{"plan":1,"tenant":"acme","baseUrl":"https://acme.example/","revision":"original","mode":"create-or-update","matching":"username","source":"{source}"}}"#
        )
    );
    let row = digest::row(&sheet().row(0));
    assert_eq!(
        lines[1],
        format!(
            r#"{{"line":2,"action":"update","username":"marta","key":"id-marta","row":"{row}","changes":[{{"field":"location","old":"Lugo","new":"Vigo"}},{{"field":"roles.training","old":"admin"}}],"remarks":["the password stays as it is: an update does not set it"]}}"#
        )
    );
    assert!(lines[2].contains(r#"{"field":"password","new":"set, not shown"}"#), "{}", lines[2]);
    assert!(lines[4].contains(r#"{"field":"image","new":"zoe.png image/png sha256 "#), "{}", lines[4]);
    assert!(lines[5].starts_with(r#"{"counts":{"create":1,"update":2,"unchanged":1,"error":0,"#), "{}", lines[5]);
}

#[test]
fn the_same_plan_has_the_same_hash_and_another_has_another() {
    let hash = |location, pixels: &[u8]| written(&steps(location, pixels)).1;
    assert_eq!(hash("Lugo", b"png"), hash("Lugo", b"png"));
    assert_ne!(hash("Lugo", b"png"), hash("Pontevedra", b"png"), "somebody changed a person");
    assert_ne!(hash("Lugo", b"png"), hash("Lugo", b"gif"), "somebody changed a picture");
}

#[test]
fn what_changed_since_the_plan_is_said() {
    let planned = steps("Lugo", b"png");
    let now = steps("Ourense", b"png");
    assert_eq!(planned[1].differs(&now[1]), None);
    assert_eq!(
        planned[0].differs(&now[0]).as_deref(),
        Some(r#"location: the plan says "Lugo" -> "Vigo", and now it would be "Ourense" -> "Vigo""#)
    );
    let gone = &steps("Vigo", b"gif")[0];
    assert_eq!(
        planned[0].differs(gone).as_deref(),
        Some(r#"location: the plan says "Lugo" -> "Vigo", and now it would be no change"#)
    );
    let changed = |change: fn(&mut Record)| {
        let mut record = planned[0].clone();
        change(&mut record);
        planned[0].differs(&record).unwrap_or_default()
    };
    assert!(changed(|record| record.row = digest::of("x", b"")).contains("the line was changed"));
    assert!(changed(|record| record.key = Some("id-other".into())).contains("somebody else"));
    assert!(
        changed(|record| record.action = Action::Create).contains("the plan says update, and now it would be create")
    );
    let header = |tenant, source| Header::new(tenant, "u", Revision::Original, Mode::UpdateOnly, Match::Id, source);
    let (one, two) = (digest::of("x", b"1"), digest::of("x", b"2"));
    assert_eq!(header("acme", one).differs(&header("acme", one)), None);
    assert!(header("acme", one).differs(&header("demo", one)).is_some_and(|words| words.contains("the tenant acme")));
    assert!(header("acme", one).differs(&header("acme", two)).is_some_and(|words| words.contains("file of people")));
}

#[test]
fn every_touch_is_found() {
    let (text, _) = written(&steps("Lugo", b"png"));
    let lines: Vec<&str> = text.lines().collect();
    let without = |left: usize| {
        let kept = lines.iter().enumerate().filter(|(index, _)| *index != left);
        kept.flat_map(|(_, line)| [*line, "\n"]).collect::<String>()
    };
    assert_eq!(fault("").words, "is empty");
    assert_eq!(fault(&without(0)).words, "is no plan");
    assert_eq!(fault(&without(2)).words, "counts other lines than there are: lines were left out or added");
    assert_eq!(fault(&without(5)), PlanFault { line: 6, words: "is missing: the plan was cut off".into() });
    assert_eq!(fault(&text.replace("Vigo", "Lugo")).words, "the hash is another one: the plan was edited");
    assert_eq!(
        fault(&text.replace("acme.example", "evil.example")).words,
        "the hash is another one: the plan was edited"
    );
    assert_eq!(
        fault(&text.replace(r#""harmed":1"#, r#""harmed":0"#)).words,
        "the hash is another one: the plan was edited"
    );
    assert_eq!(fault(&text.replace(r#","action""#, r#", "action""#)).words, "is not as it was written: it was edited");
    assert_eq!(
        fault(&text.replace(r#""line":2,"#, r#""line":9,"#)).words,
        "does not stand in the order of the file of people"
    );
    assert_eq!(fault(&text.replace(r#""line":2,"#, r#""line":2,"x":1,"#)).line, 2);
    assert_eq!(
        fault(&text.replace(r#""plan":1"#, r#""plan":2"#)).words,
        "is a plan of version 2, and this program reads version 1"
    );
    assert_eq!(
        fault(&text.replace("create-or-update", "everything")).words,
        "has a revision, a mode or a match that is not known"
    );
    assert_eq!(fault(&(text.clone() + "{}\n")).words, "stands after the end of the plan");
    assert_eq!(PlanFile::read(b"\xff".to_vec()).unwrap_err(), PlanFault { line: 1, words: "is not UTF-8".into() });
    let swapped = [lines[0], lines[2], lines[1], lines[3], lines[4], lines[5]].join("\n");
    assert_eq!(fault(&swapped).words, "does not stand in the order of the file of people");
}

#[test]
fn no_byte_of_a_plan_can_be_another() {
    let (text, _) = written(&steps("Lugo", b"png"));
    for at in 0..text.len() - 1 {
        for flip in [1_u8, 2, 32] {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= flip;
            assert!(PlanFile::read(bytes).is_err(), "byte {at} of {:?}", &text[at.saturating_sub(20)..at]);
        }
        assert!(PlanFile::read(text.as_bytes()[..at].to_vec()).is_err(), "cut at {at}");
    }
}
