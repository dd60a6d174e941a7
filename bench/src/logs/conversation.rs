//! One session row by row: what is said is settled when it begins.

use std::collections::VecDeque;

use proto_exchange::protocol_log::{Event, LogKind};

use super::chance::Chance;
use super::server::{Form, NEW, OLD, Presented, Server};

/// What a row says.
pub(super) struct Row {
    pub event: Event<'static>,
    pub data: String,
    pub context: String,
}

/// A session.
pub(super) struct Conversation {
    id: String,
    local: String,
    remote: String,
    rows: VecDeque<Row>,
    next: u64,
}

const NEGOTIATED: &str = "negotiation succeeded using bulk encryption algorithm CALG_AES_256 with strength 256 bits, MAC hash \
                          algorithm CALG_SHA_384 with strength 0 bits and key exchange algorithm CALG_ECDH_EPHEM with strength 384 bits";

impl Conversation {
    /// A session at this point of the log.
    pub fn new(server: &Server, chance: &mut Chance, done: u64, size: u64) -> Self {
        let renewed = done.saturating_mul(100) / size.max(1) >= server.renewed_at;
        let id = format!("08DE{:012X}", chance.next() >> 16);
        let (port, far) = (10_000 + chance.below(50_000), chance.below(200));
        let (local, remote) = match server.kind {
            LogKind::Send => (format!("{}:{port}", server.address), format!("52.101.{}.{}:25", far % 8, far)),
            LogKind::Receive => (format!("{}:25", server.address), format!("10.30.{}.{far}:{port}", far % 4)),
        };
        let mut script = Script { server, rows: VecDeque::new(), id: id.clone() };
        script.open(far, if renewed { &NEW } else { &OLD }, remote.split(':').next().unwrap_or_default());
        for _ in 0..=chance.below(3) {
            script.message(chance, renewed);
        }
        script.close();
        Self { id, local, remote, rows: script.rows, next: 0 }
    }

    pub fn id(&self) -> String {
        self.id.clone()
    }

    /// Empty before there is a connection.
    pub fn local(&self) -> String {
        if self.next <= 1 && !self.local.ends_with(":25") { String::new() } else { self.local.clone() }
    }

    pub fn remote(&self) -> String {
        self.remote.clone()
    }

    pub fn next_row(&mut self) -> (u64, Row) {
        self.next += 1;
        let end = || Row { event: Event::Disconnect, data: String::new(), context: "Local".to_owned() };
        (self.next - 1, self.rows.pop_front().unwrap_or_else(end))
    }

    pub fn is_over(&self) -> bool {
        self.rows.is_empty()
    }
}

/// The rows of a session as they are made up.
struct Script<'a> {
    server: &'a Server,
    rows: VecDeque<Row>,
    id: String,
}

