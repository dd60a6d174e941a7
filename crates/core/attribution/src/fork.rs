//! Judging with gaps: decide, and where a fact is missing fork over the values that make a difference. A wrong guess is
//! worse than none: only when every value leads to one verdict is it determined.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use core_directory::{CertificateFacts, ConnectorId, Domain, Field, Snapshot, TenantId};

use crate::indexed::Indexed;
use crate::linear::Linear;
use crate::route::{unless_suspended, with_route};
use crate::{
    Fact, Judge, PartialDirectory, PartialEvidence, PartialTenant, Query, RefusalReply, Sender, Verdict, rules,
};
use values::{Classes, ELSEWHERE};

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
    explore(
        evidence,
        &Fork {
            decide: &decide,
            classes: Classes { snapshot, partial: false, unnamed: BTreeSet::new() },
            one_family: false,
        },
    )
}

/// Judges as the relay answers at RCPT TO: as [`judge`], and rule A14, and where the recipient is known rule A13 too.
pub fn judge_with_route(evidence: &PartialEvidence, snapshot: &Snapshot) -> Judgement {
    // Recipients are told apart by who holds them, not by their routes: of an unknown one no route is judged.
    let routed = evidence.rcpt_to.known().is_some();
    let decide = |assumed: &Assumed| {
        let verdict = rules::decide(&Indexed::new(&assumed.evidence, snapshot))?;
        if routed { with_route(&assumed.evidence, snapshot, verdict) } else { Ok(unless_suspended(snapshot, verdict)) }
    };
    explore(
        evidence,
        &Fork {
            decide: &decide,
            classes: Classes { snapshot, partial: false, unnamed: BTreeSet::new() },
            one_family: false,
        },
    )
}

/// Judges evidence with gaps against a directory with gaps.
pub fn judge_partial(evidence: &PartialEvidence, directory: &PartialDirectory) -> Judgement {
    let shown = directory.tenants.iter().map(PartialTenant::comparable).collect();
    let snapshot = &Snapshot::new(core_directory::DirectoryVersion(0), shown);
    let decide = |assumed: &Assumed| rules::decide(&Linear::new(assumed, directory));
    let one_family = directory.judge == Judge::ExchangeOnline;
    explore(
        evidence,
        &Fork {
            decide: &decide,
            classes: Classes { snapshot, partial: true, unnamed: unnamed(directory) },
            one_family,
        },
    )
}

/// Connectors whose certificate names are hidden.
fn unnamed(directory: &PartialDirectory) -> BTreeSet<(TenantId, ConnectorId)> {
    let hidden = directory.tenants.iter().flat_map(|shown| {
        let fields = shown.unknown.iter().filter(|(_, fields)| fields.contains(Field::TlsSenderCertificateName));
        fields.map(|(connector, _)| (shown.tenant.id, *connector))
    });
    hidden.collect()
}

struct Fork<'a> {
    decide: &'a dyn Fn(&Assumed) -> Result<Verdict, Query>,
    classes: Classes<'a>,
    /// Whether the two texts of 5.7.64 are one verdict.
    one_family: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Leaf(Verdict),
    Fork(Query, Vec<(Value, Node)>),
    TooMany(Query),
}

fn explore(evidence: &PartialEvidence, fork: &Fork<'_>) -> Judgement {
    let mut evidence = evidence.clone();
    if matches!(evidence.certificate, Fact::Known(Some(_))) {
        // There is no certificate without TLS.
        evidence.tls = Fact::Known(true);
    }
    let mut budget = MAX_LEAVES;
    let tree = fork.grow(Assumed { evidence, answers: BTreeMap::new() }, 0, &mut budget);
    if let Node::Leaf(verdict) = tree {
        return Judgement::Determined(verdict);
    }
    let mut outcome = Flat::default();
    outcome.flatten(&tree, &mut Vec::new());
    Judgement::Undetermined { missing: outcome.missing, leaves: outcome.leaves, incomplete: outcome.incomplete }
}

