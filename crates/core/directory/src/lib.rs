//! The directory: what tenants registered, validated and indexed.
//!
//! A [`Tenant`] registers accepted domains, inbound connectors, send connectors and certificates. [`validate`] finds what
//! is wrong with a list of tenants (rule A0 among it); [`Snapshot`] indexes the list so that a verdict, and the choice of
//! the send connector (rule A13), cost a number of look-ups that does not depend on how many connectors there are.
//!
//! This crate is pure: no clock, no file, no socket, no async, no logging. Values that came from outside are parsed once,
//! into types that cannot hold a wrong value ([`Domain`], [`CertificateName`], [`AddressRange`]), and never looked at as
//! text again.

#![forbid(unsafe_code)]

mod address_range;
mod certificate_facts;
mod client_certificate;
mod domain;
mod domain_scope;
mod field;
mod ids;
mod inbound_connector;
mod name;
mod proof;
mod send_connector;
mod snapshot;
mod tenant;
mod tenant_limits;
mod thumbprint;
mod validation;

#[cfg(test)]
mod route;

pub use address_range::{AddressRange, AddressRangeError, unmap};
pub use certificate_facts::{
    CertificateFacts, ChainFault, LeafUse, MAX_PRESENTED_NAMES, TrustAnchor, TrustedPath, ValidityWindow,
};
pub use client_certificate::{ClientCertificate, PrivateKey};
pub use domain::{Domain, DomainError, MAX_DOMAIN_LENGTH, MAX_LABEL_LENGTH};
pub use domain_scope::{AddressSpace, AddressSpaceError, DomainScope, MAX_COST, ScopeError};
pub use field::{Field, FieldSet};
pub use ids::{CertificateId, ConnectorId, DirectoryVersion, DomainId, SendConnectorId, TenantId};
pub use inbound_connector::{ConnectorType, InboundConnector};
pub use name::{CertificateName, CertificateNameError, NameMatch};
pub use proof::Proof;
pub use send_connector::{SendConnector, SmartHost, SmartHostError, SmartHostName, TlsLevel};
pub use snapshot::{Bucket, ConnectorIndex, IndexedConnector, NameIndex, Snapshot, TenantIndex, VerifiedDomain};
pub use tenant::{AcceptedDomain, DomainType, MAX_NAME_LENGTH, Tenant};
pub use tenant_limits::{
    LimitError, MAX_LIMIT, MAX_LIMITED_SIZE, OverLimit, RateLimits, TenantLimits, Window, limit_size, parse_limit,
};
pub use thumbprint::{Thumbprint, ThumbprintError};
pub use validation::{Fault, FaultCode, ObjectKind, ObjectPath, Standing, validate};
