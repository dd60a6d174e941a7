//! What lint found as lines for a terminal, the worst first.

use core_attribution::Severity;
use core_wording::{Language, say, say_counted};

use super::line::{Line, Page, Style};
use super::lines::Writer;
use crate::lint::{LintFinding, LintReport};

/// The report in lines, broken for a terminal of `width` columns. It is [worded](LintReport::worded) before.
#[must_use]
pub fn lint_lines(report: &LintReport, language: Language, width: usize) -> Vec<Line> {
    let mut writer = Writer { page: Page::new(width), language };
    let (style, summary) = summary(report, language);
    writer.page.write(style, 0, &summary);
    for finding in &report.findings {
        one(finding, &mut writer);
    }
    for more in &report.not_told {
        writer.page.gap();
        let text = say_counted("lint-more", more.count, language);
        writer.page.write(Style::Plain, 0, &format!("{}: {text}", more.code));
    }
    writer.wanting("section-unjudged", &report.unjudged, true);
    writer.unread(&report.unread);
    writer.page.into_lines()
}

fn summary(report: &LintReport, language: Language) -> (Style, String) {
    if report.read.is_empty() {
        return (Style::Notable, say("lint-nothing-read", &[], language));
    }
    if report.findings.is_empty() {
        let (style, id) = match report.unjudged.is_empty() {
            true => (Style::Good, "lint-clean"),
            false => (Style::Notable, "lint-clean-as-far-as-judged"),
        };
        return (style, say(id, &[], language));
    }
    let count =
        |severity: Severity| report.findings.iter().filter(|finding| finding.severity == severity).count().to_string();
    let [broken, will_break, doubtful] = [Severity::Broken, Severity::WillBreak, Severity::Doubtful].map(count);
    let arguments = [("broken", &*broken), ("willbreak", &*will_break), ("doubtful", &*doubtful)];
    (Style::Strong, say("lint-summary", &arguments, language))
}

fn one(finding: &LintFinding, writer: &mut Writer) {
    let (style, severity) = match finding.severity {
        Severity::Broken => (Style::Bad, "severity-broken"),
        Severity::WillBreak => (Style::Notable, "severity-will-break"),
        Severity::Doubtful => (Style::Notable, "severity-doubtful"),
    };
    let severity = say(severity, &[], writer.language);
    writer.page.gap();
    writer.page.write(style, 0, &format!("{} ({severity}): {}", finding.code, finding.statement.text));
    for line in &finding.proof {
        writer.proof(line, 2);
    }
    for repair in &finding.repair {
        writer.repair(repair, 2);
    }
}
