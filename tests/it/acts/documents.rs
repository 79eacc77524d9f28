//! The documents of `--json` and the schema that describes them: every document of every test of a command is held against it, and it
//! refuses what it should.

use std::sync::LazyLock;

use netex_users::domain::ending::Ending;
use netex_users::domain::field::Kind;
use netex_users::domain::fields::FIELDS;
use serde_json::{Value, json};

use super::{Home, REMARK};

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../assets/output.schema.json")).expect("the schema is JSON")
});

fn faults(document: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(&SCHEMA).expect("the schema is sound");
    validator.iter_errors(document).map(|fault| fault.to_string()).collect()
}

/// Holds a document against the schema.
#[track_caller]
pub fn check(document: &Value) {
    assert_eq!(faults(document), Vec::<String>::new(), "{document:#}");
}

/// A document of the program, and a change of it that is a lie.
#[track_caller]
fn refuses(document: &Value, change: impl FnOnce(&mut Value)) {
    let mut wrong = document.clone();
    change(&mut wrong);
    assert_ne!(&wrong, document);
    assert_ne!(faults(&wrong), Vec::<String>::new(), "{wrong:#}");
}

fn document(words: &[&str]) -> Value {
    Home::new().call(&[words, &["--json"]].concat()).document()
}

#[test]
fn the_schema_knows_every_ending_and_every_field() {
    let endings = SCHEMA["$defs"]["ending"]["oneOf"].as_array().unwrap().iter();
    let endings: Vec<_> = endings
        .map(|pair| {
            let of = |key: &str| pair["properties"][key]["const"].clone();
            (of("verdict"), of("exit"))
        })
        .collect();
    assert_eq!(endings, Ending::ALL.map(|ending| (json!(ending.word()), json!(ending.code()))));
    let fields: Vec<_> = SCHEMA["$defs"]["user"]["properties"].as_object().unwrap().keys().cloned().collect();
    let is_read = |kind| !matches!(kind, Kind::Password | Kind::Object | Kind::Photo);
    let keys: Vec<_> = FIELDS.iter().filter(|spec| is_read(spec.kind)).map(|spec| spec.key).collect();
    assert_eq!(fields, keys);
}

#[test]
fn the_schema_refuses_a_document_that_says_something_else_than_it_should() {
    let written = document(&["enable", "martin.dubois"]);
    check(&written);
    refuses(&written, |wrong| wrong["exit"] = json!(1));
    refuses(&written, |wrong| wrong["verdict"] = json!("partly done"));
    refuses(&written, |wrong| wrong["verdict"] = json!("stopped"));
    refuses(&written, |wrong| wrong["act"] = json!("get"));
    refuses(&written, |wrong| wrong["platforms"][0]["state"] = json!("fine"));
    refuses(&written, |wrong| wrong["platforms"][0]["status"] = json!(99));
    refuses(&written, |wrong| wrong["token"] = json!("x"));
    refuses(&written, |wrong| wrong["dryRun"] = json!(true));
    refuses(&written, |wrong| drop(wrong.as_object_mut().unwrap().remove("platforms")));

    let shown = document(&["enable", "martin.dubois", "--dry-run"]);
    refuses(&shown, |wrong| wrong["exit"] = json!(6));
    refuses(&shown, |wrong| wrong["verdict"] = json!("done"));
    refuses(&shown, |wrong| drop(wrong.as_object_mut().unwrap().remove("request")));

    let person = document(&["get", "marta.lopez"]);
    refuses(&person, |wrong| wrong["exit"] = json!(1));
    refuses(&person, |wrong| wrong["user"]["password"] = json!("x"));
    refuses(&person, |wrong| wrong["user"]["roles"] = json!(["user"]));

    let list = document(&["list"]);
    refuses(&list, |wrong| wrong["complete"] = json!(false));
    refuses(&list, |wrong| wrong["people"][3] = json!({}));

    let groups = document(&["groups", "marta.lopez"]);
    refuses(&groups, |wrong| wrong["groups"][0]["name"] = json!(1));

    let failed = document(&["get", "nobody.here"]);
    refuses(&failed, |wrong| wrong["exit"] = json!(0));
    refuses(&failed, |wrong| wrong["cause"] = json!(""));
    refuses(&failed, |wrong| wrong["verdict"] = json!("done"));
}

