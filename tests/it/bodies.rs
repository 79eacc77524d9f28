//! Update bodies, for any sequence of keys: what is sent is what was touched, and nothing else.
//!
//! The oracle is a second, simpler bookkeeping of the same keys: the text that stands in each field. It knows nothing of drafts.

use std::collections::BTreeMap;

use netex_users::app::editor::Edit;
use netex_users::app::model::Model;
use netex_users::app::msg::{Act, Msg};
use netex_users::app::update::update;
use netex_users::codec::json;
use netex_users::codec::roles::{BUILT_IN, catalogues};
use netex_users::domain::draft::Subject;
use netex_users::domain::field::Need::Required;
use netex_users::domain::field::{Kind, Operation, Revision};
use netex_users::domain::fields::Field;
use netex_users::domain::look::Look;
use netex_users::domain::person::Person;
use netex_users::domain::tenant::{Synchronization, Tenant};
use proptest::prelude::*;

/// What a hand does to one field.
#[derive(Clone, Debug)]
enum Stroke {
    Letter(char),
    RubOut,
    Empty,
    TypeBack,
    Clear,
}

fn strokes() -> impl Strategy<Value = Vec<(usize, Stroke)>> {
    let stroke = prop_oneof![
        4 => prop::char::range('a', 'z').prop_map(Stroke::Letter),
        2 => Just(Stroke::RubOut),
        1 => Just(Stroke::Empty),
        3 => Just(Stroke::TypeBack),
        1 => Just(Stroke::Clear),
    ];
    prop::collection::vec((0..64_usize, stroke), 0..25)
}

fn marta() -> Person {
    let texts = [
        (Field::Name, "Marta"),
        (Field::Surname, "López"),
        (Field::Email, "marta.lopez@acme.example"),
        (Field::Language, "es"),
        (Field::Timezone, "Europe/Paris"),
        (Field::MobilePhone, "+34 600 000 000"),
        (Field::AboutMe, "two\nlines"),
    ];
    Person {
        id: Some("ff808181556ee70e015572136a250012".into()),
        username: "marta.lopez".into(),
        texts: texts.map(|(field, text)| (field, text.to_owned())).into(),
        enabled: Some(true),
        roles: [("management".to_owned(), ["user".to_owned()].into())].into(),
        pairs: vec![("NIF".into(), Some("1".into()))],
        has_picture: true,
    }
}

fn model(revision: Revision) -> Model {
    let tenant = Tenant {
        name: "acme".into(),
        sandbox: false,
        production: false,
        read_only: false,
        revision,
        synchronization: Synchronization::Synchronous,
    };
    let catalogues = catalogues(BUILT_IN, revision).expect("the built-in roles are without fault");
    let mut model = Model::new(tenant, Look::default(), catalogues);
    model.begin(Subject::Known(Box::new(marta())));
    model
}

fn act(model: &mut Model, act: Act) {
    drop(update(model, Msg::Act(act)));
}

/// Does a stroke to the program and to the oracle: the text that stands in the field, or nothing where it will be cleared.
fn strike(model: &mut Model, seen: &mut BTreeMap<Field, Option<String>>, at: usize, stroke: &Stroke) {
    let typed: Vec<usize> =
        (0..model.form.rows.len()).filter(|at| model.form.rows[*at].field.spec().kind.is_typed()).collect();
    let at = typed[at % typed.len()];
    model.form.go(at);
    let field = model.form.row().field;
    let read = marta().text(field);
    let now = seen.entry(field).or_insert_with(|| Some(read.clone()));
    match stroke {
        Stroke::Clear if field.spec().clearable => {
            act(model, Act::Clear);
            *now = match now {
                Some(_) if !read.is_empty() => None,
                // There is nothing to clear on the server: the field is emptied here.
                Some(_) => Some(String::new()),
                None => Some(field_text(model, at)),
            };
        }
        Stroke::Clear => {}
        Stroke::Letter(letter) => {
            drop(update(model, Msg::Type(*letter)));
            if let Some(text) = now {
                text.push(*letter);
            }
        }
        Stroke::RubOut => {
            act(model, Act::Edit(Edit::Backspace));
            if let Some(text) = now {
                text.pop();
            }
        }
        Stroke::Empty | Stroke::TypeBack => {
            let letters = now.as_ref().map_or(0, |text| text.chars().count());
            for _ in 0..letters {
                act(model, Act::Edit(Edit::Backspace));
            }
            if let Some(text) = now {
                text.clear();
            }
            if matches!(stroke, Stroke::TypeBack) && now.is_some() {
                drop(update(model, Msg::Paste(read.clone())));
                *now = Some(read);
            }
        }
    }
}

/// What was typed before the field was cleared comes back with the second press.
fn field_text(model: &Model, at: usize) -> String {
    match &model.form.rows[at].input {
        netex_users::app::form::Input::Text(editor) => editor.text(),
        netex_users::app::form::Input::Switch(_) => String::new(),
    }
}

fn body_keys(model: &Model) -> Option<serde_json::Map<String, serde_json::Value>> {
    let request = model.draft().check(model.catalogue()).ok()?;
    let body: serde_json::Value = serde_json::from_slice(&json::encode(&request)).expect("a body is JSON");
    Some(body["user"].as_object().expect("the body holds a user").clone())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn keys_sent_are_the_keys_touched(
        strokes in strokes(),
        revision in prop_oneof![Just(Revision::Original), Just(Revision::Y2019), Just(Revision::Y2023)],
    ) {
        let mut model = model(revision);
        let mut seen = BTreeMap::new();
        for (at, stroke) in &strokes {
            strike(&mut model, &mut seen, *at, stroke);
        }
        let touched: BTreeMap<Field, Option<String>> =
            seen.into_iter().filter(|(field, now)| *now != Some(marta().text(*field))).collect();
        let Some(body) = body_keys(&model) else {
            // Nothing touched, or a fault: then nothing is sent, which this property has nothing against.
            prop_assert!(touched.is_empty() || !model.faults().is_empty());
            return Ok(());
        };
        prop_assert!(!touched.is_empty());
        for (key, value) in &body {
            let field = Field::from_key(key).expect("a key of the table");
            let echoed = field.need(Operation::Update, revision) == Required
                || (field == Field::Roles && revision != Revision::Original);
            match touched.get(&field) {
                Some(Some(text)) if !matches!(field.spec().kind, Kind::Pairs | Kind::Object) => {
                    prop_assert_eq!(value.as_str(), Some(text.as_str()));
                }
                Some(Some(_)) => {}
                Some(None) => prop_assert_eq!(value.as_str(), Some("")),
                None if field == Field::Roles && echoed => prop_assert_eq!(value, &serde_json::json!({"management": ["user"]})),
                None => {
                    prop_assert!(echoed, "{} was not touched", key);
                    prop_assert_eq!(value.as_str().map(str::to_owned), Some(marta().text(field)));
                }
            }
        }
        for field in touched.keys() {
            prop_assert!(body.contains_key(field.spec().key), "{} was touched and not sent", field.spec().key);
        }
    }
}
