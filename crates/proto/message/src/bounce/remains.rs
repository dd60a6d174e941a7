//! A bounce of which only the text is left. Labels are of every language, so nothing is read by them: a reply is three digits
//! and an enhanced status, a server is a name with dots, an address has an at sign, and their order tells the rest.
//!
//! ```text
//! <label>: mail.contoso.com                     the server that gave up
//! user@example.net                              the recipient
//! mx.example.net #550 5.7.64 … ##               2007, 2010
//! Remote Server returned '550 5.7.64 …'         2013 and later: English in every language
//! host mx.example.net [192.0.2.1]:              Exim, its reply in the next line
//! ```

use std::net::IpAddr;

use crate::parts::Line;

use super::{Failure, MAX_FAILURES, Placed, Remote, Report, Stage};

/// How far before a reply its recipient and servers are looked for, and behind it, in lines.
const REACH: usize = 30;

/// Most lines that one reply is spread over by programs that break lines.
const MAX_REPLY_LINES: usize = 4;

/// Longest line that is looked at, in octets.
const MAX_LINE: usize = 8 * 1024;

/// Reads what is left. `None` where no reply stands.
pub(super) fn read(lines: &[Line]) -> Option<Report> {
    let mut report = Report::default();
    let mut skip_to = 0;
    for (at, line) in lines.iter().enumerate() {
        if at < skip_to || report.failures.len() >= MAX_FAILURES {
            continue;
        }
        let Some(start) = reply_start(&line.text) else { continue };
        let before = lines.get(at.saturating_sub(REACH)..at).unwrap_or_default();
        let behind = lines.get(at + 1..(at + REACH).min(lines.len())).unwrap_or_default();
        let (text, taken) = whole(line.text.get(start..).unwrap_or_default(), behind);
        skip_to = at + 1 + taken;
        let failure = failure(&line.text, start, line.number, text, before);
        if report.generating_server.is_none() {
            report.generating_server = generating_server(before, behind, &failure);
        }
        report.failures.push(failure);
    }
    (!report.failures.is_empty()).then_some(report)
}

fn failure(line: &str, start: usize, number: u64, text: String, before: &[Line]) -> Failure {
    let own = line.get(..start).unwrap_or_default();
    // Exim and others break the line between the server and what it said.
    let previous = before.iter().rev().find(|line| !line.text.trim().is_empty()).map_or("", |line| &line.text);
    let remote = servers(own).pop().or_else(|| {
        let is_lead = own.trim().is_empty() && (previous.trim_end().ends_with(':') || is_bare_server(previous));
        if is_lead { servers(previous).pop() } else { None }
    });
    let lead: Vec<&str> = before.iter().rev().take(3).rev().map(|line| line.text.as_str()).collect();
    Failure {
        recipient: before.iter().rev().find_map(|line| bare_address(&line.text)).or_else(|| last_address(own)),
        action: None,
        stage: Stage::find(&text).or_else(|| Stage::find(own)).or_else(|| Stage::find(&lead.join(" "))),
        reply: Placed::new(number, &text),
        remote,
        at: None,
    }
}

/// Where in a line a reply begins: three digits, a blank, hyphen or `#`, an enhanced status, neither a success.
pub(super) fn reply_start(line: &str) -> Option<usize> {
    let octets = line.as_bytes().get(..MAX_LINE.min(line.len()))?;
    let whole = (0..octets.len()).find(|&at| {
        let begins =
            at == 0 || octets.get(at - 1).is_some_and(|octet| !octet.is_ascii_alphanumeric() && *octet != b'.');
        begins && octets.get(at..).is_some_and(is_reply)
    });
    whole.or_else(|| status_alone(line))
}

/// Send-MailMessage and whatever else is made of .NET's SmtpClient leave the three digits out: `… The server response was: 5.7.64
/// TenantAttribution; Relay Access Denied`.
fn status_alone(line: &str) -> Option<usize> {
    const LEAD: &str = "The server response was: ";
    let at = line.find(LEAD)? + LEAD.len();
    let begins = line.get(at..)?.starts_with(['4', '5']);
    (begins && line.get(at + 1..)?.starts_with('.')).then_some(at)
}

fn is_reply(octets: &[u8]) -> bool {
    let [b'4' | b'5', second, third, b' ' | b'-' | b'#', rest @ ..] = octets else { return false };
    if !second.is_ascii_digit() || !third.is_ascii_digit() {
        return false;
    }
    let mut parts = rest.splitn(3, |octet| *octet == b'.');
    let number = |part: Option<&[u8]>| {
        part.is_some_and(|part| (1..=3).contains(&part.len()) && part.iter().all(u8::is_ascii_digit))
    };
    // The classes may differ: Exchange writes `550 4.4.7` when it has tried long enough.
    let class = matches!(parts.next(), Some(b"4" | b"5"));
    let subject = number(parts.next());
    let detail = parts.next().map(|rest| rest.iter().take_while(|octet| octet.is_ascii_digit()).count());
    class && subject && detail.is_some_and(|digits| (1..=3).contains(&digits))
}

