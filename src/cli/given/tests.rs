//! What options say, and the way from an order to its command line and back.

use std::process::Command as Process;
use std::sync::Arc;

use clap::Parser as _;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

use super::*;
use crate::cli::args::{Args, Command};
use crate::cli::catalogues;
use crate::domain::command_line::{Manner, command_line, quoted};
use crate::domain::deed::Deed;
use crate::domain::key::UserKey;
use crate::domain::order::{DeedOrder, Order};
use crate::domain::patch::Value;
use crate::domain::person::Person;
use crate::domain::photo::{MediaType, Picture, Thumb};
use crate::domain::request::Request;
use crate::domain::secret::Sealed;
use crate::domain::tenant::Synchronization;

/// The words of a line as a shell takes them apart: bare, in quotes, and in `$'...'`.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![Vec::new()];
    let mut bytes = line.bytes().peekable();
    while let Some(byte) = bytes.next() {
        let word = words.last_mut().expect("there is always one");
        match byte {
            b' ' => words.push(Vec::new()),
            b'\\' => word.extend(bytes.next()),
            b'\'' => word.extend(bytes.by_ref().take_while(|byte| *byte != b'\'')),
            b'$' if bytes.peek() == Some(&b'\'') => {
                bytes.next();
                while let Some(byte) = bytes.next().filter(|byte| *byte != b'\'') {
                    word.push(if byte == b'\\' { escaped(&mut bytes) } else { byte });
                }
            }
            other => word.push(other),
        }
    }
    words.into_iter().map(|word| String::from_utf8(word).expect("every word is a text")).collect()
}

fn escaped(bytes: &mut impl Iterator<Item = u8>) -> u8 {
    match bytes.next().expect("something is escaped") {
        b'n' => b'\n',
        b't' => b'\t',
        first @ b'0'..=b'7' => {
            let octal: String = [first].into_iter().chain(bytes.take(2)).map(char::from).collect();
            u8::from_str_radix(&octal, 8).expect("three octal digits")
        }
        other => other,
    }
}

fn parsed(line: &str) -> Args {
    Args::try_parse_from(words(line)).unwrap_or_else(|error| panic!("{line}\n{error}"))
}

/// Reads a line back into the request that it was made of, and checks everything else that it says.
fn back(line: &str, subject: &Subject, revision: Revision, password: Option<&Secret>) -> Request {
    let catalogues = catalogues::read(revision, None).expect("the built-in roles are sound");
    let command = parsed(line).command.expect("a command");
    let (typed, sending, operation) = if let Command::Create(args) = command {
        assert_eq!(args.password.password_stdin, password.is_some(), "{line}");
        (args.fields.0, args.sending, Operation::Create)
    } else if let Command::Update(args) = command {
        assert_eq!(args.target.blind, matches!(subject, Subject::Blind(_)), "{line}");
        let key = args.target.whom.id.as_str().to_owned();
        let person = subject.person();
        assert!(person.is_none_or(|person| key == person.username || Some(&key) == person.id.as_ref()), "{line}");
        (args.fields.0, args.sending, Operation::Update)
    } else {
        panic!("{command:?}")
    };
    assert_eq!((sending.at.tenant.as_deref(), sending.synchronous), (Some("the tenant"), true), "{line}");
    let given = Given::read(&typed, &mut Stdin::default()).unwrap_or_else(|faults| panic!("{line}\n{faults:?}"));
    let catalogue = catalogues.of(operation);
    let (mut draft, complaints) = given.draft(subject.clone(), revision, catalogue);
    assert_eq!(complaints, [], "{line}");
    if let Some(password) = password {
        draft.entries.insert(Field::Password, Entry::Secret(password.duplicate()));
    }
    draft.check(catalogue).unwrap_or_else(|refusal| panic!("{line}\n{refusal:?}"))
}

/// A text with everything that a shell or a terminal might take for its own, and never blank.
fn text() -> impl Strategy<Value = String> {
    let letters = prop::sample::select(vec![
        "a",
        "Z",
        "ñ",
        "'",
        "\"",
        "\\",
        "$",
        "`",
        "!",
        "-",
        "--",
        "=",
        " ",
        "\n",
        "\t",
        "\u{1b}",
        "\u{7f}",
        "\u{9b}",
        "\u{202e}",
        "\u{200d}",
        "👩\u{200d}👧",
        "~",
        "*",
        "#",
        ";",
        "&",
        "|",
        "<",
        ">",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "?",
        "%",
        "0",
        "7",
    ]);
    (prop::collection::vec(letters, 0..12), any::<char>())
        .prop_map(|(letters, any)| format!("x{}{}", letters.concat(), if any == '\0' { 'y' } else { any }))
}

