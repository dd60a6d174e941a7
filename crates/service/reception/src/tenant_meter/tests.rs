//! Limits by a clock that the test holds: what passes, what does not, when it does again, and what outlives a restart.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use core_directory::RateLimits;
use io_store::Stores;
use io_store_embedded::Embedded;

use super::*;

const ONE: TenantId = TenantId(1);
const TWO: TenantId = TenantId(2);

struct World {
    _folder: tempfile::TempDir,
    stores: Stores,
    meter: Arc<TenantMeter>,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let stores = Embedded::open(folder.path()).unwrap().stores();
        let meter = TenantMeter::open(stores.trace.clone(), stores.queue.clone()).await;
        Self { _folder: folder, stores, meter }
    }

    /// Offers a message with so many recipients at a time, and has it accepted if all are taken. The first refusal.
    async fn offer(&self, limits: &TenantLimits, recipients: usize, at: &str) -> Result<(), String> {
        let mut charges = Charges::new(Arc::clone(&self.meter));
        for _ in 0..recipients {
            let taken = charges.recipient(&[(ONE, *limits)], None, time(at)).await;
            taken.map_err(|exceeded| exceeded.text())?;
        }
        charges.accepted(100, time(at));
        Ok(())
    }

    /// What is used of a limit.
    async fn used(&self, limit: Field, at: &str) -> u64 {
        let used = self.meter.used(ONE, &TenantLimits::default(), time(at)).await.unwrap();
        used.iter().find(|one| one.limit == limit).unwrap().used
    }
}

fn time(text: &str) -> Timestamp {
    format!("2026-12-{text}Z").parse().unwrap()
}

fn messages(minute: Option<u64>, day: Option<u64>) -> TenantLimits {
    TenantLimits { messages: RateLimits { minute, day, ..RateLimits::default() }, ..TenantLimits::default() }
}

#[tokio::test]
async fn rates_close_and_open_again() {
    let world = World::new().await;
    let limits = messages(Some(2), Some(3));
    let check = async |at: &str, expected: Result<(), &str>| {
        let got = world.offer(&limits, 1, at).await;
        assert_eq!(got, expected.map_err(str::to_owned), "at {at}");
    };
    check("05T08:00:00", Ok(())).await;
    check("05T08:00:59", Ok(())).await;
    let minute =
        "This organization's limit of 2 messages per minute is reached; it opens again at 2026-12-05T08:01:00Z";
    check("05T08:00:59.9", Err(minute)).await;
    check("05T08:01:00", Ok(())).await;
    let day = "This organization's limit of 3 messages per day is reached; it opens again at 2026-12-06T00:00:00Z";
    check("05T08:01:01", Err(day)).await;
    check("05T23:59:59", Err(day)).await;
    check("06T00:00:00", Ok(())).await;
}

#[tokio::test]
async fn recipients_count_each() {
    let world = World::new().await;
    let recipients = RateLimits { hour: Some(5), ..RateLimits::default() };
    let limits = TenantLimits { recipients, ..TenantLimits::default() };
    assert_eq!(world.offer(&limits, 4, "05T08:00:00").await, Ok(()));
    let refused = world.offer(&limits, 2, "05T08:30:00").await.unwrap_err();
    assert!(refused.contains("5 recipients per hour") && refused.contains("09:00:00Z"), "{refused}");
    // What was refused does not count, and what it had set aside is free again.
    assert_eq!(world.offer(&limits, 1, "05T08:31:00").await, Ok(()));
    assert_eq!(world.used(Field::RecipientsPerHour, "05T08:59:00").await, 5);
    assert_eq!(world.used(Field::MessagesPerHour, "05T08:59:00").await, 2);
    assert_eq!(world.used(Field::RecipientsPerHour, "05T09:00:00").await, 0);
    assert_eq!(world.used(Field::RecipientsPerMonth, "05T09:00:00").await, 5);
}

