//! What a line looks like, what is left out of it, and that no text from outside breaks out of it.

use super::*;

/// The lines that were written at a level while something was done.
fn lines(verbosity: Verbosity, done: impl FnOnce()) -> Vec<String> {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&kept);
    let sink: Sink = Box::new(move |line| into.lock().expect("nobody panics with it").push(line.to_owned()));
    let log = Log::new(Arc::new(AtomicU8::new(verbosity as u8)), sink);
    tracing::subscriber::with_default(Registry::default().with(log), done);
    let told = kept.lock().expect("nobody panics with it");
    told.clone()
}

fn one_of_each() {
    tracing::error!("an error");
    tracing::warn!("a warning");
    tracing::info!("an information");
    tracing::debug!("a detail");
    tracing::trace!("a name");
}

#[test]
fn each_verbosity_keeps_what_is_at_most_as_detailed() {
    for (at, verbosity) in Verbosity::ALL.into_iter().enumerate() {
        assert_eq!(lines(verbosity, one_of_each).len(), at, "{verbosity:?}");
    }
}

#[test]
fn a_line_has_its_time_its_process_its_level_its_place_and_its_fields() {
    let told = lines(Verbosity::Warn, || {
        tracing::warn!(code = "timeout", http = 504, status = Some(201), "in doubt: \"x y\"");
    });
    let (stamp, rest) = told[0].split_once(' ').unwrap();
    assert!(stamp.len() == 24 && stamp.ends_with('Z') && stamp.as_bytes()[10] == b'T', "{stamp}");
    let expected = format!(
        "{} WARN  runtime::log::tests: in doubt: \"x y\" code=timeout http=504 status=201\n",
        std::process::id()
    );
    assert_eq!(rest, expected);
}

#[test]
fn the_events_of_other_crates_are_left_out() {
    let told = lines(Verbosity::Trace, || tracing::error!(target: "hyper::client", "X-Cloud-Auth-Token: canary"));
    assert_eq!(told, Vec::<String>::new());
    let told = lines(Verbosity::Trace, || tracing::error!(target: "netex_users_other", "canary"));
    assert_eq!(told, Vec::<String>::new());
}

#[test]
fn a_line_is_one_line_whatever_stands_in_it() {
    let hostile = "a\u{1b}[2J\r\nWARN b\u{9b}c\u{202e}d\u{200b}";
    let told = lines(Verbosity::Trace, || {
        tracing::warn!(place = hostile, other = ?hostile, "{hostile}");
    });
    assert_eq!(told.len(), 1);
    let line = told[0].strip_suffix('\n').unwrap();
    assert!(!line.contains(crate::domain::untrusted::is_hidden), "{line:?}");
    assert!(line.contains("a␛[2J␍␊WARN b⟨U+009B⟩c⟨U+202E⟩d⟨U+200B⟩"), "{line}");
}

#[test]
fn a_long_line_is_cut_at_a_letter() {
    let told = lines(Verbosity::Warn, || tracing::warn!("{}", "é".repeat(10_000)));
    assert!(told[0].len() <= LONGEST + 10 && told[0].ends_with("é (cut)\n"), "{}", told[0].len());
}

#[test]
fn an_event_while_another_is_written_is_left_out_where_the_program_panics() {
    struct Hook(Arc<OnceLock<Log>>);
    impl Drop for Hook {
        /// As the hook of a panic does: on the same thread, which has the lock in its hands.
        fn drop(&mut self) {
            self.0.get().expect("it is set").write("from the hook");
        }
    }
    let log = Arc::new(OnceLock::new());
    let hook = Arc::clone(&log);
    let sink: Sink = Box::new(move |_| {
        let _hook = Hook(Arc::clone(&hook));
        panic!("in the middle of a line");
    });
    assert!(log.set(Log::new(Arc::default(), sink)).is_ok());
    let write = || log.get().expect("it is set").write("a line");
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(write)).is_err());
}
