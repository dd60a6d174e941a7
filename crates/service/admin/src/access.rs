//! Who asks, and what they may see and change. Every request has a [`Caller`] before any handler sees it; which endpoint
//! is for whom stands in [`ENDPOINTS`](crate::ENDPOINTS), and is checked here and nowhere else. What a handler must do
//! itself is to ask for rows with [`Caller::scope`], and for tenants with [`Caller::tenant`].

use std::sync::Arc;

use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use core_directory::{Standing, Tenant, TenantId};
use io_store::Scope;
use service_directory::Current;

use crate::AdminState;
use crate::endpoints::Endpoint;
use crate::wire::{Problem, ProblemKind};

/// Who sends a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Who, for the audit trail and the log: a token's name or a local user.
    pub actor: String,
    /// From where: an address or the local socket.
    pub origin: String,
    /// What they may do.
    pub access: Access,
}

/// What a caller may see and change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everything.
    Operator,
    /// Sees everything but keys and backups, changes nothing.
    Reader,
    /// One tenant. Every other one is for this caller as if it were not there.
    Tenant {
        /// Which.
        id: TenantId,
        /// Whether it may change what is the tenant's; otherwise it only sees it.
        administrator: bool,
    },
}

/// Whom an endpoint is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Whoever can connect.
    Anyone,
    /// The operator, and readers of all tenants. On a loopback address anyone, so that a collector on the same machine
    /// needs no token.
    Collectors,
    /// The operator, and readers of all tenants: what belongs to no tenant.
    AllTenants,
    /// Every role; a tenant's sees its own.
    Readers,
    /// The operator, and a tenant's administrator for what is the tenant's.
    Administrators,
    /// The operator alone.
    Operator,
}

/// The connection is on a loopback address, where some endpoints need no token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OnLoopback;

impl Caller {
    /// The rows that are there for this caller.
    pub fn scope(&self) -> Scope {
        match self.access {
            Access::Operator | Access::Reader => Scope::Operator,
            Access::Tenant { id, .. } => Scope::Tenant(id),
        }
    }

    /// Whose word a change is.
    pub fn standing(&self) -> Standing {
        match self.access {
            Access::Operator => Standing::Operator,
            Access::Reader | Access::Tenant { .. } => Standing::Tenant,
        }
    }

    /// The tenant with this name, if it is there for this caller. This is the one place where it is said that it is not, so
    /// that nobody can tell another's tenant from none.
    pub fn tenant<'c>(&self, current: &'c Current, name: &str) -> Result<&'c Tenant, Problem> {
        let found = current.tenants.iter().find(|tenant| *tenant.name == *name && self.scope().allows(tenant.id));
        found.ok_or_else(|| no_tenant(name))
    }

    /// The tenants that are there for this caller, in the order of the directory.
    pub fn tenants<'c>(&self, current: &'c Current) -> impl Iterator<Item = &'c Tenant> + use<'c> {
        let scope = self.scope();
        current.tenants.iter().filter(move |tenant| scope.allows(tenant.id))
    }
}

impl Audience {
    fn includes(self, access: Access) -> bool {
        match (self, access) {
            (Self::Anyone | Self::Readers, _)
            | (_, Access::Operator)
            | (Self::Collectors | Self::AllTenants, Access::Reader) => true,
            (Self::Administrators, Access::Tenant { administrator, .. }) => administrator,
            (Self::Administrators, Access::Reader)
            | (Self::Collectors | Self::AllTenants, Access::Tenant { .. })
            | (Self::Operator, _) => false,
        }
    }

    /// What a caller needs who is not among them.
    pub(crate) fn needed(self) -> &'static str {
        match self {
            Self::Anyone | Self::Readers => "a token",
            Self::Collectors | Self::AllTenants => "an operator's token, or that of a reader of all tenants",
            Self::Administrators => "an operator's token, or that of the tenant's administrator",
            Self::Operator => "an operator's token",
        }
    }
}

/// Lets a request pass to its endpoint, or says why not. It runs before anything of the body is read.
pub(crate) async fn admit(
    State((state, endpoint)): State<(Arc<AdminState>, &'static Endpoint)>,
    parameters: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Response {
    let caller = request.extensions().get::<Caller>();
    let on_loopback = request.extensions().get::<OnLoopback>().is_some();
    // A path that is no text names nothing, which a stranger is not told.
    let tenant = parameters.as_ref().ok().and_then(|all| all.iter().find(|(key, _)| *key == "tenant"));
    if let Err(problem) = judge(&state, endpoint, caller, on_loopback, tenant.map(|(_, name)| name)) {
        return problem.into_response();
    }
    if let Err(error) = parameters {
        return Problem::new(ProblemKind::BadRequest, error.body_text()).into_response();
    }
    let is_stranger = caller.is_none() && !on_loopback;
    let response = next.run(request).await;
    if is_stranger && !response.status().is_success() {
        // Why it is so may name files and hosts.
        return Problem::new(ProblemKind::Unavailable, "/v1/status says why, to who has a token").into_response();
    }
    response
}

/// `tenant` is the one that the path names. It is looked for before the role is: what a tenant's caller is told of a
/// tenant that is not its own is always the same.
fn judge(
    state: &AdminState,
    endpoint: &Endpoint,
    caller: Option<&Caller>,
    on_loopback: bool,
    tenant: Option<&str>,
) -> Result<(), Problem> {
    let audience = endpoint.audience;
    if audience == Audience::Anyone || audience == Audience::Collectors && on_loopback {
        return Ok(());
    }
    let caller = caller.ok_or_else(no_token)?;
    if let (Access::Tenant { .. }, Some(name)) = (caller.access, tenant) {
        caller.tenant(&state.directory.current(), name)?;
    }
    if audience.includes(caller.access) {
        return Ok(());
    }
    let detail = format!("{} {} needs {}", endpoint.method, endpoint.path, audience.needed());
    Err(Problem::new(ProblemKind::Forbidden, detail))
}

/// A handler asks for it as an argument.
impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(no_token)
    }
}

/// The problem of who says nothing of themselves.
fn no_token() -> Problem {
    Problem::new(ProblemKind::Unauthorized, "send `Authorization: Bearer TOKEN`; `postwarden token add NAME` makes one")
}

/// The problem of a tenant that is not there.
pub(crate) fn no_tenant(name: &str) -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        format!("there is no tenant {name:?}; `postwarden tenant list` shows which there are"),
    )
}
