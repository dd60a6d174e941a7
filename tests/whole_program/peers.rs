//! Clients that carry one letter to a relay: ours, and programs of others that share no code with us.

pub mod openssl;
pub mod port;
pub mod postfix;
pub mod swaks;

use std::net::{IpAddr, SocketAddr};
use std::process::{Command, Stdio};

use crate::client::{Client, Reply};
use crate::pki::Identity;

/// A letter and how it is carried.
#[derive(Clone, Copy)]
pub struct Letter<'a> {
    /// The listener.
    pub relay: SocketAddr,
    /// The client's address, one of this machine's.
    pub source: IpAddr,
    /// What the client shows of itself.
    pub shows: &'a Shows,
    /// MAIL FROM without angle brackets.
    pub from: &'a str,
    /// RCPT TO without angle brackets.
    pub to: &'a str,
    /// The message, with CRLF.
    pub text: &'a str,
}

/// What a client shows of itself.
#[derive(Clone)]
pub enum Shows {
    /// No TLS.
    PlainText,
    /// TLS without a certificate.
    NoCertificate,
    /// TLS with a certificate.
    Certificate(Identity),
}

/// What a relay answered.
#[derive(Debug)]
pub struct Answers {
    /// To RCPT TO.
    pub recipient: Reply,
    /// To the end of the message, where the recipient was accepted.
    pub message: Option<Reply>,
}

/// Who carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// Our own client.
    Own,
    /// `swaks`, which presents a leaf without intermediates.
    Swaks,
    /// `openssl s_client`, by the newest TLS.
    OpenSsl,
    /// The same by TLS 1.2.
    OpenSslTls12,
}

impl Peer {
    /// Whether its program is there. If not, a line says that the test is skipped.
    pub fn is_there(self) -> bool {
        let (name, argument) = match self {
            Self::Own => return true,
            Self::Swaks => ("swaks", "--version"),
            Self::OpenSsl | Self::OpenSslTls12 => ("openssl", "version"),
        };
        let found = Command::new(name).arg(argument).stdin(Stdio::null()).output().is_ok();
        if !found {
            println!("skipped: {name}: not installed");
        }
        found
    }

    /// Carries the letter.
    pub fn carry(self, letter: Letter<'_>) -> Answers {
        match self {
            Self::Own => carry(letter),
            Self::Swaks => swaks::carry(letter),
            Self::OpenSsl => openssl::carry(letter, "-tls1_3"),
            Self::OpenSslTls12 => openssl::carry(letter, "-tls1_2"),
        }
    }
}

/// Whether the tests run as root, whom mail servers ask for at their start.
pub fn is_root() -> bool {
    let user = Command::new("id").arg("-u").stdin(Stdio::null()).output();
    user.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn carry(letter: Letter<'_>) -> Answers {
    let mut client = Client::connect_from(letter.source, letter.relay).greet();
    client = match letter.shows {
        Shows::PlainText => client,
        Shows::NoCertificate => client.starttls(None),
        Shows::Certificate(identity) => client.starttls(Some(identity)),
    };
    client.submit(letter.from, letter.to, letter.text)
}
