//! What happened to settings and machines: the wizard's runs and Windows events.

use jiff::Timestamp;

use super::Proof;

/// A setting that a wizard's run changed, or set without telling what it was.
#[derive(Clone, Debug)]
pub struct SettingChange {
    /// When, where the log tells; wizard logs have the local time of their machine, taken as it stands.
    pub at: Option<Timestamp>,
    /// `OnPremises` or `Tenant`, as the wizard calls the session.
    pub session: Box<str>,
    /// `SendConnector`, `InboundConnector`, ….
    pub object_type: Box<str>,
    /// Its name.
    pub object: Box<str>,
    /// The property: `TlsCertificateName`, `TlsSenderCertificateName`, `TlsDomain`, ….
    pub property: Box<str>,
    /// What it was, where the same run read it before.
    pub before: Option<Box<str>>,
    /// What it became.
    pub after: Box<str>,
    /// The line.
    pub proof: Proof,
}

/// A run of the wizard.
#[derive(Clone, Debug)]
pub struct HybridRun {
    /// When it began.
    pub began: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Errors that it met: text and line.
    pub errors: Vec<Proof>,
    /// Its first line.
    pub proof: Proof,
}

/// An entry of a Windows event log.
#[derive(Clone, Debug)]
pub struct EventFact {
    /// When, in UTC; none where the export has local time.
    pub at: Option<Timestamp>,
    /// `MSExchangeTransport`, `Microsoft-Windows-CAPI2`, ….
    pub provider: Box<str>,
    /// The number.
    pub id: u32,
    /// The computer.
    pub computer: Option<Box<str>>,
    /// What the message's placeholders stand for, in order, where the export tells; else empty.
    pub arguments: Vec<Box<str>>,
    /// Names and result codes found in the text: for 12014 the certificate's name and the connector; for CAPI2 30 subject and
    /// result.
    pub subject: Option<Box<str>>,
    /// The connector that an event of transport names.
    pub connector: Option<Box<str>>,
    /// The result code of CAPI2, such as `800B0109`.
    pub result: Option<Box<str>>,
    /// The line.
    pub proof: Proof,
}
