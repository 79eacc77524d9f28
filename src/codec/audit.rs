//! What was done, written down for other programs: JSON, and CSV in which no cell is a formula.
//!
//! Texts from outside stand in JSON exactly as they came, with what a terminal would act on escaped; in CSV they are made visible, because
//! nothing reads them back. Deliberately not here: times, which come as words, and the record itself ([`crate::codec::record`]).

use serde_json::{Map, Value, json};

use crate::codec::inert;
use crate::codec::output::line as document_line;
use crate::codec::record::{intent, outcome, sequel};
use crate::codec::sheet::Delimiter;
use crate::codec::table;
use crate::domain::ending::Ending;
use crate::domain::history::{self, Line, Told};
use crate::domain::untrusted::visible;

/// The columns of the CSV. A change has a line for each field that it touched, or one where it touched none.
const COLUMNS: [&str; 22] = [
    "number",
    "at",
    "tenant",
    "origin",
    "user",
    "uid",
    "ssh",
    "act",
    "username",
    "key",
    "mode",
    "ticket",
    "why",
    "standing",
    "verdict",
    "cause",
    "platforms",
    "then",
    "field",
    "old",
    "new",
    "echoed",
];

/// A change as an object: what was kept of it, its times, and where it stands.
pub fn change(told: &Told) -> Value {
    let change = &told.change;
    let mut object = Map::new();
    object.insert("number".into(), json!(change.id.0));
    object.insert("at".into(), json!(told.when));
    if let Value::Object(kept) = parsed(&intent(&change.realm, &change.who, &change.intent)) {
        object.extend(kept);
    }
    object.insert("standing".into(), json!(change.standing.word()));
    let answer = change.outcome.as_ref().map_or(Value::Null, |kept| small_letters(parsed(&outcome(kept))));
    object.insert("outcome".into(), answer);
    let then = change.sequels.iter().zip(&told.times).map(|((_, kept), time)| {
        let mut object = Map::from_iter([("at".to_owned(), json!(time))]);
        if let Value::Object(kept) = parsed(&sequel(kept)) {
            object.extend(kept);
        }
        Value::Object(object)
    });
    object.insert("then".into(), then.collect());
    Value::Object(object)
}

/// The verdict and the states by the words of every other document.
fn small_letters(mut outcome: Value) -> Value {
    let small = |word: &mut Value| {
        if let Value::String(word) = word {
            *word = word.to_lowercase();
        }
    };
    small(&mut outcome["verdict"]);
    for platform in outcome["platforms"].as_array_mut().into_iter().flatten() {
        small(&mut platform["state"]);
    }
    outcome
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// A change on a line of its own, for JSON Lines.
pub fn change_line(told: &Told) -> String {
    document_line(&change(told).to_string()).to_string()
}

/// The document of one change.
pub fn one(told: &Told) -> String {
    document("journal show", [("change", change(told))])
}

/// The document of some changes.
pub fn several(told: &[Told]) -> String {
    document("journal list", [("changes", told.iter().map(change).collect())])
}

/// The document of a check: how much there is, and everything that is wrong.
pub fn checked(entries: usize, changes: usize, purged: usize, head: &str, size: u64, faults: &[String]) -> String {
    let ending = if faults.is_empty() { Ending::Done } else { Ending::NotSent };
    let document = json!({
        "act": "journal verify", "entries": entries, "changes": changes, "purged": purged, "head": head,
        "bytes": size, "faults": faults, "verdict": ending.word(), "exit": ending.code(),
    });
    document_line(&document.to_string()).to_string()
}

fn document<const N: usize>(act: &str, values: [(&str, Value); N]) -> String {
    let mut object = Map::from_iter([("act".to_owned(), json!(act))]);
    object.extend(values.map(|(key, value)| (key.to_owned(), value)));
    object.insert("verdict".into(), json!(Ending::Done.word()));
    object.insert("exit".into(), json!(Ending::Done.code()));
    document_line(&Value::Object(object).to_string()).to_string()
}

/// The first line of the CSV.
pub fn head() -> String {
    text(&table::line(COLUMNS, Delimiter::Comma))
}

/// What is made of texts is text.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The lines of a change in the CSV.
pub fn rows(told: &Told) -> String {
    let lines = history::lines(&told.change.intent);
    let none = Line { what: String::new(), old: String::new(), new: String::new(), echoed: false };
    let lines = if lines.is_empty() { vec![none] } else { lines };
    lines.iter().map(|line| row(told, line)).collect()
}

fn row(told: &Told, line: &Line) -> String {
    let (change, intent) = (&told.change, &told.change.intent);
    let answer = change.outcome.as_ref();
    let sequels = change.sequels.iter().zip(&told.times);
    let then: Vec<_> = sequels.map(|((_, kept), time)| format!("{time} {}", history::sequel(kept))).collect();
    let platforms = answer.map(|answer| answer.platforms.iter().map(history::platform).collect::<Vec<_>>());
    let given = |text: &Option<String>| text.clone().unwrap_or_default();
    let cells: [String; 22] = [
        change.id.0.to_string(),
        told.when.clone(),
        change.realm.tenant.clone(),
        change.realm.origin.clone(),
        change.who.user.clone(),
        change.who.uid.to_string(),
        given(&change.who.ssh),
        intent.act.word().to_owned(),
        intent.username.clone(),
        given(&intent.key),
        intent.synchronization.word().to_owned(),
        given(&intent.ticket),
        history::purpose(intent.purpose).unwrap_or_default(),
        change.standing.word().to_owned(),
        answer.map(|answer| answer.verdict.word().to_lowercase()).unwrap_or_default(),
        answer.map(|answer| answer.cause.raw().to_owned()).unwrap_or_default(),
        platforms.map(|platforms| platforms.join("; ")).unwrap_or_default(),
        then.join("; "),
        line.what.clone(),
        line.old.clone(),
        line.new.clone(),
        if line.what.is_empty() {
            ""
        } else if line.echoed {
            "yes"
        } else {
            "no"
        }
        .to_owned(),
    ];
    text(&table::line(cells.map(|cell| inert::written(&visible(&cell)).into_owned()), Delimiter::Comma))
}

#[cfg(test)]
mod tests;
