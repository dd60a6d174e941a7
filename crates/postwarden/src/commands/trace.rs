//! `trace`: what became of a message, as a story in the order of time.

mod story;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::json;
use service_admin::wire::{TraceEvent, TracePage};

use crate::cli::{Global, TraceArgs};
use crate::client::{Client, encoded};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Output, STRONG};

/// Events that are asked for at once.
const PAGE: usize = 1000;

/// Pages that are looked through for different messages: one to a thousand recipients fills a page by itself.
const PAGES: usize = 20;

/// A message with what is known of it, the oldest first. One that came for two tenants is two.
struct Message {
    reference: String,
    tenant: String,
    events: Vec<TraceEvent>,
}

/// Finds messages and tells their stories.
pub fn run(global: &Global, args: &TraceArgs, output: &mut Output) -> Outcome {
    let client = Client::new(global)?;
    let (references, more) = references(&client, args)?;
    let mut messages = Vec::new();
    // The newest message stands last, where one looks.
    for reference in references.iter().rev() {
        messages.extend(stories(&client, args, reference)?);
    }
    if output.json {
        let shown = messages.iter().map(
            |message| json!({ "reference": message.reference, "tenant": message.tenant, "events": message.events }),
        );
        output.json(&json!({ "messages": shown.collect::<Vec<_>>(), "more": more }))?;
        return Ok(if messages.is_empty() { Exit::No } else { Exit::Done });
    }
    for message in &messages {
        show(message, output)?;
    }
    if messages.is_empty() {
        output.line("The trace knows of no such message.")?;
        output.next(
            "mail that was refused has no story: `postwarden why REFERENCE` tells the reason, with the reference in the \
             reply's brackets; `[trace]` in the configuration says how long messages are kept.",
        )?;
        return Ok(Exit::No);
    }
    if more {
        output.next(format_args!(
            "these are the newest {}; `--limit`, `--since` and `--until` show others.",
            references.len()
        ))?;
    }
    Ok(Exit::Done)
}

/// The references of the newest messages that match, the newest first, and whether there are more.
fn references(client: &Client, args: &TraceArgs) -> Result<(Vec<String>, bool), Failure> {
    let (mut found, mut seen, mut after) = (Vec::new(), BTreeSet::new(), None);
    for _ in 0..PAGES {
        let page: TracePage = client.get(&path(args, args.reference.as_deref(), after.as_deref()))?;
        for event in page.items {
            if !seen.insert(event.reference.clone()) {
                continue;
            }
            if found.len() == usize::from(args.limit) {
                return Ok((found, true));
            }
            found.push(event.reference);
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok((found, false)),
        }
    }
    Ok((found, true))
}

/// All that is known under a reference, by tenant.
fn stories(client: &Client, args: &TraceArgs, reference: &str) -> Result<Vec<Message>, Failure> {
    let whole = TraceArgs {
        mail_from: None,
        rcpt_to: None,
        message_id: None,
        reference: None,
        since: None,
        until: None,
        tenant: args.tenant.clone(),
        limit: args.limit,
    };
    let page: TracePage = client.get(&path(&whole, Some(reference), None))?;
    let mut messages: Vec<Message> = Vec::new();
    for event in page.items.into_iter().rev() {
        match messages.iter_mut().find(|message| message.tenant == event.tenant) {
            Some(message) => message.events.push(event),
            None => messages.push(Message {
                reference: reference.to_owned(),
                tenant: event.tenant.clone(),
                events: vec![event],
            }),
        }
    }
    Ok(messages)
}

fn path(args: &TraceArgs, reference: Option<&str>, after: Option<&str>) -> String {
    let now = Timestamp::now();
    let moment = |since: Option<crate::since::Since>| since.map(|since| since.moment(now).to_string());
    let (since, until) = (moment(args.since), moment(args.until));
    let parameters = [
        ("tenant", args.tenant.as_deref()),
        ("mail_from", args.mail_from.as_deref()),
        ("rcpt_to", args.rcpt_to.as_deref()),
        ("message_id", args.message_id.as_deref()),
        ("reference", reference),
        ("since", since.as_deref()),
        ("until", until.as_deref()),
        ("after", after),
    ];
    let given = parameters.into_iter().filter_map(|(name, value)| Some(format!("&{name}={}", encoded(value?))));
    format!("/v1/trace?limit={PAGE}{}", given.collect::<String>())
}

fn show(message: &Message, output: &mut Output) -> Result<(), Failure> {
    let sender = message.events.first().map(|event| event.mail_from.as_str()).unwrap_or_default();
    let (reference, tenant) = (&message.reference, &message.tenant);
    output.line(format_args!("{STRONG}Message {reference}{STRONG:#} of tenant {tenant}, from <{sender}>"))?;
    for event in &message.events {
        output.line(format_args!("  {:.0} {:<10} {}", event.at, event.kind, story::of(event)))?;
    }
    match story::next(reference, &message.events) {
        Some(next) => output.next(next),
        None => output.line(""),
    }
}
