//! Changes: begun before their request leaves, ended when it was answered, and found again after a restart.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use crate::codec::record;
use crate::domain::look_up;
use crate::domain::outcome::Verdict;
use crate::domain::record::{Act, Change, ChangeId, Intent, Outcome, Realm, Sequel, Standing, WINDOW};
use crate::journal::chain::{INTENT, OUTCOME, SEQUEL, append};
use crate::journal::fault::JournalFault;
use crate::journal::jobs::take_line;
use crate::journal::store::Store;
use crate::journal::ties::tie;

/// Which changes are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Only those that somebody still has to look at.
    pub needs_attention: bool,
    /// Only those of this user.
    pub username: Option<String>,
    /// At most so many, the newest first; 0 for all.
    pub most: u32,
    /// Only those before this one.
    pub before: Option<ChangeId>,
}

/// What is said of a change whose program ended while it was on its way.
const CUT_OFF: &str = "the program ended before the answer came";

/// What is said of a change whose intent stands in the journal although the disk did not say so.
const NEVER_LEFT: &str = "its intent could not be kept for certain, so nothing was sent";

impl Store {
    /// Keeps what is about to be sent. When it returns, the intent is on the disk and the request may leave.
    ///
    /// # Errors
    /// It could not be kept; or a create of this username is on its way or in doubt, whoever sent it. Either way nothing may be sent.
    pub fn begin(&mut self, realm: &Realm, intent: &Intent) -> Result<(ChangeId, i64), JournalFault> {
        self.is_ready_to_begin()?;
        let begun = self.begun(realm, intent);
        let kept = self.write(|transaction| begun.within(transaction));
        match &kept {
            Ok((id, _)) => drop(self.begun.insert(*id)),
            Err(JournalFault::Unwritten(_)) => self.is_unsure = true,
            Err(_) => {}
        }
        kept
    }

    /// Before anything is begun, what an earlier failure left is put in order.
    pub(in crate::journal) fn is_ready_to_begin(&mut self) -> Result<(), JournalFault> {
        self.take_reserve()?;
        if self.is_unsure { self.recover() } else { Ok(()) }
    }

    /// An intent, ready to be written down.
    pub(in crate::journal) fn begun(&self, realm: &Realm, intent: &Intent) -> Begun {
        let body = record::intent(realm, self.who(), intent);
        let (at, session) = (self.now(), self.session().name().to_owned());
        Begun { realm: realm.clone(), intent: intent.clone(), body, at, session }
    }

    /// Keeps what became of a change. Where the database cannot take it, it is put by and taken over later; only where that fails too the
    /// outcome is lost, and the change stays open, which is in doubt after a restart.
    ///
    /// # Errors
    /// It is kept nowhere.
    pub fn end(&mut self, id: ChangeId, outcome: &Outcome) -> Result<(), JournalFault> {
        match self.write_outcome(id, outcome) {
            Err(JournalFault::Unwritten(why)) => {
                self.put_by(id, &record::outcome(outcome)).map_err(|_| JournalFault::Unwritten(why))
            }
            done => done,
        }
    }

    pub(in crate::journal) fn write_outcome(&mut self, id: ChangeId, outcome: &Outcome) -> Result<(), JournalFault> {
        self.write_outcome_where(id, outcome, |_| true)
    }

    /// Keeps an outcome that was put by, where it says more than the journal has of the change.
    pub(in crate::journal) fn take_over(&mut self, id: ChangeId, outcome: &Outcome) -> Result<(), JournalFault> {
        self.write_outcome_where(id, outcome, |now| match now {
            Standing::Open => true,
            Standing::InDoubt => outcome.verdict != Verdict::InDoubt,
            Standing::Partial
            | Standing::Queued
            | Standing::Done
            | Standing::Rejected
            | Standing::NotSent
            | Standing::Mended
            | Standing::Dismissed => false,
        })
    }

    fn write_outcome_where(
        &mut self,
        id: ChangeId,
        outcome: &Outcome,
        is_wanted: impl FnOnce(Standing) -> bool,
    ) -> Result<(), JournalFault> {
        let (at, body) = (self.now(), record::outcome(outcome));
        self.write(|transaction| {
            let (_, before) = standing(transaction, id)?;
            if is_wanted(before) { ended(transaction, id, at, outcome.verdict, &body) } else { Ok(()) }
        })?;
        self.begun.remove(&id);
        Ok(())
    }

