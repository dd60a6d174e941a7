//! Telling a sender what became of a message: whether, by which route, and the notice itself, sealed and ready to be queued
//! with the settlement that it belongs to.
//!
//! Never a notice about a message with the null sender. Incoming mail comes from strangers whose addresses nothing has
//! vouched for: a bounce of it is held for the administrator for a while, and other notices about it are not made. Where a tenant of ours
//! handed the mail over inside the relay (rule A13), its sender was attributed when it came in, which vouches.

pub(crate) mod unvouched;
mod way;

use std::sync::Arc;

use bytes::Bytes;
use core_directory::{Snapshot, TenantId};
use io_store::{BODY_CHUNK, Bodies, BodyId, Direction, NewMessage, NewRecipient, QueuedMessage, Scope, StoreError};
use jiff::Timestamp;
use proto_message::notice::{MAX_RETURNED_HEADER, MAX_RETURNED_MESSAGE};
use proto_message::{FailureCause, Notice, NoticeKind, NoticeRecipient, Original, SaidBy};
use proto_smtp::Reply;

pub use unvouched::{MAX_UNVOUCHED, UNVOUCHED_AGE, remove_unvouched};
use way::way_to;

/// What there is to tell of a recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// What happened.
    pub what: What,
    /// The recipient's address without angle brackets.
    pub address: String,
    /// The NOTIFY parameter as it came.
    pub notify: Option<String>,
    /// The ORCPT parameter as it came.
    pub orcpt: Option<String>,
    /// The reply that decided.
    pub reply: Reply,
    /// The host that gave it; `None` if it is our own.
    pub next_hop: Option<String>,
}

/// What happened to a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It was given up. `expired`: it was tried too long, and the reply is the last one.
    Failed {
        /// See above.
        expired: bool,
    },
    /// It is tried for longer than anybody expects.
    Late,
    /// A next hop took it that answers for no notices.
    Relayed,
}

/// A notice to be queued. Its body is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// What it tells, in one word for the log.
    pub tells: &'static str,
    /// The notice, perhaps to be held.
    pub message: NewMessage,
}

/// Makes notices.
#[derive(Clone)]
pub struct Notices {
    hostname: String,
    bodies: Arc<dyn Bodies>,
}

impl Notices {
    /// Makes notices in this host's name.
    #[must_use]
    pub fn new(hostname: &str, bodies: Arc<dyn Bodies>) -> Self {
        Self { hostname: hostname.to_owned(), bodies }
    }

