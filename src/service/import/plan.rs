//! What a file would do, line by line, with nothing written to the tenant.
//!
//! Lines are asked for several at a time and told in their order, so that none of the plan has to be kept: its lines go into the journal, a
//! thousand in one sync of the disk, and its file is written as it comes.

use futures_util::StreamExt as _;

use crate::codec::digest::{self, Digest};
use crate::codec::plan::{PlanFile, Record, Writer};
use crate::domain::bulk::BANDS;
use crate::domain::draft::Entry;
use crate::domain::fields::Field;
use crate::domain::files::Wish;
use crate::domain::job::{JobHead, JobId, JobState, LineState, NewLine};
use crate::domain::outcome::ReadFault;
use crate::domain::photo::{Photo, Picture};
use crate::domain::plan::{Found, Planned, Step, Tally};
use crate::domain::row::{ImageSource, Row, Supply};
use crate::domain::untrusted::visible;
use crate::service::import::circuit::{Beat, Circuit, is_over};
use crate::service::import::{Event, Import, ImportFault, Stop, mark};
use crate::service::pasted::{self, PasteFault};
use crate::service::{password, picture};

/// So many lines go into the journal in one transaction.
const CHUNK: usize = 1000;

/// So many differences to a plan's file are told.
const MOST_TOLD: usize = 20;

/// What became of the planning.
#[derive(Debug)]
pub struct Plan {
    /// The job that carries it out; nothing where it was not to be kept, or may not be carried out.
    pub job: Option<JobId>,
    /// How many lines do what.
    pub tally: Tally,
    /// The plan's hash: the same for a plan that is only shown.
    pub hash: Digest,
    /// Why it may not be carried out, in words; nothing where it may.
    pub refused: Option<String>,
}

/// What is made of a plan beside being shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct How<'a> {
    /// The name of the file, where the plan is kept as a job.
    pub keep_as: Option<&'a str>,
    /// A plan's file that has to come out again exactly.
    pub against: Option<&'a PlanFile>,
}

/// A line, planned.
struct Line {
    step: Step,
    row: Digest,
    mark: String,
    beat: Beat,
    over: Option<String>,
    /// Something of this machine that the line names cannot be used: no line is sent before that is mended.
    is_broken: bool,
}

impl Plan {
    /// What the vendor says of so many changes at once, in words.
    pub fn band(&self) -> Option<String> {
        let size = self.tally.requests();
        let band = BANDS.into_iter().rev().find(|band| size >= *band)?;
        Some(format!(
            "{size} changes: the vendor calls more than {band} at once a risk of being interrupted; smaller files are safer"
        ))
    }
}

impl Import {
    /// Plans every line, and keeps the plan as a job where that is wanted. Nothing is written to the tenant.
    ///
    /// # Errors
    /// The service cannot be read, the journal not be written, or the agent stopped it. Then no job is left behind.
    pub async fn plan(&self, how: How<'_>) -> Result<Plan, ImportFault> {
        self.know_addresses().await?;
        let job = match how.keep_as {
            Some(source) => Some(self.new_job(source).await?),
            None => None,
        };
        let planned = self.planned(how, job).await;
        match (&planned, job) {
            (Ok(Plan { refused: None, .. }), _) | (_, None) => {}
            (Ok(_) | Err(_), Some(job)) => self.forget(job).await,
        }
        planned
    }

    /// Why a plan's file is not for this file and this tenant, in words; nothing where it is.
    pub fn differs(&self, plan: &PlanFile) -> Option<String> {
        plan.header().differs(&self.header())
    }

    /// Takes a job away that nothing was sent of: because nobody agreed to it, say.
    pub async fn forget(&self, job: JobId) {
        if let Some(desk) = self.service.desk() {
            // One that cannot be taken away is in the list as planned, which is true.
            let _ = desk.journal.ask(move |store| store.forget_job(job)).await;
        }
    }

