//! An object of the directory as it is shown: its fields, its version, and what follows from them. Private keys are not
//! among the fields.

use core_directory::{AcceptedDomain, ClientCertificate, InboundConnector, Proof, SendConnector, Tenant};
use proto_certificate::ParsedCertificate;
use proto_directory_file::single;
use service_directory::Current;

use crate::wire::{CertificateStatus, DomainProof, DomainStatus, Resource, ResourceStatus, TenantStatus};

/// An object with its tenant.
#[derive(Clone, Copy)]
pub(crate) enum Shown<'d> {
    Tenant(&'d Tenant),
    Domain(&'d Tenant, &'d AcceptedDomain),
    InboundConnector(&'d Tenant, &'d InboundConnector),
    SendConnector(&'d Tenant, &'d SendConnector),
    Certificate(&'d Tenant, &'d ClientCertificate),
}

impl<'d> Shown<'d> {
    pub(super) fn name(self) -> &'d str {
        match self {
            Self::Tenant(tenant) => &tenant.name,
            Self::Domain(_, domain) => domain.name.as_str(),
            Self::InboundConnector(_, connector) => &connector.name,
            Self::SendConnector(_, connector) => &connector.name,
            Self::Certificate(_, certificate) => &certificate.name,
        }
    }

    fn id(self) -> u64 {
        match self {
            Self::Tenant(tenant) => tenant.id.0,
            Self::Domain(_, domain) => domain.id.0,
            Self::InboundConnector(_, connector) => connector.id.0,
            Self::SendConnector(_, connector) => connector.id.0,
            Self::Certificate(_, certificate) => certificate.id.0,
        }
    }

    /// None only if the directory in force knew no version of it, which it knows of all that it has.
    pub(super) fn resource(self, current: &Current) -> Option<Resource> {
        let meta = current.meta(self.id())?;
        let (tenant, object, status) = match self {
            Self::Tenant(tenant) => (tenant, single::tenant_to_json(tenant), Some(of_tenant(tenant))),
            Self::Domain(tenant, domain) => (tenant, single::domain_to_json(domain), Some(of_domain(domain))),
            Self::InboundConnector(tenant, own) => (tenant, single::inbound_connector_to_json(own), None),
            Self::SendConnector(tenant, own) => (tenant, single::send_connector_to_json(own), None),
            Self::Certificate(tenant, own) => {
                (tenant, single::certificate_to_json(own), Some(of_certificate(tenant, own)))
            }
        };
        Some(Resource {
            tenant: tenant.name.to_string(),
            id: self.id(),
            version: meta.version,
            created: meta.created,
            modified: meta.modified,
            object,
            status,
        })
    }
}

fn of_tenant(tenant: &Tenant) -> ResourceStatus {
    let verified = tenant.domains.iter().filter(|domain| domain.verified()).count();
    ResourceStatus::Tenant(TenantStatus {
        domains: count(tenant.domains.len()),
        verified_domains: count(verified),
        inbound_connectors: count(tenant.inbound_connectors.len()),
        send_connectors: count(tenant.send_connectors.len()),
        certificates: count(tenant.certificates.len()),
        used: Vec::new(),
    })
}

fn of_domain(domain: &AcceptedDomain) -> ResourceStatus {
    let (proof, verified_at, missing_since) = match domain.proof {
        Proof::Unsaid | Proof::None => (DomainProof::None, None, None),
        Proof::OperatorsWord => (DomainProof::OperatorsWord, None, None),
        Proof::Dns { verified_at, missing_since } => (DomainProof::Dns, Some(verified_at), missing_since),
    };
    ResourceStatus::Domain(DomainStatus { proof, verified_at, missing_since })
}

fn of_certificate(tenant: &Tenant, certificate: &ClientCertificate) -> ResourceStatus {
    let leaf = certificate.chain.first().and_then(|leaf| ParsedCertificate::parse(leaf).ok());
    let uses = |connector: &&SendConnector| connector.certificate.as_deref() == Some(&*certificate.name);
    let mut status = CertificateStatus {
        sha256: certificate.leaf_sha256.to_string(),
        intermediates: count(certificate.chain.len().saturating_sub(1)),
        used_by: tenant.send_connectors.iter().filter(uses).map(|connector| connector.name.to_string()).collect(),
        ..CertificateStatus::default()
    };
    if let Some(leaf) = leaf {
        status.names = leaf.names.iter().map(ToString::to_string).collect();
        status.not_before = Some(leaf.validity.not_before);
        status.not_after = Some(leaf.validity.not_after);
        (status.subject, status.issuer) = (leaf.subject, leaf.issuer);
    }
    ResourceStatus::Certificate(status)
}

fn count(objects: usize) -> u64 {
    u64::try_from(objects).unwrap_or(u64::MAX)
}
