//! What became of something that was sent, for a person and for a program.

use std::fmt::Write as _;

use crate::cli::errand::Errand;
use crate::cli::{CliError, output};
use crate::codec::output::{Written, written};
use crate::domain::code::Code;
use crate::domain::ending::Ending;
use crate::domain::order::Order;
use crate::domain::outcome::{Cause, PlatformReport, PlatformState, Report, Sent, Settlement, Verdict};
use crate::domain::person::Person;
use crate::domain::secret::Secret;
use crate::domain::untrusted::{Untrusted, visible};

/// What is told beside the report.
struct Beside<'a> {
    /// The stable name of what went wrong.
    code: Option<Code>,
    /// The made password, where the agent asked to see it.
    password: Option<&'a Secret>,
}

/// Sends an order, looks a create in doubt up, and tells what became of it; with a made password, where the agent asked to see it.
///
/// # Errors
/// Nothing that happens after the order has left is one: then the ending says it.
pub async fn send_and_tell(
    errand: &mut Errand,
    act: &'static str,
    order: &Order,
    synchronization: crate::domain::tenant::Synchronization,
    password: Option<&Secret>,
) -> Result<Ending, CliError> {
    let (report, code) = match errand.submit(order, synchronization).await {
        Some(Sent::Report(report)) => {
            let report = settled(errand, order, *report).await;
            let code = Code::of_report(&report);
            (report, code)
        }
        Some(Sent::Conflict(person)) => (conflict(order, &person), Some(Code::ChangedMeanwhile)),
        None => {
            let cause = Cause::Local(Untrusted::new("the program was stopped before the answer came"));
            (Report::without_reply(Verdict::InDoubt, cause), Some(Code::Interrupted))
        }
    };
    Ok(tell(errand, act, order, &report, &Beside { code, password }))
}

/// A create in doubt is looked up at once: the one request that settles it, and nothing is sent again.
async fn settled(errand: &mut Errand, order: &Order, mut report: Report) -> Report {
    let Order::Change(request) = order else { return report };
    if report.verdict != Verdict::InDoubt || !order.is_create() || errand.stop.was_told() {
        return report;
    }
    output::progress("no clear answer: looking the username up");
    let Ok(found) = errand.stop.unless(errand.service.settle(request, report.change)).await else { return report };
    match found {
        Settlement::Ours(person) => {
            report.notes.push(Untrusted::new(report.cause.to_string()));
            (report.verdict, report.cause) = (Verdict::Applied, Cause::ReadBack);
            report.id = person.id.and_then(|id| crate::domain::key::UserKey::parse(&id).ok());
        }
        Settlement::SomeoneElse(_) => {
            report.notes.push(Untrusted::new(report.cause.to_string()));
            report.notes.push(Untrusted::new("somebody else has this username"));
            (report.verdict, report.cause) = (Verdict::Rejected, Cause::ReadBack);
        }
        Settlement::Nobody => report.notes.push(Untrusted::new("nobody of this username is there yet")),
        Settlement::Unknown(fault) => report.notes.push(Untrusted::new(format!("the look-up failed: {fault}"))),
    }
    report
}

fn conflict(order: &Order, person: &Person) -> Report {
    let fields = match order {
        Order::Change(request) => request.conflicts(person),
        Order::Deed(_) => Vec::new(),
    };
    let labels: Vec<_> = fields.iter().map(|field| field.spec().label).collect();
    let words = format!("somebody else changed {} meanwhile", labels.join(", "));
    Report::without_reply(Verdict::NotSent, Cause::Local(Untrusted::new(words)))
}

/// Tells what became of an order. The verdict is the ending, even where nobody could be told.
fn tell(errand: &Errand, act: &'static str, order: &Order, report: &Report, beside: &Beside<'_>) -> Ending {
    let ending = Ending::from(report.verdict);
    let next = next(order, report.verdict);
    let username = order.username();
    let told = if errand.json {
        let ticket = errand.ticket.as_deref();
        let document = Written {
            act,
            username,
            ending,
            report,
            code: beside.code,
            next: &next,
            ticket,
            dry_run: None,
            password: beside.password,
        };
        output::print(&written(&document))
    } else {
        let text = Secret::new(lines(order, report, &next, beside));
        output::print(text.expose())
    };
    if let Err(error) = told {
        output::complain(&format!(
            "{} {}: {}, and that could not be written: {error}",
            order.word(),
            visible(username),
            ending.word()
        ));
    }
    ending
}

