//! A job at work for a command: its events become lines and a bar, and Ctrl-C ends it in order.
//!
//! The first Ctrl-C begins nothing new and hears what is on its way; the second does not wait for that (faults.md 58).

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use crate::cli::errand::Errand;
use crate::cli::import::bar::Bar;
use crate::cli::import::file::New;
use crate::cli::import::show::Shown;
use crate::cli::{CliError, output};
use crate::codec::job::Kept;
use crate::codec::sheet::Sheet;
use crate::domain::code::Code;
use crate::domain::ending::Ending;
use crate::domain::job::{JobId, LineState};
use crate::domain::record::Standing;
use crate::domain::untrusted::visible;
use crate::journal::fault::JournalFault;
use crate::service::import::failed::{Reader, header};
use crate::service::import::plan::How;
use crate::service::import::{Applied, End, Ended, Event, Import, ImportFault, Limits, Plan, Stop, Watch, watched};

/// So many events may wait to be shown.
const ROOM: usize = 64;

/// So many lines that were not done are printed.
const MOST_TOLD: u64 = 20;

/// A file of people at work.
pub struct Work {
    /// The file, to be planned or carried out.
    pub import: Import,
    sheet: Arc<Sheet>,
    events: mpsc::Receiver<Event>,
    stop: watch::Sender<Stop>,
}

impl Work {
    /// A file that is about to be planned or carried out.
    pub fn new(errand: &Errand, sheet: Arc<Sheet>, kept: Kept, limits: Limits) -> Self {
        let (sender, events) = mpsc::channel(ROOM);
        let (stop, wanted) = watch::channel(Stop::Go);
        let watch = Watch { events: sender, stop: wanted };
        let import = Import::new(errand.service.clone(), Arc::clone(&sheet), kept, limits, None, watch);
        Self { import, sheet, events, stop }
    }

    /// Plans the file, and shows the plan.
    ///
    /// # Errors
    /// It could not be planned, or not be shown.
    pub async fn plan(&mut self, errand: &mut Errand, how: How<'_>, shown: &mut Shown) -> Result<Plan, CliError> {
        let mut bar = Bar::new("plan", self.sheet.len() as u64);
        let mut printed = Ok(());
        let is_shown_to_a_terminal = output::is_shown();
        let planned = drive(errand, &self.stop, self.import.plan(how), &mut self.events, |event| {
            let done = match event {
                Event::PlanBegun(line) | Event::PlanEnded(line) => shown.written(&line),
                Event::Planned { done, step, written } => {
                    // Lines of the plan and a line that is drawn over do not go together.
                    if !is_shown_to_a_terminal {
                        bar.reached(done as u64);
                    }
                    shown.written(&written).and_then(|()| shown.planned(&step, &written))
                }
                Event::Reading(_) | Event::Began { .. } | Event::Ended(_) | Event::Waits { .. } | Event::Remark(_) => {
                    aside(event, &mut bar, shown);
                    Ok(())
                }
            };
            if printed.is_ok() {
                printed = done;
            }
        })
        .await;
        bar.clear();
        let plan = planned.map_err(said)?;
        match (printed, plan.job) {
            (Ok(()), _) => Ok(plan),
            (Err(error), job) => {
                if let Some(job) = job {
                    self.import.forget(job).await;
                }
                Err(error)
            }
        }
    }

    /// Carries a job out, shows how far it is, and writes down what was not done.
    ///
    /// # Errors
    /// It could not be begun, or its end not be read. What became of lines that were sent is never an error: then the ending says it.
    pub async fn apply(
        &mut self,
        errand: &mut Errand,
        job: JobId,
        total: u64,
        shown: &mut Shown,
        failed_out: Option<&Path>,
    ) -> Result<Ending, CliError> {
        let mut bar = Bar::new("lines", total);
        let mut told = 0;
        let applied = drive(errand, &self.stop, self.import.apply(job), &mut self.events, |event| match event {
            Event::Ended(ended) => {
                bar.count(ended.state);
                if is_worth_telling(ended.state) {
                    told += 1;
                    tell(&ended, told, &mut bar);
                }
            }
            Event::Reading(_)
            | Event::PlanBegun(_)
            | Event::Planned { .. }
            | Event::PlanEnded(_)
            | Event::Began { .. }
            | Event::Waits { .. }
            | Event::Remark(_) => aside(event, &mut bar, shown),
        })
        .await;
        bar.clear();
        let Applied { end, counts } = applied.map_err(said)?;
        let ending = match &end {
            End::Stopped => Ending::Stopped,
            End::Complete | End::Paused(_) => Ending::from(&counts),
        };
        shown.applied(job, counts, end);
        if let Some(path) = failed_out {
            // What was sent stays sent, so this is said beside the ending.
            if let Err(error) = self.failed(errand, job, path).await {
                output::complain(&error.to_string());
            }
        }
        Ok(ending)
    }

