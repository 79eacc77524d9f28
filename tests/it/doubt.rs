//! What is sent once and what is not sent at all: with two windows, without a journal, over a person who is gone, and again after a doubt.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use netex_users::api::Client;
use netex_users::domain::deed::Deed;
use netex_users::domain::draft::Subject;
use netex_users::domain::field::Revision;
use netex_users::domain::fields::Field;
use netex_users::domain::key::UserKey;
use netex_users::domain::order::{DeedOrder, Order};
use netex_users::domain::outcome::{Cause, Report, Sent, Settlement, Verdict};
use netex_users::domain::person::Person;
use netex_users::domain::record::{Circumstances, Realm, WINDOW};
use netex_users::domain::request::Request;
use netex_users::domain::tenant::Synchronization::Synchronous;
use netex_users::journal::{Journal, Place};
use netex_users::service::{Desk, Service};

use crate::chaos::{Chaos, Seen, reply, settings, until_the_client_leaves};
use crate::drafts::{Typing, create};
use crate::support::journal::{place, service};
use crate::support::recorder::Folder;

const DONE: &str = r#"{"status": 201, "responsePlatforms": {
    "management": {"status": 201}, "training": {"status": 201}, "social": {"status": 201}}}"#;

const NOBODY: &str = r#"{"status": 404, "responsePlatforms": {}}"#;

const TAKEN: &str = r#"{"status": 400, "message": "the username already exists", "responsePlatforms": {}}"#;

fn marta() -> Arc<Request> {
    let typing = create("marta.lopez", "Marta", "López", "marta.lopez@acme.example");
    let typing = typing.password("Xq7-tilo verde").text(Field::Language, "es").text(Field::Timezone, "Europe/Paris");
    Arc::new(typing.request())
}

fn user(surname: &str) -> String {
    format!(
        r#"{{"id": "1", "username": "marta.lopez", "name": "Marta", "surname": "{surname}", "email": "marta.lopez@acme.example"}}"#
    )
}

fn client(server: &Chaos) -> Client {
    Client::new(settings(server)).expect("a client")
}

fn desk(place: Place) -> Desk {
    let realm = Realm { tenant: "test".into(), origin: "https://test.example".into() };
    Desk { journal: Journal::open(place).expect("a journal"), realm }
}

async fn sent(service: &Service, request: &Arc<Request>, circumstances: &Circumstances) -> Report {
    match service.submit_with(&Order::Change(Arc::clone(request)), Synchronous, circumstances).await {
        Sent::Report(report) => *report,
        Sent::Conflict(person) => panic!("a conflict with {person:?}"),
    }
}

fn count(seen: &Seen, method: &str) -> usize {
    seen.requests.iter().filter(|request| request.starts_with(method.as_bytes())).count()
}

/// A server that answers each request by its number, with a status and a body.
fn in_turn(answers: Vec<(u16, String)>) -> Chaos {
    let turn = AtomicUsize::new(0);
    Chaos::acting(move |stream| {
        let (status, body) = &answers[turn.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1)];
        match status {
            0 => {}
            _ => drop(stream.write_all(&reply(*status, "Content-Type: application/json\r\n", body))),
        }
    })
}

#[tokio::test]
async fn without_a_journal_nothing_is_sent() {
    let server = Chaos::replying(200, DONE);
    let report = sent(&Service::new(client(&server)), &marta(), &Circumstances::default()).await;
    assert!(report.verdict == Verdict::NotSent && matches!(report.cause, Cause::NoJournal(_)), "{report:?}");
    let seen = server.finish().await;
    assert_eq!(seen.connections, 0);
}

/// Two windows of one agent send the same create at the same time; how many reach the server that keeps the first one waiting.
async fn in_two_windows(one: Place, other: Place) -> (usize, Vec<Verdict>) {
    let server = Chaos::acting(until_the_client_leaves);
    let windows = [one, other].map(|place| Service::new(client(&server)).journaling(desk(place)));
    let (request, circumstances) = (marta(), Circumstances::default());
    let both = async {
        let (one, other) =
            tokio::join!(sent(&windows[0], &request, &circumstances), sent(&windows[1], &request, &circumstances));
        vec![one.verdict, other.verdict]
    };
    // The first is given up on once the second has had its answer, or both are on their way.
    let verdicts = tokio::time::timeout(std::time::Duration::from_secs(2), both).await.unwrap_or_default();
    (server.finish().await.requests.len(), verdicts)
}

#[tokio::test]
async fn the_same_create_in_two_windows_leaves_once() {
    let folder = Folder::new();
    assert_eq!(in_two_windows(place(folder.path()), place(folder.path())).await.0, 1);
}

