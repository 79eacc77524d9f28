//! Files of people at 80x24 and 120x40: the jobs, a file before its plan, the plan, and a job at work.

use std::path::PathBuf;

use crate::app::jobs::tests::{line, listed, plan, planned, row};
use crate::app::jobs::{Page, Progress, Refusal, Told, Wish};
use crate::app::model::{Model, Overlay};
use crate::app::msg::News;
use crate::app::testing::{listing, press, tell};
use crate::app::{effect::Effect, effect::Effects, effect::Ticket, jobs};
use crate::domain::job::{JobId, JobState, LineState};
use crate::domain::record::Standing;
use crate::ui::tests::{check, screen};

const DONE: LineState = LineState::Sent(Standing::Done);
const REJECTED: LineState = LineState::Sent(Standing::Rejected);
const DOUBT: LineState = LineState::Sent(Standing::InDoubt);

fn ticket(effects: &Effects) -> Ticket {
    let found = effects.as_slice().iter().find_map(|effect| {
        let Effect::Jobs { ticket, wish: Wish::Plan(_) | Wish::CarryOut(_) | Wish::Lines { .. } } = effect else {
            return None;
        };
        Some(*ticket)
    });
    found.expect("something is asked for")
}

/// The list, with a job of each kind.
fn several() -> Model {
    let mut model = listing();
    let mut running = row(14, JobState::Running, &[(DONE, 118), (REJECTED, 2), (LineState::Waiting, 280)]);
    running.job.claimed = true;
    running.job.head.source = "lea\u{202e}vers of the whole faculty 2026.csv".into();
    let stopped = row(12, JobState::Stopped, &[(DONE, 37), (LineState::Waiting, 23), (DOUBT, 1)]);
    let ended = row(11, JobState::Ended, &[(DONE, 60)]);
    listed(&mut model, vec![running, stopped, ended]);
    model
}

fn ordered(refusal: Option<Refusal>) -> Model {
    let mut model = listing();
    let _ = jobs::chosen(&mut model, PathBuf::from("/people/joiners.csv"));
    if let Some(Overlay::Jobs(view)) = &mut model.overlay
        && let Page::Order(order) = &mut view.page
    {
        order.refusal = refusal;
    }
    model
}

fn of_production() -> Model {
    let mut model = listing();
    (model.tenant.production, model.tenant.sandbox, model.tenant.name) = (true, false, "acme".into());
    planned(&mut model);
    let _ = press(&mut model, "acm<Enter>");
    model
}

/// A job at work, line by line.
fn at_work() -> Model {
    let mut model = listing();
    planned(&mut model);
    let effects = press(&mut model, "<Enter>");
    let (lines, carried) = (ticket(&effects), effects.as_slice().iter().rev().find_map(of_carrying).expect("it runs"));
    let told = Told::Lines {
        job: JobId(12),
        failed_only: false,
        after: 0,
        lines: Ok(vec![
            line(2, DONE, None),
            line(3, REJECTED, Some("management refused it: the e-mail is used by somebody else \u{1b}[31m(USR004)")),
            line(4, DOUBT, Some("no answer within 120 s")),
            line(5, LineState::Waiting, None),
        ]),
    };
    let _ = tell(&mut model, News::Jobs(lines, told));
    let progress = Progress {
        done: 3,
        total: 4,
        counts: [(DONE, 1), (REJECTED, 1), (DOUBT, 1)].into(),
        left: Some("a few seconds left".into()),
        now: Some("waiting 3 s: the service asks to wait".into()),
        remarks: vec!["password not delivered: nobody knows those of lines 7".into()],
    };
    let _ = tell(&mut model, News::Jobs(carried, Told::Progress(Box::new(progress))));
    let _ = press(&mut model, "<Down>");
    model
}

fn of_carrying(effect: &Effect) -> Option<Ticket> {
    let Effect::Jobs { ticket, wish: Wish::CarryOut(_) } = effect else { return None };
    Some(*ticket)
}

fn faulty() -> Model {
    let fault = |line| format!("line {line}, column 2 (email): is not an address such as name@acme.example");
    ordered(Some(Refusal::Faults((2..22).map(fault).collect(), 4980)))
}

#[test]
fn the_jobs() {
    check("jobs", &several());
    let mut model = several();
    let _ = press(&mut model, "<Down>g");
    check("jobs_go_on", &model);
    let mut none = listing();
    listed(&mut none, Vec::new());
    assert!(screen(&none, 80, 24).contains("No file of people was imported here yet: n chooses one."));
}

#[test]
fn a_file_before_its_plan() {
    check("jobs_order", &ordered(None));
    check("jobs_faults", &faulty());
    let words = "3 of 6 rows were applied in job 7, planned 14:02".to_owned();
    let earlier = screen(&ordered(Some(Refusal::Earlier(JobId(7), words))), 80, 24);
    assert!(earlier.contains("3 of 6 rows were applied in job 7") && earlier.contains("Enter plans the file anew"));
}

#[test]
fn a_plan() {
    let mut model = listing();
    planned(&mut model);
    check("jobs_plan", &model);
    check("jobs_plan_production", &of_production());
    assert_eq!(plan(1).more, 0);
}

#[test]
fn a_job_at_work() {
    let model = at_work();
    check("jobs_at_work", &model);
    assert!(screen(&model, 80, 24).lines().next().is_some_and(|header| header.contains("job 12 75%")));
}

#[test]
fn nothing_hidden_reaches_the_screen_and_every_size_is_drawn() {
    for model in [several, || ordered(None), faulty, of_production, at_work] {
        let model = model();
        for (width, height) in [(1, 1), (12, 3), (39, 11), (40, 12), (60, 20), (71, 24), (80, 24), (200, 60)] {
            let shown = screen(&model, width, height);
            let hidden = |c: char| c != '\n' && crate::domain::untrusted::is_hidden(c);
            assert!(!shown.chars().any(hidden), "{width}x{height}: {shown:?}");
        }
    }
}
