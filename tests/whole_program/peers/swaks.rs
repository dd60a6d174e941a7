//! swaks: a client that administrators test with. Its transcript says what the relay answered.

use std::process::Command;

use super::{Answers, Letter, Shows};
use crate::client::Reply;
use crate::program::Ran;

/// Carries the letter.
pub fn carry(letter: Letter<'_>) -> Answers {
    answers(&run(letter, &[]).stdout)
}

/// Carries the letter with more options.
pub fn run(letter: Letter<'_>, options: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("swaks");
    command.args(["--server", &letter.relay.ip().to_string(), "--port", &letter.relay.port().to_string()]);
    command.args(["--local-interface", &letter.source.to_string(), "--helo", "client.example", "--timeout", "20"]);
    command.args(["--from", if letter.from.is_empty() { "<>" } else { letter.from }, "--to", letter.to]);
    // swaks makes CRLF itself, the last one too.
    let text = folder.path().join("message");
    std::fs::write(&text, letter.text.trim_end().replace("\r\n", "\n")).unwrap();
    command.arg("--data").arg(&text);
    match letter.shows {
        Shows::PlainText => {}
        Shows::NoCertificate => {
            command.arg("--tls");
        }
        Shows::Certificate(identity) => {
            let (certificate, key) = identity.write(folder.path(), "client");
            command.arg("--tls").arg("--tls-cert").arg(certificate).arg("--tls-key").arg(key);
        }
    }
    Ran::of(command.args(options))
}

/// The relay's answers in a transcript, in which `<-  250 …` is a reply, ` -> …` what was sent, and `~` means TLS.
pub fn answers(transcript: &str) -> Answers {
    let mut sent = "";
    let (mut recipient, mut message) = (Vec::new(), Vec::new());
    for line in transcript.lines() {
        if let Some(command) = line.strip_prefix(" -> ").or_else(|| line.strip_prefix(" ~> ")) {
            sent = command;
        } else if let Some(reply) = line.get(4..).filter(|_| line.starts_with('<')) {
            match sent {
                "." => message.push(reply),
                command if command.starts_with("RCPT TO:") => recipient.push(reply),
                _ => {}
            }
        }
    }
    assert!(!recipient.is_empty(), "no answer to RCPT TO in\n{transcript}");
    let message = (!message.is_empty()).then(|| Reply(message.join("\n")));
    Answers { recipient: Reply(recipient.join("\n")), message }
}
