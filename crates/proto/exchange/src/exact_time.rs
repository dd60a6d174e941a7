//! Times that carry their zone: ISO 8601 with `Z` or an offset, and `/Date(…)/`, milliseconds since 1970 as Windows PowerShell's
//! ConvertTo-Json writes them. Others are not read here: what has no zone is local to somebody.

use jiff::Timestamp;

/// Reads a time; `None` where it has no zone.
pub(crate) fn exact_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let Some(milliseconds) = text.trim_start_matches("\\/").trim_start_matches('/').strip_prefix("Date(") else {
        return text.parse().ok();
    };
    // An offset behind the number, as in `/Date(1784847313000+0200)/`, does not change the moment.
    let is_digit = |(at, sign): (usize, char)| sign.is_ascii_digit() || (at == 0 && sign == '-');
    let end = milliseconds.char_indices().find(|place| !is_digit(*place)).map_or(milliseconds.len(), |(at, _)| at);
    Timestamp::from_millisecond(milliseconds.get(..end)?.parse().ok()?).ok()
}
