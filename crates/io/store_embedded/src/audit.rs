//! The audit trail in `directory.db`.

use core_directory::{DirectoryVersion, TenantId};
use io_store::{AuditEntry, AuditFilter, AuditRecord, MAX_AUDIT_PAGE, Scope, StoreError};
use rusqlite::{Connection, Row, params};

use crate::columns::{micros, number, owner, read_number, read_optional_number, read_time};
use crate::failure::Failure;

/// Writes the records of a change, in its transaction.
pub fn write(
    connection: &Connection,
    scope: Scope,
    version: DirectoryVersion,
    entry: &AuditEntry,
) -> Result<(), Failure> {
    if entry.summaries.is_empty() {
        return Err(StoreError::invalid("the audit entry", "it tells nothing: give at least one summary").into());
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO audit (version, tenant, actor, origin, at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for summary in &entry.summaries {
        if !summary.tenant.map_or(scope == Scope::Operator, |tenant| scope.allows(tenant)) {
            return Err(StoreError::not_found("the tenant of the audit summary").into());
        }
        statement.execute(params![
            number(version.0),
            summary.tenant.map(|tenant| number(tenant.0)),
            entry.actor,
            entry.origin,
            micros(entry.at),
            summary.body
        ])?;
    }
    Ok(())
}

/// Records, newest first. Names are looked for in bodies that have them at all, so that few are taken apart.
pub fn read(connection: &Connection, scope: Scope, filter: &AuditFilter) -> rusqlite::Result<Vec<AuditRecord>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, version, tenant, actor, origin, at, body FROM audit
         WHERE (?1 IS NULL OR tenant = ?1) AND (?2 IS NULL OR tenant = ?2) AND id < ?3
           AND (?4 IS NULL OR at >= ?4) AND (?5 IS NULL OR actor = ?5)
           AND (?6 IS NULL OR (instr(body, json_quote(?6)) > 0 AND EXISTS (
                SELECT 1 FROM json_each(audit.body, '$.diff') AS entry
                WHERE json_extract(entry.value, '$.name') = ?6)))
         ORDER BY id DESC LIMIT ?7",
    )?;
    let rows = statement.query_map(
        params![
            owner(scope),
            filter.tenant.map(|tenant| number(tenant.0)),
            filter.before.map_or(i64::MAX, number),
            filter.since.map(micros),
            filter.actor,
            filter.object,
            number(filter.limit.min(MAX_AUDIT_PAGE) as u64)
        ],
        read_record,
    )?;
    rows.collect()
}

fn read_record(row: &Row<'_>) -> rusqlite::Result<AuditRecord> {
    Ok(AuditRecord {
        id: read_number(row, 0)?,
        version: DirectoryVersion(read_number(row, 1)?),
        tenant: read_optional_number(row, 2)?.map(TenantId),
        actor: row.get(3)?,
        origin: row.get(4)?,
        at: read_time(row, 5)?,
        body: row.get(6)?,
    })
}
