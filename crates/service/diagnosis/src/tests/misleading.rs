//! Evidence that misleads, as administrators really hand it over: nothing is certain that it does not carry.

use std::sync::Arc;

use core_directory::Domain;
use proto_exchange::dump::{InboundConnector, SendConnector, Shown};

use super::world::{PLAIN, World, answered, at, certificate, found, inbound, sent};
use crate::answer::{Certainty, RepairSide};
use crate::evidence::{
    AcceptedMail, Attempt, Certificate, EventFact, EvidenceKind, Observed, Outcome, PostfixSettings, Proof,
    SendingProgram, SentCertificate, SourceId, Tls,
};
use crate::predict;

/// What Exchange presents unless told otherwise.
fn own_of_server() -> SentCertificate {
    let subject: Box<str> = "CN=EX01".into();
    SentCertificate { subject: subject.clone(), issuer: subject, ..certificate(&["EX01", "ex01.contoso.local"]) }
}

fn refused() -> Attempt {
    sent("08:00", answered(PLAIN), None)
}

#[test]
fn what_a_server_between_saw_tells_nothing_of_the_far_side() {
    let front_end = |mut attempt: Attempt| {
        attempt.next_hop.name = Some("ex01.contoso.local".into());
        attempt.egress = "10.1.0.5".parse().ok();
        attempt.tls = Tls::On;
        attempt.certificate = Certificate::Sent(Arc::new(own_of_server()));
        attempt
    };
    for connector in [inbound("HQ", Some("*.contoso.com"), &[]), inbound("HQ", None, &["198.51.100.1"])] {
        let world = World::new().connectors([connector]).domains(&["contoso.com"]).attempt(front_end(refused()));
        let diagnosis = world.diagnose();
        assert_eq!(found(&diagnosis), [], "{:?}", diagnosis.causes);
        let remark = diagnosis.remarks.iter().find(|remark| remark.code == "remark-passed-on");
        let server = remark.and_then(|remark| remark.arguments.get("server"));
        assert_eq!(server.map(String::as_str), Some("ex01.contoso.local"), "{:?}", diagnosis.remarks);
    }
}

#[test]
fn an_inside_address_is_never_registered() {
    let mut attempt = refused();
    attempt.next_hop.name = None;
    attempt.egress = "10.1.0.5".parse().ok();
    let world = World::new().connectors([inbound("HQ", None, &["198.51.100.1"])]).domains(&["contoso.com"]);
    let diagnosis = world.attempt(attempt).diagnose();
    assert!(found(&diagnosis).iter().all(|(code, _)| *code != "C02"), "{:?}", diagnosis.causes);
}

#[test]
fn by_address_neither_certificate_nor_tls_matters() {
    let world = || World::new().connectors([inbound("HQ", None, &["198.51.100.1"])]).domains(&["contoso.com"]);
    let check = |tls: Tls, certificate: Certificate| {
        let attempt = Attempt { tls: tls.clone(), certificate, ..refused() };
        let diagnosis = world().attempt(attempt).diagnose();
        assert_eq!(found(&diagnosis), [("C02", Certainty::Certain)], "{tls:?}: {:?}", diagnosis.causes);
    };
    check(Tls::NotOffered, Certificate::NotSent);
    check(Tls::NotUsed, Certificate::NotSent);
}

#[test]
fn without_the_connectors_missing_tls_is_no_certain_cause() {
    let attempt = Attempt { tls: Tls::NotOffered, certificate: Certificate::NotSent, ..refused() };
    let diagnosis = World::new().attempt(attempt).diagnose();
    assert_eq!(found(&diagnosis).first(), Some(&("C07", Certainty::Likely)), "{:?}", diagnosis.causes);
}

#[test]
fn a_certificate_that_expired_later_is_not_why_mail_was_refused() {
    let ends = SentCertificate { not_after: Some(at("12:00")), ..certificate(&["mail.contoso.net"]) };
    let world = World::new().connectors([inbound("HQ", Some("*.contoso.com"), &[])]).domains(&["contoso.com"]);
    let diagnosis = world.refused("08:00", PLAIN, &ends).refused("15:00", PLAIN, &ends).diagnose();
    assert_eq!(found(&diagnosis), [("C01", Certainty::Certain)], "{:?}", diagnosis.causes);
}

