//! What a child is told: where everything is, how much there is to do, and by which rules.

use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;

use netex_users::api::{Client, PLATFORMS, Settings};
use netex_users::domain::record::{Realm, Who};
use netex_users::domain::secret::Secret;
use netex_users::journal::{Clock, Place};
use serde::{Deserialize, Serialize};
use url::Url;

/// The variable of the environment that makes a process a child.
pub const VARIABLE: &str = "NETEX_USERS_KILL_LOOP";

/// By which rules a child works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Protocol {
    /// The program's: the intent first, the outcome kept, what is in doubt looked up and waited for.
    Rules,
    /// Looks a person up before it sends, and sends at once when nobody is there: no journal, no window.
    Hasty,
    /// Sends until it hears that it was done: no journal, no look.
    Stubborn,
    /// Sends first and keeps the intent afterwards, with the outcome.
    Backwards,
    /// A whole job by the program's rules: its own import, plan, apply and resume.
    Job,
    /// A whole job: some lines, then the number of the last into a file, and from there on after a kill.
    Cursor,
    /// A whole job: a mark for each line of which it heard that it was done; what has none is sent.
    Marks,
    /// The same, and looks before it sends: who is there is not sent.
    Looks,
}

impl Protocol {
    /// Whether it is about a file of people, and not about single rows.
    pub fn is_of_jobs(self) -> bool {
        matches!(self, Self::Job | Self::Cursor | Self::Marks | Self::Looks)
    }
}

/// A child's orders.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Task {
    /// The rules.
    pub protocol: Protocol,
    /// The folder of the journal, of the clock and of complaints.
    pub folder: PathBuf,
    /// Where the world listens.
    pub server: SocketAddr,
    /// Which rows there are.
    pub rows: Range<u32>,
    /// Whether each row is begun by a draft.
    pub drafts: bool,
    /// Whether a job sends again what was seen not to have been done.
    pub recheck: bool,
    /// How long a file may become, in bytes: a disk that is full.
    pub longest: Option<u64>,
    /// Which child this is; no other has the same.
    pub number: u32,
    /// Which of those that run at the same time.
    pub slot: u32,
}

impl Task {
    /// The orders of this process, where it is a child.
    #[expect(
        clippy::disallowed_methods,
        reason = "a child that is another run of this binary is told so in no other way"
    )]
    pub fn mine() -> Option<Self> {
        let text = std::env::var(VARIABLE).ok()?;
        Some(serde_json::from_str(&text).expect("the driver wrote it"))
    }

    /// The same as text.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("a task is plain data")
    }

    /// The order in which this child goes through the rows: a second one comes from the other end.
    pub fn order(&self) -> Vec<u32> {
        let rows = self.rows.clone();
        if self.slot.is_multiple_of(2) { rows.collect() } else { rows.rev().collect() }
    }

    /// A client of the world. Its deadline is real time, and short: some answers never come.
    pub fn client(&self) -> Client {
        let base = format!("http://{}/integration/ws", self.server);
        let settings = Settings {
            base_url: Url::parse(&base).expect("an address"),
            token: Secret::new("kill-loop".into()),
            read_only: false,
            proxy: false,
            authorities: None,
            connect: std::time::Duration::from_millis(400),
            total: std::time::Duration::from_millis(800),
            platforms: PLATFORMS.map(str::to_owned).into(),
        };
        Client::new(settings).expect("a client")
    }
}

/// Where the journal is.
pub fn place(folder: &std::path::Path, clock: Clock) -> Place {
    let who = Who { user: "robot".into(), uid: 1000, ssh: None };
    Place { folder: folder.join("state"), name: "journal", who, clock }
}

/// Where the changes go: the port is another one in each run, so it is not in the name.
pub fn realm() -> Realm {
    Realm { tenant: "kill-loop".into(), origin: "https://kill-loop.example/integration/ws".into() }
}
