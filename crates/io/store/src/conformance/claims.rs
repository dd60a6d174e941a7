//! Promises of [`Queue`](crate::Queue) about who works on what.

use std::collections::HashSet;

use core_directory::SendConnectorId;
use tokio::task::JoinSet;

use super::fixtures::{ALL, ONE, TWO, at, attempt, claim, claim_one, deferred, message, queued, seal, settlement};
use super::{Check, Failure, Subject, ensure, equal, fails};
use crate::{Ages, ClaimExcept, ClaimedMessage, LaneKey, Lease, MessageId, NewMessage, Settlement};

fn ids(claimed: &[ClaimedMessage]) -> Vec<MessageId> {
    claimed.iter().map(|claimed| claimed.message.id).collect()
}

pub async fn only_due_ones_and_oldest_first(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let late = queued(&stores, ONE, 30).await?;
    let early = queued(&stores, TWO, 10).await?;
    let middle = queued(&stores, ONE, 20).await?;
    queued(&stores, ONE, 40).await?;
    let none = stores.queue.claim(ALL, "n", at(30), 0, at(99), &ClaimExcept::default()).await?;
    ensure("a limit of nothing", none.is_empty())?;
    let first = stores.queue.claim(ALL, "n", at(30), 2, at(99), &ClaimExcept::default()).await?;
    equal("the two that wait longest", ids(&first), vec![early, middle])?;
    equal("then the next", ids(&claim(&stores, 30).await?), vec![late])?;
    let backwards = stores.queue.claim(ALL, "n", at(30), 2, at(30), &ClaimExcept::default()).await;
    fails!("a claim that ends when it begins", backwards, Invalid);
    Ok(())
}

pub async fn a_long_queue_starves_nobody(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let body = seal(&stores, ONE, b"hello").await?;
    let flood = vec![message(ONE, body); 50];
    stores.queue.accept(ALL, flood).await?;
    let other = NewMessage { send_connector: SendConnectorId(77), next_attempt: at(5), ..message(ONE, body) };
    stores.queue.accept(ALL, vec![other.clone(), other]).await?;
    queued(&stores, TWO, 5).await?;
    let claimed = stores.queue.claim(ALL, "n", at(9), 12, at(99), &ClaimExcept::default()).await?;
    equal("the limit is used up", claimed.len(), 12)?;
    let of = |connector| claimed.iter().filter(|one| one.message.send_connector == SendConnectorId(connector)).count();
    equal("the other connector has its share", of(77), 2)?;
    equal("the other tenant has its share", of(20), 1)?;
    equal("the flood fills the rest", of(10), 9)
}

pub async fn lanes_are_passed_over(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let body = seal(&stores, ONE, b"hello").await?;
    stores.queue.accept(ALL, vec![message(ONE, body); 5]).await?;
    let other = NewMessage { send_connector: SendConnectorId(77), ..message(ONE, body) };
    stores.queue.accept(ALL, vec![other]).await?;
    queued(&stores, TWO, 0).await?;
    let lane = |connector| LaneKey { tenant: ONE, connector: SendConnectorId(connector) };
    let nobody = LaneKey { tenant: TWO, connector: SendConnectorId(10) };
    let except = ClaimExcept { lanes: HashSet::from([lane(10), nobody]), ..ClaimExcept::default() };
    let claimed = stores.queue.claim(ALL, "n", at(0), 10, at(60), &except).await?;
    let connectors: Vec<_> = claimed.iter().map(|one| one.message.send_connector.0).collect();
    equal("the others", connectors, vec![77, 20])?;
    let except = ClaimExcept { tenants: HashSet::from([ONE]), ..ClaimExcept::default() };
    ensure("a whole tenant", stores.queue.claim(ALL, "n", at(0), 10, at(60), &except).await?.is_empty())?;
    equal("those passed over are as they were", claim(&stores, 0).await?.len(), 5)
}

pub async fn only_aged_ones(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let body = seal(&stores, ONE, b"hello").await?;
    let of = |sender: Option<&str>, accepted| NewMessage {
        reverse_path: sender.map(str::to_owned),
        accepted_at: at(accepted),
        ..message(ONE, body)
    };
    let some = Some("a@contoso.com");
    let messages = vec![of(some, -500), of(some, -100), of(some, -99), of(None, -200), of(None, -199)];
    let not_due = NewMessage { next_attempt: at(60), ..of(some, -500) };
    stores.queue.accept(ALL, [messages, vec![not_due]].concat()).await?;
    queued(&stores, TWO, 0).await?;
    let ages = Ages { give_up: at(-500), give_up_bounce: at(-200), late: at(-100) };
    let lanes = HashSet::from([LaneKey { tenant: ONE, connector: SendConnectorId(10) }]);
    let aged = async |limit| stores.queue.claim_aged(ALL, "n", at(0), limit, at(60), &lanes, ages).await;
    let accepted =
        |claimed: Vec<ClaimedMessage>| -> Vec<_> { claimed.iter().map(|one| one.message.accepted_at).collect() };
    equal("the first of them", accepted(aged(1).await?), vec![at(-500)])?;
    let rest = aged(9).await?;
    for one in rest.iter().filter(|one| one.message.reverse_path.is_some()) {
        let told = Settlement { delay_told: true, next_attempt: Some(at(0)), ..settlement(vec![deferred()], 0) };
        stores.queue.settle(ALL, one.claim, told).await?;
    }
    equal("the rest", accepted(rest), vec![at(-100), at(-200)])?;
    ensure("nobody is told twice", aged(9).await?.is_empty())
}

