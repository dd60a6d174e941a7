//! Text taken apart into words, names, addresses and numbers, and put together again with masks.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};

use jiff::Timestamp;

use super::masks::Masks;

/// Shortest run of hexadecimal digits that is taken for a serial, thumbprint, or session. Replies' codes and years are shorter.
const SHORTEST_NUMBER: usize = 8;

/// How names of files end: such a name keeps its ending, and is masked word by word like a text.
const ENDINGS: &[&str] = &[
    "cer", "cf", "clixml", "conf", "crt", "csv", "der", "eml", "gz", "htm", "html", "json", "log", "msg", "p12", "pem",
    "pfx", "tar", "tgz", "toml", "txt", "xhcw", "xml", "zip",
];

/// What kind of text it is: how much is masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A value: every word that is not in the vocabulary.
    Value,
    /// A command: the same, but parameters and variables stay.
    Command,
    /// A line that explains a command, written by us: words that were masked elsewhere, and what is quoted.
    Explanation,
}

/// Words that tell nothing of anybody.
#[derive(Debug)]
pub(super) struct Vocabulary(HashSet<&'static str>);

impl Default for Vocabulary {
    fn default() -> Self {
        Self(include_str!("vocabulary.txt").split_whitespace().collect())
    }
}

impl Vocabulary {
    /// Whether a word is in it, or is made of words that are, as `TlsSenderCertificateName`.
    pub(super) fn has(&self, word: &str) -> bool {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        self.0.contains(word.to_lowercase().as_str())
            || humps(word).all(|part| self.0.contains(part.to_lowercase().as_str()))
    }
}

/// `TlsSenderName` as `Tls`, `Sender`, `Name`.
fn humps(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        let mut signs = rest.char_indices().skip(1).skip_while(|(_, c)| c.is_uppercase());
        let end = signs.find(|(_, c)| c.is_uppercase()).map_or(rest.len(), |(at, _)| at);
        let (first, behind) = rest.split_at_checked(end)?;
        rest = behind;
        (!first.is_empty()).then_some(first)
    })
}

/// Masks a text.
pub(super) fn masked(text: &str, place: Place, masks: &mut Masks) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut quote = None;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| !is_of_token(c)).unwrap_or(rest.len());
        if end == 0 {
            // A quotation is closed by its own sign: another within it belongs to what is quoted.
            match quote {
                Some(open) if first == open || (open, first) == ('“', '”') => quote = None,
                None if matches!(first, '"' | '\'' | '“') => quote = Some(first),
                _ => {}
            }
            out.push(first);
            before = first;
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let (token, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let stays = place == Place::Command && quote.is_none() && (token.starts_with('-') || before == '$');
        let place = if quote.is_some() { Place::Value } else { place };
        if stays {
            out.push_str(token);
        } else {
            self::token(token, place, masks, &mut out);
        }
        rest = behind;
    }
    out
}

/// What a name, an address or a number is made of.
fn is_of_token(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | ':' | '+')
}

/// Masks a token; signs at its ends are no part of it.
fn token(token: &str, place: Place, masks: &mut Masks, out: &mut String) {
    let is_end = |c: char| !c.is_alphanumeric();
    if let Some(address) = address(token, masks) {
        out.push_str(&address);
        return;
    }
    let from_first = token.trim_start_matches(is_end);
    let core = from_first.trim_end_matches(is_end);
    let (front, back) = (token.len() - from_first.len(), from_first.len() - core.len());
    out.push_str(token.get(..front).unwrap_or_default());
    out.push_str(&of_core(core, place, masks));
    out.push_str(from_first.get(from_first.len() - back..).unwrap_or_default());
}

/// An address, with its port where it has one.
fn address(token: &str, masks: &mut Masks) -> Option<String> {
    if let Ok(address) = token.parse::<IpAddr>() {
        return Some(masks.address(address));
    }
    let with_port = token.parse::<SocketAddr>().ok()?;
    Some(format!("{}:{}", masks.address(with_port.ip()), with_port.port()))
}

fn of_core(core: &str, place: Place, masks: &mut Masks) -> String {
    if let Some(address) = address(core, masks) {
        return address;
    }
    if core.parse::<Timestamp>().is_ok() || core.chars().all(|c| !c.is_alphabetic()) && core.len() < SHORTEST_NUMBER {
        return core.to_owned();
    }
    if let Some((local, domain)) = core.rsplit_once('@') {
        let user = masks.user(local);
        return format!("{user}@{}", of_core(domain, Place::Value, masks));
    }
    if is_guid(core) {
        return masks.guid(core);
    }
    let is_hex = |text: &str| text.len() >= SHORTEST_NUMBER && text.chars().all(|c| c.is_ascii_hexdigit());
    if is_hex(core) && !is_date(core) {
        return masks.digits(core);
    }
    let without_colons = core.replace(':', "");
    if core.contains(':') && is_hex(&without_colons) && core.split(':').all(|part| part.len() == 2) {
        return masks.digits(&without_colons);
    }
    if is_domain(core) && !is_plain(core, masks) {
        return masks.domain(core);
    }
    words(core, place, masks)
}

/// Digits that are a date, as in the names of logs: `20260105`, `2026010509`.
fn is_date(digits: &str) -> bool {
    matches!(digits.len(), 8 | 10) && digits.starts_with("20") && digits.chars().all(|c| c.is_ascii_digit())
}

fn is_guid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// Whether it has the form of a domain name of several labels, with a last one that could be a top-level domain.
fn is_domain(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default();
    if ENDINGS.contains(&last.to_lowercase().as_str()) {
        return false;
    }
    text.contains('.') && last.len() >= 2 && last.chars().next().is_some_and(char::is_alphabetic) && !text.contains(':')
}

/// Whether a name of several labels is made of words, and belongs to nobody: `QUEUE.Expired`, `connectors.xml`.
fn is_plain(text: &str, masks: &Masks) -> bool {
    text.split(['.', '-', '_']).all(|word| word.chars().all(|c| c.is_ascii_digit()) || masks.vocabulary.has(word))
}

/// Masks word by word.
fn words(text: &str, place: Place, masks: &mut Masks) -> String {
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let (word, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let is_number = word.chars().all(|c| c.is_ascii_digit()) && word.len() < SHORTEST_NUMBER || is_date(word);
        let is_hex = word.len() >= SHORTEST_NUMBER && word.chars().all(|c| c.is_ascii_hexdigit());
        let masked = match place {
            _ if is_number => None,
            _ if is_hex => Some(masks.digits(word)),
            _ if masks.vocabulary.has(word) => None,
            Place::Explanation => masks.known_word(word),
            Place::Value | Place::Command => Some(masks.word(word)),
        };
        out.push_str(masked.as_deref().unwrap_or(word));
        let signs = behind.find(char::is_alphanumeric).unwrap_or(behind.len());
        let (signs, behind) = behind.split_at_checked(signs).unwrap_or((behind, ""));
        out.push_str(signs);
        rest = behind;
    }
    out
}
