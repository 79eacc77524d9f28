//! Recipes: named sets of values and roles that fill in the form of somebody new.
//!
//! Not here: the filling, which is [`crate::domain::recipe`]'s; and which roles a tenant has. A recipe may serve tenants whose roles
//! differ, so that an unknown one is no fault: `config check` says where it has no place.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::config::fault::ConfigError;
use crate::config::table::{At, Table};
use crate::config::{Config, SANDBOX, read};
use crate::domain::draft::{Draft, Entry, Subject, Weight};
use crate::domain::field::{FieldSpec, Kind, Need, Operation, Revision};
use crate::domain::fields::{FIELDS, Field};
use crate::domain::nearest::nearest;
use crate::domain::recipe::{Recipe, fill};
use crate::domain::roles::{Catalogue, RoleGrid, Roles};
use crate::domain::untrusted::{is_hidden, visible};

/// The recipes of the sandbox, in the shape of a configuration.
pub const EXAMPLES: &str = include_str!("../../assets/recipes.toml");

/// A recipe, and where it is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipeConfig {
    /// What fills the form in.
    pub recipe: Recipe,
    /// The tenants that offer it; absent where all do.
    pub tenants: Option<Vec<String>>,
}

impl RecipeConfig {
    /// Whether a tenant offers it.
    pub fn is_offered_by(&self, tenant: &str) -> bool {
        self.tenants.as_ref().is_none_or(|tenants| tenants.iter().any(|name| name == tenant))
    }
}

impl Config {
    /// The recipes that a tenant offers, in the order of the file. The sandbox offers them too, so that they can be tried where nobody is
    /// real, and examples where there are none.
    ///
    /// # Errors
    /// The examples have faults, which no released program has.
    pub fn recipes_for(&self, tenant: &str) -> Result<Vec<Recipe>, ConfigError> {
        let offered = |config: &Self| -> Vec<Recipe> {
            let recipes = config.recipes.iter().filter(|recipe| recipe.is_offered_by(tenant));
            recipes.map(|recipe| recipe.recipe.clone()).collect()
        };
        let own = offered(self);
        if tenant != SANDBOX || !own.is_empty() {
            return Ok(own);
        }
        let examples = read::parse(EXAMPLES, Path::new(""));
        let path = PathBuf::from("the built-in recipes");
        examples.map(|config| offered(&config)).map_err(|faults| ConfigError::Faulty { path, faults })
    }
}

/// Why a field has no place in a recipe; nothing where it has one.
fn refusal(spec: &FieldSpec) -> Option<&'static str> {
    let in_create = Revision::ALL.iter().any(|revision| spec.need(Operation::Create, *revision) != Need::Absent);
    match spec.kind {
        Kind::Password => Some("must not stand in a recipe: everybody whom it fills in would have the same one"),
        Kind::Photo => Some("cannot be part of a recipe: choose the picture in the form"),
        Kind::Username
        | Kind::Text
        | Kind::Multiline
        | Kind::Email
        | Kind::Phone
        | Kind::Language
        | Kind::Timezone
        | Kind::Switch
        | Kind::Roles
        | Kind::Pairs
        | Kind::Object => (!in_create)
            .then_some("cannot be part of a recipe: only an update sets it, and a recipe is for somebody new"),
    }
}

/// Reads `[recipes.NAME]`. `tenants` are those that there are.
pub(super) fn recipe(name: At<&str>, mut table: Table<'_>, tenants: &[String]) -> RecipeConfig {
    if !is_short_and_seen(name.value) {
        table.faults().add(
            name.line,
            format!(
                "\"{}\" cannot be the name of a recipe: use 1 to 40 characters that can be seen",
                visible(name.value)
            ),
        );
    }
    let help = help(&mut table);
    let tenants = limited_to(&mut table, tenants);
    let values = values(&mut table);
    let enabled = table.flag(Field::Enabled.spec().key);
    let roles = table.table(Field::Roles.spec().key).map(roles).unwrap_or_default();
    table.finish();
    RecipeConfig { recipe: Recipe { name: name.value.to_owned(), help, values, roles, enabled }, tenants }
}

/// It has a line of a menu.
fn is_short_and_seen(name: &str) -> bool {
    !name.trim().is_empty() && name.chars().count() <= 40 && visible(name) == name
}

fn help(table: &mut Table<'_>) -> String {
    if table.any("help").is_none() {
        table.lacks("has no help: add help = \"...\", what the recipe is for in a sentence");
    }
    let Some(At { value, line }) = table.text("help") else { return String::new() };
    if value.trim().is_empty() || visible(value) != value {
        table.wants(line, "help", "one line that says what the recipe is for");
    }
    value.to_owned()
}

