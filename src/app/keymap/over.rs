//! The keys of what lies over the screen.

use crate::app::batch::{self, Batch, Stage};
use crate::app::chooser;
use crate::app::deeds;
use crate::app::drafts::list;
use crate::app::editor::Edit;
use crate::app::history::{self, History};
use crate::app::image;
use crate::app::key::Key;
use crate::app::keymap::{Binding, here};
use crate::app::menu;
use crate::app::model::{Confirm, Overlay};
use crate::app::msg::Act;
use crate::app::open;
use crate::app::picker;
use crate::app::three_way;
use crate::app::ticket_number;
use crate::domain::undo::forbids;

const BACK: &[Key] = &[Key::Esc];

/// Lines up and down, and by pages.
pub(super) fn scrolling(act: fn(i16) -> Act, letters: bool) -> Vec<Binding> {
    let (up, down): (&[Key], &[Key]) =
        if letters { (&[Key::Up, Key::Char('k')], &[Key::Down, Key::Char('j')]) } else { (&[Key::Up], &[Key::Down]) };
    vec![
        here(up, "One line up", "", act(-1)),
        here(down, "One line down", "", act(1)),
        here(&[Key::PageUp], "One page up", "", act(-10)),
        here(&[Key::PageDown], "One page down", "", act(10)),
    ]
}

/// What lies over the screen: its own keys, and how to move in it. Where letters are text, no act has one.
pub(super) fn over(overlay: &Overlay, types: bool) -> Vec<Binding> {
    let movement = match overlay {
        Overlay::Help(..)
        | Overlay::Detail(_)
        | Overlay::Groups(_)
        | Overlay::Review(_)
        | Overlay::Summary(_)
        | Overlay::CommandLine(_) => scrolling(Act::Scroll, true),
        Overlay::Palette(_) => scrolling(Act::Move, false),
        Overlay::Chooser(_) => scrolling(|by| Act::Chooser(chooser::Act::Move(by)), false),
        Overlay::Picker(_) => scrolling(|by| Act::Picker(picker::Act::Move(by)), false),
        Overlay::Menu(_) => scrolling(|by| Act::Menu(menu::Act::Move(by)), false),
        Overlay::Batch(_) => scrolling(|by| Act::Batch(batch::Act::Move(by)), false),
        Overlay::History(history) => scrolling(|by| Act::History(history::Act::Move(by.into())), !history.finding),
        Overlay::ThreeWay(_) => scrolling(|by| Act::ThreeWay(three_way::Act::Move(by)), true),
        Overlay::Drafts(view) if view.asking => Vec::new(),
        Overlay::Drafts(_) => scrolling(|by| Act::Drafts(list::Act::Move(by)), true),
        Overlay::Confirm(_) | Overlay::Url(_) | Overlay::Paste(_) | Overlay::Open(_) | Overlay::Deed(_) => Vec::new(),
        // Its keys depend on more than what is open: see the file of its own.
        Overlay::Attention(_) | Overlay::TicketNumber(_) | Overlay::Jobs(_) => Vec::new(),
    };
    [own(overlay, types), movement].concat()
}

/// Shows the command line.
pub(super) fn command_line(types: bool) -> Binding {
    let keys: &[Key] = if types { &[Key::Ctrl('o')] } else { &[Key::Char('y'), Key::Ctrl('o')] };
    here(keys, "Show its command line, and copy it", "command line", Act::CommandLine)
}

