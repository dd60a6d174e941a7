//! Between transactions: MAIL begins one, STARTTLS leaves plaintext.

use super::connection::{Connection, settle};
use super::output::{Answer, ClosingCause, Output, ResetCause};
use super::session::State;
use super::transaction::Transaction;
use super::{anywhere, extension};
use crate::command::Command;
use crate::mail_body::MailBody;
use crate::param::Parameters;
use crate::path::ReversePath;
use crate::reply::Reply;

#[derive(Debug, Default)]
pub(super) struct Greeted {
    /// SMTPUTF8 and body of the MAIL that the driver is asked about; nothing while it is not asked.
    asked: Option<(bool, MailBody)>,
}

impl Greeted {
    pub(super) fn is_waiting(&self) -> bool {
        self.asked.is_some()
    }

    pub(super) fn command(mut self, command: Command, connection: &mut Connection) -> State {
        match command {
            Command::Helo(name) => return anywhere::greet(name, false, connection),
            Command::Ehlo(name) => return anywhere::greet(name, true, connection),
            Command::StartTls => {
                if start_tls(connection, false) {
                    return State::Handshake;
                }
            }
            // Counted until a message goes through: a session that has all refused is not kept for ever either.
            Command::Mail { path, params } if connection.may_idle() => self.mail(path, params, connection),
            Command::Mail { .. } => {}
            other => anywhere::command(other, "Say MAIL first", connection),
        }
        State::Greeted(self)
    }

    fn mail(&mut self, path: ReversePath, params: Parameters, connection: &mut Connection) {
        match extension::mail_request(path, params, &connection.config) {
            Ok(request) => {
                self.asked = Some((request.smtputf8, request.body));
                connection.event(Output::Mail(request));
            }
            Err(reply) => connection.error(&reply),
        }
    }

    pub(super) fn answer(self, answer: Answer, connection: &mut Connection) -> State {
        let (reply, accepted) = settle(answer, Reply::with_status(250, (2, 1, 0), "Sender OK"));
        connection.reply(&reply);
        if accepted {
            let (smtputf8, body) = self.asked.unwrap_or_default();
            State::Transaction(Transaction::new(smtputf8, body))
        } else {
            State::Greeted(Self::default())
        }
    }
}

/// Answers STARTTLS. True if the handshake follows.
///
/// Octets behind the command in the same plaintext may have been put there by someone on the path, to be taken for the
/// client's own after the handshake (RFC 3207 §6; CVE-2011-0411). They are dropped, TLS is refused, the session ends.
pub(super) fn start_tls(connection: &mut Connection, open_transaction: bool) -> bool {
    if connection.tls {
        connection.error(&Reply::with_status(503, (5, 5, 1), "TLS is already on"));
        return false;
    }
    if !connection.config.starttls {
        connection.error(&Reply::with_status(502, (5, 5, 1), "STARTTLS is not offered"));
        return false;
    }
    if !connection.input.is_empty() {
        refuse_injection(connection);
        return false;
    }
    if connection.tls_busy {
        // Not `454`: a client that goes on without TLS would be judged without its certificate, and refused for good.
        let reply = Reply::with_status(421, (4, 3, 2), "Too many TLS handshakes at the moment, try again later");
        connection.close(&reply, ClosingCause::TlsBusy);
        return false;
    }
    if open_transaction {
        connection.event(Output::Reset(ResetCause::StartTls));
    }
    connection.reply(&Reply::with_status(220, (2, 0, 0), "Begin the TLS handshake"));
    connection.event_after_replies(Output::StartTls);
    true
}

pub(super) fn refuse_injection(connection: &mut Connection) {
    let reply = Reply::with_status(554, (5, 5, 1), "Plaintext behind STARTTLS, closing");
    connection.close(&reply, ClosingCause::PlaintextAfterStartTls);
}
