//! Logs of Postfix, Exim and sendmail.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto_postfix::{LogReader, program};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let mut reader = LogReader::default();
    for (number, line) in (1..).zip(text.lines()) {
        let _ = program(line);
        reader.line(number, line);
    }
});
