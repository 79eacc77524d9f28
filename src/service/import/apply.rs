//! A job, carried out or gone on with: every line that waits, each once, several at a time.
//!
//! The claim on the job is the kernel's and ends with the program, so no two carry one out (faults.md 51). Only lines that are on their way are
//! in memory; where each stands is in the journal before anybody hears of it.

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use crate::codec::job::Kept;
use crate::domain::job::{Counts, Job, JobId, JobLine, JobState, LineState};
use crate::domain::outcome::Verdict;
use crate::domain::record::{Outcome, Standing};
use crate::journal::jobs::{Claim, Lines};
use crate::service::import::carry::Carried;
use crate::service::import::circuit::Circuit;
use crate::service::import::{Event, Import, ImportFault, Stop, file};

/// So many lines are read from the journal at a time.
const PAGE: u32 = 256;

/// So many lines are named whose password is not known.
const MOST_NAMED: usize = 20;

/// How the carrying out came to an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Every line was looked at.
    Complete,
    /// The agent stopped it. The rest can be resumed.
    Stopped,
    /// It stopped by itself; why. Nothing more was sent, and the rest can be resumed.
    Paused(String),
}

/// What became of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// How it came to an end.
    pub end: End,
    /// How many lines stand where.
    pub counts: Counts,
}

/// Which lines are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// Those that wait, or never left.
    Waiting,
    /// Those that are in doubt.
    Doubt,
}

/// What remains of the job's lines.
struct Queue {
    job: JobId,
    pass: Pass,
    after: u64,
    page: std::vec::IntoIter<JobLine>,
    is_read: bool,
}

impl Import {
    /// Carries a job out, or goes on with it.
    ///
    /// # Errors
    /// The job cannot be begun, and nothing was sent; or the journal failed on the way, and nothing more is sent.
    pub async fn apply(&self, job: JobId) -> Result<Applied, ImportFault> {
        // Kept until the end of the function: it is what keeps another program out.
        let _claim = self.claimed(job).await?;
        if let Some(passwords) = &self.passwords {
            passwords.take_up()?;
        }
        self.know_addresses().await?;
        self.tell_undelivered(job).await?;
        self.stands(job, JobState::Running).await?;
        let mut circuit = Circuit::default();
        let mut end = self.pass(job, Pass::Waiting, &mut circuit).await?;
        if end == End::Complete {
            end = self.pass(job, Pass::Doubt, &mut circuit).await?;
        }
        self.give_up(job).await?;
        let now = self.job(job).await?;
        self.stands(job, if now.waits() { JobState::Stopped } else { JobState::Ended }).await?;
        Ok(Applied { end, counts: now.counts })
    }

    /// The job's claim, once everything says that this is the job's file and the job's tenant.
    async fn claimed(&self, id: JobId) -> Result<Claim, ImportFault> {
        let desk = self.desk()?;
        let job = self.job(id).await?;
        if job.state == JobState::Planning {
            return Err(ImportFault::NotPlanned(id));
        }
        let kept = Kept::read(&job.head.terms).ok_or(ImportFault::Unreadable(id))?;
        let of = |tenant: &str, kept: &Kept| format!("{tenant} (revision {})", kept.revision.word());
        let (wanted, found) = (of(&job.realm.tenant, &kept), of(&desk.realm.tenant, &self.kept));
        if job.realm != desk.realm || wanted != found {
            return Err(ImportFault::OtherTenant { job: id, wanted, found });
        }
        file::is_same(&self.service, &job, &self.sheet).await?;
        desk.journal.ask(move |store| store.claim(id)).await?.ok_or(ImportFault::Claimed(id))
    }

    /// Looks at every line of a kind, until there is none, or nothing more may begin.
    async fn pass(&self, job: JobId, pass: Pass, circuit: &mut Circuit) -> Result<End, ImportFault> {
        let mut queue = Queue { job, pass, after: 0, page: Vec::new().into_iter(), is_read: false };
        let (mut on_their_way, mut end) = (FuturesUnordered::new(), End::Complete);
        loop {
            while end == End::Complete && on_their_way.len() < self.limits.concurrency.max(1) {
                if self.is_stopped() {
                    end = End::Stopped;
                    break;
                }
                let Some(line) = self.next(&mut queue).await? else { break };
                on_their_way.push(self.look_at(job, pass, line));
            }
            let ended = tokio::select! {
                biased;
                () = self.stopped(Stop::Abandon) => return Ok(End::Stopped),
                ended = on_their_way.next() => ended,
            };
            let Some(Carried { ended, beat, over, .. }) = ended else { return Ok(end) };
            self.tell(Event::Ended(Box::new(ended))).await;
            if let Some(why) = over.or_else(|| circuit.note(&beat))
                && end == End::Complete
            {
                end = End::Paused(why);
            }
        }
    }

