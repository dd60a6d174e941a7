//! The attempt: smart hosts in turn, warm connections before new ones, and an answer for every recipient.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use core_directory::{SendConnector, SmartHost, TenantId};
use io_protocol_log::ProtocolLog;
use io_store::StoreError;
use io_tls::ClientTls;
use prometheus_client::registry::Registry;
use proto_certificate::TrustStore;
use proto_exchange::protocol_log::LogKind;
use proto_smtp::{ForwardPath, HeloName, Reply, ReversePath};
use tokio::time::Instant;

use crate::classify::classify;
use crate::connect::{Dialler, session_log};
use crate::connection::{Broken, Connection};
use crate::envelope::{lacking, transaction};
use crate::health::Health;
use crate::limits::RECIPIENTS_PER_TRANSACTION;
use crate::metrics::Metrics;
use crate::pool::{HopKey, Identity, Pool};
use crate::setup::usable;
use crate::{
    Attempt, AttemptOutcome, ConnectionFailure, Ending, Fate, RecipientOutcome, SaidBy, Stage, Timeouts, Transcript,
    TranscriptEvent,
};

/// Settings of the sending side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboundConfig {
    /// How long each phase may take.
    pub timeouts: Timeouts,
}

/// Makes attempts. One for the whole process: it owns the warm connections.
pub struct Outbound {
    times: Timeouts,
    roots: ArcSwap<TrustStore>,
    tls: ClientTls,
    pool: Arc<Pool>,
    health: Arc<Health>,
    metrics: Metrics,
    protocol_log: ProtocolLog,
}

/// One attempt under way.
struct Run<'a> {
    attempt: &'a Attempt<'a>,
    outbound: &'a Outbound,
    sender: ReversePath,
    recipients: Vec<Option<ForwardPath>>,
    outcomes: Vec<Option<RecipientOutcome>>,
    /// Refusals by hops that answered and lack something, for recipients that are still open.
    lacking: Vec<Option<Reply>>,
    /// A smart host was reached and answered.
    answered: bool,
    /// Whether each host that took a recipient offers DSN; nothing while none was taken.
    dsn_passed_on: Option<bool>,
    next_hop: String,
    tls: Option<String>,
    peer_proved: bool,
    transcript: Transcript,
}

/// Why a connection answered no further. The recipients without an outcome are still open.
enum Stopped {
    /// The next connection may try.
    Lost(ConnectionFailure),
    /// After our final dot; all is decided.
    InDoubt(ConnectionFailure),
    /// The body could not be read; all is decided.
    Body(StoreError),
}

impl Outbound {
    /// A sending side without a connection. `roots` are the operator's: next hops are judged by them.
    #[must_use]
    pub fn new(config: OutboundConfig, roots: TrustStore) -> Self {
        Self {
            times: config.timeouts,
            roots: ArcSwap::from_pointee(roots),
            tls: ClientTls::new(),
            pool: Pool::new(config.timeouts),
            health: Arc::default(),
            metrics: Metrics::new(),
            protocol_log: ProtocolLog::off(LogKind::Send),
        }
    }

    /// Writes what is said over connectors with `protocol_logging = "verbose"` into this log.
    #[must_use]
    pub fn with_protocol_log(self, protocol_log: ProtocolLog) -> Self {
        Self { protocol_log, ..self }
    }

    /// Judges next hops by other roots from now on. Warm connections were judged by the old ones and are closed.
    pub fn replace_roots(&self, roots: TrustStore) {
        self.roots.store(Arc::new(roots));
        self.pool.clear();
    }

    /// Closes all warm connections, at the end of the program.
    pub fn close_idle(&self) {
        self.pool.clear();
    }

    /// How long a connector that reaches no next hop should be left alone. `None`: it is not known to fail. Zero: its wait
    /// is over, and one attempt may find out whether it works again.
    #[must_use]
    pub fn back_off(&self, tenant: TenantId, connector: &SendConnector) -> Option<Duration> {
        self.health.wait(tenant, connector, Instant::now())
    }

