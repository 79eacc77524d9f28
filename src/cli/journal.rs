//! `journal`: the record of what was done, shown, checked, exported, purged and set aside.
//!
//! No service is asked and no token is needed: all of it stands on this machine. Deliberately not here: taking a change back, which is a
//! change of its own ([`crate::cli::undo`]).

use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{ArgGroup, Args, Subcommand};

use crate::cli::errand::Start;
use crate::cli::workplace::{JOURNAL, place};
use crate::cli::{CliError, output};
use crate::codec::audit;
use crate::config::fault::shown;
use crate::config::private::write_new;
use crate::config::{Config, SANDBOX};
use crate::domain::ending::Ending;
use crate::domain::files::size;
use crate::domain::history::{Find, Told};
use crate::domain::recipe::plain;
use crate::domain::record::{Act, ChangeId, Standing};
use crate::domain::untrusted::visible;
use crate::journal::fault::JournalFault;
use crate::journal::session::is_anybody_at_work;
use crate::journal::store::Store;
use crate::journal::{Journal, Place};
use crate::runtime::clock;

mod lines;

/// From this size on a start says that the journal may be purged, in bytes.
pub const LARGE: u64 = 64 * 1024 * 1024;

/// What can be done with the journal.
#[derive(Clone, Debug, Subcommand)]
pub enum JournalCommand {
    /// List what was done, the newest first
    List(ListArgs),
    /// Show one change in full
    Show(ShowArgs),
    /// Check that no entry was changed, removed or put in; fails where one was
    Verify(VerifyArgs),
    /// Write what was done as CSV or as JSON Lines
    Export(ExportArgs),
    /// Take old changes that are finished out for good
    Purge(PurgeArgs),
    /// Give a journal that cannot be used another name, and begin a new one
    SetAside(SetAsideArgs),
}

/// Which changes.
#[derive(Clone, Debug, Default, Args)]
pub struct Filter {
    /// Only this tenant's; "sandbox" is the look-alike inside the program, which has a journal of its own
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,

    /// Only changes of the person of this username
    #[arg(long, value_name = "USERNAME")]
    pub user: Option<String>,

    /// Only what this agent did
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,

    /// Only this act
    #[arg(long, value_parser = act())]
    pub act: Option<Act>,

    /// Only what stands so
    #[arg(long, value_parser = standing())]
    pub standing: Option<Standing>,

    /// Only with this ticket
    #[arg(long, value_name = "TEXT")]
    pub ticket: Option<String>,

    /// Only from this day on, such as 2026-11-22
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub since: Option<i64>,

    /// Only before this day
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub until: Option<i64>,

    /// Only with these words somewhere in them; accents need not be typed
    #[arg(long, value_name = "WORDS")]
    pub find: Option<String>,
}

/// What `journal list` is told.
#[derive(Clone, Debug, Args)]
pub struct ListArgs {
    /// Which changes.
    #[command(flatten)]
    pub filter: Filter,

    /// Print one JSON document instead of lines (assets/output.schema.json)
    #[arg(long)]
    pub json: bool,
}

/// What `journal show` is told.
#[derive(Clone, Debug, Args)]
pub struct ShowArgs {
    /// The number of the change
    #[arg(value_name = "N", value_parser = number)]
    pub id: ChangeId,

    /// "sandbox" for the journal of the look-alike inside the program
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,

    /// Print one JSON document instead of lines (assets/output.schema.json)
    #[arg(long)]
    pub json: bool,
}

/// What `journal verify` is told.
#[derive(Clone, Debug, Args)]
pub struct VerifyArgs {
    /// "sandbox" for the journal of the look-alike inside the program
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,

    /// Print one JSON document instead of lines (assets/output.schema.json)
    #[arg(long)]
    pub json: bool,
}

/// What `journal export` is told.
#[derive(Clone, Debug, Args)]
pub struct ExportArgs {
    /// csv: a line for each field, no cell a formula | json: a line for each change
    #[arg(long, value_parser = PossibleValuesParser::new(["csv", "json"]))]
    pub format: String,

    /// Which changes.
    #[command(flatten)]
    pub filter: Filter,

    /// The file to write, instead of standard output; an existing one is never written over
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// What `journal purge` is told.
#[derive(Clone, Debug, Args)]
#[group(skip)]
#[command(group(ArgGroup::new("age").required(true).args(["before", "older_than"])))]
pub struct PurgeArgs {
    /// Changes that began before this day, such as 2026-11-22
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub before: Option<i64>,

    /// Changes that began more than so many days ago
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(..=36_500))]
    pub older_than: Option<u32>,

    /// "sandbox" for the journal of the look-alike inside the program
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,

    /// Agree to what would be asked about
    #[arg(long)]
    pub yes: bool,
}

/// What `journal set-aside` is told.
#[derive(Clone, Debug, Args)]
pub struct SetAsideArgs {
    /// "sandbox" for the journal of the look-alike inside the program
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,

    /// Agree to what would be asked about
    #[arg(long)]
    pub yes: bool,
}

