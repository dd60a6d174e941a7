//! Dates in dumps: ISO in raw JSON, `/Date(…)/` in Windows PowerShell's, else in the order of the shell's culture, which is told
//! only by a date whose day is past the 12th. What may be read in two ways is not read.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use crate::exact_time::exact_time;

/// Which comes first in a date with slashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum DateOrder {
    /// `23/7/2026`.
    DayFirst,
    /// `7/23/2026`.
    MonthFirst,
    /// Every date of the dump reads both ways, or they contradict each other.
    #[default]
    Unknown,
}

/// A date and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// In UTC; where there is no zone, its numbers taken as UTC.
    pub(super) at: Timestamp,
    /// Whether the zone is told.
    pub(super) has_zone: bool,
}

impl DateOrder {
    /// Looks at every date with slashes in a text.
    pub(super) fn of(text: &str) -> Self {
        let (mut day_first, mut month_first) = (false, false);
        let words = text.split(|sign: char| !sign.is_ascii_digit() && sign != '/').filter(|word| word.len() >= 8);
        for word in words {
            let mut parts = word.split('/').map(|part| part.parse::<u16>().ok());
            if let (Some(Some(first)), Some(Some(second)), Some(Some(1000..)), None) =
                (parts.next(), parts.next(), parts.next(), parts.next())
            {
                day_first |= (13..=31).contains(&first) && (1..=12).contains(&second);
                month_first |= (13..=31).contains(&second) && (1..=12).contains(&first);
            }
        }
        match (day_first, month_first) {
            (true, false) => Self::DayFirst,
            (false, true) => Self::MonthFirst,
            _ => Self::Unknown,
        }
    }
}

impl Moment {
    /// Reads a date and time.
    pub(super) fn read(text: &str, order: DateOrder) -> Option<Self> {
        let text = text.trim();
        if let Some(at) = exact_time(text) {
            return Some(Self { at, has_zone: true });
        }
        let local = text.parse::<DateTime>().ok().or_else(|| of_culture(text, order))?;
        Some(Self { at: Offset::UTC.to_timestamp(local).ok()?, has_zone: false })
    }
}

/// `7/23/2026 10:55:13 PM`, `23.07.2026 22:55:13`, `23. 7. 2026 22:55`, `23-07-2026 22:55:13`, `2026-07-23 22:55:13`.
fn of_culture(text: &str, order: DateOrder) -> Option<DateTime> {
    let numbers: Vec<&str> = text.split(|sign: char| !sign.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let separator = text.trim_start_matches(|sign: char| sign.is_ascii_digit()).chars().next()?;
    let number = |at: usize| numbers.get(at).and_then(|number| number.parse::<i16>().ok());
    let small = |at: usize| numbers.get(at).and_then(|number| number.parse::<i8>().ok());
    let (year, month, day) = match (numbers.first()?.len(), numbers.get(2)?.len(), separator, order) {
        (4, ..) => (number(0)?, small(1)?, small(2)?),
        (_, 4, '.' | '-', _) | (_, 4, '/', DateOrder::DayFirst) => (number(2)?, small(1)?, small(0)?),
        (_, 4, '/', DateOrder::MonthFirst) => (number(2)?, small(0)?, small(1)?),
        (_, 4, '/', DateOrder::Unknown) if small(0)? == small(1)? => (number(2)?, small(0)?, small(1)?),
        _ => return None,
    };
    let letters: String = text.chars().filter(|sign| sign.is_alphabetic()).collect();
    let hour = match (letters.to_ascii_uppercase().as_str(), small(3)?) {
        ("", hour) => hour,
        ("AM", hour @ 1..=12) => hour % 12,
        ("PM", hour @ 1..=12) => hour % 12 + 12,
        _ => return None,
    };
    let time = Time::new(hour, small(4)?, small(5).unwrap_or(0), 0).ok()?;
    Some(Date::new(year, month, day).ok()?.to_datetime(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_dates_of_every_culture_or_not_at_all() {
        let check = |text: &str, order: DateOrder, expected: Option<(&str, bool)>| {
            let expected = expected.map(|(at, has_zone)| (at.parse::<Timestamp>().ok(), has_zone));
            let moment = Moment::read(text, order).map(|moment| (Some(moment.at), moment.has_zone));
            assert_eq!(moment, expected, "{text} {order:?}");
        };
        let (day, month, unknown) = (DateOrder::DayFirst, DateOrder::MonthFirst, DateOrder::Unknown);
        check("2026-07-23T22:55:13.0000000Z", unknown, Some(("2026-07-23T22:55:13Z", true)));
        check("2026-07-24T00:55:13.1234567+02:00", unknown, Some(("2026-07-23T22:55:13.1234567Z", true)));
        check("2026-07-23T22:55:13.0000000", unknown, Some(("2026-07-23T22:55:13Z", false)));
        check("/Date(1784847313000)/", unknown, Some(("2026-07-23T22:55:13Z", true)));
        check("/Date(1784847313000+0200)/", unknown, Some(("2026-07-23T22:55:13Z", true)));
        check("7/3/2026 10:55:13 PM", month, Some(("2026-07-03T22:55:13Z", false)));
        check("7/3/2026 10:55:13 PM", day, Some(("2026-03-07T22:55:13Z", false)));
        check("7/3/2026 10:55:13 PM", unknown, None);
        check("7/7/2026 12:05:13 AM", unknown, Some(("2026-07-07T00:05:13Z", false)));
        check("03.07.2026 22:55:13", unknown, Some(("2026-07-03T22:55:13Z", false)));
        check("3. 7. 2026 22:55:13", unknown, Some(("2026-07-03T22:55:13Z", false)));
        check("03-07-2026 22:55", unknown, Some(("2026-07-03T22:55:00Z", false)));
        check("15-01-21 23:50:05", unknown, None);
        check("3.7.2026 10:55:13 odp.", unknown, None);
        check("30.02.2026 10:55:13", unknown, None);
        check("no date", unknown, None);
        check("", unknown, None);
    }

    #[test]
    fn tells_the_order_by_days_past_the_twelfth() {
        let check = |text: &str, expected: DateOrder| assert_eq!(DateOrder::of(text), expected, "{text}");
        check("7/3/2026 and 7/23/2026", DateOrder::MonthFirst);
        check("7/3/2026 and 23/7/2026", DateOrder::DayFirst);
        check("7/3/2026", DateOrder::Unknown);
        check("23/7/2026 and 7/23/2026", DateOrder::Unknown);
        check("192.0.2.0/24 1/2/3/4000", DateOrder::Unknown);
    }
}