/// The keys that only this overlay has.
fn own(overlay: &Overlay, types: bool) -> Vec<Binding> {
    let take = |words, act| {
        vec![here(&[Key::Enter], words, "take", act), here(BACK, "Back, nothing taken", "back", Act::Back)]
    };
    match overlay {
        Overlay::Help(..) => vec![here(&[Key::Esc, Key::Char('q'), Key::Char('?')], "Close", "close", Act::Back)],
        Overlay::History(history) => history_keys(history),
        Overlay::Detail(_) | Overlay::Groups(_) | Overlay::Summary(_) | Overlay::CommandLine(_) => {
            vec![here(&[Key::Esc, Key::Enter, Key::Char('q')], "Close", "close", Act::Back)]
        }
        Overlay::Palette(_) => {
            vec![here(&[Key::Enter], "Do it", "do it", Act::Pick), here(BACK, "Close", "close", Act::Back)]
        }
        // Whoever presses the key of leaving twice means it; nothing is lost by it.
        Overlay::Confirm(confirm) => vec![
            here(yes_keys(confirm), "Yes", "yes", Act::Yes),
            here(&[Key::Esc, Key::Char('n')], "No", "no", Act::Back),
        ],
        Overlay::Chooser(_) => take("Take this one", Act::Chooser(chooser::Act::Take)),
        Overlay::Menu(_) => take("Take this one", Act::Menu(menu::Act::Take)),
        Overlay::Url(_) => take("Take the URL", Act::Image(image::Act::Take)),
        Overlay::Picker(picker) => picker_keys(picker),
        Overlay::Paste(question) => paste_keys(question),
        Overlay::Open(question) => open_keys(question),
        Overlay::Deed(question) => deed_keys(question, types),
        Overlay::Batch(batch) => batch_keys(batch, types),
        Overlay::Drafts(view) => draft_keys(view),
        Overlay::ThreeWay(_) => vec![
            here(&[Key::Char('t')], "Take theirs for this field", "take theirs", Act::ThreeWay(three_way::Act::Theirs)),
            here(&[Key::Esc, Key::Enter], "To the form, which has both", "to the form", Act::Back),
        ],
        Overlay::Attention(_) | Overlay::Jobs(_) => Vec::new(),
        Overlay::TicketNumber(question) => vec![
            here(
                &[Key::Enter],
                "Keep this number with what is sent",
                if question.then.is_some() { "take it and send" } else { "take it" },
                Act::TicketNumber(ticket_number::Act::Take),
            ),
            here(BACK, "Back, nothing sent", "back", Act::Back),
        ],
        Overlay::Review(review) => vec![
            here(&[Key::Enter, Key::Ctrl('s')], "Send it", "send", Act::Send),
            here(
                &[Key::Char('m'), Key::F(2)],
                "Change between synchronous and asynchronous",
                "mode",
                Act::Synchronization,
            )
            .unless(review.repair.as_ref().map(|_| "A repair waits for every platform.")),
            command_line(types),
            here(&[Key::Esc, Key::Ctrl('r')], "Back, nothing sent", "back", Act::Back),
        ],
    }
}

fn yes_keys(confirm: &Confirm) -> &'static [Key] {
    if confirm.yes == Act::QuitKept {
        &[Key::Char('y'), Key::Ctrl('q'), Key::Ctrl('c'), Key::Char('q')]
    } else {
        &[Key::Char('y')]
    }
}

fn draft_keys(view: &list::View) -> Vec<Binding> {
    if view.asking {
        return vec![
            here(&[Key::Char('y')], "Discard it", "discard it", Act::Drafts(list::Act::DiscardAnyway)),
            here(&[Key::Char('n'), Key::Esc], "Keep it", "keep it", Act::Drafts(list::Act::Spare)),
        ];
    }
    vec![
        here(&[Key::Enter], "Go on with it", "go on with it", Act::Drafts(list::Act::Take)),
        here(&[Key::Char('x')], "Discard it", "discard", Act::Drafts(list::Act::Discard)),
        here(&[Key::Esc, Key::Char('q')], "Back, everything kept", "back", Act::Back),
    ]
}

fn history_keys(history: &History) -> Vec<Binding> {
    use history::Act::{Detail, Find, Forget, Found, Move, Summary, Undo};
    let one = |keys, words, short, act| here(keys, words, short, Act::History(act));
    if history.finding {
        return vec![
            one(&[Key::Enter], "Keep what was found", "keep", Found),
            one(BACK, "Show everything again", "everything", Forget),
        ];
    }
    let told = history.here();
    let nothing = told.is_none().then_some("Nothing is under the cursor.");
    let final_one = told.and_then(|told| forbids(&told.change));
    let mut bindings = vec![];
    if history.detail.is_none() {
        bindings.push(one(&[Key::Enter], "Show the change in full", "in full", Detail).unless(nothing));
        bindings.push(one(&[Key::Char('/')], "Find a change", "find", Find));
    }
    bindings.extend([
        one(&[Key::Char('u')], "Take the change back, after a review", "take back", Undo).unless(nothing.or(final_one)),
        one(&[Key::Char('y')], "Show it for the ticket, and copy it", "ticket", Summary).unless(nothing),
    ]);
    if history.detail.is_some() {
        bindings.push(here(&[Key::Esc, Key::Enter, Key::Char('q')], "Back to the list", "back", Act::Back));
        return bindings;
    }
    bindings.extend([
        one(&[Key::Home], "To the newest", "", Move(i32::MIN)),
        one(&[Key::End], "To the oldest that was read", "", Move(i32::MAX)),
    ]);
    bindings.push(if history.query.is_empty() {
        here(&[Key::Esc, Key::Char('q')], "Close", "close", Act::Back)
    } else {
        one(BACK, "Show everything again", "everything", Forget)
    });
    bindings
}

