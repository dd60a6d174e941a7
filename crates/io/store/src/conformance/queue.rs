//! Promises of [`Queue`](crate::Queue) about what is in it. Claims and settlements have modules of their own.

use core_directory::SendConnectorId;

use super::fixtures::{ALL, ONE, TWO, at, attempt, claim, claim_one, contents, delivered, message, queued, seal};
use super::fixtures::{deferred, settlement};
use super::{Check, Failure, Subject, ensure, equal, fails};
use crate::{
    Direction, MAX_QUEUE_PAGE, MessageDetails, MessageId, NewMessage, NewRecipient, QueueFilter, QueueStats,
    QueuedMessage, QueuedRecipient, RecipientId, RecipientState, Stores,
};

pub async fn a_message_comes_back_as_it_was(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let body = seal(&stores, ONE, b"hello").await?;
    let recipient = NewRecipient {
        forward_path: "\"odd one\"@example.net".to_owned(),
        notify: Some("SUCCESS,FAILURE".to_owned()),
        orcpt: Some("rfc822;odd+20one@example.net".to_owned()),
        last_reply: Some("451 4.3.0 busy".to_owned()),
    };
    let new = NewMessage {
        direction: Direction::Incoming,
        reverse_path: None,
        recipients: vec![recipient],
        size: u64::from(u32::MAX) + 5,
        eight_bit: true,
        binary: true,
        smtp_utf8: true,
        ret: Some("HDRS".to_owned()),
        envid: Some("QQ314159".to_owned()),
        accepted_at: at(1),
        reference: "řeka-1".to_owned(),
        attributed: "{\"rule\":\"A9\"}".to_owned(),
        handed_over_by: Some(TWO),
        hold: Some("looks odd".to_owned()),
        next_attempt: at(7),
        first_attempt: Some(attempt(3, "451 4.3.0 busy")),
        ..message(ONE, body)
    };
    let id = one_accepted(&stores, new).await?;
    let wanted = MessageDetails {
        message: QueuedMessage {
            id,
            tenant: ONE,
            direction: Direction::Incoming,
            reverse_path: None,
            recipients: vec![QueuedRecipient {
                id: RecipientId(0),
                forward_path: "\"odd one\"@example.net".to_owned(),
                notify: Some("SUCCESS,FAILURE".to_owned()),
                orcpt: Some("rfc822;odd+20one@example.net".to_owned()),
                state: RecipientState::Pending,
                last_reply: Some("451 4.3.0 busy".to_owned()),
            }],
            send_connector: SendConnectorId(10),
            body,
            size: u64::from(u32::MAX) + 5,
            eight_bit: true,
            binary: true,
            smtp_utf8: true,
            ret: Some("HDRS".to_owned()),
            envid: Some("QQ314159".to_owned()),
            accepted_at: at(1),
            reference: "řeka-1".to_owned(),
            attributed: "{\"rule\":\"A9\"}".to_owned(),
            handed_over_by: Some(TWO),
            delay_told: false,
            hold: Some("looks odd".to_owned()),
            next_attempt: at(7),
            attempts: 1,
            last_reply: Some("451 4.3.0 busy".to_owned()),
        },
        lease: None,
        history: vec![attempt(3, "451 4.3.0 busy")],
    };
    equal("the message", stores.queue.get(ALL, id).await?, wanted)
}

async fn one_accepted(stores: &Stores, new: NewMessage) -> Result<MessageId, Failure> {
    let accepted = stores.queue.accept(ALL, vec![new]).await?;
    accepted.first().map(|accepted| accepted.message).ok_or_else(|| Failure("nothing was accepted".to_owned()))
}

pub async fn all_or_none_are_accepted(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let body = seal(&stores, ONE, b"hello").await?;
    let other = seal(&stores, TWO, b"hello").await?;
    let without = NewMessage { recipients: Vec::new(), ..message(ONE, body) };
    let result = stores.queue.accept(ALL, vec![message(ONE, body), without]).await;
    fails!("a message without recipients", result, Invalid);
    let result = stores.queue.accept(ALL, vec![message(ONE, body), message(ONE, other)]).await;
    fails!("a body of another tenant", result, NotFound);
    equal("messages queued", stores.queue.stats(ALL, at(0)).await?.total, 0)
}

pub async fn accepted_survives_reopening(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let id = queued(&stores, ONE, 0).await?;
    let before = stores.queue.get(ALL, id).await?;
    drop(stores);
    let stores = subject.open().await?;
    stores.bodies.collect_orphans(ALL, at(1000)).await?;
    equal("the message", stores.queue.get(ALL, id).await?, before.clone())?;
    ensure("its body", contents(&stores, before.message.body).await? == b"hello")?;
    let next = queued(&stores, ONE, 0).await?;
    ensure("a later message has a higher id", next > id)
}

pub async fn a_shared_body_goes_with_the_last(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let body = seal(&stores, ONE, b"hello").await?;
    let elsewhere = NewMessage { send_connector: SendConnectorId(99), ..message(ONE, body) };
    stores.queue.accept(ALL, vec![message(ONE, body), elsewhere]).await?;
    let claimed = claim(&stores, 0).await?;
    equal("messages claimed", claimed.len(), 2)?;
    for (place, claimed) in claimed.iter().enumerate() {
        ensure("the body is there before the last goes", contents(&stores, body).await? == b"hello")?;
        if place == 0 {
            let done = settlement(vec![delivered(), delivered()], 0);
            stores.queue.settle(ALL, claimed.claim, done).await?;
        } else {
            stores.queue.remove(ALL, vec![claimed.message.id]).await?;
        }
    }
    fails!("opening the body after the last", stores.bodies.open(ALL, body).await, NotFound);
    Ok(())
}

