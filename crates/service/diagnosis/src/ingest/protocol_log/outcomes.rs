//! Transactions and their answers, and sessions that failed before any, as attempts.

use core_attribution::{Fact, Sender};
use core_directory::Domain;
use proto_exchange::protocol_log::{Answer, LogKind, LogLine, Reply, Session, Transaction};
use proto_exchange::{RefusalClass, RemoteReply};

use super::session::proof;
use crate::evidence::{Attempt, Outcome, SourceId, Tls};

/// Gives every attempt of a session; `common` is what they share.
pub(super) fn of(session: &Session, common: &Attempt, source: SourceId, give: &mut dyn FnMut(Attempt)) {
    for transaction in &session.transactions {
        of_transaction(session, transaction, common, source, give);
    }
    if session.transactions.is_empty()
        && !session.is_continued
        && let Some((outcome, line)) = without_transaction(session, &common.tls)
    {
        let at = session.last_at;
        give(Attempt { outcome, at, proof: proof(session, source, line), ..common.clone() });
    }
}

fn of_transaction(
    session: &Session,
    transaction: &Transaction,
    common: &Attempt,
    source: SourceId,
    give: &mut dyn FnMut(Attempt),
) {
    let all = domains(transaction, |_| true);
    let several_domains = all.first().is_some_and(|first| all.iter().any(|domain| domain != first));
    let mut give = |outcome: Outcome, recipients: Vec<Domain>, reply: Option<&Reply>, line: Option<&LogLine>| {
        let at = reply.and_then(|reply| reply.at).or(transaction.at).or(session.last_at);
        let mail_from = sender(transaction.mail_from.as_deref());
        let line = line.or(reply.map(|reply| &reply.line));
        let proof = proof(session, source, line);
        if !proof.is_empty() {
            give(Attempt { outcome, at, mail_from, recipients, several_domains, proof, ..common.clone() });
        }
    };
    let mut is_told = false;
    let mut refused = |reply: &Reply, stage: Option<&'static str>, recipients: Vec<Domain>| {
        if let Some(found) = RemoteReply::find(&reply.text) {
            is_told = true;
            give(Outcome::Answered(found.into(), stage), recipients, Some(reply), None);
        }
    };
    if let Some(reply) = &transaction.stray {
        refused(reply, None, Vec::new());
    }
    if let Answer::Negative(reply) = &transaction.mail {
        refused(reply, Some("MAIL FROM"), all.clone());
    }
    for (reply, recipients) in refused_recipients(transaction) {
        refused(reply, Some("RCPT TO"), recipients);
    }
    let taken = || domains(transaction, |answer| !matches!(answer, Answer::Negative(_)));
    match &transaction.end {
        Answer::Negative(reply) => refused(reply, Some("DATA"), taken()),
        Answer::Positive => give(Outcome::Accepted, taken(), None, transaction.accepted.as_ref()),
        Answer::NotShown if is_told => {}
        Answer::NotShown => {
            if let Some(outcome) = unanswered(session, transaction) {
                give(outcome, all, None, session.ended.as_ref().map(|(_, line)| line));
            }
        }
    }
}

/// Refusals at RCPT TO, one for each class, with the domains that met it.
fn refused_recipients(transaction: &Transaction) -> Vec<(&Reply, Vec<Domain>)> {
    let mut classes: Vec<(RefusalClass, &Reply, Vec<Domain>)> = Vec::new();
    for recipient in &transaction.recipients {
        let Answer::Negative(reply) = &recipient.answer else { continue };
        let same = classes.iter().find(|(_, known, _)| known.text == reply.text).map(|(class, ..)| *class);
        let read = || RemoteReply::find(&reply.text).map_or(RefusalClass::Other, |reply| reply.class);
        let class = same.unwrap_or_else(read);
        let known = classes.iter().position(|(known, ..)| *known == class);
        let place = known.unwrap_or_else(|| {
            classes.push((class, reply, Vec::new()));
            classes.len() - 1
        });
        if let (Some((.., domains)), Some(domain)) = (classes.get_mut(place), domain(&recipient.path)) {
            add(domains, domain);
        }
    }
    classes.into_iter().map(|(_, reply, domains)| (reply, domains)).collect()
}

/// A transaction to which no answer is in the log. `None`: it was given up before it was to be answered.
fn unanswered(session: &Session, transaction: &Transaction) -> Option<Outcome> {
    let waits = transaction.data_begun || matches!(transaction.mail, Answer::NotShown);
    match &session.ended {
        Some((how, _)) if waits => Some(Outcome::Broken(words(session, how))),
        Some(_) => None,
        None => Some(Outcome::NotShown),
    }
}

/// A session that came to no transaction: what it says, if it says anything.
fn without_transaction<'a>(session: &'a Session, tls: &Tls) -> Option<(Outcome, Option<&'a LogLine>)> {
    if let Some((error, line)) = &session.tls.failed {
        let words = format!("TLS negotiation failed with error {error}");
        return Some((Outcome::Broken(words.into()), Some(line)));
    }
    // Strangers come to a Receive log and go again; only a handshake that failed may be the sender's own.
    if session.kind == Some(LogKind::Receive) {
        return None;
    }
    if let Some((words, line)) = &session.failed_to_connect {
        return Some((Outcome::Broken(words.clone()), Some(line)));
    }
    if let Some((stage, reply)) = &session.refused {
        let found = RemoteReply::find(&reply.text)?;
        return Some((Outcome::Answered(found.into(), Some(stage)), Some(&reply.line)));
    }
    let greeting = session.greetings.first().map(|greeting| &greeting.reply.line);
    let shown = session.own_certificate.as_ref().map(|shown| &shown.line);
    match &session.ended {
        Some((how, line)) if *tls == Tls::NotOffered || (session.tls.accepted && *tls != Tls::On) => {
            Some((Outcome::Broken(words(session, how)), greeting.or(shown).or(Some(line))))
        }
        None if shown.is_some() => Some((Outcome::NotShown, shown)),
        _ => None,
    }
}

/// What was noted last, else how the session ended.
fn words(session: &Session, how: &str) -> Box<str> {
    if session.last_note.is_empty() { how.into() } else { session.last_note.as_str().into() }
}

fn sender(path: Option<&str>) -> Fact<Sender> {
    let Some(path) = path else { return Fact::Unknown };
    match path.rsplit_once('@') {
        None if path.is_empty() => Fact::Known(Sender::Null),
        Some((_, domain)) if domain.starts_with('[') => Fact::Known(Sender::NoDomain),
        // What is no domain is a masked one.
        Some((_, domain)) => Domain::parse(domain).map_or(Fact::Unknown, |domain| Fact::Known(Sender::Domain(domain))),
        None if path.bytes().all(|octet| matches!(octet, b'x' | b'X' | b'*')) => Fact::Unknown,
        None => Fact::Known(Sender::NoDomain),
    }
}

fn domains(transaction: &Transaction, which: impl Fn(&Answer) -> bool) -> Vec<Domain> {
    let mut domains = Vec::new();
    for recipient in transaction.recipients.iter().filter(|recipient| which(&recipient.answer)) {
        if let Some(domain) = domain(&recipient.path) {
            add(&mut domains, domain);
        }
    }
    domains
}

fn domain(path: &str) -> Option<Domain> {
    Domain::parse(path.rsplit_once('@')?.1).ok()
}

fn add(domains: &mut Vec<Domain>, domain: Domain) {
    if !domains.contains(&domain) {
        domains.push(domain);
    }
}
