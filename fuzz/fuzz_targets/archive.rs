//! Archives within archives, read to the end: no more comes out than is allowed, and all that begins ends.

#![no_main]

use std::sync::atomic::AtomicU64;

use io_evidence_files::{Input, MAX_RATIO, RATIO_COUNTS_FROM, Sink, Unreadable, find};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for file in find(vec![Input::Pasted(data.to_vec())]) {
        let mut count = Count::default();
        file.read(&AtomicU64::new(0), &mut count);
        assert_eq!(count.begun, count.ended, "a member without an end");
        let most = RATIO_COUNTS_FROM + MAX_RATIO * data.len() as u64;
        assert!(count.octets <= most, "{} octets came out of {}", count.octets, data.len());
    }
});

#[derive(Default)]
struct Count {
    begun: usize,
    ended: usize,
    octets: u64,
}

impl Sink for Count {
    fn begin(&mut self, _name: &str) {
        self.begun += 1;
    }

    fn block(&mut self, octets: &[u8]) -> bool {
        self.octets += octets.len() as u64;
        true
    }

    fn end(&mut self, _outcome: Result<(), Unreadable>) {
        self.ended += 1;
    }
}
