//! A next hop that follows a script.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use io_tls::ServerTls;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What one connection does: for commands that begin with a word, a reply (its lines parted by `\n`, without line ends), or
/// [`CLOSE`], [`SILENCE`] or [`DRIP`]. Besides commands, `banner`, `handshake` and `.` may be named; the rest is answered well.
#[derive(Clone, Copy, Default)]
pub struct Script(pub &'static [(&'static str, &'static str)]);

/// Closes the connection.
pub const CLOSE: &str = "close";
/// Says nothing until the client goes.
pub const SILENCE: &str = "silence";

/// Begins a reply and goes on with it octet by octet until the client goes.
pub const DRIP: &str = "drip";

/// What a connection saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub commands: Vec<String>,
    pub messages: Vec<String>,
    pub tls: bool,
    /// Certificates that the client presented.
    pub certificates: usize,
}

pub struct Hop {
    /// `127.0.0.1:port`.
    pub address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

enum Next {
    Closed,
    StartTls,
}

impl Hop {
    /// A hop whose first connection follows the first script, and so on; the last is for all others.
    pub async fn start(scripts: &[Script], tls: Option<Arc<ServerTls>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, scripts) = (Arc::clone(&seen), scripts.to_vec());
        let task = tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                log.lock().unwrap().push(Seen::default());
                let script = scripts.get(number).or(scripts.last()).copied().unwrap_or_default();
                let connection = Connection { number, script, tls: tls.clone(), log: Arc::clone(&log) };
                tokio::spawn(connection.run(stream));
            }
        });
        Self { address, seen, task }
    }

    /// A hop that takes everything, with exceptions.
    pub async fn plain(script: Script) -> Self {
        Self::start(&[script], None).await
    }

    /// What each connection saw so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The messages of all connections.
    pub fn messages(&self) -> Vec<String> {
        self.seen().into_iter().flat_map(|seen| seen.messages).collect()
    }
}

impl Drop for Hop {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Connection {
    number: usize,
    script: Script,
    tls: Option<Arc<ServerTls>>,
    log: Arc<Mutex<Vec<Seen>>>,
}

impl Connection {
    async fn run(self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        if !self.answer(&mut stream, "banner").await {
            return;
        }
        if let Next::StartTls = self.serve(&mut stream).await {
            if self.reply("handshake") == Some(CLOSE) {
                return;
            }
            let tls = self.tls.as_ref().expect("STARTTLS is only offered with a certificate");
            let Ok((stream, peer)) = tls.accept(stream.into_inner()).await else { return };
            self.note(|seen| {
                seen.tls = true;
                seen.certificates = peer.chain.len();
            });
            self.serve(&mut BufReader::new(stream)).await;
        }
    }

    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut BufReader<S>) -> Next {
        let mut chunks = Vec::new();
        while let Some(line) = read_line(stream).await {
            self.note(|seen| seen.commands.push(line.clone()));
            if let Some(size) = line.strip_prefix("BDAT ") {
                let (size, last) = size.split_once(' ').map_or((size, false), |(size, _)| (size, true));
                let mut piece = vec![0; size.parse().unwrap()];
                if stream.read_exact(&mut piece).await.is_err() {
                    return Next::Closed;
                }
                chunks.extend(piece);
                if last {
                    let message = String::from_utf8(std::mem::take(&mut chunks)).unwrap();
                    self.note(|seen| seen.messages.push(message));
                }
            }
            if !self.answer(stream, &line).await {
                return Next::Closed;
            }
            let accepted = |reply: Option<&str>| reply.is_none_or(|reply| reply.starts_with('2'));
            if line == "STARTTLS" && accepted(self.reply(&line)) {
                return Next::StartTls;
            }
            if line == "DATA" && self.reply(&line).is_none() {
                let Some(message) = read_message(stream).await else { return Next::Closed };
                if self.reply(".") != Some(CLOSE) || accepted(self.reply(".")) {
                    self.note(|seen| seen.messages.push(message));
                }
                if !self.answer(stream, ".").await {
                    return Next::Closed;
                }
            }
            if line == "QUIT" {
                return Next::Closed;
            }
        }
        Next::Closed
    }

    fn reply(&self, command: &str) -> Option<&'static str> {
        self.script.0.iter().find(|(word, _)| command.starts_with(word)).map(|(_, reply)| *reply)
    }

    /// Writes the reply to a command; false if the connection is to be closed.
    async fn answer<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut BufReader<S>, command: &str) -> bool {
        let reply = match self.reply(command) {
            Some(CLOSE) => return false,
            Some(SILENCE) => {
                let _until_the_client_goes = stream.read_to_end(&mut Vec::new()).await;
                return false;
            }
            Some(DRIP) => {
                while stream.write_all(b"2").await.is_ok() && stream.flush().await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                return false;
            }
            Some(reply) => reply.to_owned(),
            None => self.good_reply(command),
        };
        let octets = reply.split('\n').fold(String::new(), |out, line| out + line + "\r\n");
        stream.write_all(octets.as_bytes()).await.is_ok() && stream.flush().await.is_ok()
    }

    fn good_reply(&self, command: &str) -> String {
        let starttls = if self.tls.is_some() { "250-STARTTLS\n" } else { "" };
        match command.split([' ', ':']).next().unwrap_or_default() {
            "banner" => "220 hop ESMTP".to_owned(),
            "EHLO" => format!("250-hop\n{starttls}250-PIPELINING\n250-8BITMIME\n250 SIZE 1000000"),
            "DATA" => "354 go".to_owned(),
            "QUIT" => "221 2.0.0 bye".to_owned(),
            "STARTTLS" => "220 2.0.0 go".to_owned(),
            "." => "250 2.0.0 taken".to_owned(),
            _ => "250 2.0.0 ok".to_owned(),
        }
    }

    fn note(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.log.lock().unwrap()[self.number]);
    }
}

async fn read_line<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        line.push(stream.read_u8().await.ok()?);
    }
    line.truncate(line.len() - 2);
    String::from_utf8(line).ok()
}

/// The message as it came, stuffed dots taken out.
async fn read_message<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut message = String::new();
    loop {
        let line = read_line(stream).await?;
        if line == "." {
            return Some(message);
        }
        message.push_str(line.strip_prefix('.').unwrap_or(&line));
        message.push_str("\r\n");
    }
}
