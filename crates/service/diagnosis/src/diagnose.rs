//! From evidence to the answer: the causes, ranked, and beside them what was read, what was not, and the refusals.

use core_wording::Language;
use jiff::Timestamp;
use proto_exchange::RefusalClass;

use crate::answer::{Diagnosis, Message, ReadFile, RefusalSeen, Unread};
use crate::case::Case;
use crate::causes;
use crate::ceiling;
use crate::evidence::{AttemptGroup, Evidence, Outcome, Source, harmless};
use crate::far_side::FarSide;
use crate::passed_on;
use crate::timeline;

/// Finds the causes of refused mail. `now` is the time of diagnosis; certificates expire by it.
#[must_use]
pub fn diagnose(evidence: &Evidence, now: Timestamp) -> Diagnosis {
    let far = FarSide::new(evidence);
    let seen = (!far.is_relay()).then(|| passed_on::seen_by_exchange_online(evidence)).flatten();
    let case = Case::new(seen.as_ref().unwrap_or(evidence), far, now);
    let mut diagnosis = Diagnosis {
        read: read(evidence),
        unread: unread(evidence),
        refusals: refusals(evidence),
        timeline: timeline::lanes(evidence),
        ..Diagnosis::default()
    };
    causes::examine(&case, &mut diagnosis);
    ceiling::tell(&case, &mut diagnosis);
    diagnosis.each_command(&mut one_line);
    diagnosis
}

/// Makes a command one line. Names in commands come from dumps and logs: behind a line end in one, even in a line that only
/// explains, would stand a command of whoever wrote it.
pub(crate) fn one_line(command: &mut String) {
    if command.chars().any(|c| harmless(c) != c) {
        *command = command.chars().map(harmless).collect();
    }
}

pub(crate) fn read(evidence: &Evidence) -> Vec<ReadFile> {
    let one = |source: &Source| ReadFile {
        file: source.name.to_string(),
        kinds: source.kinds.iter().map(|kind| kind.name()).collect(),
        records: source.records,
        from: source.span.map(|(from, _)| from),
        to: source.span.map(|(_, to)| to),
    };
    evidence.sources.iter().filter(|source| !source.kinds.is_empty()).map(one).collect()
}

/// What of the evidence could not be read, with its texts.
#[must_use]
pub fn worded_unread(evidence: &Evidence, language: Language) -> Vec<Unread> {
    let mut unread = unread(evidence);
    unread.iter_mut().for_each(|one| one.reason.word(language));
    unread
}

pub(crate) fn unread(evidence: &Evidence) -> Vec<Unread> {
    let mut unread = Vec::new();
    for source in &evidence.sources {
        for problem in &source.problems {
            let arguments: Vec<(&'static str, &str)> =
                problem.arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let reason = Message::new(problem.code, &arguments);
            unread.push(Unread { file: source.name.to_string(), line: problem.line, reason });
        }
        if source.problems_not_told > 0 {
            let count = source.problems_not_told.to_string();
            let reason = Message::new("problem-more", &[("count", &count)]);
            unread.push(Unread { file: source.name.to_string(), line: None, reason });
        }
    }
    unread
}

/// Most refusals that are told apart. What is beyond counts to the first of its class.
const MAX_REFUSALS: usize = 32;

/// Every refusal that is about who may relay, one entry for each text of a reply and kind of file.
fn refusals(evidence: &Evidence) -> Vec<RefusalSeen> {
    let mut seen: Vec<(RefusalClass, RefusalSeen)> = Vec::new();
    for group in evidence.attempts.groups() {
        let Some(class) = group.key.class.filter(|class| *class != RefusalClass::Other) else { continue };
        let Outcome::Answered(reply, _) = &group.first.outcome else { continue };
        let (text, witness) = (without_place(&reply.text), group.key.witness.name());
        let is_full = seen.len() >= MAX_REFUSALS;
        let same = seen
            .iter_mut()
            .find(|(own, refusal)| *own == class && (is_full || refusal.reply == text && refusal.witness == witness));
        match same {
            Some((_, refusal)) => add(refusal, group),
            None => {
                let mut refusal = RefusalSeen {
                    reply: text.to_owned(),
                    witness,
                    count: 0,
                    first: None,
                    last: None,
                    servers: Vec::new(),
                    connectors: Vec::new(),
                    senders: Vec::new(),
                };
                add(&mut refusal, group);
                seen.push((class, refusal));
            }
        }
    }
    seen.into_iter().map(|(_, refusal)| refusal).collect()
}

/// A reply without the servers, times and references that follow it in brackets.
fn without_place(reply: &str) -> &str {
    let mut text = reply.trim_end();
    while let Some((before, _)) = text.rsplit_once(" [").filter(|_| text.ends_with(']')) {
        text = before.trim_end();
    }
    text
}

/// Most servers, connectors and senders that a summary names.
const MAX_NAMED: usize = 16;

fn add(refusal: &mut RefusalSeen, group: &AttemptGroup) {
    refusal.count += group.count;
    let earliest = [refusal.first, group.first.at].into_iter().flatten().min();
    (refusal.first, refusal.last) = (earliest, refusal.last.max(group.last.at));
    let name = |list: &mut Vec<String>, text: Option<&str>| {
        if let Some(text) = text.filter(|text| list.len() < MAX_NAMED && !list.iter().any(|known| known == text)) {
            list.push(text.to_owned());
        }
    };
    name(&mut refusal.servers, group.key.server.as_deref());
    name(&mut refusal.connectors, group.key.connector.as_deref());
    name(&mut refusal.senders, group.key.mail_from.as_deref());
}
