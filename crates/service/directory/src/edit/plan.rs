//! From the directory in force and one edit to the directory that results. Changes nothing itself.

use core_directory::{
    AcceptedDomain, ClientCertificate, Fault, FaultCode, Field, InboundConnector, ObjectKind, ObjectPath,
    SendConnector, Standing, Tenant, validate,
};
use serde_json::{Map, Value as Json};

use super::{Edit, EditAction};
use crate::merge::{check_roots, forbidden_terms, forbidden_verification, with_grant, with_key};
use crate::object::Object;
use crate::own_faults::own_faults;
use crate::{ApplyError, Current, ObjectVersion};

/// The object that an edit is about, as it is afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    /// None of one that is made: it gets its identity with the commit.
    pub id: Option<u64>,
    pub name: String,
}

/// The directory that results, and what the edit was about.
pub(crate) fn plan(current: &Current, edit: &Edit) -> Result<(Vec<Tenant>, Subject), ApplyError> {
    let mut tenants = current.tenants.to_vec();
    let mut planner = Planner { current, edit, faults: Vec::new() };
    let subject = planner.change(&mut tenants)?;
    let mut faults = planner.faults;
    faults.extend(validate(&tenants, edit.standing));
    if edit.standing == Standing::Tenant {
        faults = own_faults(faults, |tenant| tenant == edit.tenant);
    }
    if faults.is_empty() { Ok((tenants, subject)) } else { Err(ApplyError::Faults(faults)) }
}

struct Planner<'a> {
    current: &'a Current,
    edit: &'a Edit,
    faults: Vec<Fault>,
}

