//! The part for programs: message/delivery-status (RFC 3464), which is ASCII only, for it must not be encoded; or
//! message/global-delivery-status (RFC 6533), which is not.

use proto_smtp::{EnhancedStatus, Reply};

use super::xtext::{escape, from_xtext, unescape};
use super::{FailureCause, MAX_ADDRESS, Notice, NoticeKind, NoticeRecipient, SaidBy, told_reply};
use crate::date::date;
use crate::header_text::{continuation, field, host};

/// Most characters of an ENVID or ORCPT parameter: RFC 3461 §4.4 and §4.2 allow 100 and 500.
const MAX_PARAMETER: usize = 500;

/// The status of what was tried too long (RFC 3463 §3.5: delivery time expired).
const EXPIRED: EnhancedStatus = EnhancedStatus::new(4, 4, 7);

/// Writes the part: a group of fields for the message, then one for each recipient.
pub fn write(notice: &Notice<'_>) -> Vec<u8> {
    let mut out = String::new();
    if let Some(envid) = notice.envid {
        field("Original-Envelope-Id", [notice.line(&from_xtext(envid), MAX_PARAMETER).as_str()], &mut out);
    }
    field("Reporting-MTA", ["dns;", &host(notice.hostname)], &mut out);
    field("Arrival-Date", [date(notice.arrived).as_str()], &mut out);
    for (place, told) in notice.recipients.iter().enumerate() {
        out.push_str("\r\n");
        recipient(notice, place, told, &mut out);
    }
    out.into_bytes()
}

fn recipient(notice: &Notice<'_>, place: usize, told: &NoticeRecipient<'_>, out: &mut String) {
    if let Some((kind, address)) = told.orcpt.and_then(|orcpt| orcpt.split_once(';')) {
        let address = original_recipient(notice, kind, address);
        field("Original-Recipient", [&format!("{};", host(kind)), address.as_str()], out);
    }
    field("Final-Recipient", [final_recipient(notice, told.address).as_str()], out);
    field("Action", [action(notice.kind)], out);
    field("Status", [status(notice.kind, told.reply, told.cause).to_string().as_str()], out);
    if let SaidBy::NextHop(next_hop) = told.said_by {
        field("Remote-MTA", ["dns;", &host(host_of(next_hop))], out);
    }
    diagnostic_code(notice, &told_reply(place, told.reply), told.said_by, out);
    field("Last-Attempt-Date", [date(notice.at).as_str()], out);
    if let NoticeKind::Delayed { retry_until } = notice.kind {
        field("Will-Retry-Until", [date(retry_until).as_str()], out);
    }
}

fn action(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Failed => "failed",
        NoticeKind::Delayed { .. } => "delayed",
        NoticeKind::Relayed => "relayed",
    }
}

/// All lines of the reply. RFC 3464 §2.3.6 keeps `smtp` for replies that a server gave.
fn diagnostic_code(notice: &Notice<'_>, reply: &Reply, said_by: SaidBy<'_>, out: &mut String) {
    let kind = if said_by == SaidBy::Us { "x-postwarden;" } else { "smtp;" };
    let bytes = reply.to_bytes();
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines().map(|line| notice.line(line, usize::MAX));
    field("Diagnostic-Code", [kind, &lines.next().unwrap_or_default()], out);
    lines.for_each(|line| continuation(&line, out));
}

/// The enhanced status code that fits the reply.
fn status(kind: NoticeKind, reply: &Reply, cause: FailureCause) -> EnhancedStatus {
    let class = reply.code() / 100;
    if kind == NoticeKind::Failed && cause == FailureCause::Expired {
        return EXPIRED;
    }
    // What is late is late, and no failure, even where a next hop that will be asked again refused for good.
    let class = if matches!(kind, NoticeKind::Delayed { .. }) { 4 } else { class };
    reply.enhanced().filter(|status| status.class == class).unwrap_or(EnhancedStatus::new(class, 0, 0))
}

/// The address in ORCPT, out of its xtext. An international one stays in ASCII where the part has to be.
fn original_recipient(notice: &Notice<'_>, kind: &str, address: &str) -> String {
    let decoded = from_xtext(address);
    let address = match (kind.eq_ignore_ascii_case("utf-8"), notice.smtp_utf8) {
        (true, true) => unescape(&decoded),
        (true, false) if !decoded.is_ascii() => escape(&decoded, MAX_PARAMETER),
        _ => decoded,
    };
    notice.line(&address, MAX_PARAMETER)
}

/// `rfc822; a@b`, or `utf-8; …` where the address is not ASCII: as it is in the international form, with its characters
/// escaped in the ordinary one.
fn final_recipient(notice: &Notice<'_>, address: &str) -> String {
    match (address.is_ascii(), notice.smtp_utf8) {
        (true, _) => format!("rfc822; {}", notice.line(address, MAX_ADDRESS)),
        (false, true) => format!("utf-8; {}", notice.line(address, MAX_ADDRESS)),
        (false, false) => format!("utf-8; {}", escape(address, MAX_ADDRESS)),
    }
}

/// The host in `hub.example.net [192.0.2.1]:25` or `[192.0.2.1]:25`.
fn host_of(next_hop: &str) -> &str {
    let word = next_hop.split(' ').next().unwrap_or_default();
    match word.split_once(']') {
        Some((literal, _)) => word.get(..=literal.len()).unwrap_or(word),
        None => word.split(':').next().unwrap_or(word),
    }
}
