//! The bytes of a file of people, and the file that was planned among those that look like it.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;

use crate::codec::job::Kept;
use crate::codec::sheet::{Faults, MOST, Sheet, Target};
use crate::domain::fields::Field;
use crate::domain::job::{Job, JobId, JobLine};
use crate::domain::plan::Terms;
use crate::domain::roles::Catalogues;
use crate::domain::row::Column;
use crate::journal::jobs::Lines;
use crate::service::import::{ImportFault, mark_of_row};
use crate::service::{Desk, Service};

/// So many lines are compared at a time.
const PAGE: u32 = 1000;

/// So many lines are named that are not as they were.
const MOST_NAMED: usize = 20;

/// Reads a file, or a pipe that somebody gave in its place.
///
/// # Errors
/// It cannot be read, or is larger than [`MOST`]; in words that follow its name.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let file = File::open(path).map_err(|error| said(&error))?;
    let size = file.metadata().map_or(0, |what| what.len());
    whole(file, size)
}

/// Reads everything that comes through a pipe.
///
/// # Errors
/// As for [`read`].
pub fn read_from(from: impl Read) -> Result<Vec<u8>, String> {
    whole(from, 0)
}

fn whole(from: impl Read, size: u64) -> Result<Vec<u8>, String> {
    let most = MOST as u64;
    // One allocation where the size is known: a growing one would leave copies of passwords behind.
    let mut bytes = Vec::with_capacity(usize::try_from(size.min(most)).unwrap_or_default() + 64);
    from.take(most + 1).read_to_end(&mut bytes).map_err(|error| said(&error))?;
    if bytes.len() > MOST {
        return Err(format!("is larger than {} MiB: divide it", MOST >> 20));
    }
    Ok(bytes)
}

fn said(error: &io::Error) -> String {
    let known = [
        (io::ErrorKind::NotFound, "does not exist"),
        (io::ErrorKind::PermissionDenied, "may not be read: permission denied"),
        (io::ErrorKind::IsADirectory, "is a folder, not a file"),
    ];
    let words = known.into_iter().find(|(kind, _)| *kind == error.kind()).map(|(_, words)| words.to_owned());
    words.unwrap_or_else(|| format!("cannot be read: {error}"))
}

/// Reads the bytes as the people of a job, and checks all of them.
///
/// # Errors
/// Everything that is wrong, with its line and column.
pub fn open(bytes: Vec<u8>, kept: &Kept, catalogues: &Catalogues) -> Result<Arc<Sheet>, Faults> {
    let terms = Terms {
        mode: kept.mode,
        matching: kept.matching,
        revision: kept.revision,
        catalogues: catalogues.clone(),
        makes_passwords: kept.passwords.is_some(),
    };
    Sheet::read(bytes, &kept.options, &terms).map(Arc::new)
}

/// What is to be said of passwords in a file that others may read (faults.md 56); nothing where there is nothing to say.
pub fn exposed(path: &Path, sheet: &Sheet) -> Option<String> {
    let password = Target::Column(Column::Field(Field::Password));
    let has_passwords = sheet.heads().iter().any(|head| head.target == password)
        || (sheet.heads().is_empty() && sheet.rows().any(|row| row.has(Field::Password)));
    let mode = std::fs::metadata(path).ok()?.mode();
    (has_passwords && mode & 0o044 != 0).then(|| {
        format!("there are passwords in it, and others on this machine may read it: chmod 600 {}", path.display())
    })
}

/// A job of the same file, of which something was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The job.
    pub job: JobId,
    /// When it was planned, in milliseconds since 1970 (UTC).
    pub at: i64,
    /// How many lines were sent and not refused.
    pub sent: u64,
    /// How many lines it has.
    pub lines: u64,
}

/// The newest job of the same file to this tenant of which something was sent (faults.md 52).
///
/// # Errors
/// The journal cannot be read.
pub async fn earlier(desk: &Desk, sheet: &Sheet) -> Result<Option<Earlier>, ImportFault> {
    let (realm, digest) = (desk.realm.clone(), sheet.digest().to_string());
    let jobs = desk.journal.ask(move |store| store.jobs_of_file(&realm, &digest)).await?;
    let earlier = |job: Job| Earlier { job: job.id, at: job.at, sent: job.sent(), lines: job.head.lines };
    Ok(jobs.into_iter().map(earlier).find(|earlier| earlier.sent > 0))
}

/// Whether a file is the one that a job was planned for.
///
/// # Errors
/// It is another one: which of its lines (faults.md 50).
pub async fn is_same(service: &Service, job: &Job, sheet: &Sheet) -> Result<(), ImportFault> {
    if job.head.digest == sheet.digest().to_string() {
        return Ok(());
    }
    let desk = service.desk().ok_or(ImportFault::NoJournal)?;
    let (mut others, mut known, mut after, id) = (Others::default(), 0, 0, job.id);
    loop {
        let lines = desk.journal.ask(move |store| store.lines(id, Lines::All, after, PAGE)).await?;
        let Some(last) = lines.last() else { break };
        after = last.plan.line;
        known += lines.len();
        for line in &lines {
            others.compare(line, sheet);
        }
    }
    Err(ImportFault::OtherFile(others.words(known, sheet.len())))
}

/// The lines that are not as they were.
#[derive(Default)]
struct Others {
    named: Vec<String>,
    total: usize,
    found: usize,
}

impl Others {
    fn compare(&mut self, line: &JobLine, sheet: &Sheet) {
        let planned = line.plan.digest.split(':').next().unwrap_or_default();
        let words = match sheet.find(line.plan.line).map(|index| sheet.row(index)) {
            None => "is gone",
            Some(row) if mark_of_row(&row) != planned => {
                self.found += 1;
                "was changed"
            }
            Some(_) => {
                self.found += 1;
                return;
            }
        };
        self.total += 1;
        if self.named.len() < MOST_NAMED {
            self.named.push(format!("line {} {words}", line.plan.line));
        }
    }

    fn words(mut self, known: usize, has: usize) -> String {
        let new = has.saturating_sub(self.found);
        let more = self.total - self.named.len();
        if more > 0 {
            self.named.push(format!("and {more} more"));
        }
        if new > 0 {
            self.named.push(format!("{new} lines are new"));
        }
        if self.named.is_empty() {
            self.named.push(format!("the {known} lines stand elsewhere"));
        }
        self.named.join("; ")
    }
}
