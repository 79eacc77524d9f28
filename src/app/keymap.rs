//! What every key means here and now; the only place where a key is named.
//!
//! The footer, the page of keys, the palette and the README's table read the same bindings. A key that cannot be used now says why, in
//! place of doing nothing.

use crossterm::event::KeyEvent;

use crate::app::drafts;
use crate::app::editor::Edit;
use crate::app::form::Input;
use crate::app::history;
use crate::app::image;
use crate::app::key::Key;
use crate::app::model::{Focus, Model, Overlay, Screen};
use crate::app::msg::{Act as Perform, Act, Msg};
use crate::app::people;
use crate::app::roles;
use crate::app::status;
use crate::app::ticket_number;
use crate::domain::field::{Kind, Operation};
use crate::domain::outcome::Verdict;

mod attention;
mod jobs;
mod over;

use over::over;

/// A key, what it does, and whether it can be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// The keys; the first is the one that is shown where there is little room.
    pub keys: &'static [Key],
    /// What it does, in a few words.
    pub words: &'static str,
    /// The word for the footer; nothing where it is not shown there.
    pub short: Option<&'static str>,
    /// What it does.
    pub act: Act,
    /// Why it cannot be done now.
    pub why_not: Option<&'static str>,
    /// Where the page of keys lists it.
    pub group: Group,
}

/// The parts of the page of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// What is on top: the pane or what lies over the screen.
    Here,
    /// The whole program.
    Everywhere,
    /// Moving and changing in a text.
    Text,
}

impl Group {
    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Here => "Here",
            Self::Everywhere => "Everywhere",
            Self::Text => "In a text",
        }
    }
}

/// What a key event means; letters that are not bound go into the text that has the keys.
pub fn message(model: &Model, event: KeyEvent) -> Option<Msg> {
    let key = Key::of(event)?;
    if let Some(binding) = bindings(model).into_iter().find(|binding| binding.keys.contains(&key)) {
        return Some(binding.why_not.map_or(Msg::Act(binding.act), Msg::Refused));
    }
    if let Key::Char(letter) = key { Some(Msg::Type(letter)) } else { None }
}

/// Everything that can be done here and now, in the order of the footer.
pub fn bindings(model: &Model) -> Vec<Binding> {
    match &model.overlay {
        None => [pane(model), everywhere(model), text(model)].concat(),
        Some(Overlay::Attention(view)) => [attention::keys(model, view), above(model), text(model)].concat(),
        Some(Overlay::Jobs(view)) => [jobs::keys(model, view), above(model), text(model)].concat(),
        Some(overlay) => [over(overlay, types(model)), above(model), text(model)].concat(),
    }
}

fn here(keys: &'static [Key], words: &'static str, short: &'static str, act: Act) -> Binding {
    let short = Some(short).filter(|short| !short.is_empty());
    Binding { keys, words, short, act, why_not: None, group: Group::Here }
}

fn everywhere_one(keys: &'static [Key], words: &'static str, short: &'static str, act: Act) -> Binding {
    Binding { group: Group::Everywhere, ..here(keys, words, short, act) }
}

impl Binding {
    fn unless(self, why_not: Option<&'static str>) -> Self {
        Self { why_not, ..self }
    }
}

/// The pane that has the keys.
fn pane(model: &Model) -> Vec<Binding> {
    let mut bindings = match model.focus {
        Focus::List if model.people.finding => finding(),
        Focus::List => list(model),
        Focus::Fields => fields(model),
        Focus::Roles => matrix(),
        Focus::Image => picture(),
        Focus::Status => outcome(model),
    };
    let leaves = |edit| model.focus == Focus::Fields && model.form.leaves(edit);
    let on: &[Key] = match (leaves(Edit::Newline) && !has_list(model), leaves(Edit::Down)) {
        (true, true) => &[Key::Tab, Key::Down, Key::Enter],
        (false, true) => &[Key::Tab, Key::Down],
        (true, false) => &[Key::Tab, Key::Enter],
        (false, false) => &[Key::Tab],
    };
    let back: &[Key] = if leaves(Edit::Up) { &[Key::BackTab, Key::Up] } else { &[Key::BackTab] };
    bindings.push(here(on, "Go on to the next field or pane", "next", Act::Next));
    bindings.push(here(back, "Go back to the field or pane before", "", Act::Previous));
    bindings
}

