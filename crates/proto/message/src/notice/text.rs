//! The part for people: what happened to whom, in whose words, and what to do. English; the whole reply is quoted, since
//! whoever is asked for help needs it.

use super::advice::advice;
use super::returned::Returned;
use super::{FailureCause, MAX_ADDRESS, MAX_RETURNED_HEADER, Notice, NoticeKind, NoticeRecipient, SaidBy, told_reply};
use crate::date::date;
use crate::header_text::{host, text_line};

/// Where prose is broken, in characters.
const WIDTH: usize = 76;

/// Most characters of a next hop that are shown: a name, an address, a port.
const MAX_NEXT_HOP: usize = 320;

/// Writes the part.
pub fn write(notice: &Notice<'_>, returned: &Returned) -> String {
    let mut out = String::new();
    paragraph(&format!("This is the mail system at {}.", host(notice.hostname)), "", &mut out);
    let whom = if notice.recipients.len() == 1 { "this recipient" } else { "these recipients" };
    paragraph(&what(notice, whom), "", &mut out);
    for (place, told) in notice.recipients.iter().enumerate() {
        recipient(notice.kind, place, told, &mut out);
    }
    paragraph(&last(notice, returned), "", &mut out);
    out
}

fn what(notice: &Notice<'_>, whom: &str) -> String {
    let arrived = date(notice.arrived);
    match notice.kind {
        NoticeKind::Failed => {
            format!("Your message that arrived here on {arrived} could not be delivered to {whom}:")
        }
        NoticeKind::Delayed { retry_until } => format!(
            "You need not send it again: your message that arrived here on {arrived} \
             has not been delivered to {whom} yet. It is tried again and again until {}; if that fails, you will be told.",
            date(retry_until)
        ),
        NoticeKind::Relayed => format!(
            "Your message that arrived here on {arrived} was passed on for {whom}, as you asked to be told. The system that \
             took it does not tell what becomes of it, so that you will hear no more of it from us, unless it is refused \
             there later:"
        ),
    }
}

fn recipient(kind: NoticeKind, place: usize, told: &NoticeRecipient<'_>, out: &mut String) {
    out.push_str(&format!("  {}\r\n", text_line(told.address, MAX_ADDRESS)));
    wrapped(&who_said(kind, told), "    ", out);
    for line in String::from_utf8_lossy(&told_reply(place, told.reply).to_bytes()).lines() {
        out.push_str(&format!("      {}\r\n", text_line(line, usize::MAX)));
    }
    match kind {
        NoticeKind::Failed => paragraph(advice(told.reply, told.cause), "    ", out),
        NoticeKind::Delayed { .. } => {
            paragraph("You need do nothing. If it is urgent, reach the recipient another way.", "    ", out);
        }
        NoticeKind::Relayed => out.push_str("\r\n"),
    }
}

fn who_said(kind: NoticeKind, told: &NoticeRecipient<'_>) -> String {
    let hop = |hop: &str| text_line(hop, MAX_NEXT_HOP);
    match (kind, told.said_by, told.cause) {
        (NoticeKind::Failed, SaidBy::NextHop(next_hop), FailureCause::Final) => {
            format!("{} refused the message:", hop(next_hop))
        }
        (NoticeKind::Failed, SaidBy::NextHop(next_hop), FailureCause::Expired) => {
            format!("{} did not take the message, and we have stopped trying. It last said:", hop(next_hop))
        }
        (NoticeKind::Failed, SaidBy::Us, FailureCause::Final) => "The message cannot be handed on:".to_owned(),
        (NoticeKind::Failed, SaidBy::Us, FailureCause::Expired) => {
            "It could not be handed on, and we have stopped trying:".to_owned()
        }
        (NoticeKind::Delayed { .. }, SaidBy::NextHop(next_hop), _) => {
            format!("{} does not take the message at present. It last said:", hop(next_hop))
        }
        (NoticeKind::Delayed { .. }, SaidBy::Us, _) => "It cannot be handed on at present:".to_owned(),
        (NoticeKind::Relayed, SaidBy::NextHop(next_hop), _) => format!("{} took it:", hop(next_hop)),
        (NoticeKind::Relayed, SaidBy::Us, _) => "It was taken:".to_owned(),
    }
}

/// What else there is to know: of the other recipients, of what is attached.
fn last(notice: &Notice<'_>, returned: &Returned) -> String {
    let others = match notice.kind {
        NoticeKind::Failed => "Everybody else to whom the message was addressed is not affected. ",
        NoticeKind::Delayed { .. } | NoticeKind::Relayed => "",
    };
    let whose = if others.is_empty() { "The message's header" } else { "Its header" };
    let attached = match returned {
        Returned::Message(_) => "The message is attached.".to_owned(),
        Returned::Header { cut: false, .. } => format!("{whose} is attached; the message itself is not."),
        Returned::Header { cut: true, .. } => {
            format!("{whose} is attached, the first {MAX_RETURNED_HEADER} octets of it; the message itself is not.")
        }
    };
    format!("{others}{attached} Our reference for it is {}.", host(notice.original_reference))
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
