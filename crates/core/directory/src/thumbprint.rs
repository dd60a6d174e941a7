//! The SHA-256 of a certificate's DER: how a leaf is pinned, denied and named.

use std::fmt;

/// SHA-256 over the whole certificate in DER.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thumbprint(pub [u8; 32]);

/// Why a text is no SHA-256 thumbprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ThumbprintError {
    /// The length that Windows shows by default.
    #[error("40 digits are a SHA-1 thumbprint, as Windows shows it; the SHA-256 with 64 digits is needed")]
    Sha1,
    /// Not 64 hexadecimal digits.
    #[error("a SHA-256 thumbprint has 64 hexadecimal digits, colons and spaces apart")]
    Syntax,
}

impl Thumbprint {
    /// Reads 64 hexadecimal digits in either case; colons and spaces between them are passed over.
    pub fn parse(text: &str) -> Result<Self, ThumbprintError> {
        let digits: Vec<u8> = text
            .chars()
            .filter(|c| !matches!(c, ':' | ' '))
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect::<Option<_>>()
            .ok_or(ThumbprintError::Syntax)?;
        let mut bytes = [0; 32];
        match digits.len() {
            40 => return Err(ThumbprintError::Sha1),
            64 => {}
            _ => return Err(ThumbprintError::Syntax),
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair.iter().fold(0, |value, digit| value << 4 | digit);
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parses() {
        let hex = "AB".repeat(32);
        assert_eq!(Thumbprint::parse(&hex), Ok(Thumbprint([0xab; 32])));
        let colons = ["ab"; 32].join(":");
        assert_eq!(Thumbprint::parse(&colons), Ok(Thumbprint([0xab; 32])));
        assert_eq!(Thumbprint::parse(&"ab".repeat(20)), Err(ThumbprintError::Sha1));
        assert_eq!(Thumbprint::parse("xy"), Err(ThumbprintError::Syntax));
        assert_eq!(Thumbprint::parse(""), Err(ThumbprintError::Syntax));
    }

    proptest! {
        #[test]
        fn prints_and_parses(bytes: [u8; 32]) {
            prop_assert_eq!(Thumbprint::parse(&Thumbprint(bytes).to_string()), Ok(Thumbprint(bytes)));
        }
    }
}
