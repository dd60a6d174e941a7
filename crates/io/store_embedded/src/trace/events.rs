//! What happened to messages. Each filter has an index that also has the time, so that a look-up reads what it returns and
//! little more; which one serves is said here and not left to guesses of the planner.

use core_directory::TenantId;
use io_store::{MAX_TRACE_PAGE, Scope, TraceCursor, TraceEvent, TraceFilter, TracePage, domain_of};
use jiff::Timestamp;
use rusqlite::{Connection, named_params, params};

use crate::columns::{micros, number, owner, read_number, read_time};

/// Octets that an event takes beside its texts: numbers, and its entries in the indices.
pub const OVERHEAD: u64 = 250;

/// Writes an event.
pub fn insert(connection: &Connection, event: &TraceEvent) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO event (at, tenant, reference, kind, mail_from, mail_domain, rcpt_to, rcpt_domain, message_id, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    statement.execute(params![
        micros(event.at),
        number(event.tenant.0),
        event.reference,
        event.kind,
        event.mail_from,
        event.mail_from.as_deref().map(domain_of),
        event.rcpt_to,
        event.rcpt_to.as_deref().map(domain_of),
        event.message_id,
        event.body
    ])?;
    Ok(())
}

/// About how many octets an event takes.
pub fn weight(event: &TraceEvent) -> u64 {
    let texts = [&event.mail_from, &event.rcpt_to, &event.message_id];
    let texts: usize = texts.into_iter().flatten().map(String::len).sum();
    OVERHEAD + (texts.saturating_mul(2) + event.body.len()) as u64
}

/// Events that match, newest first.
pub fn find(connection: &Connection, scope: Scope, filter: &TraceFilter) -> rusqlite::Result<TracePage<TraceEvent>> {
    let limit = filter.limit.min(MAX_TRACE_PAGE);
    let after = filter.after.map_or((i64::MAX, i64::MAX), |cursor| (cursor.at, number(cursor.id)));
    let until = filter.until.map_or(i64::MAX, micros).min(after.0);
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
        ":until": until,
        ":after_at": after.0,
        ":after_id": after.1,
        ":limit": number(limit as u64).saturating_add(1),
    };
    let rows = statement.query_map(parameters, |row| {
        let event = TraceEvent {
            at: read_time(row, 1)?,
            tenant: TenantId(read_number(row, 2)?),
            reference: row.get(3)?,
            kind: row.get(4)?,
            mail_from: row.get(5)?,
            rcpt_to: row.get(6)?,
            message_id: row.get(7)?,
            body: row.get(8)?,
        };
        Ok((TraceCursor { at: micros(event.at), id: read_number(row, 0)? }, event))
    })?;
    Ok(super::page(rows.collect::<rusqlite::Result<_>>()?, limit))
}

/// The text of a query: each parameter stands in it once, also where it does not matter, so that the same ones fit every
/// text; what matters is compared plainly.
pub fn query(scope: Scope, filter: &TraceFilter) -> String {
    let null_sender = filter.mail_from.as_deref() == Some("");
    let conditions = [
        if scope.tenant().is_some() { "tenant = :tenant" } else { ":tenant IS NULL" },
        if filter.reference.is_some() { "reference = :reference" } else { ":reference IS NULL" },
        match (&filter.mail_from, null_sender) {
            (None, _) => ":mail_from IS NULL",
            (Some(_), true) => "mail_from IS NULL AND :mail_from = ''",
            (Some(_), false) => "mail_from = :mail_from",
        },
        if filter.sender_domain.is_some() { "mail_domain = :mail_domain" } else { ":mail_domain IS NULL" },
        if filter.rcpt_to.is_some() { "rcpt_to = :rcpt_to" } else { ":rcpt_to IS NULL" },
        if filter.recipient_domain.is_some() { "rcpt_domain = :rcpt_domain" } else { ":rcpt_domain IS NULL" },
        // One event of a message carries its Message-ID. Whoever puts the same on many messages finds the last thousand.
        if filter.message_id.is_some() {
            "reference IN (SELECT reference FROM event INDEXED BY event_message_id
                           WHERE message_id = :message_id ORDER BY at DESC LIMIT 1000)"
        } else {
            ":message_id IS NULL"
        },
        "at BETWEEN :since AND :until AND (at, id) < (:after_at, :after_id)",
    ];
    format!(
        "SELECT id, at, tenant, reference, kind, mail_from, rcpt_to, message_id, body FROM event INDEXED BY {}
         WHERE {} ORDER BY at DESC, id DESC LIMIT :limit",
        index(scope, filter),
        conditions.join(" AND ")
    )
}

/// The index that narrows most.
fn index(scope: Scope, filter: &TraceFilter) -> &'static str {
    let ways = [
        (filter.reference.is_some() || filter.message_id.is_some(), "event_reference"),
        (filter.rcpt_to.is_some(), "event_rcpt_to"),
        (filter.mail_from.is_some(), "event_mail_from"),
        (filter.recipient_domain.is_some(), "event_rcpt_domain"),
        (filter.sender_domain.is_some(), "event_mail_domain"),
        (scope.tenant().is_some(), "event_tenant"),
    ];
    ways.into_iter().find_map(|(serves, index)| serves.then_some(index)).unwrap_or("event_at")
}

/// Removes at most `slice` of those in the scope that are older than `before`.
pub fn prune(connection: &Connection, scope: Scope, before: Timestamp, slice: u64) -> rusqlite::Result<u64> {
    let of = if scope.tenant().is_some() { "INDEXED BY event_tenant WHERE tenant = ?1" } else { "WHERE ?1 IS NULL" };
    let mut statement = connection.prepare_cached(&format!(
        "DELETE FROM event WHERE id IN (SELECT id FROM event {of} AND at < ?2 ORDER BY at LIMIT ?3)"
    ))?;
    Ok(statement.execute(params![owner(scope), micros(before), number(slice)])? as u64)
}
