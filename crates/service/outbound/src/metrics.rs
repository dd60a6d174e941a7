//! What the sending side counts: attempts by their ending, handshakes by version and cipher, connections, back-offs. Labels
//! are of our own making, and those of TLS of the few suites that it offers; nothing here names a tenant or a host.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::Registry;

use crate::Ending;
use crate::health::Health;
use crate::pool::Pool;

/// A handshake's version and cipher.
type OfTls = [(&'static str, String); 2];

/// The families.
pub(crate) struct Metrics {
    attempts: Family<[(&'static str, &'static str); 1], Counter>,
    handshakes: Family<OfTls, Counter>,
    open: Gauge,
}

/// A connection that counts as open as long as this lives.
pub(crate) struct CountedConnection(Gauge);

impl Metrics {
    /// Every ending begins at zero, so that a rate is there before the first one.
    pub(crate) fn new() -> Self {
        let attempts = Family::default();
        for ending in ["answered", "unreachable", "in_doubt", "unusable", "body_unreadable"] {
            let _from_now_on: Counter = Family::get_or_create_owned(&attempts, &[("ending", ending)]);
        }
        Self { attempts, handshakes: Family::default(), open: Gauge::default() }
    }

    /// Hands the families to a registry, with what pool and health know when they are asked.
    pub(crate) fn register(&self, registry: &mut Registry, pool: &Arc<Pool>, health: &Arc<Health>) {
        registry.register(
            "outbound_attempts",
            "Attempts at next hops by how they ended: answered, unreachable, in_doubt (lost behind the final dot), unusable (the \
             send connector), body_unreadable",
            self.attempts.clone(),
        );
        registry.register(
            "outbound_tls_handshakes",
            "TLS handshakes with next hops that succeeded, by version and cipher suite",
            self.handshakes.clone(),
        );
        registry.register(
            "outbound_connections_open",
            "Connections to next hops that are open, warm ones included",
            self.open.clone(),
        );
        registry.register_collector(Box::new(Asked { pool: Arc::clone(pool), health: Arc::clone(health) }));
    }

    pub(crate) fn ended(&self, ending: &Ending) {
        let ending = match ending {
            Ending::Answered => "answered",
            Ending::Unreachable(_) => "unreachable",
            Ending::InDoubt(_) => "in_doubt",
            Ending::Unusable(_) => "unusable",
            Ending::BodyUnreadable(_) => "body_unreadable",
        };
        self.attempts.get_or_create(&[("ending", ending)]).inc();
    }

    pub(crate) fn secured(&self, version: &str, cipher: &str) {
        self.handshakes.get_or_create(&[("version", version.to_owned()), ("cipher", cipher.to_owned())]).inc();
    }

    pub(crate) fn connected(&self) -> CountedConnection {
        self.open.inc();
        CountedConnection(self.open.clone())
    }
}

impl Drop for CountedConnection {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// What is known at any moment and need not be counted.
struct Asked {
    pool: Arc<Pool>,
    health: Arc<Health>,
}

impl Collector for Asked {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let mut gauge = |name, help, value: usize| {
            let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
            gauge.encode(encoder.encode_descriptor(name, help, None, prometheus_client::metrics::MetricType::Gauge)?)
        };
        gauge(
            "outbound_connections_warm",
            "Connections to next hops that are idle and kept for the next message.",
            self.pool.idle(),
        )?;
        gauge(
            "outbound_back_offs",
            "Send connectors that reached no next hop when last tried, and are left alone for a while.",
            self.health.failing(),
        )
    }
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Asked")
    }
}
