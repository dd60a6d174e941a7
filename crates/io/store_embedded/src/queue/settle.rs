//! The end of a claim: what became of the recipients, the history, the bounces, and the message's way out.

use core_directory::TenantId;
use io_store::{
    BodyId, ClaimNumber, MessageId, NewMessage, Outcome, RecipientId, RecipientState, Scope, Settled, Settlement,
    StoreError,
};
use rusqlite::{Connection, OptionalExtension, params};

use super::accept::accept;
use super::change::delete;
use super::rows::{add_attempt, state};
use crate::columns::{micros, number, owner, read_number};
use crate::failure::Failure;

/// Ends a claim.
pub fn settle(
    connection: &Connection,
    scope: Scope,
    claim: ClaimNumber,
    settlement: &Settlement,
) -> Result<Settled, Failure> {
    let (message, tenant, body) = claimed(connection, scope, claim)?;
    for (recipient, outcome) in &settlement.outcomes {
        record(connection, message, *recipient, outcome)?;
    }
    let foreign = |bounce: &&NewMessage| bounce.tenant != tenant && bounce.handed_over_by != Some(tenant);
    if let Some(bounce) = settlement.bounces.iter().find(foreign) {
        let reason = format!(
            "it names tenant {}: a bounce belongs to the tenant of its message, or is handed over by it",
            bounce.tenant
        );
        return Err(StoreError::invalid(format!("bounce {}", bounce.reference), reason).into());
    }
    let bounces = accept(connection, scope, &settlement.bounces)?;
    let mut pending =
        connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM recipient WHERE message = ?1 AND state = 0)")?;
    let pending: bool = pending.query_row([number(message.0)], |row| row.get(0))?;
    if pending {
        put_back(connection, message, settlement)?;
    } else {
        delete(connection, message, body)?;
    }
    Ok(Settled { finished: !pending, bounces })
}

fn claimed(
    connection: &Connection,
    scope: Scope,
    claim: ClaimNumber,
) -> Result<(MessageId, TenantId, BodyId), Failure> {
    let mut statement = connection
        .prepare_cached("SELECT id, tenant, body FROM message WHERE claim = ?1 AND (?2 IS NULL OR tenant = ?2)")?;
    let found = statement
        .query_row(params![number(claim.0), owner(scope)], |row| {
            Ok((MessageId(read_number(row, 0)?), TenantId(read_number(row, 1)?), BodyId(read_number(row, 2)?)))
        })
        .optional()?;
    found.ok_or_else(|| StoreError::Stale { claim }.into())
}

fn record(
    connection: &Connection,
    message: MessageId,
    recipient: RecipientId,
    outcome: &Outcome,
) -> Result<(), Failure> {
    let (new_state, reply) = match outcome {
        Outcome::Delivered { reply } => (RecipientState::Delivered, reply),
        Outcome::Failed { reply } => (RecipientState::Failed, reply),
        Outcome::Deferred { reply } => (RecipientState::Pending, reply),
    };
    let mut statement = connection.prepare_cached(
        "UPDATE recipient SET state = ?3, last_reply = ?4 WHERE message = ?1 AND ordinal = ?2 AND state = 0",
    )?;
    match statement.execute(params![number(message.0), recipient.0, state(new_state), reply])? {
        0 => Err(StoreError::not_found(format!("pending recipient {} of message {message}", recipient.0)).into()),
        _ => Ok(()),
    }
}

/// Frees a message whose recipients are not all done.
fn put_back(connection: &Connection, message: MessageId, settlement: &Settlement) -> rusqlite::Result<()> {
    if let Some(attempt) = &settlement.attempt {
        add_attempt(connection, message, attempt)?;
    }
    let mut statement = connection.prepare_cached(
        "UPDATE message SET claim = NULL, claim_node = NULL, claim_until = NULL, attempts = attempts + ?2,
            last_reply = coalesce(?3, last_reply), next_attempt = coalesce(?4, next_attempt),
            ready_at = coalesce(?4, next_attempt), delay_told = delay_told OR ?5
         WHERE id = ?1",
    )?;
    statement.execute(params![
        number(message.0),
        settlement.count_attempt,
        settlement.attempt.as_ref().map(|attempt| &attempt.result),
        settlement.next_attempt.map(micros),
        settlement.delay_told
    ])?;
    Ok(())
}
