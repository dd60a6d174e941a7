//! One transaction: the snapshot taken at MAIL FROM, a verdict for each RCPT TO, and the message into the spool.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use core_attribution::{Attributed, Direction, Evidence, Sender, attribute};
use core_directory::{Domain, DomainError, TenantId};
use io_store::NewRecipient;
use proto_message::{HeaderScanner, Received};
use proto_smtp::server::{Answer, MailRequest, RcptRequest};
use proto_smtp::{DataEnd, ForwardPath, MailBody, Mailbox, Parameters, Reply, ReversePath};
use service_directory::Current;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::cut_through::{Waiting, put_off};
use crate::limits::MAX_TENANTS;
use crate::peer::Peer;
use crate::refusal_log::{Envelope, new_reference};
use crate::session::Shared;
use crate::spool::{Arriving, Spool};
use crate::tenant_meter::{Charges, Exceeded};

/// The client of a session, as far as transactions ask.
pub(crate) struct Client {
    pub peer: Peer,
    pub helo: String,
    pub extended: bool,
}

/// What bounds the answer to a message.
pub(crate) struct Ending<'a> {
    /// When its final dot was read.
    pub since: Instant,
    /// How long its next hop may take.
    pub wait: Duration,
    pub shutdown: &'a CancellationToken,
}

/// A transaction from MAIL FROM on.
pub(crate) struct Transaction {
    /// Taken once: all recipients are judged by it (rule A12).
    current: Arc<Current>,
    /// Everything but the recipient.
    evidence: Evidence,
    reverse_path: Option<String>,
    body: MailBody,
    smtp_utf8: bool,
    ret: Option<String>,
    envid: Option<String>,
    reference: String,
    recipients: Vec<Attributed<NewRecipient>>,
    declared_size: Option<u64>,
    /// What is set aside of the tenants' limits.
    charges: Charges,
    /// Tenants whose entries in the queue are held, with the reason.
    holds: BTreeMap<TenantId, String>,
    receiving: Option<Receiving>,
}

/// The message as it comes in.
struct Receiving {
    spool: Spool,
    scanner: HeaderScanner,
    eight_bit: bool,
}

impl Transaction {
    /// Answers MAIL FROM.
    pub fn begin(shared: &Shared, client: &mut Client, request: MailRequest) -> Result<Self, Reply> {
        let at = (shared.services.now)();
        let usable = shared.services.directory.usable(at);
        let current = usable.map_err(|error| shared.refusals.unavailable(at, &error))?;
        let trust = shared.services.trust.load_full();
        let certificate = client.peer.certificate(&current, &trust, at);
        shared.metrics.begun(client.peer.tls.is_some(), certificate.as_deref(), at);
        let evidence = Evidence {
            at,
            remote_ip: client.peer.origin.address(),
            tls: client.peer.tls.is_some(),
            certificate,
            mail_from: sender(&request.reverse_path)?,
            rcpt_to: None,
        };
        Ok(Self {
            current,
            evidence,
            reverse_path: request.reverse_path.mailbox().map(ToString::to_string),
            body: request.body,
            smtp_utf8: request.smtputf8,
            ret: value_of(&request.params, "RET"),
            envid: value_of(&request.params, "ENVID"),
            reference: new_reference(),
            recipients: Vec::new(),
            declared_size: request.declared_size,
            charges: Charges::new(Arc::clone(&shared.services.meter)),
            holds: BTreeMap::new(),
            receiving: None,
        })
    }