fn value(field: Field) -> BoxedStrategy<Option<Entry2>> {
    let of = |texts: &'static [&'static str]| prop::sample::select(texts).prop_map(|t| Entry2::Text(t.into())).boxed();
    let value = match field.spec().kind {
        Kind::Username => of(&["marta.lopez", "-rf", "o'neil", "a b", "ff808181556ee70e015572136a250012", "ñandú"]),
        Kind::Text if field == Field::ExternalId => of(&["x 1", "$HOME"]),
        Kind::Text | Kind::Multiline => text().prop_map(Entry2::Text).boxed(),
        Kind::Email => of(&["marta@acme.example", "o'neil+x@acme.example"]),
        Kind::Phone => of(&["+34 981 000 000", "123"]),
        Kind::Language => of(&["es", "pt-BR"]),
        Kind::Timezone => of(&["Europe/Paris", "Etc/GMT"]),
        Kind::Password => text().prop_map(Entry2::Secret).boxed(),
        Kind::Switch => any::<bool>().prop_map(Entry2::Switch).boxed(),
        Kind::Pairs => of(&["NIF = 1", "NIF = a = b\nx\n--y = '", "\n", "Campo prueba"]),
        Kind::Object => of(&[r#"{"b": 1, "a": ["'", null, {"x": "é"}]}"#, "{}"]),
        Kind::Photo | Kind::Roles => return Just(None).boxed(),
    };
    let cleared = u32::from(field.spec().clearable);
    prop_oneof![3 => Just(None), 3 => value.prop_map(Some), cleared => Just(Some(Entry2::Cleared))].boxed()
}

/// An [`Entry`] that can be written into a failure, and copied.
#[derive(Clone, Debug)]
enum Entry2 {
    Text(String),
    Secret(String),
    Switch(bool),
    Cleared,
}

#[derive(Clone, Debug)]
struct Case {
    revision: Revision,
    subject: Subject,
    entries: Vec<(Field, Entry2)>,
    roles: Vec<(usize, usize)>,
    photo: Option<Photo>,
}

fn marta() -> Person {
    let texts = [
        (Field::Name, "Marta"),
        (Field::Surname, "López"),
        (Field::Email, "marta.lopez@acme.example"),
        (Field::Language, "es"),
        (Field::Timezone, "Europe/Paris"),
        (Field::Location, "A Coruña"),
    ];
    Person {
        id: Some("ff808181556ee70e015572136a250012".into()),
        username: "marta.lopez".into(),
        texts: texts.map(|(field, text)| (field, text.to_owned())).into(),
        enabled: Some(true),
        // A role and a section that no catalogue knows.
        roles: [
            ("management".to_owned(), ["user".to_owned()].into()),
            ("training".to_owned(), ["user".to_owned(), "pilot".to_owned()].into()),
            ("elsewhere".to_owned(), ["user".to_owned()].into()),
        ]
        .into(),
        pairs: vec![("NIF".into(), Some("0".into()))],
        has_picture: true,
    }
}

fn case() -> impl Strategy<Value = Case> {
    let subject = prop_oneof![
        Just(Subject::New),
        Just(Subject::Known(Box::new(marta()))),
        Just(Subject::Blind(UserKey::parse("marta.lopez").expect("a key"))),
    ];
    let photo = prop::option::of(
        prop::sample::select(vec!["https://a.example/x?y=1&z='", "HTTP://a.example/", " https://a.example/x"])
            .prop_map(|url| Photo::Url(url.to_owned())),
    );
    let roles = prop::collection::vec((0..6_usize, 0..5_usize), 0..5);
    (prop::sample::select(Revision::ALL.to_vec()), subject, roles, photo).prop_flat_map(
        |(revision, subject, roles, photo)| {
            let fields: Vec<_> = Field::of(subject.operation(), revision).collect();
            let values: Vec<_> = fields.iter().map(|field| value(*field)).collect();
            let is_new = subject == Subject::New;
            values.prop_map(move |values| {
                let entries = fields.iter().copied().zip(values);
                let entries = entries.filter_map(|(field, value)| Some((field, value?)));
                let entries = entries.filter(|(_, value)| !(is_new && matches!(value, Entry2::Cleared))).collect();
                Case { revision, subject: subject.clone(), entries, roles: roles.clone(), photo: photo.clone() }
            })
        },
    )
}

impl Case {
    /// The request, where the case makes one: what is missing on create is put in.
    fn request(&self, catalogue: &Catalogue) -> Option<Request> {
        let roles = RoleGrid::new(self.subject.person().map(|person| person.roles.clone()).unwrap_or_default());
        let subject = self.subject.clone();
        let mut draft =
            Draft { revision: self.revision, subject, entries: BTreeMap::new(), photo: self.photo.clone(), roles };
        if self.subject == Subject::New {
            let needed = [
                (Field::Username, "marta.lopez"),
                (Field::Name, "Marta"),
                (Field::Surname, "L"),
                (Field::Email, "m@acme.example"),
                (Field::Language, "es"),
                (Field::Timezone, "Europe/Paris"),
            ];
            draft.entries.extend(needed.map(|(field, text)| (field, Entry::Text(text.to_owned()))));
            draft.entries.insert(Field::Password, Entry::Secret(Secret::new("sekret".into())));
            if self.revision != Revision::Original {
                draft.roles.toggle(catalogue.section("management")?, "user");
            }
        }
        for (field, value) in &self.entries {
            let entry = match value.clone() {
                Entry2::Text(text) => Entry::Text(text),
                Entry2::Secret(text) => Entry::Secret(Secret::new(text)),
                Entry2::Switch(on) => Entry::Switch(on),
                Entry2::Cleared => Entry::Cleared,
            };
            draft.entries.insert(*field, entry);
        }
        for (section, role) in &self.roles {
            if let Some(section) = catalogue.sections().get(*section)
                && let Some(role) = section.roles.get(*role)
            {
                draft.roles.toggle(section, &role.key);
            }
        }
        draft.check(catalogue).ok()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_line_of_a_request_makes_the_same_request_again(case in case()) {
        let catalogues = catalogues::read(case.revision, None).expect("the built-in roles are sound");
        let Some(request) = case.request(catalogues.of(case.subject.operation())) else { return Ok(()) };
        let secret = request.line(Field::Password).and_then(|line| {
            if let Value::Secret(secret) = &line.value { Some(secret.duplicate()) } else { None }
        });
        let request = Arc::new(request);
        let line = command_line(&Order::Change(Arc::clone(&request)), &Manner::new("the tenant", Synchronization::Synchronous)).to_string();
        prop_assert_eq!(visible(&line), line.as_str());
        if let Some(secret) = &secret {
            prop_assert!(!line.contains(secret.expose()) || secret.expose().len() < 4);
        }
        let again = back(&line, &case.subject, case.revision, secret.as_ref());
        prop_assert_eq!(&again, &*request, "{}", line);
    }

    #[test]
    fn every_text_is_one_word_for_a_shell(text in text()) {
        prop_assert_eq!(words(&quoted(&text)), [text]);
    }
}

/// The way there and back is not empty: most of what the cases draw can be sent.
#[test]
fn most_cases_make_a_request() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut made = 0;
    for _ in 0..200 {
        let case = case().new_tree(&mut runner).expect("a case").current();
        let catalogues = catalogues::read(case.revision, None).expect("the built-in roles are sound");
        made += usize::from(case.request(catalogues.of(case.subject.operation())).is_some());
    }
    assert!(made > 120, "{made} of 200");
}

/// The shell itself, so that the reader of this test and [`quoted`] cannot agree on a mistake.
#[test]
fn a_shell_reads_every_word_as_it_was() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let texts: Vec<String> = (0..300).map(|_| text().new_tree(&mut runner).expect("a text").current()).collect();
    let commands: Vec<_> = texts.iter().map(|text| format!("printf '%s\\0' {}\n", quoted(text))).collect();
    let told =
        Process::new("bash").args(["--norc", "-c", &commands.concat()]).env("LC_ALL", "C").output().expect("bash");
    let told = String::from_utf8(told.stdout).expect("texts");
    assert_eq!(told.trim_end_matches('\0').split('\0').collect::<Vec<_>>(), texts);
}

