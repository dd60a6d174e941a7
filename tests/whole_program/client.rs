//! A client that does as it is told: any octets, any certificate with any key, from any address of this machine.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConfig, ClientConnection, ResolvesClientCert};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{DigitallySignedStruct, SignatureScheme, StreamOwned};

use crate::peers::Answers;
use crate::pki::Identity;
use crate::relay::HOSTNAME;
use crate::waiting::PATIENCE;

/// How every client here greets.
pub const EHLO: &str = "EHLO client.example";

/// A connection to a relay, its banner not read yet.
pub struct Client {
    stream: Box<dyn Stream>,
    buffer: Vec<u8>,
}

/// A whole reply, its lines parted by `\n`, codes included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply(pub String);

/// What octets go over.
pub trait Stream: Read + Write + Send {
    /// The socket, where there is still plaintext on it.
    fn socket(&self) -> Option<TcpStream> {
        None
    }

    /// The certificates that the server presented, the leaf first.
    fn certificates(&self) -> Vec<Vec<u8>> {
        Vec::new()
    }
}

impl Client {
    /// Connects.
    pub fn connect(address: SocketAddr) -> Self {
        Self::from(TcpStream::connect(address).unwrap())
    }

    /// Connects from one of this machine's addresses.
    pub fn connect_from(source: IpAddr, address: SocketAddr) -> Self {
        Self::from(bound(source, address))
    }

    /// Goes on over a stream on which EHLO comes next.
    pub fn over(stream: Box<dyn Stream>) -> Self {
        Self { stream, buffer: Vec::new() }
    }

    /// Connects and says EHLO.
    pub fn greeted(address: SocketAddr) -> Self {
        Self::connect(address).greet()
    }

    /// The same, over TLS where there is a certificate to be shown; nothing if the relay goes in the middle of it.
    pub fn greeted_if_there(address: SocketAddr, presents: Option<&Identity>) -> Option<Self> {
        let mut client = Self::from(TcpStream::connect(address).ok()?);
        client.whole_reply().ok()?;
        client.exchange(&format!("{EHLO}\r\n"), 0)?;
        client.whole_reply().ok()?;
        let Some(identity) = presents else { return Some(client) };
        client.exchange("STARTTLS\r\n", 1)?;
        let mut client = client.handshake(config(Some(certified(&identity.chain(), &identity.key)))).ok()?;
        client.exchange(&format!("{EHLO}\r\n"), 0)?;
        client.whole_reply().ok()?;
        Some(client)
    }

    /// Reads the banner and says EHLO.
    pub fn greet(mut self) -> Self {
        self.reply().expect("220");
        self.command(EHLO).expect("250");
        self
    }

    /// Sends a message to one recipient as far as the relay lets it.
    pub fn submit(&mut self, from: &str, to: &str, text: impl AsRef<[u8]>) -> Answers {
        self.command(&format!("MAIL FROM:<{from}>")).expect("250");
        let recipient = self.command(&format!("RCPT TO:<{to}>"));
        let message = recipient.0.starts_with("250").then(|| self.message(text));
        Answers { recipient, message }
    }

    /// Sends a message, which ends with CRLF, with dots stuffed.
    pub fn message(&mut self, text: impl AsRef<[u8]>) -> Reply {
        self.command("DATA").expect("354");
        let mut stuffed = Vec::new();
        for line in text.as_ref().split_inclusive(|&octet| octet == b'\n') {
            stuffed.extend(line.first().filter(|&&first| first == b'.'));
            stuffed.extend(line);
        }
        self.send(stuffed);
        self.command(".")
    }

    /// Sends octets as they are.
    pub fn send(&mut self, octets: impl AsRef<[u8]>) {
        self.stream.write_all(octets.as_ref()).unwrap();
        self.stream.flush().unwrap();
    }

    /// Sends octets and reads so many replies of one line; nothing if the relay is gone.
    pub fn exchange(&mut self, octets: &str, replies: usize) -> Option<Vec<String>> {
        self.stream.write_all(octets.as_bytes()).ok()?;
        (0..replies).map(|_| self.line()).collect()
    }

    /// Sends a command and reads its reply.
    pub fn command(&mut self, line: &str) -> Reply {
        self.send(format!("{line}\r\n"));
        self.reply()
    }

    /// Reads a whole reply.
    pub fn reply(&mut self) -> Reply {
        self.whole_reply().unwrap_or_else(|lines| panic!("the relay hung up after {lines:?}"))
    }

    /// Its lines so far if the relay is gone.
    fn whole_reply(&mut self) -> Result<Reply, Vec<String>> {
        let mut lines = Vec::new();
        loop {
            let Some(line) = self.line() else { return Err(lines) };
            let more = line.as_bytes().get(3) == Some(&b'-');
            lines.push(line);
            if !more {
                return Ok(Reply(lines.join("\n")));
            }
        }
    }

    /// Reads so many octets.
    pub fn octets(&mut self, count: usize) -> Vec<u8> {
        while self.buffer.len() < count {
            let mut piece = [0; 4096];
            let read = self.stream.read(&mut piece).unwrap();
            assert!(read > 0, "the relay hung up after {:?}", self.buffer);
            self.buffer.extend_from_slice(&piece[..read]);
        }
        self.buffer.drain(..count).collect()
    }

