//! What has been seen of a program in a terminal, and how a piece of its output changes that.
//!
//! No thread and no terminal here: bytes in, state out.

use std::num::NonZeroU16;

/// How the shell of `pty` starts its reports; a BEL ends them.
const REPORT: &[u8] = b"\x1b]netex-pty;";

/// The state that the waits of a test look at.
#[expect(clippy::struct_excessive_bools, reason = "four facts that do not depend on each other")]
pub struct Seen {
    /// The screen as a terminal would show it.
    pub parser: vt100::Parser<Answers>,
    /// Every byte, without the shell's reports.
    pub raw: Vec<u8>,
    /// How the program ended.
    pub exit: Option<i32>,
    /// Whether it is stopped and the shell has the terminal.
    pub stopped: bool,
    /// Whether nobody holds the other end any more.
    pub end_of_output: bool,
    /// Whether the first process of the session is gone.
    pub leader_ended: bool,
    /// Whether the test is hanging up: what arrives now is not the program's.
    pub closing: bool,
    /// The start of what may become a report.
    held: Vec<u8>,
}

impl Seen {
    /// An empty screen of this many rows and columns.
    pub fn new((rows, columns): (NonZeroU16, NonZeroU16)) -> Self {
        Self {
            parser: vt100::Parser::new_with_callbacks(rows, columns, 0, Answers::default()),
            raw: Vec::new(),
            exit: None,
            stopped: false,
            end_of_output: false,
            leader_ended: false,
            closing: false,
            held: Vec::new(),
        }
    }

    /// Whether nothing can change any more.
    pub fn is_over(&self) -> bool {
        self.leader_ended && (self.end_of_output || self.closing) || self.exit.is_some() && !self.leader_ended
    }

    /// Takes a piece of output, cut anywhere.
    pub fn take(&mut self, bytes: &[u8]) {
        let mut bytes = [std::mem::take(&mut self.held).as_slice(), bytes].concat();
        while let Some(start) = find(&bytes, REPORT) {
            let rest = bytes.split_off(start);
            self.show(&bytes);
            let Some(end) = rest.iter().position(|byte| *byte == 0x07) else {
                self.held = rest;
                return;
            };
            self.report(&rest[REPORT.len()..end]);
            bytes = rest[end + 1..].to_vec();
        }
        let held = (1..REPORT.len()).rev().find(|n| bytes.ends_with(&REPORT[..*n])).unwrap_or(0);
        self.held = bytes.split_off(bytes.len() - held);
        self.show(&bytes);
    }

    /// Nothing more will come: what was held back was no report.
    pub fn end(&mut self) {
        self.end_of_output = true;
        let held = std::mem::take(&mut self.held);
        self.show(&held);
    }

    fn show(&mut self, bytes: &[u8]) {
        self.raw.extend_from_slice(bytes);
        self.parser.process(bytes);
    }

    fn report(&mut self, report: &[u8]) {
        match std::str::from_utf8(report).map(str::parse) {
            Ok(Ok(code)) => self.exit = Some(code),
            _ => self.stopped = true,
        }
    }
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// The questions a program asked, answered as an xterm does; whether they are sent is the launch's choice.
#[derive(Default)]
pub struct Answers {
    /// What to send, in order.
    pub replies: Vec<u8>,
}

impl vt100::Callbacks for Answers {
    fn unhandled_csi(&mut self, screen: &mut vt100::Screen, i1: Option<u8>, _: Option<u8>, params: &[&[u16]], c: char) {
        let reply = match (i1, params.first().and_then(|p| p.first()), c) {
            (None, Some(5), 'n') => "\x1b[0n".to_owned(),
            (None, Some(6), 'n') => {
                let (row, column) = screen.cursor_position();
                format!("\x1b[{};{}R", row + 1, column + 1)
            }
            (None, None | Some(0), 'c') => "\x1b[?62;22c".to_owned(),
            _ => return,
        };
        self.replies.extend(reply.bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_and_taken_out_wherever_the_output_is_cut() {
        let stream = b"abc\x1b[1m\x1b]netex-pty;stopped\x07d\x1b]0;t\x07ef\x1b]netex-pty;7\x07g\x1b";
        for cut in 0..stream.len() {
            let mut seen = Seen::new((NonZeroU16::MIN, NonZeroU16::new(20).unwrap()));
            seen.take(&stream[..cut]);
            seen.take(&stream[cut..]);
            assert_eq!(
                (seen.raw.as_slice(), seen.exit, seen.stopped),
                (&b"abc\x1b[1md\x1b]0;t\x07efg"[..], Some(7), true)
            );
            seen.take(b"[m");
            assert!(seen.raw.ends_with(b"g\x1b[m"), "an escape held back at the end is lost");
        }
    }
}