fn act() -> impl clap::builder::TypedValueParser<Value = Act> {
    PossibleValuesParser::new(Act::ALL.map(Act::word)).map(|word| Act::from_word(&word).unwrap_or(Act::Update))
}

fn standing() -> impl clap::builder::TypedValueParser<Value = Standing> {
    PossibleValuesParser::new(Standing::ALL.map(Standing::word))
        .map(|word| Standing::from_word(&word).unwrap_or(Standing::Done))
}

fn day(text: &str) -> Result<i64, String> {
    clock::day(text).ok_or_else(|| "wants a day such as 2026-11-22".to_owned())
}

/// The number of a change, with or without its sign.
///
/// # Errors
/// It is no number of a change.
pub fn number(text: &str) -> Result<ChangeId, String> {
    let id = text.strip_prefix('#').unwrap_or(text).parse().ok().filter(|id| *id > 0);
    id.map(ChangeId).ok_or_else(|| "wants the number of a change, such as 12".to_owned())
}

/// Does what is asked of the journal.
///
/// # Errors
/// It cannot be read, or there is no such change; or somebody did not agree.
pub fn run(command: &JournalCommand, start: Start<'_>) -> Result<Ending, CliError> {
    if start.scenario.is_some() {
        return Err(CliError::Usage("--scenario means nothing before this command: leave it out".into()));
    }
    let config = crate::cli::load(start.config)?;
    let of = |tenant: &Option<String>| tenant.as_deref().or(start.tenant).map(str::to_owned);
    match command {
        JournalCommand::List(args) => list(args, &Whose::of(&config, of(&args.filter.tenant))?),
        JournalCommand::Show(args) => show(args, &Whose::of(&config, of(&args.tenant))?),
        JournalCommand::Verify(args) => verify(args, &Whose::of(&config, of(&args.tenant))?),
        JournalCommand::Export(args) => export(args, &Whose::of(&config, of(&args.filter.tenant))?),
        JournalCommand::Purge(args) => purge(args, &Whose::of(&config, of(&args.tenant))?),
        JournalCommand::SetAside(args) => set_aside(args, &Whose::of(&config, of(&args.tenant))?),
    }
}

/// Which journal, and whose changes in it: all tenants of a configuration share one, and the sandbox has its own.
struct Whose {
    place: Place,
    tenant: Option<String>,
}

impl Whose {
    fn of(config: &Config, tenant: Option<String>) -> Result<Self, CliError> {
        let is_sandbox = tenant.as_deref().map_or(config.tenants.is_empty(), |name| name == SANDBOX);
        let name = if is_sandbox { SANDBOX } else { JOURNAL };
        Ok(Self { place: place(name)?, tenant: tenant.filter(|_| !is_sandbox) })
    }

    /// The journal, where there is one: asking for it does not make one.
    fn open(&self) -> Result<Option<Journal>, CliError> {
        if !self.place.path().exists() {
            output::remark("there is no journal yet: nothing was sent from here");
            return Ok(None);
        }
        Ok(Some(Journal::open(self.place.clone())?))
    }

    fn find(&self, filter: &Filter) -> Find {
        let words = filter.find.as_deref().unwrap_or_default();
        Find {
            tenant: self.tenant.clone(),
            origin: None,
            username: filter.user.clone(),
            act: filter.act,
            standing: filter.standing,
            since: filter.since,
            until: filter.until,
            ticket: filter.ticket.clone(),
            by: filter.by.clone(),
            words: words.split_whitespace().map(plain).collect(),
        }
    }
}

/// Gives every change that is looked for, the newest first, until somebody has had enough.
fn each(
    journal: &Journal,
    find: &Find,
    time: fn(i64) -> String,
    mut take: impl FnMut(&[Told]) -> Result<bool, CliError>,
) -> Result<(), CliError> {
    let mut before = None;
    loop {
        let find = find.clone();
        let part = journal.ask_and_wait(move |store| store.history(&find, before))?;
        let told: Vec<Told> = part.changes.into_iter().map(|change| Told::of(change, time)).collect();
        if !take(&told)? || part.next.is_none() {
            return Ok(());
        }
        before = part.next;
    }
}

fn list(args: &ListArgs, whose: &Whose) -> Result<Ending, CliError> {
    let find = whose.find(&args.filter);
    let mut all = Vec::new();
    if let Some(journal) = whose.open()? {
        let time = if args.json { clock::universal } else { clock::local };
        each(&journal, &find, time, |told| {
            if args.json {
                all.extend_from_slice(told);
                return Ok(true);
            }
            Ok(output::stream(&told.iter().map(lines::row).collect::<String>())?)
        })?;
    }
    if args.json {
        output::print(&audit::several(&all))?;
    }
    Ok(Ending::Done)
}

fn show(args: &ShowArgs, whose: &Whose) -> Result<Ending, CliError> {
    let id = args.id;
    let journal = whose.open()?.ok_or(JournalFault::NoSuchChange(id))?;
    let change = journal.ask_and_wait(move |store| store.change(id))?;
    let text = if args.json {
        audit::one(&Told::of(change, clock::universal))
    } else {
        lines::in_full(&Told::of(change, clock::local))
    };
    output::print(&text)?;
    Ok(Ending::Done)
}

