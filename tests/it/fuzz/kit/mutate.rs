//! Bytes made of other bytes: flipped, cut, doubled, put together, and with words that mean something.

use crate::dice::Dice;

/// The longest input that is made.
const LONGEST: usize = 64 * 1024;

/// Values at which counters and lengths turn over.
const EDGES: [u64; 12] = [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0xffff_ffff, u64::MAX];

/// A source of mutations.
pub struct Mutator {
    dice: Dice,
    words: &'static [&'static [u8]],
}

impl Mutator {
    /// The source of a seed.
    pub fn new(seed: u64, words: &'static [&'static [u8]]) -> Self {
        Self { dice: Dice::new(seed), words }
    }

    /// One of the inputs, mutated a few times.
    pub fn mutated(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = self.one(corpus);
        for _ in 0..=self.dice.below(6) {
            self.mutate(&mut bytes, corpus);
        }
        bytes.truncate(LONGEST.max(corpus.first().map_or(0, Vec::len)));
        bytes
    }

    fn one(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        if corpus.is_empty() { Vec::new() } else { corpus[self.dice.index(corpus.len())].clone() }
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let at = self.dice.index(bytes.len() + 1);
        let length = self.dice.index((bytes.len() - at).min(64) + 1);
        match self.dice.below(10) {
            0 => self.each(bytes, at, 1, |dice, byte| byte ^ (1 << dice.below(8))),
            1 => self.each(bytes, at, length, |dice, _| dice.next().to_le_bytes()[0]),
            2 => drop(bytes.drain(at..at + length)),
            3 => bytes.truncate(at),
            4 => {
                let again = bytes[at..at + length].repeat(1 + self.dice.index(8));
                bytes.splice(at..at, again);
            }
            5 => {
                let some: Vec<u8> = (0..=self.dice.below(8)).map(|_| self.dice.next().to_le_bytes()[0]).collect();
                bytes.splice(at..at, some);
            }
            6 => self.edge(bytes, at),
            7 if !self.words.is_empty() => {
                let word = self.words[self.dice.index(self.words.len())];
                let over = if self.dice.below(2) == 0 { 0 } else { length };
                bytes.splice(at..at + over, word.iter().copied());
            }
            8 => {
                let other = self.one(corpus);
                let from = self.dice.index(other.len() + 1);
                bytes.splice(at.., other[from..].iter().copied());
            }
            _ => self
                .each(bytes, at, 1, |dice, byte| byte.wrapping_add(dice.next().to_le_bytes()[0] % 9).wrapping_sub(4)),
        }
    }

    fn each(&mut self, bytes: &mut [u8], at: usize, length: usize, change: impl Fn(&mut Dice, u8) -> u8) {
        for byte in bytes.iter_mut().skip(at).take(length) {
            *byte = change(&mut self.dice, *byte);
        }
    }

    /// A number at an edge, in either order of bytes.
    fn edge(&mut self, bytes: &mut [u8], at: usize) {
        let number = EDGES[self.dice.index(EDGES.len())];
        let size = 1 << self.dice.below(4);
        let made = if self.dice.below(2) == 0 {
            number.to_le_bytes()[..size].to_vec()
        } else {
            number.to_be_bytes()[8 - size..].to_vec()
        };
        for (byte, new) in bytes.iter_mut().skip(at).zip(made) {
            *byte = new;
        }
    }
}
