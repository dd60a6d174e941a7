//! References in Postfix's settings: to each other, in circles, many.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto_postfix::expansion::{MAX_EXPANDED, expand};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.lines();
    let value = lines.next().unwrap_or_default();
    let settings: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once('=')).collect();
    let find = |name: &str| settings.iter().find(|(own, _)| *own == name).map(|(_, value)| *value);
    if let Ok(expanded) = expand(value, &find) {
        assert!(expanded.len() <= MAX_EXPANDED, "{} octets", expanded.len());
    }
});
