//! Taking back, against the sandbox and against everything that may have happened since: a person has exactly what they had, or what
//! somebody else gave them.

use std::rc::Rc;
use std::sync::Arc;

use netex_users::api::{Client, Settings};
use netex_users::codec::roles::{BUILT_IN, catalogues};
use netex_users::domain::deed::Deed;
use netex_users::domain::draft::{Draft, Entry, Subject};
use netex_users::domain::field::Revision;
use netex_users::domain::fields::Field;
use netex_users::domain::history::Find;
use netex_users::domain::key::UserKey;
use netex_users::domain::order::{DeedOrder, Order};
use netex_users::domain::outcome::{Sent, Verdict};
use netex_users::domain::patch::Value;
use netex_users::domain::person::Person;
use netex_users::domain::record::{
    Change, ChangeId, Circumstances, Intent, Marks, Purpose, Realm, Sequel, Standing, Who,
};
use netex_users::domain::request::Request;
use netex_users::domain::roles::{Catalogue, RoleGrid};
use netex_users::domain::tenant::Synchronization;
use netex_users::domain::undo::{self, Undo};
use netex_users::journal::Journal;
use netex_users::sandbox::{Sandbox, Scenario};
use netex_users::service::history::PastFault;
use netex_users::service::{Desk, Service};
use proptest::prelude::*;

use crate::chaos::settings_of;
use crate::support::journal::place;
use crate::support::recorder::{Folder, Watched};

fn sections(revision: Revision) -> Catalogue {
    catalogues(BUILT_IN, revision).expect("the built-in roles are without fault").update
}

// --- against the sandbox ---

fn sandbox() -> Rc<Watched> {
    let scenario = Scenario::default();
    let roles = catalogues(BUILT_IN, scenario.revision()).expect("sound roles");
    Watched::new(Sandbox::start(scenario, 0, roles).expect("a free port of loopback"))
}

/// The program as it is after a start: a handle on the journal of its own.
fn started(sandbox: &Sandbox, folder: &std::path::Path, tenant: &str) -> Service {
    let settings = Settings { platforms: vec!["management".into()], ..settings_of(sandbox) };
    let realm = Realm { tenant: tenant.into(), origin: "sandbox".into() };
    let journal = Journal::open(place(folder)).expect("a journal");
    Service::new(Client::new(settings).expect("a client")).journaling(Desk { journal, realm })
}

fn key() -> UserKey {
    UserKey::parse("marta.lopez").expect("a key")
}

async fn marta(service: &Service) -> Person {
    service.read(&key()).await.expect("she is there")
}

async fn send(service: &Service, order: &Order, purpose: Purpose) -> ChangeId {
    let circumstances = Circumstances { purpose, ..Circumstances::default() };
    let Sent::Report(report) = service.submit_with(order, Synchronization::Synchronous, &circumstances).await else {
        panic!("nobody else changed her");
    };
    assert_eq!(report.verdict, Verdict::Applied);
    report.change.expect("it was kept")
}

/// An update of what was just read.
fn update(person: &Person, typed: Vec<(Field, Entry)>, admin: bool) -> Order {
    let catalogue = sections(Revision::Original);
    let mut roles = RoleGrid::new(person.roles.clone());
    if admin {
        roles.toggle(catalogue.section("training").expect("it is there"), "admin");
    }
    let subject = Subject::Known(Box::new(person.clone()));
    let draft =
        Draft { revision: Revision::Original, subject, entries: typed.into_iter().collect(), photo: None, roles };
    Order::Change(Arc::new(draft.check(&catalogue).expect("it may be sent")))
}

async fn planned(service: &Service, id: ChangeId) -> Undo {
    let (change, person) = service.for_undo(id).await.expect("it can be taken back");
    undo::undo(&change, &person, Revision::Original, &sections(Revision::Original)).expect("and is")
}

