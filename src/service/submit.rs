//! Sending an order, once: after a last look at whom it is for, and between the intent and the outcome in the journal.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::bulk::Job;
use crate::domain::deed::Deed;
use crate::domain::fields::Field;
use crate::domain::key::UserKey;
use crate::domain::order::{DeedOrder, Order};
use crate::domain::outcome::{BulkAnswer, Cause, ReadFault, Report, Sent, Verdict};
use crate::domain::person::Person;
use crate::domain::record::{ChangeId, Circumstances, Intent, Outcome, Seen, Sequel};
use crate::domain::request::{Request, Target};
use crate::domain::tenant::Synchronization;
use crate::domain::untrusted::Untrusted;
use crate::journal::fault::JournalFault;
use crate::journal::marks::MARKS;
use crate::service::Service;

/// What is said where the last look showed another person than the order is about.
const ANOTHER: &str = "the service answered with somebody else, whose username is this id: nothing was sent";

impl Service {
    /// Sends an order that nothing special is known of: see [`Service::submit_with`].
    pub async fn submit(&self, order: &Order, synchronization: Synchronization) -> Sent {
        self.submit_with(order, synchronization, &Circumstances::default()).await
    }

    /// Sends an order, once. An update of somebody who was read is preceded by reading them again: where somebody else changed one of its
    /// fields meanwhile, nothing is sent.
    pub async fn submit_with(
        &self,
        order: &Order,
        synchronization: Synchronization,
        circumstances: &Circumstances,
    ) -> Sent {
        let before = match order {
            Order::Change(request) => match self.before_change(request).await {
                Ok(before) => before,
                Err(sent) => return sent,
            },
            Order::Deed(deed) => match self.before_deed(deed).await {
                Ok(before) => before,
                Err(report) => return Sent::Report(report),
            },
        };
        Sent::Report(Box::new(self.kept(order, synchronization, before.as_ref(), circumstances).await))
    }

    /// Sends an order between its intent and its outcome. Without the first nothing is sent. `before` is the last look, which the caller has
    /// just taken.
    pub(in crate::service) async fn kept(
        &self,
        order: &Order,
        synchronization: Synchronization,
        before: Option<&Person>,
        circumstances: &Circumstances,
    ) -> Report {
        let refused = |cause| Report::without_reply(Verdict::NotSent, cause);
        if self.client.is_read_only() {
            return refused(Cause::ReadOnly);
        }
        let intent = Intent::of(order, synchronization, before, circumstances, &MARKS);
        let id = match self.begin(intent.clone()).await {
            Ok(id) => id,
            Err(fault @ (JournalFault::InFlight { .. } | JournalFault::Created(_))) => {
                return refused(Cause::InFlight(Untrusted::new(fault.to_string())));
            }
            Err(fault) => return refused(Cause::NoJournal(Untrusted::new(fault.to_string()))),
        };
        let begun = Instant::now();
        let mut report = match order {
            Order::Change(request) => self.client.send(request, synchronization).await,
            Order::Deed(deed) => self.client.deed(&deed.key, &deed.deed, synchronization).await,
        };
        if circumstances.instead_of.is_some() {
            self.read_back(order, &mut report).await;
        }
        report.change = Some(id);
        if circumstances.job.is_some() {
            turned_away(&mut report);
        }
        self.end(id, &mut report, begun.elapsed()).await;
        if report.verdict == Verdict::Applied {
            self.mend(id, &intent).await;
        }
        report
    }

    /// A create that is sent again and refused may be refused because the first one arrived after all: then the user is there, with what was
    /// sent (faults.md 4). What the platforms said of the second is about nobody.
    async fn read_back(&self, order: &Order, report: &mut Report) {
        let (Order::Change(request), Verdict::Rejected, Cause::Refused(_)) = (order, report.verdict, &report.cause)
        else {
            return;
        };
        let Some(key) = order.key().filter(|_| order.is_create()) else { return };
        let Ok(person) = self.read(&key).await else { return };
        if request.made(&person) {
            report.notes.push(Untrusted::new(report.why()));
            (report.verdict, report.cause, report.message) = (Verdict::Applied, Cause::ReadBack, None);
            report.platforms.clear();
            report.id = person.id.and_then(|id| UserKey::parse(&id).ok());
        }
    }

    async fn begin(&self, intent: Intent) -> Result<ChangeId, JournalFault> {
        let Some(desk) = &self.desk else { return Err(JournalFault::Missing) };
        desk.journal.begin(desk.realm.clone(), intent).await.map(|(id, _)| id)
    }

