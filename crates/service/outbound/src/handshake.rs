//! What a TLS handshake with a next hop is told as: a sentence for people, rows for the protocol log. Decides nothing.

use core_directory::SendConnector;
use io_protocol_log::SessionLog;
use io_tls::{NextHopTls, NoSession};

use crate::Attempt;

/// Whether the next hop's certificate proves its names.
pub(crate) fn is_peer_proved(tls: &NextHopTls) -> bool {
    !tls.chain.is_empty() && tls.facts.key_proved && tls.facts.operator_path.is_some()
}

/// TLS for people: version, cipher, the next hop's certificate and ours.
pub(crate) fn describe(tls: &NextHopTls, connector: &SendConnector) -> String {
    let theirs = if tls.chain.is_empty() {
        "no certificate".to_owned()
    } else {
        format!("certificate {} {}", tls.facts.subject, if is_peer_proved(tls) { "trusted" } else { "not trusted" })
    };
    let ours = match &connector.certificate {
        None => String::new(),
        Some(name) => format!(", our certificate \"{name}\" {}", own_certificate(tls)),
    };
    format!("{} {}, {theirs}{ours}", tls.version, tls.cipher)
}

fn own_certificate(tls: &NextHopTls) -> &'static str {
    match (tls.presented_certificate, tls.asked_for_certificate) {
        (true, _) => "presented",
        (false, true) => "not presented: the next hop cannot check what its key signs",
        (false, false) => "not asked for",
    }
}

/// The rows of a handshake that came about.
pub(crate) fn log(log: &mut SessionLog, attempt: &Attempt<'_>, tls: &NextHopTls) {
    log_own(log, attempt, tls.presented_certificate);
    log.negotiated(tls.version, &tls.cipher, &tls.group);
    log.certificate_received(&tls.chain);
    if let (Some(name), false) = (&attempt.connector.certificate, tls.presented_certificate) {
        log.note("", &format!("Our certificate \"{name}\" was {}", own_certificate(tls)));
    }
}

/// The rows of one that did not, or after which we do not want the session.
pub(crate) fn log_failure(log: &mut SessionLog, attempt: &Attempt<'_>, none: &NoSession) {
    match &none.shown {
        Some(tls) => self::log(log, attempt, tls),
        None => log_own(log, attempt, none.presented_certificate),
    }
    log.note("", &format!("TLS negotiation failed with error {}", none.error));
}

fn log_own(log: &mut SessionLog, attempt: &Attempt<'_>, presented: bool) {
    if let Some(certificate) = attempt.certificate.filter(|_| presented) {
        log.certificate_sent(&certificate.chain);
    }
}
