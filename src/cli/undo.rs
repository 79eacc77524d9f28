//! `undo`: a change taken back, after its plan was shown and agreed to.

use clap::Args;

use crate::cli::consent;
use crate::cli::errand::{self, Errand, Start, unread};
use crate::cli::flags::Sending;
use crate::cli::journal::number;
use crate::cli::{CliError, output, tell};
use crate::domain::code::Code;
use crate::domain::ending::Ending;
use crate::domain::history;
use crate::domain::order::Order;
use crate::domain::person::Person;
use crate::domain::record::{ChangeId, Circumstances, Intent, Purpose};
use crate::domain::tenant::Synchronization;
use crate::domain::undo::{self, Left};
use crate::domain::untrusted::visible;
use crate::journal::marks::MARKS;
use crate::service::history::PastFault;

/// What `undo` is told.
#[derive(Clone, Debug, Args)]
pub struct Undo {
    /// The number of the change, as "journal list" and the history show it
    #[arg(value_name = "N", value_parser = number)]
    pub id: ChangeId,
    /// How it is sent.
    #[command(flatten)]
    pub sending: Sending,
}

/// Takes a change back.
pub fn run(args: &Undo, start: Start<'_>) -> Result<Ending, CliError> {
    let sending = &args.sending;
    errand::carry_out(start, &sending.at, sending.ticket.as_deref(), async |errand| {
        errand.may_write(sending)?;
        let (planned, person) = plan(errand, args.id).await?;
        let synchronization = sending.synchronization(errand.tenant.synchronization);
        output::remark(&words(&planned, &person, synchronization));
        if sending.dry_run {
            return tell::dry_run(errand, "undo", &planned.order, synchronization);
        }
        let what = format!("take {} back: {}", args.id, does(&planned.order));
        let harm = vec!["what it set is set to what was there before".to_owned()];
        consent::obtain(errand, sending, &consent::Intent { what, harm, typed: None }).await?;
        errand.purpose = Purpose::Undo(args.id);
        tell::send_and_tell(errand, "undo", &planned.order, synchronization, None).await
    })
}

/// Reads the change and the person, and works out what takes it back.
async fn plan(errand: &mut Errand, id: ChangeId) -> Result<(undo::Undo, Person), CliError> {
    let both = errand.stop.unless(errand.service.for_undo(id)).await?;
    let (change, person) = both.map_err(|fault| match fault {
        PastFault::Journal(fault) => fault.into(),
        PastFault::Unread(fault) => unread(&fault),
        PastFault::Elsewhere { .. } | PastFault::Refused(_) | PastFault::Key(_) => {
            CliError::Known(Code::NotPrepared, fault.to_string())
        }
    })?;
    let planned = undo::undo(&change, &person, errand.tenant.revision, &errand.catalogues.update);
    let planned = planned.map_err(|refused| {
        let lines: Vec<_> = refused.left.iter().map(stays).collect();
        CliError::Known(Code::NotPrepared, [vec![refused.why], lines].concat().join("\n  "))
    })?;
    Ok((planned, person))
}

fn does(order: &Order) -> String {
    format!("{} {}", order.word(), order.username())
}

/// What is sent and what stays, a line each.
fn words(planned: &undo::Undo, person: &Person, synchronization: Synchronization) -> String {
    let head = format!("Takes {} back: {}", planned.of, visible(&does(&planned.order)));
    let intent = Intent::of(&planned.order, synchronization, Some(person), &Circumstances::default(), &MARKS);
    let lines = history::lines(&intent).into_iter().filter(|line| !line.echoed);
    let lines = lines.map(|line| visible(&format!("{}: {} -> {}", line.what, line.old, line.new)).into_owned());
    let left = planned.left.iter().map(stays);
    [head].into_iter().chain(lines).chain(left).collect::<Vec<_>>().join("\n  ")
}

fn stays(left: &Left) -> String {
    visible(&format!("stays as it is: {} {}", left.what, left.why)).into_owned()
}
