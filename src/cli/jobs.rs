//! `jobs`: files of people that were begun, what became of their lines, and going on with one.
//!
//! Looking needs the journal alone: no tenant is asked, and no token is.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::cli::consent::{self, Intent};
use crate::cli::errand::{self, Errand, Start};
use crate::cli::flags::{At, Sending};
use crate::cli::import::file;
use crate::cli::import::show::{self, Shown};
use crate::cli::import::work::{Work, said};
use crate::cli::import::{Pace, write};
use crate::cli::workplace::{Archive, Wanted};
use crate::cli::{CliError, output};
use crate::codec::job::Kept;
use crate::codec::output::jobs as json;
use crate::domain::ending::Ending;
use crate::domain::job::{self, Job, JobId, JobLine};
use crate::domain::untrusted::visible;
use crate::journal::fault::JournalFault;
use crate::journal::jobs::Lines;
use crate::journal::store::Store;
use crate::runtime::clock;
use crate::service::import::ImportFault;
use crate::service::import::failed::{whole, with_reasons};
use crate::service::import::file as people;
use crate::service::import::passwords::Passwords;

/// So many lines are read from the journal at a time.
const PAGE: u32 = 500;

/// What `jobs` is told.
#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Jobs {
    /// What is done; without it the jobs are listed.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Where, and how it is told.
    #[command(flatten)]
    pub at: At,
}

/// What can be done with jobs.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// List the jobs of the tenant, the newest first
    List(At),
    /// Show every line of a job, and where it stands
    Show(Show),
    /// Go on with a job: with what waits, and with what is in doubt
    Resume(Box<Resume>),
    /// Give the lines of a job that were not done, to be mended and imported
    Failed(Failed),
}

/// Which job.
#[derive(Clone, Debug, Args)]
pub struct Show {
    /// The number of the job
    #[arg(value_name = "N")]
    pub job: i64,

    /// Where, and how it is told.
    #[command(flatten)]
    pub at: At,
}

/// What `jobs resume` is told.
#[derive(Clone, Debug, Args)]
pub struct Resume {
    /// The number of the job
    #[arg(value_name = "N")]
    pub job: i64,

    /// The file of people, where it is not where it was; - is standard input
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,

    /// A new file for made passwords, where the one of the job cannot be used
    #[arg(long, value_name = "FILE", help_heading = "Passwords")]
    pub passwords_out: Option<PathBuf>,

    /// How it is carried out.
    #[command(flatten)]
    pub pace: Pace,

    /// Agree to what would be asked about; production wants --tenant NAME as well
    #[arg(long, help_heading = "How")]
    pub yes: bool,

    /// Where, and how it is told.
    #[command(flatten)]
    pub at: At,
}

/// What `jobs failed` is told.
#[derive(Clone, Debug, Args)]
pub struct Failed {
    /// The number of the job
    #[arg(value_name = "N")]
    pub job: i64,

    /// The file of people, where it is not where it was; - is standard input
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,

    /// Write them to a new file instead of standard output
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub out: Option<PathBuf>,

    /// Where, and how it is told.
    #[command(flatten)]
    pub at: At,
}

impl Jobs {
    /// Whether one JSON document is wanted, and the name of what is done in it.
    pub fn document(&self) -> (bool, &'static str) {
        match &self.command {
            None => (self.at.json, "jobs"),
            Some(Command::List(at)) => (at.json, "jobs"),
            Some(Command::Show(args)) => (args.at.json, "jobs show"),
            Some(Command::Resume(args)) => (args.at.json, "jobs resume"),
            Some(Command::Failed(args)) => (args.at.json, "jobs failed"),
        }
    }
}

/// Does what is wanted with jobs.
pub fn run(args: &Jobs, start: Start<'_>) -> Result<Ending, CliError> {
    match &args.command {
        None => list(&args.at, start),
        Some(Command::List(at)) => list(at, start),
        Some(Command::Show(args)) => of_one(args, start),
        Some(Command::Resume(args)) => resume(args, start),
        Some(Command::Failed(args)) => failed(args, start),
    }
}

