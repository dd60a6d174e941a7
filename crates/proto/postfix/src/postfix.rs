//! Postfix (src/global/log_adhoc.c, src/smtp/smtp_proto.c, src/tls/tls_misc.c describe the forms):
//!
//! ```text
//! postfix/qmgr[9]: 4ABC: from=<a@b>, size=1, nrcpt=1 (queue active)
//! postfix/smtp[9]: Untrusted TLS connection established to mx[192.0.2.1]:25: TLSv1.3 with cipher … client-signature …
//! postfix/smtp[9]: 4ABC: to=<c@d>, relay=mx[192.0.2.1]:25, …, dsn=5.7.64, status=bounced (host mx[192.0.2.1] said: 550 …)
//! ```

use crate::delivery::{Delivery, Program, Quoted, Relay, Result, Session, Tls};
use crate::log::{LogReader, value};
use crate::syslog::SyslogLine;

/// What a process said of its session, until it begins another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Summary {
    relay: Relay,
    session: Session,
    /// The message that it was for: a process may go on to another next hop without a word.
    id: Option<String>,
}

impl Summary {
    /// What a process said.
    pub(crate) fn of(relay: Relay, session: Session) -> Self {
        Self { relay, session, id: None }
    }

    /// Whether it can have been said of this next hop: one that was given without an address is told by its name.
    pub(crate) fn is_for(&self, relay: &Relay) -> bool {
        let own = &self.relay;
        own == relay || own.address.is_none() && own.name.as_ref().is_none_or(|name| Some(name) == relay.name.as_ref())
    }

    /// The session.
    pub(crate) fn session(&self) -> Session {
        self.session.clone()
    }
}

/// Takes a line of Postfix.
pub(crate) fn delivery(log: &mut LogReader, line: &SyslogLine<'_>, quoted: Quoted) -> Option<Delivery> {
    let daemon = line.program.rsplit('/').next().unwrap_or_default();
    let process = format!("{} {} {}", line.host.unwrap_or_default(), line.program, line.pid);
    if daemon == "smtp" && summary(log, &process, line.message, &quoted) {
        return None;
    }
    let (id, rest) = line.message.split_once(": ")?;
    if id.is_empty() || id.len() > 32 || !id.bytes().all(|octet| octet.is_ascii_alphanumeric()) {
        return None;
    }
    let id = format!("{} {id}", line.host.unwrap_or_default());
    if let Some(sender) = rest.starts_with("from=<").then(|| value(rest, "from=")).flatten() {
        log.sender(&id, sender, quoted);
        return None;
    }
    if daemon != "smtp" || !rest.starts_with("to=<") {
        return None;
    }
    let status = rest.split_once(" status=").map(|(_, status)| status)?;
    let (status, said) = status.split_once(' ').unwrap_or((status, ""));
    let said = said.strip_prefix('(').map_or(said, |said| said.strip_suffix(')').unwrap_or(said));
    let relay = Relay::parse(value(rest, "relay=")?);
    let is_reused = value(rest, "conn_use=").is_some();
    let mut session = session(log, &process, &relay, &id, is_reused);
    if let Some(tls) = tls_of(said) {
        session.tls = tls;
    }
    let mut delivery = Delivery {
        program: Program::Postfix,
        line: quoted,
        stamp: line.stamp,
        host: line.host.map(str::to_owned),
        transport: Some(transport(line.program)),
        id,
        recipient: value(rest, "to=").map(str::to_owned),
        sender: None,
        sender_line: None,
        several_domains: false,
        relay,
        session,
        result: result(status, said),
    };
    log.complete(&mut delivery);
    Some(delivery)
}

/// `postfix/smtp` is `smtp`, `postfix/relay/smtp` is `relay`; another instance keeps its name.
fn transport(program: &str) -> String {
    let (instance, daemon) = program.split_once('/').unwrap_or(("postfix", program));
    let service = daemon.strip_suffix("/smtp").unwrap_or(daemon);
    if instance == "postfix" { service.to_owned() } else { format!("{instance}/{service}") }
}

