//! Every combination of what four platforms may say, and what a repair of it sends.

use super::*;
use crate::domain::outcome::{PlatformReport, Verdict};
use crate::domain::photo::{MediaType, Picture, Thumb};
use crate::domain::record::{Outcome, Realm, Who};
use crate::domain::roles::{Role, Section};
use crate::domain::tenant::Synchronization;
use crate::domain::untrusted::Untrusted;

const ID: &str = "ff808181556ee70e015572136a250012";
const STATES: [PlatformState; 4] =
    [PlatformState::Done, PlatformState::Queued, PlatformState::NotReported, PlatformState::Failed];
const PLATFORMS: [&str; 4] = ["management", "training", "social", "play"];

fn catalogue(needs_one: bool) -> Catalogue {
    let role = |key: &str| Role { key: key.into(), label: key.into(), help: String::new(), grave: false };
    let section = |key: &str| Section {
        key: key.into(),
        label: key.into(),
        roles: vec![role("user"), role("admin")],
        needs_one: needs_one && key == "management",
    };
    Catalogue::new(vec![section("management"), section("training"), section("social")])
}

fn roles(list: &[(&str, &[&str])]) -> Roles {
    list.iter().map(|(section, roles)| ((*section).into(), roles.iter().map(|role| (*role).into()).collect())).collect()
}

fn touched(field: Field, old: Kept, new: Kept) -> Touched {
    Touched { field, old, new, echoed: false }
}

fn text(text: &str) -> Kept {
    Kept::Text(text.to_owned())
}

fn mark() -> Kept {
    Kept::Mark { size: 3, fingerprint: "f".into() }
}

/// Nora as she is where management has what was sent.
fn nora() -> Person {
    Person {
        id: Some(ID.into()),
        username: "nora".into(),
        texts: [(Field::Name, "Nora".to_owned()), (Field::Surname, "Vidal".to_owned())].into(),
        enabled: Some(true),
        roles: roles(&[("management", &["user"]), ("training", &["user", "admin"])]),
        ..Person::default()
    }
}

fn change(act: Act, touched: Vec<Touched>, states: [PlatformState; 4], standing: Standing) -> Change {
    let row = |(name, state): (&str, PlatformState)| PlatformReport {
        name: Untrusted::new(name),
        state,
        status: None,
        message: None,
        location: None,
    };
    let platforms = PLATFORMS.into_iter().zip(states).map(row).collect();
    let made = (act == Act::Create).then(|| ID.to_owned());
    let outcome = Outcome { platforms, id: made, ..Outcome::without_reply(Verdict::Partial, "") };
    Change {
        id: ChangeId(7),
        at: 0,
        realm: Realm::default(),
        who: Who::default(),
        intent: Intent {
            act,
            username: "nora".into(),
            key: (act != Act::Create).then(|| ID.to_owned()),
            synchronization: Synchronization::Asynchronous,
            touched,
            ticket: None,
            purpose: Purpose::Change,
            job: None,
            instead_of: None,
        },
        outcome: Some(outcome),
        sequels: Vec::new(),
        standing,
        elsewhere: false,
    }
}

fn partial(act: Act, touched: Vec<Touched>) -> Change {
    use PlatformState::{Done, Failed};
    change(act, touched, [Done, Done, Failed, Done], Standing::Partial)
}

fn of_a_create() -> Vec<Touched> {
    vec![
        touched(Field::Username, Kept::Nothing, text("nora")),
        touched(Field::Password, Kept::Nothing, mark()),
        touched(Field::Name, Kept::Nothing, text("Nora")),
        touched(Field::Surname, Kept::Nothing, text("Vidal")),
        touched(Field::Enabled, Kept::Nothing, Kept::Switch(true)),
        touched(Field::Roles, Kept::Nothing, Kept::Roles(roles(&[("training", &["user", "admin"])]))),
    ]
}

fn of_an_update() -> Vec<Touched> {
    vec![touched(Field::Surname, text("Rivas"), text("Vidal"))]
}

