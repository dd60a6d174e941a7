//! What sessions are found by: the session-id, without an allocation where it is as long as real ones.

/// A session-id as its octets are in the file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Id {
    /// Exactly 16 octets, which Exchange writes.
    Usual(u128),
    /// Any other.
    Other(Box<[u8]>),
}

impl Id {
    pub fn of(octets: &[u8]) -> Self {
        <[u8; 16]>::try_from(octets)
            .map_or_else(|_| Self::Other(octets.into()), |id| Self::Usual(u128::from_ne_bytes(id)))
    }
}
