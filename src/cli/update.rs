//! `update`: fields of a user who is there.

use std::sync::Arc;

use clap::Args;

use crate::cli::consent::{self, Intent};
use crate::cli::errand::{self, Errand, Start};
use crate::cli::fields::UpdateFields;
use crate::cli::flags::{Sending, Target};
use crate::cli::given::{self, Given, Stdin};
use crate::cli::{CliError, output, tell, whom};
use crate::domain::draft::{Draft, Entry, Refusal, Subject};
use crate::domain::ending::Ending;
use crate::domain::field::Operation;
use crate::domain::fields::Field;
use crate::domain::order::Order;
use crate::domain::roles::Catalogue;
use crate::domain::untrusted::visible;

/// What `update` is told.
#[derive(Clone, Debug, Args)]
pub struct Update {
    /// The person.
    #[command(flatten)]
    pub target: Target,
    /// The fields.
    #[command(flatten)]
    pub fields: UpdateFields,
    /// How it is sent.
    #[command(flatten)]
    pub sending: Sending,
}

const ACT: &str = "update";

/// Updates a user: only what was said and is not so already.
///
/// # Errors
/// Nothing was sent; in words.
pub fn run(args: &Update, start: Start<'_>) -> Result<Ending, CliError> {
    let given = Given::read(&args.fields.0, &mut Stdin::default()).map_err(CliError::Faults)?;
    errand::carry_out(start, &args.sending.at, args.sending.ticket.as_deref(), async |errand| {
        update(errand, args, &given).await
    })
}

async fn update(errand: &mut Errand, args: &Update, given: &Given) -> Result<Ending, CliError> {
    let sending = &args.sending;
    errand.may_write(sending)?;
    let person = whom::read(errand, &args.target).await?;
    let subject = match person {
        Some(person) => Subject::Known(Box::new(person)),
        None => Subject::Blind(args.target.whom.id.clone()),
    };
    let catalogue = errand.catalogues.of(Operation::Update).clone();
    let (draft, found) = given.draft(subject, errand.tenant.revision, &catalogue);
    let faults = given::faults(&draft, &catalogue, found);
    if !faults.is_empty() {
        return Err(CliError::Faults(faults));
    }
    for words in given::warnings(&draft, &catalogue) {
        output::remark(&format!("worth a look: {words}"));
    }
    let request = match draft.check(&catalogue) {
        Ok(request) => request,
        Err(Refusal::Nothing) => {
            let username = draft.subject.person().map_or(args.target.whom.id.as_str(), |person| &person.username);
            return tell::nothing(errand, ACT, username, "everything is so already, so nothing was sent");
        }
        // All of them were told above.
        Err(Refusal::Faults(_)) => return Err(CliError::Usage("what would be sent is at fault".into())),
    };
    let (what, harm) = (what(&draft, request.username()), harm(&draft, &catalogue));
    let order = Order::Change(Arc::new(request));
    let synchronization = sending.synchronization(errand.tenant.synchronization);
    if sending.dry_run {
        return tell::dry_run(errand, ACT, &order, synchronization);
    }
    consent::obtain(errand, sending, &Intent { what, harm, typed: None }).await?;
    tell::send_and_tell(errand, ACT, &order, synchronization, None).await
}

fn what(draft: &Draft, username: &str) -> String {
    match draft.subject.person() {
        Some(person) => format!("update {}", whom::called(person)),
        None => format!("update {username}"),
    }
}

/// What of an update takes something away that hurts.
fn harm(draft: &Draft, catalogue: &Catalogue) -> Vec<String> {
    let mut harm = given::grave_changes(draft, catalogue);
    let enabled = draft.subject.person().and_then(|person| person.enabled);
    if draft.entries.get(&Field::Enabled) == Some(&Entry::Switch(false)) && enabled != Some(false) {
        harm.push("disables the person".to_owned());
    }
    // A file of somebody else, given by mistake, would do it too.
    if let (Some(person), Some(Entry::Text(name))) = (draft.subject.person(), draft.entries.get(&Field::Username)) {
        harm.push(format!("renames {} to {}", visible(&person.username), visible(name)));
    }
    let dropped = given::dropped_keys(draft);
    if !dropped.is_empty() {
        harm.push(format!("drops of the extended fields: {}", dropped.join(", ")));
    }
    harm
}
