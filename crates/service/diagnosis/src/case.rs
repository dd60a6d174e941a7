//! The case: everything that was read, looked at as one.

use jiff::Timestamp;

use crate::answer::{Diagnosis, ReadFile, Unread};
use crate::causes;
use crate::evidence::Evidence;

/// What a cause looks at.
pub(crate) struct Case<'a> {
    /// What was read.
    pub(crate) evidence: &'a Evidence,
    /// The time of diagnosis: certificates expire by it.
    pub(crate) now: Timestamp,
}

/// Finds the causes.
#[must_use]
pub fn diagnose(evidence: &Evidence, now: Timestamp) -> Diagnosis {
    let case = Case { evidence, now };
    let mut diagnosis = Diagnosis { read: read(evidence), unread: unread(evidence), ..Diagnosis::default() };
    causes::examine(&case, &mut diagnosis);
    diagnosis
}

fn read(evidence: &Evidence) -> Vec<ReadFile> {
    let files = evidence.sources.iter().filter(|source| !source.kinds.is_empty());
    let one = |source: &crate::evidence::Source| ReadFile {
        file: source.name.to_string(),
        kinds: source.kinds.iter().map(|kind| kind.name()).collect(),
        records: source.records,
        from: source.span.map(|(from, _)| from),
        to: source.span.map(|(_, to)| to),
    };
    files.map(one).collect()
}

fn unread(evidence: &Evidence) -> Vec<Unread> {
    let mut unread = Vec::new();
    for source in &evidence.sources {
        for problem in &source.problems {
            let arguments: Vec<(&'static str, &str)> =
                problem.arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let reason = crate::answer::Message::new(problem.code, &arguments);
            unread.push(Unread { file: source.name.to_string(), line: problem.line, reason });
        }
        if source.problems_not_told > 0 {
            let count = source.problems_not_told.to_string();
            let reason = crate::answer::Message::new("problem-more", &[("count", &count)]);
            unread.push(Unread { file: source.name.to_string(), line: None, reason });
        }
    }
    unread
}
