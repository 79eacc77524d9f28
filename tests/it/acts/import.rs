//! Files of people as commands: what is printed, what is asked, the documents, and the exit codes. Killing is in `kills`, what becomes of
//! lines in `crate::import`.

use std::os::unix::fs::PermissionsExt as _;
use std::rc::Rc;

use serde_json::json;

use super::{Home, PASSWORD, Told, Watched, asked, sandbox};

const HEADER: &str = "username,password,name,surname,email,language,timezone,location\n";

fn person(username: &str) -> String {
    format!("{username},{PASSWORD},Nora,Vidal,{username}@acme.example,gl,Europe/Paris,\n")
}

/// A file that creates two, updates one, and leaves one as they are.
fn mixed() -> String {
    [HEADER, &person("n1"), &person("n2"), "marta.lopez,,,,,,,Vigo\noliver.whitfield,,,,,,,\n"].concat()
}

/// A home whose tenant is a sandbox that outlives the program, with a file.
fn office(strikes: &str, file: &str) -> (Home, Rc<Watched>) {
    let (home, sandbox) = (Home::new(), sandbox(strikes));
    home.tenant(&sandbox, "rate = 1000");
    let path = home.write("people.csv", file.as_bytes());
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("it is ours");
    (home, sandbox)
}

fn writes(sandbox: &netex_users::sandbox::Sandbox) -> usize {
    asked(sandbox).iter().filter(|asked| !asked.starts_with("GET")).count()
}

const PLAN: &str = "     2  create     n1
     3  create     n2
     4  update     marta.lopez
                   location: \"A Coruña\" -> \"Vigo\"
     5  unchanged  oliver.whitfield
plan of people.csv for acme (csv, utf-8, comma): 4 lines
  create 2, update 1, unchanged 1, error 0
  hash ";

#[test]
fn a_plan_is_shown_line_by_line_and_then_carried_out() {
    let (home, sandbox) = office("", &mixed());
    let shown = home.call(&["import", "people.csv", "--dry-run"]);
    assert_eq!((shown.code, shown.err.as_str()), (0, ""));
    assert!(shown.out.starts_with(PLAN) && shown.out.ends_with("\ndry run: nothing was sent\n"), "{}", shown.out);
    assert_eq!(writes(&sandbox), 0);
    let told = home.call(&["import", "people.csv", "--yes"]);
    assert_eq!((told.code, told.err.as_str()), (0, ""));
    let hash = |told: &Told| told.out.split("hash ").nth(1).map(|rest| rest[..64].to_owned());
    assert_eq!(hash(&told), hash(&shown), "what is shown is what is carried out");
    assert!(told.out.ends_with("\njob 1: 1 unchanged, 3 done\n"), "{}", told.out);
    assert_eq!(writes(&sandbox), 3);
    let told = home.call(&["jobs"]);
    assert_eq!((told.code, told.out.split('\t').nth(2)), (0, Some("people.csv")), "{}", told.out);
    assert!(told.out.ends_with("\tended\t1 unchanged, 3 done\n"));
    let told = home.call(&["jobs", "show", "1"]);
    assert!(told.out.contains("\n     4  update     done         marta.lopez\n"), "{}", told.out);
}

