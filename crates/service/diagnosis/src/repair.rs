//! Repairs: commands for the side that the administrator can reach, ready to paste. Values go in quoted, for they come from
//! logs and dumps; nothing here is run.

use core_directory::{CertificateName, Domain};

use crate::answer::{Message, Repair, RepairSide};
use crate::far_side::{FarConnector, FarSide};

/// A value for a connector that would admit a certificate, and the domain that must be accepted first, where one must.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proposal {
    /// The value: it works under either reading of what Microsoft leaves open.
    pub(crate) value: CertificateName,
    /// The domain to add and verify first.
    pub(crate) needs_domain: Option<Domain>,
}

/// The value that admits one of these names: an accepted domain is looked for, so that ownership holds too. A host one label
/// below an accepted domain is admitted by `*.domain`, a name that is accepted itself by itself.
pub(crate) fn proposal(far: &FarSide, names: &[CertificateName]) -> Option<Proposal> {
    let accepted = |domain: &Domain| far.domains.iter().any(|own| own.domain.verified && own.domain.name == *domain);
    let parent = |domain: &Domain| domain.above().next().and_then(|above| Domain::parse(above).ok());
    let candidates = names.iter().flat_map(|name| match name {
        CertificateName::Wildcard(domain) => vec![CertificateName::Wildcard(domain.clone())],
        CertificateName::Exact(domain) => {
            let wildcard = parent(domain).filter(|parent| !parent.is_public_suffix()).map(CertificateName::Wildcard);
            wildcard.into_iter().chain([CertificateName::Exact(domain.clone())]).collect()
        }
    });
    let candidates: Vec<CertificateName> = candidates.collect();
    match candidates.iter().find(|value| accepted(value.domain())) {
        Some(owned) => Some(Proposal { value: owned.clone(), needs_domain: None }),
        None => candidates.into_iter().next().map(|value| {
            let needs_domain = far.lists_domains().then(|| value.domain().clone());
            Proposal { value, needs_domain }
        }),
    }
}

/// Sets the certificate name of an inbound connector.
pub(crate) fn set_certificate_name(far: &FarSide, connector: &FarConnector, proposal: &Proposal) -> Repair {
    let value = proposal.value.to_string();
    let name = &*connector.connector.name;
    let what = Message::new("repair-set-certificate-name", &[("connector", name), ("value", &value)]);
    let mut commands = Vec::new();
    if far.is_relay() {
        let tenant = far.directory.tenants.iter().find(|tenant| tenant.tenant.id == connector.tenant);
        let tenant = tenant.map_or("", |tenant| &*tenant.tenant.name);
        if let Some(domain) = &proposal.needs_domain {
            commands.push(format!(
                "# first: tenant {tenant:?} needs {domain} as a verified domain: [[tenant.domain]] name = \"{domain}\""
            ));
        }
        commands.push(format!(
            "# in the directory file, connector {name:?} of tenant {tenant:?}: tls_sender_certificate_name = \"{value}\""
        ));
        commands.push("postwarden apply -f directory.toml".to_owned());
        return Repair { side: RepairSide::Postwarden, what, commands };
    }
    if let Some(domain) = &proposal.needs_domain {
        commands.push(format!("# first add and verify {domain} in the Microsoft 365 admin center, Settings, Domains"));
    }
    commands.push(format!(
        "Set-InboundConnector -Identity {} -TlsSenderCertificateName {}",
        powershell(name),
        powershell(&value)
    ));
    Repair { side: RepairSide::ExchangeOnline, what, commands }
}

/// A text as a PowerShell literal: single quotes, doubled inside, the typographic ones too, which PowerShell takes for quotes.
#[must_use]
pub(crate) fn powershell(text: &str) -> String {
    let mut quoted = String::from("'");
    for c in text.chars().filter(|c| !c.is_control()) {
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            quoted.push(c);
        }
        quoted.push(c);
    }
    quoted.push('\'');
    quoted
}

/// A text as a word of a POSIX shell.
#[must_use]
pub(crate) fn shell(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | ':' | '@' | '=' | '+' | ',');
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    let shown: String = text.chars().filter(|c| !c.is_control()).collect();
    format!("'{}'", shown.replace('\'', r"'\''"))
}
