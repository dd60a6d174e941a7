//! Directory files as a whole directory, and trusted roots, without a server.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use core_directory::{
    CertificateFacts, CertificateId, ConnectorId, DirectoryVersion, DomainId, SendConnectorId, Snapshot, Standing,
    Tenant, TenantId, validate,
};
use jiff::Timestamp;
use proto_certificate::{TenantRoots, TrustStore};

use crate::directory_files;
use crate::exit::{Exit, Failure};

/// The word for the operating system's roots.
const SYSTEM: &str = "system";

/// A directory from files, with whom its operator trusts.
pub struct Offline {
    /// The directory.
    pub snapshot: Snapshot,
    trust: TrustStore,
    tenant_roots: TenantRoots,
}

impl Offline {
    /// Reads files and roots, and validates the directory as the server would.
    pub fn read(files: &[PathBuf], trust: &[String]) -> Result<Self, Failure> {
        let mut file = directory_files::read(files).map_err(|errors| Failure::files(&errors))?;
        let faults = validate(&file.tenants, Standing::Operator);
        if !faults.is_empty() {
            let errors = faults.iter().map(|fault| file.places.locate(fault).to_string()).collect();
            return Err(Failure { exit: Exit::Usage, errors, hint: None });
        }
        number(&mut file.tenants);
        grant_addresses(&mut file.tenants);
        let snapshot = Snapshot::new(DirectoryVersion(0), file.tenants);
        let (tenant_roots, problems) = TenantRoots::new(snapshot.trusted_roots());
        if !problems.is_empty() {
            let name = |id| snapshot.tenant_by_id(id).map_or("", |index| &*snapshot.tenant(index).name);
            let errors = problems
                .iter()
                .map(|(tenant, problem)| format!("trusted_roots of tenant {:?}: {problem}", name(*tenant)))
                .collect();
            return Err(Failure { exit: Exit::Usage, errors, hint: None });
        }
        Ok(Self { trust: roots(trust)?, tenant_roots, snapshot })
    }

    /// Judges a chain, the leaf first, as one that the client proves to own.
    pub fn judge(&self, chain: &[Vec<u8>], at: Timestamp) -> CertificateFacts {
        // Whoever presented it is taken to hold the key, where a relay could have checked that.
        let provable = chain.first().is_some_and(|leaf| proto_certificate::key_is_checkable(leaf));
        proto_certificate::judge(chain, provable, at, &self.trust, &self.tenant_roots, &BTreeSet::new())
    }
}

/// The roots that were typed; without any, the operating system's.
pub fn roots(trust: &[String]) -> Result<TrustStore, Failure> {
    let system = [SYSTEM.to_owned()];
    let mut roots = Vec::new();
    for source in if trust.is_empty() { &system } else { trust } {
        if source == SYSTEM {
            roots.extend(io_tls::system_roots().roots);
            continue;
        }
        let own = io_tls::roots_from_pem_file(Path::new(source))
            .map_err(|error| Failure::usage(format!("--trust {error}")))?;
        let (_, problems) = TrustStore::new(own.iter().map(Vec::as_slice));
        if let Some(problem) = problems.first() {
            return Err(Failure::usage(format!("--trust {source}: {problem}")));
        }
        roots.extend(own);
    }
    Ok(TrustStore::new(roots.iter().map(Vec::as_slice)).0)
}

/// Whoever judges by files speaks as the operator, whose `apply` grants the addresses in them, wide ones too (rule A0).
fn grant_addresses(tenants: &mut [Tenant]) {
    for connector in tenants.iter_mut().flat_map(|tenant| &mut tenant.inbound_connectors) {
        connector.addresses_granted = !connector.sender_ip_addresses.is_empty();
    }
}

/// Gives every object an identity, as the store does.
fn number(tenants: &mut [Tenant]) {
    let mut last = 0_u64;
    let mut next = || {
        last += 1;
        last
    };
    for tenant in tenants {
        tenant.id = TenantId(next());
        tenant.domains.iter_mut().for_each(|domain| domain.id = DomainId(next()));
        tenant.certificates.iter_mut().for_each(|certificate| certificate.id = CertificateId(next()));
        tenant.inbound_connectors.iter_mut().for_each(|connector| connector.id = ConnectorId(next()));
        tenant.send_connectors.iter_mut().for_each(|connector| connector.id = SendConnectorId(next()));
    }
}
