//! A session: the program in a terminal, with secrets that must not get out.

use std::cell::Cell;
use std::fs;
use std::ops::{Deref, DerefMut};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use netex_users::codec::roles::{BUILT_IN, catalogues};
use netex_users::sandbox::{Sandbox, Scenario};

pub use crate::support::canary::{PASSWORD, TENANT_TOKEN};
use crate::support::invariants::{self, Harness, Left, Recorder};
use crate::support::pty::{Launch, Terminal};

/// The program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_netex-users");

/// The answers that a create needs, the last field left behind. The form has to be a new user's, its cursor on the username.
const NORA: &str =
    "nora.vidal<Tab>Kanari3#Vogel(88)<Tab>Nora<Tab>Vidal<Tab>nora.vidal@acme.example<Tab>gl<Tab>Europe/Paris<Tab>";

/// A running program. It is ended and looked at when it is dropped ([`crate::support::pty`]).
pub struct Session {
    terminal: Terminal,
    /// Where the desk's own is not used. It goes when the session does.
    home: Option<tempfile::TempDir>,
}

impl Session {
    /// The program on its own sandbox, without a configuration, as after `cargo run`.
    pub fn of_sandbox() -> Self {
        Self::begin(Launch::new(PROGRAM))
    }

    /// The same, with something that goes wrong in the sandbox.
    pub fn of_scenario(name: &str) -> Self {
        Self::begin(Launch::new(PROGRAM).args(&["--scenario", name]))
    }

    /// Starts, and goes on from the list of people to the form of a new user.
    pub fn begin(launch: Launch) -> Self {
        let mut session = Self::at_the_list(launch);
        session.send("n");
        // The sandbox has recipes to choose from; the first line is the empty form.
        session.wait_for("a form or a choice", |screen| {
            let text = screen.contents();
            text.contains("(needed)") || text.contains("an empty form")
        });
        if session.screen().contains("an empty form") {
            session.send("<Enter>");
            session.wait_for_text("(needed)");
        }
        session
    }

    /// Starts, and waits for the list of people.
    pub fn at_the_list(launch: Launch) -> Self {
        let session = Self::start(launch);
        session.wait_for_text("F1 help");
        session
    }

    /// Starts, and waits for nothing.
    pub fn start(launch: Launch) -> Self {
        Self { terminal: launch.open(), home: None }
    }

    /// The password may be seen: the test showed it on purpose.
    pub fn may_show_the_password(&mut self) {
        self.terminal.may_show(PASSWORD);
    }

    /// Something may be put into the clipboard: the test asked for it.
    pub fn may_copy(&mut self) {
        self.terminal.may_command("52");
    }

    /// Types Esc. An Esc with something behind it would be the Alt of that.
    pub fn esc(&mut self, until: &str) {
        self.send("<Esc>");
        self.wait_for_text(until);
    }

    /// Types a whole new user and opens the review. Returns the screen.
    pub fn review_nora(&mut self) -> String {
        self.send(NORA);
        self.send("<C-r>");
        self.wait_for_text("Review: create nora.vidal");
        self.wait_for_text("POST /integration/ws/management/rest/users HTTP/1.1")
    }

    /// Types a whole new user and sends it.
    pub fn send_nora(&mut self) {
        self.review_nora();
        self.send("<Enter>");
    }

    /// Opens somebody by name.
    pub fn open_person(&mut self, username: &str) {
        self.send("<C-f>");
        self.wait_for_text("Open by id or username");
        self.send(&format!("{username}<Enter>"));
        self.wait_for_text(&format!("Edit {username}"));
    }

    /// Leaves, agreeing to what is asked then. The terminal has to be as it was, and the exit code that of success.
    pub fn leave(self) {
        self.leave_by("<C-q>y");
    }

    /// Leaves by these keys.
    pub fn leave_by(mut self, keys: &str) {
        self.send(keys);
        self.ends_with(0);
    }

    /// Waits for the end, which has to have this code and to leave the terminal as it was.
    pub fn ends_with(self, code: i32) {
        assert_eq!(self.wait_exit(), code, "{}", self.screen());
        assert_eq!(self.modes_left(), Vec::<String>::new());
    }

