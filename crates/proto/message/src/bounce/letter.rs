//! A letter that somebody hands over: which of its parts report, which are the header of the message that came back.

use jiff::Timestamp;

use super::quotation::unquoted;
use super::{Placed, Report, remains, status};
use crate::fields::{Fields, date_time, field};
use crate::parts::{Line, Part, Parts, parts};

/// Fewest fields that make lines of text a header: one or two may be prose with a colon.
const MIN_PASTED_FIELDS: usize = 3;

/// Most lines that are looked at for the beginning of a message.
const MAX_PREFACE: usize = 60;

/// Fields of which a header has one at least.
const TELLING: [&str; 7] = ["received", "return-path", "message-id", "from", "date", "subject", "mime-version"];

/// What a letter holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// Bounces: in it, attached to it, quoted in its text.
    pub reports: Vec<Report>,
    /// Headers of messages that are no bounce: its own, of attached ones, pasted ones.
    pub headers: Vec<Fields>,
    /// Whether there is more than was looked at.
    pub is_cut: bool,
}

/// Reads a message, or the text of one. Total: what holds neither report nor header is an empty letter.
#[must_use]
pub fn read(octets: &[u8]) -> Letter {
    let taken = decoded(octets);
    let mut reading = Reading { is_cut: taken.is_cut, ..Reading::default() };
    for part in taken.parts {
        reading.part(part);
    }
    reading.finish()
}

/// The parts of a letter, decoded, also where somebody wrote lines above its header: for whoever looks for something in its
/// texts that is no part of a report.
#[must_use]
pub fn decoded(octets: &[u8]) -> Parts {
    parts(octets, preface(octets))
}

/// How many lines somebody wrote above a message: its header begins behind them, and no bounce has begun in them.
fn preface(octets: &[u8]) -> u64 {
    let lines: Vec<String> = octets
        .split(|octet| *octet == b'\n')
        .take(MAX_PREFACE)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    let is_bounce = |line: &String| {
        remains::reply_start(line).is_some() || field(line).is_some_and(|(name, _)| status::is_field(name))
    };
    let end = lines.iter().position(is_bounce).unwrap_or(lines.len());
    let begins = |at: &usize| {
        let mut header = Fields::default();
        let rest = lines.iter().skip(*at);
        let _ = rest.take_while(|line| header.push(1, line.trim_end_matches('\r'))).count();
        header.len() >= MIN_PASTED_FIELDS && is_header(&header)
    };
    (0..end).find(begins).map_or(0, |at| at as u64)
}

#[derive(Default)]
struct Reading {
    reports: Vec<Report>,
    headers: Vec<Fields>,
    is_cut: bool,
    /// Text since the last report, not yet known to matter.
    text: Vec<Line>,
    /// HTML, for letters that have nothing else.
    html: Vec<Line>,
    /// When the letter around was written.
    written: Option<Timestamp>,
}

impl Reading {
    fn part(&mut self, part: Part) {
        let Part { media_type, is_message, header, mut lines } = part;
        let is_status = matches!(&*media_type, "message/delivery-status" | "message/global-delivery-status");
        // Gateways leave out the empty line between a part's header and its fields, and people paste them without any.
        let status_in_header = header.iter().any(|field| status::is_field(&field.name));
        if is_status || status_in_header {
            let mut fields = as_lines(&header);
            fields.append(&mut lines);
            self.report(status::read(&fields), fields);
            return;
        }
        if is_message && is_header(&header) {
            self.header(header);
        } else if is_message {
            self.text.extend(as_lines(&header));
        }
        match &*media_type {
            "text/rfc822-headers" | "message/global-headers" => {
                pasted_headers(&lines).into_iter().for_each(|header| self.header(header));
            }
            "text/html" => self.html.append(&mut lines),
            _ => self.text.append(&mut lines),
        }
    }

    fn header(&mut self, header: Fields) {
        match self.reports.last_mut() {
            // The header behind a report is that of the message that came back.
            Some(report) if report.returned.is_none() => report.returned = Some(header),
            _ => {
                self.written = header.get("date").and_then(|field| date_time(&field.value)).or(self.written);
                self.headers.push(header);
            }
        }
    }

