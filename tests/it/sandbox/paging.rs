//! The list of users, and every way in which a tenant may page it (api.md 7, rows 9 to 11).

use super::*;

/// The people of a page, by username.
fn names(page: &Value) -> Vec<String> {
    let users = page.as_array().expect("an array").iter();
    users.map(|user| user["username"].as_str().expect("a username").to_owned()).collect()
}

fn page(sandbox: &Sandbox, start: usize, count: usize) -> Vec<String> {
    names(&get(sandbox, &format!("?startIndex={start}&count={count}")).json())
}

fn everybody(sandbox: &Sandbox) -> Vec<String> {
    names(&Value::Array(sandbox.people()))
}

#[test]
fn the_list_is_a_bare_array_of_what_reads_answer_in_the_order_of_creation() {
    for scenario in [Scenario::default(), Scenario::built_in("leaky").unwrap().with_revision(Revision::Y2023)] {
        let sandbox = start(scenario);
        let reply = get(&sandbox, "");
        assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json;charset=UTF-8")));
        let list = reply.json();
        assert_eq!(list.as_array().unwrap().len(), 44);
        for user in list.as_array().unwrap() {
            assert_eq!(read(&sandbox, user["username"].as_str().unwrap()).json(), *user);
        }
        create(&sandbox, SYNC, &ana());
        assert_eq!(names(&get(&sandbox, "").json()), everybody(&sandbox));
    }
}

#[test]
fn pages_follow_each_other_without_gap_or_overlap_and_end_with_nothing() {
    let sandbox = built_in("default");
    let pages = (0..6).map(|nth| page(&sandbox, nth * 10, 10));
    let pages: Vec<_> = pages.collect();
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [10, 10, 10, 10, 4, 0]);
    assert_eq!(pages.concat(), everybody(&sandbox));
    assert_eq!(get(&sandbox, "?startIndex=44").body, "[]");
}

#[test]
fn a_page_that_makes_no_sense_is_refused() {
    let sandbox = built_in("default");
    for path in ["?startIndex=-1", "?count=many", "/marta.lopez/groups?startIndex=x"] {
        let reply = get(&sandbox, path);
        assert_eq!((reply.status, &reply.json()["status"]), (400, &json!(400)), "{path}");
        assert!(reply.message().ends_with("must be a whole number from 0"), "{path}: {}", reply.body);
    }
}

#[test]
fn a_list_from_one_has_nobody_at_zero() {
    let sandbox = built_in("one-based");
    assert_eq!(get(&sandbox, "?startIndex=0&count=10").message(), "startIndex: the first one is 1");
    assert_eq!([page(&sandbox, 1, 40), page(&sandbox, 41, 40)].concat(), everybody(&sandbox));
    assert_eq!(get(&sandbox, "/marta.lopez/groups?startIndex=0").status, 400);
    let clamping = written("[paging]\nbase = 1\nzero = 'clamped'");
    assert_eq!(page(&clamping, 0, 2), everybody(&clamping)[..2]);
    assert_eq!(page(&clamping, 2, 2), everybody(&clamping)[1..3]);
}

#[test]
fn short_pages_lead_to_everybody_by_the_number_received() {
    let sandbox = built_in("short-pages");
    let mut seen = Vec::new();
    loop {
        let page = page(&sandbox, seen.len(), 500);
        assert!(page.len() <= 7);
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    assert_eq!(seen, everybody(&sandbox));
}

#[test]
fn partial_content_is_said_of_pages_and_the_list_stands_in_an_envelope() {
    let sandbox = built_in("partial-content");
    let reply = get(&sandbox, "?startIndex=40&count=10");
    let list = reply.json();
    assert_eq!((reply.status, names(&list["users"])), (206, everybody(&sandbox)[40..].to_vec()));
    assert_eq!((&list["status"], &list["responsePlatforms"]), (&json!(200), &json!({"management": platform(200)})));
    assert_eq!(get(&sandbox, "").status, 200);
    assert!(get(&sandbox, "/marta.lopez/groups").json().is_array(), "only the list of users is peculiar");
}

#[test]
fn bare_objects_are_json_only_where_there_is_one() {
    let sandbox = written("[paging]\nwrap = 'objects'");
    assert_eq!(get(&sandbox, "?count=1").json(), read(&sandbox, "marta.lopez").json());
    let two = get(&sandbox, "?count=2").body;
    assert!(two.starts_with('{') && two.contains("}, {") && two.ends_with('}'), "{two}");
    assert_eq!(names(&serde_json::from_str(&format!("[{two}]")).unwrap()), everybody(&sandbox)[..2]);
    assert_eq!(get(&sandbox, "?startIndex=44").body, "");
}

#[test]
fn repeating_pages_begin_with_the_last_user_of_the_page_before() {
    let sandbox = built_in("repeats");
    let all = everybody(&sandbox);
    assert_eq!(page(&sandbox, 0, 20), all[..20]);
    assert_eq!(page(&sandbox, 20, 20), all[19..39]);
    assert_eq!(page(&sandbox, 44, 20), all[43..]);
}

#[test]
fn an_endless_list_begins_again_and_never_has_a_short_page() {
    let sandbox = built_in("endless");
    let all = everybody(&sandbox);
    assert_eq!(page(&sandbox, 40, 10), [&all[40..], &all[..6]].concat());
    assert_eq!(page(&sandbox, 44_000_000, 500).len(), 500);
}

#[test]
fn a_restless_list_misses_people_and_shows_others_twice() {
    let sandbox = built_in("restless");
    let pages = [0, 20, 40].map(|start| page(&sandbox, start, 20)).concat();
    let all = everybody(&sandbox);
    assert_eq!(pages.len(), all.len());
    assert!(all.iter().any(|name| !pages.contains(name)) && pages[..20].contains(&pages[43]), "{pages:?}");
}

#[test]
fn whoever_is_not_visible_yet_is_not_listed() {
    let sandbox = built_in("queued");
    create(&sandbox, SYNC, &ana());
    update(&sandbox, "marta.lopez", SYNC, &json!({"name": "Martha"}));
    let list = get(&sandbox, "").json();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["name"]), (44, &json!("Marta")));
    for key in ["ana.gil", "ana.gil", "marta.lopez", "marta.lopez"] {
        read(&sandbox, key);
    }
    let list = get(&sandbox, "").json();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["name"]), (45, &json!("Martha")));
}
