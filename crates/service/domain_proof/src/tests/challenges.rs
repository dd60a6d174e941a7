//! The value: bound to tenant and domain, the same after a restart, found however it was typed.

use core_directory::TenantId;
use io_store::Secret;
use proptest::prelude::*;

use super::{World, domain};
use crate::service::ChallengeError;
use crate::{Challenge, VALUE_PREFIX};

fn challenge(secret: u8, tenant: u64, name: &str) -> Challenge {
    Challenge::new(&Secret::new([secret; 32]), TenantId(tenant), &domain(name)).unwrap()
}

#[test]
fn each_is_bound_to_secret_tenant_and_domain() {
    let one = challenge(1, 7, "contoso.com");
    assert_eq!(one.name.as_str(), "_postwarden-challenge.contoso.com");
    assert_eq!(one, challenge(1, 7, "Contoso.COM"));
    // 24 octets of prefix and 256 bits in base32, in one string of a TXT record.
    assert_eq!((one.value.starts_with(VALUE_PREFIX), one.value.len()), (true, 76));
    for other in [challenge(2, 7, "contoso.com"), challenge(1, 8, "contoso.com"), challenge(1, 7, "contoso.net")] {
        assert_ne!(one.value, other.value);
        assert!(!one.is_met_by(other.value.as_bytes()));
    }
    assert_eq!(one.zone_line(), format!("_postwarden-challenge.contoso.com. IN TXT \"{}\"", one.value));
}

/// A value that is published somewhere must stay the one that counts: whoever changes how it is made breaks every domain. The
/// expected one was made by Python's hmac and base64.
#[test]
fn it_is_made_as_it_always_was() {
    let expected = "postwarden-verification=vclep6k7wahq7e7ljme6ntrzc7e77olcw2ld5qwauzm6mzrpiv2a";
    assert_eq!(challenge(1, 7, "contoso.com").value, expected);
}

#[test]
fn it_is_found_however_it_was_typed() {
    let own = challenge(1, 7, "contoso.com");
    let value = own.value.as_str();
    let code = value.strip_prefix(VALUE_PREFIX).unwrap();
    let check = |typed: String, expected: bool| assert_eq!(own.is_met_by(typed.as_bytes()), expected, "{typed:?}");
    check(value.to_owned(), true);
    check(value.to_uppercase(), true);
    check(format!("  {value}\t\r\n"), true);
    check(format!("\"{value}\""), true);
    check(format!("\\\"{value}\\\""), true);
    check(format!("'{value}'"), true);
    check(format!("\"{}\" \"{}\"", &value[..40], &value[40..]), true);
    check(format!("postwarden-verification = {code}"), true);
    check(String::new(), false);
    check(code.to_owned(), false);
    check(format!("{value}x"), false);
    check(value[..75].to_owned(), false);
    check(format!("v=spf1 {value}"), false);
    check(format!("{}{value}", " ".repeat(100_000)), false);
}

#[tokio::test]
async fn it_is_the_same_after_a_restart_and_another_elsewhere() {
    let world = World::new().await;
    let before = world.challenge("contoso", "contoso.com").await;
    assert_ne!(before.value, world.challenge("fabrikam", "contoso.com").await.value);
    let world = world.reopen().await;
    assert_eq!(world.challenge("contoso", "contoso.com").await, before);
    let elsewhere = World::new().await;
    assert_eq!(elsewhere.tenant("contoso"), world.tenant("contoso"), "only the secret differs");
    assert_ne!(elsewhere.challenge("contoso", "contoso.com").await.value, before.value);
}

#[tokio::test]
async fn a_domain_may_be_too_long() {
    let world = World::new().await;
    let label = "a".repeat(60);
    let long = domain(&format!("{label}.{label}.{label}.{}.com", "b".repeat(55)));
    let error = world.proof.challenge(world.tenant("contoso"), &long).await.unwrap_err();
    assert!(matches!(error, ChallengeError::Name { .. }), "{error:?}");
    assert!(error.to_string().contains("let the operator verify it"), "{error}");
}

proptest! {
    #[test]
    fn strangers_octets_meet_nothing(record in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(!challenge(1, 7, "contoso.com").is_met_by(&record));
    }
}
