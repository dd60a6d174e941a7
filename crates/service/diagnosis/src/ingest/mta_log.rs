//! Logs of Postfix, Exim and sendmail, as `proto-postfix` reads them. A log may have no year and no zone: its clock is told by
//! the first refusal that carries the far side's time; what was read before waits for it, up to a limit.

use std::sync::Arc;

use core_directory::unmap;
use proto_exchange::RemoteReply;
use proto_exchange::lines::{Line, Lines};
use proto_postfix::{
    Calibration, Delivery, LogReader, Program, Quoted, Result as Became, Stamp, Tls as SeenTls, program,
};

use super::address::{domain_of, reverse_path};
use super::whole::Whole;
use super::{Found, Intake};
use crate::evidence::{
    Attempt, Certificate, EvidenceKind, NextHop, Observed, Outcome, PostfixSettings, Proof, SourceId, Tls,
};

/// Most lines of a beginning that are asked whose they are.
const MAX_HEAD_LINES: usize = 200;

/// Most attempts that wait for the log's clock to be known; of earlier ones the time stays unknown.
const MAX_WAITING: usize = 5_000;

/// Whether a text is a log of Postfix, by its first lines of the three.
pub(crate) fn looks_like_postfix(head: &str) -> bool {
    first(head) == Some(Program::Postfix)
}

/// Whether a text is Exim's main log.
pub(crate) fn looks_like_exim(head: &str) -> bool {
    first(head) == Some(Program::Exim)
}

/// Whether a text is sendmail's log.
pub(crate) fn looks_like_sendmail(head: &str) -> bool {
    first(head) == Some(Program::Sendmail)
}

fn first(head: &str) -> Option<Program> {
    head.lines().take(MAX_HEAD_LINES).find_map(program)
}

/// Reads a log.
pub(crate) fn boxed() -> Box<dyn Intake> {
    Box::<MtaLog>::default()
}

#[derive(Default)]
struct MtaLog {
    reader: LogReader,
    lines: Lines,
    clock: Option<Calibration>,
    waiting: Vec<(Stamp, Attempt)>,
    is_undated: bool,
}

impl Intake for MtaLog {
    fn feed(&mut self, block: &[u8], found: &mut Found) {
        let mut lines = std::mem::take(&mut self.lines);
        lines.feed(block, &mut |number, line| self.line(number, &line, found));
        self.lines = lines;
    }

    fn finish(mut self: Box<Self>, found: &mut Found) {
        let mut lines = std::mem::take(&mut self.lines);
        lines.finish(&mut |number, line| self.line(number, &line, found));
        self.release(found);
        if self.is_undated {
            found.source.problem(None, "problem-log-undated", Vec::new());
        }
    }
}

impl MtaLog {
    fn line(&mut self, number: u64, line: &Line<'_>, found: &mut Found) {
        let Line::Text(text) = line else {
            return found.source.problem(Some(number), "problem-line-too-long", Vec::new());
        };
        let Some(delivery) = self.reader.line(number, text) else { return };
        let kind = kind(delivery.program);
        found.source.is(kind);
        found.source.records += 1;
        let stamp = delivery.stamp;
        let Some(mut attempt) = attempt(delivery, kind, found) else { return };
        let said = attempt.outcome.told_at();
        if let (Some(stamp), Some(said)) = (stamp, said) {
            self.clock = Calibration::of(stamp, said).or(self.clock);
        }
        attempt.at = stamp.and_then(|stamp| stamp.moment(self.clock)).or(said);
        match (stamp, attempt.at) {
            (Some(stamp), None) => {
                if self.waiting.len() >= MAX_WAITING {
                    self.release(found);
                }
                self.waiting.push((stamp, attempt));
            }
            _ => {
                self.release(found);
                add(attempt, found);
            }
        }
    }

    /// Gives what waits to the evidence, with its time if that is known by now.
    fn release(&mut self, found: &mut Found) {
        for (stamp, mut attempt) in self.waiting.drain(..) {
            attempt.at = stamp.moment(self.clock);
            let is_refused = matches!(&attempt.outcome, Outcome::Answered(reply, _) if reply.class.is_attribution());
            self.is_undated |= attempt.at.is_none() && is_refused;
            add(attempt, found);
        }
    }
}

fn add(attempt: Attempt, found: &mut Found) {
    if let Some(at) = attempt.at {
        found.source.saw(at);
    }
    found.evidence.attempts.add(attempt);
}

fn kind(program: Program) -> EvidenceKind {
    match program {
        Program::Postfix => EvidenceKind::PostfixLog,
        Program::Exim => EvidenceKind::EximLog,
        Program::Sendmail => EvidenceKind::SendmailLog,
    }
}

fn attempt(delivery: Delivery, kind: EvidenceKind, found: &mut Found) -> Option<Attempt> {
    let source = found.source.id;
    let outcome = match delivery.result {
        Became::Accepted => Outcome::Accepted,
        Became::Broken(words) => Outcome::Broken(words.into()),
        Became::Refused(text, stage) => match RemoteReply::find(&text) {
            Some(reply) => Outcome::Answered(Arc::new(reply), stage),
            None => {
                let text = vec![("text", text.chars().take(200).collect())];
                found.source.problem(Some(delivery.line.line), "problem-reply-unknown", text);
                return None;
            }
        },
    };
    let mut attempt = Attempt::new(kind, outcome, quote(&delivery.line, source));
    attempt.server = delivery.host.map(Into::into);
    attempt.connector = delivery.transport.map(Into::into);
    attempt.next_hop =
        NextHop { name: delivery.relay.name.map(Into::into), address: delivery.relay.address.map(unmap) };
    attempt.tls = match delivery.session.tls {
        SeenTls::On => Tls::On,
        SeenTls::NotOffered => Tls::NotOffered,
        SeenTls::NotUsed => Tls::NotUsed,
        SeenTls::Failed(words) => Tls::Failed(words.into()),
        SeenTls::Unknown => Tls::Unknown,
    };
    attempt.certificate = match delivery.session.presented_certificate {
        Some(true) => Certificate::SentUnnamed,
        Some(false) => Certificate::NotSent,
        None => Certificate::Unknown,
    };
    attempt.recipients.extend(delivery.recipient.as_deref().and_then(domain_of));
    attempt.several_domains = delivery.several_domains;
    if let Some(path) = &delivery.sender {
        attempt.mail_from = reverse_path(path);
    }
    attempt.proof.extend(delivery.session.lines.iter().chain(&delivery.sender_line).map(|line| quote(line, source)));
    Some(attempt)
}

fn quote(line: &Quoted, source: SourceId) -> Proof {
    Proof::new(source, line.line, &line.text)
}

/// Takes `postconf -n`, or main.cf.
pub(crate) fn settings() -> Box<dyn Intake> {
    Whole::boxed(read_settings)
}

fn read_settings(octets: &[u8], found: &mut Found) {
    let (settings, others) = proto_postfix::settings(&String::from_utf8_lossy(octets));
    for line in others {
        found.source.problem(Some(line), "problem-setting-line", Vec::new());
    }
    found.source.records += settings.len() as u64;
    let settings = settings.into_iter().map(|one| (one.name.into(), one.value.into(), one.line)).collect();
    let object = PostfixSettings { settings };
    found.evidence.configuration.postfix_settings.push(Observed { object, source: found.source.id });
}

#[cfg(test)]
mod tests;
