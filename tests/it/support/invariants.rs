//! The invariants of faults.md, and which of them are looked at after each test of the suite: one table, that the harnesses run and that
//! `tests/invariants.md` is made of.
//!
//! A harness is what a test runs the program in. When a test is over, its harness says what is left ([`Left`]), and every check of the
//! table that is for this harness looks at it: a test need not ask. What no harness has the material for is tried by tests of its own, and
//! the table says which and why. Each check has a test that shows it a breach.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Output;

use netex_users::sandbox::{Exchange, Sandbox};
use rustix::process::Pid;
use serde_json::Value;

use crate::support::{canary, intents, sequences};

mod files;
mod shown;
mod told;

pub use files::{Before, peak};

/// What a test runs the program in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harness {
    /// A pseudo-terminal, before each key: between two is when a database is open and a draft half written.
    Key,
    /// A pseudo-terminal, when it is closed.
    Terminal,
    /// A command with pipes: when it has ended.
    Command,
    /// A server that writes down what it is asked, and whoever was pointed at it: when either goes.
    Recorder,
    /// The layers in this process, with a journal of the test's own or the one that all share: when the folder or the thread goes.
    World,
}

impl Harness {
    fn word(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Terminal => "terminal",
            Self::Command => "command",
            Self::Recorder => "recorder",
            Self::World => "world",
        }
    }
}

/// What is left of a test. A check that misses its material finds nothing.
#[derive(Default)]
pub struct Left<'a> {
    /// The home that the program had.
    pub home: Option<&'a Path>,
    /// What was there before.
    pub before: Option<&'a Before>,
    /// The command that ended.
    pub call: Option<&'a Call<'a>>,
    /// The terminal.
    pub screen: Option<&'a Screen>,
    /// What a server was asked.
    pub recorder: Option<Recorder<'a>>,
}

/// A command that ended.
pub struct Call<'a> {
    /// What it was called with.
    pub arguments: Vec<String>,
    /// What it printed, and its code.
    pub output: &'a Output,
    /// Whether it was our program, or one that only tries the harness.
    pub ours: bool,
}

/// What a terminal has seen.
#[derive(Default)]
pub struct Screen {
    /// Every byte.
    pub raw: Vec<u8>,
    /// The secrets that the test shows on purpose.
    pub may_show: Vec<&'static str>,
    /// The commands to a terminal, by their OSC number, that the test has the program give.
    pub may_command: Vec<&'static str>,
    /// What was left otherwise than it was found, where that can be said.
    pub modes_left: Option<Vec<String>>,
    /// The process, while it runs.
    pub process: Option<Pid>,
    /// The most memory that it had at once, in KiB, where that is known.
    pub peak: Option<u64>,
    /// Whether it was our program, or one that only tries the harness.
    pub ours: bool,
}

/// What a server was asked.
pub struct Recorder<'a> {
    /// The requests, the oldest first.
    pub asked: Vec<Exchange>,
    /// Somebody by their id, as the server has them.
    pub person: &'a dyn Fn(&str) -> Option<Value>,
}

impl<'a> Recorder<'a> {
    /// That of a sandbox.
    pub fn of(sandbox: &Sandbox, person: &'a dyn Fn(&str) -> Option<Value>) -> Self {
        Self { asked: sandbox.log(), person }
    }
}

/// Something that is looked at after each test of some harnesses.
pub struct Check {
    /// The invariants that it finds breaches of.
    pub of: &'static [u8],
    /// Where it runs.
    pub harnesses: &'static [Harness],
    /// What it looks at, in words.
    pub what: &'static str,
    /// What it finds.
    pub run: fn(&Left<'_>) -> Vec<String>,
    /// The tests that show it a breach.
    pub controls: &'static [&'static str],
}

use Harness::{Command, Key, Recorder as Server, Terminal, World};

