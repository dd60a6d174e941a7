//! Dumps in whatever shape and encoding.

#![no_main]

use fuzz::dump;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    dump(data);
});
