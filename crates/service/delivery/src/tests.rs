//! Delivery over the embedded store to scripted next hops.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bounces;
mod fairness;
mod lifetime;
mod notices;
mod relay;
mod retries;
mod sink;
mod suspended;
mod unvouched;

use core_directory::{SendConnectorId, TenantId};
use io_store::{BodyId, Direction, MessageId, QueuedMessage, QueuedRecipient, RecipientId, RecipientState};
use jiff::Timestamp;
use relay::{MESSAGE, Mail, Relay};
use sink::{Delivered, Sink};

/// A message of tenant 1 as a claim gives it, accepted when time began.
pub fn queued(number: u64, send_connector: u64, recipients: &[&str]) -> QueuedMessage {
    let recipient = |(place, path): (u32, &&str)| QueuedRecipient {
        id: RecipientId(place),
        forward_path: (*path).to_owned(),
        notify: None,
        orcpt: None,
        state: RecipientState::Pending,
        last_reply: None,
    };
    QueuedMessage {
        id: MessageId(number),
        tenant: TenantId(1),
        direction: Direction::Originating,
        reverse_path: Some("alice@contoso.com".to_owned()),
        recipients: (0..).zip(recipients).map(recipient).collect(),
        send_connector: SendConnectorId(send_connector),
        body: BodyId(1),
        size: 1,
        eight_bit: false,
        binary: false,
        smtp_utf8: false,
        ret: None,
        envid: None,
        accepted_at: Timestamp::UNIX_EPOCH,
        reference: String::new(),
        attributed: String::new(),
        handed_over_by: None,
        delay_told: false,
        hold: None,
        next_attempt: Timestamp::UNIX_EPOCH,
        attempts: 0,
        last_reply: None,
    }
}
