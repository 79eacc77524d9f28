//! Jobs of the real program, killed, stopped and raced against each other, with a service that lives on and counts what arrives.
//!
//! Between program and sandbox stands a proxy that counts every `POST` by its username and loses some, before or after they were carried out.
//! Nothing here waits for a clock: a kill comes when so many requests have arrived.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Child;
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use netex_users::sandbox::Sandbox;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{Home, PASSWORD, Told, Watched, sandbox};

mod moments;

const LOCK: &str = "no thread panics with the lock";

/// What becomes of a request on its way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Arrives,
    /// It is lost before it arrives.
    Lost,
    /// It is carried out, and its answer is lost.
    Unheard,
}

/// How often each username was to be created.
type Posts = Arc<(Mutex<BTreeMap<String, u32>>, Condvar)>;

struct Proxy {
    address: SocketAddr,
    posts: Posts,
}

impl Proxy {
    /// In front of a sandbox; the fate of a request is that of its username.
    fn before(sandbox: &Sandbox, fate: fn(&str) -> Fate) -> Self {
        let to = sandbox.base_url().trim_start_matches("http://").split('/').next().expect("an authority").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let posts = Posts::default();
        let counted = Arc::clone(&posts);
        // It ends with the process of the tests.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (to, counted) = (to.clone(), Arc::clone(&counted));
                thread::spawn(move || pass(stream, &to, fate, &counted));
            }
        });
        Self { address, posts }
    }

    fn base_url(&self) -> String {
        format!("http://{}/integration/ws", self.address)
    }

    fn posts(&self) -> BTreeMap<String, u32> {
        self.posts.0.lock().expect(LOCK).clone()
    }

    /// Waits until so many have arrived, or the program has ended.
    fn until(&self, count: usize, child: &mut Child) {
        let (posts, more) = &*self.posts;
        let mut posts = posts.lock().expect(LOCK);
        while posts.len() < count && child.try_wait().expect("it is ours").is_none() {
            (posts, _) = more.wait_timeout(posts, Duration::from_millis(20)).expect(LOCK);
        }
    }
}

/// One request and its answer, over connections of their own.
fn pass(mut client: TcpStream, to: &str, fate: fn(&str) -> Fate, posts: &Posts) -> Option<()> {
    let request = request(&mut client)?;
    let end = request.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, rest) = request.split_at(end);
    let mut fate_of_this = Fate::Arrives;
    if request.starts_with(b"POST ") {
        let body: Value = serde_json::from_slice(&rest[4..]).expect("the program sends JSON");
        let username = body["user"]["username"].as_str().expect("a username").to_owned();
        fate_of_this = fate(&username);
        *posts.0.lock().expect(LOCK).entry(username).or_default() += 1;
        posts.1.notify_all();
    }
    if fate_of_this == Fate::Lost {
        return None;
    }
    let mut server = TcpStream::connect(to).ok()?;
    server.write_all(&[head, b"\r\nconnection: close", rest].concat()).ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).ok()?;
    if fate_of_this == Fate::Unheard {
        return None;
    }
    client.write_all(&answer).ok()
}

fn request(client: &mut TcpStream) -> Option<Vec<u8>> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(head) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
            if bytes.len() >= head + 4 + length {
                return Some(bytes);
            }
        }
        match client.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}

/// Some are lost, some are not heard of, most arrive.
fn mixed(username: &str) -> Fate {
    match username.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % 10 {
        0 => Fate::Lost,
        1 => Fate::Unheard,
        _ => Fate::Arrives,
    }
}

struct Place {
    home: Home,
    sandbox: Rc<Watched>,
    proxy: Proxy,
}

/// A home with a file of so many new people, for a tenant behind a proxy. Each create takes a moment, so that a kill finds some on their way.
fn place(count: usize, wait: &str, fate: fn(&str) -> Fate) -> Place {
    let sandbox = sandbox(&format!("[[strike]]\non = ['create']\nwait = '{wait}'"));
    let (home, proxy) = (Home::new(), Proxy::before(&sandbox, fate));
    home.tenant_at(&proxy.base_url(), "rate = 1000");
    let line = |n| format!("n{n},{PASSWORD},Nora,Vidal,n{n}@acme.example,gl,Europe/Paris\n");
    let lines: String = (0..count).map(line).collect();
    home.write("people.csv", format!("username,password,name,surname,email,language,timezone\n{lines}").as_bytes());
    Place { home, sandbox, proxy }
}

impl Place {
    /// Where each line stands, by its username.
    fn lines(&self) -> BTreeMap<String, String> {
        let document = self.home.call(&["jobs", "show", "1", "--json"]).document();
        let text = |line: &Value, key: &str| line[key].as_str().expect("a text").to_owned();
        let lines = document["lines"].as_array().expect("the lines");
        lines.iter().map(|line| (text(line, "username"), text(line, "state"))).collect()
    }

