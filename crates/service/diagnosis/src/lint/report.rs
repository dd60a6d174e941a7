//! What lint answers, in the form that machines read; texts beside the codes they come from.

use std::collections::BTreeMap;

use core_attribution::{LintCode, Severity};
use core_wording::Language;
use serde::Serialize;

use crate::answer::{Message, Missing, ProofLine, ReadFile, Repair, Unread};
use crate::diagnose::one_line;

/// Most findings of one code that are told: a directory of a hundred thousand connectors may have the same fault in each.
const MAX_OF_ONE_CODE: usize = 100;

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LintFinding {
    /// The code, as `docs/lint.md` lists it.
    pub code: &'static str,
    /// How bad it is: `broken`, `will-break` or `doubtful`.
    pub severity: Severity,
    /// What is wrong, in a sentence with the values.
    pub statement: Message,
    /// Where it stands.
    pub proof: Vec<ProofLine>,
    /// What mends it, the best first; any one is enough.
    pub repair: Vec<Repair>,
}

/// Findings of one code beyond those that are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotTold {
    /// The code.
    pub code: &'static str,
    /// How many more.
    pub count: u64,
}

/// Everything that lint has to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LintReport {
    /// The findings, the worst first.
    pub findings: Vec<LintFinding>,
    /// Findings that are not told, since many others have the same code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_told: Vec<NotTold>,
    /// What could not be judged since it is not shown, with the command that shows it.
    pub unjudged: Vec<Missing>,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// What was read.
    pub read: Vec<ReadFile>,
    /// How many there are of each code, told or not.
    #[serde(skip)]
    counts: BTreeMap<&'static str, usize>,
}

impl LintReport {
    pub(super) fn new(read: Vec<ReadFile>, unread: Vec<Unread>) -> Self {
        Self { read, unread, ..Self::default() }
    }

    pub(super) fn add(
        &mut self,
        code: LintCode,
        arguments: &[(&'static str, &str)],
        proof: Vec<ProofLine>,
        repair: Vec<Repair>,
    ) {
        let count = self.counts.entry(code.name()).or_default();
        if *count >= MAX_OF_ONE_CODE {
            match self.not_told.iter_mut().find(|more| more.code == code.name()) {
                Some(more) => more.count += 1,
                None => self.not_told.push(NotTold { code: code.name(), count: 1 }),
            }
            return;
        }
        let statement = Message::new(code.text(), arguments);
        if self.findings.iter().any(|known| known.statement == statement) {
            return;
        }
        *self.counts.entry(code.name()).or_default() += 1;
        let (code, severity) = (code.name(), code.severity);
        self.findings.push(LintFinding { code, severity, statement, proof, repair });
    }

    /// What is not shown, once.
    pub(super) fn is_missing(&mut self, what: Message, commands: Vec<String>) {
        if !self.unjudged.iter().any(|known| known.what == what) {
            self.unjudged.push(Missing { what, commands });
        }
    }

    /// Puts the findings in order, and has each command be one line.
    pub(super) fn finish(&mut self) {
        // What was found of one thing stays together in the order of the checks.
        self.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let repairs = self.findings.iter_mut().flat_map(|finding| &mut finding.repair);
        let unjudged = self.unjudged.iter_mut().map(|missing| &mut missing.commands);
        repairs.map(|repair| &mut repair.commands).chain(unjudged).flatten().for_each(one_line);
    }

    /// The same with every text in a language.
    #[must_use]
    pub fn worded(mut self, language: Language) -> Self {
        for finding in &mut self.findings {
            finding.statement.word(language);
            finding.proof.iter_mut().filter_map(|line| line.note.as_mut()).for_each(|note| note.word(language));
            finding.repair.iter_mut().for_each(|repair| repair.what.word(language));
        }
        self.unjudged.iter_mut().for_each(|missing| missing.what.word(language));
        self.unread.iter_mut().for_each(|unread| unread.reason.word(language));
        self
    }
}
