//! A line in doubt: looked up, and sent again only where somebody said so, and only after the time in which it may still arrive.
//!
//! The time is counted from what the journal kept with the intent, so that a restart neither shortens it nor begins it anew (faults.md, M7b); and
//! the journal itself refuses to replace a change that was not looked up after it ([`crate::journal::changes`]).

use std::time::Duration;

use crate::domain::fields::Field;
use crate::domain::job::{JobId, JobLine, LineState};
use crate::domain::key::UserKey;
use crate::domain::outcome::{Cause, ReadFault, Verdict};
use crate::domain::record::{Act, Change, ChangeId, Intent, Kept, Outcome, Seen, Sequel, Standing, Touched, WINDOW};
use crate::domain::untrusted::Untrusted;
use crate::journal::fault::JournalFault;
use crate::service::import::carry::Carried;
use crate::service::import::circuit::{Beat, is_over};
use crate::service::import::{Ended, Event, Import, ImportFault, InDoubt};

/// How often the window is waited for: a second time where the clock was not there yet. One that was set back by years is not waited for.
const MOST_WAITS: u32 = 2;

/// What a look showed, and where the change stands since.
struct Looked {
    seen: Seen,
    standing: Standing,
    beat: Beat,
    over: Option<String>,
}

impl Import {
    /// Looks a line in doubt up, and sends it again where that is wanted and allowed.
    pub(super) async fn settle(&self, job: JobId, line: JobLine) -> Carried {
        let (number, username) = (line.plan.line, line.plan.username.clone());
        self.tell(Event::Began { line: number, username }).await;
        match self.settled(job, &line).await {
            Ok(Settled::So(looked)) => of(&line, looked),
            Ok(Settled::Again(id)) => self.carry(job, line, Some(id)).await,
            Err(fault) => Carried::unsent(&line, fault.to_string(), Some(fault.to_string())),
        }
    }

    async fn settled(&self, job: JobId, line: &JobLine) -> Result<Settled, ImportFault> {
        let Some(id) = line.change else { return Err(JournalFault::NoSuchJob(job).into()) };
        let change = self.change(id).await?;
        if change.standing == Standing::Open {
            // This program holds the claim: whoever sent it does not wait for it any more.
            let doubt = Outcome::without_reply(Verdict::InDoubt, "nobody waits for the answer any more");
            self.desk()?.journal.ask(move |store| store.end(id, &doubt)).await?;
        }
        let looked = self.look(&change).await?;
        if self.limits.in_doubt == InDoubt::Stop || !was_not_done(&change, &looked) {
            return Ok(Settled::So(looked));
        }
        let why = format!("line {} may still arrive", line.plan.line);
        let mut waits = 0;
        loop {
            let left = left(self.now().await?, change.at);
            if left.is_zero() || waits == MOST_WAITS {
                break;
            }
            if !self.wait(left, &why).await {
                return Ok(Settled::So(looked));
            }
            waits += 1;
        }
        if waits == 0 {
            return Ok(Settled::Again(id));
        }
        let looked = self.look(&change).await?;
        Ok(if was_not_done(&change, &looked) { Settled::Again(id) } else { Settled::So(looked) })
    }

    /// Reads whom a change is about, and keeps what that shows of it.
    async fn look(&self, change: &Change) -> Result<Looked, ImportFault> {
        let key = change.intent.key.as_deref().unwrap_or(&change.intent.username);
        let found = match UserKey::parse(key) {
            Ok(key) => self.read(&key).await,
            Err(fault) => Err(ReadFault::Failed(Cause::Local(Untrusted::new(fault.to_string())))),
        };
        let (beat, over) = match &found {
            Ok(_) => (Beat::Good, None),
            Err(fault @ ReadFault::Failed(cause)) => (Beat::of_reading(fault), is_over(cause)),
            Err(fault) => (Beat::of_reading(fault), None),
        };
        let seen = seen(&change.intent, found);
        let (id, sequel) = (change.id, Sequel::LookedUp(seen.clone()));
        let standing = self.desk()?.journal.ask(move |store| store.follow(id, &sequel)).await?;
        Ok(Looked { seen, standing, beat, over })
    }

    async fn change(&self, id: ChangeId) -> Result<Change, ImportFault> {
        Ok(self.desk()?.journal.ask(move |store| store.change(id)).await?)
    }

    /// The journal's own time, which the time of the change was taken from.
    async fn now(&self) -> Result<i64, ImportFault> {
        Ok(self.desk()?.journal.ask(|store| Ok(store.now())).await?)
    }
}

/// What is done with a line that was looked up.
enum Settled {
    /// It stands so.
    So(Looked),
    /// It is sent again, in the place of this change.
    Again(ChangeId),
}

