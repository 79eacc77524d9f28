//! Files become lines, or are refused with every fault and its place.

use super::*;
use crate::codec::roles::{BUILT_IN, catalogues};
use crate::domain::draft::Entry;
use crate::domain::field::Revision;
use crate::domain::plan::{Match, Mode};
use crate::domain::row::ImageSource;

fn terms(mode: Mode, matching: Match, revision: Revision) -> Terms {
    let catalogues = catalogues(BUILT_IN, revision).expect("the data of roles is good");
    Terms { mode, matching, revision, catalogues, makes_passwords: false }
}

fn update() -> Terms {
    terms(Mode::UpdateOnly, Match::Username, Revision::Original)
}

fn read(text: &str, terms: &Terms) -> Result<Sheet, Faults> {
    Sheet::read(text.into(), &Options::default(), terms)
}

fn good(text: &str) -> Sheet {
    read(text, &update()).map_err(|faults| faults.to_string()).expect("the file is good")
}

fn told(text: &str, terms: &Terms) -> Vec<String> {
    let faults = read(text, terms).expect_err("the file is bad");
    assert_eq!(faults.stops.len(), faults.stops_total);
    faults.stops.iter().map(ToString::to_string).collect()
}

#[test]
fn an_empty_cell_says_nothing_and_a_word_empties() {
    let sheet =
        good("username,officePhone,location,enabled,roles.training\nmarta,'+34 981,,,\noliver,!clear,Vigo,no,none\n");
    assert_eq!((sheet.len(), sheet.line(1), sheet.find(3), sheet.find(1)), (2, 3, Some(1), None));
    let rows: Vec<Row> = sheet.rows().collect();
    assert_eq!(rows[0].entries.len(), 2);
    assert!(rows[0].entries[&Field::OfficePhone] == Entry::Text("+34 981".into()));
    assert!(rows[1].entries[&Field::OfficePhone] == Entry::Cleared);
    assert!(rows[1].entries[&Field::Enabled] == Entry::Switch(false));
    assert!(rows[1].roles["training"].is_empty() && rows[0].roles.is_empty());
    assert_eq!(sheet.row(99), Row::default());
}

#[test]
fn every_fault_is_told_with_line_and_column() {
    let text = "Usuario;E-mail;Teléfono;roles.training;shoe;name\r\n\
                marta;marta@;call me;user;1;\"a\r\nb\"\r\n\
                \r\n\
                Marta;m@acme.example;+34 981;pilot;2;!clear\r\n\
                oliver;o@acme.example;+34 981;user\r\n\
                a/b;;;user,user;;\r\n";
    assert_eq!(
        told(text, &update()),
        [
            "line 1, column 5 (shoe): is no field; say which it is with a mapping, or leave the column out with the mapping -",
            "line 2, column 2 (E-mail): is not an address such as name@acme.example",
            "line 2, column 3 (Teléfono): is not a number such as +34 981 000 000",
            "line 5, column 6 (name): cannot be emptied: a person needs a value here",
            "line 5, column 4 (roles.training): has no role pilot; there are user, trainer, admin",
            "line 5, column 1 (Usuario): \"Marta\" stands in line 2 already",
            "line 6: has 4 cells, and the header has 6",
            "line 7, column 4 (roles.training): has the role \"user\" twice",
            "line 7, column 1 (Usuario): / cannot stand in a username",
        ]
    );
}

#[test]
fn a_fault_in_a_long_line_names_the_line_on_which_its_cell_begins() {
    let text = "aboutMe,username,officePhone\n\"one\ntwo\nthree\",marta,\"call\nme\"\n";
    assert_eq!(told(text, &update()), ["line 4, column 3 (officePhone): is not a number such as +34 981 000 000"]);
}

