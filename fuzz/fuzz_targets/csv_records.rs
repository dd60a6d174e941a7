//! Comma-separated values in records of several lines: every record lies within the lines that were taken.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto_exchange::csv_records::{CsvRecords, Record};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let mut records = CsvRecords::new(b',', |line| line.starts_with('#'));
    let (mut octets, mut latest) = (0, 0);
    let mut each = |number: u64, record: Record<'_>| {
        assert!(number > latest, "record at line {number} behind that at {latest}");
        latest = number;
        octets += record.map_or(0, |fields| fields.iter().map(|field| field.len()).sum::<usize>());
    };
    for (number, line) in (1..).zip(text.lines()) {
        records.take(number, line, &mut each);
    }
    records.finish(&mut each);
    assert!(octets <= text.len(), "{octets} octets came out of {}", text.len());
});
