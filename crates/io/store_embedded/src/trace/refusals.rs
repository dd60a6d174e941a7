//! Refusals, and who may see them.

use std::net::IpAddr;

use core_directory::TenantId;
use io_store::{RefusalRecord, Scope, TraceFilter};
use jiff::Timestamp;
use rusqlite::{Connection, Error, Row, params, types::Type};

use super::{conditions, parameters};
use crate::columns::{micros, number, owner, read_number, read_time};

/// Writes a refusal. A second one with the same reference is an error, since references are random.
pub fn insert(connection: &Connection, refusal: &RefusalRecord) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO refusal (reference, at, remote_ip, mail_from, rcpt_to, reply, body, repeats, last_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let id = statement.insert(params![
        refusal.reference,
        micros(refusal.at),
        refusal.remote_ip.map_or_else(String::new, |address| address.to_string()),
        refusal.mail_from,
        refusal.rcpt_to,
        refusal.reply,
        refusal.body,
        refusal.repeats,
        micros(refusal.last_at)
    ])?;
    let mut sight = connection.prepare_cached("INSERT OR IGNORE INTO sight (tenant, refusal) VALUES (?1, ?2)")?;
    for tenant in &refusal.tenant_sight {
        sight.execute(params![number(tenant.0), id])?;
    }
    Ok(())
}

/// Counts one more of the same.
pub fn repeat(connection: &Connection, scope: Scope, reference: &str, at: Timestamp) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "UPDATE refusal SET repeats = min(repeats + 1, 4294967295), last_at = max(last_at, ?3)
         WHERE reference = ?1
            AND (?2 IS NULL OR EXISTS (SELECT 1 FROM sight WHERE tenant = ?2 AND refusal = refusal.id))",
    )?;
    statement.execute(params![reference, owner(scope), micros(at)])?;
    Ok(())
}

/// Refusals that match, newest first.
pub fn find(connection: &Connection, scope: Scope, filter: &TraceFilter) -> rusqlite::Result<Vec<RefusalRecord>> {
    let seen =
        if scope.tenant().is_some() { "id IN (SELECT refusal FROM sight WHERE tenant = ?1)" } else { "?1 IS NULL" };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id, reference, at, remote_ip, mail_from, rcpt_to, reply, body, repeats, last_at FROM refusal
         WHERE {seen} AND {} AND last_at >= ?5
         ORDER BY id DESC LIMIT ?6",
        conditions(filter)
    ))?;
    let rows = statement.query_map(parameters(scope, filter), read)?;
    let found = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    found
        .into_iter()
        .map(|(id, mut refusal)| {
            refusal.tenant_sight = sight(connection, scope, id)?;
            Ok(refusal)
        })
        .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<(i64, RefusalRecord)> {
    let refusal = RefusalRecord {
        reference: row.get(1)?,
        at: read_time(row, 2)?,
        tenant_sight: Vec::new(),
        remote_ip: read_address(row, 3)?,
        mail_from: row.get(4)?,
        rcpt_to: row.get(5)?,
        reply: row.get(6)?,
        body: row.get(7)?,
        repeats: row.get(8)?,
        last_at: read_time(row, 9)?,
    };
    Ok((row.get(0)?, refusal))
}

/// Empty is none.
fn read_address(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<IpAddr>> {
    let text: String = row.get(column)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|error| Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

/// The tenants with sight of a refusal, as far as the scope may know of them.
fn sight(connection: &Connection, scope: Scope, refusal: i64) -> rusqlite::Result<Vec<TenantId>> {
    let mut statement = connection.prepare_cached(
        "SELECT tenant FROM sight WHERE refusal = ?1 AND (?2 IS NULL OR tenant = ?2) ORDER BY tenant",
    )?;
    let rows = statement.query_map(params![refusal, owner(scope)], |row| read_number(row, 0).map(TenantId))?;
    rows.collect()
}

/// Removes at most `slice` of those too old or beyond the newest `max_rows`.
pub fn prune(connection: &Connection, before: Timestamp, max_rows: u64, slice: u64) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM refusal WHERE id IN (
            SELECT id FROM refusal WHERE last_at < ?1
            UNION ALL SELECT id FROM (SELECT id FROM refusal ORDER BY id DESC LIMIT -1 OFFSET ?2)
            LIMIT ?3)",
    )?;
    Ok(statement.execute(params![micros(before), number(max_rows), number(slice)])? as u64)
}
