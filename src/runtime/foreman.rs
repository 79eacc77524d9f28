//! Files of people at work for the screen: one at a time, watched as it goes, stopped in order.
//!
//! What a file would do and how it is carried out is the service's ([`crate::service::import`]); here its events become a picture of how far it
//! is, which is told no more than ten times a second however many lines there are.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, watch};

use crate::app::effect::Ticket;
use crate::app::jobs::{self, Ended, Line, Plan, PlanLine, Progress, Refusal, Row, Told, Wish};
use crate::app::msg::News;
use crate::domain::import::{FileOrder, Setting};
use crate::domain::job::{JobId, time_left};
use crate::domain::plan::{Planned, Step};
use crate::runtime::clock::{self, Stopwatch};
use crate::runtime::guard;
use crate::runtime::world::{STUMBLED, Task};
use crate::service::Service;
use crate::service::import::work::{Refused, Work, write_failed};
use crate::service::import::{Applied, End, Event, Stop, Watch, watched};

/// So many events may wait to be looked at.
const ROOM: usize = 64;

/// How far it is is told this often at most.
const EACH: Duration = Duration::from_millis(100);

/// So many lines of a plan are shown. All of them are written by the command, with `--plan-out`.
const MOST_STEPS: usize = 2000;

/// So many remarks are shown.
const MOST_REMARKS: usize = 20;

/// So many lines of a job are read at a time.
const PAGE: u32 = 200;

/// Who carries files of people out for the screen.
pub struct Foreman {
    service: Service,
    shared: Rc<Shared>,
}

/// What the questions about one file have in common.
#[derive(Default)]
struct Shared {
    progress: RefCell<Progress>,
    changed: Notify,
    stop: RefCell<Option<watch::Sender<Stop>>>,
    planned: RefCell<Option<Ready>>,
}

/// A file that was planned and waits to be agreed to.
struct Ready {
    job: JobId,
    work: Work,
    events: mpsc::Receiver<Event>,
    stop: watch::Sender<Stop>,
}

impl Foreman {
    /// Nothing is at work yet.
    pub fn new(service: Service) -> Self {
        Self { service, shared: Rc::default() }
    }

    /// Begins to do what is wanted.
    pub fn perform(&self, ticket: Ticket, wish: Wish) -> Task {
        let (service, shared) = (self.service.clone(), Rc::clone(&self.shared));
        let told = move |told| Some(News::Jobs(ticket, told));
        match wish {
            Wish::List => Box::pin(async move { told(Told::List(list(&service).await)) }),
            Wish::Lines { job, failed_only, after } => Box::pin(async move {
                let lines = guard::waited(service.job_lines(job, failed_only, after, PAGE)).await;
                let lines = lines.unwrap_or_else(|| Err(STUMBLED.to_owned()));
                let line = |(line, reason)| Line { line, reason };
                let lines = lines.map(|lines| lines.into_iter().map(line).collect());
                told(Told::Lines { job, failed_only, after, lines })
            }),
            Wish::Plan(order) => Box::pin(async move { told(Told::Planned(shared.plan(service, *order).await)) }),
            Wish::CarryOut(job) => {
                Box::pin(async move { told(Told::Ended(job, shared.carry_out(service, job).await)) })
            }
            Wish::GoOn { job, rechecks, setting } => {
                Box::pin(async move { told(Told::Ended(job, shared.go_on(service, job, *setting, rechecks).await)) })
            }
            Wish::Forget(job) => Box::pin(async move {
                let ready = shared.planned.borrow_mut().take_if(|ready| ready.job == job);
                if let Some(ready) = ready {
                    ready.work.forget(job).await;
                }
                None
            }),
            Wish::Stop => {
                shared.stop(true);
                Box::pin(async { None })
            }
            Wish::Watch => Box::pin(async move {
                shared.changed.notified().await;
                clock::pass(EACH).await;
                let progress = shared.progress.borrow().clone();
                told(Told::Progress(Box::new(progress)))
            }),
            Wish::WriteFailed(job, setting) => {
                Box::pin(async move { told(Told::Written(written(service, job, *setting).await)) })
            }
        }
    }

