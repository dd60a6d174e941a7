//! What an administrator does to messages: hold, release, retry, remove. All that are named, or none.

use io_store::{BodyId, MAX_QUEUE_PAGE, MessageId, Scope, StoreError};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::bodies::remove_unreferenced;
use crate::columns::{micros, number, owner, read_number};
use crate::failure::Failure;

/// Holds messages back.
pub fn hold(connection: &Connection, scope: Scope, messages: &[MessageId], reason: &str) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached("UPDATE message SET hold = ?2 WHERE id = ?1")?;
    each(connection, scope, messages, |message, _| {
        statement.execute(params![number(message.0), reason])?;
        Ok(())
    })
}

/// Lets held messages go on.
pub fn release(connection: &Connection, scope: Scope, messages: &[MessageId]) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached("UPDATE message SET hold = NULL WHERE id = ?1")?;
    each(connection, scope, messages, |message, _| {
        statement.execute([number(message.0)])?;
        Ok(())
    })
}

/// Makes messages due. While there is a claim, its end still decides when another may be made.
pub fn retry_now(connection: &Connection, scope: Scope, messages: &[MessageId], now: Timestamp) -> Result<(), Failure> {
    let mut statement = connection
        .prepare_cached("UPDATE message SET next_attempt = ?2, ready_at = coalesce(claim_until, ?2) WHERE id = ?1")?;
    each(connection, scope, messages, |message, _| {
        statement.execute(params![number(message.0), micros(now)])?;
        Ok(())
    })
}

/// Removes messages.
pub fn remove(connection: &Connection, scope: Scope, messages: &[MessageId]) -> Result<(), Failure> {
    each(connection, scope, messages, |message, body| delete(connection, message, body))
}

/// Removes a message, and its body if no other message needs it.
pub fn delete(connection: &Connection, message: MessageId, body: BodyId) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM message WHERE id = ?1")?.execute([number(message.0)])?;
    remove_unreferenced(connection, body)?;
    Ok(())
}

/// Applies `change` to each message in turn. The first that is not in the scope ends the operation, which undoes it.
fn each(
    connection: &Connection,
    scope: Scope,
    messages: &[MessageId],
    mut change: impl FnMut(MessageId, BodyId) -> rusqlite::Result<()>,
) -> Result<(), Failure> {
    if messages.len() > MAX_QUEUE_PAGE {
        let reason = format!("{} messages are named, at most {MAX_QUEUE_PAGE} go at a time", messages.len());
        return Err(StoreError::invalid("the change", reason).into());
    }
    let mut find =
        connection.prepare_cached("SELECT body FROM message WHERE id = ?1 AND (?2 IS NULL OR tenant = ?2)")?;
    for message in messages {
        let body = find.query_row(params![number(message.0), owner(scope)], |row| read_number(row, 0)).optional()?;
        let body = body.ok_or_else(|| StoreError::not_found(format!("message {message}")))?;
        change(*message, BodyId(body))?;
    }
    Ok(())
}
