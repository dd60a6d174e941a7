//! Tables of Postfix, and what stands in them: routes, policies, fingerprints.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto_postfix::{Digest, Route, TlsPolicy, table};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (entries, beyond) = table(&text);
    assert!(entries.len() + beyond <= text.lines().count(), "more than there are lines");
    for entry in &entries {
        let route = Route::parse(&entry.value);
        assert!(route.next_hop.is_none_or(|hop| !hop.host.is_empty()), "a next hop without a name");
        let _ = (TlsPolicy::parse(&entry.value), Digest::of(&entry.key));
    }
});
