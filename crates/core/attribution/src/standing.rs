//! How each inbound connector takes one certificate, before any mail is sent: whether the certificate alone suffices there, and
//! what is missed where it does not. It is asked of the rules, one connector at a time, as the null sender from nowhere to a
//! stranger: only a certificate lets such mail pass (rules A5 and A8).

use std::sync::Arc;

use core_directory::{
    CertificateFacts, ConnectorId, DirectoryVersion, Field, FieldSet, InboundConnector, Snapshot, Tenant,
};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    Answer, Considered, Fact, PartialDirectory, PartialEvidence, PartialTenant, Reason, Sender, VerdictKind,
    judge_partial,
};

/// Most connectors that are asked; each costs an index of all accepted domains.
pub const MAX_STANDINGS: usize = 64;

/// One connector's view of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Name of the tenant.
    pub tenant: String,
    /// Name of the connector.
    pub connector: String,
    /// Its certificate name; none where it is not shown.
    pub value: Option<String>,
    /// Whether the certificate suffices.
    pub admits: Admits,
    /// What was compared and does not fit.
    pub considered: Vec<Considered>,
    /// What is not known and decides.
    pub missing: Vec<String>,
}

/// Whether a certificate suffices for a connector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Admits {
    /// It does.
    Yes,
    /// It depends on what is not known.
    Depends,
    /// It does not.
    No,
}

/// Every connector that asks for a certificate, those that it satisfies first, and how many more there are than
/// [`MAX_STANDINGS`], of which those whose value matches no name are left out first.
#[must_use]
pub fn standings(
    certificate: &Arc<CertificateFacts>,
    directory: &PartialDirectory,
    at: Timestamp,
) -> (Vec<Standing>, usize) {
    let mut asked: Vec<(bool, usize, &InboundConnector, bool)> = Vec::new();
    for (position, shown) in directory.tenants.iter().enumerate() {
        for connector in &shown.tenant.inbound_connectors {
            let unknown = unknown(shown, connector.id).contains(Field::TlsSenderCertificateName);
            let value = connector.tls_sender_certificate_name.as_ref();
            if unknown || value.is_some() {
                let matches =
                    value.is_some_and(|value| certificate.names.iter().any(|name| value.matches(name).is_some()));
                asked.push((unknown || !matches, position, connector, unknown));
            }
        }
    }
    asked.sort_by_key(|(far, ..)| *far);
    let more = asked.len().saturating_sub(MAX_STANDINGS);
    let mut alone = without_connectors(directory);
    let ask = |(_, position, connector, unknown): (bool, usize, &InboundConnector, bool)| {
        let tenant = alone.tenants.get_mut(position)?;
        tenant.tenant.inbound_connectors = vec![connector.clone()];
        let mut standing = ask(certificate, &alone, at);
        let tenant = alone.tenants.get_mut(position)?;
        tenant.tenant.inbound_connectors.clear();
        let (gaps, domains_shown) = (self::unknown(tenant, connector.id), tenant.domains_shown);
        standing.considered.retain(|one| one.connector == *connector.name && is_shown(one, gaps, domains_shown));
        standing.tenant = tenant.tenant.name.to_string();
        standing.connector = connector.name.to_string();
        let value = connector.tls_sender_certificate_name.as_ref().filter(|_| !unknown);
        standing.value = value.map(ToString::to_string);
        Some(standing)
    };
    let mut standings: Vec<Standing> = asked.into_iter().take(MAX_STANDINGS).filter_map(ask).collect();
    standings.sort_by_key(|standing| standing.admits);
    (standings, more)
}

/// Whether a comparison is with something that the directory shows: what is unknown there was judged as open and means nothing.
fn is_shown(one: &Considered, gaps: FieldSet, domains_shown: bool) -> bool {
    let of_domains = matches!(
        one.reason,
        Reason::DomainNotAccepted | Reason::DomainUnverified | Reason::NameOfAnother | Reason::OutOfBounds
    );
    let hidden = Field::ALL.iter().any(|&field| gaps.contains(field) && field.key() == one.field);
    !hidden && (domains_shown || !of_domains)
}

fn unknown(shown: &PartialTenant, connector: ConnectorId) -> FieldSet {
    shown.unknown.get(&connector).copied().unwrap_or_default()
}

/// The directory with its domains and nothing else: what decides about ownership.
fn without_connectors(directory: &PartialDirectory) -> PartialDirectory {
    let bare = |shown: &PartialTenant| PartialTenant {
        tenant: Tenant {
            id: shown.tenant.id,
            name: shown.tenant.name.clone(),
            domains: shown.tenant.domains.clone(),
            ..Tenant::default()
        },
        // One connector is asked, so that no other counts.
        connectors_shown: true,
        domains_shown: shown.domains_shown,
        unknown: shown.unknown.clone(),
    };
    PartialDirectory { judge: directory.judge, tenants: directory.tenants.iter().map(bare).collect() }
}

fn ask(certificate: &Arc<CertificateFacts>, directory: &PartialDirectory, at: Timestamp) -> Standing {
    let evidence = PartialEvidence {
        at,
        remote_ip: Fact::Known(None),
        tls: Fact::Known(true),
        certificate: Fact::Known(Some(certificate.clone())),
        mail_from: Fact::Known(Sender::Null),
        rcpt_to: Fact::Known(None),
    };
    let judgement = judge_partial(&evidence, directory);
    let tenants = directory.tenants.iter().map(PartialTenant::comparable).collect();
    let answer = Answer::of_judgement(&evidence, &Snapshot::new(DirectoryVersion(0), tenants), &judgement);
    let admits = match answer.verdict {
        VerdictKind::Passes => Admits::Yes,
        VerdictKind::Refused => Admits::No,
        VerdictKind::Undetermined => Admits::Depends,
    };
    let considered = if admits == Admits::No { answer.considered } else { Vec::new() };
    Standing {
        tenant: String::new(),
        connector: String::new(),
        value: None,
        admits,
        considered,
        missing: answer.missing,
    }
}
