//! The values of DSN's parameters (RFC 3461 §4, RFC 6533 §3): what is one, and what it says.
//!
//! They are carried on as they came, so that nothing is lost by reading and writing them. What must not be here: when a
//! notice is due.

#[cfg(test)]
mod tests;

/// Octets of an encoded ENVID (RFC 3461 §4.4).
pub const MAX_ENVID: usize = 100;

/// Octets of an encoded ORCPT (RFC 3461 §4.2).
pub const MAX_ORCPT: usize = 500;

/// `RET`: how much of a message that failed its sender wants back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ret {
    /// The whole message.
    Full,
    /// Its header.
    Headers,
}

impl Ret {
    /// Reads `FULL` or `HDRS`, in any case.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        match value {
            _ if value.eq_ignore_ascii_case("FULL") => Some(Self::Full),
            _ if value.eq_ignore_ascii_case("HDRS") => Some(Self::Headers),
            _ => None,
        }
    }
}

/// `NOTIFY`: of what the sender wants to be told for one recipient; of nothing is `NEVER`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Notify {
    /// The message has arrived.
    pub success: bool,
    /// It never will.
    pub failure: bool,
    /// It is late.
    pub delay: bool,
}

impl Notify {
    /// Reads `NEVER`, or a list of `SUCCESS`, `FAILURE` and `DELAY`, each once, in any case and order.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let mut notify = Self::default();
        if value.eq_ignore_ascii_case("NEVER") {
            return Some(notify);
        }
        for word in value.split(',') {
            let wish = match word {
                _ if word.eq_ignore_ascii_case("SUCCESS") => &mut notify.success,
                _ if word.eq_ignore_ascii_case("FAILURE") => &mut notify.failure,
                _ if word.eq_ignore_ascii_case("DELAY") => &mut notify.delay,
                _ => return None,
            };
            if std::mem::replace(wish, true) {
                return None;
            }
        }
        Some(notify)
    }
}

/// Whether a value is an `ENVID`: xtext of at most [`MAX_ENVID`] octets.
#[must_use]
pub fn is_envid(value: &str) -> bool {
    value.len() <= MAX_ENVID && is_xtext(value)
}

/// Whether a value is an `ORCPT`: an address type, a semicolon and an address in xtext, [`MAX_ORCPT`] octets at most. Only an
/// address of type `utf-8` may go beyond ASCII, and only where SMTPUTF8 is in use.
#[must_use]
pub fn is_orcpt(value: &str, smtputf8: bool) -> bool {
    let Some((kind, address)) = value.split_once(';') else { return false };
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*-/?^_`{|}~.".contains(c);
    let beyond = smtputf8 && kind.eq_ignore_ascii_case("utf-8");
    let ascii: String = address.chars().filter(|c| !(beyond && !c.is_ascii() && !c.is_control())).collect();
    let any = !kind.is_empty() && !address.is_empty();
    any && value.len() <= MAX_ORCPT && kind.chars().all(atom) && is_xtext(&ascii)
}

/// An `ORCPT` that needs no SMTPUTF8: what is beyond ASCII becomes `\x{…}` (RFC 6533 §3).
#[must_use]
pub fn orcpt_in_ascii(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            c if c.is_ascii() => out.push(c),
            c => out.push_str(&format!("\\x{{{:X}}}", u32::from(c))),
        }
    }
    out
}

/// Printable ASCII but `+` and `=`, which are written as `+` and two hexadecimal digits in upper case (RFC 3461 §4).
fn is_xtext(value: &str) -> bool {
    let mut rest = value.as_bytes();
    loop {
        rest = match rest {
            [] => return true,
            [b'+', b'0'..=b'9' | b'A'..=b'F', b'0'..=b'9' | b'A'..=b'F', rest @ ..] => rest,
            [b'+' | b'=', ..] => return false,
            [b'!'..=b'~', rest @ ..] => rest,
            _ => return false,
        };
    }
}
