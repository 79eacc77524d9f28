//! Every fuzz target for a time: `cargo bench --bench fuzz -- --seconds 60`.
//!
//! `--target NAME` runs one, `--seed N` another sequence. An input that leads a target astray is written to `target/fuzz/`, the line says what
//! happened, and the run ends with 1.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

#[path = "../tests/it/crash/kit/dice.rs"]
mod dice;
#[path = "../tests/it/fuzz/kit/mod.rs"]
mod kit;

use kit::targets::TARGETS;
use kit::{Run, Target};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let value = |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1);
    let number = |name: &str, otherwise: u64| value(name).map_or(Some(otherwise), |text| text.parse().ok());
    let (Some(seconds), Some(seed)) = (number("--seconds", 60), number("--seed", 1)) else {
        say("--seconds and --seed take a number");
        return ExitCode::from(2);
    };
    // A panic is a finding, and told once, with its input.
    std::panic::set_hook(Box::new(|_| {}));
    let mut findings = 0;
    for target in TARGETS.iter().filter(|target| value("--target").is_none_or(|name| name == target.name)) {
        findings += fuzz(target, Duration::from_secs(seconds), seed);
    }
    if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[expect(clippy::disallowed_methods, reason = "a run ends after a time; nothing else depends on it")]
fn fuzz(target: &'static Target, time: Duration, seed: u64) -> usize {
    let begun = Instant::now();
    let mut run = Run::new(target, seed);
    while begun.elapsed() < time {
        for _ in 0..16 {
            run.step();
        }
    }
    let (name, executions, signs, seconds) = (target.name, run.executions, run.signs(), begun.elapsed().as_secs());
    say(&format!(
        "{name}: {executions} inputs in {seconds} s, {signs} different ends, {} findings",
        run.findings.len()
    ));
    for (number, (what, input)) in run.findings.iter().enumerate() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/fuzz");
        let path = folder.join(format!("{name}-{seed}-{number}"));
        let kept = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, input));
        say(&format!("  {what}: {} ({kept:?})", path.display()));
    }
    run.findings.len()
}

fn say(words: &str) {
    let _ = writeln!(io::stdout(), "{words}");
}
