//! A connection to a next hop that is ready for transactions, and one transaction over it.

use std::sync::atomic::{AtomicBool, Ordering};

use io_store::{MessageId, StoreError};
use proto_smtp::client::{Capabilities, ClientError, Output, StartError, Transaction, TransactionOutcome};
use proto_smtp::{EncodeError, Reply};
use tokio::time::timeout;

use crate::body::Pieces;
use crate::limits::MAX_MESSAGES_PER_CONNECTION;
use crate::link::Link;
use crate::metrics::CountedConnection;
use crate::{Body, Timeouts, Transcript, TranscriptEvent};

/// A connection after its greeting.
pub(crate) struct Connection {
    pub(crate) link: Link,
    /// `hub.example.net [192.0.2.1]:25`.
    pub(crate) next_hop: String,
    /// TLS, for people.
    pub(crate) tls: Option<String>,
    /// The peer's certificate was good and trusted.
    pub(crate) peer_proved: bool,
    /// Messages begun over it.
    pub(crate) messages: u32,
    /// Counts it as open.
    pub(crate) _counted: CountedConnection,
}

/// Why a transaction came to no end.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The connection cannot be used further. The reply, if one said why.
    Lost { text: String, reply: Option<Reply> },
    /// The body could not be read.
    Body(StoreError),
    /// The message cannot be sent by SMTP at all.
    Message(EncodeError),
}

impl Connection {
    pub(crate) fn capabilities(&self) -> &Capabilities {
        self.link.session.capabilities()
    }

    /// Whether another message may go over it.
    pub(crate) fn is_reusable(&self) -> bool {
        self.messages < MAX_MESSAGES_PER_CONNECTION && self.link.session.is_idle()
    }

    /// The next message goes over it.
    pub(crate) fn begin_message(&mut self, message: Option<MessageId>) {
        self.messages += 1;
        let id = message.map_or_else(|| "none".to_owned(), |id| id.to_string());
        self.link.log.note("", &format!("sending message with RecordId {id}"));
    }

    /// One transaction to its end.
    pub(crate) async fn transact(
        &mut self,
        transaction: Transaction,
        body: &Body,
        dot_sent: Option<&AtomicBool>,
        times: &Timeouts,
        transcript: &mut Transcript,
    ) -> Result<TransactionOutcome, Broken> {
        self.link.reset_progress();
        self.link.session.start(transaction).map_err(Broken::from)?;
        let mut pieces = None;
        loop {
            let output = match self.link.step(times, transcript).await {
                Ok(output) => output,
                // A refusal may have come before the connection broke.
                Err(error) => match self.link.session.poll() {
                    done @ Output::Done(_) => done,
                    _ => return Err(Broken::Lost { text: error.text, reply: None }),
                },
            };
            match output {
                Output::NeedBody => {
                    self.send_piece(&mut pieces, body, dot_sent, transcript).await?;
                }
                Output::Done(outcome) => return Ok(*outcome),
                Output::Failed(ClientError::Body(error)) => return Err(Broken::Message(error)),
                Output::Failed(error) => return Err(Broken::Lost { text: error.to_string(), reply: None }),
                Output::Closed(reply) => {
                    return Err(Broken::Lost { text: format!("it closed the session: {reply}"), reply: Some(reply) });
                }
                other => return Err(Broken::Lost { text: format!("unexpected {other:?}"), reply: None }),
            }
        }
    }

    /// Sends the next piece of the body, or its end.
    async fn send_piece(
        &mut self,
        pieces: &mut Option<Pieces>,
        body: &Body,
        dot_sent: Option<&AtomicBool>,
        transcript: &mut Transcript,
    ) -> Result<(), Broken> {
        let pieces = match pieces {
            Some(pieces) => pieces,
            None => pieces.insert(body.open().await.map_err(Broken::Body)?),
        };
        let piece = pieces.next().await.map_err(Broken::Body)?;
        // What the peer says before our dot is no answer to it: it is read before the session makes the dot.
        self.link.take_unasked(transcript);
        let sent = match piece {
            Some(piece) => self.link.session.body(&piece),
            None => {
                if let Some(dot_sent) = dot_sent {
                    dot_sent.store(true, Ordering::Release);
                }
                self.link.session.end_of_body()
            }
        };
        // The session wanted the body no more: the next poll tells why.
        let _told_by_the_next_poll = sent;
        Ok(())
    }

    /// Says goodbye and waits for the answer, but not for long.
    pub(crate) async fn quit(mut self, times: Timeouts) {
        let mut transcript = Transcript::default();
        if self.link.session.quit().is_ok() {
            let goodbye = self.link.step(&times, &mut transcript);
            let answered = timeout(times.quit, goodbye).await;
            tracing::trace!(next_hop = self.next_hop, answered = answered.is_ok(), "connection closed");
        }
    }

    /// Notes that the connection is taken up.
    pub(crate) fn note_reuse(&self, transcript: &mut Transcript) {
        transcript.add(TranscriptEvent::Connected, &format!("{} over a warm connection", self.next_hop));
    }
}

/// The session was ready, and what the peer lacks was seen before: only a peer that spoke out of turn is left.
impl From<StartError> for Broken {
    fn from(error: StartError) -> Self {
        Self::Lost { text: error.to_string(), reply: None }
    }
}