#[test]
fn a_column_that_stands_twice_has_no_name_or_is_not_there_is_told_once() {
    assert_eq!(
        told("username,name,Nombre,\nmarta,a,b,\noliver,a,b,c\n", &update()),
        [
            "line 1, column 3 (Nombre): says the same as column 2 (name)",
            "line 3, column 4: has a value, and the column has no name",
        ]
    );
    assert_eq!(told("name\nMarta\nOliver\n", &update()), ["line 1: has no column username, and every line needs it"]);
    let create = terms(Mode::CreateOnly, Match::Username, Revision::Y2019);
    let missing = ["password", "surname", "email", "language", "timezone", "roles.management"];
    assert_eq!(
        told("username,name\nmarta,Marta\noliver,Oliver\n", &create),
        missing.map(|column| format!("line 1: has no column {column}, and every line needs it"))
    );
    let generated = Terms { makes_passwords: true, ..create };
    assert!(!told("username\nmarta\n", &generated).concat().contains("password"));
}

#[test]
fn a_line_that_needs_a_role_is_told_at_the_column_of_its_section() {
    let create = terms(Mode::CreateOnly, Match::Username, Revision::Y2019);
    let head = "username,password,name,surname,email,language,timezone,roles.management";
    let line = "marta,correct-horse,Marta,L,marta@acme.example,es,Europe/Paris";
    assert!(read(&format!("{head}\n{line},user\n"), &create).is_ok());
    let words = told(&format!("{head}\n{line},\n"), &create);
    assert_eq!(words.len(), 1);
    assert!(words[0].starts_with("line 2, column 8 (roles.management): management: "), "{words:?}");
}

#[test]
fn a_field_that_nobody_takes_is_told_once_and_not_left_out_in_silence() {
    let words = told("username,externalId\nmarta,\noliver,4711\nzoe,4712\n", &update());
    assert_eq!(words.len(), 1);
    assert!(
        words[0]
            .starts_with("line 3, column 2 (externalId): is a field that update does not take in revision original")
    );
    assert!(read("username,externalId\nmarta,\n", &update()).is_ok(), "an empty column hurts nobody");
    assert!(read("username,password\nmarta,\n", &update()).is_ok());
    assert_eq!(told("username,password\nmarta,CANARY\n", &update()).len(), 1);
}

#[test]
fn files_that_are_no_files_of_people_are_refused() {
    for (text, words) in [
        ("", "line 1: is empty"),
        (" \r\n\t\n", "line 1: is empty"),
        (";;\n,\n", "line 1: has no column username, and every line needs it"),
        (
            "\u{feff}\n[\n{}]",
            "line 1: is one JSON list: write one object a line, without the brackets and commas around them",
        ),
        ("username\n", "line 1: is a header, and nobody stands under it"),
        ("username;name\n;\n\n ; \n", "line 1: is a header, and nobody stands under it"),
        ("PK\u{3}\u{4}xxx", "line 1: is a spreadsheet or an archive, not a text: save it as CSV (UTF-8)"),
        (
            "username\n\"marta\n",
            "line 2, column 1 (username): the quote that opens here is not closed; what follows was not looked at",
        ),
        ("username\n\"marta\"x\n", "line 2, column 1 (username): something stands after the closing quote"),
        ("username,name\nmarta,a\0b\n", "line 2, column 2 (name): has a NUL character"),
        ("username,(x)\nmarta,a\0b\n", "line 2, column 2 ((x)): has a NUL character"),
        ("\"username\n", "line 1, column 1: the quote that opens here is not closed; what follows was not looked at"),
    ] {
        assert!(told(text, &update()).contains(&words.to_owned()), "{text:?}: {:?}", told(text, &update()));
    }
    let mut bytes = b"username\n".to_vec();
    bytes.resize(MOST + 1, b'x');
    let faults = Sheet::read(bytes, &Options::default(), &update()).unwrap_err();
    assert!(faults.stops[0].words.starts_with("is larger than 256 MiB"));
}

