//! C04: Exchange presents another certificate than was meant: `TlsCertificateName` names one that is not there, or is empty and
//! the choice goes by an internal `Fqdn`, which ends at the server's own self-signed certificate (Microsoft: *TLS Certificates in
//! Exchange Hybrid*; event 12014; `454 4.7.5`).

use core_directory::Domain;
use jiff::SignedDuration;
use proto_exchange::RefusalClass;
use proto_exchange::dump::SendConnector;

use super::{Examination, c15_edge, telling};
use crate::answer::{Cause, Certainty, Comparison, Message, ProofLine, Repair};
use crate::case::{Case, Way};
use crate::evidence::{EventFact, EvidenceKind, Observed, Proof, SendingProgram, SentCertificate};
use crate::predict;
use crate::refusal::{Presented, Refusal};
use crate::repair;

const CODE: &str = "C04";

/// The event of a certificate that a connector names and that is not there.
const NO_SUCH_CERTIFICATE: u32 = 12014;

/// How far from refusals an event may lie and still be about them: Exchange repeats it, and logs may be of other days.
const NEAR: SignedDuration = SignedDuration::from_hours(24);

/// Why the certificate that was sent is not the one that was meant.
pub(super) enum Misfit {
    /// It is the server's own: it signed itself.
    SelfSigned,
    /// Its names are for inside only.
    Internal,
    /// The Send connector names another.
    NotTheNamed,
}

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in &case.refusals {
        let Some(certificate) = refusal.presented.certificate() else { continue };
        // Where the address admits, any certificate will do, and Exchange's own is what it presents unless told otherwise.
        if case.way(refusal) == Way::ByAddress {
            let reason = Message::new("ruled-out-c04-address", &[("presented", certificate.title())]);
            let lines = case.by_address().take(1).map(|connector| telling::addresses_line(case, connector)).collect();
            examination.rule_out(CODE, (reason, lines));
            continue;
        }
        match misfit(case, refusal, certificate) {
            // C15 tells why.
            Some(_) if c15_edge::explains(case, refusal) => {}
            Some(misfit) => examination.add(sent_another(case, refusal, certificate, &misfit)),
            None => {
                let reason = Message::new("ruled-out-c04", &[("presented", certificate.title())]);
                examination.rule_out(CODE, (reason, telling::presented_lines(case, refusal)));
            }
        }
    }
    said_so(case, &mut examination);
    events(case, &mut examination);
    examination
}

/// Whether what was sent was not meant. A certificate that some connector admits was meant.
pub(super) fn misfit(case: &Case<'_>, refusal: &Refusal<'_>, certificate: &SentCertificate) -> Option<Misfit> {
    if case.by_certificate().any(|connector| connector.may_admit(certificate)) {
        return None;
    }
    if !certificate.issuer.is_empty() && certificate.issuer == certificate.subject {
        return Some(Misfit::SelfSigned);
    }
    let names = certificate.names.iter().map(|name| &**name).chain(certificate.common_name());
    let public = |name: &str| {
        let domain = Domain::parse(name.trim_start_matches("*.").trim_end_matches('.')).ok();
        domain.is_some_and(|domain| repair::is_public(&domain))
    };
    let mut names = names.peekable();
    if names.peek().is_some() && !names.any(public) {
        return Some(Misfit::Internal);
    }
    let connector = send_connector(case, refusal)?;
    let named = connector.object.tls_certificate_name.whole()?.as_ref()?;
    let told = !certificate.issuer.is_empty() && refusal.presented.is_observed();
    // A connector that was changed after the refusals names what it did not name then.
    let unchanged = connector.object.when_changed.zip(refusal.until()).is_none_or(|(changed, until)| changed <= until);
    (told && unchanged && !named.names(&certificate.issuer, &certificate.subject)).then_some(Misfit::NotTheNamed)
}

fn send_connector<'a>(case: &'a Case<'_>, refusal: &Refusal<'_>) -> Option<&'a Observed<SendConnector>> {
    predict::send_connector(&case.evidence.configuration, refusal.group.key.connector.as_deref())
}

