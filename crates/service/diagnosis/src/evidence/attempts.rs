//! Attempts by the million, kept as groups of the like: bounded, whatever the logs hold.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use core_attribution::{Fact, Sender};
use core_directory::Domain;
use foldhash::fast::RandomState;
use jiff::Timestamp;
use proto_exchange::RefusalClass;

use super::{Attempt, Certificate, EvidenceKind, Outcome, Tls};

/// Most groups that are told apart of one kind of file, and as many of its refusals as of everything else, so that neither the
/// mail that strangers hand to a Receive log nor mail that passed can crowd out a refusal. What would make more is counted
/// only. Real cases have dozens.
pub const MAX_GROUPS: usize = 5_000;

/// Most recipient domains that a group remembers.
const MAX_RECIPIENTS: usize = 32;

/// What attempts of one group have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GroupKey {
    /// The kind of file.
    pub witness: EvidenceKind,
    /// The sending server.
    pub server: Option<Box<str>>,
    /// The send connector.
    pub connector: Option<Box<str>>,
    /// The far side's address as seen by it.
    pub egress: Option<IpAddr>,
    /// TLS.
    pub tls: Tls,
    /// The certificate, by thumbprint and subject: `None` for unknown.
    pub certificate: Option<Box<str>>,
    /// MAIL FROM.
    pub mail_from: Option<Box<str>>,
    /// The class of the answer; none: accepted, or there was none.
    pub class: Option<RefusalClass>,
    /// Whether there was no answer.
    pub is_broken: bool,
    /// Whether the witness shows what became of it at all.
    pub is_shown: bool,
    /// Whether the transaction had recipients in several domains.
    pub several_domains: bool,
    /// The next hop, by name, else address.
    pub next_hop: Option<Box<str>>,
}

/// Attempts that are alike.
#[derive(Clone, Debug)]
pub struct AttemptGroup {
    /// What they have in common.
    pub key: GroupKey,
    /// How many.
    pub count: u64,
    /// The first of those with a time, else the first read. Shared, since it is mostly the last too.
    pub first: Arc<Attempt>,
    /// The last.
    pub last: Arc<Attempt>,
    /// Domains of their recipients, the first of them.
    pub recipients: Vec<Domain>,
}

/// All groups.
#[derive(Clone, Debug, Default)]
pub struct Attempts {
    groups: Vec<AttemptGroup>,
    index: HashMap<GroupKey, usize, RandomState>,
    /// Groups by kind of file, and by whether they are refusals.
    counts: HashMap<(EvidenceKind, bool), usize>,
    /// Attempts that fit in no group any more.
    pub beyond: u64,
    /// What is older is passed over.
    since: Option<Timestamp>,
}

impl Attempts {
    /// From now on passes over attempts before a time. Those without a time are kept.
    pub fn pass_over_before(&mut self, since: Timestamp) {
        self.since = Some(since);
    }

    /// Whether attempts of this time are passed over.
    pub(crate) fn passes_over(&self, at: Option<Timestamp>) -> bool {
        at.is_some_and(|at| self.since.is_some_and(|since| at < since))
    }

    /// Adds one.
    pub fn add(&mut self, attempt: Attempt) {
        if self.passes_over(attempt.at) {
            return;
        }
        let key = key(&attempt);
        let known = self.index.get(&key).copied();
        match known.and_then(|at| self.groups.get_mut(at)) {
            Some(group) => group.add(Arc::new(attempt), 1),
            None if take_room(&mut self.counts, &key) => {
                self.index.insert(key.clone(), self.index.len());
                let mut recipients = attempt.recipients.clone();
                recipients.truncate(MAX_RECIPIENTS);
                let attempt = Arc::new(attempt);
                self.groups.push(AttemptGroup {
                    key,
                    count: 1,
                    first: Arc::clone(&attempt),
                    last: attempt,
                    recipients,
                });
            }
            None => self.beyond += 1,
        }
    }

    /// Where the group of an attempt is, if there is one.
    pub(crate) fn place_of(&self, attempt: &Attempt) -> Option<usize> {
        self.index.get(&key(attempt)).copied()
    }

    /// The group at a place, which stays the group's own while nothing but attempts is added.
    pub(crate) fn group_mut(&mut self, place: usize) -> Option<&mut AttemptGroup> {
        self.groups.get_mut(place)
    }

    /// The groups, in the order in which they were first read.
    pub fn groups(&self) -> &[AttemptGroup] {
        &self.groups
    }