/// Every check.
pub const CHECKS: [Check; 10] = [
    Check {
        of: &[8, 11],
        harnesses: &[Key, Terminal, Command],
        what: "no canary in any file, name, argument or environment, nor in what was written",
        run: secrets,
        controls: &[
            "tests/it/support/canary/tests.rs the_harness_of_the_terminal_fails_a_test_that_lets_a_secret_out",
            "tests/it/support/canary/tests.rs the_harness_of_the_commands_fails_a_test_that_lets_a_secret_out",
        ],
    },
    Check {
        of: &[2, 6, 7, 17],
        harnesses: &[Terminal, Command, World],
        what: "the journal verifies; what is not finished needs attention; what is kept as done was answered so; one open create for a \
               username; the lines of a job add up, and none was sent before all were planned",
        run: |left| left.home.map(intents::faults).unwrap_or_default(),
        controls: &[
            "tests/it/support/intents.rs a_journal_that_somebody_changed_is_found_after_the_test",
            "tests/it/support/intents.rs a_success_that_was_none_and_two_open_creates_of_one_username_are_found",
            "tests/it/support/intents.rs a_job_whose_lines_do_not_add_up_is_found",
            "tests/it/support/journal.rs a_change_that_is_not_where_its_entries_put_it_is_found_when_the_test_ends",
        ],
    },
    Check {
        of: &[1, 2, 3, 4, 5, 14, 23],
        harnesses: &[Server, World],
        what: "every write that a server saw has an intent of its own in the journal, and no two have the same; its body is what the intent \
               says, field by field and nothing beside; what is echoed is what was read; the id in its path is that of the person who was meant",
        run: |left| {
            left.home
                .zip(left.recorder.as_ref())
                .map(|(home, recorder)| intents::strays(home, recorder))
                .unwrap_or_default()
        },
        controls: &[
            "tests/it/support/intents.rs a_write_without_an_intent_and_a_second_one_are_found",
            "tests/it/support/intents.rs a_write_of_something_else_or_to_somebody_else_is_found",
            "tests/it/support/recorder.rs what_was_sent_past_the_journal_fails_the_test_when_its_folder_goes",
        ],
    },
    Check {
        of: &[9],
        harnesses: &[Server],
        what: "no request has another token than this server's, and none has one outside its header",
        run: told::tokens,
        controls: &["tests/it/support/invariants/tests.rs a_token_that_strays_is_found"],
    },
    Check {
        of: &[10],
        harnesses: &[Terminal, Command],
        what: "every byte is text or one of our own sequences; no control, direction or nothing among the letters",
        run: told::sequences,
        controls: &["tests/it/support/invariants/tests.rs a_sequence_that_is_not_ours_fails_the_test"],
    },
    Check {
        of: &[12],
        harnesses: &[Key],
        what: "the program never had more than 192 MiB of memory",
        run: files::memory,
        controls: &["tests/it/support/invariants/tests.rs a_program_that_takes_too_much_is_found"],
    },
    Check {
        of: &[15],
        harnesses: &[Key, Command],
        what: "the locks of the home are exclusive, one to a file, and of programs that run",
        run: files::locks,
        controls: &["tests/it/support/invariants/tests.rs a_lock_that_is_shared_or_was_inherited_is_found"],
    },
    Check {
        of: &[18],
        harnesses: &[Terminal, Command],
        what: "whatever is new in the home is closed to others, and stands in the program's folders or where the command line says",
        run: files::private,
        controls: &[
            "tests/it/support/invariants/tests.rs a_file_that_others_may_read_or_that_nobody_asked_for_is_found",
        ],
    },
    Check {
        of: &[19],
        harnesses: &[Terminal],
        what: "the terminal is as it was; a program that still runs is told to end first",
        run: |left| left.screen.and_then(|screen| screen.modes_left.clone()).unwrap_or_default(),
        controls: &["tests/it/support/invariants/tests.rs a_terminal_that_is_not_given_back_fails_the_test"],
    },
    Check {
        of: &[20, 21, 22],
        harnesses: &[Command],
        what: "the code is that of the document and of its verdict; a failure has one of the known names; no cell of a CSV starts a formula",
        run: told::call,
        controls: &[
            "tests/it/support/invariants/tests.rs a_code_that_lies_a_failure_without_a_name_and_a_formula_are_found",
        ],
    },
];

/// Everything that the checks of a harness find.
pub fn faults(harness: Harness, left: &Left<'_>) -> Vec<String> {
    let checks = CHECKS.iter().filter(|check| check.harnesses.contains(&harness));
    let found = checks.flat_map(|check| {
        let of = check.of.iter().map(|number| format!("I-{number}")).collect::<Vec<_>>().join(", ");
        (check.run)(left).into_iter().map(move |fault| format!("{of}: {fault}"))
    });
    found.collect()
}

/// Fails a test that left a breach. One that failed already says why by itself.
#[track_caller]
pub fn assert_hold(harness: Harness, left: &Left<'_>) {
    if !std::thread::panicking() {
        assert_none(&faults(harness, left));
    }
}

/// Fails where something was found.
#[track_caller]
pub fn assert_none(found: &[String]) {
    assert!(found.is_empty(), "an invariant does not hold:\n{}", found.join("\n"));
}

