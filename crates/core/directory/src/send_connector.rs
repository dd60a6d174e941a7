//! Send connectors: where a tenant's mail goes, over which TLS, and with which certificate.

use std::fmt;
use std::net::IpAddr;

use crate::{AddressSpace, CertificateName, Domain, DomainError, SendConnectorId, unmap};

/// How the next hop's TLS is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TlsLevel {
    /// TLS is not used.
    None,
    /// TLS where the next hop offers it, its certificate not judged; plain text otherwise.
    Opportunistic,
    /// TLS always, its certificate not judged.
    EncryptionOnly,
    /// TLS always, with a chain to a trusted root; the name is not compared.
    CertificateValidation,
    /// TLS always, with a chain to a trusted root and `tls_domain` in the certificate.
    DomainValidation,
}

/// The name or address of a smart host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SmartHostName {
    /// A host name, resolved at each connection.
    Domain(Domain),
    /// An IP address.
    Address(IpAddr),
}

/// A next hop named by the administrator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SmartHost {
    /// Where.
    pub host: SmartHostName,
    /// TCP port; 25 when left out.
    pub port: u16,
}

/// Why a text is no smart host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmartHostError {
    /// The host is neither a name nor an address.
    #[error("not a host name or IP address: {0}")]
    Host(#[from] DomainError),
    /// The port is no number from 1 to 65535.
    #[error(
        "the port after the colon is a number from 1 to 65535; an IPv6 address with a port is written [2001:db8::1]:25"
    )]
    Port,
}

/// A send connector. Field by field as in the directory file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendConnector {
    /// Given by the store.
    pub id: SendConnectorId,
    /// Unique within the tenant.
    pub name: Box<str>,
    /// A disabled connector routes nothing.
    pub enabled: bool,
    /// For people.
    pub comment: Box<str>,
    /// The recipient domains that it takes (rule A13).
    pub address_spaces: Box<[AddressSpace]>,
    /// Next hops, tried in turn; none: by MX.
    pub smart_hosts: Box<[SmartHost]>,
    /// How the next hop's TLS is judged.
    pub tls: TlsLevel,
    /// The name that the next hop's certificate must prove under [`TlsLevel::DomainValidation`]; the smart host's own
    /// name when left out.
    pub tls_domain: Option<CertificateName>,
    /// Name of the tenant's certificate that is presented; none: no certificate is presented.
    pub certificate: Option<Box<str>>,
    /// What EHLO says; the node's host name when left out.
    pub fqdn: Option<Domain>,
    /// Local address to connect from.
    pub source_address: Option<IpAddr>,
    /// Whether an attempt is made while the client waits.
    pub cut_through: bool,
    /// Whether the protocol log records this connector's sessions ("verbose").
    pub protocol_logging: bool,
}

impl SendConnector {
    /// An enabled connector for everything, with the defaults of the directory file.
    pub fn new(name: &str, smart_hosts: Box<[SmartHost]>) -> Self {
        Self {
            id: SendConnectorId::default(),
            name: name.into(),
            enabled: true,
            comment: "".into(),
            address_spaces: Box::new([AddressSpace::everything()]),
            tls: Self::default_tls(&smart_hosts),
            smart_hosts,
            tls_domain: None,
            certificate: None,
            fqdn: None,
            source_address: None,
            cut_through: true,
            protocol_logging: false,
        }
    }

    /// The default of `tls`: certificate validation with smart hosts, opportunistic by MX.
    pub fn default_tls(smart_hosts: &[SmartHost]) -> TlsLevel {
        if smart_hosts.is_empty() { TlsLevel::Opportunistic } else { TlsLevel::CertificateValidation }
    }
}

impl TlsLevel {
    /// Every level with its name in the directory file.
    pub const NAMES: [(Self, &'static str); 5] = [
        (Self::None, "none"),
        (Self::Opportunistic, "opportunistic"),
        (Self::EncryptionOnly, "encryption-only"),
        (Self::CertificateValidation, "certificate-validation"),
        (Self::DomainValidation, "domain-validation"),
    ];

    /// The name in the directory file.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Opportunistic => "opportunistic",
            Self::EncryptionOnly => "encryption-only",
            Self::CertificateValidation => "certificate-validation",
            Self::DomainValidation => "domain-validation",
        }
    }
}

impl SmartHost {
    /// The port of SMTP between servers (RFC 5321 §4.5.4.2).
    pub const DEFAULT_PORT: u16 = 25;

    /// Reads `host`, `host:port`, `192.0.2.1:25`, `[2001:db8::1]:25`, `[192.0.2.1]`, `2001:db8::1`.
    pub fn parse(text: &str) -> Result<Self, SmartHostError> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self { host: SmartHostName::Address(unmap(address)), port: Self::DEFAULT_PORT });
        }
        let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, "")) => (host, Self::DEFAULT_PORT),
            Some((host, rest)) => (host, parse_port(rest.strip_prefix(':').ok_or(SmartHostError::Port)?)?),
            None => match text.rsplit_once(':') {
                Some((host, port)) => (host, parse_port(port)?),
                None => (text, Self::DEFAULT_PORT),
            },
        };
        let host = match host.parse::<IpAddr>() {
            Ok(address) => SmartHostName::Address(unmap(address)),
            Err(_) => SmartHostName::Domain(Domain::parse(host)?),
        };
        Ok(Self { host, port })
    }
}

fn parse_port(text: &str) -> Result<u16, SmartHostError> {
    match text.parse() {
        Ok(0) | Err(_) => Err(SmartHostError::Port),
        Ok(port) => Ok(port),
    }
}

impl fmt::Display for SmartHostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Domain(domain) => domain.fmt(f),
            Self::Address(address) => address.fmt(f),
        }
    }
}

impl fmt::Display for SmartHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            SmartHostName::Address(IpAddr::V6(address)) => write!(f, "[{address}]:{}", self.port),
            host => write!(f, "{host}:{}", self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_smart_hosts() {
        let check = |text: &str, expected: Option<&str>| {
            let got = SmartHost::parse(text);
            assert_eq!(got.as_ref().map(ToString::to_string).ok().as_deref(), expected, "{text}: {got:?}");
            if let Ok(host) = got {
                assert_eq!(SmartHost::parse(&host.to_string()), Ok(host), "{text} printed and parsed");
            }
        };
        check("Hub.Example.net:25", Some("hub.example.net:25"));
        check("hub.example.net", Some("hub.example.net:25"));
        check("192.0.2.1", Some("192.0.2.1:25"));
        check("192.0.2.1:2525", Some("192.0.2.1:2525"));
        check("[192.0.2.1]", Some("192.0.2.1:25"));
        check("2001:db8::1", Some("[2001:db8::1]:25"));
        check("[2001:db8::1]:2525", Some("[2001:db8::1]:2525"));
        check("hub:0", None);
        check("hub:65536", None);
        check("hub:", None);
        check("[2001:db8::1]2525", None);
        check("", None);
        check("a b", None);
    }
}
