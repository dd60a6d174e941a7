//! Promises of [`Tokens`](crate::Tokens), and of the audit trail that they share with the directory.

use core_directory::{DirectoryVersion, TenantId};

use super::fixtures::{ALL, at, audit, audit_for, two_tenants};
use super::{Check, Failure, Subject, ensure, equal, fails};
use crate::{
    AuditEntry, AuditFilter, AuditSummary, NewToken, ObjectChange, ObjectKind, Scope, Stores, TokenDigest, TokenRecord,
    TokenRole, TokenUse,
};

fn token(name: &str, digest: u8, role: TokenRole) -> NewToken {
    NewToken { name: name.to_owned(), digest: TokenDigest([digest; 32]), role, expires: None }
}

/// One of each role; the tenants' identities.
async fn tokens(stores: &Stores) -> Result<[TenantId; 2], Failure> {
    let [one, two, ..] = two_tenants(stores).await?.map(TenantId);
    for new in [
        token("all", 1, TokenRole::Operator),
        token("one", 2, TokenRole::TenantAdministrator(one)),
        token("two", 3, TokenRole::Reader(Some(two))),
        token("watch", 4, TokenRole::Reader(None)),
    ] {
        stores.tokens.add(ALL, new, audit(1)).await?;
    }
    Ok([one, two])
}

fn names(tokens: &[TokenRecord]) -> Vec<&str> {
    tokens.iter().map(|token| &*token.name).collect()
}

pub async fn are_kept_and_found_by_digest(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let [one, _] = tokens(&stores).await?;
    let version = stores.directories.version(ALL).await?;
    stores.tokens.set_expiry(ALL, "one", Some(at(9)), audit(2)).await?;
    drop(stores);
    let stores = subject.open().await?;
    let wanted = TokenRecord {
        name: "one".to_owned(),
        role: TokenRole::TenantAdministrator(one),
        created: at(1),
        expires: Some(at(9)),
        last_used: None,
    };
    equal("by digest", stores.tokens.by_digest(ALL, TokenDigest([2; 32])).await?, Some(wanted.clone()))?;
    equal("by name", stores.tokens.get(ALL, "one").await?, wanted)?;
    equal("another digest", stores.tokens.by_digest(ALL, TokenDigest([9; 32])).await?, None)?;
    equal("version of the directory", stores.directories.version(ALL).await?, version)?;
    let first = stores.tokens.list(ALL, None, 3).await?;
    equal("first page", names(&first), vec!["all", "one", "two"])?;
    let rest = stores.tokens.list(ALL, Some("two".to_owned()), 3).await?;
    equal("second page", names(&rest), vec!["watch"])
}

pub async fn names_are_unique_and_tenants_must_be_there(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    tokens(&stores).await?;
    let trail = stores.directories.audit(ALL, AuditFilter::newest(10)).await?.len();
    let add = |new, entry| stores.tokens.add(ALL, new, entry);
    fails!("a name in use", add(token("one", 8, TokenRole::Operator), audit(2)).await, Taken);
    let nowhere = TokenRole::Reader(Some(TenantId(999)));
    fails!("a tenant that is not there", add(token("new", 8, nowhere), audit(2)).await, NotFound);
    let silent = AuditEntry { summaries: Vec::new(), ..audit(2) };
    fails!("no audit summary", add(token("new", 8, TokenRole::Operator), silent.clone()).await, Invalid);
    fails!("a removal without one", stores.tokens.remove(ALL, "one", silent).await, Invalid);
    fails!("removing none", stores.tokens.remove(ALL, "new", audit(2)).await, NotFound);
    fails!("changing none", stores.tokens.set_expiry(ALL, "new", None, audit(2)).await, NotFound);
    equal("tokens afterwards", stores.tokens.list(ALL, None, 10).await?.len(), 4)?;
    equal("audit afterwards", stores.directories.audit(ALL, AuditFilter::newest(10)).await?.len(), trail)
}

pub async fn go_when_removed_or_with_their_tenant(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let [one, _] = tokens(&stores).await?;
    stores.tokens.remove(ALL, "all", audit(2)).await?;
    equal("removed", stores.tokens.by_digest(ALL, TokenDigest([1; 32])).await?, None)?;
    let version = stores.directories.version(ALL).await?;
    let removal = vec![ObjectChange::Remove { kind: ObjectKind::Tenant, id: one.0 }];
    stores.directories.commit(ALL, version, removal, audit(3)).await?;
    equal("with the tenant", stores.tokens.by_digest(ALL, TokenDigest([2; 32])).await?, None)?;
    equal("left", names(&stores.tokens.list(ALL, None, 10).await?), vec!["two", "watch"])
}

