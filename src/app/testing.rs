//! A hand for tests: presses keys on a model and keeps what they made the program want.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::keymap;
use crate::app::model::Model;
use crate::app::msg::{Msg, News};
use crate::app::update::update;
use crate::domain::draft::Subject;
use crate::domain::field::Revision;
use crate::domain::fields::Field;
use crate::domain::look::{Depth, Look};
use crate::domain::order::Order;
use crate::domain::outcome::{Answer, Cause, PlatformReport, PlatformState, Report, Verdict};
use crate::domain::person::Person;
use crate::domain::request::{Reason, Request};
use crate::domain::roles::{Catalogue, Catalogues, Role, Roles, Section};
use crate::domain::tenant::{Synchronization, Tenant};
use crate::domain::untrusted::Untrusted;

/// A tenant of the original revision, as the sandbox is.
pub fn tenant() -> Tenant {
    Tenant {
        name: "sandbox".into(),
        sandbox: true,
        production: false,
        read_only: false,
        revision: Revision::Original,
        synchronization: Synchronization::Synchronous,
    }
}

/// The four sections of the seeds.
pub fn catalogue() -> Catalogue {
    let role = |key: &str| Role {
        key: key.into(),
        label: key.into(),
        help: format!("What {key} may do."),
        grave: key == "admin",
    };
    let section = |key: &str, roles: &[&str]| Section {
        key: key.into(),
        label: key.into(),
        roles: roles.iter().map(|key| role(key)).collect(),
        needs_one: false,
    };
    Catalogue::new(vec![
        section("management", &["user", "admin"]),
        section("training", &["user", "trainer", "admin"]),
        section("social", &["user", "admin"]),
        section("play", &["user", "admin"]),
    ])
}

/// The program as it starts, with nobody read yet.
pub fn listing() -> Model {
    let look = Look { depth: Depth::Sixteen, unicode: true };
    Model::new(tenant(), look, Catalogues { create: catalogue(), update: catalogue() })
}

/// The empty form of a new user.
pub fn model() -> Model {
    let mut model = listing();
    model.begin(Subject::New);
    model
}

/// Somebody who is there.
pub fn marta() -> Person {
    let texts = [
        (Field::Name, "Marta"),
        (Field::Surname, "López"),
        (Field::Email, "marta.lopez@acme.example"),
        (Field::Language, "es"),
        (Field::Timezone, "Europe/Paris"),
        (Field::OfficePhone, "+34 981 000 000"),
        (Field::MobilePhone, "+34 600 000 000"),
        (Field::Location, "A Coruña"),
        (Field::AboutMe, "I have been with Acme\nsince 2009.\nAsk me about courses."),
    ];
    let roles = |roles: &[&str]| roles.iter().map(|role| (*role).to_owned()).collect();
    Person {
        id: Some("ff808181556ee70e015572136a250012".into()),
        username: "marta.lopez".into(),
        texts: texts.map(|(field, text)| (field, text.to_owned())).into(),
        enabled: Some(true),
        roles: Roles::from([
            ("management".into(), roles(&["user", "admin"])),
            ("training".into(), roles(&["user", "trainer"])),
            ("social".into(), roles(&["user"])),
        ]),
        pairs: Vec::new(),
        has_picture: true,
    }
}

/// The program with Marta opened.
pub fn editing() -> Model {
    let mut model = model();
    model.begin(Subject::Known(Box::new(marta())));
    model
}

/// The program with a new user typed in whole.
pub fn filled() -> Model {
    let mut model = model();
    let _ = press(
        &mut model,
        "nora.vidal<Tab>correct horse<Tab>Nora<Tab>Vidal<Tab>nora.vidal@acme.example<Tab>gl<Tab>Europe/Paris<Tab>",
    );
    model
}

/// Presses keys: letters, and names such as `<Tab>` or `<C-s>`. What is wanted of drafts is left out: [`press_all`] has it.
///
/// # Panics
/// A name is no key's.
pub fn press(model: &mut Model, keys: &str) -> Effects {
    without_drafts(press_all(model, keys))
}

