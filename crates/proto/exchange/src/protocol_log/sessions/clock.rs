//! Times of rows, read fast: rows that follow each other mostly share their minute.

use jiff::Timestamp;

/// `2026-11-24T13:05:` of `2026-11-24T13:05:09.042Z`.
const MINUTE: usize = 17;

/// Reads times.
#[derive(Debug)]
pub(super) struct Clock {
    minute: [u8; MINUTE],
    /// The minute's beginning, in milliseconds since 1970.
    begins: i64,
}

impl Default for Clock {
    fn default() -> Self {
        Self { minute: [0; MINUTE], begins: 0 }
    }
}

impl Clock {
    /// The time of a row. `None`: it is none, such as the words of a template.
    pub fn read(&mut self, text: &[u8]) -> Option<Timestamp> {
        let Some((minute, rest)) = text.split_first_chunk::<MINUTE>() else { return parse(text) };
        let Some(within) = milliseconds(rest) else { return parse(text) };
        if *minute != self.minute {
            self.begins = parse(text)?.as_millisecond() - within;
            self.minute = *minute;
        }
        Timestamp::from_millisecond(self.begins + within).ok()
    }

    /// The time of a row of the same minute as the one before.
    pub fn within_minute(&self, text: &[u8]) -> Option<Timestamp> {
        let (minute, rest) = text.split_first_chunk::<MINUTE>()?;
        let within = milliseconds(rest).filter(|_| *minute == self.minute)?;
        Timestamp::from_millisecond(self.begins + within).ok()
    }
}

fn parse(text: &[u8]) -> Option<Timestamp> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

/// `09.042Z` as milliseconds; `None` for any other form, and for a leap second.
fn milliseconds(text: &[u8]) -> Option<i64> {
    let digit = |octet: u8| octet.is_ascii_digit().then(|| i64::from(octet - b'0'));
    let &[tens, ones, b'.', hundreds, tenths, last, b'Z'] = text else { return None };
    let seconds = digit(tens).filter(|tens| *tens < 6)? * 10 + digit(ones)?;
    Some(seconds * 1_000 + digit(hundreds)? * 100 + digit(tenths)? * 10 + digit(last)?)
}
