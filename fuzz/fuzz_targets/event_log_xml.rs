//! Event logs as XML, with what entries say of certificates.

#![no_main]

use fuzz::blocks;
use libfuzzer_sys::fuzz_target;
use proto_exchange::event_log::{EventXml, Piece};

fuzz_target!(|data: &[u8]| {
    let (data, blocks) = blocks(data);
    let whole = rows(std::iter::once(data));
    assert!(whole.len() <= 1 + data.len(), "{} rows of {} octets", whole.len(), data.len());
    assert_eq!(whole, rows(blocks), "blocks matter");
});

fn rows<'a>(blocks: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    let (mut reader, mut told) = (EventXml::default(), Vec::new());
    blocks.for_each(|block| reader.feed(block, &mut |line, piece| told.push(told_of(line, &piece))));
    reader.finish(&mut |line, piece| told.push(told_of(line, &piece)));
    told
}

fn told_of(line: u64, piece: &Piece) -> String {
    let facts = if let Piece::Entry(event) = piece { event.facts() } else { None };
    format!("{line} {piece:?} {facts:?}")
}
