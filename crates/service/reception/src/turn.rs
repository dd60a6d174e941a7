//! The client's turn: how long it may still take, for a command or for a message, in all and not only from one octet to the
//! next. Must not read or answer.

use std::time::Duration;

use tokio::time::Instant;

use crate::Limits;

/// Begins when our last reply was sent; a message is one turn.
pub(crate) struct Turn {
    since: Instant,
    octets: u64,
}

impl Turn {
    /// Begins now.
    pub fn begin() -> Self {
        Self { since: Instant::now(), octets: 0 }
    }

    /// Notes what the client has sent.
    pub fn came(&mut self, octets: usize) {
        self.octets = self.octets.saturating_add(u64::try_from(octets).unwrap_or(u64::MAX));
    }

    /// How long to wait for more of a command; shorter while others wait for the place.
    pub fn for_command(&self, limits: &Limits, pressure: bool) -> Duration {
        let wait = if pressure { limits.command_wait_under_pressure } else { Duration::MAX };
        wait.min(limits.command_wait).saturating_sub(self.since.elapsed())
    }

    /// How long to wait for more of a message.
    pub fn for_message(&self, limits: &Limits) -> Duration {
        message_wait(self.since.elapsed(), self.octets, limits)
    }
}

/// Every octet earns the time that it takes at the least rate.
fn message_wait(taken: Duration, octets: u64, limits: &Limits) -> Duration {
    let earned = Duration::from_secs(octets / limits.data_rate.max(1));
    limits.data_wait.saturating_add(earned).saturating_sub(taken).min(limits.data_wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_earn_time() {
        let limits = Limits { data_wait: Duration::from_secs(180), data_rate: 1000, ..Limits::default() };
        let check = |taken, octets, left| {
            let wait = message_wait(Duration::from_secs(taken), octets, &limits);
            assert_eq!(wait, Duration::from_secs(left), "{octets} octets in {taken} s");
        };
        check(0, 0, 180);
        check(100, 0, 80);
        check(181, 0, 0);
        check(181, 1_000, 0);
        check(181, 2_000, 1);
        check(1_000, 820_000, 0);
        check(1_000, 900_000, 80);
        check(1, 1_000_000_000, 180);
        check(u64::MAX, 0, 0);
    }
}