#[tokio::test]
async fn a_change_is_taken_back_after_a_restart_and_the_person_is_as_before() {
    let sandbox = sandbox();
    let folder = Folder::of(&sandbox);
    let service = started(&sandbox, folder.path(), "test");
    let before = marta(&service).await;
    let typed = vec![
        (Field::Surname, Entry::Text("Lopes Ñúñez".into())),
        (Field::MobilePhone, Entry::Cleared),
        (Field::Interests, Entry::Text("=1+1".into())),
        (Field::AboutMe, Entry::Text("One.\nTwo.".into())),
        (Field::Enabled, Entry::Switch(false)),
    ];
    let change = send(&service, &update(&before, typed, true), Purpose::Change).await;
    let changed = marta(&service).await;
    assert!(changed.text(Field::MobilePhone).is_empty() && changed.enabled == Some(false));
    drop(service);

    let service = started(&sandbox, folder.path(), "test");
    let undo = planned(&service, change).await;
    assert_eq!(undo.left, []);
    let back = send(&service, &undo.order, Purpose::Undo(change)).await;
    assert_eq!(marta(&service).await, before);
    let kept = service.change(change).await.unwrap();
    assert_eq!(kept.standing, Standing::Done, "it was done, whatever came then");
    assert!(matches!(kept.sequels.as_slice(), [(_, Sequel::Undone(by))] if *by == back));
    assert_eq!(service.change(back).await.unwrap().intent.purpose, Purpose::Undo(change));

    // What took it back can be taken back too.
    let undo = planned(&service, back).await;
    send(&service, &undo.order, Purpose::Undo(back)).await;
    assert_eq!(marta(&service).await, changed);
    let found = service.history(Find::default(), None).await.unwrap();
    assert_eq!(found.changes.len(), 3);
}

#[tokio::test]
async fn what_somebody_else_changed_since_is_not_written_over() {
    let sandbox = sandbox();
    let folder = Folder::of(&sandbox);
    let service = started(&sandbox, folder.path(), "test");
    let before = marta(&service).await;
    let text = |text: &str| Entry::Text(text.into());
    let typed = vec![(Field::Surname, text("Lopes")), (Field::Location, text("Vigo"))];
    let change = send(&service, &update(&before, typed, false), Purpose::Change).await;
    let theirs = update(&marta(&service).await, vec![(Field::Location, text("Lugo"))], false);
    send(&service, &theirs, Purpose::Change).await;
    let undo = planned(&service, change).await;
    assert_eq!(undo.left.len(), 1);
    assert!(undo.left[0].why.contains("\"Vigo\"") && undo.left[0].why.contains("\"Lugo\""), "{}", undo.left[0].why);
    send(&service, &undo.order, Purpose::Undo(change)).await;
    let after = marta(&service).await;
    assert_eq!((after.text(Field::Surname), after.text(Field::Location)), (before.text(Field::Surname), "Lugo".into()));
    // And between the plan and the sending there is the last look that every update has.
    let late = send(&service, &update(&after, vec![(Field::Surname, text("Lopes"))], false), Purpose::Change).await;
    let undo = planned(&service, late).await;
    send(&service, &update(&marta(&service).await, vec![(Field::Surname, text("Pena"))], false), Purpose::Change).await;
    let sent = service.submit(&undo.order, Synchronization::Synchronous).await;
    assert!(matches!(sent, Sent::Conflict(_)));
    assert_eq!(marta(&service).await.text(Field::Surname), "Pena");
}

#[tokio::test]
async fn the_sign_in_is_given_back_and_what_is_final_is_not() {
    let sandbox = sandbox();
    let folder = Folder::of(&sandbox);
    let service = started(&sandbox, folder.path(), "test");
    let deed = |deed| Order::Deed(Arc::new(DeedOrder { key: key(), username: "marta.lopez".into(), deed }));
    let change = send(&service, &deed(Deed::Deactivate { message: None }), Purpose::Change).await;
    assert_eq!(marta(&service).await.enabled, Some(false));
    let undo = planned(&service, change).await;
    send(&service, &undo.order, Purpose::Undo(change)).await;
    assert_eq!(marta(&service).await.enabled, Some(true));
    let Sent::Report(mail) = service.submit(&deed(Deed::WelcomeMail), Synchronization::Synchronous).await else {
        panic!("a mail changes nothing that somebody else could have changed");
    };
    let refused = service.for_undo(mail.change.unwrap()).await.unwrap_err();
    assert!(matches!(refused, PastFault::Refused(why) if why.contains("cannot be undone")), "{refused}");
}

