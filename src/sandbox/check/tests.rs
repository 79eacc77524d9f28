//! What a tenant of each revision takes and refuses.

use serde_json::json;

use super::*;
use crate::domain::roles::{Role, Section};

fn section(key: &str, roles: &str, needs_one: bool) -> Section {
    let role = |key: &str| Role { key: key.into(), label: key.into(), help: String::new(), grave: false };
    Section { key: key.into(), label: key.into(), roles: roles.split(' ').map(role).collect(), needs_one }
}

fn rules(revision: Revision) -> Rules {
    let needs_one = revision != Revision::Original;
    let catalogue = Catalogue::new(vec![
        section("management", "user admin", needs_one),
        section("training", "user trainer admin", false),
        section("play", "user admin", false),
    ]);
    Rules { revision, strict: true, catalogues: Catalogues { create: catalogue.clone(), update: catalogue } }
}

fn check(rules: &Rules, operation: Operation, user: &Value) -> Result<Checked, String> {
    rules.check(operation, json!({ "user": user }).to_string().as_bytes())
}

fn fault(revision: Revision, operation: Operation, user: &Value) -> String {
    check(&rules(revision), operation, user).expect_err("a request that is wrong")
}

fn new_user() -> Value {
    json!({"username": "ana.gil", "password": "Abcd-1234", "name": "Ana", "surname": "Gil", "email": "ana.gil@acme.example",
           "language": "es", "timezone": "Europe/Paris"})
}

#[test]
fn every_field_of_the_table_is_taken_where_an_operation_takes_it_and_nowhere_else() {
    for revision in Revision::ALL {
        for operation in [Operation::Create, Operation::Update] {
            for spec in FIELDS {
                let value = match spec.kind {
                    Kind::Switch => json!(true),
                    Kind::Pairs => json!({"NIF": "1", "SEXO": null}),
                    Kind::Object => json!({"a": 1}),
                    Kind::Photo => json!({"url": "https://acme.example/a.png"}),
                    Kind::Roles => json!({"management": ["user"], "training": []}),
                    Kind::Email => json!("a@b"),
                    Kind::Username
                    | Kind::Text
                    | Kind::Multiline
                    | Kind::Phone
                    | Kind::Password
                    | Kind::Language
                    | Kind::Timezone => json!("text"),
                };
                let faults = check(&rules(revision), operation, &json!({ spec.key: value })).err().unwrap_or_default();
                let refused = faults.contains(&format!("{}: {operation} does not take it", spec.key));
                let wrong = faults.contains(&format!("{}: must", spec.key));
                assert_eq!(refused, spec.need(operation, revision) == Absent, "{revision:?} {operation} {}", spec.key);
                assert!(!wrong, "{revision:?} {operation} {}: {faults}", spec.key);
            }
        }
    }
}

#[test]
fn a_wrong_type_is_refused_in_every_field() {
    for spec in FIELDS {
        let rules = Rules { strict: false, ..rules(Revision::Y2019) };
        for operation in [Operation::Create, Operation::Update] {
            if spec.need(operation, rules.revision) == Absent {
                continue;
            }
            let faults = check(&rules, operation, &json!({ spec.key: 7 })).unwrap_err();
            assert!(faults.contains(&format!("{}: must be", spec.key)), "{}: {faults}", spec.key);
        }
    }
}

#[test]
fn a_body_that_is_no_user_is_refused() {
    let rules = rules(Revision::Original);
    for (body, words) in [
        (&b"{\"user\": {"[..], "not JSON"),
        (b"", "not JSON"),
        (b"[]", "the body must be"),
        (b"{}", "the body must be"),
        (b"{\"user\": []}", "the body must be"),
        (b"{\"username\": \"a\"}", "the body must be"),
        (b"{\"user\": {}, \"users\": []}", "users: unknown beside user"),
    ] {
        let fault = rules.check(Operation::Update, body).unwrap_err();
        assert!(fault.contains(words), "{fault}");
    }
}

#[test]
fn a_strict_create_asks_for_what_the_table_requires_and_a_lenient_one_for_the_username() {
    let empty = json!({});
    assert_eq!(
        fault(Revision::Original, Operation::Create, &empty),
        "username: missing; password: missing; name: missing; surname: missing; email: missing; language: missing; \
         timezone: missing"
    );
    let lenient = Rules { strict: false, ..rules(Revision::Original) };
    assert_eq!(check(&lenient, Operation::Create, &empty).unwrap_err(), "username: missing");
    assert_eq!(
        check(&rules(Revision::Original), Operation::Create, &new_user()).map(|checked| checked.training),
        Ok(vec![])
    );
}

#[test]
fn a_password_may_be_left_out_where_another_system_checks_it() {
    let mut user = new_user();
    user.as_object_mut().unwrap().remove("password");
    user["roles"] = json!({"management": ["user"]});
    user["authSource"] = json!("LOCAL");
    assert_eq!(fault(Revision::Y2019, Operation::Create, &user), "password: missing");
    user["authSource"] = json!("LDAP");
    assert!(check(&rules(Revision::Y2019), Operation::Create, &user).is_ok());
}

