//! A client session on a socket: writes what the session says, reads what it waits for, each within its time.
//!
//! Must not decide anything: it hands out what the session asks of its owner.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use io_protocol_log::SessionLog;
use io_tls::{ClientStream, TlsError};
use proto_smtp::client::{Output, Session, Waiting};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use crate::limits::READ_BUFFER;
use crate::{Timeouts, Transcript, TranscriptEvent};

/// The socket, with TLS or without.
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<ClientStream<TcpStream>>),
}

/// Why a link can be used no more.
#[derive(Debug)]
pub(crate) struct LinkError {
    /// What happened, for people.
    pub(crate) text: String,
    /// TLS broke: under TLS 1.3 the refusal of our certificate comes with the first read.
    pub(crate) is_tls: bool,
    /// Who ended the connection, in the words of the protocol log.
    disconnected: &'static str,
}

/// The peer closed the connection.
const REMOTE: &str = "Remote";

/// A session and its socket.
pub(crate) struct Link {
    pub(crate) session: Session,
    pub(crate) stream: Stream,
    /// Our final dot is on its way, or was.
    pub(crate) dot_sent: bool,
    /// Octets of the message sent in this transaction, for the transcript.
    body_octets: u64,
    /// Since when the next line of the peer is waited for. A limit holds for a line, not for an octet: a peer that drips
    /// them would hold an attempt for weeks.
    line_since: Option<Instant>,
    /// The session in the protocol log.
    pub(crate) log: SessionLog,
    input: Box<[u8]>,
}

impl Link {
    pub(crate) fn new(session: Session, stream: Stream, log: SessionLog) -> Self {
        let input = vec![0; READ_BUFFER].into_boxed_slice();
        Self { session, stream, dot_sent: false, body_octets: 0, line_since: None, log, input }
    }

    /// Goes on until the session asks for something that is not reading or writing.
    pub(crate) async fn step(&mut self, times: &Timeouts, transcript: &mut Transcript) -> Result<Output, LinkError> {
        loop {
            let done = match self.session.poll() {
                Output::Send(octets) => self.write(octets, times, transcript).await,
                Output::NeedInput => self.read(times, transcript).await,
                other => {
                    if let Output::Failed(error) = &other {
                        self.log.note("", &error.to_string());
                    }
                    return Ok(other);
                }
            };
            if let Err(error) = done {
                self.log.note("", &error.text);
                self.log.disconnected(error.disconnected);
                return Err(error);
            }
        }
    }

    /// Takes what the peer has sent without being asked, if anything. It does not wait.
    pub(crate) fn take_unasked(&mut self, transcript: &mut Transcript) {
        loop {
            match self.stream.read(&mut self.input).now_or_never() {
                None | Some(Err(_)) => return,
                Some(Ok(0)) => return self.closed(),
                Some(Ok(count)) => self.feed(count, transcript),
            }
        }
    }

    /// Whether a transaction can start on a link that has been idle: the peer neither spoke nor closed meanwhile.
    pub(crate) fn is_alive(&mut self) -> bool {
        let unasked = self.stream.read(&mut self.input).now_or_never();
        match &unasked {
            None => {}
            Some(Ok(0)) => self.log.disconnected(REMOTE),
            Some(Ok(count)) => self.log.received(self.input.get(..*count).unwrap_or_default()),
            Some(Err(error)) => self.log.note("", &format!("the connection was lost: {error}")),
        }
        self.session.is_idle() && unasked.is_none()
    }

    fn closed(&mut self) {
        self.session.end_of_stream();
        self.log.disconnected(REMOTE);
    }

    /// The beginning of a transaction.
    pub(crate) fn reset_progress(&mut self) {
        self.dot_sent = false;
        self.body_octets = 0;
    }

    async fn write(&mut self, octets: Bytes, times: &Timeouts, transcript: &mut Transcript) -> Result<(), LinkError> {
        self.line_since = None;
        match self.session.waiting() {
            Waiting::Body | Waiting::Chunk => self.body_octets += octets.len() as u64,
            Waiting::EndOfData => {
                self.dot_sent = true;
                self.body_octets += octets.len() as u64;
                let text = format!("the message, {} octets with its end", self.body_octets);
                self.log.note("", &text);
                transcript.note(text);
            }
            _ => {
                self.log.sent(&octets);
                transcript.octets(TranscriptEvent::Sent, &octets);
            }
        }
        let written = match timeout(times.block, self.stream.write(&octets)).await {
            Ok(written) => written,
            Err(_) => return Err(LinkError::new(format!("it took nothing for {}", seconds(times.block)))),
        };
        if let Err(error) = written {
            // The peer may have said why before it closed.
            self.take_unasked(transcript);
            return Err(LinkError::io(error));
        }
        Ok(())
    }

    async fn read(&mut self, times: &Timeouts, transcript: &mut Transcript) -> Result<(), LinkError> {
        let waiting = self.session.waiting();
        let limit = times.of(waiting);
        let since = *self.line_since.get_or_insert_with(Instant::now);
        match timeout_at(since + limit, self.stream.read(&mut self.input)).await {
            Err(_) => Err(LinkError::new(format!("it said nothing whole for {} {waiting}", seconds(limit)))),
            Ok(Err(error)) => Err(LinkError::io(error)),
            Ok(Ok(0)) => {
                self.closed();
                Ok(())
            }
            Ok(Ok(count)) => {
                self.feed(count, transcript);
                Ok(())
            }
        }
    }

    fn feed(&mut self, count: usize, transcript: &mut Transcript) {
        let octets = self.input.get(..count).unwrap_or_default();
        if octets.contains(&b'\n') {
            self.line_since = None;
        }
        self.log.received(octets);
        transcript.octets(TranscriptEvent::Received, octets);
        self.session.feed(octets);
    }
}

impl Stream {
    async fn read(&mut self, input: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(input).await,
            Self::Tls(stream) => stream.read(input).await,
        }
    }

    async fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(octets).await,
            Self::Tls(stream) => {
                stream.write_all(octets).await?;
                stream.flush().await
            }
        }
    }
}

impl LinkError {
    fn new(text: String) -> Self {
        Self { text, is_tls: false, disconnected: "Local" }
    }

    fn io(error: io::Error) -> Self {
        match TlsError::from_io(error) {
            TlsError::Connection(error) => {
                Self { disconnected: "Remote(SocketError)", ..Self::new(format!("the connection was lost: {error}")) }
            }
            error => Self { text: error.to_string(), is_tls: true, disconnected: REMOTE },
        }
    }
}

impl Timeouts {
    /// How long to wait for what a session waits for.
    fn of(&self, waiting: Waiting) -> Duration {
        match waiting {
            Waiting::Banner => self.banner,
            Waiting::Ehlo | Waiting::Helo | Waiting::StartTls => self.greeting,
            Waiting::Handshake => self.handshake,
            Waiting::Rset | Waiting::Mail | Waiting::Rcpt => self.envelope,
            Waiting::Data => self.data,
            Waiting::Body => self.block,
            Waiting::Chunk | Waiting::EndOfData => self.end_of_data,
            Waiting::Quit | Waiting::Nothing | Waiting::Over => self.quit,
        }
    }
}

/// A time for people.
pub(crate) fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        1 => "1 second".to_owned(),
        seconds => format!("{seconds} seconds"),
    }
}
