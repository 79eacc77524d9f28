//! The README's tables say what the program does, because they are compared with what the program is made of.

use std::sync::Arc;

use clap::CommandFactory as _;
use netex_users::app::effect::Ticket;
use netex_users::app::history;
use netex_users::app::jobs;
use netex_users::app::keymap::{Binding, Group, bindings};
use netex_users::app::model::{Focus, Model, Overlay};
use netex_users::app::msg::{Act, Msg};
use netex_users::app::review::Review;
use netex_users::app::update::update;
use netex_users::cli::args::Args;
use netex_users::domain::code::Code;
use netex_users::domain::deed::Deed;
use netex_users::domain::draft::Subject;
use netex_users::domain::ending::Ending;
use netex_users::domain::field::{FieldSpec, Need, Needs, Operation, Revision};
use netex_users::domain::fields::FIELDS;
use netex_users::domain::key::UserKey;
use netex_users::domain::look::Look;
use netex_users::domain::order::{DeedOrder, Order};
use netex_users::domain::record::Purpose;
use netex_users::domain::roles::Catalogues;
use netex_users::domain::tenant::{Synchronization, Tenant};

const README: &str = include_str!("../../README.md");

/// What stands between the two marks of a table.
fn block(name: &str) -> &'static str {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let start = README.find(&open).expect("the README has the table") + open.len();
    let end = README[start..].find(&close).expect("the table has an end") + start;
    &README[start..end]
}

#[track_caller]
fn check(name: &str, wanted: &str) {
    assert!(
        block(name) == wanted,
        "the table of {name} in README.md is not what the program is; put this there:\n\n{wanted}"
    );
}

fn model(focus: Focus) -> Model {
    let tenant = Tenant {
        name: "sandbox".into(),
        sandbox: true,
        production: false,
        read_only: false,
        revision: Revision::Original,
        synchronization: Synchronization::Synchronous,
    };
    let mut model = Model::new(tenant, Look::default(), Catalogues::default());
    if focus != Focus::List {
        model.begin(Subject::New);
    }
    model.focus = focus;
    model
}

/// With the history open; its keys are those of a list with something in it.
fn history() -> Model {
    let mut model = model(Focus::List);
    let _ = update(&mut model, Msg::Act(Act::History(history::Act::Open)));
    model
}

/// With the list of jobs open.
fn jobs() -> Model {
    let mut model = model(Focus::List);
    let _ = update(&mut model, Msg::Act(Act::Jobs(jobs::Act::Show)));
    model
}

/// With the review of a deed open.
fn review() -> Model {
    let mut model = model(Focus::List);
    let key = UserKey::parse("marta.lopez").expect("a key");
    let order = Order::Deed(Arc::new(DeedOrder { key, username: "marta.lopez".into(), deed: Deed::WelcomeMail }));
    model.overlay = Some(Overlay::Review(Review {
        order,
        ticket: Ticket::default(),
        transcript: None,
        scroll: 0,
        warning: None,
        repair: None,
        purpose: Purpose::Change,
        below: None,
    }));
    model
}

fn rows(bindings: &[Binding], group: Group) -> String {
    let keys = |binding: &Binding| binding.keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" ");
    let row = |binding: &Binding| format!("| {} | {} |\n", keys(binding), binding.words);
    bindings.iter().filter(|binding| binding.group == group).map(row).collect()
}

#[test]
fn the_keys_are_those_of_the_key_map() {
    let mut wanted = String::new();
    let mut attention = model(Focus::List);
    attention.overlay = Some(Overlay::Attention(Box::default()));
    let fields = bindings(&model(Focus::Fields));
    for (title, bindings, group) in [
        ("Everywhere", fields.clone(), Group::Everywhere),
        ("People", bindings(&model(Focus::List)), Group::Here),
        ("Fields", fields.clone(), Group::Here),
        ("In a text", fields, Group::Text),
        ("Roles", bindings(&model(Focus::Roles)), Group::Here),
        ("Image", bindings(&model(Focus::Image)), Group::Here),
        ("Review", bindings(&review()), Group::Here),
        ("Status", bindings(&model(Focus::Status)), Group::Here),
        ("What needs attention", bindings(&attention), Group::Here),
        ("History", bindings(&history()), Group::Here),
        ("Jobs", bindings(&jobs()), Group::Here),
    ] {
        wanted.push_str(&["| ", title, " | |\n|---|---|\n", &rows(&bindings, group), "\n"].concat());
    }
    check("keys", &wanted);
}

#[test]
fn the_commands_are_those_of_the_program() {
    let row = |command: &clap::Command| {
        let words = command.get_positionals().map(|arg| {
            let name = arg.get_value_names().map_or_else(|| arg.get_id().as_str(), |names| &names[0]);
            if arg.is_required_set() { format!(" {name}") } else { format!(" [{name}]") }
        });
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        format!("| `{}{}` | {about} |\n", command.get_name(), words.collect::<String>())
    };
    let rows: String = Args::command().get_subcommands().map(row).collect();
    check("commands", &format!("| Command | |\n|---|---|\n{rows}"));
}

#[test]
fn the_exit_codes_are_those_of_the_program() {
    let row = |ending: Ending| format!("| {} | {} | {} |\n", ending.code(), ending.word(), ending.meaning());
    check("exits", &format!("| Exit code | `verdict` | |\n|---|---|---|\n{}", Ending::ALL.map(row).concat()));
}

fn needs(needs: Needs) -> String {
    let word = |revision| match needs.of(revision) {
        Need::Absent => "-",
        Need::Optional => "optional",
        Need::Required => "required",
    };
    let words = Revision::ALL.map(word);
    if words.iter().all(|word| *word == words[0]) { words[0].to_owned() } else { words.join(" / ") }
}

#[test]
fn the_fields_are_those_of_the_table() {
    let row = |spec: &FieldSpec| {
        let (create, update) = (needs(spec.create), needs(spec.update));
        format!("| {} | `{}` | {create} | {update} | {} |\n", spec.label, spec.key, spec.help)
    };
    let head = "Where the revisions differ: original / 2019 / 2023.\n\n| Field | API | create | update | |\n|---|---|---|---|---|\n";
    check("fields", &format!("{head}{}", FIELDS.iter().map(row).collect::<String>()));
    assert_eq!(Operation::Create.to_string(), "create", "the words of the table's head");
}

#[test]
fn the_faults_are_those_of_the_table() {
    let row = |entry: &netex_users::domain::code::Entry| {
        format!("| `{}` | {} | {} | {} |\n", entry.name, entry.happened, entry.server, entry.next)
    };
    let head = "| Name | What happened | What the server did | What to do |\n|---|---|---|---|\n";
    check("faults", &format!("{head}{}", Code::entries().iter().map(row).collect::<String>()));
}
