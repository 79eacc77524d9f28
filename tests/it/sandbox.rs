//! The sandbox over real HTTP, spoken by hand: against the vendor's statuses, and each scenario against what it promises.
//!
//! The client is not used here, and neither is its codec: what they have in common with the sandbox is what these tests must not trust.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use netex_users::domain::field::Revision;
use netex_users::domain::roles::{Catalogue, Catalogues, Role, Section};
use netex_users::sandbox::{Body, Sandbox, Scenario, Token};
use serde_json::{Value, json};

mod crowd;
mod paging;
mod services;

/// A reply of which the connection gave at least a status line.
#[derive(Debug)]
struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().filter_map(|line| line.split_once(": ")).find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    fn message(&self) -> String {
        self.json()["message"].as_str().expect("a message").to_owned()
    }
}

/// A section of the original pages, with `groupadmin` and the mandatory role of the later ones where they have it.
fn catalogue(revision: Revision) -> Catalogue {
    let section = |key: &str, roles: &str, needs_one: bool| {
        let role = |key: &str| Role { key: key.into(), label: key.into(), help: String::new(), grave: false };
        Section { key: key.into(), label: key.into(), roles: roles.split(' ').map(role).collect(), needs_one }
    };
    Catalogue::new(vec![
        section("management", "user admin", revision != Revision::Original),
        section("training", "user trainer admin", false),
        section("social", "user admin", false),
        section("play", "user admin", false),
    ])
}

fn start(scenario: Scenario) -> Sandbox {
    let roles = catalogue(scenario.revision());
    Sandbox::start(scenario, 0, Catalogues { create: roles.clone(), update: roles }).expect("a free port of loopback")
}

fn built_in(name: &str) -> Sandbox {
    start(Scenario::built_in(name).expect("a built-in scenario"))
}

fn written(text: &str) -> Sandbox {
    start(Scenario::parse(&format!("about = 'A test.'\n{text}")).expect("a scenario"))
}

fn authority(sandbox: &Sandbox) -> String {
    let base_url = sandbox.base_url();
    base_url.trim_start_matches("http://").trim_end_matches("/integration/ws").to_owned()
}

/// Sends a request and leaves the connection open for whatever comes.
fn send(sandbox: &Sandbox, start: &str, headers: &[(&str, &str)], body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(authority(sandbox)).expect("a listening sandbox");
    let headers: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let headers = headers.concat();
    let length = body.len();
    let request = format!(
        "{start} HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).expect("a request that is read");
    stream
}

/// What comes until the connection ends; nothing where it ends without a byte.
fn receive(mut stream: TcpStream) -> Option<Reply> {
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an end and no error");
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Reply { status, head: head.to_owned(), body: body.to_owned() })
}

const JSON: (&str, &str) = ("content-type", "application/json");
const RIGHT: (&str, &str) = ("X-Cloud-Auth-Token", "sandbox-token");
const SYNC: (&str, &str) = ("X-Cloud-Synchronization", "synchronous");
const ASYNC: (&str, &str) = ("X-Cloud-Synchronization", "asynchronous");
const USERS: &str = "/integration/ws/management/rest/users";

fn write(sandbox: &Sandbox, start: &str, mode: (&str, &str), user: &Value) -> Option<Reply> {
    receive(send(sandbox, start, &[JSON, RIGHT, mode], &json!({ "user": user }).to_string()))
}

fn create(sandbox: &Sandbox, mode: (&str, &str), user: &Value) -> Reply {
    write(sandbox, &format!("POST {USERS}"), mode, user).expect("an answer")
}

fn update(sandbox: &Sandbox, key: &str, mode: (&str, &str), user: &Value) -> Reply {
    write(sandbox, &format!("PUT {USERS}/{key}"), mode, user).expect("an answer")
}

fn read(sandbox: &Sandbox, key: &str) -> Reply {
    receive(send(sandbox, &format!("GET {USERS}/{key}"), &[RIGHT], "")).expect("an answer")
}

fn get(sandbox: &Sandbox, path: &str) -> Reply {
    receive(send(sandbox, &format!("GET {USERS}{path}"), &[RIGHT], "")).expect("an answer")
}