fn sent_another(case: &Case<'_>, refusal: &Refusal<'_>, certificate: &SentCertificate, misfit: &Misfit) -> Cause {
    let connector = send_connector(case, refusal);
    let name = connector.map(|own| &*own.object.name).or(refusal.group.key.connector.as_deref()).unwrap_or_default();
    let presented = format!("CN={}", certificate.title());
    let mut arguments = vec![("sender", refusal.sending_program().name()), ("presented", &*presented)];
    arguments.extend(Some(("connector", name)).filter(|(_, name)| !name.is_empty()));
    let code = match (misfit, name.is_empty()) {
        (Misfit::SelfSigned, false) => "cause-c04-self-signed",
        (Misfit::SelfSigned, true) => "cause-c04-self-signed-unnamed",
        (Misfit::Internal, false) => "cause-c04-internal",
        (Misfit::Internal, true) => "cause-c04-internal-unnamed",
        (Misfit::NotTheNamed, _) => "cause-c04-other",
    };
    let certainty = match misfit {
        _ if !refusal.presented.is_observed() => Certainty::Likely,
        // With the same certificate mail passed before: something else has changed.
        _ if passed_before(case, refusal, certificate) => Certainty::Likely,
        Misfit::NotTheNamed => Certainty::Certain,
        // Exchange presents it to everybody; where the address admits, that does no harm.
        Misfit::SelfSigned if case.way(refusal) == Way::ByCertificate => Certainty::Certain,
        Misfit::SelfSigned | Misfit::Internal => Certainty::Likely,
    };
    let mut cause = telling::cause(case, refusal, CODE, certainty, Message::new(code, &arguments));
    cause.precedence = 1;
    cause.proof.extend(telling::presented_lines(case, refusal));
    if let Some(own) = connector {
        let named = own.object.tls_certificate_name.whole().and_then(Option::as_ref).map(ToString::to_string);
        let fqdn = own.object.fqdn.whole().and_then(Option::as_ref);
        if let Some(named) = named {
            cause.proof.push(named_line(case, own, &named));
            let presented = format!("<I>{}<S>{}", certificate.issuer, certificate.subject);
            cause.comparison = Some(Comparison { field: "TlsCertificateName".to_owned(), wanted: named, presented });
        } else if own.object.tls_certificate_name.whole().is_some() {
            let text = format!("TlsCertificateName : / Fqdn : {}", fqdn.map_or("", |fqdn| fqdn));
            let proof = Proof::new(own.source, own.object.certificate_name_line, &text);
            cause.proof.push(case.line(&proof, Some(Message::new("note-no-certificate-named", &[])), None));
        }
    }
    let wanted = case.by_certificate().next();
    cause.proof.extend(wanted.map(|connector| telling::value_line(case, connector)));
    cause.repair = present(case, refusal.sending_program(), name);
    cause
}

/// Whether mail passed with the same certificate before it was refused.
fn passed_before(case: &Case<'_>, refusal: &Refusal<'_>, certificate: &SentCertificate) -> bool {
    let before = case.last_worked(refusal).map(Presented::of);
    before
        .as_ref()
        .and_then(Presented::certificate)
        .is_some_and(|before| before.thumbprint == certificate.thumbprint && before.subject == certificate.subject)
}

fn named_line(case: &Case<'_>, own: &Observed<SendConnector>, named: &str) -> ProofLine {
    let text = format!("TlsCertificateName : {named}");
    let proof = Proof::new(own.source, own.object.certificate_name_line, &text);
    case.line(&proof, Some(Message::new("note-certificate-named", &[])), Some(named))
}

/// The sending server said it itself: `454 4.7.5 The certificate specified in TlsCertificateName … could not be found.`
fn said_so(case: &Case<'_>, examination: &mut Examination) {
    for group in case.of_class(RefusalClass::LocalCertificateMissing) {
        let own = predict::send_connector(&case.evidence.configuration, group.key.connector.as_deref());
        // A queue knows its connector by GUID, which says nothing to people.
        let named = group.key.connector.as_deref().filter(|_| group.key.witness != EvidenceKind::Queue);
        let name = own.map(|own| &*own.object.name).or(named).unwrap_or_default();
        let line = telling::refusal_line(case, &group.first);
        if let Some(line) = line
            && joins(examination, name, Certainty::Certain, line)
        {
            continue;
        }
        let mut cause = telling::cause_of_group(case, group, CODE, Certainty::Certain, missing(name));
        cause.precedence = 1;
        if let Some(own) = own
            && let Some(Some(named)) = own.object.tls_certificate_name.whole()
        {
            cause.proof.push(named_line(case, own, &named.to_string()));
        }
        cause.repair = present(case, group.first.sender, name);
        examination.add(cause);
    }
}

