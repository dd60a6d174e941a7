//! Times as people read them: always UTC, which is what the logs have, and said so.

use jiff::Timestamp;

/// To the second: `2026-01-05 09:30:00 UTC`.
pub(super) fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// To the minute, where a heading names the zone: `2026-01-05 09:30`.
pub(super) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}