    /// Begins nothing new: the program is leaving.
    pub fn wind_down(&self) {
        self.shared.stop(false);
    }
}

/// The jobs, with their times in words.
async fn list(service: &Service) -> Result<Vec<Row>, String> {
    let jobs = guard::waited(service.jobs()).await.unwrap_or_else(|| Err(STUMBLED.to_owned()))?;
    Ok(jobs.into_iter().map(|job| Row { when: clock::moment(job.at.div_euclid(1000)), job }).collect())
}

async fn written(service: Service, job: JobId, setting: Setting) -> Result<String, String> {
    let job = service.job(job).await?;
    let desk = service.desk().cloned().ok_or("there is no journal")?;
    let id = job.id;
    let written = guard::elsewhere(move || write_failed(desk, &job, &setting)).await;
    match written.unwrap_or_else(|| Err(Refused::Words(STUMBLED.to_owned()))) {
        Ok((_, 0)) => Ok(format!("Every line of job {id} was done: no file was written.")),
        Ok((path, count)) => Ok(format!("{count} lines of job {id} are in {}.", path.display())),
        Err(refused) => Err(format!("Nothing was written: {}", in_words(refused))),
    }
}

impl Shared {
    /// Once to begin nothing new, and where it is said again, not to wait either.
    fn stop(&self, may_abandon: bool) {
        if let Some(stop) = &*self.stop.borrow() {
            stop.send_modify(|stop| match *stop {
                Stop::Go => *stop = Stop::Finish,
                Stop::Finish if may_abandon => *stop = Stop::Abandon,
                Stop::Finish | Stop::Abandon => {}
            });
        }
    }

    /// A new file is at work.
    fn begin(&self) -> (Watch, mpsc::Receiver<Event>, watch::Sender<Stop>) {
        let (sender, events) = mpsc::channel(ROOM);
        let (stop, wanted) = watch::channel(Stop::Go);
        *self.progress.borrow_mut() = Progress::default();
        *self.stop.borrow_mut() = Some(stop.clone());
        (Watch { events: sender, stop: wanted }, events, stop)
    }

    /// Nothing is at work any more. Whoever watches hears of it.
    fn end(&self) {
        *self.stop.borrow_mut() = None;
        self.changed.notify_one();
    }

    async fn plan(&self, service: Service, order: FileOrder) -> Result<Box<Plan>, Refusal> {
        let (watch, mut events, stop) = self.begin();
        let opened = guard::elsewhere(move || Work::open(service, &order, watch)).await;
        let planned = match opened.unwrap_or_else(stumbled) {
            Ok(work) => self.planned(work, &mut events).await,
            Err(refused) => Err(refused),
        };
        self.end();
        let (plan, work) = planned.map_err(refusal)?;
        if let Some(job) = plan.job {
            *self.planned.borrow_mut() = Some(Ready { job, work, events, stop });
        }
        Ok(Box::new(plan))
    }

    async fn planned(&self, work: Work, events: &mut mpsc::Receiver<Event>) -> Result<(Plan, Work), Refused> {
        self.progress.borrow_mut().total = work.lines() as u64;
        let (mut steps, mut more) = (Vec::new(), 0);
        let planned = watched(work.plan(), events, |event| {
            if let Event::Planned { done, step, .. } = &event {
                self.progress.borrow_mut().done = *done as u64;
                match line(step) {
                    Some(line) if steps.len() < MOST_STEPS => steps.push(line),
                    Some(_) => more += 1,
                    None => {}
                }
            }
            self.aside(event);
        });
        let plan = guard::waited(planned).await.unwrap_or_else(stumbled)?;
        let notes = work.notes().into_iter().chain(plan.band()).collect();
        let (source, guess) = (work.name().to_owned(), work.guess());
        let (job, tally, refused) = (plan.job, plan.tally, plan.refused);
        Ok((Plan { job, source, guess, tally, refused, notes, steps, more }, work))
    }

