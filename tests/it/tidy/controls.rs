//! Every tidy rule broken on purpose, and what looks like a breach and is none. A rule that finds nothing here guards nothing.

use super::*;

fn lines(found: &[Finding]) -> Vec<&str> {
    found.iter().map(|finding| finding.0.as_str()).collect()
}

#[test]
fn an_arrow_against_the_map_is_found() {
    let text = "//! A pane.\n\nuse crate::app::model::Model;\nuse crate::api::http::Client;\n\nfn f() { crate::codec::json::x(); }\n";
    assert_eq!(
        lines(&arrows("src/ui/form.rs", text)),
        ["src/ui/form.rs:4: ui may not name api", "src/ui/form.rs:6: ui may not name codec"]
    );
    assert_eq!(arrows("src/main.rs", "//! M.\nuse netex_users::runtime;\n").len(), 1);
    assert_eq!(arrows("src/lib.rs", "//! M.\npub use crate::cli::run;\n").len(), 1);
    assert_eq!(arrows("src/app/form.rs", "//! F.\n#[cfg(test)]\nmod tests {\n    use crate::ui::draw;\n}\n").len(), 1);
    assert_eq!(arrows("src/domain/x.rs", "//! F.\nmacro_rules! m { () => { $crate::codec::y } }\n").len(), 1);
}

#[test]
fn every_pair_of_rooms_that_is_not_listed_is_refused() {
    for (from, allowed) in ARROWS {
        for (to, _) in ARROWS {
            let found = arrows(&format!("src/{from}/x.rs"), &format!("//! X.\nuse crate::{to}::y;\n"));
            assert_eq!(found.is_empty(), from == to || allowed.contains(&to), "{from} -> {to}");
        }
    }
}

#[test]
fn an_arrow_hidden_in_a_group_a_star_or_a_climb_is_found() {
    for hidden in
        ["use crate::{api, app};", "use crate::*;", "use super::super::api::Client;", "use super::super::super::api;"]
    {
        assert_eq!(arrows("src/ui/form.rs", &format!("//! F.\n{hidden}\n")).len(), 1, "{hidden}");
    }
    assert_eq!(arrows("src/ui/mod.rs", "//! F.\nuse super::api::Client;\n").len(), 1);
}

#[test]
fn what_only_looks_like_an_arrow_is_none() {
    for innocent in [
        "// crate::api is another room",
        "/* crate::api /* nested */ crate::api */",
        "/// See [`crate::api::http`].",
        "const T: &str = \"crate::api\";",
        "const T: &str = r#\"\"crate::api\"\"#;",
        "const T: char = '\"'; // crate::api \"",
        "fn f<'a>(x: &'a str) -> &'a str { /* crate::api */ x }",
        "use crate::app::{form, roles};",
        "use super::super::form::Field;",
        "use super::api;",
        "use othercrate::api;",
    ] {
        assert_eq!(lines(&arrows("src/ui/form/tests.rs", &format!("//! F.\n{innocent}\n"))), [""; 0], "{innocent}");
    }
}

#[test]
fn a_room_that_is_not_on_the_map_is_found() {
    assert_eq!(arrows("src/attic/mod.rs", "//! J.\n").len(), 1);
    assert_eq!(arrows("src/ui/mod.rs", "//! J.\nuse crate::attic::Row;\n").len(), 1);
}

#[test]
fn a_crate_outside_its_rooms_is_found() {
    let text = "//! A client.\nuse tokio::time::Instant;\nuse ratatui::Frame;\nfn f() -> ::image::Rgb<u8> { url::Url::parse() }\n";
    assert_eq!(
        lines(&rooms_of_crates("src/api/http.rs", text)),
        [
            "src/api/http.rs:3: the crate ratatui lives in ui, runtime, app/editor, app/events",
            "src/api/http.rs:4: the crate image lives in media"
        ]
    );
    for (file, line) in [
        ("src/app/form.rs", "use tui_textarea::TextArea;"),
        ("src/domain/fields.rs", "use serde_json::Value;"),
        ("src/domain/request.rs", "use zeroize::Zeroizing;"),
        ("src/app/model.rs", "use tokio;"),
        ("src/app/model.rs", "use ratatui as r;"),
        ("src/ui/form.rs", "#[tokio::test]"),
        ("src/domain/person.rs", "#[derive(serde::Serialize)]"),
        ("src/app/eventsource.rs", "use crossterm::event::Event;"),
        ("src/main.rs", "fn main() { rustix::process::umask(0); }"),
    ] {
        assert_eq!(rooms_of_crates(file, &format!("//! X.\n{line}\n")).len(), 1, "{file}: {line}");
    }
}

