//! The list of people: reading it, finding in it, and what is done to whom the cursor or the marks are on.

use std::collections::BTreeSet;

use crate::app::batch::Batch;
use crate::app::deeds;
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::index::search::{Filter, Having, Sort};
use crate::app::menu::{self, Menu};
use crate::app::model::{Focus, Groups, Model, Overlay, Screen};
use crate::app::msg::Act as Perform;
use crate::app::open::{Question, State};
use crate::app::opening;
use crate::app::people::{Act, Copied, PageRead, Reading};
use crate::domain::bulk::{Bulk, Job};
use crate::domain::deed::Group;
use crate::domain::draft::Subject;
use crate::domain::fields::Field;
use crate::domain::key::UserKey;
use crate::domain::listed::Listed;
use crate::domain::outcome::ReadFault;
use crate::domain::person::Person;
use crate::domain::roles::RoleGrid;

/// The zones and languages that a bulk change offers by name; others are typed into a form, one person at a time.
const ZONES: [&str; 4] = ["Europe/Paris", "Europe/London", "America/Mexico_City", "America/Bogota"];

/// What the program wants when it starts: the copy of the last time, and behind it everybody as they are now.
pub fn start(model: &mut Model) -> Effects {
    let ticket = model.ticket();
    model.people.reading = Reading::Copy(ticket);
    Effects::one(Effect::LoadCopy { ticket })
}

/// A part of the copy is there. After the last one the reading itself begins; without a copy it begins at once.
pub fn copied(model: &mut Model, ticket: Ticket, answer: Option<Copied>) -> Effects {
    if model.people.reading != Reading::Copy(ticket) {
        return Effects::none();
    }
    let next = model.ticket();
    match answer {
        Some(Copied { people, when: None }) => {
            model.people.add(&people);
            model.people.reading = Reading::Copy(next);
            Effects::one(Effect::LoadCopy { ticket: next })
        }
        Some(Copied { people, when }) => {
            model.people.add(&people);
            model.people.read_at = when;
            // What is shown is marked with its age; reading everybody again is the agent's choice, because it is work for the service.
            model.people.reading = Reading::Done;
            Effects::none()
        }
        // Where only the beginning of a copy was good, that goes too.
        None => {
            model.people.clear();
            model.people.read(true, next)
        }
    }
}

/// A page is there, or not.
pub fn page(model: &mut Model, ticket: Ticket, answer: Result<PageRead, ReadFault>) -> Effects {
    if model.people.reading != Reading::Page(ticket) {
        return Effects::none();
    }
    match answer {
        Err(fault) => {
            model.people.reading = Reading::Failed(fault);
            Effects::none()
        }
        Ok(page) => {
            model.people.add(&page.people);
            model.people.read_at = Some(page.when);
            if let Some(remark) = page.end {
                model.people.end(remark);
                return Effects::none();
            }
            let next = model.ticket();
            model.people.read(false, next)
        }
    }
}

/// In the list.
pub fn act(model: &mut Model, act: Act) -> Effects {
    match act {
        Act::Move(by) => model.people.go(by),
        Act::Find => model.people.finding = true,
        Act::Found => model.people.finding = false,
        Act::Forget => {
            model.people.finding = false;
            model.people.query.replace("");
            model.people.refilter();
        }
        Act::Mark => model.people.mark(),
        Act::MarkFound => model.people.mark_found(),
        Act::Open | Act::OpenAnyway | Act::Clone | Act::CloneAnyway => {
            return with_key(model, |model, key| open(model, key, act));
        }
        Act::OnOff => {
            let on = model.people.here().and_then(|entry| entry.enabled);
            let kind = if on == Some(true) { deeds::Kind::Deactivate } else { deeds::Kind::Activate };
            return with_key(model, |model, key| deeds::ask(model, kind, key));
        }
        Act::Password => return with_key(model, |model, key| deeds::ask(model, deeds::Kind::Password, key)),
        Act::Welcome => return with_key(model, |model, key| deeds::ask(model, deeds::Kind::Welcome, key)),
        Act::Delete => return with_key(model, |model, key| deeds::ask(model, deeds::Kind::Delete, key)),
        Act::Groups => return with_key(model, ask_groups),
        Act::Change => ask_change(model),
        Act::Refresh => {
            let ticket = model.ticket();
            return model.people.read(true, ticket);
        }
        Act::Pause => return pause(model),
        Act::Filter => ask_filter(model),
        Act::Order => {
            model.people.sort = after(model.people.sort);
            model.people.refilter();
        }
    }
    Effects::none()
}

