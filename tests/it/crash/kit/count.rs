//! What a run of the kill loop comes to.

use std::collections::BTreeMap;
use std::fmt;

use super::world::Weather;

/// The figures of a run. Those that must be 0 for the program's own rules are the first three.
#[derive(Clone, Debug, Default)]
pub struct Count {
    /// Rows that are not as somebody wanted them although the run says that it is finished.
    pub lost: u64,
    /// People that were made more than once, and requests that arrived more than once.
    pub duplicated: u64,
    /// Everything that the journal says and the server did not see, or the other way round; and whatever else should never be.
    pub unexplained: Vec<String>,
    /// What is known of each that was lost or duplicated.
    pub findings: Vec<String>,
    /// Children that were killed.
    pub kills: u64,
    /// Batches that were run to their end.
    pub batches: u64,
    /// Rows.
    pub rows: u64,
    /// Writes that arrived.
    pub writes: u64,
    /// What happened to them.
    pub weathers: BTreeMap<Weather, u64>,
    /// How many changes were in doubt at some time.
    pub doubts: u64,
    /// What children were at when they were killed.
    pub phases: BTreeMap<String, u64>,
    /// How many lines they found standing where when they started, all taken together.
    pub found: BTreeMap<String, u64>,
    /// How many children ended by themselves with a complaint, because of what was done to them.
    pub complaints: u64,
    /// How many of them left an outcome in the reserve.
    pub put_by: u64,
}

impl Count {
    /// Whether nothing was lost, sent twice or left unexplained.
    pub fn is_clean(&self) -> bool {
        self.lost == 0 && self.duplicated == 0 && self.unexplained.is_empty()
    }

    /// Adds the figures of another run.
    pub fn add(&mut self, other: Self) {
        self.lost += other.lost;
        self.duplicated += other.duplicated;
        self.unexplained.extend(other.unexplained);
        self.findings.extend(other.findings);
        self.kills += other.kills;
        self.batches += other.batches;
        self.rows += other.rows;
        self.writes += other.writes;
        self.doubts += other.doubts;
        self.complaints += other.complaints;
        self.put_by += other.put_by;
        for (word, count) in other.phases {
            *self.phases.entry(word).or_default() += count;
        }
        for (word, count) in other.found {
            *self.found.entry(word).or_default() += count;
        }
        for (weather, count) in other.weathers {
            *self.weathers.entry(weather).or_default() += count;
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            lost,
            duplicated,
            unexplained,
            findings,
            kills,
            batches,
            rows,
            writes,
            weathers,
            doubts,
            phases,
            found,
            ..
        } = self;
        write!(
            f,
            "{kills} kills in {batches} batches of {rows} rows: {lost} lost, {duplicated} duplicated, {} unexplained \
             ({writes} writes arrived, {doubts} changes were in doubt)\n ",
            unexplained.len()
        )?;
        for (weather, count) in weathers {
            write!(f, " {weather:?} {count}")?;
        }
        for (what, words) in [("killed while", phases), ("lines found", found)] {
            if !words.is_empty() {
                let words: Vec<_> = words.iter().map(|(word, count)| format!("{word} {count}")).collect();
                write!(f, "\n  {what}: {}", words.join(", "))?;
            }
        }
        for words in findings.iter().chain(unexplained).take(20) {
            write!(f, "\n  {words}")?;
        }
        Ok(())
    }
}
