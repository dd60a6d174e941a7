//! Types of other crates as they look on the wire. They are here for their schemas alone, since those crates know no HTTP; a
//! test holds real values against them.
#![allow(dead_code, reason = "only their schemas are used")]

use utoipa::ToSchema;

/// The kinds of directory objects.
#[derive(ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Tenant,
    Domain,
    Certificate,
    InboundConnector,
    SendConnector,
}

/// What becomes of an object.
#[derive(ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ChangeKind {
    Added,
    Changed,
    Removed,
}

/// One difference.
#[derive(ToSchema)]
pub(crate) struct DiffEntry {
    /// Name of the tenant.
    tenant: String,
    kind: Kind,
    /// Name of the object; for the tenant itself its own name again.
    name: String,
    change: ChangeKind,
    /// Of a change: the field's key in the directory file.
    #[schema(nullable = false)]
    field: Option<String>,
    /// Of a change: the value before; empty for none, equal to `to` where values are not shown.
    #[schema(nullable = false)]
    from: Option<String>,
    /// Of a change: the value after.
    #[schema(nullable = false)]
    to: Option<String>,
}

/// One difference in the audit trail.
#[derive(ToSchema)]
pub(crate) struct AuditChange {
    /// Name of the tenant at that time; empty for a token of no tenant.
    tenant: String,
    /// The kind of object: a kind of the directory's, or `token`.
    kind: String,
    /// Its name.
    name: String,
    change: ChangeKind,
    /// Of a change: the field.
    #[schema(nullable = false)]
    field: Option<String>,
    /// Of a change: the value before.
    #[schema(nullable = false)]
    from: Option<String>,
    /// Of a change: the value after.
    #[schema(nullable = false)]
    to: Option<String>,
}

/// To whom mail belongs.
#[derive(ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Direction {
    /// To the tenant that sends.
    Originating,
    /// To the tenant that receives.
    Incoming,
}

/// How a judgement ended.
#[derive(ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum VerdictKind {
    /// The mail may pass.
    Passes,
    /// The mail may not pass.
    Refused,
    /// It depends on what is missing.
    Undetermined,
}

/// A verdict with its reasoning.
#[derive(ToSchema)]
pub(crate) struct Answer {
    verdict: VerdictKind,
    /// Where the mail passes.
    direction: Option<Direction>,
    /// Name of the tenant.
    tenant: Option<String>,
    /// Name of the connector that decided.
    connector: Option<String>,
    /// The rule that decided, as `A5`.
    rule: Option<String>,
    /// The reply with which the mail is refused, without its reference.
    reply: Option<String>,
    /// Facts that are missing and make a difference.
    missing: Vec<String>,
    /// The verdict under each value of what is missing.
    #[schema(required = false)]
    branches: Vec<Branch>,
    /// Whether the values were too many to follow all of them.
    #[schema(required = false)]
    incomplete: bool,
    /// What was compared, nearest connector first.
    considered: Vec<Considered>,
    /// Connectors near enough to be looked at and not shown.
    not_shown: u64,
    presented: Presented,
    /// The smallest change that turns the verdict.
    change: Option<Change>,
}

/// The verdict under one combination of values.
#[derive(ToSchema)]
pub(crate) struct Branch {
    /// The values, as `fact = value`.
    assuming: Vec<String>,
    verdict: VerdictKind,
    /// Name of the tenant.
    tenant: Option<String>,
    /// Name of the connector.
    connector: Option<String>,
    /// The rule.
    rule: String,
    /// The reply, where refused.
    reply: Option<String>,
}

/// One comparison.
#[derive(ToSchema)]
pub(crate) struct Considered {
    /// Name of the tenant.
    tenant: String,
    /// Name of the connector.
    connector: String,
    /// The field compared, by its key in the directory file.
    field: String,
    /// What the connector wants.
    wanted: String,
    /// What was presented.
    presented: String,
    /// How the two relate, as a code.
    reason: String,
    /// The rule that compares them.
    rule: String,
}

/// What the client presented.
#[derive(ToSchema)]
pub(crate) struct Presented {
    /// The remote address.
    remote_ip: Option<String>,
    /// Whether over TLS.
    tls: bool,
    /// The certificate's names; empty without one.
    names: Vec<String>,
    /// SHA-256 of the leaf.
    leaf_sha256: Option<String>,
    /// The leaf's subject.
    subject: Option<String>,
    /// What is wrong with its chain.
    chain_faults: Vec<PresentedFault>,
    /// MAIL FROM's domain; empty for the null sender.
    mail_from: Option<String>,
    /// RCPT TO's domain.
    rcpt_to: Option<String>,
}

/// A fault of the chain.
#[derive(ToSchema)]
pub(crate) struct PresentedFault {
    /// The fault, as a code.
    code: String,
    /// Subject, issuer, date or detail.
    arguments: Vec<String>,
}

/// Edits that together turn the verdict.
#[derive(ToSchema)]
pub(crate) struct Change {
    /// In the order in which they are made.
    edits: Vec<Edit>,
}

/// One edit.
#[derive(ToSchema)]
pub(crate) struct Edit {
    /// Who makes it: `tenant` or `sender`.
    side: String,
    /// What is done, as a code.
    kind: String,
    /// The tenant whose object is edited, or whose connector the sender's edit is for.
    tenant: String,
    /// The connector; empty where there is none.
    connector: String,
    /// The field's key in the directory file; empty on the sender's side.
    field: String,
    /// The value before.
    from: String,
    /// The value after.
    to: String,
}
