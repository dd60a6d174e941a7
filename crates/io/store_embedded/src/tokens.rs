//! Tokens in `directory.db`, by the digests of their texts.

use async_trait::async_trait;
use core_directory::TenantId;
use io_store::{
    AuditEntry, MAX_TOKEN_PAGE, MAX_TOKENS, NewToken, ObjectKind, Scope, StoreError, TokenDigest, TokenRecord,
    TokenRole, TokenUse, Tokens, USE_NOTED_FOR,
};
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension as _, Row, params};

use crate::audit;
use crate::columns::{micros, number, owner, read_optional_number, read_optional_time, read_time};
use crate::database::Database;
use crate::directories::{is_unique_violation, object_exists, version};
use crate::failure::Failure;
use crate::writer::Room;

/// The words for roles in rows.
const OPERATOR: &str = "operator";
const TENANT_ADMINISTRATOR: &str = "tenant-administrator";
const READER: &str = "reader";

/// [`Tokens`] over `directory.db`.
pub struct EmbeddedTokens {
    database: Database,
}

impl EmbeddedTokens {
    /// Over an opened database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Tokens for EmbeddedTokens {
    async fn list(&self, scope: Scope, after: Option<String>, limit: usize) -> Result<Vec<TokenRecord>, StoreError> {
        self.database.read(move |connection| Ok(list(connection, scope, after, limit)?)).await
    }

    async fn get(&self, scope: Scope, name: &str) -> Result<TokenRecord, StoreError> {
        let name = name.to_owned();
        self.database.read(move |connection| get(connection, scope, &name)).await
    }

    async fn by_digest(&self, scope: Scope, digest: TokenDigest) -> Result<Option<TokenRecord>, StoreError> {
        self.database.read(move |connection| Ok(by_digest(connection, scope, digest)?)).await
    }

    async fn add(&self, scope: Scope, token: NewToken, audit: AuditEntry) -> Result<TokenRecord, StoreError> {
        self.database.write(Room::NotNeeded, move |connection| add(connection, scope, &token, &audit)).await
    }

    async fn set_expiry(
        &self,
        scope: Scope,
        name: &str,
        expires: Option<Timestamp>,
        audit: AuditEntry,
    ) -> Result<TokenRecord, StoreError> {
        let name = name.to_owned();
        let change = move |connection: &Connection| {
            get(connection, scope, &name)?;
            let mut statement = connection.prepare_cached("UPDATE token SET expires = ?2 WHERE name = ?1")?;
            statement.execute(params![name, expires.map(micros)])?;
            audit::write(connection, scope, version(connection)?, &audit)?;
            get(connection, scope, &name)
        };
        self.database.write(Room::NotNeeded, change).await
    }

    async fn remove(&self, scope: Scope, name: &str, audit: AuditEntry) -> Result<TokenRecord, StoreError> {
        let name = name.to_owned();
        let change = move |connection: &Connection| {
            let gone = get(connection, scope, &name)?;
            connection.prepare_cached("DELETE FROM token WHERE name = ?1")?.execute([name])?;
            audit::write(connection, scope, version(connection)?, &audit)?;
            Ok(gone)
        };
        self.database.write(Room::NotNeeded, change).await
    }

    async fn note_use(&self, scope: Scope, name: &str, used: TokenUse) -> Result<(), StoreError> {
        let name = name.to_owned();
        let note = move |connection: &Connection| {
            let before = used.at.checked_sub(USE_NOTED_FOR).unwrap_or(Timestamp::MIN);
            let mut statement = connection.prepare_cached(
                "UPDATE token SET used_at = ?2, used_from = ?3
                 WHERE name = ?1 AND (?4 IS NULL OR tenant = ?4) AND (used_at IS NULL OR used_at <= ?5)",
            )?;
            statement.execute(params![name, micros(used.at), used.from, owner(scope), micros(before)])?;
            Ok(())
        };
        self.database.write(Room::NotNeeded, note).await
    }
}

