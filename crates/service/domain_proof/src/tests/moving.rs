//! A domain goes from one tenant to another: by a proof that was asked for, and never by itself.

use core_directory::Proof;
use service_directory::ProveError;

use super::{World, day, dns, domain};
use crate::{Finding, VerifyError};

#[tokio::test]
async fn the_last_who_asks_has_it_and_both_are_told() {
    let world = World::new().await;
    world.publish("contoso", "contoso.com").await;
    world.verify("contoso", "contoso.com", day(1)).await.unwrap();
    let (ours, theirs) =
        (world.challenge("contoso", "contoso.com").await, world.challenge("fabrikam", "contoso.com").await);
    world.dns.set(&ours.name, &[&ours.value, &theirs.value]);

    // Both records are there: looking again gives nobody anything.
    let before = world.directory.current().version();
    world.recheck("fabrikam", "contoso.com", day(2)).await;
    assert_eq!(world.directory.current().version(), before);

    let verification = world.verify("fabrikam", "contoso.com", day(2)).await.unwrap();
    assert_eq!((verification.moved, verification.proof), (true, dns(day(2), None)));
    assert_eq!(verification.finding, Some(Finding::Right { strangers: 1 }), "the old record is still there");
    assert_eq!(world.proof_of("contoso", "contoso.com"), Proof::None);
    assert_eq!(world.directory.current().version().0, before.0 + 1, "one commit");

    assert_eq!(
        world.trail("contoso").await[0],
        "domain proof: verified true -> false; proof DNS -> none, another tenant proved it"
    );
    assert_eq!(
        world.trail("fabrikam").await[0],
        "domain proof: verified false -> true; proof  -> DNS, taken from another tenant"
    );
    let told = |tenant| {
        let scope = io_store::Scope::Tenant(world.tenant(tenant));
        let store = world.store.clone();
        async move { store.audit(scope, io_store::AuditFilter::newest(1)).await.unwrap().remove(0).body }
    };
    let (loser, winner) = (told("contoso").await, told("fabrikam").await);
    assert!(!loser.contains("fabrikam") && !loser.contains("192.0.2.7"), "{loser}");
    assert!(!winner.contains("contoso\"") && winner.contains("fabrikam's administrator"), "{winner}");

    // The old record brings nothing back by itself, and does when it is asked for.
    world.recheck("contoso", "contoso.com", day(3)).await;
    assert_eq!(world.proof_of("contoso", "contoso.com"), Proof::None);
    let back = world.verify("contoso", "contoso.com", day(4)).await.unwrap();
    assert_eq!((back.moved, world.proof_of("fabrikam", "contoso.com")), (true, Proof::None));
}

#[tokio::test]
async fn a_record_does_not_overturn_the_operators_word() {
    let world = World::new().await;
    world.apply("[[tenant]]\nname = 'contoso'\n[[tenant.domain]]\nname = 'contoso.com'\nverified = true").await;
    world.publish("fabrikam", "contoso.com").await;
    let before = world.directory.current().version();
    let error = world.verify("fabrikam", "contoso.com", day(1)).await.unwrap_err();
    assert_eq!(error, VerifyError::Prove(ProveError::OperatorsWord(domain("contoso.com"))));
    assert!(!error.to_string().contains("\"contoso\""), "{error}");
    assert_eq!((world.directory.current().version(), world.proof_of("fabrikam", "contoso.com")), (before, Proof::None));
    // Without a record nobody learns whether another tenant has the domain.
    world.withdraw("contoso.com");
    assert_eq!(world.verify("fabrikam", "contoso.com", day(1)).await.unwrap().finding, Some(Finding::NoSuchName));
}
