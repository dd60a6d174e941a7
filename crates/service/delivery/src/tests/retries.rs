//! Messages that arrive, at once or later, and hops that do not take them.

use std::time::Duration;

use super::relay::until;
use super::{Delivered, MESSAGE, Mail, Relay, Sink};

fn arrived(recipients: &[&str]) -> Delivered {
    Delivered {
        sender: "<alice@contoso.com>".to_owned(),
        recipients: recipients.iter().map(|path| format!("<{path}>")).collect(),
        text: MESSAGE.to_owned(),
    }
}

#[tokio::test]
async fn what_is_delivered_leaves_the_queue() {
    let sink = Sink::start(&[]).await;
    let mut relay = Relay::new(&[("Out", "*", &sink.address)]).await;
    relay.start();
    relay.submit(Mail { recipients: &["a@example.com", "b@example.com"], ..Mail::default() }).await;
    relay.empty().await;
    relay.stop().await;
    assert_eq!(sink.arrived(), [arrived(&["a@example.com", "b@example.com"])]);
    let orphans = relay.stores.bodies.collect_orphans(io_store::Scope::Operator, jiff::Timestamp::MAX).await.unwrap();
    assert_eq!(orphans.bodies, 0, "bodies are left behind");
    let events: Vec<_> = relay.events().await.into_iter().map(|event| (event.kind, event.rcpt_to.unwrap())).collect();
    let delivered = |path: &str| ("delivered".to_owned(), path.to_owned());
    assert_eq!(events, [delivered("a@example.com"), delivered("b@example.com")]);
}

#[tokio::test]
async fn what_is_deferred_is_tried_again() {
    let sink = Sink::start(&[("RCPT TO:<b@", "451-4.2.1 try\n451 4.2.1 later")]).await;
    let mut relay = Relay::new(&[("Out", "*", &sink.address)]).await;
    let message = relay.submit(Mail { recipients: &["a@example.com", "b@example.com"], ..Mail::default() }).await;
    relay.start();
    let details = until("two attempts", async || {
        Some(relay.details(message).await).filter(|details| details.message.attempts >= 2)
    })
    .await;
    assert_eq!(details.message.last_reply.as_deref(), Some("451 4.2.1 try later"));
    assert_eq!(details.history[0].next_hop, format!("[{}", sink.address.replace(':', "]:")));
    sink.answer(&[]);
    relay.empty().await;
    relay.stop().await;
    assert_eq!(sink.arrived(), [arrived(&["a@example.com"]), arrived(&["b@example.com"])]);
}

#[tokio::test]
async fn a_hop_that_is_down_is_tried_again() {
    let sink = Sink::start(&[("banner", "421 4.3.2 starting")]).await;
    let mut relay = Relay::new(&[("Out", "*", &sink.address)]).await;
    let message = relay.submit(Mail::default()).await;
    relay.start();
    let details =
        until("an attempt", async || Some(relay.details(message).await).filter(|details| !details.history.is_empty()))
            .await;
    assert_eq!(details.history[0].result, "421 4.3.2 starting");
    // The hop is left alone now: attempts do not mount up.
    sink.answer(&[]);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(relay.details(message).await.message.attempts, 1);
    relay.stop().await;
    // A new process knows nothing of that.
    relay.stores.queue.retry_now(io_store::Scope::Operator, vec![message], jiff::Timestamp::now()).await.unwrap();
    relay.start();
    relay.empty().await;
    relay.stop().await;
    assert_eq!(sink.arrived(), [arrived(&["bob@example.com"])]);
}

#[tokio::test]
async fn a_connector_that_is_gone_is_replaced_by_the_one_that_fits_now() {
    let (first, second, third) = (Sink::start(&[]).await, Sink::start(&[]).await, Sink::start(&[]).await);
    let mut relay = Relay::new(&[("Out", "*", &first.address)]).await;
    let recipients = &["a@example.com", "b@sub.example.org", "c@example.com"];
    let message = relay.submit(Mail { recipients, ..Mail::default() }).await;
    relay.connectors(&[("New", "*.example.org", &second.address)]).await;
    relay.start();
    let details =
        until("an attempt", async || Some(relay.details(message).await).filter(|details| !details.history.is_empty()))
            .await;
    let waiting = "451 4.4.4 No send connector takes mail for this recipient at present";
    assert_eq!(details.message.recipients[0].last_reply.as_deref(), Some(waiting));
    assert_eq!(second.arrived(), [arrived(&["b@sub.example.org"])]);
    relay.connectors(&[("New", "*.example.org", &second.address), ("Third", "example.com", &third.address)]).await;
    relay.empty().await;
    relay.stop().await;
    assert_eq!(third.arrived(), [arrived(&["a@example.com", "c@example.com"])]);
    assert_eq!(first.arrived(), []);
}

#[tokio::test]
async fn a_silent_hop_does_not_hold_up_the_others() {
    let (silent, sink) = (Sink::start(&[("banner", "silence")]).await, Sink::start(&[]).await);
    let mut relay = Relay::new(&[("Silent", "example.net", &silent.address), ("Out", "*", &sink.address)]).await;
    relay.config.concurrency = 4;
    relay.config.per_connector = 2;
    relay.config.drain = Duration::from_millis(20);
    for _ in 0..30 {
        relay.submit(Mail { connector: "Silent", recipients: &["x@example.net"], ..Mail::default() }).await;
    }
    relay.start();
    for _ in 0..5 {
        relay.submit(Mail::default()).await;
    }
    until("all others arrived", async || (sink.arrived().len() == 5).then_some(())).await;
    relay.stop().await;
    assert_eq!(relay.queue().await.len(), 30);
}
