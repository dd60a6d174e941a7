//! Sessions of SMTP protocol logs: how the octets come does not matter, and no more is told than there are rows.

#![no_main]

use fuzz::blocks;
use libfuzzer_sys::fuzz_target;
use proto_exchange::protocol_log::{Session, Sessions};

fuzz_target!(|data: &[u8]| {
    let (data, blocks) = blocks(data);
    let whole = sessions(std::iter::once(data));
    assert!(whole.len() <= data.len(), "{} sessions of {} octets", whole.len(), data.len());
    assert_eq!(whole, sessions(blocks), "blocks matter");
});

fn sessions<'a>(blocks: impl Iterator<Item = &'a [u8]>) -> Vec<Session> {
    let (mut reader, mut told) = (Sessions::default(), Vec::new());
    let mut on = |session: Box<Session>| {
        told.push(Session::clone(&session));
        Some(session)
    };
    blocks.for_each(|block| reader.feed(block, &mut on));
    reader.finish(&mut on);
    told
}
