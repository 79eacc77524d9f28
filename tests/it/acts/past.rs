//! What was done, as commands: listed, shown, taken back, checked, exported, purged, set aside.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::rc::Rc;

use serde_json::json;

use super::{Home, Told, Watched, asked, bodies, sandbox};

/// Where the journal of the configured tenants is.
fn journal(home: &Home) -> PathBuf {
    home.path().join(".local/state/netex-users/journal.db")
}

/// A home with a tenant, and one change of Marta in its journal.
fn changed(sandbox: &Rc<Watched>) -> Home {
    let home = Home::new();
    home.tenant(sandbox, "");
    let words =
        ["update", "marta.lopez", "--surname", "Lopes", "--location", "=Vi\u{202e}go", "--ticket", "INC-7", "--yes"];
    assert_eq!(home.call(&words).code, 0);
    home
}

/// Writes something else over the journal, and takes the log away out of which it would be whole again.
fn damage(home: &Home) {
    std::fs::write(journal(home), [b'x'; 9000]).expect("the home is ours");
    for end in ["db-wal", "db-shm"] {
        let _ = std::fs::remove_file(journal(home).with_extension(end));
    }
}

fn surname(home: &Home) -> String {
    let document = home.call(&["get", "marta.lopez", "--json"]).document();
    document["user"]["surname"].as_str().expect("she has one").to_owned()
}

#[track_caller]
fn refused(told: &Told, code: i32, words: &str) {
    assert_eq!(told.code, code, "{told:?}");
    assert!(told.err.contains(words), "{words}: {told:?}");
}

#[test]
fn a_change_is_listed_shown_and_taken_back_by_its_number() {
    let sandbox = sandbox("");
    let home = changed(&sandbox);
    let listed = home.call(&["journal", "list"]);
    let cells: Vec<_> = listed.out.trim_end().split('\t').collect();
    assert_eq!(cells.len(), 8, "{listed:?}");
    assert_eq!((cells[0], cells[3], cells[4], cells[5]), ("#1", "acme", "update", "marta.lopez"));
    assert_eq!((cells[6], cells[7]), ("INC-7", "DONE"));
    let shown = home.call(&["journal", "show", "1"]);
    assert!(shown.out.contains("Surname          López -> Lopes\n"), "{shown:?}");
    assert!(shown.out.contains("-> =Vi⟨U+202E⟩go\n") && shown.out.contains("ticket           INC-7\n"), "{shown:?}");

    let told = home.call(&["undo", "1", "--dry-run"]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.err.contains("Takes #1 back: update marta.lopez\n  Surname: Lopes -> López\n"), "{told:?}");
    assert!(told.out.contains("DRY RUN") && told.out.contains("\"surname\": \"López\""), "{told:?}");
    refused(&home.call(&["undo", "1"]), 2, "nobody can be asked here: say --yes");
    assert_eq!((surname(&home).as_str(), bodies(&sandbox).len()), ("Lopes", 1), "nothing was sent yet");

    let document = home.call(&["undo", "1", "--yes", "--json"]).document();
    assert_eq!((&document["act"], &document["verdict"]), (&json!("undo"), &json!("done")));
    assert_eq!(surname(&home), "López");
    assert_eq!(bodies(&sandbox).len(), 2);
    let listed = home.call(&["journal", "list"]);
    assert!(
        listed.out.lines().next().unwrap().starts_with("#3\t") && listed.out.contains("DONE, taken back by #3\n"),
        "{listed:?}"
    );
    let told = home.call(&["undo", "1", "--yes"]);
    refused(&told, 6, "Nothing of it can be taken back.\n  stays as it is: Surname is as it was before already\n");
    assert_eq!(bodies(&sandbox).len(), 2);
}

#[test]
fn what_cannot_be_taken_back_is_refused_before_anything_is_sent() {
    let sandbox = sandbox("");
    let home = Home::new();
    home.tenant(&sandbox, "");
    assert_eq!(home.call(&["welcome", "marta.lopez"]).code, 4);
    assert_eq!(home.call(&["disable", "brais.outeiro", "--yes"]).code, 0);
    let writes = bodies(&sandbox).len();
    refused(&home.call(&["undo", "1", "--yes"]), 6, "a mail that was sent cannot be undone");
    refused(&home.call(&["undo", "99", "--yes"]), 2, "there is no change #99");
    refused(&home.call(&["undo", "none"]), 2, "wants the number of a change");
    assert_eq!(bodies(&sandbox).len(), writes);
    // What somebody else has changed since stays, and nothing else is left.
    assert_eq!(home.call(&["enable", "brais.outeiro"]).code, 0);
    refused(&home.call(&["undo", "3", "--yes"]), 6, "Enabled is as it was before already");
    let read_only = Home::new();
    read_only.tenant(&sandbox, "read_only = true");
    refused(&read_only.call(&["undo", "1", "--yes"]), 6, "acme is read-only");
}

