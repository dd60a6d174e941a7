//! Refusals: a reference for the client, and the reasoning kept under it. Bounded by source, so that scanners cannot fill
//! the disk; equal refusals are counted under the first.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use core_attribution::{Answer, Evidence, Refusal, RefusalReply, ReplyContext, Sender, Verdict, tenants_with_sight};
use core_directory::{Snapshot, TenantId, Thumbprint};
use io_store::{NearMiss, RefusalRecord, Scope, Trace};
use jiff::Timestamp;
use proto_smtp::Reply;
use service_directory::Unconfirmed;

use crate::knocking::candidates;
use crate::limits::{REASONING_WINDOW, REASONINGS_PER_SOURCE, REMEMBERED_SOURCES};
use crate::origin::Origin;
use crate::sources::source_of;

pub(crate) struct RefusalLog {
    hostname: String,
    trace: Arc<dyn Trace>,
    recent: Mutex<Recent>,
}

/// What was refused to whom lately.
#[derive(Default)]
struct Recent {
    sources: HashMap<IpAddr, Source>,
    order: VecDeque<IpAddr>,
}

struct Source {
    since: Timestamp,
    references: HashMap<Key, String>,
    last: Option<String>,
}

/// Refusals with one key have one reasoning, and are seen by the same tenants.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    reply: RefusalReply,
    /// One of those that count as one source, and each may be another tenant's.
    remote_ip: Option<IpAddr>,
    tls: bool,
    leaf: Option<Thumbprint>,
    /// Whom the certificate convinced: the operator's word may change within a directory's version.
    trusted: bool,
    mail_from: Option<String>,
    rcpt_to: String,
    version: u64,
}

/// What is to be done about one refusal.
enum Plan {
    Record(String),
    Repeat(String),
    /// Over the limit: a reference of its own, counted under the last that was recorded.
    Count {
        own: String,
        last: Option<String>,
    },
}

/// The envelope as it is shown later.
pub(crate) struct Envelope<'a> {
    pub origin: Origin,
    pub mail_from: Option<&'a str>,
    pub rcpt_to: &'a str,
}

impl RefusalLog {
    pub fn new(hostname: String, trace: Arc<dyn Trace>) -> Self {
        Self { hostname, trace, recent: Mutex::default() }
    }

    /// The reply for a refusal by the rules; its reasoning is recorded or counted.
    pub fn refuse(&self, evidence: &Evidence, snapshot: &Snapshot, refusal: Refusal, envelope: &Envelope<'_>) -> Reply {
        let key = Key {
            reply: refusal.reply,
            remote_ip: evidence.remote_ip,
            tls: evidence.tls,
            trusted: evidence.certificate.as_ref().is_some_and(|facts| facts.operator_path.is_some()),
            leaf: evidence.certificate.as_ref().map(|facts| facts.leaf_sha256),
            mail_from: match &evidence.mail_from {
                Sender::Null => Some(String::new()),
                sender => sender.domain().map(ToString::to_string),
            },
            rcpt_to: envelope.rcpt_to.to_owned(),
            version: snapshot.version().0,
        };
        let plan = self.plan(source_of(envelope.origin.accountable()), key, evidence.at);
        let reply = self.reply(refusal.reply, evidence.at, plan.reference());
        match plan {
            Plan::Record(reference) => {
                let knocks = candidates(evidence, snapshot, refusal);
                let record = record(reference.clone(), evidence, snapshot, refusal, envelope, &reply);
                self.trace.record_refusal(Scope::Operator, record);
                if !knocks.is_empty() {
                    self.trace.record_knocks(Scope::Operator, &reference, knocks);
                }
            }
            Plan::Repeat(reference) | Plan::Count { last: Some(reference), .. } => {
                self.trace.repeat_refusal(Scope::Operator, &reference, evidence.at);
            }
            Plan::Count { last: None, .. } => {}
        }
        reply
    }

    /// A reply that refuses for our own fault (rule A11). There is no reasoning behind it; its reference stands in the log.
    pub fn unavailable(&self, at: Timestamp, error: &Unconfirmed) -> Reply {
        let reference = new_reference();
        tracing::error!(%error, %reference, "mail is put off");
        self.reply(RefusalReply::DirectoryUnavailable, at, &reference)
    }

