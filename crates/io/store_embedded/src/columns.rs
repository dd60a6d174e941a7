//! How identities and times lie in columns: both as signed 64-bit integers, times in microseconds since 1970.

use io_store::Scope;
use jiff::Timestamp;
use rusqlite::{Error, Result, Row};

/// An identity or a number for a column. Identities end below 2^63; a greater one finds nothing.
pub fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A time for a column.
pub fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// The tenant that a statement is held to; `None` is all.
pub fn owner(scope: Scope) -> Option<i64> {
    scope.tenant().map(|tenant| number(tenant.0))
}

/// Reads an identity or a number.
pub fn read_number(row: &Row<'_>, column: usize) -> Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| Error::IntegralValueOutOfRange(column, value))
}

/// Reads an identity or a number that may be missing.
pub fn read_optional_number(row: &Row<'_>, column: usize) -> Result<Option<u64>> {
    match row.get::<_, Option<i64>>(column)? {
        None => Ok(None),
        Some(_) => read_number(row, column).map(Some),
    }
}

/// Reads a time.
pub fn read_time(row: &Row<'_>, column: usize) -> Result<Timestamp> {
    let value: i64 = row.get(column)?;
    Timestamp::from_microsecond(value).map_err(|_| Error::IntegralValueOutOfRange(column, value))
}

/// Reads a time that may be missing.
pub fn read_optional_time(row: &Row<'_>, column: usize) -> Result<Option<Timestamp>> {
    match row.get::<_, Option<i64>>(column)? {
        None => Ok(None),
        Some(_) => read_time(row, column).map(Some),
    }
}
