//! The answer as lines for a terminal.

use core_wording::{Language, differences, say, say_counted};

use super::excerpt::{Row, excerpt, value};
use super::line::{Line, Page, Style, columns};
use super::{headline, moment, timeline};
use crate::answer::{Cause, Certainty, Comparison, Diagnosis, Missing, ProofLine, Repair, RepairSide, Unread};

/// Most proof lines of the first cause that are shown; JSON and the page have all.
const MAX_PROOF: usize = 6;
/// Most spans of the timeline that are shown.
const MAX_SPANS: usize = 40;
/// Most places that were not understood that are shown.
const MAX_UNREAD: usize = 20;

/// The whole answer in lines, broken for a terminal of `width` columns. The diagnosis is [worded](Diagnosis::worded) before.
#[must_use]
pub fn lines(diagnosis: &Diagnosis, language: Language, width: usize) -> Vec<Line> {
    let mut writer = Writer { page: Page::new(width), language };
    // Unbroken, so that the second line is the repair whatever the width.
    for (style, text) in headline::headline(diagnosis, language) {
        writer.page.whole(style, 0, &text);
    }
    if let Some((first, others)) = diagnosis.causes.split_first() {
        writer.first(first);
        writer.others(others);
    }
    writer.refusals(diagnosis);
    writer.ruled_out(diagnosis);
    writer.timeline(diagnosis);
    writer.wanting("section-missing", &headline::only_missing(diagnosis), false);
    writer.unread(&diagnosis.unread);
    writer.wanting("section-next", &diagnosis.next, true);
    writer.remarks(diagnosis);
    writer.read(diagnosis);
    writer.page.into_lines()
}

pub(super) struct Writer {
    pub(super) page: Page,
    pub(super) language: Language,
}

