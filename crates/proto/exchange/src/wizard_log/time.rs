//! Times as the wizard writes them. The log has the local time of its machine and does not say which zone that is.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// A moment in a wizard's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WizardTime {
    /// By the machine's clock on the wall. The zone is not told.
    Local(DateTime),
    /// With a zone, so that it is certain.
    Exact(Timestamp),
}

impl WizardTime {
    /// Furthest that a local time, taken as UTC, is from the truth, in hours: zones reach from UTC-12 to UTC+14.
    pub const MAX_ERROR_HOURS: i64 = 14;

    /// Reads `2017.10.23 11:39:51.552`, the same with dashes or slashes and `T`, or a time with its zone.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(exact) = text.parse::<Timestamp>() {
            return Some(Self::Exact(exact));
        }
        let (date, time) = text.split_once([' ', 'T'])?;
        let date: Vec<i16> = numbers(date, &['.', '-', '/'])?;
        let (clock, fraction) = time.trim().split_once(['.', ',']).unwrap_or((time.trim(), "0"));
        let clock: Vec<i8> = numbers(clock, &[':'])?;
        let ([year, month, day], [hour, minute, second]) = (date.as_slice(), clock.as_slice()) else { return None };
        let date = Date::new(*year, i8::try_from(*month).ok()?, i8::try_from(*day).ok()?).ok()?;
        let time = Time::new(*hour, *minute, *second, nanoseconds(fraction)?).ok()?;
        Some(Self::Local(date.to_datetime(time)))
    }

    /// The moment; a local time taken as if it were UTC, and then wrong by up to [`Self::MAX_ERROR_HOURS`].
    #[must_use]
    pub fn as_it_stands(self) -> Option<Timestamp> {
        match self {
            Self::Local(local) => TimeZone::UTC.to_timestamp(local).ok(),
            Self::Exact(exact) => Some(exact),
        }
    }

    /// Whether the zone is not known.
    #[must_use]
    pub fn is_local(self) -> bool {
        matches!(self, Self::Local(_))
    }
}

fn numbers<N: std::str::FromStr>(text: &str, separators: &[char]) -> Option<Vec<N>> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|octet| octet.is_ascii_digit());
    text.split(separators).map(|part| part.parse().ok().filter(|_| digits(part))).collect()
}

/// The digits behind the point as nanoseconds.
fn nanoseconds(digits: &str) -> Option<i32> {
    let digits = digits.trim();
    if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    format!("{digits:0<9}").parse().ok()
}
