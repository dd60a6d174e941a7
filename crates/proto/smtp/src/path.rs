//! Envelope addresses: mailbox, reverse path and forward path (RFC 5321 §4.1.2).
//!
//! The local part is kept exactly as it was written, quotes included. No value of these types can hold a control byte
//! or an unbalanced quote, so that writing one into a command cannot begin a second command. What must not be here:
//! any judgement of domains (IDNA, public suffixes, whose they are).

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::limits::{MAX_DOMAIN, MAX_LOCAL_PART, MAX_PATH};

#[cfg(test)]
mod tests;

/// Why an address is not one. Every text fits behind "the address …".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PathError {
    /// Nothing where an address should be.
    #[error("is empty")]
    Empty,
    /// `<` without `>`, or text behind `>`.
    #[error("is not enclosed in one pair of angle brackets")]
    Brackets,
    /// A quoted local part that does not end.
    #[error("has an unbalanced quote")]
    Quote,
    /// A local part with a character that must be quoted, or none at all.
    #[error("has an invalid local part")]
    LocalPart,
    /// No `@` and domain.
    #[error("has no domain")]
    NoDomain,
    /// A domain or address literal that breaks the grammar.
    #[error("has an invalid domain")]
    Domain,
    /// A source route that breaks the grammar.
    #[error("has an invalid source route")]
    SourceRoute,
    /// Longer than [`MAX_LOCAL_PART`], [`MAX_DOMAIN`] or [`MAX_PATH`].
    #[error("is too long")]
    TooLong,
}

/// An address `local-part@domain`, kept as written.
///
/// Equality is that of the octets: case and quoting are not folded, since only the receiving host may do so.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mailbox {
    local_part: String,
    domain: String,
}

impl Mailbox {
    /// Reads `local-part@domain` without angle brackets (RFC 5321 §4.1.2, widened by RFC 6531 to UTF-8).
    ///
    /// Stray dots in the local part are let through: such addresses exist, and they are unambiguous.
    ///
    /// # Errors
    /// [`PathError`], where the grammar is broken or a limit is exceeded.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let (local_part, rest) = split_local_part(text)?;
        let domain = rest.strip_prefix('@').ok_or(PathError::NoDomain)?;
        check_domain(domain)?;
        if local_part.len() > MAX_LOCAL_PART || text.len() + 2 > MAX_PATH {
            return Err(PathError::TooLong);
        }
        Ok(Self { local_part: local_part.to_owned(), domain: domain.to_owned() })
    }

    /// The local part as written, with its quotes where it has them.
    #[must_use]
    pub fn local_part(&self) -> &str {
        &self.local_part
    }

    /// The domain, or the address literal with its brackets, as written.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Whether the domain is an address literal (`[192.0.2.1]`).
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.domain.starts_with('[')
    }

    /// Whether it can be sent without SMTPUTF8 (RFC 6531).
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.local_part.is_ascii() && self.domain.is_ascii()
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local_part, self.domain)
    }
}

impl FromStr for Mailbox {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        Self::parse(text)
    }
}

/// The sender of an envelope (`MAIL FROM`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ReversePath {
    /// `<>`, the sender of bounces.
    Null,
    /// A mailbox.
    Mailbox(Mailbox),
}

impl ReversePath {
    /// Reads a path with or without its angle brackets; the null path needs them.
    ///
    /// # Errors
    /// [`PathError`], where the grammar is broken or a limit is exceeded.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        if text == "<>" {
            return Ok(Self::Null);
        }
        Mailbox::parse(without_brackets(text)?).map(Self::Mailbox)
    }

    /// The mailbox, if it is not the null path.
    #[must_use]
    pub fn mailbox(&self) -> Option<&Mailbox> {
        match self {
            Self::Null => None,
            Self::Mailbox(mailbox) => Some(mailbox),
        }
    }

    /// Whether it can be sent without SMTPUTF8.
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.mailbox().is_none_or(Mailbox::is_ascii)
    }
}

/// With its angle brackets, as `MAIL FROM` has it.
impl fmt::Display for ReversePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("<>"),
            Self::Mailbox(mailbox) => write!(f, "<{mailbox}>"),
        }
    }
}

/// A recipient of an envelope (`RCPT TO`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ForwardPath {
    /// `<postmaster>` without a domain, as written (RFC 5321 §4.1.1.3).
    Postmaster(Postmaster),
    /// A mailbox.
    Mailbox(Mailbox),
}

