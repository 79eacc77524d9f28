//! What a terminal sends, as keys and pastes.
//!
//! crossterm has a reader of its own. It is not used, for what it does on a bad line: after a paste whose end got lost every later key is
//! swallowed, Ctrl-C too (faults.md M3); on a terminal that is gone it spins without end (M4); letters that are not UTF-8 vanish in silence (M5);
//! and an arrow that a slow line split in two becomes Esc and typed letters. Its types are used, so that everything else
//! is as everywhere.
//!
//! The decoder is pure: it is fed bytes and told when nothing came for a while ([`Decoder::patience`]). Only what terminals send
//! without having been asked for more is known here; answers to questions that some other program asked are swallowed.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use crate::runtime::input::Input;

mod sequence;
#[cfg(test)]
mod tests;

use sequence::Step;

/// How long an Esc may be the beginning of something: a terminal sends a key in one piece, a line rarely splits it, and nobody feels this wait
/// (performance.md 8: at most 60 ms).
const ESC_WAIT: Duration = Duration::from_millis(40);
/// How long a longer beginning, or a paste without its end, is waited for (faults.md 87: the keys are back within 2 s).
const LONG_WAIT: Duration = Duration::from_secs(1);
/// After a paste whose end did not come, a piece this long is still text: no hand types it at once.
const PIECE: usize = 32;
/// The longest beginning of a sequence that is kept.
const LONGEST: usize = 4096;

/// The most bytes of a paste that are kept at a time; the largest picture in base64 goes in. What is over it follows as another paste.
const MOST: usize = 64 * 1024 * 1024;

const END: &[u8] = b"\x1b[201~";
const INTERRUPT: u8 = 3;

/// The state between two reads.
#[derive(Debug, Default)]
pub struct Decoder {
    pending: Vec<u8>,
    paste: Option<Paste>,
}

#[derive(Debug, Default)]
struct Paste {
    text: Vec<u8>,
    /// The end did not come in time.
    overdue: bool,
}

impl Decoder {
    /// Takes what one read brought, and gives what is complete.
    pub fn feed(&mut self, chunk: &[u8]) -> Vec<Input> {
        let mut out = Vec::new();
        match &self.paste {
            // Nobody pastes a Ctrl-C alone, so this is the key, pressed because nothing happens.
            Some(_) if chunk == [INTERRUPT] => {
                self.finish_paste(&mut out);
                self.parse(chunk, &mut out);
            }
            Some(Paste { overdue: true, .. }) => self.overdue(chunk, &mut out),
            Some(_) => self.pasted(chunk, &mut out),
            None => self.parse(chunk, &mut out),
        }
        out
    }

    /// How long to wait for the rest of what has begun; nothing where nothing has.
    pub fn patience(&self) -> Option<Duration> {
        match (&self.paste, self.pending.len()) {
            (Some(Paste { overdue: false, .. }), _) => Some(LONG_WAIT),
            (_, 0) => None,
            (_, 1 | 2) if self.pending[0] == 0x1b => Some(ESC_WAIT),
            (_, _) => Some(LONG_WAIT),
        }
    }

    /// Nothing came for [`Decoder::patience`]: what has begun is taken as it stands.
    pub fn settle(&mut self) -> Vec<Input> {
        let mut out = Vec::new();
        if let Some(paste) = &mut self.paste
            && !paste.overdue
        {
            paste.overdue = true;
            push_paste(&std::mem::take(&mut paste.text), &mut out);
            return out;
        }
        let rest = std::mem::take(&mut self.pending);
        match rest.as_slice() {
            [0x1b] => out.push(key(KeyCode::Esc, KeyModifiers::NONE)),
            [0x1b, second] => out.push(letter(char::from(*second), KeyModifiers::ALT)),
            [0x1b, ..] | [] => {}
            [..] => out.push(Input::Foreign),
        }
        out
    }

    /// In a paste: everything up to the end mark is text.
    fn pasted(&mut self, chunk: &[u8], out: &mut Vec<Input>) {
        let Some(paste) = &mut self.paste else { return };
        let seen = paste.text.len().saturating_sub(END.len());
        paste.text.extend_from_slice(chunk);
        if let Some(at) = find(&paste.text[seen..], END).map(|at| seen + at) {
            let rest = paste.text.split_off(at + END.len());
            paste.text.truncate(at);
            self.finish_paste(out);
            self.parse(&rest, out);
        } else if paste.text.len() > MOST {
            // The last bytes may be the beginning of the end mark.
            let tail = paste.text.split_off(paste.text.len() - END.len());
            push_paste(&std::mem::replace(&mut paste.text, tail), out);
        }
    }

    /// After a paste whose end did not come: long pieces are still text, so that a line break in one presses nothing, and short ones are keys.
    fn overdue(&mut self, chunk: &[u8], out: &mut Vec<Input>) {
        let end = find(chunk, END);
        let piece = &chunk[..end.unwrap_or(chunk.len())];
        if end.is_some() {
            self.paste = None;
        }
        if piece.len() >= PIECE && !piece.starts_with(b"\x1b") {
            push_paste(piece, out);
        } else {
            self.parse(piece, out);
        }
        if let Some(end) = end {
            self.parse(&chunk[end + END.len()..], out);
        }
    }

    fn finish_paste(&mut self, out: &mut Vec<Input>) {
        if let Some(paste) = self.paste.take() {
            push_paste(&paste.text, out);
        }
    }

    fn parse(&mut self, chunk: &[u8], out: &mut Vec<Input>) {
        self.pending.extend_from_slice(chunk);
        let bytes = std::mem::take(&mut self.pending);
        let mut at = 0;
        while at < bytes.len() {
            match sequence::step(&bytes[at..]) {
                Step::Key(length, event) => {
                    out.push(Input::Terminal(Event::Key(event)));
                    at += length;
                }
                Step::Nothing(length) => at += length,
                Step::Foreign(length) => {
                    out.push(Input::Foreign);
                    at += length;
                }
                Step::Paste(length) => {
                    self.paste = Some(Paste::default());
                    return self.pasted(&bytes[at + length..], out);
                }
                Step::EndOfPaste(length) => {
                    self.paste = None;
                    at += length;
                }
                Step::More => {
                    if bytes.len() - at <= LONGEST {
                        self.pending = bytes[at..].to_vec();
                    }
                    return;
                }
            }
        }
    }
}

/// A paste that holds bytes which are not UTF-8 is passed on with marks in their place, and said.
fn push_paste(text: &[u8], out: &mut Vec<Input>) {
    if text.is_empty() {
        return;
    }
    let text = String::from_utf8_lossy(text);
    if text.contains('\u{fffd}') {
        out.push(Input::Foreign);
    }
    out.push(Input::Terminal(Event::Paste(text.into_owned())));
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Input {
    Input::Terminal(Event::Key(KeyEvent::new(code, modifiers)))
}

fn letter(c: char, modifiers: KeyModifiers) -> Input {
    Input::Terminal(Event::Key(sequence::letter(c, modifiers)))
}
