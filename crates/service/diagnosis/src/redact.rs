//! The answer without names: to ask in public, or to send to a maker. What is not known to be public is masked: every word
//! that is not in a list of plain and technical words, every domain, address, mailbox, thumbprint and number of a session.
//! The same value has the same mask all over the answer, and relations stay: `mail.contoso.com` is `host-1.domain-1.example`,
//! addresses of one network stay in one network.
//!
//! It works on an answer that is not worded yet, so that only values are masked and no text of ours. Codes, counts, times and
//! names of Microsoft's own servers stay. It must not mask by a list of what is known to be private: that would leave what
//! nobody thought of.

mod masks;
mod words;

#[cfg(test)]
mod tests;

use self::masks::Masks;
use self::words::Place;
use crate::answer::{Cause, Diagnosis, Message, ProofLine};

/// Masks an answer that is not [worded](Diagnosis::worded) yet.
#[must_use]
pub fn redact(mut diagnosis: Diagnosis) -> Diagnosis {
    let mut masks = Masks::default();
    values(&mut diagnosis, &mut masks);
    // Commands come last: in their explanations only words are masked that were found elsewhere.
    commands(&mut diagnosis, &mut masks);
    diagnosis
}

fn values(diagnosis: &mut Diagnosis, masks: &mut Masks) {
    diagnosis.causes.iter_mut().for_each(|cause| of_cause(cause, masks));
    for ruled_out in &mut diagnosis.ruled_out {
        of_proof(&mut ruled_out.proof, masks);
    }
    for refusal in &mut diagnosis.refusals {
        masks.value(&mut refusal.reply);
        let lists = [&mut refusal.servers, &mut refusal.connectors, &mut refusal.senders];
        lists.into_iter().flatten().for_each(|value| masks.value(value));
    }
    for lane in &mut diagnosis.timeline {
        masks.value(&mut lane.server);
        masks.value(&mut lane.connector);
        for span in &mut lane.spans {
            masks.value(&mut span.certificate);
            masks.value(&mut span.thumbprint);
        }
    }
    diagnosis.read.iter_mut().for_each(|read| masks.value(&mut read.file));
    diagnosis.unread.iter_mut().for_each(|unread| masks.value(&mut unread.file));
    diagnosis.each_message(&mut |message| of_message(message, masks));
}

fn of_cause(cause: &mut Cause, masks: &mut Masks) {
    of_proof(&mut cause.proof, masks);
    if let Some(comparison) = &mut cause.comparison {
        let values = [&mut comparison.field, &mut comparison.wanted, &mut comparison.presented];
        values.into_iter().for_each(|value| masks.value(value));
    }
}

fn of_proof(proof: &mut [ProofLine], masks: &mut Masks) {
    for line in proof {
        masks.value(&mut line.file);
        masks.value(&mut line.text);
        line.mark.iter_mut().for_each(|mark| masks.value(mark));
        // A part that was cut within a word is not found any more.
        line.mark = line.mark.take().filter(|mark| line.text.contains(mark.as_str()));
    }
}

fn of_message(message: &mut Message, masks: &mut Masks) {
    message.text.clear();
    message.arguments.values_mut().for_each(|value| masks.value(value));
}

fn commands(diagnosis: &mut Diagnosis, masks: &mut Masks) {
    diagnosis.each_command(&mut |command| {
        let place = if command.trim_start().starts_with('#') { Place::Explanation } else { Place::Command };
        *command = words::masked(command, place, masks);
    });
}
