//! The wire, pinned by files that were written by hand from the vendor's pages: a mistake that the client and the sandbox share shows here.

use std::time::Duration;

use netex_users::api::Client;
use netex_users::api::classify::{Reply, classify};
use netex_users::codec::json;
use netex_users::domain::draft::{Entry, Subject};
use netex_users::domain::field::Revision;
use netex_users::domain::fields::Field;
use netex_users::domain::key::UserKey;
use netex_users::domain::outcome::{Cause, PlatformState, Report, Verdict};
use netex_users::domain::person::Person;
use netex_users::domain::photo::Photo;
use netex_users::domain::request::Request;
use netex_users::domain::tenant::Synchronization;
use netex_users::domain::untrusted::Untrusted;
use proptest::prelude::*;
use serde_json::Value;

use crate::chaos::{Chaos, TOKEN, assert_on_the_wire, filled, settings};
use crate::drafts::{Typing, create, every_field};

macro_rules! golden {
    ($path:literal) => {
        include_str!(concat!("golden/", $path))
    };
}

/// The same JSON with the same keys in the same order: the golden file is laid out for reading, so both are compared without layout.
fn assert_sent(request: &Request, golden: &str) {
    let golden: Value = serde_json::from_str(golden).expect("a golden file is JSON");
    assert_eq!(String::from_utf8_lossy(&json::encode(request)), golden.to_string());
}

fn marta() -> Person {
    json::person(golden!("users/original.json").as_bytes()).expect("a person")
}

fn update(revision: Revision) -> Typing {
    Typing::new(revision, Subject::Known(Box::new(marta())))
}

#[test]
fn a_create_with_every_field_is_the_golden_one() {
    assert_sent(&every_field(), golden!("requests/create_every_field.json"));
}

#[test]
fn a_picture_by_url_goes_out_exactly_as_written() {
    let request = create("martin.dubois", "Martin", "Dubois", "m.dubois@acme.example")
        .password("1234")
        .text(Field::Language, "en")
        .text(Field::Timezone, "Europe/London")
        .photo(Photo::Url("https://acme.example/people/martin dubois.png?size=2#x".into()))
        .request();
    assert_sent(&request, golden!("requests/create_image_url.json"));
}

#[test]
fn an_update_sends_the_touched_field_alone() {
    let one =
        update(Revision::Original).text(Field::MobilePhone, "+34 600 111 222").text(Field::Name, "Marta").request();
    assert_sent(&one, golden!("requests/update_one_field.json"));
    let extra = r#"{"zeta": 1, "alpha": [null, true, {"ñ": "x"}], "empty": {}}"#;
    assert_sent(&update(Revision::Original).text(Field::Extra, extra).request(), golden!("requests/update_extra.json"));
}

#[test]
fn a_clearing_is_an_empty_text() {
    let request = update(Revision::Original)
        .entry(Field::OfficePhone, Entry::Cleared)
        .entry(Field::AboutMe, Entry::Cleared)
        .request();
    assert_sent(&request, golden!("requests/update_clear.json"));
}

#[test]
fn a_touched_section_is_sent_whole_and_an_untouched_one_not_at_all() {
    let mut marta = marta();
    marta.roles.insert("training".into(), ["trainer".to_owned()].into());
    let request = Typing::new(Revision::Original, Subject::Known(Box::new(marta)))
        .entry(Field::Enabled, Entry::Switch(false))
        .toggle("training", "user")
        .toggle("social", "user")
        .request();
    assert_sent(&request, golden!("requests/update_roles.json"));
    assert_eq!(request.sections().collect::<Vec<_>>(), ["training", "social"]);
}

#[test]
fn the_later_revisions_send_what_they_ask_for() {
    let middle = update(Revision::Y2019)
        .text(Field::AuthSource, "LOCAL")
        .text(Field::ExternalId, "HR-0042")
        .text(Field::ExtendedFields, "NIF = 12345678Z\nSEXO = M\nCampo_prueba")
        .request();
    assert_sent(&middle, golden!("requests/update_2019.json"));
    let latest = update(Revision::Y2023).text(Field::Username, "marta.perez").text(Field::Location, "Vigo").request();
    assert_sent(&latest, golden!("requests/update_2023.json"));
}

#[test]
fn a_user_of_the_first_pages_is_read() {
    let texts = [
        (Field::Name, "Marta"),
        (Field::Surname, "López"),
        (Field::Email, "marta.lopez@acme.example"),
        (Field::Language, "es"),
        (Field::Timezone, "Europe/Paris"),
        (Field::OfficePhone, ""),
        (Field::MobilePhone, "+34 600 000 000"),
        (Field::Location, "A Coruña"),
    ];
    let roles = |roles: &[&str]| roles.iter().map(|role| (*role).to_owned()).collect();
    let wanted = Person {
        id: Some("ff808181556ee70e015572136a250012".into()),
        username: "marta.lopez".into(),
        texts: texts.map(|(field, text)| (field, text.to_owned())).into(),
        enabled: Some(true),
        roles: [
            ("management".to_owned(), roles(&["user"])),
            ("training".to_owned(), roles(&["user", "groupadmin"])),
            ("social".to_owned(), roles(&["user"])),
        ]
        .into(),
        pairs: vec![],
        has_picture: true,
    };
    assert_eq!(marta(), wanted);
}

