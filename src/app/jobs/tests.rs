//! Files of people by their keys: chosen, planned, carried out once, watched, stopped, gone on with.

use std::path::Path;

use super::*;
use crate::app::model::{Notice, Screen};
use crate::app::msg::News;
use crate::app::testing::{listing, press, tell};
use crate::domain::files::{Entry, EntryKind, Folder, MediaFault};
use crate::domain::job::{JobHead, LineState, NewLine};
use crate::domain::record::{ChangeId, Realm, Standing};
use crate::domain::tenant::{Synchronization, TicketRule};
use crate::domain::untrusted::Untrusted;

/// What is wanted of the world about jobs.
fn wishes(effects: &Effects) -> Vec<(Ticket, Wish)> {
    let wish = |effect: &Effect| {
        let Effect::Jobs { ticket, wish } = effect else { return None };
        Some((*ticket, wish.clone()))
    };
    effects.as_slice().iter().filter_map(wish).collect()
}

fn ticket_of(effects: &Effects, wanted: impl Fn(&Wish) -> bool) -> Ticket {
    let found = wishes(effects).into_iter().find(|(_, wish)| wanted(wish));
    found.unwrap_or_else(|| panic!("it is wanted: {effects:?}")).0
}

fn view(model: &Model) -> &View {
    let Some(Overlay::Jobs(view)) = &model.overlay else { panic!("jobs are looked at: {:?}", model.overlay) };
    view
}

/// A file that was chosen, and is about to be planned.
pub fn chosen(model: &mut Model) {
    let effects = press(model, "Jn");
    let listed = effects.as_slice().iter().find_map(|effect| {
        let Effect::List { ticket, path, .. } = effect else { return None };
        Some((*ticket, path.clone()))
    });
    let (ticket, path) = listed.expect("a folder is listed");
    assert_eq!(path.as_deref(), Some(Path::new(".")), "where the agent is");
    let effects = tell(model, News::Listed(ticket, Ok(folder())));
    assert!(effects.as_slice().is_empty(), "a file of people is not looked at as a picture");
    let _ = press(model, "<Enter>");
    assert!(matches!(&view(model).page, Page::Order(order) if order.path == Path::new("/people/joiners.csv")));
}

#[test]
fn what_is_typed_while_the_first_folder_is_read_is_not_lost() {
    let list = |effects: &Effects| {
        let asked = effects.as_slice().iter().find_map(|effect| {
            let Effect::List { ticket, path, .. } = effect else { return None };
            Some((*ticket, path.clone()))
        });
        asked.expect("a folder is listed")
    };
    let (mut model, mut other) = (listing(), listing());
    let (ticket, _) = list(&press(&mut model, "Jn"));
    let _ = press(&mut model, "join");
    let _ = tell(&mut model, News::Listed(ticket, Ok(folder())));
    let Some(Overlay::Picker(picker)) = &model.overlay else { panic!("the picker is open") };
    assert_eq!((picker.query.text().as_str(), picker.found.len()), ("join", 1));
    let (first, _) = list(&press(&mut other, "Jn"));
    let (ticket, path) = list(&press(&mut other, "/people/joiners.csv<Enter>"));
    assert_eq!(path.as_deref(), Some(Path::new("/people/joiners.csv")));
    let _ = tell(&mut other, News::Listed(first, Ok(Folder { entries: Vec::new(), ..folder() })));
    let (ticket, _) = list(&tell(&mut other, News::Listed(ticket, Err(MediaFault::NotAFolder))));
    let _ = tell(&mut other, News::Listed(ticket, Ok(folder())));
    let _ = press(&mut other, "<Enter>");
    assert!(matches!(&view(&other).page, Page::Order(order) if order.path == Path::new("/people/joiners.csv")));
}

fn folder() -> Folder {
    let entry = |name: &str| Entry {
        name: Untrusted::new(name),
        path: Path::new("/people").join(name),
        kind: EntryKind::Other,
        bytes: 300,
    };
    let entries = vec![entry("joiners.csv"), entry("leavers.csv")];
    Folder { path: "/people".into(), entries, cut: false }
}

