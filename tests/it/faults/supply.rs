//! What comes into the program from outside (faults.md 100): every crate from crates.io and with its checksum, nothing that unpacks what a
//! server sends (faults.md 23), and a gate in `.ci/run` that leaves nothing out.
//!
//! Deliberately not here: whether a crate has a known hole. That changes without a change of ours, so `.ci/run` asks cargo-deny and its
//! database.

use toml::{Table, Value};

use super::text;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Crates that a client unpacks bodies with.
const UNPACKING: [&str; 4] = ["async-compression", "brotli-decompressor", "compression-codecs", "zstd-safe"];

fn parsed(text: &str) -> Table {
    text.parse().expect("it is TOML")
}

fn packages(lock: &str) -> Vec<Table> {
    let lock = parsed(lock);
    let all = lock.get("package").and_then(Value::as_array).cloned().unwrap_or_default();
    all.into_iter().filter_map(|package| package.as_table().cloned()).collect()
}

fn word<'a>(package: &'a Table, key: &str) -> Option<&'a str> {
    package.get(key).and_then(Value::as_str)
}

/// The crates of a lock file that are not from the registry as they were published.
fn strangers(lock: &str) -> Vec<String> {
    let packages = packages(lock);
    let fault = |package: &Table| match (word(package, "name")?, word(package, "source"), word(package, "checksum")) {
        (env!("CARGO_PKG_NAME"), None, None) => None,
        (name, None, _) => Some(format!("{name} is a folder of somebody's machine")),
        (name, Some(REGISTRY), Some(sum)) if sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            (name == env!("CARGO_PKG_NAME")).then(|| format!("{name} has our name"))
        }
        (name, Some(REGISTRY), _) => Some(format!("{name} has no checksum")),
        (name, Some(source), _) => Some(format!("{name} comes from {source}")),
    };
    packages.iter().filter_map(fault).collect()
}

/// The crates of a lock file that unpack bodies.
fn unpacking(lock: &str) -> Vec<String> {
    let names = packages(lock).into_iter().filter_map(|package| word(&package, "name").map(str::to_owned));
    names.filter(|name| UNPACKING.contains(&name.as_str())).collect()
}

/// What a configuration of cargo-deny lets through.
fn let_through(deny: &str) -> Vec<String> {
    let deny = parsed(deny);
    let section = |name: &str| deny.get(name).and_then(Value::as_table).cloned().unwrap_or_default();
    let (sources, advisories, bans) = (section("sources"), section("advisories"), section("bans"));
    let denied =
        [("unknown-registry", &sources), ("unknown-git", &sources), ("yanked", &advisories), ("wildcards", &bans)];
    let loose = denied.into_iter().filter(|(key, section)| word(section, key) != Some("deny"));
    let mut found: Vec<String> = loose.map(|(key, _)| format!("{key} is not denied")).collect();
    let lists = [("ignore", &advisories), ("allow-git", &sources), ("allow-org", &sources), ("private", &sources)];
    let open = lists.into_iter().filter(|(key, section)| section.contains_key(*key));
    found.extend(open.map(|(key, _)| format!("{key} makes exceptions")));
    found
}

/// What a script of the gate does not ask for.
fn unasked(script: &str) -> Vec<&'static str> {
    let asked: Vec<&str> = script.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let asked = asked.join("\n");
    ["cargo deny", "bans licenses sources", "advisories", "cargo fetch --locked"]
        .into_iter()
        .filter(|wanted| !asked.contains(wanted))
        .collect()
}

#[test]
fn nothing_comes_from_elsewhere_or_without_its_checksum() {
    let lock = text("Cargo.lock").unwrap();
    assert!(packages(&lock).len() > 100, "the lock file was not understood");
    assert_eq!(strangers(&lock), Vec::<String>::new());
    assert_eq!(unpacking(&lock), Vec::<String>::new(), "what is not unpacked cannot be a bomb");
}

#[test]
fn the_gate_denies_what_is_unknown_yanked_or_advised_against_and_is_asked_for_all_of_it() {
    assert_eq!(let_through(&text("deny.toml").unwrap()), Vec::<String>::new());
    assert_eq!(unasked(&text(".ci/run").unwrap()), [""; 0]);
}

#[test]
fn a_crate_from_elsewhere_and_a_gate_that_stands_open_are_found() {
    let package = |name: &str, source: &str, sum: &str| {
        let line = |key: &str, value: &str| match value {
            "" => String::new(),
            value => format!("{key} = '{value}'\n"),
        };
        format!("[[package]]\nname = '{name}'\nversion = '1.0.0'\n{}{}", line("source", source), line("checksum", sum))
    };
    let sum = "0".repeat(64);
    assert_eq!(strangers(&package("x", REGISTRY, &sum)), [""; 0]);
    assert_eq!(strangers(&package("x", REGISTRY, "")), ["x has no checksum"]);
    assert_eq!(strangers(&package("x", REGISTRY, "00")), ["x has no checksum"]);
    assert_eq!(strangers(&package("x", "", "")), ["x is a folder of somebody's machine"]);
    let git = "git+https://github.com/x/y#0123";
    assert_eq!(strangers(&package("x", git, "")), [format!("x comes from {git}")]);
    assert_eq!(strangers(&package(env!("CARGO_PKG_NAME"), REGISTRY, &sum)).len(), 1);
    assert_eq!(unpacking(&package("async-compression", REGISTRY, &sum)), ["async-compression"]);

    let sound = text("deny.toml").unwrap();
    for (from, to, found) in [
        ("unknown-registry = \"deny\"", "unknown-registry = \"warn\"", "unknown-registry is not denied"),
        ("unknown-git = \"deny\"", "", "unknown-git is not denied"),
        ("yanked = \"deny\"", "yanked = \"allow\"", "yanked is not denied"),
        ("yanked = \"deny\"", "yanked = \"deny\"\nignore = [\"RUSTSEC-0000-0000\"]", "ignore makes exceptions"),
        ("[sources]", "[sources]\nallow-git = [\"https://example.org/x\"]", "allow-git makes exceptions"),
    ] {
        assert_eq!(let_through(&sound.replacen(from, to, 1)), [found]);
    }
    let script = text(".ci/run").unwrap();
    assert_eq!(unasked(&script.replace("checks+=(advisories)", "").replace("advisories", "")), ["advisories"]);
    assert_eq!(unasked(&script.replace("cargo fetch --locked", "cargo fetch")), ["cargo fetch --locked"]);
}
