//! Handshakes that cost the server more than they are worth.

use std::io::{Error, Result};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::certificates::HugeChain;
use crate::senders::expect;
use crate::siege::connect_from;

/// By then the relay has had all trouble with it.
const PATIENCE: Duration = Duration::from_secs(10);

/// A record of a handshake that is none.
const BAD_RECORD: &[u8] = b"\x16\x03\x01\x00\x20\x01\x00\x00\x1c\x03\x03 this is no hello at all..";

/// Makes one: kind 0 sends a bad record, 1 goes in the middle, 2 presents a huge chain.
pub async fn make(source: IpAddr, relay: SocketAddr, kind: usize, chain: &HugeChain) -> Result<()> {
    timeout(PATIENCE, make_one(source, relay, kind, chain)).await.map_err(Error::other)?
}

async fn make_one(source: IpAddr, relay: SocketAddr, kind: usize, chain: &HugeChain) -> Result<()> {
    let mut stream = asked_for_tls(source, relay).await?;
    match kind {
        0 => {
            stream.write_all(BAD_RECORD).await?;
            stream.read_to_end(&mut Vec::new()).await?;
        }
        1 => {
            stream.write_all(&hello(chain)?).await?;
            // The server's whole flight is made and signed by now.
            stream.read_exact(&mut [0; 5]).await?;
        }
        _ => {
            let connector = TlsConnector::from(chain.config());
            let mut stream = connector.connect(name()?, stream).await?;
            stream.write_all(b"QUIT\r\n").await?;
            stream.read_to_end(&mut Vec::new()).await?;
        }
    }
    Ok(())
}

/// A connection on which a handshake is expected.
async fn asked_for_tls(source: IpAddr, relay: SocketAddr) -> Result<TcpStream> {
    let mut stream = BufReader::new(connect_from(source, relay).await?);
    expect(&mut stream, "220").await?;
    stream.write_all(b"EHLO hostile.example\r\n").await?;
    expect(&mut stream, "250").await?;
    stream.write_all(b"STARTTLS\r\n").await?;
    expect(&mut stream, "220").await?;
    Ok(stream.into_inner())
}

/// A good first message.
fn hello(chain: &HugeChain) -> Result<Vec<u8>> {
    let mut connection = rustls::ClientConnection::new(chain.config(), name()?).map_err(Error::other)?;
    let mut octets = Vec::new();
    connection.write_tls(&mut octets)?;
    Ok(octets)
}

fn name() -> Result<ServerName<'static>> {
    ServerName::try_from("relay.example.net").map_err(Error::other)
}
