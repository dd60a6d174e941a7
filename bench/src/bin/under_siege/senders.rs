//! The mail that is to flow: a few clients that send one message after the other.

use std::io::{Error, Result};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::sink::Sink;

/// So many at a time: enough for commits to be shared.
const SENDERS: usize = 8;
/// Octets of a body: what a notice or a short letter has.
const BODY: usize = 4096;
/// How long the rest may take to arrive when the span is over.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends for a span, and waits until everything has arrived at the sink. Messages a second, the wait included.
pub async fn send(relay: SocketAddr, sink: &Sink, span: Duration) -> Result<f64> {
    let before = sink.arrived();
    let begin = Instant::now();
    let mut senders = JoinSet::new();
    for _ in 0..SENDERS {
        senders.spawn(send_until(relay, begin + span));
    }
    let mut accepted = 0;
    while let Some(ended) = senders.join_next().await {
        accepted += ended.map_err(Error::other)??;
    }
    while sink.arrived() < before + accepted {
        if begin.elapsed() > span + PATIENCE {
            let missing = before + accepted - sink.arrived();
            return Err(Error::other(format!("{missing} of {accepted} accepted messages have not arrived")));
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(accepted as f64 / begin.elapsed().as_secs_f64())
}

/// One connection. How many messages got their `250`.
async fn send_until(relay: SocketAddr, end: Instant) -> Result<u64> {
    let stream = TcpStream::connect(relay).await?;
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let body =
        format!("Subject: mail that flows\r\n\r\n{}.\r\n", "0123456789 0123456789 0123456789\r\n".repeat(BODY / 34));
    expect(&mut stream, "220").await?;
    stream.write_all(b"EHLO client.example\r\n").await?;
    expect(&mut stream, "250").await?;
    let mut accepted = 0;
    while Instant::now() < end {
        let envelope = b"MAIL FROM:<anna@contoso.com>\r\nRCPT TO:<bob@elsewhere.example>\r\nDATA\r\n";
        stream.write_all(envelope).await?;
        for code in ["250", "250", "354"] {
            expect(&mut stream, code).await?;
        }
        stream.write_all(body.as_bytes()).await?;
        expect(&mut stream, "250").await?;
        accepted += 1;
    }
    stream.write_all(b"QUIT\r\n").await?;
    Ok(accepted)
}

/// Reads a whole reply with this code.
pub async fn expect(stream: &mut BufReader<TcpStream>, code: &str) -> Result<()> {
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if !line.starts_with(code) {
            return Err(Error::other(format!("expected {code}, came {}", line.trim_end())));
        }
        if line.as_bytes().get(3) != Some(&b'-') {
            return Ok(());
        }
    }
}
