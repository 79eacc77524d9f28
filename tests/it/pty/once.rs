//! Nothing is sent twice, and what was sent is not stopped by what is typed after it.

use super::held::Held;
use super::session::{Desk, Session};

const POST: &str = "POST /integration/ws/management/rest/users";

#[test]
fn two_enters_on_the_review_send_once() {
    let held = Held::new();
    let mut session = held.begin();
    session.send_nora();
    let request = held.request();
    session.wait_for_text("SENDING  create nora.vidal");
    session.send("<Enter><C-s>");
    session.wait_for_text("A request is on its way; wait for its answer.");
    Held::answer(request);
    session.wait_for_text("DONE  create nora.vidal");
    assert!(!held.is_asked_again());
    session.leave();
}

#[test]
fn fifty_enters_on_the_review_send_once() {
    let desk = Desk::new();
    let mut session = desk.begin();
    session.review_nora();
    session.send(&"<Enter>".repeat(50));
    session.wait_for_text("DONE  create nora.vidal");
    session.leave();
    assert_eq!(desk.asked().iter().filter(|asked| *asked == POST).count(), 1);
}

#[test]
fn a_user_that_was_made_is_not_made_again() {
    let desk = Desk::new();
    let mut session = desk.begin();
    session.send_nora();
    session.wait_for_text("DONE  create nora.vidal");
    session.send("<C-s>");
    session.wait_for_text("This user was created. e opens the user, ^N begins another.");
    session.esc("Telephone at the desk.");
    session.send("<C-r>");
    session.wait_for_text("This user was created. e opens the user, ^N begins another.");
    // Nothing is unsent, so nothing is asked.
    session.leave_by("<C-q>");
    // Who was made is read once, for the list.
    assert_eq!(desk.asked(), [POST, "GET /integration/ws/management/rest/users/nora.vidal"]);
}

#[test]
fn esc_stops_the_watching_and_the_answer_still_lands() {
    let held = Held::new();
    let mut session = held.begin();
    session.send_nora();
    let request = held.request();
    session.wait_for_text("Esc stops watching; the request goes on");
    session.esc("not watched; it goes on");
    // The keys are alive meanwhile.
    session.send("<C-p>");
    session.wait_for_text("Every act");
    session.esc("not watched; it goes on");
    Held::answer(request);
    session.wait_for_text("DONE  create nora.vidal");
    session.wait_for_text("create nora.vidal: DONE");
    assert!(!held.is_asked_again());
    session.leave();
}

#[test]
fn a_slow_tenant_keeps_nobody_from_the_keys() {
    let mut session = Session::of_scenario("slow");
    session.send_nora();
    session.wait_for_text("SENDING  create nora.vidal");
    session.send("<F1>");
    session.wait_for_text("Everywhere");
    session.esc("SENDING  create nora.vidal");
    session.send("<C-q>");
    session.wait_for_text("The request for nora.vidal is on its way.");
    session.send("y");
    session.wait_for_text("waiting at most 3 s for its answer");
    session.leave_by("<C-q>");
}
