//! The real client against servers that misbehave: the verdict, and that exactly one request was made.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use netex_users::api::error::SetupError;
use netex_users::api::{Client, MOST_BYTES, Settings};
use netex_users::domain::draft::Subject;
use netex_users::domain::field::Revision;
use netex_users::domain::fields::Field;
use netex_users::domain::key::UserKey;
use netex_users::domain::outcome::{Cause, PlatformState, ReadFault, Report, Settlement, Verdict};
use netex_users::domain::request::Request;
use netex_users::domain::tenant::Synchronization;
use netex_users::domain::untrusted::Untrusted;
use netex_users::service::Service;
use proptest::prelude::*;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};
use tokio::time::timeout;

use crate::chaos::{Chaos, Seen, TOKEN, is_still_there, reply, settings, settings_for, until_the_client_leaves};
use crate::drafts::{Typing, create, picture};

/// Long enough for a crowded machine to connect in half of it, short enough to wait for.
const SHORT: Duration = Duration::from_secs(1);

const PASSWORD: &str = "CANARY-pass word";

const DONE: &str = r#"{"status": 201, "responsePlatforms": {
    "management": {"status": 201}, "training": {"status": 201}, "social": {"status": 201}}}"#;

fn marta() -> Request {
    create("marta.lopez", "Marta", "López", "marta.lopez@acme.example")
        .password(PASSWORD)
        .text(Field::Language, "es")
        .text(Field::Timezone, "Europe/Paris")
        .request()
}

/// A create whose body does not fit into the buffers of a socket.
fn large() -> Request {
    create("marta.lopez", "Marta", "López", "marta.lopez@acme.example")
        .password(PASSWORD)
        .text(Field::Language, "es")
        .text(Field::Timezone, "Europe/Paris")
        .photo(picture(&vec![7; 6_000_000]))
        .request()
}

fn client(settings: Settings) -> Client {
    Client::new(settings).expect("a client")
}

async fn sent(settings: Settings) -> Report {
    client(settings).send(&marta(), Synchronization::Synchronous).await
}

/// What a server does to one create, and what is left of it.
async fn outcome(server: Chaos) -> (Verdict, Cause) {
    let report = sent(settings(&server)).await;
    assert_one_request(&server.finish().await);
    (report.verdict, report.cause)
}

async fn outcome_within(server: Chaos, total: Duration) -> (Verdict, Cause) {
    let sending = sent(Settings { total, ..settings(&server) });
    let report = timeout(total * 10, sending).await.expect("an answer at the deadline");
    assert_one_request(&server.finish().await);
    (report.verdict, report.cause)
}

fn assert_one_request(seen: &Seen) {
    assert_eq!((seen.connections, seen.requests.len()), (1, 1), "a change is sent once");
}

fn in_doubt(cause: Cause) -> (Verdict, Cause) {
    (Verdict::InDoubt, cause)
}

#[tokio::test]
async fn a_good_answer_is_applied_by_one_request() {
    assert_eq!(outcome(Chaos::replying(201, DONE)).await, (Verdict::Applied, Cause::Platforms));
    let patient = Chaos::raw([b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), reply(200, "", DONE)].concat());
    assert_eq!(outcome(patient).await, (Verdict::Applied, Cause::Platforms));
}

#[tokio::test]
async fn a_connection_is_never_used_twice() {
    // It stays open for more, and would never answer a second request.
    let server = Chaos::acting(|stream| {
        let _ = stream.write_all(&reply(200, "", DONE));
        until_the_client_leaves(stream);
    });
    let client = client(Settings { total: Duration::from_secs(5), ..settings(&server) });
    for _ in 0..3 {
        assert_eq!(client.send(&marta(), Synchronization::Synchronous).await.verdict, Verdict::Applied);
    }
    let seen = server.finish().await;
    assert_eq!((seen.connections, seen.requests.len()), (3, 3));
}

#[tokio::test]
async fn silence_is_in_doubt_at_the_deadline() {
    assert_eq!(outcome_within(Chaos::acting(until_the_client_leaves), SHORT).await, in_doubt(Cause::Timeout(1)));
}

#[tokio::test]
async fn silence_after_a_good_head_is_in_doubt() {
    let server = Chaos::acting(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"status\": 201");
        until_the_client_leaves(stream);
    });
    assert_eq!(outcome_within(server, SHORT).await, in_doubt(Cause::Timeout(1)));
}

