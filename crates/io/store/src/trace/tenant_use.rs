//! What a tenant has used of its limits.

use core_directory::{TenantId, Window};
use jiff::Timestamp;

/// What a tenant used in one window of time. There is one record for each tenant and length of window: the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UseRecord {
    /// The tenant.
    pub tenant: TenantId,
    /// How long the window is.
    pub window: Window,
    /// When it began.
    pub start: Timestamp,
    /// Messages accepted in it.
    pub messages: u64,
    /// Recipients accepted in it.
    pub recipients: u64,
}
