//! The receiving side of a session.
//!
//! A state machine cut by state: [`Session`] holds one state and the connection's common part; each state is a module
//! with the commands that mean something in it. What must not be here: decisions about mail. The session asks
//! ([`Output::Mail`], [`Output::Rcpt`], [`Output::Data`], [`Output::EndOfData`]) and the driver answers.

mod anywhere;
mod chunks;
mod config;
mod connected;
mod connection;
mod data;
mod extension;
mod greeted;
mod output;
mod passed_over;
mod session;
#[cfg(test)]
mod tests;
mod transaction;

pub use config::ServerConfig;
pub use output::{Answer, ClosingCause, Greeting, MailRequest, NotAsked, Output, RcptRequest, ResetCause};
pub use session::Session;
