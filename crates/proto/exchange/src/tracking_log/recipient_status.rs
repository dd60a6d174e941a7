//! What is told of a recipient, and the LastError of a queue: a reply, or a reply wrapped in keys.
//!
//! ```text
//! 250 2.1.5 Recipient OK
//! [{LED=550 5.7.64 TenantAttribution; …};{MSG=};{FQDN=host};{IP=192.0.2.1};{LRT=1/29/2026 7:07:29 PM}]
//! [{LRT=15-01-21 23:50:05};{LED=450 4.7.0 …};{FQDN=host};{IP=192.0.2.1}]
//! ```
//!
//! Keys come in any order, any may be missing, and copies on the web lose a key's name or its braces. The time of the last
//! retry is in the language of a server or a viewer, without a zone: it is not read.

/// A status taken apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecipientStatus<'a> {
    /// The last error, or the whole text where it has no keys.
    pub last_error: &'a str,
    /// The host that the error is about: the far side, or, where the front end hands on, the server itself.
    pub fqdn: Option<&'a str>,
    /// Its address.
    pub ip: Option<&'a str>,
}

/// The names of keys; `LRI` stands for `LRT` in a copy that was seen.
const KEYS: [&str; 5] = ["LED", "MSG", "FQDN", "IP", "LRT"];

/// What ends a value. A last error may hold a brace itself, so that one alone ends nothing.
const ENDS: [&str; 6] = ["};{", "}; {", "};", "}]", ">;", ">]"];

impl<'a> RecipientStatus<'a> {
    /// Takes a status apart. Total: what has no keys is the error itself.
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        let text = text.trim();
        let Some(last_error) = value(text, "LED") else {
            return Self { last_error: text, ..Self::default() };
        };
        Self { last_error, fqdn: value(text, "FQDN"), ip: value(text, "IP") }
    }
}

/// The value of a key; none where it is empty or missing.
fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let from = text.match_indices(['{', '<']).find_map(|(at, _)| {
        let behind = text.get(at + 1..)?;
        let name = behind.get(..key.len())?;
        let sign = behind.get(key.len()..)?.chars().next()?;
        (name.eq_ignore_ascii_case(key) && matches!(sign, '=' | '-')).then_some(at + 2 + key.len())
    })?;
    let rest = text.get(from..)?;
    // The error itself may hold `};`; it ends where the next key begins, and the other values hold no braces.
    let end = match key {
        "LED" => end_of_error(rest),
        _ => ENDS.iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len()),
    };
    Some(rest.get(..end)?.trim()).filter(|value| !value.is_empty())
}

/// Where an error ends: before the next key, else before the last end of a value, else with the text.
fn end_of_error(rest: &str) -> usize {
    let ends = |at: usize| rest.get(at..).is_some_and(|behind| ENDS.iter().any(|end| behind.starts_with(end)));
    let candidates = || rest.match_indices(['}', '>']).map(|(at, _)| at).filter(|at| ends(*at));
    let is_before_key = |at: usize| {
        let behind = rest.get(at + 1..).unwrap_or_default().trim_start_matches([';', ' ']);
        let behind = behind.trim_start_matches(['{', '<']);
        KEYS.iter().any(|key| {
            let name = behind.get(..key.len()).unwrap_or_default();
            name.eq_ignore_ascii_case(key) && behind.get(key.len()..).is_some_and(|rest| rest.starts_with(['=', '-']))
        })
    };
    candidates().find(|at| is_before_key(*at)).or_else(|| candidates().next_back()).unwrap_or(rest.len())
}

/// The statuses of a list joined by semicolons, or by commas within the braces of a cmdlet. What stands in `[…]` is one, for
/// it holds semicolons itself.
#[must_use]
pub fn split_statuses(list: &str) -> Vec<&str> {
    let list = list.trim();
    // `{[{LED=…}]}` is a list, `{LED=…}` would be a lone key.
    let list = list.strip_prefix('{').filter(|_| !is_key(list)).and_then(|list| list.strip_suffix('}')).unwrap_or(list);
    let mut statuses = Vec::new();
    let mut rest = list.trim_start();
    while !rest.is_empty() {
        let end = match rest.starts_with('[') {
            true => end_of_brackets(rest),
            false => rest.find(';').unwrap_or(rest.len()),
        };
        statuses.push(rest.get(..end).unwrap_or(rest).trim());
        rest = rest.get(end..).unwrap_or_default().trim_start().trim_start_matches([';', ',']).trim_start();
    }
    statuses
}

fn is_key(text: &str) -> bool {
    RecipientStatus::parse(text).last_error != text && !text.starts_with("{[")
}

/// Behind the bracket that closes the one at the beginning: the first that another status, or nothing, follows.
fn end_of_brackets(text: &str) -> usize {
    let closing = text.match_indices(']').map(|(at, _)| at + 1).find(|end| {
        let behind = text.get(*end..).unwrap_or_default().trim_start();
        let is_closed = text.get(..end - 1).is_some_and(|before| before.ends_with(['}', '>']));
        is_closed && (behind.is_empty() || behind.starts_with([';', ',']))
    });
    closing.unwrap_or(text.len())
}
