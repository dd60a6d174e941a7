//! Reception: listeners and sessions. Each session asks the rules about every recipient, and answers `250` to a message
//! only when it lies durably in the spool.
//!
//! ```text
//! listener ─ admission ─ session ─ transaction ─┬─ RCPT TO: attribute(..)  ── refused: reply, reasoning kept under its reference
//!                                               └─ DATA: spool, one body a tenant ── seal ── Queue::accept ── 250
//! ```
//!
//! What must not be here: the rules themselves (`core-attribution`), the protocol (`proto-smtp`), delivery.

#![forbid(unsafe_code)]

mod accept_failures;
mod admission;
mod config;
mod connection;
mod cut_through;
mod knocking;
pub mod limits;
mod listener;
mod metrics;
mod notices;
mod origin;
mod peer;
mod receive_log;
mod refusal_log;
mod room;
mod session;
mod sources;
mod spool;
mod tenant_meter;
mod trace;
mod transaction;
mod turn;

#[cfg(test)]
mod tests;

pub use config::{ListenerConfig, ReceptionConfig, Services, SettleRunning};
pub use limits::Limits;
pub use listener::{BindError, Reception, ReceptionControl};
pub use tenant_meter::{TenantMeter, TenantUse};
