//! The binary as people call it: its own home, its output, its exit code. No test of this file needs a screen or a server.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use tempfile::TempDir;

use crate::faults::table::SWITCH;
use crate::support::hermetic;
use crate::support::invariants::{self, Before};

/// A home of its own, and nothing of the tester's environment.
struct Home(TempDir);

/// What a call came to.
struct Told {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder for the test"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes the usual configuration.
    fn configure(&self, text: &str) -> PathBuf {
        let path = self.path(".config/netex-users/config.toml");
        fs::create_dir_all(path.parent().expect("it has a folder")).expect("the home is ours");
        fs::write(&path, text).expect("the home is ours");
        for private in [&path, path.parent().expect("it has a folder")] {
            let mode = if private.is_dir() { 0o700 } else { 0o600 };
            fs::set_permissions(private, fs::Permissions::from_mode(mode)).expect("the home is ours");
        }
        path
    }

    fn call(&self, arguments: &[&str]) -> Told {
        self.call_with(arguments, "")
    }

    /// Calls the program with that on its standard input, under a umask that protects nothing.
    fn call_with(&self, arguments: &[&str], input: &str) -> Told {
        let mut command = Command::new("sh");
        command.args(["-c", "umask 000; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_netex-users")]).args(arguments);
        command.env_clear().env("HOME", self.0.path()).env("PATH", "/usr/bin:/bin").current_dir(self.0.path());
        command.envs(hermetic::switched_off().map(|off| (SWITCH, off)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let before = Before::now(self.0.path());
        let mut child = command.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("it is piped");
        // A program that does not listen is not a fault of the test.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().expect("the program ends");
        invariants::assert_call(self.0.path(), &before, arguments, &output);
        Told::of(output)
    }
}

impl Told {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it exists").permissions().mode() & 0o7777
}

const ANSWERS: &str = "acme\nhttps://acme.learningcloud.me/integration/ws\n2019\n\nyes\nenv\nACME_TOKEN\n";

#[test]
fn the_help_names_the_two_things_to_do_first_and_no_secret() {
    let told = Home::new().call(&["--help"]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    let steps = told.out.split("First steps:").nth(1).unwrap();
    assert!(steps.trim_start().starts_with("netex-users  ") && steps.contains("netex-users config init  "), "{steps}");
    assert!(!told.out.contains("--token") && !told.out.contains("--password"), "{}", told.out);
}

#[test]
fn the_version_is_the_packages() {
    let told = Home::new().call(&["--version"]);
    assert_eq!((told.code, told.out.as_str()), (Some(0), concat!("netex-users ", env!("CARGO_PKG_VERSION"), "\n")));
}

#[test]
fn a_token_on_the_command_line_is_refused_and_not_repeated() {
    for arguments in
        [["--token", "canary"].as_slice(), &["--token=canary"], &["--password=canary"], &["sandbox", "--token=canary"]]
    {
        let told = Home::new().call(arguments);
        assert_eq!(told.code, Some(2), "{arguments:?}");
        assert!(told.err.starts_with("error: unexpected argument '--"), "{}", told.err);
        assert!(!(told.out + &told.err).contains("canary"), "{arguments:?}");
    }
}

#[test]
fn config_init_writes_a_private_file_that_config_check_finds_sound() {
    let home = Home::new();
    let told = home.call_with(&["config", "init"], ANSWERS);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""), "{}", told.out);
    let path = home.path(".config/netex-users/config.toml");
    assert!(told.out.contains(&format!("\nWritten: {}\n", path.display())), "{}", told.out);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(&home.path(".config")), 0o700);

    let told = home.call(&["config", "check"]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    assert_eq!(
        told.out,
        format!(
            "{} is sound.
It opens acme.
Finished changes are kept for 90 days.

acme
  base_url         https://acme.learningcloud.me/integration/ws
  revision         2019
  synchronization  synchronous
  token            the variable ACME_TOKEN
  production       yes
  read_only        no
  proxy            no
  platforms        management, training, social
  connect_timeout  10 s
  timeout          120 s
  concurrency      4
  rate             10 a second
  max_harm         50
  ticket           none
  ca_file          none
  roles_file       the built-in roles
  recipes          none
",
            path.display()
        )
    );
}

