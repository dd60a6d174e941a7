//! Certificate names whose domain the tenant does not own (rules A0 and A4). Of what would work instead, the value that holds
//! under every reading of Microsoft's rules comes first.

use core_directory::{CertificateName, ConnectorType, Domain, Field};

use super::Lint;
use super::finding::{
    LintCode, Mend, NAME_OF_ANOTHER_TENANT, NAME_OUT_OF_BOUNDS, NAME_OWNED_BELOW, UNOWNED_NAME, UNVERIFIED_NAME,
    Unjudged,
};
use super::ground::{Ground, Subject};

const FIELD: Field = Field::TlsSenderCertificateName;

pub(super) fn check(ground: &Ground<'_>, lint: &mut Lint) {
    for subject in ground.subjects.iter().filter(|subject| !subject.is_disabled()) {
        if !subject.is(ConnectorType::OnPremises) {
            continue;
        }
        if !subject.knows(&[FIELD]) {
            lint.unjudged.push(subject.unjudged(FIELD));
            continue;
        }
        let Some(value) = &subject.connector.tls_sender_certificate_name else { continue };
        if value.domain().is_public_suffix() {
            let mends = vec![Mend::Fill(FIELD)];
            lint.findings.push(finding(subject, NAME_OUT_OF_BOUNDS, value, Vec::new(), mends));
        } else if let Some((code, arguments, mends)) = ownership(ground, subject, value, lint) {
            lint.findings.push(finding(subject, code, value, arguments, mends));
        }
    }
}

fn finding(
    subject: &Subject<'_>,
    code: LintCode,
    value: &CertificateName,
    more: Vec<(&'static str, String)>,
    mends: Vec<Mend>,
) -> super::Finding {
    let mut arguments = vec![("value", value.to_string()), ("domain", value.domain().to_string())];
    arguments.extend(more);
    subject.finding(code, Some(FIELD), arguments, mends)
}

type Fault = (LintCode, Vec<(&'static str, String)>, Vec<Mend>);

/// What is wrong with the ownership of a value, if anything is.
fn ownership(ground: &Ground<'_>, subject: &Subject<'_>, value: &CertificateName, lint: &mut Lint) -> Option<Fault> {
    let domain = value.domain();
    if ground.owner(domain.as_str()) == Some(subject.at) {
        return None;
    }
    if let Some((held, other)) = ground.nearest_owner(domain)
        && other != subject.at
        // Of its own domains that are not shown one may be nearer.
        && (held == domain.as_str() || subject.shown.domains_shown)
    {
        let arguments = vec![("held", held.to_owned()), ("other", ground.tenant_name(other).to_owned())];
        let mut mends = vec![Mend::Fill(FIELD)];
        if held != domain.as_str() {
            mends.push(Mend::AcceptDomain(domain.clone()));
        }
        return Some((NAME_OF_ANOTHER_TENANT, arguments, mends));
    }
    if !subject.shown.domains_shown {
        let (tenant, connector) = (subject.shown.tenant.name.clone(), "".into());
        lint.unjudged.push(Unjudged { tenant, connector, field: Field::Domain });
        return None;
    }
    if subject.shown.tenant.domains.iter().any(|own| !own.verified() && own.name == *domain) {
        return Some((UNVERIFIED_NAME, Vec::new(), vec![Mend::VerifyDomain(domain.clone())]));
    }
    if let Some(below) = ground.owns_below(subject.at, domain)
        && value.is_wildcard()
        && !ground.is_relay()
    {
        let arguments = vec![("below", below.to_string())];
        return Some((NAME_OWNED_BELOW, arguments, vec![Mend::AcceptDomain(domain.clone())]));
    }
    Some((UNOWNED_NAME, Vec::new(), mends(ground, subject, value)))
}

/// `*.p`, where the nearest accepted domain above is `p`, and where it takes what the value is meant for under every reading;
/// else, and also, the domain itself accepted.
fn mends(ground: &Ground<'_>, subject: &Subject<'_>, value: &CertificateName) -> Vec<Mend> {
    let domain = value.domain();
    let mut mends = Vec::new();
    if let Some((parent, owner)) = ground.nearest_owner(domain)
        && owner == subject.at
        && let Ok(parent) = Domain::parse(parent)
    {
        // Whether `*.p` reaches several labels down is an open point there (`Reading::SeveralLabels`).
        let one_below = !value.is_wildcard() && domain.label_count() == parent.label_count() + 1;
        if ground.is_relay() || one_below {
            mends.push(Mend::SetName(CertificateName::Wildcard(parent)));
        }
    }
    mends.push(Mend::AcceptDomain(domain.clone()));
    mends
}
