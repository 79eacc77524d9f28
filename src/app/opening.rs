//! Other users: beginning a new one, opening one, and leaving. Work that was not sent stays as a draft; what would be lost is asked about
//! first.

use crate::app::attention::mending;
use crate::app::deeds::Fresh;
use crate::app::drafts;
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::listing;
use crate::app::menu::Menu;
use crate::app::model::{Confirm, Model, Overlay};
use crate::app::msg::Act;
use crate::app::open::{self, Question, State};
use crate::domain::draft::Subject;
use crate::domain::fields::Field;
use crate::domain::key::UserKey;
use crate::domain::outcome::ReadFault;
use crate::domain::person::Person;
use crate::domain::roles::RoleGrid;

/// Asks before work is lost; true where nothing is in the way.
pub fn may_leave(model: &mut Model, agreed: bool, yes: Act) -> bool {
    let Some(loss) = drafts::loss(model).filter(|_| !agreed) else {
        return true;
    };
    let question = format!("{loss} Leave it?");
    model.overlay = Some(Overlay::Confirm(Confirm { question, hint: "No goes back to it.", yes }));
    false
}

/// Begins a new user by a recipe: its values and roles are filled in, its patterns as soon as the names are typed.
pub fn recipe(model: &mut Model, at: usize) -> Effects {
    if let Some(recipe) = model.recipes.get(at).cloned() {
        model.begin(Subject::New);
        for (field, value) in &recipe.values {
            if !value.contains('{') {
                model.form.put(*field, value);
            }
        }
        if let Some(on) = recipe.enabled {
            model.form.set_switch(Field::Enabled, on);
        }
        model.matrix.grid = RoleGrid::wanting(&recipe.roles, &model.catalogues.create);
        model.say(format!(
            "Filled in by \"{}\". Names make the username and the address where they are empty.",
            recipe.name
        ));
        model.form.recipe = Some(recipe);
    }
    Effects::none()
}

/// Asks for a recipe to fill the form in by: a mover's or a leaver's, say.
pub fn ask_recipe(model: &mut Model) -> Effects {
    let recipes = model.recipes.iter().enumerate();
    let items = recipes.map(|(at, recipe)| (format!("{}: {}", recipe.name, recipe.help), Act::ApplyRecipe(at)));
    let title = format!("Fill {} in by", model.who());
    model.overlay = Some(Overlay::Menu(Menu::new(title, items.collect())));
    Effects::none()
}

/// Fills the form of somebody who is there in by a recipe. Patterns are for new people, and nobody's names are changed; nothing is sent
/// before the review.
pub fn apply_recipe(model: &mut Model, at: usize) -> Effects {
    let Some(recipe) = model.recipes.get(at).cloned() else {
        return Effects::none();
    };
    let theirs = [Field::Username, Field::Name, Field::Surname, Field::Email];
    for (field, value) in recipe.values.iter().filter(|(field, value)| !theirs.contains(field) && !value.contains('{'))
    {
        model.form.put(*field, value);
    }
    if let Some(on) = recipe.enabled {
        model.form.set_switch(Field::Enabled, on);
    }
    let catalogue = model.catalogue().clone();
    for (section, roles) in &recipe.roles {
        if let Some(section) = catalogue.section(section) {
            model.matrix.grid.want(section, roles);
        }
    }
    model.say(format!("Filled in by \"{}\"; * marks what will be sent.", recipe.name));
    Effects::none()
}

/// Asks for an id or username.
pub fn find(model: &mut Model, agreed: bool) -> Effects {
    if may_leave(model, agreed, Act::FindAnyway) {
        model.overlay = Some(Overlay::Open(Question::new()));
    }
    Effects::none()
}

