//! The list of people and what is done from it: found, opened, disabled, deleted, changed as a whole, and read from the copy at the next start.

use std::os::unix::fs::PermissionsExt as _;

use netex_users::sandbox::{Body, Exchange};
use serde_json::json;

use super::session::{Desk, PASSWORD, Session};
use crate::support::pty::text_of;

const USERS: &str = "/integration/ws/management/rest/users";

/// The program at the list, everybody read.
fn at_everybody(desk: &Desk) -> Session {
    let session = Session::at_the_list(desk.launch());
    wait_for_everybody(&session);
    session
}

/// Waits until the reading has ended.
fn wait_for_everybody(session: &Session) -> String {
    session.wait_for("everybody to be read", |screen| {
        let text = screen.contents();
        text.contains(" people, read ") && !text.contains("reading on") && !text.contains("loading")
    })
}

/// Finds somebody, so that they are the only line.
fn find(session: &mut Session, words: &str) {
    session.send(&format!("/{words}"));
    session.wait_for_text(&format!("/{words}   1 found"));
    session.send("<Enter>");
}

/// The line of the list with the cursor.
fn line(screen: &str) -> &str {
    screen.lines().find(|line| line.starts_with('>')).unwrap_or_default()
}

fn writes(desk: &Desk) -> Vec<Exchange> {
    desk.sandbox.log().into_iter().filter(|asked| asked.method != "GET").collect()
}

/// Whether a request was for one person by the id of 32 digits, with this behind it.
#[track_caller]
fn assert_by_id(asked: &Exchange, method: &str, behind: &str) {
    let key = asked.path.strip_prefix(USERS).and_then(|rest| rest.strip_prefix('/')).expect("one of the users");
    let (id, rest) = key.split_at(key.find('/').unwrap_or(key.len()));
    assert_eq!((asked.method.as_str(), rest), (method, behind));
    assert!(id.len() == 32 && id.bytes().all(|digit| digit.is_ascii_hexdigit()), "{}", asked.path);
}

fn lists_asked(desk: &Desk) -> usize {
    desk.sandbox.log().iter().filter(|asked| asked.path.starts_with(&format!("{USERS}?"))).count()
}

/// Disables the only person who was found, and waits for the end of it.
fn disable(session: &mut Session, username: &str, message: &str) -> String {
    session.send("e");
    session.wait_for_text(&format!("({username}), enabled"));
    session.send(message);
    session.wait_for_text(&format!("message to the person, or nothing: {message}"));
    session.send("<Enter>");
    session.wait_for_text(&format!("DONE  disable {username}"))
}

#[test]
fn somebody_is_found_without_accents_and_the_list_is_as_it_was_after_them() {
    let desk = Desk::new();
    let mut session = at_everybody(&desk);
    session.send("/lopez");
    let found = session.wait_for_text("/lopez   1 found");
    assert!(line(&found).contains("marta.lopez") && line(&found).contains("Marta López"), "{found}");
    assert!(!found.contains("martin.dubois"), "{found}");
    session.send("<Enter>");
    session.send("<Enter>");
    session.wait_for_text("Edit marta.lopez");
    session.send("<Esc>");
    let back = session.wait_for_text("/lopez   1 found");
    assert_eq!(line(&back), line(&found));
    session.send("<Esc>");
    session.wait_until_gone("1 found");
    session.send("jj");
    session.wait_for("the third line", |screen| line(&text_of(screen)).contains("brais.outeiro"));
    session.send("<Enter>");
    session.wait_for_text("Edit brais.outeiro");
    session.send("<Esc>");
    session.wait_for("the third line", |screen| line(&text_of(screen)).contains("brais.outeiro"));
    session.leave_by("<C-q>");
    assert!(writes(&desk).is_empty());
}

