//! Clients that carry one letter to a relay: ours, and programs of others that share no code with us.

pub mod exim;
pub mod haproxy;
pub mod opensmtpd;
pub mod openssl;
pub mod port;
pub mod postfix;
pub mod programs;
pub mod swaks;
pub mod unpacked;

use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
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

/// A message that a program takes to a relay over TLS.
#[derive(Clone, Copy)]
pub struct Errand<'a> {
    /// The listener, on 127.0.0.1.
    pub relay: SocketAddr,
    /// What it presents.
    pub identity: &'a Identity,
    /// MAIL FROM without angle brackets.
    pub from: &'a str,
    /// Each RCPT TO without angle brackets.
    pub to: &'a [&'a str],
    /// The message, with CRLF.
    pub text: &'a [u8],
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

impl Errand<'_> {
    /// The message as files of Unix hold it.
    pub fn text_with_lf(&self) -> Vec<u8> {
        self.text.iter().copied().filter(|&octet| octet != b'\r').collect()
    }
}

/// Lets nobody but its owner read a key, as most programs demand.
pub fn private(key: &Path) {
    std::fs::set_permissions(key, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// Lets the user read a key as whom a server runs that gave up root's rights.
pub fn readable(key: &Path) {
    std::fs::set_permissions(key, std::fs::Permissions::from_mode(0o644)).unwrap();
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