fn limited_to(table: &mut Table<'_>, tenants: &[String]) -> Option<Vec<String>> {
    let At { value, line } = table.texts("tenants")?;
    if value.is_empty() {
        table.wants(line, "tenants", "a name at least; left out, every tenant offers the recipe");
    }
    let known: Vec<&str> = tenants.iter().map(String::as_str).chain([SANDBOX]).collect();
    for name in value.iter().filter(|name| !known.contains(name)) {
        let meant = nearest(name, &known).map_or_else(String::new, |meant| format!("; did you mean \"{meant}\"?"));
        table.faults().add(line, format!("\"tenants\": there is no [tenants.{}]{meant}", visible(name)));
    }
    Some(value.into_iter().map(String::from).collect())
}

/// In the order of the form, which is the order in which patterns are filled.
fn values(table: &mut Table<'_>) -> BTreeMap<Field, String> {
    let mut values = BTreeMap::new();
    for spec in FIELDS {
        if let Some(why) = refusal(spec) {
            table.refuse(spec.key, why);
        } else if spec.kind.is_typed()
            && let Some(At { value, line }) = table.text(spec.key)
        {
            if let Err(why) = check(spec, value, &values) {
                table.faults().add(line, format!("\"{}\" {why}", spec.key));
            }
            // Faulty or not: what is made of it is not to be told as well.
            values.insert(spec.field, value.to_owned());
        }
    }
    values
}

/// Whether the form could take the value; `above` is what the recipe fills in before it.
fn check(spec: &FieldSpec, value: &str, above: &BTreeMap<Field, String>) -> Result<(), String> {
    if value.is_empty() {
        return Err("is empty: leave it out, or write what shall stand there".into());
    }
    if value.contains(|c| is_hidden(c) && !(c == '\n' && spec.kind.is_multiline())) {
        return Err("has a hidden character, or a second line where one is expected: type it again".into());
    }
    let named = RefCell::new(BTreeSet::new());
    // Something that every kind of name can be: so an address is seen whole.
    let filled = fill(value, |field| {
        named.borrow_mut().insert(field);
        "x".into()
    });
    let filled = filled.map_err(|why| format!("has a pattern that cannot be filled: {}; {HOW}", visible(&why)))?;
    if value.matches('{').count() != value.matches('}').count() {
        return Err(format!("has a brace without its other half; {HOW}"));
    }
    sources(spec, &named.into_inner(), above)?;
    stop(spec.field, filled).map_or(Ok(()), Err)
}

/// What a pattern may hold, as a fault says it.
const HOW: &str = "write {name}, {name.ascii} or {name.initial}";

/// A pattern is filled as soon as both names are there. What may still be empty then would leave a gap that nobody typed; and a password
/// must not get into a field that is shown.
fn sources(spec: &FieldSpec, named: &BTreeSet<Field>, above: &BTreeMap<Field, String>) -> Result<(), String> {
    let is_name = |field: Field| matches!(field, Field::Name | Field::Surname);
    if is_name(spec.field) && !named.is_empty() {
        return Err("cannot be a pattern: patterns are filled once the names are typed".into());
    }
    let Some(odd) = named.iter().find(|field| !is_name(**field) && !above.contains_key(field)) else { return Ok(()) };
    let odd = odd.spec().key;
    Err(format!(
        "names {{{odd}}}, which may be empty then: a pattern may name name, surname and what the recipe fills in above it in the form"
    ))
}

/// What the form would refuse, in its own words.
fn stop(field: Field, text: String) -> Option<String> {
    let draft = Draft {
        // The revision that takes every field of a recipe.
        revision: Revision::Y2023,
        subject: Subject::New,
        entries: [(field, Entry::Text(text))].into(),
        photo: None,
        roles: RoleGrid::default(),
    };
    let mut faults = draft.faults(&Catalogue::default()).into_iter();
    faults.find(|fault| fault.field == field && fault.weight == Weight::Stop).map(|fault| fault.words)
}

fn roles(table: Table<'_>) -> Roles {
    let faults = table.faults();
    let mut sections = Roles::new();
    for (section, roles) in table.lists() {
        if let Some(odd) = roles.iter().chain([&section.value]).find(|word| !is_short_and_seen(word)) {
            faults.add(section.line, format!("\"roles\": \"{}\" is no name of a section or role", visible(odd)));
        }
        sections.insert(section.value.to_owned(), roles.into_iter().map(String::from).collect());
    }
    sections
}

#[cfg(test)]
mod tests;
