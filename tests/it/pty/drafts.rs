//! What is typed and not sent outlives the program, however it ends, and a password does not.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use netex_users::domain::record::Realm;
use netex_users::journal::drafts::Draft;
use netex_users::journal::{Journal, Place};
use netex_users::runtime::clock::Stopwatch;
use rustix::process::Signal;

use super::session::{Desk, PASSWORD, PROGRAM, Session};
use crate::support::journal;
use crate::support::pty::Launch;

/// What a kill may cost (faults.md, I-11).
const LOSS: Duration = Duration::from_millis(250);

/// The journal of a desk, as another session of the same agent sees it. Open it before the program, so that it outlives the last look at the
/// home: its own file there goes with it.
struct Disk {
    journal: Journal,
    realm: Realm,
}

impl Disk {
    fn of(desk: &Desk) -> Self {
        let origin = url::Url::parse(&desk.sandbox.base_url()).expect("a URL").to_string();
        Self::at(desk.home(), "journal", Realm { tenant: "acme".into(), origin })
    }

    fn at(home: &Path, name: &'static str, realm: Realm) -> Self {
        let folder = home.join(".local/state/netex-users");
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).expect("the home is ours");
        let journal = Journal::open(Place { name, ..journal::place(&folder) }).expect("a journal");
        Self { journal, realm }
    }

    /// The drafts, the newest first.
    fn drafts(&self) -> Vec<Draft> {
        let realm = self.realm.clone();
        self.journal.ask_and_wait(move |store| store.drafts(&realm)).expect("the drafts can be read")
    }

    /// What stands in the username of the newest draft.
    fn username(&self) -> String {
        let body = self.drafts().first().map(|draft| draft.body.clone()).unwrap_or_default();
        let value: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
        value["fields"]["username"].as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the newest draft holds this.
    fn wait_for(&self, text: &str) {
        let (_keep, pause) = channel::<()>();
        let since = Stopwatch::start();
        while !self.drafts().first().is_some_and(|draft| draft.body.contains(text)) {
            assert!(since.elapsed() < Duration::from_secs(20), "{text} is not on the shelf: {:?}", self.drafts());
            // The disk says nothing by itself: it is asked a few hundred times a second.
            let _ = pause.recv_timeout(Duration::from_millis(3));
        }
    }
}

/// The forms in which a password could lie somewhere.
fn forms(secret: &str) -> [String; 4] {
    let bytes = secret.as_bytes();
    let hex = netex_users::journal::marks::hex(bytes);
    let base64 = netex_users::codec::base64::encode(bytes);
    // Without its end, which depends on what follows.
    let whole = base64.trim_end_matches('=');
    [secret.to_owned(), whole[..whole.len() - 2].to_owned(), hex.to_uppercase(), hex]
}

fn assert_no_password(session: &Session) {
    for form in forms(PASSWORD) {
        session.assert_not_kept(&form);
    }
}

/// Starts again, and goes on with the only draft.
fn go_on(launch: Launch) -> Session {
    let mut session = Session::at_the_list(launch);
    session.wait_for_text("1 draft");
    session.send("d");
    session.wait_for_text("Drafts: typed and not sent");
    session.send("<Enter>");
    session.wait_until_gone("Drafts: typed and not sent");
    session
}

