//! The admin interface: HTTP and JSON over the Unix socket `admin.sock` in the data directory, and over TCP.
//!
//! The socket's permissions are its lock: whoever may open it is the operator. Over TCP a token says who asks; health is for
//! anyone. Everything is under `/v1`; errors are
//! `application/problem+json` (RFC 9457). [`wire`] has the types on the wire, which the command line uses as client;
//! [`evidence`] makes evidence of an explain request, with a server or without. Here nothing is decided: rules,
//! validation and texts for people are elsewhere.

#![forbid(unsafe_code)]

mod access;
mod attention;
mod audit;
mod authentication;
mod backup;
mod candidates;
mod certificates;
mod directory;
mod domain_proof;
mod endpoints;
mod explain;
mod health;
mod knocking;
mod lint;
mod metrics;
mod openapi;
mod problem;
mod queue;
mod refusals;
mod resources;
mod router;
#[cfg(unix)]
mod socket;
mod state;
mod status;
mod tcp;
mod tokens;
mod trace;
pub mod wire;
mod wrong_tokens;

#[cfg(all(test, unix))]
mod tests;

pub use access::Audience;
pub use attention::{Attention, Urgency};
pub use backup::{BeginBackup, BegunBackup, WriteBackup};
pub use certificates::{Certificates, MAX_TOLD, listener_attention};
pub use endpoints::{ENDPOINTS, Endpoint, MAX_DIRECTORY_BODY};
pub use explain::evidence;
pub use metrics::PREFIX as METRICS_PREFIX;
pub use resources::MAX_OBJECT_REQUEST;
pub use router::{MAX_BODY, REQUEST_LIMIT, router};
#[cfg(unix)]
pub use socket::{AdminSocket, SHUTDOWN_LIMIT, SOCKET_MODE, SocketError, serve};
pub use state::{AdminState, LookUpUse, NodeInfo, PendingUse, StoreFault};
pub use tcp::{
    ANSWER_LIMIT, AdminAddress, AdminAddressError, CONNECTION_LIMIT, HEADER_LIMIT, MAX_CONNECTIONS,
    MAX_CONNECTIONS_PER_SOURCE,
};
pub use wrong_tokens::WrongTokens;
