//! Who knocks, in a bounded table. Strangers can fill any table with addresses and certificates that come once. So each kind
//! has room of its own, since certificates that prove something are the hardest to come by; and who goes is who came in the
//! fewest different hours, of those the least lately seen: a scanner pushes out scanners, and not whoever knocks steadily.

use core_directory::TenantId;
use io_store::{Candidate, CandidateKind, Knock, MAX_SENDERS, Scope};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::columns::{micros, number, read_number, read_time};

/// Trusted certificates that are kept.
const MAX_CERTIFICATES: i64 = 300;

/// Addresses that are kept.
const MAX_ADDRESSES: i64 = 500;

/// Certificates that prove nothing that are kept. Anybody can make any number of them.
const MAX_CLAIMS: i64 = 200;

/// Tenants that see one candidate, at most. An address that all tenants' domains are sent from is nobody's.
const MAX_SEEING: i64 = 16;

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// Every kind with its number in the column and its room. Their order is that in which they are shown.
const KINDS: [(CandidateKind, i64, i64); 3] = [
    (CandidateKind::Certificate, 0, MAX_CERTIFICATES),
    (CandidateKind::Address, 1, MAX_ADDRESSES),
    (CandidateKind::Claim, 2, MAX_CLAIMS),
];

/// Records one refusal of a candidate.
pub fn insert(connection: &Connection, reference: &str, knock: &Knock) -> rusqlite::Result<()> {
    let refusal: Option<i64> = connection
        .prepare_cached("SELECT id FROM refusal WHERE reference = ?1")?
        .query_row([reference], |row| row.get(0))
        .optional()?;
    let Some(refusal) = refusal else { return Ok(()) };
    let (kind, room) = number_and_room(knock.kind);
    let known: Option<(i64, String)> = connection
        .prepare_cached("SELECT id, senders FROM candidate WHERE kind = ?1 AND key = ?2")?
        .query_row(params![kind, knock.key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let id = match known {
        Some((id, senders)) => {
            again(connection, id, knock.at)?;
            let mut statement =
                connection.prepare_cached("UPDATE candidate SET facts = ?2, senders = ?3 WHERE id = ?1")?;
            statement.execute(params![id, knock.facts, with_sender(&senders, knock.sender.as_deref())])?;
            id
        }
        None => {
            forget_otherwise(connection, knock)?;
            make_room(connection, kind, room)?;
            let mut statement = connection.prepare_cached(
                "INSERT INTO candidate (kind, key, facts, first_at, last_at, times, hours, senders)
                 VALUES (?1, ?2, ?3, ?4, ?4, 1, 1, ?5)",
            )?;
            let senders = with_sender("[]", knock.sender.as_deref());
            statement.insert(params![kind, knock.key, knock.facts, micros(knock.at), senders])?
        }
    };
    connection
        .prepare_cached("INSERT OR IGNORE INTO knock (refusal, candidate) VALUES (?1, ?2)")?
        .execute([refusal, id])?;
    see(connection, refusal, id, knock)
}

/// A certificate that is a claim now, or is none any more, stands in the table once.
fn forget_otherwise(connection: &Connection, knock: &Knock) -> rusqlite::Result<()> {
    let other = match knock.kind {
        CandidateKind::Certificate => CandidateKind::Claim,
        CandidateKind::Claim => CandidateKind::Certificate,
        CandidateKind::Address => return Ok(()),
    };
    let mut statement = connection.prepare_cached("DELETE FROM candidate WHERE kind = ?1 AND key = ?2")?;
    statement.execute(params![number_and_room(other).0, knock.key])?;
    Ok(())
}

fn make_room(connection: &Connection, kind: i64, room: i64) -> rusqlite::Result<()> {
    let there: i64 = connection
        .prepare_cached("SELECT count(*) FROM candidate WHERE kind = ?1")?
        .query_row([kind], |row| row.get(0))?;
    let mut statement = connection.prepare_cached(
        "DELETE FROM candidate WHERE id IN (SELECT id FROM candidate WHERE kind = ?1 ORDER BY hours, last_at LIMIT ?2)",
    )?;
    statement.execute([kind, (there + 1 - room).max(0)])?;
    Ok(())
}

/// Tells the tenants with sight of a refusal of whom it refused.
fn see(connection: &Connection, refusal: i64, candidate: i64, knock: &Knock) -> rusqlite::Result<()> {
    let seeing = connection
        .prepare_cached("SELECT tenant FROM sight WHERE refusal = ?1 ORDER BY tenant LIMIT ?2")?
        .query_map([refusal, MAX_SEEING], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<i64>>>()?;
    for tenant in seeing {
        let known: Option<String> = connection
            .prepare_cached("SELECT senders FROM candidate_sight WHERE tenant = ?1 AND candidate = ?2")?
            .query_row([tenant, candidate], |row| row.get(0))
            .optional()?;
        let senders = with_sender(known.as_deref().unwrap_or("[]"), knock.sender.as_deref());
        let mut statement = connection.prepare_cached(
            "INSERT INTO candidate_sight (tenant, candidate, first_at, last_at, times, senders)
             SELECT ?1, ?2, ?3, ?3, 1, ?4
             WHERE ?5 OR (SELECT count(*) FROM candidate_sight WHERE candidate = ?2) < ?6
             ON CONFLICT DO UPDATE SET times = times + 1, last_at = max(last_at, ?3), senders = ?4",
        )?;
        statement.execute(params![tenant, candidate, micros(knock.at), senders, known.is_some(), MAX_SEEING])?;
    }
    Ok(())
}

/// Counts one more refusal of whom a refusal refused.
pub fn repeat(connection: &Connection, refusal: i64, at: Timestamp) -> rusqlite::Result<()> {
    let candidates = connection
        .prepare_cached("SELECT candidate FROM knock WHERE refusal = ?1")?
        .query_map([refusal], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<i64>>>()?;
    for candidate in candidates {
        again(connection, candidate, at)?;
        let mut statement = connection.prepare_cached(
            "UPDATE candidate_sight SET times = times + 1, last_at = max(last_at, ?3)
             WHERE candidate = ?1 AND tenant IN (SELECT tenant FROM sight WHERE refusal = ?2)",
        )?;
        statement.execute([candidate, refusal, micros(at)])?;
    }
    Ok(())
}

/// One more time, and one more hour where it is another one.
fn again(connection: &Connection, candidate: i64, at: Timestamp) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "UPDATE candidate SET times = times + 1, hours = hours + (?2 / ?3 > last_at / ?3), last_at = max(last_at, ?2)
         WHERE id = ?1",
    )?;
    statement.execute([candidate, micros(at), HOUR])?;
    Ok(())
}

/// All of them, as far as the scope sees them.
pub fn all(connection: &Connection, scope: Scope) -> rusqlite::Result<Vec<Candidate>> {
    match scope.tenant() {
        None => {
            let mut statement = connection.prepare_cached(
                "SELECT kind, key, facts, first_at, last_at, times, senders FROM candidate
                 ORDER BY kind, hours DESC, last_at DESC",
            )?;
            let rows = statement.query_map([], read)?;
            rows.collect()
        }
        Some(TenantId(tenant)) => {
            let mut statement = connection.prepare_cached(
                "SELECT kind, key, facts, own.first_at, own.last_at, own.times, own.senders
                 FROM candidate_sight AS own JOIN candidate ON candidate.id = own.candidate
                 WHERE own.tenant = ?1 ORDER BY kind, own.times DESC, own.last_at DESC",
            )?;
            let rows = statement.query_map([number(tenant)], read)?;
            rows.collect()
        }
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Candidate> {
    let kind: i64 = row.get(0)?;
    let known = KINDS.into_iter().find(|(_, number, _)| *number == kind);
    let (kind, ..) = known.ok_or(rusqlite::Error::IntegralValueOutOfRange(0, kind))?;
    Ok(Candidate {
        kind,
        key: row.get(1)?,
        facts: row.get(2)?,
        first_at: read_time(row, 3)?,
        last_at: read_time(row, 4)?,
        times: read_number(row, 5)?,
        senders: read_senders(&row.get::<_, String>(6)?),
    })
}

/// Removes whoever was not seen since `before`.
pub fn prune(connection: &Connection, before: Timestamp) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM candidate WHERE last_at < ?1")?.execute([micros(before)])?;
    connection.prepare_cached("DELETE FROM candidate_sight WHERE last_at < ?1")?.execute([micros(before)])?;
    Ok(())
}

fn number_and_room(kind: CandidateKind) -> (i64, i64) {
    KINDS
        .into_iter()
        .find_map(|(known, number, room)| (known == kind).then_some((number, room)))
        .unwrap_or((1, MAX_ADDRESSES))
}

/// The column of senders with one more, the newest first.
fn with_sender(column: &str, sender: Option<&str>) -> String {
    let mut senders = read_senders(column);
    if let Some(sender) = sender {
        senders.retain(|known| known != sender);
        senders.insert(0, sender.to_owned());
        senders.truncate(MAX_SENDERS);
    }
    serde_json::Value::from(senders).to_string()
}

/// Written by us; what is not is nothing.
fn read_senders(column: &str) -> Vec<String> {
    serde_json::from_str(column).unwrap_or_default()
}