    /// Nothing in the home may hold this.
    pub fn assert_not_kept(&self, secret: &str) {
        for file in files(self.home()) {
            let text =
                String::from_utf8_lossy(&crate::support::bytes_of(&file).expect("the home is ours")).into_owned();
            assert!(!text.contains(secret), "{} holds {secret}", file.display());
        }
    }
}

impl Deref for Session {
    type Target = Terminal;

    fn deref(&self) -> &Terminal {
        &self.terminal
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut Terminal {
        &mut self.terminal
    }
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).expect("the home is ours").map(|entry| entry.expect("the home is ours").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// A sandbox outside the program, whose log can be read, and a home with a configuration that points there.
pub struct Desk {
    /// What was asked stands in its log.
    pub sandbox: Sandbox,
    home: tempfile::TempDir,
    /// Whether the program was started in this home, and whether in another one besides, whose journal goes with it.
    own: Cell<bool>,
    others: Cell<bool>,
}

impl Desk {
    /// A tenant that works.
    pub fn new() -> Self {
        Self::of("")
    }

    /// A tenant to which these strikes happen.
    pub fn of(strikes: &str) -> Self {
        let text = format!("about = 'A test.'\ntoken = '{TENANT_TOKEN}'\n{strikes}");
        let scenario = Scenario::parse(&text).expect("a scenario");
        let roles = catalogues(BUILT_IN, scenario.revision()).expect("sound roles");
        let sandbox = Sandbox::start(scenario, 0, roles).expect("a free port of loopback");
        let home = home_of(&sandbox.base_url());
        Self { sandbox, home, own: Cell::new(false), others: Cell::new(false) }
    }

    /// The home of its agent.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// How to start the program here.
    pub fn launch(&self) -> Launch {
        self.own.set(true);
        launch_at(self.home.path())
    }

    /// The program, begun.
    pub fn begin(&self) -> Session {
        Session::begin(self.launch())
    }

    /// The program of another agent at the list, in a home of its own.
    pub fn begin_elsewhere(&self) -> Session {
        self.others.set(true);
        let home = home_of(&self.sandbox.base_url());
        let mut session = Session::at_the_list(launch_at(home.path()));
        session.home = Some(home);
        session
    }

    /// Method and path of every request so far.
    pub fn asked(&self) -> Vec<String> {
        let asked = self.sandbox.log();
        let asked = asked.iter().map(|asked| format!("{} {}", asked.method, asked.path));
        // The list of people is read in the background, whatever the test is about.
        asked.filter(|asked| !asked.starts_with("GET /integration/ws/management/rest/users?")).collect()
    }
}

/// What the server was asked is looked at when the desk goes; against the journal only where there is one, and all of it is in the home.
impl Drop for Desk {
    fn drop(&mut self) {
        let person = |key: &str| self.sandbox.person(key);
        let recorder = Some(Recorder::of(&self.sandbox, &person));
        let home = (self.own.get() && !self.others.get()).then(|| self.home.path());
        invariants::assert_hold(Harness::Recorder, &Left { home, recorder, ..Left::default() });
    }
}

/// How to start the program in a home of [`home_of`].
pub fn launch_at(home: &Path) -> Launch {
    Launch::new(PROGRAM).home(home).env("ACME_TOKEN", TENANT_TOKEN)
}

/// A home with a configuration of one tenant, whose token stands in the environment.
pub fn home_of(base_url: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a temporary home can be made");
    let folder = home.path().join(".config/netex-users");
    fs::create_dir_all(&folder).expect("the home is ours");
    let text =
        format!("default_tenant = 'acme'\n[tenants.acme]\nbase_url = '{base_url}'\ntoken = {{ env = 'ACME_TOKEN' }}\n");
    let file = folder.join("config.toml");
    fs::write(&file, text).expect("the home is ours");
    for path in [&folder, &file] {
        let mode = if path.is_dir() { 0o700 } else { 0o600 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the home is ours");
    }
    home
}
