//! A file of people through the real program, against a sandbox in a process of its own: `cargo bench --bench import`.
//!
//! Two thousand lines; `-- --lines 2000 10000 100000` for the figures, one size after the other: memory is flat where the last has not many
//! times that of the first. The last is a service that takes its time, as the real one does. Time and memory are those of the program alone, from its start to its end, with its journal on the disk and no
//! `rate`. Beside it, where `ab` is installed, the same sandbox is asked as fast as that asks, with the same concurrency. It keeps no journal
//! and cannot make people, who are made once: so it reads and updates one of them.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The program that is measured; `--program PATH` measures another build of it.
static PROGRAM: OnceLock<String> = OnceLock::new();

const CONCURRENCY: &str = "4";

/// So many requests `ab` makes of each kind, and of a service that takes time.
const ASKED: [&str; 2] = ["10000", "1000"];

/// What a service takes for each request that is not the machine's own loopback.
const SLOW: &str = "20ms";

/// So many syncs of the disk are timed.
const SYNCS: u32 = 100;

fn program() -> &'static str {
    PROGRAM.get_or_init(|| after("--program").next().unwrap_or_else(|| env!("CARGO_BIN_EXE_netex-users").to_owned()))
}

/// The words of the command line after this one.
fn after(name: &'static str) -> impl Iterator<Item = String> {
    std::env::args().skip_while(move |word| word != name).skip(1)
}

/// The sandbox, with where it is and its token.
struct Service {
    child: Child,
    base_url: String,
    token: String,
    slow: bool,
}

