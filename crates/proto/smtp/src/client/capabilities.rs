//! What a peer offered in its reply to EHLO (RFC 5321 §4.1.1.1).

use crate::reply::Reply;

/// The extensions of a peer; none after HELO.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// The lines behind the first as they came, octets that are no UTF-8 replaced.
    pub lines: Vec<String>,
    /// PIPELINING (RFC 2920).
    pub pipelining: bool,
    /// SIZE (RFC 1870): offered at all, and with which limit in octets. No number and 0 both mean no fixed limit.
    pub size: Option<Option<u64>>,
    /// 8BITMIME (RFC 6152).
    pub eight_bit_mime: bool,
    /// STARTTLS (RFC 3207).
    pub starttls: bool,
    /// ENHANCEDSTATUSCODES (RFC 2034).
    pub enhanced_status_codes: bool,
    /// DSN (RFC 3461).
    pub dsn: bool,
    /// SMTPUTF8 (RFC 6531).
    pub smtputf8: bool,
    /// CHUNKING (RFC 3030).
    pub chunking: bool,
    /// BINARYMIME (RFC 3030), which needs CHUNKING.
    pub binary_mime: bool,
}

impl Capabilities {
    /// Reads the reply to EHLO.
    #[must_use]
    pub fn from_ehlo(reply: &Reply) -> Self {
        let mut capabilities = Self::default();
        for line in reply.lines().skip(1) {
            let mut text = line.enhanced.map_or_else(String::new, |enhanced| format!("{enhanced} "));
            text.push_str(&String::from_utf8_lossy(&line.text));
            capabilities.note(&text);
            capabilities.lines.push(text);
        }
        capabilities
    }

    /// The largest message in octets that the peer takes, if it said so.
    #[must_use]
    pub fn size_limit(&self) -> Option<u64> {
        self.size.flatten()
    }

    /// Whether the peer takes mail of any octets: BINARYMIME by BDAT.
    #[must_use]
    pub fn takes_binary(&self) -> bool {
        self.chunking && self.binary_mime
    }

    fn note(&mut self, line: &str) {
        let mut words = line.split_ascii_whitespace();
        let keyword = words.next().unwrap_or_default().to_ascii_uppercase();
        match keyword.as_str() {
            "PIPELINING" => self.pipelining = true,
            "SIZE" => self.size = Some(words.next().and_then(|limit| limit.parse().ok()).filter(|&limit| limit > 0)),
            "8BITMIME" => self.eight_bit_mime = true,
            "STARTTLS" => self.starttls = true,
            "ENHANCEDSTATUSCODES" => self.enhanced_status_codes = true,
            "DSN" => self.dsn = true,
            "SMTPUTF8" => self.smtputf8 = true,
            "CHUNKING" => self.chunking = true,
            "BINARYMIME" => self.binary_mime = true,
            _ => {}
        }
    }
}
