//! No tenant reads or writes another's rows, by any operation.

use core_directory::TenantId;

use super::fixtures::{
    ALL, OF_ONE, OF_TWO, ONE, TWO, at, audit, audit_for, change, claim, delivered, keyed, message, put, queued, seal,
    settlement, two_tenants,
};
use super::trace::{event, refusal};
use super::{Check, Subject, ensure, equal, fails};
use crate::{
    AuditEntry, AuditFilter, AuditSummary, ClaimExcept, ObjectChange, ObjectKind, Orphans, QueueFilter, QueueStats,
    Scope, TraceFilter,
};

pub async fn directories_keep_tenants_apart(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let directories = &stores.directories;
    let [one, two, third, fourth] = two_tenants(&stores).await?;
    let domain = keyed(ObjectKind::Domain, third, two, "fabrikam.com", "fabrikam.com");
    let version = change(&stores, vec![domain.clone()]).await?;
    let (mine, of_two) = (Scope::Tenant(TenantId(one)), Scope::Tenant(TenantId(two)));
    let entry = || audit_for(Some(TenantId(one)), 5);

    let seen: Vec<_> = directories.load(mine).await?.objects.iter().map(|object| object.id).collect();
    equal("objects seen", seen, vec![one])?;
    let forbidden = [
        ("changing another's object", ObjectChange::Put(domain.clone())),
        ("taking over another's object", ObjectChange::Put(put(ObjectKind::Domain, third, one, "mine"))),
        ("making an object of another", ObjectChange::Put(put(ObjectKind::Domain, fourth, two, "new"))),
        ("removing another's object", ObjectChange::Remove { kind: ObjectKind::Domain, id: third }),
        ("removing another tenant", ObjectChange::Remove { kind: ObjectKind::Tenant, id: two }),
        ("removing itself", ObjectChange::Remove { kind: ObjectKind::Tenant, id: one }),
        ("making a tenant", ObjectChange::Put(put(ObjectKind::Tenant, fourth, fourth, "new"))),
    ];
    for (what, forbidden) in forbidden {
        fails!(what, directories.commit(mine, version, vec![forbidden], entry()).await, NotFound);
    }
    let result = directories.commit(mine, version, Vec::new(), audit(5)).await;
    fails!("an audit summary for the operator alone", result, NotFound);
    let foreign = audit_for(Some(TenantId(two)), 5);
    fails!("an audit summary for another", directories.commit(mine, version, Vec::new(), foreign).await, NotFound);

    let own = ObjectChange::Put(put(ObjectKind::Domain, fourth, one, "contoso.com"));
    let version = directories.commit(mine, version, vec![own], entry()).await?.version;
    let summaries = [one, two].map(|tenant| AuditSummary { tenant: Some(TenantId(tenant)), body: tenant.to_string() });
    let both = AuditEntry { summaries: summaries.to_vec(), ..audit(6) };
    directories.commit(ALL, version, Vec::new(), both).await?;
    for (scope, wanted) in [(mine, 2), (of_two, 1), (ALL, 5)] {
        equal("audit records seen", directories.audit(scope, AuditFilter::newest(10)).await?.len(), wanted)?;
    }
    Ok(())
}

pub async fn bodies_keep_tenants_apart(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let body = seal(&stores, TWO, b"hello").await?;
    fails!("creating for another", stores.bodies.create(OF_ONE, TWO, at(0)).await, NotFound);
    fails!("opening another's", stores.bodies.open(OF_ONE, body).await, NotFound);
    fails!("removing another's", stores.bodies.remove(OF_ONE, body).await, NotFound);
    equal("collecting", stores.bodies.collect_orphans(OF_ONE, at(9)).await?, Orphans::default())?;
    stores.bodies.open(OF_TWO, body).await?;
    stores.bodies.remove(OF_TWO, body).await?;
    Ok(())
}