fn list(
    connection: &Connection,
    scope: Scope,
    after: Option<String>,
    limit: usize,
) -> rusqlite::Result<Vec<TokenRecord>> {
    let mut statement = connection.prepare_cached(
        "SELECT name, role, tenant, created, expires, used_at, used_from FROM token
         WHERE (?1 IS NULL OR tenant = ?1) AND (?2 IS NULL OR name > ?2) ORDER BY name LIMIT ?3",
    )?;
    let limit = number(limit.min(MAX_TOKEN_PAGE) as u64);
    statement.query_map(params![owner(scope), after, limit], read_token)?.collect()
}

fn get(connection: &Connection, scope: Scope, name: &str) -> Result<TokenRecord, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT name, role, tenant, created, expires, used_at, used_from FROM token
         WHERE name = ?1 AND (?2 IS NULL OR tenant = ?2)",
    )?;
    let found = statement.query_row(params![name, owner(scope)], read_token).optional()?;
    found.ok_or_else(|| StoreError::not_found(format!("token {name:?}")).into())
}

fn by_digest(connection: &Connection, scope: Scope, digest: TokenDigest) -> rusqlite::Result<Option<TokenRecord>> {
    let mut statement = connection.prepare_cached(
        "SELECT name, role, tenant, created, expires, used_at, used_from FROM token
         WHERE digest = ?1 AND (?2 IS NULL OR tenant = ?2)",
    )?;
    statement.query_row(params![digest.0, owner(scope)], read_token).optional()
}

fn add(connection: &Connection, scope: Scope, token: &NewToken, entry: &AuditEntry) -> Result<TokenRecord, Failure> {
    let tenant = token.role.tenant();
    if !tenant.map_or(scope == Scope::Operator, |tenant| scope.allows(tenant)) {
        return Err(StoreError::not_found("the tenant of the token").into());
    }
    if let Some(tenant) = tenant
        && !object_exists(connection, ObjectKind::Tenant, tenant.0, tenant)?
    {
        return Err(StoreError::not_found(format!("tenant {tenant}")).into());
    }
    let count: i64 = connection.query_row("SELECT count(*) FROM token", [], |row| row.get(0))?;
    if count >= number(MAX_TOKENS) {
        let reason = format!("there are {MAX_TOKENS} already: remove those that nobody uses");
        return Err(StoreError::invalid("one more token", reason).into());
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO token (name, digest, role, tenant, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let inserted = statement.execute(params![
        token.name,
        token.digest.0,
        word(token.role),
        tenant.map(|tenant| number(tenant.0)),
        micros(entry.at),
        token.expires.map(micros)
    ]);
    match inserted {
        Ok(_) => {}
        Err(error) if is_unique_violation(&error) => {
            return Err(StoreError::Taken { what: format!("token {:?}", token.name) }.into());
        }
        Err(error) => return Err(error.into()),
    }
    audit::write(connection, scope, version(connection)?, entry)?;
    get(connection, scope, &token.name)
}

fn word(role: TokenRole) -> &'static str {
    match role {
        TokenRole::Operator => OPERATOR,
        TokenRole::TenantAdministrator(_) => TENANT_ADMINISTRATOR,
        TokenRole::Reader(_) => READER,
    }
}

fn read_token(row: &Row<'_>) -> rusqlite::Result<TokenRecord> {
    let tenant = read_optional_number(row, 2)?.map(TenantId);
    let role: String = row.get(1)?;
    let role = match (&*role, tenant) {
        (OPERATOR, None) => TokenRole::Operator,
        (TENANT_ADMINISTRATOR, Some(tenant)) => TokenRole::TenantAdministrator(tenant),
        (READER, tenant) => TokenRole::Reader(tenant),
        // What cannot be read opens nothing.
        _ => return Err(Error::FromSqlConversionFailure(1, Type::Text, format!("\"{role}\" is no role").into())),
    };
    let used_at = read_optional_time(row, 5)?;
    let used_from: Option<String> = row.get(6)?;
    Ok(TokenRecord {
        name: row.get(0)?,
        role,
        created: read_time(row, 3)?,
        expires: read_optional_time(row, 4)?,
        last_used: used_at.zip(used_from).map(|(at, from)| TokenUse { at, from }),
    })
}
