//! The limits of reception, each with its reason and its reply.

use std::time::Duration;

/// Limits of all listeners together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Sessions at a time; more get `421 4.3.2`. A session costs a file descriptor and about 50 kB.
    pub sessions: usize,
    /// Sessions at a time from one source, an IPv4 address or an IPv6 /64; more get `421 4.7.0`, so that one source cannot
    /// take all.
    pub sessions_per_source: usize,
    /// Octets of a message, offered as SIZE; more gets `552 5.3.4`. Exchange Online takes 150 MiB.
    pub message_size: u64,
    /// Recipients of a transaction; more get `452 4.5.3` (RFC 5321 §4.5.3.1.8 asks for 100 at least).
    pub recipients: usize,
    /// Wait for a whole command (RFC 5321 §4.5.3.2.7 asks for five minutes at least); then `421 4.4.2`.
    pub command_wait: Duration,
    /// Wait for more of a message; then `421 4.4.2`. Slow but living clients send in less.
    pub data_wait: Duration,
    /// Octets a second that a message must come in with, a first `data_wait` apart; slower gets `421 4.4.2`, so that no
    /// client keeps a session by sending an octet now and then. 16 kbit/s is less than any line still in use, and brings
    /// the longest message in 22 hours, before its body is taken for one that nobody needs.
    pub data_rate: u64,
    /// Wait for the client to take our octets; then the connection is dropped.
    pub write_wait: Duration,
    /// Wait for a TLS handshake; then the connection is dropped.
    pub handshake_wait: Duration,
    /// Wait for open sessions at a stop; then they are dropped. Nothing that got its `250` is lost.
    pub drain: Duration,
}

/// Tenants among the recipients of one transaction; more get `452 4.5.3`. Each costs a copy of the message.
pub(crate) const MAX_TENANTS: usize = 20;

/// How long facts about a presented certificate are used before its chain is judged again: a chain that was not valid yet
/// becomes so in mid-session. That it expires is seen at once (rule A12).
pub(crate) const JUDGE_AGAIN: Duration = Duration::from_secs(60);

/// Reasonings kept of one source in [`REASONING_WINDOW`]; further refusals are answered alike and counted.
pub(crate) const REASONINGS_PER_SOURCE: u32 = 30;

/// See [`REASONINGS_PER_SOURCE`]. Within it, equal refusals of one source share one reference.
pub(crate) const REASONING_WINDOW: Duration = Duration::from_secs(60);

/// Sources that the reasoning limit remembers; the oldest is forgotten first.
pub(crate) const REMEMBERED_SOURCES: usize = 4096;

/// Octets read from a socket at a time: a few TLS records.
pub(crate) const READ_BUFFER: usize = 32 * 1024;

impl Default for Limits {
    fn default() -> Self {
        Self {
            sessions: 2000,
            sessions_per_source: 200,
            message_size: 150 * 1024 * 1024,
            recipients: 1000,
            command_wait: Duration::from_secs(300),
            data_wait: Duration::from_secs(180),
            data_rate: 2048,
            write_wait: Duration::from_secs(120),
            handshake_wait: Duration::from_secs(30),
            drain: Duration::from_secs(30),
        }
    }
}
