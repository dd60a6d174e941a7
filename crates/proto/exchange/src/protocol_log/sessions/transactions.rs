//! Commands and their answers. Replies come in the order of the commands (RFC 2920), however many commands went before.

use super::super::session::{Answer, Greeting, LogLine, Recipient, Reply, Transaction};
use super::open::{MAX_ASKED, Open, Partial, Row};

/// Recipients of a transaction that are kept: their domains are what matters, and the rest is counted.
const MAX_RECIPIENTS: usize = 64;

/// What was asked, and of transactions which it was. A number beyond those that are kept says that what it was is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Hello,
    StartTls,
    Auth,
    Mail(usize),
    Recipient(usize, usize),
    Data(usize),
    /// The message behind DATA.
    Content(usize),
    Chunk(usize),
    LastChunk(usize),
    Other,
}

impl Open {
    /// Notes a command.
    pub(super) fn ask(&mut self, row: &Row<'_>) -> Asked {
        let data = &*row.fields.data;
        let mut verb = [0; 4];
        data.iter().zip(&mut verb).for_each(|(octet, place)| *place = octet.to_ascii_uppercase());
        let current = self.session.transactions.len().saturating_sub(1);
        match &verb {
            b"MAIL" => {
                let path = Some(self.session.keep(path(data)));
                self.session.octets += size_of::<Transaction>();
                self.begin_transaction(Transaction { mail_from: path, ..Transaction::default() });
                Asked::Mail(self.session.transactions.len() - 1)
            }
            b"RCPT" => self.recipient(path(data)),
            b"DATA" => {
                self.begin_data();
                Asked::Data(current)
            }
            b"BDAT" => {
                self.begin_data();
                let is_last = data.len() >= 4 && data.to_ascii_uppercase().ends_with(b"LAST");
                if is_last { Asked::LastChunk(current) } else { Asked::Chunk(current) }
            }
            b"EHLO" | b"HELO" => {
                let name = data.get(5..).unwrap_or_default().trim_ascii();
                self.session.helo = Some(self.session.keep(name));
                Asked::Hello
            }
            b"STAR" => {
                self.session.tls.asked = true;
                Asked::StartTls
            }
            b"AUTH" => Asked::Auth,
            _ => Asked::Other,
        }
    }

    fn begin_transaction(&mut self, transaction: Transaction) {
        let at = self.session.recipients.len();
        self.session.transactions.push(Transaction { recipients: at..at, ..transaction });
    }

    /// RCPT TO. Without a transaction, whose MAIL FROM is in an earlier file, one begins of which that is not known.
    fn recipient(&mut self, path: &[u8]) -> Asked {
        let path = self.session.keep(path);
        if self.session.transactions.is_empty() {
            self.begin_transaction(Transaction::default());
        }
        let current = self.session.transactions.len() - 1;
        let Some(transaction) = self.session.transactions.last_mut() else { return Asked::Other };
        let count = transaction.recipients.len();
        if count < MAX_RECIPIENTS {
            self.session.recipients.push(Recipient { path, answer: Answer::NotShown });
            transaction.recipients.end = self.session.recipients.len();
            self.session.octets += size_of::<Recipient>();
        } else {
            transaction.more_recipients += 1;
        }
        Asked::Recipient(current, count)
    }

    fn begin_data(&mut self) {
        self.session.transactions.last_mut().into_iter().for_each(|transaction| transaction.data_begun = true);
    }

    /// A reply is whole: it answers the oldest question.
    pub(super) fn settle(&mut self, code: u16, partial: Option<Partial>, row: &Row<'_>) {
        let asked = self.next_asked(code, &row.fields.data);
        match asked {
            Some(Asked::Mail(at) | Asked::Recipient(at, _) | Asked::Data(at) | Asked::Content(at))
            | Some(Asked::Chunk(at) | Asked::LastChunk(at)) => {
                let answer = self.answer(code, partial, row);
                let taken = matches!(answer, Answer::Positive)
                    && matches!(asked, Some(Asked::Content(_) | Asked::LastChunk(_)));
                let line = taken.then(|| self.line(row));
                if let (Some(asked), Some(transaction)) = (asked, self.session.transactions.get_mut(at)) {
                    transaction.at = row.at.or(transaction.at);
                    let recipients = self.session.recipients.get_mut(transaction.recipients.clone());
                    transaction.settle(asked, answer, line, recipients.unwrap_or_default());
                }
                if matches!(asked, Some(Asked::Data(_))) && code == 354 && self.asked.len() < MAX_ASKED {
                    self.asked.push_front(Asked::Content(at));
                }
            }
            Some(Asked::Hello) if code < 400 => self.greeted(code, partial, row),
            Some(Asked::StartTls) if code < 400 => self.session.tls.accepted = true,
            Some(Asked::Hello) => self.refuse("EHLO", code, partial, row),
            Some(Asked::Auth) if code >= 400 => self.refuse("AUTH", code, partial, row),
            Some(Asked::StartTls) => {
                let reply = self.reply(code, partial, row);
                self.session.tls.refused = Some(Box::new(reply));
                self.session.refused = Some(("STARTTLS", Box::new(reply)));
            }
            Some(Asked::Auth | Asked::Other) => {}
            None => self.unasked(code, partial, row),
        }
    }

