//! `doctor` and `explain` as people and scripts call them: each thing that can be wrong is made wrong, and has to be named with what mends it.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use netex_users::codec::roles::{BUILT_IN, catalogues};
use netex_users::domain::code::Code;
use netex_users::sandbox::{Sandbox, Scenario};
use serde_json::Value;
use tempfile::TempDir;

use crate::broken::{AUTHORITY, tls_server};
use crate::chaos::{Chaos, TOKEN, reply};
use crate::pty::home_of;
use crate::support::hermetic;
use crate::support::pty::Launch;

const PROGRAM: &str = env!("CARGO_BIN_EXE_netex-users");

/// What a call came to.
struct Told {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Told {
    /// The line of a check, which there has to be one of.
    #[track_caller]
    fn line(&self, name: &str) -> &str {
        let of = |line: &&str| line.get(5..).is_some_and(|rest| rest.starts_with(&format!("{name} - ")));
        let lines: Vec<_> = self.out.lines().filter(of).collect();
        assert_eq!(lines.len(), 1, "{name}:\n{}{}", self.out, self.err);
        lines[0]
    }

    fn grades(&self, grade: &str) -> Vec<&str> {
        self.out.lines().filter(|line| line.starts_with(grade)).collect()
    }
}

fn call(home: &TempDir, arguments: &[&str], variables: &[(&str, &str)]) -> Told {
    let mut command = hermetic::command(PROGRAM, home.path());
    command.args(arguments).env("ACME_TOKEN", TOKEN).envs(variables.iter().copied());
    let output = hermetic::output(&mut command, home.path());
    let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
    Told { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn doctor(home: &TempDir) -> Told {
    call(home, &["doctor"], &[])
}

/// A look-alike that takes the token of these tests.
fn tenant(lines: &str) -> Sandbox {
    let scenario = Scenario::parse(&format!("about = 'A test.'\ntoken = '{TOKEN}'\n{lines}")).expect("a scenario");
    let roles = catalogues(BUILT_IN, scenario.revision()).expect("sound roles");
    Sandbox::start(scenario, 0, roles).expect("a free port of loopback")
}

fn config(home: &TempDir) -> PathBuf {
    home.path().join(".config/netex-users/config.toml")
}

fn state(home: &TempDir) -> PathBuf {
    let folder = home.path().join(".local/state/netex-users");
    fs::create_dir_all(&folder).expect("the home is ours");
    fs::set_permissions(&folder, Permissions::from_mode(0o700)).expect("the home is ours");
    folder
}

/// The checks that are made where all is well, in their order.
const ALL: [&str; 16] = [
    "program",
    "config",
    "state",
    "disk",
    "log",
    "terminal",
    "locale",
    "process",
    "tenant",
    "proxy",
    "name",
    "connection",
    "tls",
    "token",
    "service",
    "clock",
];

fn names(told: &Told) -> Vec<&str> {
    told.out.lines().filter_map(|line| line.get(5..)?.split(" - ").next()).collect()
}

#[test]
fn a_tenant_that_works_is_fine_in_every_line_and_sees_one_read() {
    let sandbox = tenant("");
    let home = home_of(&sandbox.base_url());
    let told = doctor(&home);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""), "{}", told.out);
    assert_eq!(names(&told), ALL);
    assert_eq!(told.grades("ok   ").len(), ALL.len(), "{}", told.out);
    let asked: Vec<_> = sandbox.log().iter().map(|asked| format!("{} {}", asked.method, asked.path)).collect();
    assert_eq!(asked, ["GET /integration/ws/management/rest/users?startIndex=0&count=1"]);
}

#[test]
fn without_a_configuration_the_sandbox_is_looked_at() {
    let home = tempfile::tempdir().unwrap();
    let told = doctor(&home);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""), "{}", told.out);
    assert!(told.line("config").contains("there is none, so the sandbox opens"), "{}", told.out);
    assert!(told.line("service").starts_with("ok   "), "{}", told.out);
    let again = call(&home, &["doctor", "--tenant", "nobody"], &[]);
    assert_eq!(again.code, Some(6));
    assert!(again.line("tenant").starts_with("FAIL tenant - there is no tenant \"nobody\""), "{}", again.out);
    assert!(again.line("tenant").contains(" [usage]. To mend it: "), "{}", again.out);
}