fn ana() -> Value {
    json!({"username": "ana.gil", "password": "Abcd-1234", "name": "Ana", "surname": "Gil", "email": "ana.gil@acme.example",
           "language": "es", "timezone": "Europe/Paris", "roles": {"management": ["user"]}})
}

fn with(mut user: Value, key: &str, value: Value) -> Value {
    user[key] = value;
    user
}

fn is_there(sandbox: &Sandbox, username: &str) -> bool {
    sandbox.people().iter().any(|person| person["username"] == username)
}

/// Waits for a change that another thread makes. The bound is some minutes, for a change that never comes.
fn eventually(condition: impl Fn() -> bool) {
    let came = (0..1_000_000).any(|_| {
        condition() || {
            std::thread::yield_now();
            false
        }
    });
    assert!(came, "it never came");
}

fn platform(status: u16) -> Value {
    json!({"location": null, "message": null, "status": status})
}

/// The envelope of the vendor's examples.
fn envelope(status: u16, platforms: &[(&str, u16)]) -> Value {
    let platforms: serde_json::Map<_, _> =
        platforms.iter().map(|(name, status)| ((*name).to_owned(), platform(*status))).collect();
    json!({"location": null, "message": "", "responsePlatforms": platforms, "status": status})
}

#[test]
fn create_and_update_answer_as_the_vendors_examples_in_both_modes() {
    let sandbox = built_in("default");
    let reply = create(&sandbox, SYNC, &ana());
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/json;charset=UTF-8"));
    assert_eq!(reply.json(), envelope(201, &[("training", 201), ("social", 201), ("management", 201)]));
    let id = read(&sandbox, "ana.gil").json()["id"].as_str().unwrap().to_owned();
    assert_eq!(reply.header("location"), Some(&*format!("{}/management/rest/users/{id}", sandbox.base_url())));

    let reply = create(&sandbox, ASYNC, &with(ana(), "username", json!("ana.two")));
    assert_eq!((reply.status, reply.header("location")), (200, None));
    assert_eq!(reply.json(), envelope(201, &[("training", 202), ("social", 202), ("management", 201)]));

    let change = json!({"mobilePhone": "+34 600 000 999"});
    let reply = update(&sandbox, "ana.gil", SYNC, &change);
    assert_eq!((reply.status, reply.header("location")), (200, None));
    assert_eq!(reply.json(), envelope(204, &[("training", 200), ("social", 204), ("management", 204)]));

    let reply = update(&sandbox, &id, ASYNC, &change);
    assert_eq!((reply.status, reply.header("location")), (200, None));
    assert_eq!(reply.json(), envelope(204, &[("training", 202), ("social", 202), ("management", 204)]));
}

#[test]
fn play_answers_where_its_roles_are_sent_and_on_the_later_revisions() {
    let sandbox = built_in("default");
    let play = json!({"roles": {"play": ["user"]}});
    let all = [("training", 200), ("social", 204), ("play", 204), ("management", 204)];
    assert_eq!(update(&sandbox, "marta.lopez", SYNC, &play).json(), envelope(204, &all));
    let queued = [("training", 202), ("social", 202), ("play", 204), ("management", 204)];
    assert_eq!(update(&sandbox, "marta.lopez", ASYNC, &play).json(), envelope(204, &queued));
    let sandbox = start(Scenario::default().with_revision(Revision::Y2019));
    let roles = json!({"roles": {"management": ["user"]}});
    assert_eq!(update(&sandbox, "marta.lopez", SYNC, &roles).json(), envelope(204, &all));
}

#[test]
fn a_read_answers_a_bare_user_with_every_key() {
    let sandbox = built_in("default");
    let reply = read(&sandbox, "marta.lopez");
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.json(),
        json!({
            "aboutMe": "I have been with Acme since 2014.\nI look after the onboarding courses of the north.\n\
                        Ask me about the autumn catalogue.",
            "email": "marta.lopez@acme.example", "enabled": true, "extra": {}, "id": "ff808181556ee70e01557214fddc0001",
            "image": {"url": "/opt/cloud/storage/acme/users/marta.lopez.jpg"},
            "interests": "onboarding, sailing, accessible design", "language": "es", "location": "A Coruña",
            "mobilePhone": "+34 600 000 000", "name": "Marta", "officePhone": "+34 981 000 000",
            "roles": {"management": ["user"], "training": ["user", "trainer"], "social": ["user"]},
            "surname": "López", "timezone": "Europe/Paris", "username": "marta.lopez"
        })
    );
    let martin = read(&sandbox, "martin.dubois").json();
    assert_eq!(martin["enabled"], false);
    assert_eq!(martin["image"], Value::Null);
    assert_eq!(martin["mobilePhone"], Value::Null);
    assert_eq!(martin["roles"], json!({"management": ["user"], "training": ["user", "trainer"]}));
}

