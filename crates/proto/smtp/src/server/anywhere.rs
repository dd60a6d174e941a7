//! Commands that mean the same in every state, and the replies to commands out of sequence.

use super::connection::Connection;
use super::greeted::Greeted;
use super::output::{ClosingCause, Greeting, Output};
use super::session::State;
use crate::command::{Command, HeloName};
use crate::data::BdatDecoder;
use crate::limits::DEFAULT_MAX_MESSAGE_SIZE;
use crate::reply::Reply;

/// Handles what changes no state. MAIL, RCPT, DATA and STARTTLS end here when they are out of sequence; `hint` says
/// what should come first.
pub(super) fn command(command: Command, hint: &str, connection: &mut Connection) {
    match command {
        Command::Noop(_) => idle(connection, &Reply::with_status(250, (2, 0, 0), "OK")),
        Command::Rset => idle(connection, &reset_reply()),
        Command::Help(_) => idle(connection, &help()),
        Command::Vrfy(argument) | Command::Expn(argument) if argument.as_str().is_empty() => {
            connection.error(&Reply::with_status(501, (5, 5, 4), "Name what to look up"));
        }
        Command::Vrfy(_) => {
            let text = "Cannot verify, but will take mail for this recipient if it is ours to relay";
            idle(connection, &Reply::with_status(252, (2, 1, 5), text));
        }
        Command::Expn(_) => connection.error(&Reply::with_status(502, (5, 5, 1), "EXPN is not implemented")),
        Command::Quit => {
            connection.close(&Reply::with_status(221, (2, 0, 0), "Closing, goodbye"), ClosingCause::Quit);
        }
        Command::Bdat { size, .. } => skip_chunk(size, connection),
        Command::Unknown { .. } => connection.error(&Reply::with_status(500, (5, 5, 1), "Command not recognised")),
        Command::Mail { .. } | Command::Rcpt { .. } | Command::Data | Command::StartTls => {
            connection.error(&Reply::with_status(503, (5, 5, 1), hint));
        }
        // Every state handles these itself.
        Command::Helo(_) | Command::Ehlo(_) => connection.error(&Reply::with_status(503, (5, 5, 1), hint)),
    }
}

/// HELO or EHLO: the same in every state, once an open transaction is over.
pub(super) fn greet(name: HeloName, extended: bool, connection: &mut Connection) -> State {
    if connection.may_idle() {
        let pipelined = !connection.input.is_empty();
        connection.event(Output::Greeting(Greeting { name, extended, pipelined }));
        let reply = if extended { ehlo_reply(connection) } else { Reply::new(250, None, &connection.config.hostname) };
        connection.reply(&reply);
    }
    State::Greeted(Greeted::default())
}

pub(super) fn reset_reply() -> Reply {
    Reply::with_status(250, (2, 0, 0), "Reset")
}

fn ehlo_reply(connection: &Connection) -> Reply {
    let config = &connection.config;
    let reply = Reply::new(250, None, &config.hostname).and_line("PIPELINING");
    let mut reply = match config.max_message_size {
        Some(limit) => reply.and_line(format!("SIZE {limit}")),
        None => reply.and_line("SIZE"),
    };
    if config.starttls && !connection.tls {
        reply = reply.and_line("STARTTLS");
    }
    if config.extensions.dsn {
        reply = reply.and_line("DSN");
    }
    if config.extensions.smtputf8 {
        reply = reply.and_line("SMTPUTF8");
    }
    reply.and_line("8BITMIME").and_line("ENHANCEDSTATUSCODES")
}

fn help() -> Reply {
    Reply::with_status(214, (2, 0, 0), "Commands: EHLO HELO STARTTLS MAIL RCPT DATA RSET NOOP VRFY HELP QUIT")
}

fn idle(connection: &mut Connection, reply: &Reply) {
    if connection.may_idle() {
        connection.reply(reply);
    }
}

/// BDAT is not offered. Its chunk follows all the same and must not be read as commands (RFC 3030 §2).
fn skip_chunk(size: u64, connection: &mut Connection) {
    let reply = Reply::with_status(502, (5, 5, 1), "CHUNKING is not offered, use DATA");
    if size > connection.config.max_message_size.unwrap_or(DEFAULT_MAX_MESSAGE_SIZE) {
        connection.close(&reply, ClosingCause::HugeChunk);
    } else {
        connection.error(&reply);
        connection.skip = Some(BdatDecoder::new(size));
    }
}
