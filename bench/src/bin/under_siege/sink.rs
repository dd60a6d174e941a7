//! The next hop: takes everything and counts it.

use std::io::Result;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A sink that runs as long as the program.
pub struct Sink {
    /// Where it listens.
    pub address: SocketAddr,
    arrived: Arc<AtomicU64>,
}

impl Sink {
    /// Begins to listen.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let arrived = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&arrived);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let counter = Arc::clone(&counter);
                // A connection that breaks is the relay's to deal with.
                tokio::spawn(async move { serve(stream, &counter).await });
            }
        });
        Ok(Self { address, arrived })
    }

    /// How many messages have arrived.
    pub fn arrived(&self) -> u64 {
        self.arrived.load(Ordering::SeqCst)
    }
}

async fn serve(stream: TcpStream, arrived: &AtomicU64) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink.example.org\r\n").await?;
    let mut line = Vec::new();
    let mut in_message = false;
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        if in_message && line != b".\r\n" {
            continue;
        }
        if in_message {
            arrived.fetch_add(1, Ordering::SeqCst);
        }
        let is = |verb: &[u8]| line.len() >= 4 && line[..4].eq_ignore_ascii_case(verb);
        let reply: &[u8] = match () {
            () if in_message => b"250 2.0.0 taken\r\n",
            () if is(b"EHLO") => b"250-sink.example.org\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
            () if is(b"DATA") => b"354 go on\r\n",
            () if is(b"QUIT") => b"221 bye\r\n",
            () => b"250 2.0.0 ok\r\n",
        };
        in_message = !in_message && is(b"DATA");
        stream.write_all(reply).await?;
    }
}
