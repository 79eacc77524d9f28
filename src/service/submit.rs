//! Sending an order, once, after a last look at whom it is for.

use crate::domain::bulk::Job;
use crate::domain::deed::Deed;
use crate::domain::fields::Field;
use crate::domain::key::UserKey;
use crate::domain::order::{DeedOrder, Order};
use crate::domain::outcome::{BulkAnswer, Cause, ReadFault, Report, Sent, Verdict};
use crate::domain::request::{Request, Target};
use crate::domain::tenant::Synchronization;
use crate::domain::untrusted::Untrusted;
use crate::service::Service;

impl Service {
    /// Sends an order, once. An update of somebody who was read is preceded by reading them again: where somebody else changed one of its
    /// fields meanwhile, nothing is sent.
    pub async fn submit(&self, order: &Order, synchronization: Synchronization) -> Sent {
        match order {
            Order::Change(request) => self.submit_change(request, synchronization).await,
            Order::Deed(deed) => Sent::Report(Box::new(self.submit_deed(deed, synchronization).await)),
        }
    }

    async fn submit_change(&self, request: &Request, synchronization: Synchronization) -> Sent {
        if let (Target::Known(key), Some(_)) = (request.target(), request.base()) {
            match self.read(key).await {
                Ok(fresh) if !request.conflicts(&fresh).is_empty() => return Sent::Conflict(Box::new(fresh)),
                Ok(_) => {}
                Err(fault) => return Sent::Report(Box::new(unread(fault))),
            }
        }
        Sent::Report(Box::new(self.client.send(request, synchronization).await))
    }
}

impl Service {
    /// Does a deed. Whoever is deleted is read first: only a disabled person goes, and a copy of what can be read is kept.
    async fn submit_deed(&self, order: &DeedOrder, synchronization: Synchronization) -> Report {
        if order.deed == Deed::Delete
            && let Err(report) = self.before_delete(order).await
        {
            return *report;
        }
        self.deed(&order.key, &order.deed, synchronization).await
    }

    async fn before_delete(&self, order: &DeedOrder) -> Result<(), Box<Report>> {
        let not_sent =
            |words: String| Box::new(Report::without_reply(Verdict::NotSent, Cause::Local(Untrusted::new(words))));
        let person = self.read(&order.key).await.map_err(|fault| Box::new(unread(fault)))?;
        if person.username != order.username {
            return Err(not_sent("the service answered with somebody else: nothing was deleted".to_owned()));
        }
        if person.enabled != Some(false) {
            return Err(not_sent("the person is not disabled any more: nothing was deleted".to_owned()));
        }
        let service = self.clone();
        let kept = tokio::task::spawn_blocking(move || service.keep_snapshot(&person)).await;
        match kept {
            Ok(Ok(())) => Ok(()),
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
            Ok(Some(order)) => match self.submit(&order, synchronization).await {
                Sent::Report(report) => BulkAnswer::Report(report),
                Sent::Conflict(_) => BulkAnswer::Changed,
            },
            Ok(None) => BulkAnswer::Same,
            Err(words) => BulkAnswer::Refused(Untrusted::new(words)),
        }
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
