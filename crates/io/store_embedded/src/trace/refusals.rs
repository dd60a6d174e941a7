//! Refusals, and who may see them.

use std::net::IpAddr;

use core_directory::TenantId;
use io_store::{MAX_TRACE_PAGE, NearMiss, RefusalRecord, Scope, TraceCursor, TraceFilter, TracePage, domain_of};
use jiff::Timestamp;
use rusqlite::{Connection, Error, OptionalExtension as _, Row, named_params, params, types::Type};

use super::candidates;
use super::counts::{self, CountKey};
use crate::columns::{micros, number, owner, read_number, read_optional_number, read_time};

/// Octets that a refusal takes beside its texts.
const OVERHEAD: u64 = 400;

/// Writes a refusal and counts it. A second one with the same reference is an error, since references are random.
pub fn insert(connection: &Connection, refusal: &RefusalRecord) -> rusqlite::Result<()> {
    let nearest = refusal.nearest.first();
    let mut statement = connection.prepare_cached(
        "INSERT INTO refusal (reference, at, remote_ip, mail_from, mail_domain, rcpt_to, rcpt_domain, reply, kind,
                              nearest_tenant, nearest_connector, body, repeats, last_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?;
    let id = statement.insert(params![
        refusal.reference,
        micros(refusal.at),
        refusal.remote_ip.map_or_else(String::new, |address| address.to_string()),
        refusal.mail_from,
        refusal.mail_from.as_deref().map(domain_of),
        refusal.rcpt_to,
        domain_of(&refusal.rcpt_to),
        refusal.reply,
        refusal.kind,
        nearest.map(|nearest| number(nearest.tenant.0)),
        nearest.map(|nearest| &nearest.connector),
        refusal.body,
        refusal.repeats,
        micros(refusal.last_at)
    ])?;
    let mut sight =
        connection.prepare_cached("INSERT OR IGNORE INTO sight (tenant, refusal, connector) VALUES (?1, ?2, ?3)")?;
    for tenant in &refusal.tenant_sight {
        let own = refusal.nearest.iter().find(|nearest| nearest.tenant == *tenant);
        sight.execute(params![number(tenant.0), id, own.map(|own| &own.connector)])?;
    }
    count(connection, id, refusal.at)
}

/// About how many octets a refusal takes.
pub fn weight(refusal: &RefusalRecord) -> u64 {
    let texts = [refusal.body.len(), refusal.reply.len(), refusal.rcpt_to.len().saturating_mul(2)];
    OVERHEAD + texts.into_iter().sum::<usize>() as u64
}

/// Counts one more of the same.
pub fn repeat(connection: &Connection, scope: Scope, reference: &str, at: Timestamp) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "UPDATE refusal SET repeats = min(repeats + 1, 4294967295), last_at = max(last_at, ?3)
         WHERE reference = ?1
            AND (?2 IS NULL OR EXISTS (SELECT 1 FROM sight WHERE tenant = ?2 AND refusal = refusal.id))
         RETURNING id",
    )?;
    let id = statement.query_row(params![reference, owner(scope), micros(at)], |row| row.get(0)).optional()?;
    let Some(id) = id else { return Ok(()) };
    count(connection, id, at)?;
    candidates::repeat(connection, id, at)
}

/// Counts a refusal for each tenant that sees it, for the operator alone where none does.
fn count(connection: &Connection, refusal: i64, at: Timestamp) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(sight.tenant, 0),
                iif(sight.tenant IS NULL, coalesce(nearest_tenant, 0), iif(sight.connector IS NULL, 0, sight.tenant)),
                coalesce(iif(sight.tenant IS NULL, nearest_connector, sight.connector), ''), kind
         FROM refusal LEFT JOIN sight ON sight.refusal = refusal.id
         WHERE refusal.id = ?1 ORDER BY sight.tenant",
    )?;
    let read = |row: &Row<'_>| {
        Ok(CountKey {
            tenant: row.get(0)?,
            nearest_tenant: row.get(1)?,
            nearest_connector: row.get(2)?,
            kind: row.get(3)?,
            first: false,
        })
    };
    let keys = statement.query_map([refusal], read)?.collect::<rusqlite::Result<Vec<_>>>()?;
    for (place, key) in keys.into_iter().enumerate() {
        counts::add(connection, at, CountKey { first: place == 0, ..key })?;
    }
    Ok(())
}