#[test]
fn an_update_changes_what_it_sends_and_nothing_else() {
    let sandbox = built_in("default");
    let before = read(&sandbox, "marta.lopez").json();
    let change = json!({"mobilePhone": "", "aboutMe": "Ñandú 山田 👩‍👧", "extra": {"a": 1}, "roles": {"social": []}});
    assert_eq!(update(&sandbox, "marta.lopez", SYNC, &change).status, 200);
    let mut after = before;
    after["mobilePhone"] = Value::Null;
    after["aboutMe"] = json!("Ñandú 山田 👩‍👧");
    after["roles"] = json!({"management": ["user"], "training": ["user", "trainer"]});
    assert_eq!(read(&sandbox, "marta.lopez").json(), after);
}

#[test]
fn both_prefixes_lead_to_the_same_people_and_every_other_address_nowhere() {
    let sandbox = built_in("default");
    let get = |path: &str| receive(send(&sandbox, &format!("GET {path}"), &[RIGHT], "")).expect("an answer");
    assert_eq!(get("/integration/zuul/management/rest/users/noa.levi").json()["name"], "נועה");
    for path in ["/", "/integration/ws/management/rest/user/noa.levi", "/management/rest/users/noa.levi"] {
        let reply = get(path);
        assert_eq!((reply.status, reply.header("content-type")), (404, Some("text/html;charset=UTF-8")), "{path}");
    }
    let reply = receive(send(&sandbox, &format!("PATCH {USERS}/noa.levi"), &[RIGHT], "")).expect("an answer");
    assert_eq!((reply.status, &*reply.body), (405, ""));
    assert_eq!(sandbox.log().len(), 5);
}

#[test]
fn the_key_of_a_path_is_the_decoded_segment() {
    let sandbox = built_in("default");
    for (username, segment) in [("a ñ/b", "a%20%C3%B1%2Fb"), ("50%", "50%25"), ("..", "%2E%2E")] {
        assert_eq!(create(&sandbox, SYNC, &with(ana(), "username", json!(username))).status, 200);
        assert_eq!(read(&sandbox, segment).json()["username"], username);
    }
    assert_eq!(read(&sandbox, "Marta.Lopez").status, 404);
}

#[test]
fn what_a_person_did_wrong_is_refused_with_an_envelope_and_changes_nothing() {
    let sandbox = built_in("default");
    let people = sandbox.people();
    let mut unnamed = ana();
    unnamed.as_object_mut().unwrap().remove("username");
    for (reply, status, words) in [
        (create(&sandbox, SYNC, &unnamed), 400, "username: missing"),
        (create(&sandbox, SYNC, &with(ana(), "username", json!("marta.lopez"))), 400, "username: already used"),
        (
            create(&sandbox, SYNC, &with(ana(), "roles", json!({"training": ["king"]}))),
            400,
            "unknown role king in training",
        ),
        (create(&sandbox, SYNC, &with(ana(), "nickname", json!("an"))), 400, "nickname: unknown"),
        (create(&sandbox, SYNC, &with(ana(), "enabled", json!("yes"))), 400, "enabled: must be true or false"),
        (update(&sandbox, "marta.lopez", SYNC, &ana()), 400, "username: update does not take it"),
        (update(&sandbox, "nobody", SYNC, &json!({})), 404, "no user with this id or username"),
        (read(&sandbox, "nobody"), 404, "no user with this id or username"),
        (update(&sandbox, "marta.lopez", ("X-Cloud-Synchronization", "Synchronous"), &json!({})), 400, "X-Cloud-Synch"),
    ] {
        assert!(reply.message().contains(words), "{words}: {}", reply.body);
        let message = reply.message();
        assert_eq!(
            (reply.status, reply.json()),
            (status, json!({"location": null, "message": message, "responsePlatforms": {}, "status": status}))
        );
    }
    assert_eq!(sandbox.people(), people);
}

