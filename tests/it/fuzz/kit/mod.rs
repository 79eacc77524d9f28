//! Fuzzing on the stable compiler: seeds, mutations, and for each target what has to hold whatever the bytes are.
//!
//! There is no feedback from coverage. Instead every run gives a sign of what it led to, and an input with a new sign is mutated further: so
//! the corpus grows along what the program can tell apart. The same seed makes the same run.

pub mod journal;
pub mod mutate;
pub mod targets;
pub mod wire;

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mutate::Mutator;

/// The most inputs that are kept to be mutated.
const MOST: usize = 4_000;

/// What one input led to: a sign of it, or what is wrong.
pub type Verdict = Result<u64, String>;

/// Something that is given bytes.
pub struct Target {
    /// Its name on the command line.
    pub name: &'static str,
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words that mean something in them.
    pub words: &'static [&'static [u8]],
    /// Gives it some bytes.
    pub run: fn(&[u8]) -> Verdict,
}

/// A run of a target.
pub struct Run {
    target: &'static Target,
    mutator: Mutator,
    corpus: Vec<Vec<u8>>,
    signs: HashSet<u64>,
    /// How many inputs were tried.
    pub executions: u64,
    /// What was wrong, each with its input. At most a hundred.
    pub findings: Vec<(String, Vec<u8>)>,
}

impl Run {
    /// Begins with the seeds.
    pub fn new(target: &'static Target, seed: u64) -> Self {
        let mutator = Mutator::new(seed, target.words);
        let (corpus, signs, findings) = (Vec::new(), HashSet::new(), Vec::new());
        let mut run = Self { target, mutator, corpus, signs, executions: 0, findings };
        for input in (target.seeds)() {
            run.corpus.push(input.clone());
            run.execute(input);
        }
        run
    }

    /// Tries one more input.
    pub fn step(&mut self) {
        let input = self.mutator.mutated(&self.corpus);
        self.execute(input);
    }

    /// How many different things happened.
    pub fn signs(&self) -> usize {
        self.signs.len()
    }

    fn execute(&mut self, input: Vec<u8>) {
        self.executions += 1;
        let verdict = catch_unwind(AssertUnwindSafe(|| (self.target.run)(&input)));
        match verdict.unwrap_or_else(|panic| Err(format!("it panicked: {}", words(panic.as_ref())))) {
            Ok(sign) if self.signs.insert(sign) && self.corpus.len() < MOST => self.corpus.push(input),
            Ok(_) => {}
            Err(what) if self.findings.len() < 100 => self.findings.push((what, input)),
            Err(_) => {}
        }
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// A sign made of anything that can be hashed.
pub fn sign(what: &impl std::hash::Hash) -> u64 {
    use std::hash::{DefaultHasher, Hasher as _};
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}
