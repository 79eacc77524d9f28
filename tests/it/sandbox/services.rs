//! The services beside create, update and the reads: each against the statuses of the vendor's examples (api.md 4.1).

use super::*;

/// Every service on one user that changes something, but update.
const DEEDS: [&str; 5] = ["PUT /activate", "PUT /deactivate", "PUT /changePassword", "POST /welcomeMail", "DELETE "];

/// Does one of the deeds to somebody.
fn act(sandbox: &Sandbox, deed: &str, key: &str, headers: &[(&str, &str)], body: &str) -> Option<Reply> {
    let (method, path) = deed.split_once(' ').expect("a method and a path");
    let headers: Vec<_> = headers.iter().copied().chain([RIGHT]).collect();
    receive(send(sandbox, &format!("{method} {USERS}/{key}{path}"), &headers, body))
}

/// Does it as the vendor's page shows it.
fn usual(sandbox: &Sandbox, deed: &str, key: &str, mode: (&str, &str)) -> Option<Reply> {
    let is_password = deed.ends_with("changePassword");
    let (headers, body) =
        if is_password { (&[mode, JSON][..], r#"{"newPassword": "1234"}"#) } else { (&[mode][..], "") };
    act(sandbox, deed, key, headers, body)
}

fn done(sandbox: &Sandbox, deed: &str, key: &str) -> Reply {
    usual(sandbox, deed, key, SYNC).expect("an answer")
}

fn is_enabled(sandbox: &Sandbox, key: &str) -> bool {
    read(sandbox, key).json()["enabled"].as_bool().expect("true or false")
}

#[test]
fn every_deed_answers_as_the_vendors_examples_in_both_modes() {
    let all = |training, social| {
        envelope(204, &[("training", training), ("social", social), ("play", 204), ("management", 204)])
    };
    let password = envelope(204, &[("management", 204)]);
    let mut mail = envelope(204, &[("management", 202)]);
    mail["message"] = json!("Welcome mail sent to user");
    let gone = |training, social| envelope(204, &[("training", training), ("social", social), ("management", 204)]);
    let table = [
        (SYNC, [all(200, 204), all(200, 204), password.clone(), mail.clone(), gone(200, 204)]),
        (ASYNC, [all(202, 202), all(202, 202), password, mail, gone(202, 202)]),
    ];
    for revision in Revision::ALL {
        for (mode, answers) in &table {
            let sandbox = start(Scenario::default().with_revision(revision));
            for (deed, answer) in DEEDS.iter().zip(answers) {
                let reply = usual(&sandbox, deed, "marta.lopez", *mode).expect("an answer");
                assert_eq!((reply.status, reply.header("location")), (200, None), "{deed}");
                assert_eq!(reply.json(), *answer, "{deed} {mode:?} {revision:?}");
            }
        }
    }
}

#[test]
fn activate_and_deactivate_change_that_alone_and_a_repeat_changes_nothing() {
    let sandbox = built_in("default");
    let before = read(&sandbox, "martin.dubois").json();
    assert_eq!(before["enabled"], false);
    for (deed, enabled) in [("PUT /activate", true), ("PUT /deactivate", false)] {
        for _ in 0..2 {
            assert_eq!(done(&sandbox, deed, "martin.dubois").json()["status"], 204);
            assert_eq!(read(&sandbox, "martin.dubois").json(), with(before.clone(), "enabled", json!(enabled)));
        }
    }
    let id = before["id"].as_str().unwrap();
    assert_eq!(done(&sandbox, "PUT /activate", id).status, 200);
    assert!(is_enabled(&sandbox, "martin.dubois"));
}

#[test]
fn a_message_for_whoever_is_deactivated_needs_a_content_type_in_every_revision() {
    for revision in Revision::ALL {
        let sandbox = start(Scenario::default().with_revision(revision));
        let put = |headers: &[(&str, &str)], body: &str| {
            act(&sandbox, "PUT /deactivate", "marta.lopez", headers, body).expect("an answer")
        };
        let message = r#"{"message": "Hasta pronto"}"#;
        assert_eq!(put(&[SYNC], message).status, 415);
        assert_eq!(put(&[SYNC, JSON], r#"{"message": 7}"#).message(), "message: must be a text");
        assert!(is_enabled(&sandbox, "marta.lopez"), "a refusal changes nothing");
        assert_eq!(put(&[SYNC, JSON], message).status, 200);
        assert!(!is_enabled(&sandbox, "marta.lopez"));
    }
}

#[test]
fn a_password_comes_as_json_or_as_a_form_and_never_in_the_address() {
    let sandbox = built_in("default");
    let form = ("content-type", "application/x-www-form-urlencoded");
    let put = |headers: &[(&str, &str)], query: &str, body: &str| {
        act(&sandbox, &format!("PUT /changePassword{query}"), "marta.lopez", headers, body).expect("an answer")
    };
    assert_eq!(put(&[JSON], "", r#"{"newPassword": "Canary-1"}"#).status, 200);
    assert_eq!(put(&[form], "", "newPassword=Canary-2").status, 200);
    assert_eq!(put(&[], "", r#"{"newPassword": "Canary-3"}"#).status, 200);
    for (headers, query, body) in [
        (&[JSON][..], "", "{}"),
        (&[form], "", "x="),
        (&[form], "?newPassword=Canary-4", ""),
        (&[JSON], "", "Canary-5"),
    ] {
        let reply = put(headers, query, body);
        assert_eq!((reply.status, &reply.json()["status"]), (400, &json!(400)), "{query} {body}");
    }
    let log = sandbox.log();
    assert_eq!(log[0].body, Body::Json(json!({"newPassword": "set"})));
    assert_eq!(log[1].body, Body::Unreadable { bytes: 20 });
    assert!(!format!("{log:?}").contains("Canary"), "{log:?}");
}

#[test]
fn password_and_mail_do_not_look_at_the_mode() {
    let sandbox = built_in("default");
    let wrong = ("X-Cloud-Synchronization", "soon");
    for (deed, status) in DEEDS.iter().zip([400, 400, 200, 200, 400]) {
        assert_eq!(usual(&sandbox, deed, "marta.lopez", wrong).expect("an answer").status, status, "{deed}");
    }
}

#[test]
fn a_deleted_user_is_nowhere_and_may_be_created_again_as_somebody_else() {
    let sandbox = built_in("default");
    let id = read(&sandbox, "marta.lopez").json()["id"].as_str().unwrap().to_owned();
    assert_eq!(done(&sandbox, "DELETE ", &id).status, 200);
    for key in [&*id, "marta.lopez"] {
        assert_eq!(read(&sandbox, key).status, 404);
        assert_eq!(update(&sandbox, key, SYNC, &json!({"name": "M"})).status, 404);
        for deed in DEEDS {
            assert_eq!(done(&sandbox, deed, key).status, 404, "{deed}");
        }
    }
    let list = get(&sandbox, "").json();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["username"]), (43, &json!("martin.dubois")));
    assert_eq!(create(&sandbox, SYNC, &with(ana(), "username", json!("marta.lopez"))).status, 200);
    assert_ne!(read(&sandbox, "marta.lopez").json()["id"], *id);
    assert_eq!(get(&sandbox, "").json()[43]["name"], "Ana", "whoever is new comes last");
}

#[test]
fn a_tenant_may_want_whoever_is_deleted_disabled_first() {
    assert_eq!(done(&built_in("default"), "DELETE ", "marta.lopez").status, 200);
    let sandbox = built_in("disabled-first");
    let reply = done(&sandbox, "DELETE ", "marta.lopez");
    assert_eq!((reply.status, &*reply.message()), (400, "the user is enabled: deactivate the user before deleting"));
    assert!(is_there(&sandbox, "marta.lopez"));
    done(&sandbox, "PUT /deactivate", "marta.lopez");
    assert_eq!(done(&sandbox, "DELETE ", "marta.lopez").status, 200);
    assert!(!is_there(&sandbox, "marta.lopez"));
}

#[test]
fn nobody_is_answered_with_an_envelope_of_404() {
    let sandbox = built_in("default");
    let replies = DEEDS.map(|deed| done(&sandbox, deed, "nobody"));
    for reply in replies.into_iter().chain([get(&sandbox, "/nobody/groups")]) {
        let message = "there is no user with this id or username";
        let refusal = json!({"location": null, "message": message, "responsePlatforms": {}, "status": 404});
        assert_eq!((reply.status, reply.json()), (404, refusal));
    }
}

#[test]
fn mail_and_groups_take_all_four_ids_and_the_latest_update_too() {
    for revision in Revision::ALL {
        let sandbox = written(&format!("revision = '{}'\nleaky = true\nstrict = false", revision.word()));
        let marta = json!({"username": "marta.lopez", "name": "Marta", "surname": "L", "email": "m@acme.example",
            "language": "es", "timezone": "Europe/Paris", "roles": {"management": ["user"]}, "externalId": "HR-1"});
        assert_eq!(update(&sandbox, "marta.lopez", SYNC, &marta).status, 200);
        let common = read(&sandbox, "marta.lopez").json()["commonId"].as_str().unwrap().to_owned();
        let external = if revision == Revision::Y2019 || revision == Revision::Y2023 { "HR-1" } else { &*common };
        for key in [&*common, external] {
            assert_eq!(done(&sandbox, "POST /welcomeMail", key).status, 200, "{revision:?} {key}");
            assert_eq!(get(&sandbox, &format!("/{key}/groups")).status, 200, "{revision:?} {key}");
            for deed in ["PUT /activate", "PUT /deactivate", "PUT /changePassword", "DELETE "] {
                assert_eq!(done(&sandbox, deed, key).status, 404, "{revision:?} {deed} {key}");
            }
            let status = if revision == Revision::Y2023 { 200 } else { 404 };
            assert_eq!(update(&sandbox, key, SYNC, &marta).status, status, "{revision:?} {key}");
        }
    }
}

#[test]
fn the_groups_of_a_user_are_an_array_with_the_vendors_keys() {
    let sandbox = built_in("default");
    let reply = get(&sandbox, "/marta.lopez/groups");
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json;charset=UTF-8")));
    let groups = reply.json();
    let codes = |groups: &Value| -> Vec<String> {
        let codes = groups.as_array().expect("an array").iter().map(|group| group["codGroup"].as_str());
        codes.map(|code| code.expect("a text").to_owned()).collect()
    };
    assert!(codes(&groups).contains(&"ACME-TRA".to_owned()), "{groups}");
    let trainers = groups.as_array().unwrap().iter().find(|group| group["codGroup"] == "ACME-TRA").unwrap();
    let keys: Vec<_> = trainers.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["codGroup", "commonId", "description", "externalId", "name", "parentCommondId", "roles"]);
    assert_eq!((&trainers["name"], &trainers["externalId"]), (&json!("Trainers"), &json!("LMS-TRAINERS")));
    assert_eq!(trainers["parentCommondId"].as_str().map(str::len), Some(32));
    let page = get(&sandbox, &format!("/marta.lopez/groups?startIndex={}&count=1", codes(&groups).len() - 1)).json();
    assert_eq!(codes(&page), codes(&groups)[codes(&groups).len() - 1..]);
    let people = sandbox.people();
    let usernames = people.iter().map(|person| person["username"].as_str().unwrap());
    let counts: Vec<_> = usernames.map(|name| codes(&get(&sandbox, &format!("/{name}/groups")).json()).len()).collect();
    assert!([0, 1, 2].iter().all(|count| counts.contains(count)), "{counts:?}");
    create(&sandbox, SYNC, &ana());
    assert_eq!(get(&sandbox, "/ana.gil/groups").json(), json!([]), "nobody has put her into one");
}

#[test]
fn a_strict_tenant_minds_a_body_that_no_page_shows() {
    for deed in ["PUT /activate", "POST /welcomeMail", "DELETE "] {
        let reply = act(&built_in("default"), deed, "marta.lopez", &[SYNC, JSON], "{}").expect("an answer");
        assert_eq!((reply.status, &*reply.message()), (400, "this service takes no body"), "{deed}");
        let lenient = written("strict = false");
        assert_eq!(act(&lenient, deed, "marta.lopez", &[SYNC, JSON], "{}").expect("an answer").status, 200, "{deed}");
    }
}

#[test]
fn both_prefixes_have_every_service_and_only_its_method() {
    let sandbox = built_in("default");
    let zuul = USERS.replace("/ws/", "/zuul/");
    for deed in DEEDS {
        let (method, path) = deed.split_once(' ').unwrap();
        let body = if path.ends_with("Password") { r#"{"newPassword": "1234"}"# } else { "" };
        let start = format!("{method} {zuul}/noa.levi{path}");
        assert_eq!(
            receive(send(&sandbox, &start, &[RIGHT, SYNC, JSON], body)).expect("an answer").status,
            200,
            "{deed}"
        );
    }
    for wrong in [
        "GET /activate",
        "POST /deactivate",
        "POST /changePassword",
        "PUT /welcomeMail",
        "POST /groups",
        "DELETE /groups",
    ] {
        let reply = act(&sandbox, wrong, "marta.lopez", &[SYNC], "").expect("an answer");
        assert_eq!((reply.status, &*reply.body), (405, ""), "{wrong}");
    }
    assert_eq!(act(&sandbox, "PUT /enable", "marta.lopez", &[SYNC], "").expect("an answer").status, 404);
}

#[test]
fn the_token_opens_every_service() {
    let sandbox = built_in("default");
    let people = sandbox.people();
    for deed in DEEDS.into_iter().chain(["GET /groups"]) {
        let (method, path) = deed.split_once(' ').unwrap();
        let reply = receive(send(&sandbox, &format!("{method} {USERS}/marta.lopez{path}"), &[SYNC], ""));
        assert_eq!(reply.expect("an answer").status, 401, "{deed}");
    }
    assert_eq!(receive(send(&sandbox, &format!("GET {USERS}"), &[], "")).expect("an answer").status, 401);
    assert_eq!(sandbox.people(), people);
}

#[test]
fn a_strike_hits_the_service_that_it_names_and_no_other() {
    let names = ["activate", "deactivate", "change-password", "welcome-mail", "delete"];
    for (deed, name) in DEEDS.into_iter().zip(names) {
        let sandbox = written(&format!("[[strike]]\non = ['{name}']\nanswer = 'nothing'\nstatus = 503"));
        for other in DEEDS {
            let status = if other == deed { 503 } else { 200 };
            assert_eq!(done(&sandbox, other, "marta.lopez").status, status, "{name}: {other}");
        }
        assert_eq!(is_there(&sandbox, "marta.lopez"), name == "delete", "{name}");
    }
    let sandbox = written("[[strike]]\non = ['list', 'groups']\nanswer = 'page'\nstatus = 502");
    assert_eq!([get(&sandbox, "").status, get(&sandbox, "/marta.lopez/groups").status], [502, 502]);
    assert_eq!(read(&sandbox, "marta.lopez").status, 200);
}

#[test]
fn the_built_in_strikes_on_writes_are_on_every_write() {
    for deed in DEEDS {
        assert_eq!(
            done(&built_in("rejects"), deed, "marta.lopez").message(),
            "The tenant does not accept changes of users"
        );
        let mirrored = done(&built_in("mirror-status"), deed, "marta.lopez");
        assert_eq!((mirrored.status, &*mirrored.body), (204, ""), "{deed}");
        for (name, made) in [("cut-before", false), ("cut-after", true)] {
            let sandbox = built_in(name);
            assert!(usual(&sandbox, deed, "marta.lopez", SYNC).is_none(), "{name} {deed}");
            let is_changed = match deed {
                "PUT /deactivate" => !is_enabled(&sandbox, "marta.lopez"),
                "DELETE " => !is_there(&sandbox, "marta.lopez"),
                _ => made,
            };
            assert_eq!(is_changed, made, "{name} {deed}");
        }
    }
    for deed in ["PUT /activate", "PUT /deactivate", "DELETE "] {
        let answer = done(&built_in("social-down"), deed, "marta.lopez").json();
        assert_eq!((&answer["status"], &answer["responsePlatforms"]["social"]["status"]), (&json!(204), &json!(500)));
    }
}

#[test]
fn queued_deeds_show_at_the_third_look() {
    let sandbox = built_in("queued");
    let all = [("training", 202), ("social", 202), ("play", 202), ("management", 202)];
    assert_eq!(done(&sandbox, "PUT /deactivate", "marta.lopez").json(), envelope(202, &all));
    assert_eq!([(); 3].map(|()| is_enabled(&sandbox, "marta.lopez")), [true, true, false]);
    assert_eq!(done(&sandbox, "DELETE ", "marta.lopez").json()["status"], 202);
    assert_eq!([(); 3].map(|()| read(&sandbox, "marta.lopez").status), [200, 200, 404]);
}

#[test]
fn what_management_does_not_take_does_not_happen() {
    let sandbox = written("[[strike]]\nplatforms.management = { status = 500, message = 'no' }");
    let people = sandbox.people();
    for deed in DEEDS {
        let answer = done(&sandbox, deed, "marta.lopez").json();
        assert_eq!((&answer["status"], &answer["message"]), (&json!(500), &json!("")), "{deed}");
    }
    assert_eq!(sandbox.people(), people);
}
