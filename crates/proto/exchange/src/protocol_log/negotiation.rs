//! The row about a TLS handshake, in the words of Windows where they are true, else in those of TLS.

/// Which side of the handshake the writing server was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsSide {
    /// It opened the session.
    Client,
    /// Its peer did.
    Server,
}

/// Context of the row. `version` is `TLS1.2` or `TLS1.3`, `cipher` the suite by its IANA name, `group` the key exchange by
/// its IANA name; empty if not known.
///
/// Windows names algorithms by its constants. What has none there, such as ChaCha20 or a hybrid key exchange, stands under
/// its own name. The suites in use today authenticate as they encrypt and have no hash for it, for which Windows writes a
/// strength of 0.
pub fn negotiation_row(side: TlsSide, version: &str, cipher: &str, group: &str) -> String {
    let protocol = version.replacen("TLS", "SP_PROT_TLS", 1).replace('.', "_");
    let side = match side {
        TlsSide::Client => "CLIENT",
        TlsSide::Server => "SERVER",
    };
    let (bulk, hash, exchange) = (bulk(cipher), hash(cipher), exchange(group));
    format!(
        "TLS protocol {protocol}_{side} negotiation succeeded using bulk encryption algorithm {bulk}, MAC hash algorithm \
         {hash} and key exchange algorithm {exchange}"
    )
}

fn bulk(cipher: &str) -> String {
    const KNOWN: [(&str, &str); 3] = [
        ("_AES_256_", "CALG_AES_256 with strength 256 bits"),
        ("_AES_128_", "CALG_AES_128 with strength 128 bits"),
        ("_CHACHA20_POLY1305_", "CHACHA20_POLY1305 with strength 256 bits"),
    ];
    let known = KNOWN.iter().find(|(part, _)| cipher.contains(part));
    known.map_or_else(|| cipher.to_owned(), |(_, text)| (*text).to_owned())
}

fn hash(cipher: &str) -> &'static str {
    match cipher.rsplit('_').next() {
        Some("SHA256") => "CALG_SHA_256 with strength 0 bits",
        Some("SHA384") => "CALG_SHA_384 with strength 0 bits",
        _ => "unknown",
    }
}

fn exchange(group: &str) -> String {
    const CURVES: [(&str, u32); 4] = [("x25519", 255), ("secp256r1", 256), ("secp384r1", 384), ("secp521r1", 521)];
    match CURVES.iter().find(|(name, _)| name.eq_ignore_ascii_case(group)) {
        Some((_, bits)) => format!("CALG_ECDH_EPHEM with strength {bits} bits"),
        None if group.is_empty() => "unknown".to_owned(),
        None => group.to_owned(),
    }
}