    /// Ends the waiting of the failing connectors of one tenant, or of all: an administrator wants mail tried now.
    pub fn forget_failures(&self, of: Option<TenantId>) {
        self.health.forget(of);
    }

    /// Hands what the sending side counts to a registry.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.metrics.register(registry, &self.pool, &self.health);
    }

    /// Whether an attempt would have to wait for a connection to the first smart host.
    #[must_use]
    pub fn is_busy(&self, tenant: TenantId, connector: &SendConnector) -> bool {
        connector.smart_hosts.first().is_some_and(|host| self.pool.is_full(&hop_key(tenant, connector, host)))
    }

    /// Makes the attempt. Every recipient gets an outcome. Dropped before our final dot, it delivers nothing.
    pub async fn attempt(&self, attempt: &Attempt<'_>) -> AttemptOutcome {
        let sender = attempt.reverse_path.map_or(Ok(ReversePath::Null), ReversePath::parse);
        let mut run = Run {
            attempt,
            outbound: self,
            sender: sender.clone().unwrap_or(ReversePath::Null),
            recipients: attempt.recipients.iter().map(|to| ForwardPath::parse(to.forward_path).ok()).collect(),
            outcomes: vec![None; attempt.recipients.len()],
            lacking: vec![None; attempt.recipients.len()],
            answered: false,
            dsn_passed_on: None,
            next_hop: String::new(),
            tls: None,
            peer_proved: false,
            transcript: Transcript::default(),
        };
        if let Err(error) = sender {
            run.settle_open(Fate::Failed, &Reply::with_status(553, (5, 1, 7), format!("The sender is {error}")));
        }
        run.settle_unreadable();
        let ending = run.hosts().await;
        self.metrics.ended(&ending);
        match &ending {
            Ending::Answered | Ending::InDoubt(_) => self.health.worked(attempt.tenant, attempt.connector),
            Ending::Unreachable(_) => self.health.failed(attempt.tenant, attempt.connector, Instant::now()),
            Ending::Unusable(_) | Ending::BodyUnreadable(_) => {}
        }
        run.into_outcome(ending)
    }
}