/// At the question for an id or username.
pub fn open(model: &mut Model, act: open::Act) -> Effects {
    let ticket = model.ticket();
    let Some(Overlay::Open(question)) = &mut model.overlay else {
        return Effects::none();
    };
    match act {
        open::Act::Take if matches!(question.state, State::Reading(..)) => Effects::none(),
        open::Act::Take => match UserKey::parse(question.editor.text().trim()) {
            Err(fault) => {
                question.state = State::Wrong(fault.to_string());
                Effects::none()
            }
            Ok(key) => {
                question.state = State::Reading(ticket, key.clone());
                Effects::one(Effect::Read { ticket, key })
            }
        },
        open::Act::Blind => {
            if let Some(key) = question.may_insist().cloned() {
                model.begin(Subject::Blind(key));
                model.say("Nothing was read: only what you type now is sent.");
            }
            Effects::none()
        }
    }
}

/// A user was read: for the question, or again after an update.
pub fn read(model: &mut Model, ticket: Ticket, answer: Result<Box<Person>, ReadFault>) -> Effects {
    if let Some(effects) = mending::read(model, ticket, &answer) {
        return effects;
    }
    if let Ok(person) = &answer {
        listing::refresh(model, person);
    }
    if drafts::resume::is_reading(model, ticket) {
        return drafts::resume::read(model, answer);
    }
    if model.reloading == Some(ticket) {
        model.reloading = None;
        reloaded(model, answer);
        return Effects::none();
    }
    match &mut model.overlay {
        Some(Overlay::Deed(question)) if matches!(question.person, Fresh::Reading(asked) if asked == ticket) => {
            question.read(answer);
        }
        Some(Overlay::Open(question)) => match &question.state {
            State::Reading(asked, key) if *asked == ticket => match answer {
                Ok(person) if question.clone => listing::clone_from(model, &person),
                Ok(person) => model.begin(Subject::Known(person)),
                Err(fault) => question.state = State::Failed(key.clone(), fault),
            },
            State::Reading(..) | State::Asking | State::Wrong(_) | State::Failed(..) => {}
        },
        _ => {}
    }
    Effects::none()
}

fn reloaded(model: &mut Model, answer: Result<Box<Person>, ReadFault>) {
    match answer {
        Ok(person) => {
            model.matrix.grid.rebase(person.roles.clone());
            model.form.rebase(*person);
            model.say("Read afresh: the form shows what management has now.");
        }
        Err(fault) => {
            model.refuse(format!("The user could not be read afresh: {fault}. The form shows what was typed."));
        }
    }
}

/// Leaves the program; says first what becomes of a job, and of what was typed.
pub fn quit(model: &mut Model, agreed: bool, job_agreed: bool) -> Effects {
    if !agreed && let Some(sending) = model.status.sending() {
        let question =
            format!("The request for {} is on its way. Leave without seeing its answer?", sending.order.username());
        let hint = "The request goes on either way; what became of it can be looked up later.";
        model.overlay = Some(Overlay::Confirm(Confirm { question, hint, yes: Act::QuitAnyway }));
        return Effects::none();
    }
    if !agreed
        && !job_agreed
        && let Some((job, _)) = model.jobs.carried()
    {
        let question = format!("Job {job} is being carried out. Leave, and stop it?");
        let hint = "What is on its way is waited for a moment; the rest can be gone on with later.";
        model.overlay = Some(Overlay::Confirm(Confirm { question, hint, yes: Act::QuitStopping }));
        return Effects::none();
    }
    if !agreed && model.has_unsent_work() {
        let kept = || format!("What you typed for {} was not sent. It is kept as a draft.", model.who());
        let lost = drafts::is_lost(model);
        let words = drafts::loss(model).unwrap_or_else(kept);
        let (then, yes) = if lost { ("", Act::QuitAnyway) } else { (" The next start offers it.", Act::QuitKept) };
        let question = format!("{words}{then} Leave?");
        model.overlay = Some(Overlay::Confirm(Confirm { question, hint: "No goes back to it.", yes }));
        return Effects::none();
    }
    model.closing = true;
    Effects::none()
}