    /// An outcome that could not be kept is shown all the same, and that it is kept nowhere is said with it.
    async fn end(&self, id: ChangeId, report: &mut Report, took: Duration) {
        let Some(desk) = &self.desk else { return };
        let outcome = Outcome::of(report, u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        if let Err(fault) = desk.journal.end(id, outcome).await {
            report.notes.push(Untrusted::new(format!(
                "this answer is nowhere kept ({fault}); after a restart the change {id} is in doubt"
            )));
        }
    }

    /// Keeps what a look at a user showed of a change. That it could not be kept changes nothing that is true: it is looked up again.
    pub(in crate::service) async fn keep_seen(&self, id: ChangeId, seen: Seen) {
        if let Some(desk) = &self.desk {
            let _ = desk.journal.ask(move |store| store.follow(id, &Sequel::LookedUp(seen))).await;
        }
    }

    async fn before_change(&self, request: &Request) -> Result<Option<Person>, Sent> {
        let (Target::Known(key), Some(base)) = (request.target(), request.base()) else { return Ok(None) };
        match self.read(key).await {
            Ok(fresh) if !is_the_same(base, &fresh) => Err(Sent::Report(Box::new(not_sent(ANOTHER)))),
            Ok(fresh) if !request.conflicts(&fresh).is_empty() => Err(Sent::Conflict(Box::new(fresh))),
            Ok(fresh) => Ok(Some(fresh)),
            Err(fault) => Err(Sent::Report(Box::new(unread(fault)))),
        }
    }

    /// Looks at whom a deed is for. Only a disabled person is deleted, and a copy of what can be read is kept. Whether somebody can sign in is
    /// read so that it can be put back: where it cannot be, the deed is done all the same, and cannot be undone.
    async fn before_deed(&self, order: &DeedOrder) -> Result<Option<Person>, Box<Report>> {
        match order.deed {
            Deed::Delete => self.before_delete(order).await.map(Some),
            Deed::Activate | Deed::Deactivate { .. } => match self.read(&order.key).await {
                Ok(person) if person.username != order.username => Err(Box::new(not_sent(ANOTHER))),
                read => Ok(read.ok()),
            },
            Deed::ChangePassword(_) | Deed::WelcomeMail => Ok(None),
        }
    }

    async fn before_delete(&self, order: &DeedOrder) -> Result<Person, Box<Report>> {
        let not_sent = |words: String| Box::new(not_sent(words));
        let person = self.read(&order.key).await.map_err(|fault| Box::new(unread(fault)))?;
        if person.username != order.username {
            return Err(not_sent("the service answered with somebody else: nothing was deleted".to_owned()));
        }
        if person.enabled != Some(false) {
            return Err(not_sent("the person is not disabled any more: nothing was deleted".to_owned()));
        }
        let (service, copy) = (self.clone(), person.clone());
        let kept = tokio::task::spawn_blocking(move || service.keep_snapshot(&copy)).await;
        match kept {
            Ok(Ok(())) => Ok(person),
            Ok(Err(fault)) => {
                Err(not_sent(format!("no copy of the person could be kept, so nothing was deleted: {fault}")))
            }
            Err(_) => Err(not_sent("no copy of the person could be kept, so nothing was deleted".to_owned())),
        }
    }

    /// Does a bulk change to one person, after reading them: only where they still are as the plan showed them.
    pub async fn apply(
        &self,
        key: &UserKey,
        job: &Job,
        planned: &(String, String),
        synchronization: Synchronization,
        circumstances: &Circumstances,
    ) -> BulkAnswer {
        let person = match self.read(key).await {
            Ok(person) => person,
            Err(fault) => return BulkAnswer::Refused(Untrusted::new(fault.to_string())),
        };
        let language = person.text(Field::Language);
        let Some(change) = job.bulk.change(person.enabled, &person.roles, Some(&language)) else {
            return BulkAnswer::Same;
        };
        if change != *planned {
            return BulkAnswer::Changed;
        }
        match job.bulk.order(&person, job.revision, &job.catalogue) {
            Ok(Some(order)) => match self.submit_with(&order, synchronization, circumstances).await {
                Sent::Report(report) => BulkAnswer::Report(report),
                Sent::Conflict(_) => BulkAnswer::Changed,
            },
            Ok(None) => BulkAnswer::Same,
            Err(words) => BulkAnswer::Refused(Untrusted::new(words)),
        }
    }
}

/// Whether two readings are of one person. The service takes an id and a username in the same place, and one person's username may be
/// another's id (faults.md 44).
fn is_the_same(base: &Person, fresh: &Person) -> bool {
    match (&base.id, &fresh.id) {
        (Some(base), Some(fresh)) => base == fresh,
        (Some(_) | None, _) => base.username == fresh.username,
    }
}

fn not_sent(words: impl Into<String>) -> Report {
    Report::without_reply(Verdict::NotSent, Cause::Local(Untrusted::new(words)))
}

/// A line of a file whose token was not accepted was turned away before anybody looked at it: it is done with the next token, so that a job
/// goes on exactly where its token expired (faults.md 60). A 403 may be about the person, and stays a refusal.
fn turned_away(report: &mut Report) {
    if report.verdict == Verdict::Rejected && report.cause == Cause::Token(401) {
        report.verdict = Verdict::NotSent;
    }
}

/// The last look failed, so nothing was sent: what would be written over is not known.
fn unread(fault: ReadFault) -> Report {
    let (verdict, cause) = match fault {
        // Renamed or deleted since it was read; no create instead (faults.md 46).
        ReadFault::NotFound => (Verdict::Rejected, Cause::Refused(404)),
        ReadFault::Failed(cause @ (Cause::Token(_) | Cause::Refused(_) | Cause::Redirect(_))) => {
            (Verdict::Rejected, cause)
        }
        ReadFault::Failed(cause) => (Verdict::NotSent, cause),
        ReadFault::NoService(_) | ReadFault::SomeoneElse(_) => {
            (Verdict::NotSent, Cause::Local(Untrusted::new(format!("the last look before sending failed: {fault}"))))
        }
    };
    Report::without_reply(verdict, cause)
}
