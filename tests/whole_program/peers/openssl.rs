//! OpenSSL's `s_client`: presents any certificate with its intermediates, good or not.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use super::{Answers, Letter, Shows};
use crate::client::{Client, EHLO, Stream};

/// Carries the letter over TLS of this version.
pub fn carry(letter: Letter<'_>, version: &str) -> Answers {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("openssl");
    command.args(["s_client", "-quiet", "-starttls", "smtp", "-name", "client.example"]);
    command.args(["-connect", &letter.relay.to_string(), "-bind", &format!("{}:0", letter.source)]);
    // Security level 0 lets OpenSSL use a key that it would otherwise refuse itself.
    command.args(["-cipher", "DEFAULT@SECLEVEL=0", version]);
    match letter.shows {
        Shows::PlainText => panic!("s_client speaks TLS"),
        Shows::NoCertificate => {}
        Shows::Certificate(identity) => {
            let (certificate, key) = identity.write(folder.path(), "client");
            command.arg("-cert").arg(&certificate).arg("-cert_chain").arg(&certificate).arg("-key").arg(key);
        }
    }
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut client = Client::over(Box::new(Session(child)));
    client.command(EHLO).expect("250");
    client.submit(letter.from, letter.to, letter.text)
}

/// A running `s_client`, whose pipes carry what goes through TLS.
struct Session(Child);

impl Stream for Session {}

impl Read for Session {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.stdout.as_mut().expect("piped").read(buffer)
    }
}

impl Write for Session {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0.stdin.as_mut().expect("piped").write(octets)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.stdin.as_mut().expect("piped").flush()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It waits for more to send, and there is none.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