#[test]
fn what_was_typed_survives_a_kill_and_is_gone_on_with() {
    let desk = Desk::new();
    let shelf = Disk::of(&desk);
    let mut session = desk.begin();
    session.send(&format!("nora.vidal<Tab>{PASSWORD}<Tab>Nora<Tab>Vidal<C-t> "));
    session.wait_for_text("Vidal");
    shelf.wait_for("management");
    assert!(shelf.drafts()[0].body.contains(r#""password":"enter again""#), "{:?}", shelf.drafts());
    assert_no_password(&session);
    session.signal(Signal::KILL);
    assert_eq!(session.wait_exit(), 137);
    assert_no_password(&session);

    let mut session = go_on(desk.launch());
    session.wait_for_text("Give the password again.");
    session.wait_for_text("Username    nora.vidal");
    session.wait_for_text("Surname     Vidal");
    session.send(&format!("<Tab>{PASSWORD}<Tab><Tab><Tab>nora.vidal@acme.example<Tab>gl<Tab>Europe/Paris<Tab><C-s>"));
    session.wait_for_text("Review: create nora.vidal");
    session.wait_for_text("POST /integration/ws/management/rest/users HTTP/1.1");
    session.send("<Enter>");
    session.wait_for_text("DONE  create nora.vidal");
    session.leave_by("<C-q>");
    assert_eq!(shelf.drafts(), [], "it was sent and done");
}

#[test]
fn an_update_is_gone_on_with_on_what_is_there_now() {
    let desk = Desk::new();
    let shelf = Disk::of(&desk);
    let mut session = desk.begin();
    session.open_person("marta.lopez");
    session.wait_for_text("López");
    session.send("<Tab><Tab><C-u>marta@acme.com");
    session.wait_for_text("* E-mail      marta@acme.com");
    shelf.wait_for("marta@acme.com");
    session.signal(Signal::KILL);
    assert_eq!(session.wait_exit(), 137);

    // Meanwhile another agent changes the same field.
    let mut other = desk.begin_elsewhere();
    other.open_person("marta.lopez");
    other.wait_for_text("López");
    other.send("<Tab><Tab><C-u>lopez@acme.com<C-s>");
    other.wait_for_text("Review: update marta.lopez");
    other.wait_for_text("PUT /integration/ws/management/rest/users/");
    other.send("<Enter>");
    other.wait_for_text("DONE  update marta.lopez");
    other.wait_for_text("Read afresh");
    other.leave_by("<C-q>");

    let mut session = go_on(desk.launch());
    session.wait_for_text("One of these was changed by somebody else meanwhile.");
    let screen = session.wait_for_text("theirs    lopez@acme.com");
    assert!(screen.contains("loaded    marta.lopez@acme.example"), "{screen}");
    assert!(screen.contains("mine      marta@acme.com"), "{screen}");
    session.send("<Enter><C-s>");
    session.wait_for_text("E-mail       lopez@acme.com → marta@acme.com");
    session.send("<Esc>");
    session.wait_until_gone("Review: update");
    session.leave();
}

#[test]
fn a_draft_is_finished_without_the_network_and_sent_later() {
    let desk = Desk::new();
    let shelf = Disk::of(&desk);
    let mut session = desk.begin();
    session.open_person("marta.lopez");
    session.wait_for_text("López");
    session.send("<Tab><C-u>Lopes");
    session.wait_for_text("* Surname     Lopes");
    session.leave();
    shelf.wait_for("Lopes");

    // The same home, and a tenant that nobody answers at.
    let config = desk.home().join(".config/netex-users/config.toml");
    let there = std::fs::read_to_string(&config).unwrap();
    let (from, origin) = (desk.sandbox.base_url(), shelf.realm.origin.clone());
    std::fs::write(&config, there.replace(&from, "http://127.0.0.1:9/integration/ws")).unwrap();
    let nowhere = Realm { tenant: "acme".into(), origin: "http://127.0.0.1:9/integration/ws".into() };
    move_drafts(desk.home(), &origin, &nowhere.origin);
    let mut session = go_on(desk.launch());
    session.wait_for_text("Not read afresh:");
    session.wait_for_text("* Surname     Lopes");
    session.send("<Tab><Tab><C-u>marta@acme.com");
    session.wait_for_text("* E-mail      marta@acme.com");
    session.leave();

    std::fs::write(&config, there).unwrap();
    move_drafts(desk.home(), &nowhere.origin, &origin);
    let mut session = go_on(desk.launch());
    session.wait_for_text("Nobody changed these meanwhile.");
    session.send("<Enter><C-s>");
    session.wait_for_text("Review: update marta.lopez");
    session.wait_for_text("PUT /integration/ws/management/rest/users/");
    session.send("<Enter>");
    session.wait_for_text("DONE  update marta.lopez");
    session.wait_for_text("Read afresh");
    session.leave_by("<C-q>");
    assert_eq!(shelf.drafts(), []);
}

/// The address of a tenant is part of whose drafts they are, so that one for production is never offered in a test tenant; here the same
/// service moved.
fn move_drafts(home: &Path, from: &str, to: &str) {
    let path = home.join(".local/state/netex-users/journal.db");
    let connection = rusqlite::Connection::open(path).expect("the journal");
    let moved = connection.execute("UPDATE draft SET origin = ? WHERE origin = ?", [to, from]).expect("it is written");
    assert_eq!(moved, 1);
}

#[test]
fn a_hang_up_right_after_a_key_loses_nothing() {
    let desk = Desk::new();
    let shelf = Disk::of(&desk);
    let mut session = Session::begin(desk.launch().direct());
    session.send("nora.vidal");
    session.wait_for_text("nora.vidal");
    session.hang_up();
    assert_eq!(session.wait_exit(), 129);
    assert_eq!(shelf.username(), "nora.vidal");
}

#[test]
fn a_signal_right_after_a_key_loses_nothing() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let desk = Desk::new();
        let shelf = Disk::of(&desk);
        let mut session = desk.begin();
        session.send("nora.vidal");
        session.wait_for_text("nora.vidal");
        session.signal(signal);
        assert_eq!(session.wait_exit(), 128 + signal.as_raw(), "{signal:?}");
        assert_eq!(shelf.username(), "nora.vidal", "{signal:?}");
    }
}