#[test]
fn only_the_token_opens_the_door() {
    let sandbox = built_in("default");
    let marta = format!("GET {USERS}/marta.lopez");
    for headers in [&[][..], &[("X-Cloud-Auth-Token", "sandbox-toke")], &[("X-Cloud-Auth-Token", "")]] {
        let reply = receive(send(&sandbox, &marta, headers, "")).expect("an answer");
        assert_eq!((reply.status, &reply.json()["status"]), (401, &json!(401)));
    }
    let tokens: Vec<_> = sandbox.log().iter().map(|exchange| exchange.token).collect();
    assert_eq!(tokens, [Token::Missing, Token::Wrong, Token::Wrong]);
    let sandbox = written("token = 'other'\n[wrong_token]\nstatus = 403\npage = true");
    let reply = receive(send(&sandbox, &marta, &[RIGHT], "")).expect("an answer");
    assert_eq!((reply.status, reply.header("content-type")), (403, Some("text/html;charset=UTF-8")));
    assert_eq!(sandbox.token(), "other");
}

#[test]
fn a_missing_mode_is_asynchronous_unless_the_scenario_says_otherwise() {
    let body = json!({"user": {"location": "Vigo"}}).to_string();
    let training = |sandbox: &Sandbox| {
        let stream = send(sandbox, &format!("PUT {USERS}/marta.lopez"), &[JSON, RIGHT], &body);
        receive(stream).expect("an answer").json()["responsePlatforms"]["training"]["status"].clone()
    };
    assert_eq!(training(&built_in("default")), 202);
    assert_eq!(training(&written("without_header = 'synchronous'")), 200);
}

#[test]
fn the_later_revisions_ask_for_a_content_type() {
    let body = json!({"user": {"roles": {"management": ["user"]}}}).to_string();
    let put = |sandbox: &Sandbox, headers: &[(&str, &str)]| {
        receive(send(sandbox, &format!("PUT {USERS}/marta.lopez"), headers, &body)).expect("an answer").status
    };
    let original = built_in("default");
    assert_eq!(put(&original, &[RIGHT]), 200);
    assert_eq!(put(&original, &[RIGHT, ("content-type", "text/plain")]), 415);
    let later = start(Scenario::default().with_revision(Revision::Y2019));
    assert_eq!(put(&later, &[RIGHT]), 415);
    assert_eq!(put(&later, &[RIGHT, JSON]), 200);
}

#[test]
fn the_latest_revision_renames_and_shows_the_newer_keys_without_the_hash() {
    let sandbox = start(Scenario::default().with_revision(Revision::Y2023));
    let marta = json!({"username": "marta.lopez.2", "name": "Marta", "surname": "López", "email": "m@acme.example",
        "language": "es", "timezone": "Europe/Paris", "roles": {"management": ["user"]}, "extendedFields": {"NIF": null}});
    assert_eq!(update(&sandbox, "marta.lopez", SYNC, &marta).status, 200);
    assert_eq!(read(&sandbox, "marta.lopez").status, 404);
    let read = read(&sandbox, "marta.lopez.2").json();
    assert_eq!(read["extendedFields"], json!({"NIF": null}));
    assert_eq!((&read["authSource"], &read["externalId"]), (&json!("LOCAL"), &Value::Null));
    assert_eq!(read["commonId"].as_str().map(str::len), Some(32));
    assert_eq!(read.get("password"), None);
}

