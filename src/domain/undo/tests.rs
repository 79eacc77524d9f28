//! What goes back, what stays, and why.

use super::*;
use crate::domain::record::{Circumstances, Intent, Marks, Purpose, Realm, Who};
use crate::domain::roles::{Role, Section};
use crate::domain::secret::{Sealed, Secret};
use crate::domain::tenant::Synchronization;

fn catalogue() -> Catalogue {
    let role = |key: &str| Role { key: key.into(), label: key.into(), help: String::new(), grave: false };
    let section = |key: &str| Section {
        key: key.into(),
        label: key.into(),
        roles: vec![role("user"), role("admin")],
        needs_one: false,
    };
    Catalogue::new(vec![section("training"), section("social")])
}

fn roles(pairs: &[(&str, &[&str])]) -> Roles {
    pairs.iter().map(|(key, roles)| ((*key).into(), roles.iter().map(|role| (*role).into()).collect())).collect()
}

fn marta() -> Person {
    let texts = [
        (Field::Name, "Marta"),
        (Field::Surname, "López"),
        (Field::Email, "marta@acme.example"),
        (Field::Language, "es"),
        (Field::Timezone, "Europe/Paris"),
        (Field::Location, "A Coruña"),
    ];
    Person {
        id: Some("ff808181556ee70e015572136a250012".into()),
        username: "marta.lopez".into(),
        texts: texts.map(|(field, text)| (field, text.to_owned())).into(),
        enabled: Some(true),
        roles: roles(&[("training", &["user"]), ("social", &["user"])]),
        ..Person::default()
    }
}

fn change(order: &Order, before: Option<&Person>, standing: Standing) -> Change {
    let mark = |bytes: &[u8]| format!("{} bytes", bytes.len());
    let marks = Marks { secret: &mark, picture: &mark };
    let intent = Intent::of(order, Synchronization::Synchronous, before, &Circumstances::default(), &marks);
    Change {
        id: ChangeId(7),
        at: 0,
        realm: Realm::default(),
        who: Who::default(),
        intent,
        outcome: None,
        sequels: Vec::new(),
        standing,
        elsewhere: false,
    }
}

/// Marta with some of it typed over and the training roles as given, sent and done.
fn updated(revision: Revision, typed: &[(Field, &str)], training: Option<&[&str]>) -> Change {
    let mut grid = RoleGrid::new(marta().roles);
    if let Some(training) = training {
        grid.want(&catalogue().sections()[0], &training.iter().map(|role| (*role).to_owned()).collect());
    }
    let entry = |text: &str| if text.is_empty() { Entry::Cleared } else { Entry::Text(text.to_owned()) };
    let entries = typed.iter().map(|(field, text)| (*field, entry(text))).collect();
    let draft = Draft { revision, subject: Subject::Known(Box::new(marta())), entries, photo: None, roles: grid };
    let request = draft.check(&catalogue()).expect("it may be sent");
    change(&Order::Change(Arc::new(request)), Some(&marta()), Standing::Done)
}

fn with(texts: &[(Field, &str)]) -> Person {
    let mut person = marta();
    for (field, text) in texts {
        if text.is_empty() {
            person.texts.remove(field);
        } else {
            person.texts.insert(*field, (*text).to_owned());
        }
    }
    person
}

fn sent(undo: &Undo) -> Vec<(Field, String)> {
    let Order::Change(request) = &undo.order else { panic!("an update") };
    request.lines().iter().map(|line| (line.field, line.value.summary())).collect()
}

fn planned(change: &Change, person: &Person) -> Result<Undo, Refused> {
    undo(change, person, Revision::Original, &catalogue())
}

#[test]
fn what_was_set_goes_back_and_what_was_empty_is_emptied() {
    let change =
        updated(Revision::Original, &[(Field::Surname, "Lopes"), (Field::OfficePhone, "+34 981 000 001")], None);
    let now = with(&[(Field::Surname, "Lopes"), (Field::OfficePhone, "+34 981 000 001")]);
    let undo = planned(&change, &now).unwrap();
    assert_eq!(sent(&undo), [(Field::Surname, "López".to_owned()), (Field::OfficePhone, String::new())]);
    assert_eq!((undo.of, undo.left), (ChangeId(7), Vec::new()));
}

#[test]
fn what_was_cleared_is_set_again() {
    let change = updated(Revision::Original, &[(Field::Location, "")], None);
    assert_eq!(
        sent(&planned(&change, &with(&[(Field::Location, "")])).unwrap()),
        [(Field::Location, "A Coruña".to_owned())]
    );
}