fn verify(args: &VerifyArgs, whose: &Whose) -> Result<Ending, CliError> {
    let Some(journal) = whose.open()? else { return Ok(Ending::Done) };
    let (found, bytes) = journal.ask_and_wait(|store| Ok((store.verify()?, store.size()?)))?;
    let is_sound = found.faults.is_empty();
    let text = if args.json {
        audit::checked(found.entries, found.changes, found.purged, &found.head, bytes, &found.faults)
    } else {
        lines::checked(&shown(journal.path()), &found, bytes)
    };
    output::print(&text)?;
    // What is wrong stands in the answer already.
    Ok(if is_sound { Ending::Done } else { Ending::NotSent })
}

fn export(args: &ExportArgs, whose: &Whose) -> Result<Ending, CliError> {
    let find = whose.find(&args.filter);
    let is_csv = args.format == "csv";
    let line = |told: &Told| if is_csv { audit::rows(told) } else { audit::change_line(told) };
    let head = if is_csv { audit::head() } else { String::new() };
    let (mut text, mut count) = (String::new(), 0);
    // A file is written whole or not at all, so it is gathered first; standard output gets each part as it comes.
    let mut put = |part: String| {
        if args.file.is_some() {
            text.push_str(&part);
            return Ok(true);
        }
        output::stream(&part).map_err(CliError::from)
    };
    if put(head)?
        && let Some(journal) = whose.open()?
    {
        each(&journal, &find, clock::universal, |told| {
            count += told.len();
            put(told.iter().map(line).collect())
        })?;
    }
    if let Some(path) = &args.file {
        write_new(path, &text)?;
        output::remark(&format!("{count} changes were written to {}", shown(path)));
    }
    Ok(Ending::Done)
}

fn purge(args: &PurgeArgs, whose: &Whose) -> Result<Ending, CliError> {
    if whose.tenant.is_some() {
        let words = "all tenants share one journal, and it is purged as a whole: leave out --tenant";
        return Err(CliError::Usage(words.into()));
    }
    let Some(journal) = whose.open()? else { return Ok(Ending::Done) };
    let days = i64::from(args.older_than.unwrap_or_default());
    let before = args.before.unwrap_or_else(|| clock::milliseconds() - days * 24 * 60 * 60 * 1000);
    let reach = journal.ask_and_wait(move |store| store.reach(before))?;
    let at = clock::local(before);
    let stay = match reach.open {
        0 => String::new(),
        open => format!("\n{open} older ones stay, because they still need attention or a job needs them."),
    };
    let drafts = match reach.drafts {
        0 => String::new(),
        drafts => format!(", and {drafts} drafts that nobody has open"),
    };
    if reach.finished > 0 || reach.drafts > 0 {
        let question = format!(
            "{} finished changes that began before {at}{drafts} are taken out for good, with everything that was kept of them.{stay}\nWhat \
             happened when stays in the chain, without a name.",
            reach.finished
        );
        agree(&question, args.yes)?;
    }
    let purged = journal.ask_and_wait(move |store| store.purge(before))?;
    let bytes = journal.ask_and_wait(Store::size)?;
    let left = reach.all - purged.min(reach.all);
    output::print(&format!(
        "{purged} changes that began before {at}{drafts} were purged, {left} are kept; the journal takes {}.{stay}\n",
        size(bytes)
    ))?;
    Ok(Ending::Done)
}

fn set_aside(args: &SetAsideArgs, whose: &Whose) -> Result<Ending, CliError> {
    let path = whose.place.path();
    if !path.exists() {
        return Err(CliError::Local(format!("there is no journal {}", shown(&path))));
    }
    if is_anybody_at_work(&whose.place.folder)? {
        let words = "another netex-users runs and uses the journal: end it first";
        return Err(CliError::Local(words.into()));
    }
    agree(&format!("{} gets another name, and a new journal begins. Nothing is deleted.", shown(&path)), args.yes)?;
    let aside = whose.place.set_aside()?;
    output::print(&format!("{}\n", said(&aside)))?;
    Ok(Ending::Done)
}

fn said(aside: &Path) -> String {
    format!("It is {} now. What was in doubt there is not known to the new journal: look those users up.", shown(aside))
}

/// Gets the agreement to something that cannot be taken back, or that others would not expect.
fn agree(question: &str, yes: bool) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(CliError::Usage(format!("{question}\nNobody can be asked here: say --yes")));
    }
    output::question(&format!("{question}\nGo on? [y/N] "));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(CliError::Stopped("not agreed to; nothing was changed".into())),
    }
}

/// What is to be known of a journal at a start: that it has become large.
pub fn remark(journal: &Journal) -> Option<String> {
    // Not asked of its thread, which may be busy with a purge: nobody waits for that to see a screen.
    let bytes = std::fs::metadata(journal.path()).ok()?.len();
    if bytes <= LARGE {
        return None;
    }
    let path = visible(&journal.path().to_string_lossy()).into_owned();
    Some(format!("The journal takes {}: \"netex-users journal purge\" makes it smaller ({path}).", size(bytes)))
}