fn missing(connector: &str) -> Message {
    match connector {
        "" => Message::new("cause-c04-missing-unnamed", &[]),
        _ => Message::new("cause-c04-missing", &[("connector", connector)]),
    }
}

/// Adds a line that says so, this surely, to the cause that was found of the same connector: it is the same from another side.
fn joins(examination: &mut Examination, connector: &str, certainty: Certainty, line: ProofLine) -> bool {
    let same = |cause: &&mut Cause| {
        let own = cause.statement.arguments.get("connector");
        own.is_some_and(|own| own.eq_ignore_ascii_case(connector))
    };
    let Some(cause) = examination.causes.iter_mut().find(same) else { return false };
    if certainty > cause.certainty {
        (cause.certainty, cause.question) = (certainty, None);
    }
    if !cause.proof.contains(&line) {
        cause.proof.push(line);
    }
    true
}

/// Event 12014. It names a connector: only a Send connector's explains refused mail, a Receive connector's does not.
fn events(case: &Case<'_>, examination: &mut Examination) {
    for event in case.evidence.events.iter().filter(|event| event.id == NO_SUCH_CERTIFICATE) {
        let Some(name) = event.connector.as_deref() else { continue };
        let note = Message::new("note-event", &[]);
        let line = case.line(&event.proof, Some(note), event.subject.as_deref());
        let certainty = match sends(case, name) {
            Some(true) if is_at_hand(case, event, name) => Certainty::Certain,
            Some(true) => Certainty::Likely,
            Some(false) => {
                let reason = Message::new("ruled-out-c04-receive", &[("connector", name)]);
                examination.rule_out(CODE, (reason, vec![line]));
                continue;
            }
            None => Certainty::Possible,
        };
        if joins(examination, name, certainty, line.clone()) {
            continue;
        }
        let mut cause = telling::cause_of_event(event, CODE, certainty, missing(name), line);
        cause.explains = case.refusals.iter().map(|refusal| refusal.group.count).sum();
        if certainty == Certainty::Possible {
            cause.question = Some(Message::new("question-c04", &[("connector", name)]));
        }
        cause.precedence = 1;
        cause.repair = present(case, SendingProgram::Exchange, name);
        examination.add(cause);
    }
}

/// Whether nothing speaks against it that the event is about the refusals at hand: it did not come a day before or after all of
/// those that went through its connector.
fn is_at_hand(case: &Case<'_>, event: &EventFact, connector: &str) -> bool {
    let through = |refusal: &&Refusal<'_>| {
        refusal.group.key.connector.as_deref().is_none_or(|own| own.eq_ignore_ascii_case(connector))
    };
    let Some(at) = event.at else { return true };
    let mut spans =
        case.refusals.iter().filter(through).filter_map(|refusal| Some((refusal.since()?, refusal.until()?)));
    let Some(first) = spans.next() else { return true };
    std::iter::once(first).chain(spans).any(|(since, until)| {
        since.saturating_sub(NEAR).is_ok_and(|since| since <= at)
            && until.saturating_add(NEAR).is_ok_and(|until| at <= until)
    })
}

/// Whether a connector is one that sends this mail; `None` where no file tells.
fn sends(case: &Case<'_>, name: &str) -> Option<bool> {
    let configuration = &case.evidence.configuration;
    let dumped = configuration.send_connectors.iter().any(|own| own.object.name.eq_ignore_ascii_case(name));
    let mut seen = case.evidence.attempts.groups().iter().filter_map(|group| group.key.connector.as_deref()).peekable();
    let nothing_is_shown = configuration.send_connectors.is_empty() && seen.peek().is_none();
    if dumped || seen.any(|own| own.eq_ignore_ascii_case(name)) {
        return Some(true);
    }
    let receives = configuration.receive_connectors.iter().any(|own| own.object.name.eq_ignore_ascii_case(name));
    (!nothing_is_shown || receives || is_stock_receive_connector(name)).then_some(false)
}

/// Whether it is one of the Receive connectors that Exchange makes, which bear the server's name behind their own.
fn is_stock_receive_connector(name: &str) -> bool {
    let name = name.to_lowercase();
    let stock = ["default frontend ", "client frontend ", "client proxy ", "outbound proxy frontend "];
    stock.iter().any(|stock| name.starts_with(stock)) || name.contains("receive connector")
}

fn present(case: &Case<'_>, program: SendingProgram, connector: &str) -> Vec<Repair> {
    repair::present_right_one(case, program, Some(connector).filter(|name| !name.is_empty()))
}
