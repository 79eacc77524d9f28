//! Panics that cost one answer and not the program: a decoder that stumbles over a picture must not close the form.
//!
//! [`crate::runtime::terminal`]'s hook leaves the screen alone for what runs under a guard, and gives the terminal back for
//! every other panic.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Whether a panic of this thread would be caught here.
pub fn is_guarded() -> bool {
    DEPTH.with(|depth| depth.get() > 0)
}

/// Does the work; nothing where it panicked.
///
/// What the work had in its hands is dropped with it, and nothing shared is left half changed: workers get their own copies.
pub fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    DEPTH.with(|depth| depth.set(depth.get() + 1));
    let done = catch_unwind(AssertUnwindSafe(work));
    DEPTH.with(|depth| depth.set(depth.get() - 1));
    done.ok()
}

/// Waits for what is done in the background on this thread; nothing where it panicked.
pub async fn waited<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    std::future::poll_fn(move |context| poll(future.as_mut(), context)).await
}

fn poll<T>(future: Pin<&mut impl Future<Output = T>>, context: &mut Context<'_>) -> Poll<Option<T>> {
    match caught(|| future.poll(context)) {
        Some(Poll::Pending) => Poll::Pending,
        Some(Poll::Ready(done)) => Poll::Ready(Some(done)),
        None => Poll::Ready(None),
    }
}

/// Does the work on another thread, so that no key waits for a disk or a decoder; nothing where it panicked.
pub async fn elsewhere<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(move || caught(work)).await.ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_that_panics_gives_nothing_and_harms_nobody() {
        assert_eq!(caught(|| 1), Some(1));
        assert_eq!(caught(|| -> i32 { panic!("a decoder stumbled") }), None);
        assert_eq!(waited(async { 1 }).await, Some(1));
        assert_eq!(
            waited(async {
                assert!(!is_guarded(), "a reply stumbled");
            })
            .await,
            None
        );
        assert_eq!(elsewhere(|| 1).await, Some(1));
        assert_eq!(elsewhere(|| -> i32 { panic!("a decoder stumbled") }).await, None);
        assert!(!is_guarded());
    }
}