pub fn plan(job: i64) -> Plan {
    let step = |line, word, username: &str, details: &[&str]| PlanLine {
        line,
        word,
        username: username.into(),
        details: details.iter().map(|detail| (*detail).to_owned()).collect(),
    };
    Plan {
        job: Some(JobId(job)),
        source: "joiners.csv".into(),
        guess: "csv, utf-8, comma".into(),
        tally: Tally { create: 1, update: 1, unchanged: 3, error: 1, ..Tally::default() },
        refused: None,
        notes: vec!["line 4, column 2 (email): looks odd".into()],
        steps: vec![
            step(2, "create", "nora.vidal", &[]),
            step(3, "update", "marta.lopez", &["surname: \"Lopez\" -> \"López\""]),
            step(4, "error", "x", &["the picture p.png was not read"]),
        ],
        more: 0,
    }
}

pub fn row(id: i64, state: JobState, counts: &[(LineState, u64)]) -> Row {
    let head = JobHead {
        source: "joiners.csv".into(),
        digest: String::new(),
        plan: String::new(),
        terms: String::new(),
        lines: counts.iter().map(|(_, count)| count).sum(),
    };
    let counts = counts.iter().copied().collect();
    let job = Job { id: JobId(id), realm: Realm::default(), at: 0, head, state, claimed: false, counts };
    Row { job, when: "2026-11-22 14:02".into() }
}

pub fn line(number: u64, state: LineState, reason: Option<&str>) -> Line {
    let plan = NewLine {
        line: number,
        username: format!("person.{number}"),
        action: "create".into(),
        digest: String::new(),
        state,
        reason: None,
    };
    Line { line: JobLine { plan, change: Some(ChangeId(1)) }, reason: reason.map(str::to_owned) }
}

const DONE: LineState = LineState::Sent(Standing::Done);

/// A plan that is looked at.
pub fn planned(model: &mut Model) {
    chosen(model);
    let ticket = ticket_of(&press(model, "<Enter>"), |wish| matches!(wish, Wish::Plan(_)));
    let _ = tell(model, News::Jobs(ticket, Told::Planned(Ok(Box::new(plan(12))))));
    assert!(matches!(view(model).page, Page::Plan(_)));
}

/// The list with these jobs.
pub fn listed(model: &mut Model, rows: Vec<Row>) {
    let ticket = ticket_of(&press(model, "J"), |wish| *wish == Wish::List);
    let _ = tell(model, News::Jobs(ticket, Told::List(Ok(rows))));
}

#[test]
fn a_file_is_chosen_and_planned_as_it_was_ordered() {
    let mut model = listing();
    chosen(&mut model);
    let effects = press(&mut model, "<Left><Down><Right><Down><Right><Down><Right><Enter>");
    let asked = wishes(&effects);
    let [(ticket, Wish::Plan(order)), (watched, Wish::Watch)] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(ticket, watched);
    assert_eq!((order.mode, order.matching, order.makes_passwords), (Mode::UpdateOnly, Match::Id, true));
    assert_eq!(order.synchronization, Synchronization::Asynchronous);
    assert_eq!(order.passwords().as_deref(), Some(Path::new("/people/joiners.passwords.csv")));
    assert!(!order.again);
    assert!(wishes(&press(&mut model, "<Enter>")).is_empty(), "it is planned once");
}

#[test]
fn a_plan_is_carried_out_once_however_often_enter_is_pressed() {
    let mut model = listing();
    planned(&mut model);
    let effects = press(&mut model, &"<Enter>".repeat(50));
    let sent = wishes(&effects).into_iter().filter(|(_, wish)| matches!(wish, Wish::CarryOut(_))).count();
    assert_eq!(sent, 1);
    assert_eq!(model.jobs.carried().map(|(job, _)| job), Some(JobId(12)));
    assert!(matches!(&view(&model).page, Page::Job(lines) if lines.job == JobId(12)));
}

