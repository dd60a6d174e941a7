//! Repairs: commands for the side that the administrator can reach, ready to paste. Values go in quoted, for they come from
//! logs and dumps; nothing here is run.

use core_directory::{CertificateName, Domain, TenantId};
pub(crate) use proto_exchange::powershell::quoted as powershell;

use crate::answer::{Message, Repair, RepairSide};
use crate::case::Case;
use crate::evidence::{AttemptGroup, SendingProgram, SentCertificate};
use crate::far_side::{FarConnector, FarSide};
use crate::predict;
use crate::refusal::facts;

/// How the domains end that every tenant of Exchange Online has from the start; nobody else can have a certificate for them.
const INITIAL_DOMAIN: &str = ".onmicrosoft.com";

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
pub(crate) fn proposal(far: &FarSide, tenant: TenantId, names: &[CertificateName]) -> Option<Proposal> {
    let accepted = |domain: &Domain| far.owns(tenant, domain);
    let parent = |domain: &Domain| domain.above().next().and_then(|above| Domain::parse(above).ok());
    let candidates = names.iter().flat_map(|name| match name {
        CertificateName::Wildcard(domain) => vec![CertificateName::Wildcard(domain.clone())],
        CertificateName::Exact(domain) => {
            let wildcard = parent(domain).filter(|parent| !parent.is_public_suffix()).map(CertificateName::Wildcard);
            wildcard.into_iter().chain([CertificateName::Exact(domain.clone())]).collect()
        }
    });
    // Nobody can verify an inside name, so no connector can go by it.
    let candidates: Vec<CertificateName> = candidates.filter(|value| is_public(value.domain())).collect();
    match candidates.iter().find(|value| accepted(value.domain())) {
        Some(owned) => Some(Proposal { value: owned.clone(), needs_domain: None }),
        None => candidates.into_iter().next().map(|value| {
            let needs_domain = far.lists_domains().then(|| value.domain().clone());
            Proposal { value, needs_domain }
        }),
    }
}

