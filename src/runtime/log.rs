//! The log: one line for each event, in the private state folder, and nothing of it ever on the terminal.
//!
//! Who writes an event does so with `tracing`'s macros, and keeps to this: names of faults, statuses, durations, places in the program and
//! ids of our own at every level; what a person is called, or what stands in an address, at `trace` alone; a token, a password or the body
//! of a request nowhere. Events of other people's crates are left out, because nobody promised that for them.
//!
//! Not here: the tracing crate's own formatter, which writes text from outside as it came; and its files, which are not turned by size.

use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Registry};

use crate::config::environment;
use crate::config::places::state_dir;
use crate::config::verbosity::Verbosity;
use crate::domain::untrusted::visible;
use crate::runtime::clock;

pub mod file;

use file::LogFile;

/// The longest line, in bytes. Longer ones are cut: a log is read by people.
const LONGEST: usize = 2_000;

/// How much is said now, and whether the environment decided it.
static LEVEL: OnceLock<(Arc<AtomicU8>, bool)> = OnceLock::new();

/// Has events kept from now on, as much as `NETEX_USERS_LOG` asks for, and warnings where it does not. The file is opened by the first
/// event, so that a program that has nothing to say makes none.
pub fn start() {
    let set = environment::verbosity().ok().flatten();
    let level = Arc::new(AtomicU8::new(set.unwrap_or_default() as u8));
    if LEVEL.set((Arc::clone(&level), set.is_some())).is_ok() {
        let subscriber = Registry::default().with(Log::new(level, of_the_state_folder()));
        // Where somebody else listens already, they keep what they hear.
        let _ = tracing::subscriber::set_global_default(subscriber);
    }
}

/// Says as much from now on as the configuration asks for, unless the environment decided it.
pub fn configured(verbosity: Verbosity) {
    if let Some((level, false)) = LEVEL.get() {
        level.store(verbosity as u8, Ordering::Relaxed);
        tracing::callsite::rebuild_interest_cache();
    }
}

/// How much is said now.
pub fn verbosity() -> Verbosity {
    let level = LEVEL.get().map(|(level, _)| level.load(Ordering::Relaxed));
    level.map_or_else(Verbosity::default, |level| Verbosity::ALL[usize::from(level).min(Verbosity::ALL.len() - 1)])
}

/// Writes a line to wherever lines go. That it could not be written is nobody's business: there is no other place to say so, and `doctor`
/// looks.
pub type Sink = Box<dyn FnMut(&str) + Send>;

/// The file in the state folder. The folder is made, where there is none, when the first line comes.
fn of_the_state_folder() -> Sink {
    let mut file: Option<LogFile> = None;
    Box::new(move |line| {
        if file.is_none() {
            file = state_dir().ok().map(LogFile::new);
        }
        if let Some(file) = &mut file {
            let _ = file.write(line.as_bytes());
        }
    })
}

/// The listener.
pub struct Log {
    level: Arc<AtomicU8>,
    sink: Mutex<Sink>,
}

impl Log {
    /// A listener that writes there what is at most as detailed as the level, which is a [`Verbosity`] as a number.
    pub fn new(level: Arc<AtomicU8>, sink: Sink) -> Self {
        Self { level, sink: Mutex::new(sink) }
    }

    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        let is_ours = metadata.target().split("::").next() == Some(env!("CARGO_CRATE_NAME"));
        is_ours && verbosity_of(*metadata.level()) as u8 <= self.level.load(Ordering::Relaxed)
    }

    fn write(&self, line: &str) {
        // A panic is told by its hook: on the thread that panicked, which may be in the middle of a line.
        let sink = if std::thread::panicking() {
            self.sink.try_lock().ok()
        } else {
            Some(self.sink.lock().unwrap_or_else(PoisonError::into_inner))
        };
        if let Some(mut sink) = sink {
            sink(line);
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Log {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        self.wants(metadata)
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let place = metadata.target().split_once("::").map_or("", |(_, place)| place);
        let mut words = Words::default();
        event.record(&mut words);
        let (stamp, process) = (clock::stamp(), std::process::id());
        let head = format!("{stamp} {process} {:<5} {place}:", metadata.level().as_str());
        let mut line = format!("{head}{}{}", words.message, words.fields);
        if line.len() > LONGEST {
            let end = (0..=LONGEST).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
            line.truncate(end);
            line.push_str(" (cut)");
        }
        line.push('\n');
        self.write(&line);
    }
}

fn verbosity_of(level: Level) -> Verbosity {
    if level == Level::ERROR {
        Verbosity::Error
    } else if level == Level::WARN {
        Verbosity::Warn
    } else if level == Level::INFO {
        Verbosity::Info
    } else if level == Level::DEBUG {
        Verbosity::Debug
    } else {
        Verbosity::Trace
    }
}

/// The words of one event, each of them made visible: whatever stands in a field, it is one line and moves no cursor.
#[derive(Default)]
struct Words {
    message: String,
    fields: String,
}

impl Words {
    fn put(&mut self, field: &Field, text: &str) {
        let shown = visible(text);
        // Writing to a String cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, " {shown}"),
            name if shown.contains([' ', '"']) || shown.is_empty() => write!(self.fields, " {name}={shown:?}"),
            name => write!(self.fields, " {name}={shown}"),
        };
    }
}

impl Visit for Words {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests;
