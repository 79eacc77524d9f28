//! What needs attention, in a terminal: killed in the middle of a request, started again, settled by reading.

use rustix::process::Signal;

use super::session::{Desk, Session};

const POST: &str = "POST /integration/ws/management/rest/users";

fn posts(desk: &Desk) -> usize {
    desk.asked().iter().filter(|asked| *asked == POST).count()
}

/// Sends Nora and kills the program as soon as the sandbox says so. The seconds that are counted on the screen are when it is asked.
fn killed(desk: &Desk, when: impl Fn() -> bool) {
    let mut session = desk.begin();
    session.send_nora();
    session.wait_for("the request to arrive", |_| when());
    session.signal(Signal::KILL);
    assert_eq!(session.wait_exit(), 128 + 9);
}

/// The program at the list of people, started again in the same home.
fn again(desk: &Desk) -> Session {
    Session::at_the_list(desk.launch())
}

#[test]
fn killed_while_it_waited_the_next_start_finds_the_create_and_posts_nothing() {
    let desk = Desk::of("[[strike]]\non = ['create']\nwait = '600s'\n");
    killed(&desk, || desk.sandbox.person("nora.vidal").is_some());
    let session = again(&desk);
    session.wait_for_text("create nora.vidal: it is there, as it was sent; done.");
    session.wait_until_gone("1 needs attention");
    session.leave_by("<C-q>");
    assert_eq!(posts(&desk), 1);
}

#[test]
fn killed_before_the_request_was_carried_out_it_stays_in_doubt_and_says_what_is_known() {
    let desk = Desk::of("[[strike]]\non = ['create']\nanswer = 'cut'\napplied = 'never'\nwait = '600s'\n");
    killed(&desk, || posts(&desk) == 1);
    let mut session = again(&desk);
    session.wait_for_text("1 needs attention");
    session.wait_for_text("! attention");
    session.send("!");
    session.wait_for_text("Needs attention: 1");
    session.wait_for_text("s to wait");
    session.send("n");
    session.wait_for_text("It may still arrive");
    session.send("<Enter>");
    session.wait_for_text("Nobody of this name was there when it was looked up.");
    session.wait_for_text("the program ended before the answer came");
    session.wait_for_text("looked up: nobody of that name");
    // The whole of it waits for a third start, too.
    session.signal(Signal::KILL);
    session.wait_exit();
    let session = again(&desk);
    session.wait_for_text("1 needs attention");
    session.leave_by("<C-q>");
    assert_eq!(posts(&desk), 1);
}

#[test]
fn a_create_that_arrives_after_the_program_was_killed_is_found_by_a_key() {
    let desk = Desk::of("[[strike]]\non = ['create']\nanswer = 'cut'\napplied = '3s'\n");
    let mut session = desk.begin();
    session.send_nora();
    session.wait_for_text("nobody of this name yet");
    session.signal(Signal::KILL);
    session.wait_exit();
    let mut session = again(&desk);
    session.wait_for_text("needs attention");
    session.send("!");
    session.wait_for("the late create", |_| desk.sandbox.person("nora.vidal").is_some());
    session.send("l");
    session.wait_for_text("create nora.vidal: it is there, as it was sent; done.");
    session.wait_for_text("Every change is finished");
    session.esc("F1 help");
    session.leave_by("<C-q>");
    assert_eq!(posts(&desk), 1);
}

#[test]
fn a_partial_create_is_repaired_by_two_keys_and_the_rows_keep_what_was_before() {
    let desk = Desk::of("[[strike]]\non = ['create']\nplatforms.social = { status = 500, message = 'down' }\n");
    let mut session = desk.begin();
    session.send_nora();
    session.wait_for_text("PARTLY DONE  create nora.vidal");
    session.wait_for_text("1 needs attention");
    session.send("R");
    let review = session.wait_for_text("Before: management done 201");
    assert!(review.contains("never a second create") && review.contains("synchronous"), "{review}");
    session.wait_for_text("PUT /integration/ws/management/rest/users/");
    session.send("<Enter>");
    let screen = session.wait_for_text("DONE  update nora.vidal");
    assert!(screen.contains("(was FAILED 500)") && screen.contains("(was done 201)"), "{screen}");
    session.wait_until_gone("needs attention");
    session.leave();
    let writes: Vec<_> = desk.asked().into_iter().filter(|asked| !asked.starts_with("GET")).collect();
    assert_eq!(writes.len(), 2, "{writes:?}");
    assert!(writes[0] == POST && writes[1].starts_with("PUT "), "{writes:?}");
}

#[test]
fn what_was_queued_is_looked_up_by_itself_and_confirmed_field_by_field() {
    let desk = Desk::of("[[strike]]\non = ['update']\nvisible_after_reads = 1\nplatforms.social = { status = 202 }\n");
    let mut session = Session::at_the_list(desk.launch());
    session.open_person("marta.lopez");
    session.send("<Tab><Tab><C-u>marta@acme.example<C-r>");
    session.wait_for_text("Review: update marta.lopez");
    session.send("<Enter>");
    session.wait_for_text("QUEUED  update marta.lopez");
    session.wait_for_text("E-mail confirmed in management");
    let screen = session.wait_for_text("1 needs attention");
    assert!(screen.contains("QUEUED") && !screen.contains("DONE"), "{screen}");
    session.send("<F4>");
    session.wait_for_text("queued, in management");
    session.send("x");
    session.wait_for_text("Take #1 off the list?");
    session.send("Seen by the user<Enter>");
    session.wait_for_text("#1 is off the list; it stays in the journal.");
    session.wait_until_gone("1 needs attention");
    session.esc("F1 help");
    session.leave();
}

#[test]
fn the_number_of_the_ticket_is_asked_for_once_a_session_and_stands_in_the_review() {
    let desk = Desk::new();
    let file = desk.home().join(".config/netex-users/config.toml");
    let text = std::fs::read_to_string(&file).unwrap() + "ticket = 'session'\n";
    std::fs::write(&file, text).unwrap();
    let mut session = desk.begin();
    session.send_nora();
    session.wait_for_text("Ticket number");
    assert_eq!(posts(&desk), 0);
    session.send("HD-4711<Enter>");
    session.wait_for_text("DONE  create nora.vidal");
    session.send("e");
    session.wait_for_text("Edit nora.vidal");
    session.send("<C-u>Eleonora<C-r>");
    session.wait_for_text("ticket HD-4711");
    session.send("<Enter>");
    session.wait_for_text("DONE  update nora.vidal");
    session.leave();
    assert_eq!(posts(&desk), 1);
}
