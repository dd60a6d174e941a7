//! The objects of the directory file while they are made: each with its tenant, what is said about it, and what is left out.

use std::collections::HashMap;

use core_directory::{Field, InboundConnector, ObjectKind, SendConnector};
use proto_directory_file::{AnnotatedObject, LeftOut};
use serde_json::Value as Json;

use crate::account::{Outcome, Reason};

/// The number of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct DraftId(usize);

/// One object.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// Name of its tenant.
    pub(crate) tenant: String,
    pub(crate) object: AnnotatedObject,
    /// Where it is from, first of all.
    pub(crate) remarks: Vec<String>,
    /// Fields that are not in force.
    left_out: Vec<(LeftOut, Reason)>,
    /// Why the connector does nothing, whatever it did there.
    disabled: Option<String>,
    /// Why the whole object is not in force.
    pub(crate) out: Option<Reason>,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Drafts {
    all: Vec<Draft>,
    /// By tenant, kind and name in lower case: the first of that name.
    names: HashMap<(String, ObjectKind, String), DraftId>,
}

impl Draft {
    pub(crate) fn new(tenant: &str, object: AnnotatedObject, from: String) -> Self {
        Self { tenant: tenant.to_owned(), object, remarks: vec![from], left_out: Vec::new(), disabled: None, out: None }
    }

    pub(crate) fn kind(&self) -> ObjectKind {
        match &self.object {
            AnnotatedObject::Tenant(_) => ObjectKind::Tenant,
            AnnotatedObject::Domain(_) => ObjectKind::Domain,
            AnnotatedObject::Certificate { .. } => ObjectKind::Certificate,
            AnnotatedObject::InboundConnector(_) => ObjectKind::InboundConnector,
            AnnotatedObject::SendConnector(_) => ObjectKind::SendConnector,
        }
    }

    pub(crate) fn name(&self) -> &str {
        match &self.object {
            AnnotatedObject::Tenant(tenant) => &tenant.name,
            AnnotatedObject::Domain(domain) => domain.name.as_str(),
            AnnotatedObject::Certificate { name, .. } => name,
            AnnotatedObject::InboundConnector(connector) => &connector.name,
            AnnotatedObject::SendConnector(connector) => &connector.name,
        }
    }

    pub(crate) fn inbound(&mut self) -> Option<&mut InboundConnector> {
        match &mut self.object {
            AnnotatedObject::InboundConnector(connector) => Some(connector),
            _ => None,
        }
    }

    pub(crate) fn send(&mut self) -> Option<&mut SendConnector> {
        match &mut self.object {
            AnnotatedObject::SendConnector(connector) => Some(connector),
            _ => None,
        }
    }

    /// Leaves a field out: it stands below the object as a remark.
    pub(crate) fn leave_out(&mut self, field: Field, value: Json, reason: Reason) {
        self.left_out.push((LeftOut { field, value, why: reason.text() }, reason));
    }

    /// Leaves a field out of an inbound connector that would admit more without it: so it admits nobody.
    pub(crate) fn leave_out_restriction(&mut self, field: Field, value: Json, reason: Reason) {
        self.leave_out(field, value, reason);
        self.disable(&format!("without {field} it could admit more than it did there"));
    }

    /// Has the object do nothing until somebody has looked at it, whatever else is read of it.
    pub(crate) fn disable(&mut self, why: &str) {
        self.remarks.push(format!("Disabled: {why}."));
        self.disabled.get_or_insert_with(|| why.to_owned());
        self.switch_off();
    }

    /// Sets `enabled` as it is decided.
    fn switch_off(&mut self) {
        let is_disabled = self.disabled.is_some();
        if let Some(enabled) = self.enabled().filter(|_| is_disabled) {
            *enabled = false;
        }
    }

    fn enabled(&mut self) -> Option<&mut bool> {
        match &mut self.object {
            AnnotatedObject::InboundConnector(connector) => Some(&mut connector.enabled),
            AnnotatedObject::SendConnector(connector) => Some(&mut connector.enabled),
            _ => None,
        }
    }

    /// What is left out, for the file.
    pub(crate) fn left_out(&self) -> Vec<LeftOut> {
        self.left_out.iter().map(|(left_out, _)| left_out.clone()).collect()
    }

    /// Whether another says the same.
    fn is_same(&self, other: &Self) -> bool {
        let own = match (&self.object, &other.object) {
            (AnnotatedObject::InboundConnector(own), AnnotatedObject::InboundConnector(other)) => own == other,
            (AnnotatedObject::SendConnector(own), AnnotatedObject::SendConnector(other)) => own == other,
            (AnnotatedObject::Domain(own), AnnotatedObject::Domain(other)) => own == other,
            (AnnotatedObject::Tenant(_), AnnotatedObject::Tenant(_))
            | (AnnotatedObject::Certificate { .. }, AnnotatedObject::Certificate { .. }) => true,
            _ => false,
        };
        own && self.left_out == other.left_out
    }
}

impl Drafts {
    /// Adds a draft. One that says the same as another of its name is one with that, and only named there.
    pub(crate) fn add(&mut self, mut draft: Draft) -> DraftId {
        draft.switch_off();
        let key = (draft.tenant.clone(), draft.kind(), draft.name().to_lowercase());
        if let Some(id) = self.names.get(&key).copied()
            && let Some(known) = self.all.get_mut(id.0)
            && known.is_same(&draft)
        {
            let from = draft.remarks.into_iter().next().unwrap_or_default();
            known.remarks.push(format!("The same: {from}"));
            return id;
        }
        let id = DraftId(self.all.len());
        self.names.entry(key).or_insert(id);
        self.all.push(draft);
        id
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (DraftId, &Draft)> {
        self.all.iter().enumerate().map(|(id, draft)| (DraftId(id), draft))
    }

    pub(crate) fn get_mut(&mut self, id: DraftId) -> Option<&mut Draft> {
        self.all.get_mut(id.0)
    }

    /// What became of a field.
    pub(crate) fn outcome(&self, id: DraftId, field: Field) -> Outcome {
        let left_out = self.all.get(id.0).and_then(|draft| {
            draft.left_out.iter().find(|(left_out, _)| left_out.field == field).map(|(_, reason)| reason)
        });
        match left_out {
            Some(reason) => reason.outcome(),
            None => self.disabled(id, field).unwrap_or_else(|| self.outcome_of_item(id, field)),
        }
    }

    /// What became of `enabled`, where the connector is off though it was on.
    fn disabled(&self, id: DraftId, field: Field) -> Option<Outcome> {
        let why = self.all.get(id.0).filter(|_| field == Field::Enabled)?.disabled.clone()?;
        Some(Reason::new(why, "look at it, and set enabled = true").outcome())
    }

    /// What became of an item of a field that is not left out itself.
    pub(crate) fn outcome_of_item(&self, id: DraftId, field: Field) -> Outcome {
        match self.all.get(id.0) {
            Some(Draft { out: Some(reason), .. }) => reason.outcome(),
            Some(draft) => Outcome::Carried { to: format!("{} {:?}, {field}", draft.kind().label(), draft.name()) },
            None => Outcome::NoMeaning { why: "it became nothing".into() },
        }
    }
}
