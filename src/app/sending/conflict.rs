//! Somebody else changed the same field meanwhile: nothing was sent, and both are shown.

use crate::app::effect::{Effects, Ticket};
use crate::app::listing;
use crate::app::model::{Focus, Model, Overlay, Screen};
use crate::app::status::Job;
use crate::app::three_way::{self, ThreeWay};
use crate::domain::fields::Field;
use crate::domain::order::Order;
use crate::domain::person::Person;
use crate::domain::roles::RoleGrid;

/// Somebody else changed a field meanwhile: nothing was sent. The form takes what is there now as its ground, keeps what was typed, and
/// shows both.
pub fn conflict(model: &mut Model, ticket: Ticket, person: Person) -> Effects {
    let Some(sending) = model.status.sending().filter(|sending| sending.ticket == ticket) else {
        return Effects::none();
    };
    let (order, form) = (sending.order.clone(), sending.form);
    model.status.job = Job::Nothing;
    let Order::Change(request) = order else {
        return Effects::none();
    };
    listing::refresh(model, &person);
    if form != model.form_ticket {
        model.refuse(format!("{} was changed by somebody else meanwhile: nothing was sent.", request.username()));
        return Effects::none();
    }
    model.overlay = Some(Overlay::ThreeWay(ThreeWay::of(&request, &person)));
    model.screen = Screen::Editor;
    model.focus = Focus::Fields;
    model.matrix.grid.rebase(person.roles.clone());
    model.form.rebase(person);
    model.refuse("Nothing was sent: somebody else changed this user meanwhile.");
    Effects::none()
}

/// In the view of what somebody else changed: giving one's own value up for theirs.
pub fn three_way(model: &mut Model, act: three_way::Act) -> Effects {
    let Some(Overlay::ThreeWay(view)) = &mut model.overlay else {
        return Effects::none();
    };
    match act {
        three_way::Act::Move(by) => view.go(by),
        three_way::Act::Theirs => {
            let at = view.at;
            let Some(row) = view.rows.get_mut(at) else {
                return Effects::none();
            };
            row.given_up = true;
            let field = row.field;
            give_up(model, field);
        }
    }
    Effects::none()
}

/// Puts a field back to what is there now.
fn give_up(model: &mut Model, field: Field) {
    let Some(person) = model.form.subject.person().cloned() else {
        return;
    };
    if field == Field::Roles {
        model.matrix.grid = RoleGrid::new(person.roles);
    } else if field == Field::Image {
        model.image.photo = None;
    } else if field == Field::Enabled {
        model.form.set_switch(field, person.enabled.unwrap_or_default());
    } else {
        model.form.put(field, &person.text(field));
    }
}
