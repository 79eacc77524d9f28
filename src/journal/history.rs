//! Changes looked for, the newest first, a part at a time: a long journal is never read in one go, because what is about to be sent waits
//! behind it.

use rusqlite::params;

use crate::domain::history::Find;
use crate::domain::record::{Act, Change, ChangeId, Standing};
use crate::journal::fault::JournalFault;
use crate::journal::store::Store;

/// A part of what is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The changes, the newest first.
    pub changes: Vec<Change>,
    /// Where to go on: before this one. Nothing at the end.
    pub next: Option<ChangeId>,
}

/// How many changes are looked at in one go: some 20 ms of work.
pub const PART: usize = 500;

impl Store {
    /// Looks at [`PART`] changes before one, or at the newest, and gives those that are looked for.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn history(&mut self, find: &Find, before: Option<ChangeId>) -> Result<Part, JournalFault> {
        let part = i64::try_from(PART).unwrap_or(i64::MAX);
        // The signs before the columns keep the order of the numbers: an index would find the rows and then sort all of them.
        let condition =
            "WHERE (?1 IS NULL OR id < ?1) AND (?2 IS NULL OR +tenant = ?2) AND (?3 IS NULL OR +origin = ?3)
             AND (?4 IS NULL OR username = ?4) AND (?5 IS NULL OR act = ?5) AND (?6 IS NULL OR +standing = ?6)
             AND (?7 IS NULL OR at >= ?7) AND (?8 IS NULL OR at < ?8) ORDER BY id DESC LIMIT ?9";
        let (act, standing) = (find.act.map(Act::word), find.standing.map(Standing::word));
        let before = before.map(|id| id.0);
        let by = params![before, find.tenant, find.origin, find.username, act, standing, find.since, find.until, part];
        let changes = self.told(condition, by)?;
        let next = changes.last().filter(|_| changes.len() == PART).map(|last| last.id);
        let changes = changes.into_iter().filter(|change| find.lets_in(change)).collect();
        Ok(Part { changes, next })
    }
}

#[cfg(test)]
mod tests;
