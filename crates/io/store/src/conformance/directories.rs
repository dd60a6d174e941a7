//! Promises of [`Directories`](crate::Directories).

use core_directory::{DirectoryVersion, TenantId};

use super::fixtures::{ALL, at, audit, change, keyed, put, two_tenants};
use super::{Check, Failure, Subject, ensure, equal, fails};
use crate::{
    AuditEntry, AuditFilter, MAX_ALLOCATION, MAX_OBJECT_BODY, ObjectChange, ObjectKind, ObjectPut, ObjectRecord, Scope,
    Secret, Stores,
};

pub async fn objects_are_kept(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    equal("version of an empty store", stores.directories.version(ALL).await?, DirectoryVersion(0))?;
    let [one, two, id, _] = two_tenants(&stores).await?;
    let made = keyed(ObjectKind::Domain, id, one, "contoso.com", "contoso.com");
    let version = change(&stores, vec![made.clone()]).await?;
    let replacement = ObjectPut { body: "{}".to_owned(), ..made };
    let entry = AuditEntry { at: at(9), ..audit(0) };
    stores.directories.commit(ALL, version, vec![ObjectChange::Put(replacement)], entry).await?;
    drop(stores);

    let image = subject.open().await?.directories.load(ALL).await?;
    equal("version", image.version, DirectoryVersion(3))?;
    let order: Vec<_> = image.objects.iter().map(|object| (object.kind, object.id)).collect();
    equal("order", order, vec![(ObjectKind::Tenant, one), (ObjectKind::Tenant, two), (ObjectKind::Domain, id)])?;
    let wanted = ObjectRecord {
        kind: ObjectKind::Domain,
        id,
        tenant: TenantId(one),
        name: "contoso.com".to_owned(),
        version: 2,
        created: at(0),
        modified: at(9),
        unique_key: Some("contoso.com".to_owned()),
        body: "{}".to_owned(),
    };
    ensure("the domain is as it was last put", image.objects.contains(&wanted))
}

pub async fn a_wrong_version_conflicts(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    two_tenants(&stores).await?;
    let before = stores.directories.load(ALL).await?;
    for wrong in [0, 2] {
        let result = stores.directories.commit(ALL, DirectoryVersion(wrong), Vec::new(), audit(0)).await;
        fails!("commit onto another version", result, Conflict);
    }
    equal("the directory afterwards", stores.directories.load(ALL).await?, before)
}

pub async fn one_of_two_writers_conflicts(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let [one, _, third, fourth] = two_tenants(&stores).await?;
    let version = stores.directories.version(ALL).await?;
    let commit = |id, name| {
        let changes = vec![ObjectChange::Put(put(ObjectKind::InboundConnector, id, one, name))];
        stores.directories.commit(ALL, version, changes, audit(1))
    };
    let (first, second) = tokio::join!(commit(third, "a"), commit(fourth, "b"));
    ensure("exactly one of two simultaneous commits succeeds", first.is_ok() != second.is_ok())
}

pub async fn names_and_keys_are_unique(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let [one, two, third, fourth] = two_tenants(&stores).await?;
    change(&stores, vec![keyed(ObjectKind::Domain, third, one, "contoso.com", "contoso.com")]).await?;
    let taken = [
        ("a name in use", put(ObjectKind::Domain, fourth, one, "contoso.com")),
        ("a key of another tenant", keyed(ObjectKind::Domain, fourth, two, "other", "contoso.com")),
        ("the name of another tenant", put(ObjectKind::Tenant, fourth, fourth, "fabrikam")),
        ("a tenant renamed onto another", put(ObjectKind::Tenant, two, two, "contoso")),
    ];
    for (what, object) in taken {
        fails!(what, change(&stores, vec![object]).await, Taken);
    }
    let free = [
        put(ObjectKind::Domain, fourth, two, "contoso.com"),
        put(ObjectKind::Domain, fourth, two, "Contoso.com"),
        keyed(ObjectKind::Domain, fourth, two, "contoso.com", "fabrikam.com"),
    ];
    for object in free {
        change(&stores, vec![object]).await?;
    }
    Ok(())
}

pub async fn names_can_be_swapped(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let [one, _, third, fourth] = two_tenants(&stores).await?;
    let kind = ObjectKind::Domain;
    change(&stores, vec![keyed(kind, third, one, "a", "ka"), keyed(kind, fourth, one, "b", "kb")]).await?;
    change(&stores, vec![keyed(kind, third, one, "b", "kb"), keyed(kind, fourth, one, "a", "ka")]).await?;
    let fresh = stores.directories.allocate_ids(ALL, 1).await?;
    let replace = vec![
        ObjectChange::Put(keyed(kind, fresh.first().copied().unwrap_or_default(), one, "b", "kb")),
        ObjectChange::Remove { kind, id: third },
    ];
    let version = stores.directories.version(ALL).await?;
    stores.directories.commit(ALL, version, replace, audit(0)).await?;
    Ok(())
}

