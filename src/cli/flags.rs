//! The options that many commands share.

use clap::Args;

use crate::domain::key::UserKey;
use crate::domain::tenant::Synchronization;

/// Where a command works, and how it answers.
#[derive(Clone, Debug, Default, Args)]
pub struct At {
    /// The tenant to work on; "sandbox" is the look-alike inside the program
    #[arg(long, value_name = "NAME", help_heading = "Where")]
    pub tenant: Option<String>,

    /// What goes wrong in the sandbox: a built-in scenario, or a file with one
    #[arg(long, value_name = "NAME|FILE", help_heading = "Where")]
    pub scenario: Option<String>,

    /// Print one JSON document instead of lines (assets/output.schema.json)
    #[arg(long, help_heading = "How")]
    pub json: bool,
}

/// How something is sent.
#[derive(Clone, Debug, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line, and none depends on another")]
pub struct Sending {
    /// Where, and how it is told.
    #[command(flatten)]
    pub at: At,

    /// Wait for every platform, whatever the configuration says
    #[arg(long = "sync", conflicts_with = "asynchronous", help_heading = "How")]
    pub synchronous: bool,

    /// Let the other platforms queue it, and do not hear how that ended
    #[arg(long = "async", help_heading = "How")]
    pub asynchronous: bool,

    /// The ticket that asks for this, for the record
    #[arg(long, value_name = "TEXT", help_heading = "How")]
    pub ticket: Option<String>,

    /// Show exactly what would be sent, secrets masked, and send nothing
    #[arg(long, help_heading = "How")]
    pub dry_run: bool,

    /// Agree to what would be asked about; production wants --tenant NAME as well
    #[arg(long, help_heading = "How")]
    pub yes: bool,
}

impl Sending {
    /// The mode that was asked for, or else the tenant's own.
    pub fn synchronization(&self, usual: Synchronization) -> Synchronization {
        if self.synchronous {
            Synchronization::Synchronous
        } else if self.asynchronous {
            Synchronization::Asynchronous
        } else {
            usual
        }
    }
}

/// Whom a command is about.
#[derive(Clone, Debug, Args)]
pub struct Whom {
    /// The id or username of the person
    #[arg(value_name = "ID", value_parser = UserKey::parse)]
    pub id: UserKey,
}

/// Whom a command changes.
#[derive(Clone, Debug, Args)]
pub struct Target {
    /// The person.
    #[command(flatten)]
    pub whom: Whom,

    /// Do not read the person first: for a tenant without a read service, and to send again what a platform missed
    #[arg(long)]
    pub blind: bool,
}
