//! The client's side: TLS to a next hop, its certificate judged after the handshake as the send connector wants.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use core_directory::{CertificateFacts, CertificateName, ClientCertificate, Domain, Thumbprint, TlsLevel};
use jiff::Timestamp;
use proto_certificate::{TrustStore, judge_next_hop, thumbprint};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConfig, ResolvesClientCert, Resumption};
use rustls::sign::CertifiedKey;
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, DnsName, IpAddr, Ipv4Addr, ServerName, UnixTime};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;

use crate::TlsError;
use crate::peer::PeerTls;
use crate::proof::{self, provider};
use crate::server_certificate::certified_key;

/// A TLS stream to a next hop.
pub type ClientStream<S> = tokio_rustls::client::TlsStream<S>;

/// Client certificates kept ready for use. Parsing a key takes up to a millisecond; beyond this number all are let go.
const MAX_READY_CERTIFICATES: usize = 1024;

/// How one connection to a next hop is made and judged.
#[derive(Clone, Copy, Debug)]
pub struct ClientTlsSettings<'a> {
    /// What the certificate must prove. Not [`TlsLevel::None`].
    pub level: TlsLevel,
    /// The host name to ask for (SNI); none for a next hop given by address.
    pub server_name: Option<&'a Domain>,
    /// The name that must match the certificate under [`TlsLevel::DomainValidation`], by rule A3.
    pub tls_domain: Option<&'a CertificateName>,
    /// Presented, with its intermediates, if the next hop asks; none: nothing is presented.
    pub client_certificate: Option<&'a ClientCertificate>,
    /// The operator's roots.
    pub roots: &'a TrustStore,
}

/// What the handshake with a next hop showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextHopTls {
    /// `TLS1.2` or `TLS1.3`.
    pub version: &'static str,
    /// The cipher suite by its IANA name.
    pub cipher: String,
    /// The certificates that the next hop presented, the leaf first.
    pub chain: Vec<Vec<u8>>,
    /// Their judgement, whether the level demanded one or not.
    pub facts: CertificateFacts,
    /// Key exchange by its IANA name, such as `X25519`; empty if not known.
    pub group: String,
    /// Whether the next hop asked for a client certificate. One that does not cannot recognise the sender by it.
    pub asked_for_certificate: bool,
    /// Whether ours was presented: there is one, the next hop asked, and can check what its key signs.
    pub presented_certificate: bool,
}

/// There is no session with a next hop.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct NoSession {
    /// Why.
    pub error: TlsError,
    /// Whether our certificate was presented before it ended.
    pub presented_certificate: bool,
    /// What the handshake showed, if it came about and the next hop's certificate did not satisfy the send connector.
    pub shown: Option<Box<NextHopTls>>,
}

/// Before anything was said.
impl From<TlsError> for NoSession {
    fn from(error: TlsError) -> Self {
        Self { error, presented_certificate: false, shown: None }
    }
}

/// Makes TLS sessions to next hops.
#[derive(Debug, Default)]
pub struct ClientTls {
    ready: Mutex<HashMap<Thumbprint, Arc<CertifiedKey>>>,
}

impl ClientTls {
    /// A maker with nothing ready yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the handshake, then judges the next hop's certificate at the present time. On an error the stream is dropped.
    pub async fn connect<S>(
        &self,
        stream: S,
        settings: &ClientTlsSettings<'_>,
    ) -> Result<(ClientStream<S>, NextHopTls), NoSession>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        check_settings(settings)?;
        let key = settings.client_certificate.map(|certificate| self.ready_key(certificate)).transpose()?;
        let presenting = Arc::new(Presenting { key, asked: AtomicBool::new(false), presented: AtomicBool::new(false) });
        let config = client_config(Arc::clone(&presenting))?;
        let connected = TlsConnector::from(Arc::new(config)).connect(server_name(settings.server_name), stream).await;
        let presented_certificate = presenting.presented.load(Ordering::Acquire);
        let failed = |error, shown| NoSession { error, presented_certificate, shown };
        let stream = connected.map_err(|error| failed(TlsError::from_io(error), None))?;
        let peer = PeerTls::of(stream.get_ref().1, None);
        let facts = judge_next_hop(&peer.chain, peer.key_proved, Timestamp::now(), settings.roots);
        let satisfied = check_next_hop(&peer, &facts, settings);
        let asked_for_certificate = presenting.asked.load(Ordering::Acquire);
        let PeerTls { version, cipher, group, chain, .. } = peer;
        let shown = NextHopTls { version, cipher, chain, facts, group, asked_for_certificate, presented_certificate };
        match satisfied {
            Ok(()) => Ok((stream, shown)),
            Err(error) => Err(failed(error, Some(Box::new(shown)))),
        }
    }

    /// The certificate's key, parsed once for each distinct chain.
    fn ready_key(&self, certificate: &ClientCertificate) -> Result<Arc<CertifiedKey>, TlsError> {
        let id = thumbprint(&certificate.chain.concat());
        if let Some(key) = self.ready.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Ok(Arc::clone(key));
        }
        let key = certified_key(&certificate.chain, &certificate.key).map_err(|detail| TlsError::Setting {
            detail: format!("certificate \"{}\": {detail}", certificate.name),
        })?;
        let key = Arc::new(key);
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.len() >= MAX_READY_CERTIFICATES {
            ready.clear();
        }
        ready.insert(id, Arc::clone(&key));
        Ok(key)
    }
}

