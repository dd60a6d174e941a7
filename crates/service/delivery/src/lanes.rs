//! Claimed messages that wait for their turn, by send connector: none may take all turns, and one that reaches no next hop
//! gets one turn at a time.
//!
//! A next hop that takes connections and then is silent keeps a turn for minutes. So that such hops do not use up all turns, a
//! lane begins with a few and gains one with each attempt that was answered, a tenant has half of all at the most, and the
//! last quarter is for lanes that have none.

use std::collections::{HashMap, VecDeque};

use core_directory::TenantId;
use io_store::{ClaimExcept, ClaimNumber, ClaimedMessage, LaneKey, QueuedMessage};

/// Turns of a lane of which nothing is known yet.
const FIRST_TURNS: usize = 5;

/// What one lane has.
struct Lane {
    running: usize,
    /// How many may run: it grows with each attempt that was answered and is halved by each that was not.
    turns: usize,
    waiting: VecDeque<ClaimedMessage>,
}

/// All lanes.
pub struct Lanes {
    lanes: HashMap<LaneKey, Lane>,
    tenants: HashMap<TenantId, Load>,
    running: usize,
    waiting: usize,
    limits: LaneLimits,
}

/// What one tenant has in all its lanes.
#[derive(Clone, Copy, Default)]
struct Load {
    running: usize,
    waiting: usize,
}

/// How many attempts may run at once.
#[derive(Clone, Copy, Debug)]
pub struct LaneLimits {
    /// In all.
    pub concurrency: usize,
    /// Of one tenant.
    pub per_tenant: usize,
    /// Through one send connector.
    pub per_lane: usize,
}

/// The lane of a message.
pub fn lane_of(message: &QueuedMessage) -> LaneKey {
    LaneKey { tenant: message.tenant, connector: message.send_connector }
}

impl Lanes {
    /// Empty lanes with these limits.
    pub fn new(limits: LaneLimits) -> Self {
        let limits = LaneLimits {
            concurrency: limits.concurrency.max(1),
            per_tenant: limits.per_tenant.max(1),
            per_lane: limits.per_lane.max(1),
        };
        Self { lanes: HashMap::new(), tenants: HashMap::new(), running: 0, waiting: 0, limits }
    }

    /// Messages that wait.
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// The lanes in which messages wait.
    pub fn keys(&self) -> impl Iterator<Item = LaneKey> {
        self.lanes.iter().filter(|(_, lane)| !lane.waiting.is_empty()).map(|(key, _)| *key)
    }

    /// Takes a claimed message in.
    pub fn push(&mut self, claimed: ClaimedMessage) {
        let key = lane_of(&claimed.message);
        let turns = FIRST_TURNS.min(self.limits.per_lane);
        let fresh = || Lane { running: 0, turns, waiting: VecDeque::new() };
        self.lanes.entry(key).or_insert_with(fresh).waiting.push_back(claimed);
        self.tenants.entry(key.tenant).or_default().waiting += 1;
        self.waiting += 1;
    }

    /// What a claim should pass over: lanes and tenants of which as many wait as may run. `is_failing` tells of a lane that
    /// reaches no next hop at present.
    pub fn full(&self, is_failing: impl Fn(LaneKey) -> bool) -> ClaimExcept {
        let crowded = |(key, lane): &(&LaneKey, &Lane)| {
            !lane.waiting.is_empty() && lane.waiting.len() >= lane.turns(is_failing(**key))
        };
        let lanes = self.lanes.iter().filter(crowded).map(|(key, _)| *key);
        let tenants = self.tenants.iter().filter(|(_, load)| load.waiting >= self.limits.per_tenant);
        ClaimExcept { lanes: lanes.collect(), tenants: tenants.map(|(tenant, _)| *tenant).collect() }
    }

    /// Whether a lane may soon have nothing to do.
    pub fn runs_dry(&self, key: LaneKey) -> bool {
        self.lanes.get(&key).is_none_or(|lane| lane.waiting.len() < lane.turns)
    }

