//! `config init` and `config check`.

use std::fmt::Write as _;
use std::io::{self, BufReader, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::{CliError, catalogues, output};
use crate::config::fault::{ConfigError, shown};
use crate::config::recipes::RecipeConfig;
use crate::config::{self, Choice, Config, TenantConfig, base_url, init, private};
use crate::domain::field::{Need, Operation, Revision};
use crate::domain::fields::Field;
use crate::domain::recipe::Recipe;
use crate::domain::roles::Catalogue;
use crate::domain::untrusted::visible;

/// Asks for a tenant and writes a file. The answers may come from a pipe: none of them is a secret.
pub fn init(path: Option<&Path>) -> Result<(), CliError> {
    let path = path.map_or_else(config::default_path, |path| Ok(path.to_owned()))?;
    if path.symlink_metadata().is_ok() {
        // Before the questions, not after them. Whoever makes it meanwhile is found out when it is written.
        let why = "it exists already, and is not written over: edit it, or move it away first".into();
        return Err(ConfigError::Refused { path, why }.into());
    }
    let mut talk = output::conversation();
    let shown_path = shown(&path);
    writeln!(talk, "This writes {shown_path}. Enter alone takes what stands in [brackets].\n")?;
    let answers = init::ask(&mut BufReader::new(io::stdin()), &mut talk).map_err(ended)?;
    private::write_new(&path, &init::render(&answers))?;
    writeln!(
        talk,
        "\nWritten: {shown_path}\nNow \"netex-users config check\" says what would be used, and \"netex-users\" opens it."
    )?;
    Ok(())
}

fn ended(error: io::Error) -> CliError {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return CliError::Local("the answers ended too early; nothing was written".into());
    }
    error.into()
}

/// Says what would be used. No token is fetched, and no server is asked.
pub fn check(path: Option<&Path>) -> Result<(), CliError> {
    let config = super::load(path)?;
    let Some(path) = &config.path else { return Ok(output::print(&nothing(&config::default_path()?))?) };
    let kept = match config.retention.0 {
        0 => "for good".to_owned(),
        days => format!("for {days} days"),
    };
    let mut text =
        format!("{} is sound.\nIt opens {}.\nFinished changes are kept {kept}.\n", shown(path), opens(&config));
    for tenant in &config.tenants {
        let tenant_text = describe(&config, tenant)?;
        text.push('\n');
        text.push_str(&tenant_text);
    }
    for recipe in &config.recipes {
        text.push('\n');
        text.push_str(&describe_recipe(recipe));
    }
    Ok(output::print(&text)?)
}

fn nothing(path: &Path) -> String {
    format!(
        "There is no configuration: {} does not exist.\nThe program opens the sandbox. \"netex-users config init\" asks for a tenant.\n",
        shown(path)
    )
}

fn opens(config: &Config) -> String {
    match config.choose(None) {
        Ok(Choice::Tenant(tenant)) => tenant.tenant.name.clone(),
        Ok(Choice::Sandbox) => "the sandbox".into(),
        Err(_) => "nothing without --tenant NAME, because default_tenant is not set".into(),
    }
}

/// A tenant in the order of the sample, after its other files were found to be readable.
fn describe(all: &Config, config: &TenantConfig) -> Result<String, CliError> {
    let tenant = &config.tenant;
    let catalogue = catalogues::read(tenant.revision, config.roles_file.as_deref())?.create;
    let recipes: Vec<_> =
        all.recipes_for(&tenant.name)?.iter().map(|r| offered(r, tenant.revision, &catalogue)).collect();
    if let Some(path) = &config.ca_file {
        std::fs::File::open(path).map_err(|error| CliError::Local(format!("{}: {error}", shown(path))))?;
    }
    let file = |path: &Option<PathBuf>, otherwise: &str| path.as_deref().map_or_else(|| otherwise.into(), shown);
    let remark = base_url::remark(&config.base_url).map_or_else(String::new, |remark| format!(" ({remark})"));
    let lines = [
        ("base_url", base_url::as_written(&config.base_url) + &remark),
        ("revision", tenant.revision.word().into()),
        ("synchronization", tenant.synchronization.word().into()),
        ("token", config.token.to_string()),
        ("production", yes_or_no(tenant.production)),
        ("read_only", yes_or_no(tenant.read_only)),
        ("proxy", yes_or_no(config.proxy)),
        ("platforms", config.platforms.join(", ")),
        ("connect_timeout", format!("{} s", config.connect_timeout.as_secs())),
        ("timeout", format!("{} s", config.timeout.as_secs())),
        ("concurrency", config.concurrency.to_string()),
        ("rate", format!("{} a second", config.rate)),
        ("max_harm", config.max_harm.to_string()),
        ("ticket", config.ticket.word().into()),
        ("ca_file", file(&config.ca_file, "none")),
        ("roles_file", file(&config.roles_file, "the built-in roles")),
        ("recipes", if recipes.is_empty() { "none".into() } else { recipes.join(", ") }),
    ];
    Ok(block(&tenant.name, &lines))
}

/// A recipe that a tenant offers, and what of it that tenant has no place for: it is left out of the form there.
fn offered(recipe: &Recipe, revision: Revision, catalogue: &Catalogue) -> String {
    let unknown_roles = recipe.roles.iter().flat_map(|(section, roles)| {
        let there = catalogue.section(section);
        let unknown = roles.iter().filter(move |role| there.is_none_or(|there| there.role(role).is_none()));
        unknown.map(move |role| format!("{section} {role}"))
    });
    let absent = |field: &&Field| field.need(Operation::Create, revision) == Need::Absent;
    let unknown_fields = recipe.values.keys().filter(absent).map(|field| field.spec().key.to_owned());
    let unknown: Vec<_> = unknown_fields.chain(unknown_roles).collect();
    let remark = if unknown.is_empty() { String::new() } else { format!(" (not here: {})", unknown.join(", ")) };
    recipe.name.clone() + &remark
}

/// A recipe in the order of the form.
fn describe_recipe(RecipeConfig { recipe, tenants }: &RecipeConfig) -> String {
    let mut lines = vec![("help", recipe.help.clone())];
    lines.extend(recipe.values.iter().map(|(field, value)| (field.spec().key, visible(value).into_owned())));
    lines.extend(recipe.enabled.map(|on| ("enabled", yes_or_no(on))));
    let sections = recipe.roles.iter().map(|(section, roles)| {
        let roles: Vec<_> = roles.iter().map(String::as_str).collect();
        format!("{section}: {}", roles.join(", "))
    });
    lines.extend((!recipe.roles.is_empty()).then(|| ("roles", sections.collect::<Vec<_>>().join("; "))));
    lines.push(("tenants", tenants.as_ref().map_or_else(|| "all".into(), |names| names.join(", "))));
    block(&format!("recipe {}", recipe.name), &lines)
}

fn yes_or_no(is: bool) -> String {
    String::from(if is { "yes" } else { "no" })
}

fn block(title: &str, lines: &[(&str, String)]) -> String {
    let mut text = format!("{title}\n");
    for (key, value) in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {key:<16} {value}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sandboxs_recipes_have_a_place_in_every_revision() {
        for revision in Revision::ALL {
            let catalogue = catalogues::read(revision, None).unwrap().create;
            for recipe in Config::default().recipes_for(config::SANDBOX).unwrap() {
                assert_eq!(offered(&recipe, revision, &catalogue), recipe.name, "{}", revision.word());
            }
        }
    }
}