#[tokio::test]
async fn a_change_of_another_tenant_is_named_and_left_alone() {
    let sandbox = sandbox();
    let folder = Folder::of(&sandbox);
    let service = started(&sandbox, folder.path(), "test");
    let deed = DeedOrder { key: key(), username: "marta.lopez".into(), deed: Deed::Deactivate { message: None } };
    let change = send(&service, &Order::Deed(Arc::new(deed)), Purpose::Change).await;
    let other = started(&sandbox, folder.path(), "other");
    let refused = other.for_undo(change).await.unwrap_err();
    assert!(refused.to_string().contains("went to test at sandbox: open that tenant"), "{refused}");
    assert_eq!(other.history(Find::default(), None).await.unwrap().changes, []);
}

// --- against everything that may be typed and changed ---

const TEXTS: [Field; 8] = [
    Field::Name,
    Field::Surname,
    Field::OfficePhone,
    Field::MobilePhone,
    Field::Location,
    Field::Interests,
    Field::AboutMe,
    Field::ExternalId,
];

/// What is typed in a field: nothing, a text, or that it is emptied.
type Typed = Vec<Option<Option<String>>>;

fn person() -> impl Strategy<Value = Person> {
    (prop::collection::vec("[1-3]{0,3}", TEXTS.len()), any::<bool>(), prop::collection::vec(any::<bool>(), 4)).prop_map(
        |(texts, enabled, roles)| {
            let texts = TEXTS.into_iter().zip(texts).filter(|(_, text)| !text.is_empty());
            let wanted = [(Field::Email, "a@b.example"), (Field::Language, "es"), (Field::Timezone, "UTC")].into_iter();
            let mut person = Person {
                id: Some("ff808181556ee70e015572136a250012".into()),
                username: "somebody".into(),
                texts: texts.chain(wanted.map(|(field, text)| (field, text.to_owned()))).collect(),
                enabled: Some(enabled),
                ..Person::default()
            };
            for ((section, role), has) in
                [("management", "user"), ("management", "admin"), ("training", "user"), ("social", "user")]
                    .into_iter()
                    .zip(roles)
            {
                if has {
                    person.roles.entry(section.into()).or_default().insert(role.into());
                }
            }
            person
        },
    )
}

fn typed() -> impl Strategy<Value = Typed> {
    prop::collection::vec(prop::option::of(prop::option::of("[1-3]{1,3}")), TEXTS.len())
}

/// A request of what was typed for somebody; nothing where it may not be sent.
fn request(person: &Person, typed: &Typed, flip: bool, toggles: &[bool], revision: Revision) -> Option<Request> {
    let catalogue = sections(revision);
    let mut roles = RoleGrid::new(person.roles.clone());
    let sections = [("management", "admin"), ("training", "user"), ("social", "admin")];
    for ((section, role), toggle) in sections.into_iter().zip(toggles) {
        if let Some(section) = catalogue.section(section).filter(|_| *toggle) {
            roles.toggle(section, role);
        }
    }
    let entry = |text: &Option<String>| text.clone().map_or(Entry::Cleared, Entry::Text);
    let entries = TEXTS.into_iter().zip(typed).filter_map(|(field, typed)| {
        let typed = typed.as_ref()?;
        let empties = typed.is_none();
        // The form offers to empty only what can be emptied and is not empty.
        (!empties || (field.spec().clearable && !person.text(field).is_empty())).then(|| (field, entry(typed)))
    });
    let enabled = flip.then(|| (Field::Enabled, Entry::Switch(person.enabled != Some(true))));
    let subject = Subject::Known(Box::new(person.clone()));
    let draft = Draft { revision, subject, entries: entries.chain(enabled).collect(), photo: None, roles };
    draft.check(&catalogue).ok()
}

