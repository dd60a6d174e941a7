//! The part for programs: message/delivery-status (RFC 3464). ASCII only, for it must not be encoded.

use proto_smtp::{EnhancedStatus, Reply};

use super::{Bounce, FailedRecipient, FailureCause, MAX_ADDRESS, SaidBy, told_reply};
use crate::date::date;
use crate::header_text::{ascii_line, continuation, field, host};

/// Most characters of an ENVID or ORCPT parameter: RFC 3461 §4.4 and §4.2 allow 100 and 500.
const MAX_PARAMETER: usize = 500;

/// The status of what was tried too long (RFC 3463 §3.5: delivery time expired).
const EXPIRED: EnhancedStatus = EnhancedStatus::new(4, 4, 7);

/// Writes the part: a group of fields for the message, then one for each recipient.
pub fn write(bounce: &Bounce<'_>) -> String {
    let mut out = String::new();
    if let Some(envid) = bounce.envid {
        field("Original-Envelope-Id", [ascii_line(&from_xtext(envid), MAX_PARAMETER).as_str()], &mut out);
    }
    field("Reporting-MTA", ["dns;", &host(bounce.hostname)], &mut out);
    field("Arrival-Date", [date(bounce.arrived).as_str()], &mut out);
    for (place, failure) in bounce.failures.iter().enumerate() {
        out.push_str("\r\n");
        recipient(place, failure, &date(bounce.at), &mut out);
    }
    out
}

fn recipient(place: usize, failure: &FailedRecipient<'_>, at: &str, out: &mut String) {
    if let Some((kind, address)) = failure.orcpt.and_then(|orcpt| orcpt.split_once(';')) {
        let address = ascii_line(&from_xtext(address), MAX_PARAMETER);
        field("Original-Recipient", [&format!("{};", host(kind)), address.as_str()], out);
    }
    field("Final-Recipient", [final_recipient(failure.address).as_str()], out);
    field("Action", ["failed"], out);
    field("Status", [status(failure.reply, failure.cause).to_string().as_str()], out);
    if let SaidBy::NextHop(next_hop) = failure.said_by {
        field("Remote-MTA", ["dns;", &host(host_of(next_hop))], out);
    }
    diagnostic_code(&told_reply(place, failure.reply), failure.said_by, out);
    field("Last-Attempt-Date", [at], out);
}

/// All lines of the reply. RFC 3464 §2.3.6 keeps `smtp` for replies that a server gave.
fn diagnostic_code(reply: &Reply, said_by: SaidBy<'_>, out: &mut String) {
    let kind = if said_by == SaidBy::Us { "x-postwarden;" } else { "smtp;" };
    let bytes = reply.to_bytes();
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines().map(|line| ascii_line(line, usize::MAX));
    field("Diagnostic-Code", [kind, &lines.next().unwrap_or_default()], out);
    lines.for_each(|line| continuation(&line, out));
}

/// The enhanced status code that fits the reply.
fn status(reply: &Reply, cause: FailureCause) -> EnhancedStatus {
    let class = reply.code() / 100;
    match cause {
        FailureCause::Expired => EXPIRED,
        FailureCause::Final => {
            reply.enhanced().filter(|status| status.class == class).unwrap_or(EnhancedStatus::new(class, 0, 0))
        }
    }
}

/// `rfc822; a@b`, or `utf-8; …` with its characters escaped (RFC 6533 §3) where the address is not ASCII.
fn final_recipient(address: &str) -> String {
    if address.is_ascii() {
        return format!("rfc822; {}", ascii_line(address, MAX_ADDRESS));
    }
    let escape = |c: char| match c {
        c if c.is_ascii_graphic() && !matches!(c, '\\' | '+' | '=') => c.to_string(),
        c => format!("\\x{{{:X}}}", u32::from(c)),
    };
    format!("utf-8; {}", address.chars().take(MAX_ADDRESS).map(escape).collect::<String>())
}

/// The host in `hub.example.net [192.0.2.1]:25` or `[192.0.2.1]:25`.
fn host_of(next_hop: &str) -> &str {
    let word = next_hop.split(' ').next().unwrap_or_default();
    match word.split_once(']') {
        Some((literal, _)) => word.get(..=literal.len()).unwrap_or(word),
        None => word.split(':').next().unwrap_or(word),
    }
}

/// Decodes xtext (RFC 3461 §4); what is not well-formed stays as it is.
fn from_xtext(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let [octet, behind @ ..] = rest {
        let escaped = behind.get(..2).filter(|_| *octet == b'+').and_then(|hex| std::str::from_utf8(hex).ok());
        match escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                out.push(*octet);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
