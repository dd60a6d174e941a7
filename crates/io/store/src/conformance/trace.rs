//! Promises of [`Trace`](crate::Trace).

use std::net::{IpAddr, Ipv6Addr};

use core_directory::{TenantId, Window};

use super::fixtures::{ALL, OF_ONE, OF_TWO, ONE, TWO, at};
use super::{Check, Subject, ensure, equal};
use crate::{
    CandidateKind, CountFilter, CountStep, Knock, MAX_TRACE_BODY, NearMiss, RefusalRecord, TraceEvent, TraceFilter,
    UseRecord,
};

pub fn refusal(reference: &str, seconds: i64, sight: &[TenantId]) -> RefusalRecord {
    RefusalRecord {
        reference: reference.to_owned(),
        at: at(seconds),
        tenant_sight: sight.to_vec(),
        nearest: Vec::new(),
        remote_ip: Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        mail_from: Some("Sender@contoso.com".to_owned()),
        rcpt_to: "someone@example.net".to_owned(),
        reply: "550 5.7.64 TenantAttribution; Relay Access Denied [relay 2027-01-15T08:00:00Z 1]".to_owned(),
        kind: "550 5.7.64 TenantAttribution; Relay Access Denied".to_owned(),
        body: "{}".to_owned(),
        repeats: 0,
        last_at: at(seconds),
    }
}

pub fn event(reference: &str, seconds: i64, tenant: TenantId) -> TraceEvent {
    TraceEvent {
        at: at(seconds),
        tenant,
        reference: reference.to_owned(),
        kind: "accepted".to_owned(),
        mail_from: Some("sender@contoso.com".to_owned()),
        rcpt_to: None,
        message_id: None,
        body: "{}".to_owned(),
    }
}

pub async fn refusals_are_found_and_counted(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let recorded = refusal("r1", 1, &[ONE, TWO]);
    stores.trace.record_refusal(ALL, recorded.clone());
    equal("read at once", stores.trace.refusal(ALL, "r1").await?, Some(recorded.clone()))?;
    stores.trace.repeat_refusal(ALL, "r1", at(5));
    stores.trace.repeat_refusal(ALL, "r1", at(3));
    stores.trace.repeat_refusal(ALL, "unknown", at(9));
    let counted = RefusalRecord { repeats: 2, last_at: at(5), ..recorded };
    equal("counted", stores.trace.refusal(ALL, "r1").await?, Some(counted.clone()))?;
    equal("another", stores.trace.refusal(ALL, "r2").await?, None)?;
    stores.trace.flush().await?;
    drop(stores);
    let stores = subject.open().await?;
    equal("after a flush and reopening", stores.trace.refusal(ALL, "r1").await?, Some(counted))
}

pub async fn what_tenants_used_is_kept(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let used = |tenant, window, seconds, messages| UseRecord {
        tenant,
        window,
        start: at(seconds),
        messages,
        recipients: 2 * messages,
    };
    let (hour, minute, other) =
        (used(ONE, Window::Hour, 0, 5), used(ONE, Window::Minute, 60, 3), used(TWO, Window::Day, 0, 9));
    stores.trace.record_uses(ALL, vec![used(ONE, Window::Minute, 0, 7), hour, other]);
    stores.trace.record_uses(OF_ONE, vec![minute]);
    let dropped = stores.trace.dropped();
    stores.trace.record_uses(OF_ONE, vec![used(TWO, Window::Day, 0, 1), used(ONE, Window::Day, 0, 1)]);
    equal("one of another tenant drops them", stores.trace.dropped(), dropped + 2)?;
    stores.trace.flush().await?;
    drop(stores);
    let stores = subject.open().await?;
    equal("the newest of each", stores.trace.uses(ALL).await?, vec![hour, minute, other])?;
    equal("a tenant's own", stores.trace.uses(OF_ONE).await?, vec![hour, minute])?;
    stores.trace.prune(ALL, at(31 * 24 * 3600 + 30)).await?;
    equal("windows that are over go", stores.trace.uses(ALL).await?, vec![minute])
}

