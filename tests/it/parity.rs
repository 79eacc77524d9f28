//! Every act of the program is a key on the screen, a line of the palette, and a command.
//!
//! The list of what is kept in the history is walked by a `match` without a wildcard, so that a new act does not compile before somebody
//! said where its three ways are. Nothing here looks at what an act does: that a line sends what the review shows is in `command_line.rs`.

use std::sync::Arc;

use clap::{CommandFactory as _, Parser as _};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use netex_users::app::deeds::{self, Kind, Question};
use netex_users::app::effect::Effect;
use netex_users::app::history;
use netex_users::app::jobs;
use netex_users::app::key::Key;
use netex_users::app::keymap::{bindings, message};
use netex_users::app::model::{Model, Overlay};
use netex_users::app::msg::{Act as Perform, Msg, News};
use netex_users::app::people;
use netex_users::app::update::update;
use netex_users::cli::args::Args;
use netex_users::codec::roles::{BUILT_IN, catalogues};
use netex_users::domain::command_line::{Manner, command_line};
use netex_users::domain::deed::Deed;
use netex_users::domain::draft::Subject;
use netex_users::domain::field::Revision;
use netex_users::domain::fields::Field;
use netex_users::domain::history::Told;
use netex_users::domain::key::UserKey;
use netex_users::domain::listed::Listed;
use netex_users::domain::look::Look;
use netex_users::domain::order::{DeedOrder, Order};
use netex_users::domain::person::Person;
use netex_users::domain::record::{Act, Change, ChangeId, Intent, Kept, Purpose, Realm, Standing, Touched, Who};
use netex_users::domain::secret::{Sealed, Secret};
use netex_users::domain::tenant::{Synchronization, Tenant};

/// The three ways to an act: where it is a key, what that key asks for, and the command with the arguments that it cannot do without.
struct Way {
    screen: fn() -> Model,
    perform: Perform,
    command: &'static str,
}

/// Where each act that is kept in the history is.
fn way(act: Act) -> Way {
    let people = |act, command| Way { screen: list, perform: Perform::People(act), command };
    match act {
        Act::Create => Way { screen: list, perform: Perform::New, command: "create" },
        Act::Update => Way { screen: form, perform: Perform::Review, command: "update marta.lopez" },
        Act::Activate => people(people::Act::OnOff, "enable marta.lopez"),
        Act::Deactivate => people(people::Act::OnOff, "disable marta.lopez"),
        Act::ChangePassword => people(people::Act::Password, "password marta.lopez"),
        Act::WelcomeMail => people(people::Act::Welcome, "welcome marta.lopez"),
        Act::Delete => people(people::Act::Delete, "delete marta.lopez"),
    }
}

/// What is done beside that, and writes nothing by itself or is a review first. Whatever comes to the program is one line more.
const OTHERS: &[Way] = &[
    Way { screen: list, perform: Perform::People(people::Act::Open), command: "get marta.lopez" },
    Way { screen: list, perform: Perform::People(people::Act::Refresh), command: "list" },
    Way { screen: list, perform: Perform::People(people::Act::Groups), command: "groups marta.lopez" },
    Way { screen: list, perform: Perform::History(history::Act::Open), command: "journal list" },
    Way { screen: past, perform: Perform::History(history::Act::Undo), command: "undo 7" },
    Way { screen: list, perform: Perform::Jobs(jobs::Act::Show), command: "jobs list" },
    Way { screen: files, perform: Perform::Jobs(jobs::Act::Import), command: "import joiners.csv" },
];

/// The commands that are no act on people: what is about the program and its host, and what makes files.
const ALONE: [&str; 7] = ["export", "config", "sandbox", "doctor", "explain", "completions", "man"];

fn ways() -> Vec<Way> {
    Act::ALL.into_iter().map(way).chain(OTHERS.iter().map(|way| Way { ..*way })).collect()
}

fn marta() -> Person {
    Person {
        id: Some("ff808181556ee70e015572136a250012".into()),
        username: "marta.lopez".into(),
        texts: [(Field::Name, "Marta".to_owned())].into(),
        enabled: Some(true),
        ..Person::default()
    }
}

