//! Exchange's spelling of what a directory says: the names of properties, and the words and texts of their values. The only
//! place of it, for those who read connectors from dumps and for those who write commands.

mod properties;
#[cfg(test)]
mod tests;

use core_directory::{AddressSpace, AddressSpaceError, ConnectorType, DomainScope, DomainType, ScopeError, TlsLevel};

pub use properties::{About, about, property};

/// The type before an address space of mail.
const SMTP: &str = "smtp:";

/// The cost that Exchange Online writes behind each domain of a connector's scope.
const SCOPE_COST: &str = ";1";

/// What Exchange's connectors have where no local address is set.
const ANY_ADDRESS: [&str; 2] = ["0.0.0.0", "::"];

const CONNECTOR_TYPES: [(ConnectorType, &str); 2] =
    [(ConnectorType::OnPremises, "OnPremises"), (ConnectorType::Partner, "Partner")];

const DOMAIN_TYPES: [(DomainType, &str); 2] =
    [(DomainType::Authoritative, "Authoritative"), (DomainType::InternalRelay, "InternalRelay")];

/// `TlsSettings` of an outbound connector and `TlsAuthLevel` of a Send connector.
const TLS_LEVELS: [(TlsLevel, &str); 3] = [
    (TlsLevel::EncryptionOnly, "EncryptionOnly"),
    (TlsLevel::CertificateValidation, "CertificateValidation"),
    (TlsLevel::DomainValidation, "DomainValidation"),
];

/// Reads a domain of `SenderDomains`: `smtp:*;1`, `smtp:contoso.com;1`, `*`, `contoso.com`.
///
/// # Errors
/// What is between the type and the cost is no such pattern.
pub fn scope(text: &str) -> Result<DomainScope, ScopeError> {
    let text = text.split_once(':').map_or(text, |(_, rest)| rest);
    DomainScope::parse(text.split_once(';').map_or(text, |(scope, _)| scope).trim())
}

/// Writes one: `smtp:*;1`.
#[must_use]
pub fn scope_text(scope: &DomainScope) -> String {
    format!("{SMTP}{scope}{SCOPE_COST}")
}

/// Reads a domain of `AddressSpaces` or `RecipientDomains`, which has no type and no cost.
///
/// # Errors
/// It is of another type than SMTP, its cost is no cost, or the pattern is none.
pub fn address_space(text: &str) -> Result<AddressSpace, AddressSpaceError> {
    AddressSpace::parse(text.trim())
}

/// Reads `ConnectorType` of an inbound connector, in any letter case.
#[must_use]
pub fn connector_type(word: &str) -> Option<ConnectorType> {
    find(&CONNECTOR_TYPES, word)
}

/// Writes it.
#[must_use]
pub fn connector_type_text(connector_type: ConnectorType) -> &'static str {
    word(&CONNECTOR_TYPES, connector_type)
}

/// Reads `DomainType` of an accepted domain, in any letter case. There is no external relay here.
#[must_use]
pub fn domain_type(word: &str) -> Option<DomainType> {
    find(&DOMAIN_TYPES, word)
}

/// Writes it.
#[must_use]
pub fn domain_type_text(domain_type: DomainType) -> &'static str {
    word(&DOMAIN_TYPES, domain_type)
}

/// Reads `TlsSettings` of an outbound connector; unset it takes TLS where that is offered.
#[must_use]
pub fn tls_settings(word: Option<&str>) -> Option<TlsLevel> {
    word.map_or(Some(TlsLevel::Opportunistic), |word| find(&TLS_LEVELS, word))
}

/// Writes `TlsSettings`; none for levels that it does not have, among them the one that it has when unset.
#[must_use]
pub fn tls_settings_text(level: TlsLevel) -> Option<&'static str> {
    TLS_LEVELS.iter().find(|(own, _)| *own == level).map(|(_, word)| *word)
}

/// What a Send connector's `RequireTLS`, `IgnoreSTARTTLS` and `TlsAuthLevel` say together. `None`: the level is no level that is
/// known.
#[must_use]
pub fn send_tls(require_tls: bool, ignore_starttls: bool, auth_level: Option<&str>) -> Option<TlsLevel> {
    if ignore_starttls {
        return Some(TlsLevel::None);
    }
    match auth_level {
        Some(word) => find(&TLS_LEVELS, word),
        None if require_tls => Some(TlsLevel::EncryptionOnly),
        None => Some(TlsLevel::Opportunistic),
    }
}

/// Whether a value is what Exchange has where nothing was set: such a property changes nothing.
#[must_use]
pub fn is_unset(value: &str) -> bool {
    let value = value.trim().trim_start_matches('$');
    let unset = ["", "null", "false", "none", "default", "disabled", "unspecified", "notspecified"];
    unset.iter().any(|word| word.eq_ignore_ascii_case(value)) || ANY_ADDRESS.contains(&value)
}

fn find<T: Copy>(words: &[(T, &str)], word: &str) -> Option<T> {
    words.iter().find(|(_, own)| own.eq_ignore_ascii_case(word.trim())).map(|(value, _)| *value)
}

fn word<T: PartialEq>(words: &[(T, &'static str)], value: T) -> &'static str {
    words.iter().find(|(own, _)| *own == value).map_or("", |(_, word)| word)
}
