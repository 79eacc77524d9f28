//! The world on a port: raw TCP and threads, so that a connection can be broken where it hurts.
//!
//! Beside the two services it has a few words for the children: `/until` moves the clock when every child that runs waits for it, `/typed`,
//! `/dropping` and `/drafts` are about what has to be on the disk, `/people` is everybody, `/phase` and `/found` are for the figures, and
//! `/moment` answers after a little while.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, mpsc};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::people;
use super::world::{Resident, Weather, World, Write};

/// How long a slow answer takes, at most.
const SLOW: Duration = Duration::from_millis(15);

/// A moment of a request at which a child may be killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It has arrived whole; nothing is done yet.
    Arrived,
    /// It is done, or never will be; no answer has left.
    Done,
    /// The answer has left.
    Answered,
}

/// Somebody who wants to hear of a moment.
#[derive(Debug)]
pub struct Watch {
    /// Which moment.
    pub stage: Stage,
    /// After how many others.
    pub after: u64,
    /// Where it is told.
    pub tell: mpsc::Sender<()>,
}

#[derive(Debug)]
struct State {
    world: World,
    /// Connections that came and are not understood yet.
    unread: usize,
    /// The children that run.
    running: BTreeSet<u32>,
    /// Those of them that wait, and until when.
    waiting: BTreeMap<u32, i64>,
    watch: Option<Watch>,
    ended: bool,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

/// A running server. It stops when it is dropped.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
}

impl Server {
    /// Opens the world.
    pub fn start(world: World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (unread, running, waiting) = (0, BTreeSet::new(), BTreeMap::new());
        let state = State { world, unread, running, waiting, watch: None, ended: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let served = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { continue };
                {
                    let mut state = served.lock();
                    if state.ended {
                        return;
                    }
                    state.unread += 1;
                }
                let served = Arc::clone(&served);
                thread::spawn(move || serve(&served, stream));
            }
        });
        Self { shared, address }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Has a look at the world.
    pub fn world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.shared.lock().world)
    }

    /// A child is about to run.
    pub fn begins(&self, number: u32) {
        self.shared.lock().running.insert(number);
    }

    /// A child has ended. When this returns, everything that it sent has been understood.
    ///
    /// It counts as running until then: another child that waits would move the clock, and what this one sent would arrive after its window.
    pub fn ended(&self, number: u32) {
        self.drain();
        let mut state = self.shared.lock();
        state.running.remove(&number);
        state.waiting.remove(&number);
        self.shared.changed.notify_all();
    }

    /// Waits until everything that came has been understood. Connections are taken in the order in which they came, so this one comes after
    /// all of those.
    pub fn drain(&self) {
        let _ = ask(self.address, "/drain");
    }

    /// Waits until the world is so, or for a time.
    pub fn until(&self, is_so: impl Fn(&World) -> bool, time: Duration) {
        let state = self.shared.lock();
        let waited = self.shared.changed.wait_timeout_while(state, time, |state| !is_so(&state.world));
        drop(waited.expect("no thread panics with the lock"));
    }

    /// Has somebody told of a moment, once.
    pub fn watch(&self, watch: Option<Watch>) {
        self.shared.lock().watch = watch;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.lock().ended = true;
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread panics with the lock")
    }

    /// Waits until every connection that came has been understood.
    fn drained(&self) -> MutexGuard<'_, State> {
        let state = self.lock();
        self.changed.wait_while(state, |state| state.unread > 0).expect("no thread panics with the lock")
    }

    fn at(&self, stage: Stage) {
        let mut now = self.lock();
        let Some(watch) = now.watch.as_mut().filter(|watch| watch.stage == stage) else { return };
        if watch.after > 0 {
            watch.after -= 1;
        } else if let Some(watch) = now.watch.take() {
            let _ = watch.tell.send(());
        }
    }
}

/// Asks the server something that is not the service's; nothing where it does not answer.
pub fn ask(address: SocketAddr, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\n\r\n").as_bytes()).ok()?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).ok()?;
    reply.split_once("\r\n\r\n").map(|(_, body)| body.to_owned())
}

struct Request {
    method: String,
    path: String,
    body: Vec<u8>,
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let lower = head.to_ascii_lowercase();
            let length =
                lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                let mut words = head.split(' ');
                let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
                return Some(Request { method, path, body: bytes[end + 4..].to_vec() });
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}

fn serve(shared: &Shared, mut stream: TcpStream) {
    let request = read(&mut stream);
    if request.is_some() {
        shared.at(Stage::Arrived);
    }
    let reply = {
        let mut state = shared.lock();
        // A connection that brought nothing is understood too.
        state.unread -= 1;
        shared.changed.notify_all();
        request.and_then(|request| understand(&mut state, &request))
    };
    match reply {
        Some(Answer::Service(weather, body)) => {
            shared.at(Stage::Done);
            answer(&mut stream, weather, &body);
            shared.at(Stage::Answered);
        }
        Some(Answer::Word(word)) => say(&mut stream, "200 OK", &word),
        Some(Answer::Until(number, until)) if wait(shared, number, until) => say(&mut stream, "200 OK", ""),
        Some(Answer::Drain) => {
            drop(shared.drained());
            say(&mut stream, "200 OK", "");
        }
        Some(Answer::Until(..)) | None => {}
    }
}

