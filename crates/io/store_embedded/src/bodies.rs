//! Bodies as chunks in `queue.db`. A body of one chunk is written whole when it is sealed; a longer one chunk by
//! chunk, unsealed until its last.

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use core_directory::TenantId;
use io_store::{BODY_CHUNK, Bodies, BodyId, BodyReader, BodyWriter, Orphans, Scope, StoreError};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::columns::{micros, number, owner, read_number};
use crate::database::Database;
use crate::failure::Failure;
use crate::writer::Room;

/// [`Bodies`] over `queue.db`.
pub struct EmbeddedBodies {
    database: Database,
}

impl EmbeddedBodies {
    /// Over an opened database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Bodies for EmbeddedBodies {
    async fn create(&self, scope: Scope, tenant: TenantId, at: Timestamp) -> Result<Box<dyn BodyWriter>, StoreError> {
        if !scope.allows(tenant) {
            return Err(StoreError::not_found(format!("tenant {tenant}")));
        }
        Ok(Box::new(Writer {
            database: self.database.clone(),
            tenant,
            at,
            buffer: BytesMut::new(),
            written: None,
            broken: false,
        }))
    }

    async fn open(&self, scope: Scope, body: BodyId) -> Result<Box<dyn BodyReader>, StoreError> {
        let length = self.database.read(move |connection| sealed_length(connection, scope, body)).await?;
        Ok(Box::new(Reader { database: self.database.clone(), body, length, next: 0, read: 0 }))
    }

    async fn remove(&self, scope: Scope, body: BodyId) -> Result<(), StoreError> {
        self.database
            .write(Room::NotNeeded, move |connection| {
                sealed_length(connection, scope, body)?;
                if remove_unreferenced(connection, body)? {
                    return Ok(());
                }
                let reason = "a queued message needs it: remove the message and it goes along";
                Err(StoreError::invalid(format!("the removal of body {body}"), reason).into())
            })
            .await
    }

    async fn collect_orphans(&self, scope: Scope, before: Timestamp) -> Result<Orphans, StoreError> {
        self.database.write(Room::NotNeeded, move |connection| collect(connection, scope, before)).await
    }
}

/// Removes the body if no message refers to it, and says whether it went.
pub fn remove_unreferenced(connection: &Connection, body: BodyId) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM body WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM message WHERE message.body = ?1)",
    )?;
    Ok(statement.execute([number(body.0)])? > 0)
}

fn sealed_length(connection: &Connection, scope: Scope, body: BodyId) -> Result<u64, Failure> {
    let mut statement = connection
        .prepare_cached("SELECT length FROM body WHERE id = ?1 AND sealed AND (?2 IS NULL OR tenant = ?2)")?;
    let length = statement.query_row(params![number(body.0), owner(scope)], |row| read_number(row, 0)).optional()?;
    length.ok_or_else(|| StoreError::not_found(format!("body {body}")).into())
}

fn collect(connection: &Connection, scope: Scope, before: Timestamp) -> Result<Orphans, Failure> {
    const ORPHANS: &str = "created < ?1 AND (?2 IS NULL OR tenant = ?2)
        AND NOT EXISTS (SELECT 1 FROM message WHERE message.body = body.id)";
    let bounds = params![micros(before), owner(scope)];
    let octets = connection.query_row(
        &format!(
            "SELECT coalesce(sum(length(octets)), 0) FROM body_chunk
             WHERE body IN (SELECT id FROM body WHERE {ORPHANS})"
        ),
        bounds,
        |row| read_number(row, 0),
    )?;
    let bodies = connection.execute(&format!("DELETE FROM body WHERE {ORPHANS}"), bounds)?;
    Ok(Orphans { bodies: bodies as u64, octets })
}

/// The part of a body that lies in the database already.
#[derive(Clone, Copy)]
struct Written {
    body: BodyId,
    chunks: u32,
    octets: u64,
}

struct Writer {
    database: Database,
    tenant: TenantId,
    at: Timestamp,
    buffer: BytesMut,
    written: Option<Written>,
    /// A chunk went out and its answer has not come, or was an error.
    broken: bool,
}

impl Writer {
    /// Writes one chunk; the last one seals the body.
    async fn put(&mut self, octets: Bytes, seal: bool) -> Result<Written, StoreError> {
        if self.broken {
            return Err(StoreError::Unavailable {
                place: self.database.place(),
                reason: "an earlier write of this body failed or was given up: begin the body again".to_owned(),
            });
        }
        // Stays set if the caller drops the future while it waits: nobody knows then whether the chunk is there.
        self.broken = true;
        let (tenant, at, before) = (self.tenant, self.at, self.written);
        let written = self
            .database
            .write(Room::Needed, move |connection| Ok(put_chunk(connection, tenant, at, before, &octets, seal)?))
            .await?;
        self.broken = false;
        self.written = Some(written);
        Ok(written)
    }
}

