//! The limits of the protocol, each a named number with its reason.
//!
//! What must not be here: limits that depend on the operator's wishes (sessions, rates, timeouts). Those that the
//! operator may change are fields of [`crate::server::ServerConfig`], and only their defaults stand here.

/// Longest command line in octets, its CRLF included.
///
/// RFC 5321 §4.5.3.1.4 asks for 512 and each extension adds to it (RFC 1870: 26, RFC 3461: 500 and more, RFC 6531: 10);
/// four times the base covers all that are published. Longer: `500 5.5.2`.
pub const MAX_COMMAND_LINE: usize = 2_048;

/// Octets of one over-long command line that are read and thrown away before the connection is given up.
///
/// Without it a client could send one endless line for ever. Beyond: `421 4.7.0` and the connection closes.
pub const MAX_DISCARDED_LINE: usize = 65_536;

/// Longest path in octets, angle brackets included, source route not counted (RFC 5321 §4.5.3.1.3).
///
/// Longer: `501 5.1.3` for a recipient, `501 5.1.7` for a sender.
pub const MAX_PATH: usize = 256;

/// Longest local part in octets.
///
/// RFC 5321 §4.5.3.1.1 names 64 and asks not to insist on it; Exchange's encapsulated addresses (`IMCEAEX-…`), SRS and
/// VERP exceed it every day. 200 leaves room for a domain within [`MAX_PATH`].
pub const MAX_LOCAL_PART: usize = 200;

/// Longest domain in octets (RFC 5321 §4.5.3.1.2), in a path as in `EHLO`.
pub const MAX_DOMAIN: usize = 255;

/// Longest text line of a message in octets, its CRLF included, that RFC 5321 §4.5.3.1.6 promises to carry.
///
/// Longer lines are accepted and counted, not refused: decoding is streaming, so that they cost no memory. A next hop
/// may refuse them.
pub const TEXT_LINE: u64 = 1_000;

/// Recipients of one transaction, the default (RFC 5321 §4.5.3.1.8 asks for at least 100). More: `452 4.5.3`.
pub const DEFAULT_MAX_RECIPIENTS: usize = 1_000;

/// Errors of syntax and sequence that one session may make, the default. At this many: `421 4.7.0` and close.
///
/// A mail server makes none; twenty leave room for a person at a terminal.
pub const DEFAULT_MAX_ERRORS: u32 = 20;

/// Commands that move no mail (`NOOP`, `RSET`, `VRFY`, `HELP`, a new `EHLO`, a `MAIL` from which no accepted message comes)
/// between two messages, the default. More: `421 4.7.0` and close, so that a session cannot be kept open for nothing.
pub const DEFAULT_MAX_IDLE_COMMANDS: u32 = 100;

/// Message size in octets, the default: 35 MiB, what Microsoft 365 lets in once Base64 has grown 25 MB of attachments.
pub const DEFAULT_MAX_MESSAGE_SIZE: u64 = 36_700_160;

/// Longest reply line that is read from a peer, in octets with its line end.
///
/// RFC 5321 §4.5.3.1.5 names 512; large providers exceed it with addresses of help pages.
pub const MAX_REPLY_LINE: usize = 2_048;

/// Lines in one reply of a peer. The longest known `EHLO` reply has fewer than 30.
pub const MAX_REPLY_LINES: usize = 100;

/// Octets in one reply of a peer, all lines together.
pub const MAX_REPLY: usize = 16_384;

/// Commands sent to a peer before their replies are read, where it offers PIPELINING.
///
/// RFC 2920 §3.1 asks that neither side block the other with full buffers: 100 `RCPT` of ordinary length stay below
/// 10 kB, and their replies too.
pub const PIPELINE_DEPTH: usize = 100;

/// Octets of replies that a server session gathers before it hands them out, though more commands are waiting.
pub const SEND_BATCH: usize = 4_096;
