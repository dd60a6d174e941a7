//! Faults as a tenant may read them: of its own objects alone, and without a word of whom else they concern.

use core_directory::{Fault, FaultCode, Field, ObjectKind, ObjectPath};

/// The faults that a tenant is told. `is_own` knows its names. A fault that is only another's was there before, and is the
/// operator's to mend.
pub(crate) fn own_faults(faults: Vec<Fault>, is_own: impl Fn(&str) -> bool) -> Vec<Fault> {
    faults.into_iter().filter_map(|fault| told(fault, &is_own)).collect()
}

fn told(fault: Fault, is_own: impl Fn(&str) -> bool) -> Option<Fault> {
    let own = is_own(&fault.path.tenant);
    match fault.code {
        // A domain that is verified at another tenant is one that this tenant cannot say to be its own.
        FaultCode::VerifiedElsewhere(_) if own => Some(Fault { code: FaultCode::OperatorOnly, ..fault }),
        FaultCode::AnySenderOverlap { own: range, .. } if own => {
            Some(Fault { code: FaultCode::AnySenderElsewhere(range), ..fault })
        }
        FaultCode::AnySenderOverlap { other, tenant, connector, .. } if is_own(&tenant) => {
            let path = ObjectPath { tenant, kind: ObjectKind::InboundConnector, name: connector };
            Some(Fault { path, field: Field::SenderIpAddresses, code: FaultCode::AnySenderElsewhere(other) })
        }
        _ if own => Some(fault),
        _ => None,
    }
}
