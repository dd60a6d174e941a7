//! The outside world: a mail server that takes everything and shows it.

use std::net::SocketAddr;
use std::time::Duration;

use proto_smtp::server::{Answer, Output, ServerConfig, Session};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Octets read at once.
const READ_BUFFER: usize = 8 * 1024;

/// Mail that arrived and was not looked at yet; more waits in the sending server's queue.
const WAITING: usize = 64;

/// Longest message, in octets: everything in the demo is short.
const MAX_MESSAGE: u64 = 1024 * 1024;

/// How long a client may be silent.
const SILENCE: Duration = Duration::from_secs(300);

/// Mail that arrived.
#[derive(Clone, Debug, Default)]
pub struct Arrived {
    /// The sender without angle brackets; empty is the null one.
    pub mail_from: String,
    /// The recipients without angle brackets.
    pub rcpt_to: Vec<String>,
    /// The message.
    pub text: String,
}

/// A server that takes everything. It ends when this goes.
#[derive(Debug)]
pub struct Sink {
    /// Where it listens.
    pub address: SocketAddr,
    arrived: mpsc::Receiver<Arrived>,
    task: JoinHandle<()>,
}

impl Sink {
    /// Listens on a free port of loopback.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (sender, arrived) = mpsc::channel(WAITING);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(session(stream, sender.clone()));
            }
        });
        Ok(Self { address, arrived, task })
    }

    /// The next mail.
    pub async fn next(&mut self) -> Option<Arrived> {
        self.arrived.recv().await
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Arrived {
    /// A header field, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.text.split("\r\n\r\n").next()?;
        let unfolded = head.replace("\r\n\t", " ").replace("\r\n ", " ");
        let mut fields = unfolded.split("\r\n").filter_map(|line| line.split_once(':'));
        fields.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    }
}

/// One session. A client that breaks off has nothing delivered.
async fn session(mut stream: TcpStream, arrived: mpsc::Sender<Arrived>) {
    let mut config = ServerConfig::new("mx.example.org");
    config.max_message_size = Some(MAX_MESSAGE);
    let mut session = Session::new(config);
    let mut mail = Arrived::default();
    loop {
        let answered = match session.poll() {
            Output::Send(octets) => match stream.write_all(&octets).await {
                Ok(()) => continue,
                Err(_) => return,
            },
            Output::NeedInput => {
                let mut buffer = [0; READ_BUFFER];
                match tokio::time::timeout(SILENCE, stream.read(&mut buffer)).await {
                    Ok(Ok(read)) if read > 0 => session.feed(buffer.get(..read).unwrap_or_default()),
                    _ => return,
                }
                continue;
            }
            Output::Mail(request) => {
                mail = Arrived { mail_from: bare(request.reverse_path.to_string()), ..Arrived::default() };
                session.answer(Answer::Accept)
            }
            Output::Rcpt(request) => {
                mail.rcpt_to.push(bare(request.forward_path.to_string()));
                session.answer(Answer::Accept)
            }
            Output::Data => session.answer(Answer::Accept),
            Output::Body(octets) => {
                mail.text.push_str(&String::from_utf8_lossy(&octets));
                continue;
            }
            Output::EndOfData(_) => {
                if arrived.send(std::mem::take(&mut mail)).await.is_err() {
                    return;
                }
                session.answer(Answer::Accept)
            }
            Output::Greeting(_) | Output::Reset(_) | Output::Command(_) => continue,
            Output::StartTls | Output::AwaitingDriver | Output::Closing(_) => return,
        };
        if answered.is_err() {
            return;
        }
    }
}

fn bare(path: String) -> String {
    path.trim_start_matches('<').trim_end_matches('>').to_owned()
}
