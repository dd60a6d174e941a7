//! Certificates read back from rows: what a server says that it, or its peer, presented, in all three forms that Exchange has
//! had. Takes what a row says as it stands; whether it is true, or in date, is not judged here.
//!
//! 1. Exchange 2010 and 2013, and Microsoft's articles: `Sending certificate` without data, then a row for each attribute.
//! 2. Exchange 2016 when it came out: one row, the labels in the context, the values behind one space each in the data.
//! 3. Later builds of 2016, 2019, and ours: the same with two dates before the alternate names.
//!
//! A distinguished name holds spaces itself: the way is found from the dates, from a thumbprint of 40 hexadecimal digits, or,
//! in copies that a person masked, from words that look like masks.

use jiff::Timestamp;

/// Most alternate names that are kept; rule A1 looks at no more.
const MAX_NAMES: usize = 256;

/// Hexadecimal digits of a SHA-1 thumbprint.
const THUMBPRINT_DIGITS: usize = 40;

/// Whose certificate it is, in the word of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CertificateRole {
    /// `Sending certificate`: the writing server presented it.
    Sent,
    /// `Received certificate`: its peer did.
    Received,
    /// `Remote certificate`: its peer did, in the words of other builds.
    Remote,
}

/// A certificate as rows tell it. What they do not tell is empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CertificateRecord {
    /// Whose.
    pub role: CertificateRole,
    /// Subject as Windows writes it.
    pub subject: String,
    /// Issuer.
    pub issuer: String,
    /// Serial number, hexadecimal unless masked.
    pub serial: String,
    /// SHA-1, 40 hexadecimal digits unless masked.
    pub thumbprint: String,
    /// First moment; only the third form tells.
    pub not_before: Option<Timestamp>,
    /// Last moment.
    pub not_after: Option<Timestamp>,
    /// Alternate names.
    pub names: Vec<String>,
}

/// An attribute that has a row of its own in the first form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateAttribute {
    /// `Certificate subject`.
    Subject,
    /// `Certificate issuer name`.
    Issuer,
    /// `Certificate serial number`.
    Serial,
    /// `Certificate thumbprint`.
    Thumbprint,
    /// `Certificate alternate names`, joined by semicolons.
    Names,
}

/// What a row says of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateRow {
    /// Everything.
    Whole(CertificateRecord),
    /// One begins; its attributes follow in rows of their own.
    Begins(CertificateRole),
    /// One of its attributes: the data of the row.
    Attribute(CertificateAttribute),
}

impl CertificateRole {
    const TITLES: [(Self, &'static str); 3] = [
        (Self::Sent, "Sending certificate"),
        (Self::Received, "Received certificate"),
        (Self::Remote, "Remote certificate"),
    ];

    /// The role that a context begins with, and what stands behind it.
    fn of_context(context: &str) -> Option<(Self, &str)> {
        Self::TITLES.iter().find_map(|(role, title)| Some((*role, context.strip_prefix(title)?)))
    }
}

impl CertificateAttribute {
    fn of_context(context: &str) -> Option<Self> {
        match context.strip_prefix("Certificate ")? {
            "subject" => Some(Self::Subject),
            "issuer name" => Some(Self::Issuer),
            "serial number" => Some(Self::Serial),
            "thumbprint" => Some(Self::Thumbprint),
            "alternate names" => Some(Self::Names),
            _ => None,
        }
    }
}

impl CertificateRow {
    /// Reads a row by its data and context. `None`: it is about something else.
    #[must_use]
    pub fn read(data: &str, context: &str) -> Option<Self> {
        let context = context.trim_end();
        if let Some(attribute) = CertificateAttribute::of_context(context) {
            return Some(Self::Attribute(attribute));
        }
        let (role, labels) = CertificateRole::of_context(context)?;
        if data.trim().is_empty() {
            return Some(Self::Begins(role));
        }
        Some(Self::Whole(one_row(role, data, labels.contains("Not before"))))
    }
}

impl CertificateRecord {
    /// A record that tells nothing yet.
    #[must_use]
    pub fn new(role: CertificateRole) -> Self {
        Self {
            role,
            subject: String::new(),
            issuer: String::new(),
            serial: String::new(),
            thumbprint: String::new(),
            not_before: None,
            not_after: None,
            names: Vec::new(),
        }
    }

    /// Takes the value of an attribute's row. `false`: it has one already, which stays; another certificate has begun.
    pub fn take(&mut self, attribute: CertificateAttribute, value: &str) -> bool {
        let value = value.trim();
        let field = match attribute {
            CertificateAttribute::Subject => &mut self.subject,
            CertificateAttribute::Issuer => &mut self.issuer,
            CertificateAttribute::Serial => &mut self.serial,
            CertificateAttribute::Thumbprint => &mut self.thumbprint,
            CertificateAttribute::Names => {
                let is_new = self.names.is_empty();
                if is_new {
                    self.names = names(value);
                }
                return is_new;
            }
        };
        let is_new = field.is_empty();
        if is_new {
            value.clone_into(field);
        }
        is_new
    }

