//! The types on the wire. The server writes them and the command line reads them, or the other way round. Times are
//! RFC 3339; names stand for identities.

mod audit;
mod backup;
mod candidate;
mod directory;
mod domain_proof;
mod explain;
mod problem;
mod queue;
mod refusal;
mod resource;
mod status;
mod token;
mod trace;

pub use audit::{AuditChange, AuditPage, AuditParameters, AuditRecord};
pub use backup::{BACKUP_OCTETS, KeptObject, ReplaceRequest};
pub use candidate::{Admit, Candidate, CandidateKind, Candidates};
pub use directory::{ApplyRequest, ApplyResponse};
pub use domain_proof::{
    ChallengeRecord, DomainChallenge, DomainVerification, Found, FoundWhat, ProofState, ProvedBy, VerificationOutcome,
};
pub use explain::ExplainRequest;
pub use problem::{ObjectReference, Problem, ProblemError, ProblemKind};
pub use queue::{
    Attempt, Lease, MessageDetails, QueueChange, QueueChanged, QueueCount, QueueEntry, QueuePage, QueueParameters,
    Recipient,
};
pub use refusal::{
    NearestConnector, Refusal, RefusalCount, RefusalEntry, RefusalPage, RefusalParameters, RefusalStatistics,
    StatisticsParameters, StatisticsStep,
};
pub use resource::{
    CertificateStatus, ChangeParameters, DEFAULT_PAGE, DomainProof, DomainStatus, IDEMPOTENCY_KEY,
    IDEMPOTENCY_REPLAYED, LimitUse, MAX_IDEMPOTENCY_KEY, MAX_PAGE, PageParameters, Resource, ResourceChanged,
    ResourcePage, ResourceStatus, TenantStatus, etag, path_segment, resource_path,
};
pub use status::{Counts, DirectoryStatus, Listener, QueueNumbers, Refused, Status};
pub use token::{MAX_TOKEN_NAME, MadeToken, NewToken, Token, TokenChange, TokenPage, TokenRole, TokenUse};
pub use trace::{TraceEvent, TracePage, TraceParameters};
