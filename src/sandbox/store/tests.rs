//! The people who are there, and what becomes of them.

use std::collections::BTreeSet;

use super::*;

const PLAIN: View = View { revision: Revision::Original, leaky: false };

fn fields(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).expect("an object")
}

fn with_ana(hidden_reads: u32) -> (Store, String) {
    let mut store = Store::default();
    let ana = json!({"username": "ana.gil", "name": "Ana", "roles": {"management": ["user"], "social": ["user"]}});
    let id = store.create(fields(ana), hidden_reads).expect("a free username");
    (store, id)
}

#[test]
fn some_forty_people_of_many_languages_are_there_with_ids_of_the_vendors_shape() {
    let people = Store::with_people().unwrap().everybody(PLAIN);
    assert!((40..50).contains(&people.len()), "{}", people.len());
    let all = |key: &str| people.iter().map(|person| person[key].as_str().unwrap()).collect::<BTreeSet<_>>();
    assert_eq!(all("username").len(), people.len());
    assert_eq!(all("id").len(), people.len());
    assert!(all("id").iter().all(|id| id.len() == 32 && id.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))));
    assert!(all("email").iter().all(|email| email.ends_with("@acme.example")));
    assert!(all("language").len() >= 15);
    assert!(people.iter().any(|person| person["enabled"] == false));
}

#[test]
fn the_people_of_the_file_have_only_keys_of_the_table_and_a_name() {
    let file: File = toml::from_str(PEOPLE).unwrap();
    for person in file.person {
        for key in person.keys() {
            assert!(Field::from_key(key).is_some(), "{key} of {}", person["username"]);
        }
        for key in ["name", "surname", "email", "language", "timezone", "roles"] {
            assert!(person.contains_key(key), "{key} of {}", person["username"]);
        }
    }
}

#[test]
fn ids_are_the_same_in_every_run() {
    let [first, second] = [(); 2].map(|()| Store::with_people().unwrap().everybody(View { leaky: true, ..PLAIN }));
    assert_eq!(first, second);
    assert_eq!(first[0]["username"], "marta.lopez");
    assert_eq!(first[0]["id"], "ff808181556ee70e01557214fddc0001");
}

#[test]
fn a_change_leaves_what_it_does_not_mention() {
    let (mut store, id) = with_ana(0);
    let change = json!({"location": "Vigo", "roles": {"social": [], "training": ["user", "trainer"]}});
    store.update("ana.gil", fields(change), 0).unwrap();
    let ana = store.read(&id, PLAIN).unwrap();
    assert_eq!(ana["name"], "Ana");
    assert_eq!(ana["location"], "Vigo");
    assert_eq!(ana["roles"], json!({"management": ["user"], "training": ["user", "trainer"]}));
}

#[test]
fn a_username_is_taken_by_others_and_not_by_oneself() {
    let (mut store, _) = with_ana(0);
    assert_eq!(store.create(fields(json!({"username": "ana.gil"})), 0), Err(Refused::Taken));
    store.create(fields(json!({"username": "Ana.Gil"})), 0).expect("case counts");
    assert_eq!(store.update("ana.gil", fields(json!({"username": "Ana.Gil"})), 0), Err(Refused::Taken));
    assert_eq!(store.update("ana.gil", fields(json!({"username": "ana.gil"})), 0), Ok(()));
    assert_eq!(store.update("ana.gil", fields(json!({"username": "ana"})), 0), Ok(()));
    assert_eq!(store.update("ana.gil", fields(json!({})), 0), Err(Refused::Unknown));
}

#[test]
fn an_id_comes_before_a_username_that_equals_it() {
    let (mut store, id) = with_ana(0);
    store.create(fields(json!({"username": id.clone(), "name": "Impostor"})), 0).unwrap();
    assert_eq!(store.read(&id, PLAIN).unwrap()["name"], "Ana");
}

#[test]
fn a_hidden_change_shows_after_so_many_reads() {
    let (mut store, id) = with_ana(2);
    assert_eq!(store.read("ana.gil", PLAIN), None);
    assert_eq!(store.read(&id, PLAIN), None);
    assert_eq!(store.read(&id, PLAIN).unwrap()["name"], "Ana");
    store.update(&id, fields(json!({"name": "Anna"})), 1).unwrap();
    assert_eq!(store.everybody(PLAIN)[0]["name"], "Anna");
    assert_eq!(store.read(&id, PLAIN).unwrap()["name"], "Ana");
    assert_eq!(store.read(&id, PLAIN).unwrap()["name"], "Anna");
}

#[test]
fn a_picture_of_bytes_is_read_as_a_path_and_a_url_as_it_came() {
    let (mut store, id) = with_ana(0);
    let bytes = json!({"image": {"base64Image": "iVBORw0KGgo=", "mimeType": "image/png"}});
    store.update(&id, fields(bytes), 0).unwrap();
    assert_eq!(
        store.read(&id, PLAIN).unwrap()["image"],
        json!({"url": format!("/opt/cloud/storage/acme/users/{id}.png")})
    );
    let url = json!({"url": "https://acme.example/a.png"});
    store.update(&id, fields(json!({ "image": url })), 0).unwrap();
    assert_eq!(store.read(&id, PLAIN).unwrap()["image"], url);
}
