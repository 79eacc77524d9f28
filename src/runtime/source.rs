//! Where inputs come from: the terminal and the signals, as one stream.
//!
//! Nothing is polled: while nobody does anything the process does not wake up (performance.md 8). Signals come first, so that no
//! flood of keys keeps the program from ending, and a terminal that is gone ends it even where no `SIGHUP` says so (faults.md 77).

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::task::Poll;
use std::time::Duration;

use crossterm::event::Event;
use futures_util::Stream;
use futures_util::stream::unfold;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::select;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::runtime::clock;
use crate::runtime::input::{Input, Stop};
use crate::runtime::keys::Decoder;
use crate::runtime::terminal;

#[cfg(test)]
mod tests;

/// The most bytes that one read takes. A paste of many megabytes is decoded piece by piece.
const READ: usize = 64 * 1024;

/// Everything that reaches the program from outside. The last input is [`Stop::Hangup`], where the terminal ends.
///
/// # Errors
/// Standard input cannot be waited for, or a signal not be caught.
pub fn inputs() -> io::Result<impl Stream<Item = Input> + Unpin> {
    inputs_of(io::stdin().as_fd().try_clone_to_owned()?)
}

fn inputs_of(tty: OwnedFd) -> io::Result<impl Stream<Item = Input> + Unpin> {
    let tty = watched(tty)?;
    let source = Source { tty, decoder: Decoder::default(), signals: signals()?, ready: VecDeque::new(), ended: false };
    Ok(Box::pin(unfold(source, |mut source| async { source.next().await.map(|input| (input, source)) })))
}

/// Only reading is watched: the terminal becomes writable again after every frame, and that is no reason to wake up.
#[expect(
    deprecated,
    reason = "its successor is unsafe; the descriptor is our own and is closed with the watch, as it asks"
)]
fn watched(tty: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::with_interest(tty, Interest::READABLE)
}

struct Source {
    tty: AsyncFd<OwnedFd>,
    decoder: Decoder,
    signals: Vec<(Signal, Input)>,
    ready: VecDeque<Input>,
    ended: bool,
}

fn signals() -> io::Result<Vec<(Signal, Input)>> {
    let continued = SignalKind::from_raw(rustix::process::Signal::CONT.as_raw());
    [
        (SignalKind::hangup(), Input::Stop(Stop::Hangup)),
        (SignalKind::terminate(), Input::Stop(Stop::Terminate)),
        (SignalKind::quit(), Input::Stop(Stop::Quit)),
        (SignalKind::interrupt(), Input::Stop(Stop::Interrupt)),
        (continued, Input::Continued),
        // The loop looks the size up itself when it draws; this only says that it has to.
        (SignalKind::window_change(), Input::Terminal(Event::Resize(0, 0))),
    ]
    .into_iter()
    .map(|(kind, input)| Ok((signal(kind)?, input)))
    .collect()
}

impl Source {
    async fn next(&mut self) -> Option<Input> {
        loop {
            if let Some(input) = self.ready.pop_front() {
                return Some(input);
            }
            if self.ended {
                return None;
            }
            let patience = self.decoder.patience();
            // Signals first: they end the program, and there are few of them.
            select! {
                biased;
                input = caught(&mut self.signals) => {
                    if let Input::Stop(_) = input {
                        // What was typed before it was typed before it: as much as one read takes, so that a flood cannot put the end off.
                        self.take_unread();
                    }
                    self.ready.push_back(input);
                }
                () = terminal::breaks() => return Some(Input::Stop(Stop::Fault)),
                bytes = read(&self.tty) => {
                    let Ok(bytes) = bytes else {
                        self.ended = true;
                        return Some(Input::Stop(Stop::Hangup));
                    };
                    self.ready.extend(self.decoder.feed(&bytes));
                },
                () = clock::pass(patience.unwrap_or(Duration::MAX)), if patience.is_some() => {
                    self.ready.extend(self.decoder.settle());
                }
            }
        }
    }
}

impl Source {
    /// Takes what the terminal holds, and waits for nothing.
    fn take_unread(&mut self) {
        if rustix::io::ioctl_fionread(self.tty.get_ref()).is_ok_and(|there| there > 0)
            && let Ok(bytes) = read_some(&self.tty)
        {
            self.ready.extend(self.decoder.feed(&bytes));
        }
    }
}

/// Waits for a signal.
async fn caught(signals: &mut [(Signal, Input)]) -> Input {
    poll_fn(|context| {
        for (signal, input) in &mut *signals {
            if signal.poll_recv(context).is_ready() {
                return Poll::Ready(input.clone());
            }
        }
        Poll::Pending
    })
    .await
}

/// Waits for bytes, and takes what is there. The descriptor is shared with whoever started the program, so that it is not made unblocking: it
/// is asked how much there is, and never read from in vain. On a terminal that is gone that question fails, or the answer is 0 for ever.
async fn read(tty: &AsyncFd<OwnedFd>) -> io::Result<Vec<u8>> {
    loop {
        let mut guard = tty.readable().await?;
        match rustix::io::ioctl_fionread(tty.get_ref())? {
            0 if guard.ready().is_read_closed() => return Err(io::ErrorKind::UnexpectedEof.into()),
            0 => guard.clear_ready(),
            _ => return read_some(tty),
        }
    }
}

/// Takes what is there, of which there has to be something.
fn read_some(tty: &AsyncFd<OwnedFd>) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; READ];
    let length = rustix::io::retry_on_intr(|| rustix::io::read(tty.get_ref(), &mut bytes[..]))?;
    bytes.truncate(length);
    Ok(bytes)
}