#[test]
fn a_command_is_one_line_whatever_stands_in_a_name() {
    let mut attempt = sent("08:00", answered(PLAIN), Some(&own_of_server()));
    attempt.connector = Some("Out\r\nRemove-Mailbox *\u{85}".into());
    attempt.server = Some("ex01\nRemove-Mailbox *".into());
    let mut other = sent("09:00", Outcome::Accepted, Some(&certificate(&["mail.contoso.com"])));
    (other.connector, other.server) = (attempt.connector.clone(), Some("ex02".into()));
    let connectors = [inbound("HQ\n$(Remove-Mailbox)", Some("*.contoso.com"), &[])];
    let world = World::new().connectors(connectors).domains(&["contoso.com"]);
    let mut diagnosis = world.attempt(attempt).attempt(other).diagnose();
    let mut commands = 0;
    diagnosis.each_command(&mut |command| {
        commands += 1;
        assert!(!command.contains(char::is_control), "{command:?}");
    });
    assert!(commands > 0);
}

#[test]
fn dumps_of_two_organizations_make_nothing_certain() {
    let mut world = World::new().connectors([inbound("HQ", Some("*.fabrikam.com"), &[])]).domains(&["contoso.net"]);
    let partner = World::new().domains(&["fabrikam.com"]).evidence.configuration.accepted_domains;
    world.evidence.configuration.accepted_domains.extend(partner.into_iter().map(|mut observed| {
        if observed.object.initial_domain.whole() == Some(&true) {
            observed.object.domain_name = "fabrikam.onmicrosoft.com".into();
        }
        observed
    }));
    let diagnosis = world.refused("08:00", PLAIN, &certificate(&["mail.contoso.net"])).diagnose();
    assert_eq!(found(&diagnosis), [("C01", Certainty::Possible)], "{:?}", diagnosis.causes);
    assert!(diagnosis.remarks.iter().any(|remark| remark.code == "remark-several-organizations"));
}

#[test]
fn mail_to_own_recipients_shows_no_relaying() {
    let wrong = certificate(&["mail.contoso.net"]);
    for recipient in ["contoso.com", "contoso.mail.onmicrosoft.com"] {
        let own = |time: &str, server: &str| Attempt {
            server: Some(server.into()),
            recipients: vec![Domain::parse(recipient).unwrap()],
            ..sent(time, Outcome::Accepted, None)
        };
        let world = World::new().connectors([inbound("HQ", Some("*.contoso.com"), &[])]).domains(&["contoso.com"]);
        let world = world.refused("08:00", PLAIN, &wrong).attempt(own("07:00", "10.0.0.5"));
        let diagnosis = world.attempt(own("09:00", "10.0.0.6")).diagnose();
        assert_eq!(found(&diagnosis), [("C01", Certainty::Certain)], "{recipient}: {:?}", diagnosis.causes);
        let worked: Vec<_> = diagnosis.causes.iter().map(|cause| cause.last_worked).collect();
        assert_eq!(worked, [None], "{recipient}");
    }
}

#[test]
fn what_passed_again_unchanged_was_not_refused_for_what_the_dumps_show() {
    let wrong = certificate(&["mail.contoso.net"]);
    let world = World::new().connectors([inbound("HQ", Some("*.contoso.com"), &[])]).domains(&["contoso.com"]);
    let diagnosis = world.refused("08:00", PLAIN, &wrong).passed("15:00", &wrong).diagnose();
    assert_eq!(found(&diagnosis), [("C01", Certainty::Possible)], "{:?}", diagnosis.causes);
    assert!(diagnosis.remarks.iter().any(|remark| remark.code == "remark-passes-again"));
}

#[test]
fn names_that_were_masked_are_not_known() {
    for name in ["mail.xxxxxxx.com", "mail.*****.com", "mail.[removed].com", "XXXX"] {
        let world = World::new().connectors([inbound("HQ", Some("*.contoso.com"), &[])]).domains(&["contoso.com"]);
        let diagnosis = world.refused("08:00", PLAIN, &certificate(&[name])).diagnose();
        assert_eq!(found(&diagnosis), [], "{name}: {:?}", diagnosis.causes);
    }
}

