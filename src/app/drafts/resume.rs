//! Taking a draft up again: on what was read then at once, and on what is there now as soon as that was read.
//!
//! Without the network the draft is finished on the person of then, and sent later: the last look before an update guards it.

use std::sync::Arc;

use crate::app::drafts::follow::{ask, left, want};
use crate::app::drafts::{Wanted, list};
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::image::Pane;
use crate::app::model::{Model, Overlay};
use crate::app::roles::Matrix;
use crate::app::three_way::ThreeWay;
use crate::domain::fields::Field;
use crate::domain::kept::{DraftFault, KeptDraft, KeptPhoto, Whom};
use crate::domain::key::UserKey;
use crate::domain::outcome::ReadFault;
use crate::domain::person::Person;
use crate::domain::photo::Photo;
use crate::domain::roles::RoleGrid;

/// The reading of the person of a draft.
#[derive(Clone, Debug)]
pub(super) struct Resuming {
    /// The form.
    pub form: Ticket,
    /// The question.
    pub ticket: Ticket,
    /// When the draft was kept, in words.
    pub when: String,
}

/// A draft was opened, or not. One that nobody waits for any more is let go of.
pub(super) fn taken(
    model: &mut Model,
    ticket: Ticket,
    answer: Result<(Box<KeptDraft>, String), DraftFault>,
) -> Effects {
    let Some(Overlay::Drafts(view)) = model.overlay.as_mut().filter(|overlay| is_taking(overlay, ticket)) else {
        return if answer.is_ok() { want(Wanted::Release { form: ticket }).and(ask(model)) } else { Effects::none() };
    };
    match answer {
        Ok((draft, when)) => resume(model, ticket, Arc::from(draft), when),
        Err(fault) => {
            (view.taking, view.fault) = (None, Some(fault.to_string()));
            ask(model)
        }
    }
}

fn is_taking(overlay: &Overlay, ticket: Ticket) -> bool {
    matches!(overlay, Overlay::Drafts(list::View { taking: Some(asked), .. }) if *asked == ticket)
}

/// Puts a draft before the agent, and has the person read afresh.
fn resume(model: &mut Model, form: Ticket, draft: Arc<KeptDraft>, when: String) -> Effects {
    model.begin_as(draft.whom.subject(), form);
    let left_out = model.form.type_again(&draft.entries);
    let ground = model.form.subject.person().map(|person| person.roles.clone()).unwrap_or_default();
    model.matrix = Matrix::new(RoleGrid::resumed(ground, draft.roles.clone()));
    model.image = pane(draft.photo.as_ref());
    if let Some((_, Some(folder))) = &model.image.again {
        model.last_folder = Some(folder.into());
    }
    model.form.password_again = draft.password;
    model.form.recipe = model.recipes.iter().find(|recipe| Some(&recipe.name) == draft.recipe.as_ref()).cloned();
    model.instead_of = draft.instead_of;
    model.say(said(&draft, &when, &left_out));
    let effects = left(model);
    let reading = read_afresh(model, &draft, when);
    model.drafts.kept = Some(draft);
    effects.and(reading)
}

/// What there is to know of a draft that was taken up again.
fn said(draft: &KeptDraft, when: &str, left_out: &[Field]) -> String {
    let labels: Vec<&str> = left_out.iter().map(|field| field.spec().label).collect();
    let parts = [
        Some(format!("As you left it ({when}).")),
        draft.missing().map(|missing| format!("Give {missing} again.")),
        (!labels.is_empty())
            .then(|| format!("Left out, because this revision has no such field: {}.", labels.join(", "))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn pane(photo: Option<&KeptPhoto>) -> Pane {
    match photo {
        Some(KeptPhoto::Url(url)) => Pane { photo: Some(Photo::Url(url.clone())), ..Pane::default() },
        Some(KeptPhoto::Chosen { name, folder }) => {
            Pane { again: Some((name.clone(), folder.clone())), ..Pane::default() }
        }
        None => Pane::default(),
    }
}

fn read_afresh(model: &mut Model, draft: &KeptDraft, when: String) -> Effects {
    let Whom::Known(person) = &draft.whom else {
        return Effects::none();
    };
    let Ok(key) = UserKey::parse(person.id.as_deref().unwrap_or(&person.username)) else {
        return Effects::none();
    };
    let ticket = model.ticket();
    model.drafts.resuming = Some(Resuming { form: model.form_ticket, ticket, when });
    Effects::one(Effect::Read { ticket, key })
}

/// Whether this is the reading of the person of a draft.
pub fn is_reading(model: &Model, ticket: Ticket) -> bool {
    model.drafts.resuming.as_ref().is_some_and(|resuming| resuming.ticket == ticket)
}

/// The person of a draft was read: the form keeps what was typed, on top of what is there now, and shows both.
pub fn read(model: &mut Model, answer: Result<Box<Person>, ReadFault>) -> Effects {
    let Some(Resuming { when, .. }) = model.drafts.resuming.take() else {
        return Effects::none();
    };
    match answer {
        Ok(person) => rebase(model, *person, when),
        Err(ReadFault::NotFound) => {
            model.refuse("Nobody of this id is there any more: renamed, or deleted. The draft is kept as it is.");
        }
        Err(fault) => model.refuse(format!(
            "Not read afresh: {fault}. You go on with what was read then; it is looked at again before sending."
        )),
    }
    Effects::none()
}

fn rebase(model: &mut Model, person: Person, when: String) {
    let view = ThreeWay::of_draft(model, &person, when);
    let changed = view.rows.iter().filter(|row| row.theirs != row.loaded).count();
    model.matrix.grid.rebase(person.roles.clone());
    model.form.rebase(person);
    match (view.rows.len(), changed) {
        (0, _) => model.say("Everything in the draft is there already: nothing is left to send."),
        (_, 0) => model.say("Nobody changed these meanwhile. * marks what will be sent."),
        (_, 1) => model.refuse("One of these was changed by somebody else meanwhile."),
        (_, more) => model.refuse(format!("{more} of these were changed by somebody else meanwhile.")),
    }
    // Who is at something else already sees it in the form.
    if model.overlay.is_none() && !view.rows.is_empty() {
        model.overlay = Some(Overlay::ThreeWay(view));
    }
}