impl Service {
    /// One that takes some time for each request, or none.
    fn start(folder: &Path, slow: bool) -> Self {
        let mut command = Command::new(program());
        command.args(["sandbox", "--people", "0"]);
        if slow {
            let path = folder.join("slow.toml");
            write(
                &path,
                &format!(
                    "about = 'A service that takes {SLOW}.'\n[[strike]]\non = ['read', 'create', 'update']\nwait = '{SLOW}'\n"
                ),
            );
            command.arg("--scenario").arg(path);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let mut value = || {
            let line = lines.next().expect("it says where it is").expect("in UTF-8");
            line.split_whitespace().last().unwrap_or_default().to_owned()
        };
        let (base_url, token) = (value(), value());
        Self { child, base_url, token, slow }
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

/// What a run of the program came to.
struct Run {
    took: Duration,
    /// The most memory that it had, in KiB.
    most: u64,
    /// The time of the processors that it took.
    busy: Duration,
    /// The last line that it printed.
    last: String,
}

/// Runs the program.
#[expect(clippy::disallowed_methods, reason = "the clock is what is measured with")]
fn run(service: &Service, home: &Path, words: &[&str]) -> Run {
    let mut command = Command::new(program());
    command.env_clear().env("HOME", home).env("ACME_TOKEN", &service.token).current_dir(home).args(words);
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("it starts");
    let out = BufReader::new(child.stdout.take().expect("it is piped"));
    let reader = std::thread::spawn(move || out.lines().map_while(Result::ok).last().unwrap_or_default());
    let (mut most, mut busy) = (0, Duration::ZERO);
    while child.try_wait().expect("it is ours").is_none() {
        most = most.max(highest(child.id()));
        busy = busy.max(processor_time(child.id()));
        std::thread::park_timeout(Duration::from_millis(20));
    }
    let took = start.elapsed();
    Run { took, most, busy, last: reader.join().expect("it reads to the end") }
}

/// The time of the processors that a process took so far, in its own code and in the kernel; nothing where the system does not say.
fn processor_time(process: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // Behind the name, which may hold anything, `utime` and `stime` are the 12th and 13th, in hundredths of a second.
    let fields = stat.rsplit_once(") ").map(|(_, fields)| fields).unwrap_or_default();
    let ticks: u64 = fields.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// The highest resident memory of a process, in KiB; 0 where the system does not say.
fn highest(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches("kB").trim().parse().unwrap_or(0)
}

/// Requests a second that `ab` gets out of the sandbox: one read of somebody who is there, or one update of them. `reuses` connections, which
/// the program never does (a connection that the service closed meanwhile would leave a change in doubt).
fn reference(service: &Service, home: &Path, update: bool, reuses: bool) -> Option<f64> {
    let token = format!("X-Cloud-Auth-Token: {}", service.token);
    let body = home.join("body.json");
    write(&body, "{\"user\":{\"location\":\"Vigo\"}}");
    let url = format!("{}/management/rest/users/begona.nunez.0", service.base_url);
    let mut command = Command::new("ab");
    command.args(["-q", "-c", CONCURRENCY, "-n", ASKED[usize::from(service.slow)], "-H", &token]);
    if reuses {
        command.arg("-k");
    }
    if update {
        command.args(["-T", "application/json", "-u"]).arg(&body);
    }
    let output = command.arg(url).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let number =
        |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok());
    (number("Non-2xx responses:").is_none()).then(|| number("Requests per second:")).flatten()
}

/// How long one sync of this disk takes, in milliseconds, after 4 KiB were written: the mean of some.
#[expect(clippy::disallowed_methods, reason = "the clock is what is measured with")]
fn sync_of_the_disk(home: &Path) -> f64 {
    let mut file = fs::File::create(home.join("synced")).expect("it can be made");
    let start = Instant::now();
    for _ in 0..SYNCS {
        file.write_all(&[0; 4096]).and_then(|()| file.sync_data()).expect("it can be written");
    }
    start.elapsed().as_secs_f64() * 1000.0 / f64::from(SYNCS)
}

fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("unknown").to_owned()
}

fn say(words: &str) {
    let _ = writeln!(std::io::stdout(), "{words}");
}

/// One size: planned, planned and carried out, and planned again. Then `ab`, on the service as it is now.
fn size(lines: u32, slow: bool) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let service = Service::start(folder.path(), slow);
    let home = home(&service, lines);
    let (path, sync) = (home.path(), sync_of_the_disk(folder.path()));
    let service_is =
        if slow { format!("a service that takes {SLOW}") } else { "a service that takes no time".to_owned() };
    say(&format!(
        "{lines} lines, concurrency {CONCURRENCY}, {service_is}, load {}, one sync of the disk {sync:.2} ms",
        load()
    ));
    let told = |what: &str, requests: u32, run: &Run| {
        let (seconds, lines, Run { most, last, .. }) = (run.took.as_secs_f64(), f64::from(lines), run);
        say(&format!(
            "  {what}: {seconds:.1} s, {:.0} lines and {:.0} requests a second, at most {most} KiB, {:.2} ms of processor a line; {last}",
            lines / seconds,
            lines * f64::from(requests) / seconds,
            run.busy.as_secs_f64() * 1000.0 / lines
        ));
    };
    let plan = run(&service, path, &["import", "people.csv", "--dry-run"]);
    told("plan, 1 read a line", 1, &plan);
    let both = run(&service, path, &["import", "people.csv", "--yes"]);
    told("plan and apply, 2 reads and 1 create a line", 3, &both);
    let apply = both.took.saturating_sub(plan.took).as_secs_f64();
    let four: f64 = CONCURRENCY.parse().expect("a number");
    say(&format!(
        "  of that apply, 1 read and 1 create a line: {apply:.1} s, {:.0} lines and {:.0} requests a second; two syncs of the disk \
         for each line allow {:.0} lines alone and {:.0} shared",
        f64::from(lines) / apply,
        f64::from(lines) * 2.0 / apply,
        500.0 / sync,
        500.0 / sync * four,
    ));
    told("plan again, everybody is there", 1, &run(&service, path, &["import", "people.csv", "--dry-run", "--again"]));
    told("the jobs", 0, &run(&service, path, &["jobs"]));
    for (how, reuses) in [("a connection for each request, as the program", false), ("connections reused", true)] {
        let (Some(reads), Some(updates)) =
            (reference(&service, path, false, reuses), reference(&service, path, true, reuses))
        else {
            say("  ab: it is not installed, or was refused");
            continue;
        };
        // Nobody is made twice, so an update stands for the create.
        let same = 1.0 / (1.0 / reads + 1.0 / updates);
        say(&format!(
            "  ab, {how}: {reads:.0} reads or {updates:.0} updates a second; one of each {same:.0} times a second, \
             apply is {:.0} % of that",
            f64::from(lines) / apply / same * 100.0
        ));
    }
    say(&format!("  load {} after", load()));
}

fn main() {
    let sizes: Vec<u32> = after("--lines").map_while(|word| word.parse().ok()).collect();
    for lines in if sizes.is_empty() { vec![2000] } else { sizes } {
        size(lines, false);
    }
    size(2000, true);
}
