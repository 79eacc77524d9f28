//! A service that answers when the test says so: for everything that happens while a request is on its way.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::session::{Session, home_of, launch_at};
use crate::support::pty::Launch;

/// A create that every platform did (api.md 3).
const DONE: &str = concat!(
    r#"{"location": null, "message": null, "responsePlatforms": {"#,
    r#""management": {"location": null, "message": null, "status": 201}, "#,
    r#""training": {"location": null, "message": null, "status": 201}, "#,
    r#""social": {"location": null, "message": null, "status": 201}}, "status": 201}"#
);

/// The service. It holds every request until [`Held::answer`].
pub struct Held {
    arrivals: Receiver<TcpStream>,
    home: tempfile::TempDir,
}

impl Held {
    /// Begins to listen.
    pub fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port of loopback");
        let address = listener.local_addr().expect("it has an address");
        let (sender, arrivals) = channel();
        thread::spawn(move || take(&listener, &sender));
        Self { arrivals, home: home_of(&format!("http://{address}/integration/ws")) }
    }

    /// How to start the program with this as its tenant.
    pub fn launch(&self) -> Launch {
        launch_at(self.home.path())
    }

    /// The program, begun.
    pub fn begin(&self) -> Session {
        Session::begin(self.launch())
    }

    /// Waits for a whole request. No answer is sent yet.
    pub fn request(&self) -> TcpStream {
        self.arrivals.recv().expect("the service listens as long as this lives")
    }

    /// Answers a request: every platform did it.
    ///
    /// # Panics
    /// If nobody takes the answer: the connection of a program that did not wait for it is reset by it.
    pub fn answer(mut request: TcpStream) {
        let length = DONE.len();
        let reply = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{DONE}"
        );
        request.write_all(reply.as_bytes()).expect("the program waits for it");
        let end = request.read(&mut [0]);
        assert!(matches!(end, Ok(0)), "the program did not wait for its answer: {end:?}");
    }

    /// Whether another request came.
    pub fn is_asked_again(&self) -> bool {
        self.arrivals.try_recv().is_ok()
    }
}

fn take(listener: &TcpListener, sender: &Sender<TcpStream>) {
    for stream in listener.incoming() {
        let mut stream = stream.expect("a connection");
        match read_whole(&mut stream) {
            // A read, which is not held: there is nobody.
            Some(true) => {
                let reply = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 2\r\n\r\n[]";
                stream.write_all(reply.as_bytes()).expect("the program waits for it");
            }
            Some(false) if sender.send(stream).is_ok() => {}
            Some(false) | None => return,
        }
    }
}

/// Reads up to the end of the body, and says whether it is a read. Nothing where the connection ended before.
fn read_whole(stream: &mut TcpStream) -> Option<bool> {
    let (mut text, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let Ok(length @ 1..) = stream.read(&mut buffer) else { return None };
        text.extend_from_slice(&buffer[..length]);
        let text = String::from_utf8_lossy(&text).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
        if body.len() >= length {
            return Some(head.starts_with("get "));
        }
    }
}
