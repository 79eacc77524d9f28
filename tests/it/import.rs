//! Files of people, carried out against the sandbox: plans that change nothing, lines that are sent once, and what a job does when the
//! service, a person or the clock misbehaves. The program itself is killed in `import/kills.rs`, and its words are in `import/words.rs`.

use std::cell::RefCell;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use netex_users::api::{Client, PLATFORMS};
use netex_users::codec::job::Kept;
use netex_users::codec::roles::{BUILT_IN, catalogues};
use netex_users::codec::sheet::{Faults, Options, Sheet};
use netex_users::domain::field::Revision;
use netex_users::domain::job::{Counts, Job, JobId, LineState};
use netex_users::domain::plan::{Match, Mode};
use netex_users::domain::record::{Realm, Standing};
use netex_users::domain::roles::Catalogues;
use netex_users::domain::secret::Secret;
use netex_users::domain::tenant::Synchronization;
use netex_users::journal::{Clock, Journal, Place};
use netex_users::runtime::clock;
use netex_users::sandbox::{Sandbox, Scenario};
use netex_users::service::import::passwords::Passwords;
use netex_users::service::import::plan::How;
use netex_users::service::import::{
    Applied, Ended, Event, Import, ImportFault, InDoubt, Limits, Plan, Stop, Watch, file, watched,
};
use netex_users::service::{Desk, Service};
use tokio::sync::{mpsc, watch};

use crate::chaos;
use crate::support::journal;
use crate::support::recorder::{Folder, Watched};

mod doubt;
mod lines;
mod storms;

/// The header of the files here, and what all their people have in common.
const HEADER: &str = "username,password,name,surname,email,language,timezone";

/// A service, a journal, and a folder for files.
struct Office {
    sandbox: Rc<Watched>,
    folder: Folder,
    clock: Clock,
}

/// A file of people with everything that was said of it, as the agent chose it.
struct Clerk {
    service: Service,
    kept: Kept,
    limits: Limits,
    passwords: RefCell<Option<Passwords>>,
    /// What to want, as soon as an event says so.
    stops: Box<Stops>,
}

/// What an event makes the agent want.
type Stops = dyn Fn(&Event) -> Option<Stop>;

/// What became of a run, with everything that was told.
struct Told<T> {
    done: Result<T, ImportFault>,
    events: Vec<Event>,
}

/// The journal's clock, after the time of everything that is in doubt.
fn later() -> i64 {
    clock::milliseconds() + 61_000
}

fn sandbox(lines: &str) -> Sandbox {
    let scenario = Scenario::parse(&format!("about = 'A test.'\n{lines}")).expect("a scenario");
    Sandbox::start(scenario, 0, roles()).expect("a free port of loopback")
}

fn roles() -> Catalogues {
    catalogues(BUILT_IN, Revision::Original).expect("sound roles")
}

/// A line of the file for somebody new.
fn person(username: &str) -> String {
    format!("{username},Geheim-4711-x,Nora,Vidal,{username}@acme.example,gl,Europe/Paris\n")
}

/// A file of so many new people, `n1` to `n<count>`.
fn people(count: usize) -> String {
    let lines: String = (1..=count).map(|number| person(&format!("n{number}"))).collect();
    format!("{HEADER}\n{lines}")
}

impl Office {
    fn new(scenario: &str) -> Self {
        let sandbox = Watched::new(sandbox(scenario));
        let folder = Folder::of(&sandbox);
        Self { sandbox, folder, clock: clock::milliseconds }
    }

    /// The same place a minute later, and after a restart of the program.
    fn a_minute_later(self) -> Self {
        Self { clock: later, ..self }
    }

    fn clerk(&self) -> Clerk {
        let settings = netex_users::api::Settings {
            token: Secret::new(self.sandbox.token().to_owned()),
            platforms: PLATFORMS.map(str::to_owned).into(),
            ..chaos::settings_for(&self.sandbox.base_url())
        };
        let place = Place { clock: self.clock, ..journal::place(self.folder.path()) };
        let journal = Journal::open(place).expect("a journal");
        let realm = Realm { tenant: "acme".into(), origin: "the sandbox of the test".into() };
        let service = Service::new(Client::new(settings).expect("a client")).journaling(Desk { journal, realm });
        Clerk {
            service,
            kept: Kept {
                mode: Mode::CreateOrUpdate,
                matching: Match::Username,
                revision: Revision::Original,
                synchronization: Synchronization::Synchronous,
                options: Options::default(),
                file: None,
                folder: self.folder.path().to_str().expect("a temporary path is UTF-8").to_owned(),
                fit: false,
                passwords: None,
                ticket: Some("INC-7".into()),
            },
            limits: Limits { concurrency: 4, rate: None, max_harm: 50, in_doubt: InDoubt::Stop },
            passwords: RefCell::default(),
            stops: Box::new(|_| None),
        }
    }