#[test]
fn the_line_of_every_deed_is_the_command_that_does_it() {
    let secret = || Sealed::new(Secret::new("canary".into()));
    for deed in [
        Deed::Activate,
        Deed::Deactivate { message: None },
        Deed::Deactivate { message: Some("Adiós, \u{1b}[2J 'Marta'\n--yes".into()) },
        Deed::ChangePassword(secret()),
        Deed::WelcomeMail,
        Deed::Delete,
    ] {
        for username in ["marta.lopez", "-rf", "o'neil"] {
            let key = UserKey::parse("ff808181556ee70e015572136a250012").unwrap();
            let order = Order::Deed(Arc::new(DeedOrder { key, username: username.into(), deed: deed.clone() }));
            let line = command_line(&order, &Manner::new("the tenant", Synchronization::Asynchronous)).to_string();
            assert!(!line.contains("canary"), "{line}");
            let command = parsed(&line).command.unwrap();
            let (again, id, sending) = if let Command::Enable(args) = command {
                (Deed::Activate, args.target.whom.id, args.sending)
            } else if let Command::Disable(args) = command {
                (Deed::Deactivate { message: args.message }, args.target.whom.id, args.sending)
            } else if let Command::Password(args) = command {
                assert!(args.password.password_stdin);
                (Deed::ChangePassword(secret()), args.target.whom.id, args.sending)
            } else if let Command::Welcome(args) = command {
                (Deed::WelcomeMail, args.target.whom.id, args.sending)
            } else if let Command::Delete(args) = command {
                (Deed::Delete, args.whom.id, args.sending)
            } else {
                panic!("{command:?}")
            };
            assert_eq!((&again, id.as_str(), sending.at.tenant.as_deref()), (&deed, username, Some("the tenant")));
            assert_eq!(sending.asynchronous, deed.is_synchronizable(), "{line}");
        }
    }
}