impl Script<'_> {
    fn open(&mut self, far: u64, presented: &Presented, client: &str) {
        let is_send = self.server.kind == LogKind::Send;
        if is_send {
            self.row(Event::Information, "", "attempting to connect");
        }
        self.row(Event::Connect, "", "");
        let host = match is_send {
            true => format!("AM5EUR03FT0{far:02}.mail.protection.outlook.com"),
            false => self.server.helo.to_owned(),
        };
        let banner = "Microsoft ESMTP MAIL Service ready at Mon, 2 Nov 2026 06:00:00 +0000";
        self.server_says(&format!("220 {host} {banner} [{}]", self.id));
        let helo = if is_send { self.server.helo.to_owned() } else { format!("device{far}.contoso.local") };
        let seen = if is_send { self.server.egress } else { client };
        self.hello(&helo, &host, seen, true);
        self.client_says("STARTTLS");
        self.server_says("220 2.0.0 SMTP server ready");
        self.certificate("Sending certificate", presented);
        let side = if is_send { "CLIENT" } else { "SERVER" };
        self.row(Event::Information, "", &format!("TLS protocol SP_PROT_TLS1_2_{side} {NEGOTIATED}"));
        match is_send {
            true => self.certificate("Remote certificate", &FAR),
            false => self.row(Event::Information, "", "Client certificate chain validation status: 'EmptyCertificate'"),
        }
        self.hello(&helo, &host, seen, false);
    }

    fn hello(&mut self, helo: &str, host: &str, seen: &str, in_clear: bool) {
        self.client_says(&format!("EHLO {helo}"));
        let mut words = vec![format!("{host} Hello [{seen}]"), "SIZE 157286400".to_owned(), "PIPELINING".to_owned()];
        words.extend(["DSN", "ENHANCEDSTATUSCODES"].map(str::to_owned));
        words.extend(in_clear.then(|| "STARTTLS".to_owned()));
        words.extend(["8BITMIME", "BINARYMIME", "CHUNKING", "SMTPUTF8"].map(str::to_owned));
        if self.server.form != Form::Rows {
            return self.server_says(&format!("250  {}", words.join(" ")));
        }
        let last = words.pop().unwrap_or_default();
        words.iter().for_each(|word| self.server_says(&format!("250-{word}")));
        self.server_says(&format!("250 {last}"));
    }

    fn certificate(&mut self, title: &str, of: &Presented) {
        let Presented { subject, issuer, serial, thumbprint, from, to, names } = of;
        match self.server.form {
            Form::Rows => {
                self.row(Event::Information, "", title);
                let rows = [
                    (subject, "subject"),
                    (issuer, "issuer name"),
                    (serial, "serial number"),
                    (thumbprint, "thumbprint"),
                    (names, "alternate names"),
                ];
                rows.iter()
                    .for_each(|(value, what)| self.row(Event::Information, value, &format!("Certificate {what}")));
            }
            Form::Row => {
                let labels = "Certificate subject Certificate issuer name Certificate serial number Certificate thumbprint \
                              Certificate alternate names";
                let data = format!(" {subject} {issuer} {serial} {thumbprint} {names}");
                self.row(Event::Information, &data, &format!("{title} {labels}"));
            }
            Form::RowWithDates => {
                let labels =
                    "Subject Issuer name Serial number Thumbprint Not before Not after Subject alternate names";
                let data = format!(" {subject} {issuer} {serial} {thumbprint} {from} {to} {names}");
                self.row(Event::Information, &data, &format!("{title} {labels}"));
            }
        }
    }

    fn message(&mut self, chance: &mut Chance, renewed: bool) {
        let (number, size) = (chance.below(1 << 40), 2_000 + chance.below(500_000));
        let id = format!("<{number:012x}@contoso.com>");
        self.row(Event::Information, "", &format!("sending message with RecordId {number} and InternetMessageId {id}"));
        let sender = match chance.below(20) {
            0 => String::new(),
            1 => format!("news{}@fabrikam{}.example", chance.below(90), chance.below(40)),
            _ => format!("user{}@contoso.com", chance.below(900)),
        };
        let recipients: Vec<u64> = (0..=chance.below(3)).map(|_| chance.below(300)).collect();
        self.client_says(&format!("MAIL FROM:<{sender}> SIZE={size}"));
        recipients.iter().for_each(|to| self.client_says(&format!("RCPT TO:<someone{to}@customer{to}.example>")));
        self.server_says("250 2.1.0 Sender OK");
        let refused = self.server.kind == LogKind::Send && (renewed || chance.percent(1));
        for _ in &recipients {
            match refused {
                false => self.server_says("250 2.1.5 Recipient OK"),
                true => {
                    let tail = format!(
                        "[AM5EUR03FT012.eop-EUR03.prod.protection.outlook.com 2026-11-02T06:00:00.000Z {}]",
                        self.id
                    );
                    self.server_says(&format!("550 5.7.64 TenantAttribution; Relay Access Denied {tail}"));
                }
            }
        }
        if refused {
            self.client_says("RSET");
            return self.server_says("250 2.0.0 Resetting");
        }
        self.client_says(&format!("BDAT {size} LAST"));
        let taken = format!("[InternalId={number}, Hostname=VI1PR0{}MB1234.eurprd05.prod.outlook.com]", number % 10);
        self.server_says(&format!(
            "250 2.6.0 {id} {taken} {size} bytes in 0.212, 341.209 KB/sec Queued mail for delivery"
        ));
    }

    fn close(&mut self) {
        self.client_says("QUIT");
        self.server_says("221 2.0.0 Service closing transmission channel");
        self.row(Event::Disconnect, "", "Local");
    }

    fn client_says(&mut self, text: &str) {
        let event = if self.server.kind == LogKind::Send { Event::Send } else { Event::Receive };
        self.row(event, text, "");
    }

    fn server_says(&mut self, text: &str) {
        let event = if self.server.kind == LogKind::Send { Event::Receive } else { Event::Send };
        self.row(event, text, "");
    }

    fn row(&mut self, event: Event<'static>, data: &str, context: &str) {
        self.rows.push_back(Row { event, data: data.to_owned(), context: context.to_owned() });
    }
}

/// What the far side presents.
const FAR: Presented = Presented {
    subject: "CN=mail.protection.outlook.com, O=Microsoft Corporation, L=Redmond, S=Washington, C=US",
    issuer: "CN=DigiCert Cloud Services CA-1, O=DigiCert Inc, C=US",
    serial: "08C5D2E0A1B2C3D4E5F60718293A4B5C",
    thumbprint: "C0FFEE00112233445566778899AABBCCDDEEFF00",
    from: "2026-03-01T00:00:00.000Z",
    to: "2027-03-01T23:59:59.000Z",
    names: "mail.protection.outlook.com;*.mail.protection.outlook.com;outlook.com;*.olc.protection.outlook.com",
};
