//! A tenant as a script for Exchange Online PowerShell: `Set-` for what is there, `New-` for what is not. Without `-Apply` it
//! only says what it would run. What Exchange Online has no like of stands there as a remark.

use core_directory::{
    AcceptedDomain, AddressRange, AddressSpace, ConnectorType, DomainScope, InboundConnector, MAX_COST, SendConnector,
    SmartHost, SmartHostName, Tenant, TlsLevel,
};

use super::quoted;
use crate::spelling;

/// Longest name of a connector in Exchange Online, in characters (Microsoft: New-OutboundConnector, `Name`).
const MAX_NAME_LENGTH: usize = 64;

/// What the script begins with: how it is run, and the function by which it changes nothing unless it is told to.
const HEAD: &str = "\
# Connectors and accepted domains for Exchange Online, written from a directory of Postwarden.
# As it is, this script only reads, and says what it would run. With -Apply it makes the changes:
#   Connect-ExchangeOnline
#   .\\connectors.ps1          # look
#   .\\connectors.ps1 -Apply   # do it
param([switch]$Apply)
$ErrorActionPreference = 'Stop'

function Invoke-Change([scriptblock]$Change) {
    if ($Apply) { & $Change } else { Write-Output ('Would run: ' + $Change.ToString().Trim()) }
}
";

/// Writes tenants as a script. A tenant is an organisation there, so several are parts to be run one at a time.
#[must_use]
pub fn script(tenants: &[Tenant]) -> String {
    let mut text = HEAD.to_owned();
    if tenants.len() > 1 {
        line(
            &mut text,
            "\n# Several tenants: each is an organisation of its own there. Keep one part and delete the others.",
        );
    }
    for tenant in tenants {
        line(&mut text, &format!("\n# ===== Tenant {} =====", remark(&tenant.name)));
        tenant_settings(&mut text, tenant);
        tenant.domains.iter().for_each(|domain| accepted_domain(&mut text, domain));
        tenant.inbound_connectors.iter().for_each(|connector| inbound_connector(&mut text, connector));
        tenant.send_connectors.iter().for_each(|connector| outbound_connector(&mut text, connector));
    }
    text
}

/// Words of a command after its name, and remarks that stand above it.
#[derive(Default)]
struct Words {
    words: Vec<String>,
    remarks: Vec<String>,
}

impl Words {
    fn switch(&mut self, name: &str, value: bool) {
        self.words.push(format!("-{name} {}", if value { "$true" } else { "$false" }));
    }

    fn word(&mut self, name: &str, value: &str) {
        self.words.push(format!("-{name} {}", quoted(value)));
    }

    /// A list, or that there is none, so that what is there goes.
    fn list(&mut self, name: &str, values: &[String]) {
        let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
        let values = if values.is_empty() { "$null".to_owned() } else { values.join(",") };
        self.words.push(format!("-{name} {values}"));
    }

    fn optional(&mut self, name: &str, value: Option<&str>) {
        let value = value.map_or_else(|| "$null".to_owned(), quoted);
        self.words.push(format!("-{name} {value}"));
    }

    fn remark(&mut self, text: impl Into<String>) {
        self.remarks.push(text.into());
    }
}

fn tenant_settings(text: &mut String, tenant: &Tenant) {
    if tenant.reject_direct_send {
        line(text, "\nInvoke-Change { Set-OrganizationConfig -RejectDirectSend $true }");
    }
    if !tenant.trusted_roots.is_empty() {
        line(text, "# trusted_roots: Exchange Online trusts the roots that Windows trusts, and no others.");
    }
    if !tenant.certificates.is_empty() {
        line(text, "# Certificates: Exchange Online presents its own to every next hop.");
    }
}

/// There is no New-AcceptedDomain in the cloud: domains come from where they are proved.
fn accepted_domain(text: &mut String, domain: &AcceptedDomain) {
    let name = quoted(domain.name.as_str());
    let domain_type = spelling::domain_type_text(domain.domain_type);
    line(text, &format!("\n# Accepted domain {}", domain.name));
    let subdomains = if domain.match_subdomains { "$true" } else { "$false" };
    if domain.match_subdomains && domain_type == "Authoritative" {
        line(
            text,
            "# match_subdomains: Exchange Online has it for domains of type InternalRelay only, and will refuse it here.",
        );
    }
    line(text, &format!("if (Get-AcceptedDomain | Where-Object {{ $_.DomainName -eq {name} }}) {{"));
    line(
        text,
        &format!(
            "    Invoke-Change {{ Set-AcceptedDomain -Identity {name} -DomainType {domain_type} -MatchSubDomains {subdomains} }}"
        ),
    );
    line(text, "} else {");
    line(
        text,
        &format!(
            "    Write-Warning ('Add and prove this domain in the Microsoft 365 admin center, Settings, Domains: ' + {name})"
        ),
    );
    line(
        text,
        &format!("    # On premises: New-AcceptedDomain -Name {name} -DomainName {name} -DomainType {domain_type}"),
    );
    line(text, "}");
}

fn inbound_connector(text: &mut String, connector: &InboundConnector) {
    let mut words = Words::default();
    words.switch("Enabled", connector.enabled);
    words.word("Comment", &connector.comment);
    words.word("ConnectorType", spelling::connector_type_text(connector.connector_type));
    let scopes: Vec<String> = connector.sender_domains.iter().map(spelling::scope_text).collect();
    words.list("SenderDomains", &scopes);
    let name = connector.tls_sender_certificate_name.as_ref().map(ToString::to_string);
    words.optional("TlsSenderCertificateName", name.as_deref());
    let addresses = addresses(connector, &mut words);
    words.list("SenderIPAddresses", &addresses);
    let associated: Vec<String> = connector.associated_accepted_domains.iter().map(ToString::to_string).collect();
    words.list("AssociatedAcceptedDomains", &associated);
    words.switch("RequireTls", connector.require_tls);
    words.switch("RestrictDomainsToIPAddresses", connector.restrict_domains_to_ip_addresses);
    words.switch("RestrictDomainsToCertificate", connector.restrict_domains_to_certificate);
    without_like(connector, &mut words);
    let identifies = name.is_some() || !addresses.is_empty();
    if connector.connector_type == ConnectorType::OnPremises && !identifies {
        words.remark("nothing is left that Exchange Online could know the server by: it will refuse this connector");
    }
    command(text, "InboundConnector", &connector.name, words);
}

