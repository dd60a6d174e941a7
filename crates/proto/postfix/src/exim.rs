//! Exim's main log (specification, *Log files*):
//!
//! ```text
//! 2026-11-24 10:00:00 1kAbCd-0002Xy-9Z <= a@b H=…
//! 2026-11-24 10:00:01 1kAbCd-0002Xy-9Z ** c@d R=r T=t H=mx [192.0.2.1] X=TLS1.3:…: SMTP error from remote mail server after
//!                                         RCPT TO:<c@d>: 550 5.7.64 …
//! ```
//!
//! `X=` is the cipher; `CV` and `DN` are about the server's certificate. Whether a client certificate was used is not logged.

use crate::delivery::{Delivery, Program, Quoted, Relay, Result, Session, Tls};
use crate::log::LogReader;
use crate::stamp::Stamp;

/// A line taken apart.
pub(crate) struct Line<'a> {
    stamp: Stamp,
    id: &'a str,
    flag: &'a str,
    rest: &'a str,
}

impl<'a> Line<'a> {
    /// Reads a line with a message's id and one of the flags.
    pub(crate) fn parse(line: &'a str) -> Option<Self> {
        let mut rest = line;
        // Whoever pasted the line may have put a sign before.
        let (stamp, behind) = loop {
            match Stamp::take(rest) {
                Some(taken) => break taken,
                None if rest.starts_with(['(', '>', '|']) => rest = rest.split_once(' ')?.1.trim_start(),
                None => return None,
            }
        };
        let behind = behind.strip_prefix('[').and_then(|pid| pid.split_once("] ")).map_or(behind, |(_, behind)| behind);
        let (id, behind) = behind.split_once(' ')?;
        let parts: Vec<usize> = id.split('-').map(str::len).collect();
        // Six, six and two signs, since 4.97 six, eleven and four.
        let is_id = matches!(*parts, [6, 6, 2] | [6, 11, 4])
            && id.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-');
        let (flag, rest) = behind.split_once(' ')?;
        let is_flag = matches!(flag, "<=" | "=>" | "->" | "**" | "==" | ">>" | "(=");
        (is_id && is_flag).then_some(Self { stamp, id, flag, rest })
    }
}

/// Takes a line of Exim.
pub(crate) fn delivery(log: &mut LogReader, line: &Line<'_>, quoted: Quoted, host: Option<&str>) -> Option<Delivery> {
    let first = line.rest.split(' ').next().unwrap_or_default();
    if line.flag == "<=" {
        log.sender(line.id, if first == "<>" { "" } else { first }, quoted);
        return None;
    }
    // The items before the error; the error begins at the first colon with a blank behind it.
    let (items, error) = line.rest.split_once(": ").unwrap_or((line.rest, ""));
    let transport = item(items, "T=").map(|transport| transport.trim_end_matches(':'));
    let is_remote = item(items, "H=").is_some() || error.contains("host ") || error.contains("SMTP error");
    let result = match line.flag {
        "=>" | "->" if is_remote => Result::Accepted,
        "**" | "==" => refused(error)?,
        _ => return None,
    };
    let host_words =
        items.split_once(" H=").map(|(_, rest)| rest).or_else(|| error.split_once("host ").map(|(_, rest)| rest));
    let address = line.rest.split_once('<').filter(|_| !first.contains('@')).and_then(|(_, rest)| rest.split_once('>'));
    let is_tls = item(items, "X=").is_some();
    let mut delivery = Delivery {
        program: Program::Exim,
        line: quoted,
        stamp: Some(line.stamp),
        host: host.map(str::to_owned),
        transport: transport.map(str::to_owned),
        id: line.id.to_owned(),
        recipient: Some(address.map_or(first, |(address, _)| address).to_owned()),
        sender: item(items, "F=").map(|sender| sender.trim_matches(['<', '>']).to_owned()),
        sender_line: None,
        several_domains: false,
        relay: host_words.map(Relay::parse).unwrap_or_default(),
        session: Session { tls: if is_tls { Tls::On } else { Tls::Unknown }, ..Session::default() },
        result,
    };
    // `H=name [address]` and `host name [address]:` have one name; of more words the first is it.
    delivery.relay.name = delivery.relay.name.and_then(|name| name.split(' ').next().map(str::to_owned));
    log.complete(&mut delivery);
    Some(delivery)
}

fn item<'a>(items: &'a str, key: &str) -> Option<&'a str> {
    items.split(' ').find_map(|word| word.strip_prefix(key))
}

/// The error of `**` and `==`. What neither quotes a reply nor speaks of a connection is Exim's own matter, not the next hop's.
fn refused(error: &str) -> Option<Result> {
    let stages =
        [("MAIL FROM:", "MAIL FROM"), ("RCPT TO:", "RCPT TO"), ("end of data", "end of data"), ("DATA", "DATA")];
    let (_, behind) = error.split_once(" after ").unwrap_or(("", error));
    let stage = stages
        .into_iter()
        .find_map(|(word, stage)| behind.trim_start_matches("pipelined ").starts_with(word).then_some(stage));
    match error.match_indices(": ").map(|(at, _)| error.get(at + 2..).unwrap_or_default()).find(|rest| is_code(rest)) {
        Some(reply) => Some(Result::Refused(reply.to_owned(), stage)),
        None => ["Connection", "TLS", "timed out", "refused"]
            .iter()
            .any(|word| error.contains(word))
            .then(|| Result::Broken(error.to_owned())),
    }
}

fn is_code(text: &str) -> bool {
    matches!(text.as_bytes(), [b'4' | b'5', second, third, b' ' | b'-', ..] if second.is_ascii_digit() && third.is_ascii_digit())
}
