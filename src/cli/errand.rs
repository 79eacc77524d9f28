//! What every command that talks to a service goes through: the place, the waiting, and how it is stopped.
//!
//! Whoever presses Ctrl-C while something is read gets the prompt back at once. A write that is on its way is waited for a few seconds
//! more, because its answer is worth having (faults.md 78), and is in doubt after that. Deliberately not here: what is asked and what is
//! told.

use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::app::batch::Limits;
use crate::cli::flags::{At, Sending};
use crate::cli::workplace::{Connection, Wanted, Workplace};
use crate::cli::{CliError, output};
use crate::domain::code::Code;
use crate::domain::ending::Ending;
use crate::domain::order::Order;
use crate::domain::outcome::{Cause, ReadFault, Sent};
use crate::domain::record::{Circumstances, Purpose};
use crate::domain::roles::Catalogues;
use crate::domain::tenant::{Synchronization, Tenant};
use crate::service::Service;

/// How long the answer to a write is waited for after somebody has stopped the program.
const PATIENCE: Duration = Duration::from_secs(3);

/// What stands before the command.
#[derive(Clone, Copy, Debug, Default)]
pub struct Start<'a> {
    /// The configuration, instead of the usual file.
    pub config: Option<&'a Path>,
    /// The tenant.
    pub tenant: Option<&'a str>,
    /// The scenario of the sandbox.
    pub scenario: Option<&'a str>,
}

/// A command at work.
pub struct Errand {
    /// The tenant.
    pub tenant: Tenant,
    /// Its roles.
    pub catalogues: Catalogues,
    /// Everything that can be done there.
    pub service: Service,
    /// How it is stopped.
    pub stop: Stop,
    /// The agent named the tenant on this command line.
    pub tenant_named: bool,
    /// The answer is one JSON document.
    pub json: bool,
    /// Somebody sits at a terminal and can be asked.
    pub interactive: bool,
    /// The ticket that asks for this.
    pub ticket: Option<String>,
    /// Why it is sent.
    pub purpose: Purpose,
    /// What the tenant allows of a change for many.
    pub limits: Limits,
    /// Why there is no journal, and so nothing can be sent.
    pub no_journal: Option<String>,
    _connection: Connection,
}

/// Chooses the place, connects, and does it there.
///
/// # Errors
/// There is no such place, or what is done there fails.
pub fn carry_out(
    start: Start<'_>,
    at: &At,
    ticket: Option<&str>,
    todo: impl AsyncFnOnce(&mut Errand) -> Result<Ending, CliError>,
) -> Result<Ending, CliError> {
    let config = crate::cli::load(start.config)?;
    let tenant = at.tenant.as_deref().or(start.tenant);
    let wanted = Wanted { tenant, scenario: at.scenario.as_deref().or(start.scenario), ticket, once: true };
    let place = Workplace::choose(&config, wanted)?;
    if place.tenant.sandbox {
        output::remark("SANDBOX: made-up people, nothing is kept of what is done to them");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        let (name, catalogues, ticket) = (place.tenant.clone(), place.catalogues.clone(), place.ticket.clone());
        let limits = place.limits;
        let connection = place.connect()?;
        let mut errand = Errand {
            tenant: name,
            catalogues,
            service: connection.service.clone(),
            stop: Stop::new()?,
            tenant_named: tenant.is_some(),
            json: at.json,
            interactive: io::stdin().is_terminal() && io::stderr().is_terminal(),
            ticket,
            purpose: Purpose::Change,
            limits,
            no_journal: connection.no_journal.clone(),
            _connection: connection,
        };
        todo(&mut errand).await
    });
    // A thread that waits for a key or a name server must not hold up the shell's prompt.
    runtime.shutdown_background();
    ended
}

impl Errand {
    /// Refuses what writes on a read-only tenant or without a journal, before anything is asked.
    ///
    /// # Errors
    /// The tenant is read-only or there is no journal, and this is no dry run.
    pub fn may_write(&self, sending: &Sending) -> Result<(), CliError> {
        if self.tenant.read_only && !sending.dry_run {
            let words = format!("{} is read-only (read_only in the configuration): nothing was sent", self.tenant.name);
            return Err(CliError::Known(Code::ReadOnly, words));
        }
        match &self.no_journal {
            Some(why) if !sending.dry_run => {
                let words = format!("nothing was sent, because it could not be kept first: {why}");
                Err(CliError::Known(Code::NoJournal, words))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Sends an order, once, and waits for its answer; nothing where somebody stopped the program before it came.
    pub async fn submit(&mut self, order: &Order, synchronization: Synchronization) -> Option<Sent> {
        output::progress(&format!("sending: {} {}", order.word(), order.username()));
        let (ticket, purpose) = (self.ticket.clone(), self.purpose);
        let circumstances = Circumstances { ticket, purpose, ..Circumstances::default() };
        let mut answer = pin!(self.service.submit_with(order, synchronization, &circumstances));
        tokio::select! {
            biased;
            sent = &mut answer => return Some(sent),
            () = self.stop.told() => {}
        }
        output::progress("stopped: waiting 3 s for the answer of what is on its way");
        tokio::select! {
            biased;
            sent = tokio::time::timeout(PATIENCE, &mut answer) => sent.ok(),
            () = self.stop.told() => None,
        }
    }
}

/// What a reading that came to nothing ends as. The service's own no is a refusal; whatever else happened, nothing was changed.
pub fn unread(fault: &ReadFault) -> CliError {
    match fault {
        ReadFault::NotFound | ReadFault::Failed(Cause::Token(_) | Cause::Refused(_) | Cause::Redirect(_)) => {
            CliError::Rejected(Code::of_read(fault), fault.to_string())
        }
        ReadFault::NoService(_) | ReadFault::Failed(_) | ReadFault::SomeoneElse(_) => {
            CliError::Known(Code::of_read(fault), fault.to_string())
        }
    }
}

/// Ctrl-C, and the two other ways in which a program is told to end.
pub struct Stop {
    signals: [Signal; 3],
    was_told: bool,
}

impl Stop {
    fn new() -> io::Result<Self> {
        let signals =
            [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?];
        Ok(Self { signals, was_told: false })
    }

    /// Waits until somebody says it.
    pub async fn told(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.signals;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        self.was_told = true;
    }

    /// Whether somebody has said it.
    pub fn was_told(&self) -> bool {
        self.was_told
    }

    /// Waits for something that changes nothing, until it is there or somebody stops the program.
    ///
    /// # Errors
    /// Somebody stopped the program.
    pub async fn unless<T>(&mut self, waiting: impl Future<Output = T>) -> Result<T, CliError> {
        tokio::select! {
            biased;
            () = self.told() => Err(CliError::Stopped("stopped; nothing was sent".into())),
            done = waiting => Ok(done),
        }
    }
}
