//! `audit`: who changed what from what to what, when, and from where.

use jiff::Timestamp;
use service_admin::wire::{AuditPage, AuditRecord};

use crate::cli::{AuditArgs, Global};
use crate::client::{Client, encoded};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Output, table};

/// Most records that are asked for at once.
const MAX_PAGE: usize = 1000;

/// Shows the trail, newest first.
pub fn run(global: &Global, args: &AuditArgs, output: &mut Output) -> Outcome {
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let (items, more) = read(&Client::new(global)?, args, limit)?;
    if output.json {
        output.json(&AuditPage { next: more, items })?;
        return Ok(Exit::Done);
    }
    if items.is_empty() {
        output.line("No change like that.")?;
        return Ok(Exit::Done);
    }
    output.line(table(["WHEN", "WHO", "FROM", "CHANGE"], items.iter().flat_map(rows)))?;
    if more.is_some() {
        output.next(format_args!("there are older ones: --limit {} shows as many again.", limit.saturating_mul(2)))?;
    } else {
        output.next("--object NAME shows what became of one object; --json has every field.")?;
    }
    Ok(Exit::Done)
}

/// So many records, page by page, and where older ones begin if there are any.
fn read(client: &Client, args: &AuditArgs, limit: usize) -> Result<(Vec<AuditRecord>, Option<String>), Failure> {
    let since = args.since.map(|since| since.moment(Timestamp::now()).to_string());
    let mut conditions = String::new();
    for (key, value) in [("tenant", &args.tenant), ("since", &since), ("actor", &args.actor), ("object", &args.object)]
    {
        if let Some(value) = value {
            conditions.push_str(&format!("&{key}={}", encoded(value)));
        }
    }
    let mut items: Vec<AuditRecord> = Vec::new();
    let mut before = None;
    loop {
        let want = limit.saturating_sub(items.len()).min(MAX_PAGE);
        let behind = before.take().map(|id: String| format!("&before={}", encoded(&id))).unwrap_or_default();
        let page: AuditPage = client.get(&format!("/v1/audit?limit={want}{conditions}{behind}"))?;
        items.extend(page.items);
        if page.next.is_none() || items.len() >= limit {
            return Ok((items, page.next));
        }
        before = page.next;
    }
}

/// A row for each difference; when, who and from where stand beside the first.
fn rows(record: &AuditRecord) -> impl Iterator<Item = [String; 4]> {
    record.diff.iter().enumerate().map(|(place, change)| {
        let head = |text: String| if place == 0 { text } else { String::new() };
        [head(format!("{:.0}", record.at)), head(record.actor.clone()), head(record.origin.clone()), change.to_string()]
    })
}
