//! Canaries: secrets that tests type and configure, and a scanner that finds them wherever they must not be (faults.md, I-8).
//!
//! It looks for each of them as it is, cut after eight letters, backwards, and as hex, base64, percent signs, JSON and UTF-16 write it. When
//! and where the harnesses have it look stands in `invariants`.
//!
//! It shares no code with the masks of the program, which it is the oracle for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use memchr::memmem::Finder;
use rustix::process::Pid;

/// The password that every session types. Nothing on any screen looks like a part of it.
pub const PASSWORD: &str = "Kanari3#Vogel(88)";

/// The token of the tenant of the terminal's tests.
pub const TENANT_TOKEN: &str = "kanarienvogel-im-bergwerk-4711";

/// The token of the tests that speak to a broken server.
pub const CHAOS_TOKEN: &str = "CANARY-token-4711";

/// How every password hash begins that a leaky service shows (api.md 4.5): it is nobody's to keep.
const HASH: &str = "$2a$10$";

/// From this many letters on, the beginning of a secret gives it away.
const PREFIX: usize = 8;

/// One secret in one form.
struct Needle {
    name: String,
    secret: String,
    finder: Finder<'static>,
}

/// What looks for secrets.
pub struct Scanner(Vec<Needle>);

/// The scanner for all secrets of the tests.
pub fn standard() -> &'static Scanner {
    static STANDARD: OnceLock<Scanner> = OnceLock::new();
    STANDARD.get_or_init(|| {
        let mut scanner = Scanner::of(&[PASSWORD, TENANT_TOKEN, CHAOS_TOKEN]);
        // Both begin like much else, so they are looked for as a whole.
        scanner.add(netex_users::sandbox::TOKEN, netex_users::sandbox::TOKEN);
        scanner.add(HASH, HASH);
        scanner
    })
}

impl Scanner {
    /// A scanner for these, of which each has to be longer than the beginning that is looked for.
    pub fn of(secrets: &[&str]) -> Self {
        let mut scanner = Self(Vec::new());
        for secret in secrets {
            let prefix: String = secret.chars().take(PREFIX).collect();
            assert!(prefix.len() < secret.len(), "{secret} is too short to be cut");
            scanner.add(secret, &prefix);
        }
        scanner
    }

    /// Looks for `text`, which stands for `secret`, in every form.
    fn add(&mut self, secret: &str, text: &str) {
        for (name, form) in forms(text) {
            self.0.push(Needle { name, secret: secret.to_owned(), finder: Finder::new(&form).into_owned() });
        }
    }

    /// What is found in these bytes, but for the secrets that may be seen there.
    pub fn find(&self, place: &str, bytes: &[u8], allowed: &[&str]) -> Vec<String> {
        let wanted = self.0.iter().filter(|needle| !allowed.contains(&needle.secret.as_str()));
        let found = wanted.filter(|needle| needle.finder.find(bytes).is_some());
        found.map(|needle| format!("{place} holds {} as {}", needle.secret, needle.name)).collect()
    }

    /// What is found in the files below a folder, and in their names. What is not a plain file is not opened, and what the test itself has put
    /// a secret into is left out by its path.
    pub fn tree(&self, folder: &Path, planted: &[PathBuf]) -> Vec<String> {
        let mut found = Vec::new();
        for path in files(folder) {
            if planted.contains(&path) {
                continue;
            }
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
            found.extend(self.find(&format!("the name {name}"), name.as_bytes(), &[]));
            // It may have been renamed or taken away between the two looks.
            if let Ok(bytes) = super::bytes_of(&path) {
                found.extend(self.find(&name, &bytes, &[]));
            }
        }
        found
    }

    /// What is found in the arguments of a process and of everything that it started, and in the environments of these. The process's own
    /// environment is where the test has put the token.
    pub fn process(&self, pid: Pid) -> Vec<String> {
        let mut found = self.proc(pid, "cmdline");
        for child in children(pid) {
            found.extend(self.proc(child, "environ"));
            found.extend(self.process(child));
        }
        found
    }

