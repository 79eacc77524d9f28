//! Pages in every shape, and bodies that are none.

use proptest::prelude::*;

use super::*;

const MARTA: &str =
    r#"{"id": "ff80", "username": "marta.lopez", "password": "$2a$10$CANARY", "image": {"url": "/opt/CANARY"}}"#;

fn names(body: &str) -> Result<(Vec<String>, usize), ListFault> {
    people(body.as_bytes()).map(|list| (list.usable.into_iter().map(|person| person.username).collect(), list.entries))
}

#[test]
fn a_list_a_single_object_and_an_envelope_are_the_same_page() {
    for body in [
        format!("[{MARTA}]"),
        format!("\u{feff} [{MARTA}]"),
        MARTA.to_owned(),
        format!(r#"{{"users": [{MARTA}]}}"#),
        format!(r#"{{"status": 200, "message": "", "location": null, "responsePlatforms": {{}}, "user": [{MARTA}]}}"#),
        format!(r#"{{"total": 1, "user": {MARTA}}}"#),
    ] {
        assert_eq!(names(&body), Ok((vec!["marta.lopez".to_owned()], 1)), "{body}");
    }
    for empty in ["[]", r#"{"users": []}"#, r#"{"status": 200, "responsePlatforms": {}, "users": []}"#] {
        assert_eq!(names(empty), Ok((vec![], 0)), "{empty}");
    }
}

#[test]
fn what_is_no_page_is_said() {
    for body in ["{}", "7", "null", "\"x\"", r#"{"status": 200, "responsePlatforms": {"management": {}}}"#] {
        assert_eq!(names(body), Err(ListFault::NoList), "{body}");
    }
    assert_eq!(names(&format!(r#"{{"a": [{MARTA}], "b": []}}"#)), Err(ListFault::Several(2)));
    assert_eq!(names(&format!(r#"{{"a": [{MARTA}], "b": {MARTA}}}"#)), Err(ListFault::Several(2)));
    for body in [format!("{MARTA}, {MARTA}"), format!("[{MARTA}"), String::new(), "<html>".to_owned()] {
        assert!(matches!(names(&body), Err(ListFault::NotJson(_))), "{body}");
    }
    for body in [r#"{"a": 1, "a": [], "b": 2}"#, r#"[{"username": "a", "username": "b"}]"#] {
        assert!(names(body).unwrap_err().to_string().contains("stands twice"), "{body}");
    }
}

#[test]
fn an_entry_of_no_use_is_counted_and_explained() {
    let list = people(format!(r#"[7, {{"username": 7}}, {MARTA}, null, {{"name": "x"}}]"#).as_bytes()).unwrap();
    assert_eq!((list.usable.len(), list.entries, list.fault), (1, 5, Some(PersonFault::Nobody)));
    let list = people(br#"[{"username": "a", "roles": {"training": "user"}}]"#).unwrap();
    assert_eq!(list.fault.unwrap().to_string(), "roles.training is not a list of texts");
}

#[test]
fn a_hash_and_a_path_are_in_nothing_that_is_kept() {
    let list = people(format!("[{MARTA}, {MARTA}]").as_bytes()).unwrap();
    assert!(!format!("{list:?}").contains("CANARY"));
    let fault = people(format!("[{}", &MARTA[..60]).as_bytes()).unwrap_err();
    assert!(!format!("{fault:?}").contains("CANARY"));
}

#[test]
fn the_generic_status_of_an_envelope_comes_along() {
    let status = |body: &str| people(body.as_bytes()).unwrap().status;
    assert_eq!(status(r#"{"status": 500, "users": []}"#), Status::Is(500));
    assert_eq!(status(r#"{"status": {}, "users": []}"#), Status::Nonsense);
    assert_eq!(status("[]"), Status::Absent);
}

#[test]
fn the_groups_of_the_vendor_s_page_are_read() {
    let body = br#"[{"codGroup": "SALES", "commonId": "0a", "description": null, "externalId": null, "name": "Ventas",
        "parentCommondId": "0b", "roles": {"training": ["user"]}}, {"codGroup": null, "name": "x", "roles": null}]"#;
    let list = groups(body).unwrap();
    assert_eq!((list.usable[0].code.as_str(), list.usable[0].name.as_str()), ("SALES", "Ventas"));
    assert_eq!(list.usable[0].roles["training"].iter().collect::<Vec<_>>(), ["user"]);
    assert_eq!((list.usable[1].code.as_str(), list.usable[1].roles.len()), ("", 0));
    assert_eq!(groups(br#"{"codGroup": "A", "name": "B"}"#).unwrap().entries, 1);
}

#[test]
fn a_million_entries_of_no_use_take_no_memory_and_no_depth() {
    let list = people(format!("[1{}]", ",1".repeat(1_000_000)).as_bytes()).unwrap();
    assert_eq!((list.entries, list.usable.capacity()), (1_000_001, 0));
    assert!(people("[".repeat(200_000).as_bytes()).is_err());
    assert!(people(r#"{"a":"#.repeat(200_000).as_bytes()).is_err());
}

proptest! {
    #[test]
    fn whatever_comes_in_an_answer_comes_out(body in r#"[\[\]{},:"a-c0-9 ]{0,60}|\PC{0,40}"#) {
        let _ = people(body.as_bytes());
        let _ = groups(body.as_bytes());
    }
}
