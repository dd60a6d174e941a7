//! What a finding is: a code with its severity, whom it is about, its arguments, and the changes that mend it.

use std::fmt;

use core_directory::{AddressRange, CertificateName, Domain, Field};
use serde::{Deserialize, Serialize};

/// How bad it is. The worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// It may be meant so; somebody should look.
    Doubtful,
    /// It works today, and a date or Microsoft's word says that it will not.
    WillBreak,
    /// It does not do what it says.
    Broken,
}

/// A kind of finding. Its text has the id `lint-` and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LintCode {
    text: &'static str,
    /// How bad it is.
    pub severity: Severity,
}

/// What mends a finding, on the side of the directory. Any one of a finding's is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mend {
    /// Set `tls_sender_certificate_name`.
    SetName(CertificateName),
    /// Add the domain to the tenant's accepted domains and prove it.
    AcceptDomain(Domain),
    /// Prove a domain that is registered.
    VerifyDomain(Domain),
    /// Switch a field of the connector on or off.
    SetFlag(Field, bool),
    /// Make a connector of type Partner one of type OnPremises.
    SetOnPremises,
    /// Give the connector the value that only its administrator knows: a certificate name, addresses, a scope.
    Fill(Field),
    /// Take a range out of `sender_ip_addresses`.
    DropRange(AddressRange),
    /// Write the single addresses that servers send from in place of a range.
    NarrowRange(AddressRange),
    /// Remove the connector.
    RemoveConnector,
    /// Give the tenant a send connector for everything.
    AddSendConnector,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub code: LintCode,
    /// The tenant's name.
    pub tenant: Box<str>,
    /// The connector's name; empty for what is about the tenant or a domain.
    pub connector: Box<str>,
    /// The field that is concerned.
    pub field: Option<Field>,
    /// Values by name, beside `tenant` and `connector`.
    pub arguments: Vec<(&'static str, String)>,
    /// What mends it, the best first.
    pub mends: Vec<Mend>,
}

/// What is not shown, so that something could not be judged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unjudged {
    /// The tenant's name.
    pub tenant: Box<str>,
    /// The connector; empty for the tenant's list of accepted domains or of connectors.
    pub connector: Box<str>,
    /// The field of the connector that is not shown whole; [`Field::Domain`] for the list of accepted domains.
    pub field: Field,
}

impl LintCode {
    const PREFIX: &'static str = "lint-";

    /// A code, by the id of its text.
    #[must_use]
    pub const fn new(text: &'static str, severity: Severity) -> Self {
        Self { text, severity }
    }

    /// Its name, as answers have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.text.strip_prefix(Self::PREFIX).unwrap_or(self.text)
    }

    /// The id of its text.
    #[must_use]
    pub fn text(self) -> &'static str {
        self.text
    }
}

