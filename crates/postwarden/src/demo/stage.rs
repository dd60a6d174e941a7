//! Everybody on stage: who they are, what there is to play with, and how they leave.

use tempfile::TempDir;

use super::device::{CUSTOMER, DEVICE};
use super::files::{EDGE, RENEWED, SEND_LOGS};
use super::machine::{Machine, Server};
use super::sink::Sink;
use crate::exit::Failure;
use crate::node::Signals;
use crate::output::{Output, STRONG, TYPED};

/// Everybody on stage. What is dropped is killed and removed.
pub struct Stage {
    /// The hub.
    pub hub: Machine,
    /// Its server.
    pub hub_server: Server,
    /// The edge.
    pub edge: Machine,
    /// Its server.
    pub edge_server: Server,
    /// The outside world.
    pub outside: Sink,
    /// Where everything is.
    pub folder: TempDir,
}

impl Stage {
    /// Stays up until a signal, and shows what arrives outside.
    pub async fn stay(&mut self, signals: &mut Signals, output: &mut Output) -> Result<(), Failure> {
        self.show(output)?;
        loop {
            let arrived = tokio::select! {
                _ = signals.next() => return Ok(()),
                arrived = self.outside.next() => arrived,
            };
            let Some(mail) = arrived else { return Ok(()) };
            let subject = mail.header("Subject").unwrap_or_default();
            let recipients = mail.rcpt_to.join(">, <");
            output.line(format_args!("  Arrived outside: {subject:?} from <{}> to <{recipients}>", mail.mail_from))?;
        }
    }

    /// Prints what there is to play with.
    fn show(&self, output: &mut Output) -> Result<(), Failure> {
        let (hub, edge) = (self.hub_server.address, self.edge_server.address);
        let folder = self.folder.path().display();
        output.line(format_args!("\n{STRONG}Everything stays up until Ctrl-C{STRONG:#}"))?;
        output.line(format_args!("  Hub      {hub}   in {folder}/hub"))?;
        output.line(format_args!("  Edge     {edge}   in {folder}/edge"))?;
        output.line(format_args!("  Outside  {}   takes everything\n", self.outside.address))?;
        let by_certificate =
            |name: &str| format!("--tls --tls-cert {folder}/edge/{name}.pem --tls-key {folder}/edge/{name}.key");
        let envelope = format!("--from {DEVICE} --to {CUSTOMER}");
        let commands = [
            format!("swaks --server {edge} {envelope}"),
            format!("swaks --server {hub} {} {envelope}", by_certificate(RENEWED)),
            format!("swaks --server {hub} --tls {envelope}    # without a certificate: refused"),
            format!(
                "openssl s_client -starttls smtp -connect {hub} -CAfile {folder}/ca.pem -cert {folder}/edge/{EDGE}.pem \
                 -key {folder}/edge/{EDGE}.key"
            ),
            format!("cd {folder}/hub && {} status", self.hub.program()),
            format!("cd {folder}/hub && {} why REFERENCE", self.hub.program()),
            format!(
                "cd {folder}/hub && {0} export > now.toml && {0} diagnose {folder}/edge/{SEND_LOGS} now.toml",
                self.hub.program()
            ),
        ];
        commands.iter().try_for_each(|command| output.line(format_args!("  {TYPED}{command}{TYPED:#}")))?;
        output.line("")
    }

    /// What the servers said so far.
    pub fn logs(&self) -> String {
        format!("the log of the hub:\n{}\nthe log of the edge:\n{}", self.hub.log(), self.edge.log())
    }

    /// Ends the servers in good order and removes the folder.
    pub async fn clear(self) -> Result<(), Failure> {
        tokio::join!(self.hub_server.stop(), self.edge_server.stop());
        let place = self.folder.path().display().to_string();
        self.folder.close().map_err(|error| Failure::usage(format!("{place} cannot be removed: {error}")))
    }
}
