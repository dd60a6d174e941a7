//! How much of the disk the trace takes. The limit is looked after where records are written, so that no load outruns it:
//! whenever so much has been written, more than that goes from the old end.

use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;

use super::events;

/// Rows that go at a time.
const SLICE: u64 = 200;

/// The part of the limit that is written between two looks, and its bounds: a look costs microseconds.
const LOOKS: u64 = 64;
const LEAST_BETWEEN: u64 = 16 * 1024;
const MOST_BETWEEN: u64 = 4 * 1024 * 1024;

/// Octets that a refusal takes on average, its reasoning and its entries in the indices.
const OF_REFUSAL: u64 = 4 * 1024;

/// What is kept free of the limit, as a part of it: pages that are half empty count as full.
const SPARE: u64 = 16;

/// The limit, and how much was written since the last look.
#[derive(Debug)]
pub struct TraceRoom {
    limit: AtomicU64,
    written: AtomicU64,
}

impl TraceRoom {
    /// Without a limit.
    pub fn new() -> Self {
        Self { limit: AtomicU64::new(u64::MAX), written: AtomicU64::new(0) }
    }

    /// Sets the limit; the next record looks whether it is kept.
    pub fn limit(&self, octets: u64) {
        self.limit.store(octets, Ordering::Relaxed);
        self.written.store(MOST_BETWEEN, Ordering::Relaxed);
    }

    /// After `weight` octets were written: removes the oldest where there is too much.
    pub fn keep(&self, connection: &Connection, weight: u64) -> rusqlite::Result<()> {
        let limit = self.limit.load(Ordering::Relaxed);
        let between = (limit / LOOKS).clamp(LEAST_BETWEEN, MOST_BETWEEN);
        let written = self.written.fetch_add(weight, Ordering::Relaxed).saturating_add(weight);
        if written < between {
            return Ok(());
        }
        self.written.store(0, Ordering::Relaxed);
        if used(connection)? <= limit - limit / SPARE {
            return Ok(());
        }
        let mut removed = 0;
        while removed <= between.saturating_mul(2) {
            let freed = remove_oldest(connection, limit)?;
            if freed == 0 {
                break;
            }
            removed = removed.saturating_add(freed);
        }
        Ok(())
    }
}

/// Octets of pages that hold something.
fn used(connection: &Connection) -> rusqlite::Result<u64> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u32>(0)).map(u64::from);
    Ok(pragma("page_count")?.saturating_sub(pragma("freelist_count")?).saturating_mul(pragma("page_size")?))
}

/// Removes a slice from the old end; about how many octets went. Refusals, which strangers cause, take no more than a quarter
/// of the limit, and go first where they do.
fn remove_oldest(connection: &Connection, limit: u64) -> rusqlite::Result<u64> {
    let refusals: i64 = connection
        .prepare_cached("SELECT coalesce((SELECT max(id) FROM refusal) - (SELECT min(id) FROM refusal) + 1, 0)")?
        .query_row([], |row| row.get(0))?;
    if u64::try_from(refusals).unwrap_or(0).saturating_mul(OF_REFUSAL) <= limit / 4 {
        let freed = remove_events(connection)?;
        if freed > 0 {
            return Ok(freed);
        }
    }
    let mut statement =
        connection.prepare_cached("DELETE FROM refusal WHERE id IN (SELECT id FROM refusal ORDER BY id LIMIT ?1)")?;
    Ok((statement.execute([SLICE.cast_signed()])? as u64).saturating_mul(OF_REFUSAL))
}

fn remove_events(connection: &Connection) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM event WHERE id IN (SELECT id FROM event ORDER BY id LIMIT ?1)
         RETURNING octet_length(body) + 2 * coalesce(octet_length(mail_from), 0) + 2 * coalesce(octet_length(rcpt_to), 0)",
    )?;
    let rows = statement.query_map([SLICE.cast_signed()], |row| row.get::<_, u32>(0))?;
    rows.map(|row| row.map(|octets| u64::from(octets) + events::OVERHEAD)).sum()
}