#[test]
fn what_the_training_platform_refuses_is_a_partial_result() {
    let sandbox = built_in("default");
    let large = format!("iVBORw0KGgoA{}", "A".repeat(940_000));
    for (username, key, value, code) in [
        ("a.large", "image", json!({"base64Image": large, "mimeType": "image/png"}), "USR012"),
        ("a.webp", "image", json!({"base64Image": "UklGRg==", "mimeType": "image/webp"}), "USR011"),
        ("a.short", "password", json!("abc"), "USR002"),
    ] {
        let user = with(with(ana(), "username", json!(username)), key, value);
        let answer = create(&sandbox, SYNC, &user).json();
        assert_eq!(
            (&answer["status"], &answer["responsePlatforms"]["management"]["status"]),
            (&json!(201), &json!(201))
        );
        assert_eq!(answer["responsePlatforms"]["training"]["status"], 400);
        let message = answer["responsePlatforms"]["training"]["message"].as_str().unwrap();
        assert!(message.starts_with(code), "{message}");
        assert_eq!(answer["responsePlatforms"]["social"], platform(201));
        assert!(is_there(&sandbox, username));
        let queued = with(user, "username", json!(format!("{username}.async")));
        let expected = envelope(201, &[("training", 202), ("social", 202), ("management", 201)]);
        assert_eq!(create(&sandbox, ASYNC, &queued).json(), expected, "nobody waits for training");
    }
}

#[test]
fn the_log_tells_what_was_asked_without_token_and_password() {
    let sandbox = built_in("default");
    create(&sandbox, SYNC, &ana());
    let [exchange] = &sandbox.log()[..] else { panic!("one request: {:?}", sandbox.log()) };
    assert_eq!((&*exchange.method, &*exchange.path, exchange.token), ("POST", USERS, Token::Right));
    assert_eq!(exchange.header("x-cloud-synchronization"), Some("synchronous"));
    assert_eq!(exchange.body, Body::Json(json!({ "user": with(ana(), "password", json!("set")) })));
    let seen = format!("{exchange:?}");
    assert!(!seen.contains("sandbox-token") && !seen.contains("Abcd-1234"), "{seen}");
}

#[test]
fn social_down_fails_there_and_nowhere_else() {
    let sandbox = built_in("social-down");
    let answer = create(&sandbox, SYNC, &ana()).json();
    assert_eq!(
        answer["responsePlatforms"]["social"],
        json!({"location": null, "message": "The social platform does not respond", "status": 500})
    );
    assert_eq!((&answer["status"], &answer["responsePlatforms"]["training"]), (&json!(201), &platform(201)));
    assert!(is_there(&sandbox, "ana.gil"));
}

#[test]
fn queued_is_queued_everywhere_and_shows_at_the_third_look() {
    let sandbox = built_in("queued");
    let queued = envelope(202, &[("training", 202), ("social", 202), ("management", 202)]);
    assert_eq!(create(&sandbox, SYNC, &ana()).json(), queued);
    assert_eq!([(); 3].map(|()| read(&sandbox, "ana.gil").status), [404, 404, 200]);
    assert_eq!(update(&sandbox, "ana.gil", SYNC, &json!({"name": "Anna"})).json(), queued);
    assert_eq!([(); 3].map(|()| read(&sandbox, "ana.gil").json()["name"].clone()), ["Ana", "Ana", "Anna"]);
}

#[test]
fn refusals_and_pages_change_nothing() {
    for (name, status, kind) in [("rejects", 400, "application/json"), ("html", 200, "text/html")] {
        let sandbox = built_in(name);
        let reply = create(&sandbox, SYNC, &ana());
        assert_eq!(reply.status, status, "{name}");
        assert!(reply.header("content-type").unwrap().starts_with(kind), "{name}");
        assert!(!is_there(&sandbox, "ana.gil"), "{name}");
    }
    assert_eq!(create(&built_in("rejects"), SYNC, &ana()).message(), "The tenant does not accept changes of users");
    assert!(read(&built_in("html"), "marta.lopez").body.contains("<h1>Sign in</h1>"));
}

#[test]
fn a_cut_connection_gives_not_one_byte_and_the_change_is_made_or_not() {
    for (name, made) in [("cut-before", false), ("cut-after", true)] {
        let sandbox = built_in(name);
        assert!(write(&sandbox, &format!("POST {USERS}"), SYNC, &ana()).is_none(), "{name}");
        assert_eq!(is_there(&sandbox, "ana.gil"), made, "{name}");
        assert_eq!(read(&sandbox, "marta.lopez").status, 200, "{name}: reads are not cut");
        assert_eq!(sandbox.log().len(), 2, "{name}");
    }
}

