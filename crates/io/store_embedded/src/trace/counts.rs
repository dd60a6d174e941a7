//! How much was refused, by the hour. The number of counts an hour is bounded: what strangers can vary is not in their keys,
//! and what is beyond the bound is counted with less detail.

use core_directory::TenantId;
use io_store::{CountFilter, MAX_COUNTS, NearMiss, RefusalCount, Scope};
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::columns::{micros, number, owner, read_number, read_time};

/// Counts of one hour with full detail: of a thousand tenants, each with a kind of refusal or two.
const MAX_KEYS: i64 = 2_000;

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// What is counted together in an hour. Identity 0 is none.
#[derive(Clone, Debug)]
pub struct CountKey {
    pub tenant: i64,
    pub nearest_tenant: i64,
    pub nearest_connector: String,
    pub kind: String,
    pub first: bool,
}

/// Counts one more.
pub fn add(connection: &Connection, at: Timestamp, key: CountKey) -> rusqlite::Result<()> {
    let hour = micros(at).div_euclid(HOUR).saturating_mul(HOUR);
    if increment(connection, hour, &key)? {
        return Ok(());
    }
    let keys = connection
        .prepare_cached("SELECT count(*) FROM refusal_count WHERE hour = ?1")?
        .query_row([hour], |row| row.get::<_, i64>(0))?;
    let key = match keys < MAX_KEYS {
        true => key,
        // Kinds of replies are few.
        false => CountKey { tenant: 0, nearest_tenant: 0, nearest_connector: String::new(), ..key },
    };
    if keys >= MAX_KEYS && increment(connection, hour, &key)? {
        return Ok(());
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO refusal_count (hour, tenant, nearest_tenant, nearest_connector, kind, first, refused)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)",
    )?;
    let CountKey { tenant, nearest_tenant, nearest_connector, kind, first } = key;
    statement.execute(params![hour, tenant, nearest_tenant, nearest_connector, kind, first])?;
    Ok(())
}

/// Whether there was a count to be incremented.
fn increment(connection: &Connection, hour: i64, key: &CountKey) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(
        "UPDATE refusal_count SET refused = refused + 1
         WHERE hour = ?1 AND tenant = ?2 AND nearest_tenant = ?3 AND nearest_connector = ?4 AND kind = ?5 AND first = ?6",
    )?;
    let CountKey { tenant, nearest_tenant, nearest_connector, kind, first } = key;
    Ok(statement.execute(params![hour, tenant, nearest_tenant, nearest_connector, kind, first])? > 0)
}

/// The counts of a time, the newest first, and of each hour or day the greatest first.
pub fn find(connection: &Connection, scope: Scope, filter: CountFilter) -> rusqlite::Result<Vec<RefusalCount>> {
    let step = filter.step.seconds().saturating_mul(1_000_000);
    let since = micros(filter.since).div_euclid(step).saturating_mul(step);
    let until = micros(filter.until).div_euclid(step).saturating_mul(step).saturating_add(step);
    let mut statement = connection.prepare_cached(
        "SELECT hour - hour % ?1 AS start, tenant, nearest_tenant, nearest_connector, kind, first, sum(refused) AS all_of_it
         FROM refusal_count WHERE hour >= ?2 AND hour < ?3 AND (?4 IS NULL OR tenant = ?4)
         GROUP BY start, tenant, nearest_tenant, nearest_connector, kind, first
         ORDER BY start DESC, all_of_it DESC, tenant, nearest_tenant, nearest_connector, kind LIMIT ?5",
    )?;
    let rows = statement.query_map(params![step, since, until, owner(scope), number(MAX_COUNTS as u64)], read)?;
    rows.collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<RefusalCount> {
    let identity = |column| read_number(row, column).map(|id| (id > 0).then_some(TenantId(id)));
    let connector: String = row.get(3)?;
    Ok(RefusalCount {
        from: read_time(row, 0)?,
        tenant: identity(1)?,
        nearest: identity(2)?.map(|tenant| NearMiss { tenant, connector }),
        kind: row.get(4)?,
        first: row.get(5)?,
        refused: read_number(row, 6)?,
    })
}

/// Removes the counts of hours before `before`.
pub fn prune(connection: &Connection, before: Timestamp) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM refusal_count WHERE hour < ?1")?.execute([micros(before)])?;
    Ok(())
}