impl Run<'_> {
    /// Tries the smart hosts in turn.
    async fn hosts(&mut self) -> Ending {
        if self.is_decided() {
            return Ending::Answered;
        }
        let helo_name = match usable(self.attempt) {
            Ok(helo_name) => helo_name,
            Err(failure) => {
                session_log(&self.outbound.protocol_log, self.attempt.connector).note("", &failure.to_string());
                return self.unreached(failure, Ending::Unusable);
            }
        };
        let mut last = None;
        for host in &self.attempt.connector.smart_hosts {
            match self.host(host, &helo_name).await {
                Ok(()) if self.is_decided() => return Ending::Answered,
                // What this one lacks the next may have.
                Ok(()) => self.answered = true,
                Err(Stopped::Lost(failure)) => last = Some(failure),
                Err(Stopped::InDoubt(failure)) => return Ending::InDoubt(failure),
                Err(Stopped::Body(error)) => return Ending::BodyUnreadable(error),
            }
        }
        // So may one that was not reached.
        let Some(failure) = last else { return self.settle_lacking() };
        let answered = self.answered;
        self.unreached(failure, if answered { |_| Ending::Answered } else { Ending::Unreachable })
    }

    /// Tries one smart host: a warm connection if there is one, then a new one.
    async fn host(&mut self, host: &SmartHost, helo_name: &HeloName) -> Result<(), Stopped> {
        let outbound = self.outbound;
        let key = hop_key(self.attempt.tenant, self.attempt.connector, host);
        let identity = Arc::new(Identity::of(self.attempt, helo_name));
        let _slot = outbound.pool.slot(&key).await;
        if let Some(mut warm) = outbound.pool.take(&key, &identity) {
            warm.note_reuse(&mut self.transcript);
            match self.hand_over(&mut warm, true).await {
                Ok(()) => {
                    outbound.pool.put(&key, &identity, warm);
                    return Ok(());
                }
                // It died while it was idle, and nothing is lost.
                Err(Stopped::Lost(failure)) => self.disconnected(&failure),
                Err(stopped) => return Err(stopped),
            }
        }
        let dialler = Dialler {
            attempt: self.attempt,
            helo_name,
            host,
            tls: &outbound.tls,
            roots: &outbound.roots.load_full(),
            times: &outbound.times,
            metrics: &outbound.metrics,
            protocol_log: &outbound.protocol_log,
        };
        let mut connection = dialler.connect(&mut self.transcript).await.map_err(Stopped::Lost)?;
        self.hand_over(&mut connection, false).await?;
        outbound.pool.put(&key, &identity, connection);
        Ok(())
    }

    /// Hands the message over for all recipients that are still open.
    async fn hand_over(&mut self, connection: &mut Connection, warm: bool) -> Result<(), Stopped> {
        self.next_hop.clone_from(&connection.next_hop);
        self.tls.clone_from(&connection.tls);
        self.peer_proved = connection.peer_proved;
        connection.begin_message(self.attempt.message);
        loop {
            let places = self.next_batch(connection);
            if places.is_empty() {
                return Ok(());
            }
            if !connection.link.session.is_idle() {
                return Err(self.lost(connection, "it ended the session", None));
            }
            self.transaction(connection, warm, &places).await?;
        }
    }

    /// The places of at most [`RECIPIENTS_PER_TRANSACTION`] open recipients for which the next hop lacks nothing.
    fn next_batch(&mut self, connection: &Connection) -> Vec<usize> {
        let (hop, capabilities) = (&connection.next_hop, connection.capabilities());
        let mut places = Vec::new();
        let open: Vec<_> = self
            .open()
            .map(|(place, path)| (place, lacking(self.attempt, &self.sender, path, capabilities, hop)))
            .collect();
        for (place, refusal) in open {
            if refusal.is_none() && places.len() < RECIPIENTS_PER_TRANSACTION {
                places.push(place);
            }
            if let Some(slot) = self.lacking.get_mut(place) {
                *slot = refusal;
            }
        }
        places
    }

    /// One transaction for the recipients at these places.
    async fn transaction(&mut self, connection: &mut Connection, warm: bool, places: &[usize]) -> Result<(), Stopped> {
        let dsn = connection.capabilities().dsn;
        let recipients = places.iter().filter_map(|&place| {
            let path = self.recipients.get(place)?.clone()?;
            self.attempt.recipients.get(place).map(|wishes| (wishes, path))
        });
        let transaction = transaction(self.attempt, &self.sender, recipients, connection.capabilities());
        let (body, dot_sent) = (&self.attempt.body, self.attempt.dot_sent);
        let times = &self.outbound.times;
        match connection.transact(transaction, body, dot_sent, times, &mut self.transcript).await {
            Ok(outcome) if warm && !connection.link.dot_sent && outcome.closing.is_some() => {
                Err(self.lost(connection, "it ended the session", outcome.closing))
            }
            Ok(outcome) => {
                for (position, &place) in places.iter().enumerate() {
                    if outcome.is_delivered(position) {
                        self.dsn_passed_on = Some(dsn && self.dsn_passed_on.unwrap_or(true));
                    }
                    if let Some(slot) = self.outcomes.get_mut(place) {
                        *slot = classify(&outcome, position);
                    }
                }
                Ok(())
            }
            Err(Broken::Lost { text, reply }) if !connection.link.dot_sent => Err(self.lost(connection, &text, reply)),
            Err(Broken::Lost { text, .. }) => {
                let text = format!("{text}; it may have taken the message, which will be sent again");
                let failure = ConnectionFailure::new(Stage::EndOfData, &connection.next_hop, text);
                self.disconnected(&failure);
                self.settle_open(Fate::Deferred, &failure.to_reply());
                Err(Stopped::InDoubt(failure))
            }
            Err(Broken::Body(error)) => {
                self.settle_open(Fate::Deferred, &Reply::with_status(451, (4, 3, 0), "The message could not be read"));
                Err(Stopped::Body(error))
            }
            Err(Broken::Message(error)) => {
                self.settle_open(Fate::Failed, &Reply::with_status(554, (5, 6, 11), sentence(&error.to_string())));
                Ok(())
            }
        }
    }

    fn lost(&mut self, connection: &Connection, text: &str, reply: Option<Reply>) -> Stopped {
        let failure = ConnectionFailure::new(Stage::Transaction, &connection.next_hop, text);
        Stopped::Lost(ConnectionFailure { reply, ..failure })
    }

    fn disconnected(&mut self, failure: &ConnectionFailure) {
        self.transcript.add(TranscriptEvent::Disconnected, &failure.to_string());
    }

    /// Recipients without an outcome, with their places.
    fn open(&self) -> impl Iterator<Item = (usize, &ForwardPath)> {
        let open = self.outcomes.iter().zip(&self.recipients).enumerate();
        open.filter(|(_, (outcome, _))| outcome.is_none())
            .filter_map(|(place, (_, path))| path.as_ref().map(|path| (place, path)))
    }

    fn is_decided(&self) -> bool {
        self.open().next().is_none()
    }

    /// Decides all that is open, in our words.
    fn settle_open(&mut self, fate: Fate, reply: &Reply) {
        for slot in self.outcomes.iter_mut().filter(|slot| slot.is_none()) {
            *slot = Some(RecipientOutcome::ours(fate, reply.clone()));
        }
    }

    /// Decides what no hop can take: every one was reached, and lacks something.
    fn settle_lacking(&mut self) -> Ending {
        for (slot, refusal) in self.outcomes.iter_mut().zip(&mut self.lacking).filter(|(slot, _)| slot.is_none()) {
            *slot = refusal.take().map(|reply| RecipientOutcome::ours(Fate::Failed, reply));
        }
        Ending::Answered
    }

    /// Decides recipients whose address is none.
    fn settle_unreadable(&mut self) {
        for (slot, path) in self.outcomes.iter_mut().zip(&self.recipients) {
            if path.is_none() && slot.is_none() {
                let reply = Reply::with_status(553, (5, 1, 3), "The recipient's address is not well-formed");
                *slot = Some(RecipientOutcome::ours(Fate::Failed, reply));
            }
        }
    }

    /// Decides all that is open after a failure: in the next hop's words where it had any.
    fn unreached(&mut self, failure: ConnectionFailure, ending: fn(ConnectionFailure) -> Ending) -> Ending {
        let said_by =
            if failure.reply.is_some() && failure.stage != Stage::Setup { SaidBy::NextHop } else { SaidBy::Us };
        let reply = failure.reply.clone().unwrap_or_else(|| failure.to_reply());
        for slot in self.outcomes.iter_mut().filter(|slot| slot.is_none()) {
            *slot = Some(RecipientOutcome { fate: Fate::Deferred, reply: reply.clone(), said_by });
        }
        if self.next_hop != failure.next_hop {
            self.next_hop.clone_from(&failure.next_hop);
            self.tls = None;
            self.peer_proved = false;
        }
        ending(failure)
    }

    fn into_outcome(self, ending: Ending) -> AttemptOutcome {
        let missing = || RecipientOutcome::ours(Fate::Deferred, Reply::with_status(451, (4, 3, 0), "Not tried"));
        AttemptOutcome {
            recipients: self.outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(missing)).collect(),
            next_hop: self.next_hop,
            tls: self.tls,
            peer_proved: self.peer_proved,
            dsn_passed_on: self.dsn_passed_on.unwrap_or(false),
            transcript: self.transcript,
            ending,
        }
    }
}

fn hop_key(tenant: TenantId, connector: &SendConnector, host: &SmartHost) -> HopKey {
    HopKey { tenant, connector: connector.id, host: host.clone() }
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
