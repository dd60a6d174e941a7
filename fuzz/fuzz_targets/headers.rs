//! Headers of messages: as evidence, and as they stream through the relay in pieces of any length.

#![no_main]

use fuzz::blocks;
use libfuzzer_sys::fuzz_target;
use proto_message::HeaderScanner;
use proto_message::fields::{Fields, address, date_time};
use proto_message::hop::Hop;

fuzz_target!(|data: &[u8]| {
    let (data, blocks) = blocks(data);
    let mut fields = Fields::default();
    for (number, line) in (1..).zip(String::from_utf8_lossy(data).lines()) {
        fields.push(number, line);
    }
    for field in fields.iter() {
        let _ = (Hop::of(field), address(&field.value), date_time(&field.value));
    }
    let (mut whole, mut pieces) = (HeaderScanner::new("mx.example"), HeaderScanner::new("mx.example"));
    whole.feed(data);
    blocks.for_each(|block| pieces.feed(block));
    assert_eq!(whole.finish(), pieces.finish(), "blocks matter");
});
