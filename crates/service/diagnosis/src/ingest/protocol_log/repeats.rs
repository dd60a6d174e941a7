//! Attempts that are like one before are by far the most: they are counted in its group without being made. Of the latest of
//! each group the session is held, and an attempt made of it at the end of the file.
//!
//! Two attempts are taken for alike only where everything is the same that groups are told apart by; what only seems different,
//! such as a domain in upper case, is made an attempt and finds its group as any other.

use std::collections::HashMap;
use std::sync::Arc;

use core_directory::Domain;
use foldhash::fast::RandomState;
use proto_exchange::protocol_log::{Session, Transaction};

use super::super::Found;
use super::outcomes::{Told, domain_of};
use super::session::Way;
use crate::evidence::{Attempt, Certificate, SourceId, Tls, is_earlier};

/// Ways of sessions that are remembered: servers, connectors and certificates times front ends. Beyond them it is begun anew.
const MAX_WAYS: usize = 4_096;

/// Likenesses that are remembered, twice as many as there may be groups of one kind of file.
const MAX_LIKENESSES: usize = 20_000;

/// Domains that are remembered as they are written.
const MAX_DOMAINS: usize = 20_000;

/// Octets of sessions that are held together, about: a few dozen groups need a thousandth, and thousands, which a Receive log
/// may have, no more than their attempts take.
const MAX_HELD: usize = 16 * 1024 * 1024;

/// A session that several groups may hold, in its box as it came: so it goes back without being copied.
pub(super) type Shared = Arc<Box<Session>>;

/// A session, and what was concluded of it.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub session: &'a Shared,
    pub tls: &'a Tls,
    pub certificate: &'a Certificate,
}

#[derive(Default)]
pub(super) struct Repeats {
    /// Ways with their numbers. A certificate stands there by its address in memory, and is held so that no other gets it.
    ways: HashMap<Box<[u8]>, (u64, Certificate), RandomState>,
    ways_so_far: u64,
    /// The way of the session that is being told.
    way: u64,
    /// The place of the group of all that is alike.
    places: HashMap<Box<[u8]>, usize, RandomState>,
    /// The latest of each group, at the group's place, where it is not yet made.
    latest: Vec<Option<Latest>>,
    held: usize,
    /// A session that was held.
    released: Option<Box<Session>>,
    domains: HashMap<Box<str>, Option<Domain>, RandomState>,
    /// What is being looked up.
    mark: Vec<u8>,
}

/// An attempt that is not made yet.
struct Latest {
    told: Told,
    session: Shared,
    tls: Tls,
    certificate: Certificate,
}

impl Seen<'_> {
    /// What was told of the session as an attempt.
    pub fn attempt(&self, told: &Told, source: SourceId) -> Option<Attempt> {
        told.attempt(self.session, self.tls.clone(), self.certificate.clone(), source)
    }
}

impl Repeats {
    /// From now on it is about this session.
    pub fn begin(&mut self, seen: &Seen<'_>) {
        if seen.session.transactions.is_empty() {
            return;
        }
        self.mark.clear();
        note_tls(&mut self.mark, seen.tls);
        note_certificate(&mut self.mark, seen.certificate);
        Way(&mut self.mark).of(seen.session);
        if let Some((way, _)) = self.ways.get(&*self.mark) {
            self.way = *way;
            return;
        }
        if self.ways.len() >= MAX_WAYS {
            self.ways.clear();
            self.places.clear();
        }
        self.ways_so_far += 1;
        self.way = self.ways_so_far;
        self.ways.insert(self.mark.as_slice().into(), (self.way, seen.certificate.clone()));
    }

    /// Adds what was told of the session.
    pub fn add(&mut self, told: Told, seen: &Seen<'_>, found: &mut Found) {
        if found.evidence.attempts.passes_over(told.at) {
            return;
        }
        let answered = told.transaction(seen.session).filter(|_| told.is_answer());
        if let Some(transaction) = answered {
            self.mark(&told, seen.session, transaction);
            if let Some(place) = self.places.get(&*self.mark).copied() {
                return self.repeat(place, told, transaction, seen, found);
            }
        }
        let Some(attempt) = seen.attempt(&told, found.source.id) else { return };
        let place = self.add_new(attempt, found);
        if let (Some(place), Some(_)) = (place, answered) {
            if self.places.len() >= MAX_LIKENESSES {
                self.places.clear();
            }
            self.places.insert(self.mark.as_slice().into(), place);
        }
    }

    /// A session that was held and is needed no more, if there is one.
    pub fn released(&mut self) -> Option<Box<Session>> {
        self.released.take()
    }

    /// The file has ended, or enough is held: makes the attempts that are held.
    pub fn settle(mut self, found: &mut Found) {
        self.make_all(found);
    }

    /// Adds an attempt that is like none before, and gives the place of its group.
    fn add_new(&mut self, attempt: Attempt, found: &mut Found) -> Option<usize> {
        let known = found.evidence.attempts.place_of(&attempt);
        if let Some(place) = known {
            self.make(place, found);
        }
        let attempts = &mut found.evidence.attempts;
        let before = attempts.groups().len();
        attempts.add(attempt);
        known.or_else(|| (attempts.groups().len() > before).then_some(before))
    }

