//! Waiting, and being stopped: the one place of a job where time passes.

use std::time::Duration;

use tokio::time::sleep;

use crate::service::import::{Event, Import, Stop};

/// A shorter wait is not told.
const WORTH_TELLING: Duration = Duration::from_secs(1);

impl Import {
    /// Whether the agent wants nothing new to begin.
    pub(super) fn is_stopped(&self) -> bool {
        *self.watch.stop.borrow() >= Stop::Finish
    }

    /// Waits until the agent wants that much. For ever, where nobody can say so any more.
    pub(super) async fn stopped(&self, wanted: Stop) {
        let mut stop = self.watch.stop.clone();
        if stop.wait_for(|stop| *stop >= wanted).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Lets time pass. False where the agent stopped it.
    pub(super) async fn wait(&self, time: Duration, why: &str) -> bool {
        if time >= WORTH_TELLING {
            self.tell(Event::Waits { why: why.to_owned(), time }).await;
        }
        if time.is_zero() {
            return !self.is_stopped();
        }
        tokio::select! {
            biased;
            () = self.stopped(Stop::Finish) => false,
            () = sleep(time) => true,
        }
    }

    /// Waits for the turn of one change. False where the agent stopped it.
    pub(super) async fn turn(&self) -> bool {
        let time = self.pace.borrow_mut().take(self.begun.elapsed());
        self.wait(time, "the pace of the tenant").await
    }

    /// Waits as long as the service asked everything to wait. False where the agent stopped it.
    pub(super) async fn unheld(&self) -> bool {
        let time = self.pace.borrow().held(self.begun.elapsed());
        self.wait(time, "the service asked to wait").await
    }

    /// Holds everything, because the service asked for it.
    pub(super) fn hold(&self, time: Duration) {
        self.pace.borrow_mut().hold(self.begun.elapsed(), time);
    }
}
