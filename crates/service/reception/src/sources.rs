//! Sources: how many sessions and handshakes each has open, and how many it began that brought no mail, so that one source
//! cannot take all. A source is an IPv4 address or an IPv6 /64, which is what one customer has.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::Limits;
use crate::limits::{COUNTED_SOURCES, WITHOUT_MAIL_SPAN};

/// All sources that have something open or something to answer for.
#[derive(Clone, Default)]
pub(crate) struct Sources {
    counts: Arc<Mutex<HashMap<IpAddr, Source>>>,
}

struct Source {
    sessions: usize,
    handshakes: usize,
    /// When its sessions without mail will be paid for, each for its share of a second.
    owes_until: Instant,
}

/// Why a source may not begin a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Excess {
    TooMany,
    TooOftenWithoutMail,
}

/// A session of a source; ends when dropped.
pub(crate) struct Entered {
    sources: Sources,
    source: IpAddr,
    handshakes: usize,
    /// What it cost; given back with its first message.
    cost: Duration,
}

/// A handshake of a source; ends when dropped.
pub(crate) struct Handshake {
    sources: Sources,
    source: IpAddr,
}

impl Sources {
    /// Counts a session, unless the source has too many or began too many for nothing.
    pub fn enter(&self, address: IpAddr, limits: &Limits, now: Instant) -> Result<Entered, Excess> {
        let source = source_of(address);
        let cost = Duration::from_secs(1) / limits.sessions_without_mail_per_second.max(1);
        let mut counts = self.lock();
        if counts.len() >= COUNTED_SOURCES && !counts.contains_key(&source) {
            counts.retain(|_, source| source.sessions > 0);
        }
        let fresh = Source { sessions: 0, handshakes: 0, owes_until: now };
        let entry = counts.entry(source).or_insert(fresh);
        if entry.sessions >= limits.sessions_per_source {
            return Err(Excess::TooMany);
        }
        let owes_until = entry.owes_until.max(now) + cost;
        if owes_until.duration_since(now) > WITHOUT_MAIL_SPAN.max(cost) {
            return Err(Excess::TooOftenWithoutMail);
        }
        entry.owes_until = owes_until;
        entry.sessions += 1;
        Ok(Entered { sources: self.clone(), source, handshakes: limits.handshakes_per_source, cost })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Source>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entered {
    /// The session has brought a message: it no longer counts among those without mail.
    pub fn brought_mail(&mut self) {
        let cost = std::mem::take(&mut self.cost);
        if cost > Duration::ZERO
            && let Some(source) = self.sources.lock().get_mut(&self.source)
        {
            source.owes_until = source.owes_until.checked_sub(cost).unwrap_or(source.owes_until);
        }
    }

    /// Whether the source has as many handshakes open as it may.
    pub fn handshakes_full(&self) -> bool {
        self.sources.lock().get(&self.source).is_some_and(|source| source.handshakes >= self.handshakes)
    }

    /// Counts a handshake.
    pub fn handshake(&self) -> Handshake {
        if let Some(source) = self.sources.lock().get_mut(&self.source) {
            source.handshakes += 1;
        }
        Handshake { sources: self.sources.clone(), source: self.source }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut counts = self.sources.lock();
        if let Some(source) = counts.get_mut(&self.source) {
            source.sessions = source.sessions.saturating_sub(1);
            if source.sessions == 0 && source.owes_until <= Instant::now() {
                counts.remove(&self.source);
            }
        }
    }
}

impl Drop for Handshake {
    fn drop(&mut self) {
        if let Some(source) = self.sources.lock().get_mut(&self.source) {
            source.handshakes = source.handshakes.saturating_sub(1);
        }
    }
}

/// The source that an address belongs to.
pub(crate) fn source_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn counts_by_source_and_forgets() {
        let sources = Sources::default();
        let limits = Limits { sessions_per_source: 2, ..Limits::default() };
        let enter = |text| sources.enter(address(text), &limits, Instant::now());
        let first = enter("2001:db8::1").ok().unwrap();
        let _second = enter("2001:db8::2").ok().unwrap();
        assert_eq!(enter("2001:db8::3").err(), Some(Excess::TooMany), "a third session from the same /64");
        assert!(enter("2001:db8:0:1::3").is_ok(), "another /64");
        assert!(enter("192.0.2.1").is_ok(), "an IPv4 address");
        drop(first);
        assert!(enter("2001:db8::3").is_ok(), "after one has ended");
    }

    #[test]
    fn sessions_without_mail_are_paid_for_by_time() {
        let sources = Sources::default();
        let limits = Limits { sessions_without_mail_per_second: 10, ..Limits::default() };
        let begin = Instant::now();
        let enter = |seconds| sources.enter(address("192.0.2.1"), &limits, begin + Duration::from_secs(seconds));
        for number in 0..100 {
            assert!(enter(0).is_ok(), "session {number} of a burst");
        }
        assert_eq!(enter(0).err(), Some(Excess::TooOftenWithoutMail), "after a burst of 10 s at 10 a second");
        for number in 0..10 {
            assert!(enter(1).is_ok(), "session {number} of the next second");
        }
        assert_eq!(enter(1).err(), Some(Excess::TooOftenWithoutMail), "after those of the next second");
        assert!(sources.enter(address("192.0.2.2"), &limits, begin).is_ok(), "from elsewhere");
        for number in 0..1000 {
            let mut session = enter(2).ok().unwrap_or_else(|| panic!("session {number} that brings mail"));
            session.brought_mail();
            session.brought_mail();
        }
    }

    #[test]
    fn handshakes_are_counted_apart() {
        let sources = Sources::default();
        let limits = Limits { handshakes_per_source: 1, ..Limits::default() };
        let session = sources.enter(address("192.0.2.1"), &limits, Instant::now()).ok().unwrap();
        let other = sources.enter(address("192.0.2.1"), &limits, Instant::now()).ok().unwrap();
        let handshake = session.handshake();
        assert!(session.handshakes_full() && other.handshakes_full());
        drop(handshake);
        assert!(!other.handshakes_full());
    }
}
