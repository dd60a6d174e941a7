//! One session: drives `proto-smtp` over a socket, through STARTTLS, and asks the transaction about each step.

use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;

use arc_swap::ArcSwap;
use proto_smtp::proxy::is_proxy_header;
use proto_smtp::server::{Answer, ClosingCause, Output, Session};
use proto_smtp::{DataEnd, Reply};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Limits;
use crate::admission::{self, TurnedAway};
use crate::config::{ListenerConfig, ReceptionConfig, Services};
use crate::connection::{Connection, Lost};
use crate::limits::{COMMAND_BUFFER, MESSAGE_BUFFER};
use crate::metrics::Metrics;
use crate::notices::{Notice, Notices};
use crate::origin::Origin;
use crate::peer::Peer;
use crate::receive_log::ReceiveLog;
use crate::refusal_log::RefusalLog;
use crate::room::Room;
use crate::sources::{Entered, Sources};
use crate::transaction::{Client, Ending, Transaction};
use crate::turn::Turn;

/// What all sessions share.
pub(crate) struct Shared {
    pub hostname: String,
    pub services: Services,
    /// For sessions that begin from now on.
    pub limits: ArcSwap<Limits>,
    pub room: Arc<Room>,
    pub handshakes: Arc<Room>,
    pub sources: Sources,
    pub notices: Notices,
    pub refusals: RefusalLog,
    pub metrics: Metrics,
    /// Attempts that run on without their client.
    pub running: TaskTracker,
}

impl Shared {
    pub fn new(config: &ReceptionConfig, services: Services) -> Self {
        Self {
            hostname: config.hostname.clone(),
            limits: ArcSwap::from_pointee(config.limits),
            room: Room::new(config.limits.sessions),
            handshakes: Room::new(config.limits.handshakes),
            sources: Sources::default(),
            notices: Notices::default(),
            metrics: Metrics::new(),
            running: TaskTracker::new(),
            refusals: RefusalLog::new(config.hostname.clone(), Arc::clone(&services.trace)),
            services,
        }
    }

    pub fn take_limits(&self, limits: Limits) {
        self.room.set_limit(limits.sessions);
        self.handshakes.set_limit(limits.handshakes);
        self.limits.store(Arc::new(limits));
    }
}

/// Serves one connection to its end.
pub(crate) async fn run(
    mut stream: TcpStream,
    connected: SocketAddr,
    listener: Arc<ListenerConfig>,
    shared: Arc<Shared>,
    shutdown: CancellationToken,
) {
    let limits = *shared.limits.load_full();
    let config = listener.session(&shared.hostname, &limits);
    let admitted = admission::admit(&mut stream, connected, &listener, &shared, &limits).await;
    let session = match &admitted {
        Ok(_) => Session::new(config),
        Err(TurnedAway::Told(reply)) => Session::refused(config, reply),
        Err(TurnedAway::EarlyTalk) => {
            let mut session = Session::new(config);
            shared.metrics.turned_away("early_talk");
            session.early_talk();
            session
        }
        Err(TurnedAway::Dropped) => return,
    };
    let admitted = admitted.ok();
    let open = admitted.as_ref().map(|_| shared.metrics.opened());
    let origin = admitted.as_ref().map_or(Origin::direct(connected), |admitted| admitted.origin);
    let log = ReceiveLog::begin(&shared.services.protocol_log, &listener, &stream, origin);
    let (source, _place) = admitted.map(|admitted| (admitted.source, admitted.place)).unzip();
    let mut driver = Driver {
        session,
        pressure: shared.room.pressure(),
        shared,
        limits,
        shutdown,
        source: source.flatten(),
        client: Client { peer: Peer::new(origin), helo: String::new(), extended: false },
        transaction: None,
        refused_recipients: 0,
        turn: Turn::begin(),
        in_message: false,
        log,
    };
    let ended = driver.run(stream, &listener).await;
    driver.log.end(&ended);
    if open.is_some() {
        driver.shared.metrics.ended(&ended);
    }
    match ended {
        Ok(cause) => tracing::debug!(%origin, ?cause, "session ended"),
        Err(lost) => tracing::debug!(%origin, %lost, "session lost"),
    }
}

struct Driver {
    session: Session,
    shared: Arc<Shared>,
    /// Those in force when the session began.
    limits: Limits,
    shutdown: CancellationToken,
    pressure: watch::Receiver<bool>,
    /// None where the client is unknown.
    source: Option<Entered>,
    client: Client,
    transaction: Option<Transaction>,
    refused_recipients: usize,
    turn: Turn,
    /// The turn is that of a message.
    in_message: bool,
    log: ReceiveLog,
}

