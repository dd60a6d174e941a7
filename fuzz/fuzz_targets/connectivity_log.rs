//! Connectivity logs.

#![no_main]

use fuzz::blocks;
use libfuzzer_sys::fuzz_target;
use proto_exchange::connectivity_log::ConnectivityReader;

fuzz_target!(|data: &[u8]| {
    let (data, blocks) = blocks(data);
    let whole = rows(std::iter::once(data));
    assert!(whole.len() <= 1 + data.len(), "{} rows of {} octets", whole.len(), data.len());
    assert_eq!(whole, rows(blocks), "blocks matter");
});

fn rows<'a>(blocks: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    let (mut reader, mut told) = (ConnectivityReader::default(), Vec::new());
    blocks.for_each(|block| reader.feed(block, &mut |entry| told.push(format!("{entry:?}"))));
    reader.finish(&mut |entry| told.push(format!("{entry:?}")));
    told
}
