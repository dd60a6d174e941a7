//! What a finished handshake shows of the peer.

use rustls::{CommonState, ProtocolVersion};

use crate::proof;

/// The peer's side of a session that it opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerTls {
    /// `TLS1.2` or `TLS1.3`, as Received headers and protocol logs write it.
    pub version: &'static str,
    /// The cipher suite by its IANA name.
    pub cipher: String,
    /// Key exchange by its IANA name, such as `X25519`; empty if not known.
    pub group: String,
    /// The host name that the client asked for.
    pub sni: Option<String>,
    /// The certificates that the client presented, the leaf first; empty if none.
    pub chain: Vec<Vec<u8>>,
    /// Whether the client's signature with the leaf's key was checked and good. False without a certificate.
    pub key_proved: bool,
}

impl PeerTls {
    pub(crate) fn of(session: &CommonState, sni: Option<&str>) -> Self {
        let certificates = session.peer_certificates().unwrap_or_default();
        let chain: Vec<Vec<u8>> = certificates.iter().map(|certificate| certificate.to_vec()).collect();
        Self {
            version: match session.protocol_version() {
                Some(ProtocolVersion::TLSv1_3) => "TLS1.3",
                _ => "TLS1.2",
            },
            cipher: session
                .negotiated_cipher_suite()
                .map(|suite| iana_name(&format!("{:?}", suite.suite())))
                .unwrap_or_default(),
            group: session
                .negotiated_key_exchange_group()
                .map(|group| format!("{:?}", group.name()))
                .unwrap_or_default(),
            sni: sni.map(str::to_owned),
            key_proved: proof::is_proved(&chain),
            chain,
        }
    }
}

/// rustls writes `TLS13_AES_256_GCM_SHA384` for what IANA calls `TLS_AES_256_GCM_SHA384`.
fn iana_name(suite: &str) -> String {
    match suite.strip_prefix("TLS13_") {
        Some(rest) => format!("TLS_{rest}"),
        None => suite.to_owned(),
    }
}
