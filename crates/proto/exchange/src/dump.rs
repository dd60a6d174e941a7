//! Dumps: what Get-cmdlets print, in the forms in which administrators save it: Format-List, JSON, CSV, Clixml, tables.
//!
//! *Loss is recognised.* `{a, b, c, d…}`, columns cut by a table, `System.String[]` in CSV, `@{…}` from shallow JSON: such a
//! property is [`Shown::Cut`], never taken for whole; a property that is not there is [`Shown::NotShown`], never empty.

mod objects;

pub use objects::{
    AcceptedDomain, BlockedConnector, DumpedCertificate, ExchangeServer, HybridConfiguration, InboundConnector,
    OrganizationSettings, Origin, OutboundConnector, QueueState, ReceiveConnector, SendConnector, Shown,
    TransportService,
};
