//! A file of people at work for somebody at the screen: opened and checked, planned, carried out, gone on with.
//!
//! What a command is told by its options stands in a [`FileOrder`] here. Deliberately not here: planning and carrying out themselves
//! ([`super::plan`], [`super::apply`]), showing, and any asking of an agent.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::codec::job::Kept;
use crate::codec::sheet::{Faults, Format, Options, Sheet};
use crate::domain::import::{FileOrder, Setting, beside};
use crate::domain::job::{Job, JobId, JobLine};
use crate::domain::untrusted::visible;
use crate::journal::jobs::Lines;
use crate::service::import::failed::{whole, with_reasons};
use crate::service::import::file::{self, Earlier};
use crate::service::import::passwords::Passwords;
use crate::service::import::plan::How;
use crate::service::import::{Applied, Import, ImportFault, InDoubt, Limits, Plan, Watch};
use crate::service::{Desk, Service};

/// So many warnings of the file are told.
const MOST_WARNINGS: usize = 20;

/// Why a file is not planned, or a job not gone on with. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Everything that is wrong with the file, with line and column, and how much more there is.
    Faults(Vec<String>, usize),
    /// A job of the same file was carried out before.
    Earlier(Earlier),
    /// In words.
    Words(String),
}

impl From<ImportFault> for Refused {
    fn from(fault: ImportFault) -> Self {
        Self::Words(fault.to_string())
    }
}

/// A file of people that was opened.
pub struct Work {
    import: Import,
    sheet: Arc<Sheet>,
    kept: Kept,
    name: String,
    again: bool,
}

impl Work {
    /// Opens a file and checks all of it. It reads the disk, so it is for a thread that may wait.
    ///
    /// # Errors
    /// It cannot be read, or something in it is wrong.
    pub fn open(service: Service, order: &FileOrder, watch: Watch) -> Result<Self, Refused> {
        if let Some(path) = order.passwords().filter(|path| path.symlink_metadata().is_ok()) {
            let path = path.to_string_lossy().into_owned();
            return Err(Refused::Words(format!("{} is there already, and is not written over", visible(&path))));
        }
        let work = Self::of(service, kept(order)?, &order.setting, InDoubt::Stop, watch)?;
        Ok(Self { again: order.again, ..work })
    }

    /// Opens the file of a job that was begun. With `rechecks` what is seen not to have been done is sent again, after its time. It reads the
    /// disk, so it is for a thread that may wait.
    ///
    /// # Errors
    /// The file is gone, came through a pipe, or is not what it was.
    pub fn reopen(
        service: Service,
        job: &Job,
        setting: &Setting,
        rechecks: bool,
        watch: Watch,
    ) -> Result<Self, Refused> {
        // The tenant may be of another revision since: then the job is refused by what it kept.
        let kept = Kept { revision: setting.revision, ..terms(job)? };
        let policy = if rechecks { InDoubt::Recheck } else { InDoubt::Stop };
        let passwords = kept.passwords.as_deref().map(|path| Passwords::go_on(Path::new(path))).transpose()?;
        let work = Self::of(service, kept, setting, policy, watch)?;
        Ok(Self { import: work.import.with_passwords(passwords), ..work })
    }

    fn of(service: Service, kept: Kept, setting: &Setting, in_doubt: InDoubt, watch: Watch) -> Result<Self, Refused> {
        let (name, sheet) = sheet(&kept, setting)?;
        let limits =
            Limits { concurrency: setting.concurrency, rate: setting.rate, max_harm: setting.max_harm, in_doubt };
        let import = Import::new(service, Arc::clone(&sheet), kept.clone(), limits, None, watch);
        Ok(Self { import, sheet, kept, name, again: false })
    }

    /// The name of the file, for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many lines there are.
    pub fn lines(&self) -> usize {
        self.sheet.len()
    }

    /// How the file was read: what was guessed of its letters and cells.
    pub fn guess(&self) -> String {
        self.sheet.guess().to_string()
    }

    /// What is odd about the file, with line and column.
    pub fn notes(&self) -> Vec<String> {
        let warnings = self.sheet.warnings();
        let told = warnings.stops.iter().chain(&warnings.warnings).take(MOST_WARNINGS).map(ToString::to_string);
        let more = warnings.warnings_total.saturating_sub(MOST_WARNINGS);
        let more = (more > 0).then(|| format!("and {more} more"));
        let exposed = self.kept.file.as_deref().and_then(|path| file::exposed(Path::new(path), &self.sheet));
        told.chain(more).chain(exposed).collect()
    }

    /// Plans it, and keeps the plan as a job.
    ///
    /// # Errors
    /// It was carried out before, or cannot be planned.
    pub async fn plan(&self) -> Result<Plan, Refused> {
        if let Some(earlier) = self.earlier().await?.filter(|_| !self.again) {
            return Err(Refused::Earlier(earlier));
        }
        Ok(self.import.plan(How { keep_as: Some(&self.name), against: None }).await?)
    }

    async fn earlier(&self) -> Result<Option<Earlier>, ImportFault> {
        match self.import.service.desk() {
            Some(desk) => file::earlier(desk, self.import.sheet()).await,
            None => Err(ImportFault::NoJournal),
        }
    }

    /// Gives the plan up: its job is taken away.
    pub async fn forget(&self, job: JobId) {
        self.import.forget(job).await;
    }

