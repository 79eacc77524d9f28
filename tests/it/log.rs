//! The log of the whole program: what it says at each verbosity, where, and whom it never names.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use netex_users::config::verbosity::Verbosity;

use crate::pty::{Desk, PASSWORD, PROGRAM, Session};
use crate::support::hermetic;
use crate::support::pty::Launch;

fn log_of(home: &Path) -> String {
    fs::read_to_string(home.join(".local/state/netex-users/netex-users.log")).unwrap_or_default()
}

/// What is typed and answered in [`a_day_at_the_desk`], none of which is the log's to know.
const NAMES: [&str; 8] =
    ["nora", "vidal", "Vidal", "acme.example", "marta", "López", "galician", "The name is taken already by Marta"];

/// A create that is refused and one that is done, with somebody opened in between. Returns the log.
fn a_day_at_the_desk(verbosity: Verbosity) -> String {
    let strike = "[[strike]]\non = ['create']\ntimes = 1\nanswer = 'envelope'\nstatus = 409\nmessage = 'The name is taken already by Marta'\n";
    let desk = Desk::of(strike);
    let mut session = Session::begin(desk.launch().env("NETEX_USERS_LOG", verbosity.word()));
    let home = session.home().to_owned();
    session.send_nora();
    session.wait_for_text("REJECTED  create nora.vidal");
    session.send("<C-r>");
    session.wait_for_text("Review: create nora.vidal");
    session.send("<Enter>");
    session.wait_for_text("DONE  create nora.vidal");
    session.open_person("marta.lopez");
    session.leave();
    log_of(&home)
}

#[test]
fn every_verbosity_keeps_its_own_and_only_the_last_names_people() {
    let logs = Verbosity::ALL.map(|verbosity| (verbosity, a_day_at_the_desk(verbosity)));
    for (verbosity, log) in &logs {
        let levels: Vec<_> = log.lines().map(|line| line.split_whitespace().nth(2).unwrap_or_default()).collect();
        let allowed = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"];
        assert!(levels.iter().all(|level| allowed[..*verbosity as usize].contains(level)), "{verbosity:?}:\n{log}");
        let named = NAMES.iter().any(|name| log.contains(name));
        assert_eq!(named, *verbosity == Verbosity::Trace, "{verbosity:?}:\n{log}");
    }
    let [(_, off), (_, error), (_, warn), (_, info), (_, debug), _] = &logs;
    assert_eq!((off.as_str(), error.as_str()), ("", ""), "nothing was wrong with the program");
    assert!(warn.lines().count() == 1 && warn.contains("verdict=REJECTED code=rejected http=409"), "{warn}");
    for words in [
        "started",
        "method=POST path=/integration/ws/management/rest/users http=",
        "path=/integration/ws/management/rest/users/* http=200",
        "ended",
    ] {
        assert!(info.contains(words), "{words} is missing:\n{info}");
    }
    assert!(debug.contains("a request leaves method=POST"), "{debug}");
}

#[test]
fn a_day_on_which_all_goes_well_leaves_no_log() {
    let desk = Desk::new();
    let mut session = Session::begin(desk.launch().env("NETEX_USERS_LOG", ""));
    let home = session.home().to_owned();
    session.send_nora();
    session.wait_for_text("DONE  create nora.vidal");
    session.leave();
    assert_eq!(log_of(&home), "");
}

#[test]
fn the_configuration_sets_the_verbosity_and_the_environment_wins() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".config/netex-users");
    fs::create_dir_all(&folder).unwrap();
    let call = |setting: &str, variable: &str| {
        fs::write(folder.join("config.toml"), format!("log = \"{setting}\"\n")).unwrap();
        let before = log_of(home.path());
        let mut command = hermetic::command(PROGRAM, home.path());
        let output = hermetic::output(command.arg("doctor").env("NETEX_USERS_LOG", variable), home.path());
        assert!(output.status.success() && output.stderr.is_empty());
        log_of(home.path())[before.len()..].to_owned()
    };
    assert_eq!(call("warn", ""), "");
    assert!(call("info", "").contains(" INFO "));
    assert!(call("off", "debug").contains(" DEBUG "));
    assert_eq!(call("trace", "off"), "");
    let path = home.path().join(".local/state/netex-users/netex-users.log");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
}

#[test]
fn a_refused_configuration_is_told_by_its_lines_and_not_by_what_stands_there() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".config/netex-users");
    fs::create_dir_all(&folder).unwrap();
    fs::write(
        folder.join("config.toml"),
        "[tenants.umbrella]\nbase_url = \"http://b.example\"\ntoken = { ask = true }\n",
    )
    .unwrap();
    let mut command = hermetic::command(PROGRAM, home.path());
    hermetic::output(command.args(["config", "check"]), home.path());
    let log = log_of(home.path());
    assert!(log.contains("ERROR cli: the configuration was refused code=config-faulty lines=[2]"), "{log}");
    assert!(!log.contains("umbrella") && !log.contains("b.example"), "{log}");
}

#[test]
fn nothing_of_the_log_reaches_the_terminal() {
    let mut session = Session::begin(Launch::new(PROGRAM).args(&["--scenario", "html"]));
    session.send_nora();
    session.wait_for_text("IN DOUBT  create nora.vidal");
    let raw = String::from_utf8_lossy(&session.raw()).into_owned();
    assert!(!raw.contains(" WARN ") && !raw.contains("a request leaves"), "{raw}");
    let log = log_of(session.home());
    assert!(log.contains("verdict=\"IN DOUBT\" code=not-the-api"), "{log}");
    assert!(!log.contains(PASSWORD), "{log}");
    session.leave();
}

#[test]
fn a_log_that_cannot_be_written_stops_nobody() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".local/state/netex-users");
    fs::create_dir_all(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let elsewhere = home.path().join("elsewhere");
    std::os::unix::fs::symlink(&elsewhere, folder.join("netex-users.log")).unwrap();
    let mut command = hermetic::command(PROGRAM, home.path());
    let output = hermetic::output(command.arg("explain"), home.path());
    assert!(output.status.success() && output.stderr.is_empty());
    assert!(!elsewhere.exists(), "the link was followed");
}