    /// Reads a line without its CRLF; nothing if the relay has closed the connection.
    pub fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let line = self.buffer.drain(..end + 2).take(end).collect();
                return Some(String::from_utf8(line).unwrap());
            }
            let mut piece = [0; 4096];
            match self.stream.read(&mut piece) {
                Ok(count) if count > 0 => self.buffer.extend_from_slice(&piece[..count]),
                Ok(_) => return None,
                // TLS says so where the connection ends without its own farewell.
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof) => {
                    return None;
                }
                Err(error) => panic!("reading from the relay: {error}; so far {:?}", self.buffer),
            }
        }
    }

    /// Says STARTTLS, makes the handshake and says EHLO again.
    pub fn starttls(mut self, presents: Option<&Identity>) -> Self {
        self.command("STARTTLS").expect("220");
        let config = config(presents.map(|identity| certified(&identity.chain(), &identity.key)));
        let mut client = self.handshake(config).unwrap();
        client.command(EHLO).expect("250");
        client
    }

    /// Makes the handshake, and nothing before or after it.
    pub fn handshake_only(self) -> Self {
        self.handshake(config(None)).unwrap()
    }

    /// Makes the handshake with what is presented, be it the key of another certificate. An alert that comes with the first
    /// reply, as TLS 1.3 has it, is an error too.
    pub fn handshake_with(mut self, chain: &str, key: &str) -> std::io::Result<Self> {
        self.command("STARTTLS").expect("220");
        let mut client = self.handshake(config(Some(certified(chain, key))))?;
        client.stream.write_all(b"NOOP\r\n")?;
        let mut first = [0; 4096];
        let count = client.stream.read(&mut first)?;
        client.buffer.extend_from_slice(&first[..count]);
        if count == 0 { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(client) }
    }

    /// The leaf that the server presented in the handshake.
    pub fn server_certificate(&self) -> Vec<u8> {
        self.stream.certificates().into_iter().next().expect("a certificate of the server")
    }

    fn handshake(self, config: ClientConfig) -> std::io::Result<Self> {
        assert!(self.buffer.is_empty(), "octets before the handshake: {:?}", self.buffer);
        let mut socket = self.stream.socket().expect("no TLS yet");
        let name = ServerName::try_from(HOSTNAME).unwrap();
        let mut connection = ClientConnection::new(Arc::new(config), name).unwrap();
        while connection.is_handshaking() {
            connection.complete_io(&mut socket)?;
        }
        Ok(Self { stream: Box::new(StreamOwned::new(connection, socket)), buffer: Vec::new() })
    }
}

impl From<TcpStream> for Client {
    fn from(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { stream: Box::new(stream), buffer: Vec::new() }
    }
}

impl Reply {
    /// Panics unless it begins so.
    pub fn expect(self, start: &str) -> Self {
        assert!(self.0.starts_with(start), "expected {start:?}, came {:?}", self.0);
        self
    }

    /// What stands behind `Queued as`.
    pub fn queued_as(&self) -> String {
        let taken = self.0.strip_prefix("250 2.0.0 ").and_then(|text| text.split_once(" as "));
        let reference = taken.filter(|(how, _)| ["Queued", "Delivered"].contains(how)).map(|(_, reference)| reference);
        reference.unwrap_or_else(|| panic!("not taken: {:?}", self.0)).to_owned()
    }

    /// The reference in brackets at the end of a refusal: `[host time reference]`.
    pub fn reference(&self) -> String {
        let context = self.0.strip_suffix(']').and_then(|rest| rest.rsplit_once(" [")).map(|(_, context)| context);
        let words: Vec<&str> = context.unwrap_or_default().split(' ').collect();
        let [host, time, reference] = words[..] else { panic!("no [host time reference] in {:?}", self.0) };
        assert_eq!(host, HOSTNAME, "{:?}", self.0);
        assert!(time.parse::<jiff::Timestamp>().is_ok(), "no time in {:?}", self.0);
        reference.to_owned()
    }
}

/// A socket bound to an address of this machine and connected.
fn bound(source: IpAddr, address: SocketAddr) -> TcpStream {
    let connect = async {
        let socket = match source {
            IpAddr::V4(_) => tokio::net::TcpSocket::new_v4()?,
            IpAddr::V6(_) => tokio::net::TcpSocket::new_v6()?,
        };
        socket.bind(SocketAddr::new(source, 0))?;
        socket.connect(address).await?.into_std()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let stream = runtime.block_on(connect).unwrap_or_else(|error| panic!("from {source} to {address}: {error}"));
    stream.set_nonblocking(false).unwrap();
    stream
}

impl Stream for TcpStream {
    fn socket(&self) -> Option<TcpStream> {
        self.try_clone().ok()
    }
}

impl Stream for StreamOwned<ClientConnection, TcpStream> {
    fn certificates(&self) -> Vec<Vec<u8>> {
        self.conn.peer_certificates().unwrap_or_default().iter().map(|certificate| certificate.to_vec()).collect()
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn config(presents: Option<CertifiedKey>) -> ClientConfig {
    ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(TakesAnyServer))
        .with_client_cert_resolver(Arc::new(Presents(presents.map(Arc::new))))
}

/// A chain with a key, whether or not they belong together.
fn certified(chain: &str, key: &str) -> CertifiedKey {
    let chain = proto_certificate::pem::read_certificates(chain.as_bytes()).unwrap();
    let key = proto_certificate::pem::read_key(key.as_bytes()).unwrap();
    let der = PrivateKeyDer::try_from(key.secret_der().to_vec()).unwrap();
    let signing = provider().key_provider.load_private_key(der).unwrap();
    CertifiedKey::new(chain.into_iter().map(CertificateDer::from).collect(), signing)
}

#[derive(Debug)]
struct Presents(Option<Arc<CertifiedKey>>);

impl ResolvesClientCert for Presents {
    fn resolve(&self, hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        assert!(hints.is_empty(), "the relay hints at authorities");
        self.0.clone()
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}

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
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _leaf: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _leaf: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}
