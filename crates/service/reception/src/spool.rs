//! Into the spool: one body for each tenant of the recipients, then one queue entry for each of its send connectors, all or
//! none. Must not answer a client, except to say which reply a store's error is.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use core_attribution::{Attributed, Direction};
use core_directory::{SendConnectorId, TenantId};
use io_store::{Accepted, Bodies, BodyId, BodyWriter, Lease, NewMessage, NewRecipient, Scope, StoreError};
use jiff::Timestamp;
use proto_smtp::Reply;

use crate::config::Services;

/// Bodies being written, one a tenant: none sees another's.
pub(crate) struct Spool {
    bodies: Vec<(TenantId, Box<dyn BodyWriter>)>,
    size: u64,
    failed: Option<StoreError>,
}

/// Bodies that are whole and durable, before their message is queued.
pub(crate) struct Sealed {
    bodies: BTreeMap<TenantId, BodyId>,
    /// Octets of each.
    pub size: u64,
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
    /// Tenants whose entries are held, with the reason.
    pub holds: BTreeMap<TenantId, String>,
    pub accepted_at: Timestamp,
    pub reference: String,
    /// As the header has it.
    pub message_id: Option<String>,
    /// When MAIL FROM was answered.
    pub begun_at: Timestamp,
    /// How the client came, in JSON, as the trace keeps it.
    pub connected: String,
    /// Octets of the message with our Received field.
    pub size: u64,
}

impl Spool {
    /// Opens a body for each tenant and writes our Received field on top.
    pub async fn open(
        store: &dyn Bodies,
        tenants: impl Iterator<Item = TenantId>,
        at: Timestamp,
        received: String,
    ) -> Result<Self, StoreError> {
        let tenants: BTreeSet<_> = tenants.collect();
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

    /// Octets that were written to each body.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Makes the bodies durable. They are in no message yet.
    pub async fn seal(self, services: &Services) -> Result<Sealed, StoreError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let mut sealed = Sealed { bodies: BTreeMap::new(), size: self.size };
        for (tenant, body) in self.bodies {
            match body.seal().await {
                Ok(body) => {
                    sealed.bodies.insert(tenant, body);
                }
                Err(error) => {
                    sealed.discard(services).await;
                    return Err(error);
                }
            }
        }
        Ok(sealed)
    }
}

impl Sealed {
    /// Queues the message, but for recipients that are done with; it is durable when this returns. With a lease it must be
    /// of one entry.
    pub async fn queue(
        self,
        services: &Services,
        arriving: &Arriving,
        done: &BTreeSet<usize>,
        lease: Option<Lease>,
    ) -> Result<Vec<Accepted>, StoreError> {
        let queued = match entries(arriving, &self, done, lease) {
            Ok(entries) => services.queue.accept(Scope::Operator, entries).await,
            Err(error) => Err(error),
        };
        match queued {
            Ok(accepted) => {
                services.accepted.notify_one();
                Ok(accepted)
            }
            Err(error) => {
                self.discard(services).await;
                Err(error)
            }
        }
    }

    /// Removes bodies that were not queued: the next hop or the client has the message, and a full disk would stay full. The
    /// store keeps a body that a message refers to after all.
    pub async fn discard(self, services: &Services) {
        for (tenant, body) in self.bodies {
            if let Err(error) = services.bodies.remove(Scope::Tenant(tenant), body).await {
                tracing::debug!(%body, %error, "the body of a message that was not queued stays for now");
            }
        }
    }

    /// The body for a tenant.
    pub fn body(&self, tenant: TenantId) -> Option<BodyId> {
        self.bodies.get(&tenant).copied()
    }
}

/// What the recipients of one entry have in common: tenant, send connector, direction, and who handed them over inside.
type Group = (TenantId, SendConnectorId, Direction, Option<TenantId>);

/// One entry for each group.
fn entries(
    arriving: &Arriving,
    sealed: &Sealed,
    done: &BTreeSet<usize>,
    lease: Option<Lease>,
) -> Result<Vec<NewMessage>, StoreError> {
    let mut groups: BTreeMap<Group, Vec<&Attributed<NewRecipient>>> = BTreeMap::new();
    let open = arriving.recipients.iter().enumerate().filter(|(place, _)| !done.contains(place));
    for (_, recipient) in open {
        let attribution = recipient.attribution();
        let route = recipient.route();
        let key = (attribution.tenant, route.send_connector, attribution.direction, route.handed_over_by);
        groups.entry(key).or_default().push(recipient);
    }
    let entry =
        |((tenant, send_connector, direction, handed_over_by), recipients): (Group, Vec<&Attributed<NewRecipient>>)| {
            let body = sealed.body(tenant);
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
                size: sealed.size,
                eight_bit: arriving.eight_bit,
                binary: arriving.binary,
                smtp_utf8: arriving.smtp_utf8,
                ret: arriving.ret.clone(),
                envid: arriving.envid.clone(),
                accepted_at: arriving.accepted_at,
                reference: arriving.reference.clone(),
                handed_over_by,
                hold: arriving.holds.get(&tenant).cloned(),
                next_attempt: arriving.accepted_at,
                first_attempt: None,
                lease: lease.clone(),
            })
        };
    groups.into_iter().map(entry).collect()
}

pub(crate) fn attributed_json(recipient: &Attributed<NewRecipient>) -> String {
    let attribution = recipient.attribution();
    serde_json::json!({
        "rule": attribution.rule,
        "direction": attribution.direction,
        "connector": attribution.connector.map(|connector| connector.0),
        "handed_over_by": recipient.route().handed_over_by.map(|tenant| tenant.0),
    })
    .to_string()
}

/// The reply that a store's error is to a client. Ours is temporary, never a guess (rule A11).
pub(crate) fn reply_for(error: &StoreError) -> Reply {
    match error {
        StoreError::Full { .. } => Reply::with_status(452, (4, 3, 1), "Out of room; try again later"),
        _ => Reply::with_status(451, (4, 3, 0), "The message could not be stored; try again later"),
    }
}
