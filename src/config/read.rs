//! The text of a configuration to a [`Config`], or to every fault it has.

use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::base_url;
use crate::config::environment::Colour;
use crate::config::fault::Fault;
use crate::config::recipes::recipe;
use crate::config::table::{At, Faults, Table, entries, syntax};
use crate::config::token::TokenSource;
use crate::config::verbosity::Verbosity;
use crate::config::{Config, Retention, SANDBOX, TenantConfig};
use crate::domain::field::Revision;
use crate::domain::tenant::{Synchronization, Tenant, TicketRule};
use crate::domain::untrusted::visible;

/// The platforms that the examples of every user service mention (api.md 4.1).
const PLATFORMS: [&str; 3] = ["management", "training", "social"];

/// How many changes a second a file of people sends where the tenant says nothing. The vendor states no limit and calls many at once a risk
/// (api.md 6), so this is a courtesy.
const RATE: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// The words of [`Synchronization`].
pub(super) const SYNCHRONIZATIONS: [&str; 2] = ["synchronous", "asynchronous"];

/// Reads a configuration. `folder` is where the file lives: paths in it are taken from there.
///
/// # Errors
/// Every fault, with its line.
pub fn parse(text: &str, folder: &Path) -> Result<Config, Vec<Fault>> {
    let (document, errors) = entries(text);
    let faults = Faults::new(text);
    syntax(&faults, &errors);
    if !faults.is_empty() {
        // What the parser skipped would only be told as missing.
        return Err(faults.into_sorted());
    }
    let config = whole(Table::root(&faults, document.get_ref()), folder);
    if faults.is_empty() { Ok(config) } else { Err(faults.into_sorted()) }
}

fn whole(mut root: Table<'_>, folder: &Path) -> Config {
    let default_tenant = root.text("default_tenant");
    let log = root.word("log", &Verbosity::WORDS, Verbosity::from_word);
    let days = root.whole("retention_days", 0..=36_500).and_then(|days| u32::try_from(days).ok());
    let colour = root.table("screen").and_then(|mut screen| {
        let colour = screen.word("colour", &Colour::WORDS, Colour::from_word);
        screen.finish();
        colour
    });
    let tables = root.table("tenants").map(Table::tables).unwrap_or_default();
    let names: Vec<String> = tables.iter().map(|(name, _)| name.value.to_owned()).collect();
    let tenants = tables.into_iter().filter_map(|(name, table)| tenant(name, table, folder)).collect();
    if let Some(At { value, line }) = default_tenant
        && value != SANDBOX
        && !names.iter().any(|name| name == value)
    {
        root.faults().add(line, format!("\"default_tenant\": there is no [tenants.{}]", visible(value)));
    }
    let tables = root.table("recipes").map(Table::tables).unwrap_or_default();
    let recipes = tables.into_iter().map(|(name, table)| recipe(name, table, &names)).collect();
    root.finish();
    Config {
        default_tenant: default_tenant.map(|at| at.value.to_owned()),
        tenants,
        recipes,
        colour: colour.unwrap_or_default(),
        log: log.unwrap_or_default(),
        retention: days.map_or_else(Retention::default, Retention),
        path: None,
    }
}

fn tenant(name: At<&str>, mut table: Table<'_>, folder: &Path) -> Option<TenantConfig> {
    if let Err(why) = tenant_name(name.value) {
        table.faults().add(name.line, why);
    }
    let base_url = base_url(&mut table);
    let revisions = Revision::ALL.map(Revision::word);
    let shown = Tenant {
        name: name.value.to_owned(),
        sandbox: false,
        revision: table.word("revision", &revisions, Revision::from_word).unwrap_or_default(),
        synchronization: table
            .word("synchronization", &SYNCHRONIZATIONS, Synchronization::from_word)
            .unwrap_or_default(),
        production: table.flag("production").unwrap_or(false),
        read_only: table.flag("read_only").unwrap_or(false),
    };
    let token = token(&mut table, folder);
    let proxy = table.flag("proxy").unwrap_or(false);
    let platforms = platforms(&mut table);
    let connect_timeout = seconds(&mut table, "connect_timeout", 10);
    let timeout = seconds(&mut table, "timeout", 120);
    let concurrency = count(&mut table, "concurrency", 1..=16, 4);
    let rate = table.whole("rate", 1..=1000).and_then(|rate| u32::try_from(rate).ok()).and_then(NonZeroU32::new);
    let max_harm = count(&mut table, "max_harm", 0..=100_000, 50);
    let ticket = table.word("ticket", &TicketRule::WORDS, TicketRule::from_word).unwrap_or_default();
    let ca_file = table.text("ca_file").map(|at| place(folder, at.value));
    let roles_file = table.text("roles_file").map(|at| place(folder, at.value));
    table.finish();
    // Only now: what is missing must not hide what else is wrong.
    let (base_url, token) = (base_url?, token?);
    Some(TenantConfig {
        tenant: shown,
        base_url,
        token,
        proxy,
        ca_file,
        platforms,
        roles_file,
        connect_timeout,
        timeout,
        concurrency,
        rate: rate.unwrap_or(RATE),
        max_harm,
        ticket,
    })
}

