//! Plays the scripts in `tests/dialogues`, each one behaviour of the relay in the words of the protocol.
//!
//! The relay has one tenant: contoso, with domain contoso.com, whose mail from 127.0.0.1 may go to elsewhere.example and
//! has no route to anywhere else. A script is read line by line:
//!
//! ```text
//! # why this must be so
//! listener: chunking   plays it at this listener: chunking takes BDAT and binary mail, normalize mends bare newlines
//! c: EHLO x       sends the line with CRLF; several in a row go in one packet
//! c! .\n.\r\n     sends these octets, \r \n \t \0 \\ and \xNN read as in C, and no CRLF
//! s: 250 2.1.0    the next line of the relay begins so; * stands for anything
//! s* 250          a whole reply with this code, whatever its lines say
//! tls:            makes the TLS handshake
//! closed:         the relay closes the connection
//! arrived: 1      so many messages have arrived at the next hop since the script began
//! mail: <a@b> X   what followed MAIL FROM: of the last of them begins so
//! rcpt: <a@b> X   what followed one of its RCPT TO: begins so
//! text: a\r\n     it ends in these octets, read as those of c!
//! ```

use std::net::SocketAddr;
use std::path::Path;

use crate::client::Client;
use crate::relay::Relay;
use crate::sink::{Delivered, Sink};
use crate::waiting::until;

const CONFIG: &str = r#"
[[listener]]
address = "127.0.0.1:0"

[[listener]]
address = "127.0.0.2:0"
chunking = true
binary_mime = true

[[listener]]
address = "127.0.0.3:0"
chunking = true
bare_newline = "normalize"

[client_certificates]
trust = []
"#;

/// What the next hop offers: everything, so that scripts see what is passed on.
const OFFERS: &str =
    "250-sink.example.org\n250-PIPELINING\n250-8BITMIME\n250-DSN\n250-SMTPUTF8\n250-CHUNKING\n250 BINARYMIME";

/// The listeners of [`CONFIG`] as scripts name them; the first is that of scripts that name none.
const LISTENERS: [&str; 3] = ["", "chunking", "normalize"];

const DIRECTORY: &str = r#"
[[tenant]]
name = "contoso"
domain = [{ name = "contoso.com", verified = true }]
inbound_connector = [{ name = "Printers", sender_ip_addresses = ["127.0.0.1"], any_sender = true }]

[[tenant.send_connector]]
name = "Out"
address_spaces = ["elsewhere.example"]
smart_hosts = ["SINK"]
tls = "none"
"#;

#[test]
fn every_script() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/dialogues");
    let mut scripts: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    scripts.retain(|path| path.extension().is_some_and(|extension| extension == "smtp"));
    scripts.sort();
    assert!(scripts.len() >= 10, "the scripts are gone: {scripts:?}");
    let sink = Sink::start(&[("EHLO", OFFERS)]);
    let relay = Relay::start(Relay::folder_only(), CONFIG);
    relay.apply(&DIRECTORY.replace("SINK", &sink.address.to_string()));
    let mut failures = Vec::new();
    for script in scripts {
        let name = script.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&script).unwrap();
        let listener = text.lines().find_map(|line| line.strip_prefix("listener: ")).unwrap_or_default();
        let Some(listener) = LISTENERS.iter().position(|name| *name == listener) else {
            failures.push(format!("{name}: there is no listener {listener:?}"));
            continue;
        };
        let mut dialogue = Dialogue::new(relay.addresses()[listener], &sink);
        for (number, line) in (1..).zip(text.lines()) {
            // The last one shown tells where a silent relay was waited for.
            println!("{name}:{number}: {line}");
            if let Err(wrong) = dialogue.step(line) {
                failures.push(format!("{name}:{number}: {line}\n    {wrong}"));
                break;
            }
        }
        if let Err(wrong) = dialogue.send() {
            failures.push(format!("{name}: {wrong}"));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

struct Dialogue<'a> {
    client: Option<Client>,
    sink: &'a Sink,
    arrived_before: usize,
    /// What goes with the next packet.
    packet: Vec<u8>,
}

impl<'a> Dialogue<'a> {
    fn new(relay: SocketAddr, sink: &'a Sink) -> Self {
        let client = Some(Client::connect(relay));
        Self { client, sink, arrived_before: sink.arrived().len(), packet: Vec::new() }
    }

