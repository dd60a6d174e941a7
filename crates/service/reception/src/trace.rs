//! What the trace is told of a message: how it came, whose it is by which rule, that it is ours now, and what its next hop said
//! while the client waited. Whoever looks a message up sees of each tenant's part that tenant's recipients alone.

use std::collections::BTreeSet;

use core_attribution::{Attributed, Evidence};
use core_directory::{Snapshot, TenantId};
use io_store::{NewRecipient, Scope, TraceEvent, message_id_key};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use service_outbound::{AttemptOutcome, Fate};

use crate::config::Services;
use crate::peer::Peer;
use crate::spool::Arriving;

/// Names of a certificate that are kept with each message; a certificate may have 256.
const MAX_NAMES: usize = 16;

/// Events that are handed over at once.
const TOGETHER: usize = 250;

/// How a client came, as the trace keeps it.
pub(crate) fn connected(peer: &Peer, helo: &str, evidence: &Evidence) -> String {
    let certificate = evidence.certificate.as_deref().map(|facts| {
        let names: Vec<String> = facts.names.iter().take(MAX_NAMES).map(ToString::to_string).collect();
        let trusted = facts.operator_path.is_some_and(|path| path.validity.contains(evidence.at));
        json!({
            "names": names,
            "subject": facts.subject,
            "leaf_sha256": facts.leaf_sha256.to_string(),
            "trusted": trusted && facts.key_proved && !facts.denied,
        })
    });
    let tls = peer.tls.as_ref().map(|tls| json!({ "version": tls.version, "cipher": tls.cipher }));
    let remote = evidence.remote_ip.map(|address| address.to_string());
    json!({ "remote_ip": remote, "helo": helo, "tls": tls, "certificate": certificate }).to_string()
}

impl Arriving {
    /// Tells how it came and whose it is; with `accepted`, that it is ours now.
    pub fn trace_arrival(&self, services: &Services, snapshot: &Snapshot, accepted: bool) {
        let tenants: BTreeSet<TenantId> = self.recipients.iter().map(|own| own.attribution().tenant).collect();
        let mut events = Vec::new();
        let of_tenant = |at, tenant, kind: &str, body: String| TraceEvent {
            at,
            tenant,
            reference: self.reference.clone(),
            kind: kind.to_owned(),
            mail_from: self.reverse_path.clone(),
            rcpt_to: None,
            message_id: None,
            body,
        };
        for &tenant in &tenants {
            let message_id = self.message_id.as_deref().map(message_id_key);
            let connected = of_tenant(self.begun_at, tenant, "connected", self.connected.clone());
            // Whatever becomes of the message, it is found by its Message-ID.
            events.push(TraceEvent { message_id, ..connected });
        }
        for recipient in &self.recipients {
            events.push(self.event(self.begun_at, "attributed", recipient, &attributed(recipient, snapshot)));
        }
        for &tenant in tenants.iter().filter(|_| accepted) {
            let recipients = self.recipients.iter().filter(|own| own.attribution().tenant == tenant).count();
            let body = json!({ "size": self.size, "recipients": recipients, "message_id": self.message_id });
            events.push(of_tenant(self.accepted_at, tenant, "accepted", body.to_string()));
        }
        record(services, events);
    }

    /// Tells what an attempt brought to those whose fate is asked for.
    pub fn trace_outcomes(&self, services: &Services, outcome: &AttemptOutcome, asked: impl Fn(Fate) -> bool) {
        let at = (services.now)();
        let told = self.recipients.iter().zip(&outcome.recipients).filter(|(_, became)| asked(became.fate));
        let events = told.map(|(recipient, became)| {
            let kind = if became.fate == Fate::Delivered { "delivered" } else { "refused" };
            let body = json!({
                "reply": became.reply.to_string(),
                "next_hop": outcome.next_hop,
                "tls": outcome.tls,
                "peer_proved": outcome.peer_proved,
            });
            self.event(at, kind, recipient, &body)
        });
        record(services, events.collect());
    }

    fn event(&self, at: Timestamp, kind: &str, recipient: &Attributed<NewRecipient>, body: &Json) -> TraceEvent {
        TraceEvent {
            at,
            tenant: recipient.attribution().tenant,
            reference: self.reference.clone(),
            kind: kind.to_owned(),
            mail_from: self.reverse_path.clone(),
            rcpt_to: Some(recipient.value().forward_path.clone()),
            message_id: None,
            body: body.to_string(),
        }
    }
}

/// Names are those of the time: the trace tells what was, also when they are changed later.
fn attributed(recipient: &Attributed<NewRecipient>, snapshot: &Snapshot) -> Json {
    let (attribution, route) = (recipient.attribution(), recipient.route());
    let connector = attribution.connector.and_then(|id| {
        // One of its own, or none: what handed the mail over is another tenant's.
        snapshot.connector_by_id(snapshot.tenant_by_id(attribution.tenant)?, id)
    });
    let send_connector = snapshot
        .tenant_by_id(attribution.tenant)
        .and_then(|tenant| snapshot.send_connector(tenant, route.send_connector));
    json!({
        "rule": attribution.rule,
        "direction": attribution.direction,
        "connector": connector.map(|index| snapshot.connector(index).connector.name.to_string()),
        "send_connector": send_connector.map(|connector| connector.name.to_string()),
        "handed_over_by": route.handed_over_by.map(|tenant| tenant.0),
    })
}

fn record(services: &Services, mut events: Vec<TraceEvent>) {
    while !events.is_empty() {
        let rest = events.split_off(events.len().min(TOGETHER));
        services.trace.record_events(Scope::Operator, events);
        events = rest;
    }
}
