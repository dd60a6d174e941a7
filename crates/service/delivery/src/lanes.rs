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

    /// Takes a claimed message in, or gives it back where its lane is full: as many wait as may run, so that a lane never runs
    /// dry.
    pub fn push(&mut self, claimed: ClaimedMessage) -> Result<(), Box<ClaimedMessage>> {
        let lane = self.lanes.entry(LaneKey::of(&claimed.message)).or_default();
        if lane.running + lane.waiting.len() >= 2 * self.per_lane {
            return Err(Box::new(claimed));
        }
        lane.waiting.push_back(claimed);
        self.waiting += 1;
        Ok(())
    }

    /// The next message whose turn it is: from the lane with the fewest running, then the one that has waited longest.
    /// `is_failing` tells of a lane that reaches no next hop at present.
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
            .min_by_key(|(_, lane)| {
                let oldest = lane.waiting.front().map(|claimed| (claimed.message.next_attempt, claimed.message.id));
                (lane.running, oldest)
            })
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::tests::queued;

    fn claimed(number: u64, connector: u64) -> ClaimedMessage {
        ClaimedMessage { claim: ClaimNumber(number), message: queued(number, connector, &[]) }
    }

    /// Pushes messages of these connectors, numbered from 0; those that found no room.
    fn push(lanes: &mut Lanes, connectors: &[u64]) -> Vec<u64> {
        let all = (0..).zip(connectors).map(|(number, connector)| claimed(number, *connector));
        all.filter_map(|claimed| lanes.push(claimed).err()).map(|back| back.claim.0).collect()
    }

    /// The connectors whose turn it is, until there is none.
    fn turns(lanes: &mut Lanes, failing: &[u64]) -> Vec<u64> {
        let is_failing = |key: LaneKey| failing.contains(&key.connector().0);
        let mut turns: Vec<_> =
            std::iter::from_fn(|| lanes.next(is_failing)).map(|claimed| claimed.message.send_connector.0).collect();
        turns.sort_unstable();
        turns
    }

    #[test]
    fn no_lane_takes_all_turns() {
        let check = |connectors: &[u64], failing: &[u64], back: &[u64], expected: &[u64]| {
            let mut lanes = Lanes::new(4, 3);
            assert_eq!(push(&mut lanes, connectors), back, "{connectors:?}");
            assert_eq!(turns(&mut lanes, failing), expected, "{connectors:?}, {failing:?} failing");
        };
        check(&[], &[], &[], &[]);
        check(&[1, 1], &[], &[], &[1, 1]);
        check(&[1, 1, 1, 1, 1, 1, 1, 1], &[], &[6, 7], &[1, 1, 1]);
        check(&[1, 1, 1, 2, 2, 2], &[], &[], &[1, 1, 2, 2]);
        check(&[1, 1, 1, 2, 2, 2], &[1], &[], &[1, 2, 2, 2]);
        check(&[1, 1, 1, 2, 2, 2], &[1, 2], &[], &[1, 2]);
        check(&[1, 2, 3, 4, 5, 6], &[1, 2, 3, 4, 5, 6], &[], &[1, 2, 3, 4]);
    }

    #[test]
    fn turns_come_free() {
        let mut lanes = Lanes::new(4, 2);
        assert_eq!(push(&mut lanes, &[1, 1]), [] as [u64; 0]);
        assert_eq!(turns(&mut lanes, &[]), [1, 1]);
        assert_eq!(push(&mut lanes, &[1, 1, 1]), [2], "two run, two wait");
        assert_eq!((turns(&mut lanes, &[]), lanes.waiting()), (vec![], 2));
        lanes.finished(LaneKey::of(&claimed(0, 1).message));
        assert_eq!((turns(&mut lanes, &[]), lanes.waiting()), (vec![1], 1));
        assert_eq!(lanes.claims().count(), 1);
        assert_eq!(lanes.drain().len(), 1);
        assert_eq!((lanes.waiting(), lanes.claims().count()), (0, 0));
    }

    #[test]
    fn the_oldest_of_a_lane_goes_first() {
        let mut lanes = Lanes::new(9, 9);
        push(&mut lanes, &[1, 1, 1]);
        let order: Vec<_> = std::iter::from_fn(|| lanes.next(|_| false)).map(|claimed| claimed.claim.0).collect();
        assert_eq!(order, [0, 1, 2]);
    }
}
