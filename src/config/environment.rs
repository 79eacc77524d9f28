//! The one reader of the environment: what it says about the terminal, and the variables that hold a token.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::config::verbosity::Verbosity;
use crate::domain::look::{Depth, Look};
use crate::domain::record::Who;

/// The colour setting, of the configuration or of `--colour`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// As the environment says.
    #[default]
    Auto,
    /// As the agent says. sshd does not hand `COLORTERM` on, so that a good terminal often cannot be recognised.
    Fixed(Depth),
}

impl Colour {
    /// Every setting's word.
    pub const WORDS: [&'static str; 5] = ["auto", "none", "16", "256", "true"];

    /// The setting of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        if word == "auto" { Some(Self::Auto) } else { Depth::from_word(word).map(Self::Fixed) }
    }

    /// The word of this setting.
    pub fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Fixed(depth) => depth.word(),
        }
    }
}

/// What the environment says about the terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and all combinations occur")]
pub struct Surroundings {
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `TERM`, empty where it is not set.
    pub term: String,
    /// `COLORTERM`, empty where it is not set.
    pub colorterm: String,
    /// The locale is UTF-8: the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set and not empty says so.
    pub utf8: bool,
    /// Inside tmux.
    pub tmux: bool,
    /// Inside an SSH session.
    pub ssh: bool,
}

impl Surroundings {
    /// Of this process.
    pub fn read() -> Self {
        Self::of(variable)
    }

    fn of(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let text = |name| variable(name).unwrap_or_default().to_string_lossy().into_owned();
        let is_set = |name| !text(name).is_empty();
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(text).into_iter().find(|value| !value.is_empty());
        Self {
            no_color: is_set("NO_COLOR"),
            term: text("TERM"),
            colorterm: text("COLORTERM"),
            utf8: locale.is_some_and(|locale| locale.to_lowercase().replace('-', "").contains("utf8")),
            tmux: is_set("TMUX"),
            ssh: is_set("SSH_CONNECTION") || is_set("SSH_TTY"),
        }
    }

    /// A terminal that cannot move its cursor: no screen can be drawn on it.
    pub fn is_dumb(&self) -> bool {
        self.term == "dumb"
    }

    /// Whether what is copied reaches a clipboard or is dropped. The console of older Linuxes shows it instead.
    pub fn has_clipboard(&self) -> bool {
        !self.term.starts_with("linux")
    }

    /// How the screen is drawn here. What the agent set wins over the environment, `NO_COLOR` included (no-color.org asks for that).
    pub fn look(&self, colour: Colour) -> Look {
        let depth = match colour {
            Colour::Auto => self.depth(),
            Colour::Fixed(depth) => depth,
        };
        Look { depth, unicode: self.utf8 }
    }

    fn depth(&self) -> Depth {
        if self.no_color || self.is_dumb() {
            Depth::None
        } else if matches!(self.colorterm.as_str(), "truecolor" | "24bit") || self.term.ends_with("-direct") {
            Depth::True
        } else if self.term.contains("256color") {
            Depth::TwoFiftySix
        } else {
            Depth::Sixteen
        }
    }
}

/// Who sits at the keyboard: the user that the process runs as, by the name that the host's own list has for the number, or else by what the
/// environment says, which anybody can set; and where the SSH session came from.
pub fn who() -> Who {
    let uid = rustix::process::getuid().as_raw();
    let text = |name| variable(name).map(|value| value.to_string_lossy().into_owned()).filter(|text| !text.is_empty());
    let listed = std::fs::read_to_string("/etc/passwd").ok().and_then(|list| listed(&list, uid));
    let user = listed.or_else(|| text("LOGNAME")).or_else(|| text("USER")).unwrap_or_else(|| uid.to_string());
    let ssh = text("SSH_CONNECTION").and_then(|line| line.split(' ').next().map(str::to_owned));
    Who { user, uid, ssh }
}

/// The name of a user in the host's own list.
fn listed(list: &str, uid: u32) -> Option<String> {
    let of = |line: &str| {
        let mut parts = line.split(':');
        let (name, number) = (parts.next()?, parts.nth(1)?);
        (number.parse() == Ok(uid)).then(|| name.to_owned())
    };
    list.lines().find_map(of)
}