#[test]
fn only_what_is_looked_for_is_listed() {
    let sandbox = sandbox("");
    let home = changed(&sandbox);
    assert_eq!(home.call(&["disable", "brais.outeiro", "--yes"]).code, 0);
    let numbers = |words: &[&str]| {
        let told = home.call(&[&["journal", "list"], words].concat());
        assert_eq!(told.code, 0, "{told:?}");
        told.out.lines().map(|line| line.split('\t').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&[]), ["#3", "#1"]);
    assert_eq!(numbers(&["--user", "marta.lopez"]), ["#1"]);
    assert_eq!(numbers(&["--act", "disable", "--standing", "done"]), ["#3"]);
    assert_eq!(numbers(&["--ticket", "INC-7"]), ["#1"]);
    assert_eq!(numbers(&["--find", "lopes vigo"]), [] as [&str; 0], "the hidden letter parts the word");
    assert_eq!(numbers(&["--find", "lópez INC-7"]), ["#1"]);
    assert_eq!(numbers(&["--since", "2001-01-01", "--until", "2001-01-02"]), [] as [&str; 0]);
    assert_eq!(numbers(&["--tenant", "acme", "--since", "2001-01-01"]), ["#3", "#1"]);
    assert_eq!(numbers(&["--tenant", "other"]), [] as [&str; 0]);
    assert_eq!(numbers(&["--tenant", "sandbox"]), [] as [&str; 0], "it has a journal of its own");
    refused(&home.call(&["journal", "list", "--since", "monday"]), 2, "wants a day such as 2026-11-22");
    let document = home.call(&["journal", "list", "--json"]).document();
    assert_eq!(document["changes"][1]["fields"][1]["new"], json!("=Vi\u{202e}go"), "exactly as it was sent");
    let document = home.call(&["journal", "show", "#3", "--json"]).document();
    assert_eq!(
        document["change"]["fields"][0],
        json!({"field": "enabled", "echoed": false, "old": true, "new": false})
    );
}

#[test]
fn a_check_finds_what_somebody_changed_and_ends_with_6() {
    let sandbox = sandbox("");
    let home = changed(&sandbox);
    let told = home.call(&["journal", "verify"]);
    assert_eq!(told.code, 0, "{told:?}");
    for words in
        ["entries  2\n", "changes  1\n", "purged   0\n", "head     ", "No entry was changed, removed or put in.\n"]
    {
        assert!(told.out.contains(words), "{words}: {told:?}");
    }
    let document = home.call(&["journal", "verify", "--json"]).document();
    assert_eq!((&document["faults"], &document["entries"]), (&json!([]), &json!(2)));
    let behind = rusqlite::Connection::open(journal(&home)).unwrap();
    behind.execute_batch("UPDATE entry SET body = replace(body, 'Lopes', 'Gomez') WHERE seq = 1").unwrap();
    drop(behind);
    let told = home.call_tampered(&["journal", "verify"]);
    assert_eq!(told.code, 6, "{told:?}");
    assert!(told.out.contains("! entry 1 was changed\n"), "{told:?}");
    assert_eq!(
        home.call_tampered(&["journal", "verify", "--json"]).document()["faults"][0],
        json!("entry 1 was changed")
    );
    damage(&home);
    let told = home.call_tampered(&["journal", "verify"]);
    refused(&told, 6, "is damaged");
    assert!(told.err.contains("[journal-damaged]") && told.err.contains("journal set-aside"), "{told:?}");
}

