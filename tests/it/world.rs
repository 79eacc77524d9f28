//! What the program wants, done by the real world: the service over a socket, the pictures of a folder.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use netex_users::api::{Client, Settings};
use netex_users::app::effect::{Effect, Ticket};
use netex_users::app::msg::{LoadFault, News, Strength};
use netex_users::domain::files::{MediaFault, Wish};
use netex_users::domain::key::UserKey;
use netex_users::domain::order::Order;
use netex_users::domain::outcome::{Cause, ReadFault, Verdict};
use netex_users::domain::record::Circumstances;
use netex_users::domain::request::Request;
use netex_users::domain::roles::Catalogue;
use netex_users::domain::secret::{Sealed, Secret};
use netex_users::domain::tenant::Synchronization;
use netex_users::runtime::world::{Outside, World};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::chaos::settings_for;
use crate::support::journal;
use crate::turns::desk::filled;

const ONE: Ticket = Ticket(1);
const TWO: Ticket = Ticket(2);
/// A white pixel.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4////fwAJ+wP9KobjigAAAABJRU5ErkJggg==";

/// A client of a service on this port of loopback.
pub fn client(port: u16) -> Client {
    let base = format!("http://127.0.0.1:{port}/integration/ws");
    let token = Secret::new("token".to_owned());
    let settings = Settings { token, total: Duration::from_secs(20), ..settings_for(&base) };
    Client::new(settings).unwrap_or_else(|fault| panic!("{fault}"))
}

/// The world of that service.
fn outside(port: u16, places: Vec<PathBuf>) -> Outside {
    Outside::new(journal::service(client(port)), places)
}

/// A port of loopback on which nobody listens any more.
async fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    listener.local_addr().expect("its address").port()
}

fn request() -> Arc<Request> {
    Arc::new(filled().draft().check(&Catalogue::default()).expect("a request"))
}

fn submit() -> Effect {
    Effect::Submit {
        ticket: ONE,
        order: Order::Change(request()),
        synchronization: Synchronization::Synchronous,
        circumstances: Circumstances::default(),
    }
}

#[tokio::test]
async fn a_submission_goes_on_when_nobody_waits_for_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let world = outside(listener.local_addr().unwrap().port(), Vec::new());
    drop(world.perform(submit()));
    let limit = Duration::from_secs(20);
    let (mut stream, _) = timeout(limit, listener.accept()).await.expect("it was never sent").unwrap();
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains("nora.vidal@acme.example") {
        assert_ne!(stream.read_buf(&mut seen).await.unwrap(), 0, "it was aborted half-way");
    }
    assert!(seen.starts_with(b"POST /integration/ws/"));
}

#[tokio::test]
async fn an_answer_bears_the_time_at_which_it_was_asked() {
    let world = outside(closed_port().await, Vec::new());
    match world.perform(submit()).await {
        Some(News::Answered(ticket, answer)) => {
            assert_eq!((ticket, answer.report.verdict), (ONE, Verdict::NotSent));
            assert_eq!(answer.asked.split(':').count(), 3, "{}", answer.asked);
        }
        other => panic!("{other:?}"),
    }
    let key = UserKey::parse("marta").unwrap();
    let read = world.perform(Effect::Read { ticket: TWO, key }).await;
    assert!(matches!(read, Some(News::Read(TWO, Err(ReadFault::Failed(Cause::Connect))))), "{read:?}");
}

#[tokio::test]
async fn what_will_be_sent_is_written_out_without_the_password() {
    let world = outside(closed_port().await, Vec::new());
    let synchronization = Synchronization::Synchronous;
    let written =
        world.perform(Effect::Transcribe { ticket: ONE, order: Order::Change(request()), synchronization }).await;
    assert!(matches!(&written, Some(News::Transcribed(ONE, text))
        if text.contains("nora.vidal") && !text.contains("correct horse")));
}

#[tokio::test]
async fn the_first_folder_that_is_there_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let here = fs::canonicalize(folder.path()).unwrap();
    fs::write(here.join("marta.png"), "").unwrap();
    let world = outside(closed_port().await, vec![here.join("missing"), here.clone()]);
    let list = |path| world.perform(Effect::List { ticket: ONE, path, hidden: false });
    let listed = list(None).await;
    assert!(matches!(&listed, Some(News::Listed(ONE, Ok(folder))) if folder.path == here && folder.entries.len() == 1));
    let missing = list(Some(here.join("missing"))).await;
    assert!(matches!(missing, Some(News::Listed(ONE, Err(MediaFault::Missing)))), "{missing:?}");
}

#[tokio::test]
async fn of_a_burst_of_looks_the_last_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("marta.png");
    fs::write(&path, "no picture").unwrap();
    let world = outside(closed_port().await, Vec::new());
    let looks: Vec<_> =
        (1..=50).map(|number| world.perform(Effect::LookAt { ticket: Ticket(number), path: path.clone() })).collect();
    let answers: Vec<News> = futures_util::future::join_all(looks).await.into_iter().flatten().collect();
    assert!(matches!(answers.as_slice(), [News::Looked(Ticket(50), Err(MediaFault::NotAPicture(_)))]), "{answers:?}");
}

#[tokio::test]
async fn pasted_text_becomes_a_picture_or_a_reason() {
    let world = outside(closed_port().await, Vec::new());
    let decode = |text: &str| {
        let effect = Effect::Decode { ticket: ONE, text: Arc::from(text), wish: Wish::default() };
        world.perform(effect)
    };
    let loaded = decode(&format!("data:image/png;base64,{PIXEL}")).await;
    assert!(matches!(&loaded, Some(News::Loaded(ONE, Ok(picture))) if picture.width == 1), "{loaded:?}");
    let text = decode("hello?").await;
    assert!(matches!(&text, Some(News::Loaded(ONE, Err(LoadFault::Paste(words)))) if words.starts_with("the pasted")));
}

#[tokio::test]
async fn passwords_are_made_and_rated_and_zones_are_named() {
    let world = outside(closed_port().await, Vec::new());
    let rate = |text: &str| {
        let password = Sealed::new(Secret::new(text.to_owned()));
        world.perform(Effect::Rate { ticket: ONE, password })
    };
    assert!(matches!(rate("password1").await, Some(News::Rated(ONE, Strength::Weak))));
    let Some(News::Generated(TWO, made)) = world.perform(Effect::Generate { ticket: TWO }).await else {
        panic!("no password was made")
    };
    assert!(matches!(rate(made.0.expose()).await, Some(News::Rated(ONE, Strength::Strong))));
    let zones = world.perform(Effect::ListZones { ticket: ONE }).await;
    assert!(matches!(zones, Some(News::Zones(ONE, names)) if names.len() > 300));
}

#[tokio::test(start_paused = true)]
async fn the_program_is_woken_when_it_asked_to_be() {
    let world = outside(1, Vec::new());
    let start = tokio::time::Instant::now();
    let woke = world.perform(Effect::Wake { ticket: ONE, after: Duration::from_secs(60) }).await;
    assert!(matches!(woke, Some(News::Woke(ONE))));
    assert_eq!(start.elapsed(), Duration::from_secs(60));
}