/// What an edit does to a list of objects, with the place in it.
enum Step<'a> {
    Make(&'a Map<String, Json>),
    Set(usize, &'a Map<String, Json>),
    Remove(usize),
}

impl<'a> Planner<'a> {
    fn change(&mut self, tenants: &mut Vec<Tenant>) -> Result<Subject, ApplyError> {
        let edit = self.edit;
        if edit.kind == ObjectKind::Tenant {
            return self.in_list(tenants, Self::adopt_tenant);
        }
        let own = tenants.iter_mut().find(|own| *own.name == *edit.tenant);
        let own = own.ok_or_else(|| edit.not_there(ObjectKind::Tenant, &edit.tenant))?;
        match edit.kind {
            ObjectKind::Tenant | ObjectKind::Domain => self.in_list(&mut own.domains, Self::adopt_domain),
            ObjectKind::InboundConnector => self.in_list(&mut own.inbound_connectors, Self::adopt_inbound),
            ObjectKind::SendConnector => self.in_list(&mut own.send_connectors, Self::adopt_send),
            ObjectKind::Certificate => {
                let subject = self.in_list(&mut own.certificates, Self::adopt_certificate)?;
                follow(&mut own.send_connectors, edit, &subject.name);
                Ok(subject)
            }
        }
    }

    /// Makes the edit in the list in which its object belongs. `adopt` gives an object what the one in force hands down to
    /// it, its identity first of all.
    fn in_list<T: Object>(
        &mut self,
        list: &mut Vec<T>,
        adopt: fn(&mut Self, T, Option<&T>) -> Result<T, ApplyError>,
    ) -> Result<Subject, ApplyError> {
        match self.step(list)? {
            Step::Make(fields) => {
                let mut fields = fields.clone();
                fields.insert(Field::Name.key().to_owned(), Json::String(self.edit.name.clone()));
                let made: T = read(fields)?;
                self.check_free(list, &made)?;
                let made = adopt(self, made, None)?;
                let name = made.name().to_owned();
                list.push(made);
                Ok(Subject { id: None, name })
            }
            Step::Set(at, patch) => {
                let Some(before) = list.get(at) else { return Err(self.edit.not_there_itself()) };
                let mut set: T = read(patched(before.to_json(), patch))?;
                set.set_id(before.id());
                self.check_free(list, &set)?;
                let set = adopt(self, set, Some(before))?;
                let subject = Subject { id: Some(set.id()), name: set.name().to_owned() };
                list.splice(at..=at, [set]);
                Ok(subject)
            }
            Step::Remove(at) => {
                self.tenants_are_the_operators();
                let gone = list.remove(at);
                Ok(Subject { id: Some(gone.id()), name: gone.name().to_owned() })
            }
        }
    }

    /// What is to be done where; an object is there, and in the version that its author saw.
    fn step<T: Object>(&self, list: &[T]) -> Result<Step<'a>, ApplyError> {
        let edit = self.edit;
        let name = T::canonical_name(&edit.name);
        let found = list.iter().enumerate().find(|(_, own)| own.name() == name);
        let there = || {
            let (at, own) = found.ok_or_else(|| edit.not_there_itself())?;
            let version = self.current.meta(own.id()).map_or(0, |meta| meta.version);
            let found = ObjectVersion { id: own.id(), version };
            match edit.expected_version {
                Some(expected) if expected != found => Err(ApplyError::Changed { expected, found }),
                _ => Ok(at),
            }
        };
        match &edit.action {
            EditAction::Add(fields) => Ok(Step::Make(fields)),
            EditAction::Set(patch) => Ok(Step::Set(there()?, patch)),
            EditAction::Remove => Ok(Step::Remove(there()?)),
        }
    }

    /// Names are unique, and case makes no difference. Who may not name a tenant anyway does not hear which others there are.
    fn check_free<T: Object>(&self, list: &[T], object: &T) -> Result<(), ApplyError> {
        if self.edit.kind == ObjectKind::Tenant && self.edit.standing == Standing::Tenant {
            return Ok(());
        }
        let folded = object.name().to_lowercase();
        let same = |own: &&T| (own.id() == 0 || own.id() != object.id()) && own.name().to_lowercase() == folded;
        match list.iter().find(same) {
            None => Ok(()),
            Some(other) => Err(ApplyError::Taken {
                tenant: self.edit.tenant.clone(),
                kind: self.edit.kind,
                name: other.name().to_owned(),
            }),
        }
    }

    fn adopt_tenant(&mut self, set: Tenant, before: Option<&Tenant>) -> Result<Tenant, ApplyError> {
        check_roots(std::slice::from_ref(&set))?;
        let Some(before) = before else {
            self.tenants_are_the_operators();
            return Ok(set);
        };
        if set.name != before.name {
            self.tenants_are_the_operators();
        }
        if self.edit.standing == Standing::Tenant {
            let set = Tenant { name: before.name.clone(), ..set.clone() };
            self.faults.extend(forbidden_terms(before, &set));
        }
        let children = before.clone();
        Ok(Tenant {
            domains: children.domains,
            certificates: children.certificates,
            inbound_connectors: children.inbound_connectors,
            send_connectors: children.send_connectors,
            ..set
        })
    }

    fn adopt_domain(
        &mut self,
        mut domain: AcceptedDomain,
        before: Option<&AcceptedDomain>,
    ) -> Result<AcceptedDomain, ApplyError> {
        if before.is_some_and(|before| before.name != domain.name) {
            self.fault(Field::Name, FaultCode::NotRenamed);
        }
        self.faults.extend(forbidden_verification(&self.edit.tenant, &domain, before, self.edit.standing));
        domain.proof = domain.proof.after(before.map(|before| before.proof).unwrap_or_default());
        Ok(domain)
    }

    fn adopt_certificate(
        &mut self,
        certificate: ClientCertificate,
        before: Option<&ClientCertificate>,
    ) -> Result<ClientCertificate, ApplyError> {
        with_key(&self.edit.tenant, certificate, before)
    }

    fn adopt_inbound(
        &mut self,
        connector: InboundConnector,
        before: Option<&InboundConnector>,
    ) -> Result<InboundConnector, ApplyError> {
        Ok(with_grant(connector, before, self.edit.standing))
    }

    fn adopt_send(&mut self, connector: SendConnector, _: Option<&SendConnector>) -> Result<SendConnector, ApplyError> {
        Ok(connector)
    }

    /// A tenant is there, and has its name, by the operator's word.
    fn tenants_are_the_operators(&mut self) {
        if self.edit.kind == ObjectKind::Tenant && self.edit.standing == Standing::Tenant {
            self.fault(Field::Name, FaultCode::OperatorOnly);
        }
    }

    fn fault(&mut self, field: Field, code: FaultCode) {
        let Edit { tenant, kind, name, .. } = self.edit;
        let path = ObjectPath { tenant: tenant.clone(), kind: *kind, name: name.clone() };
        self.faults.push(Fault { path, field, code });
    }
}

impl Edit {
    fn not_there_itself(&self) -> ApplyError {
        self.not_there(self.kind, &self.name)
    }

    fn not_there(&self, kind: ObjectKind, name: &str) -> ApplyError {
        ApplyError::NotThere { tenant: self.tenant.clone(), kind, name: name.to_owned() }
    }
}

fn read<T: Object>(fields: Map<String, Json>) -> Result<T, ApplyError> {
    T::from_json(&Json::Object(fields)).map_err(ApplyError::Unreadable)
}

/// RFC 7396, for objects whose values are no objects themselves: what is null becomes what it is when left out.
fn patched(mut fields: Map<String, Json>, patch: &Map<String, Json>) -> Map<String, Json> {
    for (key, value) in patch {
        fields.insert(key.clone(), value.clone());
    }
    fields
}

/// Send connectors mean a certificate, whatever it is called.
fn follow(connectors: &mut [SendConnector], edit: &Edit, name: &str) {
    let named = |own: &&mut SendConnector| own.certificate.as_deref() == Some(&*edit.name);
    if edit.name != name {
        connectors.iter_mut().filter(named).for_each(|own| own.certificate = Some(name.into()));
    }
}
