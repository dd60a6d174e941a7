//! Whether a send connector can be used as it is, before anything is tried.

use proto_smtp::{HeloName, Reply};

use crate::{Attempt, ConnectionFailure, Stage};

/// Whether the send connector can be used as it is, and the EHLO name it gives.
pub(crate) fn usable(attempt: &Attempt<'_>) -> Result<HeloName, ConnectionFailure> {
    let connector = attempt.connector;
    let unusable = |text: String| ConnectionFailure::new(Stage::Setup, "", text);
    if connector.smart_hosts.is_empty() {
        return Err(by_mx());
    }
    if let (Some(name), None) = (&connector.certificate, attempt.certificate) {
        let text = format!("Send connector \"{}\" names certificate \"{name}\", which does not exist", connector.name);
        return Err(unusable(text));
    }
    let name = connector.fqdn.as_ref().map_or(attempt.hostname, |fqdn| fqdn.as_str());
    HeloName::new(name).ok_or_else(|| unusable(format!("\"{name}\" is no name for EHLO")))
}

/// The connector names no smart host.
fn by_mx() -> ConnectionFailure {
    let text = "Delivery by MX is not there yet: name a smart host in the send connector";
    let failure = ConnectionFailure::new(Stage::Setup, "", text);
    ConnectionFailure { reply: Some(Reply::with_status(451, (4, 4, 4), text)), ..failure }
}
