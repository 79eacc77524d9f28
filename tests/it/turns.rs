//! The loop, with a terminal in memory and a world that answers from a table.
//!
//! Time is tokio's, and stands still until everybody waits for it: a test of three seconds takes none, and nothing here sleeps.

use std::future::ready;
use std::time::Duration;

use crossterm::event::Event;
use futures_util::stream;
use netex_users::app::drafts::Wanted;
use netex_users::app::form;
use netex_users::app::model::{Focus, Model, Notice, Overlay};
use netex_users::app::open::State;
use netex_users::app::status::{Answered, Job};
use netex_users::domain::fields::Field;
use netex_users::domain::outcome::Verdict;
use netex_users::runtime::input::{Input, Stop};
use netex_users::runtime::{clock, farewell};
use tokio::time::Instant;

use crate::support::typed::{pasted, typed};

pub mod desk;

use desk::{Desk, answered, filled, model, not_found, woken};

const SECOND: Duration = Duration::from_secs(1);

fn username(model: &Model) -> String {
    let row = model.form.rows.iter().find(|row| row.field == Field::Username).expect("a row for the username");
    match &row.input {
        form::Input::Text(editor) => editor.text(),
        form::Input::Switch(_) => panic!("the username is a text"),
    }
}

fn verdict(model: &Model) -> Option<Verdict> {
    model.status.answered().map(Answered::verdict)
}