#[test]
fn what_holds_a_partner_to_its_servers_is_not_made_a_way_out() {
    let gateway = InboundConnector {
        connector_type: Shown::Whole("partner".into()),
        restrict_domains_to_ip_addresses: Shown::Whole(true),
        ..inbound("Gateway", None, &["203.0.113.7"])
    };
    let world = World::new().connectors([gateway]).domains(&["contoso.com"]);
    let diagnosis = world.attempt(refused()).diagnose();
    let cause = diagnosis.causes.iter().find(|cause| cause.code == "C12").unwrap();
    let commands: Vec<&str> = cause.repair.iter().flat_map(|repair| &repair.commands).map(String::as_str).collect();
    assert!(commands.iter().all(|command| !command.contains("Set-InboundConnector")), "{commands:?}");
    assert!(commands.iter().any(|command| command.starts_with("New-InboundConnector")), "{commands:?}");
}

#[test]
fn a_connector_of_which_two_columns_are_shown_is_not_taken_for_off() {
    let shown = InboundConnector {
        line: 3,
        name: "HQ".into(),
        tls_sender_certificate_name: Shown::Whole(Some("*.contoso.com".into())),
        certificate_name_line: 4,
        ..InboundConnector::default()
    };
    let world = World::new().connectors([shown]).domains(&["contoso.com"]);
    let diagnosis = world.refused("08:00", PLAIN, &certificate(&["mail.contoso.net"])).diagnose();
    assert!(found(&diagnosis).iter().all(|(code, _)| *code != "C12"), "{:?}", diagnosis.causes);
}

#[test]
fn the_servers_own_certificate_is_certainly_wrong_only_where_a_certificate_is_wanted() {
    let own = own_of_server();
    let alone = World::new().refused("08:00", PLAIN, &own).diagnose();
    assert_eq!(found(&alone).first(), Some(&("C04", Certainty::Likely)), "{:?}", alone.causes);
    let world = World::new().connectors([inbound("HQ", Some("*.contoso.com"), &[])]).domains(&["contoso.com"]);
    let wanted = world.refused("08:00", PLAIN, &own).diagnose();
    assert_eq!(found(&wanted).first(), Some(&("C04", Certainty::Certain)), "{:?}", wanted.causes);
}

#[test]
fn no_connector_is_told_to_go_by_an_inside_name() {
    let partner =
        InboundConnector { connector_type: Shown::Whole("partner".into()), ..inbound("P", None, &["192.0.2.1"]) };
    let world = World::new().connectors([partner]).domains(&["contoso.com"]);
    let mut diagnosis = world.refused("08:00", PLAIN, &own_of_server()).diagnose();
    diagnosis.each_command(&mut |command| assert!(!command.to_lowercase().contains("'ex01"), "{command}"));
}

#[test]
fn mail_that_another_server_hands_to_others_shows_nothing() {
    let elsewhere = |server: &str, host: &str, outcome: Outcome, time: &str| {
        let mut attempt = sent(time, outcome, None);
        attempt.witness = EvidenceKind::PostfixLog;
        attempt.connector = Some("smtp".into());
        attempt.server = Some(server.into());
        attempt.next_hop.name = Some(host.into());
        attempt
    };
    let refused = elsewhere("mx1", "contoso-com.mail.protection.outlook.com", answered(PLAIN), "08:00");
    let passed = elsewhere("mx2", "mx.example.org", Outcome::Accepted, "09:00");
    let diagnosis = World::new().attempt(refused).attempt(passed).diagnose();
    assert!(found(&diagnosis).iter().all(|(code, _)| *code != "C20"), "{:?}", diagnosis.causes);
}

#[test]
fn of_several_instances_of_postfix_none_is_blamed() {
    let settings = |certificate: &str| {
        let settings = vec![("smtp_tls_cert_file".into(), certificate.into(), 1)];
        Observed { object: PostfixSettings { settings }, source: SourceId(3) }
    };
    let refused_by_name = || {
        let attempt = Attempt { witness: EvidenceKind::PostfixLog, sender: SendingProgram::Postfix, ..refused() };
        World::new().connectors([inbound("HQ", Some("*.contoso.com"), &[])]).domains(&["contoso.com"]).attempt(attempt)
    };
    let check = |all: Vec<Observed<PostfixSettings>>, blamed: bool| {
        let mut world = refused_by_name();
        world.evidence.configuration.postfix_settings = all;
        let diagnosis = world.diagnose();
        assert_eq!(found(&diagnosis).iter().any(|(code, _)| *code == "P02"), blamed, "{:?}", diagnosis.causes);
    };
    check(vec![settings("")], true);
    check(vec![settings(""), settings("")], true);
    check(vec![settings("/etc/postfix/client.pem"), settings("")], false);
}

