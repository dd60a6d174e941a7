//! Lists in Postfix's settings, and the tables that they name.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto_postfix::items;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    assert!(items(&text).len() <= text.len(), "more items than octets");
});
