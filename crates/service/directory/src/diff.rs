//! What a change changes, object by object and field by field, for people and for programs. It holds no private key.

use std::collections::{HashMap, HashSet};
use std::fmt;

use core_directory::{ClientCertificate, Field, ObjectKind, Tenant, TenantId, TrustAnchor};
use proto_certificate::ParsedCertificate;
use proto_directory_file::object;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::object::Object;

/// One difference. Its text is one line for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffEntry {
    /// Name of the tenant.
    pub tenant: String,
    /// The kind of the object: `tenant`, `domain`, `certificate`, `inbound-connector` or `send-connector`.
    #[serde(with = "crate::kind_word")]
    pub kind: ObjectKind,
    /// Name of the object; for the tenant itself its own name again.
    pub name: String,
    /// What becomes of it.
    #[serde(flatten)]
    pub change: DiffChange,
}

/// What becomes of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "lowercase")]
pub enum DiffChange {
    /// It is made.
    Added,
    /// One of its fields changes.
    Changed {
        /// The field's key in the directory file.
        field: String,
        /// The value before; empty for none. Equal to `to` where the values are not shown: keys, and intermediates or
        /// roots that say the same of themselves.
        from: String,
        /// The value after.
        to: String,
    },
    /// It goes.
    Removed,
}

/// The differences between two directories, whose objects are the same where their identities are: by tenant in the order of `after`, and within a tenant by kind; then the tenants
/// that go, each with all that it has.
pub(crate) fn compare(before: &[Tenant], after: &[Tenant]) -> Vec<DiffEntry> {
    let mut entries = Vec::new();
    let before: HashMap<TenantId, &Tenant> = before.iter().map(|own| (own.id, own)).collect();
    let nothing = Tenant::default();
    for tenant in after {
        let own = before.get(&tenant.id).copied();
        if own == Some(tenant) {
            continue;
        }
        match own {
            Some(own) => changed(tenant, ObjectKind::Tenant, &tenant.name, tenant_fields(own, tenant), &mut entries),
            None => entries.push(entry(tenant, ObjectKind::Tenant, &tenant.name, DiffChange::Added)),
        }
        let own = own.unwrap_or(&nothing);
        objects(tenant, ObjectKind::Domain, (&own.domains, &tenant.domains), fields, &mut entries);
        let certificates = (&*own.certificates, &*tenant.certificates);
        objects(tenant, ObjectKind::Certificate, certificates, certificate_fields, &mut entries);
        let inbound = (&*own.inbound_connectors, &*tenant.inbound_connectors);
        objects(tenant, ObjectKind::InboundConnector, inbound, fields, &mut entries);
        let send = (&*own.send_connectors, &*tenant.send_connectors);
        objects(tenant, ObjectKind::SendConnector, send, fields, &mut entries);
    }
    let staying: HashSet<TenantId> = after.iter().map(|tenant| tenant.id).collect();
    let mut gone: Vec<&Tenant> = before.into_values().filter(|own| !staying.contains(&own.id)).collect();
    gone.sort_by(|left, right| left.name.cmp(&right.name));
    entries.extend(gone.iter().map(|own| entry(own, ObjectKind::Tenant, &own.name, DiffChange::Removed)));
    entries
}

/// A field with its value before and after.
type FieldChange = (Field, String, String);

fn objects<T: Object>(
    tenant: &Tenant,
    kind: ObjectKind,
    (before, after): (&[T], &[T]),
    fields: fn(&T, &T) -> Vec<FieldChange>,
    entries: &mut Vec<DiffEntry>,
) {
    let mut going: HashMap<u64, &T> = before.iter().map(|own| (own.id(), own)).collect();
    for object in after {
        match going.remove(&object.id()) {
            Some(own) => changed(tenant, kind, object.name(), fields(own, object), entries),
            None => entries.push(entry(tenant, kind, object.name(), DiffChange::Added)),
        }
    }
    let gone = before.iter().filter(|own| going.contains_key(&own.id()));
    entries.extend(gone.map(|own| entry(tenant, kind, own.name(), DiffChange::Removed)));
}

