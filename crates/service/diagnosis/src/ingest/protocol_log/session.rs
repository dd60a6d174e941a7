//! One session: who spoke to whom, over TLS or not, and what its lines prove.

use std::net::{IpAddr, SocketAddr};

use proto_exchange::hello_address;
use proto_exchange::protocol_log::{Greeting, LogKind, LogLine, Session, Writer};

use super::witness;
use crate::evidence::{Attempt, NextHop, Outcome, Proof, SendingProgram, SourceId, Tls, service_of};

/// What attempts of a session have in common.
pub(super) fn of_session(session: &Session) -> Attempt {
    let local = Endpoint::read(session.text(session.local_endpoint));
    let remote = Endpoint::read(session.text(session.remote_endpoint));
    let mut attempt = Attempt {
        helo: session.helo.and_then(|name| some(session.text(name))),
        proof: Vec::new(),
        ..Attempt::new(witness(session), Outcome::NotShown, Proof::new(SourceId::default(), 0, ""))
    };
    if session.kind == Some(LogKind::Receive) {
        attempt.server = remote.name();
        attempt.egress = remote.address;
        let server = session.text(session.connector_id).split_once('\\');
        let name = server.map(|(server, _)| server.to_ascii_lowercase().into());
        attempt.next_hop = NextHop { name, address: local.address };
    } else {
        attempt.sender = session.writer.map_or(attempt.sender, |writer| match writer {
            Writer::Exchange => SendingProgram::Exchange,
            Writer::Postwarden => SendingProgram::Postwarden,
        });
        attempt.server = local.name().or_else(|| attempt.helo.clone());
        attempt.connector = some(session.text(session.connector_id));
        let name = far_name(session).map(|name| name.to_ascii_lowercase().into());
        attempt.next_hop = NextHop { name, address: remote.address };
        attempt.egress = egress(session);
    }
    attempt
}

/// The way of a session as octets: sessions of one way have alike what [`of_session`] gives and groups are told apart by.
pub(super) struct Way<'a>(pub &'a mut Vec<u8>);

impl Way<'_> {
    /// Notes all of it.
    pub fn of(&mut self, session: &Session) {
        let is_receive = session.kind == Some(LogKind::Receive);
        self.0.push(u8::from(is_receive));
        self.text(Some(session.text(session.connector_id)));
        let local = Endpoint::read(session.text(session.local_endpoint));
        let remote = Endpoint::read(session.text(session.remote_endpoint));
        if is_receive {
            self.endpoint(&remote);
            self.endpoint(&local);
            return;
        }
        self.endpoint(&local);
        self.text(session.helo.filter(|_| local.has_no_name()).map(|name| session.text(name)));
        let name = far_name(session).map(service_of);
        self.text(name);
        if name.is_none() {
            self.endpoint(&remote);
        }
        self.address(egress(session));
    }

    /// A text, so that no other texts look like it together.
    pub fn text(&mut self, text: Option<&str>) {
        let length = text.map_or(0, |text| text.len() + 1);
        self.0.extend_from_slice(&length.to_ne_bytes());
        self.0.extend_from_slice(text.unwrap_or_default().as_bytes());
    }

    fn endpoint(&mut self, endpoint: &Endpoint<'_>) {
        self.address(endpoint.address);
        self.text(endpoint.address.is_none().then_some(endpoint.host));
    }

    fn address(&mut self, address: Option<IpAddr>) {
        match address {
            None => self.0.push(0),
            Some(IpAddr::V4(address)) => {
                self.0.push(4);
                self.0.extend_from_slice(&address.octets());
            }
            Some(IpAddr::V6(address)) => {
                self.0.push(6);
                self.0.extend_from_slice(&address.octets());
            }
        }
    }
}

/// An endpoint of a row: `192.0.2.1:25`, `[2001:db8::1]:25`, or what is left of it in a masked copy.
struct Endpoint<'a> {
    host: &'a str,
    address: Option<IpAddr>,
}

impl<'a> Endpoint<'a> {
    fn read(text: &'a str) -> Self {
        let host = text.rsplit_once(':').map_or(text, |(host, _)| host);
        let address = text.parse::<SocketAddr>().ok().map(|endpoint| endpoint.ip());
        let address =
            address.or_else(|| host.trim_matches(['[', ']']).parse().ok()).map(|address| address.to_canonical());
        Self { host, address }
    }

    fn name(&self) -> Option<Box<str>> {
        match self.address {
            Some(address) => Some(address.to_string().into()),
            None if self.has_no_name() => None,
            None => Some(self.host.into()),
        }
    }

    /// A template's word for it is no server.
    fn has_no_name(&self) -> bool {
        self.address.is_none() && matches!(self.host, "" | "LocalEndpoint" | "RemoteEndpoint")
    }
}

/// The address that the far side says it sees.
fn egress(session: &Session) -> Option<IpAddr> {
    session.greetings.iter().find_map(|greeting| hello_address(session.text(greeting.reply.text)))
}

/// The far side's name: the first word of its banner, or of its reply to EHLO.
fn far_name(session: &Session) -> Option<&str> {
    let greetings = session.greetings.iter().map(|greeting| greeting.reply.text);
    let mut texts = session.banner.iter().map(|banner| banner.text).chain(greetings);
    texts.find_map(|text| {
        let name = session.text(text).get(4..)?.split_whitespace().next()?;
        let is_name =
            name.contains('.') && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || b".-_".contains(&octet));
        is_name.then_some(name)
    })
}

/// What became of TLS. That it was not offered, or not asked for, is known only if the opening is whole.
pub(super) fn tls(session: &Session) -> Tls {
    let handshake = &session.tls;
    let opening_is_whole = session.begins && session.opening_is_whole;
    let went_on = !session.transactions.is_empty() || session.greetings.iter().any(|greeting| !greeting.before_tls);
    if let Some((error, _)) = handshake.failed {
        return Tls::Failed(session.text(error).into());
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
    let with_address =
        session.greetings.iter().find(|greeting| hello_address(session.text(greeting.reply.text)).is_some());
    let greeting = with_address.or_else(|| greeting_in_clear(session)).map(|greeting| &greeting.reply.line);
    let lines = [answer, failed, certificate, greeting];
    let mut proof: Vec<Proof> = Vec::with_capacity(lines.len());
    for line in lines.into_iter().flatten() {
        if proof.iter().all(|known| known.line != line.number) {
            proof.push(Proof::new(source, line.number, session.text(line.text)));
        }
    }
    proof
}

fn some(text: &str) -> Option<Box<str>> {
    (!text.is_empty()).then(|| text.into())
}
