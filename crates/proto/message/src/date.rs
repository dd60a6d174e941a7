//! Dates as header fields have them.

use jiff::Timestamp;

/// `Tue, 01 Jul 2003 10:52:37 +0000` (RFC 5322 §3.3), always in UTC.
#[must_use]
pub fn date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn dates_are_in_utc() {
        let check = |at: &str, expected: &str| assert_eq!(date(at.parse().unwrap()), expected, "{at}");
        check("2003-07-01T10:52:37Z", "Tue, 01 Jul 2003 10:52:37 +0000");
        check("2026-12-31T23:30:00.999-01:00", "Fri, 01 Jan 2027 00:30:00 +0000");
        check("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 +0000");
    }
}
