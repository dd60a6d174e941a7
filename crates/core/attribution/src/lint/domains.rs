//! Accepted domains that are not proved (rule A4). Exchange Online shows none: there a domain is accepted once it is verified.

use core_directory::Field;

use super::Lint;
use super::finding::{DOMAIN_UNVERIFIED, Finding, Mend};
use super::ground::Ground;

pub(super) fn check(ground: &Ground<'_>, lint: &mut Lint) {
    for shown in ground.tenants.iter().filter(|_| ground.is_relay()) {
        for domain in shown.tenant.domains.iter().filter(|domain| !domain.verified()) {
            lint.findings.push(Finding {
                code: DOMAIN_UNVERIFIED,
                tenant: shown.tenant.name.clone(),
                connector: "".into(),
                field: Some(Field::Verified),
                arguments: vec![("domain", domain.name.to_string())],
                mends: vec![Mend::VerifyDomain(domain.name.clone())],
            });
        }
    }
}
