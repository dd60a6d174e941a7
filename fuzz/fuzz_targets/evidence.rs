//! A file of whatever kind, in blocks of whatever length: they do not matter.

#![no_main]

use fuzz::{blocks, evidence};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (data, blocks) = blocks(data);
    let whole = evidence(0, "a file", std::iter::once(data));
    let pieces = evidence(0, "a file", blocks);
    assert_eq!(format!("{:?}", whole.sources), format!("{:?}", pieces.sources), "blocks matter");
    assert_eq!(whole.attempts.groups().len(), pieces.attempts.groups().len(), "blocks matter");
});
