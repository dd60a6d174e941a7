//! P01 (ours): the certificate that was sent was past its date, or before it. It proves nothing then, whatever its name.

use jiff::{SignedDuration, Timestamp};

use super::{Examination, telling};
use crate::answer::{Cause, Certainty, Message};
use crate::case::Case;
use crate::evidence::SentCertificate;
use crate::refusal::Refusal;
use crate::repair;

const CODE: &str = "P01";

/// How far local time may be from UTC.
const LOCAL_TIME: SignedDuration = SignedDuration::from_hours(14);

/// From when to when a certificate is valid.
struct Validity {
    from: Timestamp,
    to: Timestamp,
    /// Whether the dates are the local time of the machine where they were listed, taken as if it were UTC.
    is_local: bool,
}

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in &case.refusals {
        let Some(certificate) = refusal.presented.certificate() else { continue };
        let Some(validity) = validity(case, certificate) else { continue };
        let Validity { from, to, is_local } = validity;
        // Mail that was refused while the certificate was in date was refused for another reason.
        let at = refusal.since().unwrap_or(refusal.evidence.at);
        let near = |date: Timestamp| is_local && at.duration_since(date).abs() <= LOCAL_TIME;
        let (code, date) = if at > to || near(to) {
            ("cause-p01-expired", to)
        } else if at < from || near(from) {
            ("cause-p01-early", from)
        } else {
            let shown = to.to_string();
            let reason = Message::new("ruled-out-p01", &[("presented", certificate.title()), ("date", &*shown)]);
            examination.rule_out(CODE, (reason, Vec::new()));
            continue;
        };
        // When the mail was refused is not known: the certificate may have been in date then.
        if refusal.until().is_none() {
            continue;
        }
        let certainty = match (refusal.presented.is_observed(), near(date)) {
            (_, true) => Certainty::Possible,
            (true, false) => Certainty::Certain,
            (false, false) => Certainty::Likely,
        };
        let shown = date.to_string();
        let statement = Message::new(code, &[("presented", certificate.title()), ("date", &*shown)]);
        examination.add(cause(case, refusal, certainty, statement));
    }
    examination
}

fn cause(case: &Case<'_>, refusal: &Refusal<'_>, certainty: Certainty, statement: Message) -> Cause {
    let mut cause = telling::cause(case, refusal, CODE, certainty, statement);
    cause.precedence = 1;
    cause.question = (certainty == Certainty::Possible).then(|| Message::new("question-p01", &[]));
    cause.proof.extend(telling::presented_lines(case, refusal));
    cause.repair = repair::present_right_one(case, refusal.sending_program(), refusal.group.key.connector.as_deref());
    cause
}

/// By the log itself where it tells, else by the store that holds the certificate: records of older servers have no dates.
fn validity(case: &Case<'_>, certificate: &SentCertificate) -> Option<Validity> {
    let held = case.evidence.configuration.exchange_certificates.iter();
    let own = held.filter(|held| held.object.thumbprint.any() == Some(&certificate.thumbprint));
    let dated = |local: bool| own.clone().find(|held| held.object.dates_are_local == local);
    let dates = |from: Option<Timestamp>, to: Option<Timestamp>| Some((from?, to?));
    let (told, exact, listed) = (dates(certificate.not_before, certificate.not_after), dated(false), dated(true));
    let (from, to) =
        told.or_else(|| own.clone().find_map(|held| dates(held.object.not_before, held.object.not_after)))?;
    // What is told may itself be what the list said: a prediction.
    let is_listed = listed.is_some_and(|held| held.object.not_after == Some(to)) && exact.is_none();
    Some(Validity { from, to, is_local: is_listed })
}
