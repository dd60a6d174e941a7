//! Message tracking logs: what became of each message at each server, on by default and kept for 30 days. The evidence that
//! always exists.
//!
//! Read are the files of Exchange 2010 (26 columns) and of 2013 and later (30), and the objects of Get-MessageTrackingLog.
//! Columns are found by the `#Fields` line (Microsoft: *Message tracking* in Exchange Server); events that are not known are
//! passed on as such. Nothing here says what a refusal means: see [`crate::RemoteReply`].

mod columns;
mod custom_data;
mod object;
mod reader;
mod recipient_status;
mod row;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;

pub use custom_data::custom_data;
pub use reader::{Entry, RowError, TrackingReader};
pub(crate) use reader::{begins_with_time, field_names};
pub use recipient_status::{RecipientStatus, split_statuses};
pub use row::{TrackingEvent, TrackingRow};