/// The list of people: one letter for each act, because nothing is typed here.
fn list(model: &Model) -> Vec<Binding> {
    use people::Act;
    let nobody = model.people.here().is_none().then_some("Nobody is under the cursor.");
    let write = read_only(model).or(nobody);
    let unmarked = read_only(model).or(model.people.marks.is_empty().then_some("Nobody is marked: Space marks."));
    let one = |keys, words, short, act| here(keys, words, short, Perform::People(act));
    let drafts = if model.drafts.words().is_some() { "drafts" } else { "" };
    let show = Perform::Drafts(drafts::list::Act::Show);
    let on_off = match model.people.here().and_then(|entry| entry.enabled) {
        Some(true) => "off",
        Some(false) | None => "on",
    };
    vec![
        one(&[Key::Enter], "Open the person", "open", Act::Open).unless(nobody),
        one(&[Key::Char('/')], "Find by name, username or e-mail", "find", Act::Find),
        here(&[Key::Char('!')], ATTENTION, attention(model), Perform::Attention(SHOW)),
        here(&[Key::Char('n')], "Begin a new user", "new", Perform::New).unless(read_only(model)),
        here(&[Key::Char('d')], "Drafts: go on with what was not sent, or discard it", drafts, show),
        one(&[Key::Char('c')], "New like this one", "clone", Act::Clone).unless(write),
        one(&[Key::Char('e')], "Enable or disable: whether the person can sign in", on_off, Act::OnOff).unless(write),
        one(&[Key::Char('p')], "Change the password", "password", Act::Password).unless(write),
        one(&[Key::Char(' ')], "Mark, or take the mark away", "mark", Act::Mark).unless(nobody),
        one(&[Key::Char('m')], "Change everybody who is marked", "change marked", Act::Change).unless(unmarked),
        one(&[Key::Char('*')], "Mark everybody who is shown, or nobody", "", Act::MarkFound).unless(nobody),
        one(&[Key::Char('w')], "Send the welcome mail", "", Act::Welcome).unless(write),
        one(&[Key::Char('D')], "Delete the person", "", Act::Delete).unless(write),
        one(&[Key::Char('g')], "Show the person's groups", "", Act::Groups).unless(nobody),
        here(&[Key::Char('h')], "Show what was done to the person", "", Perform::History(history::Act::OpenOf))
            .unless(nobody),
        here(&[Key::Char('H')], "Show what was done here", "", Perform::History(history::Act::Open)),
        here(&[Key::Char('J')], jobs::WORDS, "", Perform::Jobs(crate::app::jobs::Act::Show)),
        one(&[Key::Char('f')], "Choose whom to show", "", Act::Filter),
        one(&[Key::Char('o')], "Another order", "", Act::Order),
        one(&[Key::Char('r')], "Read everybody anew", "", Act::Refresh),
        one(&[Key::Char('s')], "Stop reading, or go on", "", Act::Pause),
        here(&[Key::Char('i')], "Open by id or username", "", Perform::Find),
        one(&[Key::Up, Key::Char('k')], "One line up", "", Act::Move(-1)),
        one(&[Key::Down, Key::Char('j')], "One line down", "", Act::Move(1)),
        one(&[Key::PageUp], "One page up", "", Act::Move(-15)),
        one(&[Key::PageDown], "One page down", "", Act::Move(15)),
        one(&[Key::Home], "To the first", "", Act::Move(i32::MIN)),
        one(&[Key::End], "To the last", "", Act::Move(i32::MAX)),
        one(&[Key::Esc], "Show everybody again", "", Act::Forget),
    ]
}

/// What shows the list of changes that are not finished.
const SHOW: crate::app::attention::Act = crate::app::attention::Act::Show;
const ATTENTION: &str = "Changes that need attention";

/// The footer's word for it, where there is any.
fn attention(model: &Model) -> &'static str {
    if model.attention.count() > 0 { "attention" } else { "" }
}

