//! The part for people: what happened to whom, in whose words, and what to do. English; the whole reply is quoted, since
//! whoever is asked for help needs it.

use super::advice::advice;
use super::{Bounce, FailedRecipient, FailureCause, MAX_ADDRESS, MAX_RETURNED_HEADER, SaidBy, told_reply};
use crate::date::date;
use crate::header_text::{ascii_line, host};

/// Where prose is broken, in characters.
const WIDTH: usize = 76;

/// Most characters of a next hop that are shown: a name, an address, a port.
const MAX_NEXT_HOP: usize = 320;

/// Writes the part. `cut` says that the returned header is not whole.
pub fn write(bounce: &Bounce<'_>, cut: bool) -> String {
    let mut out = String::new();
    paragraph(&format!("This is the mail system at {}.", host(bounce.hostname)), "", &mut out);
    let whom = if bounce.failures.len() == 1 { "this recipient" } else { "these recipients" };
    let what = format!("Your message that arrived here on {} could not be delivered to {whom}:", date(bounce.arrived));
    paragraph(&what, "", &mut out);
    for (place, failure) in bounce.failures.iter().enumerate() {
        recipient(place, failure, &mut out);
    }
    let last = format!(
        "Everybody else to whom the message was addressed is not affected. Its header is attached{}; the message itself \
         is not. Our reference for it is {}.",
        if cut { format!(", the first {MAX_RETURNED_HEADER} octets of it") } else { String::new() },
        host(bounce.original_reference),
    );
    paragraph(&last, "", &mut out);
    out
}

fn recipient(place: usize, failure: &FailedRecipient<'_>, out: &mut String) {
    out.push_str(&format!("  {}\r\n", printable(failure.address, MAX_ADDRESS)));
    let hop = |hop: &str| printable(hop, MAX_NEXT_HOP);
    let what = match (failure.said_by, failure.cause) {
        (SaidBy::NextHop(next_hop), FailureCause::Final) => format!("{} refused the message:", hop(next_hop)),
        (SaidBy::NextHop(next_hop), FailureCause::Expired) => {
            format!("{} did not take the message, and we have stopped trying. It last said:", hop(next_hop))
        }
        (SaidBy::Us, FailureCause::Final) => "The message cannot be handed on:".to_owned(),
        (SaidBy::Us, FailureCause::Expired) => "It could not be handed on, and we have stopped trying:".to_owned(),
    };
    wrapped(&what, "    ", out);
    for line in String::from_utf8_lossy(&told_reply(place, failure.reply).to_bytes()).lines() {
        out.push_str(&format!("      {}\r\n", printable(line, usize::MAX)));
    }
    paragraph(advice(failure.reply, failure.cause), "    ", out);
}

/// One line of text in any language without control characters.
fn printable(text: &str, limit: usize) -> String {
    if text.is_ascii() {
        return ascii_line(text, limit);
    }
    text.chars().take(limit).map(|c| if c.is_control() { '?' } else { c }).collect()
}

fn paragraph(text: &str, indent: &str, out: &mut String) {
    wrapped(text, indent, out);
    out.push_str("\r\n");
}

/// Breaks a text at its spaces.
fn wrapped(text: &str, indent: &str, out: &mut String) {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && indent.len() + line.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push_str(&format!("{indent}{line}\r\n"));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    out.push_str(&format!("{indent}{line}\r\n"));
}