#[test]
fn a_connector_that_the_log_does_not_name_predicts_nothing() {
    let dumped = SendConnector {
        name: "To Microsoft 365".into(),
        smart_hosts: Shown::Whole(vec!["contoso-com.mail.protection.outlook.com".into()]),
        ..SendConnector::default()
    };
    let world = World::new().send_connector(dumped);
    let configuration = &world.evidence.configuration;
    let named = |name| predict::send_connector(configuration, name).map(|own| own.object.name.to_string());
    assert_eq!(named(None).as_deref(), Some("To Microsoft 365"));
    assert_eq!(named(Some("to microsoft 365")).as_deref(), Some("To Microsoft 365"));
    assert_eq!(named(Some("Another")), None);
}

#[test]
fn where_two_dumps_as_late_disagree_nothing_is_certain() {
    let undated = |value: &str| InboundConnector { when_changed: None, ..inbound("HQ", Some(value), &[]) };
    let check = |dumps: [InboundConnector; 2], expected: Option<Certainty>| {
        let world = World::new().connectors(dumps).domains(&["contoso.com", "contoso.net"]);
        let world = world.passed("07:00", &certificate(&["mail.contoso.com"]));
        let diagnosis = world.refused("08:00", PLAIN, &certificate(&["mail.contoso.net"])).diagnose();
        let c01 = diagnosis.causes.iter().find(|cause| cause.code == "C01").map(|cause| cause.certainty);
        assert_eq!(c01, expected, "{:?}", diagnosis.causes);
    };
    check([undated("*.contoso.com"), undated("*.contoso.com")], Some(Certainty::Certain));
    check([undated("*.contoso.net"), undated("*.contoso.com")], None);
    // What was dumped in part takes nothing from what is shown whole.
    let part = InboundConnector { name: "hq".into(), ..InboundConnector::default() };
    check([inbound("HQ", Some("*.contoso.com"), &[]), part.clone()], Some(Certainty::Certain));
    check([undated("*.contoso.com"), part], Some(Certainty::Certain));
}

#[test]
fn repairs_are_for_the_program_that_sent() {
    let check = |program: SendingProgram, side: RepairSide| {
        let mut attempt = sent("08:00", answered(PLAIN), Some(&own_of_server()));
        attempt.sender = program;
        let world = World::new().connectors([inbound("HQ", Some("*.contoso.com"), &[])]).domains(&["contoso.com"]);
        let diagnosis = world.attempt(attempt).diagnose();
        let sides: Vec<RepairSide> = diagnosis.causes[0].repair.iter().map(|repair| repair.side).collect();
        assert!(sides.contains(&side), "{program:?}: {:?}", diagnosis.causes[0]);
        assert_eq!(sides.contains(&RepairSide::ExchangeServer), side == RepairSide::ExchangeServer, "{sides:?}");
    };
    check(SendingProgram::Exchange, RepairSide::ExchangeServer);
    check(SendingProgram::Postfix, RepairSide::Postfix);
    check(SendingProgram::Postwarden, RepairSide::Postwarden);
}

#[test]
fn one_certificate_from_two_addresses_is_a_matter_of_addresses() {
    let shared = certificate(&["mail.contoso.net"]);
    let from = |server: &str, address: &str, outcome: Outcome, time: &str| {
        let mut attempt = sent(time, outcome, Some(&shared));
        (attempt.server, attempt.egress) = (Some(server.into()), address.parse().ok());
        attempt
    };
    let world = World::new().connectors([inbound("Office", None, &["203.0.113.7"])]).domains(&["contoso.com"]);
    let diagnosis = world
        .attempt(from("10.0.0.5", "203.0.113.7", Outcome::Accepted, "09:00"))
        .attempt(from("10.0.0.6", "198.51.100.9", answered(PLAIN), "08:00"))
        .diagnose();
    let c20 = diagnosis.causes.iter().find(|cause| cause.code == "C20").unwrap();
    assert_eq!(c20.statement.code, "cause-c20-address");
    let commands: Vec<&String> = c20.repair.iter().flat_map(|repair| &repair.commands).collect();
    assert_eq!(commands, ["Set-InboundConnector -Identity 'Office' -SenderIPAddresses @{Add='198.51.100.9'}"]);
}

