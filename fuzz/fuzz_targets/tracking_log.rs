//! Message tracking logs, with what rows say of recipients.

#![no_main]

use fuzz::blocks;
use libfuzzer_sys::fuzz_target;
use proto_exchange::tracking_log::{TrackingReader, split_statuses};

fuzz_target!(|data: &[u8]| {
    let (data, blocks) = blocks(data);
    let whole = rows(std::iter::once(data));
    assert!(whole.len() <= 1 + data.len(), "{} rows of {} octets", whole.len(), data.len());
    assert_eq!(whole, rows(blocks), "blocks matter");
});

fn rows<'a>(blocks: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    let (mut reader, mut told) = (TrackingReader::default(), Vec::new());
    blocks.for_each(|block| {
        reader.feed(block, &mut |entry| told.push(format!("{entry:?} {:?}", split_statuses(entry.text))))
    });
    reader.finish(&mut |entry| told.push(format!("{entry:?} {:?}", split_statuses(entry.text))));
    told
}