pub async fn events_are_filtered(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let to = |path: &str| Some(path.to_owned());
    stores.trace.record_event(ALL, event("a", 1, ONE));
    stores.trace.record_event(ALL, TraceEvent { rcpt_to: to("x@example.net"), ..event("b", 2, ONE) });
    stores.trace.record_event(ALL, TraceEvent { mail_from: None, ..event("c", 3, TWO) });
    stores.trace.record_refusal(ALL, refusal("d", 4, &[]));
    stores.trace.record_refusal(ALL, RefusalRecord { mail_from: None, ..refusal("e", 5, &[]) });
    let all = TraceFilter { limit: 10, ..TraceFilter::default() };
    let cases = [
        ("all", all.clone(), "cba", "ed"),
        ("the newest", TraceFilter { limit: 1, ..all.clone() }, "c", "e"),
        ("a reference", TraceFilter { reference: to("b"), ..all.clone() }, "b", ""),
        ("a sender in other case", TraceFilter { mail_from: to("SENDER@contoso.COM"), ..all.clone() }, "ba", "d"),
        ("the null sender", TraceFilter { mail_from: to(""), ..all.clone() }, "c", "e"),
        ("a recipient", TraceFilter { rcpt_to: to("X@EXAMPLE.net"), ..all.clone() }, "b", ""),
        ("a refused recipient", TraceFilter { rcpt_to: to("someone@example.net"), ..all.clone() }, "", "ed"),
        ("a time", TraceFilter { since: Some(at(2)), ..all.clone() }, "cb", "ed"),
        ("a later time", TraceFilter { since: Some(at(5)), ..all }, "", "e"),
    ];
    for (what, filter, events, refusals) in cases {
        let found: String =
            stores.trace.events(ALL, filter.clone()).await?.items.into_iter().map(|event| event.reference).collect();
        equal(&format!("events by {what}"), found.as_str(), events)?;
        let found: String =
            stores.trace.refusals(ALL, filter).await?.items.into_iter().map(|refusal| refusal.reference).collect();
        equal(&format!("refusals by {what}"), found.as_str(), refusals)?;
    }
    let whole = stores.trace.events(ALL, TraceFilter { reference: to("c"), limit: 1, ..Default::default() }).await?;
    equal("a whole event", whole.items, vec![TraceEvent { mail_from: None, ..event("c", 3, TWO) }])
}