fn of_a_deed(act: Act) -> Vec<Touched> {
    let on = act == Act::Activate;
    vec![touched(Field::Enabled, Kept::Switch(!on), Kept::Switch(on))]
}

fn what_was_wanted(act: Act) -> Vec<Touched> {
    match act {
        Act::Create => of_a_create(),
        Act::Update => of_an_update(),
        Act::Activate | Act::Deactivate => of_a_deed(act),
        Act::ChangePassword => vec![touched(Field::Password, Kept::Nothing, mark())],
        Act::WelcomeMail | Act::Delete => Vec::new(),
    }
}

fn again(change: &Change, now: &Person) -> Result<Repair, String> {
    repair(change, now, &AtHand::default(), Revision::Original, &catalogue(false))
}

fn sent(repair: &Repair) -> Vec<Field> {
    match &repair.order {
        Order::Change(request) => request.lines().iter().map(|line| line.field).collect(),
        Order::Deed(_) => vec![Field::Enabled],
    }
}

/// Every act, every standing, every combination of four platforms: nothing is ever a create, everybody is addressed by the id that was
/// read, and what may not be repeated is refused in words.
#[test]
fn no_combination_leads_to_a_second_create() {
    let mut repaired = 0;
    for (number, act) in (0..256).flat_map(|number| Act::ALL.map(|act| (number, act))) {
        let states = [0, 1, 2, 3].map(|place| STATES[(number >> (2 * place)) & 3]);
        let now = Person { enabled: Some(act != Act::Deactivate), ..nora() };
        for standing in Standing::ALL {
            let change = change(act, what_was_wanted(act), states, standing);
            let outcome = again(&change, &now);
            let repeatable = matches!(act, Act::Update | Act::Activate | Act::Deactivate);
            let may = (repeatable && matches!(standing, Standing::Partial | Standing::InDoubt))
                || (act == Act::Create && standing == Standing::Partial);
            assert_eq!(outcome.is_ok(), may, "{act:?} {standing:?} {states:?}: {outcome:?}");
            assert_eq!(refusal(&change).is_none(), may);
            let Ok(repair) = outcome else { continue };
            repaired += 1;
            assert!(!repair.order.is_create());
            assert_eq!(repair.order.key().map(|key| key.as_str().to_owned()), Some(ID.to_owned()));
            let wanted = change.intent.wanted().map(|touched| touched.field);
            let taken = wanted.filter(|field| !matches!(field, Field::Username | Field::Password));
            assert_eq!(sent(&repair), taken.collect::<Vec<_>>(), "{act:?}");
        }
    }
    assert_eq!(repaired, 256 * 7);
}

#[test]
fn a_create_becomes_an_update_without_its_password_and_says_so() {
    let repair = again(&partial(Act::Create, of_a_create()), &nora()).unwrap();
    let Order::Change(request) = &repair.order else { panic!("an update") };
    assert_eq!(request.operation(), Operation::Update);
    assert_eq!(request.sections().collect::<Vec<_>>(), ["training"]);
    assert!(request.conflicts(&nora()).is_empty(), "what is there already is no conflict");
    assert_eq!(repair.left_out, [LeftOut::NotTaken(Field::Password)]);
    assert!(repair.left_out[0].to_string().contains("password is not sent again"));
}

#[test]
fn what_somebody_changed_since_is_left_as_it_is() {
    let mut update = of_an_update();
    update.push(touched(Field::Name, text("Eleonora"), text("Nora")));
    let mut now = nora();
    now.texts.insert(Field::Surname, "Castro".into());
    let repair = again(&partial(Act::Update, update.clone()), &now).unwrap();
    assert_eq!((sent(&repair), repair.left_out), (vec![Field::Name], vec![LeftOut::ChangedSince(Field::Surname)]));
    now.texts.insert(Field::Name, "Eleonor".into());
    assert!(again(&partial(Act::Update, update), &now).unwrap_err().contains("all of it since"));
    let disabled = Person { enabled: Some(false), ..nora() };
    assert!(again(&partial(Act::Activate, of_a_deed(Act::Activate)), &disabled).is_err());
}

