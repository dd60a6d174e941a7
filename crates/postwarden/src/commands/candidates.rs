//! `candidates`: who knocks and is named by no connector, with the command that would admit each.

use service_admin::wire::{Candidate, CandidateKind, Candidates};

use crate::cli::Global;
use crate::client::Client;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{NOTABLE, Output, STRONG, TYPED, table};

/// Names of a certificate in the table.
const NAMES: usize = 3;

/// Lists them.
pub fn run(global: &Global, output: &mut Output) -> Outcome {
    let candidates: Candidates = Client::new(global)?.get("/v1/candidates")?;
    if output.json {
        output.json(&candidates)?;
        return Ok(Exit::Done);
    }
    if candidates.items.is_empty() {
        output.line("Nobody knocks whom no connector names.")?;
        return Ok(Exit::Done);
    }
    let header = ["WHO", "KIND", "TIMES", "FIRST SEEN", "LAST SEEN", "SENDS FROM"];
    output.line(table(header, candidates.items.iter().map(row)))?;
    for candidate in &candidates.items {
        detail(candidate, output)?;
    }
    output.next(
        "`postwarden why REFERENCE` tells why one was refused. Admit only whom you know: a connector lets all its mail pass.",
    )?;
    Ok(Exit::Done)
}

fn row(candidate: &Candidate) -> [String; 6] {
    let kind = match candidate.kind {
        CandidateKind::Certificate => "certificate",
        CandidateKind::Address => "address",
        CandidateKind::Claim => "claim only",
    };
    [
        who(candidate),
        kind.to_owned(),
        candidate.times.to_string(),
        format!("{:.0}", candidate.first_seen),
        format!("{:.0}", candidate.last_seen),
        candidate.sender_domains.join(", "),
    ]
}

fn who(candidate: &Candidate) -> String {
    if let Some(address) = &candidate.address {
        return address.clone();
    }
    let more = candidate.names.len().saturating_sub(NAMES);
    let names = candidate.names.iter().take(NAMES).cloned().collect::<Vec<_>>().join(", ");
    match (names.is_empty(), more) {
        (true, _) => "a certificate without a name".to_owned(),
        (false, 0) => names,
        (false, more) => format!("{names} and {more} more"),
    }
}

fn detail(candidate: &Candidate, output: &mut Output) -> Result<(), Failure> {
    output.line(format_args!("\n{STRONG}{}{STRONG:#}", who(candidate)))?;
    if let Some(sha256) = &candidate.leaf_sha256 {
        let issuer = candidate.issuer.as_deref().unwrap_or("nobody named");
        let ends = candidate.not_after.map(|at| format!(", ends {at:.0}")).unwrap_or_default();
        output.line(format_args!("  issued by {issuer}{ends}, SHA-256 {sha256}"))?;
    }
    for fault in &candidate.faults {
        output.line(format_args!("  {NOTABLE}not trusted{NOTABLE:#}: {fault}"))?;
    }
    for admit in &candidate.admit {
        output.line(format_args!("  {TYPED}{}{TYPED:#}", admit.command))?;
    }
    if let Some(note) = &candidate.note {
        output.line(format_args!("  {note}"))?;
    }
    Ok(())
}
