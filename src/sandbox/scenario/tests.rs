//! Every built-in scenario is read, and a wrong one is told where it is wrong.

use super::*;

fn fault(text: &str) -> String {
    Scenario::parse(text).expect_err("a scenario that is wrong")
}

#[test]
fn every_built_in_scenario_is_read_and_says_what_it_is() {
    for (name, text) in BUILT_IN {
        let scenario = Scenario::parse(text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert!(scenario.about.ends_with('.') && !scenario.about.contains('\n'), "{name}: one sentence");
        assert_eq!(scenario.token, TOKEN, "{name}");
        assert_eq!(Scenario::built_in(name), Some(scenario));
    }
    assert_eq!(Scenario::built_in("nothing of this name"), None);
}

#[test]
fn the_default_file_is_the_default() {
    assert_eq!(Scenario::built_in("default"), Some(Scenario::default()));
    assert_eq!(Scenario::names().next(), Some("default"));
}

#[test]
fn every_file_of_the_folder_is_built_in() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sandbox");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .filter(|name| !["people", "names", "groups"].contains(&name.as_str()))
        .collect();
    files.sort();
    let mut names: Vec<_> = Scenario::names().collect();
    names.sort_unstable();
    assert_eq!(files, names);
}

#[test]
fn a_wrong_scenario_is_told_the_line_and_what_to_mend() {
    let table = [
        ("about = 'a'\nspeed = 1", "line 2", "unknown field `speed`, expected one of `about`, `revision`"),
        ("about = 'a'\nrevision = '2020'", "line 2", "write original, 2019 or 2023"),
        ("about = 'a'\nwithout_header = 'soon'", "line 2", "write synchronous or asynchronous"),
        ("about = 'a'\n[wrong_token]\nstatus = 99", "line 3", "from 200 to 599"),
        ("about = 'a'\n[[strike]]\nwait = '4 minutes'", "line 3", "write it as 4s or 250ms"),
        ("about = 'a'\n[[strike]]\nwait = '601s'", "line 3", "at most 600s"),
        ("about = 'a'\n[[strike]]\napplied = 'soon'", "line 3", "now, never, or a time"),
        ("about = 'a'\n[[strike]]\nanswer = 'cutt'", "line 3", "expected one of `usual`, `mirrored`"),
        ("about = 'a'\n[[strike]]\non = ['remove']", "line 3", "expected one of `create`, `update`, `read`, `list`"),
        ("about = 'a'\npeople = 1000001", "line 2", "at most 1000000"),
        ("about = 'a'\n[paging]\nbase = 2", "line 3", "number 0 or 1"),
        ("about = 'a'\n[[strike]]\non = []", "line 2", "names no service"),
        ("about = 'a'\n[[strike]]\ntimes = 0", "line 2", "never strikes"),
        ("about = 'a'\n[[strike]]\nstatus = 500", "line 2", "`status` needs an answer of its own"),
        ("about = 'a'\n[[strike]]\nmessage = 'm'", "line 2", "`message` needs answer"),
        ("about = 'a'\n[[strike]]\napplied = 'never'", "line 2", "tells that the change was made"),
        (
            "about = 'a'\n[[strike]]\nanswer='cut'\nplatforms.social.status = 500",
            "line 2",
            "`platforms` are not in this",
        ),
        ("revision = 'original'", "line 1", "missing field `about`"),
    ];
    for (text, line, mend) in table {
        let fault = fault(text);
        assert!(fault.contains(line) && fault.contains(mend), "{text}\n{fault}");
    }
}

#[test]
fn a_fault_shows_no_raw_control_characters_of_the_file() {
    let fault = fault("about = 'a'\nspeed\u{1b}[2J = 1");
    assert!(fault.contains("␛[2J") && !fault.contains('\u{1b}'), "{fault}");
}

#[test]
fn what_is_not_told_to_be_made_is_not_made() {
    let strike = |text: &str| Scenario::parse(&format!("about = 'a'\n[[strike]]\n{text}")).unwrap().strikes.remove(0);
    for answer in ["cut", "page", "envelope", "nothing"] {
        assert_eq!(strike(&format!("answer = '{answer}'")).applied, Applied::Never, "{answer}");
    }
    assert_eq!(strike("wait = '1s'").applied, Applied::Now);
    assert_eq!(strike("answer = 'cut'\napplied = '250ms'").applied, Applied::After(Duration::from_millis(250)));
}
