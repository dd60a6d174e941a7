//! The device: something in the building that mails what it scanned, without TLS and without a password.

use std::net::SocketAddr;
use std::time::Duration;

use proto_smtp::client::{ClientConfig, Output, Recipient, Session, StartTls, Transaction, TransactionOutcome};
use proto_smtp::{ForwardPath, HeloName, MailBody, Parameters, ReversePath};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Its address.
pub const DEVICE: &str = "scanner@contoso.com";

/// To whom it sends, outside.
pub const CUSTOMER: &str = "customer@example.org";

/// Octets read at once.
const READ_BUFFER: usize = 4 * 1024;

/// How long it waits for everything.
const LIMIT: Duration = Duration::from_secs(20);

/// Sends one message, and gives the reply to it as it was.
///
/// # Errors
/// In words, whatever kept it from an answer.
pub async fn send(server: SocketAddr, subject: &str) -> Result<String, String> {
    let exchanged = tokio::time::timeout(LIMIT, exchange(server, subject)).await;
    let outcome = exchanged.map_err(|_| format!("no answer within {} seconds", LIMIT.as_secs()))??;
    let reply = outcome.deciding_reply(0).ok_or("no reply at all")?;
    Ok(reply.to_string())
}

async fn exchange(server: SocketAddr, subject: &str) -> Result<TransactionOutcome, String> {
    let words = |error: &dyn std::fmt::Display| error.to_string();
    let mut stream = TcpStream::connect(server).await.map_err(|error| words(&error))?;
    let helo_name = HeloName::new("scanner.contoso.com").ok_or("the device has no name")?;
    let mut session = Session::new(ClientConfig { helo_name, starttls: StartTls::Never });
    let message = message(subject);
    loop {
        match session.poll() {
            Output::Send(octets) => stream.write_all(&octets).await.map_err(|error| words(&error))?,
            Output::NeedInput => {
                let mut buffer = [0; READ_BUFFER];
                match stream.read(&mut buffer).await.map_err(|error| words(&error))? {
                    0 => session.end_of_stream(),
                    read => session.feed(buffer.get(..read).unwrap_or_default()),
                }
            }
            Output::Ready(_) => session.start(transaction()?).map_err(|error| words(&error))?,
            Output::NeedBody => {
                session.body(message.as_bytes()).map_err(|error| words(&error))?;
                session.end_of_body().map_err(|error| words(&error))?;
            }
            Output::Done(outcome) => return Ok(*outcome),
            Output::Closed(reply) => return Err(reply.to_string()),
            Output::Failed(error) => return Err(error.to_string()),
            Output::Idle | Output::StartTls | Output::AwaitingDriver => {
                return Err("the session came to a state that it should not come to".to_owned());
            }
        }
    }
}

fn transaction() -> Result<Transaction, String> {
    Ok(Transaction {
        reverse_path: ReversePath::parse(DEVICE).map_err(|error| error.to_string())?,
        recipients: vec![Recipient {
            path: ForwardPath::parse(CUSTOMER).map_err(|error| error.to_string())?,
            params: Parameters::default(),
        }],
        size: None,
        body: MailBody::SevenBit,
        params: Parameters::default(),
    })
}

fn message(subject: &str) -> String {
    format!("From: Scanner <{DEVICE}>\r\nTo: {CUSTOMER}\r\nSubject: {subject}\r\n\r\nThe scan is attached.\r\n")
}