fn count(table: &mut Table<'_>, key: &'static str, limits: RangeInclusive<u64>, usual: usize) -> usize {
    table.whole(key, limits).and_then(|number| usize::try_from(number).ok()).unwrap_or(usual)
}

fn seconds(table: &mut Table<'_>, key: &'static str, usual: u64) -> Duration {
    Duration::from_secs(table.whole(key, 1..=3600).unwrap_or(usual))
}

/// Whether a tenant may be called that: a name is typed after `--tenant` and stands on every screen.
///
/// # Errors
/// What is wrong with it.
pub fn tenant_name(name: &str) -> Result<(), String> {
    if name == SANDBOX {
        return Err("\"sandbox\" always means the look-alike inside the program: give the tenant another name".into());
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > 40 || name.starts_with('-') || !name.chars().all(plain) {
        return Err(format!(
            "\"{}\" cannot be the name of a tenant: use up to 40 letters a-z, digits, \"-\", \"_\" and \".\"",
            visible(name)
        ));
    }
    Ok(())
}

fn base_url(table: &mut Table<'_>) -> Option<url::Url> {
    if table.any("base_url").is_none() {
        table.lacks("has no base_url: add base_url = \"https://NAME.learningcloud.me/integration/ws\"");
        return None;
    }
    let At { value, line } = table.text("base_url")?;
    base_url::parse(value).map_err(|why| table.faults().add(line, format!("\"base_url\": {why}"))).ok()
}

fn platforms(table: &mut Table<'_>) -> Vec<String> {
    let Some(At { value, line }) = table.texts("platforms") else { return PLATFORMS.map(String::from).into() };
    let plain = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
    if let Some(odd) = value.iter().find(|name| !plain(name)) {
        table.faults().add(line, format!("\"platforms\": \"{}\" is no name of a platform", visible(odd)));
    }
    if let Some(twice) = value.iter().enumerate().find_map(|(i, name)| value[..i].contains(name).then_some(name)) {
        table.faults().add(line, format!("\"platforms\": \"{}\" stands there twice", visible(twice)));
    }
    value.into_iter().map(String::from).collect()
}

/// The four sources, as a fault offers them.
const SOURCES: &str = "{ ask = true }, { file = \"...\" }, { command = [\"...\"] } or { env = \"...\" }";

/// No value of this table is ever repeated: it may be the token itself, in the wrong place.
fn token(table: &mut Table<'_>, folder: &Path) -> Option<TokenSource> {
    let Some(At { value, line }) = table.any("token") else {
        table.lacks(&format!("has no token: add token = {SOURCES}"));
        return None;
    };
    if value.is_str() {
        table.faults().add(
            line,
            format!(
                "the token itself must not stand in this file: write token = {SOURCES}. If it was a real one, have it replaced"
            ),
        );
        return None;
    }
    let mut source = table.table("token")?;
    let given = (source.text("env"), source.text("file"), source.texts("command"), source.flag("ask"));
    let found = match given {
        (Some(env), None, None, None) => variable(&source, env),
        (None, Some(file), None, None) => Some(TokenSource::File(place(folder, file.value))),
        (None, None, Some(command), None) => command_of(&source, &command),
        (None, None, None, Some(true)) => Some(TokenSource::Ask),
        _ => {
            source.wants(line, "token", &format!("exactly one source: {SOURCES}"));
            None
        }
    };
    source.finish();
    found
}

fn variable(source: &Table<'_>, At { value, line }: At<&str>) -> Option<TokenSource> {
    if is_variable(value) {
        return Some(TokenSource::Env(value.to_owned()));
    }
    source.wants(line, "env", "the name of a variable: letters, digits and \"_\", as in ACME_TOKEN");
    None
}

/// Whether a text can be the name of a variable.
pub(super) fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn command_of(source: &Table<'_>, At { value, line }: &At<Vec<&str>>) -> Option<TokenSource> {
    if value.first().is_some_and(|program| !program.trim().is_empty()) {
        return Some(TokenSource::Command(value.iter().map(|word| (*word).to_owned()).collect()));
    }
    source.wants(*line, "command", "a program and its arguments, as in [\"pass\", \"show\", \"acme\"]");
    None
}

/// A path of the configuration: from the home folder where it begins with `~/`, otherwise from the file's own folder.
fn place(folder: &Path, text: &str) -> PathBuf {
    match (text.strip_prefix("~/"), etcetera::home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest),
        _ => folder.join(text),
    }
}
