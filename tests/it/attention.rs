//! Changes that are not finished, end to end: the program's own loop, its journal, and a sandbox that misbehaves.
//!
//! A test presses some keys, waits until the program is at rest, and presses some more; what the service saw stands in the sandbox's log. A
//! crash is a journal whose program ended: the next one opens the same file. Clocks that a program sets itself are not waited for here; the
//! terminal tests do that.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use futures_util::stream;
use netex_users::api::{Client, Settings};
use netex_users::app::attention;
use netex_users::app::effect::Effects;
use netex_users::app::model::{Model, Notice};
use netex_users::app::status::Answered;
use netex_users::codec::roles::{BUILT_IN, catalogues};
use netex_users::domain::fields::Field;
use netex_users::domain::look_up;
use netex_users::domain::outcome::Verdict;
use netex_users::domain::record::{ChangeId, Realm, Seen, Sequel, Standing};
use netex_users::journal::{Clock, Journal};
use netex_users::runtime::world::Outside;
use netex_users::runtime::{clock, run};
use netex_users::sandbox::{Body, Sandbox, Scenario};
use netex_users::service::{Desk, Service};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::chaos::settings_of;
use crate::support::journal::place;
use crate::support::recorder::{Folder, Watched};
use crate::support::typed::typed;
use crate::turns::desk::{self, model};

mod visible;

/// A sandbox and the folder of a journal, which outlive the program.
struct Bench {
    sandbox: Rc<Watched>,
    folder: Folder,
}

/// The program on the bench, with a journal of its own.
struct Program {
    service: Service,
    model: Model,
}

/// A new user typed in whole, whom every platform takes.
fn filled() -> Model {
    let mut model = desk::filled();
    model.form.put(Field::Password, "Sauber-7");
    model
}

fn realm() -> Realm {
    Realm { tenant: "sandbox".into(), origin: "the bench".into() }
}

/// The clock of a program that ran two minutes ago.
fn two_minutes_ago() -> i64 {
    clock::milliseconds() - 120_000
}

impl Bench {
    /// A tenant to which these strikes happen.
    fn of(strikes: &str) -> Self {
        let scenario = Scenario::parse(&format!("about = 'A test.'\n{strikes}")).expect("a scenario");
        let roles = catalogues(BUILT_IN, scenario.revision()).expect("sound roles");
        let sandbox = Sandbox::start(scenario, 0, roles).expect("a free port of loopback");
        let sandbox = Watched::new(sandbox);
        let folder = Folder::of(&sandbox);
        Self { sandbox, folder }
    }

    fn service(&self, clock: Clock) -> Service {
        let settings = Settings { total: Duration::from_secs(20), ..settings_of(&self.sandbox) };
        let client = Client::new(settings).unwrap_or_else(|fault| panic!("{fault}"));
        let place = netex_users::journal::Place { clock, ..place(self.folder.path()) };
        let journal = Journal::open(place).expect("a journal");
        Service::new(client).journaling(Desk { journal, realm: realm() })
    }

    /// Starts the program, with this form open, and lets it do what it does by itself.
    async fn start(&self, model: Model) -> Program {
        let mut program = Program { service: self.service(clock::milliseconds), model };
        let first = attention::refresh(&mut program.model);
        program.turn(first, "").await;
        program
    }

    /// How often a method was used on people, reads of the list apart.
    fn count(&self, method: &str) -> usize {
        self.sandbox.log().iter().filter(|asked| asked.method == method).count()
    }

    /// The body of the last request of a method.
    fn last_body(&self, method: &str) -> Body {
        self.sandbox.log().into_iter().rfind(|asked| asked.method == method).expect("a request").body
    }
}

impl Program {
    async fn turn(&mut self, first: Effects, keys: &str) {
        let mut terminal = Terminal::new(TestBackend::new(100, 30)).expect("a terminal in memory");
        let world = Outside::new(self.service.clone(), Vec::<PathBuf>::new());
        let inputs = stream::iter(typed(keys));
        let left = Box::pin(run(self.model.clone(), first, &mut terminal, inputs, world)).await;
        self.model = left.expect("a terminal in memory can be drawn on").model;
    }

    /// Presses keys, and comes back when the program is at rest.
    async fn press(&mut self, keys: &str) {
        self.turn(Effects::none(), keys).await;
    }

