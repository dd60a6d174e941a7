//! What several targets share: how an input becomes blocks, evidence and a case. It must not parse anything itself.

#![forbid(unsafe_code)]

use proto_exchange::dump::{MAX_OBJECTS, looks_so, read_octets};
use service_diagnosis::{Evidence, Reader, SourceId};

/// Between the files of a case.
const NEXT_FILE: &[u8] = b"\n=====\n";

/// Most files of a case: few of many kinds find more than many of one.
const MAX_FILES: usize = 6;

/// Takes an input's first two octets to cut the rest into blocks of uneven length. Gives the rest whole, too.
pub fn blocks(input: &[u8]) -> (&[u8], impl Iterator<Item = &[u8]>) {
    let (data, mut state) = match input {
        [first, second, rest @ ..] => (rest, u32::from(*first) << 8 | u32::from(*second)),
        _ => (input, 0),
    };
    let mut left = data;
    let blocks = std::iter::from_fn(move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let length = 1 + (state >> 16) as usize % if state & 0x100 == 0 { 16 } else { 4_096 };
        let (block, rest) = left.split_at_checked(length).unwrap_or((left, &[]));
        left = rest;
        (!block.is_empty()).then_some(block)
    });
    (data, blocks)
}

/// Reads a dump, and holds it to its bounds.
///
/// # Panics
/// When it breaks them.
pub fn dump(octets: &[u8]) {
    let _ = looks_so(&String::from_utf8_lossy(octets));
    let (dump, _) = read_octets(octets);
    let objects = dump.objects.len() + dump.other.len();
    assert!(objects <= MAX_OBJECTS && objects <= 1 + octets.len(), "{objects} objects of {} octets", octets.len());
}

/// What a file shows that comes in these blocks.
pub fn evidence<'a>(id: u32, name: &str, blocks: impl Iterator<Item = &'a [u8]>) -> Evidence {
    let mut reader = Reader::new(SourceId(id), name);
    blocks.for_each(|block| reader.feed(block));
    reader.finish()
}

/// What the files of a case show, which stand one behind the other.
pub fn case(input: &[u8]) -> Evidence {
    let mut joined = Evidence::default();
    let mut rest = input;
    for id in 0..MAX_FILES as u32 {
        let end = rest.windows(NEXT_FILE.len()).position(|octets| octets == NEXT_FILE);
        let (file, behind) = rest.split_at_checked(end.unwrap_or(rest.len())).unwrap_or((rest, &[]));
        joined.merge(evidence(id, &format!("file-{id}.log"), std::iter::once(file)));
        let Some(behind) = behind.get(NEXT_FILE.len()..) else { break };
        rest = behind;
    }
    joined
}
