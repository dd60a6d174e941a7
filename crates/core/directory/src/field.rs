//! The fields of directory objects by the names that files, the API and reasoning use.

use std::fmt;

macro_rules! fields {
    ($($variant:ident = $key:literal),* $(,)?) => {
        /// A field of a directory object. Its text is the key in the directory file.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field {
            $(#[doc = concat!("`", $key, "`")] $variant,)*
        }

        impl Field {
            /// Every field, in declaration order.
            pub const ALL: &'static [Field] = &[$(Field::$variant),*];

            /// The key in the directory file.
            pub fn key(self) -> &'static str {
                match self {
                    $(Field::$variant => $key,)*
                }
            }
        }
    };
}

fields! {
    Name = "name",
    Enabled = "enabled",
    Comment = "comment",
    Type = "type",
    TlsSenderCertificateName = "tls_sender_certificate_name",
    SenderIpAddresses = "sender_ip_addresses",
    PinnedCertificates = "pinned_certificates",
    SenderDomains = "sender_domains",
    AssociatedAcceptedDomains = "associated_accepted_domains",
    RequireTls = "require_tls",
    RequireClientAuth = "require_client_auth",
    RestrictDomainsToIpAddresses = "restrict_domains_to_ip_addresses",
    RestrictDomainsToCertificate = "restrict_domains_to_certificate",
    AnySender = "any_sender",
    RejectDirectSend = "reject_direct_send",
    TrustedRoots = "trusted_roots",
    Suspended = "suspended",
    MessagesPerMinute = "messages_per_minute",
    MessagesPerHour = "messages_per_hour",
    MessagesPerDay = "messages_per_day",
    MessagesPerMonth = "messages_per_month",
    RecipientsPerMinute = "recipients_per_minute",
    RecipientsPerHour = "recipients_per_hour",
    RecipientsPerDay = "recipients_per_day",
    RecipientsPerMonth = "recipients_per_month",
    MaxSessions = "max_sessions",
    MaxMessageSize = "max_message_size",
    MaxQueuedMessages = "max_queued_messages",
    MaxQueuedSize = "max_queued_size",
    OverLimit = "over_limit",
    Verified = "verified",
    MatchSubdomains = "match_subdomains",
    Domain = "domain",
    AddressSpaces = "address_spaces",
    SmartHosts = "smart_hosts",
    Tls = "tls",
    TlsDomain = "tls_domain",
    Certificate = "certificate",
    Key = "key",
    Fqdn = "fqdn",
    SourceAddress = "source_address",
    CutThrough = "cut_through",
    ProtocolLogging = "protocol_logging",
}

impl Field {
    /// The field with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.key() == key)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// A set of fields, such as those that a cut dump does not show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldSet(u64);

impl FieldSet {
    /// No field.
    pub const EMPTY: Self = Self(0);

    /// The set with `field` added.
    #[must_use]
    pub fn with(self, field: Field) -> Self {
        Self(self.0 | 1 << field as u32)
    }

    /// The set with `field` taken away.
    #[must_use]
    pub fn without(self, field: Field) -> Self {
        Self(self.0 & !(1 << field as u32))
    }

    /// Whether `field` is in the set.
    pub fn contains(self, field: Field) -> bool {
        self.0 & (1 << field as u32) != 0
    }

    /// Whether no field is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_again_and_fit_the_set() {
        for &field in Field::ALL {
            assert_eq!(Field::from_key(field.key()), Some(field));
            let set = FieldSet::EMPTY.with(field);
            assert!(set.contains(field) && !set.is_empty() && set.without(field).is_empty(), "{field}");
        }
        assert!(Field::ALL.len() <= 64, "FieldSet holds 64 fields");
    }
}