/// Tells that there was nothing to send.
///
/// # Errors
/// The answer cannot be written.
pub fn nothing(errand: &Errand, act: &'static str, username: &str, words: &str) -> Result<Ending, CliError> {
    if errand.json {
        let report = Report::without_reply(Verdict::Applied, Cause::Local(Untrusted::new(words)));
        let ticket = errand.ticket.as_deref();
        let (ending, report) = (Ending::Done, &report);
        output::print(&written(&Written {
            act,
            username,
            ending,
            report,
            code: None,
            next: "",
            ticket,
            dry_run: None,
            password: None,
        }))?;
    } else {
        output::print(&format!("DONE  {}: {}\n", visible(username), visible(words)))?;
    }
    Ok(Ending::Done)
}

/// Shows the request that would be sent, and the command line of it.
///
/// # Errors
/// The answer cannot be written.
pub fn dry_run(
    errand: &Errand,
    act: &'static str,
    order: &Order,
    synchronization: crate::domain::tenant::Synchronization,
) -> Result<Ending, CliError> {
    let request = errand.service.transcript(order, synchronization);
    if errand.json {
        let cause = Cause::Local(Untrusted::new("a dry run: nothing was sent"));
        let report = Report::without_reply(Verdict::NotSent, cause);
        output::print(&written(&Written {
            act,
            username: order.username(),
            ending: Ending::NotSent,
            report: &report,
            code: None,
            next: "",
            ticket: errand.ticket.as_deref(),
            dry_run: Some(&request),
            password: None,
        }))?;
    } else {
        output::print(&format!(
            "DRY RUN  {} {}: nothing was sent\n\n{request}\n",
            order.word(),
            visible(order.username())
        ))?;
    }
    Ok(Ending::Done)
}

fn lines(order: &Order, report: &Report, next: &str, beside: &Beside<'_>) -> String {
    let code = beside.code.map(|code| format!(" [{code}]")).unwrap_or_default();
    let mut text = format!("{}  {} {}{code}\n", report.verdict.word(), order.word(), visible(order.username()));
    // Writing to a String cannot fail.
    for row in &report.platforms {
        let _ = writeln!(text, "  {}", platform(row).trim_end());
    }
    let mut add = |label: &str, words: &str| {
        let _ = writeln!(text, "  {label}: {}", visible(words));
    };
    if report.cause != Cause::Platforms {
        add("why", &report.cause.to_string());
    }
    if let Some(message) = report.message.as_ref().filter(|message| !message.is_empty()) {
        add("the service says", message.raw());
    }
    for note in &report.notes {
        add("note", note.raw());
    }
    if let Some(id) = report.id.as_ref().filter(|_| order.is_create()) {
        add("id", id.as_str());
    }
    if let Some(change) = report.change {
        add("journal", &format!("change {change}"));
    }
    if let Some(password) = beside.password {
        add("password", password.expose());
    }
    if !next.is_empty() {
        add("next", next);
    }
    text
}

fn platform(row: &PlatformReport) -> String {
    let status = row.status.map(|status| status.to_string()).unwrap_or_default();
    let queued = (row.state == PlatformState::Queued).then(|| "accepted, not confirmed".into());
    let message = row.message.as_ref().map(Untrusted::show).or(queued).unwrap_or_default();
    format!("{:<12} {:<13} {status:<4} {message}", row.name.show(), row.state.word())
}

/// What to do next, in commands.
fn next(order: &Order, verdict: Verdict) -> String {
    let who = crate::domain::command_line::quoted(order.username());
    match verdict {
        Verdict::Applied => String::new(),
        Verdict::Pending => "the platforms that queued it will not say how it ended".to_owned(),
        Verdict::NotSent => "nothing was changed; the same command may be given again".to_owned(),
        Verdict::Rejected => "nothing was changed".to_owned(),
        Verdict::Partial if order.is_create() => {
            format!(
                "some platforms have the user: \"netex-users update {who} --blind ...\" repairs it, a second create does not"
            )
        }
        Verdict::Partial if order.is_update() => {
            "some platforms have the change: the same command with --blind sends it again".to_owned()
        }
        Verdict::Partial => "some platforms did it: the same command may be given again".to_owned(),
        Verdict::InDoubt if order.is_create() => {
            format!("it may still arrive: look with \"netex-users get {who}\" in a minute, before you create again")
        }
        Verdict::InDoubt => format!("it may have been done: \"netex-users get {who}\" shows how it is now"),
    }
}
