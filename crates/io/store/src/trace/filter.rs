//! Which records of the trace are asked for, and in which pieces.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

/// Longest Message-ID that is told apart, in octets; of longer ones the beginning counts. A line of a header holds 998.
const MAX_MESSAGE_ID: usize = 250;

/// Which records to return; what is `None` does not matter. Addresses are compared without regard to ASCII case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceFilter {
    /// With this reference.
    pub reference: Option<String>,
    /// From this sender; the empty text is the null one.
    pub mail_from: Option<String>,
    /// From a sender in this domain, as [`domain_of`](crate::domain_of) has it.
    pub sender_domain: Option<String>,
    /// To this recipient.
    pub rcpt_to: Option<String>,
    /// To a recipient in this domain.
    pub recipient_domain: Option<String>,
    /// Of messages with this Message-ID, as [`message_id_key`] has it. No refusal has one.
    pub message_id: Option<String>,
    /// At this time or later. A refusal that was repeated counts with its last time.
    pub since: Option<Timestamp>,
    /// At this time or earlier. A refusal counts with its first time.
    pub until: Option<Timestamp>,
    /// Most records, the newest; [`MAX_TRACE_PAGE`](crate::MAX_TRACE_PAGE) at the most.
    pub limit: usize,
    /// Those behind this place.
    pub after: Option<TraceCursor>,
}

/// A piece of what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracePage<T> {
    /// The records.
    pub items: Vec<T>,
    /// Where the next piece begins; `None`: there is none.
    pub next: Option<TraceCursor>,
}

/// A place among records, between pieces. Engines make it, everybody else passes it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceCursor {
    /// When the last record was, in microseconds since 1970.
    pub at: i64,
    /// Which of those at that time.
    pub id: u64,
}

/// A text that is no place among records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a place in a list: take it from the answer before, as it stands in `next`")]
pub struct NotACursor;

impl fmt::Display for TraceCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at, self.id)
    }
}

impl FromStr for TraceCursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (at, id) = text.split_once('.').ok_or(NotACursor)?;
        Ok(Self { at: at.parse().map_err(|_| NotACursor)?, id: id.parse().map_err(|_| NotACursor)? })
    }
}

/// A Message-ID as it is kept and looked for: without angle brackets, bounded.
#[must_use]
pub fn message_id_key(text: &str) -> String {
    let text = text.trim();
    let bare = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(text);
    let mut end = MAX_MESSAGE_ID.min(bare.len());
    while !bare.is_char_boundary(end) {
        end -= 1;
    }
    bare.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_ids_are_compared_without_brackets_and_bounded() {
        let check = |text: &str, wanted: &str| assert_eq!(message_id_key(text), wanted, "{text:?}");
        check("<a@b>", "a@b");
        check(" <a@b>\r\n", "a@b");
        check("a@b", "a@b");
        check("<a@b", "<a@b");
        check(&format!("<{}@b>", "ž".repeat(300)), &"ž".repeat(125));
    }

    #[test]
    fn cursors_are_read_as_they_are_written() {
        let check = |text: &str, read: Option<(i64, u64)>| {
            let found = text.parse::<TraceCursor>().ok().map(|cursor| (cursor.at, cursor.id));
            assert_eq!(found, read, "{text:?}");
        };
        check(&TraceCursor { at: 7, id: 9 }.to_string(), Some((7, 9)));
        check(&TraceCursor { at: i64::MIN, id: u64::MAX }.to_string(), Some((i64::MIN, u64::MAX)));
        for wrong in ["", "7", "7.", ".9", "7.-9", "7.9.1", "x.1"] {
            check(wrong, None);
        }
    }
}
