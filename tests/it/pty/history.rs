//! The history at a terminal: found, copied for the ticket, and taken back after a restart.

use base64::Engine as _;

use super::session::{Desk, Session};

/// Changes Marta's surname, and waits for the end of it.
fn change(session: &mut Session, surname: &str) {
    session.open_person("marta.lopez");
    session.send(&format!("<Tab><C-u>{surname}<C-s>"));
    session.wait_for_text("Review: update marta.lopez");
    session.send("<Enter>");
    session.wait_for_text("DONE  update marta.lopez");
}

/// What was put into the clipboard, the last time.
fn copied(session: &Session) -> String {
    let raw = String::from_utf8_lossy(&session.raw()).into_owned();
    let (_, rest) = raw.rsplit_once("\u{1b}]52;c;").expect("something was copied");
    let (text, _) = rest.split_once('\u{7}').expect("the sequence has its end");
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).expect("it is base64");
    String::from_utf8(bytes).expect("it is text")
}

#[test]
fn a_change_is_copied_for_the_ticket_and_taken_back_after_a_restart() {
    let desk = Desk::new();
    let mut session = Session::at_the_list(desk.launch());
    session.may_copy();
    change(&mut session, "Lopes");
    session.send("y");
    let shown = session.wait_for_text("For the ticket: copied if your terminal allows it");
    let text = copied(&session);
    assert!(
        text.starts_with("update marta.lopez: DONE  (change #1 of ") && text.contains("  Surname: López -> Lopes\n")
    );
    for line in text.lines() {
        assert!(shown.contains(line), "{line} is not shown:\n{shown}");
    }
    session.send("<Esc>");
    session.wait_until_gone("For the ticket");
    session.leave_by("<C-q>");

    let mut session = Session::at_the_list(desk.launch());
    session.send("H");
    session.wait_for_text("marta.lopez");
    session.send("/lopes");
    session.wait_for("one that is found", |screen| screen.contents().contains("#1 "));
    session.send("<Enter><Enter>");
    session.wait_for_text("Change #1: update marta.lopez, DONE");
    session.send("u");
    session.wait_for_text("This takes #1 back.");
    let review = session.wait_for_text("\"surname\": \"López\"");
    assert!(review.contains("Lopes → López"), "{review}");
    session.send("<Enter>");
    session.wait_for_text("DONE  update marta.lopez");
    session.send("H");
    session.wait_for_text("undone #3");
    session.send("<Down>u");
    let refused = session.wait_for_text("Nothing of it can be taken back.");
    assert!(refused.contains("Surname is as it was before already"), "{refused}");
    session.leave_by("<C-q>");
    let writes = desk.sandbox.log().into_iter().filter(|asked| asked.method != "GET").count();
    assert_eq!(writes, 2);
}
