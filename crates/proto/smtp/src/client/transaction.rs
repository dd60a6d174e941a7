//! One transaction: MAIL and RCPT (in groups where the peer offers PIPELINING), then the message by DATA, or by BDAT where it
//! is binary.
//!
//! DATA is never sent before a recipient was accepted, though RFC 2920 allows it: an empty message can then never reach a
//! peer that answers 354 with no recipient.

use std::collections::VecDeque;

use super::capabilities::Capabilities;
use super::error::{ClientError, StartError, Waiting};
use super::output::{Transaction, TransactionOutcome};
use crate::command::Command;
use crate::data::{DataEncoder, EncodeError};
use crate::limits::PIPELINE_DEPTH;
use crate::mail_body::MailBody;
use crate::param::{Parameter, Parameters};
use crate::reply::Reply;

/// A reply that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Rset,
    Mail,
    Rcpt(usize),
    Data,
    Chunk,
    EndOfData,
}

/// How the message is being sent.
#[derive(Debug)]
enum Sending {
    /// By DATA.
    Data(DataEncoder),
    /// By BDAT, each piece a chunk. The last one is empty, and waits for the replies to all others: nothing that was said
    /// before it can then be taken for the answer to it.
    Chunks {
        /// All pieces have been sent.
        ended: bool,
    },
}

/// What a reply has led to.
#[derive(Debug)]
pub(super) enum Step {
    /// More is to come.
    Wait,
    /// The transaction is over.
    Done {
        /// The peer may still hold it.
        unfinished: bool,
    },
    /// The transaction is over and the session with it.
    Closed(Reply),
}

#[derive(Debug)]
pub(super) struct Progress {
    transaction: Transaction,
    mail: Command,
    outcome: TransactionOutcome,
    depth: usize,
    reset_first: bool,
    mail_sent: bool,
    /// Recipients whose RCPT has been sent.
    asked: usize,
    due: VecDeque<Due>,
    /// While the message is being sent.
    sending: Option<Sending>,
}

impl Progress {
    pub(super) fn new(
        transaction: Transaction,
        capabilities: &Capabilities,
        reset_first: bool,
        out: &mut Vec<u8>,
    ) -> Result<Self, StartError> {
        if transaction.recipients.is_empty() {
            return Err(StartError::NoRecipients);
        }
        let ascii = transaction.reverse_path.is_ascii() && transaction.recipients.iter().all(|r| r.path.is_ascii());
        if !ascii && !capabilities.smtputf8 {
            return Err(StartError::NeedsSmtpUtf8);
        }
        if transaction.body == MailBody::BinaryMime && !capabilities.takes_binary() {
            return Err(StartError::NeedsBinaryMime);
        }
        let outcome = TransactionOutcome {
            recipients: vec![None; transaction.recipients.len()],
            ..TransactionOutcome::default()
        };
        let mut progress = Self {
            mail: Command::Mail {
                path: transaction.reverse_path.clone(),
                params: mail_params(&transaction, capabilities, !ascii),
            },
            transaction,
            outcome,
            depth: if capabilities.pipelining { PIPELINE_DEPTH } else { 1 },
            reset_first,
            mail_sent: false,
            asked: 0,
            due: VecDeque::new(),
            sending: None,
        };
        progress.send(out);
        Ok(progress)
    }

    pub(super) fn into_outcome(self) -> Box<TransactionOutcome> {
        Box::new(self.outcome)
    }

    pub(super) fn wants_body(&self) -> bool {
        match &self.sending {
            None => false,
            Some(Sending::Data(_)) => true,
            Some(Sending::Chunks { ended }) => !ended && self.due.len() < self.depth,
        }
    }

