//! What reception counts: connections and how sessions end, handshakes, verdicts by rule, replies that refuse, what was
//! accepted. Labels are words of ours or of a bounded set; none names a client or a tenant.

use core_attribution::RuleId;
use core_directory::{CertificateFacts, Field};
use io_tls::PeerTls;
use jiff::Timestamp;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use proto_smtp::server::{Answer, ClosingCause};

use crate::connection::Lost;

/// One label, its value a word.
type One = [(&'static str, &'static str); 1];

/// The enhanced status codes of our refusals. Others, as a next hop might say them, count as `other`, so that nobody
/// outside makes series.
const CODES: [&str; 22] = [
    "4.3.0", "4.3.1", "4.3.2", "4.4.2", "4.4.4", "4.5.3", "4.7.0", "4.7.1", "5.1.3", "5.1.7", "5.3.4", "5.4.6",
    "5.5.1", "5.5.4", "5.6.0", "5.6.3", "5.6.7", "5.7.0", "5.7.1", "5.7.51", "5.7.64", "5.7.68",
];

/// The rules' names, in their order.
const RULES: [&str; RuleId::ALL.len()] =
    ["A0", "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10", "A11", "A12", "A13", "A14"];

/// The families.
#[derive(Default)]
pub(crate) struct Metrics {
    open: Gauge,
    ended: Family<One, Counter>,
    turned_away: Family<One, Counter>,
    handshakes: Family<[(&'static str, String); 2], Counter>,
    failed_handshakes: Counter,
    transactions: Family<One, Counter>,
    verdicts: Family<[(&'static str, &'static str); 2], Counter>,
    refused: Family<One, Counter>,
    messages: Counter,
    recipients: Counter,
    octets: Counter,
    offered: Family<One, Counter>,
    limited: Family<[(&'static str, &'static str); 2], Counter>,
}

/// A session that counts as open as long as this lives.
pub(crate) struct OpenSession(Gauge);

impl Drop for OpenSession {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// The words that are few begin at zero, so that a rate is there before the first of them.
    pub fn new() -> Self {
        let metrics = Self::default();
        let begin = |family: &Family<One, Counter>, label, words: &[&'static str]| {
            for word in words {
                let _at_zero = family.get_or_create_owned(&[(label, *word)]);
            }
        };
        begin(&metrics.ended, "end", &["quit", "told_to_go", "errors", "misuse", "lost"]);
        let limits = ["sessions", "sessions_per_source", "sessions_without_mail", "early_talk", "proxy"];
        begin(&metrics.turned_away, "limit", &limits);
        begin(&metrics.transactions, "certificate", &["no_tls", "none", "trusted", "untrusted"]);
        let ends = ["taken", "partly_taken", "refused", "put_off", "unanswered", "slow", "client_gone", "our_fault"];
        begin(&metrics.offered, "end", &ends);
        metrics
    }

    /// Hands the families to a registry.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("reception_sessions_open", "SMTP sessions that are open", self.open.clone());
        registry.register(
            "reception_sessions",
            "SMTP sessions that ended, by how: quit, told_to_go (time, a limit, a stop), errors, misuse, lost",
            self.ended.clone(),
        );
        registry.register(
            "reception_connections_refused",
            "Connections that got no session, by the limit: sessions, sessions_per_source, sessions_without_mail, early_talk, \
             proxy",
            self.turned_away.clone(),
        );
        registry.register(
            "reception_tls_handshakes",
            "TLS handshakes with clients that succeeded, by version and cipher suite",
            self.handshakes.clone(),
        );
        registry.register(
            "reception_tls_handshakes_failed",
            "TLS handshakes with clients that failed or took too long",
            self.failed_handshakes.clone(),
        );
        registry.register(
            "reception_transactions",
            "MAIL commands that were judged, by what the client showed: no_tls, none, trusted (by the operator's roots), \
             untrusted",
            self.transactions.clone(),
        );
        registry.register(
            "reception_verdicts",
            "Recipients judged, by the rule that decided and the verdict: originating, incoming, refused",
            self.verdicts.clone(),
        );
        registry.register(
            "reception_replies_refused",
            "Commands and messages that were refused or put off, by enhanced status code",
            self.refused.clone(),
        );
        registry.register("reception_messages_accepted", "Messages accepted", self.messages.clone());
        registry.register("reception_recipients_accepted", "Recipients of accepted messages", self.recipients.clone());
        let help = "Size of accepted messages, our Received field included";
        registry.register("reception_accepted_bytes", help, self.octets.clone());
        registry.register(
            "reception_messages_offered",
            "Messages offered to their next hop while the client waited, by how that ended: taken, partly_taken, refused, put_off, \
             unanswered, slow, client_gone, our_fault",
            self.offered.clone(),
        );
        registry.register(
            "reception_over_tenant_limit",
            "Recipients and messages above a limit of a tenant, by the limit's key and what became of them: refused, held",
            self.limited.clone(),
        );
    }

    /// How many sessions are open.
    pub fn open(&self) -> u64 {
        u64::try_from(self.open.get()).unwrap_or_default()
    }

    pub fn opened(&self) -> OpenSession {
        self.open.inc();
        OpenSession(self.open.clone())
    }

    pub fn ended(&self, how: &Result<ClosingCause, Lost>) {
        let end = match how {
            Ok(ClosingCause::Quit) => "quit",
            Ok(ClosingCause::Driver | ClosingCause::TlsBusy) => "told_to_go",
            Ok(ClosingCause::TooManyErrors | ClosingCause::TooManyIdleCommands) => "errors",
            Ok(_) => "misuse",
            Err(_) => "lost",
        };
        self.ended.get_or_create(&[("end", end)]).inc();
    }

    pub fn turned_away(&self, limit: &'static str) {
        self.turned_away.get_or_create(&[("limit", limit)]).inc();
    }

    pub fn secured(&self, tls: &PeerTls) {
        let labels = [("version", tls.version.to_owned()), ("cipher", tls.cipher.clone())];
        self.handshakes.get_or_create(&labels).inc();
    }

    pub fn handshake_failed(&self) {
        self.failed_handshakes.inc();
    }

    /// MAIL was judged. `facts` are those of the certificate, if there is one.
    pub fn begun(&self, tls: bool, facts: Option<&CertificateFacts>, at: Timestamp) {
        let trusted = |facts: &CertificateFacts| {
            let in_date = facts.operator_path.is_some_and(|path| path.validity.contains(at));
            facts.key_proved && !facts.denied && in_date
        };
        let shown = match (tls, facts) {
            (false, _) => "no_tls",
            (true, None) => "none",
            (true, Some(facts)) if trusted(facts) => "trusted",
            (true, Some(_)) => "untrusted",
        };
        self.transactions.get_or_create(&[("certificate", shown)]).inc();
    }

    pub fn judged(&self, rule: RuleId, verdict: &'static str) {
        let rule = RULES.get(rule as usize).copied().unwrap_or_default();
        self.verdicts.get_or_create(&[("rule", rule), ("verdict", verdict)]).inc();
    }

    pub fn answered(&self, answer: &Answer) {
        let Answer::Reply(reply) = answer else { return };
        if reply.is_positive() {
            return;
        }
        let said = reply.enhanced().map(|own| format!("{}.{}.{}", own.class, own.subject, own.detail));
        let known = said.and_then(|said| CODES.into_iter().find(|code| *code == said));
        self.refused.get_or_create(&[("code", known.unwrap_or("other"))]).inc();
    }

    pub fn offered(&self, end: &'static str) {
        self.offered.get_or_create(&[("end", end)]).inc();
    }

    /// Something was above a limit of a tenant.
    pub fn limited(&self, limit: Field, outcome: &'static str) {
        self.limited.get_or_create(&[("limit", limit.key()), ("outcome", outcome)]).inc();
    }

    pub fn accepted(&self, recipients: usize, octets: u64) {
        self.messages.inc();
        self.recipients.inc_by(u64::try_from(recipients).unwrap_or(u64::MAX));
        self.octets.inc_by(octets);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_have_their_names() {
        for (rule, name) in RuleId::ALL.into_iter().zip(RULES) {
            assert_eq!((rule.to_string().as_str(), RULES.get(rule as usize)), (name, Some(&name)));
        }
    }
}