    /// Counts what is like one before in its group.
    fn repeat(&mut self, place: usize, told: Told, transaction: &Transaction, seen: &Seen<'_>, found: &mut Found) {
        let source = found.source.id;
        let Some(group) = found.evidence.attempts.group_mut(place) else { return };
        group.count += 1;
        if group.has_room_for_recipients() {
            self.learn_domains(seen.session, transaction);
            let recipients = told.recipients(seen.session, transaction);
            group.remember(recipients.filter_map(|to| known_domain(&self.domains, seen.session.text(to.path))));
        }
        let latest = self.latest.get(place).and_then(Option::as_ref);
        let last_at = latest.map_or(group.last.at, |latest| latest.told.at);
        if is_earlier(told.at, group.first.at) {
            seen.attempt(&told, source).into_iter().for_each(|attempt| group.first = Arc::new(attempt));
        } else if !is_earlier(told.at, last_at) {
            self.hold(place, told, seen, found);
        }
    }

    fn hold(&mut self, place: usize, told: Told, seen: &Seen<'_>, found: &mut Found) {
        if self.latest.len() <= place {
            self.latest.resize_with(place + 1, || None);
        }
        let Some(latest) = self.latest.get_mut(place) else { return };
        let (session, tls, certificate) = (Arc::clone(seen.session), seen.tls.clone(), seen.certificate.clone());
        self.held += session.octets;
        if let Some(before) = latest.replace(Latest { told, session, tls, certificate }) {
            self.held = self.held.saturating_sub(before.session.octets);
            self.released = Arc::into_inner(before.session).or_else(|| self.released.take());
        }
        if self.held > MAX_HELD {
            self.make_all(found);
        }
    }

    fn make_all(&mut self, found: &mut Found) {
        for place in 0..self.latest.len() {
            self.make(place, found);
        }
    }

    /// Makes the latest attempt of a group, where one is held.
    fn make(&mut self, place: usize, found: &mut Found) {
        let Some(latest) = self.latest.get_mut(place).and_then(Option::take) else { return };
        self.held = self.held.saturating_sub(latest.session.octets);
        let Latest { told, session, tls, certificate } = latest;
        let attempt = told.attempt(&session, tls, certificate, found.source.id);
        if let (Some(group), Some(attempt)) = (found.evidence.attempts.group_mut(place), attempt) {
            group.last = Arc::new(attempt);
        }
    }

    /// Notes what groups are told apart by.
    fn mark(&mut self, told: &Told, session: &Session, transaction: &Transaction) {
        let several_domains = self.has_several_domains(session, transaction);
        self.mark.clear();
        self.mark.extend_from_slice(&self.way.to_ne_bytes());
        self.mark.push(told.class.map_or(0, |class| class as u8 + 1));
        self.mark.push(u8::from(several_domains));
        let sender = transaction.mail_from.map(|path| session.text(path));
        // Without a domain the whole path tells what it is.
        let domain = sender.and_then(domain_of);
        self.mark.push(u8::from(domain.is_some()));
        Way(&mut self.mark).text(domain.or(sender));
    }

    fn has_several_domains(&mut self, session: &Session, transaction: &Transaction) -> bool {
        let paths = || session.recipients(transaction).iter().map(|recipient| session.text(recipient.path));
        let mut written = paths().filter_map(domain_of);
        let Some(first) = written.next() else { return false };
        if written.all(|other| other == first) {
            return false;
        }
        self.make_room_for_domains();
        // Mostly the second is another already.
        let mut first: Option<&str> = None;
        for path in paths() {
            self.learn_domain(path);
            let before = first.and_then(|first| known_domain(&self.domains, first));
            let Some(domain) = known_domain(&self.domains, path) else { continue };
            if before.is_some_and(|before| before != domain) {
                return true;
            }
            first = first.or(Some(path));
        }
        false
    }

    /// Reads the recipients' domains that were not read before.
    fn learn_domains(&mut self, session: &Session, transaction: &Transaction) {
        self.make_room_for_domains();
        session.recipients(transaction).iter().for_each(|recipient| self.learn_domain(session.text(recipient.path)));
    }

    fn make_room_for_domains(&mut self) {
        if self.domains.len() >= MAX_DOMAINS {
            self.domains.clear();
        }
    }

    fn learn_domain(&mut self, path: &str) {
        if let Some(domain) = domain_of(path).filter(|domain| !self.domains.contains_key(*domain)) {
            self.domains.insert(domain.into(), Domain::parse(domain).ok());
        }
    }
}

fn known_domain<'a>(domains: &'a HashMap<Box<str>, Option<Domain>, RandomState>, path: &str) -> Option<&'a Domain> {
    domains.get(domain_of(path)?)?.as_ref()
}

fn note_tls(mark: &mut Vec<u8>, tls: &Tls) {
    let (kind, error) = match tls {
        Tls::On => (0, None),
        Tls::NotOffered => (1, None),
        Tls::NotUsed => (2, None),
        Tls::Failed(error) => (3, Some(&**error)),
        Tls::Unknown => (4, None),
    };
    mark.push(kind);
    Way(mark).text(error);
}

fn note_certificate(mark: &mut Vec<u8>, certificate: &Certificate) {
    let (kind, address) = match certificate {
        Certificate::Sent(sent) => (0, Arc::as_ptr(sent).addr()),
        Certificate::SentUnnamed => (1, 0),
        Certificate::NotSent => (2, 0),
        Certificate::Unknown => (3, 0),
    };
    mark.push(kind);
    mark.extend_from_slice(&address.to_ne_bytes());
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
