//! Promises of [`Queue`](crate::Queue) about messages that are meant by what they are like.

use jiff::{SignedDuration, Timestamp};

use super::fixtures::{ALL, OF_ONE, OF_TWO, ONE, TWO, at, attempt, claim, message, queued, seal};
use super::{Check, Failure, Subject, ensure, equal};
use crate::{
    AttemptRecord, DestinationFilter, MAX_HOLD_REASON, MessageId, NewMessage, NewRecipient, QueueChange, QueueFilter,
    ReplyFilter, SenderFilter, Stores,
};

const ALL_OF_IT: QueueFilter = QueueFilter {
    tenant: None,
    connector: None,
    held: None,
    destination: None,
    sender: None,
    last_reply: None,
    reference: None,
    accepted_before: None,
    accepted_since: None,
    limit: 100,
    after: None,
};

/// Queues a message of this sender (none: null) to these recipients, each with its last reply.
async fn of(
    stores: &Stores,
    sender: &str,
    recipients: &[(&str, &str)],
    accepted_at: Timestamp,
) -> Result<MessageId, Failure> {
    let recipient = |(path, reply): &(&str, &str)| NewRecipient {
        forward_path: (*path).to_owned(),
        last_reply: Some((*reply).to_owned()).filter(|reply| !reply.is_empty()),
        ..NewRecipient::default()
    };
    let first = recipients.first().map(|(_, reply)| *reply).filter(|reply| !reply.is_empty());
    let new = NewMessage {
        reverse_path: Some(sender.to_owned()).filter(|sender| !sender.is_empty()),
        recipients: recipients.iter().map(recipient).collect(),
        accepted_at,
        reference: format!("BEEF{:02}", accepted_at.as_second() / 10 % 10),
        first_attempt: first.map(|reply| AttemptRecord { result: reply.to_owned(), ..attempt(0, "") }),
        ..message(ONE, seal(stores, ONE, b"hello").await?)
    };
    let accepted = stores.queue.accept(ALL, vec![new]).await?;
    accepted.first().map(|accepted| accepted.message).ok_or_else(|| Failure("nothing was accepted".to_owned()))
}

pub async fn messages_are_found_by_what_they_are_like(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let ids = [
        of(&stores, "anna@Contoso.com", &[("bob@example.com", "451 4.7.1 Greylisted, try id 5521")], at(10)).await?,
        of(&stores, "", &[("bob@Mail.Example.com", ""), ("eve@example.net", "421 4.3.2 busy")], at(20)).await?,
        of(&stores, "anna@sub.contoso.com", &[("bob@notexample.com", "552 5.2.2 full")], at(30)).await?,
        of(&stores, "xanna@contoso.com", &[("bob@žofie.example", "451 4.7.11 odd"), ("postmaster", "")], at(40))
            .await?,
    ];
    let exactly = |domain: &str| Some(DestinationFilter::Exactly(domain.to_owned()));
    let below = |domain: &str| Some(DestinationFilter::Below(domain.to_owned()));
    let reply = |text: &str| ReplyFilter::parse(text);
    let sender = |text: &str| SenderFilter::parse(text);
    let cases = [
        ("a domain", QueueFilter { destination: exactly("example.com"), ..ALL_OF_IT }, vec![0]),
        ("what lies below it", QueueFilter { destination: below("example.com"), ..ALL_OF_IT }, vec![1]),
        ("a second recipient's", QueueFilter { destination: exactly("example.net"), ..ALL_OF_IT }, vec![1]),
        ("an international domain", QueueFilter { destination: exactly("xn--ofie-kbb.example"), ..ALL_OF_IT }, vec![3]),
        ("a domain of nobody", QueueFilter { destination: below("net"), ..ALL_OF_IT }, vec![1]),
        ("the null sender", QueueFilter { sender: sender("<>"), ..ALL_OF_IT }, vec![1]),
        ("an address", QueueFilter { sender: sender("ANNA@contoso.com"), ..ALL_OF_IT }, vec![0]),
        ("a sender's domain", QueueFilter { sender: sender("contoso.com"), ..ALL_OF_IT }, vec![0, 3]),
        ("a code", QueueFilter { last_reply: reply("451"), ..ALL_OF_IT }, vec![0, 3]),
        ("a code that is only in the text", QueueFilter { last_reply: reply("552"), ..ALL_OF_IT }, vec![2]),
        ("a class of status", QueueFilter { last_reply: reply("4.7."), ..ALL_OF_IT }, vec![0, 3]),
        ("a status", QueueFilter { last_reply: reply("4.7.1"), ..ALL_OF_IT }, vec![0]),
        ("a text", QueueFilter { last_reply: reply("GREYlisted"), ..ALL_OF_IT }, vec![0]),
        ("a recipient's reply", QueueFilter { last_reply: reply("421"), ..ALL_OF_IT }, vec![1]),
        ("a reference", QueueFilter { reference: Some("beef03".to_owned()), ..ALL_OF_IT }, vec![2]),
        ("the old", QueueFilter { accepted_before: Some(at(20)), ..ALL_OF_IT }, vec![0]),
        ("the young", QueueFilter { accepted_since: Some(at(30)), ..ALL_OF_IT }, vec![2, 3]),
        (
            "several at once",
            QueueFilter { last_reply: reply("451"), sender: sender("anna@contoso.com"), ..ALL_OF_IT },
            vec![0],
        ),
    ];
    for (what, filter, wanted) in cases {
        let wanted: Vec<MessageId> = wanted.into_iter().filter_map(|place: usize| ids.get(place).copied()).collect();
        let found: Vec<_> = stores.queue.list(ALL, filter.clone()).await?.iter().map(|line| line.id).collect();
        equal(what, stores.queue.count(ALL, filter).await?, wanted.len() as u64)?;
        equal(what, found, wanted)?;
    }
    Ok(())
}