#[async_trait]
impl BodyWriter for Writer {
    async fn write(&mut self, octets: Bytes) -> Result<(), StoreError> {
        let mut rest = octets;
        while !rest.is_empty() {
            let room = BODY_CHUNK.saturating_sub(self.buffer.len());
            let part = rest.split_to(room.min(rest.len()));
            self.buffer.extend_from_slice(&part);
            // A full chunk waits for more: if none comes, it is the last one and seals the body.
            if self.buffer.len() == BODY_CHUNK && !rest.is_empty() {
                let chunk = self.buffer.split().freeze();
                self.put(chunk, false).await?;
            }
        }
        Ok(())
    }

    async fn seal(mut self: Box<Self>) -> Result<BodyId, StoreError> {
        let last = self.buffer.split().freeze();
        let written = self.put(last, true).await?;
        self.written = None;
        Ok(written.body)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let Some(Written { body, .. }) = self.written else { return };
        // Where there is no place for it, the next collection of orphans does it.
        let _ = self.database.offer(
            Room::NotNeeded,
            move |connection| {
                remove_unreferenced(connection, body)?;
                Ok(())
            },
            |_| {},
        );
    }
}

fn put_chunk(
    connection: &Connection,
    tenant: TenantId,
    at: Timestamp,
    before: Option<Written>,
    octets: &[u8],
    seal: bool,
) -> rusqlite::Result<Written> {
    let octets_after = before.map_or(0, |written| written.octets) + octets.len() as u64;
    let body = match before {
        None => {
            let mut statement = connection
                .prepare_cached("INSERT INTO body (tenant, created, sealed, length) VALUES (?1, ?2, ?3, ?4)")?;
            let id = statement.insert(params![number(tenant.0), micros(at), seal, number(octets_after)])?;
            BodyId(u64::try_from(id).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, id))?)
        }
        Some(written) => {
            let mut statement = connection.prepare_cached("UPDATE body SET sealed = ?2, length = ?3 WHERE id = ?1")?;
            statement.execute(params![number(written.body.0), seal, number(octets_after)])?;
            written.body
        }
    };
    let chunks = before.map_or(0, |written| written.chunks);
    if octets.is_empty() {
        return Ok(Written { body, chunks, octets: octets_after });
    }
    let mut statement =
        connection.prepare_cached("INSERT INTO body_chunk (body, ordinal, octets) VALUES (?1, ?2, ?3)")?;
    statement.execute(params![number(body.0), chunks, octets])?;
    Ok(Written { body, chunks: chunks.saturating_add(1), octets: octets_after })
}

struct Reader {
    database: Database,
    body: BodyId,
    length: u64,
    next: u32,
    read: u64,
}

#[async_trait]
impl BodyReader for Reader {
    fn len(&self) -> u64 {
        self.length
    }

    async fn read(&mut self) -> Result<Option<Bytes>, StoreError> {
        if self.read == self.length {
            return Ok(None);
        }
        let (body, ordinal) = (self.body, self.next);
        let chunk = self.database.read(move |connection| read_chunk(connection, body, ordinal)).await?;
        let length = chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        let read = self.read.saturating_add(length);
        match chunk {
            Some(chunk) if length > 0 && read <= self.length => {
                self.next = self.next.saturating_add(1);
                self.read = read;
                Ok(Some(Bytes::from(chunk)))
            }
            _ => Err(StoreError::Corrupt {
                place: self.database.place(),
                reason: format!(
                    "body {} should have {} octets, chunk {ordinal} at {} does not fit: restore a backup",
                    self.body, self.length, self.read
                ),
            }),
        }
    }
}

/// One chunk; `None` if the body is there and the chunk is not.
fn read_chunk(connection: &Connection, body: BodyId, ordinal: u32) -> Result<Option<Vec<u8>>, Failure> {
    let mut statement = connection.prepare_cached("SELECT octets FROM body_chunk WHERE body = ?1 AND ordinal = ?2")?;
    let chunk = statement.query_row(params![number(body.0), ordinal], |row| row.get(0)).optional()?;
    if chunk.is_none() {
        sealed_length(connection, Scope::Operator, body)?;
    }
    Ok(chunk)
}
