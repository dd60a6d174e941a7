//! The queue of a suspended tenant waits, bounces in it too, and others' goes on (rule A14).

use std::time::Duration;

use super::relay::until;
use super::{Mail, Relay, Sink};

#[tokio::test]
async fn a_suspended_tenants_queue_waits_and_others_do_not() {
    let sink = Sink::start(&[]).await;
    let mut relay = Relay::new(&[("Out", "*", &sink.address)]).await;
    relay.other_tenant("Out", &sink.address).await;
    relay.suspend("contoso", true).await;
    let waiting = relay.submit(Mail::default()).await;
    // Old enough to be given up, were it tried.
    let old = relay.submit(Mail { age: Duration::from_secs(7200), ..Mail::default() }).await;
    let bounce = relay.submit(Mail { sender: None, ..Mail::default() }).await;
    relay.start();
    relay.submit(Mail { tenant: "fabrikam", sender: Some("f@fabrikam.com"), ..Mail::default() }).await;
    until("the other tenant's mail", async || (sink.arrived().len() == 1).then_some(())).await;
    for message in [waiting, old, bounce] {
        let details = relay.details(message).await;
        assert_eq!((details.message.attempts, details.history.len(), details.lease), (0, 0, None));
    }
    relay.suspend("contoso", false).await;
    relay.empty().await;
    relay.stop().await;
    assert_eq!(sink.arrived().len(), 4, "each is sent once");
}

#[tokio::test]
async fn what_waits_for_its_turn_is_given_back() {
    let sink = Sink::start(&[("MAIL", "451 4.3.0 later")]).await;
    let mut relay = Relay::new(&[("Out", "*", &sink.address)]).await;
    let message = relay.submit(Mail::default()).await;
    relay.start();
    until("an attempt", async || (!relay.details(message).await.history.is_empty()).then_some(())).await;
    relay.suspend("contoso", true).await;
    // What was claimed before is through with in a moment.
    let attempts = until("a pause", async || {
        let before = relay.details(message).await.message.attempts;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let details = relay.details(message).await;
        (details.message.attempts == before && details.lease.is_none()).then_some(before)
    })
    .await;
    sink.answer(&[]);
    relay.suspend("contoso", false).await;
    relay.empty().await;
    relay.stop().await;
    assert!(attempts >= 1 && sink.arrived().len() == 1);
}