#[tokio::test]
async fn silence_after_a_head_that_refuses_is_a_refusal() {
    let server = Chaos::acting(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 100\r\n\r\n");
        until_the_client_leaves(stream);
    });
    assert_eq!(outcome_within(server, SHORT).await, (Verdict::Rejected, Cause::Token(401)));
}

#[tokio::test]
async fn a_byte_now_and_then_does_not_stretch_the_deadline() {
    let server = Chaos::acting(|stream| {
        for byte in reply(200, "", &format!("{}{DONE}", " ".repeat(10_000))) {
            if stream.write_all(&[byte]).is_err() || !is_still_there(stream, Duration::from_millis(10)) {
                return;
            }
        }
    });
    assert_eq!(outcome_within(server, SHORT).await, in_doubt(Cause::Timeout(1)));
}

#[tokio::test]
async fn a_connection_that_breaks_while_the_request_goes_out_is_in_doubt() {
    let request = large();
    for count in [0, 1, 2, 100, 1_000, 65_536, 1_000_000] {
        // Closing with bytes unread is how TCP resets.
        let server = Chaos::untouched(move |stream| {
            let _ = stream.take(count).read_to_end(&mut Vec::new());
        });
        let report = client(settings(&server)).send(&request, Synchronization::Synchronous).await;
        assert_eq!((report.verdict, report.cause), in_doubt(Cause::Broken), "after {count} bytes");
        assert_eq!(server.finish().await.connections, 1, "after {count} bytes");
    }
}

#[tokio::test]
async fn a_reply_that_breaks_at_any_byte_is_never_green() {
    let whole = reply(200, "Content-Type: application/json\r\n", DONE);
    for end in (0..whole.len()).step_by(7) {
        let (verdict, cause) = outcome(Chaos::raw(&whole[..end])).await;
        assert_eq!((verdict, cause), in_doubt(Cause::Broken), "after {end} bytes");
    }
}

#[tokio::test]
async fn lengths_that_lie_are_in_doubt() {
    let with_length = |length: usize| Chaos::raw(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{DONE}"));
    assert_eq!(outcome(with_length(DONE.len() + 1)).await, in_doubt(Cause::Broken));
    let (verdict, cause) = outcome(with_length(DONE.len() - 1)).await;
    assert!(verdict == Verdict::InDoubt && matches!(cause, Cause::Nonsense(_)), "{cause:?}");
    for chunks in ["zz\r\n{}\r\n0\r\n\r\n", "5\r\n{}", "fffffffffffffffff\r\n{}", "2\r\n{}\r\n"] {
        let server = Chaos::raw(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"));
        assert_eq!(outcome(server).await, in_doubt(Cause::Broken), "{chunks:?}");
    }
}

#[tokio::test]
async fn what_is_no_http_is_in_doubt() {
    let long = "x".repeat(1 << 20);
    for bytes in [
        String::new(),
        "SSH-2.0-OpenSSH_9.2\r\n".to_owned(),
        "HTTP/1.1 abc\r\n\r\n".to_owned(),
        format!("HTTP/1.1 200 OK\r\nX: {long}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\n{}\r\n", "X: y\r\n".repeat(100_000)),
    ] {
        assert_eq!(outcome(Chaos::raw(bytes)).await, in_doubt(Cause::Broken));
    }
}

#[tokio::test]
async fn more_than_eight_mebibytes_are_not_read() {
    let limit = in_doubt(Cause::TooLong(MOST_BYTES));
    let nine = " ".repeat(9 << 20);
    assert_eq!(outcome(Chaos::raw(reply(200, "", &nine))).await, limit);
    let endless = Chaos::acting(|stream| {
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x1_0000));
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        while stream.write_all(chunk.as_bytes()).is_ok() {}
    });
    assert_eq!(outcome(endless).await, limit);
    let announced = Chaos::acting(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9437184\r\n\r\n");
        until_the_client_leaves(stream);
    });
    assert_eq!(outcome_within(announced, SHORT).await, limit, "it is not waited for");
    let chunks = format!("{DONE}{}", " ".repeat(MOST_BYTES + 1 - DONE.len()));
    let server = Chaos::raw(format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{chunks}\r\n0\r\n\r\n",
        chunks.len()
    ));
    assert_eq!(outcome(server).await, limit, "one byte too many");
    let most = format!("{DONE}{}", " ".repeat(MOST_BYTES - DONE.len()));
    assert_eq!(outcome(Chaos::raw(reply(200, "", &most))).await, (Verdict::Applied, Cause::Platforms));
}

