//! What was done, as lines for a terminal: every text from outside made visible.

use std::fmt::Write as _;

use crate::domain::files::size;
use crate::domain::history::{self, Told};
use crate::domain::untrusted::visible;
use crate::journal::verify::Verified;

/// A change on a line, between tabs.
pub fn row(told: &Told) -> String {
    let (change, intent) = (&told.change, &told.change.intent);
    let ticket = intent.ticket.clone().unwrap_or_default();
    let undone = told.undone_by().map(|by| format!(", taken back by {by}")).unwrap_or_default();
    let cells = [
        change.id.to_string(),
        told.when.clone(),
        change.who.user.clone(),
        change.realm.tenant.clone(),
        intent.act.word().to_owned(),
        intent.username.clone(),
        ticket,
        format!("{}{undone}", told.end()),
    ];
    cells.map(|cell| visible(&cell).into_owned()).join("\t") + "\n"
}

/// A change in full.
pub fn in_full(told: &Told) -> String {
    let (change, intent) = (&told.change, &told.change.intent);
    let mut text =
        format!("Change {}: {} {}, {}\n", change.id, intent.act.word(), visible(&intent.username), told.end());
    let mut add = |label: &str, words: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:<16} {}", visible(label), visible(words).trim_end());
    };
    add("when", &told.when);
    let from = change.who.ssh.as_ref().map(|ssh| format!(", from {ssh}")).unwrap_or_default();
    add("who", &format!("{} ({}){from}", change.who.user, change.who.uid));
    add("where", &format!("{}, {}, {}", change.realm.tenant, change.realm.origin, intent.synchronization.word()));
    let words = [("addressed as", &intent.key), ("ticket", &intent.ticket), ("why", &history::purpose(intent.purpose))];
    for (label, words) in words.into_iter().filter_map(|(label, words)| Some((label, words.as_ref()?))) {
        add(label, words);
    }
    if let Some((job, line)) = intent.job {
        add("file", &format!("job {job}, line {line}"));
    }
    for line in history::lines(intent) {
        let words =
            if line.echoed { format!("{} (sent as read)", line.new) } else { format!("{} -> {}", line.old, line.new) };
        add(&line.what, &words);
    }
    if let Some(outcome) = &change.outcome {
        let http = outcome.http.map_or_else(|| "no HTTP".to_owned(), |http| format!("HTTP {http}"));
        let took = format!("{}.{} s", outcome.took / 1000, outcome.took % 1000 / 100);
        add("answer", &format!("{}, {http}, {took}, {}", outcome.verdict.word(), outcome.cause.raw()));
        for row in &outcome.platforms {
            add("", &history::platform(row));
        }
    }
    for ((_, sequel), time) in change.sequels.iter().zip(&told.times) {
        add("then", &format!("{time}  {}", history::sequel(sequel)));
    }
    if change.elsewhere {
        add("then", "another session waits for its answer");
    }
    text
}

/// What a check found.
pub fn checked(path: &str, found: &Verified, bytes: u64) -> String {
    let mut text = format!(
        "{path}\nentries  {}\nchanges  {}\npurged   {}\nsize     {}\nhead     {}\n",
        found.entries,
        found.changes,
        found.purged,
        size(bytes),
        found.head
    );
    if found.faults.is_empty() {
        text.push_str("No entry was changed, removed or put in.\n");
    }
    for fault in &found.faults {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "! {}", visible(fault));
    }
    text
}
