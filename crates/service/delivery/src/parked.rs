//! Lanes that are left alone because their next hop is down. Their messages stay in the queue as they are, due, and go at once
//! when it is back; nothing is claimed from such a lane but what has grown too old to say nothing about.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use io_store::LaneKey;
use tokio::time::Instant;

use crate::judgement::KnownFailure;

/// The parked lanes, each with what is known of its failure.
pub struct Parked {
    lanes: HashMap<LaneKey, Option<KnownFailure>>,
    search_at: Instant,
    search_pause: Duration,
}

impl Parked {
    /// None. They are searched once in `search_pause`.
    pub fn new(now: Instant, search_pause: Duration) -> Self {
        Self { lanes: HashMap::new(), search_at: now, search_pause }
    }

    /// Parks a lane. What is known of its failure stays known.
    pub fn add(&mut self, lane: LaneKey, failure: Option<KnownFailure>) {
        let known = self.lanes.entry(lane).or_default();
        if failure.is_some() {
            *known = failure;
        }
    }

    /// Takes out the lanes that need not be left alone any more.
    pub fn retain(&mut self, is_left_alone: impl Fn(LaneKey) -> bool) {
        self.lanes.retain(|lane, _| is_left_alone(*lane));
    }

    /// The lanes.
    pub fn lanes(&self) -> HashSet<LaneKey> {
        self.lanes.keys().copied().collect()
    }

    /// What is known of a lane's failure.
    pub fn failure(&self, lane: LaneKey) -> Option<KnownFailure> {
        self.lanes.get(&lane).cloned().flatten()
    }

    /// Whether it is time to search the lanes, which is then put off until next time.
    pub fn is_search_due(&mut self, now: Instant) -> bool {
        let is_due = !self.lanes.is_empty() && now >= self.search_at;
        if is_due {
            self.search_at = now + self.search_pause;
        }
        is_due
    }

    /// Searches again at once.
    pub fn search_soon(&mut self, now: Instant) {
        self.search_at = now;
    }
}
