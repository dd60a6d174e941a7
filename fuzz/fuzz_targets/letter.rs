//! Bounces, and headers that were pasted.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto_message::bounce::{MAX_FAILURES, Stage, read};
use proto_message::hop::Hop;

fuzz_target!(|data: &[u8]| {
    let letter = read(data);
    for report in &letter.reports {
        assert!(report.failures.len() <= MAX_FAILURES, "{} failures", report.failures.len());
        for failure in &report.failures {
            let _ = Stage::find(&failure.reply.text);
        }
    }
    let returned = letter.reports.iter().filter_map(|report| report.returned.as_ref());
    for header in letter.headers.iter().chain(returned) {
        header.iter().for_each(|field| drop(Hop::of(field)));
    }
});