    async fn planned(&self, how: How<'_>, job: Option<JobId>) -> Result<Plan, ImportFault> {
        let (mut writer, first) = Writer::new(&self.header());
        self.tell(Event::PlanBegun(first)).await;
        let (mut tally, mut circuit, mut chunk) = (Tally::default(), Circuit::default(), Vec::new());
        let (mut broken, mut others) = (0_usize, Others::default());
        let mut lines = futures_util::stream::iter(0..self.sheet.len())
            .map(|index| self.line(index))
            .buffered(self.limits.concurrency.max(1))
            .enumerate();
        loop {
            let (index, line) = tokio::select! {
                biased;
                () = self.stopped(Stop::Finish) => return Err(ImportFault::Stopped),
                next = lines.next() => match next { Some(next) => next, None => break },
            };
            let line = line?;
            if let Some(why) = line.over {
                return Err(ImportFault::Refused(why));
            }
            if let Some(why) = circuit.note(&line.beat) {
                return Err(ImportFault::Unread(why));
            }
            tally.add(&line.step);
            broken += usize::from(line.is_broken);
            let record = Record::new(&line.step, line.row);
            others.compare(how.against, index, &record);
            if let Some(job) = job {
                chunk.push(new_line(&line));
                if chunk.len() == CHUNK {
                    self.keep(job, std::mem::take(&mut chunk)).await?;
                }
            }
            let written = writer.record(&record);
            self.tell(Event::Planned { done: index + 1, step: Box::new(line.step), written }).await;
        }
        drop(lines);
        let (last, hash) = writer.seal(&tally);
        self.tell(Event::PlanEnded(last)).await;
        let refused = self.refused(&tally, broken).or_else(|| others.words(how.against, hash, self.sheet.len()));
        let job = job.filter(|_| refused.is_none());
        if let Some(job) = job {
            self.keep(job, chunk).await?;
            self.ready(job, hash).await?;
        }
        Ok(Plan { job, tally, hash, refused })
    }

    /// Guard rails, and what has to be mended before any line is sent (faults.md, I-17).
    fn refused(&self, tally: &Tally, broken: usize) -> Option<String> {
        if broken > 0 {
            return Some(format!("{broken} lines name a picture that cannot be used: mend them first"));
        }
        tally.forbidden(self.limits.max_harm)
    }

    async fn new_job(&self, source: &str) -> Result<JobId, ImportFault> {
        let head = JobHead {
            source: source.to_owned(),
            digest: self.sheet.digest().to_string(),
            plan: String::new(),
            terms: self.kept.text(),
            lines: self.sheet.len() as u64,
        };
        let desk = self.desk()?;
        let realm = desk.realm.clone();
        Ok(desk.journal.ask(move |store| store.new_job(&realm, &head)).await?)
    }

    async fn keep(&self, job: JobId, lines: Vec<NewLine>) -> Result<(), ImportFault> {
        Ok(self.desk()?.journal.ask(move |store| store.add_lines(job, &lines)).await?)
    }

    async fn ready(&self, job: JobId, hash: Digest) -> Result<(), ImportFault> {
        let hash = hash.to_string();
        let done = self.desk()?.journal.ask(move |store| {
            store.job_has_plan(job, &hash)?;
            store.job_stands(job, JobState::Ready)
        });
        Ok(done.await?)
    }

    /// Plans one line, with a fresh reading.
    async fn line(&self, index: usize) -> Result<Line, ImportFault> {
        let row = self.sheet.row(index);
        let mut line = Line {
            step: Step::error(&row, ""),
            row: digest::row(&row),
            mark: String::new(),
            beat: Beat::Good,
            over: None,
            is_broken: false,
        };
        let found = match self.find(&row).await {
            Ok(found) => found,
            Err(fault) => {
                line.beat = Beat::of_reading(&fault);
                if let ReadFault::Failed(cause) = &fault {
                    line.over = is_over(cause);
                }
                Found::Unread(fault.to_string())
            }
        };
        match self.photo(&row).await {
            Ok(photo) => {
                let password = self.wants_password(&row, &found).then(password::generate);
                line.step = self.step(&row, found, Supply { photo: photo.clone(), password }, photo.as_ref());
            }
            Err(words) => {
                line.step = Step::error(&row, words);
                line.is_broken = true;
            }
        }
        line.mark = mark(&row, &Record::new(&line.step, line.row));
        Ok(line)
    }

