//! A local netexCloud look-alike on loopback, for a first run, for training and for tests.
//!
//! It is deliberately not built from the client's parts: requests are read with `serde_json` walked over the table of fields, so that
//! client and sandbox cannot agree on a mistake in the wire format. It keeps nothing on disk, fetches no picture, prints nothing, and
//! listens on 127.0.0.1 alone. Not here: the services of groups, licences and push, of which only the groups of a user are read.
//!
//! A request goes `routes` -> `desk` (token, scenario, header) -> `check` or `deeds` (the body), `paging` (the part of a list) -> `store`
//! (the people; most of a large `crowd` are worked out from their `numbers`) -> `platforms` (what each platform says) -> `reply`. What may
//! go wrong on the way is a `scenario`.

mod check;
mod crowd;
mod deeds;
mod desk;
mod form;
mod groups;
mod log;
mod numbers;
mod paging;
mod picture;
mod platforms;
mod reply;
mod routes;
mod scenario;
mod store;
mod wire;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::domain::roles::Catalogues;
use crate::sandbox::check::Rules;
use crate::sandbox::desk::Desk;
use crate::sandbox::groups::Groups;
use crate::sandbox::store::Store;

pub use crate::sandbox::log::{Body, Exchange, Token};
pub use crate::sandbox::scenario::{MOST_PEOPLE, Scenario};

/// The token that every built-in scenario accepts.
pub const TOKEN: &str = "sandbox-token";

/// A running sandbox. It stops when it is dropped, with every open connection and every change that was still to come.
///
/// It lives in a thread of its own: reading a picture of 700 KB must not hold up the keys of the program that it runs in, and dropping
/// the thread's runtime is what ends its connections.
#[derive(Debug)]
pub struct Sandbox {
    desk: Arc<Desk>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Sandbox {
    /// Starts a sandbox on a port of 127.0.0.1; 0 takes a free one. It listens when this returns. The catalogues are those of
    /// [`Scenario::revision`].
    ///
    /// # Errors
    /// The port is taken or not allowed, or the system gives no socket or thread.
    pub fn start(scenario: Scenario, port: u16, catalogues: Catalogues) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let store = Store::with_people(scenario.people).map_err(io::Error::other)?;
        let groups = Groups::read().map_err(io::Error::other)?;
        let rules = Rules { revision: scenario.revision(), strict: scenario.strict, catalogues };
        let desk = Arc::new(Desk::new(scenario, rules, store, groups, base_url(address)));
        // Everything that can fail is done here, so that nobody waits for the thread: on a busy machine that is the longest part of a start.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let context = runtime.enter();
        let listener = tokio::net::TcpListener::from_std(listener)?;
        drop(context);
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&desk);
        let thread =
            thread::Builder::new().name("sandbox".into()).spawn(move || serve(&runtime, listener, served, stopped))?;
        Ok(Self { desk, address, stop: Some(stop), thread: Some(thread) })
    }

    /// The base URL as a tenant's configuration has it, such as `http://127.0.0.1:40123/integration/ws`. The same services answer under
    /// `/integration/zuul`.
    pub fn base_url(&self) -> String {
        base_url(self.address)
    }

    /// The token that it accepts.
    pub fn token(&self) -> &str {
        self.desk.token()
    }

    /// The last requests, oldest first: no more than a hundred, and no more than 4 MiB of bodies.
    pub fn log(&self) -> Vec<Exchange> {
        self.desk.log()
    }

    /// Everybody, in the order of creation, each as a read would answer once every change is visible. A large crowd takes memory for
    /// as long as it is held, some 4 kB for each.
    pub fn people(&self) -> Vec<Value> {
        self.desk.people()
    }

    /// One of them, by id or username.
    pub fn person(&self, key: &str) -> Option<Value> {
        self.desk.person(key)
    }

    /// Serves until Ctrl-C or SIGTERM, then stops. Prints nothing: the caller has said where it listens.
    ///
    /// # Errors
    /// The system lets no signal be waited for.
    pub async fn until_interrupted(self) -> io::Result<()> {
        let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminated.recv() => Ok(()),
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // Nobody listens any more where the thread ended before.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // A panic over there was printed there; there is nothing left to stop.
            let _ = thread.join();
        }
    }
}

fn base_url(address: SocketAddr) -> String {
    format!("http://{address}/integration/ws")
}

/// The thread: serves until it is stopped.
fn serve(runtime: &Runtime, listener: tokio::net::TcpListener, desk: Arc<Desk>, stopped: oneshot::Receiver<()>) {
    let service = routes::router(desk).into_make_service_with_connect_info::<wire::Cut>();
    runtime.block_on(async {
        tokio::select! {
            _ = stopped => {}
            _ = axum::serve(wire::Wires(listener), service) => {}
        }
    });
}
