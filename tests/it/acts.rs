//! Every act as a command: the real program, pipes for a terminal, and the sandbox for a service.
//!
//! What a terminal is asked stands in `pty/commands.rs`. The call of one act under one verdict is a test of its own, with its output for
//! people, its document and its exit code in one snapshot.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::rc::Rc;

use netex_users::codec::roles::{BUILT_IN, catalogues};
use netex_users::sandbox::{Body, Sandbox, Scenario};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::hermetic;
use crate::support::invariants::{self, Before, Harness};
use crate::support::recorder::{Asked, Watched};
use crate::support::sequences::foreign_sequences;

mod documents;
mod guards;
mod import;
mod input;
mod kills;
mod past;
mod verdicts;

const PROGRAM: &str = env!("CARGO_BIN_EXE_netex-users");
const TOKEN: &str = "kanarienvogel-im-bergwerk-4711";
const PASSWORD: &str = "Kanari3#Vogel(88)";
const REMARK: &str = "SANDBOX: made-up people, nothing is kept of what is done to them\n";

/// Everything that can be sent.
const WRITES: &str = "on = ['create', 'update', 'activate', 'deactivate', 'change-password', 'welcome-mail', 'delete']";

/// A home of its own.
struct Home(TempDir, Asked);

/// What a call came to.
#[derive(Debug)]
struct Told {
    code: i32,
    out: String,
    err: String,
}

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder for the test"), Asked::default())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &[u8]) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, text).expect("the home is ours");
        path
    }

    /// A scenario with these strikes, to be named on the command line.
    fn scenario(&self, lines: &str) -> String {
        let path = self.write("scenario.toml", format!("about = 'A test.'\n{lines}").as_bytes());
        path.to_str().expect("a temporary path is UTF-8").to_owned()
    }

    fn call(&self, arguments: &[&str]) -> Told {
        self.call_with(arguments, b"")
    }

    /// Calls the program with that on its standard input.
    fn call_with(&self, arguments: &[&str], input: &[u8]) -> Told {
        let before = Before::now(self.path()).with_files_of_the_test(self.path());
        let mut child = self.begin(arguments);
        // A program that does not listen is not a fault of the test.
        let _ = child.stdin.take().expect("it is piped").write_all(input);
        let output = child.wait_with_output().expect("the program ends");
        invariants::assert_call(self.path(), &before, arguments, &output);
        Told::of(output)
    }

    /// Calls the program where the test itself has tampered with the journal, so that it is not looked at afterwards.
    fn call_tampered(&self, arguments: &[&str]) -> Told {
        let mut child = self.begin(arguments);
        drop(child.stdin.take());
        Told::of(child.wait_with_output().expect("the program ends"))
    }

    /// Starts the program, with pipes for a terminal.
    fn begin(&self, arguments: &[&str]) -> Child {
        let mut command = hermetic::command(PROGRAM, self.path());
        command.env("ACME_TOKEN", TOKEN).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the program starts")
    }

    /// A tenant of the configuration, with these lines on top, that is a sandbox of the test.
    fn tenant(&self, sandbox: &Rc<Watched>, lines: &str) {
        self.1.add(sandbox);
        self.tenant_at(&sandbox.base_url(), lines);
    }

    /// The same for any address.
    fn tenant_at(&self, base_url: &str, lines: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = self.path().join(".config/netex-users");
        std::fs::create_dir_all(&folder).expect("the home is ours");
        let text = format!("[tenants.acme]\nbase_url = '{base_url}'\ntoken = {{ env = 'ACME_TOKEN' }}\n{lines}\n");
        std::fs::write(folder.join("config.toml"), text).expect("the home is ours");
        let mode = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(&folder, mode).expect("the home is ours");
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(folder.join("config.toml"), mode).expect("the home is ours");
    }
}

/// What the sandboxes were asked is held against the journal.
impl Drop for Home {
    fn drop(&mut self) {
        self.1.assert_hold(Harness::Recorder, self.path());
    }
}

impl Told {
    fn of(output: Output) -> Self {
        // Tabs part the columns of a list, and nothing else.
        let untabbed: Vec<u8> = output.stdout.iter().copied().filter(|byte| *byte != b'\t').collect();
        assert_eq!(foreign_sequences(&untabbed, &[]), Vec::<String>::new(), "on standard output");
        assert_eq!(foreign_sequences(&output.stderr, &[]), Vec::<String>::new(), "on standard error");
        let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
        let code = output.status.code().expect("it ends by itself");
        let told = Self { code, out: text(output.stdout), err: text(output.stderr) };
        for secret in [TOKEN, PASSWORD, "sandbox-token"] {
            assert!(!told.out.contains(secret) && !told.err.contains(secret), "{secret}: {told:?}");
        }
        told
    }

    /// The document on standard output, which the schema allows and which has the exit code in it.
    #[track_caller]
    fn document(&self) -> Value {
        let document: Value = serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        documents::check(&document);
        assert_eq!(document["exit"], self.code, "{self:?}");
        assert!(self.out.ends_with('\n') && self.out.trim_end().lines().count() >= 1, "{self:?}");
        document
    }
}

/// A sandbox outside the program, whose log can be read.
fn sandbox(lines: &str) -> Rc<Watched> {
    let scenario = Scenario::parse(&format!("about = 'A test.'\ntoken = '{TOKEN}'\n{lines}")).expect("a scenario");
    let roles = catalogues(BUILT_IN, scenario.revision()).expect("sound roles");
    Watched::new(Sandbox::start(scenario, 0, roles).expect("a free port of loopback"))
}

/// Method and path of every request.
fn asked(sandbox: &Sandbox) -> Vec<String> {
    let path = |path: &str| path.replace("/integration/ws/management/rest", "");
    sandbox.log().iter().map(|asked| format!("{} {}", asked.method, path(&asked.path))).collect()
}

/// The bodies of everything that was written; null where there was none.
fn bodies(sandbox: &Sandbox) -> Vec<Value> {
    let log = sandbox.log();
    let writes = log.iter().filter(|asked| asked.method != "GET");
    let body = |body: &Body| match body {
        Body::Json(value) => value.clone(),
        Body::Empty => Value::Null,
        Body::Unreadable { bytes } => panic!("{bytes} bytes that are no JSON"),
    };
    writes.map(|asked| body(&asked.body)).collect()
}

/// What every create needs.
const NORA: [&str; 13] = [
    "create",
    "--username",
    "nora.vidal",
    "--name",
    "Nora",
    "--surname",
    "Vidal",
    "--email",
    "nora.vidal@acme.example",
    "--language",
    "gl",
    "--timezone",
    "Europe/Paris",
];
