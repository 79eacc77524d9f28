//! Kills children that plan and carry out a whole file, lets the last ones come to an end, and has the judge look.
//!
//! The world's time passes only while nobody runs: whatever a killed child sent has been understood by then, so nothing arrives later than the
//! rules allow for.

use std::fs;
use std::process::{Child, Command};
use std::time::Duration;

use super::count::Count;
use super::driver::{Batch, Binary, Fate, Left, Plan};
use super::sheet;
use super::table::{self, Table};
use super::task::{Protocol, Task};
use super::world::{Climate, STARTING, World};

/// As long as anything may still arrive, and a moment more, in milliseconds.
const WINDOW: u64 = 61_000;

/// How long planning takes at the most, where it is waited for.
const PLANNED: Duration = Duration::from_secs(5);

/// The same of starting.
const STARTED: Duration = Duration::from_secs(1);

/// How often the window is let pass at the end of a batch, at most.
const ROUNDS: u32 = 40;

/// After so many rounds nothing more goes wrong.
const ROUGH: u32 = 2;

/// How everything stands after a run that nobody breaks, on a service where nothing goes wrong.
pub fn unbroken(plan: &Plan, binary: &Binary) -> Table {
    let plan = Plan { climate: Climate::Calm, kills: 0, sessions: 1, ..plan.clone() };
    let (count, table) = judged(&plan, binary, |_| {});
    assert!(count.is_clean(), "without a kill: {count}");
    table
}

/// Runs one file to its end: children are killed on the way. `unbroken` is what has to come out.
pub fn batch(plan: &Plan, binary: &Binary, unbroken: &Table) -> Count {
    compared(plan, judged(plan, binary, kill_many), unbroken)
}

/// The same with one child that something is done to, such as a disk that fills up, in place of kills.
pub fn broken(plan: &Plan, binary: &Binary, unbroken: &Table, how: &dyn Fn(&mut Task) -> Command) -> Count {
    let broken = judged(plan, binary, |batch| {
        let mut task = batch.task(0);
        let mut command = how(&mut task);
        let child = batch.spawn(&task, &mut command);
        batch.break_off(&task, child);
        let phase = batch.server.world(|world| world.phase(task.number).to_owned());
        *batch.count.phases.entry(phase).or_default() += 1;
    });
    compared(plan, broken, unbroken)
}

fn kill_many(batch: &mut Batch<'_>) {
    batch.kill_many();
}

fn compared(plan: &Plan, (mut count, table): (Count, Table), unbroken: &Table) -> Count {
    if plan.protocol == Protocol::Job && table != *unbroken {
        count.unexplained.push("the end is not that of a run that nobody broke".to_owned());
    }
    count
}

fn judged(plan: &Plan, binary: &Binary, run: impl FnOnce(&mut Batch<'_>)) -> (Count, Table) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("state")).expect("a folder");
    let (people, refused) = (sheet::residents(plan.rows.clone()), sheet::refused(plan.rows.clone()));
    let mut batch = Batch::new(plan, binary, folder.path(), people, refused);
    run(&mut batch);
    batch.come_to_an_end();
    let Batch { server, mut count, .. } = batch;
    let table = server.world(|world| {
        world.end();
        count.add(table::world(world, plan.rows.clone()));
        if plan.protocol == Protocol::Job {
            table::journal(world, folder.path(), &plan.rows, &mut count)
        } else {
            Table::default()
        }
    });
    (count, table)
}

impl Batch<'_> {
    /// Kills children until there were as many kills as planned, or the file is done.
    fn kill_many(&mut self) {
        let mut running: Vec<(Task, Child)> = Vec::new();
        let mut kills = 0;
        if self.dice.below(3) > 0 {
            // Nobody would come further than planning.
            running.push(self.resume(0));
            let first = running[0].0.number;
            self.server.until(|world| world.phase(first) == "applying", PLANNED);
        }
        while kills < self.plan.kills {
            if running.is_empty() {
                self.let_time_pass();
                running = (0..self.plan.sessions).map(|slot| self.resume(slot)).collect();
            }
            if self.dice.below(4) > 0 {
                // Starting takes most of a short life where the machine is busy.
                let numbers: Vec<u32> = running.iter().map(|(task, _)| task.number).collect();
                let is_at_work = |world: &World| numbers.iter().any(|number| world.phase(*number) != STARTING);
                self.server.until(is_at_work, STARTED);
            }
            self.wait_for_the_moment();
            let victim = self.dice.index(running.len());
            let (task, mut child) = running.swap_remove(victim);
            // A child that came to its end before cannot be killed any more.
            let _ = child.kill();
            match self.ended(&task, &mut child) {
                Fate::Killed => {
                    kills += 1;
                    self.killed(&task);
                    // Sometimes the other one is killed too before anybody goes on, so that time can pass.
                    if self.plan.sessions > 1 && self.dice.below(3) > 0 {
                        running.push(self.resume(task.slot));
                    }
                }
                Fate::Done(Left::Something) => {}
                Fate::Done(Left::Nothing) | Fate::Wrong => break,
            }
        }
        for (task, mut child) in running {
            // A second one may wait for a plan that nobody makes any more.
            if task.slot == 0 {
                self.come_to_the_end(&task, child);
            } else if child.kill().is_ok() && self.ended(&task, &mut child) == Fate::Killed {
                self.killed(&task);
            }
        }
    }

    fn killed(&mut self, task: &Task) {
        self.count.kills += 1;
        let phase = self.server.world(|world| world.phase(task.number).to_owned());
        *self.count.phases.entry(phase).or_default() += 1;
    }

    /// One after the other goes on with the file, with a window between them, until nothing is left.
    fn come_to_an_end(&mut self) {
        for round in 0..ROUNDS {
            self.pass(WINDOW);
            if round == ROUGH {
                self.server.world(|world| world.turn(Climate::Calm));
            }
            let mut task = self.task(0);
            task.recheck = true;
            let child = self.spawn(&task, &mut self.binary.command());
            match self.come_to_the_end(&task, child) {
                Fate::Done(Left::Nothing) => return,
                Fate::Done(Left::Something) | Fate::Killed | Fate::Wrong => {}
            }
        }
        self.count.unexplained.push("the job does not come to its end".to_owned());
    }

    fn resume(&mut self, slot: u32) -> (Task, Child) {
        let mut task = self.task(slot);
        task.recheck = self.dice.below(3) > 0;
        let child = self.spawn(&task, &mut self.binary.command());
        (task, child)
    }

    /// Nobody runs: nothing, a part of the window, or more than all of it.
    fn let_time_pass(&mut self) {
        if self.dice.below(2) == 0 {
            let time = self.dice.below(2 * WINDOW);
            self.pass(time);
        }
    }

    fn pass(&self, time: u64) {
        self.server.drain();
        let time = i64::try_from(time).unwrap_or_default();
        self.server.world(|world| world.move_to(world.now() + time));
    }
}
