//! Into the spool: one body for each tenant of the recipients, then one queue entry for each of its send connectors, all or
//! none. Must not answer a client, except to say which reply a store's error is.

use std::collections::BTreeMap;

use bytes::Bytes;
use core_attribution::{Attributed, Direction};
use core_directory::{SendConnectorId, TenantId};
use io_store::{Bodies, BodyId, BodyWriter, NewMessage, NewRecipient, Scope, StoreError, TraceEvent};
use jiff::Timestamp;
use proto_smtp::Reply;

use crate::config::Services;

/// Bodies being written, one a tenant: none sees another's.
pub(crate) struct Spool {
    bodies: Vec<(TenantId, Box<dyn BodyWriter>)>,
    size: u64,
    failed: Option<StoreError>,
}

/// A message that has come in whole, before it is queued.
pub(crate) struct Arriving {
    pub reverse_path: Option<String>,
    pub recipients: Vec<Attributed<NewRecipient>>,
    pub eight_bit: bool,
    pub binary: bool,
    pub smtp_utf8: bool,
    pub ret: Option<String>,
    pub envid: Option<String>,
    pub accepted_at: Timestamp,
    pub reference: String,
}

impl Spool {
    /// Opens a body for each tenant and writes our Received field on top.
    pub async fn open(
        store: &dyn Bodies,
        tenants: impl Iterator<Item = TenantId>,
        at: Timestamp,
        received: String,
    ) -> Result<Self, StoreError> {
        let tenants: std::collections::BTreeSet<_> = tenants.collect();
        let mut spool = Self { bodies: Vec::with_capacity(tenants.len()), size: 0, failed: None };
        for tenant in tenants {
            spool.bodies.push((tenant, store.create(Scope::Tenant(tenant), tenant, at).await?));
        }
        spool.write(Bytes::from(received)).await;
        match spool.failed {
            Some(error) => Err(error),
            None => Ok(spool),
        }
    }

    /// Appends to every body. After an error the rest of the message is passed over, and the error answers its end.
    pub async fn write(&mut self, octets: Bytes) {
        if self.failed.is_some() {
            return;
        }
        self.size += u64::try_from(octets.len()).unwrap_or(u64::MAX);
        for (_, body) in &mut self.bodies {
            if let Err(error) = body.write(octets.clone()).await {
                self.failed = Some(error);
                break;
            }
        }
        if self.failed.is_some() {
            self.bodies.clear();
        }
    }

    /// Seals the bodies and queues the message; it is durable when this returns. Its size in octets.
    pub async fn accept(self, services: &Services, arriving: Arriving) -> Result<u64, StoreError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let mut sealed = BTreeMap::new();
        let outcome = seal_and_queue(self.bodies, &mut sealed, self.size, services, &arriving).await;
        if let Err(error) = outcome {
            discard(services, sealed).await;
            return Err(error);
        }
        services.accepted.notify_one();
        for recipient in &arriving.recipients {
            services.trace.record_event(Scope::Operator, accepted_event(&arriving, recipient));
        }
        Ok(self.size)
    }
}

/// Notes each body in `sealed` as soon as it is, so that none is forgotten when a later step fails.
async fn seal_and_queue(
    bodies: Vec<(TenantId, Box<dyn BodyWriter>)>,
    sealed: &mut BTreeMap<TenantId, BodyId>,
    size: u64,
    services: &Services,
    arriving: &Arriving,
) -> Result<(), StoreError> {
    for (tenant, body) in bodies {
        sealed.insert(tenant, body.seal().await?);
    }
    services.queue.accept(Scope::Operator, entries(arriving, sealed, size)?).await?;
    Ok(())
}

/// Removes bodies that were not queued: the client comes again with the message, and a full disk would stay full. The store
/// keeps a body that a message refers to after all.
async fn discard(services: &Services, sealed: BTreeMap<TenantId, BodyId>) {
    for (tenant, body) in sealed {
        if let Err(error) = services.bodies.remove(Scope::Tenant(tenant), body).await {
            tracing::debug!(%body, %error, "the body of a message that was not queued stays for now");
        }
    }
}

/// What the recipients of one entry have in common: tenant, send connector, direction, and who handed them over inside.
type Group = (TenantId, SendConnectorId, Direction, Option<TenantId>);

/// One entry for each group.
fn entries(arriving: &Arriving, bodies: &BTreeMap<TenantId, BodyId>, size: u64) -> Result<Vec<NewMessage>, StoreError> {
    let mut groups: BTreeMap<Group, Vec<&Attributed<NewRecipient>>> = BTreeMap::new();
    for recipient in &arriving.recipients {
        let attribution = recipient.attribution();
        let route = recipient.route();
        let key = (attribution.tenant, route.send_connector, attribution.direction, route.handed_over_by);
        groups.entry(key).or_default().push(recipient);
    }
    let entry =
        |((tenant, send_connector, direction, handed_over_by), recipients): (Group, Vec<&Attributed<NewRecipient>>)| {
            let body = bodies.get(&tenant).copied();
            Ok(NewMessage {
                tenant,
                direction: match direction {
                    Direction::Originating => io_store::Direction::Originating,
                    Direction::Incoming => io_store::Direction::Incoming,
                },
                reverse_path: arriving.reverse_path.clone(),
                attributed: recipients.first().map(|first| attributed_json(first)).unwrap_or_default(),
                recipients: recipients.into_iter().map(|own| own.value().clone()).collect(),
                send_connector,
                body: body.ok_or_else(|| StoreError::not_found(format!("the body for tenant {tenant}")))?,
                size,
                eight_bit: arriving.eight_bit,
                binary: arriving.binary,
                smtp_utf8: arriving.smtp_utf8,
                ret: arriving.ret.clone(),
                envid: arriving.envid.clone(),
                accepted_at: arriving.accepted_at,
                reference: arriving.reference.clone(),
                handed_over_by,
                hold: None,
                next_attempt: arriving.accepted_at,
                first_attempt: None,
                lease: None,
            })
        };
    groups.into_iter().map(entry).collect()
}

fn attributed_json(recipient: &Attributed<NewRecipient>) -> String {
    let attribution = recipient.attribution();
    serde_json::json!({
        "rule": attribution.rule,
        "direction": attribution.direction,
        "connector": attribution.connector.map(|connector| connector.0),
        "handed_over_by": recipient.route().handed_over_by.map(|tenant| tenant.0),
    })
    .to_string()
}

fn accepted_event(arriving: &Arriving, recipient: &Attributed<NewRecipient>) -> TraceEvent {
    TraceEvent {
        at: arriving.accepted_at,
        tenant: recipient.attribution().tenant,
        reference: arriving.reference.clone(),
        kind: "accepted".into(),
        mail_from: arriving.reverse_path.clone(),
        rcpt_to: Some(recipient.value().forward_path.clone()),
        body: attributed_json(recipient),
    }
}

/// The reply that a store's error is to a client. Ours is temporary, never a guess (rule A11).
pub(crate) fn reply_for(error: &StoreError) -> Reply {
    match error {
        StoreError::Full { .. } => Reply::with_status(452, (4, 3, 1), "Out of room; try again later"),
        _ => Reply::with_status(451, (4, 3, 0), "The message could not be stored; try again later"),
    }
}
