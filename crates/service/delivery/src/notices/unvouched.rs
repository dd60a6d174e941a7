//! Bounces of incoming mail, whose senders' addresses nothing has vouched for. They are held for the administrator, and go by
//! themselves: strangers make them at will, and nobody must be able to drown the queue or fill the disk with them.

use io_store::{MAX_QUEUE_PAGE, MessageId, Queue, QueueFilter, QueueSummary, Scope, SenderFilter, StoreError};
use jiff::{SignedDuration, Timestamp};

/// How long they are kept: as long as a message is tried.
pub const UNVOUCHED_AGE: SignedDuration = SignedDuration::from_hours(5 * 24);

/// Most that are kept, the newest: more than anybody reads, and less than half a gigabyte.
pub const MAX_UNVOUCHED: usize = 10_000;

/// Why such a bounce is held. Also what it is known by.
pub fn reason(sender: &str) -> String {
    format!(
        "bounce of incoming mail to {sender}: nothing vouched for that address; it is not sent unless an administrator lets it \
         go on"
    )
}

/// Removes those that are too old at `now` or too many, and says how many went. One that an administrator holds for a reason of
/// their own stays.
///
/// # Errors
/// What the store says; some may be gone then.
pub async fn remove_unvouched(queue: &dyn Queue, now: Timestamp) -> Result<u64, StoreError> {
    remove_beyond(queue, now, MAX_UNVOUCHED).await
}

/// The same with another number.
pub(crate) async fn remove_beyond(queue: &dyn Queue, now: Timestamp, most: usize) -> Result<u64, StoreError> {
    let too_old = now.checked_sub(UNVOUCHED_AGE).unwrap_or(Timestamp::MIN);
    let held = all_held(queue).await?;
    let surplus = held.len().saturating_sub(most);
    let goes = |(place, bounce): (usize, &Held)| (place < surplus || bounce.since < too_old).then_some(bounce.message);
    let going: Vec<_> = held.iter().enumerate().filter_map(goes).collect();
    for page in going.chunks(MAX_QUEUE_PAGE) {
        queue.remove(Scope::Operator, page.to_vec()).await?;
    }
    Ok(going.len() as u64)
}

struct Held {
    message: MessageId,
    since: Timestamp,
}

/// The oldest first.
async fn all_held(queue: &dyn Queue) -> Result<Vec<Held>, StoreError> {
    let mut held = Vec::new();
    let mut after = None;
    loop {
        let filter = QueueFilter {
            held: Some(true),
            sender: Some(SenderFilter::Null),
            limit: MAX_QUEUE_PAGE,
            after,
            ..QueueFilter::default()
        };
        let page = queue.list(Scope::Operator, filter).await?;
        let Some(last) = page.last() else { return Ok(held) };
        after = Some(last.id);
        let unvouched = page.iter().filter(|summary| is_unvouched(summary));
        held.extend(unvouched.map(|summary| Held { message: summary.id, since: summary.accepted_at }));
    }
}

fn is_unvouched(summary: &QueueSummary) -> bool {
    summary.hold.as_deref() == Some(reason(&summary.first_recipient).as_str())
}
