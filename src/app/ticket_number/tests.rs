//! When the number is asked for, and that nothing leaves without it.

use super::*;
use crate::app::effect::Effect;
use crate::app::model::Notice;
use crate::app::msg::News;
use crate::app::people::{PageRead, Reading};
use crate::app::testing::{done, editing, listing, marta, press, tell};
use crate::domain::listed::Listed;

/// The numbers that went out with what was sent.
fn numbers(effects: &Effects) -> Vec<Option<String>> {
    let number = |effect: &Effect| {
        if let Effect::Submit { circumstances, .. } | Effect::Apply { circumstances, .. } = effect {
            Some(circumstances.ticket.clone())
        } else {
            None
        }
    };
    effects.as_slice().iter().filter_map(number).collect()
}

fn some(number: &str) -> Vec<Option<String>> {
    vec![Some(number.to_owned())]
}

fn asking(rule: TicketRule) -> Model {
    let mut model = editing();
    model.ticketing = Asking::by(rule);
    model
}

/// Everything answered, so that the next one can be sent.
fn answer(model: &mut Model, effects: &Effects) {
    for effect in effects.as_slice() {
        if let Effect::Submit { ticket, .. } = effect {
            let _ = tell(model, News::Answered(*ticket, done()));
        }
    }
}

#[test]
fn without_the_rule_nothing_is_asked() {
    let mut model = asking(TicketRule::None);
    assert_eq!(numbers(&press(&mut model, "<C-u>Maria<C-s><Enter>")), [None]);
}

#[test]
fn once_a_session_means_before_the_first_change_only() {
    let mut model = asking(TicketRule::Session);
    let effects = press(&mut model, "<C-u>Maria<C-s><Enter>");
    assert_eq!(numbers(&effects), []);
    let effects = press(&mut model, " HD-12 <Enter>");
    assert_eq!(numbers(&effects), some("HD-12"));
    answer(&mut model, &effects);
    assert_eq!(numbers(&press(&mut model, "<Esc><C-u>Mara<C-s><Enter>")), some("HD-12"));
}

#[test]
fn for_each_change_the_last_number_stands_there_already() {
    let mut model = asking(TicketRule::Change);
    let effects = press(&mut model, "<C-u>Maria<C-s><Enter>HD-1<Enter>");
    assert_eq!(numbers(&effects), some("HD-1"));
    answer(&mut model, &effects);
    let effects = press(&mut model, "<Esc><C-u>Mara<C-s><Enter>");
    assert_eq!(numbers(&effects), []);
    assert_eq!(numbers(&press(&mut model, "3<Enter>")), some("HD-13"));
}

#[test]
fn no_number_sends_nothing_and_esc_leads_back_to_the_review() {
    let mut model = asking(TicketRule::Session);
    assert_eq!(numbers(&press(&mut model, "<C-u>Maria<C-s><Enter><Enter> <Enter>")), []);
    let Some(Overlay::TicketNumber(question)) = &model.overlay else { panic!("it is still asked") };
    assert!(question.fault.as_ref().is_some_and(|fault| fault.contains("wants a number")));
    assert_eq!(numbers(&press(&mut model, "<Esc>")), []);
    assert!(matches!(model.overlay, Some(Overlay::Review(_))));
    assert_eq!(model.desk_ticket, None);
}

#[test]
fn a_request_that_is_written_out_late_stands_in_the_review_all_the_same() {
    let mut model = asking(TicketRule::Session);
    let effects = press(&mut model, "<C-u>Maria<C-s><Enter>");
    let [Effect::Transcribe { ticket, .. }] = effects.as_slice() else { panic!("written out: {effects:?}") };
    let _ = tell(&mut model, News::Transcribed(*ticket, "PUT".into()));
    let _ = press(&mut model, "<Esc>");
    assert!(matches!(&model.overlay, Some(Overlay::Review(review)) if review.transcript.is_some()));
}

#[test]
fn a_number_has_an_end() {
    let mut model = asking(TicketRule::Session);
    let long = "9".repeat(LONGEST + 1);
    assert_eq!(numbers(&press(&mut model, &format!("<C-u>Maria<C-s><Enter>{long}<Enter>"))), []);
    assert_eq!(numbers(&press(&mut model, "<BS><Enter>")), some(&long[1..]));
}

#[test]
fn a_key_gives_changes_and_takes_away_the_number_at_any_time() {
    let mut model = asking(TicketRule::None);
    assert_eq!(press(&mut model, "<F6>HD-7<Enter>"), Effects::none());
    assert!(matches!(&model.notice, Some(Notice::Info(words)) if words.contains("HD-7")));
    assert_eq!(model.desk_ticket.as_deref(), Some("HD-7"));
    let _ = press(&mut model, "<F6><C-u><Enter>");
    assert_eq!(model.desk_ticket, None);
}

/// The list with one person, who is marked where a plan is made.
fn people(rule: TicketRule) -> Model {
    let mut model = listing();
    model.ticketing = Asking::by(rule);
    model.people.reading = Reading::Page(crate::app::effect::Ticket(0));
    let page = PageRead { people: vec![Listed::from(&marta())], end: Some(None), when: "14:02".into() };
    let _ = tell(&mut model, News::Page(crate::app::effect::Ticket(0), Ok(page)));
    model
}

#[test]
fn a_deed_and_a_change_for_many_ask_as_well() {
    for rule in [TicketRule::Session, TicketRule::Change] {
        let mut model = people(rule);
        let effects = press(&mut model, "e");
        let Some(Effect::Read { ticket, .. }) = effects.as_slice().last() else { panic!("read: {effects:?}") };
        let _ = tell(&mut model, News::Read(*ticket, Ok(Box::new(marta()))));
        assert_eq!(numbers(&press(&mut model, "<Enter>")), []);
        assert_eq!(numbers(&press(&mut model, "HD-1<Enter>")), some("HD-1"), "{rule:?}");

        let mut model = people(rule);
        assert_eq!(numbers(&press(&mut model, "*mdisable<Enter><Enter>")), []);
        assert_eq!(numbers(&press(&mut model, "HD-2<Enter>")), some("HD-2"), "{rule:?}");
    }
}
