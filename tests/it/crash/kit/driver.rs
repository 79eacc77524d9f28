//! Starts children, kills them, and has the judge look when the last one has come to the end of its rows.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::{Resource, Rlimit};

use super::clock::{self, Hands};
use super::count::Count;
use super::dice::Dice;
use super::server::{Server, Stage, Watch};
use super::task::{Protocol, Task, VARIABLE};
use super::world::{Climate, Resident, World};
use super::{careless, clerk, judge, naive, people, robot};

/// How long a child that nobody kills may take: far more than it needs on the busiest machine.
const HANG: Duration = Duration::from_secs(180);

/// What a child leaves that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// All is done.
    Nothing,
    /// Something has to be waited for.
    Something,
}

/// How a child came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It was killed.
    Killed,
    /// By itself.
    Done(Left),
    /// With a complaint, which is counted.
    Wrong,
}

/// What is run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// By which rules.
    pub protocol: Protocol,
    /// Which rows a batch has.
    pub rows: Range<u32>,
    /// Whether each is begun by a draft.
    pub drafts: bool,
    /// How bad the weather is.
    pub climate: Climate,
    /// How many children are killed in a batch.
    pub kills: u32,
    /// How many of them run at the same time.
    pub sessions: u32,
    /// Where chance begins.
    pub seed: u64,
    /// How long a child runs at the most before it is killed.
    pub life: Duration,
}

/// How this binary is started as a child.
#[derive(Clone, Debug)]
pub struct Binary {
    /// The file.
    pub path: PathBuf,
    /// What makes it run [`entry`].
    pub arguments: Vec<String>,
}

impl Binary {
    /// It as a child that nothing is done to.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.args(&self.arguments);
        command
    }

    /// It on a disk that takes files of so many bytes, as a child that is not ended by the signal that says so.
    pub fn on_a_disk(&self, task: &mut Task, longest: u64) -> Command {
        task.longest = Some(longest);
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(&self.path).args(&self.arguments);
        command
    }
}

/// What a child does, where this process is one; nothing where it is not.
pub fn entry() -> Option<ExitCode> {
    let task = Task::mine()?;
    if let Some(longest) = task.longest {
        let limit = Rlimit { current: Some(longest), maximum: Some(longest) };
        rustix::process::setrlimit(Resource::Fsize, limit).expect("a limit can always be lowered");
    }
    clock::follow(&task.folder.join("clock")).expect("the driver made the clock");
    let done = match task.protocol {
        Protocol::Rules => robot::run(&task).map(|()| Left::Nothing),
        Protocol::Hasty | Protocol::Stubborn | Protocol::Backwards => careless::run(&task).map(|()| Left::Nothing),
        Protocol::Job => clerk::run(&task),
        Protocol::Cursor | Protocol::Marks | Protocol::Looks => naive::run(&task),
    };
    match done {
        Ok(Left::Nothing) => Some(ExitCode::SUCCESS),
        Ok(Left::Something) => {
            // A child may be a test, and a test ends well or not.
            fs::write(task.folder.join(format!("left.{}", task.number)), "").expect("a note can be written");
            Some(ExitCode::SUCCESS)
        }
        Err(words) => {
            let path = task.folder.join(format!("complaint.{}", task.number));
            fs::write(path, words).expect("a complaint can be written");
            Some(ExitCode::FAILURE)
        }
    }
}

/// A batch on its way.
pub(super) struct Batch<'a> {
    pub(super) plan: &'a Plan,
    pub(super) binary: &'a Binary,
    pub(super) folder: &'a Path,
    pub(super) server: Server,
    pub(super) dice: Dice,
    number: u32,
    pub(super) count: Count,
}

fn run(batch: &mut Batch<'_>) {
    batch.run();
}

/// Runs one batch to its end: so many children are killed on the way.
pub fn batch(plan: &Plan, binary: &Binary) -> Count {
    judged(plan, binary, None, run)
}