/// Where management failed, the value of before is there, and that is nobody's change.
#[test]
fn what_management_did_not_do_is_not_taken_for_somebody_elses_change() {
    use PlatformState::{Done, Failed};
    let mut now = nora();
    now.texts.insert(Field::Surname, "Rivas".into());
    let failed = change(Act::Update, of_an_update(), [Failed, Done, Done, Done], Standing::Partial);
    assert_eq!(again(&failed, &now).map(|repair| sent(&repair)), Ok(vec![Field::Surname]));
    assert!(again(&partial(Act::Update, of_an_update()), &now).is_err(), "management had it, so somebody put it back");
}

#[test]
fn roles_go_section_by_section_and_the_revisions_own_go_as_read() {
    let wanted = Kept::Roles(roles(&[("training", &["user", "admin"]), ("social", &["user"]), ("creator", &["user"])]));
    let before = Kept::Roles(roles(&[("training", &["user"]), ("social", &[])]));
    let change = partial(Act::Update, vec![touched(Field::Roles, before, wanted)]);
    // In social somebody took the role away since.
    let again = repair(&change, &nora(), &AtHand::default(), Revision::Original, &catalogue(true)).unwrap();
    assert_eq!(again.left_out, [LeftOut::SectionNotTaken("creator".into()), LeftOut::SectionSince("social".into())]);
    let Order::Change(request) = &again.order else { panic!("an update") };
    assert_eq!(request.sections().collect::<Vec<_>>(), ["training", "management"], "management is wanted in any case");
    let Value::Roles(changes) = &request.lines()[0].value else { panic!("roles") };
    assert_eq!(
        (changes[0].wanted.clone(), changes[0].added.clone()),
        (vec!["user".into(), "admin".into()], vec!["admin".into()])
    );
}

#[test]
fn a_revision_that_wants_more_in_every_update_gets_it_as_it_was_read() {
    let mut now = nora();
    for field in [Field::Email, Field::Language, Field::Timezone] {
        now.texts.insert(field, field.spec().key.into());
    }
    let change = partial(Act::Create, of_a_create());
    let again = repair(&change, &now, &AtHand::default(), Revision::Y2023, &catalogue(false)).unwrap();
    let Order::Change(request) = &again.order else { panic!("an update") };
    for (field, reason) in
        [(Field::Username, Reason::Echoed), (Field::Email, Reason::Echoed), (Field::Surname, Reason::Changed)]
    {
        assert_eq!(request.line(field).map(|line| line.reason), Some(reason), "{}", field.spec().key);
    }
}

#[test]
fn a_picture_is_sent_again_while_it_is_at_hand_and_said_to_be_missing_afterwards() {
    let mut update = of_an_update();
    update.push(touched(Field::Image, Kept::Nothing, mark()));
    let change = partial(Act::Update, update);
    let picture = Picture {
        name: "n.png".into(),
        bytes: std::sync::Arc::from([1, 2, 3]),
        media_type: MediaType::Png,
        width: 1,
        height: 1,
        notes: Vec::new(),
        thumb: Thumb::default(),
    };
    let at_hand = AtHand { photo: Some(Photo::Picture(picture)), message: None };
    let whole = repair(&change, &nora(), &at_hand, Revision::Original, &catalogue(false)).unwrap();
    assert_eq!((sent(&whole), whole.left_out), (vec![Field::Surname, Field::Image], vec![]));
    let part = again(&change, &nora()).unwrap();
    assert_eq!((sent(&part), part.left_out), (vec![Field::Surname], vec![LeftOut::NotKept(Field::Image)]));
    let alone = partial(Act::Update, vec![touched(Field::Image, Kept::Nothing, mark())]);
    assert!(again(&alone, &nora()).unwrap_err().contains("choose it again"));
}