    /// Nobody was created twice, nobody is lost, and every line says the truth.
    fn check(&self) {
        let posts = self.proxy.posts();
        assert!(posts.values().all(|count| *count == 1), "somebody was sent twice: {posts:?}");
        for (username, state) in self.lines() {
            let is_there = self.sandbox.person(&username).is_some();
            match state.as_str() {
                "done" => assert!(is_there, "{username} is done and not there"),
                "in doubt" => assert!(!is_there, "{username} is there, and nobody looked"),
                other => panic!("{username} is {other}"),
            }
        }
    }
}

fn interrupt(child: &Child) {
    let pid = Pid::from_raw(i32::try_from(child.id()).expect("a process")).expect("a process");
    kill_process(pid, Signal::INT).expect("it can be sent");
}

#[test]
fn a_job_that_is_killed_again_and_again_creates_everybody_once() {
    let place = place(40, "30ms", mixed);
    let mut words = vec!["import", "people.csv", "--yes"];
    for reached in [3, 7, 8, 14, 20, 27, 33] {
        let mut child = place.home.begin(&words);
        place.proxy.until(reached, &mut child);
        child.kill().expect("it is ours");
        child.wait().expect("it has ended");
        words = vec!["jobs", "resume", "1", "--yes"];
    }
    let told = place.home.call(&words);
    assert!(matches!(told.code, 0 | 5), "{told:?}");
    place.check();
    let doubt = place.lines().values().filter(|state| *state == "in doubt").count();
    let lost = place.proxy.posts().keys().filter(|username| mixed(username) == Fate::Lost).count();
    assert!(doubt >= lost && doubt < 40, "{doubt} in doubt, {lost} lost");
    assert_eq!(told.code == 5, doubt > 0);
}

#[test]
fn two_who_resume_at_once_send_nothing_twice() {
    let place = place(30, "30ms", |_| Fate::Arrives);
    let mut child = place.home.begin(&["import", "people.csv", "--yes"]);
    place.proxy.until(4, &mut child);
    child.kill().unwrap();
    child.wait().unwrap();
    let both = [(); 2].map(|()| place.home.begin(&["jobs", "resume", "1", "--yes"]));
    let told = both.map(|child| Told::of(child.wait_with_output().unwrap()));
    let refused: Vec<_> =
        told.iter().filter(|told| told.err.contains("is being carried out by another program")).collect();
    assert_eq!(refused.len(), 1, "{told:?}");
    assert_eq!(refused[0].code, 6);
    place.check();
    assert_eq!(place.proxy.posts().len() + in_doubt(&place), 30 + in_doubt_and_sent(&place));
}

/// Lines that are in doubt: a request that was killed before it left is one of them.
fn in_doubt(place: &Place) -> usize {
    place.lines().values().filter(|state| *state == "in doubt").count()
}

fn in_doubt_and_sent(place: &Place) -> usize {
    let posts = place.proxy.posts();
    place.lines().iter().filter(|(username, state)| *state == "in doubt" && posts.contains_key(*username)).count()
}

#[test]
fn ctrl_c_hears_what_is_on_its_way_and_the_job_goes_on_later() {
    let place = place(30, "100ms", |_| Fate::Arrives);
    let mut child = place.home.begin(&["import", "people.csv", "--yes"]);
    place.proxy.until(5, &mut child);
    interrupt(&child);
    let told = Told::of(child.wait_with_output().unwrap());
    assert_eq!(told.code, 130, "{told:?}");
    assert!(
        told.out.contains("stopped: nothing more was sent\n") && told.out.contains("jobs resume 1"),
        "{}",
        told.out
    );
    let states = place.lines();
    let of = |wanted: &str| states.values().filter(|state| *state == wanted).count();
    assert_eq!((of("done") + of("waiting"), of("done")), (30, place.proxy.posts().len()), "{states:?}");
    assert!(of("waiting") > 0);
    assert_eq!(place.home.call(&["jobs", "resume", "1", "--yes"]).code, 0);
    place.check();
    assert_eq!(place.proxy.posts().len(), 30);
}

#[test]
fn a_second_ctrl_c_leaves_what_is_on_its_way_in_doubt() {
    let place = place(10, "20s", |_| Fate::Arrives);
    let mut child = place.home.begin(&["import", "people.csv", "--yes"]);
    place.proxy.until(4, &mut child);
    // Two that are sent at once may arrive as one: it is told until the program has ended.
    while child.try_wait().unwrap().is_none() {
        interrupt(&child);
        thread::yield_now();
    }
    let told = Told::of(child.wait_with_output().unwrap());
    assert_eq!(told.code, 130, "{told:?}");
    let states = place.lines();
    let of = |wanted: &str| states.values().filter(|state| *state == wanted).count();
    assert_eq!((of("in doubt"), of("waiting")), (4, 6), "{states:?}");
}

#[test]
fn a_reader_that_goes_away_does_not_stop_a_job() {
    let place = place(8, "10ms", |_| Fate::Arrives);
    let mut child = place.home.begin(&["import", "people.csv", "--yes"]);
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    place.check();
    assert_eq!(place.proxy.posts().len(), 8);
}