/// Runs one child in a way that breaks it, and then one that is left alone, which has to come to the end of the rows. `state` is a folder
/// with what an earlier program left.
pub fn broken(plan: &Plan, binary: &Binary, state: Option<&Path>, how: &dyn Fn(&mut Task) -> Command) -> Count {
    judged(plan, binary, state, |batch| {
        let mut task = batch.task(0);
        let mut command = how(&mut task);
        let child = batch.spawn(&task, &mut command);
        batch.break_off(&task, child);
        let (task, child) = batch.start(0);
        batch.finish(vec![(task, child)]);
    })
}

fn judged(plan: &Plan, binary: &Binary, state: Option<&Path>, run: impl FnOnce(&mut Batch<'_>)) -> Count {
    let folder = tempfile::tempdir().expect("a folder");
    let own = folder.path().join("state");
    fs::create_dir(&own).expect("a folder");
    for entry in state.into_iter().flat_map(|state| fs::read_dir(state).expect("a folder")) {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            fs::copy(&path, own.join(path.file_name().expect("a name"))).expect("a copy");
        }
    }
    let mut batch = Batch::new(plan, binary, folder.path(), people::residents(plan.rows.clone()), BTreeSet::new());
    run(&mut batch);
    let Batch { server, mut count, .. } = batch;
    server.world(|world| {
        world.end();
        count.add(judge::world(world, plan.rows.clone()));
        if matches!(plan.protocol, Protocol::Rules | Protocol::Backwards) {
            judge::journal(world, folder.path(), &mut count);
        }
    });
    count
}

impl<'a> Batch<'a> {
    /// A world that nothing has happened in, with the people who are there and those whom it refuses.
    pub(super) fn new(
        plan: &'a Plan,
        binary: &'a Binary,
        folder: &'a Path,
        people: BTreeMap<String, Resident>,
        refused: BTreeSet<String>,
    ) -> Self {
        let mut dice = Dice::new(plan.seed);
        let hands = Hands::new(&folder.join("clock")).expect("a clock");
        let mut world = World::new(hands, people, Dice::new(dice.next()), plan.climate);
        if plan.protocol.is_of_jobs() {
            world = world.for_jobs(refused);
        }
        let server = Server::start(world);
        Self { plan, binary, folder, server, dice, number: 0, count: Count::default() }
    }
}