pub async fn what_was_found_is_changed_page_by_page(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    for tenant in [ONE, TWO, ONE, ONE, TWO] {
        queued(&stores, tenant, 500).await?;
    }
    let hold = QueueChange::Hold { reason: "why".to_owned() };
    let ones = QueueFilter { tenant: Some(ONE), limit: 2, ..ALL_OF_IT };
    let first = stores.queue.change(ALL, ones.clone(), hold.clone()).await?;
    equal("the first page", first.messages, 2)?;
    ensure("there may be more", first.next.is_some())?;
    let second = stores.queue.change(ALL, QueueFilter { after: first.next, ..ones.clone() }, hold.clone()).await?;
    equal("the last page", (second.messages, second.next), (1, None))?;
    let held = QueueFilter { held: Some(true), ..ALL_OF_IT };
    equal("held", stores.queue.count(ALL, held.clone()).await?, 3)?;

    let foreign = QueueFilter { tenant: Some(TWO), ..ALL_OF_IT };
    equal("another tenant's in a tenant's scope", stores.queue.change(OF_ONE, foreign, hold).await?.messages, 0)?;
    stores.queue.change(ALL, held.clone(), QueueChange::Release).await?;
    equal("held after the release", stores.queue.count(ALL, held).await?, 0)?;
    stores.queue.change(ALL, QueueFilter { limit: 100, ..ones }, QueueChange::Retry { now: at(7) }).await?;
    equal("due after the retry", claim(&stores, 7).await?.len(), 3)?;
    stores.queue.change(ALL, ALL_OF_IT, QueueChange::Remove).await?;
    equal("left after the removal", stores.queue.count(ALL, ALL_OF_IT).await?, 0)
}

pub async fn reasons_of_a_hold_add_up(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let id = queued(&stores, ONE, 0).await?;
    let reason = async || Ok::<_, Failure>(stores.queue.get(ALL, id).await?.message.hold);
    for (new, wanted) in [
        ("first", "first"),
        ("first", "first"),
        ("second", "first; second"),
        (&"x".repeat(MAX_HOLD_REASON), "first; second"),
        ("third", "first; second; third"),
    ] {
        stores.queue.hold(ALL, vec![id], new).await?;
        equal("the reasons", reason().await?.as_deref(), Some(wanted))?;
    }
    stores.queue.release(ALL, vec![id]).await?;
    stores.queue.hold(ALL, vec![id], "anew").await?;
    equal("after a release", reason().await?.as_deref(), Some("anew"))
}

pub async fn times_in_the_future_are_mended(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let year = 365 * 86_400;
    let lost = of(&stores, "a@contoso.com", &[("b@example.com", "")], at(year)).await?;
    stores.queue.retry_now(ALL, vec![lost], at(year)).await?;
    let sound = queued(&stores, TWO, 3_600).await?;
    equal("in the scope of another", stores.queue.mend_times(crate::Scope::Tenant(TWO), at(0), at(7_200)).await?, 0)?;
    equal("mended", stores.queue.mend_times(ALL, at(0), at(7_200)).await?, 1)?;
    let message = stores.queue.get(ALL, lost).await?.message;
    equal("its times", (message.accepted_at, message.next_attempt), (at(0), at(0)))?;
    equal("another's", stores.queue.get(ALL, sound).await?.message.next_attempt, at(3_600))?;
    let due: Vec<_> = claim(&stores, 0).await?.iter().map(|claimed| claimed.message.id).collect();
    equal("due now", due, vec![lost])
}

pub async fn nothing_ages_by_a_leap_of_the_clock(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let to: &[(&str, &str)] = &[("b@example.com", "")];
    let old = of(&stores, "a@contoso.com", to, at(-50)).await?;
    let new = of(&stores, "a@contoso.com", to, at(1_000)).await?;
    let leap = SignedDuration::from_secs(1_000);
    equal("in the scope of another", stores.queue.rejuvenate(OF_TWO, at(0), leap, at(1_000)).await?, 0)?;
    equal("messages", stores.queue.rejuvenate(ALL, at(0), leap, at(1_000)).await?, 1)?;
    let accepted = async |id| Ok::<_, Failure>(stores.queue.get(ALL, id).await?.message.accepted_at);
    equal("before the leap", accepted(old).await?, at(950))?;
    equal("after it", accepted(new).await?, at(1_000))?;
    stores.queue.rejuvenate(ALL, at(960), SignedDuration::MAX, at(1_001)).await?;
    equal("never in the future", accepted(old).await?, at(1_001))
}
