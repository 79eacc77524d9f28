//! The environment of a program under test: nothing of the machine's, everything inside one temporary folder.
//!
//! It builds the list and starts nothing: `pty` starts programs in a terminal, the command tests start them with pipes.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use crate::faults::table::SWITCH;
use crate::support::invariants::{self, Before, Call, Harness, Left};

/// The XDG folders, as sub-folders of the home they are made in.
const XDG: [(&str, &str); 5] = [
    ("XDG_CONFIG_HOME", ".config"),
    ("XDG_DATA_HOME", ".local/share"),
    ("XDG_STATE_HOME", ".local/state"),
    ("XDG_CACHE_HOME", ".cache"),
    ("XDG_RUNTIME_DIR", "run"),
];

/// Every variable that a program under test has, with all its folders made below `home`. A test adds to these; the
/// machine's own variables (a proxy, `NO_COLOR`, a token) never come through.
pub fn variables(home: &Path) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = [
        ("TERM", "xterm-256color"),
        ("LANG", "C.UTF-8"),
        ("TZ", "UTC"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("SHELL", "/bin/sh"),
        ("USER", "agent"),
        // As much as there is, so that whatever could leak leaks where it is looked for.
        ("NETEX_USERS_LOG", "trace"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    all.extend(switched_off().map(|off| (SWITCH.to_owned(), off)));
    let folders = [("HOME", ""), ("TMPDIR", "tmp")].into_iter().chain(XDG);
    all.extend(folders.map(|(name, folder)| {
        let path = home.join(folder);
        // As closed as the program makes them, so that whatever is open was made so by the program.
        let mut closed = std::fs::DirBuilder::new();
        closed.recursive(true).mode(0o700).create(&path).expect("a folder in the temporary home can be made");
        (name.to_owned(), path.to_str().expect("a temporary path is UTF-8").to_owned())
    }));
    all
}

/// The guard that is switched off, which has to be so in the program too.
#[expect(clippy::disallowed_methods, reason = "what the controls switch is for the tests, and no configuration")]
pub fn switched_off() -> Option<String> {
    std::env::var(SWITCH).ok()
}

/// A command in this environment, with pipes: for the tests that need no terminal. It starts in `home`.
pub fn command(program: &str, home: &Path) -> std::process::Command {
    let mut command = std::process::Command::new(program);
    command.env_clear().envs(variables(home)).current_dir(home).stdin(std::process::Stdio::null());
    command
}

/// Runs a command of [`command`] to its end, and looks at what it left.
pub fn output(command: &mut std::process::Command, home: &Path) -> std::process::Output {
    let before = Before::now(home);
    let output = command.output().expect("the program can be started");
    let arguments = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
    let call = Call { arguments, output: &output, ours: command.get_program() == env!("CARGO_BIN_EXE_netex-users") };
    let left = Left { home: Some(home), before: Some(&before), call: Some(&call), ..Left::default() };
    invariants::assert_hold(Harness::Command, &left);
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_sees_its_own_home_and_nothing_of_the_machine() {
        let home = tempfile::tempdir().unwrap();
        let output = output(&mut command("env", home.path()), home.path());
        let text = String::from_utf8(output.stdout).unwrap();
        let inside = home.path().to_str().unwrap();
        assert!(text.contains(&format!("HOME={inside}\n")) || text.contains(&format!("HOME={inside}/\n")), "{text}");
        assert!(text.contains(&format!("XDG_STATE_HOME={inside}/.local/state\n")), "{text}");
        assert!(!text.contains("CARGO"), "cargo sets its variables for the tests, and they came through:\n{text}");
        assert!(home.path().join(".config").is_dir());
    }
}
