//! A secret of the installation, as the store keeps it.

/// Length of a secret in octets: as long as what HMAC-SHA256 makes of it (RFC 2104 §3).
pub const SECRET_LENGTH: usize = 32;

/// Random octets that the store keeps and nobody is shown: there is no `Debug` of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; SECRET_LENGTH]);

impl Secret {
    /// A secret of these octets, which are to be random.
    #[must_use]
    pub fn new(octets: [u8; SECRET_LENGTH]) -> Self {
        Self(octets)
    }

    /// Its octets.
    #[must_use]
    pub fn octets(&self) -> &[u8; SECRET_LENGTH] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}
