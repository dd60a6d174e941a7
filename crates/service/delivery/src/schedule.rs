//! When a message is tried again, and when it is given up. Pure: time and chance are arguments.

use std::time::Duration;

use io_store::Ages;
use jiff::Timestamp;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// Waits after the first attempts: a short fault (a restart, greylisting) is over in minutes.
const FIRST_DELAYS: [Duration; 5] =
    [MINUTE, Duration::from_secs(5 * 60), Duration::from_secs(15 * 60), Duration::from_secs(30 * 60), HOUR];

/// How far a wait is moved by chance, in thousandths to either side: messages that failed together come back apart.
const JITTER: u64 = 100;

/// When to try again, and when to give up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetrySchedule {
    /// The wait after the first attempt, after the second, and so on.
    pub first: Vec<Duration>,
    /// The wait after every other.
    pub then: Duration,
    /// How long after its acceptance a message is given up. RFC 5321 §4.5.4.1 asks for four or five days.
    pub give_up: Duration,
    /// How long after its acceptance the sender is told that a message is late.
    pub late: Duration,
    /// The same for bounces, which nobody waits for that long.
    pub give_up_bounce: Duration,
}

impl Default for RetrySchedule {
    fn default() -> Self {
        Self {
            first: FIRST_DELAYS.to_vec(),
            then: HOUR,
            give_up: 5 * 24 * HOUR,
            late: 4 * HOUR,
            give_up_bounce: 2 * 24 * HOUR,
        }
    }
}

impl RetrySchedule {
    /// The time of the next attempt, after `attempts` that counted, the last of them now. `chance` is any number, drawn
    /// at random.
    #[must_use]
    pub fn next(&self, now: Timestamp, attempts: u32, chance: u64) -> Timestamp {
        let place = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        let delay = self.first.get(place).copied().unwrap_or(self.then);
        later(now, jittered(delay, chance))
    }

    /// The latest time for which anything may wait at `now`: what is due later was put off by a clock that was wrong.
    #[must_use]
    pub fn latest(&self, now: Timestamp) -> Timestamp {
        let longest = self.first.iter().copied().fold(self.then, Duration::max).max(HOUR);
        later(now, jittered(longest, 2 * JITTER))
    }

    /// Whether the sender of a message accepted at `accepted` is to be told that it is late.
    #[must_use]
    pub fn is_late(&self, now: Timestamp, accepted: Timestamp) -> bool {
        now >= later(accepted, self.late)
    }

    /// The time at which a message accepted at `accepted` is given up.
    #[must_use]
    pub fn retry_until(&self, accepted: Timestamp) -> Timestamp {
        later(accepted, self.give_up)
    }

    /// From when on messages are too old at `now`.
    #[must_use]
    pub fn ages(&self, now: Timestamp) -> Ages {
        let earlier = |by: Duration| now.checked_sub(by).unwrap_or(Timestamp::MIN);
        Ages { give_up: earlier(self.give_up), give_up_bounce: earlier(self.give_up_bounce), late: earlier(self.late) }
    }

    /// Whether a message accepted at `accepted` is given up.
    #[must_use]
    pub fn is_over(&self, now: Timestamp, accepted: Timestamp, is_bounce: bool) -> bool {
        let limit = if is_bounce { self.give_up_bounce } else { self.give_up };
        now >= later(accepted, limit)
    }
}

/// A time moved on, at most to the end of time.
pub(crate) fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

fn jittered(delay: Duration, chance: u64) -> Duration {
    let thousandths = 1000 - JITTER + chance % (2 * JITTER + 1);
    let nanos = delay.as_nanos().saturating_mul(u128::from(thousandths)) / 1000;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn waits_grow() {
        let now = at("2026-12-01T08:00:00Z");
        let check = |attempts: u32, expected: &str| {
            // In the middle of the range chance moves nothing.
            assert_eq!(RetrySchedule::default().next(now, attempts, JITTER), at(expected), "after {attempts}");
        };
        check(0, "2026-12-01T08:01:00Z");
        check(1, "2026-12-01T08:01:00Z");
        check(2, "2026-12-01T08:05:00Z");
        check(3, "2026-12-01T08:15:00Z");
        check(4, "2026-12-01T08:30:00Z");
        check(5, "2026-12-01T09:00:00Z");
        check(6, "2026-12-01T09:00:00Z");
        check(u32::MAX, "2026-12-01T09:00:00Z");
    }

    #[test]
    fn nothing_waits_longer() {
        let now = at("2026-12-01T08:00:00Z");
        assert_eq!(RetrySchedule::default().latest(now), at("2026-12-01T09:06:00Z"));
        let slow = RetrySchedule { first: vec![24 * HOUR], ..RetrySchedule::default() };
        assert_eq!(slow.latest(now), at("2026-12-02T10:24:00Z"));
    }

    #[test]
    fn gives_up() {
        let check = |now: &str, is_bounce: bool, expected: bool| {
            let over = RetrySchedule::default().is_over(at(now), at("2026-12-01T08:00:00Z"), is_bounce);
            assert_eq!(over, expected, "at {now}, bounce: {is_bounce}");
        };
        check("2026-12-01T08:00:00Z", false, false);
        check("2026-12-06T07:59:59Z", false, false);
        check("2026-12-06T08:00:00Z", false, true);
        check("2026-12-03T07:59:59Z", true, false);
        check("2026-12-03T08:00:00Z", true, true);
        // A clock that was set back.
        check("2020-01-01T00:00:00Z", false, false);
    }

    proptest! {
        #[test]
        fn chance_moves_a_tenth_at_most(attempts in 0_u32..20, chance in any::<u64>()) {
            let schedule = RetrySchedule::default();
            let now = at("2026-12-01T08:00:00Z");
            let wait = |chance| schedule.next(now, attempts, chance).duration_since(now).as_millis();
            let (middle, moved) = (wait(JITTER), wait(chance));
            prop_assert!((moved - middle).abs() <= middle / 10, "{moved} instead of {middle}");
        }
    }
}
