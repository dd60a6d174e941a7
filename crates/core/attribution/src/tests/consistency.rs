//! One case: the verdict, and what must hold of every verdict whatever the case.

use core_directory::{Snapshot, Tenant};

use super::world::{evidence, shown, snapshot, tenants};
use crate::{
    Answer, Direction, Evidence, Judge, Judgement, MAX_CONSIDERED, PartialDirectory, PartialEvidence, PartialTenant,
    Reason, RuleId, Verdict, decide, judge, judge_partial, reason,
};

/// Judges, compares with `expected` (see `world::shown`), and holds the verdict to what all verdicts must keep.
pub fn check(world: &str, case: &str, expected: &str) {
    let (directory, evidence) = (snapshot(world), evidence(case));
    let verdict = decide(&evidence, &directory);
    let got = shown(&evidence, &directory, &verdict);
    let answer = Answer::of_verdict(&evidence, &directory, &verdict);
    let reasoning = serde_json::to_string_pretty(&answer).unwrap();
    assert_eq!(got, expected, "\n{world}\n{case}\n{reasoning}");
    if let Err(problem) = consistent(&tenants(world), &directory, &evidence) {
        panic!("{problem}\n{world}\n{case}\n{reasoning}");
    }
}

/// What must hold of every verdict and its reasoning.
pub fn consistent(tenants: &[Tenant], directory: &Snapshot, evidence: &Evidence) -> Result<(), String> {
    let verdict = decide(evidence, directory);
    let whole =
        PartialDirectory { judge: Judge::Relay, tenants: tenants.iter().cloned().map(PartialTenant::whole).collect() };
    let facts = PartialEvidence::from(evidence.clone());
    for (name, got) in [("partial", judge_partial(&facts, &whole)), ("whole", judge(&facts, directory))] {
        if got != Judgement::Determined(verdict) {
            return Err(format!("the judge of {name} directories says {got:?}, decide says {verdict:?}"));
        }
    }
    let answer = Answer::of_verdict(evidence, directory, &verdict);
    let text = serde_json::to_string(&answer).map_err(|error| error.to_string())?;
    if serde_json::from_str::<Answer>(&text).map_err(|error| error.to_string())? != answer {
        return Err("the answer does not read as it was written".into());
    }
    reasoned(directory, evidence, &verdict)
}

/// The reasoning agrees with the verdict.
fn reasoned(directory: &Snapshot, evidence: &Evidence, verdict: &Verdict) -> Result<(), String> {
    let reasoning = reason(evidence, directory, verdict);
    if reasoning != reason(evidence, directory, verdict) {
        return Err("the same input gives another reasoning".into());
    }
    let mut connectors: Vec<_> = reasoning.considered.iter().map(|one| (&one.tenant, &one.connector)).collect();
    connectors.sort_unstable();
    connectors.dedup();
    // One entry may be about the tenant as a whole.
    if connectors.len() > MAX_CONSIDERED + 1 {
        return Err(format!("{} connectors are shown", connectors.len()));
    }
    let decided = reasoning.considered.iter().filter(|one| one.reason == Reason::Decided).count();
    let later = reasoning.considered.iter().any(|one| one.reason == Reason::CameLater);
    match verdict {
        Verdict::Passes(attribution) => {
            if decided != usize::from(attribution.connector.is_some()) {
                return Err(format!("{decided} connectors decided"));
            }
            if reasoning.change.is_some() {
                return Err("a change is proposed for mail that passes".into());
            }
            if attribution.direction == Direction::Originating && attribution.connector.is_none() {
                return Err("originating without a connector".into());
            }
        }
        Verdict::Refused(refusal) => {
            if decided > 0 {
                return Err("a connector is said to have let refused mail in".into());
            }
            if refusal.rule == RuleId::A10 && later {
                return Err("nothing came first, yet a connector is said to have come later".into());
            }
        }
    }
    Ok(())
}
