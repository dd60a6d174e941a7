//! Promises of [`Trace`](crate::Trace).

use std::net::{IpAddr, Ipv6Addr};

use core_directory::TenantId;

use super::fixtures::{ALL, ONE, TWO, at};
use super::{Check, Subject, equal};
use crate::{MAX_TRACE_BODY, RefusalRecord, TraceEvent, TraceFilter};

pub fn refusal(reference: &str, seconds: i64, sight: &[TenantId]) -> RefusalRecord {
    RefusalRecord {
        reference: reference.to_owned(),
        at: at(seconds),
        tenant_sight: sight.to_vec(),
        remote_ip: Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        mail_from: Some("Sender@contoso.com".to_owned()),
        rcpt_to: "someone@example.net".to_owned(),
        reply: "550 5.7.64 TenantAttribution; Relay Access Denied".to_owned(),
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
            stores.trace.events(ALL, filter.clone()).await?.into_iter().map(|event| event.reference).collect();
        equal(&format!("events by {what}"), found.as_str(), events)?;
        let found: String =
            stores.trace.refusals(ALL, filter).await?.into_iter().map(|refusal| refusal.reference).collect();
        equal(&format!("refusals by {what}"), found.as_str(), refusals)?;
    }
    let whole = stores.trace.events(ALL, TraceFilter { reference: to("c"), limit: 1, ..Default::default() }).await?;
    equal("a whole event", whole, vec![TraceEvent { mail_from: None, ..event("c", 3, TWO) }])
}

pub async fn old_and_surplus_records_go(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    for second in 0..10 {
        stores.trace.record_event(ALL, event(&format!("e{second}"), second, ONE));
        stores.trace.record_refusal(ALL, refusal(&format!("r{second}"), second, &[ONE]));
    }
    let left = || async {
        let all = TraceFilter { limit: 100, ..TraceFilter::default() };
        let events = stores.trace.events(ALL, all.clone()).await?;
        let refusals = stores.trace.refusals(ALL, all).await?;
        Ok::<_, crate::StoreError>((events.len(), refusals.len()))
    };
    equal("old ones removed", stores.trace.prune(ALL, at(4), 100).await?, 8)?;
    equal("left after age", left().await?, (6, 6))?;
    equal("surplus removed", stores.trace.prune(ALL, at(0), 2).await?, 8)?;
    equal("left after number", left().await?, (2, 2))?;
    equal("nothing more to remove", stores.trace.prune(ALL, at(0), 2).await?, 0)?;
    equal("the newest stays", stores.trace.refusal(ALL, "r9").await?.map(|one| one.at), Some(at(9)))
}

pub async fn too_long_is_dropped_and_counted(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let body = "x".repeat(MAX_TRACE_BODY + 1);
    stores.trace.record_refusal(ALL, RefusalRecord { body: body.clone(), ..refusal("r", 0, &[]) });
    stores.trace.record_event(ALL, TraceEvent { body, ..event("e", 0, ONE) });
    equal("records dropped", stores.trace.dropped(), 2)?;
    equal("the refusal", stores.trace.refusal(ALL, "r").await?, None)
}
