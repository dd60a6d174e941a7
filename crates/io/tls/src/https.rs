//! The client's side of HTTPS, for the command line that asks a server over the network. Unlike mail's, its certificate decides
//! before anything is said: a token goes to nobody else.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use proto_certificate::ParsedCertificate as Facts;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConfig, Resumption, WebPkiServerVerifier, verify_server_name};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;

use crate::TlsError;
use crate::client::ClientStream;
use crate::error::MAX_NAMES_TOLD;
use crate::proof::provider;

/// Why there is no HTTPS session.
#[derive(Debug, thiserror::Error)]
pub enum HttpsError {
    /// The server's certificate does not show that it is the one that was meant.
    #[error("the server's certificate is refused: {0}")]
    Certificate(String),
    /// Anything else in the handshake.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Makes the handshake with the server of this name or address. Its certificate must be for `host`, in date, and lead to one
/// of `roots` (DER). One that is among the roots itself, as a self-signed one is where it was handed over, needs no chain.
///
/// # Errors
/// Its certificate is another's, or the handshake fails. Nothing was said then.
pub async fn connect_https<S>(stream: S, host: &str, roots: &[Vec<u8>]) -> Result<ClientStream<S>, HttpsError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| TlsError::Setting { detail: format!("{host:?} is neither a host name nor an address") })?;
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(TlsError::internal)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier::new(roots)?))
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(refused)
}

fn refused(error: std::io::Error) -> HttpsError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(why)) => HttpsError::Certificate(text(why)),
        _ => HttpsError::Tls(TlsError::from_io(error)),
    }
}

/// What is wrong with the certificate, in one plain clause.
fn text(why: &CertificateError) -> String {
    let date = |time: &UnixTime| {
        let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
    };
    match why {
        CertificateError::ExpiredContext { not_after, .. } => format!("it expired on {}", date(not_after)),
        CertificateError::Expired => "it expired".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("it is not valid before {}; is the clock here right?", date(not_before))
        }
        CertificateError::NotValidYet => "it is not valid yet; is the clock here right?".to_owned(),
        CertificateError::UnknownIssuer => "its chain leads to no root that is trusted here".to_owned(),
        // Such as a self-signed one that says of itself that it may issue others, of which rustls has no word of its own.
        CertificateError::Other(why) => format!("{why}"),
        CertificateError::NotValidForNameContext { expected, presented } => {
            format!("it is not for {}, but for {}", expected.to_str(), names(presented))
        }
        CertificateError::NotValidForName => "it is for another name".to_owned(),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it is not for identifying servers (extended key usage)".to_owned()
        }
        other => other.to_string(),
    }
}

/// The first names that a certificate presents.
fn names(presented: &[String]) -> String {
    if presented.is_empty() {
        return "no name at all".to_owned();
    }
    let more = if presented.len() > MAX_NAMES_TOLD { " and more" } else { "" };
    format!("{}{more}", presented.iter().take(MAX_NAMES_TOLD).cloned().collect::<Vec<_>>().join(", "))
}

fn check_dates(facts: &Facts, now: UnixTime) -> Result<(), CertificateError> {
    let unix = |at: Timestamp| {
        UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(at.as_second()).unwrap_or_default()))
    };
    let (not_before, not_after) = (unix(facts.validity.not_before), unix(facts.validity.not_after));
    if now > not_after {
        return Err(CertificateError::ExpiredContext { time: now, not_after });
    }
    if now < not_before {
        return Err(CertificateError::NotValidYetContext { time: now, not_before });
    }
    Ok(())
}

/// The usual rules, and beside them certificates that are trusted as they are.
#[derive(Debug)]
struct Verifier {
    usual: Arc<WebPkiServerVerifier>,
    trusted: Vec<Vec<u8>>,
}

impl Verifier {
    fn new(roots: &[Vec<u8>]) -> Result<Self, TlsError> {
        let mut store = RootCertStore::empty();
        // What cannot be an anchor may still be trusted as it is.
        store.add_parsable_certificates(roots.iter().map(|root| CertificateDer::from(root.as_slice())));
        let usual = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider()).build();
        let usual = usual.map_err(|_| TlsError::Setting {
            detail: "there are no roots here to judge the server's certificate by".to_owned(),
        })?;
        Ok(Self { usual, trusted: roots.to_vec() })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if !self.trusted.iter().any(|own| own == leaf.as_ref()) {
            return self.usual.verify_server_cert(leaf, intermediates, name, ocsp, now);
        }
        verify_server_name(&ParsedCertificate::try_from(leaf)?, name)?;
        let facts = Facts::parse(leaf).map_err(|_| CertificateError::BadEncoding)?;
        check_dates(&facts, now)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual.verify_tls12_signature(message, leaf, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual.verify_tls13_signature(message, leaf, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }
}
