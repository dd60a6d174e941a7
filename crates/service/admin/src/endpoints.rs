//! Every endpoint with whom it is for. The router is made of this table, so that nothing is answered that is not in it; a
//! test asks each of them in each role.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::routing::{MethodRouter, delete, get, patch, post};

use crate::access::Audience;
use crate::{
    AdminState, audit, backup, candidates, directory, domain_proof, explain, health, lint, metrics, openapi, queue,
    refusals, resources, status, tokens, trace,
};

/// Longest directory in octets: a hundred thousand connectors with all fields written out take about 80 MiB.
pub const MAX_DIRECTORY_BODY: usize = 256 * 1024 * 1024;

/// One endpoint.
pub struct Endpoint {
    /// Its method.
    pub method: Method,
    /// Its path; `{name}` stands for one part of it.
    pub path: &'static str,
    /// Whom it is for.
    pub audience: Audience,
    /// What answers.
    pub(crate) route: fn() -> MethodRouter<Arc<AdminState>>,
}

/// All of them.
pub static ENDPOINTS: &[Endpoint] = &[
    of(Method::GET, "/healthz", Audience::Anyone, || get(health::alive)),
    of(Method::GET, "/readyz", Audience::Anyone, || get(health::ready)),
    of(Method::GET, "/metrics", Audience::Collectors, || get(metrics::metrics)),
    of(Method::GET, "/v1/audit", Audience::Readers, || get(audit::audit)),
    of(Method::GET, "/v1/backup", Audience::Operator, || get(backup::backup)),
    of(Method::GET, "/v1/directory", Audience::Readers, || get(directory::show)),
    of(Method::POST, "/v1/directory/apply", Audience::Administrators, || {
        post(directory::apply).layer(DefaultBodyLimit::max(MAX_DIRECTORY_BODY))
    }),
    of(Method::POST, "/v1/directory/replace", Audience::Operator, || {
        post(directory::replace::replace).layer(DefaultBodyLimit::max(MAX_DIRECTORY_BODY))
    }),
    of(Method::POST, "/v1/explain", Audience::Readers, || post(explain::explain)),
    of(Method::GET, "/v1/openapi.json", Audience::Readers, || get(openapi::show)),
    of(Method::GET, "/v1/queue", Audience::Readers, || get(queue::list)),
    of(Method::GET, "/v1/queue/count", Audience::Readers, || get(queue::count)),
    of(Method::GET, "/v1/queue/{id}", Audience::Readers, || get(queue::show)),
    of(Method::POST, "/v1/queue/hold", Audience::Administrators, || post(queue::change::hold)),
    of(Method::POST, "/v1/queue/release", Audience::Administrators, || post(queue::change::release)),
    of(Method::POST, "/v1/queue/remove", Audience::Administrators, || post(queue::change::remove)),
    of(Method::POST, "/v1/queue/retry", Audience::Administrators, || post(queue::change::retry)),
    of(Method::GET, "/v1/candidates", Audience::Readers, || get(candidates::list)),
    of(Method::GET, "/v1/lint", Audience::Readers, || get(lint::lint)),
    of(Method::GET, "/v1/refusals", Audience::Readers, || get(refusals::list::list)),
    of(Method::GET, "/v1/refusals/statistics", Audience::Readers, || get(refusals::list::statistics)),
    of(Method::GET, "/v1/refusals/{reference}", Audience::Readers, || get(refusals::refusal)),
    of(Method::GET, "/v1/status", Audience::Readers, || get(status::status)),
    of(Method::GET, "/v1/tenants/{tenant}/domains/{name}/verify", Audience::Readers, || get(domain_proof::show)),
    of(Method::POST, "/v1/tenants/{tenant}/domains/{name}/verify", Audience::Administrators, || {
        post(domain_proof::verify)
    }),
    of(Method::GET, "/v1/trace", Audience::Readers, || get(trace::list)),
    of(Method::GET, "/v1/tenants", Audience::Readers, || get(resources::list)),
    of(Method::POST, "/v1/tenants", Audience::Operator, || one(post(resources::add))),
    of(Method::GET, "/v1/tenants/{tenant}", Audience::Readers, || get(resources::show)),
    of(Method::PATCH, "/v1/tenants/{tenant}", Audience::Administrators, || one(patch(resources::set))),
    of(Method::DELETE, "/v1/tenants/{tenant}", Audience::Operator, || one(delete(resources::remove))),
    of(Method::POST, "/v1/tenants/{tenant}/suspend", Audience::Operator, || one(post(resources::suspend))),
    of(Method::POST, "/v1/tenants/{tenant}/resume", Audience::Operator, || one(post(resources::resume))),
    of(Method::GET, "/v1/tenants/{tenant}/domains", Audience::Readers, || get(resources::list)),
    of(Method::POST, "/v1/tenants/{tenant}/domains", Audience::Administrators, || one(post(resources::add))),
    of(Method::GET, "/v1/tenants/{tenant}/domains/{name}", Audience::Readers, || get(resources::show)),
    of(Method::PATCH, "/v1/tenants/{tenant}/domains/{name}", Audience::Administrators, || one(patch(resources::set))),
    of(Method::DELETE, "/v1/tenants/{tenant}/domains/{name}", Audience::Administrators, || {
        one(delete(resources::remove))
    }),
    of(Method::GET, "/v1/tenants/{tenant}/inbound-connectors", Audience::Readers, || get(resources::list)),
    of(Method::POST, "/v1/tenants/{tenant}/inbound-connectors", Audience::Administrators, || one(post(resources::add))),
    of(Method::GET, "/v1/tenants/{tenant}/inbound-connectors/{name}", Audience::Readers, || get(resources::show)),
    of(Method::PATCH, "/v1/tenants/{tenant}/inbound-connectors/{name}", Audience::Administrators, || {
        one(patch(resources::set))
    }),
    of(Method::DELETE, "/v1/tenants/{tenant}/inbound-connectors/{name}", Audience::Administrators, || {
        one(delete(resources::remove))
    }),
    of(Method::GET, "/v1/tenants/{tenant}/send-connectors", Audience::Readers, || get(resources::list)),
    of(Method::POST, "/v1/tenants/{tenant}/send-connectors", Audience::Administrators, || one(post(resources::add))),
    of(Method::GET, "/v1/tenants/{tenant}/send-connectors/{name}", Audience::Readers, || get(resources::show)),
    of(Method::PATCH, "/v1/tenants/{tenant}/send-connectors/{name}", Audience::Administrators, || {
        one(patch(resources::set))
    }),
    of(Method::DELETE, "/v1/tenants/{tenant}/send-connectors/{name}", Audience::Administrators, || {
        one(delete(resources::remove))
    }),
    of(Method::GET, "/v1/tenants/{tenant}/certificates", Audience::Readers, || get(resources::list)),
    of(Method::POST, "/v1/tenants/{tenant}/certificates", Audience::Administrators, || one(post(resources::add))),
    of(Method::GET, "/v1/tenants/{tenant}/certificates/{name}", Audience::Readers, || get(resources::show)),
    of(Method::PATCH, "/v1/tenants/{tenant}/certificates/{name}", Audience::Administrators, || {
        one(patch(resources::set))
    }),
    of(Method::DELETE, "/v1/tenants/{tenant}/certificates/{name}", Audience::Administrators, || {
        one(delete(resources::remove))
    }),
    of(Method::GET, "/v1/tokens", Audience::AllTenants, || get(tokens::list)),
    of(Method::POST, "/v1/tokens", Audience::Operator, || post(tokens::add)),
    of(Method::GET, "/v1/tokens/{name}", Audience::AllTenants, || get(tokens::show)),
    of(Method::PATCH, "/v1/tokens/{name}", Audience::Operator, || patch(tokens::change)),
    of(Method::DELETE, "/v1/tokens/{name}", Audience::Operator, || delete(tokens::remove)),
];

/// Whether what answers at this path is for anyone. Such paths have no parts that stand for something else.
pub(crate) fn is_for_anyone(path: &str) -> bool {
    ENDPOINTS.iter().any(|own| own.audience == Audience::Anyone && own.path == path)
}

/// With the limit on the body of a request about one object.
fn one(route: MethodRouter<Arc<AdminState>>) -> MethodRouter<Arc<AdminState>> {
    route.layer(DefaultBodyLimit::max(resources::MAX_OBJECT_REQUEST))
}

const fn of(
    method: Method,
    path: &'static str,
    audience: Audience,
    route: fn() -> MethodRouter<Arc<AdminState>>,
) -> Endpoint {
    Endpoint { method, path, audience, route }
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} for {:?}", self.method, self.path, self.audience)
    }
}