pub async fn all_or_nothing(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let [one, _, third, fourth] = two_tenants(&stores).await?;
    let before = stores.directories.load(ALL).await?;
    let good = || ObjectChange::Put(put(ObjectKind::Domain, third, one, "contoso.com"));
    let commit =
        |second: ObjectChange, entry| stores.directories.commit(ALL, before.version, vec![good(), second], entry);
    let missing = ObjectChange::Remove { kind: ObjectKind::Domain, id: fourth };
    fails!("removal of what is not there", commit(missing, audit(0)).await, NotFound);
    let orphan = ObjectChange::Put(put(ObjectKind::Domain, fourth, 999_999, "a"));
    fails!("an object of no tenant", commit(orphan, audit(0)).await, NotFound);
    let not_given = ObjectChange::Put(put(ObjectKind::Domain, 999_999, one, "a"));
    fails!("an identity not given out", commit(not_given, audit(0)).await, Invalid);
    let body = "x".repeat(MAX_OBJECT_BODY + 1);
    let long = ObjectChange::Put(ObjectPut { body, ..put(ObjectKind::Domain, fourth, one, "a") });
    fails!("a body too long", commit(long, audit(0)).await, Invalid);
    let fine = ObjectChange::Put(put(ObjectKind::Domain, fourth, one, "a"));
    let silent = AuditEntry { summaries: Vec::new(), ..audit(0) };
    fails!("a change without an audit summary", commit(fine, silent).await, Invalid);
    equal("the directory afterwards", stores.directories.load(ALL).await?, before)?;
    equal("audit records", stores.directories.audit(ALL, AuditFilter::newest(10)).await?.len(), 1)
}

pub async fn objects_keep_kind_and_tenant(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let [one, two, third, _] = two_tenants(&stores).await?;
    change(&stores, vec![put(ObjectKind::Domain, third, one, "contoso.com")]).await?;
    let moved = put(ObjectKind::Domain, third, two, "contoso.com");
    fails!("a change of tenant", change(&stores, vec![moved]).await, Invalid);
    let turned = put(ObjectKind::Certificate, third, one, "contoso.com");
    fails!("a change of kind", change(&stores, vec![turned]).await, Invalid);
    let foreign = put(ObjectKind::Tenant, two, one, "fabrikam");
    fails!("a tenant in a tenant", change(&stores, vec![foreign]).await, Invalid);
    Ok(())
}

pub async fn identities_are_never_reused(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let [one, _, _, fourth] = two_tenants(&stores).await?;
    let removal = vec![ObjectChange::Remove { kind: ObjectKind::Tenant, id: one }];
    let version = stores.directories.version(ALL).await?;
    stores.directories.commit(ALL, version, removal, audit(0)).await?;
    fails!("too many at once", stores.directories.allocate_ids(ALL, MAX_ALLOCATION + 1).await, Invalid);
    drop(stores);
    let stores = subject.open().await?;
    let (first, second) =
        tokio::join!(stores.directories.allocate_ids(ALL, 50), stores.directories.allocate_ids(ALL, 50));
    let mut ids = [first?, second?].concat();
    ids.sort_unstable();
    ids.dedup();
    equal("different identities", ids.len(), 100)?;
    ensure("all are new", ids.iter().all(|id| *id > fourth))
}

pub async fn a_tenant_goes_with_its_objects(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let [one, two, third, fourth] = two_tenants(&stores).await?;
    change(
        &stores,
        vec![
            keyed(ObjectKind::Domain, third, one, "contoso.com", "contoso.com"),
            put(ObjectKind::InboundConnector, fourth, two, "Inbound"),
        ],
    )
    .await?;
    let version = stores.directories.version(ALL).await?;
    let removal = vec![ObjectChange::Remove { kind: ObjectKind::Tenant, id: one }];
    stores.directories.commit(ALL, version, removal, audit(0)).await?;
    let left: Vec<_> = stores.directories.load(ALL).await?.objects.iter().map(|object| object.id).collect();
    equal("objects left", left, vec![two, fourth])
}

pub async fn audit_is_paged(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    for second in 1..=5 {
        let version = stores.directories.version(ALL).await?;
        stores.directories.commit(ALL, version, Vec::new(), audit(second)).await?;
    }
    let page = stores.directories.audit(ALL, AuditFilter::newest(2)).await?;
    let times = |page: &[crate::AuditRecord]| page.iter().map(|record| record.at).collect::<Vec<_>>();
    equal("first page", times(&page), vec![at(5), at(4)])?;
    let last = page.last().ok_or_else(|| Failure("the page is empty".to_owned()))?;
    equal("version of a record", last.version, DirectoryVersion(4))?;
    let rest = page_after(&stores, last.id).await?;
    equal("the rest", times(&rest), vec![at(3), at(2), at(1)])
}

pub async fn a_secret_is_kept_for_good(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let of = |octet| Secret::new([octet; crate::SECRET_LENGTH]);
    let directories = &stores.directories;
    let mine = Scope::Tenant(TenantId(1));
    fails!("a secret for a tenant", directories.challenge_secret(mine, of(9)).await, NotFound);
    let (first, second) =
        tokio::join!(directories.challenge_secret(ALL, of(1)), directories.challenge_secret(ALL, of(2)));
    let kept = first?;
    equal("what two who propose get", second?, kept.clone())?;
    ensure("one of the proposals is kept", kept == of(1) || kept == of(2))?;
    drop(stores);
    let again = subject.open().await?.directories.challenge_secret(ALL, of(3)).await?;
    equal("the secret after a restart", again, kept)
}

async fn page_after(stores: &Stores, before: u64) -> Result<Vec<crate::AuditRecord>, Failure> {
    Ok(stores.directories.audit(ALL, AuditFilter { before: Some(before), ..AuditFilter::newest(10) }).await?)
}