    pub(super) fn body(&mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<(), EncodeError> {
        match &mut self.sending {
            Some(Sending::Data(encoder)) => encoder.encode(piece, out)?,
            Some(Sending::Chunks { .. }) if !piece.is_empty() => {
                self.say(&Command::Bdat { size: piece.len() as u64, last: false }, Due::Chunk, out);
                out.extend_from_slice(piece);
            }
            Some(Sending::Chunks { .. }) | None => {}
        }
        Ok(())
    }

    pub(super) fn end_of_body(&mut self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        match self.sending.take() {
            Some(Sending::Data(encoder)) => {
                self.due.push_back(Due::EndOfData);
                encoder.finish(out)?;
            }
            Some(Sending::Chunks { .. }) if self.due.is_empty() => self.say_last_chunk(out),
            Some(Sending::Chunks { .. }) => self.sending = Some(Sending::Chunks { ended: true }),
            None => {}
        }
        Ok(())
    }

    pub(super) fn waiting(&self) -> Waiting {
        match self.due.front() {
            None => Waiting::Body,
            Some(Due::Rset) => Waiting::Rset,
            Some(Due::Mail) => Waiting::Mail,
            Some(Due::Rcpt(_)) => Waiting::Rcpt,
            Some(Due::Data) => Waiting::Data,
            Some(Due::Chunk) => Waiting::Chunk,
            Some(Due::EndOfData) => Waiting::EndOfData,
        }
    }

    /// Takes the next reply.
    pub(super) fn reply(&mut self, reply: Reply, out: &mut Vec<u8>) -> Result<Step, ClientError> {
        let waiting = self.waiting();
        let due = self.due.pop_front();
        let fits = match due {
            Some(Due::Rset) => reply.is_positive() || reply.code() == 421,
            Some(Due::Data) => reply.code() == 354 || is_refusal(&reply),
            // A refusal in the midst of the message is the peer's last word on it; anything else is out of step.
            None => is_refusal(&reply),
            Some(Due::Mail | Due::Rcpt(_) | Due::Chunk | Due::EndOfData) => reply.is_positive() || is_refusal(&reply),
        };
        if !fits {
            return Err(ClientError::UnexpectedReply { reply, waiting });
        }
        self.keep(due, &reply);
        if reply.code() == 421 {
            self.outcome.closing = Some(reply.clone());
            return Ok(Step::Closed(reply));
        }
        match due {
            // The rest of the message would be read as commands: this connection is of no more use.
            None => Ok(Step::Closed(reply)),
            Some(Due::EndOfData) => Ok(Step::Done { unfinished: false }),
            Some(Due::Data) if reply.code() == 354 => {
                self.sending = Some(Sending::Data(DataEncoder::new()));
                Ok(Step::Wait)
            }
            Some(Due::Data) => Ok(Step::Done { unfinished: true }),
            Some(Due::Chunk) => Ok(self.chunk_answered(&reply, out)),
            _ => Ok(if self.due.is_empty() { self.go_on(out) } else { Step::Wait }),
        }
    }

    fn keep(&mut self, due: Option<Due>, reply: &Reply) {
        let place = match due {
            // A chunk's acceptance means nothing yet; of several refusals the first says why.
            Some(Due::Chunk) if reply.is_positive() || self.outcome.end_of_data.is_some() => return,
            Some(Due::Rset) => return,
            Some(Due::Mail) => &mut self.outcome.mail,
            Some(Due::Rcpt(at)) => match self.outcome.recipients.get_mut(at) {
                Some(place) => place,
                None => return,
            },
            Some(Due::Data) => &mut self.outcome.data,
            Some(Due::Chunk | Due::EndOfData) | None => &mut self.outcome.end_of_data,
        };
        *place = Some(reply.clone());
    }

    /// All replies due are here: send the next group, or DATA, or be done.
    fn go_on(&mut self, out: &mut Vec<u8>) -> Step {
        if self.outcome.mail.as_ref().is_some_and(is_refusal) {
            return Step::Done { unfinished: false };
        }
        self.send(out);
        if !self.due.is_empty() {
            return Step::Wait;
        }
        if !self.outcome.recipients.iter().flatten().any(Reply::is_positive) {
            return Step::Done { unfinished: true };
        }
        if self.transaction.body == MailBody::BinaryMime {
            self.sending = Some(Sending::Chunks { ended: false });
        } else {
            self.say(&Command::Data, Due::Data, out);
        }
        Step::Wait
    }

    /// A refused chunk ends the message; the replies to those behind it are waited for.
    fn chunk_answered(&mut self, reply: &Reply, out: &mut Vec<u8>) -> Step {
        if is_refusal(reply) {
            self.sending = None;
        }
        if self.due.is_empty() {
            match self.sending {
                None => return Step::Done { unfinished: true },
                Some(Sending::Chunks { ended: true }) => self.say_last_chunk(out),
                Some(_) => {}
            }
        }
        Step::Wait
    }

    fn say_last_chunk(&mut self, out: &mut Vec<u8>) {
        self.sending = None;
        self.say(&Command::Bdat { size: 0, last: true }, Due::EndOfData, out);
    }

    /// Sends RSET, MAIL and RCPTs as far as the depth allows.
    fn send(&mut self, out: &mut Vec<u8>) {
        while self.due.len() < self.depth {
            if std::mem::take(&mut self.reset_first) {
                self.say(&Command::Rset, Due::Rset, out);
            } else if !self.mail_sent {
                self.mail_sent = true;
                let mail = self.mail.clone();
                self.say(&mail, Due::Mail, out);
            } else if let Some(recipient) = self.transaction.recipients.get(self.asked).cloned() {
                let rcpt = Command::Rcpt { path: recipient.path, params: recipient.params };
                self.say(&rcpt, Due::Rcpt(self.asked), out);
                self.asked += 1;
            } else {
                return;
            }
        }
    }

    fn say(&mut self, command: &Command, due: Due, out: &mut Vec<u8>) {
        command.write(out);
        self.due.push_back(due);
    }
}

fn is_refusal(reply: &Reply) -> bool {
    reply.is_transient() || reply.is_permanent()
}

fn mail_params(transaction: &Transaction, capabilities: &Capabilities, smtputf8: bool) -> Parameters {
    let mut params = transaction.params.clone();
    let size = transaction.size.filter(|_| capabilities.size.is_some()).map(|size| size.to_string());
    let body = transaction.body.value().filter(|_| match transaction.body {
        MailBody::SevenBit | MailBody::EightBitMime => capabilities.eight_bit_mime,
        MailBody::BinaryMime => true,
    });
    let ours = [
        size.and_then(|size| Parameter::new("SIZE", Some(&size))),
        body.and_then(|body| Parameter::new("BODY", Some(body))),
        Parameter::new("SMTPUTF8", None).filter(|_| smtputf8),
    ];
    for param in ours.into_iter().flatten() {
        // The caller's own word goes first.
        let _given_already = params.push(param);
    }
    params
}
