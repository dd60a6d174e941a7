//! X.509 certificates as facts, and the judgement of a chain (rules A1 and A2).
//!
//! [`read_certificate_file`] and [`pem`] read files, [`ParsedCertificate`] tells what one certificate says of itself,
//! [`judge`] what a presented chain proves. Roots ([`TrustStore`], [`TenantRoots`]) and the time are passed in: no clock, no
//! files, no TLS here.

#![forbid(unsafe_code)]

mod certificate_file;
mod client_certificate;
mod der;
mod distinguished_name;
mod faults;
mod judge;
mod links;
mod name_constraints;
mod operator_trust;
mod parsed;
mod path;
pub mod pem;
mod pkcs12;
mod plain_path;
mod reading;
mod signature;
mod store;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod test_authority;
mod twin;

pub use certificate_file::{CertificateFile, CertificateFileError, FileCertificate, FileForm, read_certificate_file};
pub use client_certificate::{
    ClientCertificateError, KeyMismatch, MAX_OWN_CHAIN_LENGTH, check_key_matches, client_certificate,
};
pub use der::PublicKey;
pub use judge::{judge, judge_next_hop};
pub use links::{MAX_CHAIN_LENGTH, MAX_CHAIN_OCTETS};
pub use operator_trust::OperatorTrust;
pub use parsed::{CertificateSummary, ParsedCertificate, describe};
pub use pkcs12::{MAX_PKCS12_LENGTH, Pkcs12Error, is_pkcs12};
pub use reading::{MAX_CERTIFICATE_LENGTH, UnreadableCertificate};
pub use signature::{key_is_checkable, public_key, thumbprint};
pub use store::{MAX_ROOTS_OF_ONE_SUBJECT, RootProblem, TenantRoots, TrustStore};