/// The addresses that Exchange Online takes: IPv4, single or as ranges that are not too wide. The others become remarks.
fn addresses(connector: &InboundConnector, words: &mut Words) -> Vec<String> {
    let mut taken = Vec::new();
    for range in &connector.sender_ip_addresses {
        if range.network().addr().is_ipv6() {
            words.remark(format!("sender_ip_addresses {range}: Exchange Online takes IPv4 only"));
        } else if range.prefix_len() < AddressRange::WIDEST_IPV4 {
            let widest = AddressRange::WIDEST_IPV4;
            words.remark(format!(
                "sender_ip_addresses {range}: Exchange Online takes /{widest} to /32; name parts of it"
            ));
        } else {
            taken.push(range.to_string());
        }
    }
    taken
}

/// What Exchange Online's inbound connectors have no like of.
fn without_like(connector: &InboundConnector, words: &mut Words) {
    for pin in &connector.pinned_certificates {
        words.remark(format!("pinned_certificates {pin}: Exchange Online goes by the name alone"));
    }
    if connector.any_sender {
        words.remark("any_sender: Exchange Online asks for a sender in an accepted domain, or for the certificate");
    }
    if connector.require_client_auth {
        words.remark("require_client_auth: Exchange Online takes certificates made for servers too");
    }
}

fn outbound_connector(text: &mut String, connector: &SendConnector) {
    let mut words = Words::default();
    words.switch("Enabled", connector.enabled);
    words.word("Comment", &connector.comment);
    words.word("ConnectorType", spelling::connector_type_text(ConnectorType::OnPremises));
    let domains: Vec<String> = connector.address_spaces.iter().map(|space| space.scope.to_string()).collect();
    words.list("RecipientDomains", &domains);
    costs(&connector.address_spaces, &mut words);
    words.switch("UseMXRecord", connector.smart_hosts.is_empty());
    let hosts: Vec<String> = connector.smart_hosts.iter().map(|host| smart_host(host, &mut words)).collect();
    words.list("SmartHosts", &hosts);
    match spelling::tls_settings_text(connector.tls) {
        Some(word) => words.word("TlsSettings", word),
        None => {
            words.optional("TlsSettings", None);
            if connector.tls == TlsLevel::None {
                words.remark("tls = \"none\": Exchange Online uses TLS where the next hop offers it");
            }
        }
    }
    let domain = connector.tls_domain.as_ref().map(ToString::to_string);
    words.optional("TlsDomain", domain.as_deref());
    for (key, value) in [
        ("certificate", connector.certificate.as_ref().map(ToString::to_string)),
        ("fqdn", connector.fqdn.as_ref().map(ToString::to_string)),
        ("source_address", connector.source_address.map(|address| address.to_string())),
    ] {
        if let Some(value) = value {
            words.remark(format!("{key} = {value}: Exchange Online chooses its own"));
        }
    }
    command(text, "OutboundConnector", &connector.name, words);
}

/// Exchange Online chooses by the nearest domain, and then by nothing that could be set.
fn costs(spaces: &[AddressSpace], words: &mut Words) {
    let costly = spaces.iter().filter(|space| space.cost > 1 && space.cost <= MAX_COST);
    for space in costly {
        words.remark(format!("address_spaces {space}: Exchange Online knows no costs"));
    }
    if spaces.iter().any(|space| space.scope == DomainScope::Any) {
        words.remark("recipients *: it takes mail to the internet too; -RouteAllMessagesViaOnPremises $true says so for your own servers");
    }
}

fn smart_host(host: &SmartHost, words: &mut Words) -> String {
    if host.port != SmartHost::DEFAULT_PORT {
        words.remark(format!("smart_hosts {host}: Exchange Online connects to port 25 alone"));
    }
    match &host.host {
        SmartHostName::Domain(domain) => domain.to_string(),
        SmartHostName::Address(address) => address.to_string(),
    }
}

/// Writes the command in both forms, for what is there and for what is not.
fn command(text: &mut String, noun: &str, name: &str, mut words: Words) {
    if name.chars().count() > MAX_NAME_LENGTH {
        words.remark(format!("the name is longer than the {MAX_NAME_LENGTH} characters of Exchange Online"));
    }
    line(text, &format!("\n# {noun} {}", remark(name)));
    for own in &words.remarks {
        line(text, &format!("#   no like there: {}", remark(own)));
    }
    let (name, words) = (quoted(name), words.words.join(" "));
    line(text, &format!("if (Get-{noun} | Where-Object {{ $_.Name -eq {name} }}) {{"));
    line(text, &format!("    Invoke-Change {{ Set-{noun} -Identity {name} {words} }}"));
    line(text, "} else {");
    line(text, &format!("    Invoke-Change {{ New-{noun} -Name {name} {words} }}"));
    line(text, "}");
}

/// A text as a part of a remark: on one line, whatever is in it.
fn remark(text: &str) -> String {
    // Unicode has ends of lines beyond the control characters.
    let ends = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars().map(|c| if ends(c) { ' ' } else { c }).collect()
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}