    fn reply(&self, kind: RefusalReply, at: Timestamp, reference: &str) -> Reply {
        let context = ReplyContext { hostname: &self.hostname, at, reference };
        Reply::with_status(kind.code(), kind.enhanced(), kind.text_with(context))
    }

    fn plan(&self, address: IpAddr, key: Key, at: Timestamp) -> Plan {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let source = recent.source(address, at);
        if let Some(reference) = source.references.get(&key) {
            return Plan::Repeat(reference.clone());
        }
        let reference = new_reference();
        if source.references.len() >= REASONINGS_PER_SOURCE as usize {
            return Plan::Count { own: reference, last: source.last.clone() };
        }
        source.references.insert(key, reference.clone());
        source.last = Some(reference.clone());
        Plan::Record(reference)
    }
}

impl Plan {
    fn reference(&self) -> &str {
        match self {
            Self::Record(reference) | Self::Repeat(reference) | Self::Count { own: reference, .. } => reference,
        }
    }
}

impl Recent {
    fn source(&mut self, address: IpAddr, at: Timestamp) -> &mut Source {
        if !self.sources.contains_key(&address) {
            self.order.push_back(address);
            if self.order.len() > REMEMBERED_SOURCES
                && let Some(oldest) = self.order.pop_front()
            {
                self.sources.remove(&oldest);
            }
        }
        let fresh = || Source { since: at, references: HashMap::new(), last: None };
        let source = self.sources.entry(address).or_insert_with(fresh);
        // A clock set back begins a new window too.
        let age = at.duration_since(source.since);
        if age.is_negative() || age.unsigned_abs() > REASONING_WINDOW {
            *source = fresh();
        }
        source
    }
}

fn record(
    reference: String,
    evidence: &Evidence,
    snapshot: &Snapshot,
    refusal: Refusal,
    envelope: &Envelope<'_>,
    reply: &Reply,
) -> RefusalRecord {
    let answer = Answer::of_verdict(evidence, snapshot, &Verdict::Refused(refusal));
    let body = serde_json::to_string(&answer).unwrap_or_else(|error| {
        tracing::error!(%error, %reference, "the reasoning of a refusal could not be written down");
        String::new()
    });
    tracing::info!(
        %reference,
        origin = %envelope.origin,
        mail_from = envelope.mail_from.unwrap_or_default(),
        rcpt_to = envelope.rcpt_to,
        rule = %refusal.rule,
        reply = %refusal.reply,
        "refused; `postwarden why {reference}` tells the reasoning"
    );
    let tenant_sight: Vec<TenantId> = tenants_with_sight(evidence, snapshot).into_iter().collect();
    RefusalRecord {
        reference,
        at: evidence.at,
        nearest: nearest(&answer, snapshot, &tenant_sight),
        tenant_sight,
        kind: refusal.reply.to_string(),
        remote_ip: envelope.origin.address(),
        mail_from: envelope.mail_from.map(ToOwned::to_owned),
        rcpt_to: envelope.rcpt_to.to_owned(),
        reply: reply_text(reply),
        body,
        repeats: 0,
        last_at: evidence.at,
    }
}

/// The connector that came nearest, and that of each tenant with sight. What was considered stands with the nearest first;
/// of all tenants together it names a connector each.
fn nearest(answer: &Answer, snapshot: &Snapshot, tenant_sight: &[TenantId]) -> Vec<NearMiss> {
    let mut nearest: Vec<NearMiss> = Vec::new();
    for considered in &answer.considered {
        let Some(tenant) = snapshot.tenant_by_name(&considered.tenant).map(|index| snapshot.tenant(index).id) else {
            continue;
        };
        let counts = nearest.is_empty() || tenant_sight.contains(&tenant);
        if counts && !considered.connector.is_empty() && !nearest.iter().any(|known| known.tenant == tenant) {
            nearest.push(NearMiss { tenant, connector: considered.connector.clone() });
        }
    }
    nearest
}

/// The reply in one line, as bounces and logs quote it.
fn reply_text(reply: &Reply) -> String {
    let octets = reply.to_bytes();
    String::from_utf8_lossy(&octets).trim_end().to_owned()
}

/// A reference that nobody can guess: 64 random bits in hexadecimal, of the look that Exchange's session ids have.
pub(crate) fn new_reference() -> String {
    format!("{:016X}", rand::random::<u64>())
}
