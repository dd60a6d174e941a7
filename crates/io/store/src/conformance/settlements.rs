//! Promises of [`Queue`](crate::Queue) about the end of an attempt.

use super::fixtures::{
    ALL, ONE, TWO, at, attempt, claim, claim_one, deferred, delivered, failed, message, queued, seal, settlement,
};
use super::{Check, Subject, ensure, equal, fails};
use crate::{ClaimNumber, MAX_ATTEMPTS_KEPT, NewMessage, Outcome, RecipientId, RecipientState, Settlement};

pub async fn done_messages_go(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let id = queued(&stores, ONE, 0).await?;
    let claimed = claim_one(&stores, 0).await?;
    let settled = stores.queue.settle(ALL, claimed.claim, settlement(vec![delivered(), failed()], 0)).await?;
    ensure("it is finished", settled.finished)?;
    fails!("the message", stores.queue.get(ALL, id).await, NotFound);
    fails!("its body", stores.bodies.open(ALL, claimed.message.body).await, NotFound);
    let again = stores.queue.settle(ALL, claimed.claim, settlement(Vec::new(), 0)).await;
    fails!("settling twice", again, Stale);
    Ok(())
}

pub async fn pending_recipients_come_back(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let id = queued(&stores, ONE, 0).await?;
    let claimed = claim_one(&stores, 0).await?;
    let settled = stores.queue.settle(ALL, claimed.claim, settlement(vec![delivered(), deferred()], 300)).await?;
    ensure("it is not finished", !settled.finished)?;
    ensure("not before it is due", claim(&stores, 299).await?.is_empty())?;
    let again = claim_one(&stores, 300).await?.message;
    equal("attempts", again.attempts, 1)?;
    equal("last reply", again.last_reply.as_deref(), Some("451 4.4.1 later"))?;
    let pending: Vec<_> = again.recipients.iter().map(|recipient| recipient.id).collect();
    equal("pending recipients", pending, vec![RecipientId(1)])?;

    let details = stores.queue.get(ALL, id).await?;
    let states: Vec<_> = details.message.recipients.iter().map(|recipient| recipient.state).collect();
    equal("all recipients", states, vec![RecipientState::Delivered, RecipientState::Pending])?;
    let replies: Vec<_> = details.message.recipients.iter().map(|recipient| recipient.last_reply.as_deref()).collect();
    equal("their replies", replies, vec![Some("250 2.0.0 taken"), Some("451 4.4.1 later")])?;
    equal("history", details.history, vec![attempt(300, "451 4.4.1 later")])
}

pub async fn a_stale_claim_changes_nothing(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let id = queued(&stores, ONE, 0).await?;
    let old = claim_one(&stores, 0).await?;
    claim_one(&stores, 60).await?;
    let before = stores.queue.get(ALL, id).await?;
    let bounce = message(ONE, seal(&stores, ONE, b"bounce").await?);
    let mut late = settlement(vec![delivered(), failed()], 0);
    late.bounces.push(bounce);
    fails!("a stale settlement", stores.queue.settle(ALL, old.claim, late.clone()).await, Stale);
    fails!("a claim never given out", stores.queue.settle(ALL, ClaimNumber(u64::MAX), late).await, Stale);
    equal("the message", stores.queue.get(ALL, id).await?, before)?;
    equal("messages", stores.queue.stats(ALL, at(0)).await?.total, 1)
}

pub async fn bounces_come_with_it_or_not_at_all(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let id = queued(&stores, ONE, 0).await?;
    let claimed = claim_one(&stores, 0).await?;
    let bounce = NewMessage { reverse_path: None, ..message(ONE, seal(&stores, ONE, b"bounce").await?) };
    let strange = message(TWO, seal(&stores, TWO, b"bounce").await?);
    let before = stores.queue.get(ALL, id).await?;

    let done = settlement(vec![failed(), failed()], 0);
    let with = |bounces| Settlement { bounces, ..done.clone() };
    let result = stores.queue.settle(ALL, claimed.claim, with(vec![bounce.clone(), strange.clone()])).await;
    fails!("a bounce of another tenant", result, Invalid);
    let mut unknown = with(vec![bounce.clone()]);
    unknown.outcomes.push((RecipientId(9), Outcome::Failed { reply: "550 5.1.1".to_owned() }));
    fails!("an unknown recipient", stores.queue.settle(ALL, claimed.claim, unknown).await, NotFound);
    equal("the message after the errors", stores.queue.get(ALL, id).await?, before)?;

    let inside = NewMessage { handed_over_by: Some(ONE), hold: Some("why".to_owned()), ..strange };
    let settled = stores.queue.settle(ALL, claimed.claim, with(vec![bounce, inside])).await?;
    ensure("the message is finished", settled.finished)?;
    equal("one that is handed over is queued", settled.bounces.len(), 2)?;
    let queued = claim_one(&stores, 0).await?.message;
    equal("the bounce is queued", settled.bounces.first().map(|bounce| bounce.message), Some(queued.id))?;
    equal("its sender is null", queued.reverse_path, None)
}

pub async fn a_delay_is_told_once(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let id = queued(&stores, ONE, 0).await?;
    for (told, wanted) in [(false, false), (true, true), (false, true)] {
        let claimed = claim_one(&stores, 0).await?;
        let settlement = Settlement { delay_told: told, ..settlement(vec![deferred()], 0) };
        stores.queue.settle(ALL, claimed.claim, settlement).await?;
        equal("whether it was told", stores.queue.get(ALL, id).await?.message.delay_told, wanted)?;
    }
    Ok(())
}

pub async fn history_is_bounded(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let id = queued(&stores, ONE, 0).await?;
    let rounds = MAX_ATTEMPTS_KEPT as i64 + 3;
    for round in 0..rounds {
        let claimed = claim_one(&stores, round * 100).await?;
        stores.queue.settle(ALL, claimed.claim, settlement(vec![deferred()], (round + 1) * 100)).await?;
    }
    let details = stores.queue.get(ALL, id).await?;
    equal("attempts", i64::from(details.message.attempts), rounds)?;
    equal("attempts kept", details.history.len(), MAX_ATTEMPTS_KEPT)?;
    equal("the oldest kept", details.history.first().map(|attempt| attempt.at), Some(at(400)))?;
    equal("the newest kept", details.history.last().map(|attempt| attempt.at), Some(at(rounds * 100)))
}

pub async fn an_uncounted_attempt_is_none(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let id = queued(&stores, ONE, 0).await?;
    let claimed = claim_one(&stores, 10).await?;
    let nothing = Settlement {
        outcomes: Vec::new(),
        next_attempt: None,
        attempt: None,
        count_attempt: false,
        bounces: Vec::new(),
        delay_told: false,
    };
    stores.queue.settle(ALL, claimed.claim, nothing).await?;
    let details = stores.queue.get(ALL, id).await?;
    equal("attempts", details.message.attempts, 0)?;
    equal("the lease", details.lease, None)?;
    ensure("no history", details.history.is_empty())?;
    equal("the due time", details.message.next_attempt, at(0))?;
    equal("due at once", claim_one(&stores, 10).await?.message.id, id)
}
