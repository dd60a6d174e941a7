//! `show`: one object with all its fields, what follows from them, and when it changed.

use core_directory::{Field, ObjectKind};
use jiff::Timestamp;
use serde::Serialize;
use service_admin::wire::{
    CertificateStatus, DomainProof, DomainStatus, LimitUse, Resource, ResourceStatus, TenantStatus,
};

use super::target::Target;
use super::{failure, text};
use crate::cli::Global;
use crate::cli::kind::Kind;
use crate::cli::object::ShowArgs;
use crate::client::Client;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{BAD, GOOD, NOTABLE, Output, STRONG};
use crate::shell;

/// Columns of the names on the left.
const WIDTH: usize = 34;

/// Days before a certificate's end from which on it is said with emphasis.
const SOON: i64 = 30;

/// What `--json` prints: the resource with its entity tag, which `--if-match` takes.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    resource: &'a Resource,
    etag: String,
}

/// Shows the object.
pub fn run(global: &Global, kind: &Kind, args: ShowArgs, output: &mut Output) -> Outcome {
    let client = Client::new(global)?;
    let target = Target::of(&client, kind, args.object)?;
    let resource = target.get(&client, kind).map_err(|error| failure(kind, &target, error))?;
    if output.json {
        output.json(&Shown { resource: &resource, etag: resource.etag() })?;
        return Ok(Exit::Done);
    }
    let whose = if kind.is_in_tenant() { format!(" of tenant {}", resource.tenant) } else { String::new() };
    output.line(format_args!("{STRONG}{} {}{STRONG:#}{whose}", capital(kind.noun), resource.name()))?;
    for flag in kind.flags.iter().filter(|flag| flag.field != Field::Key) {
        if let Some(value) = resource.object.get(flag.field.key()) {
            line(flag.field.key(), text::of(flag.field, value), output)?;
        }
    }
    if let Some(status) = &resource.status {
        output.line("")?;
        of_status(status, output)?;
    }
    output.line("")?;
    line("Made", format_args!("{:.0}", resource.created), output)?;
    line("Changed", format_args!("{:.0}, version {}", resource.modified, resource.version), output)?;
    output.next(next(kind, &target, &resource))?;
    Ok(Exit::Done)
}

fn line(name: &str, value: impl std::fmt::Display, output: &mut Output) -> Result<(), Failure> {
    output.line(format_args!("{name:WIDTH$}{value}"))
}

fn of_status(status: &ResourceStatus, output: &mut Output) -> Result<(), Failure> {
    match status {
        ResourceStatus::Tenant(status) => of_tenant(status, output),
        ResourceStatus::Domain(status) => of_domain(status, output),
        ResourceStatus::Certificate(status) => of_certificate(status, output),
    }
}

fn of_tenant(status: &TenantStatus, output: &mut Output) -> Result<(), Failure> {
    line("Domains", format_args!("{}, {} verified", status.domains, status.verified_domains), output)?;
    line("Inbound connectors", status.inbound_connectors, output)?;
    line("Send connectors", status.send_connectors, output)?;
    line("Certificates", status.certificates, output)?;
    status.used.iter().try_for_each(|used| of_limit(used, output))
}

/// What is used of a limit; of what has none only what the month has brought.
fn of_limit(used: &LimitUse, output: &mut Output) -> Result<(), Failure> {
    let label = used.limit.replace('_', " ");
    let label = format!("Used of {}", label.strip_prefix("max ").unwrap_or(&label));
    let opens = used.opens.map(|opens| format!(", anew at {opens:.0}")).unwrap_or_default();
    match used.of {
        Some(of) if used.used >= of => line(&label, format_args!("{BAD}{} of {of}{BAD:#}{opens}", used.used), output),
        Some(of) => line(&label, format_args!("{} of {of}{opens}", used.used), output),
        None if used.limit.ends_with("_per_month") => line(&label, format_args!("{}, no limit", used.used), output),
        None => Ok(()),
    }
}

fn of_domain(status: &DomainStatus, output: &mut Output) -> Result<(), Failure> {
    match status.proof {
        DomainProof::None => {
            line("Proof", format_args!("{NOTABLE}none: it is not verified and does not count{NOTABLE:#}"), output)?;
        }
        DomainProof::OperatorsWord => line("Proof", format_args!("{GOOD}the operator's word{GOOD:#}"), output)?,
        DomainProof::Dns => line("Proof", format_args!("{GOOD}its record in DNS{GOOD:#}"), output)?,
    }
    if let Some(at) = status.verified_at {
        line("Last proved", format_args!("{at:.0}"), output)?;
    }
    if let Some(since) = status.missing_since {
        line("Record missing since", format_args!("{BAD}{since:.0}{BAD:#}"), output)?;
    }
    Ok(())
}

fn of_certificate(status: &CertificateStatus, output: &mut Output) -> Result<(), Failure> {
    line("Subject", &status.subject, output)?;
    line("Issuer", &status.issuer, output)?;
    line("Names", some(&status.names), output)?;
    if let Some(begin) = status.not_before {
        line("Valid from", format_args!("{begin:.0}"), output)?;
    }
    if let Some(end) = status.not_after {
        let days = end.duration_since(Timestamp::now()).as_hours().div_euclid(24);
        match days {
            ..0 => line("Ends", format_args!("{BAD}{end:.0}: it has expired{BAD:#}"), output)?,
            0..SOON => line("Ends", format_args!("{NOTABLE}{end:.0}, in {days} days{NOTABLE:#}"), output)?,
            _ => line("Ends", format_args!("{end:.0}, in {days} days"), output)?,
        }
    }
    line("Thumbprint (SHA-256)", &status.sha256, output)?;
    line("Intermediates", status.intermediates, output)?;
    line("Presented by send connectors", some(&status.used_by), output)
}

fn some(names: &[String]) -> String {
    if names.is_empty() { text::NONE.to_owned() } else { names.join(", ") }
}

fn next(kind: &Kind, target: &Target, resource: &Resource) -> String {
    match (kind.object, &resource.status) {
        (ObjectKind::Tenant, _) => {
            let tenant = shell::quoted(&target.name);
            format!(
                "`postwarden domain list --tenant {tenant}` and `postwarden inbound-connector list --tenant {tenant}` show what it has."
            )
        }
        (ObjectKind::Domain, Some(ResourceStatus::Domain(status))) if status.proof == DomainProof::None => {
            format!("`{}` shows the record that proves it, and looks for it.", target.command(kind, "verify"))
        }
        _ => format!("`{} --help` shows how to change it.", set_command(kind)),
    }
}

fn set_command(kind: &Kind) -> String {
    format!("postwarden {} set", kind.command)
}

fn capital(noun: &str) -> String {
    let mut letters = noun.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