/// What is looked for in the list is being typed.
fn finding() -> Vec<Binding> {
    use people::Act;
    let one = |keys, words, short, act| here(keys, words, short, Perform::People(act));
    vec![
        one(&[Key::Enter], "Keep what was found", "keep", Act::Found),
        one(&[Key::Esc], "Show everybody again", "everybody", Act::Forget),
        one(&[Key::Up], "One line up", "", Act::Move(-1)),
        one(&[Key::Down], "One line down", "", Act::Move(1)),
        one(&[Key::PageUp], "One page up", "", Act::Move(-15)),
        one(&[Key::PageDown], "One page down", "", Act::Move(15)),
    ]
}

fn read_only(model: &Model) -> Option<&'static str> {
    model.tenant.read_only.then_some("This tenant is read-only: nothing can be sent.")
}

/// Whether Enter opens a list here.
fn has_list(model: &Model) -> bool {
    let kind = model.form.row().field.spec().kind;
    matches!(kind, Kind::Language | Kind::Timezone) && !model.form.row().cleared
}

fn fields(model: &Model) -> Vec<Binding> {
    let row = model.form.row();
    let spec = row.field.spec();
    let password = (spec.kind != Kind::Password).then_some("Only in the password field.");
    let mut bindings = Vec::new();
    match (&row.input, spec.kind) {
        (Input::Switch(_), _) => bindings.push(here(&[Key::Char(' ')], "Turn the switch over", "turn over", Act::Flip)),
        (Input::Text(_), _) if has_list(model) => {
            bindings.push(here(&[Key::Enter], "Open the list", "list", Act::Choose));
        }
        (Input::Text(_), _) => {}
    }
    if spec.kind == Kind::Password {
        bindings.push(here(&[Key::Ctrl('g')], "Make a password", "make one", Act::Generate));
        bindings.push(here(&[Key::Ctrl('v')], "Show the password for ten seconds", "show", Act::Reveal));
    }
    let unclearable = match model.operation() {
        Operation::Create => Some("A field of a new user is left empty, not cleared."),
        Operation::Update if !spec.clearable => Some("This field cannot be cleared."),
        Operation::Update => None,
    };
    let short = if unclearable.is_none() { "clear" } else { "" };
    bindings.push(
        here(&[Key::Ctrl('x')], "Clear the field on the server, or take that back", short, Act::Clear)
            .unless(unclearable),
    );
    if password.is_some() {
        bindings.push(here(&[Key::Ctrl('g')], "Make a password", "", Act::Generate).unless(password));
        bindings.push(here(&[Key::Ctrl('v')], "Show the password for ten seconds", "", Act::Reveal).unless(password));
    }
    bindings
}

fn matrix() -> Vec<Binding> {
    use roles::Act::{Down, Left, Right, Toggle, Untouch, Up};
    vec![
        here(&[Key::Char(' '), Key::Char('x')], "Give or take the role", "give or take", Act::Roles(Toggle)),
        here(&[Key::Char('u')], "Put the section back to untouched", "untouch", Act::Roles(Untouch)),
        here(&[Key::Up, Key::Char('k')], "One section up", "", Act::Roles(Up)),
        here(&[Key::Down, Key::Char('j')], "One section down", "", Act::Roles(Down)),
        here(&[Key::Left, Key::Char('h')], "One role to the left", "", Act::Roles(Left)),
        here(&[Key::Right, Key::Char('l')], "One role to the right", "", Act::Roles(Right)),
        here(&[Key::Esc], "Back to the fields", "back", Act::Back),
    ]
}

fn picture() -> Vec<Binding> {
    vec![
        here(&[Key::Enter, Key::Char('f')], "Look for a picture's file", "file", Act::Image(image::Act::File)),
        here(&[Key::Char('u')], "Write a picture's URL", "URL", Act::Image(image::Act::Url)),
        here(&[Key::Char('b')], "Paste a picture as base64 or data: URI", "base64", Act::Image(image::Act::Paste)),
        here(&[Key::Char('x')], "Send no picture", "none", Act::Image(image::Act::None)),
        here(&[Key::Esc], "Back to the fields", "back", Act::Back),
    ]
}

