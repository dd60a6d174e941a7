//! Promises of [`Bodies`](crate::Bodies).

use bytes::Bytes;

use super::fixtures::{ALL, ONE, at, contents, message, seal};
use super::{Check, Subject, ensure, equal, fails};
use crate::{BODY_CHUNK, BodyId, Orphans};

/// Octets that differ from chunk to chunk, so that a chunk out of place shows.
fn octets(length: usize) -> Vec<u8> {
    (0..length).map(|place| (place % 251) as u8).collect()
}

pub async fn any_length_comes_back(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    for length in [0, 1, BODY_CHUNK - 1, BODY_CHUNK, BODY_CHUNK + 1, 3 * BODY_CHUNK, 3 * BODY_CHUNK + 7] {
        for piece in [1000, BODY_CHUNK, 2 * BODY_CHUNK + 1] {
            let all = octets(length);
            let mut writer = stores.bodies.create(ALL, ONE, at(0)).await?;
            for part in all.chunks(piece) {
                writer.write(Bytes::copy_from_slice(part)).await?;
            }
            let body = writer.seal().await?;
            let what = format!("a body of {length} octets written in pieces of {piece}");
            let mut reader = stores.bodies.open(ALL, body).await?;
            equal(&format!("{what}: length"), reader.len(), length as u64)?;
            let mut read = Vec::new();
            while let Some(chunk) = reader.read().await? {
                ensure(&format!("{what}: a chunk in bounds"), (1..=BODY_CHUNK).contains(&chunk.len()))?;
                read.extend_from_slice(&chunk);
            }
            ensure(&format!("{what}: comes back"), read == all)?;
        }
    }
    Ok(())
}

pub async fn sealed_survives_reopening(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let body = seal(&stores, ONE, &octets(2 * BODY_CHUNK + 1)).await?;
    drop(stores);
    let stores = subject.open().await?;
    ensure("the body is the same", contents(&stores, body).await? == octets(2 * BODY_CHUNK + 1))
}

pub async fn unsealed_is_nowhere(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let mut writer = stores.bodies.create(ALL, ONE, at(0)).await?;
    writer.write(Bytes::from(octets(3 * BODY_CHUNK))).await?;
    // Identities are small numbers in every engine we know; none of them may open.
    for id in 0..10 {
        fails!("opening what is not sealed", stores.bodies.open(ALL, BodyId(id)).await, NotFound);
        let result = stores.queue.accept(ALL, vec![message(ONE, BodyId(id))]).await;
        fails!("a message with a body that is not sealed", result, NotFound);
    }
    drop(writer);
    drop(stores);
    let stores = subject.open().await?;
    fails!("opening what was dropped", stores.bodies.open(ALL, BodyId(1)).await, NotFound);
    Ok(())
}

pub async fn orphans_go(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let kept = seal(&stores, ONE, b"kept").await?;
    stores.queue.accept(ALL, vec![message(ONE, kept)]).await?;
    let orphan = seal(&stores, ONE, b"orphan").await?;
    let none = stores.bodies.collect_orphans(ALL, at(0)).await?;
    equal("nothing is older than itself", none, Orphans::default())?;
    let gone = stores.bodies.collect_orphans(ALL, at(1)).await?;
    equal("the orphan goes", gone, Orphans { bodies: 1, octets: 6 })?;
    fails!("opening the orphan", stores.bodies.open(ALL, orphan).await, NotFound);
    ensure("the needed body stays", contents(&stores, kept).await? == b"kept")
}

pub async fn a_needed_body_stays(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let body = seal(&stores, ONE, b"hello").await?;
    stores.queue.accept(ALL, vec![message(ONE, body)]).await?;
    fails!("removing a needed body", stores.bodies.remove(ALL, body).await, Invalid);
    ensure("it is still there", contents(&stores, body).await? == b"hello")?;
    let free = seal(&stores, ONE, b"free").await?;
    stores.bodies.remove(ALL, free).await?;
    fails!("opening a removed body", stores.bodies.open(ALL, free).await, NotFound);
    fails!("removing it again", stores.bodies.remove(ALL, free).await, NotFound);
    Ok(())
}
