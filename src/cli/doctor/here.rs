//! What can be seen without leaving the process: the terminal, the locale, the log's setting, the process itself.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use crate::config::Config;
use crate::config::environment::{Colour, Surroundings, verbosity};
use crate::config::fault::shown;
use crate::domain::checkup::Finding;
use crate::domain::look::Depth;
use crate::domain::untrusted::visible;
use crate::runtime::log;
use crate::runtime::log::file::LogFile;

/// Columns and rows that every screen fits into, and that one pane at a time fits into (README.md, on the terminal).
const WHOLE: (u16, u16) = (80, 24);
const NARROW: (u16, u16) = (40, 12);

/// How much the log says, and where.
pub fn log(config: Option<&Config>, state: Option<&Path>) -> Finding {
    let words = ["off", "error", "warn", "info", "debug", "trace"].join(", ");
    match verbosity() {
        Err(text) => Finding::warn(
            "log",
            format!("NETEX_USERS_LOG is \"{}\", which is no setting of the log", visible(&text)),
            format!("set it to one of {words}, or not at all"),
        ),
        Ok(set) => {
            let by = if set.is_some() { "NETEX_USERS_LOG" } else { "the configuration" };
            let said = set.or(config.map(|config| config.log)).unwrap_or_else(log::verbosity);
            let place = state.map_or_else(|| "the state folder".to_owned(), |folder| shown(&LogFile::path(folder)));
            Finding::fine("log", format!("\"{}\" by {by}, in {place}", said.word()))
        }
    }
}

/// The terminal and the locale.
pub fn terminal(surroundings: &Surroundings) -> Vec<Finding> {
    let size = io::stdout().is_terminal().then(size).flatten();
    let mut findings = vec![of_terminal(surroundings, io::stdin().is_terminal(), size), of_locale(surroundings)];
    if surroundings.tmux {
        let words = "Esc comes half a second late unless escape-time is small, and copying needs set-clipboard on";
        findings.push(Finding::fine("tmux", words));
    }
    findings
}

fn size() -> Option<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).ok()?;
    Some((size.ws_col, size.ws_row))
}

fn of_terminal(surroundings: &Surroundings, typed: bool, size: Option<(u16, u16)>) -> Finding {
    let term = visible(&surroundings.term).into_owned();
    if surroundings.is_dumb() {
        return Finding::warn(
            "terminal",
            "TERM is \"dumb\", so no screen can be drawn",
            "set TERM to what your terminal is",
        );
    }
    let depth = match surroundings.look(Colour::Auto).depth {
        Depth::None => "no colours",
        Depth::Sixteen => "16 colours",
        Depth::TwoFiftySix => "256 colours",
        Depth::True => "true colours",
    };
    let colorterm = if surroundings.colorterm.is_empty() { "not set" } else { "set" };
    let seen = format!("TERM is \"{term}\", COLORTERM is {colorterm}: {depth}");
    let Some((columns, rows)) = size.filter(|_| typed) else {
        return Finding::fine("terminal", format!("{seen}; no terminal here, so no screen can be opened from here"));
    };
    let seen = format!("{columns}x{rows}, {seen}");
    // Some terminals say 0x0, and are drawn on as if they were the usual ones.
    if (columns, rows) != (0, 0) && (columns < NARROW.0 || rows < NARROW.1) {
        return Finding::warn("terminal", seen, format!("make it {}x{} at least", NARROW.0, NARROW.1));
    }
    if (columns, rows) != (0, 0) && (columns < WHOLE.0 || rows < WHOLE.1) {
        return Finding::fine("terminal", format!("{seen}; one pane at a time is shown below {}x{}", WHOLE.0, WHOLE.1));
    }
    if term.is_empty() {
        return Finding::warn("terminal", seen, "set TERM to what your terminal is, such as xterm-256color");
    }
    Finding::fine("terminal", seen)
}

fn of_locale(surroundings: &Surroundings) -> Finding {
    if surroundings.utf8 {
        return Finding::fine("locale", "UTF-8");
    }
    Finding::warn(
        "locale",
        "it is not UTF-8, so accents in names are shown as ? and may be lost when they are typed",
        "set LANG to a UTF-8 locale such as C.UTF-8, and the terminal to UTF-8",
    )
}

/// Whether the process keeps to itself what is in its memory (faults.md 91).
pub fn process() -> Finding {
    use rustix::process::{Resource, getrlimit};
    let no_core = getrlimit(Resource::Core).current == Some(0);
    match (no_core, is_closed()) {
        (true, true) => {
            Finding::fine("process", "leaves no image of its memory behind, and no other program can look into it")
        }
        (no_core, closed) => Finding::warn(
            "process",
            format!(
                "its memory is not as closed as it should be ({}{})",
                if no_core { "" } else { "a core may be written; " },
                if closed { "" } else { "other programs of yours can look into it" }
            ),
            "start it where limits can be lowered: ulimit -c 0",
        ),
    }
}

#[cfg(target_os = "linux")]
fn is_closed() -> bool {
    use rustix::process::{DumpableBehavior, dumpable_behavior};
    dumpable_behavior().is_ok_and(|behavior| behavior != DumpableBehavior::Dumpable)
}

/// Elsewhere there is no such switch.
#[cfg(not(target_os = "linux"))]
fn is_closed() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::checkup::Grade;

    fn surroundings(term: &str) -> Surroundings {
        Surroundings { term: term.into(), utf8: true, ..Surroundings::default() }
    }

    #[test]
    fn a_terminal_is_judged_by_its_kind_and_its_size() {
        let grade = |term: &str, size| of_terminal(&surroundings(term), true, size).grade;
        assert_eq!(grade("xterm", Some((80, 24))), Grade::Fine);
        assert_eq!(grade("xterm", Some((0, 0))), Grade::Fine);
        assert_eq!(grade("xterm", Some((60, 24))), Grade::Fine);
        assert_eq!(grade("xterm", Some((39, 24))), Grade::Warn);
        assert_eq!(grade("xterm", Some((80, 11))), Grade::Warn);
        assert_eq!(grade("dumb", Some((80, 24))), Grade::Warn);
        assert_eq!(grade("", Some((80, 24))), Grade::Warn);
        assert_eq!(grade("", None), Grade::Fine, "a script needs no terminal");
        let words = of_terminal(&surroundings("x\u{1b}"), true, Some((80, 24))).words;
        assert_eq!(words, "80x24, TERM is \"x␛\", COLORTERM is not set: 16 colours");
    }

    #[test]
    fn a_locale_without_utf_8_is_warned_of() {
        assert_eq!(of_locale(&surroundings("xterm")).grade, Grade::Fine);
        assert_eq!(of_locale(&Surroundings::default()).grade, Grade::Warn);
    }
}
