//! What the far side knows of mail that it took, by the headers that it put on it. Refused mail has none.

use std::net::IpAddr;

use core_directory::Domain;
use jiff::Timestamp;

use super::Proof;

/// Mail that passed, by the headers that Exchange Online or a relay put on it.
#[derive(Clone, Debug, Default)]
pub struct AcceptedMail {
    /// When the border took it.
    pub at: Option<Timestamp>,
    /// The tenant's id, from `X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp` or `X-EOPTenantAttributedMessage`.
    pub tenant: Option<Box<str>>,
    /// The address that the border saw.
    pub egress: Option<IpAddr>,
    /// `HybridOnPrem`, `Hosted`, `Internet`.
    pub from_entity: Option<Box<str>>,
    /// Whether the mail was taken as the tenant's own.
    pub originating: Option<bool>,
    /// Return-Path's domain.
    pub mail_from: Option<Domain>,
    /// Names of servers on the way, the newest first, from Received.
    pub path: Vec<Box<str>>,
    /// Lines, the telling one first.
    pub proof: Vec<Proof>,
}