    fn verdict(&self) -> Option<Verdict> {
        self.model.status.answered().map(Answered::verdict)
    }

    fn listed(&self) -> Vec<(ChangeId, Standing)> {
        self.model.attention.items.iter().map(|item| (item.change.id, item.change.standing)).collect()
    }

    fn standings(&self) -> Vec<Standing> {
        self.listed().into_iter().map(|(_, standing)| standing).collect()
    }

    fn notice(&self) -> String {
        match &self.model.notice {
            Some(Notice::Info(words) | Notice::Refused(words)) => words.clone(),
            None => String::new(),
        }
    }

    async fn kept(&self, id: ChangeId) -> netex_users::domain::record::Change {
        let journal = &self.service.desk().expect("a desk").journal;
        journal.ask(move |store| store.change(id)).await.expect("it is kept")
    }
}

/// A platform of a create or an update fails so many times.
fn social_fails(times: usize) -> Bench {
    Bench::of(&format!(
        "[[strike]]\non = ['create', 'update']\ntimes = {times}\nplatforms.social = {{ status = 500, message = 'down' }}\n"
    ))
}

#[tokio::test]
async fn a_partial_create_is_repaired_by_one_update_and_leaves_the_list() {
    let bench = social_fails(1);
    let mut program = bench.start(filled()).await;
    program.press("<C-s>").await;
    program.press("<Enter>").await;
    assert_eq!((program.verdict(), program.standings()), (Some(Verdict::Partial), vec![Standing::Partial]));
    program.press("R").await;
    assert_eq!(bench.count("PUT"), 0, "nothing leaves before the review was seen");
    program.press("<Enter>").await;
    assert_eq!((program.verdict(), program.standings()), (Some(Verdict::Applied), vec![]));
    assert_eq!((bench.count("POST"), bench.count("PUT")), (1, 1));
    let put = bench.sandbox.log().into_iter().rfind(|asked| asked.method == "PUT").expect("a repair");
    assert_eq!(put.header("x-cloud-synchronization"), Some("synchronous"));
    let Body::Json(body) = put.body else { panic!("JSON") };
    assert_eq!(body["user"]["email"], "nora.vidal@acme.example");
    assert!(body["user"].get("password").is_none() && body["user"].get("username").is_none(), "{body}");
    let first = program.kept(ChangeId(1)).await;
    assert_eq!(first.standing, Standing::Mended);
    assert!(matches!(first.sequels.last(), Some((_, Sequel::Mended(_)))));
    let rows = &first.outcome.expect("the first answer is still there").platforms;
    assert!(rows.iter().any(|row| row.name.raw() == "management" && row.status == Some(201)));
}

#[tokio::test]
async fn a_repair_that_is_partial_again_is_repaired_in_turn_and_the_whole_chain_is_finished() {
    let bench = social_fails(2);
    let mut program = bench.start(filled()).await;
    for keys in ["<C-s>", "<Enter>", "R", "<Enter>"] {
        program.press(keys).await;
    }
    assert_eq!(program.standings(), [Standing::Partial, Standing::Partial]);
    program.press("R").await;
    program.press("<Enter>").await;
    assert_eq!((program.verdict(), program.standings()), (Some(Verdict::Applied), vec![]));
    assert_eq!((bench.count("POST"), bench.count("PUT")), (1, 2));
}

#[tokio::test]
async fn a_partial_create_is_repaired_after_a_restart_from_what_the_journal_has() {
    let bench = social_fails(1);
    let mut program = bench.start(filled()).await;
    program.press("<C-s>").await;
    program.press("<Enter>").await;
    // The program is gone, as after a kill: nothing of what it had in memory is left.
    drop(program);
    let mut program = bench.start(model()).await;
    assert_eq!(program.standings(), [Standing::Partial]);
    program.press("<F4>R").await;
    program.press("<Enter>").await;
    assert_eq!((program.verdict(), program.standings()), (Some(Verdict::Applied), vec![]));
    assert_eq!((bench.count("POST"), bench.count("PUT")), (1, 1));
}

