//! `config init` and `config check`.

use std::fmt::Write as _;
use std::io::{self, BufReader, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::{CliError, catalogues, output};
use crate::config::fault::{ConfigError, shown};
use crate::config::{self, Choice, Config, TenantConfig, base_url, init, private};

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
    let config = config::load(path)?;
    let Some(path) = &config.path else { return Ok(output::print(&nothing(&config::default_path()?))?) };
    let mut text = format!("{} is sound.\nIt opens {}.\n", shown(path), opens(&config));
    for tenant in &config.tenants {
        let tenant_text = describe(tenant)?;
        text.push('\n');
        text.push_str(&tenant_text);
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
fn describe(config: &TenantConfig) -> Result<String, CliError> {
    let tenant = &config.tenant;
    catalogues::read(tenant.revision, config.roles_file.as_deref())?;
    if let Some(path) = &config.ca_file {
        std::fs::File::open(path).map_err(|error| CliError::Local(format!("{}: {error}", shown(path))))?;
    }
    let yes_or_no = |is: bool| String::from(if is { "yes" } else { "no" });
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
        ("ca_file", file(&config.ca_file, "none")),
        ("roles_file", file(&config.roles_file, "the built-in roles")),
    ];
    let mut text = format!("{}\n", tenant.name);
    for (key, value) in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {key:<16} {value}");
    }
    Ok(text)
}
