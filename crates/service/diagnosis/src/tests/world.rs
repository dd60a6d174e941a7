//! A small world: one tenant of Exchange Online, one Send connector, one certificate, and mail that was refused or passed.
//! Tests change what they are about.

use std::sync::Arc;

use core_attribution::{Fact, Sender};
use core_directory::Domain;
use jiff::Timestamp;
use proto_exchange::RemoteReply;
use proto_exchange::dump::{AcceptedDomain, InboundConnector, Origin, SendConnector, Shown};

use crate::answer::{Certainty, Diagnosis};
use crate::diagnose;
use crate::evidence::{
    Attempt, Certificate, Evidence, EvidenceKind, Observed, Outcome, Proof, SentCertificate, Source, SourceId, Tls,
};

pub const PLAIN: &str = "550 5.7.64 TenantAttribution; Relay Access Denied [AM5.eop-EUR02.prod.protection.outlook.com]";
pub const ATTR36: &str = "550 5.7.64 Relay Access Denied ATTR36. For more details please refer to \
                          https://support.microsoft.com/kb/3169958 [A.GBRP123.PROD.OUTLOOK.COM]";
pub const CONNECTOR: &str = "Outbound to Office 365";

/// Evidence under construction.
pub struct World {
    pub evidence: Evidence,
}

/// A time of the day on which mail began to be refused.
pub fn at(time: &str) -> Timestamp {
    format!("2026-11-20T{time}:00Z").parse().unwrap()
}

