//! The shape of the database, as the list of what made it so. A step that was once in a release is never changed: it is followed.

use rusqlite::Connection;

use crate::journal::fault::JournalFault;

/// One step, and why it was taken.
pub(in crate::journal) struct Migration {
    /// Why.
    pub reason: &'static str,
    /// What is done.
    pub sql: &'static str,
}

/// Every step, in order. The number of those that were taken is the database's `user_version`.
pub(in crate::journal) const MIGRATIONS: &[Migration] = &[FIRST, JOBS, TRACES, NAMES];

const FIRST: Migration = Migration {
    reason: "the audit, where each change stands, and what was typed and not sent",
    sql: "
        -- Append-only. `digest` is over salt and body, `chain` over the chain before and everything but salt and body: so a body can be
        -- purged and the chain still be checked. The salt goes with the body, so that what was purged cannot be guessed back.
        CREATE TABLE entry (
            seq    INTEGER PRIMARY KEY,
            at     INTEGER NOT NULL,
            kind   TEXT NOT NULL,
            change INTEGER NOT NULL,
            salt   BLOB,
            body   TEXT,
            digest BLOB NOT NULL,
            chain  BLOB NOT NULL
        ) STRICT;
        CREATE INDEX entry_of_change ON entry (change);
        -- The last entry, so that one that was cut off the end is missed.
        CREATE TABLE head (
            one   INTEGER PRIMARY KEY CHECK (one = 1),
            seq   INTEGER NOT NULL,
            chain BLOB NOT NULL
        ) STRICT;
        INSERT INTO head VALUES (1, 0, zeroblob(32));
        -- Where each change stands: follows from the entries, kept to be found quickly and to be guarded.
        CREATE TABLE change (
            id       INTEGER PRIMARY KEY,
            tenant   TEXT NOT NULL,
            origin   TEXT NOT NULL,
            username TEXT NOT NULL,
            act      TEXT NOT NULL,
            session  TEXT NOT NULL,
            at       INTEGER NOT NULL,
            standing TEXT NOT NULL
        ) STRICT;
        CREATE INDEX change_by_realm ON change (tenant, origin, standing);
        -- One username is created by one request at a time, whoever asks (faults.md 7, I-2).
        CREATE UNIQUE INDEX one_create ON change (tenant, origin, username)
            WHERE act = 'create' AND standing IN ('on its way', 'in doubt');
        -- What made the database so, for whoever reads it without this program.
        CREATE TABLE step (version INTEGER PRIMARY KEY, reason TEXT NOT NULL) STRICT;
        CREATE TABLE draft (
            id      INTEGER PRIMARY KEY,
            tenant  TEXT NOT NULL,
            origin  TEXT NOT NULL,
            session TEXT NOT NULL,
            at      INTEGER NOT NULL,
            about   TEXT NOT NULL,
            body    TEXT NOT NULL
        ) STRICT;
    ",
};

const JOBS: Migration = Migration {
    reason: "files of people, line by line, so that a job can be killed and resumed",
    sql: "
        CREATE TABLE job (
            id     INTEGER PRIMARY KEY,
            tenant TEXT NOT NULL,
            origin TEXT NOT NULL,
            at     INTEGER NOT NULL,
            source TEXT NOT NULL,
            digest TEXT NOT NULL,
            plan   TEXT NOT NULL,
            terms  TEXT NOT NULL,
            lines  INTEGER NOT NULL,
            state  TEXT NOT NULL
        ) STRICT;
        -- A line that was sent stands where its change stands; `state` is that of a line for which nothing was sent.
        CREATE TABLE job_line (
            job      INTEGER NOT NULL,
            line     INTEGER NOT NULL,
            username TEXT NOT NULL,
            action   TEXT NOT NULL,
            digest   TEXT NOT NULL,
            state    TEXT NOT NULL,
            reason   TEXT,
            change   INTEGER,
            PRIMARY KEY (job, line)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX job_line_of_change ON job_line (change) WHERE change IS NOT NULL;
    ",
};

const TRACES: Migration = Migration {
    reason: "a purge that was killed before the file was written anew is finished at the next start",
    sql: "
        -- A row as long as copies of what was purged may still be in the file.
        CREATE TABLE trace (one INTEGER PRIMARY KEY CHECK (one = 1)) STRICT;
    ",
};

const NAMES: Migration = Migration {
    reason: "each create looks for another of the same username, also among a hundred thousand that were done",
    sql: "
        CREATE INDEX change_by_username ON change (tenant, origin, username);
    ",
};

/// The version that this program writes.
pub(in crate::journal) fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Takes the steps that are missing, each with its version in one transaction: a kill between leaves the step before.
pub(in crate::journal) fn migrate(connection: &mut Connection) -> Result<(), JournalFault> {
    loop {
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // Asked inside: another session may have just taken the step.
        let at: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let Some(step) = usize::try_from(at).ok().and_then(|at| MIGRATIONS.get(at)) else {
            return Ok(());
        };
        transaction.execute_batch(step.sql)?;
        transaction
            .execute("INSERT INTO step (version, reason) VALUES (?, ?)", rusqlite::params![at + 1, step.reason])?;
        transaction.pragma_update(None, "user_version", at + 1)?;
        transaction.commit()?;
    }
}