#[test]
fn a_clearing_stays_a_clearing_and_a_message_that_is_not_kept_is_said() {
    let mut now = nora();
    now.texts.remove(&Field::Surname);
    let cleared = partial(Act::Update, vec![touched(Field::MobilePhone, text("1"), text(""))]);
    let Order::Change(request) = again(&cleared, &now).unwrap().order else { panic!("an update") };
    assert_eq!((request.lines()[0].reason, request.lines()[0].old.as_deref()), (Reason::Cleared, Some("1")));
    let off = Person { enabled: Some(false), ..nora() };
    let deed = partial(Act::Deactivate, of_a_deed(Act::Deactivate));
    assert_eq!(again(&deed, &off).unwrap().left_out, [LeftOut::Message]);
    let at_hand = AtHand { photo: None, message: Some("Hasta pronto".into()) };
    let whole = repair(&deed, &off, &at_hand, Revision::Original, &catalogue(false)).unwrap();
    assert!(whole.left_out.is_empty());
    assert_eq!(AtHand::of(&whole.order), at_hand);
}

#[test]
fn somebody_else_of_that_key_is_sent_nothing() {
    let other = Person { username: "lena".into(), ..nora() };
    assert!(again(&partial(Act::Update, of_an_update()), &other).unwrap_err().contains("somebody else"));
}

fn repairing(id: i64, of: i64, act: Act, touched: Vec<Touched>) -> Change {
    let mut change = partial(act, touched);
    change.id = ChangeId(id);
    change.intent.purpose = Purpose::Repair(ChangeId(of));
    change
}

fn without_key(touched: Vec<Touched>) -> Vec<Touched> {
    touched.into_iter().filter(|touched| !matches!(touched.field, Field::Username | Field::Password)).collect()
}

#[test]
fn a_repair_that_is_done_everywhere_finishes_its_whole_chain_and_nothing_else() {
    let first = Change { id: ChangeId(1), ..partial(Act::Create, of_a_create()) };
    let second = repairing(2, 1, Act::Update, without_key(of_a_create()));
    let other = Change { id: ChangeId(3), ..partial(Act::Update, of_an_update()) };
    let by = repairing(4, 2, Act::Update, without_key(of_a_create())).intent;
    let open = [first, second, other];
    assert_eq!(mended(&open, &by), [ChangeId(1), ChangeId(2)]);
    let anew = repairing(4, 1, Act::Update, without_key(of_a_create())).intent;
    assert_eq!(mended(&open, &anew), [ChangeId(1), ChangeId(2)], "an earlier try of the same is finished too");
    assert_eq!(mended(&open, &partial(Act::Update, of_an_update()).intent), [], "a change of its own repairs nothing");
}

#[test]
fn a_repair_without_everything_finishes_nothing() {
    let mut wanted = of_an_update();
    wanted.push(touched(Field::Image, Kept::Nothing, mark()));
    let open = [Change { id: ChangeId(1), ..partial(Act::Update, wanted) }];
    assert_eq!(mended(&open, &repairing(2, 1, Act::Update, of_an_update()).intent), []);
    let sections = |list: &[(&str, &[&str])]| vec![touched(Field::Roles, Kept::Nothing, Kept::Roles(roles(list)))];
    let both = sections(&[("training", &["user"]), ("social", &["user"])]);
    let open = [Change { id: ChangeId(1), ..partial(Act::Update, both.clone()) }];
    assert_eq!(mended(&open, &repairing(2, 1, Act::Update, sections(&[("training", &["user"])])).intent), []);
    assert_eq!(mended(&open, &repairing(2, 1, Act::Update, both).intent), [ChangeId(1)]);
    let deed = [Change { id: ChangeId(1), ..partial(Act::Deactivate, of_a_deed(Act::Deactivate)) }];
    assert_eq!(mended(&deed, &repairing(2, 1, Act::Activate, of_a_deed(Act::Activate)).intent), []);
}