    async fn look_at(&self, job: JobId, pass: Pass, line: JobLine) -> Carried {
        match pass {
            Pass::Waiting => self.carry(job, line, None).await,
            Pass::Doubt => self.settle(job, line).await,
        }
    }

    async fn next(&self, queue: &mut Queue) -> Result<Option<JobLine>, ImportFault> {
        loop {
            if let Some(line) = queue.page.next() {
                if is_of(queue.pass, &line) {
                    return Ok(Some(line));
                }
                continue;
            }
            if queue.is_read {
                return Ok(None);
            }
            let (job, after) = (queue.job, queue.after);
            let page = self.desk()?.journal.ask(move |store| store.lines(job, Lines::Open, after, PAGE)).await?;
            queue.is_read = page.len() < PAGE as usize;
            queue.after = page.last().map_or(after, |line| line.plan.line);
            queue.page = page.into_iter();
        }
    }

    /// What was not waited for is in doubt: nobody will hear its answer.
    async fn give_up(&self, job: JobId) -> Result<(), ImportFault> {
        if *self.watch.stop.borrow() < Stop::Abandon {
            return Ok(());
        }
        let desk = self.desk()?;
        let given_up = move |store: &mut crate::journal::store::Store| {
            let doubt = Outcome::without_reply(Verdict::InDoubt, "the program was stopped before the answer came");
            for line in store.lines(job, Lines::Open, 0, u32::MAX)? {
                if let (LineState::Sent(Standing::Open), Some(change)) = (line.plan.state, line.change) {
                    store.end(change, &doubt)?;
                }
            }
            Ok(())
        };
        Ok(desk.journal.ask(given_up).await?)
    }

    /// Tells of lines that were sent with a made password which is in no file any more (faults.md 57).
    async fn tell_undelivered(&self, job: JobId) -> Result<(), ImportFault> {
        let Some(passwords) = &self.passwords else { return Ok(()) };
        let (mut named, mut total, mut after) = (Vec::new(), 0_usize, 0);
        loop {
            let page = self.desk()?.journal.ask(move |store| store.lines(job, Lines::All, after, PAGE)).await?;
            let Some(last) = page.last() else { break };
            after = last.plan.line;
            for line in page.iter().filter(|line| self.had_made_password(line) && !passwords.has(line.plan.line)) {
                total += 1;
                if named.len() < MOST_NAMED {
                    named.push(format!("{} ({})", line.plan.line, line.plan.username));
                }
            }
        }
        if total > 0 {
            let more = if total > named.len() { format!(" and {} more", total - named.len()) } else { String::new() };
            self.tell(Event::Remark(format!(
                "password not delivered: {} does not have the passwords that were made for lines {}{more}; nobody knows them: set new ones with \"netex-users password\"",
                passwords.path().display(),
                named.join(", "),
            )))
            .await;
        }
        Ok(())
    }

    /// Whether somebody may have been made with a password of ours.
    fn had_made_password(&self, line: &JobLine) -> bool {
        let LineState::Sent(standing) = line.plan.state else { return false };
        let may_be_in_force = !matches!(standing, Standing::NotSent | Standing::Rejected);
        let row = || self.sheet.find(line.plan.line).map(|index| self.sheet.row(index));
        may_be_in_force
            && line.plan.action == "create"
            && row().is_some_and(|row| self.wants_password(&row, &crate::domain::plan::Found::Nobody))
    }

    async fn job(&self, id: JobId) -> Result<Job, ImportFault> {
        Ok(self.desk()?.journal.ask(move |store| store.job(id)).await?)
    }

    async fn stands(&self, job: JobId, state: JobState) -> Result<(), ImportFault> {
        Ok(self.desk()?.journal.ask(move |store| store.job_stands(job, state)).await?)
    }
}

fn is_of(pass: Pass, line: &JobLine) -> bool {
    match line.plan.state {
        LineState::Waiting | LineState::Sent(Standing::NotSent) => pass == Pass::Waiting,
        LineState::Sent(Standing::InDoubt | Standing::Open) => pass == Pass::Doubt,
        LineState::Unchanged
        | LineState::Error
        | LineState::Sent(
            Standing::Partial
            | Standing::Queued
            | Standing::Done
            | Standing::Rejected
            | Standing::Mended
            | Standing::Dismissed,
        ) => false,
    }
}