fn changed(tenant: &Tenant, kind: ObjectKind, name: &str, fields: Vec<FieldChange>, entries: &mut Vec<DiffEntry>) {
    entries.extend(fields.into_iter().map(|(field, from, to)| {
        entry(tenant, kind, name, DiffChange::Changed { field: field.key().to_owned(), from, to })
    }));
}

fn entry(tenant: &Tenant, kind: ObjectKind, name: &str, change: DiffChange) -> DiffEntry {
    DiffEntry { tenant: tenant.name.to_string(), kind, name: name.to_owned(), change }
}

fn fields<T: Object>(before: &T, after: &T) -> Vec<FieldChange> {
    if before == after { Vec::new() } else { of_bodies(&before.body(), &after.body(), &[]) }
}

fn tenant_fields(before: &Tenant, after: &Tenant) -> Vec<FieldChange> {
    let (own, new) = (object::write_tenant(before), object::write_tenant(after));
    let mut changes = of_bodies(&own, &new, &[Field::TrustedRoots]);
    if before.trusted_roots != after.trusted_roots {
        changes.push((Field::TrustedRoots, roots(&before.trusted_roots), roots(&after.trusted_roots)));
    }
    changes
}

fn certificate_fields(before: &ClientCertificate, after: &ClientCertificate) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    if before.name != after.name {
        changes.push((Field::Name, before.name.to_string(), after.name.to_string()));
    }
    if before.chain != after.chain {
        changes.push((Field::Certificate, chain(before), chain(after)));
    }
    if before.key != after.key {
        changes.push((Field::Key, String::new(), String::new()));
    }
    changes
}

/// Compares two stored bodies field by field, in the order of [`Field::ALL`].
fn of_bodies(before: &str, after: &str, apart: &[Field]) -> Vec<FieldChange> {
    let read = |body: &str| serde_json::from_str::<Map<String, Json>>(body).unwrap_or_default();
    let (before, after) = (read(before), read(after));
    let fields = Field::ALL.iter().filter(|field| !apart.contains(field));
    let pairs = fields.map(|&field| (field, before.get(field.key()), after.get(field.key())));
    pairs.filter(|(_, from, to)| from != to).map(|(field, from, to)| (field, text(from), text(to))).collect()
}

fn text(value: Option<&Json>) -> String {
    match value {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(Json::Array(items)) => items.iter().map(|item| text(Some(item))).collect::<Vec<_>>().join(", "),
        Some(other) => other.to_string(),
    }
}

fn roots(roots: &[TrustAnchor]) -> String {
    roots.iter().map(|root| subject(&root.der)).collect::<Vec<_>>().join(", ")
}

fn chain(certificate: &ClientCertificate) -> String {
    let leaf = certificate.chain.first().map(|leaf| subject(leaf)).unwrap_or_default();
    let intermediates = certificate.chain.len().saturating_sub(1);
    format!("{leaf} (SHA-256 {}, {intermediates} intermediates)", certificate.leaf_sha256)
}

fn subject(der: &[u8]) -> String {
    ParsedCertificate::parse(der).map(|certificate| certificate.subject).unwrap_or_default()
}

impl fmt::Display for DiffEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.change {
            DiffChange::Added => '+',
            DiffChange::Changed { .. } => '~',
            DiffChange::Removed => '-',
        };
        write!(f, "{sign} tenant {}", self.tenant)?;
        match self.kind {
            ObjectKind::Tenant => {}
            ObjectKind::Domain => write!(f, ": domain {}", self.name)?,
            kind => write!(f, ": {} {:?}", kind.label(), self.name)?,
        }
        match &self.change {
            DiffChange::Changed { field, from, to } if from == to => write!(f, ": {field}: changed"),
            DiffChange::Changed { field, from, to } => write!(f, ": {field}: {} -> {}", shown(from), shown(to)),
            DiffChange::Added | DiffChange::Removed => Ok(()),
        }
    }
}

fn shown(value: &str) -> &str {
    if value.is_empty() { "none" } else { value }
}
