//! `import`: a file of people, planned, shown, agreed to and carried out.
//!
//! Standard output gets the plan and what became of it, standard error everything that is not the answer: what is odd, how far it is, and
//! questions. Deliberately not here: how a job is carried out ([`crate::service::import`]), and going on with one ([`crate::cli::jobs`]).

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::cli::consent::{self, Intent};
use crate::cli::errand::{self, Errand, Start};
use crate::cli::flags::Sending;
use crate::cli::import::file::{New, ready};
use crate::cli::import::show::Shown;
use crate::cli::import::work::{Work, said};
use crate::cli::{CliError, output};
use crate::codec::job::Kept;
use crate::codec::plan::PlanFile;
use crate::codec::sheet::{Delimiter, Encoding, Format, Options};
use crate::domain::ending::Ending;
use crate::domain::plan::{Match, Mode};
use crate::domain::untrusted::visible;
use crate::runtime::clock;
use crate::service::import::passwords::Passwords;
use crate::service::import::plan::How;
use crate::service::import::{InDoubt, Limits, Plan, file as people};

mod bar;
pub mod file;
pub mod show;
pub mod work;

/// What `import` is told.
#[derive(Clone, Debug, Args)]
pub struct Import {
    /// The file of people, CSV or JSON Lines; - is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// How it is read.
    #[command(flatten)]
    pub reading: Reading,

    /// Write the plan to a new file, for somebody else to look at
    #[arg(long, value_name = "FILE", help_heading = "Plan")]
    pub plan_out: Option<PathBuf>,

    /// Carry out exactly this plan, or nothing where the file or people were changed since
    #[arg(long, value_name = "FILE", help_heading = "Plan")]
    pub plan: Option<PathBuf>,

    /// Carry the file out although a job of the same file was carried out before
    #[arg(long, help_heading = "Plan")]
    pub again: bool,

    /// Make a password for each new user whose line has none
    #[arg(long, requires = "passwords_out", help_heading = "Passwords")]
    pub generate_passwords: bool,

    /// The new file that made passwords go into; only you can read it
    #[arg(long, value_name = "FILE", requires = "generate_passwords", help_heading = "Passwords")]
    pub passwords_out: Option<PathBuf>,

    /// How it is carried out.
    #[command(flatten)]
    pub pace: Pace,

    /// How changes are sent.
    #[command(flatten)]
    pub sending: Sending,
}

/// How a file of people is read.
#[derive(Clone, Debug, Default, Args)]
pub struct Reading {
    /// What the file may do [default: create-or-update]
    #[arg(long, value_name = "MODE", value_parser = word(Mode::ALL.map(Mode::word), Mode::from_word), help_heading = "File")]
    pub mode: Option<Mode>,

    /// By what a line finds its person [default: username]
    #[arg(long = "match", value_name = "COLUMN", value_parser = word(Match::ALL.map(Match::word), Match::from_word), help_heading = "File")]
    pub matching: Option<Match>,

    /// What a column is about, as in "Tel.=officePhone" or "Curso=roles.training"; "Notes=-" is not read
    #[arg(long = "map", value_name = "COLUMN=FIELD", value_parser = pair, help_heading = "File")]
    pub mapping: Vec<(String, String)>,

    /// How its letters are written, instead of the guess
    #[arg(long, value_name = "NAME", value_parser = word(Encoding::ALL.map(Encoding::word), Encoding::from_word), help_heading = "File")]
    pub encoding: Option<Encoding>,

    /// What stands between its cells, instead of the guess
    #[arg(long, value_name = "NAME", value_parser = word(Delimiter::ALL.map(Delimiter::word), Delimiter::from_word), help_heading = "File")]
    pub delimiter: Option<Delimiter>,

    /// CSV or JSON Lines, instead of what its name says
    #[arg(long, value_name = "NAME", value_parser = word([Format::Csv, Format::JsonLines].map(Format::word), Format::from_word), help_heading = "File")]
    pub format: Option<Format>,

    /// Convert pictures and make them smaller, where the service would not take them as they are
    #[arg(long, help_heading = "File")]
    pub fit: bool,
}

/// How fast a job is carried out, and what is done with what fails.
#[derive(Clone, Debug, Default, Args)]
pub struct Pace {
    /// What is done with lines that nobody knows to be done: stop leaves them for you, recheck sends again what is seen not to have been
    /// done after its time [default: stop]
    #[arg(long, value_name = "POLICY", value_parser = word(InDoubt::ALL.map(InDoubt::word), InDoubt::from_word), help_heading = "Job")]
    pub in_doubt: Option<InDoubt>,

