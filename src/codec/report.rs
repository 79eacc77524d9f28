//! What was not done, as a file that can be mended and fed back as it is: the lines as they stood, without the passwords, with what
//! became of each. JSON Lines stay JSON Lines.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::codec::inert::{inert, written};
use crate::codec::sheet::{Encoding, Head, REPORT, Sheet, Target, json_members};
use crate::codec::table::{MARK, line};
use crate::domain::fields::Field;
use crate::domain::outcome::{PlatformReport, Report};
use crate::domain::row::Column;
use crate::domain::untrusted::visible;

/// Why a line was not done. The texts may be from outside: they are made visible here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// One word or two, such as "rejected".
    pub verdict: String,
    /// Why, in a sentence.
    pub reason: String,
    /// What each platform answered.
    pub platforms: String,
}

impl From<&Report> for Failure {
    fn from(report: &Report) -> Self {
        let message = report.message.iter().map(ToString::to_string);
        let reason = [report.cause.to_string()].into_iter().chain(message).collect::<Vec<_>>().join(": ");
        let platform = |platform: &PlatformReport| {
            let status = platform.status.map_or_else(String::new, |status| format!(" {status}"));
            let message = platform.message.as_ref().map_or_else(String::new, |message| format!(" ({message})"));
            format!("{} {}{status}{message}", platform.name, platform.state.word().to_lowercase())
        };
        let platforms = report.platforms.iter().map(platform).collect::<Vec<_>>().join("; ");
        Self { verdict: report.verdict.word().to_lowercase(), reason, platforms }
    }
}

/// What the file begins with: the header of CSV, nothing of JSON Lines.
pub fn header(sheet: &Sheet) -> Vec<u8> {
    let Some(delimiter) = sheet.guess().delimiter else { return Vec::new() };
    let names = sheet.heads().iter().filter(|head| !is_ours(head)).map(|head| written(&head.name));
    let names = names.chain(REPORT.into_iter().map(Cow::Borrowed));
    let line = line(names.map(Cow::into_owned), delimiter);
    // The program that wrote the file expects what it wrote, or else a mark.
    let has_mark = sheet.guess().mark || sheet.guess().encoding != Encoding::Utf8;
    if has_mark { [MARK, &line].concat() } else { line }
}

/// One line that was not done, by its index in the sheet.
pub fn failed(sheet: &Sheet, index: usize, failure: &Failure) -> Vec<u8> {
    let number = sheet.line(index).to_string();
    let said = [&failure.verdict, &failure.reason, &failure.platforms].map(|text| visible(text));
    if let Some(delimiter) = sheet.guess().delimiter {
        let cells = sheet.cells(index);
        let kept = cells.iter().zip(sheet.heads()).filter(|(_, head)| !is_ours(head));
        let kept = kept.map(|(cell, head)| if is_password(head) { Cow::Borrowed("") } else { inert(cell) });
        let said = said.iter().map(|text| written(text));
        return line(kept.chain([Cow::Borrowed(&*number)]).chain(said).map(Cow::into_owned), delimiter);
    }
    let mut members: Map<String, Value> = json_members(sheet.json(index));
    members.retain(|key, _| !REPORT.contains(&key.to_lowercase().as_str()));
    members.insert(REPORT[0].to_owned(), sheet.line(index).into());
    for (key, text) in REPORT.into_iter().skip(1).zip(said) {
        members.insert(key.to_owned(), text.into_owned().into());
    }
    (Value::Object(members).to_string() + "\n").into_bytes()
}

/// Whether an earlier report made the column: its words are of another run.
fn is_ours(head: &Head) -> bool {
    head.target == Target::Ignored && REPORT.contains(&head.name.trim().to_lowercase().as_str())
}

fn is_password(head: &Head) -> bool {
    head.target == Target::Column(Column::Field(Field::Password))
}

#[cfg(test)]
mod tests;
