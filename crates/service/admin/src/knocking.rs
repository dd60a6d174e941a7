//! Refusals and candidates as `status` tells of them: in numbers, with the command that shows them.

use std::collections::BTreeMap;
use std::time::Duration;

use io_store::{Scope, StoreError};
use jiff::Timestamp;

use crate::attention::{Attention, Urgency};
use crate::candidates::knocking;
use crate::refusals::list::counted;
use crate::state::AdminState;
use crate::wire::{CandidateKind, Refused, StatisticsStep};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// How much was refused lately, by tenant.
pub(crate) async fn refused(state: &AdminState, scope: Scope, now: Timestamp) -> Result<Vec<Refused>, StoreError> {
    let before = |by: Duration| now.checked_sub(by).unwrap_or(Timestamp::MIN);
    let found = counted(state, scope, StatisticsStep::Hour, before(DAY), now).await?;
    let mut tenants: BTreeMap<Option<String>, (u64, u64)> = BTreeMap::new();
    // The hour that holds this moment an hour ago, which began less than two hours ago.
    let lately = before(HOUR.saturating_mul(2));
    for count in found.items {
        let (hour, day) = tenants.entry(count.tenant).or_default();
        *day = day.saturating_add(count.refused);
        if count.from > lately {
            *hour = hour.saturating_add(count.refused);
        }
    }
    let all = tenants.into_iter().map(|(tenant, (hour, day))| Refused { tenant, hour, day });
    let mut refused: Vec<Refused> = all.collect();
    refused.sort_by_key(|one| std::cmp::Reverse((one.hour, one.day)));
    Ok(refused)
}

/// That somebody knocks who could be admitted.
pub(crate) async fn attention(state: &AdminState, scope: Scope) -> Option<Attention> {
    // Where the trace cannot be read that is told already.
    let candidates = knocking(state, scope).await.ok()?;
    let of = |kind| candidates.iter().filter(|one| one.kind == kind && !one.admit.is_empty()).count();
    let (certificates, addresses) = (of(CandidateKind::Certificate), of(CandidateKind::Address));
    let counted = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {many}")),
    };
    let told = [
        counted(certificates, "certificate that proves its names", "certificates that prove their names"),
        counted(addresses, "address", "addresses"),
    ];
    let told: Vec<String> = told.into_iter().flatten().collect();
    (!told.is_empty()).then(|| {
        Urgency::Waiting.of(format!(
            "{} knocked and was refused, and no connector names it: `postwarden candidates` shows who it is and what would \
             admit it",
            told.join(" and ")
        ))
    })
}
