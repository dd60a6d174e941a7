//! Settings of delivery, their defaults with reasons.

use std::time::Duration;

use crate::{Clock, RetrySchedule};

/// Attempts at once: each holds a connection and two chunks of a body, some 300 kB, and most of them wait.
pub const DEFAULT_CONCURRENCY: usize = 100;

/// Attempts at once of one tenant: silent next hops of one leave half of all to the others.
pub const DEFAULT_PER_TENANT: usize = DEFAULT_CONCURRENCY / 2;

/// Attempts at once through one send connector: as many as it may have connections to one host.
pub const DEFAULT_PER_CONNECTOR: usize = service_outbound::MAX_CONNECTIONS_PER_HOP;

/// How long a claim lasts without being renewed. A node that died blocks its messages that long at most; renewals come
/// three times as often.
pub const DEFAULT_LEASE: Duration = Duration::from_secs(5 * 60);

/// How often the queue is asked for what has become due. What arrives meanwhile is announced.
pub const DEFAULT_POLL: Duration = Duration::from_secs(1);

/// How often lanes that are left alone are searched for messages to be given up or told of. The search goes through all that
/// is due in them; nobody minds a minute after hours.
pub const DEFAULT_AGED_SEARCH: Duration = Duration::from_secs(60);

/// How long running attempts may go on when the program ends. Service managers commonly kill after 90 seconds.
pub const DEFAULT_DRAIN: Duration = Duration::from_secs(30);

/// How delivery works.
#[derive(Clone, Debug)]
pub struct DeliveryConfig {
    /// This node's name in claims: the same after a restart, another on each node.
    pub node: String,
    /// This node's host name, for EHLO and bounces.
    pub hostname: String,
    /// Attempts at once.
    pub concurrency: usize,
    /// Attempts at once of one tenant.
    pub per_tenant: usize,
    /// Attempts at once through one send connector.
    pub per_connector: usize,
    /// When to try again, and when to give up.
    pub schedule: RetrySchedule,
    /// How long a claim lasts without being renewed.
    pub lease: Duration,
    /// How often the queue is asked.
    pub poll: Duration,
    /// How often lanes that are left alone are searched for what has grown old.
    pub aged_search: Duration,
    /// How long running attempts may go on at the end.
    pub drain: Duration,
    /// What time it is.
    pub clock: Clock,
}

impl DeliveryConfig {
    /// The defaults.
    #[must_use]
    pub fn new(node: &str, hostname: &str) -> Self {
        Self {
            node: node.to_owned(),
            hostname: hostname.to_owned(),
            concurrency: DEFAULT_CONCURRENCY,
            per_tenant: DEFAULT_PER_TENANT,
            per_connector: DEFAULT_PER_CONNECTOR,
            schedule: RetrySchedule::default(),
            lease: DEFAULT_LEASE,
            poll: DEFAULT_POLL,
            aged_search: DEFAULT_AGED_SEARCH,
            drain: DEFAULT_DRAIN,
            clock: Clock::system(),
        }
    }
}
