//! A name server for tests: on loopback, at a port of its own, over UDP and TCP, with answers that a test sets. It builds its
//! packets itself, so that what is tested does not test itself.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How often the threads look whether they are to end.
const LOOK: Duration = Duration::from_millis(50);

/// Above this an answer over UDP is cut short, and the client asks over TCP.
const LARGEST_PACKET: usize = 1200;

const TYPE_CNAME: u16 = 5;
const TYPE_TXT: u16 = 16;

/// What is answered to a question for TXT records.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Records, each of its strings.
    Txt(Vec<Vec<String>>),
    /// A CNAME, with what is behind it.
    Alias(String),
    /// NXDOMAIN.
    NoSuchName,
    /// The name is there, and has nothing.
    NoData,
    /// SERVFAIL.
    ServerFailure,
    /// REFUSED.
    Refused,
}

impl Answer {
    /// Records of one string each.
    pub fn txt(texts: &[&str]) -> Self {
        Self::Txt(texts.iter().map(|text| vec![(*text).to_owned()]).collect())
    }
}

type Answers = Arc<Mutex<HashMap<String, Answer>>>;

/// The server; it ends when it goes out of scope.
pub struct DnsServer {
    address: SocketAddr,
    answers: Answers,
    over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl DnsServer {
    /// Starts one that knows no name.
    pub fn start() -> Self {
        let (udp, tcp) = bind();
        let address = udp.local_addr().unwrap();
        let (answers, over) = (Answers::default(), Arc::new(AtomicBool::new(false)));
        udp.set_read_timeout(Some(LOOK)).unwrap();
        tcp.set_nonblocking(true).unwrap();
        let (known, ended) = (answers.clone(), over.clone());
        let packets = thread::spawn(move || serve_udp(&udp, &known, &ended));
        let (known, ended) = (answers.clone(), over.clone());
        let streams = thread::spawn(move || serve_tcp(&tcp, &known, &ended));
        Self { address, answers, over, threads: vec![packets, streams] }
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it answers for a name from now on.
    pub fn set(&self, name: &str, answer: Answer) {
        self.answers.lock().unwrap().insert(name.to_ascii_lowercase(), answer);
    }
}

impl Drop for DnsServer {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// One port for both: another test may have the one of TCP already.
fn bind() -> (UdpSocket, TcpListener) {
    for _ in 0..100 {
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()) {
            return (udp, tcp);
        }
    }
    panic!("no port is free for UDP and TCP");
}

fn serve_udp(socket: &UdpSocket, answers: &Answers, over: &AtomicBool) {
    let mut packet = [0; 4096];
    while !over.load(Ordering::Relaxed) {
        let Ok((length, client)) = socket.recv_from(&mut packet) else { continue };
        let Some(mut reply) = reply(&packet[..length], answers) else { continue };
        if reply.len() > LARGEST_PACKET {
            // TC, and no answer beside the question.
            reply[2] |= 0x02;
            reply[6..8].fill(0);
            reply.truncate(question_end(&reply).unwrap());
        }
        let _ = socket.send_to(&reply, client);
    }
}

fn serve_tcp(listener: &TcpListener, answers: &Answers, over: &AtomicBool) {
    while !over.load(Ordering::Relaxed) {
        match listener.accept() {
            Ok((stream, _)) => {
                let _ = converse(stream, answers);
            }
            Err(_) => thread::sleep(LOOK),
        }
    }
}

/// One question and its answer.
fn converse(mut stream: TcpStream, answers: &Answers) -> std::io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut query = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut query)?;
    if let Some(reply) = reply(&query, answers) {
        stream.write_all(&u16::try_from(reply.len()).unwrap().to_be_bytes())?;
        stream.write_all(&reply)?;
    }
    Ok(())
}

/// The reply to a query of one question (RFC 1035 §4.1).
fn reply(query: &[u8], answers: &Answers) -> Option<Vec<u8>> {
    let end = question_end(query)?;
    let name = read_name(query)?;
    let asked = u16::from_be_bytes([query[end - 4], query[end - 3]]);
    let answers = answers.lock().unwrap();
    let mut records = Vec::new();
    let code = gather(&name, asked, &answers, &mut records);
    let mut reply = query[..end].to_vec();
    // QR and RA beside the client's RD; the code; one question, the records, nothing else.
    reply[2] = 0x80 | (query[2] & 0x01);
    reply[3] = 0x80 | code;
    reply[4..12].copy_from_slice(&[0, 1, 0, u8::try_from(records.len()).unwrap(), 0, 0, 0, 0]);
    reply.extend(records.concat());
    Some(reply)
}

/// Collects the records of a name and says the response code.
fn gather(name: &str, asked: u16, answers: &HashMap<String, Answer>, records: &mut Vec<Vec<u8>>) -> u8 {
    match answers.get(name) {
        None | Some(Answer::NoSuchName) => 3,
        Some(Answer::NoData) => 0,
        Some(Answer::ServerFailure) => 2,
        Some(Answer::Refused) => 5,
        Some(Answer::Alias(other)) => {
            records.push(record(name, TYPE_CNAME, &write_name(other)));
            gather(other, asked, answers, records)
        }
        Some(Answer::Txt(_)) if asked != TYPE_TXT => 0,
        Some(Answer::Txt(texts)) => {
            for strings in texts {
                let length = |string: &String| u8::try_from(string.len()).unwrap();
                let data: Vec<u8> =
                    strings.iter().flat_map(|string| [&[length(string)], string.as_bytes()].concat()).collect();
                records.push(record(name, TYPE_TXT, &data));
            }
            0
        }
    }
}

fn record(name: &str, kind: u16, data: &[u8]) -> Vec<u8> {
    let mut record = write_name(name);
    record.extend(kind.to_be_bytes());
    // IN, for five minutes.
    record.extend([0, 1, 0, 0, 1, 44]);
    record.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
    record.extend(data);
    record
}

fn write_name(name: &str) -> Vec<u8> {
    let label = |label: &str| [&[u8::try_from(label.len()).unwrap()], label.as_bytes()].concat();
    let mut octets: Vec<u8> = name.split('.').flat_map(label).collect();
    octets.push(0);
    octets
}

fn read_name(query: &[u8]) -> Option<String> {
    let mut labels = Vec::new();
    let mut at = 12;
    loop {
        let length = usize::from(*query.get(at)?);
        if length == 0 {
            return Some(labels.join(".").to_ascii_lowercase());
        }
        labels.push(String::from_utf8_lossy(query.get(at + 1..at + 1 + length)?).into_owned());
        at += 1 + length;
    }
}

/// Behind name, type and class of the question.
fn question_end(query: &[u8]) -> Option<usize> {
    let mut at = 12;
    while *query.get(at)? != 0 {
        at += 1 + usize::from(query[at]);
    }
    (query.len() >= at + 5).then_some(at + 5)
}