/// The journal of the place that is meant, for somebody who only looks.
fn archive(at: &At, start: Start<'_>) -> Result<Archive, CliError> {
    let config = crate::cli::load(start.config)?;
    let tenant = at.tenant.as_deref().or(start.tenant);
    let scenario = at.scenario.as_deref().or(start.scenario);
    Archive::open(&config, Wanted { tenant, scenario, ..Wanted::default() })
}

fn ask<T: Send + 'static>(
    archive: &Archive,
    work: impl FnOnce(&mut Store) -> Result<T, JournalFault> + Send + 'static,
) -> Result<T, CliError> {
    archive.desk.journal.ask_and_wait(work).map_err(|fault| said(fault.into()))
}

fn list(at: &At, start: Start<'_>) -> Result<Ending, CliError> {
    let archive = archive(at, start)?;
    let realm = archive.desk.realm.clone();
    let jobs = ask(&archive, move |store| store.jobs(&realm))?;
    let text = if at.json { json::jobs(&jobs) } else { jobs.iter().map(row).collect() };
    output::print(&text)?;
    Ok(Ending::Done)
}

/// A job as one line, between tabs: every tool takes it apart.
fn row(job: &Job) -> String {
    let state = job.shown_state().word();
    let counts = job::words(&job.counts);
    format!("{}\t{}\t{}\t{state}\t{counts}\n", job.id, clock::moment(job.at / 1000), visible(&job.head.source))
}

fn of_one(args: &Show, start: Start<'_>) -> Result<Ending, CliError> {
    let archive = archive(&args.at, start)?;
    let job = of_here(&archive, JobId(args.job))?;
    if !args.at.json {
        output::print(&row(&job))?;
    }
    lines(&archive, &job, "jobs show", Lines::All, args.at.json)?;
    if !args.at.json {
        for next in show::next(job.id, &job.counts) {
            output::print(&format!("next: {next}\n"))?;
        }
    }
    Ok(Ending::Done)
}

/// A job of this place. The number of another tenant's job is as good as none.
fn of_here(archive: &Archive, id: JobId) -> Result<Job, CliError> {
    let job = ask(archive, move |store| store.job(id))?;
    if job.realm == archive.desk.realm {
        return Ok(job);
    }
    Err(CliError::Usage(format!(
        "job {id} is for {}: say --tenant {}",
        visible(&job.realm.tenant),
        visible(&job.realm.tenant)
    )))
}

/// Prints lines of a job, some at a time, so that a hundred thousand take no memory and a reader may go away.
fn lines(archive: &Archive, job: &Job, act: &str, which: Lines, is_json: bool) -> Result<(), CliError> {
    let mut is_read = !is_json || output::stream(&json::begin_job(act, job))?;
    let (mut after, mut is_first, id) = (0, true, job.id);
    while is_read {
        let page = ask(archive, move |store| with_reasons(store, id, which, after, PAGE))?;
        let Some((last, _)) = page.last() else { break };
        after = last.plan.line;
        let mut text = String::new();
        for (line, reason) in &page {
            text.push_str(&if is_json {
                json::job_line(line, reason.as_deref(), is_first)
            } else {
                text_of(line, reason.as_deref())
            });
            is_first = false;
        }
        is_read = output::stream(&text)?;
    }
    if is_json {
        output::print(&json::end_of_job(Ending::Done, None))?;
    }
    Ok(())
}

fn text_of(line: &JobLine, reason: Option<&str>) -> String {
    let plan = &line.plan;
    let mut text =
        format!("{:>6}  {:<9}  {:<11}  {}", plan.line, plan.action, plan.state.word(), visible(&plan.username));
    if let Some(reason) = reason {
        // Writing to a String cannot fail.
        let _ = write!(text, ": {}", visible(reason));
    }
    text + "\n"
}

