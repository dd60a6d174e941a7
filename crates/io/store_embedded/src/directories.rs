//! The directory in `directory.db`: objects, identities, audit, keys of changes that are made once.

mod once;

use std::collections::BTreeSet;

use async_trait::async_trait;
use core_directory::{DirectoryVersion, TenantId};
use io_store::{
    AuditEntry, AuditFilter, AuditRecord, Committed, Directories, DirectoryImage, MAX_ALLOCATION, MAX_OBJECT_BODY,
    MAX_ONCE_ANSWER, ObjectChange, ObjectKind, ObjectPut, ObjectRecord, Once, OnceRecord, Scope, Secret, StoreError,
};
use jiff::Timestamp;
use rusqlite::{Connection, Error, OptionalExtension, Row, params, types::Type};

use crate::audit;
use crate::columns::{micros, number, owner, read_number, read_time};
use crate::database::Database;
use crate::failure::Failure;
use crate::writer::Room;

/// [`Directories`] over `directory.db`.
pub struct EmbeddedDirectories {
    database: Database,
}

impl EmbeddedDirectories {
    /// Over an opened database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Directories for EmbeddedDirectories {
    async fn load(&self, scope: Scope) -> Result<DirectoryImage, StoreError> {
        self.database.read(move |connection| load(connection, scope)).await
    }

    async fn version(&self, _scope: Scope) -> Result<DirectoryVersion, StoreError> {
        self.database.read(|connection| Ok(version(connection)?)).await
    }

    async fn allocate_ids(&self, _scope: Scope, count: u32) -> Result<Vec<u64>, StoreError> {
        if count > MAX_ALLOCATION {
            let reason = format!("at most {MAX_ALLOCATION} are given out at once");
            return Err(StoreError::invalid(format!("a request for {count} identities"), reason));
        }
        self.database
            .write(Room::NotNeeded, move |connection| {
                let next = connection.query_row(
                    "UPDATE directory SET next_id = next_id + ?1 RETURNING next_id",
                    [count],
                    |row| read_number(row, 0),
                )?;
                Ok((next.saturating_sub(u64::from(count))..next).collect())
            })
            .await
    }

    async fn commit(
        &self,
        scope: Scope,
        expected: DirectoryVersion,
        changes: Vec<ObjectChange>,
        entry: AuditEntry,
    ) -> Result<Committed, StoreError> {
        self.database
            .write(Room::NotNeeded, move |connection| commit(connection, scope, expected, &changes, &entry))
            .await
    }

    async fn audit(&self, scope: Scope, filter: AuditFilter) -> Result<Vec<AuditRecord>, StoreError> {
        self.database.read(move |connection| Ok(audit::read(connection, scope, &filter)?)).await
    }

    async fn once(&self, _: Scope, actor: &str, key: &str, now: Timestamp) -> Result<Option<OnceRecord>, StoreError> {
        let (actor, key) = (actor.to_owned(), key.to_owned());
        self.database.read(move |connection| Ok(once::find(connection, &actor, &key, now)?)).await
    }

    async fn keep_answer(
        &self,
        _: Scope,
        actor: &str,
        once: Once,
        answer: String,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let actor = actor.to_owned();
        let answer = (answer.len() <= MAX_ONCE_ANSWER).then_some(answer);
        self.database
            .write(Room::NotNeeded, move |connection| once::keep(connection, &actor, &once, answer.as_deref(), at))
            .await
    }

    async fn challenge_secret(&self, scope: Scope, proposed: Secret) -> Result<Secret, StoreError> {
        if scope != Scope::Operator {
            return Err(StoreError::not_found("the secret of the installation"));
        }
        self.database.write(Room::NotNeeded, move |connection| Ok(challenge_secret(connection, &proposed)?)).await
    }
}

