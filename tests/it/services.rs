//! The services beside create and update, on the wire and as the service room gives them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};

use netex_users::api::{Client, Settings};
use netex_users::domain::deed::Deed;
use netex_users::domain::key::UserKey;
use netex_users::domain::listed::{End, Listed, Progress};
use netex_users::domain::outcome::{Cause, PlatformState, ReadFault, Report, Verdict};
use netex_users::domain::person::Person;
use netex_users::domain::secret::{Sealed, Secret};
use netex_users::domain::tenant::Synchronization;
use netex_users::service::Service;
use netex_users::service::copy::Place;
use netex_users::service::paging::Paging;
use serde_json::{Value, json};

use crate::chaos::{Chaos, TOKEN, assert_on_the_wire, filled, reply, settings, settings_of};
use crate::support::journal;

mod look_alike;

macro_rules! golden {
    ($path:literal) => {
        include_str!(concat!("golden/", $path))
    };
}

const ID: &str = "ff808181556ee70e015572136a250012";
const PASSWORD: &str = "CANARY-pa\"ss 4712";

fn key() -> UserKey {
    UserKey::parse(ID).expect("a key")
}

fn new_password() -> Deed {
    Deed::ChangePassword(Sealed::new(Secret::new(PASSWORD.to_owned())))
}

fn deactivate(message: Option<&str>) -> Deed {
    Deed::Deactivate { message: message.map(str::to_owned) }
}

fn client(server: &Chaos) -> Client {
    Client::new(settings(server)).expect("a client")
}

fn service(server: &Chaos) -> Service {
    journal::service(client(server))
}

fn rows(report: &Report) -> Vec<(&str, PlatformState)> {
    report.platforms.iter().map(|row| (row.name.raw(), row.state)).collect()
}

#[tokio::test]
async fn activate_is_the_golden_request_and_done_when_every_platform_has_done_it() {
    let server = Chaos::replying(200, golden!("responses/activate_synchronous.json"));
    let report = client(&server).deed(&key(), &Deed::Activate, Synchronization::Synchronous).await;
    assert_eq!((report.verdict, report.platforms.len()), (Verdict::Applied, 4));
    assert_on_the_wire(server, golden!("wire/activate.txt"), "").await;
}

#[tokio::test]
async fn deactivate_has_a_body_only_with_a_message() {
    for (deed, golden, body) in [
        (deactivate(None), golden!("wire/deactivate.txt"), ""),
        (
            deactivate(Some("Hasta \"luego\", ñandú")),
            golden!("wire/deactivate_message.txt"),
            r#"{"message":"Hasta \"luego\", ñandú"}"#,
        ),
    ] {
        let server = Chaos::replying(200, golden!("responses/deactivate_asynchronous.json"));
        let mode = if body.is_empty() { Synchronization::Asynchronous } else { Synchronization::Synchronous };
        let report = client(&server).deed(&key(), &deed, mode).await;
        assert_eq!(report.verdict, Verdict::Pending);
        // Who asked to wait is told that the service did not.
        assert_eq!(report.notes.len(), usize::from(mode == Synchronization::Synchronous));
        assert_on_the_wire(server, golden, body).await;
    }
}

