//! Promises about keys of changes that are made once.

use core_directory::DirectoryVersion;
use jiff::SignedDuration;

use super::fixtures::{ALL, at, audit, put, two_tenants};
use super::{Check, Subject, equal, fails};
use crate::{AuditEntry, MAX_ONCE_ANSWER, ONCE_KEPT, ObjectChange, ObjectKind, Once, OnceRecord, Stores};

/// Whom `audit` names.
const ACTOR: &str = "admin";

fn once(key: &str, request: u8) -> Once {
    Once { key: key.to_owned(), request: [request; 32] }
}

/// An audit entry under a key.
fn under(once: Once) -> AuditEntry {
    AuditEntry { once: Some(once), ..audit(0) }
}

async fn found(stores: &Stores, actor: &str, key: &str) -> Result<Option<OnceRecord>, crate::StoreError> {
    stores.directories.once(ALL, actor, key, at(1)).await
}

pub async fn a_key_is_kept_with_its_change(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let [one, two, third, fourth] = two_tenants(&stores).await?;
    let domain = |id, name| vec![ObjectChange::Put(put(ObjectKind::Domain, id, one, name))];
    let version = stores.directories.version(ALL).await?;
    equal("a key that nobody used", found(&stores, ACTOR, "k").await?, None)?;
    stores.directories.commit(ALL, version, domain(third, "contoso.com"), under(once("k", 1))).await?;
    let wrong = stores.directories.commit(ALL, version, domain(fourth, "contoso.net"), under(once("l", 1))).await;
    fails!("commit onto another version", wrong, Conflict);
    equal("the key of a change that was not made", found(&stores, ACTOR, "l").await?, None)?;
    drop(stores);

    let stores = subject.open().await?;
    let wanted = OnceRecord { request: [1; 32], version: DirectoryVersion(2), at: at(0), answer: None };
    equal("the key after reopening", found(&stores, ACTOR, "k").await?, Some(wanted))?;
    equal("the key of another actor", found(&stores, "nobody", "k").await?, None)?;
    let again = ObjectChange::Put(put(ObjectKind::Domain, fourth, two, "contoso.net"));
    let taken = stores.directories.commit(ALL, DirectoryVersion(2), vec![again], under(once("k", 1))).await;
    fails!("a second change under the key", taken, Taken);
    equal("the version after it", stores.directories.version(ALL).await?, DirectoryVersion(2))
}

pub async fn a_key_is_one_requests(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    stores.directories.keep_answer(ALL, ACTOR, once("k", 1), "one".to_owned(), at(0)).await?;
    let other = stores.directories.keep_answer(ALL, ACTOR, once("k", 2), "two".to_owned(), at(0)).await;
    fails!("another request under the key", other, Taken);
    stores.directories.keep_answer(ALL, "another", once("k", 2), "two".to_owned(), at(0)).await?;
    for (actor, request, answer) in [(ACTOR, 1, "one"), ("another", 2, "two")] {
        let kept = found(&stores, actor, "k").await?.map(|record| (record.request, record.answer));
        equal(actor, kept, Some(([request; 32], Some(answer.to_owned()))))?;
    }
    Ok(())
}

pub async fn answers_are_kept(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let [one, _, third, _] = two_tenants(&stores).await?;
    let domain = vec![ObjectChange::Put(put(ObjectKind::Domain, third, one, "contoso.com"))];
    stores.directories.commit(ALL, DirectoryVersion(1), domain, under(once("k", 1))).await?;
    stores.directories.keep_answer(ALL, ACTOR, once("k", 1), "made".to_owned(), at(1)).await?;
    let long = "x".repeat(MAX_ONCE_ANSWER + 1);
    stores.directories.keep_answer(ALL, ACTOR, once("long", 1), long, at(1)).await?;
    drop(stores);

    let stores = subject.open().await?;
    for (key, answer, when) in [("k", Some("made"), at(0)), ("long", None, at(1))] {
        let answer = answer.map(str::to_owned);
        let wanted = OnceRecord { request: [1; 32], version: DirectoryVersion(2), at: when, answer };
        equal(key, found(&stores, ACTOR, key).await?, Some(wanted))?;
    }
    Ok(())
}

pub async fn old_keys_go(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let keep = |at| stores.directories.keep_answer(ALL, ACTOR, once("old", 1), String::new(), at);
    let over = at(0) + ONCE_KEPT + SignedDuration::from_secs(1);
    keep(at(0)).await?;
    for (now, kept) in [(at(0) + ONCE_KEPT, true), (over, false)] {
        let found = stores.directories.once(ALL, ACTOR, "old", now).await?;
        equal(&format!("whether the key is kept at {now}"), found.is_some(), kept)?;
    }
    // Another request may have it then.
    stores.directories.keep_answer(ALL, ACTOR, once("old", 2), String::new(), over).await?;
    let found = stores.directories.once(ALL, ACTOR, "old", over).await?;
    equal("the request that has the key now", found.map(|record| record.request), Some([2; 32]))
}
