//! Behind an accepted MAIL: recipients, then DATA.

use super::connection::{Connection, settle};
use super::data::Data;
use super::greeted::{Greeted, start_tls};
use super::output::{Answer, ClosingCause, Output, ResetCause};
use super::session::State;
use super::{anywhere, extension};
use crate::command::Command;
use crate::param::Parameters;
use crate::path::ForwardPath;
use crate::reply::Reply;

#[derive(Debug)]
pub(super) struct Transaction {
    smtputf8: bool,
    accepted: usize,
    refused: usize,
    asked: Option<Question>,
}

#[derive(Debug, Clone, Copy)]
enum Question {
    Rcpt,
    Data,
}

impl Transaction {
    pub(super) fn new(smtputf8: bool) -> Self {
        Self { smtputf8, accepted: 0, refused: 0, asked: None }
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.asked.is_some()
    }

    pub(super) fn command(mut self, command: Command, connection: &mut Connection) -> State {
        match command {
            Command::Helo(name) => return reset(ResetCause::Greeting, connection, |c| anywhere::greet(name, false, c)),
            Command::Ehlo(name) => return reset(ResetCause::Greeting, connection, |c| anywhere::greet(name, true, c)),
            Command::Rset => {
                return reset(ResetCause::Rset, connection, |c| {
                    anywhere::command(Command::Rset, "", c);
                    State::Greeted(Greeted::default())
                });
            }
            Command::StartTls => {
                if start_tls(connection, true) {
                    return State::Handshake;
                }
            }
            Command::Rcpt { path, params } => self.rcpt(path, params, connection),
            Command::Data => self.data(connection),
            other => anywhere::command(other, "A transaction is open; say RCPT, DATA or RSET", connection),
        }
        State::Transaction(self)
    }

    fn rcpt(&mut self, path: ForwardPath, params: Parameters, connection: &mut Connection) {
        if self.accepted >= connection.config.max_recipients {
            let text = format!("More than {} recipients, send the rest separately", connection.config.max_recipients);
            connection.reply(&Reply::with_status(452, (4, 5, 3), text));
            return;
        }
        match extension::rcpt_request(path, params, self.smtputf8, &connection.config) {
            Ok(request) => {
                self.asked = Some(Question::Rcpt);
                connection.event(Output::Rcpt(request));
            }
            Err(reply) => {
                self.refused += 1;
                connection.error(&reply);
            }
        }
    }

    /// DATA ends a pipelined group (RFC 2920 §3.1). Octets behind it are a message sent unasked; were DATA refused they
    /// would be read as commands, so that the sender of a message could give orders. The session ends.
    fn data(&mut self, connection: &mut Connection) {
        if !connection.input.is_empty() {
            let reply = Reply::with_status(554, (5, 5, 1), "Wait for 354 before you send the message, closing");
            connection.close(&reply, ClosingCause::EarlyData);
        } else if self.accepted > 0 {
            self.asked = Some(Question::Data);
            connection.event(Output::Data);
        } else if self.refused > 0 {
            connection.reply(&Reply::with_status(554, (5, 5, 1), "No recipient was accepted"));
        } else {
            connection.error(&Reply::with_status(503, (5, 5, 1), "Say RCPT first"));
        }
    }

    pub(super) fn answer(mut self, answer: Answer, connection: &mut Connection) -> State {
        match self.asked.take() {
            Some(Question::Rcpt) => {
                let (reply, accepted) = settle(answer, Reply::with_status(250, (2, 1, 5), "Recipient OK"));
                connection.reply(&reply);
                if accepted {
                    self.accepted += 1;
                } else {
                    self.refused += 1;
                }
            }
            Some(Question::Data) => {
                let go_on = Reply::new(354, None, "Send the message, end with CRLF.CRLF");
                match settle(answer, go_on.clone()) {
                    (_, true) => {
                        connection.reply(&go_on);
                        return State::Data(Data::new(&connection.config));
                    }
                    (refusal, false) => connection.reply(&refusal),
                }
            }
            None => {}
        }
        State::Transaction(self)
    }
}

/// Tells the driver that the transaction is over, then goes on.
fn reset(cause: ResetCause, connection: &mut Connection, then: impl FnOnce(&mut Connection) -> State) -> State {
    connection.event(Output::Reset(cause));
    then(connection)
}