fn check_settings(settings: &ClientTlsSettings<'_>) -> Result<(), TlsError> {
    let detail = match (settings.level, settings.tls_domain) {
        (TlsLevel::None, _) => "the send connector's tls is \"none\"",
        (TlsLevel::DomainValidation, None) => {
            "domain-validation of a next hop given by address needs tls_domain, the name in its certificate"
        }
        _ => return Ok(()),
    };
    Err(TlsError::Setting { detail: detail.to_owned() })
}

/// What the level demands of the certificate.
fn check_next_hop(peer: &PeerTls, facts: &CertificateFacts, settings: &ClientTlsSettings<'_>) -> Result<(), TlsError> {
    let wanted = match settings.level {
        TlsLevel::None | TlsLevel::Opportunistic | TlsLevel::EncryptionOnly => return Ok(()),
        TlsLevel::CertificateValidation => None,
        TlsLevel::DomainValidation => settings.tls_domain,
    };
    if peer.chain.is_empty() {
        return Err(TlsError::NoCertificate);
    }
    let path = facts
        .operator_path
        .filter(|_| facts.key_proved)
        .ok_or_else(|| TlsError::Untrusted { subject: facts.subject.clone(), faults: facts.faults.clone() })?;
    let proved = match facts.names.split_last() {
        Some((_, others)) if facts.last_is_common_name && path.excludes_common_name => others,
        _ => &facts.names,
    };
    match wanted {
        Some(wanted) if !proved.iter().any(|name| wanted.matches(name).is_some()) => {
            Err(TlsError::WrongName { wanted: wanted.clone(), presented: proved.to_vec() })
        }
        _ => Ok(()),
    }
}

fn client_config(presenting: Arc<Presenting>) -> Result<ClientConfig, TlsError> {
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(TlsError::internal)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AcceptEveryCertificate))
        .with_client_cert_resolver(presenting);
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// rustls sends no SNI for an address, which is also what a name gets that SNI cannot hold.
fn server_name(name: Option<&Domain>) -> ServerName<'static> {
    name.and_then(|name| DnsName::try_from(name.as_str().to_owned()).ok())
        .map_or(ServerName::IpAddress(IpAddr::V4(Ipv4Addr::from([0, 0, 0, 0]))), ServerName::DnsName)
}

/// Presents the certificate, if there is one, and remembers whether the next hop asked. Which authorities it hints at does
/// not matter: the connector names this certificate and no other.
#[derive(Debug)]
struct Presenting {
    key: Option<Arc<CertifiedKey>>,
    asked: AtomicBool,
    presented: AtomicBool,
}

impl ResolvesClientCert for Presenting {
    fn resolve(&self, _hints: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Release);
        let fits = |key: &Arc<CertifiedKey>| key.key.choose_scheme(schemes).is_some();
        self.presented.store(self.key.as_ref().is_some_and(fits), Ordering::Release);
        self.key.clone()
    }

    fn has_certs(&self) -> bool {
        self.key.is_some()
    }
}

/// Takes whatever certificate comes, if the next hop holds its key; judged later.
#[derive(Debug)]
struct AcceptEveryCertificate;

impl ServerCertVerifier for AcceptEveryCertificate {
    fn verify_server_cert(
        &self,
        _leaf: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        proof::check_tls12(message, leaf, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        proof::check_tls13(message, leaf, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        proof::schemes()
    }
}