fn failed(args: &Failed, start: Start<'_>) -> Result<Ending, CliError> {
    if let Some(out) = &args.out {
        file::ready(out)?;
    }
    let archive = archive(&args.at, start)?;
    let job = of_here(&archive, JobId(args.job))?;
    if args.at.json {
        lines(&archive, &job, "jobs failed", Lines::Failed, true)?;
        return Ok(Ending::Done);
    }
    let kept = Kept::read(&job.head.terms).ok_or_else(|| said(ImportFault::Unreadable(job.id)))?;
    let path = path(args.file.as_deref(), &kept)?;
    let bytes = if path == Path::new("-") { people::read_from(std::io::stdin().lock()) } else { people::read(&path) };
    let bytes = bytes.map_err(|words| CliError::Local(format!("{} {words}", visible(&path.to_string_lossy()))))?;
    let sheet = people::open(bytes, &kept, &archive.catalogues).map_err(|faults| file::faulty(&faults))?;
    let (text, count) = whole(archive.desk.clone(), &job, &sheet).map_err(said)?;
    match &args.out {
        Some(_) if count == 0 => output::remark("every line was done: no file was written"),
        Some(out) => write(out, &text)?,
        None => drop(output::stream_bytes(&text)?),
    }
    Ok(Ending::Done)
}

/// Where the file of a job is.
fn path(given: Option<&Path>, kept: &Kept) -> Result<PathBuf, CliError> {
    given.map(Path::to_owned).or_else(|| kept.file.clone().map(PathBuf::from)).ok_or_else(|| {
        CliError::Usage("the file came through a pipe: give it again, behind the number of the job".into())
    })
}

fn resume(args: &Resume, start: Start<'_>) -> Result<Ending, CliError> {
    for path in [&args.passwords_out, &args.pace.failed_out].into_iter().flatten() {
        file::ready(path)?;
    }
    let sending = Sending { at: args.at.clone(), yes: args.yes, ..Sending::default() };
    errand::carry_out(start, &args.at, None, async |errand| {
        errand.may_write(&sending)?;
        let job = begun(errand, JobId(args.job)).await?;
        let kept = Kept::read(&job.head.terms).ok_or_else(|| said(ImportFault::Unreadable(job.id)))?;
        // The tenant may be of another revision since: then the job is refused by what it kept.
        let kept = Kept { revision: errand.tenant.revision, ..kept };
        let bytes = file::bytes(errand, &path(args.file.as_deref(), &kept)?).await?;
        let sheet = file::sheet(errand, bytes, &kept).await?;
        people::is_same(&errand.service, &job, &sheet).await.map_err(said)?;
        let left = job.left();
        let what = format!("go on with job {}, {}", job.id, visible(&job.head.source));
        let mut shown = Shown::resuming(errand, what.clone());
        if left > 0 {
            let harm = vec![format!("{left} of {} lines are not finished", job.head.lines)];
            consent::obtain(errand, &sending, &Intent { what, harm, typed: None }).await?;
        }
        let passwords = match (&args.passwords_out, &kept.passwords) {
            (_, None) => None,
            (Some(path), Some(_)) => Some(Passwords::create(path).map_err(said)?),
            (None, Some(path)) => Some(Passwords::go_on(Path::new(path)).map_err(said)?),
        };
        let limits = args.pace.limits(errand);
        let mut work = Work::new(errand, sheet, kept, limits);
        work.import = work.import.with_passwords(passwords);
        let ended = work.apply(errand, job.id, left, &mut shown, args.pace.failed_out.as_deref()).await;
        shown.end(ended)
    })
}

async fn begun(errand: &Errand, id: JobId) -> Result<Job, CliError> {
    let desk = errand.service.desk().ok_or_else(|| said(ImportFault::NoJournal))?;
    let job = desk.journal.ask(move |store| store.job(id)).await.map_err(|fault| said(fault.into()))?;
    if job.realm == desk.realm {
        return Ok(job);
    }
    let (wanted, found) = (job.realm.tenant, desk.realm.tenant.clone());
    Err(said(ImportFault::OtherTenant { job: id, wanted, found }))
}