#[test]
fn the_json_says_the_same_as_the_lines() {
    let sandbox = tenant("");
    let home = home_of(&sandbox.base_url());
    let told = call(&home, &["doctor", "--json", "--tenant", "acme"], &[]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    let json: Value = serde_json::from_str(&told.out).unwrap();
    let of =
        |key: &str| json["checks"].as_array().unwrap().iter().map(|check| check[key].to_string()).collect::<Vec<_>>();
    assert_eq!(of("name"), ALL.map(|name| format!("\"{name}\"")));
    assert_eq!((json["grade"].as_str(), of("code").concat()), (Some("ok"), "null".repeat(ALL.len())));
    drop(sandbox);
    let told = call(&home, &["doctor", "--json"], &[]);
    let json: Value = serde_json::from_str(&told.out).unwrap();
    let last = json["checks"].as_array().and_then(|checks| checks.last()).unwrap();
    assert_eq!((told.code, json["grade"].as_str()), (Some(6), Some("FAIL")));
    assert_eq!((last["name"].as_str(), last["code"].as_str()), (Some("connection"), Some("no-connection")));
}

#[test]
fn a_token_that_is_not_accepted_is_told_from_one_that_is_not_there() {
    let sandbox = tenant("");
    let home = home_of(&sandbox.base_url());
    let told = call(&home, &["doctor"], &[("ACME_TOKEN", "another-token-than-theirs")]);
    assert_eq!((told.code, told.err.as_str()), (Some(6), ""));
    assert!(
        told.line("token").starts_with("FAIL token - the token was not accepted (401) [token-refused]"),
        "{}",
        told.out
    );
    assert!(told.line("tls").starts_with("ok   ") && !told.out.contains("another-token"), "{}", told.out);
    assert!(told.line("clock").starts_with("ok   "), "a refusal has a date too");

    fs::write(config(&home), fs::read_to_string(config(&home)).unwrap().replace("ACME_TOKEN", "NO_SUCH_TOKEN"))
        .unwrap();
    let told = doctor(&home);
    let words = "FAIL token - there is no token: the variable NO_SUCH_TOKEN: it is not set";
    assert!(told.code == Some(6) && told.line("token").starts_with(words), "{}", told.out);
    assert!(told.line("token").contains("[no-token]") && !told.out.contains("service -"), "{}", told.out);
}

#[test]
#[cfg(target_os = "linux")]
fn a_token_that_nobody_can_be_asked_for_is_told_and_holds_nobody() {
    let home = home_of("https://acme.learningcloud.me/integration/ws");
    let text = fs::read_to_string(config(&home)).unwrap();
    fs::write(config(&home), text.replace("{ env = 'ACME_TOKEN' }", "{ ask = true }")).unwrap();
    // In a session without a terminal, so that whoever runs the tests is not asked either.
    let output =
        hermetic::output(hermetic::command("setsid", home.path()).args(["-w", PROGRAM, "doctor"]), home.path());
    let out = String::from_utf8(output.stdout).unwrap();
    let line = out.lines().find(|line| line.contains(" token - ")).unwrap_or_default();
    assert!(
        line.contains("asked for at each start: there is no terminal to ask at") && line.contains("[no-token]"),
        "{out}"
    );
}

#[test]
fn a_port_where_nobody_answers_is_told() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let told = doctor(&home_of(&format!("http://{nobody}/integration/ws")));
    assert_eq!((told.code, told.err.as_str()), (Some(6), ""));
    assert!(told.line("name").starts_with("ok   "), "{}", told.out);
    assert!(
        told.line("connection")
            .starts_with("FAIL connection - no connection to the host [no-connection]. To mend it: ")
    );
    assert_eq!(told.grades("FAIL").len(), 1, "{}", told.out);
}

#[test]
fn a_certificate_that_is_refused_is_told_with_the_reason_and_no_token_leaves() {
    for (certificate, told_so) in [
        (include_str!("golden/tls/here.pem"), "ok   tls - the certificate is accepted"),
        (
            include_str!("golden/tls/elsewhere.pem"),
            "FAIL tls - no secure connection: the server's certificate is for another host [tls-refused]",
        ),
        (
            include_str!("golden/tls/expired.pem"),
            "FAIL tls - no secure connection: the server's certificate has expired [tls-refused]",
        ),
    ] {
        let server = tls_server(certificate);
        let home = home_of(&format!("https://{}/integration/ws", server.host()));
        fs::write(home.path().join(".config/netex-users/own.pem"), AUTHORITY).unwrap();
        let text = fs::read_to_string(config(&home)).unwrap() + "ca_file = 'own.pem'\n";
        fs::write(config(&home), text).unwrap();
        let told = doctor(&home);
        assert!(told.line("tls").starts_with(told_so), "{}", told.out);
        let refused = told_so.starts_with("FAIL");
        assert!(!refused || (told.code == Some(6) && !told.out.contains("service -")), "{}", told.out);
    }
}

