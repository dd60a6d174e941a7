//! Statuses and last errors by themselves, as they are copied out of a queue viewer or a ticket: lines with
//! `[{LED=…};{MSG=…};…]`, or `LastError : 451 4.4.0 …`. Whose mail they are about stands nowhere.

use proto_exchange::lines::{Line, Lines};
use proto_exchange::tracking_log::{RecipientStatus, split_statuses};
use proto_exchange::{RefusalClass, RemoteReply};

use super::{Found, Intake, queue};

/// Names of properties that such a line may begin with.
const NAMES: [&str; 3] = ["LastError", "RecipientStatus", "Reason"];

/// Longest line that is put together of a line and those indented below it, in octets.
const MAX_LENGTH: usize = 16 * 1024;

/// Whether a text has a line with a last error in it.
pub(super) fn looks_so(text: &str) -> bool {
    text.lines().any(|line| {
        let line = without_label(line);
        is_wrapped(line) || line.starts_with("LastError") && value(line).is_some_and(begins_with_reply)
    })
}

/// Reads lines.
#[derive(Debug, Default)]
pub(super) struct StatusLines {
    lines: Lines,
    /// What was put together, with its first line.
    open: (u64, String),
}

pub(super) fn boxed() -> Box<dyn Intake> {
    Box::<StatusLines>::default()
}

impl StatusLines {
    fn line(&mut self, number: u64, line: &Line<'_>, found: &mut Found) {
        let Line::Text(text) = line else {
            return found.source.problem(Some(number), "problem-line-too-long", Vec::new());
        };
        if text.starts_with([' ', '\t']) && !text.trim().is_empty() && self.open.1.len() + text.len() < MAX_LENGTH {
            self.open.1.push(' ');
            self.open.1.push_str(text.trim());
        } else {
            self.end(found);
            self.open = (number, text.to_string());
        }
    }

    fn end(&mut self, found: &mut Found) {
        let (number, text) = std::mem::take(&mut self.open);
        let line = without_label(text.trim_end());
        let value = value(line).unwrap_or(line);
        if is_wrapped(value) {
            let statuses = value.find(['[', '{', '<']).and_then(|at| value.get(at..)).unwrap_or(value);
            split_statuses(statuses).iter().for_each(|status| take(status, number, found));
        } else if begins_with_reply(value) {
            take(value, number, found);
        }
    }
}

impl Intake for StatusLines {
    fn feed(&mut self, block: &[u8], found: &mut Found) {
        let mut lines = std::mem::take(&mut self.lines);
        lines.feed(block, &mut |number, line| self.line(number, &line, found));
        self.lines = lines;
    }

    fn finish(mut self: Box<Self>, found: &mut Found) {
        let mut lines = std::mem::take(&mut self.lines);
        lines.finish(&mut |number, line| self.line(number, &line, found));
        self.end(found);
    }
}

/// What Exchange says itself (`RESOLVER.…`) never went out, and is no attempt: it names no host.
fn take(status: &str, line: u64, found: &mut Found) {
    found.source.records += 1;
    let parts = RecipientStatus::parse(status);
    let reply = RemoteReply::find(parts.last_error);
    if reply.is_some_and(|reply| reply.class != RefusalClass::Other || parts.fqdn.is_some()) {
        queue::take_error("", None, None, status, line, found);
    }
}

/// A line without the mark of a list, `(a) `.
fn without_label(line: &str) -> &str {
    let line = line.trim_start();
    let label = line.strip_prefix('(').and_then(|rest| rest.split_once(") ")).filter(|(label, _)| label.len() <= 2);
    label.map_or(line, |(_, rest)| rest)
}

/// The value of a property in a line.
fn value(line: &str) -> Option<&str> {
    let (name, value) = line.split_once(':')?;
    NAMES.contains(&name.trim()).then(|| value.trim())
}

fn is_wrapped(line: &str) -> bool {
    let status = RecipientStatus::parse(line);
    status.last_error != line.trim() && begins_with_reply(status.last_error)
}

fn begins_with_reply(text: &str) -> bool {
    text.len() > 3 && text.bytes().take(3).all(|octet| octet.is_ascii_digit()) && RemoteReply::find(text).is_some()
}
