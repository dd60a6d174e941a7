//! Claimed messages that wait for their turn, by send connector: none may take all turns, and one that reaches no next hop
//! gets one turn at a time.
//!
//! A lane keeps a few messages waiting, so that it never runs dry; what does not fit is given back to the queue.

use std::collections::{HashMap, VecDeque};

use core_directory::{SendConnectorId, TenantId};
use io_store::{ClaimNumber, ClaimedMessage, QueuedMessage};

/// Messages of one send connector of one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LaneKey {
    tenant: TenantId,
    connector: SendConnectorId,
}

#[derive(Default)]
struct Lane {
    running: usize,
    waiting: VecDeque<ClaimedMessage>,
}

/// All lanes.
pub struct Lanes {
    lanes: HashMap<LaneKey, Lane>,
    running: usize,
    waiting: usize,
    concurrency: usize,
    per_lane: usize,
}

impl LaneKey {
    /// The lane of a message.
    pub fn of(message: &QueuedMessage) -> Self {
        Self { tenant: message.tenant, connector: message.send_connector }
    }

    /// Whose lane it is.
    pub fn tenant(self) -> TenantId {
        self.tenant
    }

    /// Whose messages are in it.
    pub fn connector(self) -> SendConnectorId {
        self.connector
    }
}

impl Lanes {
    /// Empty lanes with these limits.
    pub fn new(concurrency: usize, per_lane: usize) -> Self {
        let (concurrency, per_lane) = (concurrency.max(1), per_lane.max(1));
        Self { lanes: HashMap::new(), running: 0, waiting: 0, concurrency, per_lane }
    }

    /// Messages that wait.
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// Takes a claimed message in, or gives it back where its lane is full: as many wait as may run.
    pub fn push(&mut self, claimed: ClaimedMessage) -> Result<(), Box<ClaimedMessage>> {
        let lane = self.lanes.entry(LaneKey::of(&claimed.message)).or_default();
        if lane.waiting.len() >= self.per_lane {
            return Err(Box::new(claimed));
        }
        lane.waiting.push_back(claimed);
        self.waiting += 1;
        Ok(())
    }

    /// The next message whose turn it is, from the lane with the fewest running. `is_failing` tells of a lane that reaches
    /// no next hop at present.
    pub fn next(&mut self, is_failing: impl Fn(LaneKey) -> bool) -> Option<ClaimedMessage> {
        if self.running >= self.concurrency {
            return None;
        }
        let free = |key: LaneKey, lane: &Lane| {
            let limit = if is_failing(key) { 1 } else { self.per_lane };
            !lane.waiting.is_empty() && lane.running < limit
        };
        let key = self
            .lanes
            .iter()
            .filter(|(key, lane)| free(**key, lane))
            .min_by_key(|(_, lane)| lane.running)
            .map(|(key, _)| *key)?;
        let lane = self.lanes.get_mut(&key)?;
        let claimed = lane.waiting.pop_front()?;
        lane.running += 1;
        self.running += 1;
        self.waiting -= 1;
        Some(claimed)
    }

    /// A message of the lane has had its turn.
    pub fn finished(&mut self, key: LaneKey) {
        self.running = self.running.saturating_sub(1);
        if let Some(lane) = self.lanes.get_mut(&key) {
            lane.running = lane.running.saturating_sub(1);
            if lane.running == 0 && lane.waiting.is_empty() {
                self.lanes.remove(&key);
            }
        }
    }

    /// The claims of all messages that wait.
    pub fn claims(&self) -> impl Iterator<Item = ClaimNumber> {
        self.lanes.values().flat_map(|lane| &lane.waiting).map(|claimed| claimed.claim)
    }

    /// Takes out all that wait.
    pub fn drain(&mut self) -> Vec<ClaimedMessage> {
        self.waiting = 0;
        self.lanes.values_mut().flat_map(|lane| lane.waiting.drain(..)).collect()
    }
}