#[test]
fn a_late_change_is_made_after_the_connection_died() {
    let post = format!("POST {USERS}");
    let never_yet = written("[[strike]]\nanswer = 'cut'\napplied = '600s'");
    assert!(write(&never_yet, &post, SYNC, &ana()).is_none());
    assert!(!is_there(&never_yet, "ana.gil"));
    let soon = written("[[strike]]\nanswer = 'cut'\napplied = '1ms'");
    assert!(write(&soon, &post, SYNC, &ana()).is_none());
    eventually(|| is_there(&soon, "ana.gil"));
}

#[test]
fn a_slow_change_is_made_before_the_wait_and_a_stopped_sandbox_lets_go_of_it() {
    let sandbox = written("[[strike]]\nwait = '600s'");
    let body = json!({ "user": ana() }).to_string();
    let mut stream = send(&sandbox, &format!("POST {USERS}"), &[JSON, RIGHT, SYNC], &body);
    eventually(|| is_there(&sandbox, "ana.gil"));
    stream.set_nonblocking(true).unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let authority = authority(&sandbox);
    drop(sandbox);
    assert!(TcpStream::connect(authority).is_err(), "nobody listens any more");
    assert_eq!(stream.read(&mut [0]).unwrap(), 0, "the connection ends with the sandbox");
    let brief = written("[[strike]]\nwait = '1ms'");
    assert_eq!(create(&brief, SYNC, &ana()).status, 200);
}

#[test]
fn mirrored_statuses_are_those_of_the_body() {
    let sandbox = built_in("mirror-status");
    let reply = create(&sandbox, SYNC, &ana());
    assert_eq!((reply.status, &reply.json()["status"]), (201, &json!(201)));
    assert!(reply.header("location").is_some());
    let reply = update(&sandbox, "ana.gil", SYNC, &json!({"name": "Anna"}));
    assert_eq!((reply.status, &*reply.body, reply.header("content-type")), (204, "", None));
    assert_eq!(update(&sandbox, "nobody", SYNC, &json!({})).status, 404);
}

#[test]
fn no_read_refuses_reads_with_a_bare_405() {
    let sandbox = built_in("no-read");
    let reply = read(&sandbox, "marta.lopez");
    assert_eq!((reply.status, &*reply.body), (405, ""));
    assert_eq!(update(&sandbox, "marta.lopez", SYNC, &json!({"name": "M"})).status, 200);
}

#[test]
fn leaky_reads_show_what_no_client_should_keep() {
    let marta = read(&built_in("leaky"), "marta.lopez").json();
    let hash = marta["password"].as_str().unwrap();
    assert!(hash.starts_with("$2a$10$") && hash.len() == 60, "{hash}");
    assert_eq!(marta["commonId"].as_str().map(str::len), Some(32));
    assert_eq!((&marta["extra"], &marta["extendedFields"]), (&json!({}), &json!({})));
    assert_eq!(marta["image"]["url"], "/opt/cloud/storage/acme/users/marta.lopez.jpg");
}

#[test]
fn strikes_are_a_script() {
    let sandbox = written(
        "[[strike]]\non = ['create']\ntimes = 1\nanswer = 'cut'\n\
         [[strike]]\non = ['create']\ntimes = 2\nanswer = 'nothing'\nstatus = 503\n\
         [[strike]]\non = ['update']\nplatforms.training = { absent = true }\n\
         platforms.management = { status = 500, message = 'no' }",
    );
    let post = format!("POST {USERS}");
    assert!(write(&sandbox, &post, SYNC, &ana()).is_none());
    assert_eq!([(); 3].map(|()| write(&sandbox, &post, SYNC, &ana()).unwrap().status), [503, 503, 200]);
    let answer = update(&sandbox, "ana.gil", SYNC, &json!({"name": "Anna"})).json();
    let management = json!({"location": null, "message": "no", "status": 500});
    assert_eq!(answer["responsePlatforms"], json!({"social": platform(204), "management": management}));
    assert_eq!(answer["status"], 500);
    assert_eq!(read(&sandbox, "ana.gil").json()["name"], "Ana", "what management did not take did not happen");
}

#[test]
fn a_taken_port_is_an_error() {
    let sandbox = built_in("default");
    let port: u16 = authority(&sandbox).rsplit_once(':').unwrap().1.parse().unwrap();
    let error = Sandbox::start(Scenario::default(), port, Catalogues::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
}
