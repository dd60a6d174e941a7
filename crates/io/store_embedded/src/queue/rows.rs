//! How messages, recipients and attempts lie in rows.

use core_directory::{SendConnectorId, TenantId};
use io_store::{
    AttemptRecord, BodyId, Direction, MAX_ATTEMPTS_KEPT, MessageId, QueuedMessage, QueuedRecipient, RecipientId,
    RecipientState,
};
use rusqlite::{Connection, Error, Result, Row, params};

use crate::columns::{micros, number, read_number, read_optional_number, read_time};

/// The columns that [`read_message`] reads, in its order.
pub const MESSAGE: &str = "id, tenant, direction, reverse_path, send_connector, body, size, eight_bit, smtp_utf8, ret,
    envid, accepted_at, reference, attributed, hold, next_attempt, attempts, last_reply, handed_over_by, delay_told, binary";

/// The number of columns in [`MESSAGE`].
pub const MESSAGE_COLUMNS: usize = 21;

/// Reads a message without its recipients.
pub fn read_message(row: &Row<'_>) -> Result<QueuedMessage> {
    Ok(QueuedMessage {
        id: MessageId(read_number(row, 0)?),
        tenant: TenantId(read_number(row, 1)?),
        direction: read_direction(row, 2)?,
        reverse_path: row.get(3)?,
        recipients: Vec::new(),
        send_connector: SendConnectorId(read_number(row, 4)?),
        body: BodyId(read_number(row, 5)?),
        size: read_number(row, 6)?,
        eight_bit: row.get(7)?,
        smtp_utf8: row.get(8)?,
        ret: row.get(9)?,
        envid: row.get(10)?,
        accepted_at: read_time(row, 11)?,
        reference: row.get(12)?,
        attributed: row.get(13)?,
        hold: row.get(14)?,
        next_attempt: read_time(row, 15)?,
        attempts: row.get(16)?,
        last_reply: row.get(17)?,
        handed_over_by: read_optional_number(row, 18)?.map(TenantId),
        delay_told: row.get(19)?,
        binary: row.get(20)?,
    })
}

/// A domain for the column `domain_key`: its labels from the last to the first, each with a dot.
pub fn domain_key(domain: &str) -> String {
    let labels = domain.rsplit('.').filter(|label| !label.is_empty());
    labels.fold(String::with_capacity(domain.len() + 1), |key, label| key + label + ".")
}

/// The number that stands for a direction.
pub fn direction(direction: Direction) -> i64 {
    match direction {
        Direction::Originating => 0,
        Direction::Incoming => 1,
    }
}

/// Reads a direction.
pub fn read_direction(row: &Row<'_>, column: usize) -> Result<Direction> {
    match row.get(column)? {
        0 => Ok(Direction::Originating),
        1 => Ok(Direction::Incoming),
        other => Err(Error::IntegralValueOutOfRange(column, other)),
    }
}

/// The number that stands for the state of a recipient. Statements about pending ones say 0.
pub fn state(state: RecipientState) -> i64 {
    match state {
        RecipientState::Pending => 0,
        RecipientState::Delivered => 1,
        RecipientState::Failed => 2,
    }
}

fn read_state(row: &Row<'_>, column: usize) -> Result<RecipientState> {
    match row.get(column)? {
        0 => Ok(RecipientState::Pending),
        1 => Ok(RecipientState::Delivered),
        2 => Ok(RecipientState::Failed),
        other => Err(Error::IntegralValueOutOfRange(column, other)),
    }
}

/// The recipients of a message by place, all or the pending ones.
pub fn recipients(connection: &Connection, message: MessageId, pending_only: bool) -> Result<Vec<QueuedRecipient>> {
    let mut statement = connection.prepare_cached(
        "SELECT ordinal, forward_path, notify, orcpt, state, last_reply FROM recipient
         WHERE message = ?1 AND (NOT ?2 OR state = 0) ORDER BY ordinal",
    )?;
    let rows = statement.query_map(params![number(message.0), pending_only], |row| {
        Ok(QueuedRecipient {
            id: RecipientId(row.get(0)?),
            forward_path: row.get(1)?,
            notify: row.get(2)?,
            orcpt: row.get(3)?,
            state: read_state(row, 4)?,
            last_reply: row.get(5)?,
        })
    })?;
    rows.collect()
}

/// Adds an attempt to a message's history, and drops the oldest beyond the bound.
pub fn add_attempt(connection: &Connection, message: MessageId, attempt: &AttemptRecord) -> Result<()> {
    let id = number(message.0);
    let mut insert = connection.prepare_cached(
        "INSERT INTO attempt (message, ordinal, at, next_hop, tls, result)
         VALUES (?1, (SELECT coalesce(max(ordinal), 0) + 1 FROM attempt WHERE message = ?1), ?2, ?3, ?4, ?5)",
    )?;
    insert.execute(params![id, micros(attempt.at), attempt.next_hop, attempt.tls, attempt.result])?;
    let mut trim = connection.prepare_cached(
        "DELETE FROM attempt
         WHERE message = ?1 AND ordinal <= (SELECT max(ordinal) FROM attempt WHERE message = ?1) - ?2",
    )?;
    trim.execute(params![id, number(MAX_ATTEMPTS_KEPT as u64)])?;
    Ok(())
}

/// The history of a message, oldest first.
pub fn attempts(connection: &Connection, message: MessageId) -> Result<Vec<AttemptRecord>> {
    let mut statement = connection
        .prepare_cached("SELECT at, next_hop, tls, result FROM attempt WHERE message = ?1 ORDER BY ordinal")?;
    let rows = statement.query_map([number(message.0)], |row| {
        Ok(AttemptRecord { at: read_time(row, 0)?, next_hop: row.get(1)?, tls: row.get(2)?, result: row.get(3)? })
    })?;
    rows.collect()
}