    /// Keeps what happened to a change then, and says where it stands now.
    ///
    /// # Errors
    /// It could not be kept.
    pub fn follow(&mut self, id: ChangeId, sequel: &Sequel) -> Result<Standing, JournalFault> {
        let (at, body) = (self.now(), record::sequel(sequel));
        self.write(|transaction| {
            let (act, before) = standing(transaction, id)?;
            let now = before.then(act, sequel);
            stand(transaction, id, now)?;
            append(transaction, at, SEQUEL, Some(id.0), &body)?;
            tie(transaction, id, at, before, now)?;
            Ok(now)
        })
    }

    /// One change.
    ///
    /// # Errors
    /// It cannot be read, or there is none of this number.
    pub fn change(&mut self, id: ChangeId) -> Result<Change, JournalFault> {
        let mut changes = self.told("WHERE id = ?", params![id.0])?;
        changes.pop().ok_or(JournalFault::NoSuchChange(id))
    }

    /// The changes of a realm, the newest first.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn changes(&mut self, realm: &Realm, wish: &Wish) -> Result<Vec<Change>, JournalFault> {
        let open = Standing::ALL.into_iter().filter(|standing| standing.needs_attention());
        let words: Vec<_> = open.map(|standing| format!("'{}'", standing.word())).collect();
        let attention =
            if wish.needs_attention { format!("AND standing IN ({})", words.join(", ")) } else { String::new() };
        let most = if wish.most == 0 { i64::MAX } else { i64::from(wish.most) };
        let condition = format!(
            "WHERE tenant = ?1 AND origin = ?2 {attention} AND (?3 IS NULL OR username = ?3) AND (?4 IS NULL OR id < ?4)
             ORDER BY id DESC LIMIT ?5"
        );
        let before = wish.before.map(|id| id.0);
        self.told(&condition, params![realm.tenant, realm.origin, wish.username, before, most])
    }

    /// Every realm that something was sent in.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn realms(&mut self) -> Result<Vec<Realm>, JournalFault> {
        self.read(|connection| {
            let mut statement =
                connection.prepare("SELECT DISTINCT tenant, origin FROM change ORDER BY tenant, origin")?;
            let rows = statement.query_map([], |row| Ok(Realm { tenant: row.get(0)?, origin: row.get(1)? }))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// How many changes of a realm somebody still has to look at.
    ///
    /// # Errors
    /// They cannot be counted.
    pub fn attention(&mut self, realm: &Realm) -> Result<usize, JournalFault> {
        self.changes(realm, &Wish { needs_attention: true, ..Wish::default() }).map(|changes| changes.len())
    }

    /// Changes that were on their way when their program ended are in doubt (faults.md, outcome rules). Programs that run are left alone.
    ///
    /// # Errors
    /// It could not be kept; then they stay open.
    pub fn recover(&mut self) -> Result<(), JournalFault> {
        let open: Vec<(i64, String)> = self.read(|connection| {
            let mut statement = connection.prepare("SELECT id, session FROM change WHERE standing = ?")?;
            let rows = statement.query_map([Standing::Open.word()], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        for (id, session) in open {
            if !self.is_left(ChangeId(id), &session) {
                continue;
            }
            let is_ours = session == self.session().name();
            let (verdict, why) = if is_ours { (Verdict::NotSent, NEVER_LEFT) } else { (Verdict::InDoubt, CUT_OFF) };
            let (at, outcome) = (self.now(), Outcome::without_reply(verdict, why));
            self.write(|transaction| {
                // Another session may have been here since.
                if standing(transaction, ChangeId(id))?.1 == Standing::Open {
                    stand(transaction, ChangeId(id), Standing::after(verdict))?;
                    append(transaction, at, OUTCOME, Some(id), &record::outcome(&outcome))?;
                }
                Ok(())
            })?;
        }
        self.is_unsure = false;
        Ok(())
    }

    /// Whether nobody will ever end a change that is on its way: its program has ended, or it is ours and never left.
    fn is_left(&self, id: ChangeId, session: &str) -> bool {
        if session == self.session().name() { !self.begun.contains(&id) } else { !self.session().is_alive(session) }
    }

    /// The found rows with everything that their entries tell. The body of a purged change is gone, and with it the change. What a program
    /// left on its way that ended since we began is in doubt from here on.
    pub(in crate::journal) fn told(
        &mut self,
        condition: &str,
        by: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<Change>, JournalFault> {
        let rows = |connection: &Connection| {
            let rows = found(connection, condition, by)?.into_iter();
            rows.map(|one| entries(connection, one.id).map(|entries| (one, entries))).collect::<Result<Vec<_>, _>>()
        };
        let mut found = self.read(rows)?;
        let is_left = |one: &Found| one.standing == Standing::Open && self.is_left(ChangeId(one.id), &one.session);
        if found.iter().any(|(one, _)| is_left(one)) && self.recover().is_ok() {
            found = self.read(rows)?;
        }
        let mut changes = Vec::with_capacity(found.len());
        for (one, entries) in found {
            let elsewhere = one.standing == Standing::Open
                && one.session != self.session().name()
                && self.session().is_alive(&one.session);
            changes.extend(told(&one, entries, elsewhere)?);
        }
        Ok(changes)
    }
}

/// An intent, ready to be written down.
pub(in crate::journal) struct Begun {
    /// Where it goes.
    pub realm: Realm,
    /// What is about to be sent.
    pub intent: Intent,
    body: String,
    at: i64,
    session: String,
}

impl Begun {
    /// Writes it down: the number of the change, and its time.
    pub fn within(&self, transaction: &Transaction<'_>) -> Result<(ChangeId, i64), JournalFault> {
        let Self { realm, intent, body, at, session } = self;
        if let Some(id) = intent.instead_of {
            replace(transaction, id, *at, &intent.username)?;
        }
        if intent.act == Act::Create
            && let Some((id, since)) = open_create(transaction, realm, &intent.username)?
        {
            return Err(JournalFault::InFlight { id, since });
        }
        let id = append(transaction, *at, INTENT, None, body)?;
        let mut insert = transaction.prepare_cached(
            "INSERT INTO change (id, tenant, origin, username, act, session, at, standing)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )?;
        let (act, open) = (intent.act.word(), Standing::Open.word());
        insert.execute(params![id, realm.tenant, realm.origin, intent.username, act, session, at, open])?;
        if let Some(line) = intent.job {
            take_line(transaction, line, id, intent.instead_of)?;
        }
        if intent.act == Act::Create
            && let Some(id) = just_created(transaction, realm, &intent.username, *at)?
        {
            return Err(JournalFault::Created(id));
        }
        Ok((ChangeId(id), *at))
    }
}

/// Writes down what became of a change.
pub(in crate::journal) fn ended(
    transaction: &Transaction<'_>,
    id: ChangeId,
    at: i64,
    verdict: Verdict,
    body: &str,
) -> Result<(), JournalFault> {
    let ((_, before), now) = (standing(transaction, id)?, Standing::after(verdict));
    stand(transaction, id, now)?;
    append(transaction, at, OUTCOME, Some(id.0), body)?;
    tie(transaction, id, at, before, now)
}

/// Gives a change in doubt up for another: only where a look after its window showed that it was not done ([`look_up::was_not_done`]).
fn replace(transaction: &Transaction<'_>, id: ChangeId, at: i64, username: &str) -> Result<(), JournalFault> {
    let (act, now) = standing(transaction, id)?;
    let (since, whose): (i64, String) =
        transaction
            .query_row("SELECT at, username FROM change WHERE id = ?", [id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let sequels = entries(transaction, id.0)?.into_iter().filter(|(_, kind, _)| kind == SEQUEL);
    let sequels = sequels.filter_map(|(at, _, body)| Some((at, record::read_sequel(&body?).ok()?)));
    let was_not_done = look_up::was_not_done(act, since, &sequels.collect::<Vec<_>>());
    if now != Standing::InDoubt || whose != username || !was_not_done {
        return Err(JournalFault::InFlight { id, since });
    }
    let given_up = Sequel::Dismissed("looked up after its time, not found, and sent anew".to_owned());
    stand(transaction, id, now.then(act, &given_up))?;
    append(transaction, at, SEQUEL, Some(id.0), &record::sequel(&given_up)).map(drop)
}

/// A row of the list of changes.
pub(in crate::journal) struct Found {
    pub id: i64,
    at: i64,
    session: String,
    standing: Standing,
}

/// The rows of the list of changes that a condition lets in.
fn found(connection: &Connection, condition: &str, by: &[&dyn rusqlite::ToSql]) -> Result<Vec<Found>, JournalFault> {
    let mut statement = connection.prepare(&format!("SELECT id, at, session, standing FROM change {condition}"))?;
    let of = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?));
    let rows = statement.query_map(by, of)?;
    rows.map(|row| {
        let (id, at, session, word) = row?;
        let standing = Standing::from_word(&word).ok_or_else(unknown)?;
        Ok(Found { id, at, session, standing })
    })
    .collect()
}

type Entry = (i64, String, Option<String>);

fn entries(connection: &Connection, change: i64) -> Result<Vec<Entry>, JournalFault> {
    let mut statement = connection.prepare_cached("SELECT at, kind, body FROM entry WHERE change = ? ORDER BY seq")?;
    let rows = statement.query_map([change], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn told(found: &Found, entries: Vec<Entry>, elsewhere: bool) -> Result<Option<Change>, JournalFault> {
    let unreadable = |_| unknown();
    let mut by_kind: BTreeMap<String, Vec<(i64, String)>> = BTreeMap::new();
    for (at, kind, body) in entries {
        let Some(body) = body else { return Ok(None) };
        by_kind.entry(kind).or_default().push((at, body));
    }
    let Some((_, intent)) = by_kind.remove(INTENT).and_then(|mut intents| intents.pop()) else { return Ok(None) };
    let (realm, who, intent) = record::read_intent(&intent).map_err(unreadable)?;
    let outcome = by_kind.remove(OUTCOME).and_then(|mut outcomes| outcomes.pop());
    let outcome = outcome.map(|(_, body)| record::read_outcome(&body).map_err(unreadable)).transpose()?;
    let sequels = by_kind.remove(SEQUEL).unwrap_or_default().into_iter();
    let sequels = sequels
        .map(|(at, body)| Ok((at, record::read_sequel(&body).map_err(unreadable)?)))
        .collect::<Result<_, JournalFault>>()?;
    let (id, at, standing) = (ChangeId(found.id), found.at, found.standing);
    Ok(Some(Change { id, at, realm, who, intent, outcome, sequels, standing, elsewhere }))
}

fn open_create(
    transaction: &Transaction<'_>,
    realm: &Realm,
    username: &str,
) -> Result<Option<(ChangeId, i64)>, JournalFault> {
    let row = transaction
        .prepare_cached(
            "SELECT id, at FROM change WHERE tenant = ? AND origin = ? AND username = ?
             AND act = 'create' AND standing IN ('on its way', 'in doubt')",
        )?
        .query_row([&realm.tenant, &realm.origin, username], |row| Ok((ChangeId(row.get(0)?), row.get(1)?)))
        .optional()?;
    Ok(row)
}

/// The plus keeps it off the index by standing, in which nearly everything is done.
pub(in crate::journal) const JUST_CREATED: &str =
    "SELECT id FROM change AS made WHERE tenant = ?1 AND origin = ?2 AND username = ?3
     AND act = 'create' AND +standing = 'done' AND at BETWEEN ?4 AND ?5
     AND NOT EXISTS (SELECT 1 FROM change AS gone WHERE gone.tenant = ?1 AND gone.origin = ?2
                     AND gone.username = ?3 AND gone.act = 'delete' AND gone.id > made.id)";

/// The create of this username that was done within the window, and of whom nobody was deleted since: whoever creates it now did not know of
/// it when they began, as in another window.
fn just_created(
    transaction: &Transaction<'_>,
    realm: &Realm,
    username: &str,
    now: i64,
) -> Result<Option<ChangeId>, JournalFault> {
    let window = i64::try_from(WINDOW.as_millis()).unwrap_or(i64::MAX);
    let row = transaction
        .prepare_cached(JUST_CREATED)?
        .query_row(params![realm.tenant, realm.origin, username, now.saturating_sub(window), now], |row| {
            row.get(0).map(ChangeId)
        })
        .optional()?;
    Ok(row)
}

/// What a change is and where it stands.
pub(in crate::journal) fn standing(
    transaction: &Transaction<'_>,
    id: ChangeId,
) -> Result<(Act, Standing), JournalFault> {
    let row: Option<(String, String)> = transaction
        .prepare_cached("SELECT act, standing FROM change WHERE id = ?")?
        .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (act, standing) = row.ok_or(JournalFault::NoSuchChange(id))?;
    Act::from_word(&act).zip(Standing::from_word(&standing)).ok_or_else(unknown)
}

/// Puts a change where it stands now.
pub(in crate::journal) fn stand(
    transaction: &Transaction<'_>,
    id: ChangeId,
    standing: Standing,
) -> Result<(), JournalFault> {
    let mut update = transaction.prepare_cached("UPDATE change SET standing = ? WHERE id = ?")?;
    match update.execute(params![standing.word(), id.0])? {
        0 => Err(JournalFault::NoSuchChange(id)),
        _ => Ok(()),
    }
}

fn unknown() -> JournalFault {
    JournalFault::damaged(std::path::Path::new(""), record::Unreadable.to_string())
}