fn picker_keys(picker: &picker::Picker) -> Vec<Binding> {
    let empty = picker.query.is_empty();
    let take: &[Key] = if empty { &[Key::Enter, Key::Right] } else { &[Key::Enter] };
    let up: &[Key] = if empty { &[Key::Left, Key::Backspace] } else { &[] };
    let words = if picker.offer().is_some() { "agree and take" } else { "take" };
    let what = match picker.wanted {
        picker::Wanted::Picture => "Open the folder or take the picture",
        picker::Wanted::People => "Open the folder or take the file",
    };
    vec![
        here(take, what, words, Act::Picker(picker::Act::Take)),
        here(up, "To the folder above", "folder above", Act::Picker(picker::Act::Up)),
        here(
            &[Key::Ctrl('d')],
            "Show or hide names that begin with a dot",
            "dot files",
            Act::Picker(picker::Act::Hidden),
        ),
        here(BACK, "Back, nothing taken", "back", Act::Back),
    ]
}

fn paste_keys(question: &image::PasteQuestion) -> Vec<Binding> {
    let agreeable = question.fault.as_ref().and_then(|fault| image::wish_for(fault, question.wish)).is_some();
    let take = if agreeable {
        here(&[Key::Enter], "Agree, and take the picture", "agree and take", Act::Image(image::Act::Agree))
    } else {
        here(&[Key::Enter], "Take the picture", "take", Act::Image(image::Act::Take))
    };
    let nothing = question.text.is_empty().then_some("Nothing was pasted yet.");
    vec![
        take.unless(nothing),
        here(&[Key::Ctrl('u')], "Begin again", "begin again", Act::Edit(Edit::KillToStart)),
        here(BACK, "Back, nothing taken", "back", Act::Back),
    ]
}

fn deed_keys(question: &deeds::Question, types: bool) -> Vec<Binding> {
    let mut bindings = vec![here(&[Key::Enter], "Do it", "do it", Act::DoDeed)];
    if question.kind == deeds::Kind::Password {
        bindings.push(here(&[Key::Ctrl('g')], "Make a password", "make one", Act::Generate));
        bindings.push(here(&[Key::Ctrl('v')], "Show the password for ten seconds", "show", Act::Reveal));
    }
    bindings.push(command_line(types));
    bindings.push(here(BACK, "Back, nothing done", "back", Act::Back));
    bindings
}

fn batch_keys(batch: &Batch, types: bool) -> Vec<Binding> {
    let back =
        here(BACK, "Back", if batch.stage == Stage::Running && !batch.is_over() { "stop" } else { "back" }, Act::Back);
    match batch.stage {
        Stage::Plan => vec![
            here(&[Key::Enter], "Carry the plan out", "carry out", Act::Batch(batch::Act::Run)),
            command_line(types),
            back,
        ],
        Stage::Running => vec![here(&[Key::Char('s')], "Begin nothing new", "", Act::Batch(batch::Act::Stop)), back],
        Stage::Stopped => {
            let run = here(&[Key::Enter, Key::Char('s')], "Go on", "go on", Act::Batch(batch::Act::Run));
            vec![run, command_line(types), back]
        }
    }
}

fn open_keys(question: &open::Question) -> Vec<Binding> {
    let mut bindings = vec![here(&[Key::Enter], "Open the user", "open", Act::Open(open::Act::Take))];
    if question.may_insist().is_some() {
        let words = "Update without reading: only what you type is sent";
        bindings.push(here(&[Key::Ctrl('b')], words, "update unread", Act::Open(open::Act::Blind)));
    }
    bindings.push(here(BACK, "Back, nothing opened", "back", Act::Back));
    bindings
}