impl Batch<'_> {
    fn run(&mut self) {
        let mut running: Vec<(Task, Child)> = (0..self.plan.sessions).map(|slot| self.start(slot)).collect();
        for _ in 0..self.plan.kills {
            if running.is_empty() {
                running.push(self.start(0));
            }
            let victim = self.dice.index(running.len());
            self.wait_for_the_moment();
            let (task, mut child) = running.swap_remove(victim);
            // A child that came to its end before cannot be killed any more.
            let _ = child.kill();
            let is_killed = self.ended(&task, &mut child) == Fate::Killed;
            self.count.kills += u64::from(is_killed);
            if is_killed {
                running.push(self.start(task.slot));
            }
        }
        self.finish(running);
        // One more, alone: whatever the others left is finished, and a finished batch is left as it is.
        let last = self.start(0);
        self.finish(vec![last]);
    }

    /// The orders of one more child.
    pub(super) fn task(&mut self, slot: u32) -> Task {
        self.number += 1;
        Task {
            protocol: self.plan.protocol,
            folder: self.folder.to_owned(),
            server: self.server.address(),
            rows: self.plan.rows.clone(),
            drafts: self.plan.drafts,
            recheck: false,
            longest: None,
            number: self.number,
            slot,
        }
    }

    fn start(&mut self, slot: u32) -> (Task, Child) {
        let task = self.task(slot);
        let child = self.spawn(&task, &mut self.binary.command());
        (task, child)
    }

    /// Starts a child.
    pub(super) fn spawn(&self, task: &Task, command: &mut Command) -> Child {
        self.server.begins(task.number);
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        quiet.env(VARIABLE, task.text()).spawn().expect("it can be started")
    }

    /// Waits for the moment of the next kill: any time, or a stage of a request and a little more.
    pub(super) fn wait_for_the_moment(&mut self) {
        let (tell, told) = mpsc::channel();
        if self.dice.below(2) == 0 {
            let stage = [Stage::Arrived, Stage::Done, Stage::Answered][self.dice.index(3)];
            self.server.watch(Some(Watch { stage, after: self.dice.below(8), tell }));
            let _ = told.recv_timeout(self.plan.life * 2);
            self.server.watch(None);
            let (never, little) = (mpsc::channel::<()>(), moment(&mut self.dice, Duration::from_millis(3)));
            let _ = never.1.recv_timeout(little);
        } else {
            let _ = told.recv_timeout(moment(&mut self.dice, self.plan.life));
            drop(tell);
        }
    }

    /// Takes note of the end of a child.
    pub(super) fn ended(&mut self, task: &Task, child: &mut Child) -> Fate {
        let status = child.wait().expect("a child that we started");
        self.server.ended(task.number);
        self.note(task, status)
    }

    fn note(&mut self, task: &Task, status: ExitStatus) -> Fate {
        match status.code() {
            None => Fate::Killed,
            Some(0) if self.folder.join(format!("left.{}", task.number)).exists() => Fate::Done(Left::Something),
            Some(0) => Fate::Done(Left::Nothing),
            Some(code) => {
                let words = self.complaint(task).unwrap_or_else(|| format!("a child ended with {code}"));
                self.count.unexplained.push(words);
                Fate::Wrong
            }
        }
    }

    /// Takes note of the end of a child that something was done to. What it complains of is that; a panic is nothing that a disk may lead to.
    pub(super) fn break_off(&mut self, task: &Task, mut child: Child) {
        let status = child.wait().expect("a child that we started");
        self.server.ended(task.number);
        self.count.kills += u64::from(status.code().is_none());
        self.count.complaints += u64::from(self.complaint(task).is_some());
        let reserve = fs::read(self.folder.join("state/journal.reserve")).unwrap_or_default();
        self.count.put_by += u64::from(reserve.first().is_some_and(|byte| *byte != 0));
        if status.code().is_some_and(|code| code != 0) && self.complaint(task).is_none() {
            self.count.unexplained.push(format!("a child ended with {status} and without a word"));
        }
    }

    fn complaint(&self, task: &Task) -> Option<String> {
        fs::read_to_string(self.folder.join(format!("complaint.{}", task.number))).ok()
    }

    /// Lets children come to their end. Each is taken note of as soon as it ends: the clock waits for whoever runs, and one that had ended
    /// unnoticed would hold up the others.
    fn finish(&mut self, children: Vec<(Task, Child)>) {
        let server = &self.server;
        let ends: Vec<(Task, ExitStatus)> = thread::scope(|scope| {
            let wait = |(task, mut child): (Task, Child)| {
                scope.spawn(move || {
                    let status = unhurried(&mut child);
                    server.ended(task.number);
                    (task, status)
                })
            };
            let waiting: Vec<_> = children.into_iter().map(wait).collect();
            waiting.into_iter().map(|thread| thread.join().expect("it only waits")).collect()
        });
        for (task, status) in ends {
            if self.note(&task, status) == Fate::Killed {
                self.count.unexplained.push("a child that nobody killed did not come to its end".to_owned());
            }
        }
    }

    /// Lets one child come to its end, which it has to.
    pub(super) fn come_to_the_end(&mut self, task: &Task, mut child: Child) -> Fate {
        let status = unhurried(&mut child);
        self.server.ended(task.number);
        let fate = self.note(task, status);
        if fate == Fate::Killed {
            self.count.unexplained.push("a child that nobody killed did not come to its end".to_owned());
        }
        fate
    }
}

/// Waits for the end of a child, and kills it where that does not come.
fn unhurried(child: &mut Child) -> ExitStatus {
    let pid = rustix::process::Pid::from_child(child);
    let (tell, told) = mpsc::channel::<()>();
    let watchdog = thread::spawn(move || {
        if told.recv_timeout(HANG) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    });
    let status = child.wait().expect("a child that we started");
    drop(tell);
    let _ = watchdog.join();
    status
}

/// A time below a bound.
fn moment(dice: &mut Dice, bound: Duration) -> Duration {
    let nanos = u64::try_from(bound.as_nanos()).unwrap_or(u64::MAX).max(1);
    Duration::from_nanos(dice.below(nanos))
}
