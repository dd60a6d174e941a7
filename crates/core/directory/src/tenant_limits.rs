//! What the operator allows a tenant: how many messages and recipients in a time, how much at once. Only the numbers; they
//! are counted and held against mail elsewhere.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::Field;

/// Highest number that a limit takes: more than any relay carries in a month, and far from what overflows when counted.
pub const MAX_LIMIT: u64 = 1_000_000_000_000;

/// Highest size that a limit takes, in octets: 1,024 TiB, for the same reason.
pub const MAX_LIMITED_SIZE: u64 = 1 << 50;

/// Why a number is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// Nothing could pass.
    #[error("0 would let nothing pass; leave the limit out for none, or suspend the tenant")]
    Zero,
    /// No number, or above [`MAX_LIMIT`].
    #[error("not a whole number from 1 to {MAX_LIMIT}")]
    Number,
    /// Above [`MAX_LIMITED_SIZE`].
    #[error("a size is limited to 1048576GB at most")]
    Size,
}

/// What a tenant may use. `None` everywhere: no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TenantLimits {
    /// Accepted messages.
    pub messages: RateLimits,
    /// Accepted recipients, each of a message counted.
    pub recipients: RateLimits,
    /// Sessions at one time that carry the tenant's mail.
    pub max_sessions: Option<u64>,
    /// Size of one message in octets.
    pub max_message_size: Option<u64>,
    /// The tenant's share of the queue in messages.
    pub max_queued_messages: Option<u64>,
    /// The tenant's share of the queue in octets.
    pub max_queued_size: Option<u64>,
    /// What becomes of mail above `messages` and `recipients`.
    pub over_limit: OverLimit,
}

/// Numbers for each window of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateLimits {
    /// In a minute.
    pub minute: Option<u64>,
    /// In an hour.
    pub hour: Option<u64>,
    /// In a day.
    pub day: Option<u64>,
    /// In a month.
    pub month: Option<u64>,
}

/// A stretch of time in which mail is counted. It begins at a full minute, hour, day or month of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Window {
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A calendar month.
    Month,
}

/// What becomes of a message that would exceed a rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OverLimit {
    /// It is put off with a temporary reply.
    #[default]
    Refuse,
    /// It is accepted and held in the queue.
    Hold,
}

impl TenantLimits {
    /// The limits that are numbers, by their fields.
    pub fn numbers(&self) -> [(Field, Option<u64>); 10] {
        let mut copy = *self;
        copy.numbers_mut().map(|(field, limit)| (field, *limit))
    }

    /// The same, to be set.
    pub fn numbers_mut(&mut self) -> [(Field, &mut Option<u64>); 10] {
        let (messages, recipients) = (&mut self.messages, &mut self.recipients);
        [
            (Field::MessagesPerMinute, &mut messages.minute),
            (Field::MessagesPerHour, &mut messages.hour),
            (Field::MessagesPerDay, &mut messages.day),
            (Field::MessagesPerMonth, &mut messages.month),
            (Field::RecipientsPerMinute, &mut recipients.minute),
            (Field::RecipientsPerHour, &mut recipients.hour),
            (Field::RecipientsPerDay, &mut recipients.day),
            (Field::RecipientsPerMonth, &mut recipients.month),
            (Field::MaxSessions, &mut self.max_sessions),
            (Field::MaxQueuedMessages, &mut self.max_queued_messages),
        ]
    }

    /// The limits that are sizes in octets, by their fields.
    pub fn sizes(&self) -> [(Field, Option<u64>); 2] {
        let mut copy = *self;
        copy.sizes_mut().map(|(field, limit)| (field, *limit))
    }

    /// The same, to be set.
    pub fn sizes_mut(&mut self) -> [(Field, &mut Option<u64>); 2] {
        [(Field::MaxMessageSize, &mut self.max_message_size), (Field::MaxQueuedSize, &mut self.max_queued_size)]
    }
}

