//! The history at 80x24 and 120x40: a list, a change in full, what goes into a ticket, and taking back.

use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::history::Part;
use crate::app::model::Model;
use crate::app::msg::News;
use crate::app::testing::{listing, marta, press, tell, told};
use crate::domain::fields::Field;
use crate::domain::history::Told;
use crate::domain::outcome::{PlatformState, Verdict};
use crate::domain::person::Person;
use crate::domain::record::{Act, ChangeId, Kept, Sequel, Standing, Touched};
use crate::domain::untrusted::Untrusted;
use crate::ui::tests::{check, screen};

fn ticket(effects: &Effects) -> Ticket {
    let found = effects.as_slice().iter().find_map(|effect| {
        let (Effect::History { ticket, .. } | Effect::ForUndo { ticket, .. }) = effect else { return None };
        Some(*ticket)
    });
    found.expect("something is asked for")
}

/// A change that was done in part, of everything there is.
fn partly() -> Told {
    let mut one = told(12, Standing::Partial);
    let roles = |list: &[&str]| {
        let roles = list.iter().map(|role| (*role).to_owned()).collect();
        Kept::Roles([("training".to_owned(), roles), ("social".to_owned(), ["user".to_owned()].into())].into())
    };
    let touched = |field, old, new| Touched { field, old, new, echoed: false };
    let intent = &mut one.change.intent;
    intent.username = "ma\u{202e}rta.lopez".into();
    intent.touched.insert(0, Touched { echoed: true, ..touched(Field::Name, text("Marta"), text("Marta")) });
    intent.touched.extend([
        touched(Field::OfficePhone, Kept::Nothing, text("+34 981 000 000")),
        touched(Field::AboutMe, text("One line.\nAnother one."), text("")),
        touched(Field::Enabled, Kept::Switch(true), Kept::Switch(false)),
        touched(Field::Image, text("a picture"), mark(84_213, "sha256 ba7816bf8f01cfea414140de5dae2223")),
        touched(Field::Roles, roles(&["user"]), roles(&["user", "trainer"])),
    ]);
    let outcome = one.change.outcome.as_mut().expect("it was answered");
    outcome.verdict = Verdict::Partial;
    outcome.platforms[1].state = PlatformState::Failed;
    outcome.platforms[1].status = Some(500);
    outcome.platforms[1].message = Some(Untrusted::new("picture is larger than 700 KB \u{1b}[31m(USR012)"));
    one.change.sequels = vec![(13_000, Sequel::Dismissed("they will send another picture".into()))];
    one.change.standing = Standing::Dismissed;
    Told::of(one.change, |at| format!("2026-11-22 14:02:{:02} +01:00", at / 1000 % 60))
}

fn text(text: &str) -> Kept {
    Kept::Text(text.into())
}

fn mark(size: usize, fingerprint: &str) -> Kept {
    Kept::Mark { size, fingerprint: fingerprint.into() }
}

fn several() -> Vec<Told> {
    let mut password = told(11, Standing::Done);
    password.change.intent.act = Act::ChangePassword;
    let new = mark(17, "session 5a6b7c8d");
    password.change.intent.touched = vec![Touched { field: Field::Password, old: Kept::Unknown, new, echoed: false }];
    let mut undone = told(9, Standing::Done);
    undone.change.sequels = vec![(10_000, Sequel::Undone(ChangeId(10)))];
    undone.times = vec!["2026-11-22 14:02:10 +01:00".into()];
    let mut open = told(13, Standing::Open);
    (open.change.intent.act, open.change.outcome, open.change.elsewhere) = (Act::Create, None, true);
    vec![open, partly(), password, told(10, Standing::Queued), undone]
}

/// The history as it was read.
fn opened() -> Model {
    let mut model = listing();
    let ticket = ticket(&press(&mut model, "H"));
    let _ = tell(&mut model, News::History(ticket, Ok(Part { changes: several(), next: Some(ChangeId(9)) })));
    model
}

#[test]
fn the_list_of_changes() {
    let mut model = opened();
    check("history", &model);
    let _ = press(&mut model, "/lopez is:done");
    check("history_found", &model);
    let small = screen(&opened(), 40, 12);
    assert!(small.contains("marta.lopez") || small.contains("marta.lo"), "{small}");
}

#[test]
fn an_empty_list_and_one_that_cannot_be_read_say_so() {
    let mut model = listing();
    let asked = ticket(&press(&mut model, "H"));
    assert!(screen(&model, 80, 24).contains("reading"));
    let _ = tell(&mut model, News::History(asked, Err("the journal has stopped".into())));
    assert!(screen(&model, 80, 24).contains("! the journal has stopped"));
    let asked = ticket(&press(&mut model, "H/x"));
    let _ = tell(&mut model, News::History(asked, Ok(Part { changes: vec![], next: None })));
    assert!(screen(&model, 80, 24).contains("nothing of that kind; Esc shows everything again"));
}

#[test]
fn a_change_in_full_and_for_the_ticket() {
    let mut model = opened();
    let _ = press(&mut model, "<Down><Enter>");
    check("history_in_full", &model);
    let _ = press(&mut model, "y");
    check("history_summary", &model);
}

#[test]
fn taking_back_is_reviewed_with_what_stays() {
    let mut model = opened();
    let asked = ticket(&press(&mut model, "<Down><Down><Down><Enter>u"));
    assert!(screen(&model, 80, 24).contains("reading the person"));
    let mut theirs: Person = marta();
    theirs.texts.insert(Field::Location, "Lugo".into());
    let both = (Box::new(told(10, Standing::Queued)), Box::new(theirs.clone()));
    let _ = tell(&mut model, News::ForUndo(asked, Ok(both.clone())));
    check("history_undo", &model);
    let _ = press(&mut model, "<Esc>");
    theirs.texts.insert(Field::Surname, "Lopes".into());
    let asked = ticket(&press(&mut model, "u"));
    let _ = tell(&mut model, News::ForUndo(asked, Ok((both.0, Box::new(theirs)))));
    check("history_refused", &model);
}

#[test]
fn nothing_hidden_reaches_the_screen_and_every_size_is_drawn() {
    let mut states = vec![opened()];
    for keys in ["/u\u{202e}p", "<Down><Enter>", "<Down>y", "<Down><Enter>u"] {
        let mut model = opened();
        let _ = press(&mut model, keys);
        states.push(model);
    }
    for model in &states {
        for (width, height) in [(1, 1), (12, 3), (39, 11), (40, 12), (60, 20), (71, 24), (80, 24), (200, 60)] {
            let shown = screen(model, width, height);
            let hidden = |c: char| c != '\n' && crate::domain::untrusted::is_hidden(c);
            assert!(!shown.chars().any(hidden), "{width}x{height}: {shown:?}");
        }
    }
}