/// Where driving one stream ended.
enum End {
    StartTls,
    Closing(ClosingCause),
}

impl Driver {
    async fn run(&mut self, stream: TcpStream, listener: &ListenerConfig) -> Result<ClosingCause, Lost> {
        let mut connection = Connection::new(stream);
        match self.drive(&mut connection).await? {
            End::Closing(cause) => Ok(cause),
            // In its own memory, which a session without TLS does not need.
            End::StartTls => Box::pin(self.run_tls(connection.into_stream(), listener)).await,
        }
    }

    async fn run_tls(&mut self, stream: TcpStream, listener: &ListenerConfig) -> Result<ClosingCause, Lost> {
        // STARTTLS is offered only where there is a certificate.
        let Some(tls) = &listener.tls else { return Err(Lost::Closed) };
        let places = (self.shared.handshakes.enter(), self.source.as_ref().map(Entered::handshake));
        let handshake = tokio::time::timeout(self.limits.handshake_wait, tls.accept(stream)).await;
        drop(places);
        let (stream, peer) = match handshake {
            Ok(Ok(accepted)) => accepted,
            Ok(Err(error)) => {
                self.tell_handshake(&error.to_string());
                return Err(Lost::Closed);
            }
            Err(_) => {
                self.tell_handshake("it took too long");
                return Err(Lost::TooSlow);
            }
        };
        self.log.secured(tls, &peer);
        self.shared.metrics.secured(&peer);
        self.client.peer.established(peer);
        if self.session.tls_established().is_err() {
            return Err(Lost::Closed);
        }
        let mut connection = Connection::new(stream);
        match self.drive(&mut connection).await? {
            End::Closing(cause) => Ok(cause),
            // Not offered within TLS.
            End::StartTls => Err(Lost::Closed),
        }
    }

    fn tell_handshake(&mut self, error: &str) {
        self.log.handshake_failed(error);
        self.shared.metrics.handshake_failed();
        let origin = self.client.peer.origin;
        let told = self.shared.notices.may_tell(origin.accountable(), Notice::Handshake, Instant::now());
        if let Some(passed_over) = told {
            tracing::info!(%origin, passed_over, error, "TLS handshake failed");
        }
    }

    async fn drive<S: AsyncRead + AsyncWrite + Unpin>(&mut self, connection: &mut Connection<S>) -> Result<End, Lost> {
        self.turn = Turn::begin();
        loop {
            match self.session.poll() {
                Output::Command(line) => self.log.heard(&line),
                Output::Send(octets) => {
                    self.log.said(&octets);
                    connection.write(&octets, self.limits.write_wait).await?;
                    self.next_turn();
                }
                Output::NeedInput => self.need_input(connection).await?,
                Output::StartTls => return Ok(End::StartTls),
                Output::Closing(cause) => {
                    self.transaction = None;
                    connection.shut_down(self.limits.write_wait).await;
                    return Ok(End::Closing(cause));
                }
                output => {
                    let done = match output {
                        Output::EndOfData(end) => self.end_of_data(connection, &end).await,
                        output => self.event(output).await,
                    };
                    if let ControlFlow::Break(cause) = done {
                        return Err(cause);
                    }
                }
            }
        }
    }

    /// It is the client's turn again. A message is one turn, also where it comes in chunks that are answered one by one: else
    /// a client could make it last for ever with a chunk now and then.
    fn next_turn(&mut self) {
        let receiving = self.transaction.as_ref().is_some_and(Transaction::is_receiving);
        if !(receiving && self.in_message) {
            self.turn = Turn::begin();
        }
        self.in_message = receiving;
    }

