//! Drafts on their way to the disk and back, through the program's own world and a journal in a folder.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use netex_users::app::drafts::{Line, Told, Wanted};
use netex_users::app::effect::{Effect, Ticket};
use netex_users::app::msg::News;
use netex_users::domain::fields::Field;
use netex_users::domain::kept::{DraftFault, DraftId, Held, KeptDraft, KeptEntry, Whom};
use netex_users::domain::order::Order;
use netex_users::domain::outcome::Verdict;
use netex_users::domain::record::{Circumstances, Intent, Marks, Outcome, Realm, Standing};
use netex_users::domain::roles::Roles;
use netex_users::domain::tenant::Synchronization;
use netex_users::journal::Journal;
use netex_users::journal::drafts::Draft;
use netex_users::runtime::clock::Stopwatch;
use netex_users::runtime::world::{Outside, World};
use netex_users::service::{Desk, Service};

use crate::drafts::create;
use crate::support::journal::place;
use crate::support::recorder::Folder;
use crate::world::client;

const FORM: Ticket = Ticket(1);
const OTHER: Ticket = Ticket(2);
const ASKED: Ticket = Ticket(9);

fn realm() -> Realm {
    Realm { tenant: "acme".into(), origin: "https://acme.example/ws".into() }
}

fn journal(folder: &Path) -> Journal {
    Journal::open(place(folder)).expect("a journal")
}

/// A program with this journal; each has a session of its own.
fn program(journal: &Journal) -> Outside {
    let desk = Desk { journal: journal.clone(), realm: realm() };
    Outside::new(Service::new(client(1)).journaling(desk), Vec::new())
}

fn typed(username: &str) -> KeptDraft {
    KeptDraft {
        whom: Whom::New,
        entries: [(Field::Username, KeptEntry::Text(username.into()))].into(),
        roles: Roles::new(),
        photo: None,
        password: true,
        recipe: None,
        instead_of: None,
    }
}

fn keep(world: &Outside, form: Ticket, username: &str) -> netex_users::runtime::world::Task {
    world.perform(Effect::Draft(Wanted::Keep { form, draft: Arc::new(typed(username)) }))
}

fn on_disk(journal: &Journal) -> Vec<Draft> {
    journal.ask_and_wait(|store| store.drafts(&realm())).expect("the drafts")
}

fn about(journal: &Journal) -> Vec<String> {
    on_disk(journal).into_iter().map(|draft| draft.about).collect()
}

async fn listed(world: &Outside) -> Vec<Line> {
    match world.perform(Effect::Draft(Wanted::List { ticket: ASKED })).await {
        Some(News::Draft(Told::Listed(ASKED, Ok(lines)))) => lines,
        other => panic!("{other:?}"),
    }
}