pub async fn events_are_found_by_what_they_concern(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let to = |text: &str| Some(text.to_owned());
    let of =
        |reference: &str, second: i64, rcpt: &str| TraceEvent { rcpt_to: to(rcpt), ..event(reference, second, ONE) };
    stores.trace.record_events(
        ALL,
        vec![
            TraceEvent { message_id: to("one@contoso.com"), ..event("a", 1, ONE) },
            of("a", 2, "x@Example.NET"),
            of("b", 2, "\"odd@one\"@example.net"),
            of("c", 3, "x@elsewhere.example"),
            TraceEvent { message_id: to("one@contoso.com"), ..event("d", 4, TWO) },
        ],
    );
    let all = TraceFilter { limit: 10, ..TraceFilter::default() };
    let cases = [
        ("a recipient's domain", TraceFilter { recipient_domain: to("example.net"), ..all.clone() }, ALL, "ba"),
        ("a sender's domain", TraceFilter { sender_domain: to("contoso.com"), ..all.clone() }, OF_TWO, "d"),
        ("a Message-ID", TraceFilter { message_id: to("one@contoso.com"), ..all.clone() }, ALL, "daa"),
        ("another's Message-ID", TraceFilter { message_id: to("one@contoso.com"), ..all.clone() }, OF_ONE, "aa"),
        ("an unknown Message-ID", TraceFilter { message_id: to("ONE@contoso.com"), ..all.clone() }, ALL, ""),
        ("both ends of a time", TraceFilter { since: Some(at(2)), until: Some(at(3)), ..all.clone() }, ALL, "cba"),
        ("all", all.clone(), ALL, "dcbaa"),
    ];
    for (what, filter, scope, wanted) in cases {
        // Whole, and in pieces of one and of two.
        for limit in [10, 1, 2] {
            let (mut found, mut after) = (String::new(), None);
            loop {
                let filter = TraceFilter { limit, after, ..filter.clone() };
                let page = stores.trace.events(scope, filter).await?;
                ensure("a page is no longer than asked", page.items.len() <= limit)?;
                found.extend(page.items.into_iter().map(|event| event.reference));
                match page.next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
            equal(&format!("events by {what}, {limit} at a time"), found.as_str(), wanted)?;
        }
    }
    Ok(())
}

pub async fn refusals_are_counted_by_the_hour(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let near = |tenant, connector: &str| NearMiss { tenant, connector: connector.to_owned() };
    let nearest = vec![near(TWO, "HQ"), near(ONE, "Branch")];
    stores.trace.record_refusal(ALL, RefusalRecord { nearest: nearest.clone(), ..refusal("r1", 1, &[ONE, TWO]) });
    stores.trace.repeat_refusal(ALL, "r1", at(2));
    stores.trace.repeat_refusal(OF_TWO, "r1", at(3_700));
    stores.trace.record_refusal(ALL, RefusalRecord { nearest, ..refusal("r2", 3_701, &[]) });
    stores.trace.flush().await?;
    drop(stores);
    let stores = subject.open().await?;
    let counted = |scope, since, step| {
        let trace = stores.trace.clone();
        async move {
            let counts = trace.refusal_counts(scope, CountFilter { since: at(since), until: at(10_000), step }).await?;
            let shown = counts.iter().map(|count| {
                let nearest = count.nearest.as_ref().map(|near| format!("{}:{}", near.tenant.0, near.connector));
                let tenant = count.tenant.map_or(0, |tenant| tenant.0);
                let first = if count.first { "" } else { "+" };
                format!("{}h {tenant}{first} {} {}", hours(count.from), nearest.unwrap_or_default(), count.refused)
            });
            Ok::<_, crate::StoreError>(shown.collect::<Vec<_>>().join(", "))
        }
    };
    let all = "1h 0 2:HQ 1, 1h 1 1:Branch 1, 1h 2+ 2:HQ 1, 0h 1 1:Branch 2, 0h 2+ 2:HQ 2";
    equal("by the hour", counted(ALL, 0, CountStep::Hour).await?.as_str(), all)?;
    equal("a tenant's", counted(OF_ONE, 0, CountStep::Hour).await?.as_str(), "1h 1 1:Branch 1, 0h 1 1:Branch 2")?;
    equal("since the second hour", counted(OF_TWO, 5_000, CountStep::Hour).await?.as_str(), "1h 2+ 2:HQ 1")?;
    equal("by the day", counted(OF_TWO, 0, CountStep::Day).await?.as_str(), "0h 2+ 2:HQ 3")?;
    let seen = |record: Option<RefusalRecord>| record.map(|record| record.nearest);
    equal("nearest of a tenant", seen(stores.trace.refusal(OF_ONE, "r1").await?), Some(vec![near(ONE, "Branch")]))?;
    let both = Some(vec![near(TWO, "HQ"), near(ONE, "Branch")]);
    equal("nearest of all", seen(stores.trace.refusal(ALL, "r1").await?), both)?;
    stores.trace.prune(ALL, at(3_600)).await?;
    equal("old counts go", counted(OF_TWO, 0, CountStep::Hour).await?.as_str(), "1h 2+ 2:HQ 1")
}

/// Whole hours since the beginning of the case, which is one; its day began eight hours before.
fn hours(time: jiff::Timestamp) -> i64 {
    let seconds = time.as_second() - at(0).as_second();
    if seconds == -28_800 { 0 } else { seconds / 3_600 }
}

pub async fn candidates_are_counted(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let trace = &stores.trace;
    trace.record_refusal(ALL, refusal("r1", 1, &[ONE]));
    trace.record_knocks(ALL, "r1", vec![knock(CandidateKind::Claim, "aa", 1, "one.example")]);
    trace.repeat_refusal(ALL, "r1", at(2));
    trace.record_refusal(ALL, refusal("r2", 3, &[TWO]));
    let twice =
        [knock(CandidateKind::Certificate, "aa", 3, "two.example"), knock(CandidateKind::Address, "::1", 3, "")];
    trace.record_knocks(ALL, "r2", twice.to_vec());
    trace.record_refusal(ALL, refusal("r3", 4, &[ONE]));
    trace.record_knocks(ALL, "r3", vec![knock(CandidateKind::Certificate, "aa", 4, "one.example")]);
    trace.record_knocks(OF_ONE, "r3", vec![knock(CandidateKind::Certificate, "cc", 4, "one.example")]);
    trace.record_knocks(ALL, "unknown", vec![knock(CandidateKind::Certificate, "bb", 4, "one.example")]);
    equal("dropped in a tenant's scope", trace.dropped(), 1)?;
    // A certificate that was a claim is one that is trusted, and counts anew.
    let cases = [
        (ALL, "Certificate aa 2 3-4 one.example two.example, Address ::1 1 3-3"),
        (OF_ONE, "Certificate aa 1 4-4 one.example"),
        (OF_TWO, "Certificate aa 1 3-3 two.example, Address ::1 1 3-3"),
    ];
    for (scope, wanted) in cases {
        let found = trace.candidates(scope).await?;
        let shown = found.iter().map(|one| {
            let (first, last) = (one.first_at.as_second(), one.last_at.as_second());
            let start = at(0).as_second();
            let senders: String = one.senders.iter().map(|sender| format!(" {sender}")).collect();
            format!("{:?} {} {} {}-{}{senders}", one.kind, one.key, one.times, first - start, last - start)
        });
        equal("candidates", shown.collect::<Vec<_>>().join(", ").as_str(), wanted)?;
    }
    trace.prune(ALL, at(4)).await?;
    let left = trace.candidates(ALL).await?.into_iter().map(|one| one.key).collect::<Vec<_>>();
    equal("who is long gone goes", left, vec!["aa".to_owned()])
}

/// Scanners come once each, in any number; who knocks hour after hour stays.
pub async fn who_knocks_steadily_stays(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let trace = &stores.trace;
    for hour in 0..3 {
        let reference = format!("steady{hour}");
        trace.record_refusal(ALL, refusal(&reference, hour * 3_600, &[]));
        trace.record_knocks(ALL, &reference, vec![knock(CandidateKind::Address, "steady", hour * 3_600, "a.example")]);
    }
    for number in 0..2_000_i64 {
        let reference = format!("r{number}");
        let second = 10_000 + number;
        trace.record_refusal(ALL, refusal(&reference, second, &[]));
        trace.record_knocks(ALL, &reference, vec![knock(CandidateKind::Address, &reference, second, "b.example")]);
        if number % 200 == 0 {
            trace.flush().await?;
        }
    }
    equal("records dropped", trace.dropped(), 0)?;
    let candidates = trace.candidates(ALL).await?;
    let is_there = |key: &str| candidates.iter().any(|one| one.key == key);
    ensure("the table is bounded", candidates.len() <= 1_000)?;
    equal(
        "(who knocks steadily, the last stranger, the first)",
        (is_there("steady"), is_there("r1999"), is_there("r0")),
        (true, true, false),
    )
}

fn knock(kind: CandidateKind, key: &str, second: i64, sender: &str) -> Knock {
    let sender = Some(sender.to_owned()).filter(|sender| !sender.is_empty());
    Knock { kind, key: key.to_owned(), facts: "{}".to_owned(), sender, at: at(second) }
}

pub async fn old_records_go(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    for second in 0..10 {
        stores.trace.record_event(ALL, event(&format!("e{second}"), second, ONE));
        stores.trace.record_refusal(ALL, refusal(&format!("r{second}"), second, &[ONE]));
    }
    let left = || async {
        let all = TraceFilter { limit: 100, ..TraceFilter::default() };
        let events = stores.trace.events(ALL, all.clone()).await?.items;
        let refusals = stores.trace.refusals(ALL, all).await?.items;
        Ok::<_, crate::StoreError>((events.len(), refusals.len()))
    };
    equal("old ones removed", stores.trace.prune(ALL, at(4)).await?, 8)?;
    equal("left after age", left().await?, (6, 6))?;
    equal("nothing more to remove", stores.trace.prune(ALL, at(4)).await?, 0)?;
    equal("the newest stays", stores.trace.refusal(ALL, "r9").await?.map(|one| one.at), Some(at(9)))
}

pub async fn the_oldest_go_beyond_the_size(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    stores.trace.limit_size(1024 * 1024);
    let body = "x".repeat(1_000);
    // Five times what there is room for.
    for second in 0..5_000 {
        stores.trace.record_event(ALL, TraceEvent { body: body.clone(), ..event(&format!("e{second}"), second, ONE) });
        if second % 100 == 0 {
            stores.trace.flush().await?;
        }
    }
    stores.trace.record_refusal(ALL, refusal("last", 5_000, &[]));
    equal("records dropped", stores.trace.dropped(), 0)?;
    let found = |reference: &str| {
        let filter = TraceFilter { reference: Some(reference.to_owned()), limit: 1, ..TraceFilter::default() };
        let trace = stores.trace.clone();
        async move { trace.events(ALL, filter).await.map(|page| page.items.len()) }
    };
    equal("(the first, the last)", (found("e0").await?, found("e4999").await?), (0, 1))?;
    equal("a refusal", stores.trace.refusal(ALL, "last").await?.is_some(), true)
}

pub async fn too_long_is_dropped_and_counted(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let body = "x".repeat(MAX_TRACE_BODY + 1);
    stores.trace.record_refusal(ALL, RefusalRecord { body: body.clone(), ..refusal("r", 0, &[]) });
    stores.trace.record_event(ALL, TraceEvent { body, ..event("e", 0, ONE) });
    equal("records dropped", stores.trace.dropped(), 2)?;
    equal("the refusal", stores.trace.refusal(ALL, "r").await?, None)
}