#[test]
fn an_event_that_is_told_twice_is_no_surer() {
    let event = |line: u64| EventFact {
        at: Some(at("08:00")),
        id: 12014,
        connector: Some("Internet mail Praha".into()),
        proof: Proof::new(SourceId(3), line, "12014"),
        ..event_of("MSExchangeTransport")
    };
    let mut world = World::new();
    world.evidence.events = vec![event(1), event(2)];
    let diagnosis = world.diagnose();
    assert_eq!(found(&diagnosis), [("C04", Certainty::Possible)], "{:?}", diagnosis.causes);
    assert!(diagnosis.causes[0].question.is_some());
}

#[test]
fn an_event_of_another_month_is_not_certain() {
    let check = |time: &str, expected: Certainty| {
        let old = EventFact {
            at: time.parse().ok(),
            id: 12014,
            connector: Some(super::world::CONNECTOR.into()),
            ..event_of("MSExchangeTransport")
        };
        let mut world = World::new().attempt(refused());
        world.evidence.events = vec![old];
        let diagnosis = world.diagnose();
        let c04 = diagnosis.causes.iter().find(|cause| cause.code == "C04").map(|cause| cause.certainty);
        assert_eq!(c04, Some(expected), "{time}: {:?}", diagnosis.causes);
    };
    check("2026-11-20T07:30:00Z", Certainty::Certain);
    check("2026-10-01T07:30:00Z", Certainty::Likely);
}

#[test]
fn somebody_elses_headers_tell_no_address_of_ours() {
    let header = |sender: &str| AcceptedMail {
        egress: "209.85.218.44".parse().ok(),
        mail_from: Domain::parse(sender).ok(),
        proof: vec![Proof::new(SourceId(3), 4, "CIP:209.85.218.44")],
        ..AcceptedMail::default()
    };
    let check = |sender: &str, added: bool| {
        let mut attempt = refused();
        attempt.egress = None;
        let mut world =
            World::new().connectors([inbound("By domain", None, &[])]).domains(&["contoso.com"]).attempt(attempt);
        world.evidence.accepted = vec![header(sender)];
        let mut diagnosis = world.diagnose();
        let mut seen = false;
        diagnosis.each_command(&mut |command| seen |= command.contains("209.85.218.44"));
        assert_eq!(seen, added, "{sender}: {:?}", diagnosis.causes);
    };
    check("contoso.com", true);
    check("gmail.com", false);
}

#[test]
fn postfix_in_the_folder_is_not_blamed_for_what_exchange_sent() {
    let settings = PostfixSettings { settings: vec![("relayhost".into(), "[mail.example.org]".into(), 1)] };
    let mut attempt = refused();
    (attempt.tls, attempt.certificate) = (Tls::On, Certificate::NotSent);
    let mut world =
        World::new().connectors([inbound("HQ", Some("*.contoso.com"), &[])]).domains(&["contoso.com"]).attempt(attempt);
    world.evidence.configuration.postfix_settings = vec![Observed { object: settings, source: SourceId(3) }];
    let diagnosis = world.diagnose();
    assert!(found(&diagnosis).iter().all(|(code, _)| !["P02", "C17"].contains(code)), "{:?}", diagnosis.causes);
}

#[test]
fn a_servers_inside_name_is_nobody_elses() {
    for server in ["ex01.contoso.lan", "ex01.contoso.corp", "ex01.contoso.internal", "ex01.contoso.local"] {
        let mut attempt = refused();
        (attempt.witness, attempt.server) = (EvidenceKind::Bounce, Some(server.into()));
        let diagnosis = World::new().domains(&["contoso.com"]).attempt(attempt).diagnose();
        assert!(found(&diagnosis).iter().all(|(code, _)| *code != "C14"), "{server}: {:?}", diagnosis.causes);
    }
}

fn event_of(provider: &str) -> EventFact {
    EventFact { provider: provider.into(), proof: Proof::new(SourceId(3), 1, "12014"), ..EventFact::default() }
}