fn with_key(model: &mut Model, then: impl FnOnce(&mut Model, UserKey) -> Effects) -> Effects {
    if let Some(key) = model.people.key() {
        return then(model, key);
    }
    model.refuse("Nobody is under the cursor.");
    Effects::none()
}

/// Stops the reading after the page that is on its way, or goes on.
fn pause(model: &mut Model) -> Effects {
    match model.people.reading {
        Reading::Page(_) => {
            model.people.reading = Reading::Stopped;
            model.say("Reading stopped. s goes on.");
            Effects::none()
        }
        Reading::Stopped | Reading::Failed(_) => {
            let ticket = model.ticket();
            model.people.read(false, ticket)
        }
        Reading::Not | Reading::Copy(_) | Reading::Done => {
            model.say("Nothing is being read. r reads everybody anew.");
            Effects::none()
        }
    }
}

/// Opens somebody, afresh from the service, to edit or to begin somebody new like them. Unsent work is asked about.
fn open(model: &mut Model, key: UserKey, act: Act) -> Effects {
    let clone = matches!(act, Act::Clone | Act::CloneAnyway);
    let same = model.form.subject.person().and_then(|person| person.id.as_deref()) == Some(key.as_str());
    if same && !clone && model.has_unsent_work() {
        model.screen = Screen::Editor;
        model.focus = Focus::Fields;
        model.say("Still as you left it, with what you typed.");
        return Effects::none();
    }
    let agreed = matches!(act, Act::OpenAnyway | Act::CloneAnyway);
    let yes = Perform::People(if clone { Act::CloneAnyway } else { Act::OpenAnyway });
    if !opening::may_leave(model, agreed, yes) {
        return Effects::none();
    }
    let ticket = model.ticket();
    let mut question = if clone { Question::to_clone() } else { Question::new() };
    question.editor.paste(key.as_str());
    question.state = State::Reading(ticket, key.clone());
    model.overlay = Some(Overlay::Open(question));
    Effects::one(Effect::Read { ticket, key })
}

/// Fills a new form from a person, and leaves out what is theirs alone.
pub fn clone_from(model: &mut Model, person: &Person) {
    model.begin(Subject::New);
    for field in [Field::Language, Field::Timezone, Field::Location, Field::Interests] {
        model.form.put(field, &person.text(field));
    }
    model.form.set_switch(Field::Enabled, person.enabled.unwrap_or(true));
    model.matrix.grid = RoleGrid::wanting(&person.roles, &model.catalogues.create);
    model.say(format!(
        "New like {}: language, zone, place, interests and roles are taken over; what is theirs alone is not.",
        person.full_name()
    ));
}

fn ask_groups(model: &mut Model, key: UserKey) -> Effects {
    let ticket = model.ticket();
    let username = model.people.here().map(|entry| entry.username.into_owned()).unwrap_or_default();
    model.overlay = Some(Overlay::Groups(Groups { username, ticket, answer: None, scroll: 0 }));
    Effects::one(Effect::Groups { ticket, key })
}

/// The groups are there.
pub fn groups(model: &mut Model, ticket: Ticket, answer: Result<Vec<Group>, ReadFault>) -> Effects {
    if let Some(Overlay::Groups(groups)) = &mut model.overlay
        && groups.ticket == ticket
    {
        groups.answer = Some(answer);
    }
    Effects::none()
}

/// The filters that the menu offers, in its order.
fn filters(model: &Model) -> Vec<(String, Filter)> {
    let mut filters = vec![
        ("everybody".to_owned(), Filter::default()),
        ("enabled".to_owned(), Filter { enabled: Some(true), ..Filter::default() }),
        ("disabled".to_owned(), Filter { enabled: Some(false), ..Filter::default() }),
    ];
    for section in model.catalogues.update.sections() {
        for role in &section.roles {
            let having = Having::Role { section: section.key.clone(), role: role.key.clone() };
            let filter = Filter { role: Some(having), ..Filter::default() };
            filters.push((format!("{} in {}", role.label, section.label), filter));
        }
    }
    let languages: BTreeSet<&str> =
        model.people.index.combinations().iter().map(|traits| traits.language.as_str()).collect();
    filters.extend(languages.into_iter().map(|language| {
        let words = if language.is_empty() { "no language".to_owned() } else { format!("language {language}") };
        (words, Filter { language: Some(language.to_owned()), ..Filter::default() })
    }));
    filters
}