    async fn carry_out(&self, service: Service, job: JobId) -> Result<Ended, Refusal> {
        let ready = self.planned.borrow_mut().take_if(|ready| ready.job == job);
        let Some(Ready { mut work, events, stop, .. }) = ready else {
            return Err(Refusal::Words("the plan was given up: plan the file again".to_owned()));
        };
        *self.stop.borrow_mut() = Some(stop);
        let made = guard::elsewhere(move || {
            let made = work.make_passwords();
            (work, made)
        });
        let ended = match made.await {
            Some((work, Ok(()))) => self.carried(&service, job, &work, events).await,
            Some((work, Err(refused))) => {
                work.forget(job).await;
                Err(refused)
            }
            None => stumbled(),
        };
        self.end();
        ended.map_err(refusal)
    }

    async fn go_on(&self, service: Service, id: JobId, setting: Setting, rechecks: bool) -> Result<Ended, Refusal> {
        let (watch, events, _) = self.begin();
        let ended = async {
            let job = service.job(id).await.map_err(Refused::Words)?;
            let again = service.clone();
            let opened = guard::elsewhere(move || Work::reopen(again, &job, &setting, rechecks, watch)).await;
            let work = opened.unwrap_or_else(stumbled)?;
            self.carried(&service, id, &work, events).await
        };
        let ended = ended.await;
        self.end();
        ended.map_err(refusal)
    }

    async fn carried(
        &self,
        service: &Service,
        id: JobId,
        work: &Work,
        mut events: mpsc::Receiver<Event>,
    ) -> Result<Ended, Refused> {
        let job = service.job(id).await.map_err(Refused::Words)?;
        *self.progress.borrow_mut() = Progress { total: job.left(), ..Progress::default() };
        let begun = Stopwatch::start();
        let applied = watched(work.apply(id), &mut events, |event| {
            if let Event::Ended(ended) = &event {
                let mut progress = self.progress.borrow_mut();
                progress.done += 1;
                *progress.counts.entry(ended.state).or_default() += 1;
                progress.left = time_left(progress.done, progress.total, begun.elapsed());
            }
            self.aside(event);
        });
        let Applied { end, counts } = guard::waited(applied).await.unwrap_or_else(stumbled)?;
        let (stopped, paused) = match end {
            End::Complete => (false, None),
            End::Stopped => (true, None),
            End::Paused(why) => (false, Some(why)),
        };
        Ok(Ended { counts, stopped, paused })
    }

    /// What an event says beside the lines.
    fn aside(&self, event: Event) {
        let mut progress = self.progress.borrow_mut();
        match event {
            Event::Reading(count) => progress.now = Some(format!("reading everybody: {count} so far")),
            Event::Waits { why, time } => {
                progress.now = Some(format!("waiting {} s: {why}", time.as_secs().max(1)));
            }
            Event::Remark(words) if progress.remarks.len() < MOST_REMARKS => progress.remarks.push(words),
            Event::Remark(_) => {}
            Event::Began { .. }
            | Event::PlanBegun(_)
            | Event::Planned { .. }
            | Event::PlanEnded(_)
            | Event::Ended(_) => progress.now = None,
        }
        drop(progress);
        self.changed.notify_one();
    }
}

/// A line of the plan, where it does something.
fn line(step: &Step) -> Option<PlanLine> {
    let why = match &step.planned {
        Planned::Unchanged if step.remarks.is_empty() => return None,
        Planned::Error(why) => Some(why.clone()),
        Planned::Create(_) | Planned::Update(_) | Planned::Unchanged => None,
    };
    let details = why.into_iter().chain(step.details()).collect();
    Some(PlanLine { line: step.line, word: step.planned.word(), username: step.username.clone(), details })
}

fn stumbled<T>() -> Result<T, Refused> {
    Err(Refused::Words(STUMBLED.to_owned()))
}

fn refusal(refused: Refused) -> Refusal {
    match refused {
        Refused::Faults(faults, more) => Refusal::Faults(faults, more),
        Refused::Words(words) => Refusal::Words(words),
        Refused::Earlier(earlier) => {
            let when = clock::moment(earlier.at.div_euclid(1000));
            let (sent, lines, job) = (earlier.sent, earlier.lines, earlier.job);
            Refusal::Earlier(job, format!("{sent} of {lines} rows were applied in job {job}, planned {when}"))
        }
    }
}

fn in_words(refused: Refused) -> String {
    jobs::told::in_words(&refusal(refused))
}
