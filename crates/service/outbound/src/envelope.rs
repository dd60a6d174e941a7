//! The envelope of a message as one next hop can take it: parameters for the extensions that it offers (RFC 3461, RFC 6531),
//! or what it lacks. Must not send.

use proto_smtp::client::{Capabilities, Recipient as ClientRecipient, Transaction};
use proto_smtp::dsn::{MAX_ORCPT, orcpt_in_ascii};
use proto_smtp::{ForwardPath, MailBody, Parameter, Parameters, Reply, ReversePath};

use crate::{Attempt, Recipient};

/// What the message or this recipient needs and the next hop does not have. It will not have it later either: the refusal is
/// for good, as far as this hop goes.
pub(crate) fn lacking(
    attempt: &Attempt<'_>,
    sender: &ReversePath,
    recipient: &ForwardPath,
    capabilities: &Capabilities,
    hop: &str,
) -> Option<Reply> {
    let refusal = |code, status, text: String| Some(Reply::with_status(code, status, text));
    if attempt.binary && !capabilities.takes_binary() {
        let text = format!("The message is binary, and {hop} does not offer CHUNKING and BINARYMIME");
        return refusal(554, (5, 6, 3), text);
    }
    if attempt.eight_bit && !attempt.binary && !capabilities.eight_bit_mime {
        return refusal(554, (5, 6, 3), format!("The message has 8-bit text, and {hop} does not offer 8BITMIME"));
    }
    if !capabilities.smtputf8 {
        let what = match (attempt.smtp_utf8, sender.is_ascii(), recipient.is_ascii()) {
            (_, _, false) => "the recipient's address needs",
            (_, false, _) => "the sender's address needs",
            (true, ..) => "the message's header needs",
            (false, true, true) => "",
        };
        if !what.is_empty() {
            return refusal(553, (5, 6, 7), format!("{hop} does not offer SMTPUTF8, which {what}"));
        }
    }
    let limit = capabilities.size_limit().filter(|&limit| attempt.size > limit)?;
    refusal(552, (5, 3, 4), format!("The message has {} octets, and {hop} takes at most {limit}", attempt.size))
}

/// The transaction for these recipients, with what the next hop understands of the sender's wishes.
pub(crate) fn transaction<'a>(
    attempt: &Attempt<'_>,
    sender: &ReversePath,
    recipients: impl Iterator<Item = (&'a Recipient<'a>, ForwardPath)>,
    capabilities: &Capabilities,
) -> Transaction {
    let dsn = |name, value: Option<&str>| {
        let value = value.filter(|_| capabilities.dsn);
        value.and_then(|value| Parameter::new(name, Some(value)))
    };
    let smtp_utf8 = Parameter::new("SMTPUTF8", None).filter(|_| attempt.smtp_utf8);
    let recipient = |(wishes, path): (&Recipient<'_>, ForwardPath)| {
        // Where SMTPUTF8 is offered the address may stand as it came only if the transaction asks for it; in ASCII it always may.
        let orcpt = wishes.orcpt.map(orcpt_in_ascii).filter(|orcpt| orcpt.len() <= MAX_ORCPT);
        ClientRecipient { path, params: parameters([dsn("NOTIFY", wishes.notify), dsn("ORCPT", orcpt.as_deref())]) }
    };
    Transaction {
        reverse_path: sender.clone(),
        recipients: recipients.map(recipient).collect(),
        size: Some(attempt.size),
        body: match (attempt.binary, attempt.eight_bit) {
            (true, _) => MailBody::BinaryMime,
            (false, true) => MailBody::EightBitMime,
            (false, false) => MailBody::SevenBit,
        },
        params: parameters([dsn("RET", attempt.ret), dsn("ENVID", attempt.envid), smtp_utf8]),
    }
}

/// Those that there are.
fn parameters<const N: usize>(wanted: [Option<Parameter>; N]) -> Parameters {
    let mut parameters = Parameters::new();
    for parameter in wanted.into_iter().flatten() {
        // No keyword comes twice.
        let _none_given_back = parameters.push(parameter);
    }
    parameters
}
