//! Keys of changes that are made once. What is too old or too much goes whenever one is added.

use core_directory::DirectoryVersion;
use io_store::{MAX_ONCE, MAX_ONCE_OF_ACTOR, ONCE_KEPT, Once, OnceRecord, StoreError};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::columns::{micros, number, read_number, read_time};
use crate::failure::Failure;

/// The record of a key, if it is still kept.
pub fn find(connection: &Connection, actor: &str, key: &str, now: Timestamp) -> rusqlite::Result<Option<OnceRecord>> {
    let mut statement = connection
        .prepare_cached("SELECT request, version, at, answer FROM once WHERE actor = ?1 AND key = ?2 AND at >= ?3")?;
    let record = statement.query_row(params![actor, key, micros(oldest(now))], |row| {
        Ok(OnceRecord {
            request: row.get(0)?,
            version: DirectoryVersion(read_number(row, 1)?),
            at: read_time(row, 2)?,
            answer: row.get(3)?,
        })
    });
    record.optional()
}

/// Notes that a change is made under a key, in the transaction that makes it.
pub fn begin(
    connection: &Connection,
    actor: &str,
    once: &Once,
    version: DirectoryVersion,
    at: Timestamp,
) -> Result<(), Failure> {
    prune(connection, actor, at, MAX_ONCE_OF_ACTOR, MAX_ONCE)?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO once (actor, key, request, version, at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
    )?;
    match statement.execute(params![actor, once.key, once.request, number(version.0), micros(at)])? {
        0 => Err(taken(once)),
        _ => Ok(()),
    }
}

/// Keeps the answer to a request under its key, which may be new.
pub fn keep(
    connection: &Connection,
    actor: &str,
    once: &Once,
    answer: Option<&str>,
    at: Timestamp,
) -> Result<(), Failure> {
    prune(connection, actor, at, MAX_ONCE_OF_ACTOR, MAX_ONCE)?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO once (actor, key, request, version, at, answer)
         SELECT ?1, ?2, ?3, version, ?4, ?5 FROM directory WHERE TRUE
         ON CONFLICT (actor, key) DO UPDATE SET answer = ?5 WHERE request = ?3",
    )?;
    match statement.execute(params![actor, once.key, once.request, micros(at), answer])? {
        0 => Err(taken(once)),
        _ => Ok(()),
    }
}

fn taken(once: &Once) -> Failure {
    StoreError::Taken { what: format!("the key {:?} of another request", once.key) }.into()
}

/// Removes what is too old, and the oldest where there would be more than `of_actor` of the actor or `all` in all.
fn prune(connection: &Connection, actor: &str, now: Timestamp, of_actor: u64, all: u64) -> rusqlite::Result<()> {
    let mut too_old = connection.prepare_cached("DELETE FROM once WHERE at < ?1")?;
    too_old.execute([micros(oldest(now))])?;
    // Identities only grow, so that the newest tell which are too many; counting all would take longer.
    let mut surplus = connection.prepare_cached(
        "DELETE FROM once WHERE id IN (SELECT id FROM once WHERE actor = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2)",
    )?;
    surplus.execute(params![actor, number(of_actor.saturating_sub(1))])?;
    let mut surplus = connection.prepare_cached("DELETE FROM once WHERE id <= (SELECT max(id) FROM once) - ?1")?;
    surplus.execute([number(all.saturating_sub(1))])?;
    Ok(())
}

fn oldest(now: Timestamp) -> Timestamp {
    now.checked_sub(ONCE_KEPT).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::schema::Schema;

    /// `(actor, keys kept)` after these actors added a key each, with at most two of an actor and four in all.
    #[track_caller]
    fn check(actors: &str, expected: &[(&str, &[&str])]) {
        let mut connection = Connection::open_in_memory().unwrap();
        Schema::DIRECTORY.migrate(&mut connection, "directory.db".as_ref()).unwrap();
        for (place, actor) in actors.split_whitespace().enumerate() {
            prune(&connection, actor, Timestamp::UNIX_EPOCH, 2, 4).unwrap();
            let once = Once { key: place.to_string(), request: [0; 32] };
            let added = connection.execute(
                "INSERT INTO once (actor, key, request, version, at) VALUES (?1, ?2, ?3, 1, 0)",
                params![actor, once.key, once.request],
            );
            added.unwrap();
        }
        for (actor, keys) in expected {
            let mut statement = connection.prepare("SELECT key FROM once WHERE actor = ?1 ORDER BY id").unwrap();
            let found = statement.query_map([actor], |row| row.get(0)).unwrap().collect::<Result<Vec<String>, _>>();
            assert_eq!(found.unwrap(), *keys, "{actor} after {actors}");
        }
    }

    #[test]
    fn the_oldest_key_goes_for_the_next() {
        check("a a", &[("a", &["0", "1"])]);
        check("a a a b", &[("a", &["1", "2"]), ("b", &["3"])]);
        check("a b c d a", &[("a", &["4"]), ("b", &["1"]), ("c", &["2"]), ("d", &["3"])]);
    }
}