#[test]
fn whoever_leaves_is_told_that_it_is_kept_in_the_sandbox_too() {
    let home = tempfile::tempdir().unwrap();
    let launch = || Launch::new(PROGRAM).home(home.path());
    let mut session = Session::begin(launch());
    session.send("nora.vidal");
    session.wait_for_text("nora.vidal");
    session.send("<C-q>");
    session.wait_for_text("What you typed for nora.vidal was not sent.");
    session.send("<C-q>");
    assert_eq!(session.wait_exit(), 0);
    let screen = session.screen();
    assert!(screen.contains("What you typed for nora.vidal was not sent: it is kept as a draft"), "{screen}");
    drop(session);
    let realm = Realm { tenant: "sandbox".into(), origin: "sandbox".into() };
    assert_eq!(Disk::at(home.path(), "sandbox", realm).username(), "nora.vidal");
    let session = go_on(launch());
    session.wait_for_text("Username    nora.vidal");
    session.leave();
}

#[test]
fn another_session_sees_an_open_draft_and_leaves_it_alone() {
    let desk = Desk::new();
    let shelf = Disk::of(&desk);
    let mut first = desk.begin();
    first.send("nora.vidal");
    shelf.wait_for("nora.vidal");
    let mut second = Session::at_the_list(desk.launch());
    second.wait_for_text("1 open in another session");
    second.send("d");
    second.wait_for_text("new user nora.vidal");
    second.send("<Enter>");
    second.wait_for_text("! this draft is open in another session of yours");
    second.send("x");
    second.wait_for_text("! this draft is open in another session of yours");
    // It is left, and so the other may go on with it.
    first.send("<C-n>");
    first.wait_for_text("is kept as a draft");
    second.esc("People");
    second.send("d");
    second.wait_until_gone("open in another session");
    second.send("<Enter>");
    second.wait_for_text("Username    nora.vidal");
    first.leave_by("<C-q>");
    second.leave();
}

#[test]
fn a_draft_is_discarded_after_one_question() {
    let desk = Desk::new();
    let shelf = Disk::of(&desk);
    let mut session = desk.begin();
    session.send("nora.vidal<C-n>");
    session.wait_for_text("is kept as a draft");
    session.esc("1 draft");
    session.send("d");
    session.wait_for_text("new user nora.vidal");
    session.send("x");
    session.wait_for_text("Discard the draft about new user nora.vidal?");
    session.send("y");
    session.wait_for_text("nothing was left unsent");
    session.leave_by("<C-q>");
    assert_eq!(shelf.drafts(), []);
}

