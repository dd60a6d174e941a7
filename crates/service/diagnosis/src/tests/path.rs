//! C12 to C16: connectors that are not what they should be, who stands between, and who sent at all.

use proto_exchange::CertificateIdentifier;
use proto_exchange::dump::{ExchangeServer, SendConnector, Shown};

use super::world::{CONNECTOR, PLAIN, World, answered, at, certificate, found, inbound, sent};
use crate::answer::Certainty::{Certain, Likely, Possible};
use crate::answer::Diagnosis;
use crate::evidence::{AcceptedMail, EvidenceKind, Observed, SendingProgram, SentCertificate, SourceId};

/// Mail that passed from an address, with the tenant that the far side took it for.
fn taken(tenant: &str, address: &str, entity: &str) -> AcceptedMail {
    AcceptedMail {
        at: Some(at("08:00")),
        tenant: Some(tenant.into()),
        egress: Some(address.parse().unwrap()),
        from_entity: Some(entity.into()),
        originating: None,
        mail_from: None,
        path: Vec::new(),
        proof: Vec::new(),
    }
}

fn has(diagnosis: &Diagnosis, code: &str) -> bool {
    found(diagnosis).iter().any(|(own, _)| *own == code)
}

#[test]
fn two_tenants_for_one_address_are_told() {
    let check = |mails: [AcceptedMail; 2], expected: bool| {
        let shown = format!("{mails:?}");
        let mut world = World::new();
        world.evidence.accepted.extend(mails);
        assert_eq!(has(&world.diagnose(), "C13"), expected, "{shown}");
    };
    let [own, other] = ["203.0.113.7", "198.51.100.9"];
    check([taken("a", own, "HybridOnPrem"), taken("b", own, "HybridOnPrem")], true);
    check([taken("a", own, "HybridOnPrem"), taken("a", own, "HybridOnPrem")], false);
    // Two ways of two organisations.
    check([taken("a", own, "HybridOnPrem"), taken("b", other, "HybridOnPrem")], false);
    // Mail from outside belongs to whom it is for.
    check([taken("a", own, "HybridOnPrem"), taken("b", own, "Internet")], false);
}

/// A bounce that a server wrote.
fn bounced(server: Option<&str>) -> Diagnosis {
    let mut attempt = sent("10:00", answered(PLAIN), None);
    attempt.witness = EvidenceKind::Bounce;
    attempt.egress = None;
    attempt.server = server.map(Into::into);
    let connectors = [inbound("HQ", Some("*.contoso.com"), &[])];
    World::new().connectors(connectors).domains(&["contoso.com"]).attempt(attempt).diagnose()
}

#[test]
fn who_wrote_the_bounce_tells_who_sent() {
    let check = |server: Option<&str>, expected: &[(&str, _)]| {
        let diagnosis = bounced(server);
        assert_eq!(found(&diagnosis), expected, "{server:?}: {diagnosis:#?}");
    };
    check(Some("gw.signatures.example"), &[("C14", Likely)]);
    check(Some("ex01.contoso.com"), &[]);
    check(Some("ex01.contoso.local"), &[]);
    // Exchange Online is not a service between.
    check(Some("am0pr01mb0001.eurprd01.prod.outlook.com"), &[]);
    check(None, &[("C16", Possible)]);
}

/// An Edge server that sends its own certificate, though the connector names another.
fn edge(named: &str, servers: &[&str]) -> Diagnosis {
    let own = SentCertificate { issuer: "CN=EDGE01".into(), subject: "CN=EDGE01".into(), ..certificate(&["EDGE01"]) };
    let connector = SendConnector {
        line: 3,
        name: CONNECTOR.into(),
        enabled: Shown::Whole(true),
        smart_hosts: Shown::Whole(vec!["contoso-com.mail.protection.outlook.com".into()]),
        tls_certificate_name: Shown::Whole(Some(CertificateIdentifier::parse(named).unwrap())),
        source_transport_servers: Shown::Whole(servers.iter().map(|name| (*name).into()).collect()),
        ..SendConnector::default()
    };
    let mut world = World::new()
        .connectors([inbound("HQ", Some("mail.contoso.com"), &[])])
        .domains(&["contoso.com"])
        .send_connector(connector)
        .refused("10:00", PLAIN, &own);
    let object =
        ExchangeServer { name: "EDGE01".into(), server_role: Shown::Whole("Edge".into()), ..ExchangeServer::default() };
    world.evidence.configuration.exchange_servers.push(Observed { object, source: SourceId(3) });
    world.diagnose()
}

