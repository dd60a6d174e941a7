//! BDAT: a chunk is counted, not searched for its end (RFC 3030 §2).

/// Counts down the octets of one chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BdatDecoder {
    remaining: u64,
}

impl BdatDecoder {
    /// A chunk of this many octets.
    #[must_use]
    pub fn new(size: u64) -> Self {
        Self { remaining: size }
    }

    /// Divides the input into what belongs to the chunk and what follows it.
    pub fn decode<'a>(&mut self, input: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        let wanted = usize::try_from(self.remaining).unwrap_or(usize::MAX).min(input.len());
        let (chunk, rest) = input.split_at_checked(wanted).unwrap_or((input, &[]));
        self.remaining -= chunk.len() as u64;
        (chunk, rest)
    }

    /// Whether the chunk is complete.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.remaining == 0
    }
}
