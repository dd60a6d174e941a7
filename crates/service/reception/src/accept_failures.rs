//! Connections that could not be accepted, told in the log at a bounded rate: while descriptors are short there are five
//! failures a second. Must not accept.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

/// The least time between two lines of one listener.
const TELL_AGAIN: Duration = Duration::from_secs(60);

/// The failures of one listener.
#[derive(Default)]
pub(crate) struct AcceptFailures {
    untold: u64,
    told_at: Option<Instant>,
}

impl AcceptFailures {
    /// Notes one, and tells of it and of those before if it is time.
    pub(crate) fn note(&mut self, error: &io::Error, address: SocketAddr) {
        if let Some(failures) = self.due(Instant::now()) {
            tracing::error!(
                %error, %address, failures,
                "connections are not accepted; they wait until one that is open ends. Where descriptors are short, raise \
                 their limit (LimitNOFILE) or lower [limits] sessions"
            );
        }
    }

    /// How many there are to tell of, if it is time.
    fn due(&mut self, now: Instant) -> Option<u64> {
        self.untold += 1;
        if self.told_at.is_some_and(|at| now.saturating_duration_since(at) < TELL_AGAIN) {
            return None;
        }
        self.told_at = Some(now);
        Some(std::mem::take(&mut self.untold))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_minute() {
        let (mut failures, start) = (AcceptFailures::default(), Instant::now());
        let mut check = |second: u64, expected: Option<u64>| {
            assert_eq!(failures.due(start + Duration::from_secs(second)), expected, "in second {second}");
        };
        check(0, Some(1));
        check(1, None);
        check(59, None);
        check(60, Some(3));
        check(61, None);
        check(3600, Some(2));
    }
}
