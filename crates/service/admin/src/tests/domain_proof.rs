//! Domains proved by DNS over the interface: the record, each finding, each refusal.

use core_directory::Domain;
use io_dns::DnsFailure;

use super::*;
use crate::wire::ProblemKind::{Conflict, NotFound, TooMany};
use crate::wire::{DomainChallenge, DomainVerification, FoundWhat, ProvedBy, VerificationOutcome};

const NET: &str = "/v1/tenants/contoso/domains/contoso.net/verify";

fn record_of(challenge: &DomainChallenge) -> Domain {
    Domain::parse(&challenge.record.name).unwrap()
}

async fn verify(server: &Server, path: &str) -> DomainVerification {
    server.client.post(path, &()).await
}

#[tokio::test]
async fn the_record_is_told_and_looked_for() {
    let server = Server::start().await;
    let challenge: DomainChallenge = server.client.get(NET).await;
    assert_eq!((challenge.tenant.as_str(), challenge.domain.as_str()), ("contoso", "contoso.net"));
    assert_eq!(challenge.record.name, "_postwarden-challenge.contoso.net");
    assert_eq!(
        challenge.record.zone_line,
        format!("_postwarden-challenge.contoso.net. IN TXT \"{}\"", challenge.record.value)
    );
    assert_eq!((challenge.proof.verified, challenge.proof.by), (false, None));

    let name = record_of(&challenge);
    let check = async |outcome: VerificationOutcome, what: FoundWhat| {
        let verification = verify(&server, NET).await;
        assert_eq!((verification.outcome, verification.found.clone().map(|found| found.what)), (outcome, Some(what)));
        assert_eq!(verification.challenge.record, challenge.record);
        verification
    };
    check(VerificationOutcome::NotVerified, FoundWhat::NoSuchName).await;
    server.dns.fail(&name, DnsFailure::NoData);
    check(VerificationOutcome::NotVerified, FoundWhat::NoRecord).await;
    server.dns.fail(&name, DnsFailure::ServerFailure);
    let unknown = check(VerificationOutcome::Undetermined, FoundWhat::Unknown).await;
    assert_eq!(unknown.found.unwrap().failure.as_deref(), Some("the name server failed (SERVFAIL)"));
    server.dns.set(&name, &["\x1b[2J", "postwarden-verification=abc"]);
    let others = check(VerificationOutcome::NotVerified, FoundWhat::OtherRecords).await.found.unwrap();
    assert_eq!(others.values, ["\\x1b[2J", "postwarden-verification=abc"]);
    assert_eq!((others.strangers, others.more), (1, 0));
    server.dns.set(&name, &[&challenge.record.value]);
    let verified = check(VerificationOutcome::Verified, FoundWhat::Record).await;
    assert_eq!((verified.challenge.proof.verified, verified.challenge.proof.by), (true, Some(ProvedBy::Dns)));
    assert!(verified.challenge.proof.verified_at.is_some() && !verified.moved);

    // Missing later: it counts for two weeks, and status says so.
    server.dns.fail(&name, DnsFailure::NoSuchName);
    let missing = check(VerificationOutcome::NotVerified, FoundWhat::NoSuchName).await.challenge.proof;
    let (since, until) = (missing.missing_since.unwrap(), missing.counts_until.unwrap());
    assert_eq!((missing.verified, until.duration_since(since)), (true, SignedDuration::from_hours(14 * 24)));
    let status: wire::Status = server.client.get("/v1/status").await;
    let told =
        |sentence: &String| sentence.contains("proves domain contoso.net of tenant \"contoso\" is missing since");
    assert!(status.attention.iter().any(told), "{:?}", status.attention);
}

#[tokio::test]
async fn the_operators_word_is_told() {
    let server = Server::start().await;
    let verification = verify(&server, "/v1/tenants/contoso/domains/CONTOSO.com/verify").await;
    assert_eq!((verification.outcome, verification.found), (VerificationOutcome::Verified, None));
    assert_eq!(verification.challenge.proof.by, Some(ProvedBy::Operator));
}

#[tokio::test]
async fn what_cannot_be_verified_is_refused() {
    let server = Server::start().await;
    server
        .state
        .directory
        .apply(request("[[tenant]]\nname = 'tailspin'\n[[tenant.domain]]\nname = 'contoso.com'"))
        .await
        .unwrap();
    let check = async |path: &str, kind, text: &str| {
        server.client.refuses("POST", path, "", kind, text).await;
    };
    check("/v1/tenants/nobody/domains/contoso.com/verify", NotFound, "no tenant").await;
    for name in ["fabrikam.com", "example.org", "a%20b", "%00"] {
        check(&format!("/v1/tenants/contoso/domains/{name}/verify"), NotFound, "add it first").await;
    }
    let path = "/v1/tenants/tailspin/domains/contoso.com/verify";
    let challenge: DomainChallenge = server.client.get(path).await;
    server.dns.set(&record_of(&challenge), &[&challenge.record.value]);
    check(path, Conflict, "the operator has verified contoso.com for another tenant").await;
    for _ in 1..service_domain_proof::VERIFICATIONS_PER_MINUTE {
        check(path, Conflict, "for another tenant").await;
    }
    check(path, TooMany, "20 times within a minute: try again in").await;
}
