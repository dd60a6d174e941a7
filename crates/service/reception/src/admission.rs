//! What a connection must pass before its session begins: room, the PROXY header of a balancer, its source's share, and
//! waiting for the banner. Must not speak SMTP: who is turned away is told so by the session.

use std::net::SocketAddr;

use proto_smtp::Reply;
use proto_smtp::proxy::{MAX_PROXY, ProxyFault, is_proxy_header, read_proxy_header};
use rustix::net::{RecvFlags, recv};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::Limits;
use crate::config::ListenerConfig;
use crate::notices::Notice;
use crate::origin::Origin;
use crate::room::Place;
use crate::session::Shared;
use crate::sources::{Entered, Excess};

/// What a session holds while it lasts.
pub(crate) struct Admitted {
    pub origin: Origin,
    /// Its source's count; none where the client is unknown, so that a balancer's health checks are never too many.
    pub source: Option<Entered>,
    pub place: Place,
}

/// A connection that gets no session.
pub(crate) enum TurnedAway {
    /// With this reply instead of a banner.
    Told(Reply),
    /// It talked before the banner.
    EarlyTalk,
    /// Without a word: a balancer broke its own protocol.
    Dropped,
}

/// Octets looked at before the banner: enough to tell a PROXY header from other talk.
const FIRST_LOOK: usize = 16;

/// Pieces of 4 kB that are taken in from somebody who talks before the banner, so that the refusal arrives.
const TAKEN_IN: usize = 16;

/// Admits a connection, or not. What is misbehaviour stands in the log.
pub(crate) async fn admit(
    stream: &mut TcpStream,
    connected: SocketAddr,
    listener: &ListenerConfig,
    shared: &Shared,
    limits: &Limits,
) -> Result<Admitted, TurnedAway> {
    let direct = Origin::direct(connected);
    let Some(place) = shared.room.enter() else {
        return Err(tell_refusal(shared, direct, too_many(), ("sessions", "all sessions are taken")));
    };
    let (origin, talks) = if listener.is_balancer(connected.ip()) {
        introduced(stream, connected, limits).await.map_err(|fault| tell_fault(shared, direct, &fault))?
    } else {
        (direct, false)
    };
    let source = origin.address().map(|address| shared.sources.enter(address, limits, Instant::now())).transpose();
    let source = source.map_err(|excess| {
        let (reply, why) = excessive(excess);
        tell_refusal(shared, origin, reply, why)
    })?;
    if talks {
        return Err(TurnedAway::EarlyTalk);
    }
    listen(stream, origin, shared, limits).await?;
    Ok(Admitted { origin, source, place })
}

/// Why a balancer's connection is dropped.
#[derive(Debug, thiserror::Error)]
enum Unintroduced {
    #[error(transparent)]
    Fault(#[from] ProxyFault),
    #[error("no whole PROXY header came in time")]
    TooSlow,
    #[error("the connection ended before its PROXY header")]
    Closed,
}

/// Reads a balancer's header: for whom it speaks, and whether the client talks already.
async fn introduced(
    stream: &mut TcpStream,
    connected: SocketAddr,
    limits: &Limits,
) -> Result<(Origin, bool), Unintroduced> {
    let mut octets = Vec::new();
    let read = async {
        loop {
            if let Some(header) = read_proxy_header(&octets)? {
                return Ok((Origin { client: header.client, connected }, octets.len() > header.length));
            }
            let room = u64::try_from(MAX_PROXY.saturating_sub(octets.len())).unwrap_or_default();
            if (&mut *stream).take(room).read_buf(&mut octets).await.unwrap_or(0) == 0 {
                return Err(Unintroduced::Closed);
            }
        }
    };
    timeout(limits.proxy_wait, read).await.unwrap_or(Err(Unintroduced::TooSlow))
}

/// Whether the client waits for the banner, as it must (RFC 5321 §4.3.1).
async fn listen(stream: &TcpStream, origin: Origin, shared: &Shared, limits: &Limits) -> Result<(), TurnedAway> {
    if !limits.greeting_delay.is_zero() {
        // Tokio takes a fresh connection for readable until it has been tried: what waits is the look itself.
        let _ = timeout(limits.greeting_delay, stream.peek(&mut [0])).await;
    }
    let mut first = [0; FIRST_LOOK];
    let looked = recv(stream, &mut first[..], RecvFlags::PEEK | RecvFlags::DONTWAIT);
    // What is wrong with the connection comes to light when it is read.
    let count = looked.map_or(0, |(count, _)| count);
    let first = first.get(..count).unwrap_or_default();
    if first.is_empty() {
        return Ok(());
    }
    let turned_away = if is_proxy_header(first) { tell_unlisted(shared, origin) } else { TurnedAway::EarlyTalk };
    take_in(stream);
    Err(turned_away)
}

/// Takes what has come: a connection closed over octets that nobody read is reset, and our reply may be lost with it.
fn take_in(stream: &TcpStream) {
    let mut octets = [0; 4096];
    for _ in 0..TAKEN_IN {
        if recv(stream, &mut octets[..], RecvFlags::DONTWAIT).map_or(0, |(count, _)| count) == 0 {
            return;
        }
    }
}

/// A PROXY header from somebody who is not believed.
pub(crate) fn tell_unlisted(shared: &Shared, origin: Origin) -> TurnedAway {
    shared.metrics.turned_away("proxy");
    if let Some(passed_over) = shared.notices.may_tell(origin.accountable(), Notice::Proxy, Instant::now()) {
        tracing::warn!(
            %origin,
            passed_over,
            "a PROXY header from an address that is not in the listener's proxy_protocol was refused: if it is your \
             balancer, add it there"
        );
    }
    TurnedAway::Told(Reply::with_status(554, (5, 7, 1), "PROXY headers are not taken from your address"))
}

fn tell_fault(shared: &Shared, origin: Origin, fault: &Unintroduced) -> TurnedAway {
    shared.metrics.turned_away("proxy");
    if let Some(passed_over) = shared.notices.may_tell(origin.accountable(), Notice::Proxy, Instant::now()) {
        tracing::warn!(balancer = %origin, passed_over, %fault, "a balancer's connection is dropped");
    }
    TurnedAway::Dropped
}

/// `why` is a word for counting, and for the log.
fn tell_refusal(shared: &Shared, origin: Origin, reply: Reply, why: (&'static str, &str)) -> TurnedAway {
    let (limit, why) = why;
    shared.metrics.turned_away(limit);
    if let Some(passed_over) = shared.notices.may_tell(origin.accountable(), Notice::Refused, Instant::now()) {
        tracing::info!(%origin, passed_over, why, "a session is refused for now");
    }
    TurnedAway::Told(reply)
}

fn too_many() -> Reply {
    Reply::with_status(421, (4, 3, 2), "Too many sessions; try again later")
}

fn excessive(excess: Excess) -> (Reply, (&'static str, &'static str)) {
    let (text, why) = match excess {
        Excess::TooMany => (
            "Too many sessions from your address; try again later",
            ("sessions_per_source", "too many from its source"),
        ),
        Excess::TooOftenWithoutMail => (
            "Too many sessions without mail from your address; try again later",
            ("sessions_without_mail", "too many without mail from its source"),
        ),
    };
    (Reply::with_status(421, (4, 7, 0), text), why)
}