#[tokio::test]
async fn a_sign_in_page_is_not_the_api() {
    let page = "<!DOCTYPE html><title>Sign in</title>";
    let server = Chaos::raw(reply(200, "Content-Type: text/html\r\n", page));
    assert_eq!(outcome(server).await, in_doubt(Cause::WebPage));
}

#[tokio::test]
async fn a_redirect_is_not_followed_wherever_it_points() {
    for status in [301, 302, 303, 307, 308] {
        let sink = Chaos::replying(200, DONE);
        let port = sink.host().split_once(':').expect("a port").1.to_owned();
        let mut targets = vec![
            (format!("http://{}/x", sink.host()), sink.host()),
            (format!("https://{}/x", sink.host()), sink.host()),
            (format!("http://localhost:{port}/x"), format!("localhost:{port}")),
        ];
        targets.push(("/elsewhere".to_owned(), String::new()));
        for (target, host) in targets {
            let server = Chaos::raw(reply(status, &format!("Location: {target}\r\n"), ""));
            let host = if host.is_empty() { server.host() } else { host };
            let verdict = if status == 303 { Verdict::InDoubt } else { Verdict::Rejected };
            assert_eq!(outcome(server).await, (verdict, Cause::Redirect(Untrusted::new(host))), "{status} {target}");
        }
        assert_eq!(sink.finish().await.connections, 0, "{status}: the token was carried off");
    }
}

#[tokio::test]
async fn a_closed_port_is_not_sent() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let report = sent(settings_for(&format!("http://{closed}/integration/ws"))).await;
    assert_eq!((report.verdict, report.cause), (Verdict::NotSent, Cause::Connect));
}

#[tokio::test]
async fn localhost_is_this_machine_by_its_name_too() {
    let server = Chaos::replying(200, DONE);
    let port = server.host().split_once(':').expect("a port").1.to_owned();
    let report = sent(settings_for(&format!("http://localhost:{port}/integration/ws"))).await;
    assert_eq!(report.verdict, Verdict::Applied);
    assert_one_request(&server.finish().await);
}

#[tokio::test]
async fn a_port_without_tls_is_not_sent_and_sees_no_token() {
    let server = Chaos::untouched(|stream| {
        let mut hello = [0; 2048];
        let count = stream.read(&mut hello).unwrap_or(0);
        assert!(count > 0 && !hello.windows(TOKEN.len()).any(|bytes| bytes == TOKEN.as_bytes()));
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        until_the_client_leaves(stream);
    });
    let report = sent(secure(&server.host())).await;
    assert_eq!(report.verdict, Verdict::NotSent);
    assert_eq!(report.cause, Cause::Tls(Untrusted::new("the port does not speak TLS")));
    assert_eq!(server.finish().await.connections, 1);
}

#[tokio::test]
async fn a_deadline_while_connecting_is_not_sent() {
    let server = Chaos::untouched(until_the_client_leaves);
    let report = sent(Settings { total: SHORT, ..secure(&server.host()) }).await;
    assert_eq!((report.verdict, report.cause), (Verdict::NotSent, Cause::Connect));
    assert_eq!(server.finish().await.connections, 1);
}

#[tokio::test]
async fn proxies_of_the_environment_see_nothing() {
    let sink = Chaos::replying(200, DONE);
    let proxy = format!("http://{}", sink.host());
    let names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    for test in [
        "broken::a_good_answer_is_applied_by_one_request",
        "broken::a_server_that_an_own_authority_vouches_for_is_trusted",
    ] {
        // A process of its own, because the environment of this one belongs to all tests.
        let program = std::env::current_exe().unwrap();
        let child =
            Command::new(program).args(["--exact", test]).envs(names.map(|name| (name, &proxy))).output().unwrap();
        let said = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success() && said.contains("1 passed"), "{said}");
    }
    assert_eq!(sink.finish().await.connections, 0);
}

/// The certificates are made for these tests by an authority whose key was thrown away; all of them have the one key of the server.
pub const AUTHORITY: &str = include_str!("golden/tls/authority.pem");

fn secure(host: &str) -> Settings {
    Settings { authorities: Some(AUTHORITY.into()), ..settings_for(&format!("https://{host}/integration/ws")) }
}