/// One writer at a time, so that two who propose get the same.
fn challenge_secret(connection: &Connection, proposed: &Secret) -> rusqlite::Result<Secret> {
    connection.execute(
        "INSERT INTO challenge_secret (one, octets) VALUES (1, ?1) ON CONFLICT DO NOTHING",
        [proposed.octets()],
    )?;
    connection.query_row("SELECT octets FROM challenge_secret", [], |row| row.get(0).map(Secret::new))
}

/// The version in force.
pub fn version(connection: &Connection) -> rusqlite::Result<DirectoryVersion> {
    let mut statement = connection.prepare_cached("SELECT version FROM directory")?;
    statement.query_row([], |row| read_number(row, 0)).map(DirectoryVersion)
}

/// All objects in the scope.
pub fn load(connection: &Connection, scope: Scope) -> Result<DirectoryImage, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT id, kind, tenant, name, version, created, modified, unique_key, body
         FROM object WHERE ?1 IS NULL OR tenant = ?1 ORDER BY id",
    )?;
    let rows = statement.query_map([owner(scope)], read_object)?;
    let mut objects = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    objects.sort_by_key(|object| object.kind);
    Ok(DirectoryImage { version: version(connection)?, objects })
}

fn read_object(row: &Row<'_>) -> rusqlite::Result<ObjectRecord> {
    Ok(ObjectRecord {
        id: read_number(row, 0)?,
        kind: read_kind(row, 1)?,
        tenant: TenantId(read_number(row, 2)?),
        name: row.get(3)?,
        version: read_number(row, 4)?,
        created: read_time(row, 5)?,
        modified: read_time(row, 6)?,
        unique_key: row.get(7)?,
        body: row.get(8)?,
    })
}

fn read_kind(row: &Row<'_>, column: usize) -> rusqlite::Result<ObjectKind> {
    let word: String = row.get(column)?;
    ObjectKind::from_word(&word).ok_or_else(|| {
        Error::FromSqlConversionFailure(column, Type::Text, format!("\"{word}\" is no kind of object").into())
    })
}

/// Removals come first and names are set last, so that a name freed in a change can be taken in the same one.
fn commit(
    connection: &Connection,
    scope: Scope,
    expected: DirectoryVersion,
    changes: &[ObjectChange],
    entry: &AuditEntry,
) -> Result<Committed, Failure> {
    let found = version(connection)?;
    if found != expected {
        return Err(StoreError::Conflict { expected, found }.into());
    }
    for change in changes {
        if let ObjectChange::Remove { kind, id } = change {
            remove(connection, scope, *kind, *id)?;
        }
    }
    let puts =
        || changes.iter().filter_map(|change| if let ObjectChange::Put(put) = change { Some(put) } else { None });
    for put in puts() {
        admit(connection, scope, put)?;
    }
    for put in puts() {
        write(connection, put, micros(entry.at))?;
    }
    let tenants: BTreeSet<TenantId> = puts().map(|put| put.tenant).collect();
    for tenant in tenants {
        if !object_exists(connection, ObjectKind::Tenant, tenant.0, tenant)? {
            return Err(StoreError::not_found(format!("tenant {tenant}")).into());
        }
    }
    connection.prepare_cached("UPDATE directory SET version = version + 1")?.execute([])?;
    let version = version(connection)?;
    audit::write(connection, scope, version, entry)?;
    if let Some(once) = &entry.once {
        once::begin(connection, &entry.actor, once, version, entry.at)?;
    }
    Ok(Committed { version })
}

fn remove(connection: &Connection, scope: Scope, kind: ObjectKind, id: u64) -> Result<(), Failure> {
    let missing = || Failure::Rule(StoreError::not_found(format!("{} {id}", kind.word())));
    if kind == ObjectKind::Tenant && scope != Scope::Operator {
        return Err(missing());
    }
    let mut statement =
        connection.prepare_cached("DELETE FROM object WHERE id = ?1 AND kind = ?2 AND (?3 IS NULL OR tenant = ?3)")?;
    match statement.execute(params![number(id), kind.word(), owner(scope)])? {
        0 => Err(missing()),
        _ => Ok(()),
    }
}