#[test]
fn config_init_never_writes_over_a_file() {
    let home = Home::new();
    let path = home.configure("# mine\n");
    let told = home.call_with(&["config", "init"], ANSWERS);
    assert_eq!(told.code, Some(6));
    assert_eq!(
        told.err,
        format!(
            "netex-users: {}: it exists already, and is not written over: edit it, or move it away first [local-fault]\n",
            path.display()
        )
    );
    assert_eq!(told.out, "", "it asks nothing");
    assert_eq!(fs::read_to_string(&path).unwrap(), "# mine\n");
}

#[test]
fn config_init_without_all_answers_writes_nothing() {
    let home = Home::new();
    let told = home.call_with(&["config", "init", "--config", "mine.toml"], "acme\n");
    assert_eq!(
        (told.code, told.err.as_str()),
        (Some(6), "netex-users: the answers ended too early; nothing was written [local-fault]\n")
    );
    assert_eq!(fs::read_dir(home.0.path()).unwrap().count(), 0);
}

#[test]
fn a_faulty_configuration_is_told_whole_with_file_and_lines() {
    let home = Home::new();
    let path = home.configure("[tenants.a]\nbase_url = \"http://a.example\"\ntoken = \"canary\"\nread-only = true\n");
    let told = home.call(&["config", "check"]);
    assert_eq!((told.code, told.out.as_str()), (Some(6), ""));
    let at = |line: usize| format!("{}:{line}: ", path.display());
    let lines: Vec<_> = told.err.lines().collect();
    assert_eq!(lines.len(), 3, "{lines:#?}");
    assert!(lines[0].starts_with(&format!("netex-users: {}\"base_url\": plain http", at(2))), "{}", lines[0]);
    assert!(lines[1].starts_with(&format!("{}the token itself must not stand in this file", at(3))), "{}", lines[1]);
    assert_eq!(
        lines[2],
        format!("{}unknown key \"read-only\" in [tenants.a]; did you mean \"read_only\"? [config-faulty]", at(4))
    );
    assert!(!told.err.contains("canary"));
}

#[test]
fn a_configuration_that_others_may_write_is_refused() {
    let home = Home::new();
    let path = home.configure("");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).unwrap();
    let told = home.call(&["config", "check"]);
    assert_eq!(told.code, Some(6));
    let words = "others may write it (mode 664): chmod go-w it";
    assert_eq!(told.err, format!("netex-users: {}: {words} [config-faulty]\n", path.display()));
}

