//! What a client says of the octets of a message, `BODY=` of MAIL (RFC 6152, RFC 3030).

/// The kind of a message's body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MailBody {
    /// Not said, or `7BIT`.
    #[default]
    SevenBit,
    /// `8BITMIME`: lines, with octets above 127 in them.
    EightBitMime,
    /// `BINARYMIME`: no lines that anybody may count on. It travels by BDAT alone.
    BinaryMime,
}

impl MailBody {
    /// Reads the value of `BODY=`, in any case.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let all = [(Self::SevenBit, "7BIT"), (Self::EightBitMime, "8BITMIME"), (Self::BinaryMime, "BINARYMIME")];
        all.into_iter().find(|(_, word)| value.eq_ignore_ascii_case(word)).map(|(body, _)| body)
    }

    /// The value that has to be said; nothing for text of 7 bits.
    #[must_use]
    pub fn value(self) -> Option<&'static str> {
        match self {
            Self::SevenBit => None,
            Self::EightBitMime => Some("8BITMIME"),
            Self::BinaryMime => Some("BINARYMIME"),
        }
    }
}
