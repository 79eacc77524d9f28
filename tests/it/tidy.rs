//! The house, kept: which room may name which, where each crate may be used, and the habits that reviews forget.
//!
//! The rules are the tables at the top. Everything works on text, with comments and literals taken out first ([`source`]), so it
//! sees what is written and not what a macro makes of it; the compiler and clippy keep the rest. [`controls`] breaks every rule
//! on purpose.

use std::path::Path;

mod controls;
mod source;

use source::Source;

/// Who may name whom; what is not listed is forbidden, in tests too. `main` has to go through `cli`, and `lib` is only the map.
const ARROWS: [(&str, &[&str]); 14] = [
    ("main", &["cli"]),
    ("lib", &[]),
    // A model to start with and the client come from the command line's arguments, so they are made there.
    ("cli", &["runtime", "service", "sandbox", "config", "codec", "domain", "api", "app", "journal"]),
    ("runtime", &["ui", "app", "service", "media", "config", "domain"]),
    ("ui", &["app", "domain"]),
    ("app", &["domain"]),
    ("service", &["api", "journal", "media", "codec", "domain"]),
    ("api", &["codec", "domain"]),
    ("journal", &["codec", "domain"]),
    ("media", &["domain"]),
    ("sandbox", &["codec", "domain"]),
    ("config", &["domain"]),
    ("codec", &["domain"]),
    ("domain", &[]),
];

