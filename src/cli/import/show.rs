//! What an import prints: its plan line by line as it is made, totals, what became of it, or all of that as one JSON document.

use std::fmt::Write as _;
use std::path::Path;

use crate::cli::errand::Errand;
use crate::cli::import::file::New;
use crate::cli::{CliError, output};
use crate::codec::output::jobs::{IMPORT, Outcome, Run, end_of_import, planned, resumed};
use crate::codec::sheet::Sheet;
use crate::domain::ending::Ending;
use crate::domain::job::{Counts, JobId, words};
use crate::domain::plan::{Planned, Step, Tally};
use crate::domain::untrusted::visible;
use crate::service::import::{End, Plan};

/// So many warnings of the file are told.
const MOST_WARNINGS: usize = 20;

/// The output of an import or of a resumed job.
#[expect(clippy::struct_excessive_bools, reason = "each is asked alone, and none depends on another")]
pub struct Shown {
    json: bool,
    /// Whether the document was begun with the records of a plan.
    has_plan: bool,
    is_first: bool,
    dry_run: bool,
    in_sandbox: bool,
    /// How the file was read, for whom, and how it is called.
    read: String,
    what: String,
    out: Option<New>,
    notes: Vec<String>,
    plan: Option<(Tally, String)>,
    run: Option<(JobId, Counts, End)>,
}

impl Shown {
    /// Begins with the plan of a file.
    ///
    /// # Errors
    /// The plan's file cannot be made, or nothing be printed.
    pub fn begin(errand: &Errand, name: &str, sheet: &Sheet, plan_out: Option<&Path>) -> Result<Self, CliError> {
        let out = plan_out.map(New::create).transpose()?;
        let what = format!("{} for {}", visible(name), errand.tenant.name);
        let mut shown = Self { out, has_plan: true, ..Self::resuming(errand, what) };
        shown.read = sheet.guess().to_string();
        for fault in sheet.warnings().stops.iter().chain(&sheet.warnings().warnings).take(MOST_WARNINGS) {
            shown.note(fault.to_string());
        }
        let more = sheet.warnings().warnings_total.saturating_sub(MOST_WARNINGS);
        if more > 0 {
            shown.note(format!("and {more} more"));
        }
        if shown.json {
            output::stream(IMPORT)?;
        }
        Ok(shown)
    }

    /// Begins without a plan.
    pub fn resuming(errand: &Errand, what: String) -> Self {
        Self {
            json: errand.json,
            has_plan: false,
            is_first: true,
            dry_run: false,
            in_sandbox: errand.tenant.sandbox,
            read: String::new(),
            what,
            out: None,
            notes: Vec::new(),
            plan: None,
            run: None,
        }
    }

    /// Says that nothing is to be sent.
    pub fn as_dry_run(&mut self) {
        self.dry_run = true;
    }

    /// Something to know beside the answer.
    pub fn note(&mut self, words: String) {
        output::remark(&format!("note: {}", visible(&words)));
        if self.json {
            self.notes.push(words);
        }
    }