enum Answer {
    Service(Weather, (String, String)),
    Word(String),
    Until(u32, i64),
    Drain,
}

/// What a request means and does.
fn understand(state: &mut State, request: &Request) -> Option<Answer> {
    let mut words = request.path.trim_start_matches('/').split('/');
    let (word, first, second) = (words.next()?, words.next(), words.next());
    Some(match (word, first, second) {
        ("drain", ..) => Answer::Drain,
        ("until", Some(number), Some(until)) => Answer::Until(number.parse().ok()?, until.parse().ok()?),
        ("typed", Some(about), Some(version)) => {
            state.world.typed(about, version.parse().ok()?);
            Answer::Word(String::new())
        }
        ("dropping", Some(about), _) => {
            state.world.dropping(about);
            Answer::Word(String::new())
        }
        ("phase", Some(number), Some(phase)) => {
            state.world.begins(number.parse().ok()?, phase);
            Answer::Word(String::new())
        }
        ("found", Some(standing), Some(lines)) => {
            state.world.found(standing, lines.parse().ok()?);
            Answer::Word(String::new())
        }
        ("people", ..) => {
            let line = |(username, who): (&String, &Resident)| format!("{username}\t{}\n", who.surname);
            Answer::Word(state.world.people().iter().map(line).collect())
        }
        ("moment", ..) => Answer::Service(Weather::Slow, ("200 OK".to_owned(), String::new())),
        ("drafts", ..) => {
            let line = |(about, version): (&String, &u64)| format!("{about} {version}\n");
            Answer::Word(state.world.drafts().iter().map(line).collect())
        }
        _ => service(&mut state.world, request)?,
    })
}

fn service(world: &mut World, request: &Request) -> Option<Answer> {
    let username = request.path.rsplit('/').next()?.trim_start_matches("id-").to_owned();
    if request.method == "GET" {
        let weather = world.read_weather();
        let body = match world.people().get(&username) {
            Some(resident) => json!({
                "id": people::id(&username), "username": username,
                "name": resident.name, "surname": resident.surname, "email": people::email(&username),
            }),
            None => json!({"status": 404, "message": "not found", "responsePlatforms": {}}),
        };
        let status = if body["status"] == 404 { "404 Not Found" } else { "200 OK" };
        return Some(Answer::Service(weather, (status.to_owned(), body.to_string())));
    }
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    let text = |key: &str| body["user"][key].as_str().unwrap_or_default().to_owned();
    let creates = request.method == "POST";
    let username = if creates { text("username") } else { username };
    let status = match (world.refuses(&username), creates) {
        (true, _) => 400,
        (false, true) => 201,
        (false, false) => 200,
    };
    let refusal = format!("there is no room for {username}");
    let (tag, surname, password) = (text("name"), text("surname"), text("password"));
    let weather = world.take(Write { at: 0, tag, creates, username, surname, password, applied: false });
    if status == 400 {
        let body = json!({"status": status, "message": refusal, "responsePlatforms": {}});
        return Some(Answer::Service(weather, ("400 Bad Request".to_owned(), body.to_string())));
    }
    let platforms = ["management", "training", "social"].map(|name| (name.to_owned(), json!({"status": status})));
    let body = json!({"status": status, "responsePlatforms": serde_json::Map::from_iter(platforms)});
    Some(Answer::Service(weather, ("200 OK".to_owned(), body.to_string())))
}

fn answer(stream: &mut TcpStream, weather: Weather, (status, body): &(String, String)) {
    match weather {
        Weather::Fair => say(stream, status, body),
        Weather::Slow => {
            let _ = stream.set_read_timeout(Some(SLOW));
            let _ = stream.read(&mut [0; 1]);
            say(stream, status, body);
        }
        Weather::GatewayBefore | Weather::GatewayAfter => say(stream, "502 Bad Gateway", "<html>"),
        Weather::SilentBefore | Weather::SilentAfter => while matches!(stream.read(&mut [0; 64]), Ok(1..)) {},
        Weather::CutBefore | Weather::CutAfter | Weather::Late => {}
    }
}

fn say(stream: &mut TcpStream, status: &str, body: &str) {
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}", body.len());
    let _ = stream.write_all(format!("{head}\r\nConnection: close\r\n\r\n{body}").as_bytes());
}

/// Waits until the clock is there. It is moved when every child that runs waits, to the earliest time that one of them waits for. Says
/// whether the child still runs.
fn wait(shared: &Shared, number: u32, until: i64) -> bool {
    let mut state = shared.drained();
    if !state.running.contains(&number) {
        return false;
    }
    state.waiting.insert(number, until);
    shared.changed.notify_all();
    loop {
        let Some(until) = state.waiting.get(&number).copied() else { return false };
        if state.world.now() < until && state.running.iter().all(|child| state.waiting.contains_key(child)) {
            let earliest = state.waiting.values().copied().min().unwrap_or(until);
            state.world.move_to(earliest);
            shared.changed.notify_all();
        }
        if state.world.now() >= until {
            state.waiting.remove(&number);
            return true;
        }
        state = shared.changed.wait(state).expect("no thread panics with the lock");
    }
}
