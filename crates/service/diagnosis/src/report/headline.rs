//! The answer in two lines: the cause and its repair; or, where no cause is found, what is known and what to bring next.

use core_wording::{Language, say, say_counted};

use super::line::Style;
use super::moment;
use crate::answer::{Cause, Certainty, Diagnosis, Missing, RefusalSeen};

/// The lines, each with how it looks. There are two; where a cause is only possible, a third one says what decides.
pub(super) fn headline(diagnosis: &Diagnosis, language: Language) -> Vec<(Style, String)> {
    match diagnosis.causes.first() {
        Some(cause) => of_cause(cause, language),
        None => vec![known(diagnosis, language), bring(diagnosis, language)],
    }
}

/// `Cause C01 (certain): …`.
pub(super) fn cause(cause: &Cause, language: Language) -> String {
    let certainty = certainty(cause.certainty, language);
    let arguments = [("code", cause.code), ("certainty", &*certainty), ("statement", &*cause.statement.text)];
    say("headline-cause", &arguments, language)
}

/// How sure, in a word.
pub(super) fn certainty(certainty: Certainty, language: Language) -> String {
    let id = match certainty {
        Certainty::Certain => "certainty-certain",
        Certainty::Likely => "certainty-likely",
        Certainty::Possible => "certainty-possible",
    };
    say(id, &[], language)
}

/// The colour of a cause: what is only possible is no alarm.
pub(super) fn style(certainty: Certainty) -> Style {
    if certainty == Certainty::Possible { Style::Notable } else { Style::Bad }
}

/// `Repair: …`.
pub(super) fn repair(cause: &Cause, language: Language) -> Option<String> {
    let repair = cause.repair.first()?;
    Some(say("repair", &[("instruction", &repair.what.text)], language))
}

/// The same, and which kind of file shows them: the same mail may stand in several.
pub(super) fn witnessed(refusal: &RefusalSeen, language: Language) -> String {
    let kind = say(&format!("kind-{}", refusal.witness), &[], language);
    say("refusal-witness", &[("extent", &extent(refusal, language)), ("kind", &kind)], language)
}

/// What is missing, without what stands among the next things to do, so that nothing is told twice.
pub(super) fn only_missing(diagnosis: &Diagnosis) -> Vec<Missing> {
    let is_next = |missing: &Missing| diagnosis.next.iter().any(|next| next.what == missing.what);
    diagnosis.missing.iter().filter(|missing| !is_next(missing)).cloned().collect()
}

/// The refusal that the answer is about: the one that the first cause quotes, else what is final before what is put off, and the
/// most frequent.
pub(super) fn telling_refusal(diagnosis: &Diagnosis) -> Option<&RefusalSeen> {
    let proof = diagnosis.causes.first().map(|cause| cause.proof.as_slice()).unwrap_or_default();
    let is_quoted = |refusal: &RefusalSeen| proof.iter().any(|line| line.text.contains(&refusal.reply));
    diagnosis.refusals.iter().max_by_key(|refusal| (is_quoted(refusal), refusal.reply.starts_with('5'), refusal.count))
}

/// How many refusals, and when: `12 refusals, 2026-01-05 09:30:00 UTC to 2026-01-05 11:00:00 UTC`.
fn extent(refusal: &RefusalSeen, language: Language) -> String {
    let times = say_counted("refusals-counted", refusal.count, language);
    match (refusal.first, refusal.last) {
        (Some(first), Some(last)) if first == last => {
            say("extent-at", &[("times", &times), ("at", &moment::second(first))], language)
        }
        (Some(first), Some(last)) => {
            let arguments = [("times", &*times), ("from", &moment::second(first)), ("to", &moment::second(last))];
            say("extent-span", &arguments, language)
        }
        _ => times,
    }
}

fn of_cause(first: &Cause, language: Language) -> Vec<(Style, String)> {
    let mut lines = vec![(style(first.certainty), cause(first, language))];
    if let Some(repair) = repair(first, language) {
        lines.push((Style::Strong, repair));
    }
    if let Some(question) = &first.question {
        lines.push((Style::Notable, say("headline-question", &[("question", &question.text)], language)));
    }
    lines
}

/// What is known without a cause.
fn known(diagnosis: &Diagnosis, language: Language) -> (Style, String) {
    match telling_refusal(diagnosis) {
        Some(refusal) => {
            let arguments = [("reply", &*refusal.reply), ("extent", &extent(refusal, language))];
            (Style::Notable, say("headline-refused", &arguments, language))
        }
        None if diagnosis.read.is_empty() => (Style::Notable, say("headline-nothing-read", &[], language)),
        None => (Style::Plain, say("headline-no-refusal", &[], language)),
    }
}

fn bring(diagnosis: &Diagnosis, language: Language) -> (Style, String) {
    match diagnosis.next.first().or(diagnosis.missing.first()) {
        Some(next) => (Style::Strong, say("headline-bring", &[("what", &next.what.text)], language)),
        None if diagnosis.read.is_empty() => (Style::Strong, say("headline-bring-anything", &[], language)),
        None => (Style::Plain, say("headline-no-repair", &[], language)),
    }
}
