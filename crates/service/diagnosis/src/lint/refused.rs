//! Directory files that `apply` would refuse: what [`validate`] finds, apart from what lint tells in its own words.

use core_directory::{FaultCode, Field, Standing, validate};

use super::LintReport;
use super::codes::REFUSED_BY_APPLY;
use crate::evidence::Evidence;

pub(super) fn check(evidence: &Evidence, report: &mut LintReport) {
    // Files are one directory together, as `apply -f A -f B` takes them.
    let directories = &evidence.configuration.relay_directories;
    let tenants: Vec<_> = directories.iter().flat_map(|observed| observed.object.tenants.iter().cloned()).collect();
    for fault in validate(&tenants, Standing::Operator) {
        let told = matches!(
            fault.code,
            FaultCode::IdentifiesNobody | FaultCode::AnySenderOverlap { .. } | FaultCode::WideRange(_)
        );
        let restriction =
            matches!(fault.field, Field::RestrictDomainsToIpAddresses | Field::RestrictDomainsToCertificate);
        if told || restriction && matches!(fault.code, FaultCode::Needs(_)) {
            continue;
        }
        let (place, why) = (format!("{}: {}", fault.path, fault.field), fault.code.to_string());
        report.add(REFUSED_BY_APPLY, &[("place", &place), ("why", &why)], Vec::new(), Vec::new());
    }
}
