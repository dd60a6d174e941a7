//! The sending side of a session.
//!
//! Drives one connection from the banner to QUIT and carries any number of transactions. What must not be here:
//! which host, which certificate, when to try again, how long to wait.

mod capabilities;
mod error;
mod output;
mod session;
#[cfg(test)]
mod tests;
mod transaction;

pub use capabilities::Capabilities;
pub use error::{ClientError, StartError, Waiting};
pub use output::{ClientConfig, Output, Recipient, StartTls, Transaction, TransactionOutcome};
pub use session::Session;
