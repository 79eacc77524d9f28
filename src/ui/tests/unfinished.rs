//! Screens of what is not finished: the list, one change in full, a repair, a queue, and the number of the ticket.

use super::*;
use crate::app::testing::{answered_item, item, listed, looked};
use crate::domain::record::{Act, ChangeId, Purpose, Seen, Standing};
use crate::domain::tenant::TicketRule;

/// The list with one of each kind.
pub fn attention() -> Model {
    let mut model = people();
    let rows = [
        ("management", Done, Some(204), None),
        ("social", Failed, Some(500), Some("down")),
        ("play", NotReported, None, None),
    ];
    let mut waiting = item(9, Act::Create, Standing::InDoubt);
    (waiting.wait, waiting.age) = (Some(std::time::Duration::from_secs(42)), "18 s ago".into());
    let mut elsewhere = item(5, Act::Delete, Standing::Open);
    elsewhere.change.elsewhere = true;
    elsewhere.change.intent.username = "evil\u{1b}[2J\u{202e}".into();
    let queued = [("management", Done, Some(204), None), ("training", Queued, Some(202), None)];
    let mut repair = item(8, Act::Activate, Standing::InDoubt);
    repair.change.intent.purpose = Purpose::Repair(ChangeId(4));
    let items = vec![
        waiting,
        repair,
        answered_item(7, Act::Update, Standing::Partial, &rows),
        looked(answered_item(6, Act::Update, Standing::Queued, &queued), Seen::Done, 5000),
        elsewhere,
        looked(item(3, Act::Create, Standing::InDoubt), Seen::Nobody, 60_000),
    ];
    let _ = listed(&mut model, items.clone());
    let _ = press(&mut model, "!");
    let _ = listed(&mut model, items);
    model
}

#[test]
fn what_needs_attention() {
    let mut model = attention();
    check("attention", &model);
    narrow("attention_40x12", &model);
    let _ = press(&mut model, "jj<Enter>");
    check("attention_partly", &model);
    narrow("attention_partly_40x12", &model);
    let _ = press(&mut model, "x");
    check("attention_dismiss", &model);
    let _ = press(&mut model, "<Esc><Esc>j<Enter>");
    check("attention_queued", &model);
    let _ = press(&mut model, "<Esc>jj<Enter>");
    check("attention_gone", &model);
}

#[track_caller]
fn narrow(name: &str, model: &Model) {
    insta::with_settings!({ snapshot_path => "../../../tests/it/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, screen(model, 40, 12));
    });
}

#[test]
fn the_header_counts_what_needs_attention_on_every_screen_and_covers_no_tenant() {
    let mut model = editing();
    let _ = listed(&mut model, vec![item(7, Act::Update, Standing::InDoubt), item(8, Act::Update, Standing::InDoubt)]);
    model.desk_ticket = Some("HD-12".into());
    let top = |model: &Model, width| screen(model, width, 24).lines().next().map(str::to_owned).unwrap_or_default();
    assert_eq!(top(&model, 80), " SANDBOX made-up people  synchronous         2 need attention  Edit marta.lopez");
    assert!(top(&model, 120).contains("synchronous  ticket HD-12") && top(&model, 120).contains("netex-users"));
    assert_eq!(top(&model, 40).trim(), "SANDBOX made-up… ! 2  Edit marta.lopez");
    let _ = listed(&mut model, vec![item(7, Act::Update, Standing::InDoubt)]);
    assert!(top(&model, 80).contains("1 needs attention"));
    let _ = listed(&mut model, Vec::new());
    assert!(!top(&model, 80).contains("attention"));
    (model.tenant.sandbox, model.tenant.production, model.tenant.name) = (false, true, "acme".into());
    model.no_journal = Some("the disk is full".into());
    assert!(top(&model, 80).contains("PRODUCTION acme") && top(&model, 80).contains("NO JOURNAL: nothing can be sent"));
    assert!(
        top(&model, 40).contains("PRODUCTION acme") && top(&model, 40).contains("NO JOURNAL"),
        "{}",
        top(&model, 40)
    );
    let _ = press(&mut model, "<F4>");
    assert!(screen(&model, 80, 24).contains("! It cannot be known: the disk is full"));
}

#[test]
fn a_repair_is_reviewed_and_its_result_keeps_what_was_before() {
    let rows = [
        ("management", Done, Some(201), None),
        ("training", Done, Some(201), None),
        ("social", Failed, Some(500), None),
    ];
    let mut model = filled();
    let (ticket, _) = send(&mut model);
    let mut partial = answer(Verdict::Partial, &rows);
    partial.report.change = Some(ChangeId(7));
    let _ = tell(&mut model, News::Answered(ticket, partial));
    let _ = listed(&mut model, vec![answered_item(7, Act::Create, Standing::Partial, &rows)]);
    check("verdict_repairable", &model);
    let effects = press(&mut model, "R");
    let [Effect::Read { ticket, .. }] = effects.as_slice() else {
        panic!("read: {effects:?}");
    };
    let mut nora = crate::app::testing::marta();
    (nora.username, nora.texts) = ("nora.vidal".into(), std::collections::BTreeMap::new());
    for (field, text) in [
        (Field::Name, "Nora"),
        (Field::Surname, "Vidal"),
        (Field::Email, "nora.vidal@acme.example"),
        (Field::Language, "gl"),
        (Field::Timezone, "Europe/Paris"),
    ] {
        nora.texts.insert(field, text.into());
    }
    let _ = tell(&mut model, News::Read(*ticket, Ok(Box::new(nora))));
    check("review_repair", &model);
    let effects = press(&mut model, "<Enter>");
    let Some(Effect::Submit { ticket, .. }) = effects.as_slice().first() else {
        panic!("sent: {effects:?}");
    };
    let again = [("management", Done, Some(204), None), ("social", Done, Some(204), None)];
    let _ = tell(&mut model, News::Answered(*ticket, answer(Verdict::Applied, &again)));
    check("verdict_repaired", &model);
}

#[test]
fn a_queued_change_says_field_by_field_what_management_shows() {
    let rows = [("management", Done, Some(204), None), ("social", Queued, Some(202), None)];
    let mut model = editing();
    let _ = press(&mut model, "<C-u>Maria");
    let (ticket, _) = send(&mut model);
    let mut queued = answer(Verdict::Pending, &rows);
    queued.report.change = Some(ChangeId(7));
    let _ = tell(&mut model, News::Answered(ticket, queued));
    let there =
        looked(answered_item(7, Act::Update, Standing::Queued, &rows), Seen::NotYet(vec![Field::MobilePhone]), 1);
    let _ = listed(&mut model, vec![there]);
    check("verdict_queued_followed", &model);
}

#[test]
fn the_number_of_the_ticket_is_asked_for() {
    let mut model = filled();
    model.ticketing = crate::app::ticket_number::Asking::by(TicketRule::Session);
    let _ = press(&mut model, "<C-s><Enter><Enter>");
    check("ticket_number", &model);
}