/// Judges a put against what is there, and frees the name and key of the object it replaces.
fn admit(connection: &Connection, scope: Scope, put: &ObjectPut) -> Result<(), Failure> {
    let what = || format!("{} {}", put.kind.word(), put.id);
    if !scope.allows(put.tenant) {
        return Err(StoreError::not_found(format!("tenant {}", put.tenant)).into());
    }
    if put.body.len() > MAX_OBJECT_BODY {
        let reason = format!("it has {} octets, at most {MAX_OBJECT_BODY} are kept", put.body.len());
        return Err(StoreError::invalid(what(), reason).into());
    }
    if put.kind == ObjectKind::Tenant && put.tenant.0 != put.id {
        return Err(StoreError::invalid(what(), "a tenant belongs to itself: its tenant is its own id").into());
    }
    let mut present = connection.prepare_cached("SELECT kind, tenant FROM object WHERE id = ?1")?;
    let present = present
        .query_row([number(put.id)], |row| Ok((read_kind(row, 0)?, TenantId(read_number(row, 1)?))))
        .optional()?;
    match present {
        Some((_, tenant)) if !scope.allows(tenant) => Err(StoreError::not_found(what()).into()),
        Some((kind, tenant)) if kind != put.kind || tenant != put.tenant => {
            Err(StoreError::invalid(what(), "an object keeps its kind and its tenant: remove it and make another")
                .into())
        }
        Some(_) => {
            // No validated name equals this one: it begins with NUL.
            let mut free =
                connection.prepare_cached("UPDATE object SET name = char(0) || id, unique_key = NULL WHERE id = ?1")?;
            free.execute([number(put.id)])?;
            Ok(())
        }
        None if put.kind == ObjectKind::Tenant && scope != Scope::Operator => Err(StoreError::not_found(what()).into()),
        None => {
            let mut next = connection.prepare_cached("SELECT next_id FROM directory")?;
            let next: u64 = next.query_row([], |row| read_number(row, 0))?;
            if (1..next).contains(&put.id) {
                return Ok(());
            }
            Err(StoreError::invalid(what(), "its identity was not given out: allocate it first").into())
        }
    }
}

fn write(connection: &Connection, put: &ObjectPut, at: i64) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO object (id, kind, tenant, name, version, created, modified, unique_key, body)
         VALUES (?1, ?2, ?3, ?4, 1, ?5, ?5, ?6, ?7)
         ON CONFLICT (id) DO UPDATE SET name = ?4, version = version + 1, modified = ?5, unique_key = ?6, body = ?7",
    )?;
    let result = statement.execute(params![
        number(put.id),
        put.kind.word(),
        number(put.tenant.0),
        put.name,
        at,
        put.unique_key,
        put.body
    ]);
    match result {
        Ok(_) => Ok(()),
        Err(error) if is_unique_violation(&error) => {
            let taken = put.unique_key.as_ref().filter(|key| key_is_taken(connection, put, key)).unwrap_or(&put.name);
            Err(StoreError::Taken { what: format!("{} {taken}", put.kind.word()) }.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether something that must be unique is there already.
pub fn is_unique_violation(error: &Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE)
}

fn key_is_taken(connection: &Connection, put: &ObjectPut, key: &str) -> bool {
    connection
        .query_row(
            "SELECT EXISTS (SELECT 1 FROM object WHERE kind = ?1 AND unique_key = ?2 AND id <> ?3)",
            params![put.kind.word(), key, number(put.id)],
            |row| row.get(0),
        )
        .unwrap_or(false)
}

/// Whether there is such an object.
pub fn object_exists(connection: &Connection, kind: ObjectKind, id: u64, tenant: TenantId) -> rusqlite::Result<bool> {
    let mut statement = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM object WHERE id = ?1 AND kind = ?2 AND tenant = ?3)")?;
    statement.query_row(params![number(id), kind.word(), number(tenant.0)], |row| row.get(0))
}