    /// The next message whose turn it is: from the lane with the fewest running, then the one that has waited longest.
    pub fn next(&mut self, is_failing: impl Fn(LaneKey) -> bool) -> Option<ClaimedMessage> {
        let LaneLimits { concurrency, per_tenant, .. } = self.limits;
        if self.running >= concurrency {
            return None;
        }
        let is_reserved = self.running >= concurrency - concurrency / 4;
        let free = |key: LaneKey, lane: &Lane| {
            let of_tenant = self.tenants.get(&key.tenant).map_or(0, |load| load.running);
            !lane.waiting.is_empty()
                && lane.running < if is_reserved { 1 } else { lane.turns(is_failing(key)) }
                && of_tenant < per_tenant
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
        self.waiting = self.waiting.saturating_sub(1);
        let load = self.tenants.entry(key.tenant).or_default();
        load.running += 1;
        load.waiting = load.waiting.saturating_sub(1);
        Some(claimed)
    }

    /// A message of the lane has had its turn. `answered`: whether a next hop answered; `None` if none was asked.
    pub fn finished(&mut self, key: LaneKey, answered: Option<bool>) {
        self.running = self.running.saturating_sub(1);
        if let Some(load) = self.tenants.get_mut(&key.tenant) {
            load.running = load.running.saturating_sub(1);
        }
        if let Some(lane) = self.lanes.get_mut(&key) {
            lane.running = lane.running.saturating_sub(1);
            lane.turns = match answered {
                None => lane.turns,
                Some(true) => (lane.turns + 1).min(self.limits.per_lane),
                Some(false) => (lane.turns / 2).max(1),
            };
        }
        self.forget_empty(key);
    }

    /// Takes out what waits in a lane.
    pub fn drain(&mut self, key: LaneKey) -> Vec<ClaimedMessage> {
        let drained: Vec<_> = self.lanes.get_mut(&key).map(|lane| lane.waiting.drain(..).collect()).unwrap_or_default();
        self.waiting = self.waiting.saturating_sub(drained.len());
        if let Some(load) = self.tenants.get_mut(&key.tenant) {
            load.waiting = load.waiting.saturating_sub(drained.len());
        }
        self.forget_empty(key);
        drained
    }

    fn forget_empty(&mut self, key: LaneKey) {
        if self.lanes.get(&key).is_some_and(|lane| lane.running == 0 && lane.waiting.is_empty()) {
            self.lanes.remove(&key);
        }
        if self.tenants.get(&key.tenant).is_some_and(|load| load.running == 0 && load.waiting == 0) {
            self.tenants.remove(&key.tenant);
        }
    }

    /// The claims of all messages that wait.
    pub fn claims(&self) -> impl Iterator<Item = ClaimNumber> {
        self.lanes.values().flat_map(|lane| &lane.waiting).map(|claimed| claimed.claim)
    }

    /// Takes out all that wait.
    pub fn drain_all(&mut self) -> Vec<ClaimedMessage> {
        let keys: Vec<_> = self.keys().collect();
        keys.into_iter().flat_map(|key| self.drain(key)).collect()
    }
}

impl Lane {
    /// How many of it may run.
    fn turns(&self, is_failing: bool) -> usize {
        if is_failing { 1 } else { self.turns }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use core_directory::SendConnectorId;

    use super::*;
    use crate::tests::queued;

    /// A message of tenant `connector / 10` for that connector.
    fn claimed(number: u64, connector: u64) -> ClaimedMessage {
        let message = queued(number, connector, &[]);
        ClaimedMessage {
            claim: ClaimNumber(number),
            message: QueuedMessage { tenant: TenantId(connector / 10), ..message },
        }
    }

    fn key(connector: u64) -> LaneKey {
        lane_of(&claimed(0, connector).message)
    }

    /// Lanes with messages of these connectors, numbered from 0.
    fn lanes(concurrency: usize, per_tenant: usize, per_lane: usize, connectors: &[u64]) -> Lanes {
        let mut lanes = Lanes::new(LaneLimits { concurrency, per_tenant, per_lane });
        (0..).zip(connectors).for_each(|(number, connector)| lanes.push(claimed(number, *connector)));
        lanes
    }

    /// The connectors whose turn it is, until there is none.
    fn turns(lanes: &mut Lanes, failing: &[u64]) -> Vec<u64> {
        let is_failing = |key: LaneKey| failing.contains(&key.connector.0);
        let mut turns: Vec<_> =
            std::iter::from_fn(|| lanes.next(is_failing)).map(|claimed| claimed.message.send_connector.0).collect();
        turns.sort_unstable();
        turns
    }

    #[test]
    fn no_lane_takes_all_turns() {
        let check = |connectors: &[u64], failing: &[u64], expected: &[u64]| {
            let mut lanes = lanes(8, 8, 3, connectors);
            assert_eq!(turns(&mut lanes, failing), expected, "{connectors:?}, {failing:?} failing");
        };
        check(&[], &[], &[]);
        check(&[1, 1], &[], &[1, 1]);
        check(&[1, 1, 1, 1, 1, 1], &[], &[1, 1, 1]);
        check(&[1, 1, 1, 2, 2, 2], &[1], &[1, 2, 2, 2]);
        check(&[1, 1, 1, 2, 2, 2], &[1, 2], &[1, 2]);
        // Two of eight turns are kept for lanes that have none.
        check(&[1, 1, 1, 2, 2, 2, 3, 3, 3], &[], &[1, 1, 2, 2, 3, 3]);
        check(&[1, 2, 3, 4, 5, 6, 7, 8, 9], &[1, 2, 3, 4, 5, 6, 7, 8, 9], &[1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn no_tenant_takes_all_turns() {
        let mut lanes = lanes(8, 3, 2, &[11, 11, 12, 12, 13, 13, 21, 21]);
        assert_eq!(turns(&mut lanes, &[]), [11, 12, 13, 21, 21]);
        lanes.finished(key(11), Some(true));
        assert_eq!(turns(&mut lanes, &[]).len(), 1, "the tenant's turn goes to the tenant");
        let full = lanes.full(|_| false);
        assert!(full.tenants.is_empty() && full.lanes.is_empty(), "{full:?}");
        (0..3).for_each(|number| lanes.push(claimed(90 + number, 14)));
        assert_eq!(lanes.full(|_| false).tenants.into_iter().collect::<Vec<_>>(), [TenantId(1)]);
    }

    #[test]
    fn a_lane_earns_its_turns() {
        let mut lanes = lanes(100, 100, 7, &[1; 60]);
        assert_eq!(turns(&mut lanes, &[]).len(), FIRST_TURNS);
        for expected in [2, 2, 1] {
            lanes.finished(key(1), Some(true));
            assert_eq!(turns(&mut lanes, &[]).len(), expected);
        }
        // Seven run. Silence costs half of the turns.
        lanes.finished(key(1), Some(false));
        lanes.finished(key(1), Some(false));
        assert_eq!(turns(&mut lanes, &[]), [] as [u64; 0]);
        (0..5).for_each(|_| lanes.finished(key(1), None));
        assert_eq!(turns(&mut lanes, &[]), [1]);
    }

    #[test]
    fn claims_pass_over_what_is_full() {
        let mut lanes = lanes(100, 100, 3, &[1, 1, 1, 1, 2]);
        let full = |lanes: &Lanes, failing: &[u64]| {
            let mut full: Vec<_> = lanes
                .full(|key| failing.contains(&key.connector.0))
                .lanes
                .into_iter()
                .map(|key| key.connector.0)
                .collect();
            full.sort_unstable();
            full
        };
        assert_eq!((full(&lanes, &[]), full(&lanes, &[2])), (vec![1], vec![1, 2]));
        assert!(!lanes.runs_dry(key(1)) && lanes.runs_dry(key(2)) && lanes.runs_dry(key(3)));
        assert_eq!(turns(&mut lanes, &[]).len(), 4);
        assert_eq!(full(&lanes, &[]), [] as [u64; 0]);
        assert_eq!((lanes.waiting(), lanes.claims().count(), lanes.drain(key(1)).len()), (1, 1, 1));
        assert_eq!((lanes.waiting(), lanes.drain_all().len()), (0, 0));
        assert_eq!(key(7).connector, SendConnectorId(7));
    }

    #[test]
    fn the_oldest_of_a_lane_goes_first() {
        let mut lanes = lanes(9, 9, 9, &[1, 1, 1]);
        let order: Vec<_> = std::iter::from_fn(|| lanes.next(|_| false)).map(|claimed| claimed.claim.0).collect();
        assert_eq!(order, [0, 1, 2]);
    }
}
