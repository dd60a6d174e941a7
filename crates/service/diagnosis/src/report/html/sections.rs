//! The sections of the page, in the order of the lines for a terminal. Nothing is left out here.

use std::ops::Range;

use core_wording::{Language, differences, say, say_counted};

use super::markup::Markup;
use super::timeline;
use crate::answer::{Cause, Comparison, Diagnosis, Missing, ProofLine, Repair};
use crate::report::{headline, lines, moment};

/// Writes all of them.
pub(super) fn sections(page: &mut Markup, diagnosis: &Diagnosis, language: Language) {
    let mut writer = Writer { page, language };
    if let Some((first, others)) = diagnosis.causes.split_first() {
        writer.first(first);
        writer.others(others);
    }
    writer.refusals(diagnosis);
    writer.ruled_out(diagnosis);
    timeline::timeline(writer.page, diagnosis, language);
    writer.wanting("section-missing", &headline::only_missing(diagnosis));
    writer.unread(diagnosis);
    writer.wanting("section-next", &diagnosis.next);
    writer.remarks(diagnosis);
    writer.read(diagnosis);
}

struct Writer<'a> {
    page: &'a mut Markup,
    language: Language,
}

impl Writer<'_> {
    fn say(&self, id: &str, arguments: &[(&'static str, &str)]) -> String {
        say(id, arguments, self.language)
    }

    fn heading(&mut self, id: &str) {
        let text = self.say(id, &[]);
        self.page.element("h2", "", &text).raw("\n");
    }

    fn first(&mut self, cause: &Cause) {
        if !cause.proof.is_empty() || cause.comparison.is_some() {
            self.heading("section-proof");
        }
        self.evidence(cause);
        if !cause.repair.is_empty() {
            self.heading("section-repair");
        }
        cause.repair.iter().for_each(|repair| self.repair(repair));
    }

    fn others(&mut self, causes: &[Cause]) {
        if !causes.is_empty() {
            self.heading("section-others");
        }
        for cause in causes {
            let title = headline::cause(cause, self.language);
            self.page.element("h3", "", &title).raw("\n");
            if let Some(question) = &cause.question {
                let text = self.say("headline-question", &[("question", &question.text)]);
                self.page.element("p", "note", &text).raw("\n");
            }
            self.evidence(cause);
            cause.repair.iter().for_each(|repair| self.repair(repair));
        }
    }

    fn evidence(&mut self, cause: &Cause) {
        cause.proof.iter().for_each(|line| self.proof(line));
        if let Some(comparison) = &cause.comparison {
            self.comparison(comparison);
        }
        let since = cause.since.map(|at| self.say("since", &[("at", &moment::second(at))]));
        let worked = cause.last_worked.map(|at| self.say("last-worked", &[("at", &moment::second(at))]));
        let explains = (cause.explains > 0).then(|| say_counted("explains", cause.explains, self.language));
        for fact in [since, worked, explains].into_iter().flatten() {
            self.page.element("p", "", &fact).raw("\n");
        }
    }

    fn proof(&mut self, line: &ProofLine) {
        self.page.element("p", "place", &format!("{}:{}", line.file, line.line)).raw("\n<pre>");
        let mark = line.mark.as_deref().filter(|mark| !mark.is_empty());
        let found = mark.and_then(|mark| line.text.find(mark).map(|at| at..at + mark.len()));
        self.marked(&line.text, found.as_slice());
        self.page.raw("</pre>\n");
        if let Some(note) = &line.note {
            self.page.element("p", "note", &note.text).raw("\n");
        }
    }

    fn comparison(&mut self, comparison: &Comparison) {
        let title = self.say("comparison-title", &[("field", &comparison.field)]);
        self.page.element("p", "", &title).raw("\n<table class=\"versus\">\n");
        let (wanted, presented) = differences(&comparison.wanted, &comparison.presented);
        let sides =
            [("label-wanted", &comparison.wanted, wanted), ("label-presented", &comparison.presented, presented)];
        for (id, text, marks) in sides {
            let label = self.say(id, &[]);
            self.page.raw("<tr>").open("th", &[("scope", "row")]).text(&label).raw("</th><td class=\"value\">");
            self.marked(text, &marks);
            self.page.raw("</td></tr>\n");
        }
        self.page.raw("</table>\n");
    }

    /// Text with parts marked; ranges are of octets, in order, on the borders of signs.
    fn marked(&mut self, text: &str, marks: &[Range<usize>]) {
        let mut at = 0;
        for mark in marks {
            self.page.text(text.get(at..mark.start).unwrap_or_default());
            self.page.element("mark", "", text.get(mark.clone()).unwrap_or_default());
            at = mark.end;
        }
        self.page.text(text.get(at..).unwrap_or_default());
    }

    fn repair(&mut self, repair: &Repair) {
        let side = self.say(lines::side(repair.side), &[]);
        let text = self.say("repair-at", &[("side", &side), ("what", &repair.what.text)]);
        self.page.element("p", "", &text).raw("\n");
        self.commands(&repair.commands);
    }

    fn commands(&mut self, commands: &[String]) {
        if !commands.is_empty() {
            self.page.raw("<pre><code>").text(&commands.join("\n")).raw("</code></pre>\n");
        }
    }

    fn refusals(&mut self, diagnosis: &Diagnosis) {
        if !diagnosis.refusals.is_empty() {
            self.heading("section-refusals");
        }
        for refusal in &diagnosis.refusals {
            let extent = headline::witnessed(refusal, self.language);
            self.page.raw("<p>").element("code", "refused", &refusal.reply).raw("<br>").text(&extent);
            let lists = [
                ("refusal-servers", &refusal.servers),
                ("refusal-connectors", &refusal.connectors),
                ("refusal-senders", &refusal.senders),
            ];
            for (id, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
                let text = self.say(id, &[("list", &list.join(", "))]);
                self.page.raw("<br>").element("span", "soft", &text);
            }
            self.page.raw("</p>\n");
        }
    }

    fn ruled_out(&mut self, diagnosis: &Diagnosis) {
        if diagnosis.ruled_out.is_empty() {
            return;
        }
        self.heading("section-ruled-out");
        self.page.raw("<ul>\n");
        for ruled_out in &diagnosis.ruled_out {
            self.page.raw("<li>").text(&format!("{}: {}", ruled_out.code, ruled_out.reason.text));
            for line in &ruled_out.proof {
                self.page.raw(" ").element("span", "place", &format!("{}:{}", line.file, line.line));
            }
            self.page.raw("</li>\n");
        }
        self.page.raw("</ul>\n");
    }

    fn wanting(&mut self, id: &str, list: &[Missing]) {
        if !list.is_empty() {
            self.heading(id);
        }
        for missing in list {
            self.page.element("p", "", &missing.what.text).raw("\n");
            self.commands(&missing.commands);
        }
    }

    fn unread(&mut self, diagnosis: &Diagnosis) {
        if diagnosis.unread.is_empty() {
            return;
        }
        self.heading("section-unread");
        self.page.raw("<ul>\n");
        for unread in &diagnosis.unread {
            let place = match unread.line {
                Some(line) => format!("{}:{line}", unread.file),
                None => unread.file.clone(),
            };
            self.page.raw("<li>").element("span", "place", &place).raw(" ").text(&unread.reason.text).raw("</li>\n");
        }
        self.page.raw("</ul>\n");
    }

    fn remarks(&mut self, diagnosis: &Diagnosis) {
        if !diagnosis.remarks.is_empty() {
            self.heading("section-remarks");
        }
        for remark in &diagnosis.remarks {
            self.page.element("p", "", &remark.text).raw("\n");
        }
    }

    fn read(&mut self, diagnosis: &Diagnosis) {
        if diagnosis.read.is_empty() {
            return;
        }
        self.heading("section-read");
        self.page.raw("<table>\n<tr>");
        for id in ["column-file", "column-kind", "column-records", "column-from", "column-to"] {
            let text = self.say(id, &[]);
            let class = if id == "column-records" { "count" } else { "" };
            self.page.open("th", &[("scope", "col"), ("class", class)]).text(&text).close("th");
        }
        self.page.raw("</tr>\n");
        for file in &diagnosis.read {
            let kinds: Vec<String> = file.kinds.iter().map(|kind| self.say(&format!("kind-{kind}"), &[])).collect();
            self.page.raw("<tr>").element("td", "", &file.file).element("td", "", &kinds.join(", "));
            self.page.element("td", "count", &file.records.to_string());
            for at in [file.from, file.to] {
                self.page.element("td", "", &at.map(moment::second).unwrap_or_default());
            }
            self.page.raw("</tr>\n");
        }
        self.page.raw("</table>\n");
    }
}
