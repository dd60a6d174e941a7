//! The servers of the organisation, and the forms in which each writes certificates.

use proto_exchange::protocol_log::LogKind;

/// How a certificate is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A row for each attribute: 2010, 2013.
    Rows,
    /// One row without dates: 2016 when it came out.
    Row,
    /// One row with dates: since.
    RowWithDates,
}

/// A log of a server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Server {
    pub name: &'static str,
    pub kind: LogKind,
    pub connector: &'static str,
    pub address: &'static str,
    pub egress: &'static str,
    pub helo: &'static str,
    pub form: Form,
    /// At which per cent of the log the certificate is renewed under another name; 100: never.
    pub renewed_at: u64,
}

const MAIL: &str = "mail.contoso.com";
const OUTBOUND: &str = "Outbound to Office 365 - 1b7a6f05-4f3c-4ac1-9d1c-27e7e1c0b0a5";

pub(super) const SERVERS: &[Server] = &[
    Server {
        name: "EX19A",
        kind: LogKind::Send,
        connector: OUTBOUND,
        address: "10.20.0.11",
        egress: "203.0.113.11",
        helo: MAIL,
        form: Form::RowWithDates,
        renewed_at: 70,
    },
    Server {
        name: "EX19B",
        kind: LogKind::Send,
        connector: OUTBOUND,
        address: "10.20.0.12",
        egress: "203.0.113.12",
        helo: MAIL,
        form: Form::RowWithDates,
        renewed_at: 100,
    },
    Server {
        name: "EX16",
        kind: LogKind::Send,
        connector: "Internet",
        address: "10.20.0.13",
        egress: "203.0.113.13",
        helo: "ex16.contoso.local",
        form: Form::Row,
        renewed_at: 90,
    },
    Server {
        name: "EX10",
        kind: LogKind::Send,
        connector: "Odchozí pošta",
        address: "10.20.0.14",
        egress: "203.0.113.14",
        helo: MAIL,
        form: Form::Rows,
        renewed_at: 50,
    },
    Server {
        name: "EX19A",
        kind: LogKind::Receive,
        connector: "EX19A\\Default Frontend EX19A",
        address: "10.20.0.11",
        egress: "",
        helo: "EX19A.contoso.local",
        form: Form::RowWithDates,
        renewed_at: 100,
    },
];

/// The certificate before its renewal, and after.
#[derive(Clone, Copy, Debug)]
pub(super) struct Presented {
    pub subject: &'static str,
    pub issuer: &'static str,
    pub serial: &'static str,
    pub thumbprint: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    pub names: &'static str,
}

pub(super) const OLD: Presented = Presented {
    subject: "CN=mail.contoso.com, O=\"Contoso, Ltd.\", L=Praha, C=CZ",
    issuer: "CN=Example TLS RSA CA G1, OU=www.example.net, O=Example Trust Inc, C=US",
    serial: "0A2B4C6D8E0F10213243546576879801",
    thumbprint: "3F1D0C5B7A9E8D6C4B2A10F0E1D2C3B4A5968778",
    from: "2025-11-20T00:00:00.000Z",
    to: "2026-12-20T23:59:59.000Z",
    names: "mail.contoso.com;autodiscover.contoso.com",
};

pub(super) const NEW: Presented = Presented {
    subject: "CN=mail.contoso.net, O=\"Contoso, Ltd.\", L=Praha, C=CZ",
    serial: "0B3C5D7E9F1021324354657687980122",
    thumbprint: "A94F2E6D1C0B3857496A5B4C3D2E1F00918273E4",
    from: "2026-11-01T00:00:00.000Z",
    to: "2027-12-01T23:59:59.000Z",
    names: "mail.contoso.net;autodiscover.contoso.net",
    ..OLD
};
