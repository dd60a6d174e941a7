//! Somebody asks.

use core_directory::Proof;
use io_dns::DnsFailure;
use service_directory::ProveError;

use super::{World, day, dns, domain, record_name};
use crate::{Finding, VERIFICATIONS_PER_MINUTE, VerifyError};

#[tokio::test]
async fn a_record_verifies_and_nothing_else_does() {
    let world = World::new().await;
    let name = record_name("contoso.com");
    let own = world.challenge("contoso", "contoso.com").await.value;
    let strange = world.challenge("fabrikam", "contoso.com").await.value;
    let other_domain = world.challenge("contoso", "contoso.net").await.value;
    for wrong in [&strange, &other_domain, "postwarden-verification=", "v=spf1 -all"] {
        world.dns.set(&name, &[wrong]);
        let verification = world.verify("contoso", "contoso.com", day(1)).await.unwrap();
        assert!(matches!(verification.finding, Some(Finding::Others(_))), "{verification:?}");
        assert_eq!((verification.proof, verification.moved), (Proof::None, false));
    }
    for failure in [DnsFailure::ServerFailure, DnsFailure::TimedOut, DnsFailure::NoSuchName, DnsFailure::NoData] {
        world.dns.fail(&name, failure);
        assert_eq!(world.verify("contoso", "contoso.com", day(1)).await.unwrap().proof, Proof::None);
    }
    assert_eq!(world.directory.current().version().0, 1, "nothing was changed");

    world.dns.set(&name, &["v=spf1 -all", &format!("\"{}\" ", own.to_uppercase())]);
    let verification = world.verify("contoso", "contoso.com", day(2)).await.unwrap();
    assert_eq!(verification.finding, Some(Finding::Right { strangers: 0 }));
    assert_eq!((verification.proof, verification.moved), (dns(day(2), None), false));
    assert_eq!(world.proof_of("contoso", "contoso.com"), dns(day(2), None));
    assert_eq!(world.proof_of("fabrikam", "contoso.com"), Proof::None);
    let expected = "contoso's administrator: verified false -> true; proof  -> DNS";
    assert_eq!(world.trail("contoso").await[0], expected);
    assert_eq!(world.trail("fabrikam").await.len(), 1, "nobody else is told");

    // Once more changes nothing, and a restart forgets nothing.
    world.verify("contoso", "contoso.com", day(3)).await.unwrap();
    let version = world.directory.current().version();
    assert_eq!(version.0, 2);
    let world = world.reopen().await;
    assert_eq!(world.proof_of("contoso", "contoso.com"), dns(day(2), None));
}

#[tokio::test]
async fn a_record_in_the_wrong_place_is_found() {
    let world = World::new().await;
    let challenge = world.challenge("contoso", "contoso.com").await;
    for place in ["contoso.com", "_postwarden-challenge.contoso.com.contoso.com"] {
        let place = domain(place);
        world.dns.set(&place, &["v=spf1 -all", &challenge.value]);
        let verification = world.verify("contoso", "contoso.com", day(1)).await.unwrap();
        assert_eq!((verification.proof, verification.misplaced), (Proof::None, Some(place.clone())));
        world.dns.fail(&place, DnsFailure::NoSuchName);
    }
}

#[tokio::test]
async fn a_domain_that_is_not_there_is_no_ones() {
    let world = World::new().await;
    for (tenant, name) in [("tailspin", "contoso.com"), ("contoso", "example.org")] {
        world.publish(tenant, name).await;
        let error = world.verify(tenant, name, day(1)).await.unwrap_err();
        assert_eq!(error, VerifyError::Prove(ProveError::NotThere(domain(name))));
    }
}

#[tokio::test]
async fn each_tenant_asks_so_often_and_no_more() {
    let world = World::new().await;
    for _ in 0..VERIFICATIONS_PER_MINUTE {
        world.verify("contoso", "contoso.com", day(1)).await.unwrap();
    }
    let error = world.verify("contoso", "contoso.net", day(1)).await.unwrap_err();
    assert!(matches!(error, VerifyError::TooOften { .. }), "{error:?}");
    assert!(error.to_string().ends_with("try again in 60 seconds"), "{error}");
    world.verify("fabrikam", "contoso.com", day(1)).await.unwrap();
    world.verify("contoso", "contoso.com", day(2)).await.unwrap();
    world.verify("contoso", "contoso.com", day(1)).await.expect("a clock that is set back locks nobody out");
}

#[tokio::test]
async fn the_operators_word_needs_no_record() {
    let world = World::new().await;
    world.apply("[[tenant]]\nname = 'contoso'\n[[tenant.domain]]\nname = 'contoso.com'\nverified = true").await;
    let verification = world.verify("contoso", "contoso.com", day(1)).await.unwrap();
    assert_eq!((verification.finding, verification.proof), (None, Proof::OperatorsWord));
    world.recheck("contoso", "contoso.com", day(400)).await;
    assert_eq!(world.proof_of("contoso", "contoso.com"), Proof::OperatorsWord);
}
