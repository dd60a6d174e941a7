//! An inspection for people.

use core_attribution::{Admits, Standing};
use core_wording::reason;
use jiff::Timestamp;

use super::Inspection;
use super::facts::{Chain, OneCertificate, RENEWAL_DAYS};
use super::far_side::Asked;
use crate::exit::Failure;
use crate::output::{BAD, GOOD, NOTABLE, Output, STRONG};

/// Width of the column of labels.
const LABEL: usize = 14;

/// Most names that are shown; JSON has them all.
const MAX_NAMES: usize = 12;

/// Prints one file.
pub fn inspection(inspection: &Inspection, output: &mut Output) -> Result<(), Failure> {
    let facts = &inspection.facts;
    let key = if facts.private_key { ", with a private key" } else { "" };
    let form = match facts.form {
        "pkcs12" => "PKCS#12".to_owned(),
        other => other.to_uppercase(),
    };
    let number = match facts.certificates.len() {
        1 => "one certificate".to_owned(),
        many => format!("{many} certificates"),
    };
    output.line(format_args!("{STRONG}{}{STRONG:#}: {number} ({form}){key}", facts.file))?;
    if let Some(leaf) = facts.leaf() {
        certificate(leaf, output)?;
    }
    chain(&facts.chain, output)?;
    for issuer in facts.certificates.iter().skip(1) {
        let until = date(issuer.not_after);
        line("with", format_args!("{}, until {until}, {}", issuer.subject, issuer.thumbprint), output)?;
    }
    for unread in &facts.unread {
        output.styled(BAD, format_args!("  {:LABEL$}{unread}", "unread"))?;
    }
    for asked in &inspection.connectors {
        connectors(asked, output)?;
    }
    if !inspection.next.is_empty() {
        output.next(inspection.next.join(".\n      ") + ".")?;
    }
    Ok(())
}

fn certificate(leaf: &OneCertificate, output: &mut Output) -> Result<(), Failure> {
    line("subject", &leaf.subject, output)?;
    line("issuer", &leaf.issuer, output)?;
    line("names", names(&leaf.names), output)?;
    line("in Exchange", &leaf.identifier, output)?;
    line("thumbprint", format_args!("{} (SHA-1, Exchange's)", leaf.thumbprint), output)?;
    line("SHA-256", &leaf.sha256, output)?;
    let weak = if leaf.key_checkable { "" } else { ", too weak or of an unknown kind" };
    line("key", format_args!("{}{weak}", leaf.key), output)?;
    line("use", usage(leaf), output)?;
    validity(leaf, output)
}

fn names(names: &[String]) -> String {
    let more = names.len().saturating_sub(MAX_NAMES);
    let shown = names.get(..MAX_NAMES.min(names.len())).unwrap_or_default().join(", ");
    match (names.is_empty(), more) {
        (true, _) => "none that is a DNS name".to_owned(),
        (false, 0) => shown,
        (false, more) => format!("{shown} and {more} more"),
    }
}

fn usage(leaf: &OneCertificate) -> &'static str {
    match (leaf.extended_key_usage.is_empty(), leaf.server_authentication, leaf.client_authentication) {
        (true, ..) => "any",
        (false, true, true) => "server and client authentication",
        (false, true, false) => "server authentication",
        (false, false, true) => "client authentication",
        (false, false, false) => "neither server nor client authentication",
    }
}

fn validity(leaf: &OneCertificate, output: &mut Output) -> Result<(), Failure> {
    let (style, left) = match leaf.days_left {
        past @ i64::MIN..0 => (BAD, format!("expired {} days ago", past.saturating_neg())),
        0 => (NOTABLE, "less than a day left".to_owned()),
        few @ 1..RENEWAL_DAYS => (NOTABLE, format!("{few} days left")),
        many => (GOOD, format!("{many} days left")),
    };
    let span = format!("{} to {}", date(leaf.not_before), date(leaf.not_after));
    line("valid", format_args!("{span}, {style}{left}{style:#}"), output)
}

fn chain(chain: &Chain, output: &mut Output) -> Result<(), Failure> {
    if chain.faults.is_empty() {
        line("chain", format_args!("{GOOD}complete, to a trusted root{GOOD:#}"), output)?;
    }
    for fault in &chain.faults {
        line("chain", format_args!("{BAD}{}{BAD:#}", fault.text), output)?;
    }
    match chain.unrelated {
        0 => Ok(()),
        1 => line("", "one certificate of the file is not of this chain", output),
        many => line("", format_args!("{many} certificates of the file are not of this chain"), output),
    }
}

fn connectors(asked: &Asked, output: &mut Output) -> Result<(), Failure> {
    let side = if asked.side == "exchange-online" { "Exchange Online" } else { "Postwarden" };
    output.line(format_args!("\n{STRONG}Inbound connectors of {side}{STRONG:#}"))?;
    if asked.connectors.is_empty() && !asked.open {
        output.line("  none asks for a certificate")?;
    }
    for standing in &asked.connectors {
        let (style, word) = match standing.admits {
            Admits::Yes => (GOOD, "satisfied"),
            Admits::No => (BAD, "not satisfied"),
            Admits::Depends => (NOTABLE, "not certain"),
        };
        let value = standing.value.as_deref().unwrap_or("a name that is not shown");
        let whose = format!("{:?} of {}, which wants {value}", standing.connector, standing.tenant);
        output.line(format_args!("  {style}{word:LABEL$}{style:#}{whose}"))?;
        for why in reasons(standing, output) {
            output.line(format_args!("  {:LABEL$}{why}", ""))?;
        }
    }
    if asked.not_shown > 0 {
        output.line(format_args!("  {} more were not asked", asked.not_shown))?;
    }
    if asked.open {
        output.line("  There may be connectors that the files do not show, and one of them may take it.")?;
    }
    for unread in &asked.unread {
        let line = unread.line.map(|line| format!(":{line}")).unwrap_or_default();
        let text = format_args!("  {:LABEL$}{}{line}: {}", "unread", unread.file, unread.reason.text);
        output.styled(BAD, text)?;
    }
    Ok(())
}

/// What does not fit, or is not known.
fn reasons(standing: &Standing, output: &Output) -> Vec<String> {
    let mut reasons: Vec<String> = Vec::new();
    for one in &standing.considered {
        let text = reason(one.reason, output.language);
        if !reasons.contains(&text) {
            reasons.push(text);
        }
    }
    if standing.admits == Admits::No && reasons.is_empty() {
        reasons.push("no name of the certificate matches".to_owned());
    }
    reasons.extend(standing.missing.iter().map(|missing| format!("depends on {missing}")));
    reasons
}

fn line(label: &str, text: impl std::fmt::Display, output: &mut Output) -> Result<(), Failure> {
    output.line(format_args!("  {label:LABEL$}{text}"))
}

fn date(at: Timestamp) -> String {
    at.to_string().chars().take("2026-01-05".len()).collect()
}
