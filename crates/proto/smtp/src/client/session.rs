//! The connection: greeting, TLS, and one transaction after the other.

use std::collections::VecDeque;

use bytes::Bytes;

use super::capabilities::Capabilities;
use super::error::{ClientError, StartError, Waiting};
use super::output::{ClientConfig, Output, StartTls, Transaction};
use super::transaction::{Progress, Step};
use crate::command::Command;
use crate::reply::{Reply, ReplyParser};

#[derive(Debug)]
enum State {
    Banner,
    Ehlo,
    Helo,
    StartTls,
    Handshake,
    Idle,
    Rset,
    Transaction(Box<Progress>),
    Quit,
    /// The last output, given again to whoever polls on.
    Over(Output),
}

/// One session with one peer.
#[derive(Debug)]
pub struct Session {
    config: ClientConfig,
    state: State,
    parser: ReplyParser,
    out: Vec<u8>,
    events: VecDeque<Output>,
    capabilities: Capabilities,
    tls: bool,
    /// The peer may still hold a transaction that we gave up, so that RSET goes before the next MAIL.
    unfinished: bool,
    stream_ended: bool,
}

impl Session {
    /// A session that waits for the banner.
    #[must_use]
    pub fn new(config: ClientConfig) -> Self {
        Self {
            config,
            state: State::Banner,
            parser: ReplyParser::new(),
            out: Vec::new(),
            events: VecDeque::new(),
            capabilities: Capabilities::default(),
            tls: false,
            unfinished: false,
            stream_ended: false,
        }
    }

    /// Takes octets from the peer.
    ///
    /// Besides [`Output::NeedInput`], a driver may feed at [`Output::Idle`] and [`Output::NeedBody`] what comes in the
    /// meantime: a 421, say.
    pub fn feed(&mut self, input: &[u8]) {
        if !matches!(self.state, State::Over(_)) {
            self.parser.feed(input);
        }
    }

