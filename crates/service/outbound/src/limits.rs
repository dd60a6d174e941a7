//! Limits and waiting times of the sending side, each with its reason.

use std::time::Duration;

/// Messages over one connection. Many receivers close after a number of their own, 20 to 100 at large providers; at 50 the
/// handshake costs little, and nobody is surprised.
pub const MAX_MESSAGES_PER_CONNECTION: u32 = 50;

/// Connections in use at one smart host of one send connector. Exchange takes 20 from one source by default.
pub const MAX_CONNECTIONS_PER_HOP: usize = 20;

/// Idle connections kept for one smart host of one send connector: half of what may be in use covers a steady stream.
pub const MAX_IDLE_PER_HOP: usize = 10;

/// Idle connections kept in all: a tenth of the file descriptors that a service commonly has.
pub const MAX_IDLE: usize = 1_000;

/// How long a connection is kept idle. Peers close after five minutes (RFC 5321 §4.5.3.2.7) or sooner.
pub const IDLE_LIMIT: Duration = Duration::from_secs(30);

/// Addresses of one smart host that are tried: more do not come from a sound DNS.
pub const MAX_ADDRESSES: usize = 8;

/// Recipients in one transaction: what every server must take (RFC 5321 §4.5.3.1.8).
pub const RECIPIENTS_PER_TRANSACTION: usize = 100;

/// Octets read from a peer at once; replies are short.
pub const READ_BUFFER: usize = 4_096;

/// How long each phase may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Resolving the smart host's name.
    pub resolve: Duration,
    /// The TCP connection to one address.
    pub connect: Duration,
    /// The banner.
    pub banner: Duration,
    /// The replies to EHLO, HELO and STARTTLS.
    pub greeting: Duration,
    /// The TLS handshake.
    pub handshake: Duration,
    /// The replies to MAIL, RCPT and RSET.
    pub envelope: Duration,
    /// The reply to DATA.
    pub data: Duration,
    /// One write.
    pub block: Duration,
    /// The reply to the end of data.
    pub end_of_data: Duration,
    /// The reply to QUIT, for which nobody waits.
    pub quit: Duration,
}

impl Timeouts {
    /// RFC 5321 §4.5.3.2, and for what it leaves open: a name and a connection take seconds or are not to be had, a
    /// handshake is four packets and some arithmetic.
    pub const RFC_5321: Self = Self {
        resolve: Duration::from_secs(20),
        connect: Duration::from_secs(30),
        banner: Duration::from_secs(5 * 60),
        greeting: Duration::from_secs(5 * 60),
        handshake: Duration::from_secs(60),
        envelope: Duration::from_secs(5 * 60),
        data: Duration::from_secs(2 * 60),
        block: Duration::from_secs(3 * 60),
        end_of_data: Duration::from_secs(10 * 60),
        quit: Duration::from_secs(5),
    };
}

impl Default for Timeouts {
    fn default() -> Self {
        Self::RFC_5321
    }
}
