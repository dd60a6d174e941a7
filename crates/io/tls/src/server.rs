//! The server's side: one [`ServerTls`] for each listener.

use std::sync::Arc;
use std::time::Duration;

use proto_certificate::CertificateSummary;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{NoClientAuth, NoServerSessionStorage, ServerConfig};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, UnixTime};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;

use crate::proof::{self, provider};
use crate::server_certificate::{ReloadEvent, ServerCertificate};
use crate::{PeerTls, TlsError};

/// The name of HTTP/1.1 in ALPN.
const HTTP_1_1: &[u8] = b"http/1.1";

/// A TLS stream that a client opened.
pub type ServerStream<S> = tokio_rustls::server::TlsStream<S>;

/// TLS of one listener: its certificate and whether it asks clients for theirs.
pub struct ServerTls {
    certificate: Arc<ServerCertificate>,
    acceptor: TlsAcceptor,
}

impl ServerTls {
    /// Loads certificate and key from PEM or DER files, which [`Self::reload`] and [`Self::watch`] read again. With
    /// `ask_for_certificates` clients are asked for a certificate; none has to be given.
    pub fn from_files(
        certificate: &std::path::Path,
        key: &std::path::Path,
        ask_for_certificates: bool,
    ) -> Result<Self, TlsError> {
        Self::new(ServerCertificate::from_files(certificate, key)?, ask_for_certificates, &[])
    }

    /// The same for HTTPS: clients are asked for no certificate, and told by ALPN that HTTP/1.1 is spoken (RFC 7301). One that
    /// wants another protocol alone is refused in the handshake.
    pub fn https_from_files(certificate: &std::path::Path, key: &std::path::Path) -> Result<Self, TlsError> {
        Self::new(ServerCertificate::from_files(certificate, key)?, false, &[HTTP_1_1])
    }

    /// Takes certificate and key in PEM that are in no file.
    pub fn from_pem(certificate: &[u8], key: &[u8], ask_for_certificates: bool) -> Result<Self, TlsError> {
        Self::new(ServerCertificate::from_pem(certificate, key)?, ask_for_certificates, &[])
    }

    fn new(certificate: ServerCertificate, ask_for_certificates: bool, protocols: &[&[u8]]) -> Result<Self, TlsError> {
        let certificate = Arc::new(certificate);
        let verifier: Arc<dyn ClientCertVerifier> =
            if ask_for_certificates { Arc::new(AcceptEveryCertificate) } else { Arc::new(NoClientAuth) };
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(TlsError::internal)?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::clone(&certificate) as Arc<_>);
        // No resumption of any kind (rule A2). Exchange Online also ends sessions that send TLS 1.3 tickets on port 25.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        config.max_early_data_size = 0;
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Ok(Self { certificate, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    /// Makes the handshake. How long it may take is the caller's to decide. A client certificate, however odd, never fails
    /// it; a wrong signature with its key does.
    pub async fn accept<S>(&self, stream: S) -> Result<(ServerStream<S>, PeerTls), TlsError>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let stream = self.acceptor.accept(stream).await.map_err(TlsError::from_io)?;
        let session = stream.get_ref().1;
        let peer = PeerTls::of(session, session.server_name());
        Ok((stream, peer))
    }

    /// The certificate in use.
    pub fn certificate(&self) -> Option<CertificateSummary> {
        self.certificate.summary()
    }

    /// The chain in use, the leaf first, in DER.
    pub fn chain(&self) -> Vec<Vec<u8>> {
        self.certificate.chain()
    }

    /// Reads the files again. `Ok(true)` if they changed and are in use now; on an error the old certificate stays.
    pub fn reload(&self) -> Result<bool, TlsError> {
        self.certificate.reload()
    }

    /// Reads the files again and again until dropped, and tells each change. An error is told once, until it is another one.
    pub async fn watch(self: Arc<Self>, every: Duration, on_event: impl Fn(ReloadEvent) + Send) {
        let mut told: Option<String> = None;
        loop {
            tokio::time::sleep(every).await;
            let tls = Arc::clone(&self);
            let outcome = tokio::task::spawn_blocking(move || tls.reload()).await;
            match outcome.unwrap_or_else(|error| Err(TlsError::internal(error))) {
                Ok(changed) => {
                    if let Some(summary) = self.certificate().filter(|_| changed) {
                        on_event(ReloadEvent::Reloaded(summary));
                    }
                    told = None;
                }
                Err(error) => {
                    let text = error.to_string();
                    if told.as_ref() != Some(&text) {
                        on_event(ReloadEvent::Failed(error));
                    }
                    told = Some(text);
                }
            }
        }
    }
}

impl std::fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerTls").field("certificate", &self.certificate()).finish_non_exhaustive()
    }
}

/// Asks for a certificate, hints at no authority, and takes whatever comes; judged later.
#[derive(Debug)]
struct AcceptEveryCertificate;

impl ClientCertVerifier for AcceptEveryCertificate {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _leaf: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
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
