//! The directory as the checks ask for it: connectors in the order of the rules, each with what is known of it; who owns
//! which domain.

use std::collections::BTreeMap;

use core_directory::{ConnectorType, Domain, Field, FieldSet, InboundConnector};

use super::finding::{Finding, LintCode, Mend, Unjudged};
use crate::{Judge, PartialDirectory, PartialTenant};

/// The directory.
pub(super) struct Ground<'a> {
    pub(super) judge: Judge,
    /// By name, as the rules order them.
    pub(super) tenants: Vec<&'a PartialTenant>,
    /// Every inbound connector, by tenant, then name.
    pub(super) subjects: Vec<Subject<'a>>,
    /// Verified domains and the place of their tenant; none where several claim one, which gives it to nobody.
    owners: BTreeMap<&'a str, Option<usize>>,
}

/// A connector with what is known of it.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    /// Place of its tenant.
    pub(super) at: usize,
    /// Its tenant.
    pub(super) shown: &'a PartialTenant,
    /// What is shown of it.
    pub(super) connector: &'a InboundConnector,
    unknown: FieldSet,
}

impl<'a> Ground<'a> {
    pub(super) fn new(directory: &'a PartialDirectory) -> Self {
        let mut tenants: Vec<_> = directory.tenants.iter().collect();
        tenants.sort_by(|left, right| left.tenant.name.cmp(&right.tenant.name));
        let mut subjects = Vec::new();
        let mut owners = BTreeMap::new();
        for (at, shown) in tenants.iter().copied().enumerate() {
            let start = subjects.len();
            for connector in &shown.tenant.inbound_connectors {
                let unknown = shown.unknown.get(&connector.id).copied().unwrap_or_default();
                subjects.push(Subject { at, shown, connector, unknown });
            }
            if let Some(own) = subjects.get_mut(start..) {
                own.sort_by(|left, right| left.connector.name.cmp(&right.connector.name));
            }
            for domain in shown.tenant.domains.iter().filter(|domain| domain.verified()) {
                let owner = owners.entry(domain.name.as_str()).or_insert(Some(at));
                if *owner != Some(at) {
                    *owner = None;
                }
            }
        }
        Self { judge: directory.judge, tenants, subjects, owners }
    }

    /// The tenant that alone has verified the domain.
    pub(super) fn owner(&self, domain: &str) -> Option<usize> {
        self.owners.get(domain).copied().flatten()
    }

    /// The nearest verified domain at or above, with its tenant.
    pub(super) fn nearest_owner<'d>(&self, domain: &'d Domain) -> Option<(&'d str, usize)> {
        domain.at_and_above().find_map(|name| Some((name, self.owner(name)?)))
    }

    /// Whether the tenant in this place has proved a domain below this one.
    pub(super) fn owns_below(&self, at: usize, domain: &Domain) -> Option<&'a Domain> {
        let own = self.tenants.get(at)?.tenant.domains.iter().filter(|own| own.verified());
        own.map(|own| &own.name).find(|name| name.is_below(domain.as_str()) && self.owner(name.as_str()) == Some(at))
    }

    /// Name of the tenant in a place.
    pub(super) fn tenant_name(&self, at: usize) -> &'a str {
        self.tenants.get(at).map_or("", |shown| &shown.tenant.name)
    }

    pub(super) fn is_relay(&self) -> bool {
        self.judge == Judge::Relay
    }
}

impl<'a> Subject<'a> {
    /// Whether all these fields are shown whole.
    pub(super) fn knows(&self, fields: &[Field]) -> bool {
        !fields.iter().any(|field| self.unknown.contains(*field))
    }

    /// Whether it is known to be switched on; what is not shown is neither on nor off.
    pub(super) fn is_enabled(&self) -> bool {
        self.connector.enabled && self.knows(&[Field::Enabled])
    }

    /// Whether it is known to be switched off.
    pub(super) fn is_disabled(&self) -> bool {
        !self.connector.enabled && self.knows(&[Field::Enabled])
    }

    /// Whether it is known to be of this type.
    pub(super) fn is(&self, connector_type: ConnectorType) -> bool {
        self.connector.connector_type == connector_type && self.knows(&[Field::Type])
    }

    /// A finding about it.
    pub(super) fn finding(
        &self,
        code: LintCode,
        field: Option<Field>,
        arguments: Vec<(&'static str, String)>,
        mends: Vec<Mend>,
    ) -> Finding {
        let (tenant, connector) = (self.shown.tenant.name.clone(), self.connector.name.clone());
        Finding { code, tenant, connector, field, arguments, mends }
    }

    /// A field that would have to be shown.
    pub(super) fn unjudged(&self, field: Field) -> Unjudged {
        Unjudged { tenant: self.shown.tenant.name.clone(), connector: self.connector.name.clone(), field }
    }
}