    fn proc(&self, pid: Pid, name: &str) -> Vec<String> {
        let path = format!("/proc/{}/{name}", pid.as_raw_nonzero());
        // A process that has ended, or that nobody may look into, shows nothing to anybody else either.
        std::fs::read(&path).map_or_else(|_| Vec::new(), |bytes| self.find(&path, &bytes, &[]))
    }
}

fn children(pid: Pid) -> Vec<Pid> {
    let path = format!("/proc/{0}/task/{0}/children", pid.as_raw_nonzero());
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().filter_map(|number| number.parse().ok().and_then(Pid::from_raw)).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let below = entries.flat_map(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => files(&entry.path()),
        Ok(kind) if kind.is_file() => vec![entry.path()],
        Ok(_) | Err(_) => Vec::new(),
    });
    below.collect()
}

/// Every form in which a text is looked for, by its name. Forms that are the same are one.
fn forms(text: &str) -> Vec<(String, Vec<u8>)> {
    let bytes = text.as_bytes();
    let written = |each: fn(&u8) -> String| bytes.iter().map(each).collect::<Vec<_>>().concat();
    let hex = written(|byte| format!("{byte:02x}"));
    let percent = written(|byte| format!("%{byte:02X}"));
    let sparing: String = bytes.iter().map(|byte| unreserved(*byte)).collect();
    let json = serde_json::to_string(text).expect("a text is JSON");
    let reversed: String = text.chars().rev().collect();
    let mut forms: Vec<(String, Vec<u8>)> = vec![
        ("it is".into(), bytes.to_vec()),
        ("it is, backwards".into(), reversed.into_bytes()),
        ("hex".into(), hex.clone().into_bytes()),
        ("hex in capitals".into(), hex.to_uppercase().into_bytes()),
        ("percent signs".into(), percent.clone().into_bytes()),
        ("small percent signs".into(), percent.to_lowercase().into_bytes()),
        ("part of a URL".into(), sparing.clone().into_bytes()),
        ("part of a small URL".into(), lower_percents(&sparing).into_bytes()),
        ("part of a form".into(), sparing.replace("%20", "+").into_bytes()),
        ("JSON".into(), json[1..json.len() - 1].to_owned().into_bytes()),
        (
            "JSON in numbers".into(),
            text.encode_utf16().flat_map(|unit| format!("\\u{unit:04x}").into_bytes()).collect(),
        ),
        ("UTF-16 LE".into(), text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16 BE".into(), text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
    ];
    for shift in 0..3 {
        let base64 = base64_at(bytes, shift);
        let url = base64.replace('+', "-").replace('/', "_");
        forms.push((format!("base64 from byte {shift} on"), base64.into_bytes()));
        forms.push((format!("base64 for URLs from byte {shift} on"), url.into_bytes()));
    }
    let mut once = BTreeMap::new();
    for (name, form) in forms {
        once.entry(form).or_insert(name);
    }
    once.into_iter().map(|(form, name)| (name, form)).collect()
}

fn unreserved(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

fn lower_percents(text: &str) -> String {
    let mut parts = text.split('%');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push('%');
        out.push_str(&part[..2].to_lowercase());
        out.push_str(&part[2..]);
    }
    out
}

/// What base64 makes of these bytes wherever they begin at this byte of three, without the digits that their neighbours have a part in.
fn base64_at(bytes: &[u8], shift: usize) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<bool> = std::iter::repeat_n(&0, shift)
        .chain(bytes)
        .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1 == 1))
        .collect();
    let digit = |six: &[bool]| char::from(DIGITS[six.iter().fold(0, |value, bit| value << 1 | usize::from(*bit))]);
    bits.chunks_exact(6).skip((shift * 8).div_ceil(6)).map(digit).collect()
}

#[cfg(test)]
mod tests;
