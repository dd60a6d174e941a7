//! Reports of Exchange Online's message trace.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto_exchange::message_trace::{TraceReport, inbound_connector, is_header};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = inbound_connector(&text);
    let (mut report, mut rows) = (TraceReport::default(), 0);
    for (number, line) in (1..).zip(text.lines()) {
        let _ = is_header(line);
        report.take(number, line, &mut |_, _| rows += 1);
    }
    report.finish(&mut |_, _| rows += 1);
    assert!(rows <= text.lines().count(), "{rows} rows");
});
