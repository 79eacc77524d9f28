//! Files of people at the screen: imported, stopped, killed, gone on with by the next program, and what failed written to a file.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use netex_users::sandbox::Body;
use rustix::process::Signal;

use super::session::{Desk, Session};

/// A file of so many new people in the folder where the program is started.
fn people(desk: &Desk, count: usize) {
    let mut text = "username,password,name,surname,email,language,timezone\n".to_owned();
    for number in 0..count {
        writeln!(text, "n{number},correct-horse-{number},Nora,Vidal,n{number}@acme.example,gl,Europe/Paris")
            .expect("a text");
    }
    write(desk, "people.csv", &text);
}

fn write(desk: &Desk, name: &str, text: &str) {
    let path = desk.home().join(name);
    fs::write(&path, text).expect("the home is ours");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("the home is ours");
}

/// The program at the jobs.
fn at_the_jobs(desk: &Desk) -> Session {
    let mut session = Session::at_the_list(desk.launch());
    session.send("J");
    session.wait_for_text("Jobs of acme");
    session
}

/// Chooses the file and has it planned. The folder is the home, because a tenant's agent begins there.
fn plan(desk: &Desk, session: &mut Session) -> String {
    session.send("n");
    session.wait_for_text("Choose a file of people");
    let path = desk.home().join("people.csv");
    session.send(&format!("{}<Enter>", path.display()));
    session.wait_for_text("> people.csv");
    session.send("<Enter>");
    session.wait_for_text("Import a file of people");
    session.send("<Enter>");
    session.wait_for_text("Plan of people.csv")
}

/// A job of so many lines, of which at least one is done.
fn in_the_middle(count: usize) -> (Desk, Session) {
    let desk = Desk::of("[[strike]]\non = ['create']\nwait = '150ms'");
    people(&desk, count);
    let mut session = at_the_jobs(&desk);
    plan(&desk, &mut session);
    session.send("<Enter>");
    session.wait_for("a line that is done", |screen| {
        screen.contents().contains(&format!(" of {count}")) && screen.contents().contains("done ")
    });
    (desk, session)
}

/// How often each username was to be created.
fn posts(desk: &Desk) -> BTreeMap<String, usize> {
    let mut posts = BTreeMap::new();
    for asked in desk.sandbox.log().into_iter().filter(|asked| asked.method == "POST") {
        let Body::Json(body) = &asked.body else { panic!("the program sends JSON") };
        let username = body["user"]["username"].as_str().expect("a username").to_owned();
        *posts.entry(username).or_default() += 1;
    }
    posts
}

#[track_caller]
fn assert_each_once(desk: &Desk, count: usize) {
    let posts = posts(desk);
    assert_eq!((posts.len(), posts.values().copied().max()), (count, Some(1)), "{posts:?}");
}

#[test]
fn a_file_is_planned_looked_at_and_carried_out_while_the_agent_goes_on() {
    let desk = Desk::new();
    people(&desk, 12);
    let mut session = at_the_jobs(&desk);
    let shown = plan(&desk, &mut session);
    assert!(shown.contains("12 are created, 0 are updated"), "{shown}");
    assert!(posts(&desk).is_empty(), "a plan sends nothing");
    session.send("<Enter>");
    session.wait_for_text("Job 1, people.csv");
    session.send("<Esc>");
    session.wait_for_text("Jobs of acme: 1");
    session.send("<Esc>");
    session.wait_for_text("People");
    session.send("J");
    session.wait_for_text("12 done");
    assert_each_once(&desk, 12);
    session.send("<Esc>");
    session.wait_until_gone("Jobs of acme");
    session.leave_by("q");
}

#[test]
fn a_job_that_is_stopped_goes_on_where_it_was() {
    let (desk, mut session) = in_the_middle(30);
    session.send("s");
    let stopped = session.wait_for_text("Job 1 is stopped");
    assert!(stopped.contains("waiting"), "{stopped}");
    assert!(posts(&desk).len() < 30, "not everything was sent");
    session.send("g");
    session.wait_for_text("Go on with job 1?");
    session.send("<Enter>");
    session.wait_for_text("Job 1: 30 done");
    assert_each_once(&desk, 30);
    session.send("<Esc><C-q>");
    session.ends_with(0);
}

