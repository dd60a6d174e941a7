//! Day after day: what is missing is noted, what stays missing is withdrawn, what comes back is forgiven.

use std::time::Duration;

use core_directory::Proof;
use io_dns::DnsFailure;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::{World, day, dns, record_name};
use service_directory::PROOF_ACTOR;

use crate::{GRACE, attention};

#[tokio::test]
async fn a_missing_record_has_two_weeks() {
    let world = World::new().await;
    world.publish("contoso", "contoso.com").await;
    world.verify("contoso", "contoso.com", day(1)).await.unwrap();
    let check = async |at: Timestamp, expected: Proof| {
        world.recheck("contoso", "contoso.com", at).await;
        assert_eq!(world.proof_of("contoso", "contoso.com"), expected, "{at}");
    };
    let (sound, missing) = (dns(day(1), None), dns(day(1), Some(day(3))));
    check(day(2), sound).await;
    world.withdraw("contoso.com");
    check(day(3), missing).await;
    check(day(4), missing).await;
    let told = attention(&*world.directory.current().tenants);
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("contoso.com of tenant \"contoso\" is missing since 2030-01-04T00:00:00Z"), "{told:?}");
    assert!(told[0].contains("verified no more after 2030-01-18T00:00:00Z"), "{told:?}");
    check(day(3) + GRACE, missing).await;

    // It comes back on the last day, and goes again: the time begins anew.
    world.publish("contoso", "contoso.com").await;
    check(day(17), sound).await;
    assert!(attention(&*world.directory.current().tenants).is_empty());
    world.dns.set(&record_name("contoso.com"), &["v=spf1 -all"]);
    check(day(18), dns(day(1), Some(day(18)))).await;
    check(day(18) + GRACE + SignedDuration::from_secs(1), Proof::None).await;
    check(day(100), Proof::None).await;

    let trail = world.trail("contoso").await;
    let expected = [
        "domain proof: verified true -> false; proof DNS, record missing since 2030-01-19T00:00:00Z -> none, the record \
         was missing for too long",
        "domain proof: proof DNS -> DNS, record missing since 2030-01-19T00:00:00Z",
        "domain proof: proof DNS, record missing since 2030-01-04T00:00:00Z -> DNS",
        "domain proof: proof DNS -> DNS, record missing since 2030-01-04T00:00:00Z",
    ];
    assert_eq!(trail[..4], expected);
    assert!(trail[..4].iter().all(|line| line.starts_with(PROOF_ACTOR)));

    // What was withdrawn does not come back by itself.
    world.publish("contoso", "contoso.com").await;
    check(day(101), Proof::None).await;
}

#[tokio::test]
async fn a_resolver_that_cannot_say_proves_nothing() {
    let world = World::new().await;
    world.publish("contoso", "contoso.com").await;
    world.verify("contoso", "contoso.com", day(1)).await.unwrap();
    let failures = [
        DnsFailure::ServerFailure,
        DnsFailure::Refused,
        DnsFailure::TimedOut,
        DnsFailure::NoServers("none".into()),
        DnsFailure::Other("broken".into()),
    ];
    for failure in &failures {
        world.dns.fail(&record_name("contoso.com"), failure.clone());
        world.recheck("contoso", "contoso.com", day(2)).await;
        assert_eq!(world.proof_of("contoso", "contoso.com"), dns(day(1), None), "{failure:?}");
    }
    // Nor does it end the time of grace, in whichever direction.
    world.withdraw("contoso.com");
    world.recheck("contoso", "contoso.com", day(3)).await;
    for failure in failures {
        world.dns.fail(&record_name("contoso.com"), failure.clone());
        world.recheck("contoso", "contoso.com", day(100)).await;
        assert_eq!(world.proof_of("contoso", "contoso.com"), dns(day(1), Some(day(3))), "{failure:?}");
    }
}

#[tokio::test]
async fn who_asks_and_finds_nothing_begins_the_time_of_grace() {
    let world = World::new().await;
    world.publish("contoso", "contoso.com").await;
    world.verify("contoso", "contoso.com", day(1)).await.unwrap();
    world.withdraw("contoso.com");
    let missing = dns(day(1), Some(day(2)));
    assert_eq!(world.verify("contoso", "contoso.com", day(2)).await.unwrap().proof, missing);
    // However late it is asked: only looking again withdraws.
    assert_eq!(world.verify("contoso", "contoso.com", day(200)).await.unwrap().proof, missing);
}

#[tokio::test(start_paused = true)]
async fn every_proved_domain_is_looked_at_by_itself() {
    let world = World::new().await;
    for name in ["contoso.com", "contoso.net"] {
        world.publish("contoso", name).await;
        world.verify("contoso", name, day(1)).await.unwrap();
    }
    world.dns.set(&record_name("contoso.com"), &["something else"]);
    world.withdraw("contoso.net");
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(world.proof.clone().run(|| day(5), shutdown.clone()));
    let missing = || {
        ["contoso.com", "contoso.net"].iter().all(|name| world.proof_of("contoso", name) == dns(day(1), Some(day(5))))
    };
    while !missing() {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    shutdown.cancel();
    running.await.unwrap();
}
