//! Behind an accepted MAIL: recipients, then DATA or BDAT.

use super::chunks::{self, Chunk, Chunks};
use super::connection::{Connection, settle};
use super::data::Data;
use super::greeted::{Greeted, start_tls};
use super::output::{Answer, Output, ResetCause};
use super::session::State;
use super::{anywhere, extension};
use crate::command::Command;
use crate::mail_body::MailBody;
use crate::param::Parameters;
use crate::path::ForwardPath;
use crate::reply::Reply;

#[derive(Debug)]
pub(super) struct Transaction {
    smtputf8: bool,
    body: MailBody,
    accepted: usize,
    refused: usize,
    asked: Option<Question>,
}

#[derive(Debug, Clone, Copy)]
enum Question {
    Rcpt,
    Data,
    Bdat(Chunk),
}

impl Transaction {
    pub(super) fn new(smtputf8: bool, body: MailBody) -> Self {
        Self { smtputf8, body, accepted: 0, refused: 0, asked: None }
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.asked.is_some()
    }

    pub(super) fn command(mut self, command: Command, connection: &mut Connection) -> State {
        match command {
            Command::StartTls => {
                if start_tls(connection, true) {
                    return State::Handshake;
                }
            }
            Command::Rcpt { path, params } => self.rcpt(path, params, connection),
            Command::Data => self.data(connection),
            Command::Bdat { size, last } if connection.config.chunking => {
                return self.bdat(Chunk { size, last }, connection);
            }
            command => match ended_by(command, connection) {
                Ok(state) => return state,
                Err(other) => anywhere::command(other, "A transaction is open; say RCPT, DATA or RSET", connection),
            },
        }
        State::Transaction(self)
    }

    fn rcpt(&mut self, path: ForwardPath, params: Parameters, connection: &mut Connection) {
        if self.accepted >= connection.config.max_recipients {
            let text = format!("More than {} recipients, send the rest separately", connection.config.max_recipients);
            connection.reply(&Reply::with_status(452, (4, 5, 3), text));
            return;
        }
        match extension::rcpt_request(path, params, self.smtputf8) {
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

    fn data(&mut self, connection: &mut Connection) {
        if anywhere::refuse_early_data(connection) {
            return;
        }
        if self.body == MailBody::BinaryMime {
            connection.error(&Reply::with_status(503, (5, 5, 1), "BODY=BINARYMIME goes by BDAT, not by DATA"));
        } else if self.accepted > 0 {
            self.asked = Some(Question::Data);
            connection.event(Output::Data);
        } else if self.refused > 0 {
            anywhere::idle(connection, &no_recipient());
        } else {
            connection.error(&Reply::with_status(503, (5, 5, 1), "Say RCPT first"));
        }
    }

    /// The first chunk. Its octets wait in the buffer until the driver has answered.
    fn bdat(mut self, chunk: Chunk, connection: &mut Connection) -> State {
        if self.accepted == 0 {
            return chunks::refuse(chunk, &no_recipient(), connection);
        }
        if let Some(refusal) = chunks::over_limit(0, chunk.size, &connection.config) {
            return chunks::refuse(chunk, &refusal, connection);
        }
        self.asked = Some(Question::Bdat(chunk));
        connection.event(Output::Data);
        State::Transaction(self)
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
            Some(Question::Bdat(chunk)) => {
                return match settle(answer, Reply::new(250, None, "")) {
                    (_, true) => State::Chunks(Chunks::new(chunk, self.body, &connection.config)),
                    (refusal, false) => chunks::refuse(chunk, &refusal, connection),
                };
            }
            None => {}
        }
        State::Transaction(self)
    }
}

fn no_recipient() -> Reply {
    Reply::with_status(554, (5, 5, 1), "No recipient was accepted")
}

/// The commands that end an open transaction without its message; any other comes back.
pub(super) fn ended_by(command: Command, connection: &mut Connection) -> Result<State, Command> {
    let (cause, extended, name) = match command {
        Command::Helo(name) => (ResetCause::Greeting, false, Some(name)),
        Command::Ehlo(name) => (ResetCause::Greeting, true, Some(name)),
        Command::Rset => (ResetCause::Rset, false, None),
        other => return Err(other),
    };
    connection.event(Output::Reset(cause));
    if let Some(name) = name {
        return Ok(anywhere::greet(name, extended, connection));
    }
    anywhere::command(Command::Rset, "", connection);
    Ok(State::Greeted(Greeted::default()))
}