#[tokio::test]
async fn many_at_once_do_not_exceed_a_limit() {
    let world = World::new().await;
    let (limits, at) = (messages(Some(2), None), time("05T08:00:00"));
    let mut open: Vec<Charges> = (0..3).map(|_| Charges::new(Arc::clone(&world.meter))).collect();
    let mut taken = Vec::new();
    for charges in &mut open {
        taken.push(charges.recipient(&[(ONE, limits)], None, at).await.is_ok());
    }
    assert_eq!(taken, [true, true, false]);
    // One comes to nothing, and its place is free.
    open.truncate(1);
    assert_eq!(world.offer(&limits, 1, "05T08:00:01").await, Ok(()));
    open.remove(0).accepted(1, at);
    assert!(world.offer(&limits, 1, "05T08:00:02").await.is_err());
}

#[tokio::test]
async fn sessions_sizes_and_what_may_be_held() {
    let world = World::new().await;
    let at = time("05T08:00:00");
    let limits = TenantLimits { max_sessions: Some(1), max_message_size: Some(1000), ..messages(Some(1), None) };
    let mut first = Charges::new(Arc::clone(&world.meter));
    assert_eq!(first.recipient(&[(ONE, limits)], Some(1000), at).await, Ok(None));
    let mut second = Charges::new(Arc::clone(&world.meter));
    let refused = second.recipient(&[(ONE, limits)], None, at).await.unwrap_err();
    assert_eq!((refused.field(), refused.reply().code()), (Field::MaxSessions, 450));
    let refused = second.recipient(&[(ONE, limits)], Some(1001), at).await.unwrap_err();
    assert_eq!((refused.field(), refused.reply().code()), (Field::MaxMessageSize, 552));
    assert_eq!(first.message(1000, at).await, Ok(()));
    assert_eq!(first.message(1001, at).await.unwrap_err(), Exceeded::Size { octets: 1000 });
    // A tenant that hands over inside is charged as well, and both or neither.
    let free = TenantLimits::default();
    assert!(second.recipient(&[(TWO, free), (ONE, limits)], None, at).await.is_err());
    assert_eq!(world.meter.tallies().get(&TWO).map(|tally| tally.sessions), Some(0));
    first.accepted(1, at);
    let hold = TenantLimits { over_limit: OverLimit::Hold, ..limits };
    let over = second.recipient(&[(ONE, hold)], None, at).await.unwrap().expect("a reason to hold it");
    assert_eq!(over.field(), Field::MessagesPerMinute);
}

#[tokio::test]
async fn a_share_of_the_queue() {
    let world = World::new().await;
    let at = time("05T08:00:00");
    let limits = TenantLimits { max_queued_messages: Some(2), max_queued_size: Some(250), ..TenantLimits::default() };
    // Nothing is in the queue; what is accepted counts before it is read again.
    assert_eq!(world.offer(&limits, 1, "05T08:00:00").await, Ok(()));
    let mut charges = Charges::new(Arc::clone(&world.meter));
    assert_eq!(charges.recipient(&[(ONE, limits)], None, at).await, Ok(None));
    assert_eq!(charges.message(150, at).await, Ok(()));
    let refused = charges.message(151, at).await.unwrap_err();
    assert_eq!((refused.field(), refused.reply().code()), (Field::MaxQueuedSize, 452));
    charges.accepted(100, at);
    let refused = world.offer(&limits, 1, "05T08:00:00").await.unwrap_err();
    assert!(refused.contains("2 messages, is used up"), "{refused}");
}

#[tokio::test]
async fn counters_outlive_a_restart() {
    let world = World::new().await;
    let limits = messages(Some(2), Some(2));
    assert_eq!(world.offer(&limits, 3, "05T08:00:00").await, Ok(()));
    let (now, shutdown) = ((|| time("05T08:00:30")) as fn() -> Timestamp, CancellationToken::new());
    shutdown.cancel();
    Arc::clone(&world.meter).run(shutdown, now).await;
    let meter = TenantMeter::open(world.stores.trace.clone(), world.stores.queue.clone()).await;
    let world = World { meter, ..world };
    assert_eq!(world.used(Field::RecipientsPerMinute, "05T08:00:40").await, 3);
    assert_eq!(world.offer(&limits, 1, "05T08:00:41").await, Ok(()));
    assert!(world.offer(&limits, 1, "05T08:00:42").await.is_err());
    assert!(world.offer(&limits, 1, "05T09:00:00").await.is_err(), "the day goes on");
    // Tenants whose month is over are forgotten when there is nothing to write of them.
    world.meter.write(time("05T09:00:00"));
    world.meter.write("2027-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(world.meter.tallies().len(), 0);
}
