//! What an administrator did to messages, told to the trace. Whose they are is read before the change, since a removed one is
//! gone behind it; who acts on the same messages in the same moment may leave an event for what the other one did.

use core_directory::TenantId;
use io_store::{MessageId, QueueChange, QueueFilter, Scope, StoreError, TraceEvent};
use jiff::Timestamp;
use serde_json::json;

use crate::state::AdminState;

/// Messages that are about to be changed.
pub(super) struct Touched(Vec<Message>);

struct Message {
    tenant: TenantId,
    reference: String,
    mail_from: Option<String>,
}

impl Touched {
    /// Those that are named. One that is not there makes the change fail.
    pub async fn named(state: &AdminState, scope: Scope, ids: &[MessageId]) -> Result<Self, StoreError> {
        let mut messages = Vec::with_capacity(ids.len());
        for id in ids {
            let message = state.queue.get(scope, *id).await?.message;
            let (tenant, reference) = (message.tenant, message.reference);
            messages.push(Message { tenant, reference, mail_from: message.reverse_path });
        }
        Ok(Self(messages))
    }

    /// The page that is selected.
    pub async fn selected(state: &AdminState, scope: Scope, filter: QueueFilter) -> Result<Self, StoreError> {
        let found = state.queue.list(scope, filter).await?.into_iter();
        let messages = found.map(|summary| {
            let (tenant, reference) = (summary.tenant, summary.reference);
            Message { tenant, reference, mail_from: summary.reverse_path }
        });
        Ok(Self(messages.collect()))
    }

    /// Tells that it was done, by whom.
    pub fn tell(self, state: &AdminState, scope: Scope, change: &QueueChange, actor: &str, at: Timestamp) {
        let (kind, reason) = match change {
            QueueChange::Hold { reason } => ("held", Some(reason)),
            QueueChange::Release => ("released", None),
            QueueChange::Retry { .. } => ("retried", None),
            QueueChange::Remove => ("removed", None),
        };
        let body = json!({ "by": actor, "reason": reason }).to_string();
        let events = self.0.into_iter().map(|message| TraceEvent {
            at,
            tenant: message.tenant,
            reference: message.reference,
            kind: kind.to_owned(),
            mail_from: message.mail_from,
            rcpt_to: None,
            message_id: None,
            body: body.clone(),
        });
        state.trace.record_events(scope, events.collect());
    }
}