#[test]
fn an_export_is_private_inert_and_never_written_over_another_file() {
    let sandbox = sandbox("");
    let home = changed(&sandbox);
    let told = home.call(&["journal", "export", "--format", "csv"]);
    let rows: Vec<_> = told.out.split("\r\n").collect();
    assert!(rows[0].starts_with("number,at,tenant,") && rows.len() == 4, "{told:?}");
    assert!(rows[2].contains(",'=Vi⟨U+202E⟩go,no"), "{told:?}");
    let file = home.path().join("audit.jsonl");
    let words = ["journal", "export", "--format", "json", file.to_str().unwrap()];
    refused(&home.call(&words), 0, "1 changes were written to");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let line: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!((&line["number"], &line["user"].is_string()), (&json!(1), &true));
    refused(&home.call(&words), 6, "it exists already, and is not written over");
    refused(&home.call(&["journal", "export"]), 2, "--format");
}

#[test]
fn a_purge_is_agreed_to_and_leaves_no_name_behind() {
    let sandbox = sandbox("");
    let home = changed(&sandbox);
    let holds = || {
        let folder = std::fs::read_dir(journal(&home).parent().unwrap()).unwrap();
        let files = folder.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        files
            .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("journal"))
            .any(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).contains("marta.lopez"))
    };
    assert!(holds());
    refused(&home.call(&["journal", "purge"]), 2, "--before");
    refused(&home.call(&["journal", "purge", "--older-than", "0", "--before", "2026-01-01"]), 2, "cannot be used with");
    refused(&home.call(&["journal", "purge", "--older-than", "0"]), 2, "1 finished changes that began before");
    refused(&home.call(&["journal", "purge", "--older-than", "0", "--tenant", "acme"]), 2, "leave out --tenant");
    let told = home.call(&["journal", "purge", "--before", "2001-01-01"]);
    assert!(told.code == 0 && told.out.starts_with("0 changes that began before 2001-01-01"), "{told:?}");
    assert!(holds(), "nothing is so old");
    let told = home.call(&["journal", "purge", "--older-than", "0", "--yes"]);
    assert!(told.code == 0 && told.out.contains("were purged, 0 are kept; the journal takes"), "{told:?}");
    assert!(!holds());
    assert_eq!(home.call(&["journal", "list"]).out, "");
    let told = home.call(&["journal", "verify"]);
    assert!(told.code == 0 && told.out.contains("purged   1\n"), "{told:?}");
    refused(&home.call(&["journal", "show", "1"]), 2, "there is no change #1");
}

#[test]
fn what_is_older_than_the_configuration_says_is_gone_at_the_next_start() {
    let sandbox = sandbox("");
    let home = changed(&sandbox);
    let behind = rusqlite::Connection::open(journal(&home)).unwrap();
    // As if it had been made long ago; the time in the chain is another matter.
    behind.execute_batch("UPDATE change SET at = at - 100 * 86400000").unwrap();
    drop(behind);
    assert!(home.call(&["journal", "list"]).out.starts_with("#1\t"), "looking purges nothing");
    let config = home.path().join(".config/netex-users/config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let days = |days: u32| std::fs::write(&config, format!("retention_days = {days}\n{text}")).unwrap();
    let after_a_start = |kept: u32| {
        days(kept);
        assert_eq!(home.call(&["enable", "marta.lopez"]).code, 0);
        home.call(&["journal", "list"]).out.contains("#1\t")
    };
    assert!(after_a_start(0) && after_a_start(101) && !after_a_start(99));
}

#[test]
fn a_journal_that_is_damaged_is_set_aside_and_work_goes_on() {
    let sandbox = sandbox("");
    let home = changed(&sandbox);
    damage(&home);
    let told = home.call(&["enable", "marta.lopez"]);
    assert_eq!(told.code, 6, "{told:?}");
    assert!(!asked(&sandbox).iter().any(|asked| asked.contains("/activate")), "nothing is sent that is kept nowhere");
    refused(&home.call(&["journal", "set-aside"]), 2, "Nobody can be asked here: say --yes");
    let told = home.call(&["journal", "set-aside", "--yes"]);
    assert!(told.code == 0 && told.out.contains("journal.db.aside-1 now"), "{told:?}");
    assert_eq!(std::fs::read(journal(&home).with_extension("db.aside-1")).unwrap(), [b'x'; 9000]);
    assert_eq!(home.call(&["enable", "marta.lopez"]).code, 0);
    assert!(home.call(&["journal", "list"]).out.starts_with("#1\t"));
    refused(&Home::new().call(&["journal", "set-aside", "--yes"]), 6, "there is no journal");
    let told = Home::new().call(&["journal", "list"]);
    assert_eq!((told.code, told.out.as_str()), (0, ""));
}