impl Fork<'_> {
    fn grow(&self, assumed: Assumed, depth: usize, budget: &mut usize) -> Node {
        let query = match (self.decide)(&assumed) {
            Ok(verdict) => {
                *budget = budget.saturating_sub(1);
                return Node::Leaf(verdict);
            }
            Err(query) => query,
        };
        // A tree this deep would have more leaves than are left, whatever they are.
        if depth >= MAX_LEAVES {
            return Node::TooMany(query);
        }
        let Some(choices) = self.classes.of(&assumed, &query).filter(|choices| choices.len() <= *budget) else {
            return Node::TooMany(query);
        };
        let mut children = Vec::with_capacity(choices.len());
        for value in choices {
            if *budget == 0 {
                return Node::TooMany(query);
            }
            let next = assumed.clone().with(&query, &value);
            children.push((value, self.grow(next, depth + 1, budget)));
        }
        self.collapse(query, children)
    }

    /// Where every value leads to the same, the fact makes no difference.
    fn collapse(&self, query: Query, children: Vec<(Value, Node)>) -> Node {
        let Some((_, first)) = children.first() else { return Node::TooMany(query) };
        if !children.iter().all(|(_, child)| self.is_same(child, first)) {
            return Node::Fork(query, children);
        }
        // Of one family the plain text claims less.
        let plain = children.iter().map(|(_, child)| child).find(|child| refuses_with(child, REPLY_PLAIN));
        plain.unwrap_or(first).clone()
    }

    fn is_same(&self, left: &Node, right: &Node) -> bool {
        let family = |node| refuses_with(node, REPLY_PLAIN) || refuses_with(node, RefusalReply::Attr36);
        left == right || self.one_family && family(left) && family(right)
    }
}

const REPLY_PLAIN: RefusalReply = RefusalReply::TenantAttribution;

fn refuses_with(node: &Node, reply: RefusalReply) -> bool {
    matches!(node, Node::Leaf(Verdict::Refused(refusal)) if refusal.reply == reply)
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
            Self::RemoteIp(Some(address)) if !address.is_unspecified() => address.fmt(f),
            Self::MailFrom(Sender::Domain(domain)) | Self::RcptTo(Some(domain)) if domain.as_str() == ELSEWHERE => {
                f.write_str("any other")
            }
            Self::RemoteIp(_) | Self::RcptTo(None) | Self::MailFrom(Sender::NoDomain) => f.write_str("any other"),
            Self::Flag(flag) => flag.fmt(f),
            Self::Certificate(None) => f.write_str("none that a connector names"),
            Self::Certificate(Some(certificate)) => write_certificate(f, certificate),
            Self::MailFrom(Sender::Null) => f.write_str("<>"),
            Self::MailFrom(Sender::Domain(domain)) | Self::RcptTo(Some(domain)) => domain.fmt(f),
            Self::NameClass(NameClass::Differs) => f.write_str("matches nothing presented"),
            Self::NameClass(NameClass::MatchesOwned) => f.write_str("matches, in an accepted domain"),
            Self::NameClass(NameClass::MatchesUnowned) => f.write_str("matches, in no accepted domain"),
        }
    }
}

/// The one name of a class, and what else makes the class.
fn write_certificate(f: &mut fmt::Formatter<'_>, certificate: &CertificateFacts) -> fmt::Result {
    let name = certificate.names.first().map(ToString::to_string).unwrap_or_default();
    f.write_str(if name == ELSEWHERE { "any other name" } else { &name })?;
    if certificate.leaf_sha256 != core_directory::Thumbprint([0; 32]) {
        write!(f, ", leaf {}", certificate.leaf_sha256)?;
    }
    match (&certificate.operator_path, certificate.tenant_paths.first()) {
        (Some(_), _) => {}
        (None, Some(_)) => f.write_str(", trusted by a tenant alone")?,
        (None, None) => f.write_str(", not trusted")?,
    }
    if !certificate.leaf_use.client { f.write_str(", not for clients") } else { Ok(()) }
}
