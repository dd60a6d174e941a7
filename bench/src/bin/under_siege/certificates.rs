//! The certificates of those who besiege: a chain as long as a handshake can carry.

use std::io::{Error, Result};
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};

/// Less than the 64 KiB at which rustls ends a handshake by itself.
const OCTETS: usize = 60_000;

/// How clients present it.
#[derive(Clone)]
pub struct HugeChain(Arc<ClientConfig>);

impl HugeChain {
    /// Makes a chain of certificates that each sign themselves, so that none leads to another.
    pub fn make() -> Result<Self> {
        let key = KeyPair::generate().map_err(Error::other)?;
        let mut chain = Vec::new();
        let mut octets = 0;
        for number in 0.. {
            let params = CertificateParams::new([format!("host-{number}.evil.example")]).map_err(Error::other)?;
            let certificate = CertificateDer::from(params.self_signed(&key).map_err(Error::other)?.der().to_vec());
            octets += certificate.len();
            if octets > OCTETS {
                break;
            }
            chain.push(certificate);
        }
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(Error::other)?;
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(Error::other)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(TakesAnyServer))
            .with_client_auth_cert(chain, key)
            .map_err(Error::other)?;
        Ok(Self(Arc::new(config)))
    }

    /// For one connection.
    pub fn config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.0)
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// Who besieges does not care by whom the server is known.
#[derive(Debug)]
struct TakesAnyServer;

impl ServerCertVerifier for TakesAnyServer {
    fn verify_server_cert(
        &self,
        _leaf: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _leaf: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _leaf: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}
