//! Explain: from a request to a verdict, and what is wrong with requests.

use std::collections::BTreeSet;

use core_attribution::{Answer, RuleId, VerdictKind};
use core_directory::{Thumbprint, TrustAnchor};
use proto_certificate::OperatorTrust;
use serde_json::{Value, json};

use super::*;
use crate::wire::ProblemKind::{BadRequest, TooLarge};

async fn check(server: &Server, request: Value, verdict: VerdictKind, rule: Option<RuleId>) -> Answer {
    let answer: Answer = server.client.post("/v1/explain", &request).await;
    assert_eq!((answer.verdict, answer.rule), (verdict, rule), "{request}: {answer:#?}");
    answer
}

#[tokio::test]
async fn verdicts() {
    use VerdictKind::{Passes, Refused, Undetermined};
    let server = Server::start().await;
    let by_name = |names: Value| {
        json!({"presented_names": names, "mail_from": "ann@contoso.com", "rcpt_to": "bob@example.org",
               "remote_ip": "198.51.100.1"})
    };
    check(&server, by_name(json!(["mail.contoso.com"])), Passes, Some(RuleId::A5)).await;
    let refused = check(&server, by_name(json!(["mail.contoso.org"])), Refused, Some(RuleId::A10)).await;
    assert_eq!(refused.considered[0].connector, "Inbound from HQ");
    assert!(check(&server, json!({}), Undetermined, None).await.missing.contains(&"certificate".to_owned()));
    let incoming = json!({"no_certificate": true, "mail_from": "<>", "rcpt_to": "<ann@contoso.com>", "tls": false,
                          "remote_ip": "::ffff:192.0.2.1", "at": "2030-01-01T00:00:00Z"});
    let answer = check(&server, incoming, Passes, Some(RuleId::A9)).await;
    assert_eq!(answer.tenant.as_deref(), Some("contoso"));
    assert_eq!(answer.presented.remote_ip.as_deref(), Some("192.0.2.1"));
    assert_eq!(answer.presented.mail_from.as_deref(), Some(""));
    for recipient in ["postmaster", "ann@[192.0.2.1]", "<>"] {
        let nowhere = json!({"no_certificate": true, "mail_from": "example.org", "rcpt_to": recipient, "tls": true,
                             "remote_ip": "192.0.2.1"});
        check(&server, nowhere, Refused, Some(RuleId::A10)).await;
    }
}

/// A self-signed certificate, which is its own root.
fn own_root(name: &str) -> (String, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    (made.cert.pem(), made.cert.der().to_vec())
}

fn with_certificate(pem: &str) -> Value {
    json!({"certificate_pem": pem, "mail_from": "ann@contoso.com", "rcpt_to": "bob@example.org",
           "remote_ip": "198.51.100.1"})
}

#[tokio::test]
async fn certificates_are_judged_by_the_relays_own_trust() {
    use VerdictKind::{Passes, Refused};
    let (pem, der) = own_root("mail.contoso.com");

    let server = Server::start().await;
    let untrusted = check(&server, with_certificate(&pem), Refused, Some(RuleId::A10)).await;
    assert_eq!(untrusted.presented.chain_faults[0].code, "self-signed-leaf");
    let mut tenant = tenants(DIRECTORY).remove(0);
    tenant.trusted_roots = vec![TrustAnchor { der: der.clone() }];
    let apply = service_directory::ApplyRequest { tenants: vec![tenant], ..request("") };
    server.state.directory.apply(apply).await.unwrap();
    check(&server, with_certificate(&pem), Passes, Some(RuleId::A5)).await;

    let (trust, problems) = TrustStore::new([der.as_slice()]);
    assert!(problems.is_empty(), "{problems:?}");
    let leaf: Thumbprint = proto_certificate::thumbprint(&der);
    let trusting = |state: &mut AdminState| {
        state.trust.store(Arc::new(OperatorTrust { roots: trust, ..OperatorTrust::default() }));
    };
    let server = Server::build(|directories| directories, trusting).await;
    server.state.directory.apply(request(DIRECTORY)).await.unwrap();
    check(&server, with_certificate(&pem), Passes, Some(RuleId::A5)).await;

    let (trust, _) = TrustStore::new([der.as_slice()]);
    let denying = |state: &mut AdminState| {
        let denied = BTreeSet::from([leaf]);
        state.trust.store(Arc::new(OperatorTrust { roots: trust, denied }));
    };
    let server = Server::build(|directories| directories, denying).await;
    server.state.directory.apply(request(DIRECTORY)).await.unwrap();
    check(&server, with_certificate(&pem), Refused, Some(RuleId::A10)).await;
}

#[tokio::test]
async fn what_is_wrong_with_requests() {
    let server = Server::start().await;
    let many: Vec<String> = (0..257).map(|number| format!("h{number}.example.org")).collect();
    for (body, field, expected) in [
        (json!({"remote_ip": "192.0.2.300"}), "remote_ip", "no IP address"),
        (json!({"certificate_pem": "nothing"}), "certificate_pem", "certificate"),
        (json!({"presented_names": ["a b"]}), "presented_names", "\"a b\""),
        (json!({"presented_names": many}), "presented_names", "at most 256"),
        (json!({"presented_names": ["a.example"], "no_certificate": true}), "certificate_pem", "give one of"),
        (json!({"presented_names": ["a.example.org"], "tls": false}), "tls", "over TLS only"),
        (json!({"mail_from": "ann@"}), "mail_from", "ann@"),
        (json!({"rcpt_to": "ann@a..b"}), "rcpt_to", "a..b"),
    ] {
        let problem = server.client.refuses("POST", "/v1/explain", &body.to_string(), BadRequest, expected).await;
        assert_eq!(problem.errors.len(), 1, "{body}");
        assert_eq!(problem.errors[0].field, field, "{body}");
    }
    let two = json!({"mail_from": "ann@", "rcpt_to": "bob@"}).to_string();
    let problem = server.client.refuses("POST", "/v1/explain", &two, BadRequest, "bob@").await;
    assert_eq!(problem.errors.len(), 2, "all at once");
    for (body, expected) in
        [("", "EOF"), ("{", "EOF"), ("{\"remote_address\": 1}", "unknown field"), ("{\"at\": \"yesterday\"}", "at")]
    {
        server.client.refuses("POST", "/v1/explain", body, BadRequest, expected).await;
    }
    let long = " ".repeat(crate::MAX_BODY + 1);
    let reply = server.client.send("POST", "/v1/explain", long).await;
    assert_eq!(reply.status, TooLarge.status(), "{}", reply.body);
}