#[test]
fn separators_are_guessed_by_the_names_that_they_make() {
    let found = |text: &str| good(text).guess().delimiter;
    assert_eq!(found("username\nmarta\n"), Some(Delimiter::Comma));
    assert_eq!(found("username;name\nmarta;a,b\n"), Some(Delimiter::Semicolon));
    assert_eq!(found("username\tname\nmarta\ta;b\n"), Some(Delimiter::Tab));
    assert_eq!(found("(a;b;c;d),username\nx,marta\n"), Some(Delimiter::Comma));
    assert_eq!(found("sep=;\r\nusername;name\r\nmarta;a\r\n"), Some(Delimiter::Semicolon));
    assert_eq!(good("sep=;\nusername\nmarta\n").line(0), 3);
    let options = Options { delimiter: Some(Delimiter::Tab), ..Options::default() };
    assert!(Sheet::read("username;name\nmarta;a\n".into(), &options, &update()).is_err());
    for delimiter in Delimiter::ALL {
        assert_eq!(Delimiter::from_word(delimiter.word()), Some(delimiter));
    }
    assert_eq!(Delimiter::from_word(";"), Some(Delimiter::Semicolon));
}

#[test]
fn a_mapping_says_what_columns_are() {
    let mapping = [("Dept", "location"), ("x", "-")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    let options = Options { mapping: mapping.into(), ..Options::default() };
    let sheet = Sheet::read("username,DEPT,x\nmarta,Vigo,1\n".into(), &options, &update()).unwrap();
    assert!(sheet.row(0).text(Field::Location) == "Vigo" && sheet.row(0).entries.len() == 2);
    let faults = Sheet::read("username\nmarta\n".into(), &options, &update()).unwrap_err();
    assert_eq!(faults.stops_total, 2);
    assert_eq!(faults.stops[0].to_string(), "line 1: has no column \"Dept\", which the mapping names");
}

#[test]
fn people_who_stand_twice_are_told_by_the_key_they_are_found_by() {
    let twice = |terms: &Terms, text: &str| told(text, terms);
    assert_eq!(
        twice(
            &terms(Mode::UpdateOnly, Match::Email, Revision::Original),
            "email,name\na@b.example,x\n A@B.example,y\n"
        ),
        ["line 3, column 1 (email): \"A@B.example\" stands in line 2 already"]
    );
    assert_eq!(
        twice(&terms(Mode::UpdateOnly, Match::Id, Revision::Original), "id\nff80\nFF80\n"),
        ["line 3, column 1 (id): \"FF80\" stands in line 2 already"]
    );
    let twins = "id,username\nff80,Marta\nff81,marta\n";
    assert!(read(twins, &terms(Mode::UpdateOnly, Match::Id, Revision::Original)).is_ok());
    assert!(read(twins, &terms(Mode::CreateOrUpdate, Match::Id, Revision::Original)).is_err());
    let shared = "username,email\nmarta,a@b.example\noliver,a@b.example\n";
    assert!(read(shared, &update()).is_ok(), "an address may be shared where nobody is found by it");
}

#[test]
fn faults_are_counted_beyond_those_that_are_kept() {
    let lines = (0..3_000).map(|n| format!("user{n},call me")).collect::<Vec<_>>().join("\n");
    let faults = read(&format!("username,officePhone\n{lines}"), &update()).unwrap_err();
    assert_eq!((faults.stops.len(), faults.stops_total), (faults::KEPT, 3_000));
    assert!(faults.to_string().ends_with("and 2000 more\n"));
}

#[test]
fn what_is_odd_is_a_warning() {
    let sheet = good("username,name,timezone\nmarta,Ma\u{202e}rta,Europe/Madrid\noliver,Nu\u{fffd}ez,\n");
    let words: Vec<String> = sheet.warnings().warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        [
            "line 2, column 3 (timezone): may be unknown to the platform: it lists Europe/Paris",
            "line 2, column 2 (name): has a hidden character",
            "line 3, column 2 (name): has the sign of a letter that was lost before this file was saved",
        ]
    );
}

