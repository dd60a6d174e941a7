//! The session: one state, the shared part, and the loop that the driver turns.

use bytes::Bytes;

use super::chunks::Chunks;
use super::config::ServerConfig;
use super::connected::Connected;
use super::connection::Connection;
use super::data::Data;
use super::greeted::Greeted;
use super::output::{Answer, ClosingCause, NotAsked, Output};
use super::passed_over::PassedOver;
use super::transaction::Transaction;
use crate::command::{Command, CommandError};
use crate::line::Line;
use crate::reply::Reply;

#[derive(Debug)]
pub(super) enum State {
    /// No EHLO yet, or none since the TLS handshake.
    Connected(Connected),
    /// Between transactions.
    Greeted(Greeted),
    /// Behind an accepted MAIL.
    Transaction(Transaction),
    /// Behind 354.
    Data(Data),
    /// Behind an accepted first BDAT.
    Chunks(Chunks),
    /// Behind a refused BDAT.
    PassedOver(PassedOver),
    /// The driver does the TLS handshake.
    Handshake,
    /// Nothing more is read.
    Closed(ClosingCause),
}

/// One session with one client.
#[derive(Debug)]
pub struct Session {
    connection: Connection,
    state: State,
}

impl Session {
    /// A session whose first output is the banner.
    #[must_use]
    pub fn new(config: ServerConfig) -> Self {
        let mut connection = Connection::new(config);
        let banner = format!("{} ESMTP Postwarden", connection.config.hostname);
        connection.reply(&Reply::new(220, None, banner));
        Self { connection, state: State::Connected(Connected) }
    }

    /// A session that sends this reply instead of a banner and closes: no room, say (`421 4.3.2`, or 554).
    #[must_use]
    pub fn refused(config: ServerConfig, reply: &Reply) -> Self {
        let mut session = Self::new(config);
        session.connection.drop_replies();
        session.close(reply);
        session
    }

    /// The client talked before the banner was sent (`554 5.5.1`): it does not speak SMTP but shouts it.
    ///
    /// To be called before the first [`Session::poll`].
    pub fn early_talk(&mut self) {
        self.connection.drop_replies();
        let reply = Reply::with_status(554, (5, 5, 1), "Wait for the banner before you speak");
        self.connection.close(&reply, ClosingCause::EarlyTalk);
        self.settle_state();
    }

    /// Takes octets from the client: only after [`Output::NeedInput`].
    pub fn feed(&mut self, input: &[u8]) {
        if !matches!(self.state, State::Closed(_)) {
            self.connection.input.feed(input);
        }
    }

    /// Whether the client has said more than was looked at so far.
    #[must_use]
    pub fn has_input(&self) -> bool {
        !self.connection.input.is_empty()
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Output {
        loop {
            if let Some(output) = self.connection.next_output() {
                return output;
            }
            if let State::Closed(cause) = self.state {
                return Output::Closing(cause);
            }
            if self.owes_answer() {
                return Output::AwaitingDriver;
            }
            if !self.advance() {
                return self.connection.take_replies().map_or(Output::NeedInput, Output::Send);
            }
            self.settle_state();
        }
    }

    /// Answers [`Output::Mail`], [`Output::Rcpt`], [`Output::Data`] or [`Output::EndOfData`].
    ///
    /// # Errors
    /// [`NotAsked`], if none of them is open.
    pub fn answer(&mut self, answer: Answer) -> Result<(), NotAsked> {
        if !self.owes_answer() || matches!(self.state, State::Handshake) {
            return Err(NotAsked);
        }
        let connection = &mut self.connection;
        // Stands in while the state decides what follows it.
        let state = std::mem::replace(&mut self.state, State::Handshake);
        self.state = match state {
            State::Greeted(state) => state.answer(answer, connection),
            State::Transaction(state) => state.answer(answer, connection),
            State::Data(state) => state.answer(answer, connection),
            State::Chunks(state) => state.answer(answer, connection),
            other => other,
        };
        self.settle_state();
        Ok(())
    }

    /// The handshake asked for by [`Output::StartTls`] is done.
    ///
    /// All that the client said before is forgotten (RFC 3207 §4.2). If octets had been fed in the meantime they were
    /// sent in plaintext: the session then closes, since they may be an attacker's.
    ///
    /// # Errors
    /// [`NotAsked`], if no handshake was asked for.
    pub fn tls_established(&mut self) -> Result<(), NotAsked> {
        if !matches!(self.state, State::Handshake) {
            return Err(NotAsked);
        }
        self.connection.tls = true;
        if !self.connection.input.is_empty() {
            super::greeted::refuse_injection(&mut self.connection);
        }
        self.connection.input.clear();
        self.state = State::Connected(Connected);
        self.settle_state();
        Ok(())
    }

    /// Whether handshakes must wait: STARTTLS is then answered `421 4.3.2`.
    pub fn set_tls_busy(&mut self, busy: bool) {
        self.connection.tls_busy = busy;
    }

    /// Whether the session is in TLS.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.connection.tls
    }

