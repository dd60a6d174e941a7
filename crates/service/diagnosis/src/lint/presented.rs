//! Whether the certificate that a Send connector would present is admitted by the tenant's inbound connectors: asked of the
//! rules as the relay asks them, with the null sender, since a certificate that identifies a server admits any sender.

use std::sync::Arc;

use core_attribution::{Fact, PartialEvidence, Sender, judge_partial};
use core_directory::Field;

use super::LintReport;
use super::codes::CERTIFICATE_NOT_ADMITTED;
use super::directory::line;
use super::on_premises::OnPremises;
use crate::far_side::{FarConnector, FarSide};
use crate::refusal::{Relaying, facts, relaying};
use crate::{predict, repair};

pub(super) fn check(side: &OnPremises<'_>, far: &FarSide, report: &mut LintReport) {
    let named: Vec<&FarConnector> = far.connectors.iter().filter(|own| goes_by_name(own)).collect();
    // A tenant that knows its servers by address alone needs no certificate.
    let Some(nearest) = named.first() else { return };
    for observed in &side.connectors {
        let Some(held) = side.presented(&observed.object) else { continue };
        let sent = predict::sent(&held.observed.object);
        let presented = facts(&sent);
        if presented.names.is_empty() {
            continue;
        }
        let mut evidence = PartialEvidence::unknown(side.now);
        evidence.remote_ip = Fact::Known(None);
        evidence.tls = Fact::Known(true);
        evidence.mail_from = Fact::Known(Sender::Null);
        evidence.rcpt_to = Fact::Known(None);
        let mut asked = presented.clone();
        // Dates are told by themselves.
        asked.leaf_validity = core_directory::ValidityWindow::ALWAYS;
        evidence.certificate = Fact::Known(Some(Arc::new(asked)));
        if relaying(&judge_partial(&evidence, &far.directory)) != Relaying::Refused {
            continue;
        }
        let registrable = |connector: &&&FarConnector| {
            let value = connector.connector.tls_sender_certificate_name.as_ref();
            let same = |value: &core_directory::CertificateName| {
                presented.names.iter().any(|name| name.domain().registrable() == value.domain().registrable())
            };
            value.is_some_and(same)
        };
        let nearest = named.iter().find(registrable).unwrap_or(nearest);
        let (title, wanted) = (sent.title().to_owned(), nearest.value.clone().unwrap_or_default());
        let arguments = [
            ("connector", &*observed.object.name),
            ("certificate", title.as_str()),
            ("inbound", &*nearest.connector.name),
            ("wanted", &*wanted),
        ];
        let proof = vec![
            line(side.evidence, &held.proof(), Some(&title)),
            line(side.evidence, &nearest.value_proof, Some(&wanted)),
        ];
        let proposal = repair::proposal(far, far.first_tenant(), &presented.names);
        let repairs = proposal.map(|proposal| repair::set_certificate_name(far, nearest, &proposal));
        report.add(CERTIFICATE_NOT_ADMITTED, &arguments, proof, repairs.into_iter().collect());
    }
}

/// Whether the connector admits the tenant's own mail by a name that is shown.
fn goes_by_name(connector: &FarConnector) -> bool {
    connector.admits_own_mail()
        && connector.shows(Field::TlsSenderCertificateName)
        && connector.connector.tls_sender_certificate_name.is_some()
}