#[test]
fn a_user_of_the_middle_pages_is_read_without_the_hash() {
    let oliver = json::person(golden!("users/2019.json").as_bytes()).unwrap();
    assert_eq!(oliver.username, "oliver.twist");
    assert_eq!((oliver.enabled, oliver.has_picture), (Some(false), false));
    assert_eq!(oliver.text(Field::AboutMe), "I have been with Acme since 2011.\nTwo cats.");
    assert_eq!(oliver.texts.get(&Field::ExternalId), None);
    assert_eq!(oliver.text(Field::AuthSource), "LOCAL");
    let pairs = [("NIF", Some("12345678Z")), ("SEXO", None), ("Campo_prueba", Some(""))];
    assert_eq!(oliver.pairs, pairs.map(|(key, value)| (key.to_owned(), value.map(str::to_owned))));
    let shown = format!("{oliver:?}");
    for dropped in ["$2a$", "0f1e2d3c", "extra"] {
        assert!(!shown.contains(dropped), "{dropped} in {shown}");
    }
}

fn answered(body: &str) -> Report {
    classify(&Reply::of(200, body), &["management", "training", "social"].map(str::to_owned))
}

fn rows(report: &Report) -> Vec<(&str, PlatformState, Option<u16>)> {
    report.platforms.iter().map(|row| (row.name.raw(), row.state, row.status)).collect()
}

#[test]
fn the_vendors_synchronous_examples_are_applied() {
    use PlatformState::Done;
    let created = answered(golden!("responses/create_synchronous.json"));
    assert_eq!((created.verdict, &created.cause, created.status), (Verdict::Applied, &Cause::Platforms, Some(201)));
    assert_eq!(
        rows(&created),
        [("management", Done, Some(201)), ("training", Done, Some(201)), ("social", Done, Some(201))]
    );
    assert_eq!((&created.message, &created.location, &created.id), (&None, &None, &None));
    let updated = answered(golden!("responses/update_synchronous.json"));
    assert_eq!((updated.verdict, updated.status), (Verdict::Applied, Some(204)));
    assert_eq!(
        rows(&updated),
        [("management", Done, Some(204)), ("training", Done, Some(200)), ("social", Done, Some(204))]
    );
}

#[test]
fn the_location_of_the_vendors_create_gives_the_id() {
    let mut reply = Reply::of(200, golden!("responses/create_synchronous.json"));
    let location = "http://acme.learningcloud.me/integration/ws/management/rest/users/ff808181556ee70e015571fe3d52000e";
    reply.location = Some(location.into());
    let report = classify(&reply, &[]);
    assert_eq!(report.id, UserKey::parse("ff808181556ee70e015571fe3d52000e").ok());
    assert_eq!(report.location, Some(Untrusted::new(location)));
}

#[test]
fn the_vendors_asynchronous_examples_are_pending() {
    use PlatformState::{Done, Queued};
    for (body, status) in
        [(golden!("responses/create_asynchronous.json"), 201), (golden!("responses/update_asynchronous.json"), 204)]
    {
        let report = answered(body);
        assert_eq!((report.verdict, report.status), (Verdict::Pending, Some(status)));
        assert_eq!(
            rows(&report),
            [("management", Done, Some(status)), ("training", Queued, Some(202)), ("social", Queued, Some(202))]
        );
    }
}

#[test]
fn failures_name_the_platform_and_the_field() {
    let part = answered(golden!("responses/partly_done.json"));
    assert_eq!(part.verdict, Verdict::Partial);
    let blamed: Vec<_> = part.messages().filter_map(|message| Field::blamed_in(message.raw())).collect();
    assert_eq!(blamed, [Field::Image]);
    let taken = answered(golden!("responses/username_taken.json"));
    assert_eq!(
        (taken.verdict, taken.cause.clone(), taken.platforms.len()),
        (Verdict::Rejected, Cause::Refused(400), 1)
    );
    assert_eq!(taken.messages().find_map(|message| Field::blamed_in(message.raw())), Some(Field::Username));
}

fn client_at(server: &Chaos, root: &str) -> Client {
    let mut settings = settings(server);
    settings.base_url.set_path(root);
    settings.total = Duration::from_secs(30);
    Client::new(settings).expect("a client")
}

#[tokio::test]
async fn a_create_on_the_wire_is_the_golden_one_byte_for_byte() {
    let server = Chaos::replying(200, golden!("responses/create_synchronous.json"));
    let request = every_field();
    let report = client_at(&server, "/integration/zuul").send(&request, Synchronization::Synchronous).await;
    // Roles of play are sent, and the example's reply does not name play.
    assert_eq!(report.verdict, Verdict::Partial);
    assert_eq!(rows(&report).last(), Some(&("play", PlatformState::NotReported, None)));
    assert_on_the_wire(server, golden!("wire/create.txt"), &json::encode(&request)).await;
}

