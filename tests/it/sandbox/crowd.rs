//! A sandbox of many people.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use super::*;

/// A program that ends with the test, however the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn crowd(count: u32) -> Sandbox {
    start(Scenario::default().with_people(count))
}

#[test]
fn a_crowd_is_read_by_pages_and_everybody_is_there_once() {
    let sandbox = crowd(2_222);
    let mut people = Vec::new();
    for start in (0..).step_by(500) {
        let page = get(&sandbox, &format!("?startIndex={start}&count=500")).json();
        let page = page.as_array().expect("an array").clone();
        let is_last = page.len() < 500;
        people.extend(page);
        if is_last {
            break;
        }
    }
    assert_eq!(people, sandbox.people());
    assert_eq!(people[..44], built_in("default").people());
    let all = |key: &str| people.iter().map(|person| person[key].as_str().expect("a text")).collect::<BTreeSet<_>>();
    assert_eq!((all("id").len(), all("username").len()), (2_222, 2_222));
    assert!(all("language").len() > 15);
}

#[test]
fn a_hundred_thousand_people_can_each_be_read_changed_and_deleted() {
    let sandbox = start(Scenario::built_in("crowd").expect("a built-in scenario"));
    let last = get(&sandbox, "?startIndex=99999&count=500").json();
    let [last] = &last.as_array().unwrap()[..] else { panic!("one person: {last}") };
    let [id, username] = ["id", "username"].map(|key| last[key].as_str().unwrap());
    assert_eq!([read(&sandbox, id).json(), read(&sandbox, username).json()], [last.clone(), last.clone()]);
    assert_eq!(sandbox.person(username).as_ref(), Some(last));
    assert_eq!(update(&sandbox, id, SYNC, &json!({"location": "Vigo"})).status, 200);
    assert_eq!(read(&sandbox, username).json(), with(last.clone(), "location", json!("Vigo")));
    assert_eq!(
        create(&sandbox, SYNC, &with(ana(), "username", json!(username))).message(),
        "username: already used by another user"
    );
    let delete =
        |key: &str| receive(send(&sandbox, &format!("DELETE {USERS}/{key}"), &[RIGHT, SYNC], "")).expect("an answer");
    assert_eq!(delete(username).status, 200);
    assert_eq!([read(&sandbox, id).status, delete(id).status], [404, 404]);
    assert_eq!(get(&sandbox, "?startIndex=99999").body, "[]");
    assert_eq!(create(&sandbox, SYNC, &with(ana(), "username", json!(username))).status, 200);
    assert_eq!(get(&sandbox, "?startIndex=99999").json()[0]["name"], "Ana");
}

#[test]
fn no_people_and_few_people_are_possible_too() {
    assert_eq!(get(&crowd(0), "").body, "[]");
    assert_eq!(crowd(3).people(), built_in("default").people()[..3]);
    assert_eq!(written("people = 3").people().len(), 3);
}

#[test]
fn the_command_line_says_how_many() {
    let home = tempfile::tempdir().expect("a folder for the test");
    let mut command = Command::new(env!("CARGO_BIN_EXE_netex-users"));
    command.args(["sandbox", "--people", "1234"]).env_clear().env("HOME", home.path()).current_dir(home.path());
    let mut running = Running(command.stdout(Stdio::piped()).spawn().expect("the program starts"));
    let out = BufReader::new(running.0.stdout.take().expect("it is piped"));
    let first = out.lines().next().expect("it says where it is").expect("in UTF-8");
    let address = first.rsplit_once("http://").expect("an address").1.split_once('/').expect("a path").0.to_owned();
    let ask = |start| {
        let mut stream = TcpStream::connect(&address).expect("a listening sandbox");
        let request = format!(
            "GET {USERS}?startIndex={start} HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\n\
             X-Cloud-Auth-Token: sandbox-token\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).expect("a request that is read");
        receive(stream).expect("an answer").json().as_array().expect("an array").len()
    };
    assert_eq!([ask(1000), ask(1233), ask(1234)], [234, 1, 0]);
}
