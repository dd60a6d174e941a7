//! Times at the beginning of log lines. Syslog (RFC 3164) has neither year nor zone, Exim no zone: such a time is known only
//! beside one that is. Newer replies of Exchange Online carry theirs, in UTC, so that one refusal tells the clock of the log.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// The time of a line, as far as it tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// With its offset: a moment.
    Moment(Timestamp),
    /// Date and time of an unknown zone.
    Local(DateTime),
    /// The same without a year: month and day, time.
    NoYear(i8, i8, Time),
}

/// What the clock of a log is, by one line whose moment is known: its offset, and its year about then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calibration {
    offset: Offset,
    near: Timestamp,
}

/// A clock that runs further from another than this is wrong, or the line is not of that moment.
const MAX_DRIFT: SignedDuration = SignedDuration::from_mins(3);

/// Zones differ by quarters of an hour.
const ZONE_STEP: i64 = 15 * 60;

impl Stamp {
    /// Reads the time at the beginning of a text; the rest follows.
    pub(crate) fn take(text: &str) -> Option<(Self, &str)> {
        Self::iso(text).or_else(|| Self::syslog(text)).or_else(|| Self::exim(text)).or_else(|| Self::journal_full(text))
    }

    /// `2026-11-24T10:00:00.123456+01:00`, also with a blank as offset's or time's separator left out, as journalctl does.
    fn iso(text: &str) -> Option<(Self, &str)> {
        let (word, rest) = text.split_once(' ')?;
        if let Ok(at) = word.parse::<Timestamp>() {
            return Some((Self::Moment(at), rest));
        }
        let local = word.contains('T').then(|| word.parse::<DateTime>().ok()).flatten()?;
        Some((Self::Local(local), rest))
    }

    /// `Nov 24 10:00:00`, `Nov  4 10:00:00.123456`.
    fn syslog(text: &str) -> Option<(Self, &str)> {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let (name, rest) = text.split_once(' ')?;
        let month = i8::try_from(MONTHS.iter().position(|month| *month == name)? + 1).ok()?;
        let (day, rest) = rest.trim_start().split_once(' ')?;
        let (time, rest) = rest.split_once(' ')?;
        Some((Self::NoYear(month, day.parse().ok().filter(|day| (1..=31).contains(day))?, time.parse().ok()?), rest))
    }

    /// `2026-11-24 10:00:00`, `2026-11-24 10:00:00.123 +0100`.
    fn exim(text: &str) -> Option<(Self, &str)> {
        let (date, rest) = text.split_once(' ')?;
        let (time, rest) = rest.split_once(' ')?;
        let local = DateTime::from_parts(date.parse::<Date>().ok()?, time.parse::<Time>().ok()?);
        if let Some((zone, behind)) = rest.split_once(' ')
            && let Ok(at) = format!("{date}T{time}{zone}").parse::<Timestamp>()
        {
            return Some((Self::Moment(at), behind));
        }
        Some((Self::Local(local), rest))
    }

    /// `Tue 2026-11-24 10:00:00 CET`: a zone by its name is no offset.
    fn journal_full(text: &str) -> Option<(Self, &str)> {
        let is_day = |word: &str| word.len() == 3 && word.bytes().all(|octet| octet.is_ascii_alphabetic());
        let (_, rest) = text.split_once(' ').filter(|(word, _)| is_day(word))?;
        let (stamp, rest) = Self::exim(rest)?;
        let (zone, rest) = rest.split_once(' ')?;
        match (stamp, zone) {
            (Self::Local(local), "UTC") => Some((Self::Moment(Offset::UTC.to_timestamp(local).ok()?), rest)),
            _ => Some((stamp, rest)),
        }
    }

    /// The moment, where the line itself tells it, or by what is known of the log's clock.
    #[must_use]
    pub fn moment(self, clock: Option<Calibration>) -> Option<Timestamp> {
        match (self, clock) {
            (Self::Moment(at), _) => Some(at),
            (Self::Local(local), Some(clock)) => clock.offset.to_timestamp(local).ok(),
            (Self::NoYear(month, day, time), Some(clock)) => clock.nearest(month, day, time),
            (Self::Local(_) | Self::NoYear(..), None) => None,
        }
    }
}

impl Calibration {
    /// What a line tells of the log's clock, if it was written at a moment. `None` where the two do not fit by any zone, or
    /// the line has its own.
    #[must_use]
    pub fn of(stamp: Stamp, moment: Timestamp) -> Option<Self> {
        let utc = Self { offset: Offset::UTC, near: moment };
        let as_utc = match stamp {
            Stamp::Moment(_) => return None,
            Stamp::Local(_) | Stamp::NoYear(..) => stamp.moment(Some(utc))?,
        };
        let difference = as_utc.duration_since(moment);
        let steps = (difference.as_secs() + ZONE_STEP / 2).div_euclid(ZONE_STEP);
        let seconds = steps * ZONE_STEP;
        let drift = difference - SignedDuration::from_secs(seconds);
        let offset = Offset::from_seconds(i32::try_from(seconds).ok()?).ok()?;
        // The farthest zones are at -12 and +14 hours.
        let is_zone = (-12 * 3600..=14 * 3600).contains(&seconds);
        (is_zone && drift.abs() <= MAX_DRIFT).then_some(Self { offset, near: moment })
    }

    /// Of the years around, the one that brings a date nearest to the known moment.
    fn nearest(self, month: i8, day: i8, time: Time) -> Option<Timestamp> {
        let year = self.offset.to_datetime(self.near).year();
        let years = [year.checked_sub(1), Some(year), year.checked_add(1)];
        let moments = years.into_iter().flatten().filter_map(|year| {
            let date = Date::new(year, month, day).ok()?;
            self.offset.to_timestamp(DateTime::from_parts(date, time)).ok()
        });
        moments.min_by_key(|moment| moment.duration_since(self.near).abs())
    }
}
