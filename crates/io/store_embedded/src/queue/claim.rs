//! Claims: who works on which message until when.
//!
//! Messages of one tenant for one send connector form a *lane*. A claim goes over the lanes that have due messages,
//! takes an even share from each, and fills up from the lanes whose oldest message waits longest. The cost depends on
//! the lanes and on what is claimed, not on the length of the queue.

use std::collections::HashSet;

use core_directory::{SendConnectorId, TenantId};
use io_store::{Ages, ClaimExcept, ClaimNumber, ClaimedMessage, LaneKey, MessageId, Scope, StoreError};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{MESSAGE, read_message, recipients};
use crate::columns::{micros, number, owner, read_number};
use crate::failure::Failure;

/// Claims due messages.
pub fn claim(
    connection: &Connection,
    scope: Scope,
    node: &str,
    now: Timestamp,
    limit: usize,
    until: Timestamp,
    except: &ClaimExcept,
) -> Result<Vec<ClaimedMessage>, Failure> {
    check_end(now, until)?;
    let mut lanes = due_lanes(connection, scope, now)?;
    lanes.retain(|lane| !except.lanes.contains(&lane.key) && !except.tenants.contains(&lane.key.tenant));
    let share = limit.checked_div(lanes.len()).unwrap_or(0).max(1);
    let mut claimed = Vec::new();
    for portion in [share, limit] {
        for lane in &lanes {
            let wanted = portion.min(limit.saturating_sub(claimed.len()));
            if wanted == 0 {
                break;
            }
            for message in due_in(connection, lane, now, wanted)? {
                claimed.push(take(connection, message, node, until)?);
            }
        }
    }
    claimed.sort_by_key(|claimed| (claimed.message.next_attempt, claimed.message.id));
    Ok(claimed)
}

/// Claims due messages of some lanes that have reached an age.
#[expect(clippy::too_many_arguments, reason = "they are those of the operation")]
pub fn claim_aged(
    connection: &Connection,
    scope: Scope,
    node: &str,
    now: Timestamp,
    limit: usize,
    until: Timestamp,
    lanes: &HashSet<LaneKey>,
    ages: Ages,
) -> Result<Vec<ClaimedMessage>, Failure> {
    check_end(now, until)?;
    let mut statement = connection.prepare_cached(
        "SELECT id FROM message
         WHERE hold IS NULL AND tenant = ?1 AND send_connector = ?2 AND ready_at <= ?3 AND CASE
            WHEN reverse_path IS NULL THEN accepted_at <= ?4
            ELSE accepted_at <= ?5 OR (accepted_at <= ?6 AND NOT delay_told) END
         ORDER BY ready_at, id LIMIT ?7",
    )?;
    let mut claimed = Vec::new();
    for lane in lanes.iter().filter(|lane| scope.allows(lane.tenant)) {
        let wanted = limit.saturating_sub(claimed.len());
        let bounds = params![
            number(lane.tenant.0),
            number(lane.connector.0),
            micros(now),
            micros(ages.give_up_bounce),
            micros(ages.give_up),
            micros(ages.late),
            number(wanted as u64)
        ];
        let rows = statement.query_map(bounds, |row| read_number(row, 0).map(MessageId))?;
        for message in rows.collect::<rusqlite::Result<Vec<_>>>()? {
            claimed.push(take(connection, message, node, until)?);
        }
    }
    Ok(claimed)
}

fn check_end(now: Timestamp, until: Timestamp) -> Result<(), StoreError> {
    if until > now {
        return Ok(());
    }
    let reason = format!("it would end at {until}, before it begins at {now}");
    Err(StoreError::invalid("the claim", reason))
}

/// Messages of one tenant for one connector, and when the first of them became ready.
struct Lane {
    key: LaneKey,
    ready_at: i64,
}

/// The lanes with due messages, the one that waits longest first.
fn due_lanes(connection: &Connection, scope: Scope, now: Timestamp) -> rusqlite::Result<Vec<Lane>> {
    // The index is ordered by tenant, connector and time: the first row past a lane is the earliest of the next one.
    let mut next = connection.prepare_cached(
        "SELECT tenant, send_connector, ready_at FROM message
         WHERE hold IS NULL AND (tenant, send_connector) > (?1, ?2)
         ORDER BY tenant, send_connector, ready_at LIMIT 1",
    )?;
    let mut last = (owner(scope).unwrap_or(-1), -1);
    let mut lanes = Vec::new();
    while let Some(lane) = next
        .query_row([last.0, last.1], |row| {
            let key =
                LaneKey { tenant: TenantId(read_number(row, 0)?), connector: SendConnectorId(read_number(row, 1)?) };
            Ok(Lane { key, ready_at: row.get(2)? })
        })
        .optional()?
    {
        if !scope.allows(lane.key.tenant) {
            break;
        }
        last = (number(lane.key.tenant.0), number(lane.key.connector.0));
        if lane.ready_at <= micros(now) {
            lanes.push(lane);
        }
    }
    lanes.sort_by_key(|lane| lane.ready_at);
    Ok(lanes)
}

fn due_in(connection: &Connection, lane: &Lane, now: Timestamp, limit: usize) -> rusqlite::Result<Vec<MessageId>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM message
         WHERE hold IS NULL AND tenant = ?1 AND send_connector = ?2 AND ready_at <= ?3
         ORDER BY ready_at, id LIMIT ?4",
    )?;
    let LaneKey { tenant, connector } = lane.key;
    let bounds = params![number(tenant.0), number(connector.0), micros(now), number(limit as u64)];
    let rows = statement.query_map(bounds, |row| read_number(row, 0).map(MessageId))?;
    rows.collect()
}

fn take(connection: &Connection, message: MessageId, node: &str, until: Timestamp) -> rusqlite::Result<ClaimedMessage> {
    let claim = next_claim(connection)?;
    let mut update = connection.prepare_cached(&format!(
        "UPDATE message SET claim = ?2, claim_node = ?3, claim_until = ?4, ready_at = ?4 WHERE id = ?1
         RETURNING {MESSAGE}"
    ))?;
    let values = params![number(message.0), number(claim.0), node, micros(until)];
    let mut message = update.query_row(values, read_message)?;
    message.recipients = recipients(connection, message.id, true)?;
    Ok(ClaimedMessage { claim, message })
}

/// Gives out the next claim number.
pub fn next_claim(connection: &Connection) -> rusqlite::Result<ClaimNumber> {
    let mut statement = connection.prepare_cached("UPDATE claims SET last = last + 1 RETURNING last")?;
    statement.query_row([], |row| read_number(row, 0)).map(ClaimNumber)
}

/// Moves the end of a claim.
pub fn renew(connection: &Connection, scope: Scope, claim: ClaimNumber, until: Timestamp) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "UPDATE message SET claim_until = ?3, ready_at = ?3 WHERE claim = ?1 AND (?2 IS NULL OR tenant = ?2)",
    )?;
    match statement.execute(params![number(claim.0), owner(scope), micros(until)])? {
        0 => Err(StoreError::Stale { claim }.into()),
        _ => Ok(()),
    }
}

/// Ends the claims of a node, as if they had never been.
pub fn release_node(connection: &Connection, scope: Scope, node: &str) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare_cached(
        "UPDATE message SET claim = NULL, claim_node = NULL, claim_until = NULL, ready_at = next_attempt
         WHERE claim_node = ?1 AND (?2 IS NULL OR tenant = ?2)",
    )?;
    Ok(statement.execute(params![node, owner(scope)])? as u64)
}
