//! References in what somebody pastes: a reply, or a bounce in whatever shape it arrived. Found by the `[host time reference]`
//! with which each of our replies ends, never by prose.

use std::collections::BTreeSet;

use jiff::Timestamp;
use proto_message::bounce;
use proto_message::parts::{Part, parts};

/// Most references of one text that are asked for: a bounce to many recipients quotes one each.
const MAX_REFERENCES: usize = 16;

/// Longest text between the brackets in octets: names end at 253, and HTML may link the name.
const MAX_BRACKET: usize = 2_048;

/// Messages within encoded messages that are followed.
const MAX_WRAPPINGS: usize = 3;

/// Headers under which a text is read once more, for a body that was pasted without its own.
const ENCODINGS: [&[u8]; 2] =
    [b"Content-Transfer-Encoding: quoted-printable\n\n", b"Content-Transfer-Encoding: base64\n\n"];

/// The reference by itself, or those that the text quotes, each once: first from the reports of a bounce, then from its parts,
/// then from what stands there as it is.
pub fn find(octets: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(octets);
    let mut words = text.split_whitespace().filter(|word| !word.chars().all(|c| c == '>'));
    if let (Some(word), None) = (words.next(), words.next())
        && is_reference(word)
    {
        return vec![word.to_owned()];
    }
    let mut found = Found::default();
    let reports = bounce::read(octets).reports;
    reports.iter().flat_map(|report| &report.failures).for_each(|failure| found.text(&failure.reply.text));
    found.letter(bounce::decoded(octets).parts, MAX_WRAPPINGS);
    found.text(&text);
    for header in ENCODINGS {
        found.letter(parts(&[header, octets].concat(), 0).parts, 0);
    }
    found.references
}

#[derive(Default)]
struct Found {
    references: Vec<String>,
    known: BTreeSet<String>,
}

impl Found {
    /// What stands in the parts of a letter. One that is attached in an encoding of its own is a text to these.
    fn letter(&mut self, parts: Vec<Part>, wrappings: usize) {
        for part in parts {
            let lines: Vec<&str> = part.lines.iter().map(|line| line.text.as_str()).collect();
            let text = lines.join("\n");
            self.text(&text);
            if part.media_type.starts_with("message/") && wrappings > 0 {
                self.letter(bounce::decoded(text.as_bytes()).parts, wrappings - 1);
            }
            part.header.iter().for_each(|field| self.text(&field.value));
        }
    }

    fn text(&mut self, text: &str) {
        // Twice, since what was escaped may have been escaped again when it was forwarded.
        let text = unescaped(&unescaped(text));
        let mut open = None;
        for (at, sign) in text.char_indices() {
            match (sign, open) {
                ('[', _) => open = Some(at + 1),
                (']', Some(begin)) => {
                    let between = text.get(begin..at).unwrap_or_default();
                    if let Some(reference) = in_bracket(between).filter(|own| !self.known.contains(own))
                        && self.references.len() < MAX_REFERENCES
                    {
                        self.known.insert(reference.clone());
                        self.references.push(reference);
                    }
                    open = None;
                }
                _ => {}
            }
        }
    }
}

/// The reference in `host time reference`. Ends of lines and tags may stand between the words or cut them.
fn in_bracket(between: &str) -> Option<String> {
    if between.len() > MAX_BRACKET {
        return None;
    }
    [(" ", " "), (" ", ""), ("", " "), ("", "")].into_iter().find_map(|(line_end, tag)| {
        let lines: Vec<&str> =
            between.lines().map(|line| line.trim_matches(|c: char| c.is_whitespace() || c == '|')).collect();
        let text = without_tags(&unquoted(&lines).join(line_end), tag);
        let words: Vec<&str> = text.split_whitespace().collect();
        let [_host, at, reference] = words.as_slice() else { return None };
        (at.parse::<Timestamp>().is_ok() && is_reference(reference)).then(|| (*reference).to_owned())
    })
}

/// Lines behind the first without the marks of quotation. The first begins within its line.
fn unquoted<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let marks = |c: char| c.is_whitespace() || c == '>' || c == '|';
    let rest = lines.iter().skip(1).map(|line| line.trim_start_matches(marks));
    lines.iter().take(1).copied().chain(rest).collect()
}

/// The text with `instead` in the place of each tag.
fn without_tags(text: &str, instead: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        let Some((_, behind)) = behind.split_once('>') else { break };
        plain.push_str(before);
        plain.push_str(instead);
        rest = behind;
    }
    plain + rest
}

/// The text with the characters for which HTML's references stand that occur in or around our brackets.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        plain.push_str(before);
        match character(behind) {
            Some((sign, behind)) => {
                plain.push(sign);
                rest = behind;
            }
            None => {
                plain.push('&');
                rest = behind;
            }
        }
    }
    plain + rest
}

/// The character at the beginning of what follows an ampersand, and what follows its semicolon.
fn character(text: &str) -> Option<(char, &str)> {
    /// Longest name, `lbrack`, and a number with some zeros before it.
    const LONGEST: usize = 10;
    let end = text.bytes().take(LONGEST).position(|octet| octet == b';')?;
    let (name, rest) = (text.get(..end)?, text.get(end + 1..)?);
    let sign = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "nbsp" => ' ',
        "lbrack" | "lsqb" => '[',
        "rbrack" | "rsqb" => ']',
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(number)?
        }
    };
    Some((sign, rest))
}

fn is_reference(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests;
