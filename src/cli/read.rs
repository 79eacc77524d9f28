//! `get`, `groups` and `list`: what can be read, for a person and for a program.

use std::fmt::Write as _;

use clap::Args;

use crate::cli::errand::{self, Errand, Start, unread};
use crate::cli::flags::{At, Whom};
use crate::cli::{CliError, output, whom};
use crate::codec::output as json;
use crate::domain::ending::Ending;
use crate::domain::field::Kind;
use crate::domain::fields::{FIELDS, Field};
use crate::domain::listed::End;
use crate::domain::person::Person;
use crate::domain::roles::Roles;
use crate::domain::untrusted::visible;
use crate::service::paging::Paging;

/// What `get` and `groups` are told.
#[derive(Clone, Debug, Args)]
pub struct Get {
    /// The person.
    #[command(flatten)]
    pub whom: Whom,
    /// Where, and how it is told.
    #[command(flatten)]
    pub at: At,
}

/// What `list` is told.
#[derive(Clone, Debug, Args)]
pub struct List {
    /// Where, and how it is told.
    #[command(flatten)]
    pub at: At,
}

/// Shows one user.
pub fn get(args: &Get, start: Start<'_>) -> Result<Ending, CliError> {
    errand::carry_out(start, &args.at, None, async |errand| {
        let person = whom::by_key(errand, &args.whom.id).await?;
        output::print(&if errand.json { json::person(&person) } else { card(&person) })?;
        Ok(Ending::Done)
    })
}

/// Everything that is set of a user, a line each, in the order of the form.
fn card(person: &Person) -> String {
    let mut text = String::new();
    let mut add = |label: &str, words: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{label:<12} {}", visible(words));
    };
    if let Some(id) = &person.id {
        add("Id", id);
    }
    for spec in FIELDS {
        match spec.kind {
            Kind::Username
            | Kind::Text
            | Kind::Multiline
            | Kind::Email
            | Kind::Phone
            | Kind::Language
            | Kind::Timezone => {
                let value = person.text(spec.field);
                for line in value.lines() {
                    add(spec.label, line);
                }
            }
            Kind::Switch => {
                if let Some(enabled) = person.enabled {
                    add(spec.label, if enabled { "yes" } else { "no" });
                }
            }
            Kind::Pairs => {
                for (key, value) in &person.pairs {
                    add(spec.label, &format!("{key} = {}", value.as_deref().unwrap_or_default()));
                }
            }
            Kind::Photo => add(spec.label, if person.has_picture { "a picture" } else { "none" }),
            Kind::Roles => {
                for (section, roles) in &person.roles {
                    let roles: Vec<_> = roles.iter().map(String::as_str).collect();
                    add(spec.label, &format!("{section}: {}", roles.join(", ")));
                }
            }
            Kind::Password | Kind::Object => {}
        }
    }
    text
}

/// Shows the groups of a user.
pub fn groups(args: &Get, start: Start<'_>) -> Result<Ending, CliError> {
    errand::carry_out(start, &args.at, None, async |errand| {
        let key = &args.whom.id;
        output::progress(&format!("reading the groups of {key}"));
        let groups = errand.stop.unless(errand.service.groups(key)).await?.map_err(|fault| unread(&fault))?;
        if errand.json {
            output::print(&json::groups(key.as_str(), &groups))?;
        } else {
            let line =
                |group: &crate::domain::deed::Group| columns(&[&group.code, &group.name, &of_roles(&group.roles)]);
            output::print(&groups.iter().map(line).collect::<String>())?;
        }
        Ok(Ending::Done)
    })
}

fn of_roles(roles: &Roles) -> String {
    let section = |(section, roles): (&String, &std::collections::BTreeSet<String>)| {
        format!("{section}: {}", roles.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
    };
    roles.iter().map(section).collect::<Vec<_>>().join("; ")
}

/// A line of a table, between tabs: every tool takes it apart, and a tab of the service's own is shown as a sign.
fn columns(cells: &[&str]) -> String {
    let cells: Vec<_> = cells.iter().map(|cell| visible(cell)).collect();
    cells.join("\t") + "\n"
}

/// Lists everybody, page by page as they are read, so that a hundred thousand take no memory and a reader may go away.
pub fn list(args: &List, start: Start<'_>) -> Result<Ending, CliError> {
    errand::carry_out(start, &args.at, None, async |errand| {
        if !errand.json {
            return pages(errand, |people, _| Ok(output::stream(&people.iter().map(row).collect::<String>())?)).await;
        }
        let text = |people: &[Person], before: usize| -> String {
            let each = |(index, person)| json::listed(person, before + index == 0);
            people.iter().enumerate().map(each).collect()
        };
        let ended = if output::stream(json::LIST)? {
            pages(errand, |people, before| Ok(output::stream(&text(people, before))?)).await
        } else {
            Ok(Ending::Done)
        };
        // The beginning is printed already, so the end says what became of it.
        let end = match &ended {
            Ok(ending) => json::end_of_list(*ending, None, None),
            Err(error) => json::end_of_list(error.ending(), error.name(), Some(&error.to_string())),
        };
        output::print(&end)?;
        ended.map_err(CliError::told)
    })
}

/// Reads everybody and gives them away page by page; `take` is told how many came before, and says whether more are wanted.
///
/// # Errors
/// Somebody stopped it, a page could not be read, or the list has no end.
pub async fn pages(
    errand: &mut Errand,
    mut take: impl FnMut(&[Person], usize) -> Result<bool, CliError>,
) -> Result<Ending, CliError> {
    let (mut paging, mut count, mut is_read) = (Paging::default(), 0_usize, true);
    while is_read && paging.end().is_none() {
        let (next, page) = errand.stop.unless(errand.service.next_page(paging)).await?;
        paging = next;
        let people = page.map_err(|fault| unread(&fault))?;
        is_read = take(&people, count)?;
        count += people.len();
        if paging.end().is_none() {
            output::progress(&format!("{count} people so far"));
        }
    }
    if paging.unusable() > 0 {
        output::remark(&format!("{} people could not be understood and are left out", paging.unusable()));
    }
    match paging.end() {
        Some(End::Repeats) => {
            Err(CliError::Local("the service's list repeats itself: some people may be missing".into()))
        }
        Some(End::TooMany(most)) => Err(CliError::Local(format!("the list was left after {most} people"))),
        Some(End::Complete) | None => Ok(Ending::Done),
    }
}

fn row(person: &Person) -> String {
    let enabled = match person.enabled {
        Some(true) => "enabled",
        Some(false) => "disabled",
        None => "",
    };
    columns(&[&person.username, &person.full_name(), &person.text(Field::Email), enabled])
}