/// What a reading shows of a change. An update of which nothing can be compared (a picture alone) is not proven by anything.
fn seen(intent: &Intent, found: Result<crate::domain::person::Person, ReadFault>) -> Seen {
    let person = match found {
        Ok(person) => person,
        Err(ReadFault::NotFound) => return Seen::Nobody,
        Err(fault @ (ReadFault::NoService(_) | ReadFault::Failed(_) | ReadFault::SomeoneElse(_))) => {
            return Seen::Unknown(fault.to_string());
        }
    };
    if intent.act == Act::Create {
        return if intent.made(&person) { Seen::Done } else { Seen::SomeoneElse };
    }
    let comparable: Vec<&Touched> = intent.wanted().filter(|touched| can_be_compared(touched)).collect();
    if comparable.is_empty() {
        return Seen::Unknown("the service does not show what was sent".to_owned());
    }
    let missing: Vec<Field> =
        comparable.into_iter().filter(|touched| !touched.is_so(&person)).map(|touched| touched.field).collect();
    if missing.is_empty() { Seen::Done } else { Seen::NotYet(missing) }
}

fn can_be_compared(touched: &Touched) -> bool {
    touched.field != Field::Image && !matches!(touched.new, Kept::Mark { .. })
}

/// Whether a look showed that the change was not done, so that after its time it may be sent again.
fn was_not_done(change: &Change, looked: &Looked) -> bool {
    looked.standing == Standing::InDoubt
        && match (change.intent.act, &looked.seen) {
            (Act::Create, Seen::Nobody) | (Act::Update, Seen::NotYet(_)) => true,
            (
                Act::Create
                | Act::Update
                | Act::Activate
                | Act::Deactivate
                | Act::ChangePassword
                | Act::WelcomeMail
                | Act::Delete,
                Seen::Done | Seen::NotYet(_) | Seen::Nobody | Seen::SomeoneElse | Seen::Unknown(_),
            ) => false,
        }
}

/// How much of the window is left. A clock that was set back says nothing of the age: then all of it is (faults.md 72).
fn left(now: i64, at: i64) -> Duration {
    match u64::try_from(now.saturating_sub(at)) {
        Ok(age) => WINDOW.saturating_sub(Duration::from_millis(age)),
        Err(_) => WINDOW,
    }
}

fn of(line: &JobLine, looked: Looked) -> Carried {
    let words = match &looked.seen {
        Seen::Done => "it was looked up: it was done",
        Seen::NotYet(_) => "it was looked up: it is not done, or not yet",
        Seen::Nobody => "it was looked up: nobody is there, or not yet",
        Seen::SomeoneElse => "somebody else has this username",
        Seen::Unknown(why) => why,
    };
    let ended = Ended {
        line: line.plan.line,
        username: line.plan.username.clone(),
        state: LineState::Sent(looked.standing),
        reason: Some(words.to_owned()),
        report: None,
    };
    Carried::looked_up(ended, looked.beat, looked.over)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::person::Person;

    const AT: i64 = 1_700_000_000_000;

    #[test]
    fn the_window_is_counted_from_what_was_kept_and_a_clock_that_was_set_back_opens_it_anew() {
        assert_eq!(left(AT + 59_000, AT), Duration::from_secs(1));
        assert_eq!(left(AT + 60_000, AT), Duration::ZERO);
        assert_eq!(left(AT + 9_000_000, AT), Duration::ZERO);
        assert_eq!(left(AT - 1, AT), WINDOW);
    }

    fn update(touched: Vec<Touched>) -> Intent {
        Intent {
            act: Act::Update,
            username: "marta".into(),
            key: Some("ff80".into()),
            synchronization: crate::domain::tenant::Synchronization::Synchronous,
            touched,
            ticket: None,
            purpose: crate::domain::record::Purpose::Change,
            job: None,
            instead_of: None,
        }
    }

    fn set(field: Field, new: Kept, echoed: bool) -> Touched {
        Touched { field, old: Kept::Nothing, new, echoed }
    }

    #[test]
    fn only_what_can_be_compared_proves_an_update() {
        let person = || {
            let texts = [(Field::Location, "Vigo".to_owned())].into();
            Ok(Person { username: "marta".into(), texts, ..Person::default() })
        };
        let place = |text: &str| set(Field::Location, Kept::Text(text.into()), false);
        let picture = || set(Field::Image, Kept::Mark { size: 1, fingerprint: String::new() }, false);
        assert_eq!(seen(&update(vec![place("Vigo"), picture()]), person()), Seen::Done);
        assert_eq!(seen(&update(vec![place("Lugo"), picture()]), person()), Seen::NotYet(vec![Field::Location]));
        assert!(matches!(seen(&update(vec![picture()]), person()), Seen::Unknown(_)));
        let echoed = set(Field::Location, Kept::Text("Vigo".into()), true);
        assert!(matches!(seen(&update(vec![echoed]), person()), Seen::Unknown(_)), "what was sent back proves nothing");
        assert_eq!(seen(&update(vec![place("Vigo")]), Err(ReadFault::NotFound)), Seen::Nobody);
    }
}
