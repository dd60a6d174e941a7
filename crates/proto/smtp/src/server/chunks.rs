//! Behind an accepted first BDAT: the chunks of one message, and commands between them (RFC 3030).
//!
//! A refused chunk ends the message: what follows would be a message with a hole in it.

use bytes::Bytes;

use super::config::ServerConfig;
use super::connection::Connection;
use super::greeted::{Greeted, start_tls};
use super::output::{Answer, Output, ResetCause};
use super::passed_over::PassedOver;
use super::session::State;
use super::{anywhere, data, transaction};
use crate::command::Command;
use crate::data::{BdatDecoder, ChunkContent, ChunkDecoder, DataEnd};
use crate::mail_body::MailBody;
use crate::reply::Reply;

/// What BDAT says of its chunk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk {
    /// Octets that follow.
    pub(super) size: u64,
    /// It is the last of its message.
    pub(super) last: bool,
}

#[derive(Debug)]
pub(super) struct Chunks {
    decoder: ChunkDecoder,
    /// The chunk that is coming in, and its octets still to come.
    open: Option<(Chunk, BdatDecoder)>,
    /// The message is complete and the driver is asked about it.
    asked: Option<DataEnd>,
}

impl Chunks {
    /// Begins with the first chunk, which was accepted.
    pub(super) fn new(chunk: Chunk, body: MailBody, config: &ServerConfig) -> Self {
        let content = match body {
            MailBody::BinaryMime => ChunkContent::Binary,
            MailBody::SevenBit | MailBody::EightBitMime => ChunkContent::Text(config.bare_newline),
        };
        let decoder = ChunkDecoder::new(config.max_message_size, content);
        Self { decoder, open: Some((chunk, BdatDecoder::new(chunk.size))), asked: None }
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.asked.is_some()
    }

    /// Whether the octets that come next are a chunk's.
    pub(super) fn is_reading(&self) -> bool {
        self.open.is_some() && self.asked.is_none()
    }

    /// Takes in what has come of the open chunk. False if nothing has.
    pub(super) fn read(mut self, connection: &mut Connection) -> (State, bool) {
        let Some((chunk, count)) = &mut self.open else { return (State::Chunks(self), false) };
        if connection.input.is_empty() && !count.is_done() {
            return (State::Chunks(self), false);
        }
        let chunk = *chunk;
        let input = connection.input.take();
        let (piece, rest) = count.decode(&input);
        let done = count.is_done();
        connection.input.put_back(rest);
        let mut body = Vec::with_capacity(piece.len());
        self.decoder.decode(piece, &mut body);
        let end = (done && chunk.last).then(|| self.decoder.finish(&mut body));
        if !body.is_empty() {
            connection.event(Output::Body(Bytes::from(body)));
        }
        if let Some(end) = end {
            self.asked = Some(end);
            connection.event(Output::EndOfData(end));
        } else if done {
            return (self.chunk_done(chunk, connection), true);
        }
        (State::Chunks(self), true)
    }

    /// Answers a chunk behind which more follow.
    fn chunk_done(mut self, chunk: Chunk, connection: &mut Connection) -> State {
        self.open = None;
        if let Some(refusal) = self.decoder.so_far().refusal() {
            connection.reply(&refusal);
            return give_up(chunk, connection);
        }
        let reply = Reply::with_status(250, (2, 0, 0), format!("{} octets received", chunk.size));
        if chunk.size > 0 {
            connection.reply(&reply);
        } else {
            anywhere::idle(connection, &reply);
        }
        State::Chunks(self)
    }

    pub(super) fn command(mut self, command: Command, connection: &mut Connection) -> State {
        let hint = "The message comes by BDAT; go on with it or say RSET";
        match command {
            Command::Bdat { size, last } => {
                let chunk = Chunk { size, last };
                if let Some(refusal) = over_limit(self.decoder.size(), size, &connection.config) {
                    return refuse(chunk, &refusal, connection);
                }
                self.open = Some((chunk, BdatDecoder::new(size)));
            }
            Command::StartTls => {
                if start_tls(connection, true) {
                    return State::Handshake;
                }
            }
            command => match transaction::ended_by(command, connection) {
                Ok(state) => return state,
                Err(other) => anywhere::command(other, hint, connection),
            },
        }
        State::Chunks(self)
    }

    pub(super) fn answer(self, answer: Answer, connection: &mut Connection) -> State {
        data::conclude(self.asked.as_ref(), answer, connection)
    }
}

/// The reply to a chunk with which the message would exceed the limit.
pub(super) fn over_limit(before: u64, size: u64, config: &ServerConfig) -> Option<Reply> {
    let total = before.saturating_add(size);
    let limit = config.max_message_size.filter(|&limit| total > limit)?;
    Some(Reply::with_status(552, (5, 3, 4), format!("Message of {total} octets or more exceeds the limit of {limit}")))
}

/// Refuses a chunk that has not come yet, and with it the message.
pub(super) fn refuse(chunk: Chunk, reply: &Reply, connection: &mut Connection) -> State {
    connection.reply(reply);
    anywhere::skip_chunk(chunk.size, connection);
    give_up(chunk, connection)
}

/// The message is over. Its other chunks are passed over, unless this was the last.
fn give_up(chunk: Chunk, connection: &mut Connection) -> State {
    connection.event(Output::Reset(ResetCause::ChunkRefused));
    if chunk.last { State::Greeted(Greeted::default()) } else { State::PassedOver(PassedOver) }
}