#[tokio::test]
async fn a_colleagues_change_since_is_not_taken_back_by_a_repair() {
    let bench = social_fails(1);
    let mut program = bench.start(filled()).await;
    program.press("<C-s>").await;
    program.press("<Enter>").await;
    let mut colleague = bench.start(model()).await;
    colleague.press("<C-f>nora.vidal<Enter>").await;
    colleague.press("<Tab><C-u>Castro<C-s>").await;
    colleague.press("<Enter>").await;
    assert_eq!(colleague.verdict(), Some(Verdict::Applied));
    program.press("R").await;
    program.press("<Enter>").await;
    let Body::Json(body) = bench.last_body("PUT") else { panic!("JSON") };
    assert!(body["user"].get("surname").is_none(), "{body}");
    assert_eq!(program.standings(), [Standing::Partial], "it was not all sent again, so it is not called mended");
    assert_eq!(bench.sandbox.person("nora.vidal").expect("she is there")["surname"], "Castro");
}

/// The answer is lost, and so is the program: the next one finds what was sent, and sends nothing.
#[tokio::test]
async fn after_a_crash_a_create_that_arrived_is_found_by_reading_and_not_posted_again() {
    let bench = Bench::of("[[strike]]\non = ['create']\nanswer = 'cut'\napplied = 'now'\nvisible_after_reads = 1\n");
    let mut program = bench.start(filled()).await;
    program.press("<C-s>").await;
    program.press("<Enter>").await;
    assert_eq!((program.verdict(), program.standings()), (Some(Verdict::InDoubt), vec![Standing::InDoubt]));
    // The program is gone, as after a kill: nothing of what it had in memory is left.
    drop(program);
    let program = bench.start(model()).await;
    assert_eq!(program.standings(), []);
    assert!(program.notice().contains("it is there, as it was sent"), "{}", program.notice());
    assert_eq!(program.kept(ChangeId(1)).await.standing, Standing::Done);
    assert_eq!((bench.count("POST"), bench.count("PUT")), (1, 0));
}

#[tokio::test]
async fn somebody_elses_user_of_that_name_is_not_taken_for_ours_and_not_touched() {
    let bench = Bench::of("[[strike]]\non = ['create']\ntimes = 1\nanswer = 'cut'\napplied = 'never'\n");
    let mut program = bench.start(filled()).await;
    program.press("<C-s>").await;
    program.press("<Enter>").await;
    // The program is gone, as after a kill: nothing of what it had in memory is left.
    drop(program);
    // The colleague's program knows nothing of our journal.
    let theirs = Folder::of(&bench.sandbox);
    let colleague = Bench { folder: theirs, sandbox: bench.sandbox };
    let mut other = colleague.start(filled()).await;
    other.model.form.put(Field::Surname, "Castro");
    other.press("<C-s>").await;
    other.press("<Enter>").await;
    assert_eq!(other.verdict(), Some(Verdict::Applied));
    let bench = Bench { folder: bench.folder, sandbox: colleague.sandbox };
    let program = bench.start(model()).await;
    assert_eq!((program.standings(), program.kept(ChangeId(1)).await.standing), (vec![], Standing::Rejected));
    assert!(program.notice().contains("somebody else has that name"), "{}", program.notice());
    assert_eq!(bench.count("PUT"), 0);
}

/// A create that never arrived, of a program that ran two minutes ago.
async fn gone() -> (Bench, Program) {
    let bench = Bench::of("[[strike]]\non = ['create']\ntimes = 1\nanswer = 'cut'\napplied = 'never'\n");
    let mut program = Program { service: bench.service(two_minutes_ago), model: filled() };
    program.press("<C-s>").await;
    program.press("<Enter>").await;
    assert_eq!((program.verdict(), bench.count("POST")), (Some(Verdict::InDoubt), 1));
    // The program is gone, as after a kill: nothing of what it had in memory is left.
    drop(program);
    let program = bench.start(model()).await;
    (bench, program)
}

#[tokio::test]
async fn a_create_that_did_not_arrive_is_sent_anew_only_by_a_person_who_saw_the_review() {
    let (bench, mut program) = gone().await;
    assert_eq!(program.standings(), [Standing::InDoubt]);
    assert!(program.model.attention.items[0].is_gone(), "looked up after its window, by itself");
    assert_eq!(bench.count("POST"), 1);
    program.press("<F4>n").await;
    assert!(program.notice().contains("enter the password again"), "{}", program.notice());
    program.press("<Tab>Sauber-7<C-s>").await;
    assert_eq!(bench.count("POST"), 1);
    program.press("<Enter>").await;
    assert_eq!((program.verdict(), program.standings()), (Some(Verdict::Applied), vec![]));
    assert_eq!(bench.count("POST"), 2, "one for each of two intents");
    assert_eq!(program.kept(ChangeId(1)).await.standing, Standing::Dismissed);
}

