//! Dumps as JSON.

#![no_main]

use fuzz::dump;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    dump(&[b"[{".as_slice(), data].concat());
});