    /// The peer will send no more.
    pub fn end_of_stream(&mut self) {
        self.stream_ended = true;
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Output {
        loop {
            if let Some(event) = self.events.pop_front() {
                return event;
            }
            if let State::Over(last) = &self.state {
                return last.clone();
            }
            if !self.out.is_empty() {
                return Output::Send(Bytes::from(std::mem::take(&mut self.out)));
            }
            if matches!(self.state, State::Handshake) {
                return Output::AwaitingDriver;
            }
            if !self.read_reply() {
                return match &self.state {
                    State::Idle => Output::Idle,
                    State::Transaction(progress) if progress.wants_body() => Output::NeedBody,
                    _ => Output::NeedInput,
                };
            }
        }
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// [`StartError`]; the session stays as it is.
    pub fn start(&mut self, transaction: Transaction) -> Result<(), StartError> {
        if !self.is_idle() {
            return Err(StartError::NotReady);
        }
        let reset_first = self.unfinished;
        let progress = Progress::new(transaction, &self.capabilities, reset_first, &mut self.out)?;
        self.unfinished = false;
        self.state = State::Transaction(Box::new(progress));
        Ok(())
    }

    /// Sends a piece of the message, cut anywhere.
    ///
    /// A bare CR, bare LF or NUL in it ends the session: [`Output::Failed`] with [`ClientError::Body`] comes next, and the
    /// connection must be dropped, so that the peer never sees an end of data.
    ///
    /// # Errors
    /// [`StartError::NotReady`], if the peer does not wait for the message (any more): poll to see why.
    pub fn body(&mut self, piece: &[u8]) -> Result<(), StartError> {
        match &mut self.state {
            State::Transaction(progress) if progress.wants_body() => {
                if let Err(error) = progress.body(piece, &mut self.out) {
                    self.fail(error.into());
                }
                Ok(())
            }
            _ => Err(StartError::NotReady),
        }
    }

    /// Sends the end of the message.
    ///
    /// # Errors
    /// As [`Session::body`].
    pub fn end_of_body(&mut self) -> Result<(), StartError> {
        // What the peer said before our dot must not be taken for its answer to it.
        while self.read_reply() {}
        match &mut self.state {
            State::Transaction(progress) if progress.wants_body() => {
                if progress.waiting() == Waiting::Body && !self.parser.is_empty() {
                    self.fail(ClientError::Unasked { waiting: Waiting::Body });
                } else if let Err(error) = progress.end_of_body(&mut self.out) {
                    self.fail(error.into());
                }
                Ok(())
            }
            _ => Err(StartError::NotReady),
        }
    }

    /// The handshake asked for by [`Output::StartTls`] is done: what was known of the peer is forgotten.
    ///
    /// # Errors
    /// [`StartError::NotReady`], if no handshake was asked for.
    pub fn tls_established(&mut self) -> Result<(), StartError> {
        if !matches!(self.state, State::Handshake) {
            return Err(StartError::NotReady);
        }
        if !self.parser.is_empty() {
            self.fail(ClientError::ResponseInjection);
            return Ok(());
        }
        self.tls = true;
        self.capabilities = Capabilities::default();
        self.say_ehlo();
        Ok(())
    }

    /// Asks with RSET whether the peer still answers; [`Output::Ready`] follows if it does.
    ///
    /// # Errors
    /// [`StartError::NotReady`], unless the session is between transactions.
    pub fn reset(&mut self) -> Result<(), StartError> {
        self.say(&Command::Rset, State::Rset)
    }

    /// Says QUIT; [`Output::Closed`] follows.
    ///
    /// # Errors
    /// [`StartError::NotReady`], unless the session is between transactions.
    pub fn quit(&mut self) -> Result<(), StartError> {
        self.say(&Command::Quit, State::Quit)
    }

    /// Whether a transaction may start.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle) && self.parser.is_empty() && !self.stream_ended
    }

    /// What the peer offered in its last reply to EHLO.
    #[must_use]
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Whether STARTTLS has been done.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    /// What the session is waiting for: for a timeout's text, and to know whether a message was in doubt.
    #[must_use]
    pub fn waiting(&self) -> Waiting {
        match &self.state {
            State::Banner => Waiting::Banner,
            State::Ehlo => Waiting::Ehlo,
            State::Helo => Waiting::Helo,
            State::StartTls => Waiting::StartTls,
            State::Handshake => Waiting::Handshake,
            State::Idle => Waiting::Nothing,
            State::Rset => Waiting::Rset,
            State::Transaction(progress) => progress.waiting(),
            State::Quit => Waiting::Quit,
            State::Over(_) => Waiting::Over,
        }
    }

    fn say(&mut self, command: &Command, then: State) -> Result<(), StartError> {
        if !self.is_idle() {
            return Err(StartError::NotReady);
        }
        command.write(&mut self.out);
        self.state = then;
        Ok(())
    }

    fn say_ehlo(&mut self) {
        Command::Ehlo(self.config.helo_name.clone()).write(&mut self.out);
        self.state = State::Ehlo;
    }

    fn fail(&mut self, error: ClientError) {
        self.out.clear();
        self.state = State::Over(Output::Failed(error));
    }

    /// Takes one reply, or the end of the stream. False if there is nothing to take.
    fn read_reply(&mut self) -> bool {
        if matches!(self.state, State::Over(_) | State::Handshake) {
            return false;
        }
        let waiting = self.waiting();
        match self.parser.next_reply() {
            Err(error) => self.fail(error.into()),
            Ok(None) if self.stream_ended => self.fail(ClientError::ConnectionLost { waiting }),
            Ok(None) => return false,
            Ok(Some(reply)) => {
                self.take_reply(reply, waiting);
                // We speak only when every reply due has come: what is left over answers nothing that we said.
                if !self.out.is_empty() && !self.parser.is_empty() {
                    self.fail(ClientError::Unasked { waiting });
                }
            }
        }
        true
    }

    fn take_reply(&mut self, reply: Reply, waiting: Waiting) {
        let state = std::mem::replace(&mut self.state, State::Idle);
        match state {
            State::Banner if reply.code() == 220 => self.say_ehlo(),
            State::Banner => self.fail(ClientError::BannerRefused(reply)),
            State::Ehlo if reply.is_positive() => self.greeted(Capabilities::from_ehlo(&reply)),
            State::Ehlo if reply.is_permanent() => {
                Command::Helo(self.config.helo_name.clone()).write(&mut self.out);
                self.state = State::Helo;
            }
            State::Helo if reply.is_positive() => self.greeted(Capabilities::default()),
            State::Ehlo | State::Helo => self.fail(ClientError::HelloRefused(reply)),
            State::StartTls => self.starttls_answered(reply),
            State::Rset if reply.is_positive() => self.ready(),
            State::Idle | State::Rset if reply.code() == 421 => self.state = State::Over(Output::Closed(reply)),
            State::Idle | State::Rset => self.fail(ClientError::UnexpectedReply { reply, waiting }),
            State::Quit => self.state = State::Over(Output::Closed(reply)),
            State::Transaction(progress) => self.transaction_reply(progress, reply),
            State::Handshake | State::Over(_) => self.state = state,
        }
    }

    fn greeted(&mut self, capabilities: Capabilities) {
        let offered = capabilities.starttls;
        self.capabilities = capabilities;
        match self.config.starttls {
            StartTls::Opportunistic | StartTls::Required if !self.tls && offered => {
                Command::StartTls.write(&mut self.out);
                self.state = State::StartTls;
            }
            StartTls::Required if !self.tls => self.fail(ClientError::TlsNotOffered),
            _ => self.ready(),
        }
    }

    fn starttls_answered(&mut self, reply: Reply) {
        if reply.code() == 220 && !self.parser.is_empty() {
            self.fail(ClientError::ResponseInjection);
        } else if reply.code() == 220 {
            self.state = State::Handshake;
            self.events.push_back(Output::StartTls);
        } else if self.config.starttls == StartTls::Required || reply.code() == 421 {
            self.fail(ClientError::TlsRefused(reply));
        } else {
            self.ready();
        }
    }

    fn ready(&mut self) {
        self.state = State::Idle;
        self.events.push_back(Output::Ready(self.capabilities.clone()));
    }

    fn transaction_reply(&mut self, mut progress: Box<Progress>, reply: Reply) {
        match progress.reply(reply, &mut self.out) {
            Err(error) => self.fail(error),
            Ok(Step::Wait) => self.state = State::Transaction(progress),
            Ok(Step::Done { unfinished }) => {
                self.unfinished = unfinished;
                self.state = State::Idle;
                self.events.push_back(Output::Done(progress.into_outcome()));
            }
            Ok(Step::Closed(last)) => {
                self.out.clear();
                self.state = State::Over(Output::Closed(last));
                self.events.push_back(Output::Done(progress.into_outcome()));
            }
        }
    }
}