fn ask_filter(model: &mut Model) {
    let items = filters(model).into_iter().enumerate().map(|(at, (words, _))| (words, Perform::TakeFilter(at)));
    model.overlay = Some(Overlay::Menu(Menu::new("Show", items.collect())));
}

/// Shows the people of the nth filter.
pub fn take_filter(model: &mut Model, at: usize) -> Effects {
    if let Some((_, filter)) = filters(model).into_iter().nth(at) {
        model.people.filter = filter;
        model.people.refilter();
    }
    Effects::none()
}

/// The changes that the menu offers, in its order.
fn changes(model: &Model) -> Vec<Bulk> {
    let mut changes = vec![Bulk::Enable, Bulk::Disable];
    for section in model.catalogues.update.sections() {
        for role in &section.roles {
            let (section, role) = (section.key.clone(), role.key.clone());
            changes.push(Bulk::Give { section: section.clone(), role: role.clone() });
            changes.push(Bulk::Take { section, role });
        }
    }
    let set = |field, value: &str| Bulk::Set { field, value: value.to_owned() };
    changes.extend(crate::app::chooser::languages().iter().map(|item| set(Field::Language, &item.code)));
    let zones: Vec<&str> =
        if model.zones.is_empty() { ZONES.to_vec() } else { model.zones.iter().map(String::as_str).collect() };
    changes.extend(zones.into_iter().map(|zone| set(Field::Timezone, zone)));
    changes
}

fn ask_change(model: &mut Model) {
    if model.people.marks.is_empty() {
        model.refuse("Nobody is marked: Space marks, * marks everybody who is shown.");
        return;
    }
    let items = changes(model).into_iter().enumerate().map(|(at, bulk)| (bulk.words(), Perform::PlanChange(at)));
    let title = format!("Change {} people", model.people.marks.len());
    model.overlay = Some(Overlay::Menu(Menu::new(title, items.collect())));
}

/// Shows the plan of the nth change for everybody who is marked. Nothing is sent.
pub fn plan_change(model: &mut Model, at: usize) -> Effects {
    if let Some(bulk) = changes(model).into_iter().nth(at) {
        let rows = model.people.plan(&bulk);
        let job = Job { bulk, revision: model.tenant.revision, catalogue: model.catalogues.update.clone() };
        model.overlay = Some(Overlay::Batch(Box::new(Batch::plan(job, rows))));
    }
    Effects::none()
}

/// The order after this one.
fn after(sort: Sort) -> Sort {
    match sort {
        Sort::AsRead => Sort::Username,
        Sort::Username => Sort::Name,
        Sort::Name => Sort::Surname,
        Sort::Surname => Sort::Email,
        Sort::Email => Sort::AsRead,
    }
}

/// In a menu.
pub fn menu(model: &mut Model, act: menu::Act) -> Effects {
    let Some(Overlay::Menu(menu)) = &mut model.overlay else {
        return Effects::none();
    };
    match act {
        menu::Act::Move(by) => {
            menu.go(by);
            Effects::none()
        }
        menu::Act::Take => match menu.taken() {
            Some(act) => {
                model.overlay = None;
                crate::app::update::perform(model, act)
            }
            None => Effects::none(),
        },
    }
}

/// Somebody was read or changed: the list shows them as they are now.
pub fn refresh(model: &mut Model, person: &Person) {
    model.people.add(&[Listed::from(person)]);
}

/// Begins somebody new: by a recipe, where there are any to choose from. Unsent work is asked about first.
pub fn new(model: &mut Model, agreed: bool) -> Effects {
    if !opening::may_leave(model, agreed, Perform::NewAnyway) {
        return Effects::none();
    }
    if model.recipes.is_empty() {
        model.begin(Subject::New);
        return Effects::none();
    }
    let mut items = vec![("an empty form".to_owned(), Perform::NewEmpty)];
    let recipes = model.recipes.iter().enumerate();
    items.extend(recipes.map(|(at, recipe)| (format!("{}: {}", recipe.name, recipe.help), Perform::TakeRecipe(at))));
    model.overlay = Some(Overlay::Menu(Menu::new("New user", items)));
    Effects::none()
}

#[cfg(test)]
mod tests;