fn outcome(model: &Model) -> Vec<Binding> {
    let answered = model.status.answered();
    let nothing = answered.is_none().then_some("Nothing was answered yet.");
    let settled = match answered {
        Some(answered) if answered.answer.report.verdict == Verdict::InDoubt => None,
        Some(answered) if answered.verdict() == Verdict::Pending => None,
        _ => Some("Only what is in doubt or queued is looked up."),
    };
    vec![
        here(&[Key::Enter], "Show the platform's answer in full", "in full", Act::Status(status::Act::Detail))
            .unless(nothing),
        here(&[Key::Char('e')], "Open the user of the last request", "open user", Act::Status(status::Act::Edit))
            .unless(nothing),
        attention::repair_last(model),
        here(&[Key::Char('l')], "Look the user up", "look", Act::Status(status::Act::Look)).unless(settled),
        here(&[Key::Char('!')], ATTENTION, "", Act::Attention(SHOW)),
        here(
            &[Key::Char('y')],
            "Show it for the ticket, and copy it",
            "ticket",
            Act::History(history::Act::SummaryOfLast),
        )
        .unless(nothing),
        here(&[Key::Up, Key::Char('k')], "One platform up", "", Act::Status(status::Act::Move(-1))),
        here(&[Key::Down, Key::Char('j')], "One platform down", "", Act::Status(status::Act::Move(1))),
        here(
            &[Key::Esc],
            if model.status.sending().is_some_and(|sending| sending.watched) {
                "Stop watching; the request goes on"
            } else {
                "Back to the list or the fields"
            },
            "back",
            Act::Back,
        ),
    ]
}

fn everywhere(model: &Model) -> Vec<Binding> {
    let read_only = read_only(model);
    let unsendable = read_only.or_else(|| model.status.forbids(model.form_ticket));
    let mut bindings = Vec::new();
    if model.screen == Screen::Editor {
        bindings.extend([
            everywhere_one(&[Key::Ctrl('t')], "Go to the roles", "roles", Act::Go(Focus::Roles)),
            everywhere_one(&[Key::Ctrl('o')], "Go to the image", "image", Act::Go(Focus::Image)),
            everywhere_one(&[Key::Ctrl('r')], "Review what would be sent", "review", Act::Review).unless(unsendable),
            everywhere_one(&[Key::Ctrl('s')], "Send, after the review", "send", Act::Send).unless(unsendable),
        ]);
        if !model.recipes.is_empty() && model.operation() == Operation::Update {
            bindings
                .push(everywhere_one(&[Key::F(3)], "Fill the form in by a recipe", "", Act::Recipes).unless(read_only));
        }
        let unknown = model.form.subject.person().is_none().then_some("Nobody is open.");
        let words = "Show what was done to the person";
        bindings.push(everywhere_one(&[Key::F(5)], words, "", Act::History(history::Act::OpenOf)).unless(unknown));
        if model.focus == Focus::Fields {
            bindings.push(everywhere_one(&[Key::Esc], "Back to the list; what was typed is kept", "people", Act::Back));
        }
    }
    bindings.extend([
        everywhere_one(&[Key::Ctrl('f')], "Open a user by id or username", "open", Act::Find),
        everywhere_one(&[Key::Ctrl('n')], "Begin a new user", "new", Act::New).unless(read_only),
        everywhere_one(&[Key::Ctrl('b')], "Go to the status", "", Act::Go(Focus::Status)),
        everywhere_one(&[Key::F(2)], "Change between synchronous and asynchronous", "", Act::Synchronization),
        everywhere_one(&[Key::F(4)], ATTENTION, "", Act::Attention(SHOW)),
        everywhere_one(
            &[Key::F(6)],
            "Ticket number kept with every change",
            "",
            Act::TicketNumber(ticket_number::Act::Ask),
        ),
        everywhere_one(&[Key::F(7)], jobs::WORDS, "", Perform::Jobs(crate::app::jobs::Act::Show)),
        everywhere_one(&[Key::Ctrl('p')], "Every act, found as you type", "all", Act::Palette),
    ]);
    if model.screen == Screen::People {
        let unfinished = (!model.has_unsent_work()).then_some("Nothing was left unsent.");
        bindings.push(
            everywhere_one(&[Key::Ctrl('g')], "Back to what was typed and not sent", "", Act::Editor)
                .unless(unfinished),
        );
    }
    bindings.extend(terminal());
    if !types(model) {
        bindings.push(everywhere_one(&[Key::Char('?')], "The keys", "", Act::Help));
        bindings.push(everywhere_one(&[Key::Char('q')], "Leave", "", Act::Quit));
    }
    bindings
}