    /// Ends the session with this reply (`421 4.3.2` at shutdown, `421 4.4.2` at a timeout), whatever its state.
    pub fn close(&mut self, reply: &Reply) {
        if !matches!(self.state, State::Closed(_)) {
            self.connection.close(reply, ClosingCause::Driver);
            self.settle_state();
        }
    }

    fn owes_answer(&self) -> bool {
        match &self.state {
            State::Greeted(state) => state.is_waiting(),
            State::Transaction(state) => state.is_waiting(),
            State::Data(state) => state.is_waiting(),
            State::Chunks(state) => state.is_waiting(),
            State::Handshake => true,
            State::Connected(_) | State::PassedOver(_) | State::Closed(_) => false,
        }
    }

    /// Goes to the end if something closed the session.
    fn settle_state(&mut self) {
        let Some(cause) = self.connection.closing() else { return };
        if !matches!(self.state, State::Closed(_)) {
            self.state = State::Closed(cause);
            self.connection.input.clear();
            self.connection.event_after_replies(Output::Closing(cause));
        }
    }

    /// Takes the next line or piece of data. False if there is none.
    fn advance(&mut self) -> bool {
        if let Some(skip) = &mut self.connection.skip {
            let input = self.connection.input.take();
            let (_, rest) = skip.decode(&input);
            let done = skip.is_done();
            self.connection.input.put_back(rest);
            if !done {
                return false;
            }
            self.connection.skip = None;
        }
        match &mut self.state {
            State::Data(state) => state.read(&mut self.connection),
            State::Chunks(state) if state.is_reading() => self.read_chunk(),
            _ => self.read_command(),
        }
    }

    fn read_chunk(&mut self) -> bool {
        // Stands in while the state decides what follows it.
        let state = std::mem::replace(&mut self.state, State::Handshake);
        let State::Chunks(chunks) = state else {
            self.state = state;
            return false;
        };
        let (state, advanced) = chunks.read(&mut self.connection);
        self.state = state;
        advanced
    }

    fn read_command(&mut self) -> bool {
        match self.connection.input.next_line() {
            None => return false,
            Some(Line::Whole(line)) => {
                if self.connection.config.tell_commands {
                    self.connection.event(Output::Command(Bytes::copy_from_slice(&line)));
                }
                match Command::parse(&line) {
                    Ok(command) => self.command(command),
                    // What follows is a chunk, of which nobody knows the end.
                    Err(error @ CommandError::ChunkSize) => {
                        self.connection.close(&error.reply(), ClosingCause::UnreadableChunk);
                    }
                    Err(error) => self.connection.error(&error.reply()),
                }
            }
            Some(Line::Refused(error)) => self.connection.error(&error.reply()),
            Some(Line::Endless) => {
                let reply = Reply::with_status(421, (4, 7, 0), "Command line without end, closing");
                self.connection.close(&reply, ClosingCause::EndlessLine);
            }
        }
        true
    }

    fn command(&mut self, command: Command) {
        let connection = &mut self.connection;
        // Stands in while the state decides what follows it; in a handshake no command is read.
        let state = std::mem::replace(&mut self.state, State::Handshake);
        self.state = match state {
            State::Connected(state) => state.command(command, connection),
            State::Greeted(state) => state.command(command, connection),
            State::Transaction(state) => state.command(command, connection),
            State::Chunks(state) => state.command(command, connection),
            State::PassedOver(state) => state.command(command, connection),
            other => other,
        };
    }
}
