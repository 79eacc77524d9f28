//! A hand for tests: presses keys on a model and keeps what they made the program want.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::app::attention::{self, Item};
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::keymap;
use crate::app::model::Model;
use crate::app::msg::{Msg, News};
use crate::app::update::update;
use crate::domain::draft::Subject;
use crate::domain::field::Revision;
use crate::domain::fields::Field;
use crate::domain::history::Told;
use crate::domain::look::{Depth, Look};
use crate::domain::order::Order;
use crate::domain::outcome::{Answer, Cause, PlatformReport, PlatformState, Report, Verdict};
use crate::domain::person::Person;
use crate::domain::record::{
    Act, Change, ChangeId, Intent, Kept, Outcome, Purpose, Realm, Seen, Sequel, Standing, Touched, Who,
};
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
        "F4" => KeyCode::F(4),
        "F5" => KeyCode::F(5),
        "F6" => KeyCode::F(6),
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

/// A change of Marta's telephone, or a create of Nora, as the journal has it: sent at 14:02, three minutes ago.
pub fn item(id: i64, act: Act, standing: Standing) -> Item {
    let text = |field, old: Kept, new: &str| Touched { field, old, new: Kept::Text(new.to_owned()), echoed: false };
    let (username, key, touched) = match act {
        Act::Create => (
            "nora.vidal",
            None,
            vec![
                text(Field::Username, Kept::Nothing, "nora.vidal"),
                Touched {
                    field: Field::Password,
                    old: Kept::Nothing,
                    new: Kept::Mark { size: 13, fingerprint: "4f6b".into() },
                    echoed: false,
                },
                text(Field::Name, Kept::Nothing, "Nora"),
                text(Field::Surname, Kept::Nothing, "Vidal"),
                text(Field::Email, Kept::Nothing, "nora.vidal@acme.example"),
                text(Field::Language, Kept::Nothing, "gl"),
                text(Field::Timezone, Kept::Nothing, "Europe/Paris"),
            ],
        ),
        Act::Update => (
            "marta.lopez",
            marta().id,
            vec![text(Field::MobilePhone, Kept::Text("+34 611 111 111".into()), "+34 600 000 000")],
        ),
        Act::Activate | Act::Deactivate => {
            let on = act == Act::Activate;
            let enabled =
                Touched { field: Field::Enabled, old: Kept::Switch(!on), new: Kept::Switch(on), echoed: false };
            ("marta.lopez", marta().id, vec![enabled])
        }
        Act::ChangePassword | Act::WelcomeMail | Act::Delete => ("marta.lopez", marta().id, Vec::new()),
    };
    let intent = Intent {
        act,
        username: username.into(),
        key,
        synchronization: Synchronization::Asynchronous,
        touched,
        ticket: None,
        purpose: Purpose::Change,
        job: None,
        instead_of: None,
    };
    let change = Change {
        id: ChangeId(id),
        at: 1_000_000,
        realm: Realm::default(),
        who: Who { user: "anna".into(), uid: 1000, ssh: None },
        intent,
        outcome: Some(Outcome::without_reply(Verdict::InDoubt, "no answer within 120 s")),
        sequels: Vec::new(),
        standing,
        elsewhere: false,
    };
    Item { change, when: "14:02".into(), age: "3 min ago".into(), wait: None, times: Vec::new() }
}

/// The same with an answer of which the platforms say these things.
pub fn answered_item(
    id: i64,
    act: Act,
    standing: Standing,
    platforms: &[(&str, PlatformState, Option<u16>, Option<&str>)],
) -> Item {
    let mut item = item(id, act, standing);
    let report = answer(Verdict::Partial, platforms).report;
    let made = (act == Act::Create).then(|| "ff808181556ee70e015572136a250077".to_owned());
    item.change.outcome = Some(Outcome { id: made, ..Outcome::of(&report, 1200) });
    item
}

/// The same after a look, so many milliseconds after it was sent.
pub fn looked(mut item: Item, seen: Seen, after: i64) -> Item {
    let act = item.change.intent.act;
    let sequel = Sequel::LookedUp(seen);
    item.change.standing = item.change.standing.then(act, &sequel);
    item.change.sequels.push((item.change.at + after, sequel));
    item.times.push("14:03".into());
    item
}

/// Tells the program what the journal lists, as its answer to the question that is open.
pub fn listed(model: &mut Model, items: Vec<Item>) -> Effects {
    let effects = attention::refresh(model);
    let [Effect::Attention { ticket, .. }] = effects.as_slice() else { return Effects::none() };
    let ticket = *ticket;
    tell(model, News::Attention(ticket, attention::Told::List(Ok(items))))
}

/// Nobody knows.
pub fn doubt() -> Box<Answer> {
    let report = Report::without_reply(Verdict::InDoubt, Cause::Timeout(120));
    Box::new(Answer { report, asked: "14:02:11".into(), took: Duration::from_secs(120) })
}

/// A change of Marta that was done: her surname and her place, as it is told in the history.
pub fn told(id: i64, standing: Standing) -> Told {
    let touched = |field, old: &str, new: &str| Touched {
        field,
        old: Kept::Text(old.into()),
        new: Kept::Text(new.into()),
        echoed: false,
    };
    let intent = Intent {
        act: Act::Update,
        username: "marta.lopez".into(),
        key: marta().id,
        synchronization: Synchronization::Synchronous,
        touched: vec![touched(Field::Surname, "Lopes", "López"), touched(Field::Location, "Vigo", "A Coruña")],
        ticket: Some(format!("INC-{id}")),
        purpose: Purpose::Change,
        job: None,
        instead_of: None,
    };
    let row = |name: &str, state| PlatformReport {
        name: Untrusted::new(name),
        state,
        status: Some(200),
        message: None,
        location: None,
    };
    let rows = vec![row("management", PlatformState::Done), row("training", PlatformState::Done)];
    let outcome = Outcome { http: Some(200), platforms: rows, took: 1234, ..Outcome::of(&done().report, 0) };
    let change = Change {
        id: ChangeId(id),
        at: id * 1000,
        realm: Realm { tenant: "sandbox".into(), origin: "sandbox".into() },
        who: Who { user: "anna".into(), uid: 1000, ssh: Some("10.0.0.7".into()) },
        intent,
        outcome: Some(outcome),
        sequels: Vec::new(),
        standing,
        elsewhere: false,
    };
    Told::of(change, |at| format!("2026-11-22 14:02:{:02} +01:00", at / 1000 % 60))
}
