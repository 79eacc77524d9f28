//! Whom a line means: the questions of the plan, asked of the service until one finds somebody.
//!
//! A reading changes nothing, so one that was not heard is repeated, a little and after a while ([`super::patience`]). The service has no
//! question for an e-mail: where people are found by it, everybody is read once, and only the addresses of the file are remembered.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::domain::fields::Field;
use crate::domain::key::UserKey;
use crate::domain::listed::End;
use crate::domain::outcome::{Cause, ReadFault};
use crate::domain::person::Person;
use crate::domain::plan::{Found, Match, Question, folded};
use crate::domain::row::Row;
use crate::service::import::patience::{ATTEMPTS, Again, read_again, wait};
use crate::service::import::{Event, Import, ImportFault, Stop};
use crate::service::paging::Paging;

/// Who has which of the file's addresses, by the folded address.
pub type Addresses = HashMap<String, Vec<UserKey>>;

impl Import {
    /// Asks for a line, freshly.
    ///
    /// # Errors
    /// The service does not say.
    pub(super) async fn find(&self, row: &Row) -> Result<Found, ReadFault> {
        // A line that does not say whom it is about finds nobody, and its plan says what is missing.
        let questions = self.sheet.terms().questions(row).unwrap_or_default();
        for question in questions {
            let read = match &question {
                Question::Id(key) | Question::Username(key) => self.read(key).await,
                Question::Email(email) => match self.keys_of(email).as_slice() {
                    [] => continue,
                    [key] => self.read(key).await,
                    several => return Ok(Found::Several(several.len())),
                },
            };
            match read {
                Ok(person) => return Ok(Found::One(question, Box::new(person))),
                Err(ReadFault::NotFound) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(Found::Nobody)
    }

    /// Reads somebody, and again where it may help.
    pub(super) async fn read(&self, key: &UserKey) -> Result<Person, ReadFault> {
        self.budget.earn();
        let mut attempts = 1;
        loop {
            self.unheld().await;
            let fault = match self.service.read(key).await {
                Ok(person) => return Ok(person),
                Err(fault) => fault,
            };
            let Again::After(asked) = read_again(&fault) else { return Err(fault) };
            if let Some(time) = asked {
                self.hold(wait(attempts, Some(time), 0.0));
            }
            let may = attempts < ATTEMPTS && !self.is_stopped() && self.budget.spend();
            if !may || !self.wait(wait(attempts, asked, rand::random()), &fault.to_string()).await {
                return Err(fault);
            }
            attempts += 1;
        }
    }

    /// Reads everybody, where people are found by their e-mail and this is not done yet.
    ///
    /// # Errors
    /// The list could not be read to an end that can be believed: who is not in it would be taken for somebody new.
    pub(super) async fn know_addresses(&self) -> Result<(), ImportFault> {
        if self.kept.matching != Match::Email || self.addresses.borrow().is_some() {
            return Ok(());
        }
        let wanted: HashSet<String> = self.sheet.rows().map(|row| folded(row.text(Field::Email))).collect();
        let (mut addresses, mut paging, mut count) = (Addresses::new(), Paging::default(), 0);
        while paging.end().is_none() {
            let (next, page) = tokio::select! {
                biased;
                () = self.stopped(Stop::Finish) => return Err(ImportFault::Stopped),
                read = self.service.next_page(paging) => read,
            };
            paging = next;
            let people = page.map_err(|fault| match &fault {
                ReadFault::Failed(Cause::Token(_)) => ImportFault::Refused(fault.to_string()),
                ReadFault::NotFound | ReadFault::NoService(_) | ReadFault::Failed(_) | ReadFault::SomeoneElse(_) => {
                    ImportFault::Unread(fault.to_string())
                }
            })?;
            count += people.len();
            for person in &people {
                let email = folded(&person.text(Field::Email));
                if wanted.contains(&email)
                    && let Ok(key) = UserKey::parse(person.id.as_deref().unwrap_or(&person.username))
                {
                    addresses.entry(email).or_default().push(key);
                }
            }
            self.tell(Event::Reading(count)).await;
        }
        if paging.unusable() > 0 {
            return Err(ImportFault::NoList(format!("{} people of the list cannot be understood", paging.unusable())));
        }
        match paging.end() {
            Some(End::Repeats | End::TooMany(_)) => {
                return Err(ImportFault::NoList("the service's list of people has no end".to_owned()));
            }
            Some(End::Complete) | None => {}
        }
        *self.addresses.borrow_mut() = Some(Arc::new(addresses));
        Ok(())
    }

    fn keys_of(&self, email: &str) -> Vec<UserKey> {
        let addresses = self.addresses.borrow().clone();
        addresses.and_then(|addresses| addresses.get(&folded(email)).cloned()).unwrap_or_default()
    }
}
