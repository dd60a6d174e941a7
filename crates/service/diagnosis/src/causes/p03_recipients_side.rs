//! P03 to P05 (ours): refusals on the recipient's side that are taken for 5.7.64: a Partner connector's restriction (`5.7.51`), direct
//! send refused (`5.7.68`), TLS demanded (`454 4.7.0`). In hybrid organisations the first means the same wrong certificate.

use proto_exchange::RefusalClass;

use super::{Examination, telling};
use crate::answer::{Certainty, Message, Repair, RepairSide};
use crate::case::Case;
use crate::evidence::{AttemptGroup, EvidenceKind};
use crate::repair::powershell;

/// The class, its code, the id of its text and of its repair, and the commands where they do not depend on the sender.
const REFUSALS: [(RefusalClass, &str, &str, &str, &[&str]); 3] = [
    (
        RefusalClass::PartnerRestriction,
        "P03",
        "cause-p03",
        "repair-p03",
        &[
            "Get-InboundConnector | Where-Object { $_.RestrictDomainsToCertificate -or $_.RestrictDomainsToIPAddresses } | \
             Format-List Name, ConnectorType, SenderDomains, TlsSenderCertificateName, SenderIPAddresses",
        ],
    ),
    (
        RefusalClass::DirectSend,
        "P04",
        "cause-p04",
        "repair-p04",
        &["New-InboundConnector -Name 'Devices' -ConnectorType OnPremises -SenderDomains '*' -SenderIPAddresses \
             'YOUR-PUBLIC-ADDRESS'"],
    ),
    (RefusalClass::TlsRequired, "P05", "cause-p05", "repair-p05", &[]),
];

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    for (class, code, statement, repair, commands) in REFUSALS {
        for group in case.of_class(class) {
            let mut cause =
                telling::cause_of_group(case, group, code, Certainty::Certain, Message::new(statement, &[]));
            let what = Message::new(repair, &[]);
            cause.repair.push(match class {
                RefusalClass::TlsRequired => use_tls(group, what),
                _ => {
                    let commands = commands.iter().map(|command| (*command).to_owned()).collect();
                    Repair { side: RepairSide::ExchangeOnline, what, commands }
                }
            });
            examination.add(cause);
        }
    }
    examination
}

/// Has the sender use TLS: the one that the log is of.
fn use_tls(group: &AttemptGroup, what: Message) -> Repair {
    if group.key.witness == EvidenceKind::PostfixLog {
        let commands = vec!["postconf -e smtp_tls_security_level=encrypt".to_owned(), "postfix reload".to_owned()];
        return Repair { side: RepairSide::Postfix, what, commands };
    }
    let connector = powershell(group.key.connector.as_deref().unwrap_or("CONNECTOR"));
    let mut commands = Vec::new();
    if group.key.connector.is_none() {
        commands.push("Get-SendConnector | Format-Table Name, AddressSpaces, SmartHosts".to_owned());
    }
    commands.push(format!("Set-SendConnector -Identity {connector} -IgnoreSTARTTLS $false -RequireTLS $true"));
    Repair { side: RepairSide::ExchangeServer, what, commands }
}
