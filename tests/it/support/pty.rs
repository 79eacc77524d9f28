//! A program in a real pseudo-terminal: typed into, resized, signalled, hung up on, and its screen read back.
//!
//! Nothing here sleeps or polls. One thread reads what the program writes into a `vt100` screen, one waits for the process;
//! both tell a condition variable, and every wait of a test is on that. A wait has a limit of 20 seconds, which only a broken
//! program reaches, and its message shows the screen.
//!
//! The program runs as a job of a small shell, as after a login, unless the test asks for [`Launch::direct`]. The shell is what
//! keeps the terminal's modes readable after the program: the kernel resets them when the first process of a session ends, so
//! without it "raw mode was switched off" would be true of every program. It is also what makes Ctrl-Z mean something.

use std::io::{Read as _, Write as _};
use std::num::NonZeroU16;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal};
use rustix::termios::{OptionalActions, SpecialCodeIndex};

use crate::support::invariants::{self, Before, Harness, Left, Screen};
use crate::support::{hermetic, keys, sequences};

mod reader;
use reader::Seen;

/// Our program: what else is started only tries the terminal.
const PROGRAM: &str = env!("CARGO_BIN_EXE_netex-users");

const PATIENCE: Duration = Duration::from_secs(20);

/// The shell around the program. It reports by an OSC of its own, which the reader takes out of the stream; it is silent
/// otherwise: dash would write "Terminated" on the screen, and does so even where only the program is given the screen back, so
/// a second shell does that and becomes the program. 148 is 128 + SIGTSTP, 147 is 128 + SIGSTOP on Linux.
const SHELL: &str = r#"exec 3>&2 2>/dev/null
set -m
/bin/sh -c 'exec "$@" 2>&3 3>&-' sh "$@"
status=$?
while [ $status -eq 148 ] || [ $status -eq 147 ]; do
    printf '\033]netex-pty;stopped\007'
    read -r line
    fg >/dev/null
    status=$?
done
printf '\033]netex-pty;%s\007' $status
read -r line"#;

/// What to start and in which surroundings.
pub struct Launch {
    words: Vec<String>,
    variables: Vec<(String, String)>,
    home: Option<PathBuf>,
    size: (u16, u16),
    answering: bool,
    direct: bool,
    ours: bool,
}

impl Launch {
    /// A program by its path, at 80x24, in the hermetic environment, on a terminal that answers no question.
    pub fn new(program: &str) -> Self {
        let words = vec![program.to_owned()];
        let ours = program == PROGRAM;
        Self { words, variables: Vec::new(), home: None, size: (80, 24), answering: false, direct: false, ours }
    }

    /// Adds arguments.
    pub fn args(mut self, args: &[&str]) -> Self {
        self.words.extend(args.iter().map(|&arg| arg.to_owned()));
        self
    }

    /// Sets a variable beside, or instead of, those of [`hermetic::variables`].
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Uses a home that the test keeps: to write a configuration first, to start twice, or to look at what was left.
    pub fn home(mut self, home: &Path) -> Self {
        self.home = Some(home.to_owned());
        self
    }

    /// The size in cells. Zero is passed on as zero: some terminals say so.
    pub fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    /// Lets the terminal answer the two questions that terminals answer: DSR (status, cursor position) and DA1.
    pub fn answering(mut self) -> Self {
        self.answering = true;
        self
    }

    /// Starts the program as the first process of the session, as `ssh host program` does: then a hang-up reaches it
    /// directly and its exit status is known after it. The terminal's modes are not known in the end.
    pub fn direct(mut self) -> Self {
        self.direct = true;
        self
    }

    /// Holds it to what our own program has to keep: what the harness finds is tried so.
    pub fn held_as_ours(mut self) -> Self {
        self.ours = true;
        self
    }

    /// Starts it.
    pub fn open(self) -> Terminal {
        Terminal::open(&self)
    }
}

/// What the threads tell the test.
struct Shared {
    seen: Mutex<Seen>,
    changed: Condvar,
}

