//! What the log tells of clients that misbehave: each thing once a minute for each source, with the count of what was passed
//! over, so that nobody fills the disk by being refused.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::limits::{NOTICE_WINDOW, REMEMBERED_SOURCES};
use crate::sources::source_of;

#[derive(Default)]
pub(crate) struct Notices {
    told: Mutex<HashMap<(IpAddr, Notice), Told>>,
}

/// What may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Notice {
    Handshake,
    Proxy,
    Refused,
}

struct Told {
    at: Instant,
    passed_over: u64,
}

impl Notices {
    /// Whether this may be told now: then with how many of the same were not told before.
    pub fn may_tell(&self, address: IpAddr, notice: Notice, now: Instant) -> Option<u64> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |told: &Told| now.saturating_duration_since(told.at) < NOTICE_WINDOW;
        let key = (source_of(address), notice);
        if told.len() >= REMEMBERED_SOURCES && !told.contains_key(&key) {
            told.retain(|_, told| is_recent(told));
            if told.len() >= REMEMBERED_SOURCES {
                return None;
            }
        }
        match told.get_mut(&key) {
            Some(told) if is_recent(told) => {
                told.passed_over += 1;
                None
            }
            _ => {
                let before = told.insert(key, Told { at: now, passed_over: 0 });
                Some(before.map_or(0, |before| before.passed_over))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_thing_is_told_once_a_minute() {
        let notices = Notices::default();
        let begin = Instant::now();
        let tell = |last: u8, notice, seconds| {
            notices.may_tell(Ipv4Addr::new(192, 0, 2, last).into(), notice, begin + Duration::from_secs(seconds))
        };
        assert_eq!(tell(1, Notice::Handshake, 0), Some(0));
        assert_eq!(tell(1, Notice::Handshake, 1), None);
        assert_eq!(tell(1, Notice::Handshake, 59), None);
        assert_eq!(tell(1, Notice::Proxy, 59), Some(0), "something else");
        assert_eq!(tell(2, Notice::Handshake, 59), Some(0), "somebody else");
        assert_eq!(tell(1, Notice::Handshake, 60), Some(2), "the minute is over");
        assert_eq!(tell(1, Notice::Handshake, 120), Some(0), "and nothing was passed over in the next");
    }

    #[test]
    fn memory_is_bounded() {
        let notices = Notices::default();
        let begin = Instant::now();
        let tell = |number: u32, seconds| {
            notices.may_tell(Ipv4Addr::from(number).into(), Notice::Refused, begin + Duration::from_secs(seconds))
        };
        let sources = u32::try_from(REMEMBERED_SOURCES).unwrap_or(u32::MAX);
        assert!((0..sources).all(|number| tell(number, 0).is_some()));
        assert_eq!(tell(sources, 30), None, "one source too many");
        assert_eq!(tell(sources, 60), Some(0), "when the others are forgotten");
    }
}
