//! Messages that enter the queue: from reception, or as bounces of a settlement.

use io_store::{Accepted, ClaimNumber, Lease, MessageId, NewMessage, Scope, StoreError, domain_of};
use rusqlite::{Connection, Error, params};

use super::claim::next_claim;
use super::rows::{add_attempt, direction, domain_key};
use crate::columns::{micros, number, read_number};
use crate::failure::Failure;

/// Queues all messages or none.
pub fn accept(connection: &Connection, scope: Scope, messages: &[NewMessage]) -> Result<Vec<Accepted>, Failure> {
    messages.iter().map(|message| accept_one(connection, scope, message)).collect()
}

fn accept_one(connection: &Connection, scope: Scope, message: &NewMessage) -> Result<Accepted, Failure> {
    if !scope.allows(message.tenant) {
        return Err(StoreError::not_found(format!("tenant {}", message.tenant)).into());
    }
    if message.recipients.is_empty() {
        let reason = "it has no recipients: give at least one";
        return Err(StoreError::invalid(format!("message {}", message.reference), reason).into());
    }
    let mut body =
        connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM body WHERE id = ?1 AND tenant = ?2 AND sealed)")?;
    if !body.query_row(params![number(message.body.0), number(message.tenant.0)], |row| row.get(0))? {
        return Err(StoreError::not_found(format!("body {}", message.body)).into());
    }
    let claim = message.lease.as_ref().map(|_| next_claim(connection)).transpose()?;
    let id = insert_message(connection, message, message.lease.as_ref().zip(claim))?;
    insert_recipients(connection, id, message)?;
    if let Some(attempt) = &message.first_attempt {
        add_attempt(connection, id, attempt)?;
    }
    Ok(Accepted { message: id, claim })
}

fn insert_message(
    connection: &Connection,
    message: &NewMessage,
    lease: Option<(&Lease, ClaimNumber)>,
) -> rusqlite::Result<MessageId> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO message (tenant, direction, reverse_path, send_connector, body, size, eight_bit, smtp_utf8, ret,
            envid, accepted_at, reference, attributed, hold, next_attempt, attempts, last_reply, claim, claim_node,
            claim_until, ready_at, handed_over_by, binary)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)
         RETURNING id",
    )?;
    let next_attempt = micros(message.next_attempt);
    let until = lease.map(|(lease, _)| micros(lease.until));
    let values = params![
        number(message.tenant.0),
        direction(message.direction),
        message.reverse_path,
        number(message.send_connector.0),
        number(message.body.0),
        number(message.size),
        message.eight_bit,
        message.smtp_utf8,
        message.ret,
        message.envid,
        micros(message.accepted_at),
        message.reference,
        message.attributed,
        message.hold,
        next_attempt,
        message.first_attempt.is_some(),
        message.first_attempt.as_ref().map(|attempt| &attempt.result),
        lease.map(|(_, claim)| number(claim.0)),
        lease.map(|(lease, _)| &lease.node),
        until,
        until.unwrap_or(next_attempt),
        message.handed_over_by.map(|tenant| number(tenant.0)),
        message.binary
    ];
    statement.query_row(values, |row| read_number(row, 0)).map(MessageId)
}

fn insert_recipients(connection: &Connection, id: MessageId, message: &NewMessage) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO recipient (message, ordinal, forward_path, notify, orcpt, state, last_reply, domain_key)
         VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7)",
    )?;
    for (place, recipient) in message.recipients.iter().enumerate() {
        let place = u32::try_from(place).map_err(|error| Error::ToSqlConversionFailure(Box::new(error)))?;
        statement.execute(params![
            number(id.0),
            place,
            recipient.forward_path,
            recipient.notify,
            recipient.orcpt,
            recipient.last_reply,
            domain_key(&domain_of(&recipient.forward_path))
        ])?;
    }
    Ok(())
}
