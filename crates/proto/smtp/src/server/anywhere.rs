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
        Command::Help(_) => idle(connection, &help(connection)),
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
        Command::Bdat { size, .. } => {
            let (code, text) =
                if connection.config.chunking { (503, hint) } else { (502, "CHUNKING is not offered, use DATA") };
            connection.error(&Reply::with_status(code, (5, 5, 1), text));
            skip_chunk(size, connection);
        }
        Command::Data if refuse_early_data(connection) => {}
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
    reply = reply.and_line("DSN").and_line("SMTPUTF8").and_line("8BITMIME");
    if config.chunking {
        reply = reply.and_line("CHUNKING");
    }
    if config.takes_binary() {
        reply = reply.and_line("BINARYMIME");
    }
    reply.and_line("ENHANCEDSTATUSCODES")
}

/// Names what this session takes, now.
fn help(connection: &Connection) -> Reply {
    let starttls = if connection.config.starttls && !connection.tls { " STARTTLS" } else { "" };
    let bdat = if connection.config.chunking { " BDAT" } else { "" };
    let text = format!("Commands: EHLO HELO{starttls} MAIL RCPT DATA{bdat} RSET NOOP VRFY HELP QUIT");
    Reply::with_status(214, (2, 0, 0), text)
}

/// DATA ends a pipelined group (RFC 2920 §3.1). Octets behind it are a message sent unasked; where DATA is refused they
/// would be read as commands, so that the sender of a message could give orders. The session ends. True if it does.
pub(super) fn refuse_early_data(connection: &mut Connection) -> bool {
    let early = !connection.input.is_empty();
    if early {
        let reply = Reply::with_status(554, (5, 5, 1), "Wait for 354 before you send the message, closing");
        connection.close(&reply, ClosingCause::EarlyData);
    }
    early
}

/// A command that moves no mail.
pub(super) fn idle(connection: &mut Connection, reply: &Reply) {
    if connection.may_idle() {
        connection.reply(reply);
    }
}

/// The octets of a chunk that was refused follow all the same, and must not be read as commands (RFC 3030 §2).
pub(super) fn skip_chunk(size: u64, connection: &mut Connection) {
    if size > connection.config.max_message_size.unwrap_or(DEFAULT_MAX_MESSAGE_SIZE) {
        connection.end(ClosingCause::HugeChunk);
    } else {
        connection.skip = Some(BdatDecoder::new(size));
    }
}
