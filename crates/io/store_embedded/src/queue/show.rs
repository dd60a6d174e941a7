//! The queue as people see it: a listing, one message, numbers.

use core_directory::{SendConnectorId, TenantId};
use io_store::{
    Lease, MessageDetails, MessageId, QUEUE_AGES, QueueFilter, QueueStats, QueueSummary, Scope, StoreError,
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rows::{MESSAGE, MESSAGE_COLUMNS, attempts, read_direction, read_message, recipients};
use super::select::Selection;
use crate::columns::{micros, number, owner, read_number, read_optional_time, read_time};
use crate::failure::Failure;

/// The columns that [`read_summary`] reads, in its order.
const SUMMARY: &str = "id, tenant, direction, reverse_path, send_connector, size, reference, accepted_at, next_attempt,
    attempts, hold, claim IS NOT NULL, last_reply,
    (SELECT count(*) FROM recipient WHERE message = message.id AND state = 0),
    (SELECT forward_path FROM recipient WHERE message = message.id AND state = 0 ORDER BY ordinal LIMIT 1)";

/// Lists messages by id.
pub fn list(connection: &Connection, scope: Scope, filter: &QueueFilter) -> rusqlite::Result<Vec<QueueSummary>> {
    let selection = Selection::of(scope, filter);
    let mut statement = connection.prepare_cached(&selection.page(SUMMARY))?;
    let rows = statement.query_map(selection.bounds(), read_summary)?;
    rows.collect()
}

fn read_summary(row: &Row<'_>) -> rusqlite::Result<QueueSummary> {
    Ok(QueueSummary {
        id: MessageId(read_number(row, 0)?),
        tenant: TenantId(read_number(row, 1)?),
        direction: read_direction(row, 2)?,
        reverse_path: row.get(3)?,
        send_connector: SendConnectorId(read_number(row, 4)?),
        size: read_number(row, 5)?,
        reference: row.get(6)?,
        accepted_at: read_time(row, 7)?,
        next_attempt: read_time(row, 8)?,
        attempts: row.get(9)?,
        hold: row.get(10)?,
        claimed: row.get(11)?,
        last_reply: row.get(12)?,
        pending: row.get(13)?,
        first_recipient: row.get(14)?,
    })
}

/// All that is known of one message.
pub fn get(connection: &Connection, scope: Scope, id: MessageId) -> Result<MessageDetails, Failure> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {MESSAGE}, claim_node, claim_until FROM message WHERE id = ?1 AND (?2 IS NULL OR tenant = ?2)"
    ))?;
    let found = statement
        .query_row(params![number(id.0), owner(scope)], |row| {
            let node: Option<String> = row.get(MESSAGE_COLUMNS)?;
            let until = read_optional_time(row, MESSAGE_COLUMNS + 1)?;
            Ok((read_message(row)?, node.zip(until).map(|(node, until)| Lease { node, until })))
        })
        .optional()?;
    let (mut message, lease) = found.ok_or_else(|| StoreError::not_found(format!("message {id}")))?;
    message.recipients = recipients(connection, id, false)?;
    Ok(MessageDetails { message, lease, history: attempts(connection, id)? })
}

/// The queue in numbers.
pub fn stats(connection: &Connection, scope: Scope, now: Timestamp) -> rusqlite::Result<QueueStats> {
    let mut statement = connection.prepare_cached(
        "SELECT count(*), count(hold), count(*) FILTER (WHERE hold IS NULL AND ready_at <= ?2),
            count(*) FILTER (WHERE claim_until > ?2), coalesce(sum(size), 0), min(accepted_at),
            count(*) FILTER (WHERE accepted_at < ?3), count(*) FILTER (WHERE accepted_at < ?4),
            count(*) FILTER (WHERE accepted_at < ?5), count(*) FILTER (WHERE accepted_at < ?6)
         FROM message WHERE ?1 IS NULL OR tenant = ?1",
    )?;
    let [first, second, third, fourth] = QUEUE_AGES.map(|age| micros(now.checked_sub(age).unwrap_or(Timestamp::MIN)));
    statement.query_row(params![owner(scope), micros(now), first, second, third, fourth], |row| {
        Ok(QueueStats {
            total: read_number(row, 0)?,
            held: read_number(row, 1)?,
            due: read_number(row, 2)?,
            claimed: read_number(row, 3)?,
            octets: read_number(row, 4)?,
            oldest_accepted: read_optional_time(row, 5)?,
            older: [read_number(row, 6)?, read_number(row, 7)?, read_number(row, 8)?, read_number(row, 9)?],
        })
    })
}