    fn report(&mut self, report: Option<Report>, fields: Vec<Line>) {
        let Some(mut report) = report else {
            self.text.extend(fields);
            return;
        };
        // The text before repeats in prose what the status says in fields; it is needed where only it has the last error.
        let text = std::mem::take(&mut self.text);
        if let Some(told) = remains::read(&unquoted(&text)) {
            status::supplement(&mut report, told);
        }
        self.html.clear();
        report.at = self.written.or(report.at);
        report.returned = pasted_headers(&fields).into_iter().next();
        self.reports.push(report);
    }

    fn finish(mut self) -> Letter {
        let mut text = unquoted(&std::mem::take(&mut self.text));
        if text.iter().all(|line| line.text.trim().is_empty()) {
            text = unquoted(&without_tags(&self.html));
        }
        // Behind a report's status there is only what came back, whose text may quote anything.
        if self.reports.is_empty() {
            if let Some(mut report) = status::read(&text) {
                if let Some(told) = remains::read(&text) {
                    status::supplement(&mut report, told);
                }
                self.text_report(report, &text);
            } else if let Some(report) = remains::read(&text) {
                self.text_report(report, &text);
            } else {
                self.headers.extend(pasted_headers(&text));
            }
        }
        let bounces = !self.reports.is_empty();
        let headers = if bounces { Vec::new() } else { self.headers };
        Letter { reports: self.reports, headers, is_cut: self.is_cut }
    }

    fn text_report(&mut self, mut report: Report, text: &[Line]) {
        let behind = report.failures.iter().map(|failure| failure.reply.line).min().unwrap_or_default();
        let rest: Vec<Line> = text.iter().filter(|line| line.number >= behind).cloned().collect();
        report.returned = pasted_headers(&rest).into_iter().next();
        report.at = report.at.or(self.written);
        self.reports.push(report);
    }
}

fn is_header(header: &Fields) -> bool {
    TELLING.iter().any(|name| header.get(name).is_some()) || header.get("content-type").is_some()
}

fn as_lines(header: &Fields) -> Vec<Line> {
    header.iter().map(|field| Line { number: field.line, text: format!("{}: {}", field.name, field.value) }).collect()
}

/// Headers that stand in text: runs of fields, one of which is such as every message has.
pub(super) fn pasted_headers(lines: &[Line]) -> Vec<Fields> {
    let mut headers = Vec::new();
    let mut run = Fields::default();
    let mut end = |run: Fields| {
        let has_telling = TELLING.iter().any(|name| run.get(name).is_some());
        let is_exchange =
            run.iter().any(|field| field.name.starts_with("x-ms-exchange-") || field.name.starts_with("x-eop"));
        if is_exchange || (run.len() >= MIN_PASTED_FIELDS && has_telling) {
            headers.push(run);
        }
    };
    for line in lines {
        let is_report = field(&line.text).is_some_and(|(name, _)| status::is_field(name));
        if is_report || line.text.trim().is_empty() || !run.push(line.number, &line.text) {
            end(std::mem::take(&mut run));
        }
    }
    end(run);
    headers
}

/// HTML as text: tags away, the end of a block the end of a line. Only for statuses and names, so entities but a few stay.
fn without_tags(lines: &[Line]) -> Vec<Line> {
    let mut plain = Vec::new();
    let mut open: Option<Line> = None;
    let mut in_tag = false;
    for line in lines {
        let mut tag = String::new();
        for sign in line.text.chars() {
            match (sign, in_tag) {
                ('<', false) => (in_tag, tag) = (true, String::new()),
                ('>', true) => {
                    in_tag = false;
                    let name =
                        tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default().to_ascii_lowercase();
                    if matches!(&*name, "br" | "p" | "div" | "tr" | "td" | "li" | "h1" | "h2" | "h3") {
                        plain.extend(open.take());
                    }
                }
                (sign, true) if tag.len() < 16 => tag.push(sign),
                (_, true) => {}
                (sign, false) => {
                    open.get_or_insert_with(|| Line { number: line.number, text: String::new() }).text.push(sign);
                }
            }
        }
        if let Some(open) = open.as_mut() {
            open.text.push(' ');
        }
    }
    plain.extend(open);
    for line in &mut plain {
        line.text = line.text.replace("&#39;", "'").replace("&quot;", "\"").replace("&nbsp;", " ").replace("&lt;", "<");
        line.text = line.text.replace("&gt;", ">").replace("&amp;", "&");
    }
    plain
}

impl Placed {
    pub(super) fn new(line: u64, text: &str) -> Self {
        Self { line, text: text.trim().to_owned() }
    }
}