    async fn need_input<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        connection: &mut Connection<S>,
    ) -> Result<(), Lost> {
        let receiving = self.transaction.as_ref().is_some_and(Transaction::is_receiving);
        let octets = if receiving {
            // A message that is coming in is let in, also at a stop.
            connection.read(MESSAGE_BUFFER, self.turn.for_message(&self.limits)).await
        } else {
            let pressed = *self.pressure.borrow_and_update();
            let wait = self.turn.for_command(&self.limits, pressed);
            tokio::select! {
                octets = connection.read(COMMAND_BUFFER, wait) => octets,
                _ = self.pressure.changed() => return Ok(()),
                () = self.shutdown.cancelled() => {
                    let text = "The relay is stopping; try again later";
                    self.session.close(&Reply::with_status(421, (4, 3, 2), text));
                    return Ok(());
                }
            }
        };
        match octets {
            Err(Lost::TooSlow) => {
                self.session.close(&Reply::with_status(421, (4, 4, 2), "Timed out; closing the connection"));
                Ok(())
            }
            Ok(octets) => {
                self.turn.came(octets.len());
                // A header that came behind the banner.
                if self.client.helo.is_empty() && !self.session.is_tls() && is_proxy_header(octets) {
                    if let TurnedAway::Told(reply) = admission::tell_unlisted(&self.shared, self.client.peer.origin) {
                        self.session.close(&reply);
                    }
                    return Ok(());
                }
                self.session.feed(octets);
                self.session.set_tls_busy(
                    self.shared.handshakes.is_full() || self.source.as_ref().is_some_and(Entered::handshakes_full),
                );
                Ok(())
            }
            Err(lost) => Err(lost),
        }
    }

    /// Everything that the session tells or asks.
    async fn event(&mut self, output: Output) -> ControlFlow<Lost> {
        let answer = match output {
            Output::Greeting(greeting) => {
                self.client.helo = greeting.name.as_str().to_owned();
                self.client.extended = greeting.extended;
                return ControlFlow::Continue(());
            }
            Output::Reset(_) => {
                self.transaction = None;
                return ControlFlow::Continue(());
            }
            Output::Body(octets) => {
                if let Some(transaction) = &mut self.transaction {
                    transaction.body(octets).await;
                }
                return ControlFlow::Continue(());
            }
            Output::Mail(request) => {
                let begun = Transaction::begin(&self.shared, &mut self.client, request);
                self.log.judged(self.client.peer.judged());
                match begun {
                    Ok(transaction) => {
                        self.transaction = Some(transaction);
                        Answer::Accept
                    }
                    Err(reply) => Answer::Reply(reply),
                }
            }
            Output::Rcpt(request) => match &mut self.transaction {
                Some(transaction) => {
                    let answer = transaction.recipient(&self.shared, &self.client, &request).await;
                    self.count_refused(answer)
                }
                None => Answer::Reply(no_transaction()),
            },
            Output::Data => match &mut self.transaction {
                Some(transaction) => transaction.data(&self.shared, &self.client).await,
                None => Answer::Reply(no_transaction()),
            },
            Output::NeedInput
            | Output::EndOfData(_)
            | Output::Send(_)
            | Output::Command(_)
            | Output::StartTls
            | Output::Closing(_)
            | Output::AwaitingDriver => {
                tracing::error!("the SMTP session waits for an answer that was given");
                return ControlFlow::Break(Lost::Closed);
            }
        };
        self.give(answer)
    }

    /// The message is in: the client waits for what becomes of it.
    async fn end_of_data<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        connection: &mut Connection<S>,
        end: &DataEnd,
    ) -> ControlFlow<Lost> {
        let since = Instant::now();
        let Some(transaction) = self.transaction.take() else {
            return self.give(Answer::Reply(no_transaction()));
        };
        self.log.message(end);
        let ending = Ending { since, wait: self.limits.cut_through_wait, shutdown: &self.shutdown };
        // One that has sent more already, goodbye perhaps, may have ended its side and still waits.
        let said_more = self.session.has_input();
        let gone = async { if said_more { std::future::pending().await } else { connection.gone().await } };
        // In its own memory, which an idle session does not need.
        let answer = Box::pin(transaction.end(&self.shared, &self.client, end, ending, gone)).await;
        let Some(reply) = answer else { return ControlFlow::Break(Lost::Closed) };
        if reply.is_positive() {
            self.source.iter_mut().for_each(Entered::brought_mail);
        }
        self.give(Answer::Reply(reply))
    }

    fn give(&mut self, answer: Answer) -> ControlFlow<Lost> {
        self.shared.metrics.answered(&answer);
        match self.session.answer(answer) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                tracing::error!(%error, "an answer that was not asked for");
                ControlFlow::Break(Lost::Closed)
            }
        }
    }

    /// Ends a session that has had too many recipients refused: it tries names.
    fn count_refused(&mut self, answer: Answer) -> Answer {
        if is_positive(&answer) {
            return answer;
        }
        self.refused_recipients = self.refused_recipients.saturating_add(1);
        if self.refused_recipients <= self.limits.refused_recipients {
            return answer;
        }
        Answer::Reply(Reply::with_status(421, (4, 7, 0), "Too many refused recipients, closing"))
    }
}

fn is_positive(answer: &Answer) -> bool {
    match answer {
        Answer::Accept => true,
        Answer::Reply(reply) => reply.is_positive(),
    }
}

fn no_transaction() -> Reply {
    Reply::with_status(451, (4, 3, 0), "The transaction was lost; try again later")
}
