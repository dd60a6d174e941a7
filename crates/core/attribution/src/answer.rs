//! The answer of `explain` and `why` in the form that machines read: the keys are part of the contract.

use core_directory::{ConnectorIndex, Snapshot};
use serde::{Deserialize, Serialize};

use crate::reasoning::{Case, Presented};
use crate::{
    Change, Considered, Direction, Evidence, Judgement, PartialEvidence, Reasoning, RefusalReply, RuleId, Verdict,
    reason,
};

/// How a judgement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VerdictKind {
    /// The mail may pass.
    Passes,
    /// The mail may not pass.
    Refused,
    /// It depends on what is missing.
    Undetermined,
}

/// A verdict with its reasoning, names in place of ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// How it ended.
    pub verdict: VerdictKind,
    /// Originating or incoming, where the mail passes.
    pub direction: Option<Direction>,
    /// Name of the tenant.
    pub tenant: Option<String>,
    /// Name of the connector that decided.
    pub connector: Option<String>,
    /// The rule that decided.
    pub rule: Option<RuleId>,
    /// The reply with which the mail is refused, without its reference.
    pub reply: Option<String>,
    /// Facts that are missing and make a difference.
    pub missing: Vec<String>,
    /// The verdict under each value of what is missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub branches: Vec<Branch>,
    /// Whether the values were too many to follow all of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
    /// What was compared, nearest connector first.
    pub considered: Vec<Considered>,
    /// Connectors near enough to be looked at and not shown.
    pub not_shown: u64,
    /// What the client presented.
    pub presented: Presented,
    /// The smallest change that turns the verdict.
    pub change: Option<Change>,
}

/// The verdict under one combination of values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// The values, as `fact = value`.
    pub assuming: Vec<String>,
    /// How it ends.
    pub verdict: VerdictKind,
    /// Name of the tenant.
    pub tenant: Option<String>,
    /// Name of the connector.
    pub connector: Option<String>,
    /// The rule.
    pub rule: RuleId,
    /// The reply, where refused.
    pub reply: Option<String>,
}

impl Answer {
    /// The answer for a verdict that `decide` gave.
    pub fn of_verdict(evidence: &Evidence, snapshot: &Snapshot, verdict: &Verdict) -> Self {
        let decided = Case::new(evidence, snapshot, verdict).decided;
        Self::assemble(snapshot, verdict, decided, reason(evidence, snapshot, verdict))
    }

    /// The answer for a judgement with gaps. Its reasoning is given for the facts that are known.
    pub fn of_judgement(evidence: &PartialEvidence, snapshot: &Snapshot, judgement: &Judgement) -> Self {
        let shown = evidence.shown();
        match judgement {
            Judgement::Determined(verdict) => Self::of_verdict(&shown, snapshot, verdict),
            Judgement::Undetermined { missing, leaves, incomplete } => {
                let branches = leaves.iter().map(|(assumptions, verdict)| {
                    Branch::of(snapshot, assumptions.iter().map(ToString::to_string).collect(), verdict)
                });
                Self {
                    verdict: VerdictKind::Undetermined,
                    direction: None,
                    tenant: None,
                    connector: None,
                    rule: None,
                    reply: None,
                    missing: missing.iter().map(ToString::to_string).collect(),
                    branches: branches.collect(),
                    incomplete: *incomplete,
                    considered: Vec::new(),
                    not_shown: 0,
                    presented: Presented::of(&shown),
                    change: None,
                }
            }
        }
    }

    fn assemble(snapshot: &Snapshot, verdict: &Verdict, decided: Option<ConnectorIndex>, reasoning: Reasoning) -> Self {
        let (tenant, connector) = names(snapshot, verdict, decided);
        Self {
            verdict: VerdictKind::of(verdict),
            direction: match verdict {
                Verdict::Passes(attribution) => Some(attribution.direction),
                Verdict::Refused(_) => None,
            },
            tenant,
            connector,
            rule: Some(verdict.rule()),
            reply: reply(verdict),
            missing: Vec::new(),
            branches: Vec::new(),
            incomplete: false,
            considered: reasoning.considered,
            not_shown: reasoning.not_shown,
            presented: reasoning.presented,
            change: reasoning.change,
        }
    }

    /// The answer as a tenant may see it: its own connectors alone. A change that goes by another's connector names what that
    /// connector wants, and a branch names the domains of others, so neither is shown.
    #[must_use]
    pub fn for_tenant(mut self, tenant: &str) -> Self {
        self.considered.retain(|considered| considered.tenant == tenant);
        if self.tenant.as_deref() != Some(tenant) {
            self.tenant = None;
            self.connector = None;
        }
        let foreign = |edit: &crate::Edit| !edit.tenant.is_empty() && edit.tenant != tenant;
        self.change = self.change.filter(|change| !change.edits.iter().any(foreign));
        self.branches.clear();
        self.not_shown = 0;
        self
    }
}

impl Branch {
    fn of(snapshot: &Snapshot, assuming: Vec<String>, verdict: &Verdict) -> Self {
        let (tenant, connector) = names(snapshot, verdict, connector_of(snapshot, verdict));
        Self {
            assuming,
            verdict: VerdictKind::of(verdict),
            tenant,
            connector,
            rule: verdict.rule(),
            reply: reply(verdict),
        }
    }
}

impl VerdictKind {
    fn of(verdict: &Verdict) -> Self {
        if verdict.passes() { Self::Passes } else { Self::Refused }
    }
}

fn reply(verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::Passes(_) => None,
        Verdict::Refused(refusal) => Some(RefusalReply::to_string(&refusal.reply)),
    }
}

/// The names of the verdict's tenant and connector. What rule A6 remembered has a connector and no tenant.
fn names(snapshot: &Snapshot, verdict: &Verdict, decided: Option<ConnectorIndex>) -> (Option<String>, Option<String>) {
    let tenant = verdict.tenant().and_then(|id| snapshot.tenant_by_id(id));
    let connector = decided.map(|index| snapshot.connector(index).connector.name.to_string());
    (tenant.map(|index| snapshot.tenant(index).name.to_string()), connector)
}

/// The connector that a leaf names. Leaves are few, and of them only what rule A6 remembered has to be searched for.
fn connector_of(snapshot: &Snapshot, verdict: &Verdict) -> Option<ConnectorIndex> {
    let id = verdict.connector()?;
    match verdict.tenant() {
        Some(tenant) => snapshot.connector_by_id(snapshot.tenant_by_id(tenant)?, id),
        None => snapshot.tenants().find_map(|tenant| snapshot.connector_by_id(tenant, id)),
    }
}
