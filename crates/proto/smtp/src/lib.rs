//! SMTP without sockets: commands, replies, sessions of both sides, data framing.
//!
//! Octets go in, octets and events come out; there is no clock, no socket, no task. Both sessions are driven alike:
//!
//! ```text
//!   socket ──octets──▶ session.feed(..)
//!                          │
//!        ┌─────────▶ session.poll() ──┬─ Send(octets)      write them to the socket, poll again
//!        │                            ├─ NeedInput         read from the socket, feed, poll again
//!        │                            ├─ StartTls          handshake, then session.tls_established()
//!        │                            ├─ a question        decide, then session.answer(..)       (server)
//!        │                            ├─ NeedBody          session.body(..), session.end_of_body() (client)
//!        └────────────────────────────┴─ Closing, Closed, Failed: drop the connection
//! ```
//!
//! Two rules for a driver: it feeds only when it is asked to (`NeedInput`), so that what a peer sends ahead stays in the
//! socket and memory stays bounded; and timeouts are its own (RFC 5321 §4.5.3.2).
//!
//! [`server::Session`] asks about each `MAIL`, `RCPT`, `DATA` and message; the driver answers with
//! [`server::Answer::Accept`] or with the reply that refuses. [`client::Session`] takes one
//! [`client::Transaction`] after the other and gives back every reply whole in a [`client::TransactionOutcome`].
//!
//! What must not be here: whose mail it is, where it goes, what a message says.

pub mod client;
pub mod command;
pub mod data;
pub mod dsn;
pub mod limits;
mod line;
mod mail_body;
pub mod param;
pub mod path;
pub mod proxy;
pub mod reply;
pub mod server;
#[cfg(test)]
mod smuggling;

pub use command::{Argument, Command, CommandError, HeloName, Verb};
pub use data::{
    BareNewline, BdatDecoder, ChunkContent, ChunkDecoder, DataDecoder, DataEncoder, DataEnd, DataFault, DataFaults,
    EncodeError,
};
pub use mail_body::MailBody;
pub use param::{Parameter, Parameters};
pub use path::{ForwardPath, Mailbox, PathError, ReversePath};
pub use reply::{EnhancedStatus, Reply, ReplyError, ReplyLine, ReplyParser};
