//! Next hops that are down or silent cost nobody else anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use io_store::Scope;
use jiff::Timestamp;

use super::relay::until;
use super::{Mail, Relay, Sink};
use crate::Clock;

/// An address at which nobody listens.
async fn nobody() -> String {
    Sink::start(&[]).await.address.clone()
}

#[tokio::test]
async fn a_dead_hop_with_a_long_queue_holds_up_nobody() {
    const DEAD: usize = 10_000;
    let (gone, sink) = (nobody().await, Sink::start(&[]).await);
    let mut relay = Relay::new(&[("Dead", "example.net", &gone), ("Out", "*", &sink.address)]).await;
    let dead = Mail { connector: "Dead", recipients: &["x@example.net"], ..Mail::default() };
    relay.submit_many(dead, DEAD).await;
    relay.start();
    until("the dead hop is known", async || (relay.tried().await > 0).then_some(())).await;
    for round in 0..10 {
        relay.submit(Mail::default()).await;
        until("it arrives", async || (sink.arrived().len() == round + 1).then_some(())).await;
    }
    // The dead hop's messages are left as they are: a few attempts, none given back and claimed again and again.
    let (operations, begun) = (relay.operations(), Instant::now());
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (spent, took) = (relay.operations() - operations, begun.elapsed());
    let polls = took.as_millis() / relay.config.poll.as_millis();
    assert!(u128::from(spent) <= polls + 15, "{spent} operations on the queue in {took:?}");
    let tried = relay.tried().await;
    assert!(tried <= 20, "{tried} messages were tried");
    relay.stop().await;
}

#[tokio::test]
async fn silent_hops_of_one_tenant_leave_turns_to_others() {
    let (silent, sink) = (Sink::start(&[("banner", "silence")]).await, Sink::start(&[]).await);
    let names: Vec<(String, String)> =
        (0..12).map(|number| (format!("Silent {number}"), format!("d{number}.example.net"))).collect();
    let connectors: Vec<_> =
        names.iter().map(|(name, space)| (name.as_str(), space.as_str(), silent.address.as_str())).collect();
    let mut relay = Relay::new(&connectors).await;
    relay.other_tenant("Out", &sink.address).await;
    relay.config.concurrency = 20;
    relay.config.per_tenant = 10;
    relay.config.drain = Duration::from_millis(20);
    for (name, space) in &names {
        let recipient = format!("x@{space}");
        let mail = Mail { connector: name, recipients: &[&recipient], ..Mail::default() };
        relay.submit_many(mail, 5).await;
    }
    relay.start();
    until("the tenant has its turns", async || (relay.claimed().await >= 10).then_some(())).await;
    for round in 0..5 {
        relay.submit(Mail { tenant: "fabrikam", ..Mail::default() }).await;
        until("it arrives", async || (sink.arrived().len() == round + 1).then_some(())).await;
    }
    relay.stop().await;
}

#[tokio::test]
async fn mail_to_a_dead_hop_is_given_up_all_the_same() {
    let (gone, home) = (nobody().await, Sink::start(&[]).await);
    let mut relay = Relay::new(&[("Dead", "*", &gone), ("Home", "contoso.com", &home.address)]).await;
    relay.config.schedule.give_up = Duration::from_secs(60);
    // The first search may come before the claims of those that wait are given back; it is the next one that finds them.
    relay.config.aged_search = Duration::from_millis(50);
    let old = Mail { connector: "Dead", age: Duration::from_secs(61), ..Mail::default() };
    relay.submit_many(old, 30).await;
    relay.start();
    relay.empty().await;
    relay.stop().await;
    let bounces = home.arrived();
    assert_eq!(bounces.len(), 30);
    let told = bounces.iter().filter(|bounce| bounce.text.contains("we have stopped trying")).count();
    assert_eq!(told, 30, "{}", bounces[0].text);
}

#[tokio::test]
async fn a_clock_that_was_set_back_makes_nothing_wait() {
    let sink = Sink::start(&[]).await;
    let mut relay = Relay::new(&[("Out", "*", &sink.address)]).await;
    let message = relay.submit(Mail::default()).await;
    let next_year = Timestamp::now() + Duration::from_secs(365 * 86_400);
    relay.stores.queue.retry_now(Scope::Operator, vec![message], next_year).await.unwrap();
    relay.start();
    relay.empty().await;
    relay.stop().await;
    assert_eq!(sink.arrived().len(), 1);
}

#[tokio::test]
async fn a_clock_that_leaps_forward_makes_nothing_old() {
    let (sink, home) = (Sink::start(&[("RCPT", "451 4.2.1 later")]).await, Sink::start(&[]).await);
    let mut relay = Relay::new(&[("Out", "*", &sink.address), ("Home", "contoso.com", &home.address)]).await;
    // Eight minutes, for which the directory still counts as confirmed.
    let leapt = Arc::new(AtomicBool::new(false));
    let by = |leapt: bool| Duration::from_secs(if leapt { 8 * 60 } else { 0 });
    let clock = Arc::clone(&leapt);
    relay.config.clock = Clock::new(move || Timestamp::now() + by(clock.load(Ordering::SeqCst)));
    relay.config.schedule.give_up = Duration::from_secs(300);
    let message = relay.submit(Mail::default()).await;
    relay.start();
    until("an attempt", async || (relay.details(message).await.message.attempts > 0).then_some(())).await;
    let accepted = relay.details(message).await.message.accepted_at;
    leapt.store(true, Ordering::SeqCst);
    until("another attempt", async || (relay.details(message).await.message.attempts > 1).then_some(())).await;
    let is_other = |at: Timestamp| (at != accepted).then_some(at);
    let after = until("its new age", async || is_other(relay.details(message).await.message.accepted_at)).await;
    relay.stop().await;
    // By the steady clock, which is never read at the same moment.
    let moved = after.duration_since(accepted).as_secs();
    assert!((470..490).contains(&moved), "the time of acceptance was moved by {moved} s");
    assert_eq!(home.arrived(), []);
}