impl Shared {
    fn look(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell<T>(&self, change: impl FnOnce(&mut Seen) -> T) -> T {
        let answer = change(&mut self.look());
        self.changed.notify_all();
        answer
    }
}

type Writer = Arc<Mutex<Option<Box<dyn std::io::Write + Send>>>>;

/// A running program and the terminal around it. Dropping it kills the program.
pub struct Terminal {
    shared: Arc<Shared>,
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Writer,
    reader: Option<JoinHandle<()>>,
    leader: Pid,
    direct: bool,
    modes_before: String,
    /// The secrets that a test shows on purpose, and the commands of the terminal, by their OSC number, that it has the program give.
    shown: Vec<&'static str>,
    commands: Vec<&'static str>,
    /// Whether it is our program, and not one that the terminal is tried on.
    ours: bool,
    before: Before,
    home: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

impl Terminal {
    fn open(launch: &Launch) -> Self {
        let temporary = launch.home.is_none().then(|| tempfile::tempdir().expect("a temporary home can be made"));
        let home = launch.home.clone().or_else(|| temporary.as_ref().map(|t| t.path().to_owned())).unwrap_or_default();
        let before = Before::now(&home);
        let pair = native_pty_system().openpty(pty_size(launch.size)).expect("a pseudo-terminal can be opened");
        let modes_before = modes(&slave(&*pair.master));
        let child = pair.slave.spawn_command(command(launch, &home)).expect("the program can be started");
        let leader =
            child.process_id().and_then(|id| Pid::from_raw(id.cast_signed())).expect("the child has a process id");
        drop(pair.slave);

        let shared = Arc::new(Shared { seen: Mutex::new(Seen::new(cells(launch.size))), changed: Condvar::new() });
        let writer: Writer =
            Arc::new(Mutex::new(Some(pair.master.take_writer().expect("the terminal can be written"))));
        let source = pair.master.try_clone_reader().expect("the terminal can be read");
        let reader = {
            let (shared, answers) = (Arc::clone(&shared), launch.answering.then(|| Arc::clone(&writer)));
            std::thread::spawn(move || read_all(source, &shared, answers.as_ref()))
        };
        let (waiting, direct) = (Arc::clone(&shared), launch.direct);
        std::thread::spawn(move || wait_for_leader(leader, direct, &waiting));
        let (master, reader) = (Some(pair.master), Some(reader));
        Self {
            shared,
            master,
            writer,
            reader,
            leader,
            direct,
            modes_before,
            shown: Vec::new(),
            commands: Vec::new(),
            ours: launch.ours,
            before,
            home,
            _temporary: temporary,
        }
    }

    /// This secret may be seen on the terminal: the test shows it on purpose. Nowhere else.
    pub fn may_show(&mut self, secret: &'static str) {
        self.shown.push(secret);
    }

    /// The program may give the terminal this command, by its OSC number: the test asked for it.
    pub fn may_command(&mut self, number: &'static str) {
        self.commands.push(number);
    }

    /// What is found of the program while it runs: its files as they are now, its arguments, its children, its memory.
    fn faults_now(&self) -> Vec<String> {
        let group = self.master.as_ref().and_then(|m| m.process_group_leader()).and_then(Pid::from_raw);
        let process = group.filter(|_| self.shared.look().exit.is_none());
        let peak = process.and_then(invariants::peak);
        let screen = Screen { process, peak, ours: self.ours, ..Screen::default() };
        let left = Left { home: Some(&self.home), screen: Some(&screen), ..Left::default() };
        invariants::faults(Harness::Key, &left)
    }

    /// What is found of what it left.
    fn faults_left(&self) -> Vec<String> {
        let (may_show, may_command) = (self.shown.clone(), self.commands.clone());
        let modes_left = self.ended_by_itself().then(|| self.modes_left());
        let screen =
            Screen { raw: self.raw(), may_show, may_command, modes_left, ours: self.ours, ..Screen::default() };
        let left =
            Left { home: Some(&self.home), before: Some(&self.before), screen: Some(&screen), ..Left::default() };
        invariants::faults(Harness::Terminal, &left)
    }