#[test]
fn an_update_is_partial_until_the_latest_revision_asks_for_six_fields_and_a_role() {
    let one = json!({"location": "Vigo"});
    assert!(check(&rules(Revision::Original), Operation::Update, &one).is_ok());
    assert_eq!(fault(Revision::Y2019, Operation::Update, &one), "roles: management needs at least one role");
    assert_eq!(
        fault(Revision::Y2023, Operation::Update, &one),
        "username: missing; name: missing; surname: missing; email: missing; language: missing; timezone: missing; \
         roles: management needs at least one role"
    );
    let none = json!({"roles": {"management": []}});
    assert_eq!(fault(Revision::Y2019, Operation::Update, &none), "roles: management needs at least one role");
    assert!(check(&rules(Revision::Original), Operation::Update, &none).is_ok());
}

#[test]
fn unknown_keys_are_refused_or_ignored() {
    let user = json!({"location": "Vigo", "id": "1", "commonId": "2", "password": "Abcd-1234"});
    assert_eq!(
        fault(Revision::Original, Operation::Update, &user),
        "id: unknown; commonId: unknown; password: update does not take it"
    );
    let lenient = Rules { strict: false, ..rules(Revision::Original) };
    let checked = check(&lenient, Operation::Update, &user).unwrap();
    assert_eq!(Value::Object(checked.fields), json!({"location": "Vigo"}));
}

#[test]
fn roles_are_those_of_the_catalogue() {
    for (roles, words) in [
        (json!({"management": ["trainer"]}), "roles: unknown role trainer in management"),
        (json!({"managment": ["user"]}), "roles: unknown section managment"),
        (json!({"social": null}), "roles: unknown section social"),
        (json!({"training": "user"}), "roles: training must be a list of roles"),
        (json!({"training": [1]}), "roles: training must be a list of texts"),
        (json!(["user"]), "roles: must be an object of sections"),
    ] {
        assert_eq!(fault(Revision::Original, Operation::Update, &json!({ "roles": roles })), words);
    }
    let catalogues = Catalogues { update: Catalogue::default(), ..rules(Revision::Original).catalogues };
    let rules = Rules { catalogues, ..rules(Revision::Original) };
    let user = json!({"roles": {"management": ["user"]}});
    assert_eq!(check(&rules, Operation::Update, &user).unwrap_err(), "roles: unknown section management");
}

#[test]
fn a_picture_has_one_form_and_not_both() {
    for image in [
        json!({"url": "https://a", "base64Image": "iVBORw0KGgo=", "mimeType": "image/png"}),
        json!({"base64Image": "iVBORw0KGgo="}),
        json!({"mimeType": "image/png"}),
        json!({}),
        json!({"url": "https://a", "size": "1"}),
    ] {
        let fault = fault(Revision::Original, Operation::Update, &json!({ "image": image }));
        assert_eq!(fault, "image: must have either url, or base64Image and mimeType");
    }
    let numbers = json!({"image": {"url": 7}});
    assert_eq!(fault(Revision::Original, Operation::Update, &numbers), "image: its parts must be texts");
}

#[test]
fn what_can_be_cleared_is_emptied_and_the_rest_refuses_to_be() {
    let rules = rules(Revision::Original);
    for empty in [json!(""), json!("  "), json!(null)] {
        let checked = check(&rules, Operation::Update, &json!({"mobilePhone": empty})).unwrap();
        assert_eq!(Value::Object(checked.fields), json!({"mobilePhone": null}));
        assert_eq!(check(&rules, Operation::Update, &json!({"name": empty})).unwrap_err(), "name: must not be empty");
    }
}

#[test]
fn the_training_platform_refuses_what_management_takes() {
    for (key, value, code) in [
        ("password", json!("abc"), "USR002"),
        ("password", json!("abcd efgh"), "USR002"),
        ("email", json!("nobody"), "USR006"),
        ("image", json!({"base64Image": "UklGRg==", "mimeType": "image/webp"}), "USR011"),
    ] {
        let mut user = new_user();
        user[key] = value;
        let checked = check(&rules(Revision::Original), Operation::Create, &user).unwrap();
        assert_eq!(checked.training.len(), 1);
        assert!(checked.training[0].starts_with(code), "{:?}", checked.training);
    }
}

#[test]
fn a_password_and_extra_are_not_kept() {
    let checked = check(&rules(Revision::Original), Operation::Create, &new_user()).unwrap();
    assert!(checked.fields.contains_key("username") && !checked.fields.contains_key("password"));
    let checked = check(&rules(Revision::Original), Operation::Update, &json!({"extra": {"a": 1}})).unwrap();
    assert_eq!(checked, Checked::default());
}