#[tokio::test]
async fn two_windows_that_know_nothing_of_each_other_make_two() {
    let (one, other) = (Folder::new(), Folder::new());
    assert_eq!(in_two_windows(place(one.path()), place(other.path())).await.0, 2);
}

#[tokio::test]
async fn whoever_was_deleted_meanwhile_is_not_made_by_an_update() {
    let server = Chaos::replying(404, NOBODY);
    let person = Person { id: Some("1".into()), username: "marta.lopez".into(), ..Person::default() };
    let request = Typing::new(Revision::Original, Subject::Known(Box::new(person))).text(Field::Location, "Vigo");
    let report = sent(&service(client(&server)), &Arc::new(request.request()), &Circumstances::default()).await;
    assert_eq!((report.verdict, report.cause), (Verdict::Rejected, Cause::Refused(404)));
    let seen = server.finish().await;
    assert_eq!((count(&seen, "GET"), seen.requests.len()), (1, 1), "it was read and nothing was sent");
}

#[tokio::test]
async fn what_a_colleague_changed_since_is_not_written_over() {
    let server = Chaos::replying(200, r#"{"id": "77", "username": "marta.lopez", "location": "Lugo"}"#);
    let texts = [(Field::Location, "Ourense".to_owned())].into();
    let read = Person { id: Some("77".into()), username: "marta.lopez".into(), texts, ..Person::default() };
    let request = Typing::new(Revision::Original, Subject::Known(Box::new(read))).text(Field::Location, "Vigo");
    let order = Order::Change(Arc::new(request.request()));
    let sent = service(client(&server)).submit(&order, Synchronous).await;
    assert!(matches!(sent, Sent::Conflict(person) if person.text(Field::Location) == "Lugo"));
    let seen = server.finish().await;
    assert_eq!((count(&seen, "GET"), seen.requests.len()), (1, 1));
}

#[tokio::test]
async fn an_update_goes_to_the_id_that_was_read_although_a_username_is_the_same() {
    // Somebody else's username is this person's id.
    let person = r#"{"id": "77", "username": "marta.lopez", "name": "Marta", "surname": "López"}"#;
    let server = in_turn(vec![(200, person.to_owned()), (200, DONE.replace("201", "200"))]);
    let read = Person { id: Some("77".into()), username: "marta.lopez".into(), ..Person::default() };
    let request = Typing::new(Revision::Original, Subject::Known(Box::new(read))).text(Field::Location, "Vigo");
    let report = sent(&service(client(&server)), &Arc::new(request.request()), &Circumstances::default()).await;
    assert_eq!(report.verdict, Verdict::Applied);
    let seen = server.finish().await;
    assert!(seen.requests[1].starts_with(b"PUT /integration/ws/management/rest/users/77 HTTP/1.1\r\n"));
}

#[tokio::test]
async fn an_update_is_not_sent_to_somebody_who_was_found_by_another_name() {
    // Asked for the id 77, the service answers with the person whose username is 77.
    let server = Chaos::replying(200, r#"{"id": "5", "username": "77"}"#);
    let read = Person { id: Some("77".into()), username: "marta.lopez".into(), ..Person::default() };
    let request = Typing::new(Revision::Original, Subject::Known(Box::new(read))).text(Field::Location, "Vigo");
    let report = sent(&service(client(&server)), &Arc::new(request.request()), &Circumstances::default()).await;
    let seen = server.finish().await;
    assert_eq!((report.verdict, count(&seen, "PUT")), (Verdict::NotSent, 0), "{report:?}");
}

#[tokio::test]
async fn nobody_is_disabled_who_was_found_by_another_name() {
    let server = Chaos::replying(200, r#"{"id": "5", "username": "77", "enabled": true}"#);
    let key = UserKey::parse("77").unwrap();
    let deed = Deed::Deactivate { message: None };
    let order = Order::Deed(Arc::new(DeedOrder { key, username: "marta.lopez".into(), deed }));
    let sent = service(client(&server)).submit(&order, Synchronous).await;
    let seen = server.finish().await;
    assert!(matches!(sent, Sent::Report(report) if report.verdict == Verdict::NotSent));
    assert_eq!(count(&seen, "PUT"), 0);
}

/// A good answer, compressed.
const GZIP: [u8; 94] = [
    0x1f, 0x8b, 0x8, 0x0, 0x0, 0x0, 0x0, 0x0, 0x2, 0xff, 0xab, 0x56, 0x2a, 0x2e, 0x49, 0x2c, 0x29, 0x2d, 0x56, 0xb2,
    0x52, 0x30, 0x32, 0x30, 0xd4, 0x51, 0x50, 0x2a, 0x4a, 0x2d, 0x2e, 0xc8, 0xcf, 0x2b, 0x4e, 0xd, 0xc8, 0x49, 0x2c,
    0x49, 0xcb, 0x2f, 0xca, 0x5, 0xc9, 0x54, 0x2b, 0xe5, 0x26, 0xe6, 0x25, 0xa6, 0xa7, 0xe6, 0xa6, 0xe6, 0x95, 0x80,
    0xb9, 0xc8, 0x7a, 0x6a, 0x81, 0x9a, 0x4a, 0x8a, 0x12, 0x33, 0xf3, 0x32, 0xf3, 0xd2, 0xb1, 0x4a, 0x16, 0xe7, 0x27,
    0x67, 0x26, 0xe6, 0x60, 0x4a, 0xd5, 0xd6, 0x2, 0x0, 0xbe, 0x3b, 0x63, 0x7, 0x7d, 0x0, 0x0, 0x0,
];

#[tokio::test]
async fn what_is_compressed_is_not_unpacked() {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        GZIP.len()
    );
    let server = Chaos::raw([head.into_bytes(), GZIP.to_vec()].concat());
    let report = sent(&service(client(&server)), &marta(), &Circumstances::default()).await;
    assert!(report.verdict == Verdict::InDoubt && matches!(report.cause, Cause::Nonsense(_)), "{report:?}");
    let seen = server.finish().await;
    let head = String::from_utf8_lossy(&seen.requests[0]).to_ascii_lowercase();
    assert!(!head.contains("accept-encoding"), "and nobody asked for it");
}

/// The clock of the tests below.
static HANDS: AtomicI64 = AtomicI64::new(1_700_000_000_000);

/// A create whose answer was lost is looked up, not found when its window is over, and sent again; the second is answered so, and then read
/// back so.
async fn sent_again(answer: (u16, &str), read_back: (u16, &str)) -> (Report, usize) {
    let lost = (0, String::new());
    let said = |(status, body): (u16, &str)| (status, body.to_owned());
    let server = in_turn(vec![lost, said((404, NOBODY)), said(answer), said(read_back)]);
    let folder = Folder::new();
    let place = Place { clock: || HANDS.fetch_add(1, Ordering::Relaxed), ..place(folder.path()) };
    let service = Service::new(client(&server)).journaling(desk(place));
    let first = sent(&service, &marta(), &Circumstances::default()).await;
    assert_eq!(first.verdict, Verdict::InDoubt);
    HANDS.fetch_add(i64::try_from(WINDOW.as_millis()).expect("a minute fits"), Ordering::Relaxed);
    assert_eq!(service.settle(&marta(), first.change).await, Settlement::Nobody);
    let again = Circumstances { instead_of: first.change, ..Circumstances::default() };
    let report = sent(&service, &marta(), &again).await;
    (report, count(&server.finish().await, "POST"))
}

#[tokio::test]
async fn a_second_create_that_is_told_that_the_user_exists_is_read_back() {
    let (report, posts) = sent_again((400, TAKEN), (200, &user("López"))).await;
    assert_eq!(
        (report.verdict, report.cause, posts),
        (Verdict::Applied, Cause::ReadBack, 2),
        "the first arrived after all"
    );
    let (report, _) = sent_again((400, TAKEN), (200, &user("Pérez"))).await;
    assert_eq!(report.verdict, Verdict::Rejected, "somebody else has the username");
    let (report, _) = sent_again((400, TAKEN), (404, NOBODY)).await;
    assert_eq!(report.verdict, Verdict::Rejected, "it was refused for another reason");
    let (report, _) = sent_again((200, DONE), (404, NOBODY)).await;
    assert_eq!((report.verdict, report.cause), (Verdict::Applied, Cause::Platforms), "nobody asks where all is clear");
}

#[tokio::test]
async fn a_create_in_doubt_is_not_sent_again_before_its_time_or_without_a_look() {
    let server = in_turn(vec![(0, String::new()), (404, NOBODY.to_owned())]);
    let service = service(client(&server));
    let first = sent(&service, &marta(), &Circumstances::default()).await;
    let again = Circumstances { instead_of: first.change, ..Circumstances::default() };
    for circumstances in [Circumstances::default(), again.clone()] {
        let report = sent(&service, &marta(), &circumstances).await;
        assert!(matches!(report.cause, Cause::InFlight(_)), "{report:?}");
    }
    assert_eq!(service.settle(&marta(), first.change).await, Settlement::Nobody);
    let report = sent(&service, &marta(), &again).await;
    assert!(matches!(report.cause, Cause::InFlight(_)), "a look before the window is over proves nothing: {report:?}");
    assert_eq!(count(&server.finish().await, "POST"), 1);
}