/// The list, with Marta under the cursor.
fn list() -> Model {
    let tenant = Tenant {
        name: "acme".into(),
        sandbox: false,
        production: false,
        read_only: false,
        revision: Revision::Original,
        synchronization: Synchronization::Synchronous,
    };
    let roles = catalogues(BUILT_IN, Revision::Original).expect("sound roles");
    let mut model = Model::new(tenant, Look::default(), roles);
    model.people.add(&[Listed::from(&marta())]);
    model.people.refilter();
    model
}

/// Her form, with something typed.
fn form() -> Model {
    let mut model = list();
    model.begin(Subject::Known(Box::new(marta())));
    model.form.put(Field::Name, "Martina");
    model
}

/// The files of people.
fn files() -> Model {
    let mut model = list();
    drop(update(&mut model, Msg::Act(Perform::Jobs(jobs::Act::Show))));
    model
}

/// The history, with a change that can be taken back.
fn past() -> Model {
    let touched = Touched {
        field: Field::Name,
        old: Kept::Text("Marta".into()),
        new: Kept::Text("Martina".into()),
        echoed: false,
    };
    let intent = Intent {
        act: Act::Update,
        username: "marta.lopez".into(),
        key: marta().id,
        synchronization: Synchronization::Synchronous,
        touched: vec![touched],
        ticket: None,
        purpose: Purpose::Change,
        job: None,
        instead_of: None,
    };
    let change = Change {
        id: ChangeId(7),
        at: 0,
        realm: Realm::default(),
        who: Who { user: "anna".into(), uid: 1000, ssh: None },
        intent,
        outcome: None,
        sequels: Vec::new(),
        standing: Standing::Done,
        elsewhere: false,
    };
    let mut model = list();
    let effects: Vec<_> = update(&mut model, Msg::Act(Perform::History(history::Act::Open))).into_iter().collect();
    let ticket = effects
        .iter()
        .find_map(|effect| if let Effect::History { ticket, .. } = effect { Some(*ticket) } else { None });
    let part = history::Part { changes: vec![Told::of(change, |at| at.to_string())], next: None };
    drop(update(&mut model, Msg::News(News::History(ticket.expect("it is read"), Ok(part)))));
    model
}

/// The press that a key is made by.
fn press(key: Key) -> KeyEvent {
    if let Key::Char(letter) = key {
        return KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
    }
    if let Key::Ctrl(letter) = key {
        return KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL);
    }
    assert_eq!(key, Key::Enter, "no act has only such a key");
    KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE)
}

#[test]
fn every_act_has_a_key_that_does_it() {
    for Way { screen, perform, command } in ways() {
        let model = screen();
        let binding = bindings(&model).into_iter().find(|binding| binding.act == perform);
        let binding = binding.unwrap_or_else(|| panic!("{command}: no key"));
        assert_eq!(binding.why_not, None, "{command}");
        let done = message(&model, press(binding.keys[0]));
        assert!(matches!(done, Some(Msg::Act(act)) if act == perform), "{command}: its key does something else");
    }
}

#[test]
fn every_act_is_a_line_of_the_palette_that_does_it() {
    for Way { screen, perform, command } in ways() {
        let mut model = screen();
        let opened = message(&model, press(Key::Ctrl('p')));
        assert!(matches!(opened, Some(Msg::Act(Perform::Palette))), "{command}: no palette where its key is");
        drop(update(&mut model, Msg::Act(Perform::Palette)));
        let Some(Overlay::Palette(palette)) = &mut model.overlay else { panic!("{command}: no palette") };
        let words = palette.bindings.iter().find(|binding| binding.act == perform).map(|binding| binding.words);
        palette.query.paste(words.unwrap_or_else(|| panic!("{command}: no line")));
        palette.refilter();
        assert_eq!(palette.taken().map(|binding| binding.act), Some(perform), "{command}");
    }
}

