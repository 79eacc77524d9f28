//! The keys of files of people. Each says why it cannot be used on the job under the cursor.

use crate::app::jobs::{Act, Page, View, is_running, orders};
use crate::app::key::Key;
use crate::app::keymap::over::command_line;
use crate::app::keymap::over::scrolling;
use crate::app::keymap::{Binding, here};
use crate::app::model::Model;
use crate::app::msg::Act as Perform;

/// What the list is called in the palette.
pub(super) const WORDS: &str = "Jobs: files of people, to import or go on with";

const UP: &[Key] = &[Key::Up, Key::Char('k')];
const DOWN: &[Key] = &[Key::Down, Key::Char('j')];

/// The keys of what is open.
pub(super) fn keys(model: &Model, view: &View) -> Vec<Binding> {
    let one = |keys, words, short, act| here(keys, words, short, Perform::Jobs(act));
    let back = |words, short| here(&[Key::Esc], words, short, Perform::Back);
    match &view.page {
        Page::List => {
            let nothing = view.here().is_none().then_some("Nothing is under the cursor.");
            let mut bindings = vec![
                one(&[Key::Enter], "Show the job line by line", "lines", Act::Open).unless(nothing),
                one(&[Key::Char('n')], "Import a file of people", "import a file", Act::Import)
                    .unless(orders::forbids(model)),
            ];
            bindings.extend(of_a_job(model, view));
            bindings.extend(moving());
            bindings.push(back("Close; what runs goes on", "close"));
            bindings
        }
        Page::Job(lines) => {
            let words = if lines.failed_only { "all lines" } else { "not done" };
            let mut bindings = of_a_job(model, view);
            bindings.push(one(&[Key::Char('f')], "Only lines that were not done, or all", words, Act::FailedOnly));
            bindings.extend(moving());
            bindings.push(back("Back to the jobs; what runs goes on", "back"));
            bindings
        }
        Page::Order(_) if model.jobs.work.as_ref().is_some_and(|work| work.job.is_none()) => {
            vec![back("Stop planning; nothing was sent", "stop")]
        }
        Page::Order(_) => vec![
            one(&[Key::Enter], "Read the file and plan it; nothing is sent", "plan", Act::Plan),
            one(&[Key::Right, Key::Char(' '), Key::Char('l')], "The next value", "change", Act::Turn(true)),
            one(&[Key::Left, Key::Char('h')], "The value before", "", Act::Turn(false)),
            one(UP, "One line up", "", Act::Move(-1)),
            one(DOWN, "One line down", "", Act::Move(1)),
            back("Back to the jobs", "back"),
        ],
        Page::Plan(_) => {
            let types = view.types(model.tenant.production);
            let mut bindings =
                vec![one(&[Key::Enter], "Carry the plan out", "carry out", Act::CarryOut), command_line(types)];
            bindings.extend(if types { by_lines(false) } else { moving() });
            bindings.push(back("Back, nothing sent", "back"));
            bindings
        }
        Page::Sure(_) => vec![
            one(&[Key::Enter], "Go on with the job", "go on", Act::GoOn),
            command_line(view.types(model.tenant.production)),
            back("Back, nothing sent", "back"),
        ],
    }
}

/// What can be done with the job under the cursor.
fn of_a_job(model: &Model, view: &View) -> Vec<Binding> {
    let one = |keys, words, short, act| here(keys, words, short, Perform::Jobs(act));
    let row = view.here();
    let nothing = row.is_none().then_some("Nothing is under the cursor.");
    let is_ours = row.is_some_and(|row| model.jobs.carried().is_some_and(|(job, _)| job == row.job.id));
    let runs = row.is_some_and(is_running) || is_ours;
    let on = orders::why_not_go_on(model, view);
    let not_ours = if runs { "Another program carries it out: stop it there." } else { "No job is carried out here." };
    let word = |short, why: Option<&str>| if why.is_none() { short } else { "" };
    vec![
        one(&[Key::Char('s')], "Begin nothing new", if is_ours { "stop" } else { "" }, Act::Stop)
            .unless((!is_ours).then_some(not_ours)),
        one(&[Key::Char('g')], "Go on with the lines that are not finished", word("go on", on), Act::AskGoOn(false))
            .unless(on),
        one(&[Key::Char('G')], "Go on, and send again what is seen not to have been done", "", Act::AskGoOn(true))
            .unless(on),
        one(&[Key::Char('w')], "Write the lines that were not done to a file", "write failed", Act::WriteFailed)
            .unless(nothing),
    ]
}

/// By lines and pages, and to the ends.
fn moving() -> Vec<Binding> {
    let one = |keys, words, by| here(keys, words, "", Perform::Jobs(Act::Move(by)));
    let ends =
        vec![one(&[Key::Home], "To the first", i32::MIN), one(&[Key::End], "To the last that was read", i32::MAX)];
    [by_lines(true), ends].concat()
}

fn by_lines(letters: bool) -> Vec<Binding> {
    scrolling(|by| Perform::Jobs(Act::Move(by.into())), letters)
}
