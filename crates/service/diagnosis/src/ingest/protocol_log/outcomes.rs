//! Transactions and their answers, and sessions that failed before any: each is told by its place first, and made an attempt
//! only where that is kept.

use core_attribution::Fact;
use core_directory::Domain;
use jiff::Timestamp;
use proto_exchange::RefusalClass;
use proto_exchange::RemoteReply;
use proto_exchange::protocol_log::{Answer, LogKind, LogLine, Recipient, Reply, Session, Text, Transaction};

use super::super::address::reverse_path;
use super::session::{of_session, proof};
use crate::evidence::{Attempt, Certificate, Outcome, SourceId, Tls};

/// What became of something that a session tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// Which transaction; of a session without one, 0.
    transaction: usize,
    what: What,
    /// The class of the answer, where a command was refused.
    pub class: Option<RefusalClass>,
    /// When.
    pub at: Option<Timestamp>,
}

/// Which answer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// A refusal of which only the reply is in the log.
    Stray,
    /// MAIL FROM was refused.
    MailFrom,
    /// Recipients were refused with one class; this is the first of them.
    Recipients(usize),
    /// DATA or the message was refused.
    Data,
    /// The message was taken.
    Accepted,
    /// There was no answer, or none is in the log.
    Unanswered,
    /// The session came to no transaction.
    Session,
}

/// Tells everything that became of what a session tried.
pub(super) fn of(session: &Session, tls: &Tls, tell: &mut dyn FnMut(Told)) {
    for (place, transaction) in session.transactions.iter().enumerate() {
        of_transaction(session, transaction, place, tell);
    }
    if session.transactions.is_empty() && !session.is_continued && without_transaction(session, tls).is_some() {
        tell(Told { transaction: 0, what: What::Session, class: None, at: session.last_at });
    }
}

fn of_transaction(session: &Session, transaction: &Transaction, place: usize, tell: &mut dyn FnMut(Told)) {
    let at = transaction.at.or(session.last_at);
    let mut is_told = false;
    let mut refused_as = |class: Option<RefusalClass>, reply: &Reply, what: What| {
        if let Some(class) = class {
            is_told = true;
            tell(Told { transaction: place, what, class: Some(class), at: reply.at.or(at) });
        }
    };
    let class_of = |reply: &Reply| RemoteReply::class_of(session.text(reply.text));
    if let Some(reply) = &transaction.stray {
        refused_as(class_of(reply), reply, What::Stray);
    }
    if let Answer::Negative(reply) = &transaction.mail {
        refused_as(class_of(reply), reply, What::MailFrom);
    }
    for Refused { class, first, reply } in refused_recipients(session, transaction) {
        refused_as(class, reply, What::Recipients(first));
    }
    match &transaction.end {
        Answer::Negative(reply) => refused_as(class_of(reply), reply, What::Data),
        Answer::Positive => tell(Told { transaction: place, what: What::Accepted, class: None, at }),
        Answer::NotShown if is_told => {}
        Answer::NotShown => {
            if unanswered(session, transaction).is_some() {
                tell(Told { transaction: place, what: What::Unanswered, class: None, at });
            }
        }
    }
}

/// A refusal at RCPT TO.
struct Refused<'a> {
    class: Option<RefusalClass>,
    first: usize,
    reply: &'a Reply,
}

/// Refusals at RCPT TO, the first of each class.
fn refused_recipients<'a>(session: &'a Session, transaction: &Transaction) -> Vec<Refused<'a>> {
    let mut classes: Vec<Refused<'_>> = Vec::new();
    for (first, recipient) in session.recipients(transaction).iter().enumerate() {
        let Answer::Negative(reply) = &recipient.answer else { continue };
        if classes.iter().any(|known| session.text(known.reply.text) == session.text(reply.text)) {
            continue;
        }
        let class = RemoteReply::class_of(session.text(reply.text));
        let is_known = |known: &Refused<'_>| known.class.unwrap_or(OTHER) == class.unwrap_or(OTHER);
        if !classes.iter().any(is_known) {
            classes.push(Refused { class, first, reply });
        }
    }
    classes
}

/// The class of a refusal that has none of its own.
const OTHER: RefusalClass = RefusalClass::Other;

fn class(session: &Session, reply: &Reply) -> RefusalClass {
    RemoteReply::class_of(session.text(reply.text)).unwrap_or(OTHER)
}

/// A transaction to which no answer is in the log. `None`: it was given up before it was to be answered.
fn unanswered(session: &Session, transaction: &Transaction) -> Option<Outcome> {
    let waits = transaction.data_begun || matches!(transaction.mail, Answer::NotShown);
    match &session.ended {
        Some((how, _)) if waits => Some(Outcome::Broken(words(session, *how))),
        Some(_) => None,
        None => Some(Outcome::NotShown),
    }
}