/// A server of TLS with this certificate, which answers every request that it can read.
pub fn tls_server(certificate: &str) -> Chaos {
    let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("golden/tls/server.key")).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![certificate], key));
    let config = Arc::new(config.expect("a configuration"));
    Chaos::untouched(move |stream| {
        let mut session = ServerConnection::new(Arc::clone(&config)).expect("a session");
        let mut secure = rustls::Stream::new(&mut session, stream);
        let mut start = [0; 4];
        if secure.read_exact(&mut start).is_ok() && start == *b"POST" {
            let _ = secure.write_all(&reply(200, "", DONE));
            let _ = secure.flush();
            until_the_client_leaves(secure.sock);
        }
    })
}

#[tokio::test]
async fn a_server_that_an_own_authority_vouches_for_is_trusted() {
    let server = tls_server(include_str!("golden/tls/here.pem"));
    assert_eq!(sent(secure(&server.host())).await.verdict, Verdict::Applied);
    assert_eq!(server.finish().await.connections, 1);
}

#[tokio::test]
async fn a_bad_certificate_is_not_sent_to_and_the_reason_is_said() {
    let here = include_str!("golden/tls/here.pem");
    let elsewhere = include_str!("golden/tls/elsewhere.pem");
    let expired = include_str!("golden/tls/expired.pem");
    for (certificate, authority, reason) in [
        (elsewhere, AUTHORITY, "is for another host"),
        (expired, AUTHORITY, "has expired"),
        (here, elsewhere, "nobody known here vouches"),
    ] {
        let server = tls_server(certificate);
        let report = sent(Settings { authorities: Some(authority.into()), ..secure(&server.host()) }).await;
        assert_eq!(report.verdict, Verdict::NotSent);
        assert!(matches!(&report.cause, Cause::Tls(words) if words.raw().contains(reason)), "{:?}", report.cause);
        assert_eq!(server.finish().await.connections, 1);
    }
}

#[tokio::test]
async fn a_read_only_client_connects_for_reading_alone() {
    let server = Chaos::replying(200, r#"{"username": "marta.lopez"}"#);
    let client = client(Settings { read_only: true, ..settings(&server) });
    let report = client.send(&marta(), Synchronization::Synchronous).await;
    assert_eq!(report, Report::without_reply(Verdict::NotSent, Cause::ReadOnly));
    assert!(client.read(&UserKey::parse("marta.lopez").unwrap()).await.is_ok());
    assert_one_request(&server.finish().await);
}

#[tokio::test]
async fn a_platform_that_queues_in_synchronous_mode_is_noted() {
    let body = DONE.replace(r#""social": {"status": 201}"#, r#""social": {"status": 202}"#);
    for (mode, notes) in [(Synchronization::Synchronous, 1), (Synchronization::Asynchronous, 0)] {
        let server = Chaos::replying(200, &body);
        let report = client(settings(&server)).send(&marta(), mode).await;
        assert_eq!((report.verdict, report.notes.len()), (Verdict::Pending, notes));
    }
}

#[tokio::test]
async fn a_section_whose_roles_are_sent_has_to_answer() {
    let server = Chaos::replying(200, DONE);
    let request = Typing::new(Revision::Original, Subject::Blind(UserKey::parse("marta.lopez").unwrap()))
        .toggle("play", "user")
        .request();
    let report = client(settings(&server)).send(&request, Synchronization::Synchronous).await;
    assert_eq!(report.verdict, Verdict::Partial);
    assert_eq!(
        report.platforms.last().map(|row| (row.name.raw(), row.state)),
        Some(("play", PlatformState::NotReported))
    );
}

#[tokio::test]
async fn a_secret_that_the_server_sends_back_is_masked() {
    let echo = format!(
        r#"{{"status": 400, "message": "no user for {TOKEN}", "location": "/x?password=CANARY-pass%20word",
            "responsePlatforms": {{"training": {{"status": 400, "message": "bad password '{PASSWORD}'"}}}}}}"#
    );
    for body in [echo, format!("{TOKEN} {PASSWORD}"), format!("{{\"password\": \"{PASSWORD}\", \"x\": \"{TOKEN}\"")] {
        for status in [200, 400, 500] {
            let server = Chaos::raw(reply(status, &format!("Location: /users/{TOKEN}\r\n"), &body));
            let report = format!("{:?}", sent(settings(&server)).await);
            assert!(!report.contains("CANARY"), "{status}: {report}");
        }
    }
}

