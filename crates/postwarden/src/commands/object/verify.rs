//! `domain verify`: looks for the record that proves a domain, and says what was found and what to publish.

use service_admin::wire::{DomainVerification, Found, FoundWhat, ProvedBy, VerificationOutcome, resource_path};

use super::failure;
use super::target::Target;
use crate::cli::kind::DOMAIN;
use crate::cli::object::ObjectName;
use crate::cli::{DomainVerifyArgs, Global};
use crate::client::Client;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{GOOD, NOTABLE, Output, TYPED};

/// Asks the server to look now.
pub fn run(global: &Global, args: DomainVerifyArgs, output: &mut Output) -> Outcome {
    let client = Client::new(global)?;
    let DomainVerifyArgs { name, tenant } = args;
    let target = Target::of(&client, &DOMAIN, ObjectName { tenant, name })?;
    let path = format!("{}/verify", resource_path(&target.tenant, DOMAIN.object, Some(&target.name)));
    let verification: DomainVerification = client.post(&path, &()).map_err(|error| failure(&DOMAIN, &target, error))?;
    if output.json {
        output.json(&verification)?;
    } else {
        show(&verification, &target, output)?;
    }
    Ok(match verification.outcome {
        VerificationOutcome::Verified => Exit::Done,
        VerificationOutcome::NotVerified => Exit::No,
        VerificationOutcome::Undetermined => Exit::Undetermined,
    })
}

/// For people.
fn show(verification: &DomainVerification, target: &Target, output: &mut Output) -> Result<(), Failure> {
    headline(verification, output)?;
    let record = &verification.challenge.record;
    if let Some(found) = &verification.found {
        for line in found_lines(found, &record.name) {
            output.line(line)?;
        }
    }
    if verification.outcome == VerificationOutcome::Verified {
        if verification.challenge.proof.by == Some(ProvedBy::Dns) {
            output.next("leave the record where it is: it is looked at each day.")?;
        }
        return Ok(());
    }
    output.line("\nThe record to publish, as a line of a zone file:")?;
    output.styled(TYPED, format_args!("  {}", record.zone_line))?;
    let again = target.command(&DOMAIN, "verify");
    output.next(match verification.outcome {
        VerificationOutcome::Undetermined => format!(
            "`{again}` looks again. [dns] servers in the node's file names other resolvers; nothing was changed meanwhile."
        ),
        _ => format!(
            "publish it, then type `{again}`. A resolver that was asked before may go on saying what it was told then, as \
             a rule for some minutes."
        ),
    })
}

fn headline(verification: &DomainVerification, output: &mut Output) -> Result<(), Failure> {
    let challenge = &verification.challenge;
    let (domain, tenant, proof) = (&challenge.domain, &challenge.tenant, challenge.proof);
    let style = if verification.outcome == VerificationOutcome::Verified { GOOD } else { NOTABLE };
    let so = match (verification.outcome, proof.by, proof.counts_until) {
        (VerificationOutcome::Verified, Some(ProvedBy::Operator), _) => "is verified: the operator said so".to_owned(),
        (VerificationOutcome::Verified, ..) if verification.moved => {
            "is verified, and was taken from the tenant that had it".to_owned()
        }
        (VerificationOutcome::Verified, ..) => "is verified".to_owned(),
        (VerificationOutcome::Undetermined, Some(_), _) => {
            "stays verified; whether its record is there cannot be told".to_owned()
        }
        (VerificationOutcome::Undetermined, None, _) => {
            "is not verified; whether its record is there cannot be told".to_owned()
        }
        (VerificationOutcome::NotVerified, _, Some(until)) => {
            format!("is verified until {until:.0} only: its record is missing")
        }
        (VerificationOutcome::NotVerified, ..) => "is not verified: its record is not there".to_owned(),
    };
    output.styled(style, format_args!("Domain {domain} of tenant {tenant} {so}."))
}

/// What was found, a line each. Values are printable as the server sends them.
fn found_lines(found: &Found, name: &str) -> Vec<String> {
    let mut lines = vec![match found.what {
        FoundWhat::Record => format!("Found at {name}: the record"),
        FoundWhat::NoSuchName => format!("Found at {name}: nothing, there is no such name (NXDOMAIN)"),
        FoundWhat::NoRecord => format!("Found at {name}: no TXT record"),
        FoundWhat::OtherRecords => format!("Found at {name}: other records"),
        FoundWhat::Unknown => {
            format!("Found at {name}: no answer; {}", found.failure.as_deref().unwrap_or("the reason is not known"))
        }
    }];
    lines.extend(found.values.iter().map(|value| format!("  \"{value}\"")));
    if found.more > 0 {
        lines.push(format!("  and {} more", found.more));
    }
    match (found.what, found.strangers) {
        (_, 0) => {}
        (FoundWhat::Record, _) => lines.push(
            "Another tenant's record is there too, or another installation's: whoever it belongs to can take the domain \
             with it. Remove it if you do not know it."
                .to_owned(),
        ),
        _ => lines.push("A record for another tenant, or of another installation, does not prove it for this one.".to_owned()),
    }
    if let Some(place) = &found.misplaced_at {
        lines.push(format!(
            "The right record is at {place}, which is the wrong name: some panels add the domain to a name by themselves."
        ));
    }
    lines
}
