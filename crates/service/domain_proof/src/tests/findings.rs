//! What was found is told apart, and shown so that it can do no harm.

use core_directory::TenantId;
use io_dns::DnsFailure;
use io_store::Secret;

use super::domain;
use crate::{Challenge, Finding, Values};

#[test]
fn findings() {
    let own = Challenge::new(&Secret::new([1; 32]), TenantId(1), &domain("contoso.com")).unwrap();
    let strange = Challenge::new(&Secret::new([1; 32]), TenantId(2), &domain("contoso.com")).unwrap();
    let (value, stranger) = (own.value.as_str(), strange.value.as_str());
    let records = |records: &[&[u8]]| Ok(records.iter().map(|record| record.to_vec()).collect());
    let check = |answer: Result<Vec<Vec<u8>>, DnsFailure>, expected: Finding, absence: bool| {
        let found = Finding::of(&own, answer.clone());
        assert_eq!((found.is_absence(), &found), (absence, &expected), "{answer:?}");
    };
    let others = |shown: &[&str], more: usize, strangers: usize| {
        Finding::Others(Values { shown: shown.iter().map(|text| (*text).to_owned()).collect(), more, strangers })
    };
    check(Err(DnsFailure::NoSuchName), Finding::NoSuchName, true);
    check(Err(DnsFailure::NoData), Finding::NoRecord, true);
    for failure in [
        DnsFailure::ServerFailure,
        DnsFailure::Refused,
        DnsFailure::TimedOut,
        DnsFailure::NoServers("none".into()),
        DnsFailure::Other("broken".into()),
    ] {
        check(Err(failure.clone()), Finding::Unknown(failure), false);
    }
    check(records(&[value.as_bytes()]), Finding::Right { strangers: 0 }, false);
    check(records(&[b"v=spf1 -all", value.as_bytes()]), Finding::Right { strangers: 0 }, false);
    check(records(&[stranger.as_bytes(), value.as_bytes()]), Finding::Right { strangers: 1 }, false);
    check(records(&[b"v=spf1 -all"]), others(&["v=spf1 -all"], 0, 0), true);
    check(records(&[stranger.as_bytes()]), others(&[stranger], 0, 1), true);
    check(records(&[b""]), others(&[""], 0, 0), true);
    check(records(&[b"\x1b[31m\"\r\n\0\xff"]), others(&[r#"\x1b[31m\"\r\n\x00\xff"#], 0, 0), true);
    check(records(&[&[b'x'; 201]]), others(&[&format!("{}…", "x".repeat(200))], 0, 0), true);
    check(records(&[&[b'x'; 200]]), others(&[&"x".repeat(200)], 0, 0), true);
    check(records(&[b"y".as_slice(); 12]), others(&["y"; 10], 2, 0), true);
}
