//! Memory of sessions that are over, for those that begin: a log has sessions by the hundred thousand, all much alike.

use std::collections::VecDeque;

use super::super::session::Session;
use super::OnSession;
use super::beginnings::Endpoints;
use super::open::Open;
use super::transactions::Asked;

/// Sessions whose memory is kept: one begins for each that ends, give or take a few.
const MAX_SPARE: usize = 16;

/// Octets of texts of a session whose memory is kept: what is larger is not usual, and given back.
const MAX_TEXTS: usize = 16 * 1024;

/// What a session that begins takes over from one that is over: memory, without anything in it.
#[derive(Debug, Default)]
pub(super) struct Spare {
    pub session: Box<Session>,
    pub asked: VecDeque<Asked>,
    pub endpoints: Endpoints,
}

/// The memory that is kept.
#[derive(Debug, Default)]
pub(super) struct Spares(Vec<Spare>);

impl Spares {
    /// Memory for a session.
    pub fn take(&mut self) -> Spare {
        self.0.pop().unwrap_or_default()
    }

    /// Hands a session that is over to whoever wants to know, and keeps what memory comes back.
    pub fn tell(&mut self, open: Open, on: &mut OnSession<'_>) {
        let Open { session, mut asked, endpoints, .. } = open;
        let Some(mut session) = on(session) else { return };
        if self.0.len() < MAX_SPARE && session.texts.capacity() <= MAX_TEXTS {
            empty(&mut session);
            asked.clear();
            self.0.push(Spare { session, asked, endpoints: endpoints.emptied() });
        }
    }
}

/// Takes everything out of a session but its memory.
fn empty(session: &mut Session) {
    let Session { mut texts, mut last_note, mut greetings, mut transactions, mut recipients, .. } =
        std::mem::take(session);
    texts.clear();
    last_note.clear();
    greetings.clear();
    transactions.clear();
    recipients.clear();
    *session = Session { texts, last_note, greetings, transactions, recipients, ..Session::default() };
}