#[test]
fn a_picture_in_a_line_of_json_is_sent_with_the_type_that_its_bytes_have() {
    const PIXEL: &str = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
    let (home, sandbox) = office("", "");
    let line = |image: &str| {
        format!(r#"{{"username":"marta.lopez","image":{{"base64Image":"{image}","mimeType":"image/png"}}}}"#)
    };
    home.write("people.jsonl", line(PIXEL).as_bytes());
    let told = home.call(&["import", "people.jsonl", "--yes"]);
    assert_eq!(told.code, 0, "{told:?}");
    let sent = sandbox.log().into_iter().filter(|exchange| exchange.method == "PUT").collect::<Vec<_>>();
    assert_eq!(sent.len(), 1);
    home.write("bad.jsonl", line("aGVsbG8sIEkgYW0gYSB0ZXh0").as_bytes());
    let told = home.call(&["import", "bad.jsonl", "--dry-run"]);
    assert!(told.out.contains("the picture in the line"), "{told:?}");
    assert_eq!(writes(&sandbox), 1);
}

#[test]
fn a_misspelt_column_is_told_with_the_one_that_was_meant() {
    let (home, sandbox) = office("", "usernmae,location\nmarta.lopez,Vigo\n");
    let told = home.call(&["import", "people.csv", "--yes"]);
    assert_eq!((told.code, writes(&sandbox)), (2, 0));
    assert!(told.err.contains("did you mean \"username\"?"), "{}", told.err);
}

#[test]
fn the_same_file_is_not_carried_out_twice_by_mistake() {
    let (home, sandbox) = office("", &mixed());
    assert_eq!(home.call(&["import", "people.csv", "--yes"]).code, 0);
    let told = home.call(&["import", "people.csv", "--yes"]);
    assert_eq!(told.code, 6);
    assert!(
        told.err.contains("3 of 4 rows were applied in job 1, planned ") && told.err.contains("--again"),
        "{}",
        told.err
    );
    let told = home.call(&["import", "people.csv", "--yes", "--again"]);
    assert_eq!((told.code, writes(&sandbox)), (0, 3), "everybody is so already: {told:?}");
    assert!(told.out.contains("create 0, update 0, unchanged 4, error 0"));
}

#[test]
fn a_pipe_has_to_agree_and_production_to_be_named() {
    let (home, sandbox) = office("", &mixed());
    let told = home.call(&["import", "people.csv"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("say --yes, or --dry-run"), "{}", told.err);
    assert_eq!(asked(&sandbox).len(), 0, "before anything is read in vain");
    home.tenant(&sandbox, "production = true");
    assert_eq!(home.call(&["import", "people.csv", "--yes"]).code, 2);
    assert_eq!(home.call(&["import", "people.csv", "--yes", "--tenant", "acme"]).code, 0);
    home.tenant(&sandbox, "read_only = true");
    let told = home.call(&["import", "people.csv", "--yes"]);
    assert!(told.code == 6 && told.err.contains("read-only"), "{told:?}");
    assert_eq!(home.call(&["import", "people.csv", "--dry-run"]).code, 0);
}

#[test]
fn every_fault_of_a_file_is_told_with_line_and_column_and_nothing_is_asked() {
    let bad = [HEADER, &person("n1"), "n2,x,Nora,Vidal,no address,gl,Europe/Paris,\n", &person("N1")].concat();
    let (home, sandbox) = office("", &bad);
    let told = home.call(&["import", "people.csv", "--yes"]);
    assert_eq!((told.code, told.out.as_str()), (2, ""));
    for place in ["line 3, column 5 (email): ", "line 4, column 1 (username): "] {
        assert!(told.err.contains(place), "{place}: {}", told.err);
    }
    let document = home.call(&["import", "people.csv", "--yes", "--json"]).document();
    assert_eq!(document["faults"][0]["option"], "line 3, column 5 (email):");
    assert_eq!(asked(&sandbox).len(), 0);
    let told = home.call(&["import", "nobody.csv", "--yes"]);
    assert_eq!((told.code, told.err.as_str()), (6, "netex-users: nobody.csv does not exist [local-fault]\n"));
}

#[test]
fn a_file_may_come_through_a_pipe_and_be_read_as_it_is_said() {
    let (home, sandbox) = office("", "");
    let file = "Usuario;Tel.\r\nmarta.lopez;+34 981 000 111\r\n";
    let words = ["import", "-", "--mode", "update", "--map", "Tel.=officePhone", "--yes"];
    let told = home.call_with(&words, file.as_bytes());
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.out.contains("plan of standard input for acme (csv, utf-8, semicolon): 1 lines"), "{}", told.out);
    assert_eq!(sandbox.person("marta.lopez").unwrap()["officePhone"], "+34 981 000 111");
    let told = home.call(&["jobs", "resume", "1", "--yes"]);
    assert!(told.code == 2 && told.err.contains("came through a pipe"), "{told:?}");
    assert_eq!(home.call_with(&["jobs", "resume", "1", "-", "--yes"], file.as_bytes()).code, 0);
}

#[test]
fn the_exit_code_is_that_of_the_worst_line() {
    let strike = |what: &str| format!("[[strike]]\non = ['create']\ntimes = 1\n{what}\n");
    let rejected = "answer = 'envelope'\nstatus = 400\nmessage = 'no'";
    let partly = "platforms = { social = { status = 500 } }";
    for (strikes, code, word) in [
        (strike("platforms = { social = { status = 202 } }"), 4, "queued"),
        (strike(rejected), 1, "rejected"),
        (strike(rejected) + &strike(partly), 3, "partly done"),
        (strike(partly) + &strike("answer = 'cut'"), 5, "in doubt"),
    ] {
        let (home, _sandbox) = office(&strikes, &mixed());
        let told = home.call(&["import", "people.csv", "--yes", "--json", "--concurrency", "1"]);
        let document = told.document();
        assert_eq!((told.code, &document["verdict"]), (code, &json!(word)), "{document:#}");
        assert_eq!(document["lines"][word], 1);
        assert_eq!(document["ended"], "complete");
    }
    let lost = [HEADER, "nobody.here,,,,,,,Vigo\n"].concat();
    let (home, _sandbox) = office("", &lost);
    let told = home.call(&["import", "people.csv", "--mode", "update", "--yes", "--json"]);
    assert_eq!((told.code, &told.document()["planned"]["error"]), (6, &json!(1)));
}

#[test]
fn a_job_is_one_document_in_every_state() {
    let strikes = "[[strike]]\non = ['create']\nanswer = 'nothing'\nstatus = 503";
    let many: String = (0..20).map(|number| person(&format!("n{number}"))).collect();
    let (home, sandbox) = office(strikes, &[HEADER, &many].concat());
    let told = home.call(&["import", "people.csv", "--yes", "--json"]);
    let document = told.document();
    assert_eq!((&document["ended"], told.code), (&json!("paused"), 5));
    assert!(document["cause"].as_str().unwrap().starts_with("5 lines in a row failed in the same way"));
    assert_eq!(document["plan"].as_array().unwrap().len(), 20);
    let doubt = document["lines"]["in doubt"].as_u64().unwrap();
    assert_eq!(document["lines"]["waiting"], 20 - doubt);
    assert_eq!(writes(&sandbox) as u64, doubt);
    assert!(told.err.contains("in doubt: the gateway answered 503"), "{}", told.err);
    let document = home.call(&["jobs", "--json"]).document();
    assert_eq!((&document["jobs"][0]["state"], &document["jobs"][0]["lines"]), (&json!("stopped"), &json!(20)));
    let document = home.call(&["jobs", "show", "1", "--json"]).document();
    assert_eq!(document["lines"].as_array().unwrap().len(), 20);
    let document = home.call(&["jobs", "failed", "1", "--json"]).document();
    assert_eq!(document["lines"].as_array().unwrap().len() as u64, doubt);
    let told = home.call(&["jobs", "resume", "1", "--yes", "--json"]);
    assert_eq!(told.document()["job"], 1);
    for words in [&["jobs", "show", "9"][..], &["jobs", "resume", "9", "--yes"], &["jobs", "failed", "9"]] {
        let told = home.call(words);
        assert_eq!((told.code, told.err.as_str()), (2, "netex-users: there is no job 9 [usage]\n"), "{words:?}");
    }
}

#[test]
fn a_plan_in_a_file_is_carried_out_exactly_or_refused() {
    let (home, sandbox) = office("", &mixed());
    let told = home.call(&["import", "people.csv", "--dry-run", "--plan-out", "plan.jsonl"]);
    assert_eq!(told.code, 0);
    let path = home.path().join("plan.jsonl");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let plan = std::fs::read_to_string(&path).unwrap();
    assert!(!plan.contains(PASSWORD) && plan.lines().count() == 6, "{plan}");
    // Somebody moves in between, and back.
    assert_eq!(home.call(&["update", "marta.lopez", "--location", "Lugo"]).code, 0);
    let told = home.call(&["import", "people.csv", "--plan", "plan.jsonl", "--yes"]);
    assert_eq!(told.code, 6);
    assert!(told.err.contains("line 4: location: the plan says \"A Coruña\" -> \"Vigo\""), "{}", told.err);
    assert_eq!(home.call(&["update", "marta.lopez", "--location", "A Coruña"]).code, 0);
    home.write("other.csv", mixed().replace("n2@", "n3@").as_bytes());
    let told = home.call(&["import", "other.csv", "--plan", "plan.jsonl", "--yes"]);
    assert!(told.code == 6 && told.err.contains("the file of people was changed"), "{told:?}");
    home.write("edited.jsonl", plan.replace("Vigo", "Rome").as_bytes());
    let told = home.call(&["import", "people.csv", "--plan", "edited.jsonl", "--yes"]);
    assert!(
        told.code == 2 && told.err.contains("it was edited") | told.err.contains("the plan was edited"),
        "{told:?}"
    );
    let before = writes(&sandbox);
    assert_eq!(home.call(&["import", "people.csv", "--plan", "plan.jsonl", "--yes"]).code, 0);
    assert_eq!(writes(&sandbox) - before, 3);
    let told = home.call(&["import", "people.csv", "--dry-run", "--plan-out", "plan.jsonl"]);
    assert!(told.code == 2 && told.err.contains("not written over"), "{told:?}");
}

#[test]
fn failed_lines_are_mended_and_fed_back() {
    let strikes = "[[strike]]\non = ['create']\ntimes = 1\nanswer = 'envelope'\nstatus = 400\nmessage = 'no such town'";
    let (home, sandbox) = office(strikes, &mixed());
    let told = home.call(&["import", "people.csv", "--yes", "--concurrency", "1", "--failed-out", "failed.csv"]);
    assert_eq!(told.code, 1);
    assert_eq!(told.err, "line 2 n1: rejected: the service refused it (400): no such town\n");
    assert!(told.out.contains("next: \"netex-users jobs failed 1\""), "{}", told.out);
    let path = home.path().join("failed.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(home.call(&["jobs", "failed", "1"]).out, text);
    assert!(text.lines().count() == 2 && text.contains(",2,rejected,") && !text.contains(PASSWORD), "{text}");
    std::fs::write(&path, text.replace("n1,,", &format!("n1,{PASSWORD},"))).unwrap();
    let told = home.call(&["import", "failed.csv", "--yes"]);
    assert_eq!((told.code, writes(&sandbox)), (0, 4), "{told:?}");
    assert!(sandbox.person("n1").is_some());
}

#[test]
fn made_passwords_go_into_their_file_and_nowhere_else() {
    let file = [HEADER, &person("n1"), &person("n2")].concat().replace(PASSWORD, "");
    let (home, _sandbox) = office("", &file);
    let told = home.call(&["import", "people.csv", "--yes", "--generate-passwords"]);
    assert_eq!(told.code, 2, "nobody would know them");
    let told = home.call(&["import", "people.csv", "--yes"]);
    assert!(told.code == 6 && told.out.contains("error      n1: Password needs a value"), "{told:?}");
    let words = ["import", "people.csv", "--yes", "--generate-passwords", "--passwords-out", "made.csv", "--json"];
    let told = home.call(&words);
    assert_eq!(told.code, 0, "{told:?}");
    let made = std::fs::read_to_string(home.path().join("made.csv")).unwrap();
    let passwords: Vec<_> = made.lines().skip(1).map(|line| line.rsplit_once(',').unwrap().1).collect();
    assert_eq!(passwords.len(), 2, "{made}");
    let everything = [told.out.as_str(), &told.err, &home.call(&["jobs", "show", "1"]).out].concat();
    assert!(passwords.iter().all(|password| !everything.contains(password)));
    let told = home.call(&words);
    assert!(told.code == 2 && told.err.contains("made.csv is there already"), "{told:?}");
}

#[test]
fn a_file_that_others_may_read_is_warned_of_where_passwords_are_in_it() {
    let (home, _sandbox) = office("", &mixed());
    let path = home.path().join("people.csv");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let told = home.call(&["import", "people.csv", "--dry-run"]);
    assert!(told.err.contains("there are passwords in it") && told.err.contains("chmod 600"), "{}", told.err);
    home.write("plain.csv", b"username,location\nmarta.lopez,Vigo\n");
    assert_eq!(home.call(&["import", "plain.csv", "--dry-run"]).err, "");
}

#[test]
fn looking_at_jobs_needs_no_token() {
    let (home, sandbox) = office("", &mixed());
    assert_eq!(home.call(&["import", "people.csv", "--yes"]).code, 0);
    let asked_before = asked(&sandbox).len();
    let path = home.path().join(".config/netex-users/config.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("env = 'ACME_TOKEN'", "env = 'NOBODY_HAS_THIS'")).unwrap();
    for words in [&["jobs"][..], &["jobs", "list"], &["jobs", "show", "1"], &["jobs", "failed", "1"]] {
        assert_eq!(home.call(words).code, 0, "{words:?}");
    }
    assert_eq!(home.call(&["jobs", "resume", "1", "--yes"]).code, 6);
    assert_eq!(asked(&sandbox).len(), asked_before);
}