#[test]
fn where_there_is_no_journal_it_is_said_that_drafts_cannot_be_kept() {
    let desk = Desk::new();
    let state = desk.home().join(".local/state/netex-users");
    std::fs::create_dir_all(state.join("journal.db")).unwrap();
    std::fs::set_permissions(&state, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let mut session = desk.begin();
    session.send("n");
    session.wait_for_text("There is no journal: drafts cannot be kept");
    session.send("<C-q>");
    session.wait_for_text("would be lost");
    session.send("y");
    assert_eq!(session.wait_exit(), 0);
    assert!(session.screen().contains("could not be kept"), "{}", session.screen());
}

/// How late this machine is by itself: a clock of the same kind as the program's, and a write to the same disk, over and over. The worst
/// of it is not the program's fault.
struct Metronome {
    stop: std::sync::mpsc::Sender<()>,
    thread: std::thread::JoinHandle<Duration>,
}

impl Metronome {
    fn start(folder: &Path) -> Self {
        const BEAT: Duration = Duration::from_millis(20);
        let file = std::fs::File::create(folder.join("metronome")).expect("a file");
        let (stop, stopped) = channel();
        let thread = std::thread::spawn(move || {
            let mut worst = Duration::ZERO;
            loop {
                let since = Stopwatch::start();
                let next = stopped.recv_timeout(BEAT);
                std::os::unix::fs::FileExt::write_all_at(&file, &[0; 4096], 0).expect("it is written");
                file.sync_all().expect("it is synced");
                worst = worst.max(since.elapsed().saturating_sub(BEAT));
                if next != Err(RecvTimeoutError::Timeout) {
                    return worst;
                }
            }
        });
        Self { stop, thread }
    }

    fn worst(self) -> Duration {
        let _ = self.stop.send(());
        self.thread.join().expect("it beats")
    }
}

/// What was typed when, and when the program was killed.
struct Typed {
    text: String,
    /// The time of each letter, when it stood on the screen.
    at: Vec<Duration>,
    killed: Duration,
}

impl Typed {
    /// Types letters one by one, each when the one before stands on the screen, for so long, and kills the program after the last. As long and
    /// not as many: on a fast machine a hundred letters are typed before the first of them is due.
    fn and_killed(session: &mut Session, time: Duration) -> Self {
        // Nine letters of it stand at one place only.
        let numbers = (100..1000).map(|number: usize| number.to_string()).collect::<Vec<_>>().concat();
        let since = Stopwatch::start();
        let (mut text, mut at) = (String::new(), Vec::new());
        for letter in numbers.chars() {
            if since.elapsed() > time {
                break;
            }
            text.push(letter);
            session.send_bytes(&[u8::try_from(letter).expect("a digit")]);
            session.wait_for_text(&text[text.len().saturating_sub(9)..]);
            at.push(since.elapsed());
        }
        session.signal(Signal::KILL);
        let killed = since.elapsed();
        assert_eq!(session.wait_exit(), 137);
        Self { text, at, killed }
    }

    /// What had to be on the disk where a kill may cost so much.
    fn due(&self, loss: Duration) -> &str {
        let letters = self.at.iter().filter(|at| **at + loss < self.killed).count();
        &self.text[..letters]
    }
}

/// Ten kills, each at another moment; gives how many letters were lost, and how many a disk would have lost that is a second behind.
fn ten_kills(seed: u64) -> (usize, usize) {
    let (mut lost, mut control) = (0, 0);
    for round in 0..10 {
        // A home of its own for each, so that the newest draft is that of this round.
        let desk = Desk::new();
        let shelf = Disk::of(&desk);
        let mut session = desk.begin();
        let metronome = Metronome::start(desk.home());
        let time = Duration::from_millis(60 + 7 * ((seed * 37 + round * 53) % 120));
        let typed = Typed::and_killed(&mut session, time);
        let bound = LOSS + metronome.worst();
        let kept = shelf.username();
        assert!(typed.text.starts_with(&kept), "{kept:?} is not how {:?} begins", typed.text);
        assert!(
            kept.len() >= typed.due(bound).len(),
            "{} of {} letters are kept, {} were due after {bound:?}",
            kept.len(),
            typed.text.len(),
            typed.due(bound).len()
        );
        lost += typed.text.len() - kept.len();
        control += typed.due(bound).len().saturating_sub(typed.due(Duration::from_secs(1)).len());
    }
    (lost, control)
}

#[test]
fn a_kill_at_any_moment_costs_a_quarter_of_a_second_of_typing_at_most() {
    let threads: Vec<_> = (0..3).map(|seed| std::thread::spawn(move || ten_kills(seed))).collect();
    let all: Vec<_> = threads.into_iter().map(|thread| thread.join().expect("thirty kills")).collect();
    let (lost, control): (usize, usize) = all.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert!(lost > 0, "no kill came between a key and its write, so nothing was tried");
    assert!(control > 0, "a disk that is a second behind would have passed");
}
