//! A next hop whose answers a test may change while it runs.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// One message that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    pub sender: String,
    pub recipients: Vec<String>,
    pub text: String,
}

/// Replies to commands that begin with a word, lines parted by `\n`; `silence` says nothing until the client goes.
type Rules = Vec<(&'static str, &'static str)>;

pub struct Sink {
    /// `127.0.0.1:port`.
    pub address: String,
    rules: Arc<Mutex<Rules>>,
    arrived: Arc<Mutex<Vec<Delivered>>>,
    task: JoinHandle<()>,
}

impl Sink {
    /// A sink that takes everything, with exceptions.
    pub async fn start(rules: &[(&'static str, &'static str)]) -> Self {
        Self::at("127.0.0.1:0", rules).await
    }

    /// The same at an address.
    pub async fn at(address: &str, rules: &[(&'static str, &'static str)]) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let rules = Arc::new(Mutex::new(rules.to_vec()));
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let connection = Connection { rules: Arc::clone(&rules), arrived: Arc::clone(&arrived) };
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                tokio::spawn(connection.clone().run(stream));
            }
        });
        Self { address, rules, arrived, task }
    }

    pub fn answer(&self, rules: &[(&'static str, &'static str)]) {
        *self.rules.lock().unwrap() = rules.to_vec();
    }

    pub fn arrived(&self) -> Vec<Delivered> {
        self.arrived.lock().unwrap().clone()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Clone)]
struct Connection {
    rules: Arc<Mutex<Rules>>,
    arrived: Arc<Mutex<Vec<Delivered>>>,
}

impl Connection {
    async fn run(self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        let mut envelope = Delivered { sender: String::new(), recipients: Vec::new(), text: String::new() };
        if !self.answer(&mut stream, "banner", "220 sink").await {
            return;
        }
        let mut line = String::new();
        while {
            line.clear();
            stream.read_line(&mut line).await.is_ok_and(|count| count > 0)
        } {
            let command = line.trim_end().to_owned();
            let good = match command.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => "250-sink\n250-PIPELINING\n250 8BITMIME",
                "DATA" => "354 go",
                "QUIT" => "221 bye",
                _ => "250 2.0.0 ok",
            };
            if let Some(sender) = command.strip_prefix("MAIL FROM:") {
                envelope.sender = sender.to_owned();
                envelope.recipients.clear();
            }
            if let Some(recipient) = command.strip_prefix("RCPT TO:").filter(|_| self.rule(&command).is_none()) {
                envelope.recipients.push(recipient.to_owned());
            }
            if !self.answer(&mut stream, &command, good).await || command == "QUIT" {
                return;
            }
            if command == "DATA" && self.rule("DATA").is_none() {
                envelope.text.clear();
                while {
                    line.clear();
                    stream.read_line(&mut line).await.is_ok_and(|count| count > 0) && line != ".\r\n"
                } {
                    envelope.text.push_str(line.strip_prefix('.').unwrap_or(&line));
                }
                if self.rule(".").is_none_or(|reply| reply == "hold") {
                    self.arrived.lock().unwrap().push(envelope.clone());
                }
                if !self.answer(&mut stream, ".", "250 2.0.0 taken").await {
                    return;
                }
            }
        }
    }

    fn rule(&self, command: &str) -> Option<&'static str> {
        self.rules.lock().unwrap().iter().find(|(word, _)| command.starts_with(word)).map(|(_, reply)| *reply)
    }

    async fn answer(&self, stream: &mut BufReader<TcpStream>, command: &str, good: &'static str) -> bool {
        let reply = loop {
            match self.rule(command) {
                // Until there are other rules.
                Some("hold") => tokio::time::sleep(Duration::from_millis(5)).await,
                rule => break rule.unwrap_or(good),
            }
        };
        if reply == "silence" {
            let _until_the_client_goes = stream.read_to_end(&mut Vec::new()).await;
            return false;
        }
        let octets = reply.split('\n').fold(String::new(), |out, line| out + line + "\r\n");
        stream.write_all(octets.as_bytes()).await.is_ok()
    }
}
