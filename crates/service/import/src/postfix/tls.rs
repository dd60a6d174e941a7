//! Levels of TLS as send connectors have them. Where there is no like, the stricter of the neighbours is taken: mail that waits
//! is noticed.

use core_directory::{CertificateName, SendConnector, TlsLevel};
use proto_postfix::{TlsLevel as PostfixLevel, TlsPolicy};

/// Sets a connector's level, and says what is different.
pub(super) fn set(connector: &mut SendConnector, policy: &TlsPolicy) -> Vec<String> {
    let mut remarks = Vec::new();
    connector.tls = match policy.level {
        PostfixLevel::None => TlsLevel::None,
        PostfixLevel::May => TlsLevel::Opportunistic,
        PostfixLevel::Encrypt => TlsLevel::EncryptionOnly,
        PostfixLevel::Dane => {
            remarks.push("There is no DANE here: TLS is used where it is offered.".to_owned());
            TlsLevel::Opportunistic
        }
        PostfixLevel::DaneOnly | PostfixLevel::Fingerprint => {
            remarks.push(format!(
                "There is no {} here: the next hop's certificate must be from a trusted root, with its name.",
                policy.level.name()
            ));
            TlsLevel::DomainValidation
        }
        PostfixLevel::Verify | PostfixLevel::Secure => TlsLevel::DomainValidation,
    };
    if matches!(policy.level, PostfixLevel::Verify | PostfixLevel::Secure) {
        connector.tls_domain = None;
        names(connector, policy, &mut remarks);
    }
    if !policy.others.is_empty() {
        remarks.push(format!("Without like here: {}.", policy.others.join(" ")));
    }
    remarks
}

/// Of the names that may match one can be said here; the smart host's own is compared without any.
fn names(connector: &mut SendConnector, policy: &TlsPolicy, remarks: &mut Vec<String>) {
    let own = ["nexthop", "dot-nexthop", "hostname"];
    let mut named = policy.matches.iter().filter(|name| !own.contains(&&***name));
    let Some(first) = named.next() else { return };
    let text = first.strip_prefix('.').map_or_else(|| first.clone(), |below| format!("*.{below}"));
    match CertificateName::parse_value(&text) {
        Ok(name) => connector.tls_domain = Some(name),
        Err(error) => remarks.push(format!("match={first} is left out: {error}.")),
    }
    let others: Vec<&str> = named.map(|name| &**name).collect();
    if !others.is_empty() {
        remarks.push(format!("One name can be compared: left out are {}.", others.join(", ")));
    }
}
