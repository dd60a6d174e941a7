//! OpenSMTPD: takes a message by SMTP and relays it over TLS. It shows no certificate, for version 6.8, built with OpenSSL 3 as
//! Debian 12 has it, cannot use a private key (OpenSMTPD's issues 1171 and 1239). Its places are compiled in, so one
//! instance runs at a time.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use super::unpacked::Root;
use super::{Errand, port};
use crate::client::Client;
use crate::waiting::until;

/// Its configuration; the words in capitals are filled in.
const CONFIGURATION: &str = "\
listen on 127.0.0.1 port LISTEN hostname mail.contoso.com
action \"relay\" relay host \"smtp+tls://127.0.0.1:PORT\" tls no-verify helo \"mail.contoso.com\"
match from any for any action \"relay\"
";

/// Carries the message. What OpenSMTPD logs until the end of each recipient.
pub fn carry(root: &Root, errand: Errand<'_>) -> String {
    // Held until this ends.
    let lock = File::create(root.outside("/opensmtpd.lock")).unwrap();
    lock.lock().unwrap();
    let folder = root.working_folder();
    let path = folder.path();
    let _ = std::fs::remove_dir_all(root.outside("/var/spool/smtpd"));
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port::free()));
    let configuration =
        CONFIGURATION.replace("LISTEN", &address.port().to_string()).replace("PORT", &errand.relay.port().to_string());
    std::fs::write(path.join("smtpd.conf"), configuration).unwrap();
    let log = path.join("log");
    let mut command = root.command("/usr/sbin/smtpd");
    command.arg("-d").arg("-f").arg(format!("{}/smtpd.conf", root.inside(path)));
    let server =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log).unwrap()).spawn().unwrap();
    let server = Server(server);
    until("OpenSMTPD takes connections", || TcpStream::connect(address).ok());
    hand_over(address, errand);
    let logged = until("OpenSMTPD is done with each recipient", || {
        let log = std::fs::read_to_string(&log).unwrap();
        (errand.to.iter().all(|to| log.contains(&format!("to=<{to}> ")) && settled(&log, to))).then_some(log)
    });
    drop(server);
    logged
}

fn settled(log: &str, to: &str) -> bool {
    log.lines().any(|line| line.contains(" delivery ") && line.contains(&format!("to=<{to}> ")))
}

fn hand_over(address: SocketAddr, errand: Errand<'_>) {
    let mut client = Client::greeted(address);
    client.command(&format!("MAIL FROM:<{}> BODY=8BITMIME", errand.from)).expect("250");
    for to in errand.to {
        client.command(&format!("RCPT TO:<{to}>")).expect("250");
    }
    client.message(errand.text).expect("250");
}

/// The parent of all its processes, which ends them when it is told to end.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}
