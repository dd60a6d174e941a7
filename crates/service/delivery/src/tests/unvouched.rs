//! Held bounces of incoming mail go by themselves.

use std::time::Duration;

use io_store::{Direction, Scope};
use jiff::Timestamp;

use super::{Mail, Relay};
use crate::notices::unvouched::{reason, remove_beyond};
use crate::remove_unvouched;

#[tokio::test]
async fn the_old_and_the_surplus_go_and_nothing_else() {
    let relay = Relay::new(&[("Out", "*", "192.0.2.1")]).await;
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    let bounce = |age| Mail { sender: None, direction: Direction::Incoming, age, ..Mail::default() };
    let held = async |mail: Mail<'_>, why: &str| {
        let message = relay.submit(mail).await;
        relay.stores.queue.hold(Scope::Operator, vec![message], why).await.unwrap();
        message
    };
    let ours = reason("bob@example.com");
    held(bounce(hours(121)), &ours).await;
    let mut left = vec![
        // Incoming mail with the null sender that somebody holds, and a bounce that somebody holds as well.
        held(bounce(hours(200)), "looked at").await,
        held(bounce(hours(200)), &format!("{ours}; looked at")).await,
        held(bounce(hours(200)), &reason("carol@example.com")).await,
        held(Mail { age: hours(200), ..Mail::default() }, &ours).await,
        relay.submit(bounce(hours(200))).await,
    ];
    let mut young = Vec::new();
    for _ in 0..3 {
        young.push(held(bounce(hours(119)), &ours).await);
    }
    let queue = &*relay.stores.queue;
    assert_eq!(remove_unvouched(queue, Timestamp::now()).await.unwrap(), 1, "the old one");
    assert_eq!(remove_beyond(queue, Timestamp::now(), 2).await.unwrap(), 1, "one of three where two may stay");
    left.extend(&young[1..]);
    assert_eq!(relay.queue().await.into_iter().map(|summary| summary.id).collect::<Vec<_>>(), left);
    assert_eq!(remove_beyond(queue, Timestamp::now(), 2).await.unwrap(), 0, "once more");
}