#[tokio::test]
async fn a_password_goes_out_as_json_whatever_the_mode_and_only_management_answers() {
    let server = Chaos::replying(200, golden!("responses/change_password.json"));
    let report = client(&server).deed(&key(), &new_password(), Synchronization::Asynchronous).await;
    assert_eq!((report.verdict, rows(&report)), (Verdict::Applied, vec![("management", PlatformState::Done)]));
    assert_on_the_wire(server, golden!("wire/change_password.txt"), r#"{"newPassword":"CANARY-pa\"ss 4712"}"#).await;
}

#[tokio::test]
async fn a_welcome_mail_is_queued_and_never_green() {
    let server = Chaos::replying(200, golden!("responses/welcome_mail.json"));
    let report = client(&server).deed(&key(), &Deed::WelcomeMail, Synchronization::Synchronous).await;
    assert_eq!((report.verdict, report.notes.as_slice()), (Verdict::Pending, &[][..]));
    assert_eq!(rows(&report), [("management", PlatformState::Queued)]);
    assert_on_the_wire(server, golden!("wire/welcome_mail.txt"), "").await;
}

#[tokio::test]
async fn delete_is_the_golden_request_and_names_who_did_not_answer() {
    let server = Chaos::replying(200, golden!("responses/delete_synchronous.json"));
    let report = client(&server).deed(&key(), &Deed::Delete, Synchronization::Synchronous).await;
    assert_eq!(report.verdict, Verdict::Applied);
    assert_on_the_wire(server, golden!("wire/delete.txt"), "").await;

    let server = Chaos::replying(200, golden!("responses/change_password.json"));
    let report = client(&server).deed(&key(), &Deed::Delete, Synchronization::Synchronous).await;
    assert_eq!(report.verdict, Verdict::Partial);
    assert_eq!(rows(&report)[1..], [("training", PlatformState::NotReported), ("social", PlatformState::NotReported)]);
}

fn every_deed() -> [Deed; 6] {
    [Deed::Activate, deactivate(None), deactivate(Some("x")), new_password(), Deed::WelcomeMail, Deed::Delete]
}

#[tokio::test]
async fn a_read_only_client_does_no_deed_and_does_not_even_connect() {
    let server = Chaos::replying(200, "{}");
    let client = Client::new(Settings { read_only: true, ..settings(&server) }).expect("a client");
    for deed in every_deed() {
        let report = client.deed(&key(), &deed, Synchronization::Synchronous).await;
        assert_eq!((report.verdict, report.cause), (Verdict::NotSent, Cause::ReadOnly), "{deed}");
    }
    assert_eq!(server.finish().await.connections, 0);
}

#[tokio::test]
async fn no_deed_is_sent_twice_and_a_broken_answer_is_in_doubt() {
    for deed in every_deed() {
        for answer in
            [&b""[..], b"HTTP/1.1 503 X\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 200 X\r\nConte"]
        {
            let server = Chaos::raw(answer);
            let report = client(&server).deed(&key(), &deed, Synchronization::Synchronous).await;
            assert_eq!(report.verdict, Verdict::InDoubt, "{deed}");
            assert_eq!(server.finish().await.connections, 1, "{deed}");
        }
    }
}

#[tokio::test]
async fn what_a_server_echoes_of_a_password_or_the_token_is_masked() {
    for echo in [PASSWORD, TOKEN] {
        let body = json!({
            "status": 400,
            "message": format!("bad value <{echo}>"),
            "responsePlatforms": {"management": {"status": 400, "message": echo, "location": format!("/users/{echo}")}},
        });
        let server = Chaos::replying(400, &body.to_string());
        let report = client(&server).deed(&key(), &new_password(), Synchronization::Synchronous).await;
        assert_eq!(report.verdict, Verdict::Rejected);
        assert!(!format!("{report:?}").contains("CANARY"), "{report:?}");
        assert_eq!(report.message.expect("a message").raw(), "bad value <********>");
    }
}

#[tokio::test]
async fn the_review_shows_the_head_of_the_wire_with_the_secrets_masked() {
    let server = Chaos::replying(200, golden!("responses/change_password.json"));
    let shown = Service::new(client(&server)).deed_transcript(&key(), &new_password(), Synchronization::Asynchronous);
    assert_eq!(shown, filled(golden!("wire/change_password_review.txt"), &server, 0).trim_end());
    for deed in every_deed() {
        let server = Chaos::replying(200, "");
        let client = client(&server);
        let shown = client.deed_transcript(&key(), &deed, Synchronization::Asynchronous);
        assert!(!shown.contains("CANARY"), "{shown}");
        client.deed(&key(), &deed, Synchronization::Asynchronous).await;
        let sent = String::from_utf8(server.finish().await.requests.remove(0)).expect("UTF-8");
        let head = |text: &str| {
            let lines = text.lines().take_while(|line| !line.is_empty());
            let mut lines: Vec<_> =
                lines.filter(|line| !line.starts_with("Content-Length")).map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(head(&shown), head(&sent.replace(TOKEN, "********")), "{deed}");
    }
}

/// A server whose answer depends on start index and count.
fn paged(answer: impl Fn(usize, usize) -> Vec<u8> + Send + Sync + 'static) -> Chaos {
    Chaos::untouched(move |stream| {
        let asked = head(stream);
        let number = |name: &str| {
            let from = asked.find(name).expect("every page is asked for by both") + name.len();
            let digits: String = asked[from..].chars().take_while(char::is_ascii_digit).collect();
            digits.parse().expect("a number")
        };
        drop(stream.write_all(&answer(number("startIndex="), number("count="))));
    })
}

fn head(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while !bytes.ends_with(b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
    String::from_utf8(bytes).expect("a head is ASCII")
}

fn user(number: usize) -> Value {
    json!({
        "id": format!("ff808181556ee70e{number:016x}"), "username": format!("user.{number}"), "name": "Nome",
        "password": "$2a$10$CANARY", "image": {"url": "/opt/CANARY.jpg"}, "aboutMe": "CANARY", "extra": {},
        "roles": {"management": ["user"]}, "language": "es", "enabled": true,
    })
}

fn page_of(total: usize, status: u16, start: usize, count: usize) -> Vec<u8> {
    let users: Vec<_> = (start..total.min(start + count)).map(user).collect();
    reply(status, "", &Value::from(users).to_string())
}

async fn everybody(service: &Service, mut paging: Paging) -> (Vec<Person>, Paging, Option<ReadFault>) {
    let mut all = Vec::new();
    while paging.end().is_none() {
        let (next, page) = service.next_page(paging).await;
        paging = next;
        match page {
            Ok(page) => all.extend(page),
            Err(fault) => return (all, paging, Some(fault)),
        }
    }
    (all, paging, None)
}

#[tokio::test]
async fn a_page_is_the_golden_request() {
    let server = Chaos::replying(206, "[]");
    assert_eq!(client(&server).page(0, 500).await.map(|page| page.entries), Ok(0));
    assert_on_the_wire(server, golden!("wire/page.txt"), "").await;
}

#[tokio::test]
async fn everybody_is_read_page_by_page_without_what_must_not_be_kept() {
    for status in [200, 206] {
        let server = paged(move |start, count| page_of(1_201, status, start, count));
        let (people, paging, fault) = everybody(&service(&server), Paging::default()).await;
        assert_eq!((people.len(), paging.end(), fault), (1_201, Some(End::Complete), None));
        assert_eq!(people[1_200].username, "user.1200");
        let rows: Vec<_> = people.iter().map(Listed::from).collect();
        assert!(!format!("{rows:?}").contains("CANARY"));
        assert!(!format!("{people:?}").replace("\"CANARY\"", "").contains("CANARY"), "hash or path");
        assert_eq!(server.finish().await.connections, 4);
    }
}

#[tokio::test]
async fn a_page_that_was_not_heard_is_asked_for_once_more_and_reading_goes_on_later() {
    let turn = AtomicUsize::new(0);
    let server = paged(move |start, count| match turn.fetch_add(1, Ordering::SeqCst) {
        1 => reply(429, "Retry-After: 0\r\n", ""),
        3 | 4 => reply(503, "", ""),
        _ => page_of(1_201, 200, start, count),
    });
    let service = service(&server);
    let (first, paging, fault) = everybody(&service, Paging::default()).await;
    assert_eq!((first.len(), fault), (1_000, Some(ReadFault::Failed(Cause::Gateway(503)))));
    assert_eq!(paging.progress(), Progress::UpTo(1_000));
    let (rest, paging, fault) = everybody(&service, paging).await;
    assert_eq!((rest.len(), paging.found(), fault), (201, 1_201, None));
    assert_eq!(server.finish().await.connections, 7);
}

#[tokio::test]
async fn a_long_wait_and_a_refused_token_are_told_at_once() {
    for (answer, cause) in
        [(reply(429, "Retry-After: 60\r\n", ""), Cause::TooMany(Some(60))), (reply(401, "", ""), Cause::Token(401))]
    {
        let server = Chaos::raw(answer);
        let (_, page) = service(&server).next_page(Paging::default()).await;
        assert_eq!(page, Err(ReadFault::Failed(cause)));
        assert_eq!(server.finish().await.connections, 1);
    }
}

#[tokio::test]
async fn a_page_beyond_the_limit_is_read_in_halves() {
    let server = paged(|start, count| {
        let users: Vec<_> = (start..600.min(start + count))
            .map(|number| json!({"id": number.to_string(), "username": number.to_string(), "aboutMe": "x".repeat(40_000)}))
            .collect();
        reply(200, "", &Value::from(users).to_string())
    });
    let (people, paging, fault) = everybody(&service(&server), Paging::default()).await;
    assert_eq!((people.len(), paging.end(), fault), (600, Some(End::Complete), None));
    // 500 and 250 were too many; five pages of 125, and one to see that there are no more.
    assert_eq!(server.finish().await.connections, 8);
}

#[tokio::test]
async fn a_login_page_in_the_place_of_the_list_is_no_empty_list() {
    let server = Chaos::raw(reply(200, "Content-Type: text/html\r\n", "<!doctype html><html>"));
    let (people, paging, fault) = everybody(&service(&server), Paging::default()).await;
    assert_eq!((people.len(), paging.end(), fault), (0, None, Some(ReadFault::Failed(Cause::WebPage))));
}

#[tokio::test]
async fn the_groups_of_a_user_are_read_to_their_end() {
    let server = Chaos::replying(200, golden!("users/groups.json"));
    let groups = service(&server).groups(&key()).await.unwrap();
    assert_eq!(groups.iter().map(|group| group.code.as_str()).collect::<Vec<_>>(), ["SALES", "SALES-ES"]);
    assert_eq!(groups[0].roles["training"].len(), 2);
    let seen = server.finish().await;
    let sent = String::from_utf8_lossy(&seen.requests[0]);
    let first = sent.lines().next().unwrap();
    assert_eq!(Some(first), golden!("wire/groups.txt").lines().next());

    let server = Chaos::replying(404, r#"{"status": 404, "responsePlatforms": {}}"#);
    assert_eq!(service(&server).groups(&key()).await, Err(ReadFault::NotFound));
    let server = Chaos::replying(200, r#"[{"codGroup": "A", "name": "B"}, {"codGroup": 7}]"#);
    assert!(matches!(service(&server).groups(&key()).await, Err(ReadFault::Failed(Cause::Nonsense(_)))));
}

#[tokio::test]
async fn a_copy_outlives_the_service_and_reading_goes_on_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = paged(|start, count| page_of(1_201, 200, start, count));
    let place = Place::new(folder.path().to_owned(), "acme", "https://acme.example/integration/ws");
    let start = || service(&server).keeping(place.clone());
    let (paging, page) = start().next_page(Paging::default()).await;
    let rows: Vec<_> = page.unwrap().iter().map(Listed::from).collect();
    start().save_copy(1_790_000_000, paging.progress(), &rows).unwrap();

    let copy = start().load_copy().unwrap().expect("a copy");
    assert_eq!((copy.read_at, copy.progress), (1_790_000_000, Progress::UpTo(500)));
    assert_eq!(copy.people, rows);
    let paging = Paging::resume_people(500, &copy.people);
    let (rest, paging, _) = everybody(&start(), paging).await;
    assert_eq!((rest.len(), paging.found()), (701, 1_201));
    let bytes = std::fs::read(place.path()).unwrap();
    assert!(!bytes.windows(6).any(|six| six == b"CANARY"), "nothing that must not be kept is kept");
    assert_eq!(service(&server).load_copy(), Ok(None), "without a place nothing is kept");
}