/// The same for a command of our program that has ended.
#[track_caller]
pub fn assert_call(home: &Path, before: &Before, arguments: &[&str], output: &Output) {
    let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
    let call = Call { arguments, output, ours: true };
    let left = Left { home: Some(home), before: Some(before), call: Some(&call), ..Left::default() };
    assert_hold(Harness::Command, &left);
}

fn secrets(left: &Left<'_>) -> Vec<String> {
    let scanner = canary::standard();
    let mut found =
        left.home.map(|home| scanner.tree(home, left.before.map_or(&[], Before::planted))).unwrap_or_default();
    if let Some(call) = left.call {
        found.extend(scanner.find("standard output", &call.output.stdout, &[]));
        found.extend(scanner.find("standard error", &call.output.stderr, &[]));
    }
    if let Some(screen) = left.screen {
        found.extend(screen.process.map(|process| scanner.process(process)).unwrap_or_default());
        found.extend(scanner.find("the terminal", &screen.raw, &screen.may_show));
        // As text that may have been drawn in pieces.
        found.extend(scanner.find("the terminal's text", sequences::letters(&screen.raw).as_bytes(), &screen.may_show));
    }
    found.into_iter().map(|fault| format!("a secret got out: {fault}")).collect()
}

/// One of faults.md.
pub struct Invariant {
    /// What holds.
    pub what: &'static str,
    /// The tests that try it beside, or instead of, the checks.
    pub own: &'static [&'static str],
    /// What no check looks at after each test, and why.
    pub rest: &'static str,
}

