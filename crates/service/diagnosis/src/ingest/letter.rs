//! Letters: bounces, in whatever form they were saved or pasted, and headers of mail that passed. Maps what `proto-message`
//! read; a bounce is a refusal, headers without one are mail that the border took.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use core_attribution::{Fact, Sender};
use core_directory::unmap;
use proto_exchange::RemoteReply;
use proto_message::bounce::{self, Failure, Letter, Report};
use proto_message::fields::{Fields, address};
use proto_message::hop::Hop;
use proto_message::parts::MAX_MESSAGE;

use super::address::{domain_of, reverse_path};
use super::{Found, Intake};
use crate::evidence::{AcceptedMail, Attempt, EvidenceKind, NextHop, Outcome, Proof, SourceId};

/// Most names of a Received chain that are kept: RFC 5321 §6.3 speaks of a loop from 100 on.
const MAX_PATH: usize = 100;

/// The field in which Exchange Online tells under which address it attributed a connection to which tenant.
const CONNECTING_IP: &str = "x-ms-exchange-crosstenant-originalattributedtenantconnectingip";

/// Fields that the border alone writes, the telling ones first.
const MARKS: [&str; 3] = [CONNECTING_IP, "x-ms-exchange-crosstenant-fromentityheader", "x-eoptenantattributedmessage"];

/// Whether a text is a bounce: a delivery status, or a reply with the server that gave up or the header that came back.
pub(crate) fn looks_like_bounce(head: &str) -> bool {
    bounce::read(head.as_bytes()).reports.iter().any(is_bounce)
}

/// Whether a text is a message, or the header of one.
pub(crate) fn looks_like_headers(head: &str) -> bool {
    let letter = bounce::read(head.as_bytes());
    letter.reports.is_empty()
        && letter.headers.iter().any(|header| header.get("received").is_some() || has_mark(header))
}

/// Whether there is anything in a text: a reply at least.
pub(crate) fn tells(text: &str) -> bool {
    let letter = bounce::read(text.as_bytes());
    !letter.reports.is_empty() || letter.headers.iter().any(has_mark)
}

/// More than a reply by itself.
fn is_bounce(report: &Report) -> bool {
    let told = |failure: &Failure| failure.action.is_some() || failure.recipient.is_some();
    report.failures.iter().any(|failure| failure.action.is_some())
        || report.generating_server.is_some() && report.failures.iter().any(told)
        || report.returned.is_some()
}

/// Reads one letter.
pub(crate) fn boxed() -> Box<dyn Intake> {
    Box::new(LetterIntake { octets: Vec::new(), is_cut: false })
}

/// Keeps the beginning of a letter: what tells of a refusal stands before the message that came back, so that a long one
/// may be cut.
struct LetterIntake {
    octets: Vec<u8>,
    is_cut: bool,
}

impl Intake for LetterIntake {
    fn feed(&mut self, block: &[u8], _found: &mut Found) {
        let room = MAX_MESSAGE.saturating_sub(self.octets.len());
        self.is_cut |= block.len() > room;
        self.octets.extend(block.iter().take(room));
    }

    fn finish(self: Box<Self>, found: &mut Found) {
        if self.is_cut {
            let limit = (MAX_MESSAGE / (1024 * 1024)).to_string();
            found.source.problem(None, "problem-letter-cut", vec![("limit", limit)]);
        }
        read(&self.octets, found);
    }
}

/// Reads a letter, or a reply with the lines around it.
pub(crate) fn read(octets: &[u8], found: &mut Found) {
    let Letter { reports, headers, is_cut } = bounce::read(octets);
    if is_cut {
        found.source.problem(None, "problem-letter-parts", Vec::new());
    }
    for report in &reports {
        let kind = if is_bounce(report) { EvidenceKind::Bounce } else { EvidenceKind::Reply };
        found.source.is(kind);
        for failure in &report.failures {
            refused(report, failure, kind, found);
        }
    }
    let mut has_marks = false;
    for header in &headers {
        if let Some(mail) = accepted(header, found.source.id) {
            has_marks = true;
            found.source.is(EvidenceKind::Headers);
            found.source.records += 1;
            if let Some(at) = mail.at {
                found.source.saw(at);
            }
            found.evidence.accepted.push(mail);
        }
    }
    if reports.is_empty() && !has_marks {
        found.source.problem(None, "problem-letter-empty", Vec::new());
    }
}

fn refused(report: &Report, failure: &Failure, kind: EvidenceKind, found: &mut Found) {
    let source = found.source.id;
    let Some(reply) = RemoteReply::find(&failure.reply.text) else {
        let text = vec![("text", failure.reply.text.chars().take(200).collect())];
        found.source.problem(Some(failure.reply.line), "problem-reply-unknown", text);
        return;
    };
    let at = reply.at.or(failure.at).or(report.at);
    let proof = Proof::new(source, failure.reply.line, &failure.reply.text);
    let outcome = Outcome::Answered(Arc::new(reply), failure.stage.map(bounce::Stage::name));
    let mut attempt = Attempt::new(kind, outcome, proof);
    attempt.at = at;
    if let Some((server, proof)) = generating_server(report, source) {
        attempt.server = Some(server);
        attempt.proof.push(proof);
    }
    if let Some(remote) = &failure.remote {
        attempt.next_hop = NextHop { name: remote.name.as_deref().map(Into::into), address: remote.address.map(unmap) };
    }
    attempt.recipients.extend(failure.recipient.as_deref().and_then(domain_of));
    if let Some((sender, proof)) = mail_from(report, source) {
        attempt.mail_from = sender;
        attempt.proof.push(proof);
    }
    found.source.records += 1;
    if let Some(at) = at {
        found.source.saw(at);
    }
    found.evidence.attempts.add(attempt);
}

