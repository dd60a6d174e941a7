//! A moment as people type it: a date, a date with time, or how long ago.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::config::duration;

/// A moment, or how long ago it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// This moment.
    At(Timestamp),
    /// So long ago.
    Ago(Duration),
}

const FORMS: &str = "give a date (2026-01-05), a date with time (2026-01-05T09:30, in UTC unless a zone stands behind it), or \
                     how long ago (2d, 12h)";

impl Since {
    /// Reads it. Without a zone it is UTC, as the logs are.
    ///
    /// # Errors
    /// What forms there are.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if let Ok(duration) = duration(text) {
            return Ok(Self::Ago(duration));
        }
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(Self::At(at));
        }
        let date = text.parse::<Date>().map(|date| date.at(0, 0, 0, 0));
        // A zone in a form that is not understood must not be taken for none.
        let time = text.parse::<DateTime>().ok().filter(|_| !text.contains(['Z', 'z', '+', '[']));
        let civil = if text.len() <= DATE_LENGTH { date.ok() } else { time };
        civil.and_then(|civil| TimeZone::UTC.to_timestamp(civil).ok()).map(Self::At).ok_or(FORMS)
    }

    /// The moment, seen from now.
    pub fn moment(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Ago(duration) => now.checked_sub(duration).unwrap_or(Timestamp::MIN),
        }
    }
}

/// The length of `2026-01-05`.
const DATE_LENGTH: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        let now = Timestamp::constant(1_767_605_400, 0);
        let check = |text: &str, expected: Option<&str>| {
            let moment = Since::parse(text).ok().map(|since| since.moment(now).to_string());
            assert_eq!(moment.as_deref(), expected, "{text:?}");
        };
        check("2d", Some("2026-01-03T09:30:00Z"));
        check("12h", Some("2026-01-04T21:30:00Z"));
        check("2026-01-05", Some("2026-01-05T00:00:00Z"));
        check("2026-01-05T09:30", Some("2026-01-05T09:30:00Z"));
        check("2026-01-05 09:30:15", Some("2026-01-05T09:30:15Z"));
        check("2026-01-05T09:30:00Z", Some("2026-01-05T09:30:00Z"));
        check("2026-01-05T09:30:00+02:00", Some("2026-01-05T07:30:00Z"));
        check("99999999d", Some("-009999-01-02T01:59:59Z"));
        for wrong in ["", "yesterday", "5.1.2026", "01/05/2026", "2026-13-01", "2026-02-30", "2", "-2d"] {
            check(wrong, None);
        }
    }
}
