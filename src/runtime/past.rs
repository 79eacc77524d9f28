//! What was done, fetched for the screen: the journal asked, and its times turned into the agent's.

use crate::app::effect::Ticket;
use crate::app::history::Part;
use crate::app::msg::News;
use crate::domain::history::{Find, Told};
use crate::domain::record::{Change, ChangeId};
use crate::runtime::clock;
use crate::runtime::guard;
use crate::runtime::world::{STUMBLED, Task};
use crate::service::Service;

/// Looks for a part of the history.
pub(in crate::runtime) fn history(
    service: &Service,
    ticket: Ticket,
    words: &str,
    username: Option<String>,
    before: Option<ChangeId>,
) -> Task {
    let service = service.clone();
    let find = Find { username: username.clone(), ..Find::default() }.typed(words, clock::day);
    // A history of one person stays theirs, whatever is typed.
    let find = Find { username: username.or(find.username), ..find };
    Box::pin(async move {
        let part = guard::waited(service.history(find, before)).await;
        let part = part.map_or_else(stumbled, |part| part.map_err(|fault| fault.to_string()));
        let told = part.map(|part| Part { changes: part.changes.into_iter().map(told).collect(), next: part.next });
        Some(News::History(ticket, told))
    })
}

/// Reads a change, to tell it.
pub(in crate::runtime) fn tell(service: &Service, ticket: Ticket, id: ChangeId) -> Task {
    let service = service.clone();
    Box::pin(async move {
        let change = guard::waited(service.change(id)).await;
        let change = change.map_or_else(stumbled, |change| change.map_err(|fault| fault.to_string()));
        Some(News::Told(ticket, change.map(|change| Box::new(told(change)))))
    })
}

/// Reads a change that is to be taken back, and the person as they are now.
pub(in crate::runtime) fn for_undo(service: &Service, ticket: Ticket, id: ChangeId) -> Task {
    let service = service.clone();
    Box::pin(async move {
        let both = guard::waited(service.for_undo(id)).await;
        let both = both.map_or_else(stumbled, |both| both.map_err(|fault| fault.to_string()));
        Some(News::ForUndo(ticket, both.map(|(change, person)| (Box::new(told(change)), Box::new(person)))))
    })
}

fn told(change: Change) -> Told {
    Told::of(change, clock::local)
}

fn stumbled<T>() -> Result<T, String> {
    Err(STUMBLED.to_owned())
}
