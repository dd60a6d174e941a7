//! A next hop whose answers a test may change while it runs, and that tells what it heard.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// Replies to commands that begin so, in place of the good ones; `banner` and `.` stand for the connection's start and a
/// message's end. The reply `silence` waits until the hop is told to speak, and is a good one then; `gone` closes the
/// connection.
type Rules = Vec<(&'static str, &'static str)>;

pub struct Hop {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    rules: Mutex<Rules>,
    heard: Mutex<Vec<String>>,
    speak: Notify,
}

impl Hop {
    pub async fn start(rules: &[(&'static str, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared { rules: Mutex::new(rules.to_vec()), ..Shared::default() });
        let own = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&own)));
            }
        });
        Self { address, shared, task }
    }

    /// Answers by these rules from now on.
    pub fn answer(&self, rules: &[(&'static str, &'static str)]) {
        *self.shared.rules.lock().unwrap() = rules.to_vec();
    }

    /// Ends one silence.
    pub fn speak(&self) {
        self.shared.speak.notify_one();
    }

    /// How often something was heard: a command that begins so, `banner`, `.` or `end`.
    pub fn heard(&self, start: &str) -> usize {
        self.shared.heard.lock().unwrap().iter().filter(|line| line.starts_with(start)).count()
    }
}

impl Drop for Hop {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let mut stream = BufReader::new(stream);
    let mut said = "banner".to_owned();
    let mut in_message = false;
    loop {
        if !in_message || said == "." {
            let Some(reply) = answer(&said, &shared).await else { return };
            if stream.get_mut().write_all(format!("{reply}\r\n").as_bytes()).await.is_err() {
                return;
            }
            in_message = reply.starts_with("354");
        }
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            shared.heard.lock().unwrap().push("end".to_owned());
            return;
        }
        said = line.trim_end().to_owned();
    }
}

async fn answer(said: &str, shared: &Shared) -> Option<&'static str> {
    shared.heard.lock().unwrap().push(said.to_owned());
    let rule = shared.rules.lock().unwrap().iter().find(|(start, _)| said.starts_with(start)).copied();
    match rule.map(|(_, reply)| reply) {
        Some("gone") => None,
        Some("silence") => {
            shared.speak.notified().await;
            Some(good(said))
        }
        Some(reply) => Some(reply),
        None => Some(good(said)),
    }
}

fn good(said: &str) -> &'static str {
    match said.split([' ', ':']).next().unwrap_or_default() {
        "banner" => "220 hop",
        "EHLO" => "250-hop\r\n250 8BITMIME",
        "DATA" => "354 go",
        "QUIT" => "221 bye",
        "." => "250 2.6.0 taken",
        _ => "250 2.0.0 ok",
    }
}