    /// Answers RCPT TO: rules A1 to A10, A14 and A13, then the limits of the tenants that it concerns.
    pub async fn recipient(&mut self, shared: &Shared, client: &Client, request: &RcptRequest) -> Answer {
        let forward_path = path_text(&request.forward_path);
        let rcpt_to = match recipient_domain(&request.forward_path) {
            Ok(rcpt_to) => rcpt_to,
            Err(reply) => return Answer::Reply(reply),
        };
        let evidence = Evidence { rcpt_to, ..self.evidence.clone() };
        let snapshot = &self.current.snapshot;
        let recipient = NewRecipient {
            forward_path: forward_path.clone(),
            notify: value_of(&request.params, "NOTIFY"),
            orcpt: value_of(&request.params, "ORCPT"),
            last_reply: None,
        };
        match attribute(&evidence, snapshot, recipient) {
            Ok(attributed) if self.is_one_tenant_too_many(&attributed) => {
                Answer::Reply(Reply::with_status(452, (4, 5, 3), "Too many organizations among the recipients"))
            }
            Ok(attributed) => {
                let attribution = attributed.attribution();
                shared.metrics.judged(attribution.rule, verdict(attribution.direction));
                match self.charge(shared, &attributed).await {
                    Ok(()) => {
                        self.recipients.push(attributed);
                        Answer::Accept
                    }
                    Err(reply) => Answer::Reply(reply),
                }
            }
            Err(refusal) => {
                shared.metrics.judged(refusal.rule, "refused");
                let envelope = Envelope {
                    origin: client.peer.origin,
                    mail_from: self.reverse_path.as_deref(),
                    rcpt_to: &forward_path,
                };
                Answer::Reply(shared.refusals.refuse(&evidence, snapshot, refusal, &envelope))
            }
        }
    }

    /// Sets a recipient aside at its tenant, and at the one that handed it over inside.
    async fn charge(&mut self, shared: &Shared, recipient: &Attributed<NewRecipient>) -> Result<(), Reply> {
        let (tenant, now) = (recipient.attribution().tenant, (shared.services.now)());
        let snapshot = &self.current.snapshot;
        let limits = |id| Some((id, snapshot.tenant(snapshot.tenant_by_id(id)?).limits));
        let ids = std::iter::once(tenant).chain(recipient.route().handed_over_by);
        let tenants: Vec<_> = ids.filter_map(limits).collect();
        match self.charges.recipient(&tenants, self.declared_size, now).await {
            Ok(None) => Ok(()),
            Ok(Some(over)) => {
                shared.metrics.limited(over.field(), "held");
                self.holds.entry(tenant).or_insert_with(|| over.text());
                Ok(())
            }
            Err(exceeded) => Err(self.refuse(shared, exceeded)),
        }
    }

    fn refuse(&self, shared: &Shared, exceeded: Exceeded) -> Reply {
        let limit = exceeded.field();
        shared.metrics.limited(limit, "refused");
        tracing::debug!(reference = self.reference, %limit, text = exceeded.text(), "refused by a limit of the tenant");
        exceeded.reply()
    }

    fn is_one_tenant_too_many(&self, next: &Attributed<NewRecipient>) -> bool {
        let mut tenants: Vec<_> = self.recipients.iter().map(|own| own.attribution().tenant).collect();
        tenants.push(next.attribution().tenant);
        tenants.sort_unstable();
        tenants.dedup();
        tenants.len() > MAX_TENANTS
    }

    /// Answers DATA, or the first BDAT: opens a body for each tenant, our Received field on top.
    pub async fn data(&mut self, shared: &Shared, client: &Client) -> Answer {
        let facts = self.evidence.certificate.as_deref();
        let received = Received {
            helo: &client.helo,
            extended: client.extended,
            utf8: self.smtp_utf8,
            remote_ip: self.evidence.remote_ip,
            hostname: &shared.hostname,
            tls: client.peer.note(facts, self.evidence.at),
            reference: &self.reference,
            at: self.evidence.at,
        };
        let tenants = self.recipients.iter().map(|own| own.attribution().tenant);
        match Spool::open(&*shared.services.bodies, tenants, self.evidence.at, received.to_field()).await {
            Ok(spool) => {
                let scanner = HeaderScanner::new(&shared.hostname);
                self.receiving = Some(Receiving { spool, scanner, eight_bit: false });
                Answer::Accept
            }
            Err(error) => Answer::Reply(crate::spool::reply_for(&error)),
        }
    }

    /// Whether a message is coming in.
    pub fn is_receiving(&self) -> bool {
        self.receiving.is_some()
    }

    /// Takes a piece of the message.
    pub async fn body(&mut self, octets: Bytes) {
        if let Some(receiving) = &mut self.receiving {
            receiving.scanner.feed(&octets);
            receiving.eight_bit |= !octets.is_ascii();
            receiving.spool.write(octets).await;
        }
    }