/// The reply with the lines behind it that belong to it, and how many those are.
fn whole(first: &str, behind: &[Line]) -> (String, usize) {
    let mut text = first.trim_end().to_owned();
    let mut taken = 0;
    for line in behind.iter().take(MAX_REPLY_LINES - 1) {
        let next = line.text.trim();
        let is_closed = text.ends_with(['\'', '#', ')', ']', '"']) && !next.starts_with(['[', '(']);
        let is_other =
            next.is_empty() || next.starts_with("---") || bare_address(next).is_some() || reply_start(next).is_some();
        if is_closed || is_other || is_labelled(next) || text.len() > MAX_LINE {
            break;
        }
        text.push(' ');
        text.push_str(next);
        taken += 1;
    }
    let text = text.trim_end_matches(['#', ' ']).trim_end_matches('\'').to_owned();
    (text, taken)
}

/// The server that wrote the bounce: alone behind a label, the nearest before the recipient; in the newer layout of Exchange
/// Online, the first behind the reply. One that refused is not it.
fn generating_server(before: &[Line], behind: &[Line], failure: &Failure) -> Option<Placed> {
    let remote = failure.remote.as_ref().and_then(|remote| remote.name.as_deref());
    let refused = |name: &str| remote == Some(name) || failure.reply.text.to_ascii_lowercase().contains(name);
    let labelled = |(at, lines): (usize, &[Line])| {
        let line = lines.get(at)?;
        let (label, value) = line.text.rsplit_once(':')?;
        if label.is_empty() || !label.contains(|c: char| c.is_alphabetic()) || label.len() > 80 {
            return None;
        }
        let below = lines.get(at + 1).filter(|_| value.trim().is_empty());
        let (number, value) = below.map_or((line.number, value), |below| (below.number, &below.text));
        let name = value.trim().trim_end_matches('.').to_ascii_lowercase();
        let is_it = is_server_name(&name) && !refused(&name);
        is_it.then_some(Placed { line: number, text: name })
    };
    let nearest = (0..before.len()).rev().find_map(|at| labelled((at, before)));
    nearest.or_else(|| (0..behind.len()).find_map(|at| labelled((at, behind))))
}

/// The servers named in a text, with their addresses: `host mx.example [192.0.2.1]`, `mx.example (192.0.2.1)`, `mx.example`.
pub(super) fn servers(text: &str) -> Vec<Remote> {
    let mut found: Vec<Remote> = Vec::new();
    let bounded = text.get(..text.floor_char_boundary(MAX_LINE.min(text.len()))).unwrap_or_default();
    for word in bounded.split([' ', '\t', '(', ')', '[', ']', '<', '>', '#', ';', ',', '\'', '"']) {
        let word = word.trim_end_matches([':', '.']).trim_start_matches("IPv6:");
        let name = word.to_ascii_lowercase();
        if let Ok(address) = word.parse::<IpAddr>() {
            match found.last_mut() {
                Some(last) if last.address.is_none() => last.address = Some(address),
                _ => found.push(Remote { name: None, address: Some(address) }),
            }
        } else if is_server_name(&name) {
            found.push(Remote { name: Some(name), address: None });
        }
    }
    found
}

/// A name with a dot whose last label is letters: no address, no date, no file, no word with a full stop.
fn is_server_name(name: &str) -> bool {
    let mut labels = name.split('.').rev();
    let last = labels.next().unwrap_or_default();
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_'))
    };
    let mut count = 0;
    let all = labels.all(|label| {
        count += 1;
        is_label(label)
    });
    all && count >= 1 && last.len() >= 2 && last.bytes().all(|octet| octet.is_ascii_alphabetic()) && name.len() <= 253
}

fn is_bare_server(line: &str) -> bool {
    let word = line.trim();
    let word = word.split_once(" (").map_or(word, |(word, _)| word);
    is_server_name(&word.to_ascii_lowercase())
}

/// `label: …` with one word before the colon or a few: no continuation of a reply.
fn is_labelled(line: &str) -> bool {
    line.split_once(':').is_some_and(|(label, rest)| {
        label.len() <= 60 && !label.contains(['[', '/', '.']) && (rest.is_empty() || rest.starts_with([' ', '\t']))
    })
}

/// An address alone in its line, perhaps with the link that mail programs add: `a@b`, `<a@b>`, `a@b<mailto:a@b>`, `a@b:`, or
/// in the brackets behind a name.
fn bare_address(line: &str) -> Option<String> {
    let line = line.trim().trim_end_matches([':', ',']);
    let line = line.split_once("<mailto:").map_or(line, |(address, _)| address);
    let inner = match line.rsplit_once(['<', '(']) {
        Some((_, rest)) => rest.strip_suffix(['>', ')'])?,
        None => line,
    };
    is_address(inner).then(|| inner.to_owned())
}

fn last_address(text: &str) -> Option<String> {
    let mut words = text.split([' ', '<', '>', '(', ')', ',', ';']);
    words.rfind(|word| is_address(word)).map(str::to_owned)
}

fn is_address(word: &str) -> bool {
    let Some((local, domain)) = word.rsplit_once('@') else { return false };
    !local.is_empty()
        && local.len() <= 64
        && !local.contains([' ', ':', '/'])
        && is_server_name(&domain.to_ascii_lowercase())
}