impl Writer {
    fn say(&self, id: &str, arguments: &[(&'static str, &str)]) -> String {
        say(id, arguments, self.language)
    }

    fn heading(&mut self, id: &str) {
        let text = self.say(id, &[]);
        self.page.heading(&text);
    }

    fn first(&mut self, cause: &Cause) {
        if !cause.proof.is_empty() || cause.comparison.is_some() {
            self.heading("section-proof");
        }
        for line in cause.proof.iter().take(MAX_PROOF) {
            self.proof(line, 2);
        }
        if let Some(hidden) = cause.proof.len().checked_sub(MAX_PROOF).filter(|hidden| *hidden > 0) {
            let text = say_counted("more-proof", hidden as u64, self.language);
            self.page.write(Style::Plain, 2, &text);
        }
        if let Some(comparison) = &cause.comparison {
            self.comparison(comparison);
        }
        self.times(cause);
        if !cause.repair.is_empty() {
            self.heading("section-repair");
        }
        for repair in &cause.repair {
            self.repair(repair, 2);
        }
    }

    pub(super) fn proof(&mut self, line: &ProofLine, indent: usize) {
        self.page.whole(Style::Plain, indent, &format!("{}:{}", line.file, line.line));
        let rows = excerpt(&line.text, line.mark.as_deref(), self.page.room(indent + 2));
        let last = self.rows(rows, indent + 2);
        let Some(note) = &line.note else { return };
        // Behind the carets, if they are the last and there is room.
        if let Some(carets) =
            last.filter(|carets| columns(carets) + 1 + columns(&note.text) <= self.page.room(indent + 2))
        {
            self.page.pop();
            self.page.whole(Style::Notable, indent + 2, &format!("{carets} {}", note.text));
        } else {
            self.page.write(Style::Notable, indent + 2, &format!("= {}", note.text));
        }
    }

    /// Writes rows with their carets; gives the carets if they are what was written last.
    fn rows(&mut self, rows: Vec<Row>, indent: usize) -> Option<String> {
        let mut last = None;
        for row in rows {
            self.page.whole(Style::Plain, indent, &row.text);
            if let Some(carets) = &row.carets {
                self.page.whole(Style::Notable, indent, carets);
            }
            last = row.carets;
        }
        last
    }

    /// The two values above each other, what differs marked.
    fn comparison(&mut self, comparison: &Comparison) {
        let title = self.say("comparison-title", &[("field", &comparison.field)]);
        self.page.write(Style::Plain, 2, &title);
        let labels = ["label-wanted", "label-presented"].map(|id| self.say(id, &[]));
        let widest = labels.iter().map(|label| columns(label)).max().unwrap_or_default();
        let (wanted, presented) = differences(&comparison.wanted, &comparison.presented);
        let sides = [(&comparison.wanted, wanted), (&comparison.presented, presented)];
        for (label, (text, marks)) in labels.iter().zip(sides) {
            let room = self.page.room(4 + widest + 2);
            for (number, row) in value(text, &marks, room).into_iter().enumerate() {
                let label = if number == 0 { label.as_str() } else { "" };
                let fill = widest.saturating_sub(columns(label)) + 2;
                self.page.whole(Style::Plain, 4, &format!("{label}{:fill$}{}", "", row.text));
                if let Some(carets) = row.carets {
                    self.page.whole(Style::Notable, 4 + widest + 2, &carets);
                }
            }
        }
    }

    fn times(&mut self, cause: &Cause) {
        let mut facts = Vec::new();
        if let Some(since) = cause.since {
            facts.push(self.say("since", &[("at", &moment::second(since))]));
        }
        if let Some(worked) = cause.last_worked {
            facts.push(self.say("last-worked", &[("at", &moment::second(worked))]));
        }
        if cause.explains > 0 {
            facts.push(say_counted("explains", cause.explains, self.language));
        }
        for fact in facts {
            self.page.write(Style::Plain, 2, &fact);
        }
    }

    pub(super) fn repair(&mut self, repair: &Repair, indent: usize) {
        let side = self.say(side(repair.side), &[]);
        let text = self.say("repair-at", &[("side", &side), ("what", &repair.what.text)]);
        self.page.write(Style::Plain, indent, &text);
        self.page.commands(indent + 2, &repair.commands);
    }

    fn others(&mut self, causes: &[Cause]) {
        if !causes.is_empty() {
            self.heading("section-others");
        }
        for cause in causes {
            let text = headline::cause(cause, self.language);
            self.page.write(headline::style(cause.certainty), 2, &text);
            if let Some(line) = cause.proof.first() {
                self.proof(line, 4);
            }
            if let Some(question) = &cause.question {
                let text = self.say("headline-question", &[("question", &question.text)]);
                self.page.write(Style::Notable, 4, &text);
            }
            // Commands on a suspicion are for JSON and the page, where they do not drown what is sure.
            for repair in cause.repair.iter().filter(|_| cause.certainty > Certainty::Possible) {
                self.repair(repair, 4);
            }
        }
    }

    fn refusals(&mut self, diagnosis: &Diagnosis) {
        if !diagnosis.refusals.is_empty() {
            self.heading("section-refusals");
        }
        for refusal in &diagnosis.refusals {
            let extent = headline::witnessed(refusal, self.language);
            self.page.write(Style::Bad, 2, &refusal.reply);
            self.page.write(Style::Plain, 4, &extent);
            let lists = [
                ("refusal-servers", &refusal.servers),
                ("refusal-connectors", &refusal.connectors),
                ("refusal-senders", &refusal.senders),
            ];
            for (id, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
                let text = self.say(id, &[("list", &list.join(", "))]);
                self.page.write(Style::Plain, 4, &text);
            }
        }
    }

    fn ruled_out(&mut self, diagnosis: &Diagnosis) {
        if !diagnosis.ruled_out.is_empty() {
            self.heading("section-ruled-out");
        }
        for ruled_out in &diagnosis.ruled_out {
            let place =
                ruled_out.proof.first().map(|line| format!(" ({}:{})", line.file, line.line)).unwrap_or_default();
            self.page.write(Style::Plain, 2, &format!("{}: {}{place}", ruled_out.code, ruled_out.reason.text));
        }
    }

    fn timeline(&mut self, diagnosis: &Diagnosis) {
        if !diagnosis.timeline.is_empty() {
            self.heading("section-timeline");
        }
        let mut left = MAX_SPANS;
        for lane in diagnosis.timeline.iter().filter(|lane| !lane.spans.is_empty()) {
            if left == 0 {
                let text = self.say("more-timeline", &[]);
                self.page.write(Style::Plain, 2, &text);
                return;
            }
            self.page.write(Style::Plain, 2, &timeline::title(lane, self.language));
            for span in lane.spans.iter().take(left) {
                let (from, to) = (moment::minute(span.from), moment::minute(span.to));
                let (certificate, fate) =
                    (timeline::certificate(span, self.language), timeline::fate(span, self.language));
                let text = format!("{from} – {to}  {certificate}: {fate}");
                self.page.write(timeline::Fate::of(span).style(), 4, &text);
            }
            left = left.saturating_sub(lane.spans.len());
        }
    }

    pub(super) fn wanting(&mut self, id: &str, list: &[Missing], with_commands: bool) {
        if !list.is_empty() {
            self.heading(id);
        }
        for missing in list {
            self.page.write(Style::Plain, 2, &missing.what.text);
            if with_commands {
                self.page.commands(4, &missing.commands);
            }
        }
    }

    pub(super) fn unread(&mut self, unread: &[Unread]) {
        if !unread.is_empty() {
            self.heading("section-unread");
        }
        for one in unread.iter().take(MAX_UNREAD) {
            let place = match one.line {
                Some(line) => format!("{}:{line}", one.file),
                None => one.file.clone(),
            };
            self.page.write(Style::Plain, 2, &format!("{place}: {}", one.reason.text));
        }
        if let Some(hidden) = unread.len().checked_sub(MAX_UNREAD).filter(|hidden| *hidden > 0) {
            let text = say_counted("more-unread", hidden as u64, self.language);
            self.page.write(Style::Plain, 2, &text);
        }
    }

    fn remarks(&mut self, diagnosis: &Diagnosis) {
        if !diagnosis.remarks.is_empty() {
            self.heading("section-remarks");
        }
        for remark in &diagnosis.remarks {
            self.page.write(Style::Plain, 2, &remark.text);
        }
    }

    fn read(&mut self, diagnosis: &Diagnosis) {
        if diagnosis.read.is_empty() {
            return;
        }
        self.page.gap();
        let text = what_was_read(diagnosis, self.language);
        self.page.write(Style::Plain, 0, &text);
    }
}

/// The files in a line: `Read: 3 files, 12,345 records, from … to …`.
pub(super) fn what_was_read(diagnosis: &Diagnosis, language: Language) -> String {
    let files = say_counted("read-files", diagnosis.read.len() as u64, language);
    let records = diagnosis.read.iter().fold(0_u64, |sum, file| sum.saturating_add(file.records));
    let records = say_counted("read-records", records, language);
    let first = diagnosis.read.iter().filter_map(|file| file.from).min();
    let last = diagnosis.read.iter().filter_map(|file| file.to).max();
    let text = say("read", &[("files", &files), ("records", &records)], language);
    match (first, last) {
        (Some(first), Some(last)) => {
            let arguments = [("read", &*text), ("from", &moment::second(first)), ("to", &moment::second(last))];
            say("read-span", &arguments, language)
        }
        _ => text,
    }
}

/// The id of a side's name.
pub(super) fn side(side: RepairSide) -> &'static str {
    match side {
        RepairSide::ExchangeOnline => "side-exchange-online",
        RepairSide::ExchangeServer => "side-exchange-server",
        RepairSide::Exchange2010 => "side-exchange-2010",
        RepairSide::Postfix => "side-postfix",
        RepairSide::Postwarden => "side-postwarden",
        RepairSide::Network => "side-network",
    }
}