#[test]
fn somebody_is_disabled_with_a_message_and_every_platform_has_its_line() {
    let desk = Desk::new();
    let mut session = at_everybody(&desk);
    find(&mut session, "lopez");
    assert!(line(&session.screen()).contains(" yes "), "{}", session.screen());
    let done = disable(&mut session, "marta.lopez", "Hasta pronto");
    for platform in [
        "management   done          204",
        "training     done          200",
        "social       done          204",
        "play         done          204",
    ] {
        assert!(done.contains(platform), "{platform} is missing:\n{done}");
    }
    session.wait_for("no in the list", |screen| line(&text_of(screen)).contains(" no "));
    let writes = writes(&desk);
    assert_eq!(writes.len(), 1);
    assert_by_id(&writes[0], "PUT", "/deactivate");
    assert_eq!(writes[0].body, Body::Json(json!({"message": "Hasta pronto"})));
    session.leave_by("<C-q>");
}

#[test]
fn only_who_is_disabled_is_deleted_and_only_by_the_username_typed() {
    let desk = Desk::new();
    let mut session = at_everybody(&desk);
    find(&mut session, "lopez");
    session.send("D");
    session.wait_for_text("only a disabled person is deleted");
    session.send("marta.lopez<Enter>");
    session.wait_for_text("type the username to delete: marta.lopez");
    session.send("<Esc>");
    session.wait_until_gone("type the username to delete");
    assert!(writes(&desk).is_empty(), "somebody who can sign in was not deleted");

    disable(&mut session, "marta.lopez", "");
    session.send("D");
    session.wait_for_text("(marta.lopez), disabled");
    session.send("marta.lope<Enter>");
    session.wait_for_text("needs the username typed exactly: marta.lopez");
    assert_eq!(writes(&desk).len(), 1, "a wrong name deletes nobody");
    session.send("z<Enter>");
    session.wait_for_text("DONE  delete marta.lopez");
    session.wait_for_text("/lopez   0 found");
    session.send("<Esc>");
    session.wait_until_gone("0 found");
    let everybody = session.wait_for_text("martin.dubois");
    assert!(!everybody.contains("Marta"), "{everybody}");
    session.leave_by("<C-q>");

    let writes = writes(&desk);
    assert_eq!(writes.len(), 2);
    assert_eq!(writes[0].body, Body::Empty, "no message was typed");
    assert_by_id(&writes[1], "DELETE", "");
}

/// What stands behind the question for a password.
fn new_password(screen: &str) -> &str {
    let behind = screen.split("new password: ").nth(1).unwrap_or_default();
    behind.split([' ', '│', '\n']).next().unwrap_or_default()
}

#[test]
fn a_password_is_made_and_shown_until_it_is_hidden_and_kept_nowhere() {
    let desk = Desk::new();
    let mut session = at_everybody(&desk);
    find(&mut session, "lopez");
    session.send("p");
    session.wait_for_text("(marta.lopez), enabled");
    session.send("<Enter>");
    session.wait_for_text("needs a password: ^G makes one");
    session.send("<C-g>");
    let shown = session.wait_for("the password, to read it out", |screen| new_password(&text_of(screen)).len() > 4);
    let made = new_password(&shown);
    assert!(!made.contains('•'), "{shown}");
    session.send("<C-v>");
    session.wait_for_text("new password: ••••");
    session.wait_until_gone(made);
    session.send("<Enter>");
    let done = session.wait_for_text("DONE  change the password of marta.lopez");
    assert!(!done.contains(made), "{done}");
    session.assert_not_kept(made);
    let writes = writes(&desk);
    assert_eq!(writes.len(), 1);
    assert_by_id(&writes[0], "PUT", "/changePassword");
    assert_eq!(writes[0].body, Body::Json(json!({"newPassword": "set"})));
    session.leave_by("<C-q>");
}

#[test]
fn a_password_that_is_typed_is_set_and_never_shown() {
    let desk = Desk::new();
    let mut session = at_everybody(&desk);
    find(&mut session, "lopez");
    session.send("p");
    session.wait_for_text("(marta.lopez), enabled");
    session.send(PASSWORD);
    session.wait_for_text(&format!("new password: {}", "•".repeat(PASSWORD.len())));
    session.send("<Enter>");
    session.wait_for_text("DONE  change the password of marta.lopez");
    session.leave_by("<C-q>");
    let writes = writes(&desk);
    assert_eq!(writes.len(), 1);
    assert_eq!(writes[0].body, Body::Json(json!({"newPassword": "set"})));
}

