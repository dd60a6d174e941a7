//! Those who show wrong tokens, by where they come from: each one more is answered later. Nobody guesses a token; what this
//! bounds is the work and the log.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long the answer to a source's first wrong token waits. It doubles with each one more.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// How often it doubles: to 6.4 seconds, so that with its connections a source gets five answers a second.
const DOUBLINGS: u32 = 6;

/// When a source's wrong tokens are forgotten, counted from the last one.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(10 * 60);

/// Sources that are remembered; beyond that all new ones wait longest.
const MAX_SOURCES: usize = 10_000;

/// Where a client of the TCP address comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Source(IpAddr);

impl Source {
    pub fn of(address: IpAddr) -> Self {
        Self(core_directory::unmap(address))
    }

    /// What counts as one client: an IPv4 address, or the /64 that one client commonly has.
    pub fn network(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) if address.is_loopback() => self.0,
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Wrong tokens by source.
#[derive(Debug, Default)]
pub struct WrongTokens {
    sources: Mutex<HashMap<IpAddr, Wrong>>,
    count: AtomicU64,
}

#[derive(Debug)]
struct Wrong {
    times: u32,
    last: Instant,
}

impl WrongTokens {
    /// How many there were since the start.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Counts one more; how long its answer has to wait.
    pub(crate) fn note(&self, source: Source, now: Instant) -> Duration {
        self.count.fetch_add(1, Ordering::Relaxed);
        let longest = FIRST_PAUSE.saturating_mul(1 << DOUBLINGS);
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        if sources.len() >= MAX_SOURCES && !sources.contains_key(&source.network()) {
            sources.retain(|_, wrong| now.duration_since(wrong.last) < FORGOTTEN_AFTER);
            if sources.len() >= MAX_SOURCES {
                return longest;
            }
        }
        let wrong = sources.entry(source.network()).or_insert(Wrong { times: 0, last: now });
        if now.duration_since(wrong.last) >= FORGOTTEN_AFTER {
            wrong.times = 0;
        }
        wrong.last = now;
        if wrong.times == 0 {
            tracing::warn!(%source, "a request showed a token that is not in force; more of this source are only counted");
        }
        let pause = FIRST_PAUSE.saturating_mul(1 << wrong.times.min(DOUBLINGS));
        wrong.times = wrong.times.saturating_add(1);
        pause.min(longest)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn wrong_tokens_wait_longer_and_are_forgotten() {
        let wrong = WrongTokens::default();
        let start = Instant::now();
        let check_at = |source: &str, now: Instant, expected: u64| {
            let pause = wrong.note(Source::of(source.parse().unwrap()), now);
            assert_eq!(pause, Duration::from_millis(expected), "{source}");
        };
        let check = |source: &str, expected: u64| check_at(source, start, expected);
        for expected in [100, 200, 400, 800, 1600, 3200, 6400, 6400] {
            check("192.0.2.1", expected);
        }
        check("192.0.2.2", 100);
        check("2001:db8::1", 100);
        check("2001:db8::2", 200);
        check("2001:db8:0:1::2", 100);
        check("::ffff:192.0.2.2", 200);
        check_at("192.0.2.1", start + FORGOTTEN_AFTER, 100);
        assert_eq!(wrong.count(), 14);
    }

    #[test]
    fn a_flood_of_sources_is_bounded() {
        let wrong = WrongTokens::default();
        let start = Instant::now();
        let note = |number: u32, now: Instant| wrong.note(Source::of(IpAddr::V4(number.into())), now);
        for number in 0..MAX_SOURCES as u32 {
            assert_eq!(note(number, start), FIRST_PAUSE);
        }
        assert_eq!(note(1 << 30, start), Duration::from_millis(6400), "no room");
        assert_eq!(wrong.sources.lock().unwrap().len(), MAX_SOURCES);
        assert_eq!(note(1 << 30, start + FORGOTTEN_AFTER), FIRST_PAUSE);
        assert_eq!(wrong.sources.lock().unwrap().len(), 1);
    }
}