/// What `NETEX_USERS_LOG` asks of the log; nothing where it is not set.
///
/// # Errors
/// It is none of the words; the text as it stands there.
pub fn verbosity() -> Result<Option<Verbosity>, String> {
    understood(variable("NETEX_USERS_LOG"))
}

fn understood(set: Option<OsString>) -> Result<Option<Verbosity>, String> {
    let Some(text) = set.filter(|text| !text.is_empty()) else { return Ok(None) };
    let text = text.to_string_lossy().into_owned();
    Verbosity::from_word(&text).map(Some).ok_or(text)
}

/// The variables that name a proxy, as far as they are set. What stands in them is not given away: it may have a password in it.
pub fn proxies() -> Vec<&'static str> {
    let names = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
    names.into_iter().filter(|name| variable(name).is_some_and(|value| !value.is_empty())).collect()
}

/// The folders in which a picture is likely to be, the likeliest first: where the program was started, then the agent's own.
pub fn picture_places() -> Vec<PathBuf> {
    let here = std::env::current_dir().ok();
    let home = variable("HOME").map(PathBuf::from);
    here.into_iter().chain(home).chain([PathBuf::from("/")]).collect()
}

/// A variable of this process.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub(super) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surroundings(set: &[(&str, &str)]) -> Surroundings {
        Surroundings::of(|name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into()))
    }

    #[test]
    fn the_depth_of_colour_follows_the_environment() {
        for (set, depth) in [
            (&[][..], Depth::Sixteen),
            (&[("TERM", "xterm")], Depth::Sixteen),
            (&[("TERM", "screen-256color")], Depth::TwoFiftySix),
            (&[("TERM", "xterm-direct")], Depth::True),
            (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], Depth::True),
            (&[("TERM", "xterm"), ("COLORTERM", "24bit")], Depth::True),
            (&[("TERM", "xterm"), ("COLORTERM", "yes")], Depth::Sixteen),
            (&[("TERM", "dumb"), ("COLORTERM", "truecolor")], Depth::None),
            (&[("TERM", "xterm-256color"), ("NO_COLOR", "1")], Depth::None),
            (&[("TERM", "xterm-256color"), ("NO_COLOR", "")], Depth::TwoFiftySix),
        ] {
            assert_eq!(surroundings(set).look(Colour::Auto).depth, depth, "{set:?}");
        }
    }

    #[test]
    fn what_the_agent_sets_wins() {
        let plain = surroundings(&[("NO_COLOR", "1")]);
        assert_eq!(plain.look(Colour::Fixed(Depth::True)).depth, Depth::True);
    }

    #[test]
    fn the_first_locale_that_is_set_decides() {
        for (set, utf8) in [
            (&[][..], false),
            (&[("LANG", "es_ES.UTF-8")], true),
            (&[("LANG", "C.utf8")], true),
            (&[("LANG", "es_ES.UTF-8"), ("LC_CTYPE", "C")], false),
            (&[("LANG", "C"), ("LC_CTYPE", "POSIX"), ("LC_ALL", "de_DE.UTF-8")], true),
            (&[("LANG", "es_ES.UTF-8"), ("LC_ALL", "")], true),
            (&[("LANG", "es_ES@euro")], false),
        ] {
            assert_eq!(surroundings(set).look(Colour::Auto).unicode, utf8, "{set:?}");
        }
    }

    #[test]
    fn a_user_is_called_as_the_hosts_list_has_it() {
        let list = "daemon:x:1:1::/:/bin/false\nanna:x:1000:1000:Anna,,,:/a:/bin/sh\n";
        assert_eq!(listed(list, 1000).as_deref(), Some("anna"));
        assert_eq!(listed(list, 1001), None);
        assert_eq!(who().uid, rustix::process::getuid().as_raw());
    }

    #[test]
    fn the_variable_of_the_log_is_one_of_the_words_or_a_fault() {
        assert_eq!(understood(None), Ok(None));
        assert_eq!(understood(Some("".into())), Ok(None));
        assert_eq!(understood(Some("debug".into())), Ok(Some(Verbosity::Debug)));
        assert_eq!(understood(Some("DEBUG".into())), Err("DEBUG".to_owned()));
    }

    #[test]
    fn every_word_of_the_setting_is_understood() {
        for word in Colour::WORDS {
            assert_eq!(Colour::from_word(word).map(Colour::word), Some(word));
        }
        assert_eq!(Colour::from_word("yes"), None);
    }
}
