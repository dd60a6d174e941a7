//! What was not judged since it is not shown, and how to show it.

use core_attribution::Unjudged;
use core_directory::Field;

use super::LintReport;
use super::mending::parameter;
use crate::answer::Message;

/// Of a directory. A relay's own is whole; then nothing comes here.
pub(super) fn in_directory(what: &Unjudged, is_relay: bool, report: &mut LintReport) {
    let command = |text: &str| vec![text.to_owned()];
    if what.field == Field::Domain {
        let message = Message::new("unjudged-domains", &[]);
        report.is_missing(message, command("Get-AcceptedDomain | Export-Clixml accepted-domains.xml"));
    } else {
        let field = if is_relay { what.field.key().to_owned() } else { parameter(what.field) };
        let message = Message::new("unjudged-field", &[("connector", &what.connector), ("field", &field)]);
        report.is_missing(message, command("Get-InboundConnector | Export-Clixml inbound-connectors.xml"));
    }
}

/// Of the servers on premises: their certificates.
pub(super) fn certificates(connector: &str, report: &mut LintReport) {
    let message = Message::new("unjudged-certificates", &[("connector", connector)]);
    let command = "Get-ExchangeServer | ForEach-Object { Get-ExchangeCertificate -Server $_.Name } | \
                   Export-Clixml exchange-certificates.xml";
    report.is_missing(message, vec![command.to_owned()]);
}