/// Who gave up: the report's own word; of programs that do not tell, such as Exim, the last server that the header of the mail
/// that came back names.
fn generating_server(report: &Report, source: SourceId) -> Option<(Box<str>, Proof)> {
    if let Some(server) = &report.generating_server {
        return Some((server.text.as_str().into(), Proof::new(source, server.line, &server.text)));
    }
    let field = report.returned.as_ref()?.get("received")?;
    let server = Hop::of(field).by?;
    Some((server.into(), Proof::new(source, field.line, &format!("Received: {}", field.value))))
}

/// MAIL FROM, from Return-Path of what came back, else from the report. Not from `From`: that is another.
fn mail_from(report: &Report, source: SourceId) -> Option<(Fact<Sender>, Proof)> {
    if let Some(field) = report.returned.as_ref().and_then(|header| header.get("return-path")) {
        let proof = Proof::new(source, field.line, &format!("Return-Path: {}", field.value));
        return Some((reverse_path(address(&field.value)?), proof));
    }
    let own = report.sender.as_ref()?;
    Some((reverse_path(own.text.trim_matches(['<', '>'])), Proof::new(source, own.line, &own.text)))
}

/// Whether Exchange Online wrote into a header.
fn has_mark(header: &Fields) -> bool {
    MARKS.iter().any(|mark| header.get(mark).is_some())
        || header.get("x-forefront-antispam-report").is_some()
        || header.all("received").any(|field| is_border(&Hop::of(field)))
}

/// The hop from outside into Exchange Online.
fn is_border(hop: &Hop) -> bool {
    let is_microsoft = |name: &str| {
        name.ends_with(".outlook.com") || name.ends_with(".mx.microsoft") || name.ends_with(".protection.office365.us")
    };
    hop.by.as_deref().is_some_and(is_microsoft)
        && !hop.from.as_deref().is_some_and(is_microsoft)
        && hop.from_address.is_some()
}

/// What the header of a message that passed tells of the border. `None` where nothing does.
fn accepted(header: &Fields, source: SourceId) -> Option<AcceptedMail> {
    if !has_mark(header) {
        return None;
    }
    let hops: Vec<Hop> = header.all("received").take(MAX_PATH).map(Hop::of).collect();
    let (tenant, connecting_ip) = connecting_ip(header);
    let report = |key: &str| part(header, "x-forefront-antispam-report", key, ':');
    let is_it =
        |hop: &&Hop| is_border(hop) && (connecting_ip.is_none() || hop.from_address.map(unmap) == connecting_ip);
    let border = hops.iter().find(is_it);
    let attributed = header.get("x-eoptenantattributedmessage").and_then(|field| field.value.split(':').next());
    let marks =
        MARKS.into_iter().chain(["x-ms-exchange-organization-messagedirectionality", "x-forefront-antispam-report"]);
    let mut proof: Vec<Proof> = marks
        .filter_map(|name| header.get(name))
        .map(|field| Proof::new(source, field.line, &format!("{}: {}", field.name, field.value)))
        .collect();
    let received = border.and_then(|hop| header.all("received").find(|field| field.line == hop.line));
    proof.extend(received.map(|field| Proof::new(source, field.line, &format!("Received: {}", field.value))));
    Some(AcceptedMail {
        at: border.and_then(|hop| hop.at),
        tenant: tenant.or_else(|| attributed.map(str::to_owned)).map(Into::into),
        egress: connecting_ip
            .or_else(|| report("CIP").and_then(|address| address.parse().ok()))
            .or_else(|| border.and_then(|hop| hop.from_address))
            .map(unmap)
            .filter(is_somebodys),
        from_entity: header.get("x-ms-exchange-crosstenant-fromentityheader").map(|field| field.value.as_str().into()),
        originating: originating(header, report("DIR").as_deref()),
        mail_from: header.get("return-path").and_then(|field| address(&field.value)).and_then(domain_of),
        path: hops.iter().filter_map(|hop| hop.by.as_deref()).map(Into::into).collect(),
        proof,
    })
}

/// Of mail that did not come from outside the filter reports `CIP:255.255.255.255`, which is no address of anybody.
fn is_somebodys(address: &IpAddr) -> bool {
    !address.is_unspecified() && *address != IpAddr::V4(Ipv4Addr::BROADCAST)
}

/// `TenantId=<guid>;Ip=[a];Helo=[name]`; some copies are folded with blanks between.
fn connecting_ip(header: &Fields) -> (Option<String>, Option<IpAddr>) {
    let value = |key: &str| part(header, CONNECTING_IP, key, '=').filter(|value| !value.is_empty());
    (value("TenantId"), value("Ip").and_then(|address| address.parse().ok()).map(unmap))
}

/// The value of a key in a field such as `CIP:192.0.2.1;CTRY:DE` or `Ip=[192.0.2.1];Helo=[a]`. The key is divided from its
/// value by the first sign, for addresses hold colons.
fn part(header: &Fields, field: &str, key: &str, sign: char) -> Option<String> {
    let parts = header.get(field)?.value.split(';');
    let mut pairs = parts.filter_map(|part| part.split_once(sign));
    let (_, value) = pairs.find(|(own, _)| own.trim().eq_ignore_ascii_case(key))?;
    Some(value.chars().filter(|sign| !sign.is_whitespace() && !matches!(sign, '[' | ']')).collect())
}

/// The border's own word, else the direction in the filter's report: `OUT` is the tenant's own mail.
fn originating(header: &Fields, direction: Option<&str>) -> Option<bool> {
    let own = header.get("x-ms-exchange-organization-messagedirectionality").map(|field| field.value.as_str());
    match own.or(direction) {
        Some("Originating" | "OUT") => Some(true),
        Some("Incoming" | "INB") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