/// The same with what is wanted of drafts.
///
/// # Panics
/// A name is no key's.
pub fn press_all(model: &mut Model, keys: &str) -> Effects {
    let mut effects = Effects::none();
    for event in events(keys) {
        if let Some(msg) = keymap::message(model, event) {
            effects = effects.and(update(model, msg));
        }
    }
    effects
}

/// Tells the program what the world answered. What is wanted of drafts is left out.
pub fn tell(model: &mut Model, news: News) -> Effects {
    without_drafts(update(model, Msg::News(news)))
}

fn without_drafts(effects: Effects) -> Effects {
    let others = effects.into_iter().filter(|effect| !matches!(effect, Effect::Draft(_)));
    others.fold(Effects::none(), |all, effect| all.and(Effects::one(effect)))
}

fn events(keys: &str) -> Vec<KeyEvent> {
    let mut rest = keys;
    let mut events = Vec::new();
    while let Some(first) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
        if let Some((name, after)) = named {
            events.push(named_event(name));
            rest = after;
        } else {
            events.push(KeyEvent::new(KeyCode::Char(first), KeyModifiers::NONE));
            rest = &rest[first.len_utf8()..];
        }
    }
    events
}

fn named_event(name: &str) -> KeyEvent {
    if let Some(letter) = name.strip_prefix("C-").and_then(|rest| rest.chars().next()) {
        return KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL);
    }
    let code = match name {
        "Tab" => KeyCode::Tab,
        "S-Tab" => KeyCode::BackTab,
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "BS" => KeyCode::Backspace,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "PgDn" => KeyCode::PageDown,
        "F1" => KeyCode::F(1),
        "F2" => KeyCode::F(2),
        "F3" => KeyCode::F(3),
        other => panic!("no key is called {other}"),
    };
    KeyEvent::new(code, KeyModifiers::NONE)
}

/// The change that was submitted, and the ticket it waits under.
pub fn submitted(effects: &Effects) -> Option<(Ticket, Arc<Request>)> {
    effects.as_slice().iter().find_map(|effect| {
        if let Effect::Submit { ticket, order: Order::Change(request), .. } = effect {
            Some((*ticket, Arc::clone(request)))
        } else {
            None
        }
    })
}

/// The fields of a change, and why each is sent.
pub fn fields(order: &Order) -> Vec<(Field, Reason)> {
    match order {
        Order::Change(request) => request.lines().iter().map(|line| (line.field, line.reason)).collect(),
        Order::Deed(_) => Vec::new(),
    }
}

/// Reviews and sends.
///
/// # Panics
/// Something stood against the sending.
pub fn send(model: &mut Model) -> (Ticket, Arc<Request>) {
    let _ = press(model, "<C-s>");
    submitted(&press(model, "<Enter>")).expect("the review was open, and Enter sent it")
}

/// An answer of which the platforms say these things.
pub fn answer(verdict: Verdict, platforms: &[(&str, PlatformState, Option<u16>, Option<&str>)]) -> Box<Answer> {
    let rows = platforms.iter().map(|(name, state, status, message)| PlatformReport {
        name: Untrusted::new(*name),
        state: *state,
        status: *status,
        message: message.map(Untrusted::new),
        location: None,
    });
    let report = Report {
        http: Some(200),
        status: Some(201),
        platforms: rows.collect(),
        ..Report::without_reply(verdict, Cause::Platforms)
    };
    Box::new(Answer { report, asked: "14:02:11".into(), took: Duration::from_millis(1200) })
}

/// Every platform did it.
pub fn done() -> Box<Answer> {
    let row = |name| (name, PlatformState::Done, Some(201), None);
    answer(Verdict::Applied, &[row("management"), row("training"), row("social")])
}

/// Nobody knows.
pub fn doubt() -> Box<Answer> {
    let report = Report::without_reply(Verdict::InDoubt, Cause::Timeout(120));
    Box::new(Answer { report, asked: "14:02:11".into(), took: Duration::from_secs(120) })
}
