//! Behind 354: the message, then the driver's word on it.

use bytes::Bytes;

use super::config::ServerConfig;
use super::connection::{Connection, settle};
use super::greeted::Greeted;
use super::output::{Answer, Output};
use super::session::State;
use crate::data::{DataDecoder, DataEnd};
use crate::reply::Reply;

#[derive(Debug)]
pub(super) struct Data {
    decoder: DataDecoder,
    /// The message is complete and the driver is asked about it.
    asked: Option<DataEnd>,
}

impl Data {
    pub(super) fn new(config: &ServerConfig) -> Self {
        Self { decoder: DataDecoder::new(config.max_message_size, config.bare_newline), asked: None }
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.asked.is_some()
    }

    /// Decodes what has come. False if nothing has.
    pub(super) fn read(&mut self, connection: &mut Connection) -> bool {
        if connection.input.is_empty() {
            return false;
        }
        let input = connection.input.take();
        let mut body = Vec::with_capacity(input.len());
        let decoded = self.decoder.decode(&input, &mut body);
        connection.input.put_back(input.get(decoded.consumed..).unwrap_or_default());
        if !body.is_empty() {
            connection.event(Output::Body(Bytes::from(body)));
        }
        if let Some(end) = decoded.end {
            self.asked = Some(end);
            connection.event(Output::EndOfData(end));
        }
        true
    }

    pub(super) fn answer(self, answer: Answer, connection: &mut Connection) -> State {
        conclude(self.asked.as_ref(), answer, connection)
    }
}

/// Answers for a whole message. One with faults or over the limit is refused, whatever the driver says.
pub(super) fn conclude(end: Option<&DataEnd>, answer: Answer, connection: &mut Connection) -> State {
    let (mut reply, mut accepted) = settle(answer, Reply::with_status(250, (2, 0, 0), "Message accepted"));
    if let Some(refusal) = end.and_then(DataEnd::refusal) {
        (reply, accepted) = (refusal, false);
    }
    connection.reply(&reply);
    // The client must not think a message open that is done, while we see to its next one.
    connection.flush();
    if accepted {
        connection.forgive();
    }
    State::Greeted(Greeted::default())
}
