//! Judging with gaps: decide, and where a fact is missing fork over the values that make a difference. A wrong guess is
//! worse than none: only when every value leads to one verdict is it determined.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use core_directory::{CertificateFacts, Domain, Snapshot};

use crate::Fact;
use crate::indexed::Indexed;
use crate::linear::Linear;
use crate::{PartialDirectory, PartialEvidence, Query, Sender, Verdict, rules};

mod values;

/// Most leaves of a fork. Beyond, the verdict is undetermined, and the first missing facts are named.
pub const MAX_LEAVES: usize = 64;

/// The outcome of judging with gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// One verdict, whatever the missing facts are.
    Determined(Verdict),
    /// The verdict depends on what is missing.
    Undetermined {
        /// The facts that make a difference, in the order in which they are asked for.
        missing: Vec<Missing>,
        /// The verdict under each combination of values, at most [`MAX_LEAVES`].
        leaves: Vec<(Vec<Assumption>, Verdict)>,
        /// Whether the values were too many to follow all of them.
        incomplete: bool,
    },
}

/// A missing fact.
pub type Missing = Query;

/// A missing fact with a value assumed for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// The fact.
    pub query: Query,
    /// The value.
    pub answer: Value,
}

/// A value that a missing fact may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// An address.
    RemoteIp(Option<IpAddr>),
    /// Yes or no.
    Flag(bool),
    /// A certificate, or none.
    Certificate(Option<Arc<CertificateFacts>>),
    /// A sender.
    MailFrom(Sender),
    /// A recipient's domain.
    RcptTo(Option<Domain>),
    /// How a connector's unknown certificate name relates to the certificate.
    NameClass(NameClass),
}

/// How an unknown certificate name of a connector relates to the presented names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameClass {
    /// It matches none.
    Differs,
    /// It matches one, and its domain is verified.
    MatchesOwned,
    /// It matches one, and its domain is not verified.
    MatchesUnowned,
}

/// What has been assumed so far.
#[derive(Clone, Debug)]
pub(crate) struct Assumed {
    pub evidence: PartialEvidence,
    pub answers: BTreeMap<Query, Value>,
}

/// Judges evidence with gaps against a whole directory.
pub fn judge(evidence: &PartialEvidence, snapshot: &Snapshot) -> Judgement {
    let decide = |assumed: &Assumed| rules::decide(&Indexed::new(&assumed.evidence, snapshot));
    let values = |assumed: &Assumed, query: &Query| values::of_snapshot(snapshot, assumed, query);
    explore(evidence, &decide, &values)
}

/// Judges evidence with gaps against a directory with gaps.
pub fn judge_partial(evidence: &PartialEvidence, directory: &PartialDirectory) -> Judgement {
    let tenants: Vec<_> = directory.tenants.iter().map(|shown| shown.tenant.clone()).collect();
    let shown = Snapshot::new(core_directory::DirectoryVersion(0), tenants);
    let decide = |assumed: &Assumed| rules::decide(&Linear::new(assumed, directory));
    let values = |assumed: &Assumed, query: &Query| values::of_snapshot(&shown, assumed, query);
    explore(evidence, &decide, &values)
}

type Decide<'a> = dyn Fn(&Assumed) -> Result<Verdict, Query> + 'a;
type Values<'a> = dyn Fn(&Assumed, &Query) -> Option<Vec<Value>> + 'a;

enum Node {
    Leaf(Verdict),
    Fork(Query, Vec<(Value, Node)>),
    TooMany(Query),
}

fn explore(evidence: &PartialEvidence, decide: &Decide<'_>, values: &Values<'_>) -> Judgement {
    let start = Assumed { evidence: evidence.clone(), answers: BTreeMap::new() };
    let mut budget = MAX_LEAVES;
    let tree = collapse(grow(start, decide, values, &mut budget));
    if let Node::Leaf(verdict) = tree {
        return Judgement::Determined(verdict);
    }
    let mut outcome = Flat::default();
    outcome.flatten(&tree, &mut Vec::new());
    Judgement::Undetermined { missing: outcome.missing, leaves: outcome.leaves, incomplete: outcome.incomplete }
}