#[test]
fn a_picture_and_what_no_argument_can_hold_are_named_as_files() {
    let picture = |name: &str| {
        Photo::Picture(Picture {
            name: name.into(),
            bytes: [].into(),
            media_type: MediaType::Png,
            width: 1,
            height: 1,
            notes: Vec::new(),
            thumb: Thumb::default(),
        })
    };
    let line = |photo, name: &str| {
        let entries = [(Field::Name, Entry::Text(name.into()))].into();
        let subject = Subject::Known(Box::new(marta()));
        let roles = RoleGrid::new(marta().roles);
        let draft = Draft { revision: Revision::Original, subject, entries, photo, roles };
        let request = draft.check(&Catalogue::default()).expect("it is sound");
        command_line(&Order::Change(Arc::new(request)), &Manner::new("a", Synchronization::Synchronous)).to_string()
    };
    let start = "netex-users update marta.lopez --tenant=a --sync";
    assert_eq!(line(Some(picture("m l.png")), "M"), format!("{start} --name=M --image='m l.png' --fit"));
    assert_eq!(line(Some(picture("pasted")), "M"), format!("{start} --name=M --image=FILE --fit"));
    assert_eq!(line(Some(picture("-")), "M"), format!("{start} --name=M --image=./- --fit"));
    assert_eq!(line(None, "M\0"), format!("{start} --from-json=FILE"));
}

fn typed(words: &[&str]) -> Typed {
    let command = Args::try_parse_from([&["netex-users"], words].concat()).expect("it is sound").command;
    if let Some(Command::Create(args)) = command {
        args.fields.0
    } else if let Some(Command::Update(args)) = command {
        args.fields.0
    } else {
        panic!("{command:?}")
    }
}

