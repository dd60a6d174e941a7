//! The Hybrid Configuration Wizard's log.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto_exchange::wizard_log::{LogReader, MAX_CHANGES, Run, looks_like_log};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = looks_like_log(&text);
    let (mut reader, mut run) = (LogReader::default(), Run::default());
    for (number, line) in (1..).zip(text.lines()) {
        reader.line(number, line).into_iter().for_each(|entry| run.entry(entry));
    }
    reader.finish().into_iter().for_each(|entry| run.entry(entry));
    run.finish();
    assert!(run.changes.len() <= MAX_CHANGES, "{} changes", run.changes.len());
});