    /// What the reply answers. `354` answers DATA only; and where rows are missing, a reply that names what it is about
    /// (RFC 3463: x.1.0 an address in general, of MAIL FROM in practice; x.1.5 a valid recipient) does not answer another
    /// command.
    fn next_asked(&mut self, code: u16, data: &[u8]) -> Option<Asked> {
        if code == 354 {
            let data = self.asked.iter().position(|asked| matches!(asked, Asked::Data(_)));
            self.asked.drain(..data.unwrap_or(0));
            return data.and_then(|_| self.asked.pop_front());
        }
        if !self.session.opening_is_whole {
            let about = data.get(4..9).unwrap_or_default();
            match (self.asked.front(), about) {
                (Some(Asked::Recipient(..)), b"2.1.0") | (Some(Asked::Data(_)), b"2.1.0" | b"2.1.5") => return None,
                _ => {}
            }
        }
        self.asked.pop_front()
    }

    fn answer(&mut self, code: u16, partial: Option<Partial>, row: &Row<'_>) -> Answer {
        match code {
            ..400 => Answer::Positive,
            _ => Answer::Negative(Box::new(self.reply(code, partial, row))),
        }
    }

    fn greeted(&mut self, code: u16, partial: Option<Partial>, row: &Row<'_>) {
        let before_tls = !self.session.tls.accepted && !self.session.tls.succeeded;
        if self.session.greetings.iter().any(|greeting| greeting.before_tls == before_tls) {
            return;
        }
        let reply = self.reply(code, partial, row);
        let mut words = self.session.text(reply.text).as_bytes().split(|octet| matches!(octet, b' ' | b'-'));
        let offers_starttls = words.any(|word| word.eq_ignore_ascii_case(b"STARTTLS"));
        self.session.greetings.push(Greeting { reply, offers_starttls, before_tls });
    }

    fn refuse(&mut self, what: &'static str, code: u16, partial: Option<Partial>, row: &Row<'_>) {
        let reply = self.reply(code, partial, row);
        self.session.refused = Some((what, Box::new(reply)));
    }

    /// A reply to nothing that is here: the banner; or rows are missing before it; or the peer spoke up by itself.
    fn unasked(&mut self, code: u16, partial: Option<Partial>, row: &Row<'_>) {
        let is_first = self.session.banner.is_none() && self.session.helo.is_none();
        if is_first && self.session.transactions.is_empty() && (code == 220 || self.session.begins) {
            let reply = self.reply(code, partial, row);
            if code >= 400 {
                self.session.refused = Some(("banner", Box::new(reply)));
            }
            self.session.banner = Some(reply);
        } else if code >= 400 && (self.session.opening_is_whole || code == 421) {
            self.refuse("session", code, partial, row);
        } else if code >= 400 {
            let stray = Some(Box::new(self.reply(code, partial, row)));
            self.begin_transaction(Transaction { stray, at: row.at, ..Transaction::default() });
        }
    }
}

impl Transaction {
    fn settle(&mut self, asked: Asked, answer: Answer, line: Option<LogLine>, recipients: &mut [Recipient]) {
        match asked {
            Asked::Mail(_) => self.mail = answer,
            Asked::Recipient(_, at) => {
                if let Some(recipient) = recipients.get_mut(at) {
                    recipient.answer = answer;
                }
            }
            // `354`, or that a chunk came, is no answer to the message yet.
            Asked::Data(_) | Asked::Chunk(_) if matches!(answer, Answer::Positive) => {}
            _ if matches!(self.end, Answer::Negative(_)) => {}
            _ => {
                self.accepted = line;
                self.end = answer;
            }
        }
    }
}

impl Reply {
    /// Whether it is for good: `5yz`.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.code >= 500
    }
}

/// What stands between the angle brackets, parameters aside; without brackets the word behind the colon.
fn path(command: &[u8]) -> &[u8] {
    let behind = memchr::memchr(b':', command).and_then(|at| command.get(at + 1..)).unwrap_or_default().trim_ascii();
    let Some(inner) = behind.strip_prefix(b"<") else {
        return behind.split(|octet| *octet == b' ').next().unwrap_or_default();
    };
    let ends = |at: &usize| matches!(inner.get(at + 1), None | Some(b' '));
    let end = memchr::memchr_iter(b'>', inner).find(ends).unwrap_or(inner.len());
    inner.get(..end).unwrap_or_default()
}
