//! `explain`: what the stable names of faults mean.

use std::fmt::Write as _;

use crate::cli::{CliError, output};
use crate::domain::code::{Code, Entry};
use crate::domain::nearest::nearest;
use crate::domain::untrusted::visible;

/// How wide the text is: what every terminal has.
const WIDTH: usize = 80;

/// How far the words stand from the edge.
const INDENT: usize = 15;

/// Says what a name means; without one, lists them all.
pub fn run(name: Option<&str>) -> Result<(), CliError> {
    let text = match name {
        None => list(),
        Some(name) => match Code::from_name(name) {
            Some(code) => one(code.entry()),
            None => return Err(CliError::Usage(unknown(name))),
        },
    };
    Ok(output::print(&text)?)
}

fn list() -> String {
    let mut text = String::new();
    for entry in Code::entries() {
        let lines = wrapped(entry.happened, WIDTH - 20);
        put(&mut text, entry.name, &lines, 20);
    }
    text.push_str("\n\"netex-users explain NAME\" tells more of one.\n");
    text
}

fn one(entry: &Entry) -> String {
    let mut text = format!("{}\n\n", entry.name);
    for (label, words) in [
        ("What happened", entry.happened),
        ("The server", entry.server),
        ("Kept", entry.kept),
        ("Next", entry.next),
        ("More", entry.more),
    ] {
        put(&mut text, label, &wrapped(words, WIDTH - INDENT), INDENT);
    }
    text
}

fn put(text: &mut String, label: &str, lines: &[String], indent: usize) {
    for (at, line) in lines.iter().enumerate() {
        let label = if at == 0 { label } else { "" };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{label:<indent$}{line}");
    }
}

/// The words in lines of at most so many characters. They are our own, and plain.
fn wrapped(words: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split(' ') {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}

fn unknown(name: &str) -> String {
    let known: Vec<_> = Code::entries().iter().map(|entry| entry.name).collect();
    let meant = match nearest(name, &known) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => "\"netex-users explain\" lists them all".to_owned(),
    };
    format!("no fault is called \"{}\"; {meant}", visible(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_fits_and_no_word_is_lost() {
        for entry in Code::entries() {
            let text = one(entry);
            assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
            let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
            for words in [entry.happened, entry.server, entry.kept, entry.next, entry.more] {
                assert!(flat.contains(words), "{words} is missing:\n{text}");
            }
        }
        let list = list();
        assert!(list.lines().all(|line| line.len() <= WIDTH), "{list}");
        assert!(
            Code::entries()
                .iter()
                .all(|entry| list.contains(&format!("\n{} ", entry.name)) || list.starts_with(entry.name))
        );
    }

    #[test]
    fn a_name_that_is_not_known_is_told_with_the_nearest() {
        assert_eq!(unknown("timeot"), "no fault is called \"timeot\"; did you mean \"timeout\"?");
        assert_eq!(unknown("x\u{1b}"), "no fault is called \"x␛\"; \"netex-users explain\" lists them all");
    }
}
