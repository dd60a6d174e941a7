//! Names of log files: `SEND2026112413-1.LOG` is the first file of the hour from 13:00 UTC.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::LogKind;

/// The name of a file that is written here. Ordered by age within a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogFileName {
    /// What is in it.
    pub kind: LogKind,
    /// The hour in UTC that it is for; minutes are zero.
    hour: DateTime,
    /// Counts the files of the hour from 1.
    pub number: u32,
}

impl LogFileName {
    /// A name for the hour of this time.
    pub fn new(kind: LogKind, at: Timestamp, number: u32) -> Self {
        Self { kind, hour: hour_of(at), number }
    }

    /// Reads a name exactly as it is written here. Files of others, and names that a person gave, are none.
    pub fn parse(kind: LogKind, name: &str) -> Option<Self> {
        let (hour, number) = name.strip_prefix(kind.prefix())?.strip_suffix(".LOG")?.split_once('-')?;
        let digits = |from: usize, to: usize| hour.get(from..to)?.parse::<i8>().ok();
        let year = hour.get(..4)?.parse().ok()?;
        let hour = DateTime::new(year, digits(4, 6)?, digits(6, 8)?, digits(8, 10)?, 0, 0, 0).ok()?;
        let parsed = Self { kind, hour, number: number.parse().ok()? };
        (parsed.to_string() == name).then_some(parsed)
    }

    /// Whether it is for the hour of this time.
    pub fn is_for(&self, at: Timestamp) -> bool {
        self.hour == hour_of(at)
    }

    /// When its hour ends: no row in it is younger.
    pub fn ends(&self) -> Timestamp {
        let begin = TimeZone::UTC.to_timestamp(self.hour).unwrap_or(Timestamp::MAX);
        begin.checked_add(jiff::SignedDuration::from_hours(1)).unwrap_or(Timestamp::MAX)
    }

    /// Orders files by hour, then number.
    pub fn age_key(&self) -> (DateTime, u32) {
        (self.hour, self.number)
    }
}

fn hour_of(at: Timestamp) -> DateTime {
    let at = TimeZone::UTC.to_datetime(at);
    at.date().at(at.hour(), 0, 0, 0)
}

impl fmt::Display for LogFileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, at) = (self.kind.prefix(), self.hour);
        write!(f, "{kind}{:04}{:02}{:02}{:02}-{}.LOG", at.year(), at.month(), at.day(), at.hour(), self.number)
    }
}