    /// How many lines are handled at the same time, instead of the tenant's number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=16), help_heading = "Job")]
    pub concurrency: Option<u8>,

    /// At most so many changes a second, instead of the tenant's number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000), help_heading = "Job")]
    pub rate: Option<u32>,

    /// Write the lines that were not done to a new file, to be mended and imported
    #[arg(long, value_name = "FILE", help_heading = "Job")]
    pub failed_out: Option<PathBuf>,
}

fn word<T: Clone + Send + Sync + 'static, const N: usize>(
    words: [&'static str; N],
    of: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words).try_map(move |word| of(&word).ok_or("is none of these words"))
}

/// A column may have a `=` in its name, a field has none.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((column, field)) if !column.is_empty() && !field.is_empty() => {
            Ok((column.to_owned(), field.trim().to_owned()))
        }
        Some(_) | None => Err("it is written COLUMN=FIELD".to_owned()),
    }
}

impl Pace {
    /// The limits of the tenant, as far as nothing else was asked for.
    pub fn limits(&self, errand: &Errand) -> Limits {
        let rate = self.rate.and_then(std::num::NonZeroU32::new);
        Limits {
            concurrency: self.concurrency.map_or(errand.limits.concurrency, usize::from),
            rate: rate.or(errand.limits.rate),
            max_harm: errand.limits.max_harm,
            in_doubt: self.in_doubt.unwrap_or_default(),
        }
    }
}

impl Import {
    fn is_stdin(&self) -> bool {
        self.file == Path::new("-")
    }

    /// What is kept of the job. A plan says what may be done; whoever says something else as well is told by the plan's own comparison.
    fn kept(&self, errand: &Errand, plan: Option<&PlanFile>) -> Result<Kept, CliError> {
        let absolute = |path: &Path| std::path::absolute(path).map_err(CliError::from);
        let file = if self.is_stdin() { None } else { Some(absolute(&self.file)?) };
        let folder = match file.as_deref().and_then(Path::parent) {
            Some(folder) => folder.to_owned(),
            None => std::env::current_dir()?,
        };
        let passwords = self.passwords_out.as_deref().map(absolute).transpose()?;
        let of_name = self.file.extension().and_then(|end| end.to_str()).and_then(Format::of_extension);
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        let Reading { mode, matching, mapping, encoding, delimiter, format, fit } = self.reading.clone();
        Ok(Kept {
            mode: mode.or(plan.map(|plan| plan.header().mode())).unwrap_or_default(),
            matching: matching.or(plan.map(|plan| plan.header().matching())).unwrap_or_default(),
            revision: errand.tenant.revision,
            synchronization: self.sending.synchronization(errand.tenant.synchronization),
            options: Options { format: format.or(of_name), encoding, delimiter, mapping },
            file: file.map(text),
            folder: text(folder),
            fit,
            passwords: passwords.map(text),
            ticket: errand.ticket.clone(),
        })
    }

    /// The name of the file, for people.
    fn name(&self) -> String {
        if self.is_stdin() {
            return "standard input".to_owned();
        }
        self.file.file_name().unwrap_or(self.file.as_os_str()).to_string_lossy().into_owned()
    }
}

/// Plans a file, shows the plan, and carries it out where that is agreed to.
pub fn run(args: &Import, start: Start<'_>) -> Result<Ending, CliError> {
    let sending = &args.sending;
    for path in [&args.plan_out, &args.passwords_out, &args.pace.failed_out].into_iter().flatten() {
        ready(path)?;
    }
    let plan = args.plan.as_deref().map(file::plan).transpose()?;
    errand::carry_out(start, &sending.at, sending.ticket.as_deref(), async |errand| {
        errand.may_write(sending)?;
        asked_beforehand(errand, sending)?;
        let kept = args.kept(errand, plan.as_ref())?;
        let bytes = file::bytes(errand, &args.file).await?;
        let sheet = file::sheet(errand, bytes, &kept).await?;
        let mut shown = Shown::begin(errand, &args.name(), &sheet, args.plan_out.as_deref())?;
        if let Some(words) = people::exposed(&args.file, &sheet).filter(|_| !args.is_stdin()) {
            shown.note(words);
        }
        if sending.dry_run {
            shown.as_dry_run();
        }
        let work = Work::new(errand, sheet, kept, args.pace.limits(errand));
        let ended = carried(args, plan.as_ref(), errand, work, &mut shown).await;
        shown.end(ended)
    })
}

