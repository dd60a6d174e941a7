//! C12: the connector that would admit the mail is disabled, of the wrong type (the admin centre's "partner organization"), or
//! gone. Own recipients still get their mail, outside ones do not.

use core_directory::{ConnectorType, Field};

use super::{Examination, telling};
use crate::answer::{Cause, Certainty, Message, ProofLine, Repair, RepairSide};
use crate::case::Case;
use crate::far_side::FarConnector;
use crate::refusal::{Refusal, Relaying};
use crate::repair::{self, powershell};

const CODE: &str = "C12";

/// What keeps the connector from admitting.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Off {
    Disabled,
    Partner,
}

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for refusal in &case.refusals {
        let off = case.far.connectors.iter().filter_map(|connector| Some((connector, why(connector)?)));
        let meant = off.filter(|(connector, _)| is_meant(connector, refusal)).collect::<Vec<_>>();
        for (connector, why) in &meant {
            examination.add(switched_off(case, refusal, connector, *why));
        }
        if meant.is_empty() {
            match case.far.connectors.iter().find(|connector| connector.admits_own_mail()) {
                Some(connector) => {
                    let reason = Message::new("ruled-out-c12", &[("connector", &*connector.connector.name)]);
                    let line = telling::connector_line(case, connector, "note-connector");
                    examination.rule_out(CODE, (reason, vec![line]));
                }
                // Of each it must be shown: a dump of some columns does not tell whether a connector is on.
                None if !case.far.is_relay()
                    && case.far.lists_connectors()
                    && case.far.connectors.iter().all(|own| why(own).is_some()) =>
                {
                    examination.add(gone(case, refusal));
                }
                None => {}
            }
        }
    }
    examination
}

fn why(connector: &FarConnector) -> Option<Off> {
    if connector.shows(Field::Enabled) && !connector.connector.enabled {
        return Some(Off::Disabled);
    }
    let partner = connector.shows(Field::Type) && connector.connector.connector_type == ConnectorType::Partner;
    partner.then_some(Off::Partner)
}

fn is_meant(connector: &FarConnector, refusal: &Refusal<'_>) -> bool {
    refusal.presented.certificate().is_some_and(|certificate| connector.may_admit(certificate))
        || refusal.group.key.egress.is_some_and(|address| connector.holds(address))
}

fn switched_off(case: &Case<'_>, refusal: &Refusal<'_>, connector: &FarConnector, why: Off) -> Cause {
    let mut directory = case.far.directory.clone();
    for tenant in &mut directory.tenants {
        for own in tenant.tenant.inbound_connectors.iter_mut().filter(|own| own.id == connector.id) {
            (own.enabled, own.connector_type) = (true, ConnectorType::OnPremises);
        }
    }
    let would_pass = case.relaying_in(&refusal.evidence, &directory) == Relaying::Passes;
    let certain = would_pass && refusal.presented.is_observed() && !case.changed_after(connector, refusal);
    let certainty = if certain { Certainty::Certain } else { Certainty::Likely };
    let name = &*connector.connector.name;
    let (code, note) = match why {
        Off::Disabled => ("cause-c12-disabled", "note-connector-disabled"),
        Off::Partner => ("cause-c12-partner", "note-connector-partner"),
    };
    let mut cause = telling::cause(case, refusal, CODE, certainty, Message::new(code, &[("connector", name)]));
    cause.precedence = 1;
    cause.proof.push(telling::connector_line(case, connector, note));
    cause.proof.extend(telling::presented_lines(case, refusal));
    let repair = match (case.far.is_relay(), why) {
        (true, Off::Disabled) => relay(name, "enabled = true"),
        (true, Off::Partner) => relay(name, "type = \"on-premises\""),
        (false, Off::Disabled) => online(format!("Set-InboundConnector -Identity {} -Enabled $true", powershell(name))),
        // It guards what comes in from a partner or a gateway; another type would lift that guard.
        (false, Off::Partner) if guards(connector) => online(new_connector(case, refusal)),
        (false, Off::Partner) => {
            online(format!("Set-InboundConnector -Identity {} -ConnectorType OnPremises", powershell(name)))
        }
    };
    cause.repair.push(repair);
    cause
}

/// No connector admits anybody's mail as the tenant's own.
fn gone(case: &Case<'_>, refusal: &Refusal<'_>) -> Cause {
    let worked = case.last_worked(refusal).is_some();
    let certainty = if worked { Certainty::Certain } else { Certainty::Likely };
    let mut cause = telling::cause(case, refusal, CODE, certainty, Message::new("cause-c12-none", &[]));
    cause.proof.extend(removal(case));
    cause.repair.push(online(new_connector(case, refusal)));
    cause
}

/// Whether a Partner connector turns away whoever does not match it.
fn guards(connector: &FarConnector) -> bool {
    let own = &connector.connector;
    own.restrict_domains_to_ip_addresses || own.restrict_domains_to_certificate
}

/// The command that makes a connector for this mail.
fn new_connector(case: &Case<'_>, refusal: &Refusal<'_>) -> String {
    let names = refusal.presented.certificate().map(|certificate| crate::refusal::facts(certificate).names);
    let proposal = names.and_then(|names| repair::proposal(&case.far, case.far.first_tenant(), &names));
    let scope = match (&proposal, refusal.group.key.egress) {
        (Some(proposal), _) => {
            format!("-RequireTls $true -TlsSenderCertificateName {}", powershell(&proposal.value.to_string()))
        }
        (None, Some(address)) => format!("-SenderIPAddresses {}", powershell(&address.to_string())),
        (None, None) => "-SenderIPAddresses 'YOUR-PUBLIC-ADDRESS'".to_owned(),
    };
    format!("New-InboundConnector -Name 'From our mail server' -ConnectorType OnPremises -SenderDomains '*' {scope}")
}

/// The wizard's own word that a connector was removed.
fn removal(case: &Case<'_>) -> Option<ProofLine> {
    let removed = |change: &&crate::evidence::SettingChange| {
        change.object_type.eq_ignore_ascii_case("InboundConnector") && change.after.eq_ignore_ascii_case("removed")
    };
    let change = case.evidence.changes.iter().rfind(removed)?;
    Some(case.line(&change.proof, Some(Message::new("note-connector-removed", &[])), Some(&change.object)))
}

fn online(command: String) -> Repair {
    Repair { side: RepairSide::ExchangeOnline, what: Message::new("repair-connector-on", &[]), commands: vec![command] }
}

fn relay(name: &str, setting: &str) -> Repair {
    let commands = vec![
        format!("# in the directory file, connector {name:?}: {setting}"),
        "postwarden apply -f directory.toml".to_owned(),
    ];
    Repair { side: RepairSide::Postwarden, what: Message::new("repair-connector-on", &[]), commands }
}