/// Refusals that match, newest first.
pub fn find(connection: &Connection, scope: Scope, filter: &TraceFilter) -> rusqlite::Result<TracePage<RefusalRecord>> {
    let limit = filter.limit.min(MAX_TRACE_PAGE);
    let mut statement = connection.prepare_cached(&query(scope, filter))?;
    let parameters = named_params! {
        ":tenant": owner(scope),
        ":reference": filter.reference,
        ":mail_from": filter.mail_from,
        ":mail_domain": filter.sender_domain,
        ":rcpt_to": filter.rcpt_to,
        ":rcpt_domain": filter.recipient_domain,
        ":message_id": filter.message_id,
        ":since": filter.since.map_or(i64::MIN, micros),
        ":until": filter.until.map_or(i64::MAX, micros),
        ":after": filter.after.map_or(i64::MAX, |cursor| number(cursor.id)),
        ":limit": number(limit as u64).saturating_add(1),
    };
    let rows = statement.query_map(parameters, read)?;
    let found = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let found = found.into_iter().map(|(cursor, mut refusal)| {
        let seen = sight(connection, scope, cursor.id)?;
        if scope.tenant().is_some() {
            refusal.nearest.clear();
        }
        for (tenant, connector) in seen {
            refusal.tenant_sight.push(tenant);
            let known = refusal.nearest.iter().any(|nearest| nearest.tenant == tenant);
            refusal.nearest.extend(connector.filter(|_| !known).map(|connector| NearMiss { tenant, connector }));
        }
        Ok((cursor, refusal))
    });
    Ok(super::page(found.collect::<rusqlite::Result<_>>()?, limit))
}

fn query(scope: Scope, filter: &TraceFilter) -> String {
    let conditions = [
        match scope.tenant() {
            Some(_) => "EXISTS (SELECT 1 FROM sight WHERE tenant = :tenant AND refusal = refusal.id)",
            None => ":tenant IS NULL",
        },
        if filter.reference.is_some() { "reference = :reference" } else { ":reference IS NULL" },
        match filter.mail_from.as_deref() {
            None => ":mail_from IS NULL",
            Some("") => "mail_from IS NULL AND :mail_from = ''",
            Some(_) => "mail_from = :mail_from",
        },
        if filter.sender_domain.is_some() { "mail_domain = :mail_domain" } else { ":mail_domain IS NULL" },
        if filter.rcpt_to.is_some() { "rcpt_to = :rcpt_to" } else { ":rcpt_to IS NULL" },
        if filter.recipient_domain.is_some() { "rcpt_domain = :rcpt_domain" } else { ":rcpt_domain IS NULL" },
        ":message_id IS NULL",
        "last_at >= :since AND at <= :until AND id < :after",
    ];
    format!(
        "SELECT id, reference, at, remote_ip, mail_from, rcpt_to, reply, kind, nearest_tenant, nearest_connector, body,
                repeats, last_at
         FROM refusal WHERE {} ORDER BY id DESC LIMIT :limit",
        conditions.join(" AND ")
    )
}

fn read(row: &Row<'_>) -> rusqlite::Result<(TraceCursor, RefusalRecord)> {
    let nearest = match (read_optional_number(row, 8)?, row.get(9)?) {
        (Some(tenant), Some(connector)) => vec![NearMiss { tenant: TenantId(tenant), connector }],
        _ => Vec::new(),
    };
    let refusal = RefusalRecord {
        reference: row.get(1)?,
        at: read_time(row, 2)?,
        tenant_sight: Vec::new(),
        nearest,
        remote_ip: read_address(row, 3)?,
        mail_from: row.get(4)?,
        rcpt_to: row.get(5)?,
        reply: row.get(6)?,
        kind: row.get(7)?,
        body: row.get(10)?,
        repeats: row.get(11)?,
        last_at: read_time(row, 12)?,
    };
    Ok((TraceCursor { at: micros(refusal.at), id: read_number(row, 0)? }, refusal))
}

/// Empty is none.
fn read_address(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<IpAddr>> {
    let text: String = row.get(column)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|error| Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

/// The tenants with sight of a refusal and their nearest connectors, as far as the scope may know of them.
fn sight(connection: &Connection, scope: Scope, refusal: u64) -> rusqlite::Result<Vec<(TenantId, Option<String>)>> {
    let mut statement = connection.prepare_cached(
        "SELECT tenant, connector FROM sight WHERE refusal = ?1 AND (?2 IS NULL OR tenant = ?2) ORDER BY tenant",
    )?;
    let rows = statement
        .query_map(params![number(refusal), owner(scope)], |row| Ok((TenantId(read_number(row, 0)?), row.get(1)?)))?;
    rows.collect()
}

/// Removes at most `slice` of those older than `before`.
pub fn prune(connection: &Connection, before: Timestamp, slice: u64) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM refusal WHERE id IN (SELECT id FROM refusal WHERE last_at < ?1 ORDER BY last_at LIMIT ?2)",
    )?;
    Ok(statement.execute(params![micros(before), number(slice)])? as u64)
}
