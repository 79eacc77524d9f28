//! `enable`, `disable`, `password`, `welcome` and `delete`: what is done to a user as a whole.

use std::sync::Arc;

use clap::Args;

use crate::cli::consent::{self, Intent};
use crate::cli::errand::{self, Errand, Start};
use crate::cli::flags::{Sending, Target, Whom};
use crate::cli::given::Stdin;
use crate::cli::secrets::PasswordFlags;
use crate::cli::{CliError, ask, tell, whom};
use crate::domain::deed::Deed;
use crate::domain::ending::Ending;
use crate::domain::order::{DeedOrder, Order};
use crate::domain::secret::{Sealed, Secret};
use crate::service::password;

/// What `enable` and `welcome` are told.
#[derive(Clone, Debug, Args)]
pub struct Simple {
    /// The person.
    #[command(flatten)]
    pub target: Target,
    /// How it is sent.
    #[command(flatten)]
    pub sending: Sending,
}

/// What `disable` is told.
#[derive(Clone, Debug, Args)]
pub struct Disable {
    /// The person.
    #[command(flatten)]
    pub target: Target,
    /// What the service tells the person
    #[arg(long, value_name = "TEXT")]
    pub message: Option<String>,
    /// How it is sent.
    #[command(flatten)]
    pub sending: Sending,
}

/// What `password` is told.
#[derive(Clone, Debug, Args)]
pub struct Password {
    /// The person.
    #[command(flatten)]
    pub target: Target,
    /// Where the password comes from.
    #[command(flatten)]
    pub password: PasswordFlags,
    /// How it is sent.
    #[command(flatten)]
    pub sending: Sending,
}

/// What `delete` is told.
#[derive(Clone, Debug, Args)]
pub struct Delete {
    /// The person.
    #[command(flatten)]
    pub whom: Whom,
    /// How it is sent.
    #[command(flatten)]
    pub sending: Sending,
}

/// A deed on its way to be sent.
struct Plan<'a> {
    act: &'static str,
    deed: Deed,
    harm: Vec<String>,
    sending: &'a Sending,
}

/// Lets somebody sign in again. Who can already is told so again: a platform may have missed it.
pub fn enable(args: &Simple, start: Start<'_>) -> Result<Ending, CliError> {
    let plan = Plan { act: "enable", deed: Deed::Activate, harm: Vec::new(), sending: &args.sending };
    simple(&args.target, plan, start)
}

/// Sends the welcome mail.
pub fn welcome(args: &Simple, start: Start<'_>) -> Result<Ending, CliError> {
    let plan = Plan { act: "welcome", deed: Deed::WelcomeMail, harm: Vec::new(), sending: &args.sending };
    simple(&args.target, plan, start)
}

/// Keeps somebody from signing in.
pub fn disable(args: &Disable, start: Start<'_>) -> Result<Ending, CliError> {
    let message = args.message.clone().filter(|text| !text.trim().is_empty());
    let harm = vec!["the person cannot sign in any more".to_owned()];
    let plan = Plan { act: "disable", deed: Deed::Deactivate { message }, harm, sending: &args.sending };
    simple(&args.target, plan, start)
}

fn simple(target: &Target, plan: Plan<'_>, start: Start<'_>) -> Result<Ending, CliError> {
    let (sending, mut plan) = (plan.sending, Some(plan));
    errand::carry_out(start, &sending.at, sending.ticket.as_deref(), async |errand| {
        errand.may_write(sending)?;
        let (order, what) = found(errand, target).await?;
        match plan.take() {
            Some(plan) => send(errand, plan, order, what, None).await,
            None => Ok(Ending::NotSent),
        }
    })
}

/// Sets another password.
pub fn password(args: &Password, start: Start<'_>) -> Result<Ending, CliError> {
    let sending = &args.sending;
    let given = args.password.get(sending.dry_run, &mut Stdin::default());
    let given = given.map_err(|complaint| CliError::Faults(vec![complaint]))?;
    errand::carry_out(start, &sending.at, sending.ticket.as_deref(), async |errand| {
        errand.may_write(sending)?;
        let (order, what) = found(errand, &args.target).await?;
        let secret = match given {
            Some(secret) => secret,
            // It is masked in what a dry run shows, so any will do.
            None if sending.dry_run => password::generate(),
            None if errand.interactive => ask::password(errand, &order.username).await?,
            None => {
                let words =
                    "a password is needed, and nobody can be asked here: --password-stdin or --generate-password";
                return Err(CliError::Usage(words.into()));
            }
        };
        let made = args.password.generate_password.then(|| secret.duplicate());
        let harm = vec!["the old password stops working at once".to_owned()];
        let plan = Plan { act: "password", deed: Deed::ChangePassword(Sealed::new(secret)), harm, sending };
        send(errand, plan, order, what, made.as_ref().map(|made| (&args.password, made))).await
    })
}

/// Deletes somebody who is disabled.
pub fn delete(args: &Delete, start: Start<'_>) -> Result<Ending, CliError> {
    let sending = &args.sending;
    errand::carry_out(start, &sending.at, sending.ticket.as_deref(), async |errand| {
        errand.may_write(sending)?;
        let person = whom::by_key(errand, &args.whom.id).await?;
        if person.enabled != Some(false) {
            let words = format!(
                "{} is not disabled, and only a disabled person is deleted: nothing was sent; \"netex-users disable\" comes first",
                crate::domain::untrusted::visible(&person.username)
            );
            return Err(CliError::Local(words));
        }
        let order =
            DeedOrder { key: whom::key(&person, &args.whom.id), username: person.username.clone(), deed: Deed::Delete };
        let harm = vec!["IRREVERSIBLE, in all platforms".to_owned()];
        let plan = Plan { act: "delete", deed: Deed::Delete, harm, sending };
        send(errand, plan, order, whom::called(&person), None).await
    })
}

/// Whom a deed is for, as read; the deed itself is put in later. With it the person as a question names them.
async fn found(errand: &mut Errand, target: &Target) -> Result<(DeedOrder, String), CliError> {
    let asked = &target.whom.id;
    let (key, username, called) = if let Some(person) = whom::read(errand, target).await? {
        (whom::key(&person, asked), person.username.clone(), whom::called(&person))
    } else {
        (asked.clone(), asked.as_str().to_owned(), asked.as_str().to_owned())
    };
    Ok((DeedOrder { key, username, deed: Deed::Activate }, called))
}

async fn send(
    errand: &mut Errand,
    plan: Plan<'_>,
    order: DeedOrder,
    called: String,
    made: Option<(&PasswordFlags, &Secret)>,
) -> Result<Ending, CliError> {
    let Plan { act, deed, harm, sending } = plan;
    let what = format!("{} {called}", deed.word());
    let typed = (deed == Deed::Delete).then(|| order.username.clone());
    let order = Order::Deed(Arc::new(DeedOrder { deed, ..order }));
    let synchronization = sending.synchronization(errand.tenant.synchronization);
    if sending.dry_run {
        return tell::dry_run(errand, act, &order, synchronization);
    }
    consent::obtain(errand, sending, &Intent { what, harm, typed: typed.as_deref() }).await?;
    if let Some((flags, secret)) = made {
        flags.deliver(secret)?;
    }
    let shown = made.and_then(|(flags, secret)| flags.shown(secret));
    let ending = tell::send_and_tell(errand, act, &order, synchronization, shown).await?;
    if let Some((flags, _)) = made.filter(|_| matches!(ending, Ending::Rejected | Ending::NotSent)) {
        flags.take_back();
    }
    Ok(ending)
}
