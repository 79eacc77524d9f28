//! What the program asks about changes that are not finished, done: the journal and the service, and every time in words.

use std::time::Duration;

use crate::app::attention::{Item, Told, Wish};
use crate::app::effect::Ticket;
use crate::app::msg::News;
use crate::domain::look_up;
use crate::domain::record::{Act, Change, ChangeId, Standing};
use crate::runtime::world::{STUMBLED, Task};
use crate::runtime::{clock, guard};
use crate::service::Service;

/// Begins to ask.
pub fn ask(service: Service, ticket: Ticket, wish: Wish) -> Task {
    Box::pin(async move {
        let told = match wish {
            Wish::List => Told::List(list(&service).await),
            Wish::LookUp(id) => Told::LookedUp(id, look_up(&service, id).await),
            Wish::Dismiss(id, reason) => {
                let dismissed = guard::waited(service.dismiss(id, reason)).await;
                Told::Dismissed(id, dismissed.unwrap_or_else(|| Err(STUMBLED.to_owned())))
            }
        };
        Some(News::Attention(ticket, told))
    })
}

async fn list(service: &Service) -> Result<Vec<Item>, String> {
    let changes = guard::waited(service.attention()).await.unwrap_or_else(|| Err(STUMBLED.to_owned()))?;
    let now = clock::milliseconds();
    Ok(changes.into_iter().map(|change| item(change, now)).collect())
}

async fn look_up(
    service: &Service,
    id: ChangeId,
) -> Result<Box<(Item, Option<crate::domain::person::Person>)>, String> {
    let looked = guard::waited(service.look_up(id)).await.unwrap_or_else(|| Err(STUMBLED.to_owned()))?;
    Ok(Box::new((item(looked.change, clock::milliseconds()), looked.person.map(|person| *person))))
}

/// A change with its times in words.
fn item(change: Change, now: i64) -> Item {
    let when = |at: i64| clock::moment(at.div_euclid(1000));
    let times = change.sequels.iter().map(|(at, _)| when(*at)).collect();
    Item { when: when(change.at), age: clock::age(change.at, now), wait: wait(&change, now), times, change }
}

/// How much of the window of a create in doubt is left.
fn wait(change: &Change, now: i64) -> Option<Duration> {
    if change.intent.act != Act::Create || change.standing != Standing::InDoubt || change.elsewhere {
        return None;
    }
    let looks: Vec<i64> = change.sequels.iter().map(|(at, _)| *at).collect();
    let left = look_up::window_end(change.at, &looks, now).saturating_sub(now);
    u64::try_from(left).ok().filter(|left| *left > 0).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::record::{Intent, Outcome, Realm, Seen, Sequel, Who};
    use crate::domain::tenant::Synchronization;

    fn doubt(act: Act, at: i64, sequels: Vec<(i64, Sequel)>) -> Change {
        let intent = Intent {
            act,
            username: "nora".into(),
            key: None,
            synchronization: Synchronization::Synchronous,
            touched: Vec::new(),
            ticket: None,
            purpose: crate::domain::record::Purpose::Change,
            job: None,
            instead_of: None,
        };
        let outcome = Some(Outcome::without_reply(crate::domain::outcome::Verdict::InDoubt, "why"));
        let (realm, who, standing) = (Realm::default(), Who::default(), Standing::InDoubt);
        Change { id: ChangeId(1), at, realm, who, intent, outcome, sequels, standing, elsewhere: false }
    }

    #[test]
    fn only_a_create_in_doubt_has_a_window_and_it_is_counted_from_when_it_was_sent() {
        let wait = |change: Change, now| item(change, now).wait.map(|wait| wait.as_secs());
        assert_eq!(wait(doubt(Act::Create, 0, vec![]), 18_000), Some(42));
        assert_eq!(wait(doubt(Act::Create, 0, vec![]), 60_000), None);
        assert_eq!(wait(doubt(Act::Update, 0, vec![]), 18_000), None);
        let looked = vec![(10_000, Sequel::LookedUp(Seen::Nobody))];
        assert_eq!(wait(doubt(Act::Create, 900_000, looked), 30_000), Some(40), "a clock that was set back");
    }
}
