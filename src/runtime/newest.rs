//! Of many questions of one kind only the newest matters: one is being answered, one waits, and what was asked in between is forgotten.
//!
//! Holding the arrow key down in a folder of photos asks about every one of them; without this, fifty decoders would queue for two
//! processors before the picture that the person stopped at.

use std::cell::Cell;
use std::rc::Rc;

use tokio::sync::Mutex;

use crate::app::effect::Ticket;
use crate::runtime::guard;

/// The questions of one kind. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Newest {
    asked: Rc<Cell<Ticket>>,
    turn: Rc<Mutex<()>>,
}

impl Newest {
    /// Does the work on another thread when the one before is done; nothing where a newer question came first. The inner nothing is work that
    /// panicked.
    pub async fn elsewhere<T: Send + 'static>(
        &self,
        ticket: Ticket,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<Option<T>> {
        let _turn = self.turn.lock().await;
        if self.asked.get() != ticket {
            return None;
        }
        Some(guard::elsewhere(work).await)
    }

    /// From now on this is the newest.
    pub fn ask(&self, ticket: Ticket) -> Self {
        self.asked.set(ticket);
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_burst_of_questions_costs_two_answers() {
        let (newest, done) = (Newest::default(), Arc::new(AtomicU64::new(0)));
        let ask = |number| {
            let (asked, done) = (newest.ask(Ticket(number)), Arc::clone(&done));
            async move { asked.elsewhere(Ticket(number), move || done.fetch_add(1, Ordering::SeqCst)).await }
        };
        // The first has begun before the others are asked.
        let (open, wait) = std::sync::mpsc::channel();
        let asked = newest.ask(Ticket(1));
        let mut first = Box::pin(asked.elsewhere(Ticket(1), move || wait.recv().is_ok()));
        assert!((&mut first).now_or_never().is_none());
        let others: Vec<_> = (2..=50).map(ask).collect();
        open.send(()).unwrap();
        let (first, others) = tokio::join!(first, futures_util::future::join_all(others));
        assert_eq!(first, Some(Some(true)));
        assert_eq!(others.iter().filter(|answer| answer.is_some()).count(), 1);
        assert!(others[48].is_some());
        assert_eq!(done.load(Ordering::SeqCst), 1);
    }
}