/// What a service makes of a request.
fn applied(person: &Person, request: &Request) -> Person {
    let mut person = person.clone();
    for line in request.lines() {
        match &line.value {
            Value::Text(text) if text.is_empty() => drop(person.texts.remove(&line.field)),
            Value::Text(text) if line.field == Field::Username => person.username.clone_from(text),
            Value::Text(text) => drop(person.texts.insert(line.field, text.clone())),
            Value::Switch(on) => person.enabled = Some(*on),
            Value::Roles(changes) => {
                for change in changes {
                    person.roles.insert(change.section.clone(), change.wanted.iter().cloned().collect());
                }
            }
            Value::Secret(_) | Value::Photo(_) | Value::Pairs(_) | Value::Object(_) => panic!("nobody typed one"),
        }
    }
    // A section without roles and one that is not there are the same.
    person.roles.retain(|_, roles| !roles.is_empty());
    person
}

fn done(request: Request, before: &Person) -> Change {
    let mark = |_: &[u8]| String::new();
    let marks = Marks { secret: &mark, picture: &mark };
    let order = Order::Change(Arc::new(request));
    let intent = Intent::of(&order, Synchronization::Synchronous, Some(before), &Circumstances::default(), &marks);
    Change {
        id: ChangeId(1),
        at: 0,
        realm: Realm::default(),
        who: Who::default(),
        intent,
        outcome: None,
        sequels: Vec::new(),
        standing: Standing::Done,
        elsewhere: false,
    }
}

fn of(undo: &Undo) -> &Request {
    let Order::Change(request) = &undo.order else { panic!("an update") };
    request
}

fn revisions() -> impl Strategy<Value = Revision> {
    prop_oneof![Just(Revision::Original), Just(Revision::Y2019), Just(Revision::Y2023)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn of_somebody_whom_nobody_changed_since_everything_goes_back_or_is_named(
        before in person(), typed in typed(), flip in any::<bool>(),
        toggles in prop::collection::vec(any::<bool>(), 3), revision in revisions(),
    ) {
        let Some(request) = request(&before, &typed, flip, &toggles, revision) else { return Ok(()) };
        let after = applied(&before, &request);
        let change = done(request, &before);
        let (restored, left) = match undo::undo(&change, &after, revision, &sections(revision)) {
            Ok(undo) => (applied(&after, of(&undo)), undo.left),
            Err(refused) => (after.clone(), refused.left),
        };
        // Only what cannot be emptied, or what may not be sent, stays; and it stays exactly as it is.
        let mut wanted = before.clone();
        for left in &left {
            let unsendable = left.why.starts_with("before: ");
            prop_assert!(left.why == "was empty before, and cannot be emptied" || unsendable, "{}", left.why);
            match after.texts.get(&left.field) {
                Some(text) => drop(wanted.texts.insert(left.field, text.clone())),
                None => drop(wanted.texts.remove(&left.field)),
            }
            if left.field == Field::Roles {
                wanted.roles.clone_from(&after.roles);
            }
        }
        prop_assert_eq!(restored, wanted);
    }

    #[test]
    fn what_anybody_changed_since_is_never_written_over(
        before in person(), typed in typed(), flip in any::<bool>(), theirs in typed(), turn in any::<bool>(),
        toggles in prop::collection::vec(any::<bool>(), 3), turns in prop::collection::vec(any::<bool>(), 3),
        revision in revisions(),
    ) {
        let Some(request) = request(&before, &typed, flip, &toggles, revision) else { return Ok(()) };
        let after = applied(&before, &request);
        let change = done(request, &before);
        let Some(since) = self::request(&after, &theirs, turn, &turns, revision) else { return Ok(()) };
        let now = applied(&after, &since);
        let Ok(undo) = undo::undo(&change, &now, revision, &sections(revision)) else { return Ok(()) };
        let end = applied(&now, of(&undo));
        for field in TEXTS {
            let texts = [&before, &after, &now, &end].map(|person| person.text(field));
            prop_assert!(texts[3] == texts[2] || (texts[2] == texts[1] && texts[3] == texts[0]), "{field:?} {texts:?}");
        }
        for section in ["management", "training", "social"] {
            let roles = [&before, &after, &now, &end].map(|person| person.roles.get(section).cloned().unwrap_or_default());
            prop_assert!(roles[3] == roles[2] || (roles[2] == roles[1] && roles[3] == roles[0]), "{section} {roles:?}");
        }
        let on = [&before, &after, &now, &end].map(|person| person.enabled);
        prop_assert!(on[3] == on[2] || (on[2] == on[1] && on[3] == on[0]), "{on:?}");
    }
}