/// The word `postmaster` in the case in which it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Postmaster(String);

impl ForwardPath {
    /// Reads a path with or without its angle brackets; a source route is dropped.
    ///
    /// # Errors
    /// [`PathError`], where the grammar is broken or a limit is exceeded.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let inner = without_brackets(text)?;
        if inner.eq_ignore_ascii_case("postmaster") {
            return Ok(Self::Postmaster(Postmaster(inner.to_owned())));
        }
        Mailbox::parse(inner).map(Self::Mailbox)
    }

    /// The mailbox, if it is not the bare postmaster.
    #[must_use]
    pub fn mailbox(&self) -> Option<&Mailbox> {
        match self {
            Self::Postmaster(_) => None,
            Self::Mailbox(mailbox) => Some(mailbox),
        }
    }

    /// Whether it can be sent without SMTPUTF8.
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.mailbox().is_none_or(Mailbox::is_ascii)
    }
}

/// With its angle brackets, as `RCPT TO` has it.
impl fmt::Display for ForwardPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postmaster(Postmaster(word)) => write!(f, "<{word}>"),
            Self::Mailbox(mailbox) => write!(f, "<{mailbox}>"),
        }
    }
}

/// Cuts the path off the front of a MAIL or RCPT argument: up to the `>` or, without brackets, the first space that
/// stands outside a quoted string.
pub(crate) fn split_path(argument: &str) -> (&str, &str) {
    let bracketed = argument.starts_with('<');
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in argument.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '>' if bracketed && !quoted => return argument.split_at(at + 1),
            ' ' if !bracketed && !quoted => return argument.split_at(at),
            _ => {}
        }
    }
    (argument, "")
}

/// Takes off the brackets, and a source route with them (RFC 5321 §4.1.1.3 and appendix C: accepted, not used).
fn without_brackets(text: &str) -> Result<&str, PathError> {
    let inner = match text.strip_prefix('<') {
        Some(rest) => rest.strip_suffix('>').ok_or(PathError::Brackets)?,
        None => text,
    };
    let inner = if inner.starts_with('@') {
        let (route, mailbox) = inner.split_once(':').ok_or(PathError::SourceRoute)?;
        for hop in route.split(',') {
            let domain = hop.strip_prefix('@').ok_or(PathError::SourceRoute)?;
            check_domain(domain).map_err(|_| PathError::SourceRoute)?;
        }
        mailbox
    } else {
        inner
    };
    if inner.is_empty() { Err(PathError::Empty) } else { Ok(inner) }
}

/// Cuts off a dot-string or a quoted string at the front.
fn split_local_part(text: &str) -> Result<(&str, &str), PathError> {
    if text.is_empty() {
        return Err(PathError::Empty);
    }
    let end = if text.starts_with('"') { quoted_end(text)? } else { atom_end(text) };
    let (local_part, rest) = text.split_at(end);
    match (local_part, rest.chars().next()) {
        ("" | "\"\"", _) => Err(PathError::LocalPart),
        (_, None | Some('@')) => Ok((local_part, rest)),
        _ => Err(PathError::LocalPart),
    }
}

fn quoted_end(text: &str) -> Result<usize, PathError> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if c.is_control() => return Err(PathError::LocalPart),
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Ok(at + 1),
            _ => {}
        }
    }
    Err(PathError::Quote)
}

fn atom_end(text: &str) -> usize {
    let atom =
        |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c) || (!c.is_ascii() && !c.is_control());
    text.find(|c| !atom(c)).unwrap_or(text.len())
}

/// A name of letters, digits, hyphens and underscores (the last exist in practice), or an address literal.
pub(crate) fn check_domain(domain: &str) -> Result<(), PathError> {
    if domain.len() > MAX_DOMAIN {
        return Err(PathError::TooLong);
    }
    let valid = match domain.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').is_some_and(|literal| {
            !literal.is_empty()
                && literal.bytes().all(|b| matches!(b, b'!'..=b'Z' | b'^'..=b'~') && b != b'<' && b != b'>')
        }),
        None => domain.split('.').all(|label| {
            let inside =
                |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || (!c.is_ascii() && !c.is_control());
            !label.is_empty() && label.chars().all(inside)
        }),
    };
    if valid { Ok(()) } else { Err(PathError::Domain) }
}
