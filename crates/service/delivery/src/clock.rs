//! What time it is, and whether somebody has moved the clock. Waits are measured by the steady clock; times that must
//! outlive a restart are wall clock times, and those go wrong when it is set.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// How far the clock may go astray between two looks before somebody must have moved it: time daemons slew by milliseconds.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(60);

/// Tells the time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Timestamp::now)
    }

    /// Another one, for tests.
    #[must_use]
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The present time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}

/// Compares the clock with the steady one.
#[derive(Clone, Copy, Debug)]
pub struct ClockWatch {
    wall: Timestamp,
    steady: Instant,
}

impl ClockWatch {
    /// Begins to watch.
    pub fn new(wall: Timestamp, steady: Instant) -> Self {
        Self { wall, steady }
    }

    /// By how much the clock was moved since the last look, forwards or backwards; `None` if it was not. A move is told until
    /// a new watch begins, so that nobody forgets one while the store is out of reach.
    pub fn moved(&mut self, wall: Timestamp, steady: Instant) -> Option<SignedDuration> {
        let passed = steady.saturating_duration_since(self.steady);
        let by = wall.duration_since(self.wall) - signed(passed);
        if by.abs() > TOLERANCE {
            return Some(by);
        }
        *self = Self::new(wall, steady);
        None
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_move_is_told_until_the_watch_begins_anew() {
        let (start, steady): (Timestamp, _) = ("2026-12-01T08:00:00Z".parse().unwrap(), Instant::now());
        let mut watch = ClockWatch::new(start, steady);
        let mut check = |wall: &str, seconds: u64, begins_anew: bool, moved: Option<i64>| {
            let (wall, steady) = (wall.parse().unwrap(), steady + Duration::from_secs(seconds));
            let got = watch.moved(wall, steady);
            assert_eq!(got.map(|by| by.as_secs()), moved, "{wall} after {seconds} s");
            if begins_anew {
                watch = ClockWatch::new(wall, steady);
            }
        };
        check("2026-12-01T08:00:10Z", 10, false, None);
        check("2026-12-01T08:01:19Z", 20, false, None);
        check("2026-12-02T08:01:29Z", 30, false, Some(86_400));
        check("2026-12-02T08:01:39Z", 40, true, Some(86_400));
        check("2026-12-02T08:01:49Z", 50, false, None);
        check("2026-12-01T08:00:59Z", 60, true, Some(-86_460));
        check("2026-12-01T08:01:09Z", 70, false, None);
    }
}
