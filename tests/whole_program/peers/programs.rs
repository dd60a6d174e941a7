//! Clients that send one message and end: msmtp, nodemailer, Python's smtplib and swaks.

use std::fs::File;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::{Errand, unpacked};
use crate::program::Ran;

/// Reads the message from a file, for it may hold octets that are no text.
const NODEMAILER: &str = "
const [, , port, from, to] = process.argv;
const { readFileSync } = require('fs');
const transport = require('nodemailer').createTransport({
  host: '127.0.0.1', port: Number(port), requireTLS: true, name: 'mail.contoso.com',
  tls: { rejectUnauthorized: false, cert: readFileSync('client.pem'), key: readFileSync('client.key') },
});
transport.sendMail({ envelope: { from, to: to.split(',') }, raw: readFileSync('message') })
  .then(info => console.log(info.response), error => { console.log(error.message); process.exitCode = 1; })
  .finally(() => transport.close());
";

const SMTPLIB: &str = "
import smtplib, ssl, sys
port, sender, to = sys.argv[1:]
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
context.load_cert_chain('client.pem', 'client.key')
with smtplib.SMTP('127.0.0.1', int(port), local_hostname='mail.contoso.com') as smtp:
    smtp.starttls(context=context)
    try:
        smtp.sendmail(sender, to.split(','), open('message', 'rb').read(), ['BODY=8BITMIME'])
    except smtplib.SMTPRecipientsRefused as refused:
        sys.exit(repr(refused.recipients))
";

/// Carries the message by msmtp.
pub fn msmtp(errand: Errand<'_>) -> Option<Ran> {
    let (folder, port) = prepare("msmtp", "msmtp", &errand)?;
    let mut command = inside(&folder, "msmtp");
    command.args(["--host=127.0.0.1", &format!("--port={port}"), "--domain=mail.contoso.com"]);
    command.args(["--tls=on", "--tls-starttls=on", "--tls-certcheck=off"]);
    command.args(["--tls-cert-file=client.pem", "--tls-key-file=client.key", "--add-missing-from-header=off"]);
    command.args(["--add-missing-date-header=off", &format!("--from={}", errand.from), "--"]).args(errand.to);
    // It makes the line ends itself.
    std::fs::write(folder.path().join("message"), errand.text_with_lf()).unwrap();
    command.stdin(File::open(folder.path().join("message")).unwrap());
    Some(Ran::of(&mut command))
}

/// Carries the message by nodemailer.
pub fn nodemailer(errand: Errand<'_>) -> Option<Ran> {
    let (folder, port) = prepare("nodemailer", "node", &errand)?;
    let modules = unpacked::folder("nodemailer").join("node_modules");
    if !modules.join("nodemailer").is_dir() {
        println!("skipped: nodemailer: not unpacked (cargo xtask peers)");
        return None;
    }
    std::fs::write(folder.path().join("send.js"), NODEMAILER).unwrap();
    let mut command = inside(&folder, "node");
    command.env("NODE_PATH", modules).args(["send.js", &port, errand.from, &errand.to.join(",")]);
    Some(Ran::of(&mut command))
}

/// Carries the message by smtplib.
pub fn smtplib(errand: Errand<'_>) -> Option<Ran> {
    let (folder, port) = prepare("smtplib", "python3", &errand)?;
    let mut command = inside(&folder, "python3");
    command.args(["-c", SMTPLIB, &port, errand.from, &errand.to.join(",")]);
    Some(Ran::of(&mut command))
}

/// Carries the message by swaks.
pub fn swaks(errand: Errand<'_>) -> Option<Ran> {
    let (folder, port) = prepare("swaks", "swaks", &errand)?;
    let mut command = inside(&folder, "swaks");
    command.args(["--server", "127.0.0.1", "--port", &port, "--helo", "mail.contoso.com", "--tls"]);
    command.args(["--tls-cert", "client.pem", "--tls-key", "client.key", "--from", errand.from]);
    command.args(["--to", &errand.to.join(","), "--data", "message"]);
    // It makes the line ends itself, the last one too.
    let text = errand.text_with_lf();
    std::fs::write(folder.path().join("message"), text.strip_suffix(b"\n").unwrap_or(&text)).unwrap();
    Some(Ran::of(&mut command))
}

/// A folder with certificate, key and message in which the program can run, and the relay's port. Nothing, and a line that
/// says so, if the program is missing.
fn prepare(peer: &str, program: &str, errand: &Errand<'_>) -> Option<(TempDir, String)> {
    let found = Command::new(program).arg("--version").stdin(Stdio::null()).output();
    if found.is_err() {
        println!("skipped: {peer}: {program} is not installed");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let (_, key) = errand.identity.write(folder.path(), "client");
    super::private(&key);
    std::fs::write(folder.path().join("message"), errand.text).unwrap();
    Some((folder, errand.relay.port().to_string()))
}

fn inside(folder: &TempDir, program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder.path()).stdin(Stdio::null());
    // Settings of the user who runs the tests are none of theirs.
    command.env("HOME", folder.path());
    command
}
