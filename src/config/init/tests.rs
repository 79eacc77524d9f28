//! The questions answered, and the file of the answers read back.

use std::path::Path;

use super::*;
use crate::config::read::parse;

fn talk(lines: &str) -> (io::Result<Answers>, String) {
    let mut output = Vec::new();
    let answers = ask(&mut lines.as_bytes(), &mut output);
    (answers, String::from_utf8(output).expect("we write text"))
}

#[test]
fn the_usual_answers_are_taken_with_enter() {
    let (answers, output) = talk("acme\nhttps://acme.learningcloud.me/integration/ws\n\n\nno\n\n");
    assert_eq!(
        answers.unwrap(),
        Answers {
            name: "acme".into(),
            base_url: "https://acme.learningcloud.me/integration/ws".into(),
            revision: Revision::Original,
            synchronization: Synchronization::Synchronous,
            production: false,
            token: TokenSource::Ask,
        }
    );
    assert!(output.contains("Revision of the vendor's pages (original, 2019, 2023) [original]: "), "{output}");
    assert!(!output.contains("Not taken"), "{output}");
}

#[test]
fn an_unsound_answer_is_asked_for_again_with_the_reason() {
    let (answers, output) = talk(concat!(
        "sandbox\n",
        "\n",
        "acme.test\n",
        "http://acme.example/integration/ws\n",
        "https://acme.example/integration/ws/management/rest/users\n",
        "https://acme.example/api\n",
        "2020\n2023\n",
        "async\nasynchronous\n",
        "\nperhaps\nYes\n",
        "aB3secret\nenv\n",
        "7 TOKEN\nACME_TOKEN\n",
    ));
    assert_eq!(
        answers.unwrap(),
        Answers {
            name: "acme.test".into(),
            base_url: "https://acme.example/api".into(),
            revision: Revision::Y2023,
            synchronization: Synchronization::Asynchronous,
            production: true,
            token: TokenSource::Env("ACME_TOKEN".into()),
        }
    );
    let told: Vec<_> = output.lines().filter_map(|line| line.rsplit_once("  ")).map(|(_, told)| told).collect();
    let starts = [
        "Not taken: \"sandbox\" always means",
        "Not taken: an answer is needed.",
        "Not taken: plain http would show the token",
        "Not taken: the address is too long: write \"https://acme.example/integration/ws\"",
        "Taken, but the address usually ends with",
        "Not taken: it is one of: original, 2019, 2023.",
        "Not taken: it is one of: synchronous, asynchronous.",
        "Not taken: an answer is needed.",
        "Not taken: answer yes or no.",
        "ask: typed by you",
        "command: printed by",
        "Not taken: it is one of: ask, file, command, env.",
        "Not taken: a variable has letters",
    ];
    assert_eq!(told.len(), starts.len(), "{told:#?}");
    for (told, start) in told.iter().zip(starts) {
        assert!(told.starts_with(start), "{told}");
    }
    assert!(!output.contains("aB3secret"), "a token that was typed into the wrong place is not repeated");
}

#[test]
fn an_input_that_ends_writes_nothing() {
    let (answers, _) = talk("acme\nhttps://acme.example/integration/ws\n");
    assert_eq!(answers.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
}

#[test]
fn the_written_file_says_what_was_answered() {
    for token in [
        TokenSource::Ask,
        TokenSource::Env("TOKEN".into()),
        TokenSource::File("/etc/a \"b\"/token".into()),
        TokenSource::Command(["pass", "show", "a\\b"].map(String::from).into()),
    ] {
        for name in ["acme", "b-2_x", "acme.test", "7"] {
            let answers = Answers {
                name: name.into(),
                base_url: "https://b.example/integration/zuul".into(),
                revision: Revision::Y2019,
                synchronization: Synchronization::Asynchronous,
                production: true,
                token: token.clone(),
            };
            let text = render(&answers);
            let config = parse(&text, Path::new("/")).unwrap_or_else(|faults| panic!("{faults:?}\n{text}"));
            let tenant = &config.tenants[0];
            assert_eq!(config.default_tenant.as_deref(), Some(name));
            assert_eq!(
                Answers {
                    name: tenant.tenant.name.clone(),
                    base_url: tenant.base_url.to_string(),
                    revision: tenant.tenant.revision,
                    synchronization: tenant.tenant.synchronization,
                    production: tenant.tenant.production,
                    token: tenant.token.clone(),
                },
                answers
            );
            assert_eq!(text.matches('#').count(), SAMPLE.matches('#').count(), "every comment is still there");
        }
    }
}