pub async fn nobody_claims_twice(subject: &mut dyn Subject) -> Check {
    const MESSAGES: usize = 120;
    let stores = subject.open().await?;
    let body = seal(&stores, ONE, b"hello").await?;
    stores.queue.accept(ALL, vec![message(ONE, body); MESSAGES]).await?;
    let mut tasks = JoinSet::new();
    for node in 0..6 {
        let queue = stores.queue.clone();
        tasks.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let claimed =
                    queue.claim(ALL, &format!("node{node}"), at(0), 7, at(60), &ClaimExcept::default()).await?;
                if claimed.is_empty() {
                    return Ok::<_, crate::StoreError>(mine);
                }
                mine.extend(claimed);
            }
        });
    }
    let mut claimed = Vec::new();
    while let Some(mine) = tasks.join_next().await {
        claimed.extend(mine.map_err(|error| Failure(format!("a claiming task ended: {error}")))??);
    }
    let messages: HashSet<_> = ids(&claimed).into_iter().collect();
    let claims: HashSet<_> = claimed.iter().map(|claimed| claimed.claim).collect();
    equal("claims in all", claimed.len(), MESSAGES)?;
    equal("different messages", messages.len(), MESSAGES)?;
    equal("different claim numbers", claims.len(), MESSAGES)
}

pub async fn a_claim_expires(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let id = queued(&stores, ONE, 0).await?;
    let first = claim_one(&stores, 0).await?;
    ensure("not before its end", claim(&stores, 59).await?.is_empty())?;
    let second = claim_one(&stores, 60).await?;
    equal("at its end the message is claimed again", second.message.id, id)?;
    ensure("under another number", second.claim != first.claim)?;
    equal("the expired attempt counts as none", second.message.attempts, 0)?;
    let late = stores.queue.settle(ALL, first.claim, settlement(vec![deferred()], 900)).await;
    fails!("settling under the old number", late, Stale);
    fails!("renewing under the old number", stores.queue.renew(ALL, first.claim, at(900)).await, Stale);
    stores.queue.settle(ALL, second.claim, settlement(vec![deferred()], 900)).await?;

    let third = claim_one(&stores, 900).await?;
    let settled = stores.queue.settle(ALL, third.claim, settlement(vec![deferred()], 2000)).await?;
    ensure("expired but not claimed by another it still settles", !settled.finished)
}

pub async fn a_claim_can_be_renewed(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    queued(&stores, ONE, 0).await?;
    let claimed = claim_one(&stores, 0).await?;
    stores.queue.renew(ALL, claimed.claim, at(120)).await?;
    ensure("not at the old end", claim(&stores, 60).await?.is_empty())?;
    let details = stores.queue.get(ALL, claimed.message.id).await?;
    equal("the lease", details.lease, Some(Lease { node: "n".to_owned(), until: at(120) }))?;
    equal("at the new end", claim(&stores, 120).await?.len(), 1)
}

pub async fn a_crashed_node_is_freed(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let lost = queued(&stores, ONE, 0).await?;
    let claimed = stores.queue.claim(ALL, "crashed", at(0), 10, at(3600), &ClaimExcept::default()).await?;
    equal("claimed before the crash", claimed.len(), 1)?;
    queued(&stores, ONE, 0).await?;
    let alive = stores.queue.claim(ALL, "alive", at(0), 10, at(3600), &ClaimExcept::default()).await?;
    equal("claimed by the other node", alive.len(), 1)?;
    drop(stores);

    let stores = subject.open().await?;
    equal("messages freed", stores.queue.release_node(ALL, "crashed").await?, 1)?;
    let again = claim_one(&stores, 0).await?;
    equal("the freed message", again.message.id, lost)?;
    equal("its attempts", again.message.attempts, 0)?;
    for claimed in claimed {
        let result = stores.queue.settle(ALL, claimed.claim, settlement(vec![deferred()], 9)).await;
        fails!("settling after the release", result, Stale);
    }
    for alive in alive {
        stores.queue.settle(ALL, alive.claim, settlement(vec![deferred()], 900)).await?;
    }
    Ok(())
}

pub async fn a_message_can_enter_claimed(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let body = seal(&stores, ONE, b"hello").await?;
    let lease = Lease { node: "n".to_owned(), until: at(600) };
    let new = NewMessage { lease: Some(lease), first_attempt: Some(attempt(0, "running")), ..message(ONE, body) };
    let accepted = stores.queue.accept(ALL, vec![new]).await?;
    let claim_number = accepted.first().and_then(|accepted| accepted.claim);
    let claim_number = claim_number.ok_or_else(|| Failure("the message came with a lease, no claim".to_owned()))?;
    ensure("nobody else gets it", claim(&stores, 599).await?.is_empty())?;
    stores.queue.settle(ALL, claim_number, settlement(vec![deferred()], 700)).await?;
    equal("attempts", claim_one(&stores, 700).await?.message.attempts, 2)
}
