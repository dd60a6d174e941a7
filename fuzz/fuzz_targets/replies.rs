//! Replies of other servers, certificate identifiers, and the rows that hold certificates.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto_exchange::protocol_log::CertificateRow;
use proto_exchange::{CertificateIdentifier, RemoteReply, hello_address};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = hello_address(&text);
    let (row, context) = text.split_once('\n').unwrap_or((&text, ""));
    let _ = CertificateRow::read(row, context);
    if let Some(reply) = RemoteReply::find(&text) {
        assert!(reply.text.len() <= RemoteReply::MAX_LENGTH, "{} octets", reply.text.len());
    }
    if let Some(identifier) = CertificateIdentifier::parse(&text) {
        assert!(identifier.names(&identifier.issuer, &identifier.subject), "{identifier} does not name itself");
    }
});
