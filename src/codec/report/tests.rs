//! Failed lines feed back as they are.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::codec::digest;
use crate::codec::roles::{BUILT_IN, catalogues};
use crate::codec::sheet::{Format, Options};
use crate::domain::field::Revision;
use crate::domain::outcome::{Cause, PlatformState, Verdict};
use crate::domain::plan::{Match, Mode, Terms};
use crate::domain::untrusted::Untrusted;

fn terms() -> Terms {
    static TERMS: LazyLock<Terms> = LazyLock::new(|| {
        let revision = Revision::Y2023;
        let catalogues = catalogues(BUILT_IN, revision).expect("the data of roles is good");
        Terms { mode: Mode::CreateOrUpdate, matching: Match::Username, revision, catalogues, makes_passwords: false }
    });
    TERMS.clone()
}

fn read(bytes: impl Into<Vec<u8>>, options: &Options) -> Sheet {
    Sheet::read(bytes.into(), options, &terms()).map_err(|faults| faults.to_string()).expect("the file is good")
}

fn whole(sheet: &Sheet, failure: &Failure) -> Vec<u8> {
    let lines = (0..sheet.len()).flat_map(|index| failed(sheet, index, failure));
    header(sheet).into_iter().chain(lines).collect()
}

fn rejected() -> Failure {
    Failure {
        verdict: "rejected".into(),
        reason: "=cmd|' /C calc'!A0\nthe service refused it (400)".into(),
        platforms: "management failed 400".into(),
    }
}

#[test]
fn a_line_comes_out_as_it_was_without_its_password_and_with_what_became_of_it() {
    let text = "Usuario;Contraseña;Teléfono;Line;(nota);roles.training\r\n\
                marta;CANARY;+34 981;7;\"a;\"\"b\"\"\";user,trainer\r\n\
                oliver;;'+34 982;8;=1;!clear2\r\n";
    let text = text.replace("!clear2", "-");
    let sheet = read(text, &Options::default());
    let report = String::from_utf8(whole(&sheet, &rejected())).unwrap();
    let said = "rejected;'=cmd|' /C calc'!A0␊the service refused it (400);management failed 400";
    assert_eq!(
        report,
        format!(
            "Usuario;Contraseña;Teléfono;(nota);roles.training;line;verdict;reason;platforms\r\n\
             marta;;'+34 981;\"a;\"\"b\"\"\";user,trainer;2;{said}\r\n\
             oliver;;'+34 982;'=1;'-;3;{said}\r\n"
        )
    );
    let again = read(report, &Options::default());
    for index in 0..2 {
        assert_eq!(digest::row(&again.row(index)), digest::row(&sheet.row(index)));
    }
}

#[test]
fn a_report_of_a_file_that_was_no_plain_utf_8_has_a_mark_and_reads_back_with_the_same_options() {
    let options = Options { encoding: Some(Encoding::Windows1252), ..Options::default() };
    let sheet = read(b"username;name\r\nn\xfa\xf1ez;\xcd\xf1igo\r\n".to_vec(), &options);
    let report = whole(&sheet, &rejected());
    assert!(report.starts_with(MARK));
    assert_eq!(digest::row(&read(report, &options).row(0)), digest::row(&sheet.row(0)));
}

#[test]
fn json_lines_stay_json_lines() {
    let text = r#"{"user":{"username":"marta","password":"CANARY","roles":{"training":[]}},"line":4,"note":null}"#;
    let text = text.replace(r#","note":null"#, r#","(note)":"x""#);
    let sheet = read(text, &Options { format: Some(Format::JsonLines), ..Options::default() });
    assert_eq!(header(&sheet), b"");
    let report = String::from_utf8(whole(&sheet, &Failure { reason: "no".into(), ..rejected() })).unwrap();
    assert_eq!(
        report,
        concat!(
            r#"{"username":"marta","password":"","roles":{"training":[]},"(note)":"x","line":1,"verdict":"rejected","reason":"no","platforms":"management failed 400"}"#,
            "\n"
        )
    );
    assert_eq!(digest::row(&read(report, &Options::default()).row(0)), digest::row(&sheet.row(0)));
}

#[test]
fn a_report_of_the_service_becomes_words() {
    let mut report = Report::without_reply(Verdict::Partial, Cause::Platforms);
    report.message = Some(Untrusted::new("Mixed\u{1b}"));
    report.platforms.push(PlatformReport {
        name: Untrusted::new("social"),
        state: PlatformState::Failed,
        status: Some(500),
        message: Some(Untrusted::new("USR001")),
        location: None,
    });
    let failure = Failure::from(&report);
    assert_eq!((failure.verdict.as_str(), failure.platforms.as_str()), ("partly done", "social failed 500 (USR001)"));
    assert_eq!(failure.reason, "as the platforms answered: Mixed␛");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn whatever_stood_in_the_cells_the_report_means_the_same_and_starts_no_formula(
        cells in prop::collection::vec("[ '=+@a!cler\t\r\n;,\"|ñ-]{0,8}", 1..6),
        semicolon in any::<bool>(),
    ) {
        let delimiter = if semicolon { crate::codec::sheet::Delimiter::Semicolon } else { crate::codec::sheet::Delimiter::Comma };
        let mut text = crate::codec::table::line(["username", "name", "aboutMe", "(x)"], delimiter);
        for (index, cell) in cells.iter().enumerate() {
            let username = format!("user{index}");
            text.extend(crate::codec::table::line([username.as_str(), "", cell, cell], delimiter));
        }
        let options = Options { delimiter: Some(delimiter), ..Options::default() };
        let Ok(sheet) = Sheet::read(text, &options, &terms()) else { return Ok(()) };
        let report = whole(&sheet, &rejected());
        for record in csv::ReaderBuilder::new().delimiter(delimiter.byte()).from_reader(&report[..]).records() {
            for cell in &record.unwrap() {
                let first = cell.trim_start().chars().next();
                prop_assert!(!first.is_some_and(|c| "=+-@".contains(c)), "{:?}", cell);
            }
        }
        let again = read(report, &options);
        prop_assert_eq!(again.len(), sheet.len());
        for (one, other) in again.rows().zip(sheet.rows()) {
            prop_assert_eq!(digest::row(&one), digest::row(&other));
        }
    }
}