    /// Whether our program had the time to give the terminal back.
    fn ended_by_itself(&self) -> bool {
        let exit = self.shared.look().exit;
        self.ours && self.master.is_some() && exit.is_some_and(|code| code != 128 + Signal::KILL.as_raw())
    }

    /// Tells our program to end where it still runs, so that it is seen what it makes of the terminal. Whether it does.
    fn ends_when_told(&self) -> bool {
        let is_there = |seen: &mut Seen| seen.exit.is_none() && !seen.stopped && !seen.is_over();
        let group = self.master.as_ref().and_then(|m| m.process_group_leader()).and_then(Pid::from_raw);
        let program = group.filter(|group| self.ours && (self.direct || *group != self.leader));
        if !is_there(&mut self.shared.look()) {
            return true;
        }
        if program.is_none_or(|program| rustix::process::kill_process(program, Signal::TERM).is_err()) {
            return true;
        }
        let waited = self.shared.changed.wait_timeout_while(self.shared.look(), PATIENCE, is_there);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// The home the program has.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Types: text as it stands and keys in angle brackets, see [`keys`].
    pub fn send(&mut self, keys: &str) {
        // Between two keys is when a database is open and a draft half written.
        invariants::assert_none(&self.faults_now());
        self.send_bytes(&keys::bytes(keys));
    }

    /// Types these bytes.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        write_to(&self.writer, bytes).expect("the terminal takes input");
    }

    /// Pastes, between the marks of a bracketed paste.
    ///
    /// # Panics
    /// If the program has not asked for such pastes: a terminal would then type the text, newlines and all.
    pub fn paste(&mut self, text: &str) {
        self.wait_for("the program to ask for bracketed pastes", vt100::Screen::bracketed_paste);
        self.send_bytes(format!("\x1b[200~{text}\x1b[201~").as_bytes());
    }

    /// Waits until the screen is as described; `what` completes "waited for". Returns the screen's text.
    ///
    /// # Panics
    /// After 20 seconds, or as soon as the program has ended with another screen. The message shows the screen.
    pub fn wait_for(&self, what: &str, as_wanted: impl Fn(&vt100::Screen) -> bool) -> String {
        self.wait(what, |seen| as_wanted(seen.parser.screen()));
        self.screen()
    }

    /// Waits until the screen has this text in one line.
    pub fn wait_for_text(&self, text: &str) -> String {
        self.wait_for(&format!("the text {text:?}"), |screen| has_text(screen, text))
    }

    /// Waits until the screen no longer has this text.
    pub fn wait_until_gone(&self, text: &str) -> String {
        self.wait_for(&format!("the text {text:?} to go"), |screen| !has_text(screen, text))
    }

    /// Waits until the program has written this much and more since `mark`, a length of [`Terminal::raw`].
    pub fn wait_for_output_after(&self, mark: usize) {
        self.wait("more output", |seen| seen.raw.len() > mark);
    }

    /// Waits until the program has been stopped by Ctrl-Z, and the shell has the terminal.
    pub fn wait_stopped(&self) {
        self.wait("the program to be stopped", |seen| seen.stopped);
    }

    /// Brings a stopped program back to the foreground, as `fg` does.
    pub fn resume(&mut self) {
        self.wait_stopped();
        self.shared.look().stopped = false;
        self.send_bytes(b"\n");
    }

    /// Waits for the end: the exit code, or 128 and the signal's number, as shells count. All output has been read by then.
    pub fn wait_exit(&self) -> i32 {
        let direct = self.direct;
        let seen = self.wait_on("the program to end", |seen| seen.exit.is_some() && (seen.end_of_output || !direct));
        seen.exit.unwrap_or_default()
    }

    /// The text on the screen, one line a row, without the blanks at the ends.
    pub fn screen(&self) -> String {
        text_of(self.shared.look().parser.screen())
    }

    /// Asks the screen something else: colours, the cursor, a cell.
    pub fn inspect<T>(&self, question: impl FnOnce(&vt100::Screen) -> T) -> T {
        question(self.shared.look().parser.screen())
    }

