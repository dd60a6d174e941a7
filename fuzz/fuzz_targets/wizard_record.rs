//! The Hybrid Configuration Wizard's record of cmdlets, and the commands in it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto_exchange::wizard_log::{Command, Run, looks_like_record, read_record};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = looks_like_record(&text);
    let _ = Command::parse(&text);
    let mut run = Run::default();
    read_record(&text).invocations.into_iter().for_each(|call| run.invocation(call));
    run.finish();
});
