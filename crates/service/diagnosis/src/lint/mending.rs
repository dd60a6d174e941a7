//! What mends a finding of a directory, as commands of Exchange Online PowerShell or as lines of our directory file.

use core_attribution::{Finding, Mend};
use core_directory::Field;

use crate::answer::{Message, Repair, RepairSide};
use crate::repair::{powershell, relay_domain};

/// The repairs of a finding, in its order.
pub(super) fn repairs(is_relay: bool, finding: &Finding) -> Vec<Repair> {
    let one = |mend| if is_relay { at_relay(finding, mend) } else { at_exchange_online(finding, mend) };
    finding.mends.iter().map(one).collect()
}

/// A repair by the id of its sentence.
pub(super) fn repair(
    side: RepairSide,
    what: &'static str,
    arguments: &[(&'static str, &str)],
    commands: Vec<String>,
) -> Repair {
    Repair { side, what: Message::new(what, arguments), commands }
}

/// `Set-… -Identity 'name' …`.
pub(super) fn cmdlet(verb: &str, identity: &str, rest: &str) -> String {
    format!("{verb} -Identity {} {rest}", powershell(identity)).trim_end().to_owned()
}

/// The name that Microsoft gives a field: `TlsSenderCertificateName` for `tls_sender_certificate_name`.
pub(super) fn parameter(field: Field) -> String {
    match field {
        Field::SenderIpAddresses => "SenderIPAddresses".to_owned(),
        Field::RestrictDomainsToIpAddresses => "RestrictDomainsToIPAddresses".to_owned(),
        Field::Type => "ConnectorType".to_owned(),
        other => other.key().split('_').map(capitalised).collect(),
    }
}

fn capitalised(word: &str) -> String {
    let mut signs = word.chars();
    signs.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(signs).collect()
}

fn at_exchange_online(finding: &Finding, mend: &Mend) -> Repair {
    let name = &*finding.connector;
    let set = |rest: &str| vec![cmdlet("Set-InboundConnector", name, rest)];
    let one = |what, arguments: &[(&'static str, &str)], commands| {
        repair(RepairSide::ExchangeOnline, what, arguments, commands)
    };
    match mend {
        Mend::SetName(value) => {
            let value = value.to_string();
            let commands = set(&format!("-TlsSenderCertificateName {}", powershell(&value)));
            one("mend-set-name", &[("connector", name), ("value", &value)], commands)
        }
        Mend::AcceptDomain(domain) | Mend::VerifyDomain(domain) => {
            let commands = vec![
                format!(
                    "# Microsoft 365 admin center, Settings, Domains: add {domain}, verify it by its TXT record, then"
                ),
                format!("Get-AcceptedDomain -Identity {}", powershell(domain.as_str())),
            ];
            one("mend-accept-domain", &[("domain", domain.as_str())], commands)
        }
        Mend::SetFlag(field, on) => {
            let commands = set(&format!("-{} ${on}", parameter(*field)));
            let value = format!("${on}");
            one("mend-set-flag", &[("connector", name), ("field", &parameter(*field)), ("value", &value)], commands)
        }
        Mend::SetOnPremises => {
            let commands = set("-ConnectorType OnPremises");
            one("mend-set-on-premises", &[("connector", name)], commands)
        }
        Mend::Fill(field) => {
            let example = match field {
                Field::TlsSenderCertificateName => "'*.contoso.com'",
                Field::SenderIpAddresses => "'203.0.113.7'",
                _ => "'contoso.com'",
            };
            let mut commands = vec!["# with your own value in place of the example".to_owned()];
            commands.extend(set(&format!("-{} {example}", parameter(*field))));
            one("mend-fill", &[("field", &parameter(*field))], commands)
        }
        Mend::DropRange(range) => {
            let range = range.to_string();
            let commands = set(&format!("-SenderIPAddresses @{{Remove={}}}", powershell(&range)));
            one("mend-drop-range", &[("connector", name), ("range", &range)], commands)
        }
        Mend::NarrowRange(range) => {
            let range = range.to_string();
            let mut commands =
                vec!["# with the addresses that your servers send from in place of the example".to_owned()];
            commands.extend(set(&format!("-SenderIPAddresses @{{Remove={}; Add='203.0.113.7'}}", powershell(&range))));
            one("mend-narrow-range", &[("connector", name), ("range", &range)], commands)
        }
        Mend::RemoveConnector => {
            let commands = vec![cmdlet("Remove-InboundConnector", name, "")];
            one("mend-remove-connector", &[("connector", name)], commands)
        }
        // Exchange Online routes by itself; lint asks for this only of a relay.
        Mend::AddSendConnector => one("mend-add-send-connector", &[("tenant", &finding.tenant)], Vec::new()),
    }
}

fn at_relay(finding: &Finding, mend: &Mend) -> Repair {
    let (tenant, name) = (&*finding.tenant, &*finding.connector);
    let line = |key: &str, value: &str| {
        let whose = format!("# directory file, tenant {tenant:?}, connector {name:?}:");
        vec![whose, format!("# {key} = {value}"), APPLY.to_owned()]
    };
    let of_tenant = |text: String| vec![format!("# directory file, tenant {tenant:?}: {text}"), APPLY.to_owned()];
    let one =
        |what, arguments: &[(&'static str, &str)], commands| repair(RepairSide::Postwarden, what, arguments, commands);
    match mend {
        Mend::SetName(value) => {
            let value = value.to_string();
            let commands = line(Field::TlsSenderCertificateName.key(), &format!("\"{value}\""));
            one("mend-set-name", &[("connector", name), ("value", &value)], commands)
        }
        Mend::AcceptDomain(domain) | Mend::VerifyDomain(domain) => {
            one("mend-accept-domain", &[("domain", domain.as_str())], of_tenant(relay_domain(domain)))
        }
        Mend::SetFlag(field, on) => {
            let value = on.to_string();
            let arguments = [("connector", name), ("field", field.key()), ("value", value.as_str())];
            one("mend-set-flag", &arguments, line(field.key(), &value))
        }
        Mend::SetOnPremises => {
            let commands = line(Field::Type.key(), "\"on-premises\"");
            one("mend-set-on-premises", &[("connector", name)], commands)
        }
        Mend::Fill(field) => one("mend-fill", &[("field", field.key())], line(field.key(), "…")),
        Mend::DropRange(range) => {
            let range = range.to_string();
            let commands = of_tenant(format!("connector {name:?}: take \"{range}\" out of sender_ip_addresses"));
            one("mend-drop-range", &[("connector", name), ("range", &range)], commands)
        }
        Mend::NarrowRange(range) => {
            let range = range.to_string();
            let commands = of_tenant(format!("connector {name:?}: single addresses in place of \"{range}\""));
            one("mend-narrow-range", &[("connector", name), ("range", &range)], commands)
        }
        Mend::RemoveConnector => {
            let commands = vec![
                format!("# directory file, tenant {tenant:?}: take connector {name:?} out, then"),
                format!("{APPLY} --prune"),
            ];
            one("mend-remove-connector", &[("connector", name)], commands)
        }
        Mend::AddSendConnector => {
            let text = "[[tenant.send_connector]] name = \"Outbound\", smart_hosts = [\"…\"]".to_owned();
            one("mend-add-send-connector", &[("tenant", tenant)], of_tenant(text))
        }
    }
}

/// How a changed directory file comes into force.
const APPLY: &str = "postwarden apply -f directory.toml";
