//! Dumps: what Get-cmdlets print, in the forms in which administrators save it: Format-List, JSON, CSV, Clixml, tables.
//!
//! *Loss is recognised.* `{a, b, c, d…}`, columns cut by a table, `System.String[]` in CSV, `@{…}` from shallow JSON: such a
//! property is [`Shown::Cut`], never taken for whole; a property that is not there is [`Shown::NotShown`], never empty.
//!
//! ```text
//! octets -> TextEncoding -> reading (finds the shapes, which may follow each other in one text)
//!   format_list | format_table | json | separated | clixml -> PropertyBag -> kind -> typed -> Dump
//! ```

mod bag;
mod clixml;
mod collection;
mod command;
mod date;
mod enumeration;
mod fields;
mod format_list;
mod format_table;
mod json;
mod kind;
mod objects;
mod reading;
mod separated;
#[cfg(test)]
mod tests;
mod text_encoding;
mod typed;
mod value;

pub use bag::{Loss, Property, PropertyBag, Value};
pub(crate) use enumeration::{has_ellipsis, property as printed_property};
pub(crate) use format_list::objects as format_list_objects;
pub use kind::ObjectKind;
pub use objects::{
    AcceptedDomain, BlockedConnector, DumpedCertificate, ExchangeServer, HybridConfiguration, InboundConnector,
    OrganizationSettings, Origin, OutboundConnector, QueueState, ReceiveConnector, SendConnector, Shown,
    TransportService,
};
pub use reading::{MAX_LENGTH, MAX_OBJECTS};
pub use text_encoding::{TextEncoding, utf_16};

use crate::identifier::CertificateIdentifier;

/// An object of a known type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DumpedObject {
    /// Get-InboundConnector.
    InboundConnector(InboundConnector),
    /// Get-OutboundConnector.
    OutboundConnector(OutboundConnector),
    /// Get-SendConnector.
    SendConnector(SendConnector),
    /// Get-ReceiveConnector.
    ReceiveConnector(ReceiveConnector),
    /// Get-AcceptedDomain.
    AcceptedDomain(AcceptedDomain),
    /// Get-ExchangeCertificate.
    Certificate(DumpedCertificate),
    /// Get-TransportService, Get-FrontendTransportService, Get-TransportServer.
    TransportService(TransportService),
    /// Get-ExchangeServer.
    ExchangeServer(ExchangeServer),
    /// Get-HybridConfiguration.
    HybridConfiguration(HybridConfiguration),
    /// Get-Queue.
    Queue(QueueState),
    /// Get-OrganizationConfig, Get-TransportConfig.
    OrganizationSettings(OrganizationSettings),
    /// Get-BlockedConnector.
    BlockedConnector(BlockedConnector),
}

/// An object that is no configuration: what a log's or a trace's cmdlet printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherObject {
    /// What it is.
    pub kind: ObjectKind,
    /// Its properties as they stand there.
    pub bag: PropertyBag,
}

/// What a text showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dump {
    /// Configuration, in the order of the text.
    pub objects: Vec<DumpedObject>,
    /// Log entries, traces and messages in queues, in the order of the text; everything where it was read untyped.
    pub other: Vec<OtherObject>,
    /// Kinds of which the text shows a whole listing: what is not in it does not exist. The command before it asked for
    /// everything; or no command is there, and several objects, or a list, are.
    pub listed: Vec<ObjectKind>,
    /// What was lost, or not understood.
    pub problems: Vec<DumpProblem>,
}

/// Something that was lost before it came here, or not understood. Lines are those of the text, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DumpProblem {
    /// A property that matters is not whole. Told once for each property and kind of loss.
    Lost {
        /// The line.
        line: u64,
        /// Whose.
        kind: ObjectKind,
        /// Its name.
        property: Box<str>,
        /// How it was lost.
        loss: Loss,
    },
    /// A property is not of the form that it has elsewhere. Told once for each property.
    OddValue {
        /// The line.
        line: u64,
        /// Its name.
        property: Box<str>,
        /// What stands there.
        value: Box<str>,
    },
    /// An object whose type is not known. Told once for each set of first properties.
    UnknownObject {
        /// The line.
        line: u64,
        /// Names of its first properties.
        properties: String,
    },
    /// What follows is no JSON, or breaks off.
    Json(u64),
    /// What follows is no Clixml, or breaks off.
    Clixml(u64),
    /// XML with a document type or entities of its own: such are refused.
    XmlEntities(u64),
    /// A record of a CSV file that has another number of fields than there are columns; those are passed over.
    Record(u64),
    /// The text is longer than [`MAX_LENGTH`]: its rest was not read.
    TooLong,
    /// There are more objects than [`MAX_OBJECTS`]: so many were passed over.
    TooMany(u64),
    /// Zeros within the text, which several programs wrote in several encodings: they were passed over.
    MixedEncodings(u64),
    /// The encoding was guessed: by name.
    GuessedEncoding(&'static str),
}

/// Reads a text, whatever shapes it holds.
#[must_use]
pub fn read(text: &str) -> Dump {
    reading::read(text, false, Form::Typed)
}

/// Reads octets and leaves every object as it stands there, with all its properties, in [`Dump::other`]: for those who account
/// for each of them. What is lost is told by the properties themselves.
#[must_use]
pub fn read_untyped(octets: &[u8]) -> Dump {
    let (text, encoding) = TextEncoding::decode(octets);
    let mut dump = reading::read(&text, encoding.is_guessed, Form::AsItStands);
    if encoding.is_guessed {
        dump.problems.push(DumpProblem::GuessedEncoding(encoding.name()));
    }
    dump
}

/// What is made of objects of a known kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Their types, with the properties that diagnosis asks for.
    Typed,
    /// Nothing: they stay as they stand there.
    AsItStands,
}

/// Reads octets, and tells the encoding.
#[must_use]
pub fn read_octets(octets: &[u8]) -> (Dump, TextEncoding) {
    let (text, encoding) = TextEncoding::decode(octets);
    let mut dump = reading::read(&text, encoding.is_guessed, Form::Typed);
    if encoding.is_guessed {
        dump.problems.push(DumpProblem::GuessedEncoding(encoding.name()));
    }
    (dump, encoding)
}

/// Whether a text, or its beginning, is a dump: Clixml, or some shape with an object of a known type in it.
#[must_use]
pub fn looks_so(beginning: &str) -> bool {
    reading::looks_so(beginning)
}