/// All of them, I-1 first.
pub const INVARIANTS: [Invariant; 24] = [
    Invariant {
        what: "Intent before byte",
        own: &[
            "tests/it/crash.rs whoever_is_killed_again_and_again_loses_nothing_and_sends_nothing_twice",
            "tests/it/crash.rs a_disk_that_fills_up_at_any_byte_stops_the_sending_and_loses_no_outcome",
        ],
        rest: "that the intent was on the disk first can only be seen by killing the program there",
    },
    Invariant {
        what: "At most once",
        own: &["tests/it/crash.rs whoever_is_killed_again_and_again_loses_nothing_and_sends_nothing_twice"],
        rest: "",
    },
    Invariant {
        what: "Nothing untouched",
        own: &["tests/it/bodies.rs keys_sent_are_the_keys_touched"],
        rest: "how old the reading is of which a value is echoed: the service does not say when it was read",
    },
    Invariant {
        what: "What you confirmed is what is sent",
        own: &["tests/it/acts/import.rs a_plan_is_shown_line_by_line_and_then_carried_out"],
        rest: "the bytes of a password and of a picture: neither is kept anywhere that a test could compare",
    },
    Invariant {
        what: "Right person",
        own: &[
            "tests/it/broken.rs a_key_arrives_as_one_segment_that_decodes_to_it",
            "tests/it/doubt.rs an_update_is_not_sent_to_somebody_who_was_found_by_another_name",
        ],
        rest: "",
    },
    Invariant {
        what: "No false green",
        own: &["src/api/classify/tests.rs every_cell_of_the_table"],
        rest: "that the answer meant what was kept of it: the servers of the tests do not write down what they answered",
    },
    Invariant {
        what: "Every intent ends or is visible",
        own: &["tests/it/crash.rs whoever_is_killed_again_and_again_loses_nothing_and_sends_nothing_twice"],
        rest: "",
    },
    Invariant {
        what: "No secret at rest or in view",
        own: &["tests/it/secrets.rs the_process_cannot_be_looked_into"],
        rest: "memory and core: the kernel lets nobody look, which has a test of its own",
    },
    Invariant {
        what: "Token stays home",
        own: &[
            "tests/it/broken.rs a_redirect_is_not_followed_wherever_it_points",
            "tests/it/broken.rs proxies_of_the_environment_see_nothing",
            "src/config/base_url.rs plain_http_is_for_this_machine_alone",
        ],
        rest: "other hosts and proxies: the tests that have one count what it is asked",
    },
    Invariant {
        what: "Terminal is ours",
        own: &["tests/it/hostile.rs the_oracle_finds_every_harmful_piece_and_leaves_the_others"],
        rest: "",
    },
    Invariant {
        what: "Draft loss of 250 ms at most",
        own: &[
            "tests/it/pty/drafts.rs a_kill_at_any_moment_costs_a_quarter_of_a_second_of_typing_at_most",
            "tests/it/pty/drafts.rs a_signal_right_after_a_key_loses_nothing",
        ],
        rest: "after each test only that no draft holds a secret: what was lost can be said where a test knows what was typed and when",
    },
    Invariant {
        what: "Bounded",
        own: &[
            "tests/it/broken.rs more_than_eight_mebibytes_are_not_read",
            "tests/it/pty/pastes.rs a_paste_of_ten_megabytes_is_cut_and_said_and_the_keys_live_on",
            "tests/it/pictures.rs a_claim_of_too_many_pixels_is_refused_before_any_is_decoded",
        ],
        rest: "after each test only the memory as a whole: the single limits are swept where something that large is sent",
    },
    Invariant {
        what: "UI never blocks",
        own: &[
            "tests/it/turns.rs esc_stops_the_watching_and_the_answer_lands_in_the_status",
            "tests/it/pty/once.rs esc_stops_the_watching_and_the_answer_still_lands",
        ],
        rest: "a time from key to frame is a measurement (cargo bench --bench hot_paths), and worth nothing where tests share two processors",
    },
    Invariant {
        what: "Retry budget",
        own: &[
            "tests/it/import/storms.rs readings_that_fail_are_repeated_within_a_tenth",
            "src/service/import/patience.rs no_mix_of_faults_makes_more_than_a_tenth_of_repetitions",
        ],
        rest: "readings: that one was repeated and not asked for again only the tests of repetitions know",
    },
    Invariant {
        what: "Exclusive job",
        own: &[
            "src/journal/tests.rs a_job_has_one_owner_until_that_ends",
            "tests/it/import/doubt.rs two_programs_do_not_carry_out_the_same_job",
        ],
        rest: "",
    },
    Invariant {
        what: "Resume is pure",
        own: &["tests/it/import/lines.rs a_stopped_job_goes_on_where_it_was_and_ends_as_one_that_was_not_stopped"],
        rest: "it compares two runs, and a test has one",
    },
    Invariant {
        what: "Check before first send",
        own: &[
            "src/codec/sheet/tests.rs every_fault_is_told_with_line_and_column",
            "tests/it/acts/import.rs a_plan_is_shown_line_by_line_and_then_carried_out",
        ],
        rest: "that a trial and the real run have the same hash compares two runs",
    },
    Invariant {
        what: "Private files",
        own: &[
            "src/journal/tests.rs every_file_is_ours_alone_whatever_the_umask_left",
            "src/config/places.rs a_folder_that_others_may_use_or_that_is_elsewhere_is_refused",
        ],
        rest: "links that are followed: a test has to plant one",
    },
    Invariant {
        what: "Terminal restored",
        own: &[
            "tests/it/pty/exits.rs a_signal_ends_the_program_and_the_terminal_is_as_it_was",
            "tests/it/pty/panics.rs a_panic_on_any_screen_gives_the_terminal_back_and_tells_nothing_that_was_typed",
        ],
        rest: "a kill and a hang-up: nobody can restore anything then",
    },
    Invariant {
        what: "Exit codes tell the truth",
        own: &["tests/it/acts/documents.rs the_schema_knows_every_ending_and_every_field"],
        rest: "that the verdict is the right one is for the snapshots of every act under every answer (tests/it/acts/verdicts.rs)",
    },
    Invariant {
        what: "Every failure is explained",
        own: &["src/domain/code/tests.rs every_entry_stands_at_its_code_and_has_a_name_of_its_own"],
        rest: "the lines of a job: each is told with its verdict and its words, and the job as a whole has no name of a fault",
    },
    Invariant {
        what: "Reports are inert",
        own: &[
            "src/codec/export/tests.rs everybody_is_unchanged_by_their_own_export",
            "src/codec/inert.rs a_value_that_is_written_reads_back_as_it_was",
        ],
        rest: "that an export changes nobody when it is imported takes a second command",
    },
    Invariant {
        what: "Fail closed",
        own: &[
            "tests/it/doubt.rs without_a_journal_nothing_is_sent",
            "tests/it/broken.rs a_port_without_tls_is_not_sent_and_sees_no_token",
            "src/journal/tests.rs a_file_that_cannot_be_trusted_is_refused_and_left_alone",
        ],
        rest: "",
    },
    Invariant {
        what: "Clock-free safety",
        own: &[
            "src/journal/tests/mends.rs the_window_is_counted_from_the_time_that_was_kept_and_no_clock_that_was_set_back_lets_it_pass",
            "src/service/import/doubt.rs the_window_is_counted_from_what_was_kept_and_a_clock_that_was_set_back_opens_it_anew",
        ],
        rest: "somebody has to move the clock: those tests give the journal one of their own",
    },
];

/// The paths that stand in a home, for whoever compares them later.
fn paths(folder: &Path, into: &mut BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            paths(&path, into);
        }
        into.insert(path);
    }
}

#[cfg(test)]
mod tests;