    /// Writes the lines that were not done to a new file; to none where all were.
    async fn failed(&self, errand: &Errand, job: JobId, path: &Path) -> Result<(), CliError> {
        let mut reader = Reader::new(&errand.service, job).map_err(said)?;
        let mut out = None;
        loop {
            let page = reader.next().await.map_err(said)?;
            if page.is_empty() {
                break;
            }
            let file = if let Some(file) = &mut out {
                file
            } else {
                let mut file = New::create(path)?;
                file.write(&header(&self.sheet))?;
                out.insert(file)
            };
            for line in page.iter().filter_map(|failed| failed.written(&self.sheet)) {
                file.write(&line)?;
            }
        }
        match out {
            Some(file) => file.finish(),
            None => Ok(()),
        }
    }
}

/// Drives something beside its events, until it ends by itself or the agent has it end.
async fn drive<T>(
    errand: &mut Errand,
    stop: &watch::Sender<Stop>,
    doing: impl Future<Output = T>,
    events: &mut mpsc::Receiver<Event>,
    show: impl FnMut(Event),
) -> T {
    let mut doing = pin!(watched(doing, events, show));
    loop {
        tokio::select! {
            biased;
            () = errand.stop.told() => {
                let next = if *stop.borrow() == Stop::Go { Stop::Finish } else { Stop::Abandon };
                stop.send_replace(next);
                if next == Stop::Finish {
                    output::progress("\nstopping: what is on its way is waited for; Ctrl-C again leaves it in doubt");
                }
            }
            done = &mut doing => return done,
        }
    }
}

/// Events that are no answer.
fn aside(event: Event, bar: &mut Bar, shown: &mut Shown) {
    bar.clear();
    match event {
        Event::Reading(count) => output::progress(&format!("reading everybody: {count} so far")),
        Event::Waits { why, time } => output::progress(&format!("waiting {} s: {why}", time.as_secs().max(1))),
        Event::Remark(words) => shown.note(words),
        Event::Began { .. } | Event::PlanBegun(_) | Event::Planned { .. } | Event::PlanEnded(_) | Event::Ended(_) => {}
    }
}

fn is_worth_telling(state: LineState) -> bool {
    match state {
        LineState::Waiting | LineState::Error => true,
        LineState::Unchanged => false,
        LineState::Sent(standing) => match standing {
            Standing::Open | Standing::InDoubt | Standing::Partial | Standing::Rejected | Standing::NotSent => true,
            Standing::Queued | Standing::Done | Standing::Mended | Standing::Dismissed => false,
        },
    }
}

/// A line that was not done, as soon as that is known.
fn tell(ended: &Ended, told: u64, bar: &mut Bar) {
    if told > MOST_TOLD {
        return;
    }
    bar.clear();
    let cause = ended.report.as_ref().map(|report| report.why());
    let why = ended.reason.clone().or(cause).unwrap_or_default();
    output::remark(&format!(
        "line {} {}: {}: {}",
        ended.line,
        visible(&ended.username),
        ended.state.word(),
        visible(&why)
    ));
    if told == MOST_TOLD {
        output::remark("more lines were not done: \"netex-users jobs show\" has all of them");
    }
}

/// Why a job does not go on, as the program's own error.
#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err as it is")]
pub fn said(fault: ImportFault) -> CliError {
    let words = fault.to_string();
    match fault {
        ImportFault::Stopped => CliError::Stopped(words),
        ImportFault::Refused(_) => CliError::Rejected(Code::TokenRefused, words),
        ImportFault::NoJournal => CliError::Known(Code::NoJournal, words),
        ImportFault::Claimed(_) => CliError::Known(Code::Claimed, words),
        ImportFault::OtherFile(_) => CliError::Known(Code::ChangedMeanwhile, words),
        ImportFault::Journal(JournalFault::NoSuchJob(_)) => CliError::Usage(words),
        ImportFault::Journal(JournalFault::Damaged { .. } | JournalFault::Newer { .. } | JournalFault::Replaced(_)) => {
            CliError::Known(Code::JournalDamaged, words)
        }
        ImportFault::Journal(_)
        | ImportFault::Unread(_)
        | ImportFault::NoList(_)
        | ImportFault::NotPlanned(_)
        | ImportFault::OtherTenant { .. }
        | ImportFault::Unreadable(_)
        | ImportFault::Passwords(_) => CliError::Local(words),
    }
}
