//! What tenants used of their limits: for each tenant and length of window the newest.

use core_directory::{TenantId, Window};
use io_store::{Scope, UseRecord};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Error, params, types::Type};

use crate::columns::{micros, number, owner, read_number, read_time};

/// No window is longer: what began before is over.
const LONGEST_WINDOW: SignedDuration = SignedDuration::from_hours(31 * 24);

/// Puts a record in the place of the one before.
pub fn put(connection: &Connection, record: &UseRecord) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO tenant_use (tenant, span, start, messages, recipients) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    statement.execute(params![
        number(record.tenant.0),
        record.window.word(),
        micros(record.start),
        number(record.messages),
        number(record.recipients)
    ])?;
    Ok(())
}

/// All records, by tenant.
pub fn all(connection: &Connection, scope: Scope) -> rusqlite::Result<Vec<UseRecord>> {
    let mut statement = connection.prepare_cached(
        "SELECT tenant, span, start, messages, recipients FROM tenant_use WHERE ?1 IS NULL OR tenant = ?1
         ORDER BY tenant, span",
    )?;
    let rows = statement.query_map([owner(scope)], |row| {
        let word: String = row.get(1)?;
        let window = Window::from_word(&word).ok_or_else(|| {
            Error::FromSqlConversionFailure(1, Type::Text, format!("{word:?} is no window of time").into())
        })?;
        Ok(UseRecord {
            tenant: TenantId(read_number(row, 0)?),
            window,
            start: read_time(row, 2)?,
            messages: read_number(row, 3)?,
            recipients: read_number(row, 4)?,
        })
    })?;
    rows.collect()
}

/// Removes windows that were over at `before`.
pub fn prune(connection: &Connection, before: Timestamp) -> rusqlite::Result<()> {
    let started = before.checked_sub(LONGEST_WINDOW).unwrap_or(Timestamp::MIN);
    connection.prepare_cached("DELETE FROM tenant_use WHERE start < ?1")?.execute([micros(started)])?;
    Ok(())
}
