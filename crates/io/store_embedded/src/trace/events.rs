//! What happened to accepted messages.

use core_directory::TenantId;
use io_store::{Scope, TraceEvent, TraceFilter};
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{conditions, parameters};
use crate::columns::{micros, number, owner, read_number, read_time};

/// Writes an event.
pub fn insert(connection: &Connection, event: &TraceEvent) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO event (at, tenant, reference, kind, mail_from, rcpt_to, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    statement.execute(params![
        micros(event.at),
        number(event.tenant.0),
        event.reference,
        event.kind,
        event.mail_from,
        event.rcpt_to,
        event.body
    ])?;
    Ok(())
}

/// Events that match, newest first.
pub fn find(connection: &Connection, scope: Scope, filter: &TraceFilter) -> rusqlite::Result<Vec<TraceEvent>> {
    let owner = if scope.tenant().is_some() { "tenant = ?1" } else { "?1 IS NULL" };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT at, tenant, reference, kind, mail_from, rcpt_to, body FROM event
         WHERE {owner} AND {} AND at >= ?5
         ORDER BY id DESC LIMIT ?6",
        conditions(filter)
    ))?;
    let rows = statement.query_map(parameters(scope, filter), |row| {
        Ok(TraceEvent {
            at: read_time(row, 0)?,
            tenant: TenantId(read_number(row, 1)?),
            reference: row.get(2)?,
            kind: row.get(3)?,
            mail_from: row.get(4)?,
            rcpt_to: row.get(5)?,
            body: row.get(6)?,
        })
    })?;
    rows.collect()
}

/// Removes at most `slice` of those in the scope that are too old or beyond its newest `max_rows`.
pub fn prune(
    connection: &Connection,
    scope: Scope,
    before: Timestamp,
    max_rows: u64,
    slice: u64,
) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM event WHERE id IN (
            SELECT id FROM event WHERE at < ?2 AND (?1 IS NULL OR tenant = ?1)
            UNION ALL SELECT id FROM (
                SELECT id FROM event WHERE ?1 IS NULL OR tenant = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?3)
            LIMIT ?4)",
    )?;
    Ok(statement.execute(params![owner(scope), micros(before), number(max_rows), number(slice)])? as u64)
}
