//! What happened to settings and machines: what the wizard changed, and Windows events.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Proof;

/// A setting that a wizard's run changed, or set without telling what it was.
#[derive(Clone, Debug)]
pub struct SettingChange {
    /// When, where the file tells.
    pub at: Option<Timestamp>,
    /// Whether `at` is the local time of the wizard's machine, taken as if it were UTC: the log does not tell its zone, so that
    /// it may be off by up to fourteen hours either way, and decides nothing that is closer than that.
    pub is_local_time: bool,
    /// `OnPremises` or `Tenant`, as the wizard calls the session.
    pub session: Box<str>,
    /// `SendConnector`, `InboundConnector`, ….
    pub object_type: Box<str>,
    /// Its name.
    pub object: Box<str>,
    /// The property: `TlsCertificateName`, `TlsSenderCertificateName`, `TlsDomain`, …; empty: the object itself was
    /// removed, and `after` says `removed`.
    pub property: Box<str>,
    /// What it was, where the same run read it before.
    pub before: Option<Box<str>>,
    /// What an earlier run of this case set it to. Somebody else may have changed it since, so that this is less than `before`.
    pub earlier: Option<Box<str>>,
    /// What it became: items apart by `, `, `True` and `False`; empty for none. Equal to `before` where a run left it as it was,
    /// which is told only of the properties that decide about certificates.
    pub after: Box<str>,
    /// Whether the file says that the cmdlet succeeded. Those that failed are no changes; records do not tell.
    pub is_confirmed: bool,
    /// The line.
    pub proof: Proof,
}

/// An entry of a Windows event log.
#[derive(Clone, Debug, Default)]
pub struct EventFact {
    /// When, in UTC; none where the export has local time.
    pub at: Option<Timestamp>,
    /// `MSExchangeTransport`, `Microsoft-Windows-CAPI2`, ….
    pub provider: Box<str>,
    /// The number.
    pub id: u32,
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

/// Puts changes in the order of time, those without one first, and tells each what the run before it had set.
pub(super) fn put_in_order(changes: &mut [SettingChange]) {
    changes.sort_by_key(|change| change.at);
    let mut last: BTreeMap<[Box<str>; 4], Box<str>> = BTreeMap::new();
    for change in changes {
        let key = [&change.session, &change.object_type, &change.object, &change.property];
        let key = key.map(|part| part.to_lowercase().into());
        change.earlier = last.insert(key, change.after.clone());
    }
}