#[tokio::test]
async fn reading_says_why_it_could_not() {
    let key = UserKey::parse("marta.lopez").unwrap();
    let envelope = r#"{"status": 404, "responsePlatforms": {}}"#;
    for (status, body, fault) in [
        (404, envelope, ReadFault::NotFound),
        (404, "<html>", ReadFault::NoService(404)),
        (405, "", ReadFault::NoService(405)),
        (401, "", ReadFault::Failed(Cause::Token(401))),
        (200, r#"{"username": "oliver.twist"}"#, ReadFault::SomeoneElse(Untrusted::new("oliver.twist"))),
    ] {
        let server = Chaos::replying(status, body);
        assert_eq!(client(settings(&server)).read(&key).await, Err(fault));
        assert_one_request(&server.finish().await);
    }
}

#[tokio::test]
async fn a_create_in_doubt_is_settled_by_what_is_found() {
    let user = |surname: &str| {
        format!(
            r#"{{"id": "1", "username": "marta.lopez", "name": "Marta", "surname": "{surname}", "email": "marta.lopez@acme.example"}}"#
        )
    };
    let settled = async |status, body: &str| {
        let server = Chaos::replying(status, body);
        let settlement = Service::new(client(settings(&server))).settle(&marta(), None).await;
        let seen = server.finish().await;
        assert_one_request(&seen);
        assert!(seen.requests[0].starts_with(b"GET /integration/ws/management/rest/users/marta.lopez HTTP/1.1\r\n"));
        settlement
    };
    assert!(matches!(settled(200, &user("López")).await, Settlement::Ours(person) if person.username == "marta.lopez"));
    assert!(matches!(settled(200, &user("Pérez")).await, Settlement::SomeoneElse(_)));
    let nobody = r#"{"status": 404, "responsePlatforms": {}}"#;
    assert_eq!(settled(404, nobody).await, Settlement::Nobody);
    assert_eq!(settled(404, "").await, Settlement::Unknown(ReadFault::NoService(404)));
    assert!(matches!(settled(200, r#"{"username": "x"}"#).await, Settlement::Unknown(ReadFault::SomeoneElse(_))));
}

#[test]
fn settings_that_cannot_work_are_refused_with_what_to_mend() {
    let refused = |settings| Client::new(settings).err();
    let good = || settings_for("https://acme.learningcloud.me/integration/ws");
    let plain = settings_for("http://acme.learningcloud.me/integration/ws");
    assert_eq!(refused(plain), Some(SetupError::Plain("acme.learningcloud.me".into())));
    for pem in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let fault = refused(Settings { authorities: Some(pem.into()), ..good() });
        assert!(matches!(fault, Some(SetupError::Authorities(_))), "{pem}: {fault:?}");
    }
    let hurried = Settings { total: Duration::ZERO, authorities: Some(AUTHORITY.into()), ..good() };
    assert_eq!(refused(hurried), Some(SetupError::Deadline));
    assert_eq!(refused(Settings { authorities: Some(AUTHORITY.into()), ..good() }), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_key_arrives_as_one_segment_that_decodes_to_it(key in "\\PC{1,30}|[ -~]{1,30}|\\.{1,4}|[\\PC\r\n\t%./]{1,6}") {
        let Ok(key) = UserKey::parse(&key) else { return Ok(()) };
        let server = Chaos::replying(404, "");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let answer = runtime.block_on(client(settings(&server)).read(&key));
        prop_assert_eq!(answer, Err(ReadFault::NoService(404)));
        let seen = runtime.block_on(server.finish());
        let head = String::from_utf8(seen.requests[0].clone()).unwrap();
        let path = head.strip_prefix("GET ").and_then(|rest| rest.split_once(" HTTP/1.1\r\n")).map(|(path, _)| path);
        let segment = path.and_then(|path| path.strip_prefix("/integration/ws/management/rest/users/"));
        prop_assert!(segment.is_some_and(|segment| !segment.contains(['/', '?', '#'])), "{:?}", path);
        prop_assert_eq!(unescaped(segment.unwrap()), key.as_str().as_bytes());
    }
}

/// Percent signs undone by the book, and by other code than the client's.
fn unescaped(segment: &str) -> Vec<u8> {
    let mut parts = segment.split('%');
    let mut out = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        out.push(u8::from_str_radix(&part[..2], 16).expect("two digits"));
        out.extend_from_slice(&part.as_bytes()[2..]);
    }
    out
}
