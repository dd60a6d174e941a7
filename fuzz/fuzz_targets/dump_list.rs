//! Dumps as Format-List prints them.

#![no_main]

use fuzz::dump;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    dump(&[b"\n\nName : Outbound\nSmartHosts : {a}\n".as_slice(), data].concat());
});
