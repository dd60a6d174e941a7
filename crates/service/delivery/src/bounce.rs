//! Telling a sender what could not be delivered: whether, by which route, and the message itself, sealed and ready to be
//! queued with the settlement that it belongs to.
//!
//! Never a bounce of a bounce. A bounce of Incoming mail goes to a stranger whose address nothing has vouched for, and is
//! held for the administrator; so is one that no send connector takes.

use std::sync::Arc;

use bytes::Bytes;
use core_directory::{SendConnectorId, Snapshot, TenantId};
use io_store::{BODY_CHUNK, Bodies, BodyId, Direction, NewMessage, NewRecipient, QueuedMessage, Scope, StoreError};
use jiff::Timestamp;
use proto_message::bounce::MAX_RETURNED_HEADER;
use proto_message::{Bounce, FailedRecipient, FailureCause, SaidBy};
use proto_smtp::Reply;

use crate::groups::route_of;

/// The message that failed.
#[derive(Clone, Copy, Debug)]
pub struct BounceOf<'a> {
    /// Whose it is.
    pub tenant: TenantId,
    /// Which way it went.
    pub direction: Direction,
    /// Its sender without angle brackets; `None` is the null one.
    pub reverse_path: Option<&'a str>,
    /// The connector that routed it.
    pub send_connector: SendConnectorId,
    /// Our id in its Received field.
    pub reference: &'a str,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// Its ENVID parameter.
    pub envid: Option<&'a str>,
}

/// A recipient whom a message did not reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// Its address without angle brackets.
    pub address: String,
    /// The NOTIFY parameter as it came.
    pub notify: Option<String>,
    /// The ORCPT parameter as it came.
    pub orcpt: Option<String>,
    /// The reply that decided.
    pub reply: Reply,
    /// The host that gave it; `None` if it is our own.
    pub next_hop: Option<String>,
    /// It was tried too long; the reply is the last one.
    pub expired: bool,
}

/// What is to be done about a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BounceDecision {
    /// This message is queued, perhaps to be held. Its body is sealed.
    Queue(Box<NewMessage>),
    /// Nobody is told, for this reason.
    Nobody(&'static str),
}

/// Makes bounces.
#[derive(Clone)]
pub struct Bouncer {
    hostname: String,
    bodies: Arc<dyn Bodies>,
}

impl Bouncer {
    /// Makes bounces in this host's name.
    #[must_use]
    pub fn new(hostname: &str, bodies: Arc<dyn Bodies>) -> Self {
        Self { hostname: hostname.to_owned(), bodies }
    }

