//! `status`: the server in one look.

use jiff::Timestamp;
use service_admin::wire::{QueueNumbers, Status};

use crate::cli::Global;
use crate::client::Client;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{GOOD, NOTABLE, Output, STRONG, table};

/// Prints the state, and what needs attention.
pub fn run(global: &Global, output: &mut Output) -> Outcome {
    let status: Status = Client::new(global)?.get("/v1/status")?;
    if output.json {
        output.json(&status)?;
        return Ok(Exit::Done);
    }
    // The node's name is the machine's, which is often the relay's too.
    let node = if status.node == status.hostname { String::new() } else { format!(", node {}", status.node) };
    output.line(format_args!(
        "{STRONG}{}{STRONG:#}: Postwarden {}{node}, since {:.0}",
        status.hostname, status.version, status.started_at
    ))?;
    for listener in &status.listeners {
        let starttls = if listener.starttls { "STARTTLS" } else { "no TLS" };
        let asks =
            if listener.client_certificates { "asks for client certificates" } else { "asks for no certificates" };
        output.line(format_args!("Listening   {} ({starttls}, {asks})", listener.address))?;
    }
    directory(&status, output)?;
    if let Some(sessions) = status.sessions {
        output.line(format_args!("Sessions    {sessions} open"))?;
    }
    if let Some(queue) = &status.queue {
        output.line(format_args!("Queue       {}", queue_line(queue)))?;
        if let Some(ages) = ages_line(queue) {
            output.line(format_args!("            {ages}"))?;
        }
    }
    refused(&status, output)?;
    if status.attention.is_empty() {
        output.styled(GOOD, "\nNothing needs attention.")?;
        return Ok(Exit::Done);
    }
    output.styled(NOTABLE, "\nNeeds attention:")?;
    for sentence in &status.attention {
        output.line(format_args!("  - {sentence}"))?;
    }
    Ok(Exit::Done)
}

/// Most tenants in the table of refusals.
const TENANTS: usize = 10;

fn refused(status: &Status, output: &mut Output) -> Result<(), Failure> {
    if status.refused.is_empty() {
        return Ok(());
    }
    output.line("")?;
    let rows = status.refused.iter().take(TENANTS).map(|one| {
        let tenant = one.tenant.clone().unwrap_or_else(|| "(no tenant's)".to_owned());
        [tenant, one.hour.to_string(), one.day.to_string()]
    });
    output.line(table(["REFUSED", "LAST HOUR", "LAST DAY"], rows))?;
    match status.refused.len().saturating_sub(TENANTS) {
        0 => Ok(()),
        more => output.line(format_args!("and of {more} more")),
    }
}

fn directory(status: &Status, output: &mut Output) -> Result<(), Failure> {
    let directory = &status.directory;
    let counts = directory.counts;
    output.line(format_args!(
        "Directory   version {}, confirmed {:.0}: {}, {} ({} verified), {}, {}",
        directory.version,
        directory.confirmed_at,
        counted(counts.tenants, "tenant"),
        counted(counts.domains, "domain"),
        counts.verified_domains,
        counted(counts.inbound_connectors, "inbound connector"),
        counted(counts.send_connectors, "send connector"),
    ))
}

fn queue_line(queue: &QueueNumbers) -> String {
    if queue.total == 0 {
        return "empty".to_owned();
    }
    let oldest = queue.oldest_accepted.map(|at: Timestamp| format!(", the oldest from {at:.0}")).unwrap_or_default();
    format!(
        "{} ({} octets), {} due, {} under way, {} held{oldest}",
        counted(queue.total, "message"),
        queue.octets,
        queue.due,
        queue.claimed,
        queue.held
    )
}

/// How much of the queue is old; nothing where nothing is.
fn ages_line(queue: &QueueNumbers) -> Option<String> {
    let ages = [
        (queue.older_than_10m, "10 minutes"),
        (queue.older_than_1h, "an hour"),
        (queue.older_than_4h, "4 hours"),
        (queue.older_than_24h, "a day"),
    ];
    let told: Vec<String> =
        ages.iter().filter(|(count, _)| *count > 0).map(|(count, age)| format!("{count} older than {age}")).collect();
    (!told.is_empty()).then(|| told.join(", "))
}

fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
