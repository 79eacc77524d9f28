//! One line, carried out: read, planned again, compared with what was agreed to, and sent once.
//!
//! The reading that the plan is made anew from is the last look at the person: nothing waits between it and the sending, so the service is not
//! asked a second time. Deliberately not here: which line comes next ([`super::apply`]), and what nobody knows to be done ([`super::doubt`]).

use std::sync::Arc;

use crate::codec::digest;
use crate::codec::plan::{Action, Record};
use crate::domain::job::{JobId, JobLine, LineState};
use crate::domain::order::Order;
use crate::domain::outcome::{Cause, ReadFault, Report, Verdict};
use crate::domain::plan::{Found, Planned, Step};
use crate::domain::record::{ChangeId, Circumstances, Standing};
use crate::domain::request::Request;
use crate::domain::row::{Row, Supply};
use crate::service::import::circuit::{Beat, is_over};
use crate::service::import::patience::{ATTEMPTS, Again, again, wait};
use crate::service::import::{Ended, Event, Import, mark};
use crate::service::password;

/// What became of a line, and what that means for the others.
pub(super) struct Carried {
    pub ended: Ended,
    /// What it says of the service.
    pub beat: Beat,
    /// Why nothing more can be sent.
    pub over: Option<String>,
    /// Whether it never left, and may be tried again.
    again: Again,
}

impl Carried {
    /// A line of which nothing was sent.
    pub(super) fn unsent(line: &JobLine, words: String, over: Option<String>) -> Self {
        Self { over, ..unsent(line, state_of(line), words) }
    }

    /// A line that was looked up.
    pub(super) fn looked_up(ended: Ended, beat: Beat, over: Option<String>) -> Self {
        Self { ended, beat, over, again: Again::No }
    }
}

/// What a line comes to without being sent.
enum Unsent {
    /// It is not done, for good: unchanged or an error.
    Never(LineState, String),
    /// Not now.
    Later(String, Beat, Option<String>),
}

impl Import {
    /// Carries a line out. What never left is tried again, a little.
    pub(super) async fn carry(&self, job: JobId, line: JobLine, mut instead_of: Option<ChangeId>) -> Carried {
        let (number, username) = (line.plan.line, line.plan.username.clone());
        self.tell(Event::Began { line: number, username }).await;
        let mut attempts = 1;
        loop {
            let carried = self.once(job, &line, instead_of).await;
            let Again::After(asked) = carried.again else { return carried };
            if let Some(time) = asked {
                self.hold(wait(attempts, Some(time), 0.0));
            }
            let why = carried.ended.report.as_ref().map(|report| report.cause.to_string()).unwrap_or_default();
            let may = attempts < ATTEMPTS && !self.is_stopped() && self.budget.spend_line();
            if !may || !self.wait(wait(attempts, asked, rand::random()), &why).await {
                return carried;
            }
            // The change that it replaces is given up with the first attempt.
            instead_of = None;
            attempts += 1;
        }
    }

    async fn once(&self, job: JobId, line: &JobLine, instead_of: Option<ChangeId>) -> Carried {
        let done = match self.request(line).await {
            Ok(request) => Ok(self.send(job, line, request, instead_of).await),
            Err(unsent) => Err(unsent),
        };
        match done {
            Ok(report) => sent(line, report),
            Err(Unsent::Later(words, beat, over)) => Carried { beat, over, ..unsent(line, state_of(line), words) },
            // It may have been done: that it would be another one now settles nothing.
            Err(Unsent::Never(_, words)) if instead_of.is_some() => unsent(line, state_of(line), words),
            Err(Unsent::Never(state, words)) => {
                let kept = self.fails(job, line.plan.line, state, &words).await;
                Carried { over: kept.err(), ..unsent(line, state, words) }
            }
        }
    }

    /// The request of a line, if it still is the one that was agreed to.
    async fn request(&self, line: &JobLine) -> Result<Arc<Request>, Unsent> {
        let error = |words: &str| Unsent::Never(LineState::Error, words.to_owned());
        let Some(index) = self.sheet.find(line.plan.line) else {
            return Err(error("the file has no such line any more"));
        };
        let row = self.sheet.row(index);
        let photo = self.photo(&row).await.map_err(|words| error(&words))?;
        if !(self.turn().await && self.unheld().await) {
            return Err(Unsent::Later("stopped before it was sent".to_owned(), Beat::Silent, None));
        }
        let found = self.find(&row).await.map_err(|fault| unread(&fault))?;
        let wants_password = self.wants_password(&row, &found);
        // Which one it is makes no difference to the plan.
        let password = wants_password.then(password::generate);
        let step = self.step(&row, found, Supply { photo: photo.clone(), password }, photo.as_ref());
        let record = Record::new(&step, digest::row(&row));
        if mark(&row, &record) != line.plan.digest {
            return Err(differs(line, &step, &record));
        }
        let step = if wants_password { self.with_password(&row, photo, step).await? } else { step };
        step.request().cloned().ok_or_else(|| error("there is nothing to send"))
    }