pub async fn hold_release_retry_remove(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let queue = &stores.queue;
    let (first, second) = (queued(&stores, ONE, 0).await?, queued(&stores, ONE, 500).await?);
    let missing = MessageId(second.0 + 1);

    fails!("hold with one missing", queue.hold(ALL, vec![first, missing], "why").await, NotFound);
    equal("hold is all or none", queue.get(ALL, first).await?.message.hold, None)?;
    queue.hold(ALL, vec![first], "why").await?;
    equal("a held message is not due", claim(&stores, 1000).await?.len(), 1)?;
    queue.release(ALL, vec![first, second]).await?;
    let claimed = claim_one(&stores, 0).await?;
    equal("the released message is due", claimed.message.id, first)?;

    queue.retry_now(ALL, vec![first], at(10)).await?;
    ensure("a retry does not end a claim", claim(&stores, 10).await?.is_empty())?;
    queue.settle(ALL, claimed.claim, settlement(vec![deferred()], 900)).await?;
    queue.retry_now(ALL, vec![first], at(20)).await?;
    equal("a retried message is due", claim_one(&stores, 20).await?.message.id, first)?;

    fails!("removal with one missing", queue.remove(ALL, vec![first, missing]).await, NotFound);
    let body = queue.get(ALL, first).await?.message.body;
    queue.remove(ALL, vec![first]).await?;
    fails!("a removed message", queue.get(ALL, first).await, NotFound);
    fails!("the body of a removed message", stores.bodies.open(ALL, body).await, NotFound);
    let many = vec![second; MAX_QUEUE_PAGE + 1];
    fails!("too many at a time", queue.release(ALL, many).await, Invalid);
    Ok(())
}

pub async fn listing_is_filtered_and_paged(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let mut ids = Vec::new();
    for tenant in [ONE, TWO, ONE, TWO, ONE] {
        ids.push(queued(&stores, tenant, 0).await?);
    }
    let held = ids.get(2).copied().unwrap_or(MessageId(0));
    stores.queue.hold(ALL, vec![held], "why").await?;
    let all = QueueFilter { limit: 100, ..QueueFilter::default() };
    let pick = |places: &[usize]| places.iter().filter_map(|place| ids.get(*place).copied()).collect::<Vec<_>>();
    let cases = [
        ("all", all.clone(), pick(&[0, 1, 2, 3, 4])),
        ("a page", QueueFilter { limit: 2, ..all.clone() }, pick(&[0, 1])),
        ("the next page", QueueFilter { limit: 2, after: ids.get(1).copied(), ..all.clone() }, pick(&[2, 3])),
        ("a tenant", QueueFilter { tenant: Some(TWO), ..all.clone() }, pick(&[1, 3])),
        ("a connector", QueueFilter { connector: Some(SendConnectorId(10)), ..all.clone() }, pick(&[0, 2, 4])),
        ("held", QueueFilter { held: Some(true), ..all.clone() }, pick(&[2])),
        ("not held", QueueFilter { held: Some(false), tenant: Some(ONE), ..all }, pick(&[0, 4])),
        ("nothing asked for", QueueFilter::default(), Vec::new()),
    ];
    for (what, filter, wanted) in cases {
        let found: Vec<_> = stores.queue.list(ALL, filter).await?.iter().map(|line| line.id).collect();
        equal(what, found, wanted)?;
    }
    let line = stores.queue.list(ALL, QueueFilter { held: Some(true), limit: 1, ..QueueFilter::default() }).await?;
    let line = line.first().ok_or_else(|| Failure("the held message is not listed".to_owned()))?;
    equal("first recipient", line.first_recipient.as_str(), "first@example.net")?;
    equal("pending recipients", line.pending, 2)?;
    equal("reason", line.hold.as_deref(), Some("why"))
}

pub async fn numbers_add_up(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    equal("an empty queue", stores.queue.stats(ALL, at(0)).await?, QueueStats::default())?;
    queued(&stores, ONE, 0).await?;
    queued(&stores, ONE, 100).await?;
    let held = queued(&stores, TWO, 0).await?;
    stores.queue.hold(ALL, vec![held], "why").await?;
    let oldest_accepted = Some(at(0));
    let stats = QueueStats { total: 3, held: 1, due: 1, claimed: 0, octets: 15, oldest_accepted, older: [0; 4] };
    equal("before a claim", stores.queue.stats(ALL, at(50)).await?, stats)?;
    claim_one(&stores, 50).await?;
    equal("under a claim", stores.queue.stats(ALL, at(50)).await?, QueueStats { due: 0, claimed: 1, ..stats })?;
    equal("after it expired", stores.queue.stats(ALL, at(110)).await?, QueueStats { due: 2, claimed: 0, ..stats })?;
    let hours = 60 * 60;
    equal("as old as can be", stores.queue.stats(ALL, at(4 * hours)).await?.older, [3, 3, 0, 0])?;
    equal("older than a day", stores.queue.stats(ALL, at(25 * hours)).await?.older, [3, 3, 3, 3])
}
