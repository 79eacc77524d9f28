//! Asking before something is sent that hurts or that is for real people: at a terminal by a question, in a pipe by options that
//! nobody types by accident.
//!
//! | | a terminal | a pipe |
//! |---|---|---|
//! | takes something away, or makes an administrator | yes or no; delete: the username typed | `--yes` |
//! | anything on a production tenant | the tenant's name typed | `--yes` and `--tenant NAME` |

use crate::cli::errand::Errand;
use crate::cli::flags::Sending;
use crate::cli::{CliError, ask};
use crate::domain::untrusted::visible;

/// What is about to be done.
pub struct Intent<'a> {
    /// Such as "delete marta.lopez (Marta López)".
    pub what: String,
    /// What of it hurts, in words; empty where nothing does.
    pub harm: Vec<String>,
    /// What has to be typed before somebody is deleted.
    pub typed: Option<&'a str>,
}

/// Gets the agreement to what is about to be done.
///
/// # Errors
/// It is missing in a pipe, or was not given at the terminal. Nothing was sent.
pub async fn obtain(errand: &mut Errand, sending: &Sending, intent: &Intent<'_>) -> Result<(), CliError> {
    let production = errand.tenant.production;
    if intent.harm.is_empty() && !production {
        return Ok(());
    }
    if sending.yes && (!production || errand.tenant_named) {
        return Ok(());
    }
    if !errand.interactive {
        return Err(CliError::Usage(missing(errand, sending, intent)));
    }
    let mut question = format!("{} on {}", visible(&intent.what), errand.tenant.name);
    for words in &intent.harm {
        question.push_str("\n  ");
        question.push_str(words);
    }
    let name = errand.tenant.name.clone();
    if production {
        let prompt = format!("{question}\nThis is production. Type the tenant's name, {name}: ");
        agree(ask::line(errand, prompt).await?.trim() == name)?;
    }
    match intent.typed {
        Some(_) if sending.yes => Ok(()),
        Some(typed) => {
            let head = if production { String::new() } else { format!("{question}\n") };
            let answer = ask::line(errand, format!("{head}Type the username to go on: ")).await?;
            agree(answer.trim_end_matches(['\r', '\n']) == typed)
        }
        None if production => Ok(()),
        None => {
            let answer = ask::line(errand, format!("{question}\nGo on? [y/N] ")).await?;
            agree(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
        }
    }
}

fn agree(agreed: bool) -> Result<(), CliError> {
    if agreed { Ok(()) } else { Err(CliError::Stopped("not agreed to; nothing was sent".into())) }
}

/// What a pipe has to say.
fn missing(errand: &Errand, sending: &Sending, intent: &Intent<'_>) -> String {
    let (what, name) = (visible(&intent.what), &errand.tenant.name);
    if errand.tenant.production {
        let say = if sending.yes { "say --tenant" } else { "say --yes and --tenant" };
        format!("{what}: {name} is production, and nobody can be asked here: {say} {name}")
    } else {
        format!("{what}: {}, and nobody can be asked here: say --yes", intent.harm.join(", "))
    }
}
