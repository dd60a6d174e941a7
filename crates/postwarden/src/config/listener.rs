//! `[[listener]]`: one address that mail is taken at.

use std::net::SocketAddr;
use std::path::PathBuf;

use core_directory::AddressRange;

/// One listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Where.
    pub address: SocketAddr,
    /// What it is called in the receive log.
    pub name: String,
    /// Whether its sessions stand there.
    pub protocol_logging: bool,
    /// The PEM file of the server's certificate with its intermediates. None: one is made on the spot.
    pub certificate: Option<PathBuf>,
    /// The PEM file of its key. There is one exactly when there is a certificate.
    pub key: Option<PathBuf>,
    /// Whether clients are asked for a certificate.
    pub client_certificates: bool,
    /// What becomes of bare newlines.
    pub bare_newline: BareNewline,
    /// Balancers whose connections begin with a PROXY header; from others it is an error.
    pub proxy_protocol: Vec<AddressRange>,
    /// Whether BDAT is offered (CHUNKING, RFC 3030).
    pub chunking: bool,
    /// Whether mail of any octets is taken (BINARYMIME, RFC 3030); never without `chunking`.
    pub binary_mime: bool,
}

/// What becomes of mail with a CR or LF that stands alone. End of data is CRLF.CRLF in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BareNewline {
    /// It is refused.
    #[default]
    Reject,
    /// It becomes CRLF, for old devices.
    Normalize,
}

impl Listener {
    /// A listener with the defaults of the file: a certificate made on the spot, clients asked for theirs.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            name: format!("Default {address}"),
            protocol_logging: false,
            certificate: None,
            key: None,
            client_certificates: true,
            bare_newline: BareNewline::Reject,
            proxy_protocol: Vec::new(),
            chunking: false,
            binary_mime: false,
        }
    }
}

/// Whether something stands in a protocol log, as Exchange writes it (Microsoft: `ProtocolLoggingLevel`).
pub const PROTOCOL_LOGGING: [(bool, &str); 2] = [(false, "none"), (true, "verbose")];

impl BareNewline {
    /// Both with their words.
    pub const NAMES: [(Self, &'static str); 2] = [(Self::Reject, "reject"), (Self::Normalize, "normalize")];
}
