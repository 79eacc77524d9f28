//! The long run of the kill loop: `cargo bench --bench kill_loop -- --kills 10000`.
//!
//! `--jobs` kills whole files of people, planned, carried out and resumed, instead of single changes; `--full-disk` has such a file carried
//! out on disks that are full after so many bytes. `--syscalls` sweeps over every system call of a create and an update, `--syscalls NAME`
//! over one kind, and `--power` takes the plug out after each: both need strace. `--seed N` begins elsewhere, `--seconds N` ends after a time.
//! `--protocol hasty`, `stubborn` and `backwards` are the controls, with `--jobs` `cursor`, `marks` and `looks`. It prints its figures as it
//! goes, and ends with 1 where the program's own rules lost, doubled or could not explain anything, or where a control was not found out.
//! `cargo bench --profile dev` builds nothing anew after `cargo test`, and is hardly slower: the disk decides.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

#[path = "../../tests/it/crash/kit/mod.rs"]
mod kit;
mod power;
mod syscalls;

use kit::count::Count;
use kit::driver::{self, Binary, Plan};
use kit::jobs;
use kit::task::Protocol;
use kit::world::Climate;

/// How many rows a batch has, and how many children are killed meanwhile.
const BATCH: (u32, u32) = (30, 40);

/// After so many batches the figures are printed.
const OFTEN: u64 = 10;

/// Of a file: how many rows, how many kills, and how long a child lives at the most.
const FILE: (u32, u32, Duration) = (100, 60, Duration::from_millis(80));

/// The words of `--protocol`.
const PROTOCOLS: [(&str, Protocol); 8] = [
    ("rules", Protocol::Rules),
    ("hasty", Protocol::Hasty),
    ("stubborn", Protocol::Stubborn),
    ("backwards", Protocol::Backwards),
    ("job", Protocol::Job),
    ("cursor", Protocol::Cursor),
    ("marks", Protocol::Marks),
    ("looks", Protocol::Looks),
];

struct Options {
    what: What,
    protocol: Protocol,
    kills: u64,
    seconds: u64,
    seed: u64,
}

enum What {
    Kills,
    Jobs,
    Syscalls(Option<String>),
    Power,
    FullDisk,
}

fn main() -> ExitCode {
    if let Some(code) = driver::entry() {
        return code;
    }
    match options() {
        Ok(options) => match &options.what {
            What::Kills | What::Jobs => run(&options),
            What::Syscalls(only) => swept(syscalls::sweep(&binary(), only.as_deref())),
            What::FullDisk => swept(Some(full_disks(&binary()))),
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
    if count.batches == 0 {
        say("nothing was tried: no such call was made");
    }
    if count.is_clean() && count.batches > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
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
        if name == "--jobs" {
            (options.what, options.protocol) = (What::Jobs, Protocol::Job);
            continue;
        }
        if name == "--full-disk" {
            options.what = What::FullDisk;
            continue;
        }
        if name == "--power" {
            options.what = What::Power;
            continue;
        }
        if name == "--syscalls" {
            // Cargo puts its own behind ours.
            options.what = What::Syscalls(arguments.next().filter(|name| name != "--bench"));
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse().map_err(|_| format!("{name} takes a number, not {value}"));
        match name.as_str() {
            "--kills" => options.kills = number()?,
            "--seconds" => options.seconds = number()?,
            "--seed" => options.seed = number()?,
            "--protocol" => {
                let known = PROTOCOLS.into_iter().find(|(word, _)| *word == value);
                options.protocol = known.ok_or_else(|| format!("there is no protocol {value}"))?.1;
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
    let of_jobs = options.protocol.is_of_jobs();
    let unbroken = of_jobs.then(|| jobs::unbroken(&batch(Protocol::Job, options.seed), &binary));
    while count.kills < options.kills && begun.elapsed() < Duration::from_secs(options.seconds) {
        let plan = batch(options.protocol, seed);
        count.add(match &unbroken {
            Some(unbroken) => jobs::batch(&plan, &binary, unbroken),
            None => driver::batch(&plan, &binary),
        });
        seed += 1;
        if count.batches.is_multiple_of(OFTEN) {
            say(&format!("{} s, up to seed {seed}: {count}", begun.elapsed().as_secs()));
        }
    }
    let seconds = begun.elapsed().as_secs();
    say(&format!("{:?}, seeds {} to {}, {seconds} s: {count}", options.protocol, options.seed, seed - 1));
    let is_good = match options.protocol {
        Protocol::Rules | Protocol::Job => count.is_clean(),
        Protocol::Hasty | Protocol::Stubborn | Protocol::Cursor | Protocol::Marks | Protocol::Looks => {
            count.duplicated > 0
        }
        Protocol::Backwards => !count.unexplained.is_empty(),
    };
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A file of people on disks that are full after so many bytes, from one that takes nothing to one that takes everything.
fn full_disks(binary: &Binary) -> Count {
    let plan = Plan { climate: Climate::Calm, ..batch(Protocol::Job, 1) };
    let unbroken = jobs::unbroken(&plan, binary);
    let mut all = Count::default();
    for longest in (0..2_000_000).step_by(20_000) {
        let count = jobs::broken(&plan, binary, &unbroken, &|task| binary.on_a_disk(task, longest));
        if !count.is_clean() {
            say(&format!("with files of {longest} bytes: {count}"));
        }
        all.add(count);
    }
    all
}

/// What is done in a batch.
fn batch(protocol: Protocol, seed: u64) -> Plan {
    let sessions = if seed.is_multiple_of(2) { 1 } else { 2 };
    let climate = if matches!(protocol, Protocol::Rules | Protocol::Job) { Climate::Usual } else { Climate::Stormy };
    let (rows, kills, life, drafts) = if protocol.is_of_jobs() {
        (FILE.0, FILE.1, FILE.2, false)
    } else {
        (BATCH.0, BATCH.1, Duration::from_millis(120), true)
    };
    Plan { protocol, rows: 0..rows, drafts, climate, kills, sessions, seed, life }
}

fn say(words: &str) {
    let _ = writeln!(io::stdout(), "{words}");
}