#[test]
fn what_somebody_changed_since_stays_and_both_values_are_named() {
    let change = updated(Revision::Original, &[(Field::Surname, "Lopes"), (Field::Location, "Vigo")], None);
    let undo = planned(&change, &with(&[(Field::Surname, "Lopes"), (Field::Location, "Lugo")])).unwrap();
    assert_eq!(sent(&undo), [(Field::Surname, "López".to_owned())]);
    let [left] = undo.left.as_slice() else { panic!("{:?}", undo.left) };
    assert_eq!((left.field, left.what.as_str()), (Field::Location, "Location"));
    assert_eq!(left.why, "was changed since: this change set \"Vigo\", now it is \"Lugo\"");
}

#[test]
fn what_is_as_before_already_is_nothing_to_take_back() {
    let change = updated(Revision::Original, &[(Field::Surname, "Lopes")], None);
    let refused = planned(&change, &marta()).unwrap_err();
    assert_eq!(refused.left.len(), 1);
    assert_eq!(refused.left[0].why, "is as it was before already");
}

#[test]
fn what_was_empty_and_cannot_be_emptied_stays() {
    let mut change = updated(Revision::Original, &[(Field::Surname, "Lopes")], None);
    change.intent.touched[0].old = Kept::Nothing;
    let refused = planned(&change, &with(&[(Field::Surname, "Lopes")])).unwrap_err();
    assert_eq!(refused.left[0].why, "was empty before, and cannot be emptied");
}

#[test]
fn roles_go_back_section_by_section() {
    let mut change = updated(Revision::Original, &[], Some(&["user", "admin"]));
    // The same change took the role in social as well.
    let touched = &mut change.intent.touched[0];
    for (kept, role) in [(&mut touched.old, "user"), (&mut touched.new, "admin")] {
        let Kept::Roles(sections) = kept else { panic!("roles") };
        sections.insert("social".into(), [role.to_owned()].into());
    }
    let mut now = marta();
    now.roles = roles(&[("training", &["user", "admin"]), ("social", &[])]);
    let undo = planned(&change, &now).unwrap();
    assert_eq!(sent(&undo), [(Field::Roles, "training: user".to_owned())]);
    assert_eq!(undo.left.len(), 1);
    assert_eq!(undo.left[0].what, "Roles in social");
    assert_eq!(undo.left[0].why, "were changed since: this change set \"admin\", now they are \"none\"");
}

#[test]
fn a_role_of_before_that_the_tenant_does_not_know_stays_out() {
    let mut change = updated(Revision::Original, &[], Some(&["admin"]));
    change.intent.touched[0].old = Kept::Roles(roles(&[("training", &["user", "wizard"])]));
    let mut now = marta();
    now.roles.insert("training".into(), ["admin".to_owned()].into());
    let refused = planned(&change, &now).unwrap_err();
    assert_eq!(refused.left[0].why, "of before are not all known to this tenant");
}

#[test]
fn what_is_sent_only_because_the_revision_wants_it_is_not_taken_back() {
    let change = updated(Revision::Y2023, &[(Field::Location, "Vigo")], None);
    assert!(change.intent.touched.iter().any(|touched| touched.echoed));
    let now = with(&[(Field::Location, "Vigo"), (Field::Surname, "Lopes")]);
    let undo = undo(&change, &now, Revision::Y2023, &catalogue()).unwrap();
    let back: Vec<_> = sent(&undo).into_iter().filter(|(_, value)| value == "A Coruña" || value == "López").collect();
    assert_eq!(back, [(Field::Location, "A Coruña".to_owned())], "the surname that somebody else gave is kept");
}

#[test]
fn a_picture_and_what_was_never_read_stay() {
    let mut change = updated(Revision::Original, &[(Field::Surname, "Lopes"), (Field::Location, "Vigo")], None);
    change.intent.touched[0].old = Kept::Unknown;
    change.intent.touched[1].field = Field::Image;
    change.intent.touched[1].old = Kept::Text("a picture".into());
    let refused = planned(&change, &with(&[(Field::Surname, "Lopes")])).unwrap_err();
    let whys: Vec<_> = refused.left.iter().map(|left| left.why.as_str()).collect();
    assert_eq!(whys, ["of before is not known", "of before is not kept"]);
}

