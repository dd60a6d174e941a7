//! Before the first EHLO, and again after the TLS handshake.

use super::anywhere;
use super::connection::Connection;
use super::session::State;
use crate::command::Command;

#[derive(Debug)]
pub(super) struct Connected;

impl Connected {
    pub(super) fn command(self, command: Command, connection: &mut Connection) -> State {
        match command {
            Command::Helo(name) => anywhere::greet(name, false, connection),
            Command::Ehlo(name) => anywhere::greet(name, true, connection),
            other => {
                anywhere::command(other, "Say EHLO first", connection);
                State::Connected(self)
            }
        }
    }
}