    /// Prepares what is to be told of a message at `now`, a notice for each kind of news: failures, delays (with the time of
    /// giving up), relays. None where nobody is to be told. What is not queued after all leaves bodies that
    /// [`discard`](Self::discard) removes.
    ///
    /// # Errors
    /// What the store says; nothing is left behind, and a failure must not be settled then.
    pub async fn prepare(
        &self,
        message: &QueuedMessage,
        news: &[News],
        retry_until: Timestamp,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Result<Vec<Prepared>, StoreError> {
        let Some(sender) = &message.reverse_path else { return Ok(Vec::new()) };
        let mut prepared = Vec::new();
        for kind in [NoticeKind::Failed, NoticeKind::Delayed { retry_until }, NoticeKind::Relayed] {
            let wanted = |news: &&News| is_of(news.what, kind) && is_wanted(news);
            let told: Vec<_> = news.iter().filter(wanted).collect();
            if told.is_empty() || (kind != NoticeKind::Failed && !is_vouched_for(message)) {
                continue;
            }
            match self.prepare_one(message, sender, kind, &told, snapshot, now).await {
                Ok(one) => prepared.push(one),
                Err(error) => {
                    let prepared: Vec<_> = prepared.into_iter().map(|prepared: Prepared| prepared.message).collect();
                    self.discard(&prepared).await;
                    return Err(error);
                }
            }
        }
        Ok(prepared)
    }

    async fn prepare_one(
        &self,
        message: &QueuedMessage,
        sender: &str,
        kind: NoticeKind,
        told: &[&News],
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Result<Prepared, StoreError> {
        let way = way_to(sender, message, snapshot);
        let original = self.original(message, kind).await?;
        let reference = format!("{:016X}", rand::random::<u64>());
        let recipients: Vec<_> = told.iter().map(|news| recipient(news)).collect();
        let octets = Notice {
            kind,
            hostname: &self.hostname,
            reference: &reference,
            at: now,
            sender,
            original_reference: &message.reference,
            arrived: message.accepted_at,
            envid: message.envid.as_deref(),
            smtp_utf8: message.smtp_utf8,
            original: original.as_original(),
            recipients: &recipients,
        }
        .compose();
        let (size, eight_bit) = (octets.len() as u64, !octets.is_ascii());
        let body = self.write(way.tenant, octets, now).await?;
        let tells = word(kind);
        // By this reason they are known later, whether there is a way or not.
        let hold = if is_vouched_for(message) { way.hold } else { Some(unvouched::reason(sender)) };
        let message = NewMessage {
            tenant: way.tenant,
            direction: way.direction,
            reverse_path: None,
            recipients: vec![NewRecipient { forward_path: sender.to_owned(), ..NewRecipient::default() }],
            send_connector: way.send_connector,
            body,
            size,
            eight_bit,
            binary: false,
            smtp_utf8: !sender.is_ascii(),
            ret: None,
            envid: None,
            accepted_at: now,
            reference,
            attributed: serde_json::json!({ "notice_of": message.reference, "tells": tells }).to_string(),
            handed_over_by: way.handed_over_by,
            hold,
            next_attempt: now,
            first_attempt: None,
            lease: None,
        };
        Ok(Prepared { tells, message })
    }

    /// Removes the bodies of notices that were not queued. What cannot be removed now goes at the next start.
    pub async fn discard(&self, notices: &[NewMessage]) {
        for notice in notices {
            if let Err(error) = self.bodies.remove(Scope::Tenant(notice.tenant), notice.body).await {
                tracing::debug!(body = %notice.body, %error, "the body of a notice that was not queued stays for now");
            }
        }
    }

    /// As much of a stored message as a notice returns; nothing of one that is damaged.
    async fn original(&self, message: &QueuedMessage, kind: NoticeKind) -> Result<Read, StoreError> {
        // RFC 3461 §4.3: RET is about notices of failure; others return the header.
        let asked = message.ret.as_deref().is_some_and(|ret| ret.eq_ignore_ascii_case("FULL"));
        let whole = asked && kind == NoticeKind::Failed && message.size <= MAX_RETURNED_MESSAGE as u64;
        let limit = if whole { MAX_RETURNED_MESSAGE } else { MAX_RETURNED_HEADER };
        match self.beginning(message, limit).await {
            Ok(octets) => Ok(Read { octets, whole }),
            Err(StoreError::NotFound { .. } | StoreError::Corrupt { .. }) => {
                Ok(Read { octets: Vec::new(), whole: false })
            }
            Err(error) => Err(error),
        }
    }

    async fn beginning(&self, message: &QueuedMessage, limit: usize) -> Result<Vec<u8>, StoreError> {
        let mut reader = self.bodies.open(Scope::Tenant(message.tenant), message.body).await?;
        let mut original = Vec::new();
        while original.len() < limit {
            let Some(piece) = reader.read().await? else { break };
            original.extend_from_slice(&piece);
        }
        original.truncate(limit);
        Ok(original)
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

/// A message as far as it was read.
struct Read {
    octets: Vec<u8>,
    whole: bool,
}

impl Read {
    fn as_original(&self) -> Original<'_> {
        if self.whole { Original::Whole(&self.octets) } else { Original::Beginning(&self.octets) }
    }
}

/// Whether the sender's address was attributed by us, so that nobody else is bothered.
fn is_vouched_for(message: &QueuedMessage) -> bool {
    message.direction == Direction::Originating || message.handed_over_by.is_some()
}

fn is_of(what: What, kind: NoticeKind) -> bool {
    matches!(
        (what, kind),
        (What::Failed { .. }, NoticeKind::Failed)
            | (What::Late, NoticeKind::Delayed { .. })
            | (What::Relayed, NoticeKind::Relayed)
    )
}

/// RFC 3461 §4.1: without NOTIFY, failures and delays are told. Success is told only to who asked for it.
fn is_wanted(news: &News) -> bool {
    let keyword = match news.what {
        What::Failed { .. } => "FAILURE",
        What::Late => "DELAY",
        What::Relayed => "SUCCESS",
    };
    match &news.notify {
        None => news.what != What::Relayed,
        Some(notify) => notify.split(',').any(|word| word.trim().eq_ignore_ascii_case(keyword)),
    }
}

fn recipient(news: &News) -> NoticeRecipient<'_> {
    NoticeRecipient {
        address: &news.address,
        orcpt: news.orcpt.as_deref(),
        reply: &news.reply,
        said_by: news.next_hop.as_deref().map_or(SaidBy::Us, SaidBy::NextHop),
        cause: match news.what {
            What::Failed { expired: true } => FailureCause::Expired,
            _ => FailureCause::Final,
        },
    }
}

fn word(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Failed => "failed",
        NoticeKind::Delayed { .. } => "delayed",
        NoticeKind::Relayed => "relayed",
    }
}
