//! One session: drives `proto-smtp` over a socket, through STARTTLS, and asks the transaction about each step.

use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;

use proto_smtp::Reply;
use proto_smtp::server::{Answer, ClosingCause, Output, ServerConfig, Session};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::config::{ListenerConfig, ReceptionConfig, Services};
use crate::connection::{Connection, Lost};
use crate::peer::Peer;
use crate::refusal_log::RefusalLog;
use crate::sources::Sources;
use crate::transaction::{Client, Transaction};
use crate::turn::Turn;

/// What all sessions share.
pub(crate) struct Shared {
    pub config: ReceptionConfig,
    pub services: Services,
    pub slots: Arc<Semaphore>,
    pub sources: Sources,
    pub refusals: RefusalLog,
}

/// A session that is refused before it begins: enhanced status code and text of its 421.
pub(crate) type Refused = ((u16, u16, u16), &'static str);

pub(crate) const TOO_MANY_SESSIONS: Refused = ((4, 3, 2), "Too many sessions; try again later");
pub(crate) const TOO_MANY_FROM_SOURCE: Refused = ((4, 7, 0), "Too many sessions from your address; try again later");

/// Serves one connection to its end.
pub(crate) async fn run(
    stream: TcpStream,
    remote: SocketAddr,
    listener: ListenerConfig,
    shared: Arc<Shared>,
    refused: Option<Refused>,
    shutdown: CancellationToken,
) {
    let config = ServerConfig {
        max_message_size: Some(shared.config.limits.message_size),
        max_recipients: shared.config.limits.recipients,
        starttls: listener.tls.is_some(),
        ..ServerConfig::new(shared.config.hostname.clone())
    };
    let session = match refused {
        Some((status, text)) => Session::refused(config, &Reply::with_status(421, status, text)),
        None => Session::new(config),
    };
    let mut driver = Driver {
        session,
        shared,
        shutdown,
        client: Client { peer: Peer::new(remote), helo: String::new(), extended: false },
        transaction: None,
        turn: Turn::begin(),
    };
    match driver.run(stream, listener).await {
        Ok(cause) => tracing::debug!(%remote, ?cause, "session ended"),
        Err(lost) => tracing::debug!(%remote, %lost, "session lost"),
    }
}

struct Driver {
    session: Session,
    shared: Arc<Shared>,
    shutdown: CancellationToken,
    client: Client,
    transaction: Option<Transaction>,
    turn: Turn,
}

/// Where driving one stream ended.
enum End {
    StartTls,
    Closing(ClosingCause),
}

impl Driver {
    async fn run(&mut self, stream: TcpStream, listener: ListenerConfig) -> Result<ClosingCause, Lost> {
        let mut connection = Connection::new(stream);
        match self.drive(&mut connection).await? {
            End::Closing(cause) => Ok(cause),
            End::StartTls => self.run_tls(connection.into_stream(), listener).await,
        }
    }

    async fn run_tls(&mut self, stream: TcpStream, listener: ListenerConfig) -> Result<ClosingCause, Lost> {
        // STARTTLS is offered only where there is a certificate.
        let Some(tls) = listener.tls else { return Err(Lost::Closed) };
        let handshake = tokio::time::timeout(self.shared.config.limits.handshake_wait, tls.accept(stream));
        let (stream, peer) = match handshake.await {
            Err(_) => return Err(Lost::TooSlow),
            Ok(Ok(accepted)) => accepted,
            Ok(Err(error)) => {
                tracing::info!(remote = %self.client.peer.remote, %error, "TLS handshake failed");
                return Err(Lost::Closed);
            }
        };
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

    async fn drive<S: AsyncRead + AsyncWrite + Unpin>(&mut self, connection: &mut Connection<S>) -> Result<End, Lost> {
        self.turn = Turn::begin();
        loop {
            match self.session.poll() {
                Output::Send(octets) => {
                    connection.write(&octets, self.shared.config.limits.write_wait).await?;
                    self.turn = Turn::begin();
                }
                Output::NeedInput => self.need_input(connection).await?,
                Output::StartTls => return Ok(End::StartTls),
                Output::Closing(cause) => {
                    self.transaction = None;
                    connection.shut_down(self.shared.config.limits.write_wait).await;
                    return Ok(End::Closing(cause));
                }
                output => {
                    if let ControlFlow::Break(cause) = self.event(output).await {
                        return Err(cause);
                    }
                }
            }
        }
    }

    async fn need_input<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        connection: &mut Connection<S>,
    ) -> Result<(), Lost> {
        let limits = &self.shared.config.limits;
        let receiving = self.transaction.as_ref().is_some_and(Transaction::is_receiving);
        let wait = if receiving { self.turn.for_message(limits) } else { self.turn.for_command(limits) };
        let read = connection.read_into(&mut self.session, wait);
        let outcome = if receiving {
            // A message that is coming in is let in, also at a stop.
            read.await
        } else {
            tokio::select! {
                outcome = read => outcome,
                () = self.shutdown.cancelled() => {
                    let text = "The relay is stopping; try again later";
                    self.session.close(&Reply::with_status(421, (4, 3, 2), text));
                    return Ok(());
                }
            }
        };
        match outcome {
            Err(Lost::TooSlow) => {
                self.session.close(&Reply::with_status(421, (4, 4, 2), "Timed out; closing the connection"));
                Ok(())
            }
            Ok(octets) => {
                self.turn.came(octets);
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
            Output::Mail(request) => match Transaction::begin(&self.shared, &mut self.client, request) {
                Ok(transaction) => {
                    self.transaction = Some(transaction);
                    Answer::Accept
                }
                Err(reply) => Answer::Reply(reply),
            },
            Output::Rcpt(request) => match &mut self.transaction {
                Some(transaction) => transaction.recipient(&self.shared, &self.client, &request),
                None => Answer::Reply(no_transaction()),
            },
            Output::Data => match &mut self.transaction {
                Some(transaction) => transaction.data(&self.shared, &self.client).await,
                None => Answer::Reply(no_transaction()),
            },
            Output::EndOfData(end) => match self.transaction.take() {
                Some(transaction) => transaction.end(&self.shared, &self.client, &end).await,
                None => Answer::Reply(no_transaction()),
            },
            Output::NeedInput | Output::Send(_) | Output::StartTls | Output::Closing(_) | Output::AwaitingDriver => {
                tracing::error!("the SMTP session waits for an answer that was given");
                return ControlFlow::Break(Lost::Closed);
            }
        };
        match self.session.answer(answer) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                tracing::error!(%error, "an answer that was not asked for");
                ControlFlow::Break(Lost::Closed)
            }
        }
    }
}

fn no_transaction() -> Reply {
    Reply::with_status(451, (4, 3, 0), "The transaction was lost; try again later")
}