#[test]
fn a_plan_that_may_not_be_carried_out_says_why_and_sends_nothing() {
    let none = Plan { tally: Tally { unchanged: 6, ..Tally::default() }, ..plan(12) };
    let refused = Plan { job: None, refused: Some("60 people would be disabled".into()), ..plan(12) };
    for (plan, words) in [(none, "nothing to carry out"), (refused, "60 people")] {
        let mut model = listing();
        chosen(&mut model);
        let ticket = ticket_of(&press(&mut model, "<Enter>"), |wish| matches!(wish, Wish::Plan(_)));
        let _ = tell(&mut model, News::Jobs(ticket, Told::Planned(Ok(Box::new(plan)))));
        assert!(wishes(&press(&mut model, "<Enter>")).is_empty());
        let Page::Plan(page) = &view(&model).page else { panic!("the plan stays") };
        assert!(page.fault.as_ref().is_some_and(|fault| fault.contains(words)), "{:?}", page.fault);
    }
}

#[test]
fn a_plan_that_nobody_agreed_to_is_given_up() {
    let mut model = listing();
    planned(&mut model);
    assert!(wishes(&press(&mut model, "<Esc>")).iter().any(|(_, wish)| *wish == Wish::Forget(JobId(12))));
    assert!(matches!(view(&model).page, Page::Order(_)), "and what was chosen is still there");
    // One that comes when nobody looks any more is given up as well.
    let ticket = ticket_of(&press(&mut model, "<Enter>"), |wish| matches!(wish, Wish::Plan(_)));
    model.overlay = None;
    let effects = tell(&mut model, News::Jobs(ticket, Told::Planned(Ok(Box::new(plan(13))))));
    assert_eq!(wishes(&effects).pop().map(|(_, wish)| wish), Some(Wish::Forget(JobId(13))));
    assert!(model.jobs.work.is_none());
}

#[test]
fn esc_stops_the_planning_and_goes_back_only_then() {
    let mut model = listing();
    chosen(&mut model);
    let ticket = ticket_of(&press(&mut model, "<Enter>"), |wish| matches!(wish, Wish::Plan(_)));
    assert_eq!(wishes(&press(&mut model, "<Esc>")), [(ticket, Wish::Stop)]);
    let stopped = Refusal::Words("stopped; nothing was sent".into());
    let _ = tell(&mut model, News::Jobs(ticket, Told::Planned(Err(stopped.clone()))));
    assert!(matches!(&view(&model).page, Page::Order(order) if order.refusal == Some(stopped)));
    let _ = press(&mut model, "<Esc>");
    assert!(matches!(view(&model).page, Page::List));
}

#[test]
fn a_file_that_was_carried_out_before_is_planned_again_only_by_another_enter() {
    let mut model = listing();
    chosen(&mut model);
    let ticket = ticket_of(&press(&mut model, "<Enter>"), |wish| matches!(wish, Wish::Plan(_)));
    let earlier = Refusal::Earlier(JobId(7), "3 of 6 rows were applied in job 7".into());
    let _ = tell(&mut model, News::Jobs(ticket, Told::Planned(Err(earlier))));
    let again = wishes(&press(&mut model, "<Enter>"));
    assert!(matches!(&again[0].1, Wish::Plan(order) if order.again));
}

#[test]
fn production_wants_its_name_before_a_plan_and_before_going_on() {
    let mut model = listing();
    (model.tenant.production, model.tenant.name) = (true, "acme".into());
    planned(&mut model);
    assert!(wishes(&press(&mut model, "<Enter>acm<Enter>")).is_empty());
    let effects = press(&mut model, "e<Enter>");
    let ticket = ticket_of(&effects, |wish| *wish == Wish::CarryOut(JobId(12)));
    let ended = Ended { counts: [(DONE, 1), (LineState::Waiting, 1)].into(), stopped: true, paused: None };
    let _ = tell(&mut model, News::Jobs(ticket, Told::Ended(JobId(12), Ok(ended))));
    let _ = press(&mut model, "<Esc><Esc>");
    listed(&mut model, vec![row(12, JobState::Stopped, &[(DONE, 1), (LineState::Waiting, 1)])]);
    assert!(wishes(&press(&mut model, "g<Enter>")).is_empty());
    let again = wishes(&press(&mut model, "acme<Enter>"));
    assert!(again.iter().any(|(_, wish)| matches!(wish, Wish::GoOn { job: JobId(12), rechecks: false, .. })));
}