#[test]
fn what_is_read_is_told_for_people_and_as_a_document() {
    let home = Home::new();
    let told = home.call(&["get", "marta.lopez"]);
    assert_eq!((told.code, told.err.as_str()), (0, REMARK));
    assert!(
        told.out.contains("Username     marta.lopez\n") && told.out.contains("Roles        training: trainer, user\n")
    );
    let document = home.call(&["get", "marta.lopez", "--json"]).document();
    assert_eq!(document["user"]["roles"]["training"], json!(["trainer", "user"]));

    let told = home.call(&["groups", "marta.lopez"]);
    assert_eq!(told.code, 0);
    assert!(told.out.contains("ACME-OPE\tOperations\ttraining: user\n"), "{}", told.out);

    let told = home.call(&["list"]);
    assert_eq!((told.code, told.out.lines().count()), (0, 44));
    assert!(told.out.starts_with("marta.lopez\tMarta López\tmarta.lopez@acme.example\tenabled\n"), "{}", told.out);
    let document = home.call(&["list", "--json", "--scenario", "short-pages"]).document();
    assert_eq!((document["people"].as_array().unwrap().len(), &document["complete"]), (44, &json!(true)));
}

#[test]
fn a_reading_that_fails_is_told_in_both_ways_with_its_code() {
    for (words, verdict, code) in [
        (&["get", "nobody.here"][..], "rejected", 1),
        (&["groups", "nobody.here"], "rejected", 1),
        (&["get", "marta.lopez", "--scenario", "html"], "not sent", 6),
        (&["get", "marta.lopez", "--scenario", "no-read"], "not sent", 6),
        (&["list", "--scenario", "endless"], "not sent", 6),
        (&["list", "--scenario", "html"], "not sent", 6),
        (&["update", "nobody.here", "--location", "Vigo"], "rejected", 1),
        (&["update", "marta.lopez", "--email", "nix"], "usage", 2),
        (&["get", "marta.lopez", "--tenant", "nowhere"], "usage", 2),
    ] {
        let home = Home::new();
        let told = home.call(words);
        assert_eq!(told.code, code, "{words:?}: {told:?}");
        assert!(told.err.contains("netex-users: "), "{words:?}: {told:?}");
        let documented = home.call(&[words, &["--json"]].concat());
        let document = documented.document();
        assert_eq!((&document["verdict"], documented.code), (&json!(verdict), code), "{words:?}");
        let cause = document["cause"].as_str().unwrap();
        assert!(told.err.contains(cause) && documented.err.contains(cause), "{words:?}: {cause} - {told:?}");
    }
}

#[test]
fn an_export_holds_everybody_and_is_a_new_file_of_ours_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    let printed = home.call(&["export"]);
    assert_eq!((printed.code, printed.err.as_str()), (0, REMARK));
    let everybody = home.call(&["list"]).out.lines().count();
    assert_eq!(printed.out.split("\r\n").filter(|line| !line.is_empty()).count(), everybody + 1, "{}", printed.out);
    let path = home.path().join("people.csv");
    let file = path.to_str().expect("a temporary path is UTF-8");
    assert_eq!(home.call(&["export", file, "--delimiter", "semicolon", "--mark"]).code, 0);
    let written = std::fs::read_to_string(&path).expect("it is UTF-8");
    assert!(written.starts_with("\u{feff}id;username;"), "{}", &written[..40]);
    assert_eq!(std::fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o600);
    let again = home.call(&["export", file]);
    assert_eq!(again.code, 2, "{}", again.err);
    assert_eq!(std::fs::read_to_string(&path).expect("it is still there"), written);
    let broken = home.path().join("broken.csv");
    let file = broken.to_str().expect("a temporary path is UTF-8");
    assert_eq!(home.call(&["export", file, "--scenario", "endless"]).code, 6);
    assert!(!broken.exists(), "half an export would be taken for a whole one");
    assert_eq!(home.call(&["export", "--json"]).code, 2);
}

#[test]
fn a_list_that_broke_off_says_so_at_its_end() {
    let home = Home::new();
    let scenario = home.scenario("people = 700\n[[strike]]\non = ['list']\ntimes = 1\n[[strike]]\non = ['list']\nanswer = 'envelope'\nstatus = 400\n");
    let told = home.call(&["list", "--json", "--scenario", &scenario]);
    let document = told.document();
    assert_eq!((told.code, document["people"].as_array().unwrap().len()), (1, 500));
    assert_eq!(document["complete"], false);
}

#[test]
fn what_get_prints_can_be_given_to_update_and_to_create() {
    let home = Home::new();
    let read = home.call(&["get", "marta.lopez", "--json"]).out;
    let told = home.call_with(&["update", "marta.lopez", "--from-json", "-", "--json"], read.as_bytes());
    let document = told.document();
    assert_eq!((told.code, &document["platforms"]), (0, &json!([])), "nothing is sent: {document:#}");
    let read = read.replace("marta.lopez", "marta.gomez");
    let made = ["create", "--from-json", "-", "--generate-password", "--show-password", "--json"];
    let told = home.call_with(&made, read.as_bytes());
    assert_eq!((told.code, told.document()["username"].as_str()), (0, Some("marta.gomez")), "{told:?}");
}
