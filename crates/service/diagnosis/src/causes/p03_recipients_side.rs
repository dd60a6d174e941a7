//! P03 to P05 (ours): refusals on the recipient's side that are taken for 5.7.64: a Partner connector's restriction (`5.7.51`), direct
//! send refused (`5.7.68`), TLS demanded (`454 4.7.0`). In hybrid organisations the first means the same wrong certificate.

use proto_exchange::RefusalClass;

use super::{Examination, telling};
use crate::answer::{Certainty, Message, Repair, RepairSide};
use crate::case::Case;
use crate::repair;

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
                RefusalClass::TlsRequired => repair::use_tls(group, what),
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