pub async fn uses_are_noted_once_a_minute(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    tokens(&stores).await?;
    let trail = stores.directories.audit(ALL, AuditFilter::newest(10)).await?.len();
    for (second, wanted) in [(10, 10), (69, 10), (70, 70), (71, 70)] {
        let used = TokenUse { at: at(second), from: format!("192.0.2.{second}") };
        stores.tokens.note_use(ALL, "one", used).await?;
        let last = stores.tokens.get(ALL, "one").await?.last_used;
        let wanted = TokenUse { at: at(wanted), from: format!("192.0.2.{wanted}") };
        equal(&format!("after a use at {second}"), last, Some(wanted))?;
    }
    stores.tokens.note_use(ALL, "gone", TokenUse { at: at(0), from: String::new() }).await?;
    equal("audit records", stores.directories.audit(ALL, AuditFilter::newest(10)).await?.len(), trail)
}

pub async fn are_apart_by_tenant(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let [one, two] = tokens(&stores).await?;
    let (mine, tokens) = (Scope::Tenant(one), &stores.tokens);
    let entry = || audit_for(Some(one), 2);
    equal("seen", names(&tokens.list(mine, None, 10).await?), vec!["one"])?;
    fails!("showing another's", tokens.get(mine, "two").await, NotFound);
    fails!("changing another's", tokens.set_expiry(mine, "two", None, entry()).await, NotFound);
    fails!("removing the operator's", tokens.remove(mine, "all", entry()).await, NotFound);
    let made = |role| tokens.add(mine, token("new", 8, role), entry());
    fails!("making one of the operator", made(TokenRole::Operator).await, NotFound);
    fails!("making one of another", made(TokenRole::TenantAdministrator(two)).await, NotFound);
    equal("another's by digest", tokens.by_digest(mine, TokenDigest([3; 32])).await?, None)?;
    tokens.note_use(mine, "two", TokenUse { at: at(1), from: String::new() }).await?;
    equal("another's use", tokens.get(ALL, "two").await?.last_used, None)?;
    made(TokenRole::Reader(Some(one))).await?;
    Ok(())
}

pub async fn the_trail_is_filtered(subject: &mut dyn Subject) -> Check {
    let stores = subject.open().await?;
    let [one, two] = tokens(&stores).await?;
    let version = stores.directories.version(ALL).await?;
    let said = |tenant, names: &str| AuditSummary { tenant: Some(tenant), body: format!("{{\"diff\":[{names}]}}") };
    let summaries = vec![
        said(one, r#"{"name":"Inbound \"A\""},{"name":"b"}"#),
        said(two, r#"{"name":"a"},{"field":"b","to":"Inbound"}"#),
    ];
    let entry = AuditEntry { actor: "ann".to_owned(), at: at(50), summaries, ..audit(0) };
    let made = stores.directories.commit(ALL, version, Vec::new(), entry).await?.version;
    equal("version", made, DirectoryVersion(version.0 + 1))?;
    let newest = AuditFilter::newest(10);
    for (what, filter, scope, wanted) in [
        ("tenant one", AuditFilter { tenant: Some(one), ..newest.clone() }, ALL, 1),
        ("one asks for two", AuditFilter { tenant: Some(two), ..newest.clone() }, Scope::Tenant(one), 0),
        ("since", AuditFilter { since: Some(at(50)), ..newest.clone() }, ALL, 2),
        ("since later", AuditFilter { since: Some(at(51)), ..newest.clone() }, ALL, 0),
        ("actor", AuditFilter { actor: Some("ann".to_owned()), ..newest.clone() }, ALL, 2),
        ("part of an actor", AuditFilter { actor: Some("an".to_owned()), ..newest.clone() }, ALL, 0),
        ("object", AuditFilter { object: Some("b".to_owned()), ..newest.clone() }, ALL, 1),
        ("quoted object", AuditFilter { object: Some("Inbound \"A\"".to_owned()), ..newest.clone() }, ALL, 1),
        ("part of an object", AuditFilter { object: Some("Inbound".to_owned()), ..newest.clone() }, ALL, 0),
        (
            "object and actor",
            AuditFilter { object: Some("a".to_owned()), actor: Some("bob".to_owned()), ..newest },
            ALL,
            0,
        ),
    ] {
        equal(what, stores.directories.audit(scope, filter).await?.len(), wanted)?;
    }
    let bodies = stores.directories.audit(ALL, AuditFilter { object: Some("a".to_owned()), ..AuditFilter::newest(1) });
    ensure("the body comes whole", bodies.await?.iter().all(|record| record.body.contains("\"to\":\"Inbound\"")))
}
