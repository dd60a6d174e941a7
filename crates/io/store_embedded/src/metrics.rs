//! What the store measures of itself: how many operations share a commit, how long commits and reads take, what failed.
//! Counting costs the writer an atomic addition or two a group; nothing here is asked on the way of a message.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::schema::Schema;

/// Bounds of operations in one commit: group commit takes at most 256.
const GROUPS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// Bounds of times in seconds: from a cached read to a disk that is in trouble.
const TIMES: [f64; 10] = [0.000_25, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0];

/// The one label of every family here: the database, by its file's name without the ending.
type OfDatabase = [(&'static str, &'static str); 1];

type Histograms = Family<OfDatabase, Histogram, fn() -> Histogram>;

/// The families, each by database.
#[derive(Clone)]
pub struct Metrics {
    groups: Histograms,
    commits: Histograms,
    reads: Histograms,
    failures: Family<OfDatabase, Counter>,
}

/// What one database measures.
#[derive(Clone)]
pub struct Meter {
    groups: Histogram,
    commits: Histogram,
    reads: Histogram,
    failures: Counter,
}

impl Metrics {
    /// Families without a value.
    pub fn new() -> Self {
        let times: fn() -> Histogram = || Histogram::new(TIMES);
        Self {
            groups: Family::new_with_constructor(|| Histogram::new(GROUPS)),
            commits: Family::new_with_constructor(times),
            reads: Family::new_with_constructor(times),
            failures: Family::default(),
        }
    }

    /// Hands the families to a registry.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "store_commit_operations",
            "Operations that shared one commit, and so one fsync, by database",
            self.groups.clone(),
        );
        registry.register_with_unit(
            "store_commit",
            "Time from the begin of a commit's first operation until all is durable, by database",
            Unit::Seconds,
            self.commits.clone(),
        );
        registry.register_with_unit(
            "store_read",
            "Time of a read from its hand-over to its answer, waiting for a thread included, by database",
            Unit::Seconds,
            self.reads.clone(),
        );
        registry.register(
            "store_failed_commits",
            "Commits that failed as a whole, so that nothing of their operations was kept, by database",
            self.failures.clone(),
        );
    }

    /// The meter of a database.
    pub fn of(&self, schema: &Schema) -> Meter {
        let label = [("database", schema.file.trim_end_matches(".db"))];
        Meter {
            groups: self.groups.get_or_create_owned(&label),
            commits: self.commits.get_or_create_owned(&label),
            reads: self.reads.get_or_create_owned(&label),
            failures: self.failures.get_or_create_owned(&label),
        }
    }
}

impl Meter {
    /// A group of operations was committed.
    pub fn committed(&self, operations: usize, took: Duration) {
        self.groups.observe(f64::from(u32::try_from(operations).unwrap_or(u32::MAX)));
        self.commits.observe(took.as_secs_f64());
    }

    /// A group failed.
    pub fn failed(&self) {
        self.failures.inc();
    }

    /// A read was answered.
    pub fn read(&self, took: Duration) {
        self.reads.observe(took.as_secs_f64());
    }
}
