//! Looking for entries that were changed, removed, or put in, and for standings that do not follow from them.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use crate::codec::record;
use crate::domain::record::{Act, Standing};
use crate::journal::chain::{self, Head, INTENT, OUTCOME, PURGE, SEQUEL};
use crate::journal::fault::JournalFault;
use crate::journal::store::Store;

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many entries there are.
    pub entries: usize,
    /// How many changes.
    pub changes: usize,
    /// How many changes were purged.
    pub purged: usize,
    /// Everything that is wrong, in words; empty where all holds.
    pub faults: Vec<String>,
    /// The last link of the chain, as hexadecimal digits: written down elsewhere, it also shows a journal that was made anew in full.
    pub head: String,
}

/// One row, as it stands.
struct Row {
    seq: i64,
    at: i64,
    kind: String,
    change: i64,
    salt: Option<Vec<u8>>,
    body: Option<String>,
    digest: Vec<u8>,
    chain: Vec<u8>,
}

impl Store {
    /// Reads every entry and checks it.
    ///
    /// # Errors
    /// The journal cannot be read at all.
    pub fn verify(&mut self) -> Result<Verified, JournalFault> {
        self.read(|connection| {
            let mut found = Verified::default();
            integrity(connection, &mut found)?;
            let mut check = Check::default();
            let mut statement = connection
                .prepare("SELECT seq, at, kind, change, salt, body, digest, chain FROM entry ORDER BY seq")?;
            let rows = statement.query_map([], row)?;
            for row in rows {
                check.next(&row?, &mut found);
            }
            check.last(connection, &mut found)?;
            Ok(found)
        })
    }
}

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        seq: row.get(0)?,
        at: row.get(1)?,
        kind: row.get(2)?,
        change: row.get(3)?,
        salt: row.get(4)?,
        body: row.get(5)?,
        digest: row.get(6)?,
        chain: row.get(7)?,
    })
}

fn integrity(connection: &Connection, found: &mut Verified) -> Result<(), JournalFault> {
    let mut statement = connection.prepare("PRAGMA integrity_check(10)")?;
    let words = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    found.faults.extend(words.into_iter().filter(|word| word != "ok"));
    Ok(())
}

/// What is known after so many rows.
#[derive(Default)]
struct Check {
    last: i64,
    chain: Vec<u8>,
    purged: BTreeSet<i64>,
    bare: BTreeSet<i64>,
    standings: BTreeMap<i64, (Act, Standing)>,
}

impl Check {
    fn next(&mut self, row: &Row, found: &mut Verified) {
        found.entries += 1;
        if self.chain.is_empty() {
            self.chain = vec![0; 32];
        }
        if row.seq != self.last + 1 {
            let first = self.last + 1;
            found.faults.push(format!("entries {first} to {} are missing", row.seq - 1));
        }
        let head = Head { seq: row.seq, at: row.at, kind: &row.kind, change: row.change };
        if chain::link(&self.chain, &head, &row.digest)[..] != row.chain {
            found.faults.push(format!("entry {} does not follow from the one before it", row.seq));
        }
        match (&row.salt, &row.body) {
            (Some(salt), Some(body)) => {
                if chain::digest(salt, body)[..] != row.digest {
                    found.faults.push(format!("entry {} was changed", row.seq));
                }
                if !self.replay(row, body) {
                    found.faults.push(format!("entry {} is no record that can stand there", row.seq));
                }
            }
            _ => {
                self.bare.insert(row.change);
            }
        }
        (self.last, self.chain) = (row.seq, row.chain.clone());
    }

    /// Follows where the change stands; whether the entry can stand where it does.
    fn replay(&mut self, row: &Row, body: &str) -> bool {
        match row.kind.as_str() {
            INTENT => record::read_intent(body)
                .map(|(_, _, intent)| self.standings.insert(row.change, (intent.act, Standing::Open)))
                .is_ok_and(|before| before.is_none() && row.change == row.seq),
            OUTCOME => match (record::read_outcome(body), self.standings.get_mut(&row.change)) {
                (Ok(outcome), Some((_, standing))) => {
                    *standing = Standing::after(outcome.verdict);
                    true
                }
                _ => false,
            },
            SEQUEL => match (record::read_sequel(body), self.standings.get_mut(&row.change)) {
                (Ok(sequel), Some((act, standing))) => {
                    *standing = standing.then(*act, &sequel);
                    true
                }
                _ => false,
            },
            PURGE => {
                let ids: Result<Vec<i64>, _> = body.split(' ').map(str::parse).collect();
                ids.map(|ids| self.purged.extend(ids)).is_ok()
            }
            _ => false,
        }
    }

    fn last(self, connection: &Connection, found: &mut Verified) -> Result<(), JournalFault> {
        let (seq, chain): (i64, Vec<u8>) =
            connection.query_row("SELECT seq, chain FROM head", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if seq != self.last || (seq > 0 && chain != self.chain) {
            found.faults.push(format!("the journal ends at entry {} and should end at {seq}", self.last));
        }
        for change in self.bare.difference(&self.purged) {
            found.faults.push(format!("the texts of change #{change} were taken away, and no purge says so"));
        }
        let mut statement = connection.prepare("SELECT id, standing FROM change")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let kept: BTreeMap<i64, String> = rows.collect::<Result<_, _>>()?;
        for (id, (_, standing)) in &self.standings {
            match kept.get(id) {
                Some(word) if word == standing.word() => {}
                Some(word) => {
                    found.faults.push(format!("change #{id} is kept as {word} and is {}", standing.word()));
                }
                None => found.faults.push(format!("change #{id} is not in the list of changes")),
            }
        }
        let strangers = kept.keys().filter(|id| !self.standings.contains_key(id));
        found.faults.extend(strangers.map(|id| format!("change #{id} is in the list and has no intent")));
        (found.changes, found.purged) = (self.standings.len(), self.purged.len());
        found.head = crate::journal::marks::hex(&chain);
        Ok(())
    }
}
