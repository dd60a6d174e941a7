//! Rows that could not be written: how many, from when to when, and why; told once, not once a row.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use proto_exchange::protocol_log::{Event, Record};

/// How long after a warning the next one waits, however often rows are lost and written again.
const WARN_AGAIN: Duration = Duration::from_secs(60);

/// Rows lost in one stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    pub rows: u64,
    /// Stamps of the oldest and the youngest.
    pub first: Timestamp,
    pub last: Timestamp,
    /// Why the first was lost.
    pub cause: String,
}

/// What is lost and not yet told in the log itself.
#[derive(Debug, Default)]
pub(crate) struct Losses {
    open: Mutex<Open>,
    total: AtomicU64,
}

#[derive(Debug, Default)]
struct Open {
    gap: Option<Gap>,
    warned: Option<Instant>,
}

impl Losses {
    /// Notes that rows were lost, and warns in the node's log if that is news.
    pub fn add(&self, folder: &str, gap: Gap) {
        self.total.fetch_add(gap.rows, Ordering::Relaxed);
        let mut open = self.lock();
        let is_news = open.gap.is_none() && open.warned.is_none_or(|warned| warned.elapsed() >= WARN_AGAIN);
        if is_news {
            open.warned = Some(Instant::now());
        }
        let cause = is_news.then(|| gap.cause.clone());
        open.merge(gap);
        drop(open);
        if let Some(cause) = cause {
            tracing::warn!(log = folder, cause, "rows of the protocol log are lost; it will say how many once it can");
        }
    }

    /// Takes what is to be told.
    pub fn take(&self) -> Option<Gap> {
        self.lock().gap.take()
    }

    /// It could not be told after all.
    pub fn put_back(&self, gap: Gap) {
        self.lock().merge(gap);
    }

    /// Whether there is something to tell.
    pub fn is_open(&self) -> bool {
        self.lock().gap.is_some()
    }

    /// Rows lost since the start.
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn merge(&mut self, new: Gap) {
        self.gap = Some(match self.gap.take() {
            None => new,
            Some(old) => Gap {
                rows: old.rows + new.rows,
                first: old.first.min(new.first),
                last: old.last.max(new.last),
                cause: old.cause,
            },
        });
    }
}

impl Gap {
    pub fn of_one(at: Timestamp, cause: impl fmt::Display) -> Self {
        Self { rows: 1, first: at, last: at, cause: cause.to_string() }
    }

    /// The row that tells it. It belongs to no session.
    pub fn row(&self, at: Timestamp) -> String {
        let Self { rows, first, last, cause } = self;
        let record = Record {
            at,
            connector_id: "".into(),
            session_id: "".into(),
            sequence_number: 0,
            local_endpoint: "".into(),
            remote_endpoint: "".into(),
            event: Event::Information,
            data: rows.to_string().into(),
            context: format!("rows were lost from {first:.3} to {last:.3}: {cause}").into(),
        };
        record.to_line()
    }
}
