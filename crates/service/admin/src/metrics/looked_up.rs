//! What nobody counts because it is known whenever it is asked for. Each scrape makes these families anew, so that what is
//! gone is gone.

use std::sync::atomic::{AtomicI64, AtomicU64};

use core_directory::Proof;
use io_store::{QUEUE_AGES, QueueStats, Scope};
use jiff::Timestamp;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::PREFIX;
use crate::health;
use crate::state::AdminState;

/// The names of [`QUEUE_AGES`] in labels.
const AGES: [&str; QUEUE_AGES.len()] = ["10m", "1h", "4h", "24h"];

/// A time in seconds since the epoch.
type Moment = Gauge<f64, AtomicU64>;

/// One moment of the node.
pub(super) struct Numbers {
    now: Timestamp,
    ready: bool,
    /// None: the queue cannot be read, and its families are left out.
    queue: Option<QueueStats>,
}

impl Numbers {
    /// Asks those who take time to answer.
    pub async fn gather(state: &AdminState) -> Self {
        let now = (state.now)();
        let ready = health::readiness(state).await.is_ok();
        let queue = state.queue.stats(Scope::Operator, now).await.ok();
        Self { now, ready, queue }
    }

    /// The families with their values.
    pub fn registry(&self, state: &AdminState) -> Registry {
        let mut registry = Registry::with_prefix(PREFIX);
        self.node(state, &mut registry);
        if let Some(stats) = self.queue {
            queue(stats, self.now, &mut registry);
        }
        directory(state, &mut registry);
        certificates(state, &mut registry);
        registry
    }

    fn node(&self, state: &AdminState, registry: &mut Registry) {
        let build = Info::new([("version", state.info.load().version.clone())]);
        registry.register("build", "The version of the program", build);
        seconds(
            registry,
            "process_start_time",
            "When the process started, since the epoch",
            moment(state.info.load().started_at),
        );
        gauge(
            registry,
            "ready",
            "1 if the node takes mail, as /readyz says; 0 if it puts mail off or is stopping",
            i64::from(self.ready),
        );
        let dropped = Counter::<u64, AtomicU64>::default();
        dropped.inc_by(state.trace.dropped());
        let help = "Records of the trace that were dropped because they came faster than the disk takes them";
        registry.register("trace_records_dropped", help, dropped);
        let wrong = Counter::<u64, AtomicU64>::default();
        wrong.inc_by(state.wrong_tokens.count());
        let help = "Requests over [admin] address that showed a token that is not in force";
        registry.register("admin_wrong_tokens", help, wrong);
    }
}

fn queue(stats: QueueStats, now: Timestamp, registry: &mut Registry) {
    gauge(registry, "queue_messages", "Messages in the queue, held ones included", whole(stats.total));
    gauge(registry, "queue_messages_due", "Messages in the queue whose time has come", whole(stats.due));
    gauge(registry, "queue_messages_held", "Messages held for the administrator", whole(stats.held));
    gauge(registry, "queue_messages_claimed", "Messages that are being attempted", whole(stats.claimed));
    let octets = Gauge::<i64, AtomicI64>::default();
    octets.set(whole(stats.octets));
    registry.register_with_unit("queue", "Size of all messages in the queue", Unit::Bytes, octets);
    let older = Family::<[(&'static str, &'static str); 1], Gauge>::default();
    for (age, count) in AGES.into_iter().zip(stats.older) {
        older.get_or_create(&[("than", age)]).set(whole(count));
    }
    let help = "Messages in the queue that were accepted longer ago than this; an old one counts in several";
    registry.register("queue_messages_older", help, older);
    let oldest = stats.oldest_accepted.map_or(0.0, |at| now.duration_since(at).as_secs_f64().max(0.0));
    seconds(registry, "queue_oldest_message_age", "Age of the oldest message in the queue; 0 if it is empty", oldest);
}

fn directory(state: &AdminState, registry: &mut Registry) {
    let current = state.directory.current();
    gauge(registry, "directory_version", "Version of the directory in force", whole(current.version().0));
    seconds(
        registry,
        "directory_confirmed_timestamp",
        "When the store last confirmed the directory, since the epoch; mail is put off ten minutes later",
        moment(state.directory.confirmed_at()),
    );
    gauge(registry, "directory_tenants", "Tenants in the directory", count(current.tenants.len()));
    let domains = current.tenants.iter().flat_map(|tenant| &tenant.domains);
    let missing = domains.filter(|domain| matches!(domain.proof, Proof::Dns { missing_since: Some(_), .. }));
    let help = "Verified domains whose DNS record is missing; each is verified no more two weeks after it went missing";
    gauge(registry, "domain_proofs_missing", help, count(missing.count()));
}

fn certificates(state: &AdminState, registry: &mut Registry) {
    let listeners = Family::<[(&'static str, String); 1], Moment>::default();
    for (address, not_after) in state.certificates.of_listeners() {
        listeners.get_or_create(&[("address", address.to_owned())]).set(moment(not_after));
    }
    registry.register_with_unit(
        "listener_certificate_end_timestamp",
        "When the certificate that a listener shows ends, since the epoch",
        Unit::Seconds,
        listeners,
    );
    let found = state.certificates.of_tenants(&state.directory.current());
    let tenants = Family::<[(&'static str, String); 2], Moment>::default();
    for own in &found.first {
        let labels = [("tenant", own.tenant.clone()), ("name", own.name.clone())];
        tenants.get_or_create(&labels).set(moment(own.ends));
    }
    registry.register_with_unit(
        "tenant_certificate_end_timestamp",
        "When a tenant's certificate ends, since the epoch; the 200 that end first",
        Unit::Seconds,
        tenants,
    );
    gauge(registry, "tenant_certificates", "Certificates of all tenants", count(found.count));
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: i64) {
    let gauge = Gauge::<i64, AtomicI64>::default();
    gauge.set(value);
    registry.register(name, help, gauge);
}

fn seconds(registry: &mut Registry, name: &str, help: &str, value: f64) {
    let gauge = Moment::default();
    gauge.set(value);
    registry.register_with_unit(name, help, Unit::Seconds, gauge);
}

fn moment(at: Timestamp) -> f64 {
    at.as_duration().as_secs_f64()
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
