//! A client that says what it is told.

use std::net::SocketAddr;

use core_directory::{ClientCertificate, TlsLevel};
use io_tls::{ClientStream, ClientTls, ClientTlsSettings};
use proto_certificate::TrustStore;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};

pub struct Client<S = TcpStream> {
    stream: BufReader<S>,
}

impl Client {
    /// Connects, and says EHLO.
    pub async fn greeted(address: SocketAddr) -> Self {
        Self::greeted_from("127.0.0.1", address).await
    }

    /// The same from one of this machine's addresses.
    pub async fn greeted_from(source: &str, address: SocketAddr) -> Self {
        let mut client = Self::connect_from(source, address).await;
        client.expect("220").await;
        client.command("EHLO client.example", "250").await;
        client
    }

    /// Connects.
    pub async fn connect_from(source: &str, address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(source.parse().unwrap(), 0)).unwrap();
        Self { stream: BufReader::new(socket.connect(address).await.unwrap()) }
    }

    /// Says STARTTLS, presents a certificate or none, and says EHLO.
    pub async fn starttls<'a>(
        mut self,
        certificate: impl Into<Option<&'a ClientCertificate>>,
    ) -> Client<ClientStream<TcpStream>> {
        self.command("STARTTLS", "220").await;
        let settings = ClientTlsSettings {
            level: TlsLevel::EncryptionOnly,
            server_name: None,
            tls_domain: None,
            client_certificate: certificate.into(),
            roots: &TrustStore::default(),
        };
        let (stream, _) = ClientTls::new().connect(self.stream.into_inner(), &settings).await.unwrap();
        let mut client = Client { stream: BufReader::new(stream) };
        client.command("EHLO client.example", "250").await;
        client
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub async fn send(&mut self, octets: &str) {
        self.stream.get_mut().write_all(octets.as_bytes()).await.unwrap();
        self.stream.get_mut().flush().await.unwrap();
    }

    /// Sends a command and returns its reply, which must begin so.
    pub async fn command(&mut self, command: &str, start: &str) -> String {
        self.send(&format!("{command}\r\n")).await;
        let reply = self.reply().await;
        assert!(reply.starts_with(start), "{command}: expected {start:?}, came {reply:?}");
        reply
    }

    /// Reads a reply, which must begin so.
    pub async fn expect(&mut self, start: &str) -> String {
        let reply = self.reply().await;
        assert!(reply.starts_with(start), "expected {start:?}, came {reply:?}");
        reply
    }

    /// The last line of the next reply; empty if the connection is closed.
    pub async fn reply(&mut self) -> String {
        self.lines().await.pop().unwrap_or_default()
    }

    /// All lines of the next reply.
    pub async fn lines(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return lines;
            }
            lines.push(line.trim_end().to_owned());
            if line.as_bytes().get(3) != Some(&b'-') {
                return lines;
            }
        }
    }

    /// Says nothing more, and still listens.
    pub async fn end_side(&mut self) {
        self.stream.get_mut().shutdown().await.unwrap();
    }

    /// Opens a transaction up to the recipient.
    pub async fn envelope(&mut self, from: &str, to: &str) {
        self.command(&format!("MAIL FROM:<{from}>"), "250 2.1.0").await;
        self.command(&format!("RCPT TO:<{to}>"), "250 2.1.5").await;
    }

    /// Sends a whole message, which must be taken.
    pub async fn message(&mut self, from: &str, to: &str) {
        self.envelope(from, to).await;
        self.command("DATA", "354").await;
        self.command("Subject: x\r\n\r\nhello\r\n.", "250 2.0.0 Queued as ").await;
    }
}

/// The reference in a refusal.
pub fn reference(reply: &str) -> String {
    let context = reply.strip_suffix(']').and_then(|rest| rest.rsplit_once(" [")).map(|(_, context)| context);
    let words: Vec<&str> = context.unwrap_or_default().split(' ').collect();
    let ["relay.example.net", _, reference] = words[..] else { panic!("no [host time reference] in {reply:?}") };
    reference.to_owned()
}