    /// Answers the end of data, read at `since`: `250` only when the message is durable or the next hop's. None: the client
    /// was `gone` before its answer.
    pub async fn end(
        mut self,
        shared: &Arc<Shared>,
        client: &Client,
        end: &DataEnd,
        ending: Ending<'_>,
        gone: impl Future<Output = ()>,
    ) -> Option<Reply> {
        let Some(receiving) = self.receiving.take() else {
            return Some(Reply::with_status(451, (4, 3, 0), "The message was lost; try again later"));
        };
        // What the protocol refuses it refuses whatever is answered here; nothing is kept of it.
        let header = receiving.scanner.finish();
        if let Some(reply) = end.refusal().or_else(|| header.refusal()) {
            return Some(reply);
        }
        let charged = self.charges.message(end.size, (shared.services.now)()).await;
        if let Err(exceeded) = charged {
            return Some(self.refuse(shared, exceeded));
        }
        let sender_in_ascii = self.reverse_path.as_ref().is_none_or(|path| path.is_ascii());
        let arriving = Arriving {
            // Clients ask for it on suspicion. Mail that does not need it may go where it is not offered; what a recipient's
            // address needs is seen when it is sent.
            smtp_utf8: self.smtp_utf8 && (header.eight_bit || !sender_in_ascii),
            reverse_path: self.reverse_path,
            recipients: self.recipients,
            eight_bit: receiving.eight_bit,
            binary: self.body == MailBody::BinaryMime,
            ret: self.ret,
            envid: self.envid,
            accepted_at: (shared.services.now)(),
            reference: self.reference,
            message_id: header.message_id,
            begun_at: self.evidence.at,
            connected: crate::trace::connected(&client.peer, &client.helo, &self.evidence),
            size: receiving.spool.size(),
            holds: self.holds,
        };
        let origin = client.peer.origin;
        let sealed = match receiving.spool.seal(&shared.services).await {
            Ok(sealed) => sealed,
            Err(error) => return Some(put_off(&error, &arriving, origin)),
        };
        let Ending { since, wait, shutdown } = ending;
        let (current, arriving, size) = (self.current, Arc::new(arriving), sealed.size);
        let answering = Waiting { shared, current, arriving, sealed, origin, since, wait, shutdown }.answer(gone);
        let reply = answering.await;
        if reply.as_ref().is_some_and(Reply::is_positive) {
            self.charges.accepted(size, (shared.services.now)());
        }
        reply
    }
}

/// The word of a verdict that lets mail pass, as metrics have it.
fn verdict(direction: Direction) -> &'static str {
    match direction {
        Direction::Originating => "originating",
        Direction::Incoming => "incoming",
    }
}

/// Who MAIL FROM names. A domain that is no domain name is refused: taken for nobody's it would slip past the question
/// whose it is (rule A8), as `xn--` with nonsense behind it below a tenant's domain.
fn sender(path: &ReversePath) -> Result<Sender, Reply> {
    let Some(mailbox) = path.mailbox() else { return Ok(Sender::Null) };
    let domain = domain_of(mailbox).map_err(|error| {
        Reply::with_status(501, (5, 1, 7), format!("The sender's domain is not a domain name: {error}"))
    })?;
    Ok(domain.map_or(Sender::NoDomain, Sender::Domain))
}

/// The domain of RCPT TO; none for `<postmaster>` and address literals.
fn recipient_domain(path: &ForwardPath) -> Result<Option<Domain>, Reply> {
    let Some(mailbox) = path.mailbox() else { return Ok(None) };
    domain_of(mailbox).map_err(|error| {
        Reply::with_status(501, (5, 1, 3), format!("The recipient's domain is not a domain name: {error}"))
    })
}

fn domain_of(mailbox: &Mailbox) -> Result<Option<Domain>, DomainError> {
    if mailbox.is_literal() { Ok(None) } else { Domain::parse(mailbox.domain()).map(Some) }
}

/// The value of a parameter, exactly as it came.
fn value_of(params: &Parameters, name: &str) -> Option<String> {
    params.get(name)?.value().map(str::to_owned)
}

/// The path without its angle brackets, exactly as it came.
fn path_text(path: &ForwardPath) -> String {
    match path.mailbox() {
        Some(mailbox) => mailbox.to_string(),
        None => "postmaster".to_owned(),
    }
}