    /// The same, each attempt changed. Groups that are alike then are one.
    pub(crate) fn changed(&self, change: impl Fn(&mut Attempt)) -> Self {
        let mut changed = Self { beyond: self.beyond, ..Self::default() };
        for group in &self.groups {
            let mut group = group.clone();
            change(Arc::make_mut(&mut group.first));
            change(Arc::make_mut(&mut group.last));
            group.key = key(&group.last);
            let one = Self { groups: vec![group], ..Self::default() };
            changed.merge(one);
        }
        changed
    }

    /// Adds those of another file.
    pub fn merge(&mut self, other: Self) {
        self.beyond += other.beyond;
        for group in other.groups {
            let known = self.index.get(&group.key).copied();
            match known.and_then(|at| self.groups.get_mut(at)) {
                Some(own) => {
                    own.count += group.count - 1;
                    own.remember(&group.recipients);
                    own.add(group.first, 0);
                    own.add(group.last, 1);
                }
                None if take_room(&mut self.counts, &group.key) => {
                    self.index.insert(group.key.clone(), self.index.len());
                    self.groups.push(group);
                }
                None => self.beyond += group.count,
            }
        }
    }
}

impl AttemptGroup {
    fn add(&mut self, attempt: Arc<Attempt>, count: u64) {
        self.count += count;
        self.remember(&attempt.recipients);
        if is_earlier(attempt.at, self.first.at) {
            self.first = attempt;
        } else if !is_earlier(attempt.at, self.last.at) {
            self.last = attempt;
        }
    }

    /// Whether it can remember more recipient domains.
    pub(crate) fn has_room_for_recipients(&self) -> bool {
        self.recipients.len() < MAX_RECIPIENTS
    }

    pub(crate) fn remember<'a>(&mut self, recipients: impl IntoIterator<Item = &'a Domain>) {
        for domain in recipients {
            if self.has_room_for_recipients() && !self.recipients.contains(domain) {
                self.recipients.push(domain.clone());
            }
        }
    }
}

/// Whether something happened before something else. What has no time comes after what has one.
pub(crate) fn is_earlier(left: Option<Timestamp>, right: Option<Timestamp>) -> bool {
    left.is_some_and(|left| right.is_none_or(|right| left < right))
}

/// Whether another group of this kind may begin; it is counted then.
fn take_room(counts: &mut HashMap<(EvidenceKind, bool), usize>, key: &GroupKey) -> bool {
    let count = counts.entry((key.witness, key.class.is_some())).or_default();
    let is_room = *count < MAX_GROUPS;
    *count += usize::from(is_room);
    is_room
}

/// Every front end of Exchange Online has a name of its own; they are one next hop.
pub(crate) fn service_of(name: &str) -> &str {
    match name.split_once('.') {
        Some((_, service)) if service.ends_with("protection.outlook.com") => service,
        _ => name,
    }
}

fn key(attempt: &Attempt) -> GroupKey {
    let certificate = match &attempt.certificate {
        Certificate::Sent(sent) => Some(format!("{} {}", sent.thumbprint, sent.subject)),
        Certificate::SentUnnamed => Some("unnamed".to_owned()),
        Certificate::NotSent => Some(String::new()),
        Certificate::Unknown => None,
    };
    let mail_from = match &attempt.mail_from {
        Fact::Known(Sender::Null) => Some("<>".into()),
        Fact::Known(Sender::Domain(domain)) => Some(domain.as_str().into()),
        Fact::Known(Sender::NoDomain) => Some("".into()),
        Fact::Unknown => None,
    };
    let name = attempt.next_hop.name.as_deref().map(|name| service_of(name).into());
    GroupKey {
        witness: attempt.witness,
        server: attempt.server.clone(),
        connector: attempt.connector.clone(),
        egress: attempt.egress,
        tls: attempt.tls.clone(),
        certificate: certificate.map(Into::into),
        mail_from,
        class: match &attempt.outcome {
            Outcome::Answered(reply, _) => Some(reply.class),
            Outcome::Accepted | Outcome::Broken(_) | Outcome::NotShown => None,
        },
        is_broken: matches!(attempt.outcome, Outcome::Broken(_)),
        is_shown: !matches!(attempt.outcome, Outcome::NotShown),
        several_domains: attempt.several_domains
            || attempt.recipients.windows(2).any(|pair| matches!(pair, [left, right] if left != right)),
        next_hop: name.or_else(|| attempt.next_hop.address.map(|address| address.to_string().into())),
    }
}