#[tokio::test]
async fn an_update_on_the_wire_is_the_golden_one_byte_for_byte() {
    let server = Chaos::replying(200, golden!("responses/update_asynchronous.json"));
    let request = update(Revision::Original).text(Field::MobilePhone, "+34 600 111 222").request();
    let report = client_at(&server, "/integration/ws/").send(&request, Synchronization::Asynchronous).await;
    assert_eq!((report.verdict, report.notes), (Verdict::Pending, vec![]));
    assert_on_the_wire(server, golden!("wire/update.txt"), r#"{"user":{"mobilePhone":"+34 600 111 222"}}"#.as_bytes())
        .await;
}

#[tokio::test]
async fn a_question_on_the_wire_is_the_golden_one_byte_for_byte() {
    let server = Chaos::replying(200, r#"{"username": "restuser.acme"}"#);
    let key = UserKey::parse("restuser.acme").unwrap();
    let person = client_at(&server, "/integration/ws").read(&key).await.unwrap();
    assert_eq!(person.username, "restuser.acme");
    assert_on_the_wire(server, golden!("wire/read.txt"), b"").await;
}

#[tokio::test]
async fn the_review_shows_the_request_of_the_wire_with_the_secrets_masked() {
    let server = Chaos::replying(200, "");
    let shown = client_at(&server, "/integration/zuul").transcript(&every_field(), Synchronization::Synchronous);
    assert_eq!(shown, filled(golden!("wire/review.txt"), &server, 0).trim_end());
    let sorted = |head: &str| {
        let mut lines: Vec<_> = head.lines().take_while(|line| !line.is_empty()).map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let sent =
        filled(golden!("wire/create.txt"), &server, 0).replace(TOKEN, "********").replace("Content-Length: 0\n", "");
    assert_eq!(sorted(&shown), sorted(&sent), "the head of the review is the head of the wire");
    assert_eq!(server.finish().await.connections, 0);
}

/// What a reader that has nothing to do with ours makes of a body: whether everything in it is a success.
fn is_all_success(body: &[u8], expected: &[&str]) -> bool {
    let success = |value: &Value| {
        let status = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
        status.is_some_and(|status| (200.0..300.0).contains(&status) && (status - 202.0).abs() > 0.5)
    };
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return false };
    let Some(platforms) = value["responsePlatforms"].as_object() else { return false };
    success(&value["status"])
        && platforms.values().all(|platform| success(&platform["status"]))
        && expected.iter().all(|name| platforms.contains_key(*name))
}

#[derive(Clone, Debug)]
enum Harm {
    Change(usize, u8),
    Drop(usize, usize),
    Insert(usize, Vec<u8>),
    Double(usize, usize),
}

fn harm() -> impl Strategy<Value = Harm> {
    let at = any::<prop::sample::Index>().prop_map(|index| index.index(1 << 16));
    prop_oneof![
        (at.clone(), any::<u8>()).prop_map(|(at, byte)| Harm::Change(at, byte)),
        (at.clone(), 1..20_usize).prop_map(|(at, count)| Harm::Drop(at, count)),
        (at.clone(), "[0-9a-z\",:{}\\[\\]]{1,12}").prop_map(|(at, text)| Harm::Insert(at, text.into_bytes())),
        (at, 1..80_usize).prop_map(|(at, count)| Harm::Double(at, count)),
    ]
}

fn harmed(body: &str, harms: &[Harm]) -> Vec<u8> {
    let mut bytes = body.as_bytes().to_vec();
    for harm in harms {
        let place = |at: usize| at % bytes.len().max(1);
        match harm {
            Harm::Change(at, byte) if !bytes.is_empty() => {
                let at = place(*at);
                bytes[at] = *byte;
            }
            Harm::Drop(at, count) if !bytes.is_empty() => {
                let at = place(*at);
                bytes.drain(at..(at + count).min(bytes.len()));
            }
            Harm::Insert(at, text) => {
                let at = place(*at).min(bytes.len());
                bytes.splice(at..at, text.iter().copied());
            }
            Harm::Double(at, count) if !bytes.is_empty() => {
                let at = place(*at);
                let end = (at + count).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            Harm::Change(..) | Harm::Drop(..) | Harm::Double(..) => {}
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_harmed_reply_is_green_only_where_a_strange_reader_finds_nothing_but_success(
        which in 0..6_usize,
        harms in prop::collection::vec(harm(), 1..4),
    ) {
        let body = [
            golden!("responses/create_synchronous.json"),
            golden!("responses/create_asynchronous.json"),
            golden!("responses/update_synchronous.json"),
            golden!("responses/update_asynchronous.json"),
            golden!("responses/partly_done.json"),
            golden!("responses/username_taken.json"),
        ][which];
        let bytes = harmed(body, &harms);
        let expected = ["management", "training", "social"];
        let report = classify(&Reply::of(200, bytes.clone()), &expected.map(str::to_owned));
        if report.verdict == Verdict::Applied {
            prop_assert!(is_all_success(&bytes, &expected), "{}", String::from_utf8_lossy(&bytes));
        }
        // The other reader of the wire sees the same bytes; it may refuse, it may not panic.
        let _ = json::person(&bytes);
    }
}