#[test]
fn without_a_configuration_the_sandbox_would_open_and_a_named_file_is_missed() {
    let home = Home::new();
    let told = home.call(&["config", "check"]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    assert!(told.out.contains("The program opens the sandbox."), "{}", told.out);
    let told = home.call(&["config", "check", "--config", "no.toml"]);
    assert_eq!(
        (told.code, told.err.as_str()),
        (
            Some(6),
            "netex-users: no.toml: there is no such file; \"netex-users config init\" writes one [config-faulty]\n"
        )
    );
}

#[test]
fn the_roles_of_a_tenant_are_checked_with_its_configuration() {
    let home = Home::new();
    home.configure(concat!(
        "[tenants.a]\nbase_url = \"https://a.example/integration/ws\"\n",
        "token = { ask = true }\nroles_file = \"roles.toml\"\n"
    ));
    let roles = home.path(".config/netex-users/roles.toml");
    fs::write(&roles, "[revisions]\n[lists]\nlist = []\n[sections]\n[roles]\n").unwrap();
    fs::set_permissions(&roles, fs::Permissions::from_mode(0o644)).unwrap();
    let told = home.call(&["config", "check"]);
    assert_eq!(told.code, Some(6));
    let roles = roles.display();
    assert_eq!(
        told.err,
        format!(
            "netex-users: {roles}, line 1: the revision \"original\" is missing under [revisions]\n{roles}, line 3: the list \"list\" has no section [config-faulty]\n"
        )
    );
}

#[test]
fn config_check_lists_the_recipes_and_says_what_a_tenant_has_no_place_for() {
    let home = Home::new();
    home.configure(concat!(
        "[tenants.a]\nbase_url = \"https://a.example/integration/ws\"\ntoken = { ask = true }\n",
        "[tenants.b]\nbase_url = \"https://b.example/integration/ws\"\ntoken = { ask = true }\nrevision = \"2019\"\n",
        "[recipes.joiner]\nhelp = \"Starts\"\nusername = \"{name.ascii}.{surname.ascii}\"\nauthSource = \"LDAP\"\n",
        "enabled = false\nroles = { training = [\"user\", \"groupadmin\"], talent = [\"employee\"] }\n",
        "[recipes.guest]\nhelp = \"Visits\"\ntenants = [\"b\"]\n",
    ));
    let told = home.call(&["config", "check"]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    let offered: Vec<_> = told.out.lines().filter(|line| line.starts_with("  recipes ")).collect();
    assert_eq!(
        offered,
        [
            "  recipes          joiner (not here: authSource, talent employee, training groupadmin)",
            "  recipes          joiner (not here: talent employee), guest",
        ]
    );
    let recipes = told.out.find("\nrecipe joiner").map(|at| &told.out[at..]);
    assert_eq!(
        recipes,
        Some(
            "
recipe joiner
  help             Starts
  username         {name.ascii}.{surname.ascii}
  authSource       LDAP
  enabled          no
  roles            talent: employee; training: groupadmin, user
  tenants          all

recipe guest
  help             Visits
  tenants          b
"
        )
    );
}

#[test]
fn an_option_that_would_change_nothing_is_refused() {
    let told = Home::new().call(&["--tenant", "acme", "config", "check"]);
    assert_eq!(told.code, Some(2));
    assert_eq!(
        told.err,
        "netex-users: --tenant and --scenario mean nothing before this command: leave them out [usage]\n"
    );
    let told = Home::new().call(&["--colour", "256", "get", "marta.lopez"]);
    assert_eq!(told.code, Some(2));
    assert_eq!(told.err, "netex-users: --colour is for the screen: leave it out before a command [usage]\n");
}

#[test]
fn the_screen_is_not_opened_without_a_terminal() {
    let told = Home::new().call(&[]);
    assert_eq!((told.code, told.out.as_str()), (Some(2), ""));
    assert_eq!(told.err, "netex-users: the screen needs a terminal, for its keys and for what it shows [usage]\n");
}

#[test]
fn the_screen_is_not_opened_on_a_dumb_terminal() {
    let home = Home::new();
    let pair = native_pty_system().openpty(PtySize { rows: 24, cols: 120, ..PtySize::default() }).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_netex-users"));
    command.env_clear();
    command.env("HOME", home.0.path());
    command.env("TERM", "dumb");
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut shown = Vec::new();
    // The terminal's end is an error on some systems; what was shown before is what counts.
    let _ = reader.read_to_end(&mut shown);
    assert_eq!(child.wait().unwrap().exit_code(), 2);
    assert_eq!(
        String::from_utf8(shown).unwrap(),
        "netex-users: the screen cannot be drawn on this terminal (TERM is \"dumb\") [usage]\r\n"
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_netex-users"));
    let told = Told::of(command.arg("--help").stdout(writer).stderr(Stdio::piped()).output().unwrap());
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
}

#[test]
#[cfg(target_os = "linux")]
fn the_process_is_private_before_it_asks_anything() {
    let home = Home::new();
    let mut command = Command::new("sh");
    command.args(["-c", "umask 000; exec \"$0\" config init", env!("CARGO_BIN_EXE_netex-users")]);
    command.env_clear().env("HOME", home.0.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    // It has said something, so it is past its beginning; it waits for the answer that does not come.
    child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    let of_process = |name: &str| fs::read_to_string(format!("/proc/{}/{name}", child.id())).unwrap();
    let (status, limits) = (of_process("status"), of_process("limits"));
    drop(child.stdin.take());
    assert_eq!(child.wait().unwrap().code(), Some(6));
    assert!(status.lines().any(|line| line == "Umask:\t0077"), "{status}");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().collect::<Vec<_>>()[4..6], ["0", "0"]);
}