/// Lines about the session. Says whether it was one.
fn summary(log: &mut LogReader, process: &str, message: &str, quoted: &Quoted) -> bool {
    let begins = |tls: Tls, relay: &str, presented_certificate: Option<bool>| {
        Summary::of(Relay::parse(relay), Session { tls, presented_certificate, lines: vec![quoted.clone()] })
    };
    if let Some((_, rest)) = message.split_once("TLS connection established to ") {
        let (relay, details) = rest.split_once(": ").unwrap_or((rest, ""));
        log.sessions.put(process, begins(Tls::On, relay, presented(details)));
    } else if let Some((_, rest)) = message.split_once("TLS connection reused to ") {
        let (relay, details) = rest.split_once(": ").unwrap_or((rest, ""));
        // Of a session that was begun for another message only the presence of the signature tells.
        log.sessions.put(process, begins(Tls::On, relay, presented(details).filter(|presented| *presented)));
    } else if let Some(relay) = message.strip_prefix("Host offered STARTTLS: ") {
        log.sessions.put(process, begins(Tls::NotUsed, relay.trim_matches(['[', ']']), None));
    } else if let Some((_, rest)) = message.split_once("SSL_connect error to ") {
        let relay = rest.split_once(": ").map_or(rest, |(relay, _)| relay);
        log.sessions.put(process, begins(Tls::Failed(message.to_owned()), relay, None));
    } else if let Some(rest) = message.strip_prefix("certificate verification failed for ") {
        let relay = rest.split_once(": ").map_or(rest, |(relay, _)| relay);
        // The server's certificate; whether mail goes on is a matter of the level, and a summary follows where it does.
        log.sessions.put(process, begins(Tls::Unknown, relay, None));
    } else if message.starts_with("warning: cannot ") && message.contains("certificate") {
        // The certificate that should be presented, or its key, cannot be loaded.
        log.sessions.put(process, begins(Tls::Unknown, "", None));
    } else {
        return false;
    }
    true
}

/// By the details behind the cipher: see [`Session::presented_certificate`].
fn presented(details: &str) -> Option<bool> {
    if details.contains(" client-signature ") {
        return Some(true);
    }
    let is_telling = details.starts_with("TLSv1.3 ") && details.contains(" server-signature ");
    is_telling.then_some(false)
}

/// The session that a process last spoke of, if it can be the one of this delivery.
fn session(log: &mut LogReader, process: &str, relay: &Relay, id: &str, is_reused: bool) -> Session {
    let Some(summary) = log.sessions.get(process) else { return Session::default() };
    let is_same_message = summary.id.as_deref().is_none_or(|own| own == id) || is_reused;
    if !summary.is_for(relay) || !is_same_message {
        return Session::default();
    }
    summary.id = Some(id.to_owned());
    summary.session.clone()
}

/// What the words behind the status tell of TLS.
fn tls_of(said: &str) -> Option<Tls> {
    if said.contains("TLS is required, but was not offered") {
        Some(Tls::NotOffered)
    } else if said.starts_with("Cannot start TLS") || said.starts_with("Server certificate not ") {
        Some(Tls::Failed(said.to_owned()))
    } else {
        None
    }
}

fn result(status: &str, said: &str) -> Result {
    let reply = said.split_once(" said: ").or_else(|| said.split_once(" refused to talk to me: "));
    match (status, reply) {
        ("sent", _) => Result::Accepted,
        (_, Some((_, reply))) => {
            let (reply, command) = reply.rsplit_once(" (in reply to ").unwrap_or((reply, ""));
            Result::Refused(reply.to_owned(), stage(command))
        }
        _ => Result::Broken(said.to_owned()),
    }
}

fn stage(command: &str) -> Option<&'static str> {
    let stages = [("MAIL FROM", "MAIL FROM"), ("RCPT TO", "RCPT TO"), ("DATA", "DATA"), ("end of DATA", "end of data")];
    stages.into_iter().find_map(|(start, stage)| command.starts_with(start).then_some(stage))
}
