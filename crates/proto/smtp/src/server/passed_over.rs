//! Behind a refused BDAT: the rest of its message is passed over, up to its last chunk or RSET (RFC 3030 §4.2). A client that
//! pipelines has sent it before it could know.

use super::anywhere;
use super::connection::Connection;
use super::greeted::{Greeted, start_tls};
use super::session::State;
use crate::command::Command;
use crate::reply::Reply;

#[derive(Debug)]
pub(super) struct PassedOver;

impl PassedOver {
    pub(super) fn command(self, command: Command, connection: &mut Connection) -> State {
        let hint = "The message was refused with an earlier chunk; say RSET";
        match command {
            Command::Bdat { size, last } => {
                // No error of the client's, but nothing that moves mail either.
                anywhere::idle(connection, &Reply::with_status(503, (5, 5, 1), hint));
                anywhere::skip_chunk(size, connection);
                if last {
                    return State::Greeted(Greeted::default());
                }
            }
            Command::StartTls => {
                if start_tls(connection, false) {
                    return State::Handshake;
                }
            }
            Command::Helo(name) => return anywhere::greet(name, false, connection),
            Command::Ehlo(name) => return anywhere::greet(name, true, connection),
            Command::Rset => {
                anywhere::command(Command::Rset, "", connection);
                return State::Greeted(Greeted::default());
            }
            other => anywhere::command(other, hint, connection),
        }
        State::PassedOver(self)
    }
}
