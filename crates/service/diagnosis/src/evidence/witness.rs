//! What the far side knows of mail that it took: traces and headers. Refused mail is in neither.

use std::net::IpAddr;

use core_directory::Domain;
use jiff::Timestamp;

use super::Proof;

/// A row of Exchange Online's message trace. Only mail that was attributed to the tenant is there.
#[derive(Clone, Debug)]
pub struct TraceRow {
    /// When, UTC.
    pub at: Option<Timestamp>,
    /// Message-ID.
    pub message_id: Option<Box<str>>,
    /// The sender's domain.
    pub sender: Option<Domain>,
    /// The recipient's.
    pub recipient: Option<Domain>,
    /// `Delivered`, `Failed`, ….
    pub status: Option<Box<str>>,
    /// Where it came from.
    pub from_ip: Option<IpAddr>,
    /// The inbound connector that it was attributed to.
    pub connector: Option<Box<str>>,
    /// Whether the tenant sent it (`Originating`, 2) or received it (`Incoming`, 1).
    pub originating: Option<bool>,
    /// The line.
    pub proof: Proof,
}

/// Mail that passed, by the headers that Exchange Online or a relay put on it.
#[derive(Clone, Debug, Default)]
pub struct AcceptedMail {
    /// When the border took it.
    pub at: Option<Timestamp>,
    /// The tenant's id, from `X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp` or `X-EOPTenantAttributedMessage`.
    pub tenant: Option<Box<str>>,
    /// The address that the border saw.
    pub egress: Option<IpAddr>,
    /// What the sender said at EHLO.
    pub helo: Option<Box<str>>,
    /// `HybridOnPrem`, `Hosted`, `Internet`.
    pub from_entity: Option<Box<str>>,
    /// Whether the mail was taken as the tenant's own.
    pub originating: Option<bool>,
    /// Whether the hop into the border ran over TLS.
    pub tls: Option<bool>,
    /// Return-Path's domain.
    pub mail_from: Option<Domain>,
    /// Names of servers on the way, the newest first, from Received.
    pub path: Vec<Box<str>>,
    /// Lines, the telling one first.
    pub proof: Vec<Proof>,
}