    /// The step of somebody new, with the password that is known to the agent from now on.
    async fn with_password(
        &self,
        row: &Row,
        photo: Option<crate::domain::photo::Photo>,
        step: Step,
    ) -> Result<Step, Unsent> {
        let over = |words: String| Unsent::Later(words.clone(), Beat::Silent, Some(words));
        let Some(passwords) = &self.passwords else {
            return Err(over("there is no file for the made passwords".to_owned()));
        };
        let made = passwords.of_line(row.line, &step.username).await.map_err(|fault| over(fault.to_string()))?;
        Ok(self.step(row, Found::Nobody, Supply { photo: photo.clone(), password: Some(made) }, photo.as_ref()))
    }

    async fn send(&self, job: JobId, line: &JobLine, request: Arc<Request>, instead_of: Option<ChangeId>) -> Report {
        let circumstances = Circumstances {
            ticket: self.kept.ticket.clone(),
            job: Some((job.0, line.plan.line)),
            instead_of,
            ..Circumstances::default()
        };
        let before = request.base().cloned();
        let order = Order::Change(request);
        self.budget.earn();
        self.service.kept(&order, self.kept.synchronization, before.as_ref(), &circumstances).await
    }

    /// Keeps that a line is not done, and why.
    async fn fails(&self, job: JobId, line: u64, state: LineState, words: &str) -> Result<(), String> {
        let desk = self.desk().map_err(|fault| fault.to_string())?;
        let words = words.to_owned();
        let kept = desk.journal.ask(move |store| store.line_fails(job, line, state, Some(&words))).await;
        kept.map_err(|fault| fault.to_string())
    }
}

/// Where a line stands that was not sent now.
fn state_of(line: &JobLine) -> LineState {
    line.plan.state
}

fn unsent(line: &JobLine, state: LineState, words: String) -> Carried {
    let ended =
        Ended { line: line.plan.line, username: line.plan.username.clone(), state, reason: Some(words), report: None };
    Carried { ended, beat: Beat::Silent, over: None, again: Again::No }
}

fn sent(line: &JobLine, report: Report) -> Carried {
    let beat = Beat::of(&report);
    // What never came so far that it was kept has not taken the line.
    let state = match report.change {
        Some(_) => LineState::Sent(Standing::after(report.verdict)),
        None => state_of(line),
    };
    let again =
        if report.verdict == Verdict::NotSent && report.change.is_some() { again(&report.cause) } else { Again::No };
    let beat = if matches!(report.cause, Cause::InFlight(_)) { Beat::Silent } else { beat };
    let ended = Ended {
        line: line.plan.line,
        username: line.plan.username.clone(),
        state,
        reason: None,
        report: Some(Box::new(report)),
    };
    let over = ended.report.as_ref().and_then(|report| is_over(&report.cause));
    Carried { ended, beat, over, again }
}

/// Whether somebody is there could not be read: the line waits.
fn unread(fault: &ReadFault) -> Unsent {
    let over = match fault {
        ReadFault::Failed(cause) => is_over(cause),
        ReadFault::NotFound | ReadFault::NoService(_) | ReadFault::SomeoneElse(_) => None,
    };
    Unsent::Later(
        format!("not sent, because the person could not be read before: {fault}"),
        Beat::of_reading(fault),
        over,
    )
}

/// The line is not what was agreed to any more. Who is so already needs nothing.
fn differs(line: &JobLine, step: &Step, record: &Record) -> Unsent {
    if record.action == Action::Unchanged {
        return Unsent::Never(
            LineState::Unchanged,
            "is so already, which they were not when it was planned".to_owned(),
        );
    }
    let now = match &step.planned {
        Planned::Error(why) => format!("error: {why}"),
        Planned::Create(_) | Planned::Update(_) | Planned::Unchanged => record.action.word().to_owned(),
    };
    let words = if line.plan.action == record.action.word() {
        let changes: Vec<_> =
            record.changes.iter().map(|change| format!("{} {}", change.field, change.words())).collect();
        format!("what is there was changed since it was planned; now it would be {now}: {}", changes.join("; "))
    } else {
        format!("the plan says {}, and now it would be {now}", line.plan.action)
    };
    Unsent::Never(LineState::Error, words)
}
