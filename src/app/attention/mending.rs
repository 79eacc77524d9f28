//! What is sent about a change that is not finished, because somebody pressed a key and saw the review: a repair, or a create anew.

use crate::app::attention::{Item, here, words};
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::listing;
use crate::app::model::{Model, Overlay};
use crate::app::msg::Act as Perform;
use crate::app::opening;
use crate::app::review::Repairing;
use crate::app::sending;
use crate::domain::draft::Subject;
use crate::domain::fields::Field;
use crate::domain::look_up;
use crate::domain::outcome::ReadFault;
use crate::domain::person::Person;
use crate::domain::photo::Photo;
use crate::domain::record::{Act, ChangeId, Kept, Standing};
use crate::domain::repair::{self, Repair};
use crate::domain::roles::RoleGrid;

/// Why a change cannot be repaired now, in words; nothing where it can.
pub fn why_no_repair(model: &Model, item: Option<&Item>) -> Option<&'static str> {
    let Some(item) = item else { return Some("Nothing is known of it: it may be finished.") };
    repair::refusal(&item.change)
        .or_else(|| sending::forbidden_now(model))
        .or_else(|| model.attention.preparing.map(|_| "Somebody is being read for a repair already."))
}

/// Why a create cannot be sent anew, in words; nothing where it can.
pub fn why_not_again(model: &Model, item: Option<&Item>) -> Option<&'static str> {
    let Some(item) = item else { return Some("Nothing is under the cursor.") };
    let change = &item.change;
    if change.intent.act != Act::Create || change.standing != Standing::InDoubt {
        return Some("Only a create in doubt is sent anew.");
    }
    if !item.is_gone() {
        return Some("It may still arrive: it has to be looked up after its time, and not be found.");
    }
    sending::forbidden_now(model)
}

/// The item of the last request.
pub fn last(model: &Model) -> Option<&Item> {
    model.attention.item(model.status.answered()?.answer.report.change?)
}

/// Reads whom the change under the cursor is about, to send it once more.
pub fn repair(model: &mut Model) -> Effects {
    let item = here(model).cloned();
    prepare(model, item)
}

/// The same for the last request.
pub fn repair_last(model: &mut Model) -> Effects {
    let item = last(model).cloned();
    prepare(model, item)
}

fn prepare(model: &mut Model, item: Option<Item>) -> Effects {
    if let Some(why) = why_no_repair(model, item.as_ref()) {
        model.refuse(why);
        return Effects::none();
    }
    let Some(item) = item else { return Effects::none() };
    let key = match look_up::key(&item.change) {
        Ok(key) => key,
        Err(fault) => {
            model.refuse(format!("{}: {fault}.", item.change.intent.username));
            return Effects::none();
        }
    };
    let ticket = model.ticket();
    model.attention.preparing = Some((ticket, item.change.id));
    model.say(format!("Reading {} first, so that nobody's change is taken back.", item.change.intent.username));
    Effects::one(Effect::Read { ticket, key })
}

/// Whom a repair is about was read, or not. Nothing where another reading was meant.
pub fn read(model: &mut Model, ticket: Ticket, answer: &Result<Box<Person>, ReadFault>) -> Option<Effects> {
    let (_, id) = model.attention.preparing.take_if(|(asked, _)| *asked == ticket)?;
    let shown = matches!(model.overlay, None | Some(Overlay::Attention(_)));
    let item = here(model).filter(|item| item.change.id == id).or_else(|| model.attention.item(id)).cloned();
    let (Some(item), true) = (item, shown) else {
        model.say("Something else is open by now: nothing was prepared.");
        return Some(Effects::none());
    };
    let person = match answer {
        Ok(person) => person,
        Err(fault) => {
            model.refuse(unread(&item, fault));
            return Some(Effects::none());
        }
    };
    listing::refresh(model, person);
    let at_hand = model.attention.at_hand.get(&id).cloned().unwrap_or_default();
    let made = repair::repair(&item.change, person, &at_hand, model.tenant.revision, &model.catalogues.update);
    Some(match made {
        Ok(made) => review(model, item, made),
        Err(why) => {
            model.refuse(why);
            Effects::none()
        }
    })
}

fn unread(item: &Item, fault: &ReadFault) -> String {
    match fault {
        ReadFault::NotFound => {
            format!("Management has no {}: there is nobody to update. Nothing was sent.", item.change.intent.username)
        }
        ReadFault::NoService(_) | ReadFault::Failed(_) | ReadFault::SomeoneElse(_) => {
            format!("{} could not be read, so nothing was sent: {fault}.", item.change.intent.username)
        }
    }
}

/// Shows what would be sent, as any other change.
fn review(model: &mut Model, item: Item, made: Repair) -> Effects {
    let mut about = vec![words::repair_of(&item.change), words::before(item.platforms())];
    about.extend(made.left_out.iter().map(|left| format!("! {left}")));
    let form = form_of(model, &made);
    model.notice = None;
    let from_list = matches!(model.overlay, Some(Overlay::Attention(_)));
    let repairing = Repairing {
        of: item.change.id,
        before: item.platforms().to_vec(),
        form,
        about,
        from: from_list.then(|| Box::new(item)),
    };
    sending::show_repair(model, made.order, repairing)
}

/// The form that a repair belongs to: the one that made the change, where it is about the same user; otherwise none that is there, so that
/// its answer leaves the form alone.
fn form_of(model: &mut Model, made: &Repair) -> Ticket {
    let is_about = model.form.subject.person().is_some_and(|person| person.username == made.order.username());
    let made_it = model.status.answered().is_some_and(|answered| answered.form == model.form_ticket);
    if is_about && made_it && made.order.is_update() { model.form_ticket } else { model.ticket() }
}

/// Fills the form with the create under the cursor. Work that was not sent is asked about first.
pub fn again(model: &mut Model) -> Effects {
    let Some(id) = here(model).map(|item| item.change.id) else { return Effects::none() };
    fill(model, id, false)
}

/// The same, agreed to.
pub fn again_anyway(model: &mut Model, id: ChangeId) -> Effects {
    fill(model, id, true)
}

fn fill(model: &mut Model, id: ChangeId, agreed: bool) -> Effects {
    let item = here(model).filter(|item| item.change.id == id).or_else(|| model.attention.item(id)).cloned();
    if let Some(why) = why_not_again(model, item.as_ref()) {
        model.refuse(why);
        return Effects::none();
    }
    let Some(item) = item else { return Effects::none() };
    if !opening::may_leave(model, agreed, Perform::Attention(super::Act::AgainAnyway(id))) {
        return Effects::none();
    }
    model.begin(Subject::New);
    let mut missing = Vec::new();
    for touched in item.change.intent.wanted() {
        match &touched.new {
            Kept::Text(url) if touched.field == Field::Image => model.image.photo = Some(Photo::Url(url.clone())),
            Kept::Text(text) => model.form.put(touched.field, text),
            Kept::Switch(on) => model.form.set_switch(touched.field, *on),
            Kept::Roles(roles) => model.matrix.grid = RoleGrid::wanting(roles, &model.catalogues.create),
            Kept::Mark { .. } if touched.field == Field::Image => missing.push("choose the picture again"),
            Kept::Mark { .. } => missing.push("enter the password again"),
            Kept::Nothing | Kept::Unknown => {}
        }
    }
    model.instead_of = Some(id);
    missing.insert(0, "As it was sent");
    model.say(format!("{}. ^S shows the review.", missing.join("; ")));
    Effects::none()
}
