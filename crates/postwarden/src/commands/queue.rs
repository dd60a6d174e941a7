//! `queue`: what waits, and why.

pub mod change;

use jiff::Timestamp;
use service_admin::wire::{MessageDetails, Problem, ProblemKind, QueueEntry, QueuePage, QueueParameters};

use crate::cli::{Global, QueueListArgs, QueueSelectArgs, QueueShowArgs};
use crate::client::{Client, ClientError, encoded};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{NOTABLE, Output, STRONG, table};

/// What may be the matter with an id that is not there.
const NOT_QUEUED: &str = "`postwarden queue list` has the ids of what waits; `postwarden queue list --reference` finds what a \
                          client was told when its message was queued; what was delivered or bounced waits no more";

/// Lists messages, oldest id first.
pub fn list(global: &Global, args: &QueueListArgs, output: &mut Output) -> Outcome {
    let parameters =
        QueueParameters { limit: args.limit.map(usize::from), after: args.after.clone(), ..selected(&args.select) };
    let page: QueuePage = Client::new(global)?.get(&format!("/v1/queue?{}", query(&parameters)))?;
    if output.json {
        output.json(&page)?;
        return Ok(Exit::Done);
    }
    if page.messages.is_empty() {
        output.line(if parameters.is_selective() { "Nothing like that waits." } else { "Nothing waits." })?;
        return Ok(Exit::Done);
    }
    let header = ["ID", "TENANT", "FROM", "TO", "STATE", "TRIES", "LAST REPLY"];
    output.line(table(header, page.messages.iter().map(row)))?;
    match page.next {
        // A selection goes on only if it is typed again.
        Some(next) if parameters.is_selective() => {
            output.next(format_args!("there are more: the same command with `--after {next}`."))?
        }
        Some(next) => output.next(format_args!("there are more: `postwarden queue list --after {next}`."))?,
        None if page.messages.iter().any(|entry| entry.hold.is_some()) => output.next(
            "`postwarden queue show ID` says why a message is held; `postwarden queue release ID` lets it go on.",
        )?,
        None => output.next("`postwarden queue show ID` shows a message with its recipients and attempts.")?,
    }
    Ok(Exit::Done)
}

/// What the flags select.
fn selected(select: &QueueSelectArgs) -> QueueParameters {
    QueueParameters {
        tenant: select.tenant.clone(),
        destination: select.destination.clone(),
        sender: select.sender.clone(),
        last_reply: select.last_reply.clone(),
        reference: select.reference.clone(),
        older_than: select.older_than.map(|age| age.as_secs()),
        younger_than: select.younger_than.map(|age| age.as_secs()),
        ..QueueParameters::default()
    }
}

/// The parameters as a query.
fn query(parameters: &QueueParameters) -> String {
    let texts = [
        ("tenant", &parameters.tenant),
        ("destination", &parameters.destination),
        ("sender", &parameters.sender),
        ("last_reply", &parameters.last_reply),
        ("reference", &parameters.reference),
        ("after", &parameters.after),
    ];
    let numbers = [
        ("older_than", parameters.older_than),
        ("younger_than", parameters.younger_than),
        ("limit", parameters.limit.map(|limit| limit as u64)),
    ];
    let texts = texts.into_iter().filter_map(|(name, text)| Some(format!("{name}={}", encoded(text.as_deref()?))));
    let numbers = numbers.into_iter().filter_map(|(name, number)| Some(format!("{name}={}", number?)));
    texts.chain(numbers).collect::<Vec<_>>().join("&")
}

/// Shows one message.
pub fn show(global: &Global, args: &QueueShowArgs, output: &mut Output) -> Outcome {
    let path = format!("/v1/queue/{}", encoded(&args.id));
    let details: MessageDetails = Client::new(global)?.get(&path).map_err(|error| match error {
        ClientError::Problem(Problem { kind: ProblemKind::NotFound, detail, .. }) => {
            Failure::new(Exit::No, detail).hint(NOT_QUEUED)
        }
        other => other.into(),
    })?;
    if output.json {
        output.json(&details)?;
        return Ok(Exit::Done);
    }
    head(&details, output)?;
    output.styled(STRONG, "\nRecipients")?;
    for recipient in &details.recipients {
        let reply = recipient.last_reply.as_ref().map(|reply| format!(": {reply}")).unwrap_or_default();
        output.line(format_args!("  <{}> {}{reply}", recipient.address, recipient.state))?;
    }
    if !details.history.is_empty() {
        output.styled(STRONG, "\nAttempts")?;
    }
    for attempt in &details.history {
        let hop = if attempt.next_hop.is_empty() { "no next hop reached" } else { &attempt.next_hop };
        let tls = if attempt.tls.is_empty() { String::new() } else { format!(" ({})", attempt.tls) };
        output.line(format_args!("  {:.0} {hop}{tls}: {}", attempt.at, attempt.result))?;
    }
    if details.message.hold.is_some() {
        let id = &details.message.id;
        output.next(format_args!(
            "`postwarden queue release {id}` lets it go on; `postwarden queue remove {id}` ends it, and bounces nothing."
        ))?;
    }
    Ok(Exit::Done)
}

fn head(details: &MessageDetails, output: &mut Output) -> Result<(), Failure> {
    let message = &details.message;
    output.line(format_args!("{STRONG}Message {}{STRONG:#} of tenant {}", message.id, message.tenant))?;
    output.line(format_args!("From        <{}>, {} octets", message.mail_from, message.size))?;
    output.line(format_args!("Accepted    {:.0} as {}", message.accepted_at, message.reference))?;
    output.line(format_args!("Route       send connector {:?}", message.send_connector))?;
    output.line(format_args!("State       {}, tries so far: {}", state(message), message.attempts))?;
    if let Some(lease) = &details.lease {
        output.line(format_args!("Under way   at node {}, until {:.0} at the latest", lease.node, lease.until))?;
    }
    if let Some(hold) = &message.hold {
        output.styled(NOTABLE, format_args!("Held        {hold}"))?;
    }
    Ok(())
}

fn row(entry: &QueueEntry) -> [String; 7] {
    let more = entry.pending.saturating_sub(1);
    let to = format!("<{}>{}", entry.first_recipient, if more > 0 { format!(" +{more}") } else { String::new() });
    [
        entry.id.clone(),
        entry.tenant.clone(),
        format!("<{}>", entry.mail_from),
        to,
        state(entry),
        entry.attempts.to_string(),
        entry.last_reply.clone().unwrap_or_default(),
    ]
}

fn state(entry: &QueueEntry) -> String {
    match (&entry.hold, entry.claimed) {
        (Some(_), _) => "held".to_owned(),
        (None, true) => "under way".to_owned(),
        (None, false) if entry.next_attempt <= Timestamp::now() => "due".to_owned(),
        (None, false) => format!("next try {:.0}", entry.next_attempt),
    }
}
