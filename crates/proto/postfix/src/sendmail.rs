//! sendmail:
//!
//! ```text
//! sm-mta[9]: STARTTLS=client, relay=mx., version=TLSv1.3, verify=FAIL, cipher=…, bits=256/256
//! sm-mta[9]: 4ABC: from=<a@b>, size=1, …
//! sm-mta[9]: 4ABC: to=<c@d>, …, relay=mx. [192.0.2.1], dsn=5.7.64, reply=550 5.7.64 …, stat=Service unavailable
//! ```
//!
//! `verify` judges the server's certificate; ours is not spoken of.

use crate::delivery::{Delivery, Program, Quoted, Relay, Result, Session, Tls};
use crate::log::{LogReader, value};
use crate::postfix::Summary;
use crate::syslog::SyslogLine;

/// Takes a line of sendmail.
pub(crate) fn delivery(log: &mut LogReader, line: &SyslogLine<'_>, quoted: Quoted) -> Option<Delivery> {
    let process = format!("{} sendmail {}", line.host.unwrap_or_default(), line.pid);
    if let Some(rest) = line.message.strip_prefix("STARTTLS=client, ") {
        let session = Session { tls: Tls::On, presented_certificate: None, lines: vec![quoted] };
        log.sessions.put(&process, Summary::of(Relay::parse(value(rest, "relay=")?), session));
        return None;
    }
    let (id, rest) = line.message.split_once(": ")?;
    if id.is_empty() || id.len() > 32 || !id.bytes().all(|octet| octet.is_ascii_alphanumeric()) {
        return None;
    }
    let id = format!("{} {id}", line.host.unwrap_or_default());
    if rest.starts_with("from=") {
        log.sender(&id, value(rest, "from=")?, quoted);
        return None;
    }
    let stat = rest.split_once(" stat=").map(|(_, stat)| stat).filter(|_| rest.starts_with("to="))?;
    let relay = Relay::parse(value(rest, "relay=")?);
    let session = log.sessions.get(&process).filter(|summary| summary.is_for(&relay)).map(|summary| summary.session());
    let reply = value(rest, "reply=").or_else(|| stat.strip_prefix("Deferred: "));
    let mut delivery = Delivery {
        program: Program::Sendmail,
        line: quoted,
        stamp: line.stamp,
        host: line.host.map(str::to_owned),
        transport: value(rest, "mailer=").map(str::to_owned),
        id,
        recipient: value(rest, "to=")
            .and_then(|list| list.split(',').next())
            .map(|one| one.trim_matches(['<', '>']).to_owned()),
        sender: None,
        sender_line: None,
        several_domains: false,
        relay,
        session: session.unwrap_or_default(),
        result: result(stat, reply, value(rest, "dsn=")),
    };
    log.complete(&mut delivery);
    Some(delivery)
}

/// Where the reply is not logged, its status is: the words behind it are sendmail's.
fn result(stat: &str, reply: Option<&str>, dsn: Option<&str>) -> Result {
    let is_code = |reply: &&str| reply.as_bytes().get(..3).is_some_and(|code| code.iter().all(u8::is_ascii_digit));
    match (reply.filter(is_code), dsn.unwrap_or_default()) {
        _ if stat.starts_with("Sent") => Result::Accepted,
        (Some(reply), _) => Result::Refused(reply.to_owned(), None),
        (None, dsn) if dsn.starts_with("5.") && !stat.starts_with("Deferred") => {
            Result::Refused(format!("550 {dsn} {stat}"), None)
        }
        _ => Result::Broken(stat.to_owned()),
    }
}
