//! What is written is whole, inert, and hides nothing.

use super::*;
use crate::codec::inert::meaning;
use crate::domain::fields::Field;
use crate::domain::outcome::{PlatformReport, PlatformState, Verdict};
use crate::domain::record::{
    Act, Change, ChangeId, Intent, Kept, Outcome, Purpose, Realm, Sequel, Standing, Touched, Who,
};
use crate::domain::tenant::Synchronization;
use crate::domain::untrusted::{Untrusted, is_hidden};
use proptest::prelude::*;

fn told(text: &str) -> Told {
    let touched = |field, old, new| Touched { field, old, new, echoed: false };
    let kept = || Kept::Text(text.to_owned());
    let row = PlatformReport {
        name: Untrusted::new(text),
        state: PlatformState::Failed,
        status: Some(500),
        message: Some(Untrusted::new(text)),
        location: None,
    };
    let change = Change {
        id: ChangeId(12),
        at: 0,
        realm: Realm { tenant: "acme".into(), origin: "https://acme.example".into() },
        who: Who { user: text.into(), uid: 1000, ssh: Some(text.into()) },
        intent: Intent {
            act: Act::Update,
            username: text.into(),
            key: None,
            synchronization: Synchronization::Synchronous,
            touched: vec![touched(Field::Surname, kept(), kept()), touched(Field::Location, Kept::Nothing, kept())],
            ticket: Some(text.into()),
            purpose: Purpose::Undo(ChangeId(3)),
            job: None,
            instead_of: None,
        },
        outcome: Some(Outcome { platforms: vec![row], ..Outcome::without_reply(Verdict::Partial, text) }),
        sequels: vec![(0, Sequel::Dismissed(text.into()))],
        standing: Standing::Dismissed,
        elsewhere: false,
    };
    Told::of(change, |_| "2026-11-22T14:02:11.000Z".to_owned())
}

fn cells(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    reader.records().map(|row| row.expect("it is CSV").iter().map(str::to_owned).collect()).collect()
}

#[test]
fn a_change_has_a_line_for_each_field_and_one_where_it_touched_none() {
    let rows = cells(&(head() + &rows(&told("López"))));
    assert_eq!(rows.len(), 3);
    let of = |name: &str, row: usize| rows[row][COLUMNS.iter().position(|column| *column == name).unwrap()].clone();
    assert_eq!((of("number", 1), of("field", 1), of("old", 1)), ("12".into(), "Surname".into(), "López".into()));
    assert_eq!((of("field", 2), of("old", 2), of("new", 2)), ("Location".into(), "nothing".into(), "López".into()));
    assert_eq!((of("why", 1), of("verdict", 1)), ("takes #3 back".into(), "partly done".into()));
    assert_eq!(of("platforms", 2), "López        FAILED 500  López");
    let mut deleted = told("x");
    deleted.change.intent.touched.clear();
    assert_eq!(cells(&super::rows(&deleted)).len(), 1);
}

#[test]
fn a_document_has_everything_that_was_kept() {
    let document: Value = serde_json::from_str(&one(&told("Ló\u{202e}pez"))).unwrap();
    let change = &document["change"];
    assert_eq!((&document["exit"], &change["number"], &change["of"]), (&json!(0), &json!(12), &json!(3)));
    assert_eq!(change["fields"][0]["new"], json!("Ló\u{202e}pez"), "exactly as it came");
    assert_eq!(change["outcome"]["verdict"], json!("partly done"));
    assert_eq!(change["outcome"]["platforms"][0]["state"], json!("failed"));
    assert_eq!(
        change["then"][0],
        json!({"at": "2026-11-22T14:02:11.000Z", "what": "dismissed", "reason": "Ló\u{202e}pez"})
    );
    let sound = checked(3, 1, 0, "ab", 4096, &[]);
    assert!(sound.contains("\"exit\":0") && checked(3, 1, 0, "ab", 4096, &["entry 1".into()]).contains("\"exit\":6"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_cell_starts_a_formula_and_nothing_hidden_is_in_any_export(text in "[ =+@\t\r\na'\u{1b}\u{202e}\u{a0}＝-]{0,8}|\\PC{0,6}") {
        let csv = rows(&told(&text));
        for cell in cells(&csv).into_iter().flatten() {
            let begins = cell.trim_start_matches(|c: char| c.is_whitespace() || is_hidden(c));
            prop_assert!(!begins.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']), "{:?}", cell);
            prop_assert!(!meaning(&cell).0.chars().any(is_hidden), "{:?}", cell);
        }
        for line in [change_line(&told(&text)), one(&told(&text)), several(&[told(&text)])] {
            prop_assert!(line.ends_with('\n') && !line.trim_end_matches('\n').chars().any(is_hidden), "{:?}", line);
            prop_assert!(serde_json::from_str::<Value>(&line).is_ok());
        }
    }
}