/// What stands against these words for Marta, as a terminal would see it.
fn told(revision: Revision, words: &[&str]) -> Vec<String> {
    let catalogues = catalogues::read(revision, None).expect("the built-in roles are sound");
    let shown = |all: Vec<Complaint>| all.iter().map(|one| format!("{} {}", one.option, one.words)).collect();
    match Given::read(&typed(words), &mut Stdin::default()) {
        Err(complaints) => shown(complaints),
        Ok(given) => {
            let (draft, found) = given.draft(Subject::Known(Box::new(marta())), revision, &catalogues.update);
            shown(faults(&draft, &catalogues.update, found))
        }
    }
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_its_option() {
    let words = [
        "update",
        "m",
        "--email=nix",
        "--location=",
        "--external-id=x",
        "--role=training=pilot,captain",
        "--role=sea=user",
        "--image=/nowhere/x.png",
        "--language= ",
    ];
    let expected = ["--image /nowhere/x.png: does not exist"];
    assert_eq!(told(Revision::Original, &words), expected, "files come first");
    let words: Vec<_> = words.into_iter().filter(|word| !word.starts_with("--image")).collect();
    assert_eq!(
        told(Revision::Original, &words),
        [
            "--location is empty, and empty is not sent: --clear location empties it",
            "--external-id is not taken by update in revision original",
            "--role there is no section sea here; there are management, training, social, play",
            "--role training has no role captain; it has user, trainer, admin",
            "--email is not an address such as name@acme.example",
            "--language holds blanks only",
        ]
    );
}

#[test]
fn options_that_contradict_each_other_are_refused_and_not_ordered() {
    assert_eq!(
        told(Revision::Original, &["update", "m", "--location=Vigo", "--clear=location"]),
        ["--clear location contradicts --location"]
    );
    assert_eq!(
        told(Revision::Original, &["update", "m", "--role=training=user", "--no-roles=training"]),
        ["--role training: is named twice"]
    );
}

fn file(json: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a file for the test");
    std::fs::write(file.path(), json).expect("it is ours");
    file
}

#[test]
fn an_option_wins_over_the_file_and_what_the_file_repeats_is_no_wish() {
    // As it was read, with what no update takes, and one change.
    let json = r#"{"id": "x", "user": {"username": "marta.lopez", "name": "Marta", "location": "Lugo", "officePhone": null,
        "enabled": true, "roles": {"training": ["user", "pilot"], "elsewhere": ["user"], "social": ["user"]},
        "extendedFields": {"NIF": "0"}}}"#;
    let file = file(json);
    let path = file.path().to_str().unwrap();
    let catalogues = catalogues::read(Revision::Original, None).unwrap();
    let request = |more: &[&str]| {
        let words = [&["update", "m", "--from-json", path], more].concat();
        let given = Given::read(&typed(&words), &mut Stdin::default()).unwrap();
        let subject = Subject::Known(Box::new(marta()));
        let (draft, complaints) = given.draft(subject, Revision::Original, &catalogues.update);
        assert_eq!(complaints, []);
        let request = draft.check(&catalogues.update).unwrap();
        request
            .lines()
            .iter()
            .map(|line| format!("{} {}", line.field.spec().key, line.value.summary()))
            .collect::<Vec<_>>()
    };
    assert_eq!(request(&[]), ["location Lugo", "roles social: user"]);
    assert_eq!(request(&["--location=Vigo", "--no-roles=social", "--surname=X"]), ["surname X", "location Vigo"]);
}

#[test]
fn null_in_a_file_neither_empties_nor_is_passed_over() {
    let file = file(r#"{"location": null}"#);
    let words = ["update", "m", "--from-json", file.path().to_str().unwrap()];
    let expected = ["--from-json: location is null: leave it out to keep \"A Coruña\""];
    assert_eq!(told(Revision::Original, &words), expected);
}

#[test]
fn administrators_and_dropped_fields_are_named_before_anything_is_sent() {
    let catalogues = catalogues::read(Revision::Y2019, None).unwrap();
    let words = ["update", "m", "--role=training=user,admin", "--role=management=admin", "--extended-fields=x=1"];
    let given = Given::read(&typed(&words), &mut Stdin::default()).unwrap();
    let (draft, complaints) = given.draft(Subject::Known(Box::new(marta())), Revision::Y2019, &catalogues.update);
    assert_eq!(complaints, []);
    assert_eq!(grave_changes(&draft, &catalogues.update), ["makes admin in management", "makes admin in training"]);
    assert_eq!(dropped_keys(&draft), ["NIF"]);
    assert_eq!(warnings(&draft, &catalogues.update), ["--role training: pilot is not known here and stays as it is"]);
}
