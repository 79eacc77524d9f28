//! The long run of the kill loop: `cargo bench --bench kill_loop -- --kills 10000`.
//!
//! `--syscalls` sweeps over every system call of a create and an update instead, `--syscalls NAME` over one kind, and `--power` takes the plug
//! out after each: both need strace. `--seed N` begins elsewhere, `--protocol hasty`, `stubborn` and `backwards` are the controls, `--seconds N` ends after a time. It prints its
//! figures as it goes, and ends with 1 where the program's own rules lost, doubled or could not explain anything, or where a control was not
//! found out. `cargo bench --profile dev` builds nothing anew after `cargo test`, and is hardly slower: the disk decides.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

#[path = "../../tests/it/crash/kit/mod.rs"]
mod kit;
mod power;
mod syscalls;

use kit::count::Count;
use kit::driver::{self, Binary, Plan};
use kit::task::Protocol;
use kit::world::Climate;

/// How many rows a batch has, and how many children are killed meanwhile.
const BATCH: (u32, u32) = (30, 40);

/// After so many batches the figures are printed.
const OFTEN: u64 = 10;

struct Options {
    what: What,
    protocol: Protocol,
    kills: u64,
    seconds: u64,
    seed: u64,
}

enum What {
    Kills,
    Syscalls(Option<String>),
    Power,
}

fn main() -> ExitCode {
    if let Some(code) = driver::entry() {
        return code;
    }
    match options() {
        Ok(options) => match &options.what {
            What::Kills => run(&options),
            What::Syscalls(only) => swept(syscalls::sweep(&binary(), only.as_deref())),
            What::Power => swept(power::cuts(&binary(), &syscalls::plan())),
        },
        Err(words) => {
            say(&words);
            ExitCode::from(2)
        }
    }
}

fn binary() -> Binary {
    Binary { path: std::env::current_exe().expect("a bench runs from a file"), arguments: Vec::new() }
}

fn swept(count: Option<Count>) -> ExitCode {
    let Some(count) = count else {
        say("strace is not here, and nothing was tried");
        return ExitCode::from(2);
    };
    say(&format!(
        "{} ended with a complaint, {} left an outcome in the reserve; {count}",
        count.complaints, count.put_by
    ));
    if count.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn options() -> Result<Options, String> {
    let mut options =
        Options { what: What::Kills, protocol: Protocol::Rules, kills: 1_000, seconds: u64::MAX, seed: 1 };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        // Cargo's own.
        if name == "--bench" {
            continue;
        }
        if name == "--power" {
            options.what = What::Power;
            continue;
        }
        if name == "--syscalls" {
            options.what = What::Syscalls(arguments.next());
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse().map_err(|_| format!("{name} takes a number, not {value}"));
        match name.as_str() {
            "--kills" => options.kills = number()?,
            "--seconds" => options.seconds = number()?,
            "--seed" => options.seed = number()?,
            "--protocol" => {
                options.protocol = match value.as_str() {
                    "rules" => Protocol::Rules,
                    "hasty" => Protocol::Hasty,
                    "stubborn" => Protocol::Stubborn,
                    "backwards" => Protocol::Backwards,
                    other => {
                        return Err(format!("there is no protocol {other}: rules, hasty, stubborn or backwards"));
                    }
                }
            }
            other => return Err(format!("there is no option {other}")),
        }
    }
    Ok(options)
}

#[expect(clippy::disallowed_methods, reason = "how long it took is a figure; nothing depends on it")]
fn run(options: &Options) -> ExitCode {
    let binary = binary();
    let begun = Instant::now();
    let mut count = Count::default();
    let mut seed = options.seed;
    while count.kills < options.kills && begun.elapsed() < Duration::from_secs(options.seconds) {
        let (rows, kills) = BATCH;
        let sessions = if seed.is_multiple_of(2) { 1 } else { 2 };
        let life = Duration::from_millis(120);
        let (rows, drafts) = (0..rows, true);
        let climate = if options.protocol == Protocol::Rules { Climate::Usual } else { Climate::Stormy };
        let plan = Plan { protocol: options.protocol, rows, drafts, climate, kills, sessions, seed, life };
        count.add(driver::batch(&plan, &binary));
        seed += 1;
        if count.batches.is_multiple_of(OFTEN) {
            say(&format!("{} s, up to seed {seed}: {count}", begun.elapsed().as_secs()));
        }
    }
    let seconds = begun.elapsed().as_secs();
    say(&format!("{:?}, seeds {} to {}, {seconds} s: {count}", options.protocol, options.seed, seed - 1));
    let is_good = match options.protocol {
        Protocol::Rules => count.is_clean(),
        Protocol::Hasty | Protocol::Stubborn => count.duplicated > 0,
        Protocol::Backwards => !count.unexplained.is_empty(),
    };
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn say(words: &str) {
    let _ = writeln!(io::stdout(), "{words}");
}