    fn step(&mut self, line: &str) -> Result<(), String> {
        if line.trim().is_empty() || line.starts_with('#') || line.starts_with("listener: ") {
            return Ok(());
        }
        let (verb, rest) = line.split_at_checked(2).unwrap_or((line, ""));
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        match verb {
            "c:" => {
                self.packet.extend_from_slice(rest.as_bytes());
                self.packet.extend_from_slice(b"\r\n");
                return Ok(());
            }
            "c!" => {
                self.packet.extend(octets(rest)?);
                return Ok(());
            }
            _ => self.send()?,
        }
        match (verb, line.split_once(':')) {
            ("s:", _) => self.expect_line(rest),
            ("s*", _) => self.expect_reply(rest),
            (_, Some(("tls", ""))) => {
                let client = self.client.take().ok_or("the connection is over")?;
                self.client = Some(client.handshake_only());
                Ok(())
            }
            (_, Some(("closed", ""))) => match self.client()?.line() {
                None => Ok(()),
                Some(line) => Err(format!("it said {line:?}")),
            },
            (_, Some(("arrived", count))) => self.expect_arrived(count.trim()),
            (_, Some(("mail", pattern))) => {
                let mail = self.last_arrived()?.mail;
                if begins(&mail, pattern.trim()) { Ok(()) } else { Err(format!("it was MAIL FROM:{mail}")) }
            }
            (_, Some(("rcpt", pattern))) => {
                let recipients = self.last_arrived()?.recipients;
                let found = recipients.iter().any(|path| begins(path, pattern.trim()));
                if found { Ok(()) } else { Err(format!("they were {recipients:?}")) }
            }
            (_, Some(("text", end))) => {
                let last = self.last_arrived()?;
                if last.octets.ends_with(&octets(end.trim())?) {
                    Ok(())
                } else {
                    Err(format!("it was {:?}", last.text()))
                }
            }
            _ => Err("not a line of a script".to_owned()),
        }
    }

    fn client(&mut self) -> Result<&mut Client, String> {
        self.client.as_mut().ok_or_else(|| "the connection is over".to_owned())
    }

    fn send(&mut self) -> Result<(), String> {
        let packet = std::mem::take(&mut self.packet);
        if !packet.is_empty() {
            self.client()?.send(packet);
        }
        Ok(())
    }

    fn expect_line(&mut self, pattern: &str) -> Result<(), String> {
        match self.client()?.line() {
            Some(line) if begins(&line, pattern) => Ok(()),
            Some(line) => Err(format!("it said {line:?}")),
            None => Err("it closed the connection".to_owned()),
        }
    }

    fn expect_reply(&mut self, code: &str) -> Result<(), String> {
        loop {
            let line = self.client()?.line().ok_or("it closed the connection")?;
            if !line.starts_with(code) {
                return Err(format!("it said {line:?}"));
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(());
            }
        }
    }

    fn last_arrived(&self) -> Result<Delivered, String> {
        self.sink.arrived().pop().ok_or_else(|| "nothing has arrived".to_owned())
    }

    fn expect_arrived(&mut self, count: &str) -> Result<(), String> {
        let wanted: usize = count.parse().map_err(|_| format!("{count:?} is no number"))?;
        let arrived = || self.sink.arrived().len() - self.arrived_before;
        until("messages at the next hop", || (arrived() >= wanted).then_some(()));
        if arrived() == wanted { Ok(()) } else { Err(format!("{} arrived", arrived())) }
    }
}

/// Whether a line begins as the pattern says.
fn begins(line: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = line.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

/// Octets written with escapes.
fn octets(text: &str) -> Result<Vec<u8>, String> {
    let mut octets = Vec::new();
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        if octet != b'\\' {
            octets.push(octet);
            continue;
        }
        octets.push(match rest.next() {
            Some(b'r') => b'\r',
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'0') => 0,
            Some(b'\\') => b'\\',
            Some(b'x') => {
                let digits: Vec<u8> = rest.by_ref().take(2).collect();
                let digits = String::from_utf8_lossy(&digits).into_owned();
                u8::from_str_radix(&digits, 16).map_err(|_| format!("\\x{digits} is no octet"))?
            }
            _ => return Err("an escape that is none".to_owned()),
        });
    }
    Ok(octets)
}

#[test]
fn scripts_are_read_as_written() {
    let check =
        |line: &str, pattern: &str, expected: bool| assert_eq!(begins(line, pattern), expected, "{line} {pattern}");
    check("250 2.1.0 Sender OK", "250 2.1.0", true);
    check("250 2.1.0 Sender OK", "250 2.1.0 Recipient", false);
    check("550 5.7.64 Denied [h t R]", "550 5.7.64 * [* * *]", true);
    check("550 5.7.64 Denied", "550 5.7.64 * [", false);
    assert_eq!(octets(r"a\r\n\0\xff\\.").unwrap(), b"a\r\n\0\xff\\.");
    assert!(octets(r"\q").is_err() && octets(r"\xzz").is_err());
}
