//! Changes that are not made, and that then nothing of them is.

use core_directory::DirectoryVersion;

use super::*;

/// Expects a change of [`CONTOSO`] to be refused with these words.
async fn check(change: &str, adjust: impl Fn(&mut ApplyRequest), expected: &str) {
    let relay = Relay::with(CONTOSO).await;
    let (text, version) = (relay.text(), relay.service.current().version());
    for dry_run in [true, false] {
        let mut request = ApplyRequest { dry_run, ..request(change) };
        adjust(&mut request);
        let error = relay.apply(request).await.map(|applied| lines(&applied)).expect_err(change).to_string();
        assert!(error.contains(expected), "{error:?} does not say {expected:?}: {change}");
        assert_eq!((relay.text(), relay.service.current().version()), (text.clone(), version), "{change}");
        assert_eq!(relay.store.version(io_store::Scope::Operator).await.unwrap(), version, "{change}");
    }
}

#[tokio::test]
async fn faults_change_nothing() {
    let operator = |_: &mut ApplyRequest| {};
    let tenant = |request: &mut ApplyRequest| request.standing = Standing::Tenant;
    let domain = |tenant: &str, verified: bool| {
        format!("[[tenant]]\nname = \"{tenant}\"\n[[tenant.domain]]\nname = \"contoso.com\"\nverified = {verified}\n")
    };
    check(
        &domain("fabrikam", true),
        operator,
        "tenant \"fabrikam\", domain \"contoso.com\": verified: already verified at tenant \"contoso\"",
    )
    .await;
    check(
        "[[tenant]]\nname = \"good\"\n[[tenant]]\nname = \"bad\"\n[[tenant.inbound_connector]]\nname = \"N\"\n",
        operator,
        "identifies nobody",
    )
    .await;
    check("[[tenant]]\nname = \"Contoso\"\n", operator, "twice").await;
    check("[[tenant]]\nname = \"new\"\n[[tenant]]\nname = \"new\"\n", operator, "twice").await;
    let twice = "[[tenant.domain]]\nname = \"a.example\"\n";
    check(&format!("[[tenant]]\nname = \"contoso\"\n{twice}{twice}"), operator, "twice").await;
    check(
        "[[tenant]]\nname = \"contoso\"\n[[tenant.domain]]\nname = \"new.example\"\nverified = true\n",
        tenant,
        "domain \"new.example\": verified: only the operator",
    )
    .await;
    check(
        "[[tenant]]\nname = \"contoso\"\n[[tenant.inbound_connector]]\nname = \"W\"\nsender_ip_addresses = [\"10.0.0.0/8\"]\n",
        tenant,
        "wider than /24",
    )
    .await;
}

#[tokio::test]
async fn certificates_need_a_key_of_their_own() {
    let keyless = |name: &str, file: &str| {
        format!("[[tenant]]\nname = \"contoso\"\n[[tenant.certificate]]\nname = \"{name}\"\ncertificate = \"{file}\"\n")
    };
    let expected = |name: &str| format!("certificate \"{name}\" of tenant \"contoso\" needs its private key");
    check(&keyless("new", "hq.pem"), |_| {}, &expected("new")).await;
    check(&keyless("hq", "other.pem"), |_| {}, &expected("hq")).await;
}

#[tokio::test]
async fn a_root_that_proves_nothing_is_told() {
    let adjust = |request: &mut ApplyRequest| {
        request.tenants[0].trusted_roots = vec![core_directory::TrustAnchor { der: b"junk".to_vec() }];
    };
    check("[[tenant]]\nname = \"contoso\"\n", adjust, "trusted_roots of tenant \"contoso\": root 1").await;
}

#[tokio::test]
async fn a_change_for_another_version_conflicts() {
    for version in [0, 7] {
        let adjust = |request: &mut ApplyRequest| request.expected_version = Some(DirectoryVersion(version));
        check(&CONTOSO.replace("*.", "hq."), adjust, &format!("the change was made for version {version}")).await;
    }
}