#[tokio::test]
async fn within_its_window_a_create_that_was_not_found_cannot_be_sent_anew_by_any_key() {
    let bench = Bench::of("[[strike]]\non = ['create']\ntimes = 1\nanswer = 'cut'\napplied = 'never'\n");
    let mut program = bench.start(filled()).await;
    program.press("<C-s>").await;
    program.press("<Enter>").await;
    // The program is gone, as after a kill: nothing of what it had in memory is left.
    drop(program);
    let mut program = bench.start(filled()).await;
    assert_eq!(program.standings(), [Standing::InDoubt]);
    assert!(program.model.attention.items[0].wait.is_some_and(|wait| wait.as_secs() > 40));
    program.press("<F4>n<Enter>n<Esc><Esc>").await;
    assert!(program.model.instead_of.is_none());
    program.press("<C-s>").await;
    program.press("<Enter>").await;
    assert_eq!(program.verdict(), Some(Verdict::NotSent), "the same username is refused by the journal");
    assert_eq!(bench.count("POST"), 1);
}

#[tokio::test]
async fn a_create_that_arrives_late_is_found_by_looking_again() {
    let bench = Bench::of("[[strike]]\non = ['create']\nanswer = 'cut'\napplied = '100ms'\n");
    let mut program = bench.start(filled()).await;
    program.press("<C-s>").await;
    program.press("<Enter>").await;
    // The program is gone, as after a kill: nothing of what it had in memory is left.
    drop(program);
    let mut program = bench.start(model()).await;
    for _ in 0..10_000 {
        if program.standings().is_empty() {
            break;
        }
        program.press("<F4>l").await;
        program.model.overlay = None;
    }
    assert_eq!(program.kept(ChangeId(1)).await.standing, Standing::Done);
    assert_eq!(bench.count("POST"), 1);
}

#[tokio::test]
async fn an_update_in_doubt_is_settled_by_what_management_has() {
    for (applied, verdict, standing) in
        [("now", Verdict::Applied, Standing::Done), ("never", Verdict::InDoubt, Standing::InDoubt)]
    {
        let bench = Bench::of(&format!("[[strike]]\non = ['update']\nanswer = 'cut'\napplied = '{applied}'\n"));
        let mut program = bench.start(model()).await;
        program.press("<C-f>marta.lopez<Enter>").await;
        program.press("<C-u>Maria<C-s>").await;
        program.press("<Enter>").await;
        assert_eq!(program.verdict(), Some(Verdict::InDoubt));
        program.press("l").await;
        assert_eq!((program.verdict(), program.kept(ChangeId(1)).await.standing), (Some(verdict), standing));
        assert_eq!((bench.count("POST"), bench.count("PUT")), (0, 1), "looking sends nothing");
    }
}

/// An update in doubt may be repeated, but only when somebody wants it; then it finishes the first.
#[tokio::test]
async fn an_update_that_did_not_arrive_is_sent_once_more_by_its_key_and_finishes_the_first() {
    let bench = Bench::of("[[strike]]\non = ['update']\ntimes = 1\nanswer = 'cut'\napplied = 'never'\n");
    let mut program = bench.start(model()).await;
    program.press("<C-f>marta.lopez<Enter>").await;
    program.press("<C-u>Maria<C-s>").await;
    program.press("<Enter>").await;
    program.press("R").await;
    program.press("<Enter>").await;
    assert_eq!((program.verdict(), program.standings()), (Some(Verdict::Applied), vec![]));
    assert_eq!(bench.sandbox.person("marta.lopez").expect("she is there")["name"], "Maria");
}