    /// Whether anything but the role is told.
    #[must_use]
    pub fn tells_anything(&self) -> bool {
        let texts = [&self.subject, &self.issuer, &self.serial, &self.thumbprint];
        !self.names.is_empty() || texts.iter().any(|text| !text.is_empty())
    }
}

/// The second and the third form.
fn one_row(role: CertificateRole, data: &str, has_dates: bool) -> CertificateRecord {
    let data = data.strip_prefix(' ').unwrap_or(data);
    let mut record = CertificateRecord::new(role);
    let words: Vec<(usize, &str)> = words(data).collect();
    let Some(thumbprint) = thumbprint_at(&words, has_dates) else {
        // Not even the shape of the values is left: all that there is belongs to the names.
        (record.subject, record.issuer) = two_names(data.trim_end());
        return record;
    };
    let word = |at: usize| words.get(at).map_or("", |(_, word)| *word);
    record.thumbprint = word(thumbprint).to_owned();
    let mut behind = thumbprint + 1;
    if has_dates {
        record.not_before = word(behind).parse().ok();
        record.not_after = word(behind + 1).parse().ok();
        behind += 2;
    }
    record.names = names(words.get(behind).and_then(|(start, _)| data.get(*start..)).unwrap_or_default());
    let serial = thumbprint.checked_sub(1).and_then(|at| words.get(at));
    record.serial = serial.map_or_else(String::new, |(_, word)| (*word).to_owned());
    let end = serial.map_or(0, |(start, _)| start.saturating_sub(1));
    (record.subject, record.issuer) = two_names(data.get(..end).unwrap_or_default());
    record
}

/// Words with the place where each begins. Two spaces in a row have an empty word between them.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(' ').scan(0, |next, word| {
        let start = *next;
        *next += word.len() + 1;
        Some((start, word))
    })
}

/// The place of the thumbprint among the words.
fn thumbprint_at(words: &[(usize, &str)], has_dates: bool) -> Option<usize> {
    if has_dates {
        let is_date = |word: &str| word.parse::<Timestamp>().is_ok();
        let dates =
            words.windows(2).rposition(|pair| matches!(pair, [(_, from), (_, to)] if is_date(from) && is_date(to)));
        return dates?.checked_sub(1);
    }
    let is_hexadecimal = |word: &str| word.bytes().all(|octet| octet.is_ascii_hexdigit());
    let whole = words.iter().rposition(|(_, word)| word.len() == THUMBPRINT_DIGITS && is_hexadecimal(word));
    whole.or_else(|| {
        let masked = |word: &str| word.len() >= 4 && (is_hexadecimal(word) || is_mask(word));
        let pair = words
            .windows(2)
            .rposition(|pair| matches!(pair, [(_, serial), (_, thumb)] if masked(serial) && masked(thumb)));
        pair.map(|at| at + 1)
    })
}

/// One sign over and over, such as people put in place of what they do not show.
fn is_mask(word: &str) -> bool {
    let mut signs = word.chars();
    signs.next().is_some_and(|first| matches!(first, 'x' | 'X' | '*' | '#') && signs.all(|sign| sign == first))
}

/// Subject and issuer. The issuer begins behind a space that neither a quote nor a comma explains, with a type and `=`.
fn two_names(text: &str) -> (String, String) {
    let (subject, issuer) = boundary(text, true)
        .or_else(|| boundary(text, false))
        .or_else(|| text.split_once(' ').filter(|(_, rest)| !rest.contains(' ')))
        .unwrap_or((text, ""));
    (subject.to_owned(), issuer.to_owned())
}

fn boundary(text: &str, respecting_quotes: bool) -> Option<(&str, &str)> {
    let (mut in_quotes, mut before) = (false, ' ');
    for (at, sign) in text.char_indices() {
        match sign {
            '"' => in_quotes = !in_quotes && respecting_quotes,
            ' ' if !in_quotes && !matches!(before, ',' | '+') => {
                let rest = text.get(at + 1..)?;
                if begins_name(rest) {
                    return Some((text.get(..at)?, rest));
                }
            }
            _ => {}
        }
        before = sign;
    }
    None
}

/// Whether an attribute type and `=` come first.
fn begins_name(text: &str) -> bool {
    let kind = text.bytes().take_while(|octet| octet.is_ascii_alphanumeric() || *octet == b'.').count();
    kind > 0 && text.as_bytes().get(kind) == Some(&b'=')
}

fn names(text: &str) -> Vec<String> {
    let names = text.split(';').map(str::trim).filter(|name| !name.is_empty());
    names.take(MAX_NAMES).map(str::to_owned).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