/// What works over what lies over the screen.
fn above(model: &Model) -> Vec<Binding> {
    let is_page = matches!(model.overlay, Some(Overlay::Palette(_) | Overlay::Help(..)));
    let palette = everywhere_one(&[Key::Ctrl('p')], "Every act, found as you type", "", Act::Palette);
    (!is_page).then_some(palette).into_iter().chain(terminal()).collect()
}

/// What works whatever lies over the screen.
fn terminal() -> Vec<Binding> {
    vec![
        everywhere_one(&[Key::F(1)], "The keys", "help", Act::Help),
        everywhere_one(&[Key::Ctrl('q'), Key::Ctrl('c')], "Leave", "quit", Act::Quit),
        everywhere_one(&[Key::Ctrl('z')], "Give the terminal back to the shell until fg", "", Act::Suspend),
        everywhere_one(&[Key::Ctrl('l')], "Draw the screen anew", "", Act::Redraw),
    ]
}

/// Whether letters are text now.
fn types(model: &Model) -> bool {
    match &model.overlay {
        None => match model.focus {
            Focus::List => model.people.finding,
            Focus::Fields => matches!(model.form.row().input, Input::Text(_)),
            Focus::Roles | Focus::Image | Focus::Status => false,
        },
        Some(Overlay::Batch(batch)) => batch.wants_name(model.tenant.production),
        Some(Overlay::Jobs(view)) => view.types(model.tenant.production),
        Some(overlay) => edits(overlay),
    }
}

fn edits(overlay: &Overlay) -> bool {
    match overlay {
        Overlay::Palette(_)
        | Overlay::Chooser(_)
        | Overlay::Picker(_)
        | Overlay::Url(_)
        | Overlay::Paste(_)
        | Overlay::Open(_)
        | Overlay::Menu(_)
        | Overlay::TicketNumber(_) => true,
        Overlay::Attention(view) => view.dismissing.is_some(),
        Overlay::Deed(question) => question.kind.prompt().is_some(),
        Overlay::Help(..)
        | Overlay::Confirm(_)
        | Overlay::Review(_)
        | Overlay::Detail(_)
        | Overlay::Batch(_)
        | Overlay::ThreeWay(_)
        | Overlay::Drafts(_)
        | Overlay::Groups(_)
        | Overlay::Jobs(_)
        | Overlay::Summary(_)
        | Overlay::CommandLine(_) => false,
        Overlay::History(history) => history.finding,
    }
}

/// Moving and changing in the text that has the keys.
fn text(model: &Model) -> Vec<Binding> {
    if !types(model) || matches!(model.overlay, Some(Overlay::Paste(_))) {
        return Vec::new();
    }
    let one = |keys, words, edit| Binding { group: Group::Text, ..here(keys, words, "", Act::Edit(edit)) };
    vec![
        one(&[Key::Left], "One letter to the left", Edit::Left),
        one(&[Key::Right], "One letter to the right", Edit::Right),
        one(&[Key::CtrlLeft, Key::Alt('b')], "One word to the left", Edit::WordLeft),
        one(&[Key::CtrlRight, Key::Alt('f')], "One word to the right", Edit::WordRight),
        one(&[Key::Home, Key::Ctrl('a')], "To the beginning of the line", Edit::Home),
        one(&[Key::End, Key::Ctrl('e')], "To the end of the line", Edit::End),
        one(&[Key::Up], "One line up", Edit::Up),
        one(&[Key::Down], "One line down", Edit::Down),
        one(&[Key::Backspace], "Rub out to the left", Edit::Backspace),
        one(&[Key::Delete, Key::Ctrl('d')], "Rub out to the right", Edit::Delete),
        one(&[Key::Ctrl('w')], "Cut the word to the left", Edit::KillWord),
        one(&[Key::Ctrl('k')], "Cut to the end of the line", Edit::KillToEnd),
        one(&[Key::Ctrl('u')], "Cut to the beginning of the line", Edit::KillToStart),
        one(&[Key::Ctrl('y')], "Put back what was cut", Edit::Yank),
        one(&[Key::Ctrl('_')], "Undo", Edit::Undo),
        one(&[Key::Enter], "New line", Edit::Newline),
    ]
}