/// Whether a name can be one of the internet's: inside names have one label, or end as no public certificate does.
pub(crate) fn is_public(domain: &Domain) -> bool {
    let last = domain.as_str().rsplit('.').next().unwrap_or_default();
    domain.label_count() > 1
        && !matches!(
            last,
            "local"
                | "lan"
                | "internal"
                | "intern"
                | "intra"
                | "private"
                | "corp"
                | "home"
                | "localdomain"
                | "localhost"
        )
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
            commands.push(format!("# first, tenant {tenant:?}: {}", relay_domain(domain)));
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

/// Has whichever connector meant this mail admit what is sent, where no dump shows which one it is.
pub(crate) fn find_certificate_name(proposal: &Proposal) -> Repair {
    let value = proposal.value.to_string();
    let commands = vec![
        "Get-InboundConnector | Format-List Name, Enabled, ConnectorType, TlsSenderCertificateName".to_owned(),
        format!(
            "# its value's domain must be an accepted one: Get-AcceptedDomain {}",
            powershell(proposal.value.domain().as_str())
        ),
        format!("Set-InboundConnector -Identity 'ITS-NAME' -TlsSenderCertificateName {}", powershell(&value)),
    ];
    let what = Message::new("repair-find-certificate-name", &[("value", &value)]);
    Repair { side: RepairSide::ExchangeOnline, what, commands }
}

/// Has the sending server present a certificate that the connector admits, where the dumps show one.
/// `sender` is the Send connector that the mail took, where it is known.
pub(crate) fn present_another(case: &Case<'_>, connector: &FarConnector, sender: Option<&str>) -> Vec<Repair> {
    let Some(value) = &connector.connector.tls_sender_certificate_name else { return Vec::new() };
    let held = case.evidence.configuration.exchange_certificates.iter().filter(|held| {
        // The server's own certificate may have a name that fits; the far side does not trust it.
        let signed_itself = held.object.is_self_signed.whole().copied();
        let signed_itself = signed_itself.unwrap_or(held.object.issuer.any() == held.object.subject.any());
        !signed_itself
            && held.object.has_private_key.whole() != Some(&false)
            && held.object.not_after.is_none_or(|end| end > case.now)
            && facts(&predict::sent(&held.object)).names.iter().any(|name| value.matches(name).is_some())
    });
    let Some(best) = held.max_by_key(|held| held.object.not_after) else { return Vec::new() };
    let (thumbprint, subject) = (best.object.thumbprint.any(), best.object.subject.any());
    let Some((thumbprint, subject)) = thumbprint.zip(subject) else { return Vec::new() };
    let send_connector = predict::send_connector(&case.evidence.configuration, sender);
    send_certificate(
        send_connector.map(|observed| &*observed.object.name).or(sender),
        thumbprint,
        subject,
        best.object.certificate_domains.any().and_then(|names| names.first()).map(|name| &**name),
    )
}

/// Has a Send connector present the certificate of this thumbprint.
pub(crate) fn send_certificate(
    connector: Option<&str>,
    thumbprint: &str,
    subject: &str,
    first_name: Option<&str>,
) -> Vec<Repair> {
    let what = match connector {
        Some(connector) => Message::new("repair-send-certificate", &[("connector", connector), ("subject", subject)]),
        None => Message::new("repair-send-certificate-unnamed", &[("subject", subject)]),
    };
    let (ask, name) = send_connector_name(connector);
    let named = powershell(&name);
    let mut commands = ask.clone();
    commands.extend([
        format!("$certificate = Get-ExchangeCertificate -Thumbprint {}", powershell(thumbprint)),
        format!(
            "Set-SendConnector -Identity {named} -TlsCertificateName \
             \"<I>$($certificate.Issuer)<S>$($certificate.Subject)\""
        ),
    ]);
    let mut repairs = vec![Repair { side: RepairSide::ExchangeServer, what: what.clone(), commands }];
    // Exchange 2010 chooses by the connector's Fqdn; it has no TlsCertificateName for Send connectors.
    if let Some(fqdn) = first_name.filter(|name| !name.starts_with('*')) {
        let mut commands = ask;
        commands.extend([
            format!("Enable-ExchangeCertificate -Thumbprint {} -Services SMTP", powershell(thumbprint)),
            "# asked whether to replace the default certificate, answer N".to_owned(),
            format!("Set-SendConnector -Identity {named} -Fqdn {}", powershell(fqdn)),
        ]);
        repairs.push(Repair { side: RepairSide::Exchange2010, what, commands });
    }
    repairs
}

/// The Send connector's name for a command. Where it is not known a command that shows it comes first, and a word in capital
/// letters stands for it: a guessed name would change another connector.
pub(crate) fn send_connector_name(known: Option<&str>) -> (Vec<String>, String) {
    match known.filter(|name| !name.is_empty()) {
        Some(name) => (Vec::new(), name.to_owned()),
        None => {
            let ask = "Get-SendConnector | Format-List Name, AddressSpaces, SmartHosts, Enabled";
            (vec![ask.to_owned()], "YOUR-SEND-CONNECTOR".to_owned())
        }
    }
}

/// Has the sender present a certificate that the far side admits: one of Exchange's store where a dump shows it, else one to be
/// chosen, on the side that sent.
pub(crate) fn present_right_one(case: &Case<'_>, program: SendingProgram, connector: Option<&str>) -> Vec<Repair> {
    match program {
        SendingProgram::Postfix => vec![postfix_certificate()],
        SendingProgram::Postwarden => vec![relay_certificate(connector)],
        _ => {
            let shown = case.by_certificate().flat_map(|far| present_another(case, far, connector));
            let shown: Vec<Repair> = shown.collect();
            if shown.is_empty() { choose_certificate(connector.unwrap_or_default()) } else { shown }
        }
    }
}

/// Has Postfix present a certificate.
pub(crate) fn postfix_certificate() -> Repair {
    let commands = vec![
        "# the key first, then the certificate, then its intermediates, in one file that only root reads".to_owned(),
        "postconf -e smtp_tls_chain_files=/etc/postfix/client.pem smtp_tls_security_level=encrypt".to_owned(),
        "postfix reload".to_owned(),
    ];
    Repair { side: RepairSide::Postfix, what: Message::new("repair-p02", &[]), commands }
}

/// Has a send connector of a Postwarden relay present another certificate.
fn relay_certificate(connector: Option<&str>) -> Repair {
    let name = connector.unwrap_or_default();
    let what = match name {
        "" => Message::new("repair-choose-certificate-unnamed", &[]),
        _ => Message::new("repair-choose-certificate", &[("connector", name)]),
    };
    let commands = vec![
        "# in the sender's directory file: [[tenant.certificate]] name = \"new\", certificate = \"new.pem\", key = \"new.key\"".to_owned(),
        format!("# and in its send connector {name:?}: certificate = \"new\""),
        "postwarden apply -f directory.toml".to_owned(),
    ];
    Repair { side: RepairSide::Postwarden, what, commands }
}

/// Has a Send connector present another certificate, where no dump shows which there are.
fn choose_certificate(connector: &str) -> Vec<Repair> {
    let (ask, name) = send_connector_name(Some(connector));
    let what = match connector {
        "" => Message::new("repair-choose-certificate-unnamed", &[]),
        _ => Message::new("repair-choose-certificate", &[("connector", connector)]),
    };
    let show = "Get-ExchangeCertificate | Format-List Subject, Issuer, Thumbprint, NotAfter, Services, HasPrivateKey, CertificateDomains";
    let current = [
        show.to_owned(),
        "$certificate = Get-ExchangeCertificate -Thumbprint 'THUMBPRINT'".to_owned(),
        format!(
            "Set-SendConnector -Identity {} -TlsCertificateName \"<I>$($certificate.Issuer)<S>$($certificate.Subject)\"",
            powershell(&name)
        ),
    ];
    let old = [
        show.to_owned(),
        "Enable-ExchangeCertificate -Thumbprint 'THUMBPRINT' -Services SMTP".to_owned(),
        format!("Set-SendConnector -Identity {} -Fqdn 'A-NAME-OF-THE-CERTIFICATE'", powershell(&name)),
    ];
    let all = |commands: [String; 3]| ask.iter().cloned().chain(commands).collect();
    vec![
        Repair { side: RepairSide::ExchangeServer, what: what.clone(), commands: all(current) },
        Repair { side: RepairSide::Exchange2010, what, commands: all(old) },
    ]
}

/// Has one server hold the certificate that the others present.
pub(crate) fn same_certificate(server: &str, connector: &str, right: &SentCertificate) -> Vec<Repair> {
    let what = Message::new("repair-same-certificate", &[("server", server), ("presented", right.title())]);
    let mut commands = vec![
        format!("# on a server that sends it: export the certificate with its key; on {server}: import it, then"),
        format!("Enable-ExchangeCertificate -Thumbprint {} -Services SMTP", powershell(&right.thumbprint)),
    ];
    if !connector.is_empty() {
        commands.push(format!(
            "Get-SendConnector -Identity {} | Format-List TlsCertificateName, SourceTransportServers",
            powershell(connector)
        ));
    }
    vec![Repair { side: RepairSide::ExchangeServer, what, commands }]
}

/// A certificate of one's own, in a domain that is accepted, makes the mail one's own whatever others claim and whoever sends.
/// The domain is the first accepted one that a public authority would issue for.
pub(crate) fn own_certificate(far: &FarSide, tenant: Option<TenantId>) -> Repair {
    let what = Message::new("repair-own-certificate", &[]);
    let mut accepted =
        far.domains.iter().filter(|own| own.domain.verified() && tenant.is_none_or(|tenant| own.tenant == tenant));
    let domain = accepted.find(|own| !own.domain.name.as_str().ends_with(INITIAL_DOMAIN));
    // Of several tenants of a relay it is not known whose mail it is.
    let domain = domain.filter(|_| tenant.is_some() || far.directory.tenants.len() == 1);
    let value =
        domain.map_or_else(|| "A-NAME-IN-AN-ACCEPTED-DOMAIN".to_owned(), |own| format!("*.{}", own.domain.name));
    if far.is_relay() {
        let commands = vec![
            "# in the directory file, under the tenant: [[tenant.inbound_connector]] name = \"By our own certificate\""
                .to_owned(),
            format!("#   tls_sender_certificate_name = \"{value}\""),
            "postwarden apply -f directory.toml".to_owned(),
        ];
        return Repair { side: RepairSide::Postwarden, what, commands };
    }
    let command = format!(
        "New-InboundConnector -Name 'By our own certificate' -ConnectorType OnPremises -SenderDomains '*' -RequireTls $true \
         -TlsSenderCertificateName {}",
        powershell(&value)
    );
    Repair { side: RepairSide::ExchangeOnline, what, commands: vec![command] }
}

/// Adds addresses to an inbound connector.
pub(crate) fn add_address(far: &FarSide, connector: &FarConnector, address: &str) -> Repair {
    let name = &*connector.connector.name;
    let what = Message::new("repair-add-address", &[("connector", name), ("address", address)]);
    if far.is_relay() {
        let mut all: Vec<String> = connector.addresses.iter().map(|text| format!("\"{text}\"")).collect();
        all.push(format!("\"{address}\""));
        let commands = vec![
            format!("# in the directory file, connector {name:?}: sender_ip_addresses = [{}]", all.join(", ")),
            "postwarden apply -f directory.toml".to_owned(),
        ];
        return Repair { side: RepairSide::Postwarden, what, commands };
    }
    let command = format!(
        "Set-InboundConnector -Identity {} -SenderIPAddresses @{{Add={}}}",
        powershell(name),
        powershell(address)
    );
    Repair { side: RepairSide::ExchangeOnline, what, commands: vec![command] }
}

/// Has a domain accepted.
pub(crate) fn accept_domain(far: &FarSide, domain: &Domain) -> Repair {
    let what = Message::new("repair-accept-domain", &[("domain", domain.as_str())]);
    if far.is_relay() {
        let commands = vec![
            format!("# in the directory file, under the tenant: {}", relay_domain(domain)),
            "postwarden apply -f directory.toml".to_owned(),
        ];
        return Repair { side: RepairSide::Postwarden, what, commands };
    }
    let commands = vec![
        format!("# in the Microsoft 365 admin center, Settings, Domains: add {domain} and verify it by its TXT record"),
        format!("Get-AcceptedDomain -Identity {}", powershell(domain.as_str())),
    ];
    Repair { side: RepairSide::ExchangeOnline, what, commands }
}

/// The lines of a directory file that give a tenant a domain. Unverified it would own nothing (rule A4); a tenant's own token may
/// not say so, the operator's word or a proof by DNS does.
pub(crate) fn relay_domain(domain: &Domain) -> String {
    format!("[[tenant.domain]] name = \"{domain}\", verified = true")
}

/// Has the sender use TLS: the one that the log is of.
pub(crate) fn use_tls(group: &AttemptGroup, what: Message) -> Repair {
    let connector = group.key.connector.as_deref();
    match group.first.sender {
        SendingProgram::Postfix => {
            let commands = vec!["postconf -e smtp_tls_security_level=encrypt".to_owned(), "postfix reload".to_owned()];
            Repair { side: RepairSide::Postfix, what, commands }
        }
        SendingProgram::Postwarden => {
            let name = connector.unwrap_or_default();
            let commands = vec![
                format!("# in the sender's directory file, send connector {name:?}: tls = \"certificate-validation\""),
                "postwarden apply -f directory.toml".to_owned(),
            ];
            Repair { side: RepairSide::Postwarden, what, commands }
        }
        SendingProgram::Exchange => {
            let (mut commands, name) = send_connector_name(connector);
            let name = powershell(&name);
            commands.push(format!("Set-SendConnector -Identity {name} -IgnoreSTARTTLS $false -RequireTLS $true"));
            Repair { side: RepairSide::ExchangeServer, what, commands }
        }
        SendingProgram::Exim | SendingProgram::Sendmail | SendingProgram::Unknown => {
            let commands =
                vec!["# have the sending server use STARTTLS, and TLS at every time, towards this next hop".to_owned()];
            Repair { side: RepairSide::Network, what, commands }
        }
    }
}