    /// A line of the plan's file.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn written(&mut self, line: &str) -> Result<(), CliError> {
        self.out.as_mut().map_or(Ok(()), |out| out.write(line.as_bytes()))
    }

    /// A line of the plan. Nobody reading any more does not stop it: what was asked for is done.
    ///
    /// # Errors
    /// It cannot be printed.
    pub fn planned(&mut self, step: &Step, written: &str) -> Result<(), CliError> {
        let text = if self.json { planned(written, self.is_first) } else { lines(step) };
        self.is_first = false;
        output::stream(&text)?;
        Ok(())
    }

    /// The end of the plan.
    ///
    /// # Errors
    /// It cannot be printed, or the plan's file not be written.
    pub fn totals(&mut self, plan: &Plan) -> Result<(), CliError> {
        if let Some(out) = self.out.take() {
            out.finish()?;
        }
        self.plan = Some((plan.tally, plan.hash.to_string()));
        if self.json {
            return Ok(());
        }
        let text = totals(&plan.tally, &format!("plan of {} ({})", self.what, self.read), &plan.hash.to_string());
        output::print(&text)?;
        if let Some(words) = plan.band() {
            self.note(words);
        }
        Ok(())
    }

    /// What became of a job.
    pub fn applied(&mut self, job: JobId, counts: Counts, end: End) {
        self.run = Some((job, counts, end));
    }

    /// Says how it ended.
    ///
    /// # Errors
    /// What ended it, or it cannot be printed.
    pub fn end(self, ended: Result<Ending, CliError>) -> Result<Ending, CliError> {
        if self.json {
            return self.document(ended);
        }
        let Some((job, counts, end)) = &self.run else {
            if self.dry_run && ended.is_ok() {
                output::print("dry run: nothing was sent\n")?;
            }
            return ended;
        };
        let mut text = format!("job {job}: {}\n", words(counts));
        match end {
            End::Complete => {}
            End::Stopped => text.push_str("stopped: nothing more was sent\n"),
            // Writing to a String cannot fail.
            End::Paused(why) => drop(writeln!(text, "paused, nothing more was sent: {}", visible(why))),
        }
        // The people of a sandbox are gone with the command, and so is whatever could be gone on with.
        let next = if self.in_sandbox { Vec::new() } else { next(*job, counts) };
        for next in next {
            let _ = writeln!(text, "next: {next}");
        }
        let printed = output::print(&text);
        let ending = ended?;
        // What was sent stays sent: how it ended is the exit code, even where nobody could be told.
        if let Err(error) = printed {
            output::complain(&format!("{text}, and that could not be written: {error}"));
        }
        Ok(ending)
    }

    fn document(self, ended: Result<Ending, CliError>) -> Result<Ending, CliError> {
        let (ending, complaint) = match &ended {
            Ok(ending) => (*ending, None),
            Err(error) => (error.ending(), Some(error.to_string())),
        };
        let (why, word) = match self.run.as_ref().map(|(_, _, end)| end) {
            Some(End::Complete) => (None, "complete"),
            Some(End::Stopped) => (None, "stopped"),
            Some(End::Paused(why)) => (Some(why.as_str()), "paused"),
            None => (None, "not begun"),
        };
        let outcome = Outcome {
            read: Some(self.read).filter(|read| !read.is_empty()),
            hash: self.plan.as_ref().map(|(_, hash)| hash.clone()),
            planned: self.plan.as_ref().map(|(tally, _)| *tally),
            dry_run: self.dry_run,
            run: self.run.as_ref().map(|(job, counts, _)| Run { job: *job, counts, ended: word }),
            code: ended.as_ref().err().and_then(CliError::name),
            cause: complaint.as_deref().or(why),
            notes: &self.notes,
        };
        let text = if self.has_plan { end_of_import(&outcome, ending) } else { resumed(&outcome, ending) };
        output::print(&text)?;
        ended.map_err(CliError::told)
    }
}

/// A line of the plan for a person: field by field what was there and what will be.
fn lines(step: &Step) -> String {
    let mut text = format!("{:>6}  {:<9}  {}", step.line, step.planned.word(), visible(&step.username));
    if let Planned::Error(why) = &step.planned {
        text = format!("{text}: {}", visible(why));
    }
    for detail in step.details() {
        text = format!("{text}\n{:>19}{}", "", visible(&detail));
    }
    text + "\n"
}

fn totals(tally: &Tally, what: &str, hash: &str) -> String {
    let mut text = format!(
        "{what}: {} lines\n  create {}, update {}, unchanged {}, error {}\n",
        tally.lines(),
        tally.create,
        tally.update,
        tally.unchanged,
        tally.error
    );
    let harm = [
        (tally.disabled, "would not be able to sign in"),
        (tally.administrator_lost, "would lose an administrator's role"),
        (tally.role_lost, "would lose a role"),
        (tally.renamed, "would get another username"),
    ];
    for (count, words) in harm.into_iter().filter(|(count, _)| *count > 0) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {count} {words}");
    }
    let _ = writeln!(text, "  hash {hash}");
    text
}

/// What to do next, in commands.
pub fn next(job: JobId, counts: &Counts) -> Vec<String> {
    use crate::domain::job::LineState::{Error, Sent, Waiting};
    use crate::domain::record::Standing::{InDoubt, NotSent, Open, Partial, Rejected};
    let has = |states: &[crate::domain::job::LineState]| {
        states.iter().any(|state| counts.get(state).is_some_and(|count| *count > 0))
    };
    let mut next = Vec::new();
    if has(&[Waiting, Sent(NotSent)]) {
        next.push(format!("\"netex-users jobs resume {job}\" goes on with the lines that wait"));
    }
    if has(&[Sent(InDoubt), Sent(Open)]) {
        next.push(format!(
            "\"netex-users jobs resume {job} --in-doubt recheck\" sends again what is seen not to have been done, after its time"
        ));
    }
    if has(&[Error, Sent(Rejected), Sent(Partial), Sent(InDoubt), Sent(NotSent)]) {
        next.push(format!(
            "\"netex-users jobs failed {job}\" gives the lines that were not done, to be mended and imported"
        ));
    }
    next
}
