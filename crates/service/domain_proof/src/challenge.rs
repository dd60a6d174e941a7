//! What a tenant publishes to prove a domain: a name and a value. Pure.

use aws_lc_rs::hmac;
use core_directory::{Domain, DomainError, TenantId};
use data_encoding::BASE32_NOPAD;
use io_store::Secret;

/// The label under which the record lies, in front of the domain. With its underscore no host has the name (RFC 8552).
pub const LABEL: &str = "_postwarden-challenge";

/// What the record's value begins with.
pub const VALUE_PREFIX: &str = "postwarden-verification=";

/// What is signed begins with this, so that the secret may one day sign other things too.
const PURPOSE: &[u8] = b"postwarden domain proof 1\0";

/// The record that proves one domain for one tenant of one installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Where the record lies.
    pub name: Domain,
    /// What it holds: the same each time, and not to be guessed without the installation's secret. Its letters are of one case,
    /// since some panels change it.
    pub value: String,
}

impl Challenge {
    /// The challenge for a domain.
    ///
    /// # Errors
    /// The domain is so long that the record's name would be too long for the DNS.
    pub fn new(secret: &Secret, tenant: TenantId, domain: &Domain) -> Result<Self, DomainError> {
        let name = Domain::parse(&format!("{LABEL}.{domain}"))?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.octets());
        let mut context = hmac::Context::with_key(&key);
        context.update(PURPOSE);
        // Of fixed length, so that no other tenant and domain give the same octets.
        context.update(&tenant.0.to_be_bytes());
        context.update(domain.as_str().as_bytes());
        let code = BASE32_NOPAD.encode(context.sign().as_ref()).to_ascii_lowercase();
        Ok(Self { name, value: format!("{VALUE_PREFIX}{code}") })
    }

    /// Whether a published record is this one, however it was typed: white space, quotation marks and case do not count. The
    /// value has none of them, so nothing else becomes equal to it.
    #[must_use]
    pub fn is_met_by(&self, record: &[u8]) -> bool {
        record.len() <= MAX_TYPED && plain(record) == self.value.as_bytes()
    }

    /// The record as a line of a zone file, with the name in full.
    #[must_use]
    pub fn zone_line(&self) -> String {
        format!("{}. IN TXT \"{}\"", self.name, self.value)
    }
}

/// Longest record that is compared, in octets: the value many times over. More is somebody else's.
const MAX_TYPED: usize = 1024;

/// Whether a record looks like a challenge of some tenant of some installation.
pub(crate) fn is_a_challenge(record: &[u8]) -> bool {
    record.len() <= MAX_TYPED && plain(record).starts_with(VALUE_PREFIX.as_bytes())
}

/// What was typed without what does not count. A backslash stands before quotation marks that a panel escaped.
fn plain(record: &[u8]) -> Vec<u8> {
    let counts = |octet: &&u8| !octet.is_ascii_whitespace() && !matches!(octet, b'"' | b'\'' | b'\\');
    record.iter().filter(counts).map(u8::to_ascii_lowercase).collect()
}