fn grow(assumed: Assumed, decide: &Decide<'_>, values: &Values<'_>, budget: &mut usize) -> Node {
    let query = match decide(&assumed) {
        Ok(verdict) => {
            *budget = budget.saturating_sub(1);
            return Node::Leaf(verdict);
        }
        Err(query) => query,
    };
    let Some(choices) = values(&assumed, &query).filter(|choices| choices.len() <= *budget) else {
        return Node::TooMany(query);
    };
    let mut children = Vec::with_capacity(choices.len());
    for value in choices {
        if *budget == 0 {
            return Node::TooMany(query);
        }
        let next = assumed.clone().with(&query, &value);
        children.push((value, grow(next, decide, values, budget)));
    }
    Node::Fork(query, children)
}

/// Equal leaves make a fork determined after all.
fn collapse(node: Node) -> Node {
    let Node::Fork(query, children) = node else { return node };
    let children: Vec<_> = children.into_iter().map(|(value, child)| (value, collapse(child))).collect();
    let first = match children.first() {
        Some((_, Node::Leaf(first))) => *first,
        _ => return Node::Fork(query, children),
    };
    if children.iter().all(|(_, child)| matches!(child, Node::Leaf(verdict) if *verdict == first)) {
        Node::Leaf(first)
    } else {
        Node::Fork(query, children)
    }
}

#[derive(Default)]
struct Flat {
    missing: Vec<Missing>,
    leaves: Vec<(Vec<Assumption>, Verdict)>,
    incomplete: bool,
}

impl Flat {
    fn flatten(&mut self, node: &Node, path: &mut Vec<Assumption>) {
        match node {
            Node::Leaf(verdict) => self.leaves.push((path.clone(), *verdict)),
            Node::TooMany(query) => {
                self.note(query);
                self.incomplete = true;
            }
            Node::Fork(query, children) => {
                self.note(query);
                for (value, child) in children {
                    path.push(Assumption { query: query.clone(), answer: value.clone() });
                    self.flatten(child, path);
                    path.pop();
                }
            }
        }
    }

    fn note(&mut self, query: &Query) {
        if !self.missing.contains(query) {
            self.missing.push(query.clone());
        }
    }
}

impl Assumed {
    /// With a value for one more fact. A certificate implies TLS.
    fn with(mut self, query: &Query, value: &Value) -> Self {
        match value {
            Value::RemoteIp(address) => self.evidence.remote_ip = Fact::Known(*address),
            Value::Certificate(certificate) => {
                if certificate.is_some() {
                    self.evidence.tls = Fact::Known(true);
                }
                self.evidence.certificate = Fact::Known(certificate.clone());
            }
            Value::MailFrom(sender) => self.evidence.mail_from = Fact::Known(sender.clone()),
            Value::RcptTo(domain) => self.evidence.rcpt_to = Fact::Known(domain.clone()),
            Value::Flag(flag) if *query == Query::Tls => self.evidence.tls = Fact::Known(*flag),
            Value::Flag(_) | Value::NameClass(_) => {
                self.answers.insert(query.clone(), value.clone());
            }
        }
        self
    }
}

impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.query, self.answer)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RemoteIp(Some(address)) => address.fmt(f),
            Self::RemoteIp(None) | Self::RcptTo(None) | Self::MailFrom(Sender::NoDomain) => f.write_str("any other"),
            Self::Flag(flag) => flag.fmt(f),
            Self::Certificate(None) => f.write_str("none that a connector names"),
            Self::Certificate(Some(certificate)) => certificate.names.iter().try_for_each(|name| write!(f, "{name}")),
            Self::MailFrom(Sender::Null) => f.write_str("<>"),
            Self::MailFrom(Sender::Domain(domain)) | Self::RcptTo(Some(domain)) => domain.fmt(f),
            Self::NameClass(NameClass::Differs) => f.write_str("matches nothing presented"),
            Self::NameClass(NameClass::MatchesOwned) => f.write_str("matches, in an accepted domain"),
            Self::NameClass(NameClass::MatchesUnowned) => f.write_str("matches, in no accepted domain"),
        }
    }
}
