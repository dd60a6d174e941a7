//! Identities of directory objects. The store gives them out; they say nothing about the object.

use std::fmt;

macro_rules! identity {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

identity!(
    /// A tenant.
    TenantId
);
identity!(
    /// An accepted domain of a tenant.
    DomainId
);
identity!(
    /// An inbound connector.
    ConnectorId
);
identity!(
    /// A send connector.
    SendConnectorId
);
identity!(
    /// A certificate with its key, kept for a send connector.
    CertificateId
);
identity!(
    /// The version of the whole directory: grows by one with each committed change.
    DirectoryVersion
);
