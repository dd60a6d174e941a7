//! Dumps as Format-Table prints them.

#![no_main]

use fuzz::dump;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    dump(&[b"\nName     SmartHosts Enabled\n----     ---------- -------\n".as_slice(), data].concat());
});
