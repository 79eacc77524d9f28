//! A plan counted: how many of each, and how much of it would hurt. Guard rails look at this before anything is sent.

use crate::domain::bulk::is_administrator;
use crate::domain::field::Operation;
use crate::domain::fields::Field;
use crate::domain::patch::Value;
use crate::domain::plan::diff::renames;
use crate::domain::plan::{Planned, Step};
use crate::domain::request::{Reason, Request};

/// What a request takes away from somebody who has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Harm {
    /// The person cannot sign in any more.
    pub disabled: bool,
    /// An administrator's role is taken, in any section.
    pub administrator_lost: bool,
    /// How many roles are taken, of any kind.
    pub roles_lost: usize,
    /// The username changes.
    pub renamed: bool,
}

/// How many lines of a plan do what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Somebody new.
    pub create: usize,
    /// A change of somebody who is there.
    pub update: usize,
    /// Nothing to do.
    pub unchanged: usize,
    /// Cannot be done.
    pub error: usize,
    /// Lines with something that the agent should know.
    pub remarked: usize,
    /// People who could not sign in any more.
    pub disabled: usize,
    /// People who would lose an administrator's role.
    pub administrator_lost: usize,
    /// People who would lose a role of any kind.
    pub role_lost: usize,
    /// People whose username would change.
    pub renamed: usize,
    /// People who are disabled or lose an administrator's role, each counted once: what `max_harm` limits.
    pub harmed: usize,
}

/// What a request takes away. Creating takes nothing.
pub fn harm(request: &Request) -> Harm {
    if request.operation() == Operation::Create {
        return Harm::default();
    }
    let removed: Vec<&String> = request
        .line(Field::Roles)
        .map(|line| match &line.value {
            Value::Roles(changes) => changes.iter().flat_map(|change| &change.removed).collect(),
            Value::Text(_)
            | Value::Secret(_)
            | Value::Switch(_)
            | Value::Photo(_)
            | Value::Pairs(_)
            | Value::Object(_) => Vec::new(),
        })
        .unwrap_or_default();
    let disabled = |line: &crate::domain::request::Line| {
        line.reason == Reason::Changed && matches!(line.value, Value::Switch(false))
    };
    Harm {
        disabled: request.line(Field::Enabled).is_some_and(disabled),
        administrator_lost: removed.iter().any(|role| is_administrator(role)),
        roles_lost: removed.len(),
        renamed: renames(request),
    }
}

impl Tally {
    /// Counts a line.
    pub fn add(&mut self, step: &Step) {
        let counter = match &step.planned {
            Planned::Create(_) => &mut self.create,
            Planned::Update(_) => &mut self.update,
            Planned::Unchanged => &mut self.unchanged,
            Planned::Error(_) => &mut self.error,
        };
        *counter += 1;
        self.remarked += usize::from(!step.remarks.is_empty());
        let harm = step.request().map(|request| harm(request)).unwrap_or_default();
        self.disabled += usize::from(harm.disabled);
        self.administrator_lost += usize::from(harm.administrator_lost);
        self.role_lost += usize::from(harm.roles_lost > 0);
        self.renamed += usize::from(harm.renamed);
        self.harmed += usize::from(harm.disabled || harm.administrator_lost);
    }

    /// All lines.
    pub fn lines(&self) -> usize {
        self.create + self.update + self.unchanged + self.error
    }

    /// What it does, and what it takes away, in words to be agreed to.
    pub fn words(&self) -> Vec<String> {
        let some = [
            (self.error, "lines cannot be done and are left out"),
            (self.disabled, "cannot sign in any more"),
            (self.administrator_lost, "lose an administrator's role"),
            (self.role_lost, "lose a role"),
            (self.renamed, "get another username"),
        ];
        let some = some.into_iter().filter(|(count, _)| *count > 0).map(|(count, words)| format!("{count} {words}"));
        [format!("{} are created, {} are updated", self.create, self.update)].into_iter().chain(some).collect()
    }

    /// How many requests it would send.
    pub fn requests(&self) -> usize {
        self.create + self.update
    }

    /// Why a plan with so much harm is not carried out, in words; nothing where it may be.
    pub fn forbidden(&self, max_harm: usize) -> Option<String> {
        (self.harmed > max_harm).then(|| {
            format!(
                "{} people would be disabled or lose an administrator's role, and this tenant stops at {max_harm} (max_harm in the configuration)",
                self.harmed
            )
        })
    }
}
