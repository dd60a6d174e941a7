//! The question for TXT records, as those who ask hold it.

use std::time::Duration;

use async_trait::async_trait;
use core_directory::Domain;

use crate::DnsFailure;

/// Who can be asked for TXT records.
#[async_trait]
pub trait TxtLookup: Send + Sync {
    /// The TXT records at a name, behind CNAMEs where there are any; at least one. The strings of a record are joined in
    /// their order, without anything between them (as RFC 7208 §3.3 does). The octets are a stranger's.
    ///
    /// # Errors
    /// See [`DnsFailure`]. It comes within `deadline`, or shortly after.
    async fn txt(&self, name: &Domain, deadline: Duration) -> Result<Vec<Vec<u8>>, DnsFailure>;
}