pub async fn the_queue_keeps_tenants_apart(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let queue = &stores.queue;
    let body = seal(&stores, TWO, b"hello").await?;
    fails!("accepting for another", queue.accept(OF_ONE, vec![message(TWO, body)]).await, NotFound);
    fails!("a body of another", queue.accept(OF_ONE, vec![message(ONE, body)]).await, NotFound);
    let (mine, other) = (queued(&stores, ONE, 0).await?, queued(&stores, TWO, 0).await?);
    let before = queue.get(ALL, other).await?;
    fails!("reading", queue.get(OF_ONE, other).await, NotFound);
    fails!("holding", queue.hold(OF_ONE, vec![mine, other], "why").await, NotFound);
    fails!("releasing", queue.release(OF_ONE, vec![mine, other]).await, NotFound);
    fails!("retrying", queue.retry_now(OF_ONE, vec![mine, other], at(9)).await, NotFound);
    fails!("removing", queue.remove(OF_ONE, vec![mine, other]).await, NotFound);
    equal("the other's message", queue.get(ALL, other).await?, before)?;

    let all = QueueFilter { limit: 10, ..QueueFilter::default() };
    let seen: Vec<_> = queue.list(OF_ONE, all.clone()).await?.iter().map(|line| line.id).collect();
    equal("messages listed", seen, vec![mine])?;
    let asked = QueueFilter { tenant: Some(TWO), ..all };
    ensure("another's are not listed when asked for", queue.list(OF_ONE, asked).await?.is_empty())?;
    let stats =
        QueueStats { total: 1, held: 0, due: 1, claimed: 0, octets: 5, oldest_accepted: Some(at(0)), older: [0; 4] };
    equal("numbers", queue.stats(OF_ONE, at(0)).await?, stats)
}

pub async fn claims_keep_tenants_apart(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let queue = &stores.queue;
    for tenant in [ONE, TWO, TenantId(3)] {
        queued(&stores, tenant, 0).await?;
    }
    let claimed = queue.claim(OF_TWO, "n", at(0), 10, at(60), &ClaimExcept::default()).await?;
    equal("tenants claimed", claimed.iter().map(|one| one.message.tenant).collect(), vec![TWO])?;
    for one in &claimed {
        fails!("renewing another's claim", queue.renew(OF_ONE, one.claim, at(99)).await, Stale);
        let done = settlement(vec![delivered(), delivered()], 0);
        fails!("settling another's claim", queue.settle(OF_ONE, one.claim, done).await, Stale);
    }
    equal("freeing another's claims", queue.release_node(OF_ONE, "n").await?, 0)?;
    equal("the others are due", claim(&stores, 0).await?.len(), 2)?;
    equal("freeing one's own claims", queue.release_node(OF_TWO, "n").await?, 1)
}

pub async fn the_trace_keeps_tenants_apart(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let trace = &stores.trace;
    trace.record_refusal(ALL, refusal("both", 0, &[ONE, TWO]));
    trace.record_refusal(ALL, refusal("two", 0, &[TWO]));
    trace.record_refusal(ALL, refusal("nobody", 0, &[]));
    trace.record_event(ALL, event("mine", 0, ONE));
    trace.record_event(ALL, event("other", 0, TWO));
    trace.repeat_refusal(OF_ONE, "two", at(5));
    trace.repeat_refusal(OF_ONE, "both", at(5));
    trace.record_event(OF_ONE, event("forged", 0, TWO));
    trace.record_refusal(OF_ONE, refusal("forged", 0, &[ONE, TWO]));
    equal("records dropped", trace.dropped(), 2)?;

    let all = TraceFilter { limit: 10, ..TraceFilter::default() };
    for (scope, wanted) in [(OF_ONE, vec!["both"]), (OF_TWO, vec!["two", "both"]), (ALL, vec!["nobody", "two", "both"])]
    {
        let seen = trace.refusals(scope, all.clone()).await?.items;
        equal("refusals seen", seen.iter().map(|one| one.reference.as_str()).collect(), wanted)?;
    }
    equal("asked by reference", trace.refusal(OF_ONE, "two").await?, None)?;
    let both = trace.refusal(OF_ONE, "both").await?;
    equal("who else has sight", both.map(|one| (one.tenant_sight, one.repeats)), Some((vec![ONE], 1)))?;
    equal("another's repeats", trace.refusal(ALL, "two").await?.map(|one| one.repeats), Some(0))?;
    let events = trace.events(OF_ONE, all).await?.items;
    equal("events seen", events.iter().map(|one| one.reference.as_str()).collect(), vec!["mine"])?;

    equal("pruned in a tenant's scope", trace.prune(OF_ONE, at(100)).await?, 1)?;
    let left = trace.events(ALL, TraceFilter { limit: 9, ..Default::default() }).await?.items;
    equal("what is left of events", left.len(), 1)
}