    /// Everything that was written to the terminal so far.
    pub fn raw(&self) -> Vec<u8> {
        self.shared.look().raw.clone()
    }

    /// Changes the size; the program gets a SIGWINCH.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        let master = self.master.as_ref().expect("the terminal is still there");
        let (rows_shown, columns_shown) = cells((columns, rows));
        self.shared.look().parser.set_size(rows_shown, columns_shown);
        master.resize(pty_size((columns, rows))).expect("the size can be changed");
    }

    /// The process id of the program, which has to be in the foreground.
    pub fn process(&self) -> Pid {
        if self.direct {
            return self.leader;
        }
        let master = self.master.as_ref().expect("the terminal is still there");
        let group = master.process_group_leader().and_then(Pid::from_raw).expect("the terminal has a foreground");
        assert_ne!(group, self.leader, "the program is not in the foreground: wait for its first output");
        group
    }

    /// Sends the program a signal.
    pub fn signal(&self, signal: Signal) {
        rustix::process::kill_process(self.process(), signal).expect("the program takes the signal");
    }

    /// Closes the terminal, as a broken SSH connection does. What has been written stays readable. How the program ends is
    /// known afterwards only if it was started [`Launch::direct`]. The kernel ends the program's input before it sends SIGHUP, so a
    /// program may notice either first.
    ///
    /// Three holders keep it open: the reader, which a byte of our own wakes; the writer; and the terminal itself.
    pub fn hang_up(&mut self) {
        let Some(master) = self.master.take() else { return };
        self.shared.look().closing = true;
        let slave = slave(&*master);
        rustix::io::write(&slave, b" ").expect("the terminal can be written");
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the reader does not panic");
        }
        self.stop_typing(&slave);
        drop(slave);
        drop(master);
    }

    /// Drops the writer without its parting Enter and Ctrl-D, which it types only where there is an end-of-file key.
    fn stop_typing(&self, slave: &OwnedFd) {
        let mut modes = rustix::termios::tcgetattr(slave).expect("the terminal has modes");
        modes.special_codes[SpecialCodeIndex::VEOF] = 0;
        rustix::termios::tcsetattr(slave, OptionalActions::Now, &modes).expect("the modes can be set");
        drop(self.writer.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// What the program left otherwise than it found it, in words: modes set by escape sequences, colours, and raw mode (not
    /// when it was started [`Launch::direct`], or after a hang-up). Ask after [`Terminal::wait_exit`] or
    /// [`Terminal::wait_stopped`].
    pub fn modes_left(&self) -> Vec<String> {
        let mut left = sequences::modes_left(&self.raw());
        if self.inspect(|s| (s.fgcolor(), s.bgcolor()) != (vt100::Color::Default, vt100::Color::Default) || s.inverse())
        {
            left.push("colours are still set".to_owned());
        }
        if let Some(master) = self.master.as_ref().filter(|_| !self.direct) {
            let now = modes(&slave(&**master));
            if now != self.modes_before {
                left.push(format!("the line is not as it was\nbefore: {}\nnow:    {now}", self.modes_before));
            }
        }
        left
    }

    fn wait(&self, what: &str, done: impl Fn(&Seen) -> bool) {
        drop(self.wait_on(what, done));
    }

    fn wait_on(&self, what: &str, done: impl Fn(&Seen) -> bool) -> MutexGuard<'_, Seen> {
        let more = |seen: &mut Seen| !done(seen) && !seen.is_over();
        let (seen, _) = self
            .shared
            .changed
            .wait_timeout_while(self.shared.look(), PATIENCE, more)
            .unwrap_or_else(PoisonError::into_inner);
        if !done(&seen) {
            let end = seen.exit.map_or_else(String::new, |code| format!("; the program has ended with {code}"));
            let screen = text_of(seen.parser.screen());
            drop(seen);
            panic!("waited for {what}{end}. The screen:\n{screen}\n");
        }
        seen
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A test that failed already says why by itself.
        let is_well = !std::thread::panicking();
        let mut found = if is_well { self.faults_now() } else { Vec::new() };
        if is_well && !self.ends_when_told() {
            found.push("the program does not end when it is told to".to_owned());
        }
        let foreground = self.master.as_ref().and_then(|m| m.process_group_leader()).and_then(Pid::from_raw);
        let over = self.shared.look().leader_ended;
        for group in foreground.into_iter().chain((!over).then_some(self.leader)) {
            // It may have ended by itself in between, and that is as good.
            let _ = rustix::process::kill_process_group(group, Signal::KILL);
        }
        if is_well {
            found.extend(self.faults_left());
            invariants::assert_none(&found);
        }
    }
}

fn command(launch: &Launch, home: &Path) -> CommandBuilder {
    let mut words: Vec<&str> = if launch.direct { Vec::new() } else { vec!["/bin/sh", "-c", SHELL, "sh"] };
    words.extend(launch.words.iter().map(String::as_str));
    let mut command = CommandBuilder::new(words[0]);
    command.args(&words[1..]);
    command.cwd(home);
    command.env_clear();
    for (name, value) in hermetic::variables(home).iter().chain(&launch.variables) {
        command.env(name, value);
    }
    command
}

/// The other end of the terminal, opened without making it ours.
fn slave(master: &dyn MasterPty) -> OwnedFd {
    let name = master.tty_name().expect("the terminal has a name");
    rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).expect("its other end opens")
}

