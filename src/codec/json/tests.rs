//! What goes out, what is shown of it, and what is read back. The golden files of `tests/it/wire.rs` pin the whole bodies.

use std::collections::BTreeMap;

use super::read::PersonFault;
use super::*;
use crate::domain::draft::{Draft, Entry, Subject};
use crate::domain::field::Revision;
use crate::domain::fields::Field;
use crate::domain::person::Person;
use crate::domain::photo::{MediaType, Thumb};
use crate::domain::roles::{Catalogue, Role, RoleGrid, Section};
use crate::domain::secret::Secret;
use crate::domain::untrusted::Untrusted;

fn entry(field: Field, text: &str) -> (Field, Entry) {
    (field, Entry::Text(text.to_owned()))
}

fn create(extra: Vec<(Field, Entry)>, photo: Option<Photo>) -> Request {
    let mut entries = BTreeMap::from([
        entry(Field::Username, "marta.lopez"),
        (Field::Password, Entry::Secret(Secret::new("canary\"\u{1}pass".to_owned()))),
        entry(Field::Name, "Marta"),
        entry(Field::Surname, "López"),
        entry(Field::Email, "marta.lopez@acme.example"),
        entry(Field::Language, "es"),
        entry(Field::Timezone, "Europe/Paris"),
    ]);
    entries.extend(extra);
    let role = Role { key: "user".into(), label: "user".into(), help: String::new(), grave: false };
    let social = Section { key: "social".into(), label: "social".into(), roles: vec![role], needs_one: false };
    let catalogue = Catalogue::new(vec![social]);
    let mut roles = RoleGrid::default();
    roles.toggle(&catalogue.sections()[0], "user");
    let draft = Draft { revision: Revision::Original, subject: Subject::New, entries, photo, roles };
    draft.check(&catalogue).expect("the draft is complete")
}

fn picture(bytes: &[u8]) -> Photo {
    Photo::Picture(Picture {
        name: "marta.png".into(),
        bytes: bytes.into(),
        media_type: MediaType::Png,
        width: 1,
        height: 1,
        notes: vec![],
        thumb: Thumb::default(),
    })
}

#[test]
fn the_buffer_of_a_body_never_grows() {
    let hostile = "\u{1}\"\\\u{7f}".repeat(5_000);
    let request = create(vec![entry(Field::AboutMe, &hostile)], Some(picture(&vec![7; 100_000])));
    let body = encode(&request);
    assert!(body.len() > 100_000);
    assert_eq!(body.capacity(), room(&request), "a buffer that grew has left copies of a password behind");
}

#[test]
fn what_is_shown_holds_no_secret_no_picture_and_nothing_hidden() {
    let mut bytes = b"\x89PNG\r\n".to_vec();
    bytes.resize(84_213, 0xAA);
    let shown = masked(&create(vec![entry(Field::Location, "A\u{202e}B\u{200b}\u{1b}")], Some(picture(&bytes))));
    assert!(shown.contains("\"password\": \"********\""), "{shown}");
    assert!(shown.contains("\"base64Image\": \"iVBORw0K... (84,213 bytes as base64)\""), "{shown}");
    assert!(shown.contains("\"location\": \"A⟨U+202E⟩B⟨U+200B⟩\\u001b\""), "{shown}");
    assert!(!shown.contains("canary") && !shown.contains("qqqq"), "{shown}");
    assert!(shown.lines().count() > 10, "it is laid out in lines");
}

#[test]
fn a_mask_has_one_length_and_numbers_are_grouped() {
    assert_eq!([0, 7, 999, 1_000, 84_213, 1_234_567].map(grouped), ["0", "7", "999", "1,000", "84,213", "1,234,567"]);
    assert_eq!(escaped("a\"b\u{1}ñ"), "a\\\"b\\u0001ñ");
}

fn read(json: &str) -> Result<Person, PersonFault> {
    person(json.as_bytes())
}

#[test]
fn a_user_is_found_bare_in_a_list_of_one_and_in_an_envelope() {
    let user = r#"{"id": "1", "username": "marta.lopez", "name": "Marta"}"#;
    let bare = read(user).unwrap();
    for shape in [
        format!("\u{feff}{user}"),
        format!("[{user}]"),
        format!(r#"{{"user": {user}}}"#),
        format!(
            r#"{{"status": 200, "message": "", "responsePlatforms": {{"management": {{"status": 200}}}}, "user": {user}}}"#
        ),
        format!(r#"{{"status": 200, "content": [{user}]}}"#),
    ] {
        assert_eq!(read(&shape).as_ref(), Ok(&bare), "{shape}");
    }
}

#[test]
fn nobody_and_several_are_faults() {
    let user = r#"{"username": "a"}"#;
    assert_eq!(read("[]"), Err(PersonFault::Nobody));
    assert_eq!(read("{}"), Err(PersonFault::Nobody));
    assert_eq!(read("null"), Err(PersonFault::Nobody));
    assert_eq!(read(&format!("[{user}, {user}]")), Err(PersonFault::Several(2)));
    assert_eq!(read(&format!(r#"{{"user": {user}, "creator": {user}}}"#)), Err(PersonFault::Several(2)));
    assert!(matches!(read("<html>"), Err(PersonFault::NotJson(_))));
}

#[test]
fn a_wrong_type_names_its_key() {
    for (member, key) in [
        (r#""id": 7"#, "id"),
        (r#""name": ["Marta"]"#, "name"),
        (r#""enabled": "true""#, "enabled"),
        (r#""image": "/opt/x.jpg""#, "image"),
        (r#""roles": ["user"]"#, "roles"),
        (r#""roles": {"training": "user"}"#, "roles.training"),
        (r#""roles": {"training": [1]}"#, "roles.training"),
        (r#""extendedFields": []"#, "extendedFields"),
        (r#""extendedFields": {"NIF": 1}"#, "extendedFields.NIF"),
        (r#""extendedFields": {"password": "x"}"#, "extendedFields.password"),
    ] {
        let fault = read(&format!(r#"{{"username": "marta.lopez", {member}}}"#)).unwrap_err();
        assert!(matches!(&fault, PersonFault::Wrong { key: named, .. } if named.raw() == key), "{member}: {fault}");
    }
    assert_eq!(
        read(r#"{"username": null}"#),
        Err(PersonFault::Wrong { key: Untrusted::new("username"), wanted: "a text" })
    );
}

#[test]
fn what_must_not_be_kept_is_not_there() {
    let person = read(
        r#"{"username": "a", "password": "$2a$10$canary", "commonId": "canary", "extra": {"x": "canary"},
            "image": {"url": "/opt/canary.jpg"}, "unknown": "canary", "name": null, "roles": {"play": null}}"#,
    )
    .unwrap();
    assert!(!format!("{person:?}").contains("canary"), "{person:?}");
    assert_eq!(person, Person { username: "a".into(), has_picture: true, ..Person::default() });
}