#[test]
fn a_welcome_mail_is_queued_and_not_called_done() {
    let desk = Desk::new();
    let mut session = at_everybody(&desk);
    find(&mut session, "lopez");
    session.send("w");
    session.wait_for_text("(marta.lopez), enabled");
    session.send("<Enter>");
    let queued = session.wait_for_text("QUEUED  send the welcome mail to marta.lopez");
    assert!(queued.contains("management   queued        202"), "{queued}");
    assert!(!queued.contains("DONE"), "{queued}");
    assert_eq!(writes(&desk).len(), 1);
    session.leave_by("<C-q>");
}

#[test]
fn two_who_are_marked_get_a_role_by_one_plan() {
    let desk = Desk::new();
    let mut session = at_everybody(&desk);
    // Brais Outeiro, and three lines on, after Sabela and the administrator, Iñigo: neither trains.
    session.send("jj jj ");
    session.wait_for_text("2 marked");
    session.send("m");
    session.wait_for_text("Change 2 people");
    session.send("trainer");
    session.wait_for_text("> make trainer in training");
    session.send("<Enter>");
    let plan = session.wait_for_text("Plan: make trainer in training, 2 people");
    assert!(plan.contains("2 to change") && plan.contains("brais.outeiro") && plan.contains("inigo.etxeberria"));
    assert!(writes(&desk).is_empty(), "a plan sends nothing");
    session.send("<Enter>");
    session.wait_for_text("2 done");
    session.wait_for_text("Ended: make trainer in training");
    let writes = writes(&desk);
    assert_eq!(writes.len(), 2);
    for put in &writes {
        assert_by_id(put, "PUT", "");
        assert_eq!(put.body, Body::Json(json!({"user": {"roles": {"training": ["user", "trainer"]}}})));
    }
    assert_ne!(writes[0].path, writes[1].path);
    session.send("<Esc>");
    session.wait_for("the role in the list", |screen| {
        let screen = screen.contents();
        screen.lines().any(|line| line.contains("brais.outeiro") && line.contains("tUT"))
    });
    session.leave_by("<C-q>");
}

#[test]
fn what_somebody_else_changed_meanwhile_is_shown_and_not_written_over() {
    let desk = Desk::new();
    // Two agents at two machines: they share the tenant and nothing else.
    let (mut first, mut second) = (desk.begin_elsewhere(), desk.begin_elsewhere());
    first.open_person("marta.lopez");
    second.open_person("marta.lopez");
    second.send("<C-a><C-k>Martiña<C-r>");
    second.wait_for_text("Name         Marta → Martiña");
    second.send("<Enter>");
    second.wait_for_text("DONE  update marta.lopez");

    first.send("<C-a><C-k>Martuxa<C-r>");
    first.wait_for_text("Name         Marta → Martuxa");
    first.send("<Enter>");
    let conflict = first.wait_for_text("Nothing was sent");
    for row in ["> Name", "loaded    Marta", "theirs    Martiña", "mine      Martuxa"] {
        assert!(conflict.contains(row), "{row} is missing:\n{conflict}");
    }
    let puts = writes(&desk);
    assert_eq!(puts.len(), 1);
    assert_eq!(puts[0].body, Body::Json(json!({"user": {"name": "Martiña"}})));

    first.send("t");
    first.wait_for_text("mine      given up for theirs");
    first.send("<Esc>");
    first.wait_until_gone("loaded    Marta");
    first.wait_for_text("Name        Martiña");
    first.send("<C-r>");
    first.wait_for_text("Nothing was changed, so there is nothing to send.");
    // Nothing is unsent, so nothing is asked.
    first.leave_by("<C-q>");
    second.leave_by("<C-q>");
    assert_eq!(writes(&desk).len(), 1);
}