#[test]
fn a_program_that_is_killed_in_the_middle_leaves_a_job_to_go_on_with() {
    let (desk, session) = in_the_middle(24);
    session.signal(Signal::KILL);
    session.wait_exit();
    drop(session);
    assert!(posts(&desk).len() < 24, "not everything was sent");
    let mut session = at_the_jobs(&desk);
    session.wait_for_text(" waiting, ");
    session.send("g");
    session.wait_for_text("Go on with job 1?");
    session.send("<Enter>");
    // What was killed on its way may be in doubt for a minute, if it never arrived; it is not sent again by itself.
    let ended = session.wait_for_text("ended: ");
    assert!(!ended.contains(" waiting"), "{ended}");
    assert!(posts(&desk).values().all(|times| *times == 1), "{:?}", posts(&desk));
    session.send("<Esc><C-q>");
    session.ends_with(0);
}

#[test]
fn whoever_leaves_in_the_middle_is_asked_and_the_next_program_goes_on() {
    let (desk, mut session) = in_the_middle(24);
    session.send("<C-q>");
    session.wait_for_text("Job 1 is being carried out. Leave, and stop it?");
    session.send("y");
    session.ends_with(0);
    let before = posts(&desk).len();
    assert!(before < 24, "nothing new began");
    let mut session = at_the_jobs(&desk);
    let list = session.wait_for_text(" waiting, ");
    assert!(list.contains(&format!("{} waiting", 24 - before)), "what was on its way was waited for: {list}");
    session.send("<Esc>");
    session.wait_until_gone("Jobs of acme");
    session.leave_by("q");
}

#[test]
fn faults_of_a_file_are_told_with_their_place_and_nothing_is_sent() {
    let desk = Desk::new();
    write(&desk, "people.csv", "username,email\nx y,foo\n,b@acme.example\n");
    let mut session = at_the_jobs(&desk);
    session.send("n");
    session.wait_for_text("Choose a file of people");
    session.send(&format!("{}<Enter>", desk.home().join("people.csv").display()));
    session.wait_for_text("> people.csv");
    session.send("<Enter>");
    session.wait_for_text("Import a file of people");
    session.send("<Enter>");
    let faults = session.wait_for_text("faults: nothing was planned");
    assert!(faults.contains("line 2, column 2 (email)") && faults.contains("line 3, column 1 (username)"), "{faults}");
    // It is mended, and planned from the same place.
    people(&desk, 2);
    session.send("<Enter>");
    session.wait_for_text("2 are created");
    session.send("<Esc><C-q>");
    session.ends_with(0);
    assert!(posts(&desk).is_empty());
}

#[test]
fn the_lines_that_failed_are_looked_at_and_written_beside_the_file() {
    let desk = Desk::of(
        "[[strike]]\non = ['create']\ntimes = 1\nanswer = 'envelope'\nstatus = 400\nmessage = 'the e-mail is used by somebody else'",
    );
    people(&desk, 3);
    let mut session = at_the_jobs(&desk);
    plan(&desk, &mut session);
    session.send("<Enter>");
    session.wait_for_text("Job 1: ");
    session.send("f");
    session.wait_for_text("lines that were not done");
    let failed = session.wait_for_text("used by somebody else");
    assert_eq!(failed.lines().filter(|line| line.contains("rejected")).count(), 2, "the count, and one line: {failed}");
    session.send("w");
    session.wait_for_text("1 lines of job 1 are in");
    let path = desk.home().join("people.failed-1.csv");
    let text = fs::read_to_string(&path).expect("it was written");
    assert_eq!(text.lines().count(), 2, "{text}");
    assert_eq!(fs::metadata(path).expect("it is there").permissions().mode() & 0o777, 0o600);
    session.send("<Esc><Esc><C-q>");
    session.ends_with(0);
}
