//! Fingerprints as `relay_clientcerts` and `smtp_tls_policy_maps` have them: pairs of hexadecimal digits with colons.

/// A fingerprint by the algorithm that makes one of its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest {
    /// 16 octets.
    Md5,
    /// 20 octets.
    Sha1,
    /// 32 octets.
    Sha256,
    /// 64 octets.
    Sha512,
}

impl Digest {
    /// The algorithm of a fingerprint; `None` for a text that is none.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let mut digits = 0_usize;
        for pair in text.split(':') {
            let is_hex = !pair.is_empty() && pair.bytes().all(|octet| octet.is_ascii_hexdigit());
            if !is_hex || (text.contains(':') && pair.len() != 2) {
                return None;
            }
            digits += pair.len();
        }
        match digits {
            32 => Some(Self::Md5),
            40 => Some(Self::Sha1),
            64 => Some(Self::Sha256),
            128 => Some(Self::Sha512),
            _ => None,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha512 => "SHA-512",
        }
    }
}
