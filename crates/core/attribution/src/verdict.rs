//! The verdict: whose mail it is and whether it may pass. Small and copied freely; names are looked up when shown.

use core_directory::{ConnectorId, TenantId};
use serde::{Deserialize, Serialize};

use crate::{RefusalReply, RuleId};

/// To whom the mail belongs (Microsoft: Office 365 Message Attribution).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To the tenant that sends.
    Originating,
    /// To the tenant that receives.
    Incoming,
}

/// The judgement of one recipient of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The mail may pass.
    Passes(Attribution),
    /// The mail may not pass.
    Refused(Refusal),
}

/// Whose mail it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribution {
    /// The tenant.
    pub tenant: TenantId,
    /// The inbound connector; Incoming mail may have none.
    pub connector: Option<ConnectorId>,
    /// Originating or Incoming.
    pub direction: Direction,
    /// The rule that attributed it: A5, A6, A7 or A9.
    pub rule: RuleId,
}

/// Why the mail may not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The reply.
    pub reply: RefusalReply,
    /// The rule that refused it: A8, A9, A10, A13 or A14.
    pub rule: RuleId,
    /// The tenant that the mail was attributed to before it was refused.
    pub tenant: Option<TenantId>,
    /// The connector that refused it, or that A6 remembered.
    pub connector: Option<ConnectorId>,
}

impl Verdict {
    /// Whether the mail may pass.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Passes(_))
    }

    /// The tenant that the mail was attributed to, refused or not.
    pub fn tenant(&self) -> Option<TenantId> {
        match self {
            Self::Passes(attribution) => Some(attribution.tenant),
            Self::Refused(refusal) => refusal.tenant,
        }
    }

    /// The connector that decided.
    pub fn connector(&self) -> Option<ConnectorId> {
        match self {
            Self::Passes(attribution) => attribution.connector,
            Self::Refused(refusal) => refusal.connector,
        }
    }

    /// The rule that decided.
    pub fn rule(&self) -> RuleId {
        match self {
            Self::Passes(attribution) => attribution.rule,
            Self::Refused(refusal) => refusal.rule,
        }
    }
}