    /// Decides about a failure at `now`. `original` is the beginning of the message, its header or
    /// [`MAX_RETURNED_HEADER`] octets of it. A bounce that is not queued after all leaves a body that
    /// [`discard`](Self::discard) removes.
    ///
    /// # Errors
    /// What the store says; there is then nothing to be queued, and the failure must not be settled.
    pub async fn decide(
        &self,
        message: BounceOf<'_>,
        undelivered: &[Undelivered],
        original: &[u8],
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Result<BounceDecision, StoreError> {
        let Some(sender) = message.reverse_path else {
            return Ok(BounceDecision::Nobody("the sender is the null one, and a bounce is never bounced"));
        };
        let told: Vec<_> = undelivered.iter().filter(|recipient| wants_to_know(recipient)).collect();
        if told.is_empty() {
            return Ok(BounceDecision::Nobody("the sender asked not to be told"));
        }
        let reference = format!("{:016X}", rand::random::<u64>());
        let octets = self.compose(message, sender, &told, original, &reference, now);
        let size = octets.len() as u64;
        let body = self.write(message.tenant, octets, now).await?;
        let (send_connector, hold) = route(message, sender, snapshot);
        Ok(BounceDecision::Queue(Box::new(NewMessage {
            tenant: message.tenant,
            direction: Direction::Originating,
            reverse_path: None,
            recipients: vec![NewRecipient { forward_path: sender.to_owned(), ..NewRecipient::default() }],
            send_connector,
            body,
            size,
            eight_bit: false,
            binary: false,
            smtp_utf8: !sender.is_ascii(),
            ret: None,
            envid: None,
            accepted_at: now,
            reference,
            attributed: serde_json::json!({ "bounce_of": message.reference }).to_string(),
            handed_over_by: None,
            hold,
            next_attempt: now,
            first_attempt: None,
            lease: None,
        })))
    }

    /// Removes the body of a bounce that was not queued. What cannot be removed now goes at the next start.
    pub async fn discard(&self, bounce: &NewMessage) {
        if let Err(error) = self.bodies.remove(Scope::Tenant(bounce.tenant), bounce.body).await {
            tracing::debug!(body = %bounce.body, %error, "the body of a bounce that was not queued stays for now");
        }
    }

    /// The beginning of a stored message, as much as a bounce returns; nothing of one that is damaged.
    pub(crate) async fn original(&self, message: &QueuedMessage) -> Result<Vec<u8>, StoreError> {
        match self.beginning(message).await {
            Err(StoreError::NotFound { .. } | StoreError::Corrupt { .. }) => Ok(Vec::new()),
            read => read,
        }
    }

    async fn beginning(&self, message: &QueuedMessage) -> Result<Vec<u8>, StoreError> {
        let mut reader = self.bodies.open(Scope::Tenant(message.tenant), message.body).await?;
        let mut original = Vec::new();
        while original.len() < MAX_RETURNED_HEADER {
            let Some(piece) = reader.read().await? else { break };
            original.extend_from_slice(&piece);
        }
        original.truncate(MAX_RETURNED_HEADER);
        Ok(original)
    }

    fn compose(
        &self,
        message: BounceOf<'_>,
        sender: &str,
        told: &[&Undelivered],
        original: &[u8],
        reference: &str,
        now: Timestamp,
    ) -> Vec<u8> {
        let failures: Vec<_> = told.iter().map(|recipient| failed(recipient)).collect();
        let bounce = Bounce {
            hostname: &self.hostname,
            reference,
            at: now,
            sender,
            original_reference: message.reference,
            arrived: message.accepted_at,
            envid: message.envid,
            original,
            failures: &failures,
        };
        bounce.compose()
    }

    async fn write(&self, tenant: TenantId, octets: Vec<u8>, now: Timestamp) -> Result<BodyId, StoreError> {
        let mut octets = Bytes::from(octets);
        let mut writer = self.bodies.create(Scope::Tenant(tenant), tenant, now).await?;
        while !octets.is_empty() {
            writer.write(octets.split_to(BODY_CHUNK.min(octets.len()))).await?;
        }
        writer.seal().await
    }
}

/// RFC 3461 §4.1: without NOTIFY, failures are told.
fn wants_to_know(recipient: &Undelivered) -> bool {
    let Some(notify) = &recipient.notify else { return true };
    notify.split(',').any(|word| word.trim().eq_ignore_ascii_case("FAILURE"))
}

fn failed(recipient: &Undelivered) -> FailedRecipient<'_> {
    FailedRecipient {
        address: &recipient.address,
        orcpt: recipient.orcpt.as_deref(),
        reply: &recipient.reply,
        said_by: recipient.next_hop.as_deref().map_or(SaidBy::Us, SaidBy::NextHop),
        cause: if recipient.expired { FailureCause::Expired } else { FailureCause::Final },
    }
}

/// The send connector by which the bounce goes, and why it is held if it is.
fn route(message: BounceOf<'_>, sender: &str, snapshot: &Snapshot) -> (SendConnectorId, Option<String>) {
    let tenant = snapshot.tenant_by_id(message.tenant);
    let Some(connector) = tenant.and_then(|tenant| route_of(sender, tenant, snapshot)) else {
        let reason = format!(
            "bounce to {sender}: no send connector takes it; it is not sent unless an administrator lets it go on"
        );
        return (message.send_connector, Some(reason));
    };
    let hold = (message.direction == Direction::Incoming).then(|| {
        format!(
            "bounce of incoming mail to {sender}: nothing vouched for that address; it is not sent unless an administrator \
             lets it go on"
        )
    });
    (connector.id, hold)
}
