//! The outside world: a next hop that takes mail, keeps it as it came, and answers as a test wants.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::waiting::until;

/// A message that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// What the client said in EHLO.
    pub ehlo: String,
    /// Behind `MAIL FROM:`, parameters included.
    pub mail: String,
    /// Behind each `RCPT TO:` that was accepted.
    pub recipients: Vec<String>,
    /// The message, dots taken out.
    pub octets: Vec<u8>,
    /// Which connection of the sink brought it, from 1.
    pub connection: usize,
}

/// Replies to commands that begin with a word, in place of the good ones. `banner` and `.` stand for the connection's start
/// and the end of a message; the reply `silence` waits until the client goes, `slowly` gives the good one after
/// a while and `late` after two seconds. Lines are parted by `\n`.
pub type Rules = Vec<(&'static str, &'static str)>;

/// What `slowly` takes: many times what a good reply takes, and short enough for a test with many of them.
const SLOWLY: Duration = Duration::from_millis(30);

/// What `late` takes: twice the shortest wait that a relay can be given.
const LATE: Duration = Duration::from_secs(2);

/// A sink. Its port is free again when it is dropped.
pub struct Sink {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    rules: Mutex<Rules>,
    arrived: Mutex<Vec<Delivered>>,
    connections: AtomicUsize,
    over: AtomicBool,
}

impl Sink {
    /// Takes everything, but for these rules.
    pub fn start(rules: &[(&'static str, &'static str)]) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), rules)
    }

    /// The same at an address.
    pub fn at(address: SocketAddr, rules: &[(&'static str, &'static str)]) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            rules: Mutex::new(rules.to_vec()),
            arrived: Mutex::default(),
            connections: AtomicUsize::new(0),
            over: AtomicBool::new(false),
        });
        let all = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if all.over.load(Ordering::SeqCst) {
                    return;
                }
                let number = all.connections.fetch_add(1, Ordering::SeqCst) + 1;
                let shared = Arc::clone(&all);
                // A connection that breaks is the relay's to deal with.
                std::thread::spawn(move || Connection::new(stream, number, shared).map(Connection::run));
            }
        });
        Self { address, shared }
    }

    /// Answers by these rules from now on.
    pub fn answer(&self, rules: &[(&'static str, &'static str)]) {
        *self.shared.rules.lock().unwrap() = rules.to_vec();
    }

    /// What has arrived so far.
    pub fn arrived(&self) -> Vec<Delivered> {
        self.shared.arrived.lock().unwrap().clone()
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Waits for the message to this recipient.
    pub fn message_to(&self, recipient: &str) -> Delivered {
        let path = format!("<{recipient}>");
        let is_to = |message: &Delivered| message.recipients.iter().any(|own| own.starts_with(&path));
        until(&format!("a message to {recipient} at the sink"), || self.arrived().into_iter().find(is_to))
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        // Wakes the listener, so that it sees the end and closes the port.
        let _ = TcpStream::connect(self.address);
    }
}

impl Delivered {
    /// The message's text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.octets).into_owned()
    }

    /// The first Received field, on one line, and the octets behind it.
    pub fn received(&self) -> (String, &[u8]) {
        let is_end = |window: &[u8]| window.starts_with(b"\r\n") && !matches!(window.get(2), Some(b' ' | b'\t'));
        let end = self.octets.windows(3).position(is_end).unwrap_or_else(|| panic!("no field in {:?}", self.text()));
        let (field, rest) = self.octets.split_at(end + 2);
        let field = String::from_utf8_lossy(field).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(field.starts_with("Received: "), "no Received field on top of {:?}", self.text());
        (field, rest)
    }
}

struct Connection {
    stream: BufReader<TcpStream>,
    shared: Arc<Shared>,
    envelope: Delivered,
}

impl Connection {
    fn new(stream: TcpStream, connection: usize, shared: Arc<Shared>) -> std::io::Result<Self> {
        stream.set_nodelay(true)?;
        let envelope = Delivered {
            ehlo: String::new(),
            mail: String::new(),
            recipients: Vec::new(),
            octets: Vec::new(),
            connection,
        };
        Ok(Self { stream: BufReader::new(stream), shared, envelope })
    }

    fn run(mut self) {
        if self.answer("banner", "220 sink.example.org").is_none() {
            return;
        }
        while let Some(command) = self.line() {
            let command = String::from_utf8_lossy(&command).trim_end().to_owned();
            if self.command(&command).is_none() {
                return;
            }
        }
    }

    /// Nothing when the connection is over.
    fn command(&mut self, command: &str) -> Option<()> {
        let verb = command.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let own = self.rule(command).is_some();
        match (&*verb, command.split_once(':')) {
            ("EHLO" | "HELO", _) => self.envelope.ehlo = command[4..].trim().to_owned(),
            ("MAIL", Some((_, path))) => {
                self.envelope.mail = path.to_owned();
                self.envelope.octets.clear();
                self.envelope.recipients.clear();
            }
            ("RCPT", Some((_, path))) if !own => self.envelope.recipients.push(path.to_owned()),
            ("BDAT", _) => self.chunk(command)?,
            _ => {}
        }
        let good = match &*verb {
            "EHLO" => "250-sink.example.org\n250-PIPELINING\n250-8BITMIME\n250 SIZE 200000000",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 2.0.0 ok",
        };
        self.answer(command, good)?;
        match &*verb {
            "QUIT" => None,
            "DATA" if !own => self.message(),
            _ => Some(()),
        }
    }

    fn message(&mut self) -> Option<()> {
        self.envelope.octets.clear();
        loop {
            let line = self.line()?;
            if line == b".\r\n" {
                break;
            }
            self.envelope.octets.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        if self.rule(".").is_none_or(|reply| pause(reply).is_some()) {
            self.shared.arrived.lock().unwrap().push(self.envelope.clone());
        }
        self.answer(".", "250 2.0.0 taken")
    }

    /// A chunk, offered only where a test has a rule for EHLO that says so.
    fn chunk(&mut self, command: &str) -> Option<()> {
        let mut words = command.split(' ').skip(1);
        let size: usize = words.next()?.parse().ok()?;
        let before = self.envelope.octets.len();
        self.envelope.octets.resize(before + size, 0);
        self.stream.read_exact(&mut self.envelope.octets[before..]).ok()?;
        if words.next() == Some("LAST") && self.rule(command).is_none() {
            self.shared.arrived.lock().unwrap().push(self.envelope.clone());
        }
        Some(())
    }

    /// Up to the next CRLF: a bare LF ends no line.
    fn line(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            if self.stream.read_until(b'\n', &mut line).ok()? == 0 {
                return None;
            }
        }
        Some(line)
    }

    fn rule(&self, command: &str) -> Option<&'static str> {
        self.shared.rules.lock().unwrap().iter().find(|(word, _)| command.starts_with(word)).map(|(_, reply)| *reply)
    }

    fn answer(&mut self, command: &str, good: &'static str) -> Option<()> {
        let reply = self.rule(command).unwrap_or(good);
        if reply == "silence" {
            let _ = self.stream.read_to_end(&mut Vec::new());
            return None;
        }
        let reply = match pause(reply) {
            Some(pause) => {
                std::thread::sleep(pause);
                good
            }
            None => reply,
        };
        let octets = reply.replace('\n', "\r\n") + "\r\n";
        self.stream.get_mut().write_all(octets.as_bytes()).ok()
    }
}

/// How long a good reply is held back.
fn pause(reply: &str) -> Option<Duration> {
    match reply {
        "slowly" => Some(SLOWLY),
        "late" => Some(LATE),
        _ => None,
    }
}