#[test]
fn a_long_identifier_is_the_cause_on_an_edge_server_only() {
    let long = format!("<I>CN=Authority, O={}<S>CN=mail.contoso.com", "x".repeat(256));
    assert_eq!(found(&edge(&long, &["edge01.contoso.local"])), [("C15", Certain)]);
    assert_eq!(found(&edge(&long, &["EX01"])), [("C04", Certain)]);
    assert_eq!(found(&edge("<I>CN=Authority<S>CN=mail.contoso.com", &["EDGE01"])), [("C04", Certain)]);
}

#[test]
fn a_status_without_words_tells_less() {
    let told = |reply: &str| {
        let mut attempt = sent("10:00", answered(reply), None);
        attempt.witness = EvidenceKind::SendmailLog;
        let diagnosis = World::new().attempt(attempt).diagnose();
        diagnosis.remarks.iter().any(|remark| remark.code == "remark-status-only")
    };
    assert!(told("550 5.7.64 Service unavailable"));
    assert!(!told(PLAIN));
}

#[test]
fn a_partner_connector_that_guards_stays_one() {
    let repair = |guards: bool| {
        let mut connector = inbound("HQ", Some("*.contoso.com"), &[]);
        connector.connector_type = Shown::Whole("partner".into());
        connector.restrict_domains_to_certificate = Shown::Whole(guards);
        let world = World::new().connectors([connector]).domains(&["contoso.com"]);
        let diagnosis = world.refused("10:00", PLAIN, &certificate(&["mail.contoso.com"])).diagnose();
        assert_eq!(found(&diagnosis), [("C12", Certain)], "{diagnosis:#?}");
        diagnosis.causes[0].repair[0].commands.clone()
    };
    assert_eq!(repair(false), ["Set-InboundConnector -Identity 'HQ' -ConnectorType OnPremises"]);
    let new = "New-InboundConnector -Name 'From our mail server' -ConnectorType OnPremises -SenderDomains '*' -RequireTls $true \
               -TlsSenderCertificateName '*.contoso.com'";
    assert_eq!(repair(true), [new]);
}

#[test]
fn attempts_that_were_not_kept_are_told() {
    let told = |beyond: u64| {
        let mut world = World::new().attempt(sent("10:00", answered(PLAIN), None));
        world.evidence.attempts.beyond = beyond;
        let remarks = world.diagnose().remarks;
        let own = remarks.iter().find(|remark| remark.code == "remark-attempts-beyond");
        own.map(|remark| remark.arguments.values().cloned().collect::<Vec<_>>())
    };
    assert_eq!(told(0), None);
    assert_eq!(told(7), Some(vec!["7".to_owned()]));
}

#[test]
fn headers_that_were_not_kept_are_told_apart_from_attempts() {
    let codes = |beyond: u64, are_left_out: bool| {
        let mut world = World::new().attempt(sent("10:00", answered(PLAIN), None));
        world.evidence.attempts.beyond = beyond;
        world.evidence.are_witnesses_left_out = are_left_out;
        let remarks = world.diagnose().remarks.into_iter().map(|remark| remark.code);
        remarks.filter(|code| code.ends_with("beyond")).collect::<Vec<_>>()
    };
    assert_eq!(codes(7, false), ["remark-attempts-beyond"]);
    assert_eq!(codes(0, true), ["remark-beyond"]);
}

#[test]
fn a_send_log_is_asked_for_where_exchange_may_have_sent() {
    let is_asked_for = |witness: EvidenceKind, sender: SendingProgram| {
        let mut attempt = sent("10:00", answered(PLAIN), None);
        (attempt.witness, attempt.sender) = (witness, sender);
        let mut world = World::new().attempt(attempt);
        // A file of Postfix lies beside, whoever sent.
        world.evidence.sources[0].kinds = vec![witness, EvidenceKind::PostfixSettings];
        world.diagnose().missing.iter().any(|missing| missing.what.code == "missing-send-log")
    };
    assert!(is_asked_for(EvidenceKind::Bounce, SendingProgram::Unknown));
    assert!(is_asked_for(EvidenceKind::TrackingLog, SendingProgram::Exchange));
    assert!(!is_asked_for(EvidenceKind::PostfixLog, SendingProgram::Postfix));
    assert!(!is_asked_for(EvidenceKind::EximLog, SendingProgram::Exim));
}
