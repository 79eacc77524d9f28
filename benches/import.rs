//! A file of people through the real program, against a sandbox in a process of its own: `cargo bench --bench import`.
//!
//! Two thousand lines; `-- --lines 100000` for the figures. Time and memory are those of the program alone, with its journal on the disk. Beside
//! it, where `ab` is installed, the same sandbox is asked as fast as that asks, with the same concurrency.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_netex-users");
const CONCURRENCY: &str = "4";

/// The sandbox, with where it is and its token.
struct Service {
    child: Child,
    base_url: String,
    token: String,
}

impl Service {
    fn start() -> Self {
        let mut child =
            Command::new(PROGRAM).args(["sandbox", "--people", "0"]).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let mut value = || {
            let line = lines.next().expect("it says where it is").expect("in UTF-8");
            line.split_whitespace().last().unwrap_or_default().to_owned()
        };
        let (base_url, token) = (value(), value());
        Self { child, base_url, token }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It has nothing to keep.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn home(service: &Service, lines: u32) -> tempfile::TempDir {
    let home = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let folder = home.path().join(".config/netex-users");
    fs::create_dir_all(&folder).expect("a folder");
    let config = format!(
        "[tenants.acme]\nbase_url = '{}'\ntoken = {{ env = 'ACME_TOKEN' }}\nrate = 1000\nconcurrency = {CONCURRENCY}\n",
        service.base_url
    );
    write(&folder.join("config.toml"), &config);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).expect("it is ours");
    let mut people = "username;password;name;surname;email;language;timezone;officePhone;roles.training\n".to_owned();
    for n in 0..lines {
        writeln!(
            people,
            "begona.nunez.{n};correct-horse-{n};Begoña;Núñez Cañas;begona.nunez.{n}@acme.example;es;Europe/Paris;+34 981 {n:06};user"
        )
        .expect("a text takes everything");
    }
    write(&home.path().join("people.csv"), &people);
    home
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).expect("it can be written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("it is ours");
}

/// Runs the program, and tells how long it took, the most memory that it had, in KiB, and the last line that it printed.
#[expect(clippy::disallowed_methods, reason = "the clock is what is measured with")]
fn run(service: &Service, home: &Path, words: &[&str]) -> (Duration, u64, String) {
    let mut command = Command::new(PROGRAM);
    command.env_clear().env("HOME", home).env("ACME_TOKEN", &service.token).current_dir(home).args(words);
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("it starts");
    let out = BufReader::new(child.stdout.take().expect("it is piped"));
    let reader = std::thread::spawn(move || out.lines().map_while(Result::ok).last().unwrap_or_default());
    let mut most = 0;
    while child.try_wait().expect("it is ours").is_none() {
        most = most.max(highest(child.id()));
        std::thread::park_timeout(Duration::from_millis(20));
    }
    let took = start.elapsed();
    (took, most, reader.join().expect("it reads to the end"))
}

/// The highest resident memory of a process, in KiB; 0 where the system does not say.
fn highest(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches("kB").trim().parse().unwrap_or(0)
}

/// Requests a second that `ab` gets out of the sandbox: one read of somebody who is there, or one update of them.
fn reference(service: &Service, home: &Path, count: u32, update: bool) -> Option<String> {
    let token = format!("X-Cloud-Auth-Token: {}", service.token);
    let body = home.join("body.json");
    write(&body, "{\"user\":{\"location\":\"Vigo\"}}");
    let url = format!("{}/management/rest/users/begona.nunez.0", service.base_url);
    let mut command = Command::new("ab");
    command.args(["-q", "-k", "-c", CONCURRENCY, "-n", &count.to_string(), "-H", &token]);
    if update {
        command.args(["-T", "application/json", "-u"]).arg(&body);
    }
    let output = command.arg(url).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = |name: &str| text.lines().find(|line| line.starts_with(name)).map(str::to_owned);
    Some([line("Requests per second"), line("Non-2xx")].into_iter().flatten().collect::<Vec<_>>().join("; "))
}

fn main() {
    let mut words = std::env::args().skip_while(|word| word != "--lines").skip(1);
    let lines: u32 = words.next().and_then(|word| word.parse().ok()).unwrap_or(2000);
    let service = Service::start();
    let home = home(&service, lines);
    let mut out = format!("{lines} lines, concurrency {CONCURRENCY}\n");
    let mut say = |what: &str, (took, most, last): (Duration, u64, String)| {
        let rate = f64::from(lines) / took.as_secs_f64();
        writeln!(out, "{what}: {:.1} s, {rate:.0} lines a second, at most {most} KiB; {last}", took.as_secs_f64())
            .expect("a text takes everything");
    };
    let path = home.path();
    say("plan", run(&service, path, &["import", "people.csv", "--dry-run"]));
    say("plan and apply", run(&service, path, &["import", "people.csv", "--yes"]));
    say("plan again, everybody is there", run(&service, path, &["import", "people.csv", "--dry-run", "--again"]));
    say("the jobs", run(&service, path, &["jobs"]));
    for (what, update) in [("ab, reads", false), ("ab, updates", true)] {
        let told = reference(&service, path, lines.min(20_000), update);
        writeln!(out, "{what}: {}", told.unwrap_or_else(|| "ab is not installed".to_owned()))
            .expect("a text takes everything");
    }
    std::io::stdout().write_all(out.as_bytes()).expect("the figures can be written");
}
