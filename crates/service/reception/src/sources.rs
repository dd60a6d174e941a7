//! Sessions by source, so that one source cannot take all. A source is an IPv4 address or an IPv6 /64, which is what one
//! customer has.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Counts of open sessions.
#[derive(Clone)]
pub(crate) struct Sources {
    counts: Arc<Mutex<HashMap<IpAddr, usize>>>,
    limit: usize,
}

/// A session of a source; ends when dropped.
pub(crate) struct Entered {
    counts: Arc<Mutex<HashMap<IpAddr, usize>>>,
    source: IpAddr,
}

impl Sources {
    pub fn new(limit: usize) -> Self {
        Self { counts: Arc::default(), limit }
    }

    /// Counts a session, unless the source has too many.
    pub fn enter(&self, address: IpAddr) -> Option<Entered> {
        let source = source_of(address);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(source).or_default();
        if *count >= self.limit {
            return None;
        }
        *count += 1;
        Some(Entered { counts: Arc::clone(&self.counts), source })
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.source) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.source);
            }
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
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn counts_by_source_and_forgets() {
        let sources = Sources::new(2);
        let address = |text: &str| text.parse().unwrap();
        let first = sources.enter(address("2001:db8::1")).unwrap();
        let _second = sources.enter(address("2001:db8::2")).unwrap();
        assert!(sources.enter(address("2001:db8::3")).is_none(), "a third session from the same /64");
        assert!(sources.enter(address("2001:db8:0:1::3")).is_some(), "another /64");
        assert!(sources.enter(address("192.0.2.1")).is_some(), "an IPv4 address");
        drop(first);
        assert!(sources.enter(address("2001:db8::3")).is_some(), "after one has ended");
    }
}