#[test]
fn the_number_of_the_ticket_is_asked_for_before_the_plan_that_bears_it() {
    let mut model = listing();
    model.ticketing = crate::app::ticket_number::Asking::by(TicketRule::Session);
    chosen(&mut model);
    assert!(wishes(&press(&mut model, "<Enter>")).is_empty());
    assert!(matches!(model.overlay, Some(Overlay::TicketNumber(_))));
    let asked = wishes(&press(&mut model, "INC-7<Enter>"));
    assert!(matches!(&asked[0].1, Wish::Plan(order) if order.ticket.as_deref() == Some("INC-7")));
}

/// A job that is carried out, with the number of its question.
fn carried(model: &mut Model) -> Ticket {
    planned(model);
    ticket_of(&press(model, "<Enter>"), |wish| matches!(wish, Wish::CarryOut(_)))
}

#[test]
fn how_far_it_is_is_asked_for_again_and_again_until_it_is_over() {
    let mut model = listing();
    let ticket = carried(&mut model);
    let progress = Progress { done: 3, total: 6, ..Progress::default() };
    for _ in 0..3 {
        let effects = tell(&mut model, News::Jobs(ticket, Told::Progress(Box::new(progress.clone()))));
        assert_eq!(ticket_of(&effects, |wish| *wish == Wish::Watch), ticket);
    }
    assert_eq!(model.jobs.carried().map(|(_, work)| work.progress.done), Some(3));
    // Whatever is looked at meanwhile, it goes on.
    let _ = press(&mut model, "<Esc><Esc>");
    assert_eq!((model.screen, model.overlay.is_none()), (Screen::People, true));
    let effects = tell(&mut model, News::Jobs(ticket, Told::Progress(Box::new(progress.clone()))));
    assert_eq!(wishes(&effects), [(ticket, Wish::Watch)]);
    let ended = Ended { counts: [(DONE, 6)].into(), stopped: false, paused: None };
    let effects = tell(&mut model, News::Jobs(ticket, Told::Ended(JobId(12), Ok(ended))));
    assert!(effects.as_slice().iter().any(|effect| matches!(effect, Effect::Attention { .. })));
    assert!(matches!(&model.notice, Some(Notice::Info(words)) if words.starts_with("Job 12: 6 done.")));
    let effects = tell(&mut model, News::Jobs(ticket, Told::Progress(Box::new(progress))));
    assert!(wishes(&effects).is_empty(), "nobody watches what is over");
}

#[test]
fn s_stops_and_the_second_s_does_not_wait() {
    let mut model = listing();
    let ticket = carried(&mut model);
    listed_below(&mut model);
    assert_eq!(wishes(&press(&mut model, "s")), [(ticket, Wish::Stop)]);
    assert!(matches!(&model.notice, Some(Notice::Info(words)) if words.contains("is waited for")));
    assert_eq!(wishes(&press(&mut model, "s")), [(ticket, Wish::Stop)]);
    assert!(matches!(&model.notice, Some(Notice::Info(words)) if words.contains("in doubt")));
}

/// The list behind a job that is looked at was read: the job is in it.
fn listed_below(model: &mut Model) {
    let Some(Overlay::Jobs(view)) = &mut model.overlay else { panic!("jobs are looked at") };
    view.rows = vec![row(12, JobState::Running, &[(LineState::Waiting, 6)])];
}

#[test]
fn leaving_with_a_job_at_work_asks_first() {
    let mut model = listing();
    let _ = carried(&mut model);
    let _ = press(&mut model, "<Esc><Esc>q");
    assert!(matches!(&model.overlay, Some(Overlay::Confirm(confirm)) if confirm.question.contains("Job 12")));
    let _ = press(&mut model, "n");
    assert!(!model.closing);
    let _ = press(&mut model, "qy");
    assert!(model.closing);
}

#[test]
fn nothing_is_imported_on_a_read_only_tenant_or_without_a_journal_or_beside_another_file() {
    let mut read_only = listing();
    read_only.tenant.read_only = true;
    let mut unkept = listing();
    unkept.no_journal = Some("the disk is full".into());
    let mut busy = listing();
    let _ = carried(&mut busy);
    let _ = press(&mut busy, "<Esc><Esc>");
    for mut model in [read_only, unkept, busy] {
        let _ = press(&mut model, "Jn");
        assert!(matches!(model.overlay, Some(Overlay::Jobs(_))));
        assert!(matches!(model.notice, Some(Notice::Refused(_))), "{:?}", model.notice);
    }
}

