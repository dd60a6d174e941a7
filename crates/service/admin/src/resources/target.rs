//! Which object, or which collection, a request is about: read from its path.

use axum::extract::{FromRequestParts, MatchedPath, Path};
use axum::http::request::Parts;
use core_directory::{Domain, ObjectKind, Tenant};
use serde::Deserialize;
use service_directory::Current;

use super::Shown;
use crate::access::Caller;
use crate::wire::{Problem, ProblemKind};

/// A kind of object with the tenant and the name, as far as the path names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub kind: ObjectKind,
    /// Empty where all tenants are meant.
    pub tenant: String,
    /// Empty where a collection is meant.
    pub name: String,
}

/// The parts of a path.
#[derive(Deserialize)]
struct Parameters {
    #[serde(default)]
    tenant: String,
    #[serde(default)]
    name: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Target {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
        let Path(Parameters { tenant, name }) = Path::from_request_parts(parts, state)
            .await
            .map_err(|error| Problem::new(ProblemKind::BadRequest, error.body_text()))?;
        let kind = match path.split('/').nth(4) {
            Some("domains") => ObjectKind::Domain,
            Some("inbound-connectors") => ObjectKind::InboundConnector,
            Some("send-connectors") => ObjectKind::SendConnector,
            Some("certificates") => ObjectKind::Certificate,
            // The tenant itself, or what is done to it.
            _ => ObjectKind::Tenant,
        };
        let name = if kind == ObjectKind::Tenant { tenant.clone() } else { name };
        Ok(Self { kind, tenant, name })
    }
}

impl Target {
    /// The objects of the collection that are there for this caller, in no order.
    pub(super) fn objects<'d>(
        &self,
        caller: &Caller,
        current: &'d Current,
    ) -> Result<Box<dyn Iterator<Item = Shown<'d>> + 'd>, Problem> {
        if self.kind == ObjectKind::Tenant {
            return Ok(Box::new(caller.tenants(current).map(Shown::Tenant)));
        }
        Ok(self.of_tenant(caller.tenant(current, &self.tenant)?))
    }

    /// The object, if it is there for this caller.
    pub(super) fn object<'d>(&self, caller: &Caller, current: &'d Current) -> Result<Shown<'d>, Problem> {
        let tenant = caller.tenant(current, &self.tenant)?;
        if self.kind == ObjectKind::Tenant {
            return Ok(Shown::Tenant(tenant));
        }
        let name = match self.kind {
            ObjectKind::Domain => Domain::parse(&self.name).map(|domain| domain.to_string()),
            _ => Ok(self.name.clone()),
        };
        let named = |name: String| self.of_tenant(tenant).find(|object| object.name() == name);
        name.ok().and_then(named).ok_or_else(|| self.not_there())
    }

    /// The problem of an object that is not there.
    pub(super) fn not_there(&self) -> Problem {
        let (tenant, kind, name) = (&self.tenant, self.kind.label(), &self.name);
        Problem::new(ProblemKind::NotFound, format!("tenant {tenant:?} has no {kind} {name:?}"))
    }

    fn of_tenant<'d>(&self, tenant: &'d Tenant) -> Box<dyn Iterator<Item = Shown<'d>> + 'd> {
        match self.kind {
            ObjectKind::Tenant => Box::new(std::iter::once(Shown::Tenant(tenant))),
            ObjectKind::Domain => Box::new(tenant.domains.iter().map(move |own| Shown::Domain(tenant, own))),
            ObjectKind::InboundConnector => {
                Box::new(tenant.inbound_connectors.iter().map(move |own| Shown::InboundConnector(tenant, own)))
            }
            ObjectKind::SendConnector => {
                Box::new(tenant.send_connectors.iter().map(move |own| Shown::SendConnector(tenant, own)))
            }
            ObjectKind::Certificate => {
                Box::new(tenant.certificates.iter().map(move |own| Shown::Certificate(tenant, own)))
            }
        }
    }
}
