//! A whole answer: the verdict in a line, the repair in the next, then what supports them.

use std::fmt;

use core_attribution::{Answer, Branch, Reason, VerdictKind};

use crate::Language;
use crate::catalog::Catalog;
use crate::codes::{chain_fault, passes_id};
use crate::comparison;
use crate::repair::instructions;
use crate::values::{assumption, fact, value};

/// An answer in sentences. Its `Display` is the whole text, as the command line prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The verdict.
    pub headline: String,
    /// The smallest change as instructions in their order; empty where there is none.
    pub change: Vec<String>,
    /// The nearest miss, field by field.
    pub nearest: Vec<String>,
    /// What the client presented.
    pub presented: Vec<String>,
    /// The other connectors that were compared, one in a line.
    pub considered: Vec<String>,
    /// What is missing and makes a difference.
    pub missing: Vec<String>,
    /// The verdict under each value of what is missing.
    pub branches: Vec<String>,
    refused: bool,
    language: Language,
}

/// Words an answer.
#[must_use]
pub fn render(answer: &Answer, language: Language) -> Rendered {
    let missing: Vec<String> = answer.missing.iter().map(|name| fact(name, language)).collect();
    Rendered {
        headline: headline(answer, &missing, language),
        change: change(answer, language),
        nearest: comparison::nearest(answer, language),
        presented: presented(answer, language),
        considered: comparison::considered(answer, language),
        branches: branches(answer, language),
        missing,
        refused: answer.verdict == VerdictKind::Refused,
        language,
    }
}

fn headline(answer: &Answer, missing: &[String], language: Language) -> String {
    let catalog = Catalog::get(language);
    let rule = answer.rule.map(|rule| rule.to_string()).unwrap_or_default();
    match answer.verdict {
        VerdictKind::Undetermined => catalog.text("undetermined", &[("facts", &missing.join(", "))]),
        VerdictKind::Refused => {
            let reply = answer.reply.as_deref().unwrap_or_default();
            catalog.text("refused", &[("reply", reply), ("rule", &rule)])
        }
        VerdictKind::Passes => {
            let tenant = answer.tenant.as_deref().unwrap_or_default();
            let id = answer.direction.map_or("passes", passes_id);
            let mut arguments = vec![("tenant", tenant), ("rule", rule.as_str())];
            match &answer.connector {
                Some(connector) => {
                    arguments.push(("connector", connector));
                    catalog.text(id, &arguments)
                }
                None => catalog.text("passes-without-connector", &arguments),
            }
        }
    }
}

/// What the answer's change asks for; a suspension, which is no connector's, only the operator ends.
fn change(answer: &Answer, language: Language) -> Vec<String> {
    match answer.considered.iter().find(|one| one.reason == Reason::Suspended) {
        Some(suspended) => vec![Catalog::get(language).text("edit-resume", &[("tenant", &suspended.tenant)])],
        None => instructions(answer, language),
    }
}

fn presented(answer: &Answer, language: Language) -> Vec<String> {
    let catalog = Catalog::get(language);
    let presented = &answer.presented;
    let mut lines = Vec::new();
    let line = |id: &str, text: &str| catalog.text(id, &[("value", text)]);
    if let Some(address) = &presented.remote_ip {
        lines.push(line("presented-address", address));
    }
    if let Some(leaf) = &presented.leaf_sha256 {
        let names = match presented.names.is_empty() {
            true => value("no name", language),
            false => presented.names.join(", "),
        };
        lines.push(line("presented-names", &names));
        if let Some(subject) = &presented.subject {
            lines.push(line("presented-subject", subject));
            lines.push(line("presented-thumbprint", leaf));
        }
    } else if presented.tls {
        lines.push(catalog.plain("presented-tls"));
    }
    for fault in &presented.chain_faults {
        lines.push(line("presented-fault", &chain_fault(&fault.code, &fault.arguments, language)));
    }
    if let Some(sender) = &presented.mail_from {
        let sender = if sender.is_empty() { value("<>", language) } else { sender.clone() };
        lines.push(line("presented-mail-from", &sender));
    }
    if let Some(recipient) = &presented.rcpt_to {
        lines.push(line("presented-rcpt-to", recipient));
    }
    lines
}

fn branches(answer: &Answer, language: Language) -> Vec<String> {
    let mut lines: Vec<String> = answer.branches.iter().map(|one| branch(one, language)).collect();
    if answer.incomplete {
        lines.push(Catalog::get(language).plain("incomplete"));
    }
    lines
}

fn branch(branch: &Branch, language: Language) -> String {
    let catalog = Catalog::get(language);
    let rule = branch.rule.to_string();
    let tenant = branch.tenant.as_deref().unwrap_or_default();
    let verdict = match (&branch.reply, &branch.connector) {
        (Some(reply), _) => catalog.text("branch-refused", &[("reply", reply), ("rule", &rule)]),
        (None, Some(connector)) => {
            let arguments = [("tenant", tenant), ("connector", connector.as_str()), ("rule", rule.as_str())];
            catalog.text("branch-passes", &arguments)
        }
        (None, None) => catalog.text("branch-passes-without-connector", &[("tenant", tenant), ("rule", &rule)]),
    };
    let assuming: Vec<String> = branch.assuming.iter().map(|text| assumption(text, language)).collect();
    catalog.text("branch", &[("assuming", &assuming.join(", ")), ("verdict", &verdict)])
}

impl Rendered {
    /// The verdict, and in the next line what would turn it.
    pub fn short(&self) -> Vec<String> {
        let catalog = Catalog::get(self.language);
        let mut lines = vec![self.headline.clone()];
        for (position, instruction) in self.change.iter().enumerate() {
            let id = if position == 0 { "repair" } else { "repair-also" };
            lines.push(catalog.text(id, &[("instruction", instruction)]));
        }
        if self.refused && self.change.is_empty() {
            lines.push(catalog.plain("repair-unknown"));
        }
        lines
    }

    /// What supports them: the nearest miss, what else was compared, what was presented. Sections are apart by an empty line.
    pub fn support(&self) -> Vec<String> {
        let catalog = Catalog::get(self.language);
        let others = if self.nearest.is_empty() { "heading-considered" } else { "heading-others" };
        let mut lines = self.nearest.clone();
        // What is missing stands in the headline.
        for (id, section) in
            [("heading-branches", &self.branches), (others, &self.considered), ("heading-presented", &self.presented)]
        {
            if section.is_empty() {
                continue;
            }
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.push(catalog.plain(id));
            lines.extend(section.iter().map(|line| format!("  {line}")));
        }
        lines
    }
}

impl fmt::Display for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.short().iter().try_for_each(|line| writeln!(f, "{line}"))?;
        let support = self.support();
        if !support.is_empty() {
            writeln!(f)?;
        }
        support.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