/// A session that came to no transaction: what it says, if it says anything.
fn without_transaction<'a>(session: &'a Session, tls: &Tls) -> Option<(Outcome, Option<&'a LogLine>)> {
    if let Some((error, line)) = &session.tls.failed {
        let words = format!("TLS negotiation failed with error {}", session.text(*error));
        return Some((Outcome::Broken(words.into()), Some(line)));
    }
    // Strangers come to a Receive log and go again; only a handshake that failed may be the sender's own.
    if session.kind == Some(LogKind::Receive) {
        return None;
    }
    if let Some((words, line)) = &session.failed_to_connect {
        return Some((Outcome::Broken(session.text(*words).into()), Some(line)));
    }
    if let Some((stage, reply)) = &session.refused {
        let found = RemoteReply::find(session.text(reply.text))?;
        return Some((Outcome::Answered(found.into(), Some(stage)), Some(&reply.line)));
    }
    let greeting = session.greetings.first().map(|greeting| &greeting.reply.line);
    let shown = session.own_certificate.as_ref().map(|shown| &shown.line);
    match &session.ended {
        Some((how, line)) if *tls == Tls::NotOffered || (session.tls.accepted && *tls != Tls::On) => {
            Some((Outcome::Broken(words(session, *how)), greeting.or(shown).or(Some(line))))
        }
        None if shown.is_some() => Some((Outcome::NotShown, shown)),
        _ => None,
    }
}

/// What was noted last, else how the session ended.
fn words(session: &Session, how: Text) -> Box<str> {
    if session.last_note.is_empty() { session.text(how).into() } else { session.last_note.as_str().into() }
}

impl Told {
    /// The attempt that it is. `None`: no line proves it.
    pub fn attempt(&self, session: &Session, tls: Tls, certificate: Certificate, source: SourceId) -> Option<Attempt> {
        let (outcome, line) = self.outcome(session, &tls)?;
        let common = of_session(session);
        let proof = proof(session, source, line);
        let mut attempt = Attempt { outcome, at: self.at, tls, certificate, proof, ..common };
        if let Some(transaction) = self.transaction(session) {
            let all = domains(session, session.recipients(transaction));
            attempt.several_domains = all.first().is_some_and(|first| all.iter().any(|domain| domain != first));
            attempt.mail_from = transaction.mail_from.map_or(Fact::Unknown, |path| reverse_path(session.text(path)));
            attempt.recipients = domains(session, self.recipients(session, transaction));
        }
        (!attempt.proof.is_empty()).then_some(attempt)
    }

    /// Whether a command was answered, which is what happens by the million.
    pub fn is_answer(&self) -> bool {
        !matches!(self.what, What::Unanswered | What::Session)
    }

    /// Its transaction; a session without any has none.
    pub fn transaction<'a>(&self, session: &'a Session) -> Option<&'a Transaction> {
        session.transactions.get(self.transaction)
    }

    /// The recipients that had this answer.
    pub fn recipients<'a>(
        &self,
        session: &'a Session,
        transaction: &Transaction,
    ) -> impl Iterator<Item = &'a Recipient> {
        let Self { what, class: class_of_first, .. } = *self;
        let all = session.recipients(transaction);
        let first = match what {
            What::Recipients(first) => all.get(first).and_then(refusal),
            _ => None,
        };
        all.iter().filter(move |recipient| match what {
            What::Stray | What::Session => false,
            What::MailFrom | What::Unanswered => true,
            What::Data | What::Accepted => refusal(recipient).is_none(),
            What::Recipients(_) => refusal(recipient).zip(first).is_some_and(|(reply, first)| {
                session.text(reply.text) == session.text(first.text) || Some(class(session, reply)) == class_of_first
            }),
        })
    }

    fn outcome<'a>(&self, session: &'a Session, tls: &Tls) -> Option<(Outcome, Option<&'a LogLine>)> {
        let Some(transaction) = self.transaction(session) else { return without_transaction(session, tls) };
        let answered = |reply: &'a Reply, stage: Option<&'static str>| {
            RemoteReply::find(session.text(reply.text))
                .map(|found| (Outcome::Answered(found.into(), stage), Some(&reply.line)))
        };
        match self.what {
            What::Stray => answered(transaction.stray.as_deref()?, None),
            What::MailFrom => answered(negative(&transaction.mail)?, Some("MAIL FROM")),
            What::Recipients(first) => answered(refusal(session.recipients(transaction).get(first)?)?, Some("RCPT TO")),
            What::Data => answered(negative(&transaction.end)?, Some("DATA")),
            What::Accepted => Some((Outcome::Accepted, transaction.accepted.as_ref())),
            What::Unanswered => Some((unanswered(session, transaction)?, session.ended.as_ref().map(|(_, line)| line))),
            What::Session => None,
        }
    }
}

fn refusal(recipient: &Recipient) -> Option<&Reply> {
    negative(&recipient.answer)
}

fn negative(answer: &Answer) -> Option<&Reply> {
    match answer {
        Answer::Negative(reply) => Some(reply),
        Answer::Positive | Answer::NotShown => None,
    }
}

fn domains<'a>(session: &Session, recipients: impl IntoIterator<Item = &'a Recipient>) -> Vec<Domain> {
    let mut domains = Vec::new();
    for recipient in recipients {
        if let Some(domain) = domain_of(session.text(recipient.path)).and_then(|domain| Domain::parse(domain).ok())
            && !domains.contains(&domain)
        {
            domains.push(domain);
        }
    }
    domains
}

/// What stands where a path has its domain.
pub(super) fn domain_of(path: &str) -> Option<&str> {
    path.rsplit_once('@').map(|(_, domain)| domain)
}
