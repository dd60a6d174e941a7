//! One session: who spoke to whom, over TLS or not, and what its lines prove.

use std::net::{IpAddr, SocketAddr};

use proto_exchange::hello_address;
use proto_exchange::protocol_log::{Greeting, LogKind, LogLine, Session, Writer};

use super::super::Found;
use super::certificates::Certificates;
use super::outcomes;
use super::witness;
use crate::evidence::{Attempt, NextHop, Outcome, Proof, SendingProgram, SourceId, Tls};

/// Tells what a session shows.
pub(super) fn tell(session: &Session, certificates: &mut Certificates, found: &mut Found) {
    found.source.is(witness(session));
    let tls = tls(session);
    let certificate = certificates.of(session, &tls);
    let attempt = Attempt { tls, certificate, ..of_session(session) };
    let source = found.source.id;
    outcomes::of(session, &attempt, source, &mut |attempt| certificates.add(attempt, session, found));
}

/// What attempts of a session have in common.
fn of_session(session: &Session) -> Attempt {
    let local = Endpoint::read(&session.local_endpoint);
    let remote = Endpoint::read(&session.remote_endpoint);
    let mut attempt = Attempt {
        session: some(&session.session_id),
        helo: session.helo.as_deref().and_then(some),
        proof: Vec::new(),
        ..Attempt::new(witness(session), Outcome::NotShown, Proof::new(SourceId::default(), 0, ""))
    };
    if session.kind == Some(LogKind::Receive) {
        attempt.server = remote.name;
        attempt.egress = remote.address;
        let name = session.connector_id.split_once('\\').map(|(server, _)| server.to_ascii_lowercase().into());
        attempt.next_hop = NextHop { name, address: local.address };
    } else {
        attempt.sender = session.writer.map_or(attempt.sender, |writer| match writer {
            Writer::Exchange => SendingProgram::Exchange,
            Writer::Postwarden => SendingProgram::Postwarden,
        });
        attempt.server = local.name.or_else(|| attempt.helo.clone());
        attempt.connector = some(&session.connector_id);
        attempt.next_hop = NextHop { name: far_name(session), address: remote.address };
        attempt.egress = session.greetings.iter().find_map(|greeting| hello_address(&greeting.reply.text));
    }
    attempt
}

/// An endpoint of a row: `192.0.2.1:25`, `[2001:db8::1]:25`, or what is left of it in a masked copy.
struct Endpoint {
    name: Option<Box<str>>,
    address: Option<IpAddr>,
}

impl Endpoint {
    fn read(text: &str) -> Self {
        let host = text.rsplit_once(':').map_or(text, |(host, _)| host);
        let address = text.parse::<SocketAddr>().ok().map(|endpoint| endpoint.ip());
        let address =
            address.or_else(|| host.trim_matches(['[', ']']).parse().ok()).map(|address| address.to_canonical());
        // A template's word for it is no server.
        let name = match address {
            Some(address) => Some(address.to_string().into()),
            None if matches!(host, "LocalEndpoint" | "RemoteEndpoint") => None,
            None => some(host),
        };
        Self { name, address }
    }
}

/// The far side's name: the first word of its banner, or of its reply to EHLO.
fn far_name(session: &Session) -> Option<Box<str>> {
    let greetings = session.greetings.iter().map(|greeting| &*greeting.reply.text);
    let mut texts = session.banner.iter().map(|banner| &*banner.text).chain(greetings);
    texts.find_map(|text| {
        let name = text.get(4..)?.split_whitespace().next()?;
        let is_name =
            name.contains('.') && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || b".-_".contains(&octet));
        is_name.then(|| name.to_ascii_lowercase().into())
    })
}

/// What became of TLS. That it was not offered, or not asked for, is known only if the opening is whole.
fn tls(session: &Session) -> Tls {
    let handshake = &session.tls;
    let opening_is_whole = session.begins && session.opening_is_whole;
    let went_on = !session.transactions.is_empty() || session.greetings.iter().any(|greeting| !greeting.before_tls);
    if let Some((error, _)) = &handshake.failed {
        return Tls::Failed(error.clone());
    }
    if handshake.succeeded || (handshake.accepted && went_on) {
        return Tls::On;
    }
    if handshake.refused.is_some() {
        return Tls::NotOffered;
    }
    match greeting_in_clear(session) {
        Some(greeting) if opening_is_whole && !handshake.asked => {
            if greeting.offers_starttls {
                Tls::NotUsed
            } else {
                Tls::NotOffered
            }
        }
        _ => Tls::Unknown,
    }
}

fn greeting_in_clear(session: &Session) -> Option<&Greeting> {
    session.greetings.iter().find(|greeting| greeting.before_tls)
}

/// The lines that prove an attempt: the answer first, then the certificate or what became of TLS, then the greeting.
pub(super) fn proof(session: &Session, source: SourceId, answer: Option<&LogLine>) -> Vec<Proof> {
    let is_receive = session.kind == Some(LogKind::Receive);
    let certificate = if is_receive { &session.peer_certificate } else { &session.own_certificate };
    let certificate = certificate.as_ref().map(|shown| &shown.line).or(session.no_client_certificate.as_ref());
    let failed = session.tls.failed.as_ref().map(|(_, line)| line);
    let with_address = session.greetings.iter().find(|greeting| hello_address(&greeting.reply.text).is_some());
    let greeting = with_address.or_else(|| greeting_in_clear(session)).map(|greeting| &greeting.reply.line);
    let lines = [answer, failed, certificate, greeting];
    let mut proof: Vec<Proof> = Vec::with_capacity(lines.len());
    for line in lines.into_iter().flatten() {
        if proof.iter().all(|known| known.line != line.number) {
            proof.push(Proof::new(source, line.number, &line.text));
        }
    }
    proof
}

pub(super) fn some(text: &str) -> Option<Box<str>> {
    (!text.is_empty()).then(|| text.into())
}