    /// Makes the new file of made passwords, where there is to be one: once, when the agent has agreed.
    ///
    /// # Errors
    /// It is there already, or cannot be made.
    pub fn make_passwords(&mut self) -> Result<(), Refused> {
        let made = self.kept.passwords.as_deref().map(|path| Passwords::create(Path::new(path))).transpose()?;
        self.import.take_passwords(made);
        Ok(())
    }

    /// Carries the job out, or goes on with it.
    ///
    /// # Errors
    /// It cannot be begun, or the journal failed on the way and nothing more is sent.
    pub async fn apply(&self, job: JobId) -> Result<Applied, Refused> {
        Ok(self.import.apply(job).await?)
    }
}

impl Service {
    /// The jobs of this tenant, the newest first.
    ///
    /// # Errors
    /// There is no journal, or it cannot be read; in words.
    pub async fn jobs(&self) -> Result<Vec<Job>, String> {
        let desk = self.desk.as_ref().ok_or_else(|| ImportFault::NoJournal.to_string())?;
        let realm = desk.realm.clone();
        desk.journal.ask(move |store| store.jobs(&realm)).await.map_err(|fault| fault.to_string())
    }

    /// One job of this tenant.
    ///
    /// # Errors
    /// There is none of this number here, or the journal cannot be read; in words.
    pub async fn job(&self, id: JobId) -> Result<Job, String> {
        let desk = self.desk.as_ref().ok_or_else(|| ImportFault::NoJournal.to_string())?;
        let job = desk.journal.ask(move |store| store.job(id)).await.map_err(|fault| fault.to_string())?;
        if job.realm == desk.realm { Ok(job) } else { Err(format!("job {id} is for {}", visible(&job.realm.tenant))) }
    }

    /// Some lines of a job after a line, each with why it stands so: all, or those that somebody has to look at.
    ///
    /// # Errors
    /// There is no journal, or it cannot be read; in words.
    pub async fn job_lines(
        &self,
        job: JobId,
        failed_only: bool,
        after: u64,
        most: u32,
    ) -> Result<Vec<(JobLine, Option<String>)>, String> {
        let desk = self.desk.as_ref().ok_or_else(|| ImportFault::NoJournal.to_string())?;
        let which = if failed_only { Lines::Failed } else { Lines::All };
        let lines = desk.journal.ask(move |store| with_reasons(store, job, which, after, most)).await;
        lines.map_err(|fault| fault.to_string())
    }
}

/// Writes the lines of a job that were not done to a new file beside the file of people, to be mended and imported. It reads and writes the
/// disk, so it is for a thread that may wait. The number is how many lines are in it; with none no file is made.
///
/// # Errors
/// The file of people is gone or another one, or the new one is there already or cannot be written; in words.
pub fn write_failed(desk: Desk, job: &Job, setting: &Setting) -> Result<(PathBuf, usize), Refused> {
    let kept = terms(job)?;
    let (_, sheet) = sheet(&kept, setting)?;
    let (text, count) = whole(desk, job, &sheet)?;
    let path = beside(Path::new(&kept.file.unwrap_or_default()), &format!("failed-{}", job.id));
    if count > 0 {
        let shown = path.to_string_lossy().into_owned();
        write_new(&path, &text).map_err(|error| Refused::Words(format!("{} {}", visible(&shown), said(&error))))?;
    }
    Ok((path, count))
}

/// A file for the agent alone, whole or not at all.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let mut out = BufWriter::new(file);
    let written = out.write_all(bytes).and_then(|()| out.flush()).and_then(|()| out.get_ref().sync_all());
    if written.is_err() {
        // Half a list of failures would be believed.
        let _ = std::fs::remove_file(path);
    }
    written
}

fn said(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::AlreadyExists {
        return "is there already, and is not written over".to_owned();
    }
    format!("cannot be written: {error}")
}

fn kept(order: &FileOrder) -> Result<Kept, Refused> {
    let not_text = || Refused::Words("the name of the file is no text in UTF-8: rename it".to_owned());
    let text = |path: &Path| path.to_str().map(str::to_owned).ok_or_else(not_text);
    let of_name = order.path.extension().and_then(|end| end.to_str()).and_then(Format::of_extension);
    Ok(Kept {
        mode: order.mode,
        matching: order.matching,
        revision: order.setting.revision,
        synchronization: order.synchronization,
        options: Options { format: of_name, ..Options::default() },
        file: Some(text(&order.path)?),
        folder: text(order.path.parent().unwrap_or(Path::new("/")))?,
        fit: false,
        passwords: order.passwords().as_deref().map(text).transpose()?,
        ticket: order.ticket.clone(),
    })
}

fn terms(job: &Job) -> Result<Kept, Refused> {
    Kept::read(&job.head.terms).ok_or_else(|| ImportFault::Unreadable(job.id).into())
}

/// The file of people, read and checked whole, with its name for people.
fn sheet(kept: &Kept, setting: &Setting) -> Result<(String, Arc<Sheet>), Refused> {
    let Some(path) = kept.file.as_deref().map(Path::new) else {
        let words = "the file came through a pipe: \"netex-users jobs\" takes it again, behind the number of the job";
        return Err(Refused::Words(words.to_owned()));
    };
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let bytes = file::read(path).map_err(|words| Refused::Words(format!("{} {words}", visible(&name))))?;
    let sheet = file::open(bytes, kept, &setting.catalogues).map_err(|faults| told(&faults))?;
    Ok((name, sheet))
}

fn told(faults: &Faults) -> Refused {
    let told: Vec<_> = faults.stops.iter().map(ToString::to_string).collect();
    let more = faults.stops_total - told.len();
    Refused::Faults(told, more)
}