#[test]
fn a_job_is_gone_on_with_only_where_something_is_left_and_nobody_else_has_it() {
    let left = [(DONE, 2), (LineState::Waiting, 1)];
    let mut claimed = row(3, JobState::Running, &left);
    claimed.job.claimed = true;
    let over = row(2, JobState::Ended, &[(DONE, 3)]);
    let killed = row(1, JobState::Running, &left);
    let mut model = listing();
    listed(&mut model, vec![claimed, over, killed]);
    let _ = press(&mut model, "g");
    assert!(matches!(&model.notice, Some(Notice::Refused(words)) if words.contains("Another program")));
    let _ = press(&mut model, "<Down>g");
    assert!(matches!(&model.notice, Some(Notice::Refused(words)) if words.contains("finished")));
    let _ = press(&mut model, "<Down>G");
    let asked = wishes(&press(&mut model, "<Enter>"));
    assert!(asked.iter().any(|(_, wish)| matches!(wish, Wish::GoOn { job: JobId(1), rechecks: true, .. })));
}

#[test]
fn lines_are_read_as_far_as_they_are_looked_at_and_kept_in_the_order_of_the_file() {
    let mut model = listing();
    listed(&mut model, vec![row(5, JobState::Stopped, &[(DONE, 500)])]);
    let asked = wishes(&press(&mut model, "<Enter>"));
    let lines = |range: std::ops::Range<u64>| range.map(|number| line(number, DONE, None)).collect::<Vec<_>>();
    let [(ticket, Wish::Lines { job, failed_only: false, after: 0 })] = asked[..] else { panic!("{asked:?}") };
    let part = |after, lines| Told::Lines { job, failed_only: false, after, lines: Ok(lines) };
    let more = tell(&mut model, News::Jobs(ticket, part(0, lines(2..202))));
    assert!(wishes(&more).is_empty(), "enough is there");
    let asked = wishes(&press(&mut model, "<PgDn><PgDn><PgDn><PgDn><PgDn><PgDn><PgDn><PgDn><PgDn><PgDn><PgDn>"));
    let [(ticket, Wish::Lines { after: 201, .. })] = asked[..] else { panic!("{asked:?}") };
    let _ = tell(&mut model, News::Jobs(ticket, part(201, lines(202..210))));
    let Page::Job(shown) = &view(&model).page else { panic!("a job is looked at") };
    let numbers: Vec<u64> = shown.lines.iter().map(|line| line.line.plan.line).collect();
    assert_eq!(numbers, (2..210).collect::<Vec<_>>());
    // A newer reading takes the place of what was known, and answers to old questions change nothing.
    let rejected = LineState::Sent(Standing::Rejected);
    let stale = Told::Lines { job, failed_only: false, after: 0, lines: Ok(vec![line(2, rejected, None)]) };
    let _ = tell(&mut model, News::Jobs(ticket, stale));
    let Page::Job(shown) = &view(&model).page else { panic!("a job is looked at") };
    assert_eq!(shown.lines[0].line.plan.state, DONE);
}

#[test]
fn only_the_failed_lines_are_asked_for_by_f_and_written_by_w() {
    let mut model = listing();
    listed(&mut model, vec![row(5, JobState::Ended, &[(LineState::Sent(Standing::Rejected), 2)])]);
    let _ = press(&mut model, "<Enter>");
    let asked = wishes(&press(&mut model, "f"));
    assert!(matches!(asked[..], [(_, Wish::Lines { failed_only: true, after: 0, .. })]));
    let asked = wishes(&press(&mut model, "w"));
    let [(ticket, Wish::WriteFailed(JobId(5), _))] = asked[..] else { panic!("{asked:?}") };
    let _ = tell(&mut model, News::Jobs(ticket, Told::Written(Err("it is there already".into()))));
    assert_eq!(model.notice, Some(Notice::Refused("it is there already".into())));
}
