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

/// The number of somebody, or of nobody.
fn number(store: &Store, key: &str) -> u32 {
    store.find(key, Ids::Two).unwrap_or_default()
}

#[test]
fn some_forty_people_of_many_languages_are_there_with_ids_of_the_vendors_shape() {
    let people = Store::with_people(None).unwrap().everybody(PLAIN);
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
    let [first, second] = [(); 2].map(|()| Store::with_people(None).unwrap().everybody(View { leaky: true, ..PLAIN }));
    assert_eq!(first, second);
    assert_eq!(first[0]["username"], "marta.lopez");
    assert_eq!(first[0]["id"], "ff808181556ee70e01557214fddc0001");
}

#[test]
fn a_change_leaves_what_it_does_not_mention() {
    let (mut store, id) = with_ana(0);
    let change = json!({"location": "Vigo", "roles": {"social": [], "training": ["user", "trainer"]}});
    store.update(number(&store, "ana.gil"), fields(change), 0).unwrap();
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
    assert_eq!(store.update(number(&store, "ana.gil"), fields(json!({"username": "Ana.Gil"})), 0), Err(Refused::Taken));
    assert_eq!(store.update(number(&store, "ana.gil"), fields(json!({"username": "ana.gil"})), 0), Ok(()));
    assert_eq!(store.update(number(&store, "ana.gil"), fields(json!({"username": "ana"})), 0), Ok(()));
    assert_eq!(store.update(number(&store, "ana.gil"), fields(json!({})), 0), Err(Refused::Unknown));
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
    store.update(number(&store, &id), fields(json!({"name": "Anna"})), 1).unwrap();
    assert_eq!(store.everybody(PLAIN)[0]["name"], "Anna");
    assert_eq!(store.read(&id, PLAIN).unwrap()["name"], "Ana");
    assert_eq!(store.read(&id, PLAIN).unwrap()["name"], "Anna");
}

#[test]
fn a_picture_of_bytes_is_read_as_a_path_and_a_url_as_it_came() {
    let (mut store, id) = with_ana(0);
    let bytes = json!({"image": {"base64Image": "iVBORw0KGgo=", "mimeType": "image/png"}});
    store.update(number(&store, &id), fields(bytes), 0).unwrap();
    assert_eq!(
        store.read(&id, PLAIN).unwrap()["image"],
        json!({"url": format!("/opt/cloud/storage/acme/users/{id}.png")})
    );
    let url = json!({"url": "https://acme.example/a.png"});
    store.update(number(&store, &id), fields(json!({ "image": url })), 0).unwrap();
    assert_eq!(store.read(&id, PLAIN).unwrap()["image"], url);
}

#[test]
fn whoever_is_deleted_is_gone_and_the_name_is_free_for_somebody_else() {
    let (mut store, id) = with_ana(0);
    store.delete(number(&store, "ana.gil"), 0).unwrap();
    assert_eq!((store.find(&id, Ids::Four), store.find("ana.gil", Ids::Four)), (None, None));
    assert_eq!((store.read(&id, PLAIN), store.listed().len()), (None, 0));
    assert_eq!(store.delete(1, 0), Err(Refused::Unknown));
    assert_eq!(store.update(1, fields(json!({"name": "Anna"})), 0), Err(Refused::Unknown));
    let again = store.create(fields(json!({"username": "ana.gil", "name": "Another"})), 0).unwrap();
    assert_ne!(again, id);
    assert_eq!(store.read("ana.gil", PLAIN).unwrap()["name"], "Another");
}

#[test]
fn reads_may_still_show_whoever_is_deleted_and_nothing_else_does() {
    let (mut store, id) = with_ana(0);
    store.delete(1, 3).unwrap();
    assert_eq!((store.find(&id, Ids::Two), store.listed().len(), store.everybody(PLAIN).len()), (None, 0, 0));
    assert_eq!(store.read(&id, PLAIN).unwrap()["name"], "Ana");
    assert_eq!(store.read("ana.gil", PLAIN).unwrap()["name"], "Ana");
    store.create(fields(json!({"username": "ana.gil", "name": "Another"})), 0).unwrap();
    assert_eq!(store.read("ana.gil", PLAIN).unwrap()["name"], "Another");
    assert_eq!(store.read(&id, PLAIN).unwrap()["name"], "Ana");
    assert_eq!(store.read(&id, PLAIN), None);
}

