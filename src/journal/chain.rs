//! The chain over the entries: each says which one came before, so that none can be changed, left out or put in between unseen.

use rusqlite::{Transaction, params};
use sha2::{Digest as _, Sha256};

use crate::journal::fault::JournalFault;

/// A SHA-256.
pub(in crate::journal) type Hash = [u8; 32];

/// What an entry says beside its body.
#[derive(Clone, Copy, Debug)]
pub(in crate::journal) struct Head<'a> {
    pub seq: i64,
    pub at: i64,
    pub kind: &'a str,
    pub change: i64,
}

/// The kinds of entries.
pub(in crate::journal) const INTENT: &str = "intent";
/// What became of a change.
pub(in crate::journal) const OUTCOME: &str = "outcome";
/// What happened to it then.
pub(in crate::journal) const SEQUEL: &str = "sequel";
/// That the bodies of some changes were purged.
pub(in crate::journal) const PURGE: &str = "purge";

/// The hash of a body with its salt.
pub(in crate::journal) fn digest(salt: &[u8], body: &str) -> Hash {
    Sha256::new().chain_update(salt).chain_update(body).finalize().into()
}

/// The hash of an entry with everything before it.
pub(in crate::journal) fn link(before: &[u8], head: &Head<'_>, digest: &[u8]) -> Hash {
    Sha256::new()
        .chain_update(before)
        .chain_update(head.seq.to_be_bytes())
        .chain_update(head.at.to_be_bytes())
        .chain_update(head.kind)
        .chain_update([0])
        .chain_update(head.change.to_be_bytes())
        .chain_update(digest)
        .finalize()
        .into()
}

/// Adds an entry and gives its number. An intent is the first of its change, which gets the same number.
pub(in crate::journal) fn append(
    transaction: &Transaction<'_>,
    at: i64,
    kind: &str,
    change: Option<i64>,
    body: &str,
) -> Result<i64, JournalFault> {
    let mut head = transaction.prepare_cached("SELECT seq, chain FROM head")?;
    let (last, before): (i64, Vec<u8>) = head.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let seq = last + 1;
    let change = change.unwrap_or(seq);
    let salt: [u8; 16] = rand::random();
    let digest = digest(&salt, body);
    let chain = link(&before, &Head { seq, at, kind, change }, &digest);
    transaction
        .prepare_cached(
            "INSERT INTO entry (seq, at, kind, change, salt, body, digest, chain) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![seq, at, kind, change, salt, body, digest, chain])?;
    transaction.prepare_cached("UPDATE head SET seq = ?, chain = ?")?.execute(params![seq, chain])?;
    Ok(seq)
}
