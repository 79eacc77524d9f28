//! A server that misbehaves as it is told, on raw TCP and threads: no HTTP library would let a test break a connection where it hurts.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use netex_users::api::{PLATFORMS, Settings};
use netex_users::domain::secret::Secret;
use netex_users::sandbox::Sandbox;
use url::Url;

/// The token of every test: whoever sees it where it does not belong has found a leak.
pub use crate::support::canary::CHAOS_TOKEN as TOKEN;
use crate::support::journal::saw;

const LOCK: &str = "no thread panics with the lock";

/// What a server has seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// How often somebody connected.
    pub connections: usize,
    /// The requests that arrived whole, head and body.
    pub requests: Vec<Vec<u8>>,
}

/// A listening server. It stops on drop.
pub struct Chaos {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    own: Own,
    thread: Option<JoinHandle<()>>,
}

/// The connection that ends the server. It comes after all others, so nothing is missed.
type Own = Arc<Mutex<Option<SocketAddr>>>;

type Act = dyn Fn(&mut TcpStream) + Send + Sync;

impl Chaos {
    /// Does as it is told with every connection, before a byte is read.
    pub fn untouched(act: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Self {
        Self::start(false, Arc::new(act))
    }

    /// Reads one request, then does as it is told.
    pub fn acting(act: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Self {
        Self::start(true, Arc::new(act))
    }

    /// Answers every request with these bytes and closes.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::acting(move |stream| drop(stream.write_all(&bytes)))
    }

    /// Answers every request with a status and a body of JSON.
    pub fn replying(status: u16, body: &str) -> Self {
        Self::raw(reply(status, "Content-Type: application/json\r\n", body))
    }

    /// Host and port.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// Ends the server and gives what it saw. Waiting for it must not keep the client's runtime from closing its connections, so it is
    /// done on another thread.
    pub async fn finish(mut self) -> Seen {
        let ended = tokio::task::spawn_blocking(move || {
            let thread = self.stop().expect("it ends once");
            thread.join().expect("what a server asserts holds");
            self.seen.lock().expect(LOCK).clone()
        });
        ended.await.expect("the server ends")
    }

    fn start(reads: bool, act: Arc<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let seen = Arc::new(Mutex::new(Seen::default()));
        saw(&seen);
        let own = Own::default();
        let (log, last) = (Arc::clone(&seen), Arc::clone(&own));
        let thread = thread::spawn(move || {
            let mut workers = Vec::new();
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                if *last.lock().expect(LOCK) == stream.peer_addr().ok() {
                    break;
                }
                log.lock().expect(LOCK).connections += 1;
                let (log, act) = (Arc::clone(&log), Arc::clone(&act));
                workers.push(thread::spawn(move || {
                    if reads {
                        let Some(request) = request(&mut stream) else { return };
                        log.lock().expect(LOCK).requests.push(request);
                    }
                    act(&mut stream);
                }));
            }
            for worker in workers {
                worker.join().expect("what a server asserts holds");
            }
        });
        Self { address, seen, own, thread: Some(thread) }
    }

    fn stop(&mut self) -> Option<JoinHandle<()>> {
        let thread = self.thread.take()?;
        // Held until the address is known, so that the server cannot take the connection for a client's.
        let mut own = self.own.lock().expect(LOCK);
        let stream = TcpStream::connect(self.address).expect("the server listens until now");
        *own = Some(stream.local_addr().expect("an address"));
        Some(thread)
    }
}

impl Drop for Chaos {
    /// Not joined: a test that failed has a client that is still connected, and would wait for itself.
    fn drop(&mut self) {
        self.stop();
    }
}

/// A reply with a true content length.
pub fn reply(status: u16, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Waits until the client has gone, without a clock.
pub fn until_the_client_leaves(stream: &mut TcpStream) {
    let mut rest = [0; 4096];
    while matches!(stream.read(&mut rest), Ok(1..)) {}
}

/// Waits a moment, and says whether the client is still there.
pub fn is_still_there(stream: &mut TcpStream, moment: Duration) -> bool {
    stream.set_read_timeout(Some(moment)).expect("a timeout");
    match stream.read(&mut [0; 64]) {
        Ok(count) => count > 0,
        Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

/// Head and body, or nothing where the client broke off.
fn request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        if let Some(head) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
            if bytes.len() >= head + 4 + length {
                return Some(bytes);
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}

/// The settings of a client for a server, with deadlines that no healthy exchange meets.
pub fn settings(server: &Chaos) -> Settings {
    settings_for(&format!("http://{}/integration/ws", server.host()))
}

/// The settings of a client for a look-alike.
pub fn settings_of(sandbox: &Sandbox) -> Settings {
    Settings { token: Secret::new(sandbox.token().to_owned()), ..settings_for(&sandbox.base_url()) }
}

/// A golden head with what no file can know.
pub fn filled(golden: &str, server: &Chaos, length: usize) -> String {
    golden
        .replace("{version}", env!("CARGO_PKG_VERSION"))
        .replace("{token}", TOKEN)
        .replace("{host}", &server.host())
        .replace("{length}", &length.to_string())
}

/// One request was sent on one connection: the bytes of the golden head, line ends included, and then the body.
pub async fn assert_on_the_wire(server: Chaos, golden: &str, body: impl AsRef<[u8]>) {
    let body = body.as_ref();
    let head = filled(golden, &server, body.len()).replace('\n', "\r\n");
    let seen = server.finish().await;
    assert_eq!((seen.connections, seen.requests.len()), (1, 1));
    assert_eq!(String::from_utf8_lossy(&seen.requests[0]), head + &String::from_utf8_lossy(body));
}

/// The settings of a client for any address.
pub fn settings_for(base: &str) -> Settings {
    Settings {
        base_url: Url::parse(base).expect("an address"),
        token: Secret::new(TOKEN.into()),
        read_only: false,
        proxy: false,
        authorities: None,
        connect: Duration::from_secs(10),
        total: Duration::from_secs(60),
        platforms: PLATFORMS.map(str::to_owned).into(),
    }
}
