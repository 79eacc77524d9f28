//! How far a job is, on one line of the terminal: counts of verdicts, and the time that is left.
//!
//! The line is drawn over by the next with a carriage return and blanks alone, so that it needs nothing of a terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use crate::cli::output;
use crate::domain::job::{LineState, time_left};
use crate::runtime::clock::Stopwatch;

/// How wide the bar itself is.
const WIDTH: u64 = 20;

/// So often it is drawn at most.
const EACH: Duration = Duration::from_millis(100);

/// The state of the line.
pub struct Bar {
    what: &'static str,
    total: u64,
    ended: u64,
    counts: BTreeMap<LineState, u64>,
    begun: Stopwatch,
    drawn: Option<Stopwatch>,
    width: usize,
}

impl Bar {
    /// A bar for so many lines.
    pub fn new(what: &'static str, total: u64) -> Self {
        Self { what, total, ended: 0, counts: BTreeMap::new(), begun: Stopwatch::start(), drawn: None, width: 0 }
    }

    /// A line came to an end, in a state that is counted.
    pub fn count(&mut self, state: LineState) {
        self.ended += 1;
        *self.counts.entry(state).or_default() += 1;
        self.draw();
    }

    /// So many lines are planned.
    pub fn reached(&mut self, done: u64) {
        self.ended = done;
        self.draw();
    }

    /// Takes the line away.
    pub fn clear(&mut self) {
        if self.width > 0 {
            output::bar("", self.width);
            self.width = 0;
        }
        self.drawn = None;
    }

    fn draw(&mut self) {
        let is_early = self.drawn.is_some_and(|drawn| drawn.elapsed() < EACH);
        if is_early || !output::is_watched() {
            return;
        }
        let text = text(self.what, self.ended, self.total, &self.counts, self.begun.elapsed());
        output::bar(&text, self.width);
        self.width = text.chars().count();
        self.drawn = Some(Stopwatch::start());
    }
}

fn text(what: &str, ended: u64, total: u64, counts: &BTreeMap<LineState, u64>, elapsed: Duration) -> String {
    let full = (ended.min(total) * WIDTH).checked_div(total).unwrap_or(WIDTH);
    let bar: String = (0..WIDTH).map(|place| if place < full { '#' } else { '.' }).collect();
    let mut text = format!("{what} [{bar}] {ended} of {total}");
    for (state, count) in counts {
        // Writing to a String cannot fail.
        let _ = write!(text, "  {} {count}", state.word());
    }
    if let Some(left) = time_left(ended, total, elapsed) {
        let _ = write!(text, "  {left}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::record::Standing;

    #[test]
    fn the_line_says_what_became_of_how_many_and_how_long_it_takes() {
        let counts = [(LineState::Sent(Standing::Done), 40), (LineState::Sent(Standing::Rejected), 5)].into();
        assert_eq!(
            text("job 3", 45, 180, &counts, Duration::from_secs(60)),
            "job 3 [#####...............] 45 of 180  done 40  rejected 5  about 3 min left"
        );
        assert_eq!(text("plan", 0, 0, &BTreeMap::new(), Duration::ZERO), "plan [####################] 0 of 0");
    }
}
