//! What an administrator does to messages: hold, release, retry, remove. All that are named, or none.

use io_store::{
    BodyId, MAX_HOLD_REASON, MAX_QUEUE_PAGE, MessageId, QueueChange, QueueChanged, QueueFilter, Scope, StoreError,
};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use super::select;
use crate::bodies::remove_unreferenced;
use crate::columns::{micros, number, owner, read_number};
use crate::failure::Failure;

/// Holds messages back.
pub fn hold(connection: &Connection, scope: Scope, messages: &[MessageId], reason: &str) -> Result<(), Failure> {
    // A reason that is there already, or for which there is no room, is not put behind the others.
    let mut statement = connection.prepare_cached(
        "UPDATE message SET hold = CASE
            WHEN hold IS NULL THEN ?2
            WHEN instr(hold, ?2) > 0 OR octet_length(hold) + octet_length(?2) + 2 > ?3 THEN hold
            ELSE hold || '; ' || ?2 END
         WHERE id = ?1",
    )?;
    each(connection, scope, messages, |message, _| {
        statement.execute(params![number(message.0), reason, number(MAX_HOLD_REASON as u64)])?;
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

/// Changes what a filter finds, a page of it.
pub fn matching(
    connection: &Connection,
    scope: Scope,
    filter: &QueueFilter,
    change: &QueueChange,
) -> Result<QueueChanged, Failure> {
    let ids = select::ids(connection, scope, filter)?;
    match change {
        QueueChange::Hold { reason } => hold(connection, scope, &ids, reason)?,
        QueueChange::Release => release(connection, scope, &ids)?,
        QueueChange::Retry { now } => retry_now(connection, scope, &ids, *now)?,
        QueueChange::Remove => remove(connection, scope, &ids)?,
    }
    let is_whole = ids.len() == filter.limit.min(MAX_QUEUE_PAGE);
    Ok(QueueChanged { messages: ids.len() as u64, next: ids.last().copied().filter(|_| is_whole) })
}

/// Counts messages as accepted later.
pub fn rejuvenate(
    connection: &Connection,
    scope: Scope,
    before: Timestamp,
    by: SignedDuration,
    now: Timestamp,
) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare_cached(
        "UPDATE message SET accepted_at = min(accepted_at + ?3, ?4)
         WHERE accepted_at < ?2 AND (?1 IS NULL OR tenant = ?1)",
    )?;
    let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX / 2).clamp(0, i64::MAX / 2);
    Ok(statement.execute(params![owner(scope), micros(before), by, micros(now)])? as u64)
}

/// Mends times that lie in the future.
pub fn mend_times(connection: &Connection, scope: Scope, now: Timestamp, latest: Timestamp) -> rusqlite::Result<u64> {
    // Under a claim ready_at is the end of that, and the settlement sets the next time.
    let mut statement = connection.prepare_cached(
        "UPDATE message SET accepted_at = min(accepted_at, ?2),
            next_attempt = CASE WHEN next_attempt > ?3 THEN ?2 ELSE next_attempt END,
            ready_at = CASE WHEN claim IS NULL AND next_attempt > ?3 THEN ?2 ELSE ready_at END
         WHERE (accepted_at > ?2 OR next_attempt > ?3) AND (?1 IS NULL OR tenant = ?1)",
    )?;
    Ok(statement.execute(params![owner(scope), micros(now), micros(latest)])? as u64)
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