/// The modes of the line that raw mode changes, in words to compare and to print.
fn modes(slave: &OwnedFd) -> String {
    let modes = rustix::termios::tcgetattr(slave).expect("the terminal has modes");
    format!("{:?} {:?} {:?}", modes.input_modes, modes.output_modes, modes.local_modes)
}

fn read_all(mut source: Box<dyn std::io::Read + Send>, shared: &Shared, answers: Option<&Writer>) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length @ 1..) = source.read(&mut buffer) {
        let (closing, replies) = shared.tell(|seen| {
            if !seen.closing {
                seen.take(&buffer[..length]);
            }
            (seen.closing, std::mem::take(&mut seen.parser.callbacks_mut().replies))
        });
        if closing {
            break;
        }
        if let Some(writer) = answers.filter(|_| !replies.is_empty()) {
            // A program that asked and ended does not need the answer.
            let _ = write_to(writer, &replies);
        }
    }
    shared.tell(Seen::end);
}

fn wait_for_leader(leader: Pid, direct: bool, shared: &Shared) {
    let status = rustix::process::waitpid(Some(leader), rustix::process::WaitOptions::empty());
    shared.tell(|seen| {
        seen.leader_ended = true;
        if let (true, Ok(Some((_, status)))) = (direct, status) {
            seen.exit = status.exit_status().or(status.terminating_signal().map(|number| 128 + number));
        }
    });
}

fn write_to(writer: &Writer, bytes: &[u8]) -> std::io::Result<()> {
    let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
    let writer = writer.as_mut().ok_or(std::io::ErrorKind::BrokenPipe)?;
    writer.write_all(bytes)?;
    writer.flush()
}

fn pty_size((cols, rows): (u16, u16)) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

/// Rows and columns for the screen, which cannot be empty.
fn cells((columns, rows): (u16, u16)) -> (NonZeroU16, NonZeroU16) {
    (NonZeroU16::new(rows).unwrap_or(NonZeroU16::MIN), NonZeroU16::new(columns).unwrap_or(NonZeroU16::MIN))
}

/// The text of a screen as [`Terminal::screen`] gives it.
pub fn text_of(screen: &vt100::Screen) -> String {
    let width = screen.size().1.get();
    let rows: Vec<String> = screen.rows(0, width).map(|row| row.trim_end().to_owned()).collect();
    rows.join("\n").trim_end().to_owned()
}

fn has_text(screen: &vt100::Screen, text: &str) -> bool {
    screen.rows(0, screen.size().1.get()).any(|row| row.contains(text))
}

#[cfg(test)]
mod tests;