#[test]
fn four_ids_lead_to_one_person_where_a_service_takes_four() {
    let (mut store, id) = with_ana(0);
    store.update(1, fields(json!({"externalId": "HR-7"})), 0).unwrap();
    let common = store.person(1, View { leaky: true, ..PLAIN }).unwrap()["commonId"].as_str().unwrap().to_owned();
    for key in [&*id, "ana.gil"] {
        assert_eq!((store.find(key, Ids::Two), store.find(key, Ids::Four)), (Some(1), Some(1)), "{key}");
    }
    for key in [&*common, "HR-7"] {
        assert_eq!((store.find(key, Ids::Two), store.find(key, Ids::Four)), (None, Some(1)), "{key}");
    }
    store.create(fields(json!({"username": "HR-7"})), 0).unwrap();
    assert_eq!((store.find("HR-7", Ids::Two), store.find("HR-7", Ids::Four)), (Some(2), Some(1)));
}

#[test]
fn a_list_shows_what_reads_show_and_does_not_use_it_up() {
    let (mut store, _) = with_ana(0);
    store.update(1, fields(json!({"name": "Anna"})), 1).unwrap();
    store.create(fields(json!({"username": "bo"})), 1).unwrap();
    let names = |store: &Store| -> Vec<Value> {
        let lines = store.listed().iter().map(|number| store.line(*number, PLAIN).expect("a line")).collect::<Vec<_>>();
        lines.iter().map(|line| serde_json::from_str::<Value>(line).expect("JSON")["name"].clone()).collect()
    };
    assert_eq!([names(&store), names(&store)], [[json!("Ana")], [json!("Ana")]]);
    store.read("ana.gil", PLAIN).unwrap();
    assert_eq!(store.read("bo", PLAIN), None);
    assert_eq!(names(&store), [json!("Anna"), Value::Null]);
}

#[test]
fn the_crowd_comes_after_the_people_of_the_file_and_only_the_changed_are_written_down() {
    let mut store = Store::with_people(Some(70_000)).unwrap();
    let file = Store::with_people(None).unwrap().everybody(PLAIN);
    assert_eq!(store.listed().len(), 70_000);
    let first: Vec<_> = (1..=44).filter_map(|number| store.person(number, PLAIN)).collect();
    assert_eq!(first, file);
    let (last, before) = (store.person(70_000, PLAIN).unwrap(), store.person(69_999, PLAIN).unwrap());
    let text = |person: &Value, key: &str| person[key].as_str().expect("a text").to_owned();
    assert_eq!(store.find(&text(&last, "username"), Ids::Two), Some(70_000));
    assert_eq!(store.read(&text(&last, "id"), PLAIN), Some(last.clone()));
    assert_eq!(store.written.len(), 44);
    let taken = json!({"username": text(&before, "username")});
    assert_eq!(store.update(70_000, fields(taken.clone()), 0), Err(Refused::Taken));
    assert_eq!(store.create(fields(taken), 0), Err(Refused::Taken));
    store.update(70_000, fields(json!({"username": "somebody.new", "location": "Vigo"})), 0).unwrap();
    let changed = store.read("somebody.new", PLAIN).unwrap();
    assert_eq!((&changed["location"], &changed["surname"]), (&json!("Vigo"), &last["surname"]));
    assert_eq!(store.read(&text(&last, "username"), PLAIN), None, "the old name leads nowhere");
    store.delete(69_999, 0).unwrap();
    assert_eq!(store.read(&text(&before, "id"), PLAIN), None);
    assert_eq!(store.listed()[69_998..], [70_000]);
    assert_eq!(store.written.len(), 45);
}

#[test]
fn fewer_people_than_the_file_has_are_the_first_of_it() {
    let people = |count| Store::with_people(Some(count)).unwrap().everybody(PLAIN);
    assert_eq!(people(0), Vec::<Value>::new());
    assert_eq!(people(10)[..], people(44)[..10]);
    assert_eq!(people(45).len(), 45);
}
