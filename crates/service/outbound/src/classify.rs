//! What a next hop's replies mean for a recipient.

use proto_smtp::Reply;
use proto_smtp::client::TransactionOutcome;

use crate::{Fate, RecipientOutcome, SaidBy};

/// What became of the recipient at this place of a transaction. `None`: the next hop takes no more recipients in this
/// transaction, and it may go into the next at once (RFC 5321 §4.5.3.1.10).
pub(crate) fn classify(outcome: &TransactionOutcome, place: usize) -> Option<RecipientOutcome> {
    let Some(reply) = outcome.deciding_reply(place) else {
        let text = "The next hop gave no reply for this recipient";
        return Some(RecipientOutcome::ours(Fate::Deferred, Reply::with_status(451, (4, 4, 2), text)));
    };
    if is_too_many(outcome, place) && outcome.closing.is_none() {
        return None;
    }
    let fate = match reply {
        _ if outcome.is_delivered(place) => Fate::Delivered,
        reply if is_final(reply) => Fate::Failed,
        _ => Fate::Deferred,
    };
    Some(RecipientOutcome { fate, reply: reply.clone(), said_by: SaidBy::NextHop })
}

/// Whether a reply refuses the message for good. 500 to 504 say that we and the peer do not understand each other, 530 to
/// 539 that it wants another session (TLS, authentication): an administrator can mend that, and the message waits for it.
fn is_final(reply: &Reply) -> bool {
    reply.is_permanent() && !matches!(reply.code(), 500..=504 | 530..=539)
}

/// The recipient was one too many: refused with 452 (or 552 by old servers, with its enhanced status code) when others had
/// been accepted.
fn is_too_many(outcome: &TransactionOutcome, place: usize) -> bool {
    let accepted = |reply: &Option<Reply>| reply.as_ref().is_some_and(Reply::is_positive);
    let Some(Some(own)) = outcome.recipients.get(place) else { return false };
    let detail = own.enhanced().map(|status| (status.subject, status.detail));
    let says_so = match own.code() {
        452 => matches!(detail, None | Some((5, 3))),
        552 => detail == Some((5, 3)),
        _ => false,
    };
    says_so && outcome.recipients.get(..place).unwrap_or_default().iter().any(accepted)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn reply(text: &str) -> Option<Reply> {
        let mut parser = proto_smtp::ReplyParser::new();
        parser.feed(text.as_bytes());
        parser.feed(b"\r\n");
        parser.next_reply().unwrap()
    }

    #[test]
    fn replies_decide() {
        let check = |mail: &str, recipient: &str, data: &str, end: &str, fate: Option<Fate>| {
            let optional = |text: &str| (!text.is_empty()).then(|| reply(text)).flatten();
            let outcome = TransactionOutcome {
                mail: optional(mail),
                recipients: vec![reply("250 ok"), optional(recipient)],
                data: optional(data),
                end_of_data: optional(end),
                closing: None,
            };
            let got = classify(&outcome, 1).map(|outcome| outcome.fate);
            assert_eq!(got, fate, "{mail} | {recipient} | {data} | {end}");
        };
        let (delivered, failed, deferred) = (Some(Fate::Delivered), Some(Fate::Failed), Some(Fate::Deferred));
        check("250 ok", "250 ok", "354 go", "250 ok", delivered);
        check("250 ok", "550 5.1.1 no", "354 go", "250 ok", failed);
        check("250 ok", "450 4.2.1 later", "354 go", "250 ok", deferred);
        check("250 ok", "250 ok", "354 go", "554 5.6.0 no", failed);
        check("250 ok", "250 ok", "354 go", "451 4.3.0 later", deferred);
        check("250 ok", "250 ok", "451 later", "", deferred);
        check("250 ok", "250 ok", "554 5.5.1 no valid recipients", "", failed);
        check("552 5.3.4 too large", "503 5.5.1 MAIL first", "", "", failed);
        check("530 5.7.0 Must issue STARTTLS first", "503 5.5.1 MAIL first", "", "", deferred);
        check("250 ok", "530 5.7.1 Authentication required", "", "", deferred);
        check("250 ok", "500 5.5.2 what", "", "", deferred);
        check("250 ok", "504 5.5.4 parameter", "", "", deferred);
        check("250 ok", "521 5.3.2 no mail here", "", "", failed);
        check("250 ok", "571 no", "", "", failed);
        check("421 4.3.2 bye", "", "", "", deferred);
        check("", "", "", "", deferred);
        // Too many recipients: the next transaction takes it.
        check("250 ok", "452 4.5.3 too many", "354 go", "250 ok", None);
        check("250 ok", "452 too many", "354 go", "250 ok", None);
        check("250 ok", "552 5.5.3 too many", "354 go", "250 ok", None);
        check("250 ok", "452 4.2.2 mailbox full", "354 go", "250 ok", deferred);
        check("250 ok", "552 5.2.2 mailbox full", "354 go", "250 ok", failed);
    }
}
