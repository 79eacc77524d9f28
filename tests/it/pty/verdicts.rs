//! What each scenario of the sandbox looks like to the person: the verdict, the platforms, and what to do next.

use netex_users::sandbox::Body;
use serde_json::json;

use super::session::{Desk, Session, home_of, launch_at};

fn send_in(scenario: &str, verdict: &str) -> (Session, String) {
    let mut session = Session::of_scenario(scenario);
    session.send_nora();
    let screen = session.wait_for_text(&format!("{verdict}  create nora.vidal"));
    (session, screen)
}

fn assert_shows(screen: &str, lines: &[&str]) {
    for line in lines {
        assert!(screen.contains(line), "{line} is missing:\n{screen}");
    }
}

#[test]
fn one_platform_down_is_partly_done_and_leads_to_the_user() {
    let (mut session, screen) = send_in("social-down", "PARTLY DONE");
    assert_shows(
        &screen,
        &[
            "management   done          201",
            "training     done          201",
            "social       FAILED        500   The social platform does not respond",
            "some platforms have the user; R sends it again as an update",
        ],
    );
    session.send("e");
    session.wait_for_text("Edit nora.vidal");
    session.leave();
}

#[test]
fn what_every_platform_queued_is_not_called_done() {
    let (session, screen) = send_in("queued", "QUEUED");
    assert_shows(
        &screen,
        &[
            "management   queued        202   accepted, not confirmed",
            "training     queued        202   accepted, not confirmed",
            "social       queued        202   accepted, not confirmed",
        ],
    );
    assert!(!screen.contains("DONE") && !screen.contains(" done "), "{screen}");
    session.leave();
}

#[test]
fn a_create_whose_answer_was_lost_is_found_by_looking_it_up() {
    let mut session = Session::of_scenario("cut-after");
    session.send_nora();
    let screen = session.wait_for_text("found by looking");
    assert_shows(&screen, &["DONE  create nora.vidal"]);
    session.leave();
}

#[test]
fn a_create_that_did_not_arrive_is_in_doubt_and_may_not_be_sent_again_at_once() {
    let desk = Desk::of("[[strike]]\non = ['create']\nanswer = 'cut'\napplied = 'never'\n");
    let mut session = desk.begin();
    session.send_nora();
    let screen = session.wait_for_text("nobody of this name yet; it may still arrive");
    assert_shows(&screen, &["IN DOUBT  create nora.vidal"]);
    session.send("<C-s>");
    session.wait_for_text("It is not known yet whether the user was created");
    session.leave();
    let posts = desk.asked().iter().filter(|asked| asked.starts_with("POST")).count();
    assert_eq!(posts, 1);
}

#[test]
fn the_built_in_scenarios_of_a_lost_request_look_the_same_to_the_person() {
    for scenario in ["cut-before", "late"] {
        let (session, _) = send_in(scenario, "IN DOUBT");
        session.wait_for_text("nobody of this name yet; it may still arrive");
        session.leave();
    }
}

#[test]
fn a_create_that_shows_late_is_found_by_looking_again() {
    let desk = Desk::of("[[strike]]\non = ['create']\nanswer = 'cut'\napplied = 'now'\nvisible_after_reads = 1\n");
    let mut session = desk.begin();
    session.send_nora();
    session.wait_for_text("nobody of this name yet; it may still arrive");
    session.send("l");
    session.wait_for_text("DONE  create nora.vidal");
    session.wait_for_text("found by looking");
    session.leave();
}

#[test]
fn a_sign_in_page_with_200_is_no_success() {
    let (session, screen) = send_in("html", "IN DOUBT");
    assert!(!screen.contains("DONE"), "{screen}");
    session.wait_for_text("web page");
    session.leave();
}

#[test]
fn a_refusal_says_why_and_keeps_what_was_typed() {
    let (mut session, screen) = send_in("rejects", "REJECTED");
    assert_shows(
        &screen,
        &["The tenant does not accept changes of users", "nothing was changed; what you typed is kept"],
    );
    session.send("<C-r>");
    session.wait_for_text("Review: create nora.vidal");
    session.leave();
}

#[test]
fn a_tenant_that_cannot_read_is_updated_with_nothing_but_what_is_typed() {
    let desk = Desk::of("[[strike]]\non = ['read']\nanswer = 'nothing'\nstatus = 405\n");
    let mut session = desk.begin();
    session.send("<C-f>marta.lopez<Enter>");
    session.wait_for_text("does not seem to have a read service (405)");
    session.send("<C-b>");
    session.wait_for_text("Edit marta.lopez (not read)");
    session.send("<Tab><Tab>marta@acme.example<C-r>");
    session.wait_for_text("Review: update marta.lopez");
    session.send("<Enter>");
    session.wait_for_text("DONE  update marta.lopez");
    let put = desk.sandbox.log().into_iter().find(|asked| asked.method == "PUT").unwrap();
    assert_eq!(put.path, "/integration/ws/management/rest/users/marta.lopez");
    assert_eq!(put.body, Body::Json(json!({"user": {"email": "marta@acme.example"}})));
    session.leave();
}

#[test]
fn a_tenant_that_is_not_there_is_not_sent_to_and_what_was_typed_is_kept() {
    let home = {
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        home_of(&format!("http://{}/integration/ws", nobody.local_addr().unwrap()))
    };
    let mut session = Session::begin(launch_at(home.path()));
    session.send_nora();
    let screen = session.wait_for_text("NOT SENT  create nora.vidal");
    assert_shows(&screen, &["nothing was changed; what you typed is kept; ^S sends it again", "Vidal"]);
    session.leave();
}