#[test]
fn what_only_looks_like_a_crate_is_none() {
    for (file, innocent) in [
        ("src/app/editor.rs", "use tui_textarea::TextArea;"),
        ("src/app/editor/tests.rs", "use tui_textarea::TextArea;"),
        ("src/service/submit.rs", "use crate::codec::base64;\nfn f() { base64::encode(); }"),
        ("src/service/submit.rs", "use crate::codec::{base64, json};\nfn f() { base64::encode(); }"),
        ("src/service/submit.rs", "use crate::codec::base64::{self, Fault};\nfn f() { base64::encode(); }"),
        ("src/service/submit.rs", "fn f() { crate::codec::base64::encode(); }"),
        ("src/ui/mod.rs", "mod image;\nfn f() { image::draw(); }"),
        ("src/ui/form.rs", "fn f(url: &str, image: u8) { g(url, image); }"),
        ("src/ui/form.rs", "// use tokio::spawn"),
        ("tests/it/tui.rs", "use tokio::runtime::Runtime;"),
    ] {
        assert_eq!(lines(&rooms_of_crates(file, &format!("//! X.\n{innocent}\n"))), [""; 0], "{innocent}");
    }
}

#[test]
fn a_dependency_without_a_room_is_found() {
    let manifest = "[package]\nname = \"x\"\n\n[dependencies]\n# a note = with a sign\ntokio = \"1\"\nleft-pad = { version = \"1\" }\n\n[dev-dependencies]\ninsta = \"1\"\n";
    assert_eq!(crates_without_a_room(manifest), ["left_pad"]);
}

#[test]
fn a_module_that_does_not_say_what_it_is_is_found() {
    for silent in ["", "use std::fmt;\n", "// A comment.\n", "//!\n//! Late.\n", "\n//! Late.\n", "/// An item.\n"] {
        assert_eq!(first_line("src/ui/x.rs", silent).len(), 1, "{silent:?}");
    }
    assert_eq!(first_line("src/ui/x.rs", "//! A pane.\n").len(), 0);
}

#[test]
fn everything_banned_is_found_and_its_name_in_a_text_is_not() {
    for line in [
        "fn f() { todo!() }",
        "fn f() { dbg!(1); }",
        "#[ignore]",
        "#[ignore = \"slow\"]",
        "#[should_panic(expected = \"x\")]",
        "#[allow(dead_code)]",
        "#![allow(dead_code)]",
        "use std::thread::{self, sleep};",
        "fn f() { tokio::time::sleep(d).await; }",
    ] {
        assert_eq!(lines(&banned("src/ui/x.rs", &format!("//! X.\n{line}\n"))).len(), 1, "{line}");
    }
    let innocent =
        "//! X.\n// todo! sleep\nconst T: &str = \"dbg! #[allow(x)] sleep\";\nfn sleepless() { mytodo!() }\n";
    assert_eq!(lines(&banned("src/api/x.rs", innocent)), [""; 0]);
}

#[test]
fn a_sleep_is_for_the_clock_and_the_sandbox_and_not_for_their_tests() {
    let text = "//! X.\nfn f() { tokio::time::sleep(d); }\n#[cfg(test)]\nmod tests {\n    fn g() { tokio::time::sleep(d); }\n}\n";
    assert_eq!(
        lines(&banned("src/sandbox/scenario.rs", text)),
        ["src/sandbox/scenario.rs:5: no sleep: wait for the thing itself"]
    );
    assert_eq!(banned("src/runtime/world/tests.rs", "//! X.\nfn f() { tokio::time::sleep(d); }\n").len(), 1);
    assert_eq!(banned("src/sandbox/x.rs", "//! X.\nfn f() { std::thread::sleep(d); }\n").len(), 1);
    assert_eq!(banned("tests/it/tui.rs", "//! X.\nfn f() { tokio::time::sleep(d); }\n").len(), 1);
}

#[test]
fn a_folder_of_one_machine_is_found_and_a_url_is_not() {
    for folder in MACHINE {
        for line in
            [format!("see {folder}/notes"), format!("\"{folder}\""), format!("cd {folder}"), format!("={folder}/x y")]
        {
            assert_eq!(machine_paths("README.md", &format!("one\n{line}\n")).len(), 1, "{line}");
        }
        for line in [
            format!("https://example.org{folder}/x"),
            format!("{folder}space"),
            format!("net{folder}/x"),
            format!("{{base}}{folder}"),
        ] {
            assert_eq!(lines(&machine_paths("README.md", &line)), [""; 0], "{line}");
        }
    }
}

#[test]
fn a_file_that_is_two_files_is_found() {
    let text = "//! Long.\n".repeat(LONGEST + 1);
    assert_eq!(length("src/app/update.rs", &text).len(), 1);
    assert_eq!(length("src/app/update.rs", &text[..text.len() - 10]).len(), 0);
    assert_eq!(length("tests/it/tui.rs", &text).len(), 0);
}