impl fmt::Display for LintCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Finding {
    /// The order of telling.
    pub(super) fn order(&self) -> impl Ord + '_ {
        (std::cmp::Reverse(self.code.severity), &self.tenant, &self.connector, self.code.name(), &self.arguments)
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $text:literal, $severity:ident;)*) => {
        $($(#[$doc])* pub(super) const $code: LintCode = LintCode::new($text, Severity::$severity);)*

        /// Every code of a directory.
        pub const CODES: &[LintCode] = &[$($code),*];
    };
}

codes! {
    /// The certificate name's domain is no accepted domain of the tenant (rule A4; MC1226222's first anti-pattern).
    UNOWNED_NAME = "lint-unowned-name", Broken;
    /// It is registered and not verified.
    UNVERIFIED_NAME = "lint-unverified-name", Broken;
    /// It belongs to another tenant, so that no presented name below it counts (rule A4).
    NAME_OF_ANOTHER_TENANT = "lint-name-of-another-tenant", Broken;
    /// `*.d` is owned only through an accepted domain below `d`, on which Microsoft's sources differ.
    NAME_OWNED_BELOW = "lint-name-owned-below", Doubtful;
    /// The name's domain is a public suffix (rule A0).
    NAME_OUT_OF_BOUNDS = "lint-name-out-of-bounds", Broken;
    /// Neither a name nor an address.
    IDENTIFIES_NOBODY = "lint-identifies-nobody", Broken;
    /// Switched off.
    DISABLED = "lint-disabled", Doubtful;
    /// A certificate name, and mail without TLS is taken too.
    TLS_NOT_REQUIRED = "lint-tls-not-required", Doubtful;
    /// A partner is to come from addresses, and there are none.
    RESTRICTION_WITHOUT_ADDRESSES = "lint-restriction-without-addresses", Broken;
    /// A partner is to present a certificate, and there is no name.
    RESTRICTION_WITHOUT_NAME = "lint-restriction-without-name", Broken;
    /// A partner's addresses, which nothing enforces.
    ADDRESSES_NOT_ENFORCED = "lint-addresses-not-enforced", Doubtful;
    /// A partner's certificate name, which nothing enforces.
    NAME_NOT_ENFORCED = "lint-name-not-enforced", Doubtful;
    /// A partner connector that names the tenant's own domain: it attributes no mail to the tenant.
    PARTNER_FOR_OWN_SERVERS = "lint-partner-for-own-servers", Doubtful;
    /// No sender whose mail the connector could admit is in its scope.
    SCOPE_MET_BY_NOBODY = "lint-scope-met-by-nobody", Broken;
    /// Another connector of the tenant is chosen whatever mail comes.
    SHADOWED = "lint-shadowed", Broken;
    /// By its certificate name it is never chosen; by its addresses it is.
    NAME_SHADOWED = "lint-name-shadowed", Doubtful;
    /// By one of its ranges it is never chosen.
    RANGE_SHADOWED = "lint-range-shadowed", Doubtful;
    /// Two certificate names of a tenant meet.
    NAMES_OVERLAP = "lint-names-overlap", Doubtful;
    /// Certificate names of two tenants meet.
    NAMES_OVERLAP_BETWEEN_TENANTS = "lint-names-overlap-between-tenants", Doubtful;
    /// Ranges of two connectors of a tenant meet.
    RANGES_OVERLAP = "lint-ranges-overlap", Doubtful;
    /// Ranges of two tenants meet.
    RANGES_OVERLAP_BETWEEN_TENANTS = "lint-ranges-overlap-between-tenants", Doubtful;
    /// The same at Exchange Online: MC1226222's second anti-pattern.
    ADDRESSES_OF_SEVERAL_TENANTS = "lint-addresses-of-several-tenants", WillBreak;
    /// Exchange Online takes no IPv6 address.
    IPV6_NOT_TAKEN = "lint-ipv6-not-taken", Broken;
    /// Exchange Online takes nothing wider than /24.
    RANGE_TOO_WIDE = "lint-range-too-wide", Broken;
    /// Exchange Online never sees an address of private networks.
    ADDRESS_NEVER_SEEN = "lint-address-never-seen", Broken;
    /// Every tenant of Exchange Online sends from it: MC1226222's second anti-pattern.
    ADDRESS_OF_EXCHANGE_ONLINE = "lint-address-of-exchange-online", WillBreak;
    /// So wide that others may send from it too: MC1226222's second anti-pattern, perhaps.
    RANGE_PERHAPS_SHARED = "lint-range-perhaps-shared", Doubtful;
    /// Any sender, from addresses that another tenant has too: refused by `apply`, of no effect (rule A7).
    ANY_SENDER_SHARED = "lint-any-sender-shared", Broken;
    /// Any sender, from a wide range of public addresses.
    ANY_SENDER_PUBLIC = "lint-any-sender-public", Doubtful;
    /// An accepted domain that is not verified.
    DOMAIN_UNVERIFIED = "lint-domain-unverified", Doubtful;
    /// A tenant that may send has no send connector.
    NO_ROUTE = "lint-no-route", Broken;
    /// A send connector that another one always precedes (rule A13).
    ROUTE_NEVER_CHOSEN = "lint-route-never-chosen", Doubtful;
    /// A certificate is presented where plain text is good enough.
    CERTIFICATE_OVER_OPTIONAL_TLS = "lint-certificate-over-optional-tls", Doubtful;
}