#[test]
fn an_update_of_somebody_who_was_not_read_keeps_that_nothing_is_known() {
    let key = UserKey::parse("marta.lopez").unwrap();
    let entries = [(Field::Location, Entry::Text("Vigo".into()))].into();
    let subject = Subject::Blind(key);
    let draft =
        Draft { revision: Revision::Original, subject, entries, photo: None, roles: RoleGrid::new(Roles::new()) };
    let order = Order::Change(Arc::new(draft.check(&catalogue()).unwrap()));
    let change = change(&order, None, Standing::Done);
    assert_eq!(change.intent.touched[0].old, Kept::Unknown);
    let refused = planned(&change, &with(&[(Field::Location, "Vigo")])).unwrap_err();
    assert_eq!(refused.left[0].why, "of before is not known", "an empty field would have been cleared");
}

#[test]
fn a_value_of_before_that_may_not_be_sent_leaves_the_rest() {
    let mut change = updated(Revision::Original, &[(Field::Surname, "Lopes"), (Field::OfficePhone, "+34 1")], None);
    change.intent.touched[1].old = Kept::Text("call me".into());
    let undo = planned(&change, &with(&[(Field::Surname, "Lopes"), (Field::OfficePhone, "+34 1")])).unwrap();
    assert_eq!(sent(&undo), [(Field::Surname, "López".to_owned())]);
    assert_eq!(undo.left[0].why, "before: is not a number such as +34 981 000 000");
}

fn deed(deed: Deed, before: Option<&Person>, standing: Standing) -> Change {
    let key = UserKey::parse("marta.lopez").unwrap();
    change(&Order::Deed(Arc::new(DeedOrder { key, username: "marta.lopez".into(), deed })), before, standing)
}

#[test]
fn the_sign_in_goes_back_by_the_opposite_deed_and_only_where_it_is_as_it_was_left() {
    let disabled = Person { enabled: Some(false), ..marta() };
    let change = deed(Deed::Deactivate { message: None }, Some(&marta()), Standing::Done);
    let Order::Deed(back) = planned(&change, &disabled).unwrap().order else { panic!("a deed") };
    assert_eq!((back.deed.clone(), back.key.is_id()), (Deed::Activate, true));
    assert_eq!(planned(&change, &marta()).unwrap_err().left[0].why, "is as it was before already");
    let change = deed(Deed::Activate, Some(&disabled), Standing::Done);
    let Order::Deed(back) = planned(&change, &marta()).unwrap().order else { panic!("a deed") };
    assert_eq!(back.deed, Deed::Deactivate { message: None });
    let unread = deed(Deed::Activate, None, Standing::Done);
    assert_eq!(planned(&unread, &marta()).unwrap_err().left[0].why, "of before is not known");
    let already = deed(Deed::Activate, Some(&marta()), Standing::Done);
    assert_eq!(planned(&already, &marta()).unwrap_err().left[0].why, "is as it was before already");
}

#[test]
fn what_is_final_and_what_has_not_ended_is_refused_as_a_whole() {
    let password = Deed::ChangePassword(Sealed::new(Secret::new("secret".into())));
    for final_one in [Deed::Delete, Deed::WelcomeMail, password] {
        let refused = planned(&deed(final_one, Some(&marta()), Standing::Done), &marta()).unwrap_err();
        assert!(refused.why.contains("cannot be undone"), "{}", refused.why);
    }
    for (standing, words) in [
        (Standing::Open, "on its way"),
        (Standing::InDoubt, "not known"),
        (Standing::Rejected, "changed nothing"),
        (Standing::NotSent, "changed nothing"),
    ] {
        let refused = planned(&deed(Deed::Activate, Some(&marta()), standing), &marta()).unwrap_err();
        assert!(refused.why.contains(words), "{standing:?}: {}", refused.why);
    }
}

#[test]
fn somebody_who_was_renamed_is_read_by_the_name_they_were_given() {
    let mut change = updated(Revision::Y2023, &[(Field::Username, "marta.lopes")], None);
    assert_eq!(whom(&change).unwrap().as_str(), "ff808181556ee70e015572136a250012");
    change.intent.key = Some("marta.lopez".into());
    assert_eq!(whom(&change).unwrap().as_str(), "marta.lopes");
    change.intent.purpose = Purpose::Undo(ChangeId(1));
    let mut now = marta();
    now.username = "marta.lopes".into();
    let undo = undo(&change, &now, Revision::Y2023, &catalogue()).unwrap();
    assert!(sent(&undo).contains(&(Field::Username, "marta.lopez".to_owned())), "an undo can be undone");
}