#[test]
fn somebody_new_like_another_has_nothing_that_is_only_theirs() {
    let desk = Desk::new();
    let mut session = Session::at_the_list(desk.launch().size(120, 60));
    wait_for_everybody(&session);
    find(&mut session, "lopez");
    session.send("c");
    session.wait_for_text("New user");
    let screen = session.wait_for_text("* training   [x]   [x]      [ ]");
    // Below the form it is said whom the new one is like.
    let form = screen.split("New like Marta López").next().unwrap();
    assert_ne!(form, screen);
    for theirs in ["marta", "Marta", "López", "981 000 000", "600 000 000", "since 2014"] {
        assert!(!form.contains(theirs), "{theirs} was taken over:\n{form}");
    }
    assert!(form.lines().any(|line| line.starts_with(">  Username    ") && line[15..50].trim().is_empty()), "{form}");
    for taken in [
        "Language    es  Spanish",
        "Timezone    Europe/Paris",
        "Location    A Coruña",
        "* management [x]            [ ]",
    ] {
        assert!(form.contains(taken), "{taken} is missing:\n{form}");
    }
    for empty in ["Password    (needed)", "Name        (needed)", "Surname     (needed)", "E-mail      (needed)"] {
        assert!(form.contains(empty), "{empty} is missing:\n{form}");
    }
    session.leave();
    assert!(writes(&desk).is_empty());
}

#[test]
fn the_next_start_shows_people_from_a_private_copy_and_asks_for_no_list() {
    let desk = Desk::new();
    let session = at_everybody(&desk);
    let first = session.screen();
    let home = session.home().to_owned();
    session.leave_by("<C-q>");

    let folder = home.join(".local/state/netex-users");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let mut kept: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    kept.retain(|path| if path.is_dir() { mode(path) != 0o700 } else { true });
    assert!(kept.iter().all(|path| mode(path) == 0o600), "{kept:?}");
    assert_eq!(kept.iter().filter(|path| path.to_string_lossy().contains(".people")).count(), 1, "{kept:?}");

    // Somebody else changes her, so that what is old and what is new look different.
    let mut other = desk.begin_elsewhere();
    wait_for_everybody(&other);
    find(&mut other, "lopez");
    disable(&mut other, "marta.lopez", "");
    other.leave_by("<C-q>");
    let asked = lists_asked(&desk);
    assert!(asked > 0);

    let mut session = at_everybody(&desk);
    let count =
        |screen: &str| screen.split(" people, read ").next().and_then(|head| head.lines().last().map(str::to_owned));
    assert_eq!(count(&session.screen()), count(&first));
    find(&mut session, "lopez");
    assert!(line(&session.screen()).contains(" yes "), "as it was when the copy was made:\n{}", session.screen());
    assert_eq!(lists_asked(&desk), asked);
    session.send("r");
    session.wait_for("no in the list", |screen| line(&text_of(screen)).contains(" no "));
    assert!(lists_asked(&desk) > asked);
    session.leave_by("<C-q>");
}

#[test]
fn the_list_shows_only_the_disabled_and_the_groups_of_one() {
    let desk = Desk::new();
    let mut session = at_everybody(&desk);
    session.send("f");
    session.wait_for_text("disabled");
    session.send("disabled<Enter>");
    let shown = session.wait_for_text(" of a kind");
    assert!(shown.contains("martin.dubois") && !shown.contains("marta.lopez"), "{shown}");
    session.send("g");
    session.wait_for_text("Groups of martin.dubois");
    session.wait_until_gone("reading");
    session.send("<Esc>");
    session.wait_until_gone("Groups of");
    session.send("o");
    session.wait_for_text("Username (order)");
    session.leave_by("<C-q>");
}

#[test]
fn somebody_is_disabled_on_the_smallest_screen() {
    let desk = Desk::new();
    let mut session = Session::at_the_list(desk.launch().size(40, 12));
    session.wait_for_text("martin.dubois");
    session.send("e");
    session.wait_for_text("(marta.lopez)");
    session.send("<Enter>");
    session.wait_for_text("DONE  disable marta.lopez");
    session.leave_by("<C-q>");
    let writes = writes(&desk);
    assert_eq!(writes.len(), 1);
    assert_by_id(&writes[0], "PUT", "/deactivate");
}