#[test]
fn clocks_that_differ_are_told_and_are_no_failure() {
    let server =
        Chaos::raw(reply(200, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: application/json\r\n", "[]"));
    let told = doctor(&home_of(&format!("http://{}/integration/ws", server.host())));
    assert_eq!(told.code, Some(0), "{}", told.out);
    assert!(told.line("clock").starts_with("warn clock - this machine's clock is "), "{}", told.out);
    assert!(told.line("clock").contains(" s ahead of the server's. To mend it: "), "{}", told.out);
    let silent = Chaos::replying(200, "[]");
    let told = doctor(&home_of(&format!("http://{}/integration/ws", silent.host())));
    assert!(
        told.code == Some(0) && !told.out.contains("clock -"),
        "a server without a clock is no fault:\n{}",
        told.out
    );
}

#[test]
fn a_service_that_is_not_the_api_is_told() {
    let page = Chaos::raw(reply(200, "Content-Type: text/html\r\n", "<!DOCTYPE html><title>Sign in</title>"));
    let told = doctor(&home_of(&format!("http://{}/integration/ws", page.host())));
    assert!(told.code == Some(6) && told.line("service").contains("[not-the-api]"), "{}", told.out);
    let elsewhere = Chaos::raw(reply(302, "Location: https://login.\u{202e}example/\r\n", ""));
    let told = doctor(&home_of(&format!("http://{}/integration/ws", elsewhere.host())));
    assert!(told.line("service").contains("[redirected]"), "{}", told.out);
    assert!(!told.out.contains('\u{202e}'), "{:?}", told.out);
}

#[test]
fn a_service_that_counts_from_one_is_asked_once_more() {
    let server = Chaos::acting(|stream| {
        use std::io::Write as _;
        // Whoever asks twice has a connection for each.
        static ASKED: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let first = ASKED.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
        let answer = if first { reply(400, "", "") } else { reply(200, "", "[]") };
        drop(stream.write_all(&answer));
    });
    let told = doctor(&home_of(&format!("http://{}/integration/ws", server.host())));
    assert!(told.code == Some(0) && told.line("service").starts_with("ok   "), "{}", told.out);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let seen = runtime.block_on(server.finish());
    let asked: Vec<_> = seen.requests.iter().map(|head| String::from_utf8_lossy(head)[..80].to_owned()).collect();
    assert!(asked.len() == 2 && asked[1].contains("users?startIndex=1&count=1 "), "{asked:?}");
}

#[test]
fn a_configuration_that_others_may_write_is_told_with_what_mends_it() {
    let home = home_of("https://acme.learningcloud.me/integration/ws");
    fs::set_permissions(config(&home), Permissions::from_mode(0o666)).unwrap();
    let told = doctor(&home);
    assert_eq!(told.code, Some(6));
    assert!(
        told.line("config").contains("others may write it (mode 666): chmod go-w it [config-faulty]"),
        "{}",
        told.out
    );
    assert!(!told.out.contains("tenant -"), "what cannot be trusted is not used:\n{}", told.out);
    fs::set_permissions(config(&home), Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(config(&home).parent().unwrap(), Permissions::from_mode(0o777)).unwrap();
    assert!(doctor(&home).line("config").contains("others may write this folder (mode 777)"));
}

#[test]
fn every_fault_of_the_configuration_has_a_line() {
    let home = home_of("http://acme.learningcloud.me/integration/ws");
    fs::write(config(&home), fs::read_to_string(config(&home)).unwrap() + "colour = 1\n").unwrap();
    let told = doctor(&home);
    let lines = told.grades("FAIL config - ");
    assert_eq!((told.code, lines.len()), (Some(6), 2), "{}", told.out);
    assert!(
        lines[0].contains("config.toml:3: \"base_url\": plain http") && lines[1].contains("config.toml:5: unknown key")
    );
    let missing = call(&home, &["doctor", "--config", "no.toml"], &[]);
    assert!(missing.code == Some(6) && missing.line("config").contains("there is no such file"), "{}", missing.out);
}

#[test]
fn a_state_folder_that_others_may_use_fails_and_a_file_in_it_is_warned_of() {
    let sandbox = tenant("");
    let home = home_of(&sandbox.base_url());
    let folder = state(&home);
    fs::write(folder.join("x.people1"), "").unwrap();
    fs::set_permissions(folder.join("x.people1"), Permissions::from_mode(0o644)).unwrap();
    let told = doctor(&home);
    assert_eq!(told.code, Some(0), "{}", told.out);
    let warned = told.grades("warn state - ");
    assert!(
        warned.len() == 1 && warned[0].contains("x.people1 may be used by others (mode 644). To mend it: chmod 600")
    );
    assert!(told.line("disk").contains(" MiB are free"), "{}", told.out);
    fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
    let told = doctor(&home);
    assert_eq!(told.code, Some(6));
    assert!(told.line("state").contains("others may use it (mode 755): chmod 700 it [local-fault]"), "{}", told.out);
}

#[test]
fn proxies_of_the_environment_are_named_and_what_stands_in_them_is_not() {
    let sandbox = tenant("");
    let home = home_of(&sandbox.base_url());
    let proxy = format!("http://agent:{TOKEN}@proxy.example:3128");
    let told = call(&home, &["doctor"], &[("HTTPS_PROXY", &proxy), ("all_proxy", &proxy)]);
    assert_eq!(told.code, Some(0));
    let words = "ok   proxy - HTTPS_PROXY, all_proxy in the environment; not used, because the tenant does not say proxy = true";
    assert_eq!(told.line("proxy"), words);
    assert!(!told.out.contains("proxy.example"), "{}", told.out);
    fs::write(config(&home), fs::read_to_string(config(&home)).unwrap() + "proxy = true\n").unwrap();
    assert!(doctor(&home).line("proxy").starts_with("warn proxy - "));
}

#[test]
fn a_terminal_that_is_too_small_and_a_locale_without_accents_are_warned_of() {
    let home = tempfile::tempdir().unwrap();
    let launch = || Launch::new(PROGRAM).home(home.path()).args(&["doctor"]).env("TMUX", "/tmp/tmux-0/default,1,0");
    let terminal = launch().size(200, 60).open();
    assert_eq!(terminal.wait_exit(), 0);
    let screen = terminal.screen();
    assert!(
        screen.contains("ok   terminal - 200x60, TERM is \"xterm-256color\", COLORTERM is not set: 256 colours"),
        "{screen}"
    );
    assert!(screen.contains("ok   tmux - "), "{screen}");
    let terminal = launch().size(39, 100).env("LANG", "C").open();
    assert_eq!(terminal.wait_exit(), 0);
    let flat = terminal.screen().lines().map(|line| format!("{line:<39}")).collect::<Vec<_>>().concat();
    assert!(flat.contains("warn terminal - 39x100,") && flat.contains("make it 40x12 at least"), "{flat}");
    assert!(flat.contains("warn locale - it is not UTF-8"), "{flat}");
    let told = call(&home, &["doctor"], &[("TERM", "dumb")]);
    assert!(told.line("terminal").starts_with("warn terminal - TERM is \"dumb\""), "{}", told.out);
}

#[test]
fn a_setting_of_the_log_that_is_none_is_warned_of() {
    let home = tempfile::tempdir().unwrap();
    let told = call(&home, &["doctor"], &[("NETEX_USERS_LOG", "loud\x1b[2J")]);
    assert!(
        told.line("log").starts_with("warn log - NETEX_USERS_LOG is \"loud␛[2J\", which is no setting"),
        "{}",
        told.out
    );
    let told = call(&home, &["doctor"], &[("NETEX_USERS_LOG", "off")]);
    assert!(told.line("log").starts_with("ok   log - \"off\" by NETEX_USERS_LOG"), "{}", told.out);
}

#[test]
fn where_no_tenant_is_chosen_that_is_said_and_is_no_failure() {
    let sandbox = tenant("");
    let home = home_of(&sandbox.base_url());
    let text = fs::read_to_string(config(&home)).unwrap();
    let (_, one) = text.split_once('\n').unwrap();
    fs::write(config(&home), one.to_owned() + &one.replace("acme", "umbrella")).unwrap();
    let told = doctor(&home);
    assert!(told.code == Some(0) && told.line("tenant").contains("there are several tenants"), "{}", told.out);
    let told = call(&home, &["doctor", "--tenant", "umbrella"], &[]);
    assert!(told.code == Some(0) && told.line("tenant").contains("umbrella, at http://127.0.0.1"), "{}", told.out);
}

#[test]
fn every_name_is_explained_and_an_unknown_one_is_told_with_the_nearest() {
    let home = tempfile::tempdir().unwrap();
    let all = call(&home, &["explain"], &[]);
    assert_eq!((all.code, all.err.as_str()), (Some(0), ""));
    for entry in Code::entries() {
        assert!(all.out.lines().any(|line| line.split_whitespace().next() == Some(entry.name)), "{}", entry.name);
    }
    let one = call(&home, &["explain", "token-refused"], &[]);
    let (head, _) = one.out.split_once('\n').unwrap();
    assert_eq!((one.code, head), (Some(0), "token-refused"));
    for label in ["What happened  ", "The server     ", "Kept           ", "Next           ", "More           "] {
        assert!(one.out.contains(&format!("\n{label}")), "{}", one.out);
    }
    let wrong = call(&home, &["explain", "tokn-refused"], &[]);
    assert_eq!((wrong.code, wrong.out.as_str()), (Some(2), ""));
    assert_eq!(
        wrong.err,
        "netex-users: no fault is called \"tokn-refused\"; did you mean \"token-refused\"? [usage]\n"
    );
}
