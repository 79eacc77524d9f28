//! The lines of a job that somebody has to look at, as a file that can be mended and fed back as it is.

use crate::codec::report::{self, Failure};
use crate::codec::sheet::Sheet;
use crate::domain::job::{Job, JobId, JobLine, LineState};
use crate::domain::outcome::PlatformReport;
use crate::domain::record::{Change, Standing};
use crate::journal::fault::JournalFault;
use crate::journal::jobs::Lines;
use crate::journal::store::Store;
use crate::service::import::ImportFault;
use crate::service::{Desk, Service};

/// So many lines are read at a time.
const PAGE: u32 = 500;

/// A line that was not done, with what is known of it.
#[derive(Clone, Debug)]
pub struct Failed {
    /// The line.
    pub line: JobLine,
    /// Why it was not done, and what each platform said.
    pub failure: Failure,
}

/// What a job leaves to be looked at, some at a time.
pub struct Reader {
    desk: Desk,
    job: JobId,
    after: u64,
    is_read: bool,
}

impl Reader {
    /// From the first line on.
    ///
    /// # Errors
    /// There is no journal.
    pub fn new(service: &Service, job: JobId) -> Result<Self, ImportFault> {
        Ok(Self::of(service.desk().ok_or(ImportFault::NoJournal)?.clone(), job))
    }

    /// The same for somebody who has the journal alone.
    pub fn of(desk: Desk, job: JobId) -> Self {
        Self { desk, job, after: 0, is_read: false }
    }

    /// The next of them; none where that was all.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn next(&mut self) -> Result<Vec<Failed>, ImportFault> {
        if self.is_read {
            return Ok(Vec::new());
        }
        let (job, after) = (self.job, self.after);
        let failed = self.desk.journal.ask(move |store| page(store, job, after)).await?;
        Ok(self.read(failed))
    }

    /// The same for a thread that may wait.
    ///
    /// # Errors
    /// As of [`Reader::next`].
    fn next_and_wait(&mut self) -> Result<Vec<Failed>, ImportFault> {
        if self.is_read {
            return Ok(Vec::new());
        }
        let (job, after) = (self.job, self.after);
        let failed = self.desk.journal.ask_and_wait(move |store| page(store, job, after))?;
        Ok(self.read(failed))
    }

    fn read(&mut self, failed: Vec<Failed>) -> Vec<Failed> {
        self.is_read = failed.len() < PAGE as usize;
        self.after = failed.last().map_or(self.after, |failed| failed.line.plan.line);
        failed
    }
}

impl Failed {
    /// Its line of the file; nothing where the sheet has no such line.
    pub fn written(&self, sheet: &Sheet) -> Option<Vec<u8>> {
        Some(report::failed(sheet, sheet.find(self.line.plan.line)?, &self.failure))
    }
}

/// All of them as a file, for a thread that may wait; and how many they are.
///
/// # Errors
/// The sheet is not the one that the job was planned for, or the journal cannot be read.
pub fn whole(desk: Desk, job: &Job, sheet: &Sheet) -> Result<(Vec<u8>, usize), ImportFault> {
    if job.head.digest != sheet.digest().to_string() {
        return Err(ImportFault::OtherFile("the lines would be those of another file".to_owned()));
    }
    let mut reader = Reader::of(desk, job.id);
    let (mut text, mut count) = (header(sheet), 0);
    loop {
        let page = reader.next_and_wait()?;
        if page.is_empty() {
            return Ok((text, count));
        }
        count += page.len();
        text.extend(page.iter().filter_map(|failed| failed.written(sheet)).flatten());
    }
}

/// The first line of the file.
pub fn header(sheet: &Sheet) -> Vec<u8> {
    report::header(sheet)
}

fn page(store: &mut Store, job: JobId, after: u64) -> Result<Vec<Failed>, JournalFault> {
    let lines = store.lines(job, Lines::Failed, after, PAGE)?;
    let with_change = |line: JobLine| {
        let change = line.change.map(|id| store.change(id)).transpose();
        change.map(|change| Failed { failure: failure(&line, change.as_ref()), line })
    };
    lines.into_iter().map(with_change).collect()
}

/// Some lines of a job with why they stand so. Only of those that were not done is the change read.
///
/// # Errors
/// They cannot be read.
pub fn with_reasons(
    store: &mut Store,
    job: JobId,
    which: Lines,
    after: u64,
    most: u32,
) -> Result<Vec<(JobLine, Option<String>)>, JournalFault> {
    let page = store.lines(job, which, after, most)?;
    let mut with_reasons = Vec::with_capacity(page.len());
    for line in page {
        let is_done = matches!(line.plan.state, LineState::Sent(Standing::Done | Standing::Queued));
        let change = line.change.filter(|_| !is_done).map(|id| store.change(id)).transpose()?;
        let reason = reason(&line, change.as_ref());
        with_reasons.push((line, reason));
    }
    Ok(with_reasons)
}

/// Why a line stands as it does, as far as that is kept.
pub fn reason(line: &JobLine, change: Option<&Change>) -> Option<String> {
    let cause = change.and_then(|change| change.outcome.as_ref()).map(|outcome| outcome.cause.raw().to_owned());
    cause.or_else(|| line.plan.reason.clone())
}

fn failure(line: &JobLine, change: Option<&Change>) -> Failure {
    let outcome = change.and_then(|change| change.outcome.as_ref());
    let words = match line.plan.state {
        LineState::Sent(Standing::Open | Standing::InDoubt) => " (look before it is sent again: it may have been done)",
        LineState::Waiting | LineState::Unchanged | LineState::Error | LineState::Sent(_) => "",
    };
    let reason = reason(line, change).unwrap_or_default();
    let platform = |platform: &PlatformReport| {
        let status = platform.status.map_or_else(String::new, |status| format!(" {status}"));
        let message = platform.message.as_ref().map_or_else(String::new, |message| format!(" ({})", message.raw()));
        format!("{} {}{status}{message}", platform.name.raw(), platform.state.word().to_lowercase())
    };
    let platforms = outcome.map(|outcome| outcome.platforms.iter().map(platform).collect::<Vec<_>>().join("; "));
    Failure {
        verdict: line.plan.state.word().to_owned(),
        reason: format!("{reason}{words}"),
        platforms: platforms.unwrap_or_default(),
    }
}