    /// Method and last part of the path of every request, the newest hundred.
    fn asked(&self) -> Vec<String> {
        let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        self.sandbox.log().iter().map(|asked| format!("{} {}", asked.method, last(&asked.path))).collect()
    }

    /// How many changes were sent.
    fn writes(&self) -> usize {
        self.asked().iter().filter(|asked| !asked.starts_with("GET")).count()
    }

    fn field(&self, username: &str, field: &str) -> Option<String> {
        self.sandbox.person(username)?[field].as_str().map(str::to_owned)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Clerk {
    fn open(&self, text: &str) -> Result<Arc<Sheet>, Faults> {
        file::open(text.as_bytes().to_vec(), &self.kept, &roles())
    }

    fn import(&self, text: &str) -> (Import, mpsc::Receiver<Event>, watch::Sender<Stop>) {
        let sheet = self.open(text).unwrap_or_else(|faults| panic!("{faults}"));
        let (events, told) = mpsc::channel(4);
        let (stop, wanted) = watch::channel(Stop::Go);
        let watch = Watch { events, stop: wanted };
        let passwords = self.passwords.borrow_mut().take();
        let import = Import::new(self.service.clone(), sheet, self.kept.clone(), self.limits, passwords, watch);
        (import, told, stop)
    }

    async fn plan_how(&self, text: &str, how: How<'_>) -> Told<Plan> {
        let (import, mut told, stop) = self.import(text);
        let mut events = Vec::new();
        let done = watched(import.plan(how), &mut told, |event| self.note(event, &stop, &mut events)).await;
        Told { done, events }
    }

    async fn plan(&self, text: &str) -> Told<Plan> {
        self.plan_how(text, How { keep_as: Some("people.csv"), against: None }).await
    }

    async fn apply(&self, text: &str, job: JobId) -> Told<Applied> {
        let (import, mut told, stop) = self.import(text);
        let mut events = Vec::new();
        let done = watched(import.apply(job), &mut told, |event| self.note(event, &stop, &mut events)).await;
        Told { done, events }
    }

    /// Plans and carries out.
    async fn run(&self, text: &str) -> (JobId, Told<Applied>) {
        let job = self.plan(text).await.done.expect("a plan").job.expect("it may be carried out");
        (job, self.apply(text, job).await)
    }

    fn job(&self, id: JobId) -> Job {
        let desk = self.service.desk().expect("there is a journal");
        desk.journal.ask_and_wait(move |store| store.job(id)).expect("the job")
    }

    fn note(&self, event: Event, stop: &watch::Sender<Stop>, events: &mut Vec<Event>) {
        if let Some(wanted) = (self.stops)(&event) {
            stop.send_replace(wanted);
        }
        events.push(event);
    }
}

impl<T> Told<T> {
    fn ended(&self) -> Vec<&Ended> {
        let mut found = Vec::new();
        for event in &self.events {
            if let Event::Ended(ended) = event {
                found.push(&**ended);
            }
        }
        found
    }

    /// Where a line stands, and why.
    #[track_caller]
    fn line(&self, line: u64) -> (LineState, String) {
        let ended = self.ended().into_iter().rfind(|ended| ended.line == line).expect("it came to an end");
        let cause = ended.report.as_ref().map(|report| report.cause.to_string());
        (ended.state, ended.reason.clone().or(cause).unwrap_or_default())
    }

    fn remarks(&self) -> Vec<&str> {
        let mut found = Vec::new();
        for event in &self.events {
            if let Event::Remark(words) = event {
                found.push(words.as_str());
            }
        }
        found
    }
}

fn counts(pairs: &[(LineState, u64)]) -> Counts {
    pairs.iter().copied().collect()
}

const DONE: LineState = LineState::Sent(Standing::Done);
const DOUBT: LineState = LineState::Sent(Standing::InDoubt);

/// At most so many a second.
fn rate(number: u32) -> Option<NonZeroU32> {
    NonZeroU32::new(number)
}
