//! What the cases are made of: two tenants, times, objects, messages.

use bytes::Bytes;
use core_directory::{DirectoryVersion, SendConnectorId, TenantId};
use jiff::Timestamp;

use super::Failure;
use crate::{
    AttemptRecord, AuditEntry, AuditSummary, BodyId, ClaimExcept, ClaimedMessage, Direction, MessageId, NewMessage,
    NewRecipient, ObjectChange, ObjectKind, ObjectPut, Outcome, RecipientId, Scope, Settlement, StoreError, Stores,
};

/// The tenants of cases that need no directory.
pub const ONE: TenantId = TenantId(1);
pub const TWO: TenantId = TenantId(2);
pub const OF_ONE: Scope = Scope::Tenant(ONE);
pub const OF_TWO: Scope = Scope::Tenant(TWO);
pub const ALL: Scope = Scope::Operator;

/// A time so many seconds after the beginning of the case.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000_i64.saturating_add(seconds)).unwrap_or_default()
}

/// An audit entry that only the operator reads.
pub fn audit(seconds: i64) -> AuditEntry {
    audit_for(None, seconds)
}

/// An audit entry for a tenant.
pub fn audit_for(tenant: Option<TenantId>, seconds: i64) -> AuditEntry {
    AuditEntry {
        actor: "admin".to_owned(),
        origin: "local socket".to_owned(),
        at: at(seconds),
        summaries: vec![AuditSummary { tenant, body: format!("{{\"second\":{seconds}}}") }],
        once: None,
    }
}

pub fn put(kind: ObjectKind, id: u64, tenant: u64, name: &str) -> ObjectPut {
    ObjectPut {
        kind,
        id,
        tenant: TenantId(tenant),
        name: name.to_owned(),
        unique_key: None,
        body: format!("{{\"name\":\"{name}\"}}"),
    }
}

pub fn keyed(kind: ObjectKind, id: u64, tenant: u64, name: &str, key: &str) -> ObjectPut {
    ObjectPut { unique_key: Some(key.to_owned()), ..put(kind, id, tenant, name) }
}

/// Commits for the operator onto the version in force.
pub async fn change(stores: &Stores, puts: Vec<ObjectPut>) -> Result<DirectoryVersion, StoreError> {
    let expected = stores.directories.version(ALL).await?;
    let changes = puts.into_iter().map(ObjectChange::Put).collect();
    Ok(stores.directories.commit(ALL, expected, changes, audit(0)).await?.version)
}

/// Makes two tenants and gives back their identities and two more.
pub async fn two_tenants(stores: &Stores) -> Result<[u64; 4], Failure> {
    let ids = stores.directories.allocate_ids(ALL, 4).await?;
    let [one, two, third, fourth] = ids[..] else {
        return Err(Failure(format!("asked for four identities, got {ids:?}")));
    };
    change(stores, vec![put(ObjectKind::Tenant, one, one, "contoso"), put(ObjectKind::Tenant, two, two, "fabrikam")])
        .await?;
    Ok([one, two, third, fourth])
}

pub async fn seal(stores: &Stores, tenant: TenantId, octets: &[u8]) -> Result<BodyId, StoreError> {
    let mut writer = stores.bodies.create(ALL, tenant, at(0)).await?;
    writer.write(Bytes::copy_from_slice(octets)).await?;
    writer.seal().await
}

/// Reads a body to its end.
pub async fn contents(stores: &Stores, body: BodyId) -> Result<Vec<u8>, StoreError> {
    let mut reader = stores.bodies.open(ALL, body).await?;
    let mut octets = Vec::new();
    while let Some(chunk) = reader.read().await? {
        octets.extend_from_slice(&chunk);
    }
    Ok(octets)
}

/// A message to two recipients, due at once.
pub fn message(tenant: TenantId, body: BodyId) -> NewMessage {
    let recipient = |path: &str| NewRecipient { forward_path: path.to_owned(), ..NewRecipient::default() };
    NewMessage {
        tenant,
        direction: Direction::Originating,
        reverse_path: Some("sender@contoso.com".to_owned()),
        recipients: vec![recipient("first@example.net"), recipient("second@example.net")],
        send_connector: SendConnectorId(tenant.0 * 10),
        body,
        size: 5,
        eight_bit: false,
        binary: false,
        smtp_utf8: false,
        ret: None,
        envid: None,
        accepted_at: at(0),
        reference: "reference".to_owned(),
        attributed: "{}".to_owned(),
        handed_over_by: None,
        hold: None,
        next_attempt: at(0),
        first_attempt: None,
        lease: None,
    }
}

/// Seals a body and queues a message with it.
pub async fn queued(stores: &Stores, tenant: TenantId, due: i64) -> Result<MessageId, Failure> {
    let body = seal(stores, tenant, b"hello").await?;
    let new = NewMessage { next_attempt: at(due), ..message(tenant, body) };
    match stores.queue.accept(ALL, vec![new]).await?[..] {
        [accepted] => Ok(accepted.message),
        ref other => Err(Failure(format!("one message was accepted, the answer is {other:?}"))),
    }
}

/// Claims for a minute for the node `n`.
pub async fn claim(stores: &Stores, now: i64) -> Result<Vec<ClaimedMessage>, StoreError> {
    stores.queue.claim(ALL, "n", at(now), 1000, at(now + 60), &ClaimExcept::default()).await
}

/// Claims what must be the only message due.
pub async fn claim_one(stores: &Stores, now: i64) -> Result<ClaimedMessage, Failure> {
    let mut claimed = claim(stores, now).await?;
    match (claimed.pop(), claimed.is_empty()) {
        (Some(one), true) => Ok(one),
        (last, _) => Err(Failure(format!("one message should be due at {now}, found {claimed:?} and {last:?}"))),
    }
}

pub fn attempt(seconds: i64, result: &str) -> AttemptRecord {
    AttemptRecord {
        at: at(seconds),
        next_hop: "hub.example.net:25".to_owned(),
        tls: "TLSv1.3".to_owned(),
        result: result.to_owned(),
    }
}

/// A counted attempt with an outcome for each of the first recipients, next due at `next`.
pub fn settlement(outcomes: Vec<Outcome>, next: i64) -> Settlement {
    Settlement {
        outcomes: (0..).map(RecipientId).zip(outcomes).collect(),
        next_attempt: Some(at(next)),
        attempt: Some(attempt(next, "451 4.4.1 later")),
        count_attempt: true,
        bounces: Vec::new(),
        delay_told: false,
    }
}

pub fn delivered() -> Outcome {
    Outcome::Delivered { reply: "250 2.0.0 taken".to_owned() }
}

pub fn failed() -> Outcome {
    Outcome::Failed { reply: "550 5.1.1 unknown".to_owned() }
}

pub fn deferred() -> Outcome {
    Outcome::Deferred { reply: "451 4.4.1 later".to_owned() }
}
