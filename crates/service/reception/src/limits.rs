//! The limits of reception, each with its reason and its reply.

use std::time::Duration;

/// Limits of all listeners together: `[limits]` in the node's file, the fields under their own names. New ones hold for
/// sessions that begin after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Sessions at a time; more get `421 4.3.2`. A session costs a file descriptor, and idle
    /// about 8 kB, 20 kB in TLS.
    pub sessions: usize,
    /// Sessions at a time from one source, an IPv4 address or an IPv6 /64; more get `421 4.7.0`, so that one source cannot
    /// take all.
    pub sessions_per_source: usize,
    /// Sessions a second from one source that bring no message, its failed handshakes among them; more, for longer than
    /// [`WITHOUT_MAIL_SPAN`], get `421 4.7.0`. Honest servers come with mail and are never slowed down by it.
    pub sessions_without_mail_per_second: u32,
    /// TLS handshakes at a time; more get `421 4.3.2`. Each costs a millisecond or two of a processor, but most of its time
    /// is the client's.
    pub handshakes: usize,
    /// TLS handshakes at a time from one source; more get `421 4.3.2`.
    pub handshakes_per_source: usize,
    /// Octets of a message, offered as SIZE; more gets `552 5.3.4`. Exchange Online takes 150 MiB.
    pub message_size: u64,
    /// Recipients of a transaction; more get `452 4.5.3` (RFC 5321 §4.5.3.1.8 asks for 100 at least).
    pub recipients: usize,
    /// Recipients that a session may have refused; at more it gets `421 4.7.0`. As many as one transaction has, so that a
    /// whole one can be refused, and no session tries names for ever.
    pub refused_recipients: usize,
    /// Errors of syntax and sequence in a session; at this many it gets `421 4.7.0`. A mail server makes none; twenty leave
    /// room for a person at a terminal.
    pub errors: u32,
    /// Commands between two accepted messages that move no mail (NOOP, RSET and the like), and transactions that come to
    /// nothing; more get `421 4.7.0`.
    pub idle_commands: u32,
    /// How long the banner is held back, to see whether the client talks before it, which no mail server does: it gets
    /// `554 5.5.1`. Without a wait only what came at once is seen; a wait makes every session longer.
    pub greeting_delay: Duration,
    /// Wait for the whole PROXY header of a balancer; then the connection is dropped. It comes in the first packet.
    pub proxy_wait: Duration,
    /// Wait for a whole command (RFC 5321 §4.5.3.2.7 asks for five minutes at least); then `421 4.4.2`.
    pub command_wait: Duration,
    /// The same while sessions fill four fifths of their number: clients that are slow or idle give way to those that have
    /// mail.
    pub command_wait_under_pressure: Duration,
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
    /// Wait for a next hop that Incoming mail is offered to while its client waits, from the final dot on; then the message
    /// is queued. Zero: mail is queued without asking. Next hops that work answer in a second or two, and clients wait ten minutes (RFC 5321 §4.5.3.2.6).
    pub cut_through_wait: Duration,
    /// Wait for open sessions at a stop; then they are dropped. Nothing that got its `250` is lost.
    pub drain: Duration,
}

/// How far a source may be ahead of [`Limits::sessions_without_mail_per_second`]: the sessions of so long may come at once.
/// Mail that is being sent counts until its `250`, so that this must be room for all sessions of a source, several times.
pub const WITHOUT_MAIL_SPAN: Duration = Duration::from_secs(10);

/// Per cent of [`Limits::sessions`] from which on [`Limits::command_wait_under_pressure`] holds.
pub const PRESSURE_BEGINS: usize = 80;

/// Per cent of [`Limits::sessions`] below which it ceases to hold; lower, so that it does not come and go with each session.
pub const PRESSURE_ENDS: usize = 70;

/// Tenants among the recipients of one transaction; more get `452 4.5.3`. Each costs a copy of the message.
pub const MAX_TENANTS: usize = 20;

/// How long facts about a presented certificate are used before its chain is judged again: a chain that was not valid yet
/// becomes so in mid-session. That it expires is seen at once (rule A12).
pub(crate) const JUDGE_AGAIN: Duration = Duration::from_secs(60);

/// Reasonings kept of one source in [`REASONING_WINDOW`]; further refusals are answered alike and counted.
pub const REASONINGS_PER_SOURCE: u32 = 30;

/// See [`REASONINGS_PER_SOURCE`]. Within it, equal refusals of one source share one reference.
pub const REASONING_WINDOW: Duration = Duration::from_secs(60);

/// Sources that the reasoning limit and the log's limit remember; beyond, the oldest is forgotten, or nothing is told.
pub(crate) const REMEMBERED_SOURCES: usize = 4096;

/// How often the log tells the same of one source; what comes in between is counted.
pub const NOTICE_WINDOW: Duration = Duration::from_secs(60);

/// Sources whose sessions without mail are remembered: those without an open session are forgotten beyond it, all at once.
/// 100 octets each.
pub(crate) const COUNTED_SOURCES: usize = 65_536;

/// Octets read from a socket at a time while a message comes in: a few TLS records.
pub(crate) const MESSAGE_BUFFER: usize = 32 * 1024;

/// Octets read at a time while commands come in. Every idle session has such a buffer.
pub(crate) const COMMAND_BUFFER: usize = 2 * 1024;

impl Default for Limits {
    fn default() -> Self {
        Self {
            sessions: 10_000,
            sessions_per_source: 200,
            sessions_without_mail_per_second: 50,
            handshakes: 1000,
            handshakes_per_source: 100,
            message_size: 150 * 1024 * 1024,
            recipients: 1000,
            refused_recipients: 1000,
            errors: proto_smtp::limits::DEFAULT_MAX_ERRORS,
            idle_commands: proto_smtp::limits::DEFAULT_MAX_IDLE_COMMANDS,
            greeting_delay: Duration::ZERO,
            proxy_wait: Duration::from_secs(5),
            command_wait: Duration::from_secs(300),
            command_wait_under_pressure: Duration::from_secs(10),
            data_wait: Duration::from_secs(180),
            data_rate: 2048,
            write_wait: Duration::from_secs(120),
            handshake_wait: Duration::from_secs(30),
            cut_through_wait: Duration::from_secs(5),
            drain: Duration::from_secs(30),
        }
    }
}
