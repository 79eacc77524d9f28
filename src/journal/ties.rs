//! What the end of one change means for another: one that took another back is written down with that other, in the same step.
//!
//! Done here and not by whoever sends, so that it holds as well where the end is only seen after a restart.

use rusqlite::{OptionalExtension as _, Transaction};

use crate::codec::record;
use crate::domain::record::{ChangeId, Purpose, Sequel, Standing};
use crate::journal::chain::{INTENT, SEQUEL, append};
use crate::journal::changes::{stand, standing};
use crate::journal::fault::JournalFault;

/// Writes down with the change that was taken back that it was. Where that one was purged since there is nothing to write down.
pub(in crate::journal) fn tie(
    transaction: &Transaction<'_>,
    id: ChangeId,
    at: i64,
    before: Standing,
    now: Standing,
) -> Result<(), JournalFault> {
    if now != Standing::Done || before == now {
        return Ok(());
    }
    let body: Option<Option<String>> = transaction
        .prepare_cached("SELECT body FROM entry WHERE change = ? AND kind = ?")?
        .query_row((id.0, INTENT), |row| row.get(0))
        .optional()?;
    let intent = body.flatten().and_then(|body| record::read_intent(&body).ok());
    let Some(Purpose::Undo(of)) = intent.map(|(_, _, intent)| intent.purpose) else { return Ok(()) };
    let (act, stood) = match standing(transaction, of) {
        Err(JournalFault::NoSuchChange(_)) => return Ok(()),
        found => found?,
    };
    let undone = Sequel::Undone(id);
    stand(transaction, of, stood.then(act, &undone))?;
    append(transaction, at, SEQUEL, Some(of.0), &record::sequel(&undone)).map(drop)
}
