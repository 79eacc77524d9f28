//! What a program says: to a terminal, to whoever called it, to a server.
//!
//! The codes and the verdicts stand here once more, because this is an oracle for the program's own table. The names of faults are the
//! program's: that a name is known is what is asked.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;

use netex_users::domain::code::Code;
use netex_users::sandbox::Token;
use serde_json::Value;

use super::{Call, Left};
use crate::support::canary;
use crate::support::sequences::foreign_sequences;

/// Which code goes with which verdict (faults.md, I-20).
const VERDICTS: [(&str, i64); 8] = [
    ("done", 0),
    ("rejected", 1),
    ("usage", 2),
    ("partly done", 3),
    ("queued", 4),
    ("in doubt", 5),
    ("not sent", 6),
    ("stopped", 130),
];

/// What a terminal or a pipe was given that is not ours.
pub fn sequences(left: &Left<'_>) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(screen) = left.screen.filter(|screen| screen.ours) {
        let foreign = foreign_sequences(&screen.raw, &screen.may_command);
        found.extend(foreign.into_iter().map(|what| format!("the terminal was given {what}")));
    }
    if let Some(call) = left.call.filter(|call| call.ours) {
        // Tabs part the columns of a list, and nothing else.
        let untabbed: Vec<u8> = call.output.stdout.iter().copied().filter(|byte| *byte != b'\t').collect();
        for (place, bytes) in [("output", &untabbed), ("error", &call.output.stderr)] {
            let foreign = foreign_sequences(bytes, &[]);
            found.extend(foreign.into_iter().map(|what| format!("standard {place} holds {what}")));
        }
    }
    found
}

/// Tokens of others, and tokens where servers write them down.
pub fn tokens(left: &Left<'_>) -> Vec<String> {
    let asked = left.recorder.iter().flat_map(|recorder| &recorder.asked);
    let mut found = Vec::new();
    for asked in asked {
        let line = format!("{} {} {:?} {:?}", asked.method, asked.path, asked.headers, asked.body);
        found.extend(canary::standard().find("a request", line.as_bytes(), &[canary::PASSWORD]));
        if asked.token == Token::Wrong {
            found.push(format!("{} {} came with a token that is not this server's", asked.method, asked.path));
        }
    }
    found
}

/// What is wrong with how a command ended.
pub fn call(left: &Left<'_>) -> Vec<String> {
    let Some(call) = left.call.filter(|call| call.ours) else { return Vec::new() };
    [codes(call), names(call), formulas(call)].concat()
}

/// The documents that a command printed.
fn documents(call: &Call<'_>) -> Vec<Value> {
    let out = String::from_utf8_lossy(&call.output.stdout);
    let whole = serde_json::from_str(&out).map(|document| vec![document]);
    let lines = || out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    whole.unwrap_or_else(|_| lines()).into_iter().filter(Value::is_object).collect()
}

fn codes(call: &Call<'_>) -> Vec<String> {
    let Some(code) = call.output.status.code() else { return Vec::new() };
    let mut found = Vec::new();
    if !VERDICTS.iter().any(|(_, known)| *known == i64::from(code)) && code < 128 {
        found.push(format!("it ended with {code}, which means nothing"));
    }
    // Of several documents the last is the command's own.
    let Some(document) = documents(call).into_iter().rfind(|document| document.get("exit").is_some()) else {
        return found;
    };
    if document["exit"] != code {
        found.push(format!("the document says {} and the code is {code}", document["exit"]));
    }
    if document["dryRun"] != true
        && let Some(verdict) = document["verdict"].as_str()
        && !VERDICTS.contains(&(verdict, i64::from(code)))
    {
        found.push(format!("\"{verdict}\" ended with {code}"));
    }
    found
}

/// A failure has a name that `explain` knows, or is one of the command line, of which the usage is told.
fn names(call: &Call<'_>) -> Vec<String> {
    let code = call.output.status.code();
    if matches!(code, Some(0 | 130)) || call.output.status.signal().is_some() {
        return Vec::new();
    }
    let err = String::from_utf8_lossy(&call.output.stderr);
    let told = [String::from_utf8_lossy(&call.output.stdout), err.clone()].concat();
    let words: BTreeSet<&str> = told.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).collect();
    let is_usage = code == Some(2) && err.starts_with("error: ");
    if is_usage
        || of_lines(call, &told)
        || words.into_iter().any(|word| Code::from_name(word).is_some() && is_told(&told, word))
    {
        return Vec::new();
    }
    vec![format!("it ended with {} and no name of a fault:\n{told}", code.unwrap_or_default())]
}

/// Whether it is a job that came to its end, of which some lines did not: each is told by itself.
fn of_lines(call: &Call<'_>, told: &str) -> bool {
    let is_job = call.arguments.iter().any(|word| word == "import" || word == "jobs");
    is_job
        && (told.lines().any(|line| line.starts_with("plan of ") || line.starts_with("job "))
            || told.contains("\"verdict\":"))
}

fn is_told(told: &str, name: &str) -> bool {
    told.contains(&format!("[{name}]")) || told.contains(&format!("\"{name}\""))
}

/// Cells that a spreadsheet would run, blanks before them or not.
fn formulas(call: &Call<'_>) -> Vec<String> {
    let is_csv =
        call.output.stdout.windows(2).any(|two| two == b"\r\n") || call.arguments.iter().any(|word| word == "export");
    if !is_csv || documents(call).iter().any(Value::is_object) {
        return Vec::new();
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&call.output.stdout[..]);
    let cells = reader.records().flatten().flat_map(|record| record.iter().map(str::to_owned).collect::<Vec<_>>());
    let runs = |cell: &String| cell.starts_with(['\t', '\r']) || cell.trim_start().starts_with(['=', '+', '-', '@']);
    cells.filter(runs).map(|cell| format!("a spreadsheet would run {cell:?}")).collect()
}
