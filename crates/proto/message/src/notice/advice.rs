//! What a sender can do about a failure, by the enhanced status code. One sentence for a person who has never seen one.

use proto_smtp::Reply;

use super::FailureCause;

/// The next step.
pub fn advice(reply: &Reply, cause: FailureCause) -> &'static str {
    if cause == FailureCause::Expired {
        return "The receiving system could not take the message in all this time. Send it again later, or ask your mail \
                administrator to look at the reply above.";
    }
    let status = reply.enhanced().map(|status| (status.subject, status.detail));
    match status {
        Some((1, 7 | 8)) => {
            "The receiving system does not accept your sender address. Ask your mail administrator to check it."
        }
        Some((1, 10)) => "The recipient's domain takes no mail at all. Check the part of the address behind the @.",
        Some((1, _)) => "Check the recipient's address for a mistake, correct it and send the message again.",
        Some((2, 2)) => {
            "The recipient's mailbox is full. Send the message again later or reach the recipient another way."
        }
        Some((2, 3) | (3, 4)) => {
            "The message is too large for the receiving system. Send it with smaller attachments or none."
        }
        Some((2, _)) => "The recipient's mailbox takes no mail. Reach the recipient another way.",
        Some((4, 6)) => {
            "The message goes round in circles between servers. Ask your mail administrator to check the routes."
        }
        Some((3..=5, _)) => {
            "The fault lies between the mail systems. Ask your mail administrator to look at the reply above."
        }
        Some((6, _)) => {
            "The receiving system cannot take the message in this form. Send it as plain text or with other attachments."
        }
        Some((7, _)) => {
            "The receiving system refuses the message by its rules. Forward this report to your mail administrator, or ask \
             the recipient to have you let in."
        }
        _ => "Check the recipient's address; if it is right, forward this report to your mail administrator.",
    }
}