/// In a pipe nobody can be asked: that is said before a plan of a hundred thousand lines is made in vain.
fn asked_beforehand(errand: &Errand, sending: &Sending) -> Result<(), CliError> {
    let production = errand.tenant.production;
    if sending.dry_run || errand.interactive || (sending.yes && (!production || errand.tenant_named)) {
        return Ok(());
    }
    let name = &errand.tenant.name;
    let say = if production { format!("say --yes and --tenant {name}") } else { "say --yes".to_owned() };
    Err(CliError::Usage(format!(
        "a file of people is agreed to after its plan was shown, and nobody can be asked here: {say}, or --dry-run for the plan alone"
    )))
}

async fn carried(
    args: &Import,
    against: Option<&PlanFile>,
    errand: &mut Errand,
    mut work: Work,
    shown: &mut Shown,
) -> Result<Ending, CliError> {
    let sending = &args.sending;
    earlier(args, errand, &work, shown).await?;
    if let Some(words) = against.and_then(|plan| work.import.differs(plan)) {
        return Err(CliError::Local(format!("{words}; nothing was sent")));
    }
    let name = args.name();
    let keep_as = (!sending.dry_run).then_some(name.as_str());
    let plan = work.plan(errand, How { keep_as, against }, shown).await?;
    shown.totals(&plan)?;
    if let Some(words) = &plan.refused {
        return Err(CliError::Local(format!("{words}; nothing was sent")));
    }
    let (Some(job), false) = (plan.job, sending.dry_run) else { return Ok(of_plan(&plan)) };
    if plan.tally.requests() == 0 {
        work.import.forget(job).await;
        return Ok(of_plan(&plan));
    }
    let agreed = match consent::obtain(errand, sending, &intent(&name, &plan)).await {
        Ok(()) => args.passwords_out.as_deref().map(Passwords::create).transpose().map_err(said),
        Err(error) => Err(error),
    };
    match agreed {
        Ok(passwords) => work.import = work.import.with_passwords(passwords),
        Err(error) => {
            work.import.forget(job).await;
            return Err(error);
        }
    }
    work.apply(errand, job, plan.tally.requests() as u64, shown, args.pace.failed_out.as_deref()).await
}

/// Refuses a file that was carried out before (faults.md 52). In a dry run it is only said.
async fn earlier(args: &Import, errand: &mut Errand, work: &Work, shown: &mut Shown) -> Result<(), CliError> {
    let Some(desk) = errand.service.desk().filter(|_| !args.again) else { return Ok(()) };
    let Some(earlier) = people::earlier(desk, work.import.sheet()).await.map_err(said)? else { return Ok(()) };
    let words = format!(
        "{} of {} rows were applied in job {}, planned {}",
        earlier.sent,
        earlier.lines,
        earlier.job,
        clock::moment(earlier.at / 1000)
    );
    if args.sending.dry_run {
        shown.note(format!("the same file: {words}"));
        return Ok(());
    }
    Err(CliError::Local(format!(
        "this file was carried out before: {words}; \"netex-users jobs resume {}\" goes on with it, --again begins anew",
        earlier.job
    )))
}

/// How a plan alone ends: lines that cannot be done are not done.
fn of_plan(plan: &Plan) -> Ending {
    if plan.tally.error > 0 { Ending::NotSent } else { Ending::Done }
}

fn intent(name: &str, plan: &Plan) -> Intent<'static> {
    let mut harm = plan.tally.words();
    harm.extend(plan.band());
    Intent { what: format!("import {}", visible(name)), harm, typed: None }
}

/// Writes something to a new file.
///
/// # Errors
/// It is there already, or cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let mut new = New::create(path)?;
    new.write(bytes)?;
    new.finish()?;
    output::remark(&format!("written: {}", visible(&path.to_string_lossy())));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_may_have_any_name_and_a_field_has_its_own() {
        let of = |column: &str, field: &str| Ok((column.to_owned(), field.to_owned()));
        assert_eq!(pair("Tel.=officePhone"), of("Tel.", "officePhone"));
        assert_eq!(pair("a=b=roles.training"), of("a=b", "roles.training"));
        assert_eq!(pair("Notes=-"), of("Notes", "-"));
        for bad in ["", "=", "a=", "=b", "a"] {
            assert!(pair(bad).is_err(), "{bad}");
        }
    }
}
