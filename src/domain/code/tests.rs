//! The table as a whole, and that nothing that can go wrong is without a name.

use std::collections::BTreeSet;

use super::*;
use crate::domain::untrusted::Untrusted;

/// One cause of every kind. A new one has to be added here by whoever added it to [`Code::of_cause`].
fn causes() -> Vec<Cause> {
    let text = || Untrusted::new("x");
    vec![
        Cause::Platforms,
        Cause::Refused(400),
        Cause::Token(401),
        Cause::Redirect(text()),
        Cause::TooMany(None),
        Cause::Gateway(502),
        Cause::Lookup,
        Cause::Connect,
        Cause::Tls(text()),
        Cause::Timeout(120),
        Cause::Broken,
        Cause::WebPage,
        Cause::TooLong(1),
        Cause::Nonsense(text()),
        Cause::ReadOnly,
        Cause::Local(text()),
        Cause::ReadBack,
    ]
}

const VERDICTS: [Verdict; 6] =
    [Verdict::Applied, Verdict::Pending, Verdict::NotSent, Verdict::Rejected, Verdict::Partial, Verdict::InDoubt];

fn is_a_name(name: &str) -> bool {
    name.split('-').all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase()))
}

/// Whole sentences: a capital, a full stop, no sentence cut by a stray blank.
fn is_made_of_sentences(text: &str) -> bool {
    text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || c == '"')
        && text.ends_with('.')
        && !text.contains("  ")
        && !text.contains(['\n', '\t', '!'])
}

#[test]
fn every_entry_stands_at_its_code_and_has_a_name_of_its_own() {
    for (at, entry) in Code::entries().iter().enumerate() {
        assert_eq!(entry.code as usize, at, "{}", entry.name);
        assert_eq!(entry.code.entry().name, entry.name);
        assert_eq!(Code::from_name(entry.name), Some(entry.code));
        assert!(is_a_name(entry.name), "{}", entry.name);
    }
    let names: BTreeSet<_> = Code::entries().iter().map(|entry| entry.name).collect();
    assert_eq!(names.len(), Code::entries().len());
    assert!(names.len() <= 30, "somebody has to be able to know them all");
    assert!(!is_a_name("Time-out") && !is_a_name("time--out") && !is_a_name("time out"));
}

#[test]
fn every_text_is_made_of_sentences() {
    for entry in Code::entries() {
        for text in [entry.happened, entry.server, entry.kept, entry.next, entry.more] {
            assert!(is_made_of_sentences(text), "{}: {text:?}", entry.name);
        }
    }
    for wrong in ["", "no capital.", "No full stop", "Two  blanks.", "A line\nfeed."] {
        assert!(!is_made_of_sentences(wrong), "{wrong:?}");
    }
}

#[test]
fn only_what_was_done_is_without_a_name() {
    for verdict in VERDICTS {
        for cause in causes() {
            assert_eq!(Code::of(verdict, &cause).is_none(), verdict == Verdict::Applied, "{verdict:?} {cause:?}");
        }
    }
}

#[test]
fn a_name_tells_of_the_server_what_the_verdict_does() {
    let unsure = |code: Code| code.entry().server.contains("may") || code.entry().server.contains("nobody said so");
    for cause in causes() {
        let code = Code::of(Verdict::InDoubt, &cause).unwrap();
        // A refusal or a missing connection is never in doubt, so their names need not say so.
        let certain = [Code::Rejected, Code::TokenRefused, Code::TooManyRequests, Code::NoConnection, Code::TlsRefused];
        assert!(unsure(code) || certain.contains(&code) || code == Code::ReadOnly, "{code}");
    }
    for cause in [Cause::Lookup, Cause::Connect, Cause::ReadOnly, Cause::Local(Untrusted::new("x"))] {
        let code = Code::of(Verdict::NotSent, &cause).unwrap();
        assert_eq!(code.entry().server, "Nothing was changed: no byte of the request left.");
    }
}

#[test]
fn the_names_of_the_usual_failures() {
    for (verdict, cause, name) in [
        (Verdict::Partial, Cause::Platforms, "partly-done"),
        (Verdict::Pending, Cause::Platforms, "queued"),
        (Verdict::Rejected, Cause::Platforms, "rejected"),
        (Verdict::Rejected, Cause::Token(401), "token-refused"),
        (Verdict::Rejected, Cause::ReadBack, "someone-else"),
        (Verdict::NotSent, Cause::Tls(Untrusted::new("expired")), "tls-refused"),
        (Verdict::NotSent, Cause::Local(Untrusted::new("x")), "not-prepared"),
        (Verdict::InDoubt, Cause::Local(Untrusted::new("x")), "own-fault"),
        (Verdict::InDoubt, Cause::Timeout(120), "timeout"),
        (Verdict::InDoubt, Cause::WebPage, "not-the-api"),
        (Verdict::InDoubt, Cause::Platforms, "answer-unclear"),
    ] {
        assert_eq!(Code::of(verdict, &cause).map(Code::name), Some(name), "{verdict:?} {cause:?}");
    }
    let faults = [
        (ReadFault::NotFound, "no-such-user"),
        (ReadFault::NoService(405), "no-read-service"),
        (ReadFault::Failed(Cause::Lookup), "no-connection"),
        (ReadFault::SomeoneElse(Untrusted::new("x")), "someone-else"),
    ];
    for (fault, name) in faults {
        assert_eq!(Code::of_read(&fault).to_string(), name);
    }
    assert_eq!(Code::of_bulk(&BulkAnswer::Changed), Some(Code::ChangedMeanwhile));
    assert_eq!(Code::of_bulk(&BulkAnswer::Same), None);
}