    /// A line's step, with what was done to its picture.
    pub(super) fn step(&self, row: &Row, found: Found, supply: Supply, photo: Option<&Photo>) -> Step {
        let mut step = self.sheet.terms().plan(row, found, supply);
        if let (Some(Photo::Picture(picture)), Some(_)) = (photo, step.request()) {
            step.remarks.extend(picture.notes.iter().map(|note| format!("the picture is {note}")));
        }
        step
    }

    /// Whether the line makes somebody new who gets a made password.
    pub(super) fn wants_password(&self, row: &Row, found: &Found) -> bool {
        let has_one = matches!(row.entries.get(&Field::Password), Some(Entry::Secret(secret)) if !secret.is_empty());
        self.sheet.terms().makes_passwords && *found == Found::Nobody && !has_one
    }

    /// The picture that a line names, from below the folder of the file and nowhere else.
    ///
    /// # Errors
    /// It cannot be used; in words.
    pub(super) async fn photo(&self, row: &Row) -> Result<Option<Photo>, String> {
        let (folder, fit) = (self.kept.folder.clone(), self.kept.fit);
        let wish = Wish { convert: fit, shrink: fit };
        let (source, shown) = match row.image.clone() {
            None | Some(ImageSource::Url(_)) => return Ok(None),
            Some(source @ ImageSource::Inline(_)) => (source, "the picture in the line".to_owned()),
            Some(ImageSource::File(way)) => {
                let shown = format!("the picture {}", visible(&way));
                (ImageSource::File(way), shown)
            }
        };
        let read = move || match source {
            ImageSource::Inline(text) => pasted::picture(&text, wish).map_err(|fault| match fault {
                PasteFault::Text(words) => format!(": {}", words.trim_start_matches("the pasted text ")),
                PasteFault::Media(fault) => format!(" {fault}"),
            }),
            ImageSource::File(way) | ImageSource::Url(way) => {
                picture::from_below(std::path::Path::new(&folder), &way, wish).map_err(|fault| format!(" {fault}"))
            }
        };
        match tokio::task::spawn_blocking(read).await {
            Ok(Ok(picture)) => Ok(Some(Photo::Picture(light(picture)))),
            Ok(Err(fault)) => Err(format!("{shown}{fault}")),
            Err(_) => Err(format!("{shown} could not be read: this is a fault of netex-users")),
        }
    }
}

/// Nobody looks at the rendering here.
fn light(picture: Picture) -> Picture {
    Picture { thumb: crate::domain::photo::Thumb::default(), ..picture }
}

fn new_line(line: &Line) -> NewLine {
    let (state, reason) = match &line.step.planned {
        Planned::Create(_) | Planned::Update(_) => (LineState::Waiting, None),
        Planned::Unchanged => (LineState::Unchanged, None),
        Planned::Error(words) => (LineState::Error, Some(words.clone())),
    };
    NewLine {
        line: line.step.line,
        username: line.step.username.clone(),
        action: line.step.planned.word().to_owned(),
        digest: line.mark.clone(),
        state,
        reason,
    }
}

/// Where a plan is another one than that of the plan's file.
#[derive(Default)]
struct Others {
    told: Vec<String>,
    total: usize,
}

impl Others {
    fn compare(&mut self, against: Option<&PlanFile>, index: usize, now: &Record) {
        let Some(plan) = against else { return };
        let words = match plan.record(index) {
            Some(record) => record.differs(now),
            None => Some("the plan has no such line".to_owned()),
        };
        let Some(words) = words else { return };
        self.total += 1;
        if self.told.len() < MOST_TOLD {
            self.told.push(format!("line {}: {words}", now.line));
        }
    }

    /// Why the plan's file may not be carried out.
    fn words(self, against: Option<&PlanFile>, hash: Digest, lines: usize) -> Option<String> {
        let plan = against?;
        if self.total > 0 {
            let more = self.total - self.told.len();
            let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
            let told = self.told.join("\n  ");
            return Some(format!("{} lines are not as the plan has them:\n  {told}{more}", self.total));
        }
        let is_same = plan.len() == lines && plan.hash() == hash;
        (!is_same).then(|| "the remarks of the plan are others now: make it anew".to_owned())
    }
}
