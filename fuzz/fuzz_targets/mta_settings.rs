//! Settings of Postfix.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto_postfix::{looks_like_settings, settings};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = looks_like_settings(&text);
    let (settings, others) = settings(&text);
    assert!(settings.len() + others.len() <= text.lines().count(), "more than there are lines");
});