/// The time of diagnosis.
pub fn now() -> Timestamp {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

/// A public certificate for these names, the first of which is its CN.
pub fn certificate(names: &[&str]) -> SentCertificate {
    let title = names.first().copied().unwrap_or_default();
    SentCertificate {
        subject: format!("CN={title}, O=Contoso").into(),
        issuer: "CN=Public CA, O=Authority".into(),
        serial_number: "0A".into(),
        thumbprint: format!(
            "{:040X}",
            names.join(";").bytes().fold(7_u64, |hash, octet| hash * 31 % 999_983 + u64::from(octet))
        )
        .into(),
        names: names.iter().map(|name| (*name).into()).collect(),
        not_before: Some("2026-11-01T00:00:00Z".parse().unwrap()),
        not_after: Some("2027-05-01T00:00:00Z".parse().unwrap()),
    }
}

/// An enabled OnPremises connector, shown whole.
pub fn inbound(name: &str, value: Option<&str>, addresses: &[&str]) -> InboundConnector {
    InboundConnector {
        line: 10,
        name: name.into(),
        enabled: Shown::Whole(true),
        connector_type: Shown::Whole("onpremises".into()),
        sender_ip_addresses: Shown::Whole(addresses.iter().map(|text| (*text).into()).collect()),
        sender_domains: Shown::Whole(vec!["smtp:*;1".into()]),
        associated_accepted_domains: Shown::Whole(Vec::new()),
        require_tls: Shown::Whole(value.is_some()),
        restrict_domains_to_ip_addresses: Shown::Whole(false),
        restrict_domains_to_certificate: Shown::Whole(false),
        tls_sender_certificate_name: Shown::Whole(value.map(Into::into)),
        certificate_name_line: 14,
        addresses_line: 12,
        when_changed: Some("2026-01-01T00:00:00Z".parse().unwrap()),
    }
}

impl World {
    /// Files 0 to 9, and nothing in them.
    pub fn new() -> Self {
        let mut evidence = Evidence::default();
        for (number, name) in ["send.log", "connectors.xml", "domains.xml", "on-premises.xml"].into_iter().enumerate() {
            let mut source = Source::new(SourceId(u32::try_from(number).unwrap()), name);
            source.is(if number == 0 { EvidenceKind::SendLog } else { EvidenceKind::Dump });
            evidence.sources.push(source);
        }
        Self { evidence }
    }

    /// With the inbound connectors, all of them.
    pub fn connectors(mut self, connectors: impl IntoIterator<Item = InboundConnector>) -> Self {
        let source = SourceId(1);
        let observed = connectors.into_iter().map(|object| Observed { object, source });
        self.evidence.configuration.inbound_connectors.extend(observed);
        self.evidence.configuration.inbound_listed.push(source);
        self
    }

    /// With the accepted domains, all of them, and the initial one.
    pub fn domains(mut self, domains: &[&str]) -> Self {
        for (line, domain) in (1..).zip(domains.iter().chain(&["contoso.onmicrosoft.com"])) {
            let object = AcceptedDomain {
                line,
                origin: Origin::ExchangeOnline,
                domain_name: (*domain).into(),
                match_subdomains: Shown::Whole(false),
                initial_domain: Shown::Whole(domain.ends_with("onmicrosoft.com")),
                ..AcceptedDomain::default()
            };
            self.evidence.configuration.accepted_domains.push(Observed { object, source: SourceId(2) });
        }
        self.evidence.configuration.accepted_listed.push(SourceId(2));
        self
    }

    /// With a Send connector.
    pub fn send_connector(mut self, object: SendConnector) -> Self {
        self.evidence.configuration.send_connectors.push(Observed { object, source: SourceId(3) });
        self
    }

    /// With one attempt.
    pub fn attempt(mut self, attempt: Attempt) -> Self {
        self.evidence.attempts.add(attempt);
        self
    }

    /// With mail refused by this reply that came with this certificate.
    pub fn refused(self, time: &str, reply: &str, certificate: &SentCertificate) -> Self {
        self.attempt(sent(time, answered(reply), Some(certificate)))
    }

    /// With mail that passed with this certificate.
    pub fn passed(self, time: &str, certificate: &SentCertificate) -> Self {
        self.attempt(sent(time, Outcome::Accepted, Some(certificate)))
    }

    /// What is found.
    pub fn diagnose(&self) -> Diagnosis {
        diagnose(&self.evidence, now())
    }
}

/// An answer of the far side.
pub fn answered(reply: &str) -> Outcome {
    Outcome::Answered(Arc::new(RemoteReply::find(reply).unwrap()), Some("RCPT TO"))
}

/// An attempt as a Send log shows it: from contoso.com to outside, over TLS where there is a certificate.
pub fn sent(time: &str, outcome: Outcome, certificate: Option<&SentCertificate>) -> Attempt {
    let text = match &outcome {
        Outcome::Answered(reply, _) => reply.text.clone(),
        Outcome::Accepted => "250 2.6.0 Queued mail for delivery".to_owned(),
        Outcome::Broken(text) => text.to_string(),
        Outcome::NotShown => String::new(),
    };
    let mut attempt = Attempt::new(EvidenceKind::SendLog, outcome, Proof::new(SourceId(0), 30, &text));
    attempt.at = Some(at(time));
    attempt.server = Some("10.0.0.5".into());
    attempt.connector = Some(CONNECTOR.into());
    attempt.next_hop.name = Some("contoso-com.mail.protection.outlook.com".into());
    attempt.egress = Some("203.0.113.7".parse().unwrap());
    attempt.mail_from = Fact::Known(Sender::Domain(Domain::parse("contoso.com").unwrap()));
    attempt.recipients = vec![Domain::parse("example.org").unwrap()];
    if let Some(certificate) = certificate {
        attempt.tls = Tls::On;
        attempt.certificate = Certificate::Sent(Arc::new(certificate.clone()));
        let line = format!("{} {}", certificate.subject, certificate.thumbprint);
        attempt.proof.push(Proof::new(SourceId(0), 12, &line));
    }
    attempt
}

/// Codes and certainties, as found, in order.
pub fn found(diagnosis: &Diagnosis) -> Vec<(&'static str, Certainty)> {
    diagnosis.causes.iter().map(|cause| (cause.code, cause.certainty)).collect()
}