async fn taken(world: &Outside, line: &Line, ticket: Ticket) -> Result<KeptDraft, DraftFault> {
    let (id, at) = (line.row.id, line.row.at);
    match world.perform(Effect::Draft(Wanted::Take { ticket, id, at })).await {
        Some(News::Draft(Told::Taken(asked, answer))) if asked == ticket => answer.map(|(draft, _)| *draft),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_typed_is_on_the_disk_by_itself_and_of_a_burst_the_newest() {
    let folder = Folder::new();
    let journal = journal(folder.path());
    let world = program(&journal);
    let tasks: Vec<_> = (1..=50).map(|letters| keep(&world, FORM, &"x".repeat(letters))).collect();
    let since = Stopwatch::start();
    let answers = futures_util::future::join_all(tasks).await;
    assert!(answers.iter().all(Option::is_none), "that it is kept is no news: {answers:?}");
    assert!(since.elapsed() < Duration::from_secs(5), "nobody asked for it, and it was written");
    assert_eq!(about(&journal), [format!("new user {}", "x".repeat(50))]);
}

#[test]
fn a_flush_returns_when_everything_is_on_the_disk() {
    let folder = Folder::new();
    let journal = journal(folder.path());
    let world = program(&journal);
    drop((keep(&world, FORM, "nora"), keep(&world, OTHER, "zoe")));
    assert_eq!(about(&journal), Vec::<String>::new(), "not before its time: otherwise this proves nothing");
    world.flush().unwrap();
    assert_eq!(about(&journal), ["new user zoe", "new user nora"]);
}

#[test]
fn a_program_that_comes_apart_in_a_panic_loses_nothing() {
    let folder = Folder::new();
    let journal = journal(folder.path());
    let world = program(&journal);
    let broken = catch_unwind(AssertUnwindSafe(move || {
        drop(keep(&world, FORM, "nora"));
        let _world = world;
        panic!("a fault of the loop");
    }));
    assert!(broken.is_err());
    assert_eq!(about(&journal), ["new user nora"]);
}

#[tokio::test]
async fn a_draft_follows_its_form_and_goes_when_it_was_sent() {
    let folder = Folder::new();
    let journal = journal(folder.path());
    let world = program(&journal);
    keep(&world, FORM, "nora").await;
    let first = on_disk(&journal)[0].id;
    keep(&world, FORM, "nora.vidal").await;
    let now = on_disk(&journal);
    assert_eq!((now.len(), now[0].id, now[0].about.as_str()), (1, first, "new user nora.vidal"));
    drop(keep(&world, FORM, "nora.vidal2"));
    world.perform(Effect::Draft(Wanted::Drop { form: FORM })).await;
    world.flush().unwrap();
    assert_eq!(about(&journal), Vec::<String>::new(), "not even what was typed last comes after it");
}

#[tokio::test]
async fn two_sessions_see_each_others_drafts_and_leave_them_alone() {
    let folder = Folder::new();
    let (ours, theirs) = (journal(folder.path()), journal(folder.path()));
    let (here, there) = (program(&ours), program(&theirs));
    keep(&there, FORM, "nora").await;
    let lines = listed(&here).await;
    assert_eq!(lines.iter().map(|line| (line.row.held, line.form)).collect::<Vec<_>>(), [(Held::Elsewhere, None)]);
    assert_eq!(taken(&here, &lines[0], OTHER).await, Err(DraftFault::Elsewhere));
    let (id, at) = (lines[0].row.id, lines[0].row.at);
    let gone = here.perform(Effect::Draft(Wanted::Discard { ticket: ASKED, id, at })).await;
    assert!(matches!(gone, Some(News::Draft(Told::Discarded(ASKED, Err(DraftFault::Elsewhere))))), "{gone:?}");
    let own = listed(&there).await;
    assert_eq!((own[0].row.held, own[0].form), (Held::Here, Some(FORM)));

    there.perform(Effect::Draft(Wanted::Release { form: FORM })).await;
    there.flush().unwrap();
    let lines = listed(&here).await;
    assert_eq!(lines[0].row.held, Held::Nobody);
    assert_eq!(taken(&here, &lines[0], OTHER).await, Ok(typed("nora")));
    assert_eq!(taken(&there, &lines[0], OTHER).await, Err(DraftFault::Elsewhere));
    // What the other session still believes of it harms nothing.
    there.perform(Effect::Draft(Wanted::Drop { form: FORM })).await;
    there.flush().unwrap();
    keep(&here, OTHER, "nora.vidal").await;
    assert_eq!(about(&ours), ["new user nora.vidal"]);
}

#[tokio::test]
async fn a_session_that_ended_holds_nothing() {
    let folder = Folder::new();
    let ours = journal(folder.path());
    let theirs = journal(folder.path());
    keep(&program(&theirs), FORM, "nora").await;
    let here = program(&ours);
    assert_eq!(listed(&here).await[0].row.held, Held::Elsewhere);
    drop(theirs);
    let since = Stopwatch::start();
    // Its thread ends by itself when nobody has the journal any more.
    while listed(&here).await[0].row.held != Held::Nobody {
        assert!(since.elapsed() < Duration::from_secs(20), "the session never ended");
        tokio::task::yield_now().await;
    }
    let line = listed(&here).await.remove(0);
    assert_eq!(taken(&here, &line, OTHER).await, Ok(typed("nora")));
}

#[tokio::test]
async fn a_draft_that_is_not_as_the_list_showed_it_is_not_opened() {
    let folder = Folder::new();
    let journal = journal(folder.path());
    let world = program(&journal);
    keep(&world, FORM, "nora").await;
    world.perform(Effect::Draft(Wanted::Release { form: FORM })).await;
    let line = listed(&world).await.remove(0);
    // Its number is given to another one.
    let (id, at) = (line.row.id, line.row.at);
    world.perform(Effect::Draft(Wanted::Discard { ticket: ASKED, id, at })).await;
    assert_eq!(taken(&world, &line, OTHER).await, Err(DraftFault::Gone));
    let waited = Stopwatch::start();
    while waited.elapsed() < Duration::from_millis(2) {}
    keep(&world, OTHER, "zoe").await;
    assert_eq!(on_disk(&journal)[0].id, id.0, "otherwise this proves nothing");
    assert_eq!(taken(&world, &line, ASKED).await, Err(DraftFault::Changed));
}

#[tokio::test]
async fn a_draft_that_cannot_be_read_is_refused_and_kept() {
    let folder = Folder::new();
    let journal = journal(folder.path());
    let world = program(&journal);
    for (body, fault) in [(r#"{"format":2,"more":[]}"#, DraftFault::Newer(2)), ("scribble", DraftFault::Unreadable)] {
        let id = journal.ask_and_wait(move |store| {
            let id = store.keep_draft(&realm(), None, "new user nora", body)?;
            store.release_draft(id).map(|()| id)
        });
        let id = DraftId(id.unwrap());
        let line = listed(&world).await.into_iter().find(|line| line.row.id == id).expect("it is listed");
        assert_eq!((line.row.fault.as_ref(), line.row.about.as_str()), (Some(&fault), "new user nora"));
        assert_eq!(taken(&world, &line, FORM).await, Err(fault));
        let after = on_disk(&journal).into_iter().find(|draft| draft.id == id.0).expect("it is still there");
        assert!(after.body == body && !after.here, "any program may try");
    }
}

#[tokio::test]
async fn a_create_that_was_done_is_said_beside_its_draft() {
    for (verdict, standing) in [
        (Verdict::Rejected, None),
        (Verdict::Applied, Some(Standing::Done)),
        (Verdict::InDoubt, Some(Standing::InDoubt)),
    ] {
        let folder = Folder::new();
        let journal = journal(folder.path());
        let world = program(&journal);
        keep(&world, FORM, "nora").await;
        assert_eq!(listed(&world).await[0].row.sent, None);
        let order = Order::Change(Arc::new(
            create("nora", "Nora", "Vidal", "n@acme.example")
                .password("x")
                .text(Field::Language, "es")
                .text(Field::Timezone, "Europe/Paris")
                .request(),
        ));
        let marks = Marks { secret: &|_| String::new(), picture: &|_| String::new() };
        let intent = Intent::of(&order, Synchronization::Synchronous, None, &Circumstances::default(), &marks);
        let done = journal.ask_and_wait(move |store| {
            let (id, _) = store.begin(&realm(), &intent)?;
            store.end(id, &Outcome::without_reply(verdict, "")).map(|()| id)
        });
        let id = done.unwrap();
        let sent = listed(&world).await[0].row.sent;
        assert_eq!(sent, standing.map(|standing| (id, standing)), "{verdict:?}");
    }
}

#[tokio::test]
async fn a_journal_that_is_gone_is_said_and_what_was_typed_is_not_given_up() {
    let folder = Folder::new();
    let journal = journal(folder.path());
    let world = program(&journal);
    let path = folder.path().join("journal.db");
    let aside = folder.path().join("aside.db");
    keep(&world, FORM, "no").await;
    std::fs::rename(&path, &aside).unwrap();
    // Nothing can be made in its place.
    std::fs::create_dir(&path).unwrap();
    let answer = keep(&world, FORM, "nora").await;
    assert!(
        matches!(&answer, Some(News::Draft(Told::Keeping(Err(why)))) if why.contains("removed or replaced")),
        "{answer:?}"
    );
    assert!(world.flush().is_err());
    std::fs::remove_dir(&path).unwrap();
    std::fs::rename(&aside, &path).unwrap();
    let answer = keep(&world, FORM, "nora").await;
    assert!(
        matches!(answer, Some(News::Draft(Told::Keeping(Ok(()))))),
        "that it can be kept again is news: {answer:?}"
    );
    assert_eq!(about(&journal), ["new user nora"]);
}
