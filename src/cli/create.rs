//! `create`: a new user.

use std::sync::Arc;

use clap::Args;

use crate::cli::consent::{self, Intent};
use crate::cli::errand::{self, Errand, Start};
use crate::cli::fields::CreateFields;
use crate::cli::flags::Sending;
use crate::cli::given::{self, Given, Stdin};
use crate::cli::secrets::PasswordFlags;
use crate::cli::{CliError, ask, output, tell};
use crate::domain::draft::{Draft, Entry, Refusal, Subject};
use crate::domain::ending::Ending;
use crate::domain::field::Operation;
use crate::domain::fields::Field;
use crate::domain::order::Order;
use crate::domain::secret::Secret;
use crate::domain::untrusted::visible;

/// What `create` is told.
#[derive(Clone, Debug, Args)]
pub struct Create {
    /// The fields.
    #[command(flatten)]
    pub fields: CreateFields,
    /// The first password.
    #[command(flatten)]
    pub password: PasswordFlags,
    /// How it is sent.
    #[command(flatten)]
    pub sending: Sending,
}

const ACT: &str = "create";

/// Creates a user.
///
/// # Errors
/// Nothing was sent; in words.
pub fn run(args: &Create, start: Start<'_>) -> Result<Ending, CliError> {
    let mut stdin = Stdin::default();
    let password = args.password.get(args.sending.dry_run, &mut stdin);
    let given = Given::read(&args.fields.0, &mut stdin);
    let (given, password) = match (given, password) {
        (Ok(given), Ok(password)) => (given, password),
        (given, password) => {
            let password = password.err().into_iter();
            return Err(CliError::Faults(given.err().into_iter().flatten().chain(password).collect()));
        }
    };
    errand::carry_out(start, &args.sending.at, args.sending.ticket.as_deref(), async |errand| {
        create(errand, args, &given, password).await
    })
}

async fn create(
    errand: &mut Errand,
    args: &Create,
    given: &Given,
    password: Option<Secret>,
) -> Result<Ending, CliError> {
    let sending = &args.sending;
    errand.may_write(sending)?;
    let catalogue = errand.catalogues.of(Operation::Create).clone();
    let (mut draft, found) = given.draft(Subject::New, errand.tenant.revision, &catalogue);
    if let Some(password) = &password {
        draft.entries.insert(Field::Password, Entry::Secret(password.duplicate()));
    }
    let faults = given::faults(&draft, &catalogue, found);
    let (of_password, others): (Vec<_>, Vec<_>) =
        faults.into_iter().partition(|fault| password.is_none() && fault.option == given::password_option());
    // Whoever has to be asked for the password is asked last, when nothing else stands against it.
    let asked = !of_password.is_empty() && others.is_empty() && errand.interactive && !sending.dry_run;
    if asked {
        let typed = ask::password(errand, &username(&draft)).await?;
        draft.entries.insert(Field::Password, Entry::Secret(typed));
    } else if !(of_password.is_empty() && others.is_empty()) {
        return Err(CliError::Faults(others.into_iter().chain(of_password).collect()));
    }
    for words in given::warnings(&draft, &catalogue) {
        output::remark(&format!("worth a look: {words}"));
    }
    let request = draft.check(&catalogue).map_err(|refusal| refused(&refusal))?;
    let harm = given::grave_changes(&draft, &catalogue);
    let what = format!("create {}", request.username());
    let order = Order::Change(Arc::new(request));
    let synchronization = sending.synchronization(errand.tenant.synchronization);
    if sending.dry_run {
        return tell::dry_run(errand, ACT, &order, synchronization);
    }
    consent::obtain(errand, sending, &Intent { what, harm, typed: None }).await?;
    let made = password.filter(|_| args.password.generate_password);
    send(errand, args, &order, made.as_ref()).await
}

async fn send(errand: &mut Errand, args: &Create, order: &Order, made: Option<&Secret>) -> Result<Ending, CliError> {
    let synchronization = args.sending.synchronization(errand.tenant.synchronization);
    if let Some(made) = made {
        args.password.deliver(made)?;
    }
    let shown = made.and_then(|made| args.password.shown(made));
    let ending = tell::send_and_tell(errand, ACT, order, synchronization, shown).await?;
    if made.is_some() && matches!(ending, Ending::Rejected | Ending::NotSent) {
        args.password.take_back();
    }
    Ok(ending)
}

fn username(draft: &Draft) -> String {
    match draft.entries.get(&Field::Username) {
        Some(Entry::Text(text)) => visible(text).into_owned(),
        Some(Entry::Secret(_) | Entry::Switch(_) | Entry::Cleared) | None => "the new user".to_owned(),
    }
}

/// What a check says that was passed before: it cannot happen, and is told all the same.
fn refused(refusal: &Refusal) -> CliError {
    CliError::Usage(match refusal {
        Refusal::Nothing => "there is nothing to send".to_owned(),
        Refusal::Faults(faults) => {
            let words = |fault: &crate::domain::draft::Fault| format!("{} {}", fault.field.spec().label, fault.words);
            faults.iter().map(words).collect::<Vec<_>>().join("; ")
        }
    })
}