#[tokio::test]
async fn what_was_queued_is_confirmed_in_management_and_never_called_done() {
    let bench = Bench::of(
        "[[strike]]\non = ['update']\nvisible_after_reads = 2\nplatforms.management = { status = 202 }\nplatforms.social = { status = 202 }\n",
    );
    let mut program = bench.start(model()).await;
    program.press("<C-f>marta.lopez<Enter>").await;
    program.press("<C-u>Maria<C-s>").await;
    program.press("<Enter>").await;
    assert_eq!((program.verdict(), program.standings()), (Some(Verdict::Pending), vec![Standing::Queued]));
    let seen = |program: &Program| look_up::last(&program.model.attention.items[0].change).cloned();
    program.press("l").await;
    assert_eq!(seen(&program), Some(Seen::NotYet(vec![Field::Name])));
    program.press("l").await;
    assert_eq!(seen(&program), Some(Seen::Done));
    assert_eq!((program.verdict(), program.standings()), (Some(Verdict::Pending), vec![Standing::Queued]));
    // The program is gone, as after a kill: nothing of what it had in memory is left.
    drop(program);
    let mut program = bench.start(model()).await;
    assert_eq!(program.standings(), [Standing::Queued], "it stays until somebody takes it off");
    program.press("<F4>xSeen by the user<Enter>").await;
    assert_eq!(program.standings(), []);
    let reason = Sequel::Dismissed("Seen by the user".into());
    assert!(program.kept(ChangeId(1)).await.sequels.iter().any(|(_, sequel)| *sequel == reason));
}

/// The same look again and again is kept once; only of a create in doubt the time of every look counts.
#[tokio::test]
async fn looks_that_show_nothing_new_do_not_fill_the_journal() {
    let bench = Bench::of("[[strike]]\non = ['update']\nanswer = 'cut'\napplied = 'never'\n");
    let mut program = bench.start(model()).await;
    program.press("<C-f>marta.lopez<Enter>").await;
    program.press("<C-u>Maria<C-s>").await;
    program.press("<Enter>").await;
    for _ in 0..3 {
        program.press("l").await;
    }
    assert_eq!(program.kept(ChangeId(1)).await.sequels.len(), 1);
}

#[tokio::test]
async fn every_person_of_a_batch_that_is_not_finished_has_a_line_of_their_own() {
    let bench = Bench::of("[[strike]]\non = ['deactivate']\nplatforms.social = { status = 500 }\n");
    let mut program = bench.start(model()).await;
    program.model.screen = netex_users::app::model::Screen::People;
    program.model.focus = netex_users::app::model::Focus::List;
    let first = netex_users::app::listing::start(&mut program.model);
    program.turn(first, "").await;
    program.press("/lopez<Enter>*mdisable<Enter>").await;
    let people = program.model.people.marks.len();
    program.press("<Enter>").await;
    assert!(people > 0);
    assert_eq!(program.standings(), vec![Standing::Partial; people]);
    program.press("<Esc>").await;
    program.press("!R").await;
    program.press("<Enter>").await;
    assert_eq!(program.verdict(), Some(Verdict::Partial), "the platform is still down");
    assert_eq!(program.listed().len(), people + 1);
}

#[tokio::test]
async fn what_another_session_sends_is_listed_and_left_alone() {
    let bench = Bench::of("");
    let other = bench.service(clock::milliseconds);
    let journal = &other.desk().expect("a desk").journal;
    let mut intent = visible::intent(netex_users::domain::record::Act::Create, "nora.vidal");
    intent.touched.clear();
    journal.ask(move |store| store.begin(&realm(), &intent)).await.expect("it is kept");
    let mut program = bench.start(model()).await;
    assert_eq!(program.standings(), [Standing::Open]);
    assert!(program.model.attention.items[0].change.elsewhere);
    for keys in ["l", "R", "n", "x"] {
        program.press(&format!("<F4>{keys}")).await;
        program.model.overlay = None;
        assert!(!program.notice().is_empty(), "{keys}");
    }
    assert!(bench.sandbox.log().is_empty(), "nobody was asked anything");
    // The other one ends without an answer: from then on it is in doubt, and looked up.
    drop(other);
    // Its thread lets go of its lock a moment later.
    for _ in 0..10_000 {
        program.press("<F4><Esc>").await;
        if program.standings() != [Standing::Open] {
            break;
        }
    }
    assert_eq!(program.standings(), [Standing::InDoubt]);
    assert_eq!(bench.count("GET"), 1);
}

#[tokio::test]
async fn without_a_journal_it_is_said_that_nothing_can_be_known() {
    let bench = Bench::of("");
    let service = Service::new(
        Client::new(Settings { platforms: Vec::new(), ..settings_of(&bench.sandbox) })
            .unwrap_or_else(|fault| panic!("{fault}")),
    );
    let mut program = Program { service, model: model() };
    program.press("<F4>").await;
    assert_eq!(program.model.attention.fault.as_deref(), Some("there is no journal"));
}