/// Reads a limit that is a number.
///
/// # Errors
/// 0, and whatever is no number up to [`MAX_LIMIT`].
pub fn parse_limit(text: &str) -> Result<u64, LimitError> {
    match text.parse() {
        Ok(0) => Err(LimitError::Zero),
        Ok(number) if number <= MAX_LIMIT => Ok(number),
        _ => Err(LimitError::Number),
    }
}

/// Takes a size in octets as a limit.
///
/// # Errors
/// 0, and more than [`MAX_LIMITED_SIZE`].
pub fn limit_size(octets: u64) -> Result<u64, LimitError> {
    match octets {
        0 => Err(LimitError::Zero),
        1..=MAX_LIMITED_SIZE => Ok(octets),
        _ => Err(LimitError::Size),
    }
}

impl RateLimits {
    /// The number for a window.
    pub fn of(&self, window: Window) -> Option<u64> {
        match window {
            Window::Minute => self.minute,
            Window::Hour => self.hour,
            Window::Day => self.day,
            Window::Month => self.month,
        }
    }

    /// Whether no window is limited.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl Window {
    /// All windows, shortest first.
    pub const ALL: [Self; 4] = [Self::Minute, Self::Hour, Self::Day, Self::Month];

    /// When the window in which `at` lies began.
    pub fn start(self, at: Timestamp) -> Timestamp {
        let seconds = at.as_second();
        let full = |length: i64| Timestamp::from_second(seconds.div_euclid(length) * length).unwrap_or(Timestamp::MIN);
        match self {
            Self::Minute => full(60),
            Self::Hour => full(60 * 60),
            Self::Day => full(24 * 60 * 60),
            Self::Month => {
                let first = TimeZone::UTC.to_datetime(at).date().first_of_month();
                TimeZone::UTC.to_timestamp(first.at(0, 0, 0, 0)).unwrap_or(Timestamp::MIN)
            }
        }
    }

    /// When the window in which `at` lies is over, and the next begins.
    pub fn end(self, at: Timestamp) -> Timestamp {
        // Behind the start of a month by 32 days is always the next one.
        let (length, start) = match self {
            Self::Minute => (60, self.start(at)),
            Self::Hour => (60 * 60, self.start(at)),
            Self::Day => (24 * 60 * 60, self.start(at)),
            Self::Month => (32 * 24 * 60 * 60, self.start(at)),
        };
        let behind = start.checked_add(SignedDuration::from_secs(length)).unwrap_or(Timestamp::MAX);
        self.start(behind)
    }

    /// What people call it. It is also stored, and never changes.
    pub fn word(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    /// The window of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|window| window.word() == word)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn windows_are_those_of_utc() {
        let check = |window: Window, at: &str, start: &str, end: &str| {
            let at: Timestamp = at.parse().unwrap();
            let expected = (start.parse().unwrap(), end.parse().unwrap());
            assert_eq!((window.start(at), window.end(at)), expected, "{window:?} of {at}");
        };
        let at = "2028-02-29T23:59:59.5Z";
        check(Window::Minute, at, "2028-02-29T23:59:00Z", "2028-03-01T00:00:00Z");
        check(Window::Hour, at, "2028-02-29T23:00:00Z", "2028-03-01T00:00:00Z");
        check(Window::Day, at, "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z");
        check(Window::Month, at, "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z");
        check(Window::Month, "2026-12-31T12:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z");
        check(Window::Minute, "1969-12-31T23:59:59Z", "1969-12-31T23:59:00Z", "1970-01-01T00:00:00Z");
    }

    #[test]
    fn numbers_are_bounded() {
        let check = |text: &str, expected: Result<u64, LimitError>| assert_eq!(parse_limit(text), expected, "{text:?}");
        check("1", Ok(1));
        check("1000000000000", Ok(MAX_LIMIT));
        check("1000000000001", Err(LimitError::Number));
        check("0", Err(LimitError::Zero));
        for wrong in ["-1", "1.5", "x", "", "99999999999999999999999"] {
            check(wrong, Err(LimitError::Number));
        }
        assert_eq!(limit_size(MAX_LIMITED_SIZE + 1), Err(LimitError::Size));
    }
}