#[test]
fn every_act_is_a_command() {
    for Way { command, .. } in ways() {
        let words: Vec<_> = ["netex-users"].into_iter().chain(command.split(' ')).collect();
        let parsed = Args::try_parse_from(&words).unwrap_or_else(|fault| panic!("{command}: {fault}"));
        assert!(parsed.command.is_some(), "{command}");
    }
}

/// The other way round: no command is without its act on the screen, unless it is one of those that have none.
#[test]
fn every_command_is_an_act_or_stands_alone() {
    let acts: Vec<_> = ways().iter().filter_map(|way| way.command.split(' ').next()).collect();
    for command in Args::command().get_subcommands() {
        let name = command.get_name();
        let places = usize::from(acts.contains(&name)) + usize::from(ALONE.contains(&name));
        assert_eq!(places, 1, "{name} has to stand in one of the lists above");
    }
}

/// The key asks for the very act that the command does: what it leads to is that act, and the line of that act is that command.
#[test]
fn key_and_command_are_the_same_act() {
    for act in Act::ALL {
        let Way { screen, perform, command } = way(act);
        let mut model = screen();
        model.people.change("marta.lopez", |listed| Listed { enabled: Some(act != Act::Activate), ..listed.clone() });
        drop(update(&mut model, Msg::Act(perform)));
        let order = match &model.overlay {
            Some(Overlay::Review(review)) => review.order.clone(),
            Some(Overlay::Deed(question)) => asked(question),
            None => {
                assert_eq!(act, Act::Create, "{:?}", model.notice);
                assert_eq!(model.form.subject, Subject::New);
                continue;
            }
            Some(other) => panic!("{command}: {other:?}"),
        };
        assert_eq!(Act::of(&order), act, "{command}");
        let line = command_line(&order, &Manner::new("acme", Synchronization::Synchronous));
        assert_eq!(line.words().get(1).map(String::as_str), command.split(' ').next());
        let deed = matches!(order, Order::Deed(_));
        if deed && !matches!(act, Act::ChangePassword | Act::WelcomeMail) {
            assert_eq!(
                Some(order.word()),
                command.split(' ').next(),
                "one word for it, on the screen and in the shell"
            );
        }
    }
}

fn asked(question: &Question) -> Order {
    let deed = match question.kind {
        Kind::Activate => Deed::Activate,
        Kind::Deactivate => Deed::Deactivate { message: None },
        Kind::Password => Deed::ChangePassword(Sealed::new(Secret::new(String::new()))),
        Kind::Welcome => Deed::WelcomeMail,
        Kind::Delete => Deed::Delete,
    };
    let key = UserKey::parse("marta.lopez").expect("a key");
    Order::Deed(Arc::new(DeedOrder { key, username: "marta.lopez".into(), deed }))
}

/// Everything that asks before it sends has a key for its command line, and the palette to find it.
#[test]
fn whatever_asks_before_it_sends_shows_its_command_line() {
    let key = || UserKey::parse("marta.lopez").expect("a key");
    let mut asking: Vec<(String, Model)> = Vec::new();
    let mut model = form();
    drop(update(&mut model, Msg::Act(Perform::Review)));
    asking.push(("review".into(), model));
    for kind in [Kind::Activate, Kind::Deactivate, Kind::Password, Kind::Welcome, Kind::Delete] {
        let mut model = list();
        drop(deeds::ask(&mut model, kind, key()));
        asking.push((format!("{kind:?}"), model));
    }
    let mut model = list();
    model.people.mark();
    drop(update(&mut model, Msg::Act(Perform::PlanChange(1))));
    asking.push(("plan".into(), model));
    for (name, model) in asking {
        for act in [Perform::CommandLine, Perform::Palette] {
            let binding = bindings(&model).into_iter().find(|binding| binding.act == act);
            let binding = binding.unwrap_or_else(|| panic!("{name}: no {act:?}"));
            let done = binding.keys.iter().map(|key| message(&model, press(*key)));
            assert!(done.into_iter().all(|done| matches!(done, Some(Msg::Act(done)) if done == act)), "{name}");
        }
    }
}
