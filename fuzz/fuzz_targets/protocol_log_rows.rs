//! Rows of SMTP protocol logs: what was read is written as one line, which reads as the same again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto_exchange::protocol_log::Reader;

fuzz_target!(|data: &[u8]| {
    for (_, row) in Reader::new(data) {
        let Ok(row) = row else { continue };
        let line = row.to_line();
        assert_eq!(line.trim_end_matches(['\r', '\n']).lines().count(), 1, "{row:?} is more than a line: {line:?}");
        let mut again = Reader::new(line.as_bytes());
        assert!(matches!(again.next(), Some((_, Ok(_)))), "{line:?} is not read again");
    }
});
