//! What an administrator should know: domains whose record is missing, before they stop to count. Only what the directory says.

use core_directory::{Proof, Tenant};

use crate::recheck::GRACE;

/// Most domains that are named; the rest is counted.
const MAX_NAMED: usize = 10;

/// A sentence for each domain whose proof will be withdrawn unless its record comes back.
#[must_use]
pub fn attention<'t>(tenants: impl IntoIterator<Item = &'t Tenant>) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut more = 0_usize;
    for tenant in tenants {
        for domain in &tenant.domains {
            let Proof::Dns { missing_since: Some(since), .. } = domain.proof else { continue };
            if sentences.len() == MAX_NAMED {
                more = more.saturating_add(1);
                continue;
            }
            let until = since.saturating_add(GRACE).unwrap_or(since);
            let (name, domain) = (&tenant.name, &domain.name);
            sentences.push(format!(
                "the DNS record that proves domain {domain} of tenant {name:?} is missing since {since:.0}: unless it is \
                 published again, the domain is verified no more after {until:.0}; `postwarden domain verify {domain} \
                 --tenant {name:?}` shows it"
            ));
        }
    }
    if more > 0 {
        sentences.push(format!("the records of {more} more domains are missing"));
    }
    sentences
}
