//! What all states share: settings, the two buffers, the counters of misbehaviour.

use std::collections::VecDeque;

use bytes::Bytes;

use super::config::ServerConfig;
use super::output::{Answer, ClosingCause, Output};
use crate::data::BdatDecoder;
use crate::limits::SEND_BATCH;
use crate::line::LineBuffer;
use crate::reply::Reply;

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) config: ServerConfig,
    pub(super) input: LineBuffer,
    /// Replies not yet handed out; gathered while commands are waiting (RFC 2920 §3.2).
    replies: Vec<u8>,
    events: VecDeque<Output>,
    pub(super) tls: bool,
    /// No handshake may begin now.
    pub(super) tls_busy: bool,
    /// A refused BDAT chunk of which octets are still to come.
    pub(super) skip: Option<BdatDecoder>,
    errors: u32,
    idle_commands: u32,
    closing: Option<ClosingCause>,
}

impl Connection {
    pub(super) fn new(config: ServerConfig) -> Self {
        let tls = config.tls;
        Self {
            config,
            input: LineBuffer::new(),
            replies: Vec::new(),
            events: VecDeque::new(),
            tls,
            tls_busy: false,
            skip: None,
            errors: 0,
            idle_commands: 0,
            closing: None,
        }
    }

    /// Queues a reply; 421 closes (RFC 5321 §3.8).
    pub(super) fn reply(&mut self, reply: &Reply) {
        reply.write(&mut self.replies);
        if reply.code() == 421 {
            self.closing.get_or_insert(ClosingCause::Driver);
        }
    }

    /// Queues the reply to an error of syntax or sequence, and counts it.
    pub(super) fn error(&mut self, reply: &Reply) {
        self.errors = self.errors.saturating_add(1);
        if self.errors >= self.config.max_errors {
            let last = Reply::with_status(421, (4, 7, 0), "Too many errors, closing");
            self.close(&last, ClosingCause::TooManyErrors);
        } else {
            self.reply(reply);
        }
    }

    /// Counts a command that moves no mail. False if it was one too many, and the session closes.
    pub(super) fn may_idle(&mut self) -> bool {
        self.idle_commands = self.idle_commands.saturating_add(1);
        let allowed = self.idle_commands <= self.config.max_idle_commands;
        if !allowed {
            let last = Reply::with_status(421, (4, 7, 0), "Too many commands without mail, closing");
            self.close(&last, ClosingCause::TooManyIdleCommands);
        }
        allowed
    }

    /// A message went through: what came before it was worth it.
    pub(super) fn forgive(&mut self) {
        self.idle_commands = 0;
    }

    /// Queues the last reply and closes behind it.
    pub(super) fn close(&mut self, reply: &Reply, cause: ClosingCause) {
        self.closing = Some(cause);
        self.reply(reply);
    }

    /// Closes behind the replies queued so far.
    pub(super) fn end(&mut self, cause: ClosingCause) {
        self.closing.get_or_insert(cause);
    }

    pub(super) fn closing(&self) -> Option<ClosingCause> {
        self.closing
    }

    pub(super) fn event(&mut self, event: Output) {
        self.events.push_back(event);
    }

    /// An event that the replies so far must precede on the wire.
    pub(super) fn event_after_replies(&mut self, event: Output) {
        self.flush();
        self.event(event);
    }

    /// Hands the replies out now, though more commands are waiting.
    pub(super) fn flush(&mut self) {
        if let Some(octets) = self.take_replies() {
            self.event(Output::Send(octets));
        }
    }

    /// The next event; or the replies, once there are enough for a packet of their own.
    pub(super) fn next_output(&mut self) -> Option<Output> {
        self.events
            .pop_front()
            .or_else(|| if self.replies.len() < SEND_BATCH { None } else { self.take_replies().map(Output::Send) })
    }

    pub(super) fn take_replies(&mut self) -> Option<Bytes> {
        (!self.replies.is_empty()).then(|| Bytes::from(std::mem::take(&mut self.replies)))
    }

    /// Drops replies that were not handed out: a banner that gives way to a refusal.
    pub(super) fn drop_replies(&mut self) {
        self.replies.clear();
    }
}

/// The reply that an answer comes to, and whether it accepts.
pub(super) fn settle(answer: Answer, accepted: Reply) -> (Reply, bool) {
    match answer {
        Answer::Accept => (accepted, true),
        Answer::Reply(reply) if reply.is_positive() => (reply, true),
        Answer::Reply(reply) if reply.is_transient() || reply.is_permanent() => (reply, false),
        Answer::Reply(_) => (Reply::with_status(451, (4, 3, 0), "Internal error, try again later"), false),
    }
}
