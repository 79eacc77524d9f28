//! A fault of the program itself, on every screen and on any thread: the terminal is given back, and nothing that was typed is told.
//!
//! The program has no way to be made to panic, so the one that panics here is this test binary, started again in a terminal: it takes the
//! terminal and runs the loop as the program does, with inputs or a world that panic.

use std::io;
use std::task::Poll;

use futures_util::stream::{self, StreamExt as _};
use netex_users::app::effect::{Effect, Effects};
use netex_users::app::listing;
use netex_users::app::model::Model;
use netex_users::domain::field::Revision;
use netex_users::domain::look::Look;
use netex_users::domain::roles::Catalogues;
use netex_users::domain::tenant::{Synchronization, Tenant};
use netex_users::runtime::input::{Input, Stop};
use netex_users::runtime::world::{Task, World};
use netex_users::runtime::{run, source, terminal};

use crate::support::canary::PASSWORD;
use crate::support::pty::{Launch, Terminal};
use crate::support::typed::typed;

/// The variable that tells the test binary how to panic.
const HOW: &str = "NETEX_TEST_PANICS";

/// Keys that lead to every screen there is without an answer of a service.
const SCREENS: [&str; 11] = [
    "list:",
    "form:n",
    "typed:nnora<Tab>Kanari3#Vogel(88)",
    "roles:n<C-t>",
    "image:n<C-o>",
    "url:n<C-o>u",
    "paste:n<C-o>b",
    "languages:n<Tab><Tab><Tab><Tab><Tab><Enter>",
    "open:n<C-f>",
    "palette:n<C-p>",
    "help:n<F1>",
];

/// A world that answers nothing, and panics where it is asked for this.
struct Stumbling(bool);

impl World for Stumbling {
    fn perform(&self, effect: Effect) -> Task {
        assert!(!(self.0 && matches!(effect, Effect::LoadCopy { .. })), "in the middle of {PASSWORD}");
        Box::pin(std::future::pending())
    }
}

fn model() -> Model {
    let tenant = Tenant {
        name: "acme".into(),
        sandbox: false,
        production: false,
        read_only: false,
        revision: Revision::Original,
        synchronization: Synchronization::Synchronous,
    };
    Model::new(tenant, Look { unicode: true, ..Look::default() }, Catalogues::default())
}

/// Not a test of anything: the program that panics. Without the variable, as when all tests run, it has nothing to do.
#[test]
fn the_program_that_panics() {
    let how = std::env::vars().find(|(name, _)| name == HOW).map(|(_, how)| how);
    if let Some(how) = how {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(panics(&how)).expect("a terminal");
    }
}

async fn panics(how: &str) -> io::Result<()> {
    let mut model = model();
    let first = listing::start(&mut model);
    let mut screen = terminal::enter()?;
    if how == "without the hook" {
        drop(std::panic::take_hook());
    }
    match how.split_once(':') {
        None if how == "world" => {
            run(model, first, &mut screen, stream::pending(), Stumbling(true)).await?;
        }
        None if how == "thread" => {
            let inputs = source::inputs()?;
            let thread = std::thread::spawn(|| panic!("in the middle of {PASSWORD}"));
            let left = run(model, first, &mut screen, inputs, Stumbling(false)).await?;
            assert!(thread.join().is_err());
            terminal::leave();
            assert!(terminal::is_broken() && left.stop == Some(Stop::Fault));
        }
        None => panic!("in the middle of nothing"),
        Some((_, keys)) => {
            // The keys, then a question that nobody may ask.
            let keys: Vec<Input> = typed(keys);
            let end = stream::poll_fn(|_| -> Poll<Option<Input>> { panic!("in the middle of {PASSWORD}") });
            // One by one, so that every screen on the way is drawn.
            let keys = stream::iter(keys).then(|key| async {
                tokio::task::yield_now().await;
                key
            });
            run(model, Effects::none(), &mut screen, Box::pin(keys).chain(end), Stumbling(false)).await?;
        }
    }
    Ok(())
}

/// Starts this test binary as the program that panics.
fn launch(how: &str) -> Terminal {
    let program = std::env::current_exe().expect("a test has a path");
    let program = program.to_str().expect("it is text");
    Launch::new(program)
        .args(&["--exact", "pty::panics::the_program_that_panics", "--nocapture", "--test-threads=1"])
        .env(HOW, how)
        .env("RUST_BACKTRACE", "1")
        .size(200, 60)
        .open()
}

/// Ends as a test that panicked does, with the terminal as it was and a word that says where and not what.
fn assert_given_back(how: &str, code: i32) {
    let terminal = launch(how);
    assert_eq!(terminal.wait_exit(), code, "{how}:\n{}", terminal.screen());
    assert_eq!(terminal.modes_left(), Vec::<String>::new(), "{how}");
    let screen = terminal.screen();
    assert!(screen.contains("netex-users met a fault of its own in tests/it/pty/panics.rs:"), "{how}:\n{screen}");
    assert!(!screen.contains("in the middle of"), "the words of a panic may be somebody's:\n{screen}");
    assert!(terminal.raw().windows(8).any(|bytes| bytes == b"\x1b[?1049h"), "{how}: the screen was never taken");
}

#[test]
fn a_panic_on_any_screen_gives_the_terminal_back_and_tells_nothing_that_was_typed() {
    for how in SCREENS {
        assert_given_back(how, 101);
    }
}

#[test]
fn a_panic_in_the_world_or_on_another_thread_does_too() {
    assert_given_back("world", 101);
    // The loop notices and ends, so that whoever started the program gets its own code.
    assert_given_back("thread", 0);
}

#[test]
fn without_the_hook_the_same_panic_leaves_the_terminal_broken() {
    let terminal = launch("without the hook");
    assert_eq!(terminal.wait_exit(), 101);
    let left = terminal.modes_left();
    assert!(
        left.iter().any(|words| words.contains("?1049")) && left.iter().any(|words| words.contains("?2004")),
        "{left:?}"
    );
    let raw = String::from_utf8_lossy(&terminal.raw()).into_owned();
    assert!(
        raw.contains("in the middle of nothing"),
        "the words of a panic are told where nobody keeps them back: {raw}"
    );
}