#[tokio::test(start_paused = true)]
async fn typing_does_not_reach_a_covered_form() {
    let desk = Desk::silent();
    let model = desk.run(model(), "marta<F1>xyz<C-x>").await;
    assert!(matches!(model.overlay, Some(Overlay::Help(..))));
    assert_eq!(username(&model), "marta");
    let model = desk.run(model, "<Esc><C-p>nora<Esc>.lopez").await;
    assert_eq!(username(&model), "marta.lopez");
    assert_eq!(desk.asked(), []);
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_a_question_that_was_closed_changes_nothing() {
    let desk = Desk::new(|effect| not_found(effect, SECOND));
    let open = desk.run(model(), "<C-f>marta<Enter>").await;
    assert!(matches!(&open.overlay, Some(Overlay::Open(question)) if matches!(question.state, State::Failed(..))));
    let closed = desk.run(model(), "<C-f>marta<Enter><Esc>").await;
    assert!(closed.overlay.is_none() && closed.notice.is_none());
    let another = desk.run(model(), "<C-f>marta<Enter><Esc><C-f>nora").await;
    assert!(matches!(&another.overlay, Some(Overlay::Open(question)) if question.state == State::Asking));
}

#[tokio::test(start_paused = true)]
async fn fifty_enters_on_the_review_send_once() {
    let desk = Desk::new(|effect| answered(effect, Verdict::Applied, SECOND));
    let model = desk.run(filled(), &format!("<C-s>{}", "<Enter>".repeat(50))).await;
    assert_eq!(desk.submissions(), 1);
    assert_eq!(verdict(&model), Some(Verdict::Applied));
}

#[tokio::test(start_paused = true)]
async fn a_paste_sends_nothing_whatever_follows_it_at_once() {
    let desk = Desk::silent();
    let at_once = [typed("<C-s>"), pasted("x\n\r\n"), typed("<Enter><C-s>")].concat();
    let model = desk.run_inputs(filled(), stream::iter(at_once)).await;
    assert_eq!(desk.submissions(), 0);
    assert!(matches!(&model.notice, Some(Notice::Refused(words)) if words.contains("right after a paste")));
    assert!(matches!(model.overlay, Some(Overlay::Review(_))));
    // In the form the paste is text, and a whole sequence of keys behind it sends nothing either.
    let keys = [pasted("a\nb\n"), typed("<C-r><Enter><C-s>")].concat();
    desk.run_inputs(filled(), stream::iter(keys)).await;
    assert_eq!(desk.submissions(), 0);
}

#[tokio::test(start_paused = true)]
async fn enter_sends_again_a_moment_after_a_paste() {
    let desk = Desk::silent();
    let before = stream::iter([typed("<C-s>"), pasted("x\n")].concat());
    let after = stream::once(Box::pin(async {
        clock::pass(Duration::from_millis(101)).await;
        typed("<Enter>").remove(0)
    }));
    desk.run_inputs(filled(), stream::StreamExt::chain(before, after)).await;
    assert_eq!(desk.submissions(), 1);
}

#[tokio::test(start_paused = true)]
async fn esc_stops_the_watching_and_the_answer_lands_in_the_status() {
    let desk = Desk::new(|effect| answered(effect, Verdict::Applied, 5 * SECOND));
    let model = desk.run(filled(), "<C-s><Enter><Esc>").await;
    assert_eq!(verdict(&model), Some(Verdict::Applied));
    assert_eq!(model.focus, Focus::Fields);
    assert!(
        matches!(&model.notice, Some(Notice::Info(words)) if words.contains("nora.vidal: DONE")),
        "{:?}",
        model.notice
    );
    assert_eq!(desk.submissions(), 1);
}

#[tokio::test(start_paused = true)]
async fn whoever_leaves_waits_for_the_answer_to_a_request_on_its_way() {
    let desk = Desk::new(|effect| answered(effect, Verdict::Applied, 2 * SECOND));
    let start = Instant::now();
    let model = desk.run_endless(filled(), typed("<C-s><Enter><C-q>y")).await;
    assert_eq!(start.elapsed(), 2 * SECOND);
    assert_eq!(verdict(&model), Some(Verdict::Applied));
    assert_eq!(farewell(&model), None);
    assert!(desk.screen().contains("waiting at most 3 s for its answer"), "{}", desk.screen());
}

#[tokio::test(start_paused = true)]
async fn the_draft_of_what_was_sent_goes_though_the_program_is_leaving() {
    for (verdict, gone) in [(Verdict::Applied, true), (Verdict::Rejected, false)] {
        let desk = Desk::new(move |effect| answered(effect, verdict, 2 * SECOND));
        let filled = filled();
        let form = filled.form_ticket;
        desk.run_endless(filled, typed("<C-s><Enter><C-q>y")).await;
        assert_eq!(desk.of_drafts().last() == Some(&Wanted::Drop { form }), gone, "{verdict:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_leaves_waits_three_seconds_at_most() {
    for stop in [None, Some(Stop::Hangup), Some(Stop::Terminate), Some(Stop::Interrupt)] {
        let desk = Desk::new(|effect| answered(effect, Verdict::Applied, 60 * SECOND));
        let leave = stop.map_or_else(|| typed("<C-q>y"), |stop| vec![Input::Stop(stop)]);
        let start = Instant::now();
        let model = desk.run_endless(filled(), [typed("<C-s><Enter>"), leave].concat()).await;
        assert_eq!(start.elapsed(), 3 * SECOND, "{stop:?}");
        assert!(matches!(model.status.job, Job::Sending(_)));
        let words = farewell(&model).expect("something to say");
        assert!(
            words.contains("\"create nora.vidal\" was on its way") && words.contains("look the user up"),
            "{words}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn who_asks_twice_to_leave_waits_for_nothing() {
    for again in [typed("<C-c>"), vec![Input::Stop(Stop::Terminate)]] {
        let desk = Desk::new(|effect| answered(effect, Verdict::Applied, 60 * SECOND));
        let keys = [typed("<C-s><Enter><C-q>yx"), again].concat();
        let start = Instant::now();
        desk.run_endless(filled(), keys).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
    }
}

/// A lost line is reported by a signal and by the end of the terminal, and that is one hang-up.
#[tokio::test(start_paused = true)]
async fn a_hang_up_that_is_said_twice_still_waits_for_the_answer() {
    let desk = Desk::new(|effect| answered(effect, Verdict::Applied, 2 * SECOND));
    let start = Instant::now();
    let lost = vec![Input::Stop(Stop::Hangup), Input::Stop(Stop::Hangup)];
    let model = desk.run_endless(filled(), [typed("<C-s><Enter>"), lost].concat()).await;
    assert_eq!(start.elapsed(), 2 * SECOND);
    assert_eq!(verdict(&model), Some(Verdict::Applied));
}

#[tokio::test(start_paused = true)]
async fn a_read_keeps_nobody_from_leaving() {
    let desk = Desk::new(|effect| not_found(effect, 60 * SECOND));
    let start = Instant::now();
    let model = desk.run_endless(model(), typed("<C-f>marta<Enter><C-q>")).await;
    assert_eq!(desk.asked().len(), 1);
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert!(model.closing);
    assert_eq!(farewell(&model), None);
}

#[tokio::test(start_paused = true)]
async fn after_a_fault_of_the_program_nothing_is_drawn_or_waited_for() {
    let desk = Desk::new(|effect| answered(effect, Verdict::Applied, SECOND));
    let start = Instant::now();
    let model = desk.run_endless(filled(), [typed("<C-s><Enter>"), vec![Input::Stop(Stop::Fault)]].concat()).await;
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(desk.writes(), 1, "only the first picture, from before the fault");
    assert!(farewell(&model).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_clock_keeps_nobody_waiting() {
    let desk = Desk::new(woken);
    let start = Instant::now();
    let model = desk.run(model(), "nora<Tab>secret<C-v>").await;
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert!(model.form.reveal.is_some(), "the password is still shown");
}

#[tokio::test(start_paused = true)]
async fn what_came_together_is_drawn_once() {
    let desk = Desk::silent();
    let model = desk.run(model(), "forty.letters.that.were.pasted.as.keys.x").await;
    assert_eq!(username(&model), "forty.letters.that.were.pasted.as.keys.x");
    assert_eq!(desk.writes(), 2, "the empty form, and the form with the letters");
}

/// A terminal that was small for a moment cuts what it showed, and the program may hear of it when it is as large as before.
#[tokio::test(start_paused = true)]
async fn a_new_size_draws_all_of_it_anew_even_where_it_is_the_old_one() {
    let desk = Desk::silent();
    desk.run_inputs(model(), stream::once(ready(Input::Terminal(Event::Resize(0, 0))))).await;
    assert_eq!(desk.writes(), 2);
    assert!(desk.last_write().starts_with("\u{1b}[m\u{1b}[2J"), "{:?}", desk.last_write());
}

#[tokio::test(start_paused = true)]
async fn what_means_nothing_is_not_drawn() {
    let desk = Desk::silent();
    let nothing = [Event::FocusGained, Event::FocusLost].map(Input::Terminal);
    desk.run_inputs(model(), stream::iter([nothing.to_vec(), typed("<F9><Ins>")].concat())).await;
    assert_eq!(desk.writes(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_keys_does_not_freeze_the_picture() {
    let desk = Desk::silent();
    desk.run(model(), &"abcdefg".repeat(200)).await;
    assert_eq!(desk.writes(), 3, "the empty form, a thousand letters, the rest");
}

#[tokio::test(start_paused = true)]
async fn a_suspension_gives_the_terminal_away_and_draws_all_of_it_anew() {
    let desk = Desk::silent();
    desk.run(model(), "nora<C-z>").await;
    assert_eq!((desk.suspended(), desk.resumed()), (1, 0));
    assert!(desk.last_write().starts_with("\u{1b}[m\u{1b}[2J"), "{:?}", desk.last_write());
    // A stop that the program did not ask for.
    desk.run_inputs(model(), stream::once(ready(Input::Continued))).await;
    assert_eq!((desk.suspended(), desk.resumed()), (1, 1));
    assert!(desk.last_write().starts_with("\u{1b}[m\u{1b}[2J"), "{:?}", desk.last_write());
}

#[tokio::test(start_paused = true)]
async fn a_terminal_that_cannot_be_had_again_ends_the_program() {
    let desk = Desk::silent().without_terminal();
    let start = Instant::now();
    desk.run_endless(model(), typed("nora<C-z>")).await;
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(desk.writes(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_terminal_that_cannot_be_drawn_on_still_waits_for_the_answer() {
    let desk = Desk::new(|effect| answered(effect, Verdict::Applied, 2 * SECOND)).breaking_after(1);
    let start = Instant::now();
    let outcome = desk.try_run(filled(), typed("<C-s><Enter>")).await;
    assert!(outcome.is_err());
    assert_eq!(start.elapsed(), 2 * SECOND);
    assert_eq!(desk.submissions(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_letter_that_is_not_utf_8_is_said() {
    let desk = Desk::silent();
    // The letters behind it, typed on without looking, do not take the words away.
    let munoz = [typed("Mu"), vec![Input::Foreign], typed("oz")].concat();
    let model = desk.run_inputs(model(), stream::iter(munoz)).await;
    assert!(matches!(&model.notice, Some(Notice::Refused(words)) if words.contains("not UTF-8")));
    assert_eq!(username(&model), "Muoz");
}
