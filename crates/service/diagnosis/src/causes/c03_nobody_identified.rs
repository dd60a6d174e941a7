//! C03: the connector has neither a certificate name nor an address, so it identifies nobody; a scope of domains does not
//! (Microsoft Q&A 304252; the admin centre refuses such a connector, the cmdlet makes it).

use core_directory::Field;

use super::{Examination, telling};
use crate::answer::{Certainty, Message};
use crate::case::Case;
use crate::far_side::FarConnector;
use crate::repair;

const CODE: &str = "C03";

pub(crate) fn examine(case: &Case<'_>) -> Examination {
    let mut examination = Examination::default();
    let admitting = || case.far.connectors.iter().filter(|connector| connector.admits_own_mail());
    let Some(connector) = admitting().find(|connector| identifies_nobody(connector)) else {
        if let Some(other) = admitting().next() {
            let reason = Message::new("ruled-out-c03", &[("connector", &*other.connector.name)]);
            examination.rule_out(CODE, (reason, vec![telling::connector_line(case, other, "note-connector")]));
        }
        return examination;
    };
    // Where others identify by name or address, one of those was meant, and its own miss is the cause.
    let others = admitting().any(|other| !identifies_nobody(other));
    for refusal in &case.refusals {
        let name = &*connector.connector.name;
        let certain = !others && case.far.lists_connectors() && !case.changed_after(connector, refusal);
        let certainty = match (certain, others) {
            (true, _) => Certainty::Certain,
            (false, false) => Certainty::Likely,
            (false, true) => Certainty::Possible,
        };
        let statement = Message::new("cause-c03", &[("connector", name)]);
        let mut cause = telling::cause(case, refusal, CODE, certainty, statement);
        cause.proof.push(telling::addresses_line(case, connector));
        cause.proof.push(telling::value_line(case, connector));
        if others {
            cause.question = Some(Message::new("question-c03", &[("connector", name)]));
        }
        if let Some(certificate) = refusal.presented.certificate()
            && let Some(proposal) =
                repair::proposal(&case.far, connector.tenant, &crate::refusal::facts(certificate).names)
        {
            cause.repair.push(repair::set_certificate_name(&case.far, connector, &proposal));
        }
        if let Some(address) = refusal.group.key.egress {
            let line = telling::greeting_line(case, refusal, &address.to_string());
            cause.proof.extend(line);
            cause.repair.push(repair::add_address(&case.far, connector, &address.to_string()));
        } else if let Some((address, proof)) = case.address_in_headers(refusal) {
            let address = address.to_string();
            cause.proof.push(case.line(proof, Some(Message::new("note-address-seen", &[])), Some(&address)));
            cause.repair.push(repair::add_address(&case.far, connector, &address));
        } else if cause.repair.is_empty() {
            cause.repair.push(repair::add_address(&case.far, connector, "YOUR-PUBLIC-ADDRESS"));
        }
        examination.add(cause);
    }
    examination
}

fn identifies_nobody(connector: &FarConnector) -> bool {
    connector.shows(Field::TlsSenderCertificateName)
        && connector.shows(Field::SenderIpAddresses)
        && connector.connector.tls_sender_certificate_name.is_none()
        && connector.connector.sender_ip_addresses.is_empty()
}
