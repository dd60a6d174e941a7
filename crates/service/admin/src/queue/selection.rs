//! What a request selects, in the form that the store looks for. What cannot be read is refused, never ignored.

use std::time::Duration;

use io_store::{DestinationFilter, MAX_QUEUE_PAGE, QueueFilter, ReplyFilter, SenderFilter};
use jiff::Timestamp;
use service_directory::Current;

use super::message_id;
use crate::access::Caller;
use crate::problem::wrong;
use crate::wire::{Problem, QueueParameters};

/// The filter that the parameters mean at `now`, with `page` messages unless they say otherwise.
pub(super) fn filter(
    parameters: &QueueParameters,
    page: usize,
    caller: &Caller,
    current: &Current,
    now: Timestamp,
) -> Result<QueueFilter, Problem> {
    let limit = parameters.limit.unwrap_or(page);
    if !(1..=MAX_QUEUE_PAGE).contains(&limit) {
        return Err(wrong("limit", format!("{limit} is not from 1 to {MAX_QUEUE_PAGE}")));
    }
    let tenant = |name: &String| Ok::<_, Problem>(caller.tenant(current, name)?.id);
    let ago = |seconds: u64| now.checked_sub(Duration::from_secs(seconds)).unwrap_or(Timestamp::MIN);
    Ok(QueueFilter {
        tenant: parameters.tenant.as_ref().map(tenant).transpose()?,
        connector: None,
        held: parameters.held,
        destination: read(
            "destination",
            parameters.destination.as_deref(),
            DestinationFilter::parse,
            "write a domain, or *.domain for what lies below it",
        )?,
        sender: read(
            "sender",
            parameters.sender.as_deref(),
            SenderFilter::parse,
            "write an address, a domain, or <> for the null sender",
        )?,
        last_reply: read(
            "last_reply",
            parameters.last_reply.as_deref(),
            ReplyFilter::parse,
            "write a code such as 451 or 4.7., or some words of the reply",
        )?,
        reference: parameters.reference.clone(),
        accepted_before: parameters.older_than.map(ago),
        accepted_since: parameters.younger_than.map(ago),
        limit,
        after: parameters.after.as_deref().map(|after| message_id("after", after)).transpose()?,
    })
}

fn read<T>(
    field: &str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
    hint: &str,
) -> Result<Option<T>, Problem> {
    let Some(text) = text else { return Ok(None) };
    parse(text).map(Some).ok_or_else(|| wrong(field, format!("{text:?} is none: {hint}")))
}