#[test]
fn json_lines_are_read_in_the_apis_spelling_bare_or_wrapped() {
    let text = concat!(
        r#"{"user":{"username":"marta","officePhone":"+34 981","enabled":false,"location":null,"roles":{"training":["user","trainer"],"social":[]}},"line":7}"#,
        "\n\n",
        r#"{"id":"ff80","username":"oliver","location":"!clear","image":{"url":"https://acme.example/o.png"},"extra":{"a":1},"password":""}"#,
        "\r\n"
    );
    let sheet = good(text);
    assert_eq!(sheet.guess().to_string(), "jsonl, utf-8");
    let rows: Vec<Row> = sheet.rows().collect();
    assert_eq!((rows[0].line, rows[1].line), (1, 3));
    assert_eq!((rows[0].text(Field::OfficePhone), rows[0].entries.len()), ("+34 981", 3));
    assert_eq!(rows[0].roles["training"].len(), 2);
    assert!(rows[0].roles["social"].is_empty());
    assert!(rows[1].entries[&Field::Location] == Entry::Cleared);
    assert_eq!((rows[1].id.as_deref(), rows[1].text(Field::Extra)), (Some("ff80"), r#"{"a":1}"#));
    assert!(rows[1].image.is_some() && !rows[1].has(Field::Password));
    let csv = good("username,officePhone,enabled,roles.training,roles.social\nmarta,+34 981,no,trainer|user,-\n");
    assert_eq!(crate::codec::digest::row(&csv.row(0)), crate::codec::digest::row(&rows[0]));
}

#[test]
fn faults_of_json_name_line_and_key_and_never_a_password() {
    let create = terms(Mode::CreateOnly, Match::Username, Revision::Original);
    for (text, words) in [
        (r#"{"username":"a","password":12345678}"#, "the password has to be a text"),
        (r#"{"username":"a","password":["CANARY"]}"#, "invalid type: sequence, expected a password as a text"),
        (r#"{"username":"a","username":"b"}"#, "the key username stands twice"),
        (r#"{"username":"a","user":{"username":"b"}}"#, "the key username stands twice"),
        (r#"{"username":"a""#, "column 15: is not JSON"),
        (r#""a""#, "invalid type: string \"a\", expected one JSON object a line"),
        (r#"{"username":"a"} {}"#, "column 18: is not JSON"),
        (r#"{"username":"a","shoe":1}"#, "shoe: is no field"),
        (r#"{"username":"a","name":1}"#, "name: has to be a text"),
        (r#"{"username":"a","Clave":"CANARY"}"#, "Clave: has to stand under the key password"),
        (r#"{"username":"a","enabled":1}"#, "enabled: has to be true or false"),
        (r#"{"username":"a","roles":["user"]}"#, "roles: has to be an object with a list for each section"),
        (r#"{"username":"a","roles":{"games":[]}}"#, "roles: games: is no section of this tenant"),
        (r#"{"username":"a","roles":{"training":"user"}}"#, "roles: training: has to be a list of texts"),
        (r#"{"username":"a","roles":{"training":["pilot"]}}"#, "roles.training: has no role pilot"),
        (
            r#"{"username":"a","image":{"base64Image":"AAAA","url":"https://x.example/m.png"}}"#,
            "image: has to be a text, an object with url alone",
        ),
        (r#"{"username":"a","image":"../x.png"}"#, "image: must not lead out"),
        (r#"{"username":"a","name":"a\u0000b"}"#, "name: has a NUL character"),
        (r#"{"username":"a","nombre":"x","name":"y"}"#, "name: stands twice: name"),
    ] {
        let options = Options { format: Some(Format::JsonLines), ..Options::default() };
        let faults = Sheet::read(text.into(), &options, &create).unwrap_err();
        let all = faults.to_string();
        assert!(all.starts_with("line 1, ") && all.contains(words), "{text}: {all}");
        assert!(!all.contains("CANARY") && !all.contains("12345678"), "{all}");
    }
}

#[test]
fn a_deep_or_long_line_of_json_is_a_fault_and_no_crash() {
    let deep = format!("{{\"username\":{}", "[".repeat(100_000));
    let long = format!("{{\"username\":\"{}\"}}", "a".repeat(ROW));
    for text in [deep, long] {
        assert_eq!(told(&text, &update()).len(), 1);
    }
}

#[test]
fn a_password_is_kept_as_it_is_and_is_in_nothing_that_is_printed() {
    let create = Terms { makes_passwords: false, ..terms(Mode::CreateOrUpdate, Match::Username, Revision::Original) };
    let sheet = read("username,password\nmarta,'=CANARY\noliver, \n", &create).unwrap();
    let row = sheet.row(0);
    assert!(matches!(&row.entries[&Field::Password], Entry::Secret(secret) if secret.expose() == "'=CANARY"));
    assert!(!sheet.row(1).has(Field::Password));
    assert!(!format!("{sheet:?}{row:?}{:?}", sheet.heads()).contains("CANARY"));
    let other = read("username,password\nmarta,another\noliver,\n", &create).unwrap();
    assert_eq!(sheet.digest(), other.digest(), "a digest says nothing of a password");
}

#[test]
fn the_digest_of_a_file_is_that_of_its_meaning_and_its_lines() {
    let digest = |text: &str| good(text).digest();
    let plain = digest("username,name\nmarta,Marta\n");
    assert_eq!(plain, digest("Nombre;Usuario\r\nMarta;marta\r\n"));
    assert_ne!(plain, digest("username,name\n\nmarta,Marta\n"), "another line");
    assert_ne!(plain, digest("username,name\nmarta,Marte\n"));
}

#[test]
fn a_column_for_each_key_of_the_extended_fields() {
    let terms = terms(Mode::UpdateOnly, Match::Username, Revision::Y2023);
    let text = "username,extendedFields.NIF,extendedFields.nif,Extended fields.SEXO\nmarta,1 2,,!clear\n";
    let sheet = read(text, &terms).map_err(|faults| faults.to_string()).expect("the file is good");
    let row = sheet.row(0);
    let wanted = [("NIF", Some("1 2")), ("SEXO", None)];
    let wanted = wanted.map(|(key, value)| (key.to_owned(), value.map(str::to_owned)));
    assert_eq!(row.extended, wanted.into());
    let other = read(&text.replace("1 2", "1 3"), &terms).map(|sheet| sheet.digest());
    assert!(other.is_ok_and(|digest| digest != sheet.digest()), "a changed value is another file");
    assert_eq!(
        told("username,extendedFields,extendedFields.NIF\nmarta,A = 1,2\n", &terms),
        ["line 1, column 3 (extendedFields.NIF): says the same as column 2 (extendedFields)"]
    );
    assert_eq!(
        told("username,extendedFields.NIF\nmarta,\"1\n2\"\n", &terms),
        ["line 2, column 2 (extendedFields.NIF): has to be one line"]
    );
    let json = r#"{"username":"marta","extendedFields.NIF":"1","extendedFields":{"A":"2"}}"#;
    assert_eq!(told(json, &terms), ["line 1, extendedFields: stands twice: extendedFields"]);
}

#[test]
fn a_picture_stands_in_a_line_of_json_as_the_api_has_it() {
    let line = |image: &str| format!(r#"{{"username":"marta","image":{image}}}"#);
    let image = |text: &str| good(&line(text)).row(0).image;
    let inline = Some(ImageSource::Inline("iVBORw0KGgo=".into()));
    assert_eq!(image(r#"{"base64Image":"iVBORw0KGgo=","mimeType":"image/png"}"#), inline);
    assert_eq!(image(r#"{"url":null,"base64Image":"iVBORw0KGgo="}"#), inline);
    assert_eq!(
        image(r#"{"url":"https://acme.example/m.png"}"#),
        Some(ImageSource::Url("https://acme.example/m.png".into()))
    );
    for bad in [
        r#"{"url":"https://x.example/m.png","base64Image":"aGk="}"#,
        r#"{"base64Image":1}"#,
        r#"{"base64":"aGk="}"#,
        "{}",
    ] {
        let words = told(&line(bad), &update());
        assert!(words[0].contains("base64Image and mimeType"), "{words:?}");
    }
}
