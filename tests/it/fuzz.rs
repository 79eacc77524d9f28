//! A short run of every fuzz target with a fixed seed; the long ones are `cargo bench --bench fuzz`.

pub mod kit;

use kit::targets::TARGETS;
use kit::{Run, Target, Verdict};

fn run(target: &'static Target, steps: u64) -> Run {
    let mut run = Run::new(target, 1);
    for _ in 0..steps {
        run.step();
    }
    run
}

#[test]
fn no_target_is_led_astray_by_any_bytes() {
    for target in &TARGETS {
        // A picture takes a hundred times as long as a text, and a journal syncs.
        let steps = match target.name {
            "journal_open" => 60,
            "image_probe" => 400,
            _ => 2_000,
        };
        let run = run(target, steps);
        assert_eq!(run.findings, [], "{}", target.name);
        assert!(run.signs() > 4, "{}: only {} things happened", target.name, run.signs());
    }
}

/// What a careless reader would make of a reply: green where HTTP says so.
fn careless(bytes: &[u8]) -> Verdict {
    if bytes.first().is_some_and(|first| first % 16 < 5) && !bytes.windows(3).any(|three| three == b"201") {
        return Err("green".to_owned());
    }
    assert!(!bytes.contains(&0x9b), "a panic");
    Ok(bytes.len() as u64)
}

#[test]
fn a_target_that_can_be_led_astray_is() {
    static CARELESS: Target =
        Target { name: "careless", seeds: kit::wire::envelopes, words: &[b"\x9b"], run: careless };
    let run = run(&CARELESS, 500);
    assert!(run.findings.iter().any(|(what, _)| what == "green"));
    assert!(run.findings.iter().any(|(what, _)| what == "it panicked: a panic"));
}
