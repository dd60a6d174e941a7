//! Refusals that the rules do not explain: by what is shown the mail would pass. What no log and no dump of one's own can show is
//! left: the chain's trust (C06), another tenant's claim (C13), a change that was not in force yet or came later (C22).

use proto_exchange::RefusalClass;

use crate::case::Case;
use crate::refusal::{Refusal, Relaying};

/// Refusals of mail that would pass by the directory as it is shown.
pub(super) fn unexplained<'c, 'a>(case: &'c Case<'a>) -> impl Iterator<Item = &'c Refusal<'a>> {
    let plain = case.refusals.iter().filter(|refusal| refusal.class == RefusalClass::TenantAttribution);
    plain.filter(|refusal| case.relaying(&refusal.evidence) == Relaying::Passes)
}