/// Where each crate may be used. A place is a room, or a file of it with its folder. Every dependency has a row.
const CRATES: [(&str, &[&str]); 40] = [
    ("axum", &["sandbox"]),
    ("base64", &["codec"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    // A key is named by crossterm's words in the key map and its type, and nowhere else.
    ("crossterm", &["runtime", "app/editor", "app/events", "app/key", "app/keymap", "app/testing"]),
    ("csv", &["codec"]),
    ("email_address", &["domain/email"]),
    ("encoding_rs", &["codec"]),
    ("etcetera", &["config"]),
    ("futures_util", &["runtime", "service", "api", "sandbox"]),
    ("hashbrown", &["app/index"]),
    ("icu_normalizer", &["app/index"]),
    ("image", &["media"]),
    ("isolang", &["app", "service"]),
    ("jiff", &["runtime", "service", "api/retry_after", "api/probe"]),
    ("memchr", &["app/index"]),
    ("nucleo_matcher", &["app"]),
    ("rand", &["journal", "service", "runtime"]),
    ("ratatui", &["ui", "runtime", "app/editor", "app/events"]),
    ("reqwest", &["api"]),
    ("rpassword", &["config", "cli"]),
    ("rusqlite", &["journal"]),
    ("rustix", &["journal", "config", "cli", "media", "runtime", "service/copy", "service/import/passwords"]),
    ("rustls", &["api"]),
    ("serde", &["codec", "config", "sandbox"]),
    ("serde_json", &["codec", "sandbox", "domain/object"]),
    ("sha2", &["journal", "codec"]),
    ("thiserror", &["journal", "api", "cli", "codec", "config", "domain", "media", "runtime", "sandbox", "service"]),
    ("tokio", &["journal", "runtime", "service", "api", "sandbox", "cli"]),
    ("toml", &["codec", "config", "sandbox"]),
    ("tracing", &["cli", "runtime", "service", "journal", "api"]),
    ("tracing_subscriber", &["cli", "runtime"]),
    ("tui_textarea", &["app/editor"]),
    ("unicode_normalization", &["domain/recipe"]),
    ("unicode_segmentation", &["app", "ui"]),
    ("unicode_width", &["app", "ui"]),
    ("url", &["domain/photo", "api", "config", "cli/workplace", "cli/doctor"]),
    ("zeroize", &["domain/secret", "codec", "config", "api", "service/import/passwords"]),
    ("zxcvbn", &["service", "runtime"]),
];

/// What no code says, why, and the places of `src` that may all the same, outside their tests.
const BANNED: [(&str, &str, &[&str]); 8] = [
    ("todo!", "unfinished code is not committed", &[]),
    ("dbg!", "it writes over the screen", &[]),
    ("#[ignore", "a test that does not run proves nothing", &[]),
    ("#[should_panic", "any panic passes it; catch the one that is meant", &[]),
    ("#[allow(", "use #[expect(lint, reason = \"...\")]", &[]),
    ("#![allow(", "use #[expect(lint, reason = \"...\")]", &[]),
    ("thread::sleep", "wait for the thing itself", &[]),
    // A deadline is a sleep that something else is waited for with.
    ("sleep", "wait for the thing itself", &["runtime", "sandbox", "api", "service/directory", "service/import/wait"]),
];

/// Folders of the machine that a text was written on.
const MACHINE: [&str; 3] = [concat!("/", "work"), concat!("/", "root"), concat!("/", "home")];

/// A file longer than this is two files.
const LONGEST: usize = 600;

/// A rule broken: where, and which.
#[derive(Debug, PartialEq, Eq)]
struct Finding(String);

impl Finding {
    fn new(file: &str, line: usize, rule: &str) -> Self {
        Self(format!("{file}:{line}: {rule}"))
    }
}

/// The room of a file under `src`: its folder, or its own name.
fn room(file: &str) -> Option<&str> {
    let inside = file.strip_prefix("src/")?;
    Some(inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs"))
}

/// How many modules deep a file of `src` is: `ui/mod.rs` and `ui.rs` are 1, `ui/form.rs` is 2.
fn depth(file: &str) -> usize {
    file.matches('/').count() - usize::from(file.ends_with("/mod.rs"))
}

fn is_in(file: &str, places: &[&str]) -> bool {
    let Some(inside) = file.strip_prefix("src/") else { return false };
    let inside = inside.trim_end_matches(".rs");
    places.iter().any(|place| inside.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

fn arrows(file: &str, text: &str) -> Vec<Finding> {
    let Some(from) = room(file) else { return Vec::new() };
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == from) else {
        return vec![Finding::new(file, 1, &format!("{from} is not on the map of rooms"))];
    };
    let mut found = Vec::new();
    for path in Source::new(text).paths() {
        let names: Vec<&str> = path.names.iter().map(String::as_str).collect();
        let climbs = names.iter().take_while(|name| **name == "super").count();
        let to = match names.as_slice() {
            ["crate" | "netex_users", to, ..] => *to,
            ["crate" | "netex_users"] if path.goes_on => {
                found.push(Finding::new(
                    file,
                    path.line,
                    "name the module plainly: a group or a star at the root hides arrows",
                ));
                continue;
            }
            _ if climbs > 0 && climbs >= depth(file) => match names.get(climbs) {
                Some(to) if ARROWS.iter().any(|(name, _)| name == to) => *to,
                _ => continue,
            },
            _ => continue,
        };
        if to != from && !allowed.contains(&to) {
            found.push(Finding::new(file, path.line, &format!("{from} may not name {to}")));
        }
    }
    found
}

fn rooms_of_crates(file: &str, text: &str) -> Vec<Finding> {
    let source = Source::new(text);
    let mut found = Vec::new();
    for path in source.paths() {
        let name = path.names[0].as_str();
        let Some((_, places)) = CRATES.iter().find(|(one, _)| *one == name) else { continue };
        let means_a_crate = path.is_global || (path.reaches_in() && !source.brings_in(name));
        if means_a_crate && file.starts_with("src/") && !is_in(file, places) {
            found.push(Finding::new(file, path.line, &format!("the crate {name} lives in {}", places.join(", "))));
        }
    }
    found
}

fn first_line(file: &str, text: &str) -> Vec<Finding> {
    let says_something =
        text.lines().next().is_some_and(|line| line.strip_prefix("//! ").is_some_and(|rest| !rest.is_empty()));
    if says_something {
        Vec::new()
    } else {
        vec![Finding::new(file, 1, "the first line says what the module is, after //!")]
    }
}

fn banned(file: &str, text: &str) -> Vec<Finding> {
    let source = Source::new(text);
    let tests_from = if file.ends_with("tests.rs") { 0 } else { source.line_of_tests() };
    let mut found = Vec::new();
    for (words, why, places) in BANNED {
        let lines = source.lines_with(words).into_iter();
        let outside = lines.filter(|line| *line >= tests_from || !is_in(file, places));
        found.extend(outside.map(|line| Finding::new(file, line, &format!("no {words}: {why}"))));
    }
    found
}

fn machine_paths(file: &str, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for folder in MACHINE {
            let is_a_path = |at: usize| {
                let before = line[..at].chars().next_back();
                let after = line[at + folder.len()..].chars().next();
                let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
                !before.is_some_and(|c| goes_on(c) || matches!(c, '}' | ')')) && !after.is_some_and(goes_on)
            };
            if line.match_indices(folder).any(|(at, _)| is_a_path(at)) {
                found.push(Finding::new(file, number + 1, &format!("{folder} is a folder of one machine")));
            }
        }
    }
    found
}

fn length(file: &str, text: &str) -> Vec<Finding> {
    let lines = text.lines().count();
    let is_long = file.starts_with("src/") && lines > LONGEST;
    is_long
        .then(|| Finding::new(file, lines, &format!("{lines} lines; a file has at most {LONGEST}")))
        .into_iter()
        .collect()
}

/// The dependencies of a manifest that have no row in the table of crates.
fn crates_without_a_room(manifest: &str) -> Vec<String> {
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap_or_default();
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    let names = lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('='));
    let names = names.map(|(name, _)| name.trim().replace('-', "_"));
    names.filter(|name| !CRATES.iter().any(|(one, _)| one == name)).collect()
}

/// Every text file of the repository, by its path from the top. What git does not keep is left out by name.
fn files() -> Vec<(String, String)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![top.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the repository can be read") {
            let path = entry.expect("an entry of it too").path();
            let name = path.strip_prefix(top).expect("it is below the top").to_string_lossy().into_owned();
            let is_hidden = name.starts_with('.') && !matches!(name.as_str(), ".ci" | ".gitignore" | ".clippy.toml");
            if is_hidden || name == "target" {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                files.push((name, text));
            }
        }
    }
    files.sort();
    files
}

fn check(rule: fn(&str, &str) -> Vec<Finding>, concerns: fn(&str) -> bool) {
    let files: Vec<_> = files().into_iter().filter(|(file, _)| concerns(file)).collect();
    assert!(files.len() > 10, "the sources were not found");
    let found: Vec<String> = files.iter().flat_map(|(file, text)| rule(file, text)).map(|finding| finding.0).collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

fn is_rust(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|extension| extension == "rs")
}

#[test]
fn every_arrow_is_on_the_map() {
    check(arrows, is_rust);
}

#[test]
fn every_crate_stays_in_its_rooms() {
    check(rooms_of_crates, is_rust);
}

#[test]
fn every_dependency_has_a_room() {
    let manifest = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    assert_eq!(crates_without_a_room(manifest), Vec::<String>::new(), "give it a row in CRATES");
}

#[test]
fn every_module_says_in_its_first_line_what_it_is() {
    check(first_line, is_rust);
}

#[test]
fn nothing_banned_is_written() {
    check(banned, is_rust);
}

#[test]
fn no_text_names_a_folder_of_one_machine() {
    check(machine_paths, |_| true);
}

#[test]
fn no_file_of_the_program_is_too_long() {
    check(length, is_rust);
}
