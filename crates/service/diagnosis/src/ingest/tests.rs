//! What a file is taken for, and that reading is total.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use encoding_rs::{UTF_16BE, UTF_16LE};
use proptest::prelude::*;

use super::*;

/// Reads octets in blocks of a length.
fn read(octets: &[u8], length: usize) -> Source {
    let mut reader = Reader::new(SourceId(7), "file");
    octets.chunks(length.max(1)).for_each(|block| reader.feed(block));
    reader.finish().sources.pop().unwrap()
}

#[test]
fn what_nobody_reads_is_told_by_what_it_is() {
    let check = |octets: &[u8], expected: &str| {
        let source = read(octets, 1000);
        let codes: Vec<&str> = source.problems.iter().map(|problem| problem.code).collect();
        assert_eq!((codes, source.kinds), (vec![expected], Vec::new()), "{:?}", String::from_utf8_lossy(octets));
    };
    check(b"", "problem-empty");
    check(b" \r\n\t", "problem-empty");
    check(b"\xef\xbb\xbf", "problem-empty");
    check(b"\xff\xfe", "problem-empty");
    check(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "problem-image");
    check(b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01", "problem-image");
    check(b"BM, the baker, writes you", "problem-not-recognised");
    check(b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0", "problem-image");
    check(b"ElfFile\0\0\0\0\0", "problem-event-log-binary");
    check(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0", "problem-compound-file");
    check(b"%PDF-1.7\n%", "problem-printed");
    check(b"7z\xbc\xaf\x27\x1c\0\x04", "problem-archive-other");
    check(&[0; 100_000], "problem-binary");
    check(b"\x7fELF\x02\x01\x01\0\0\0\0\0", "problem-binary");
    check("Dobrý den, posílám vám recept na bábovku.\n".as_bytes(), "problem-not-recognised");
    check(b"Dobr\xfd den, ve windows-1250.\n", "problem-not-recognised");
    let utf_16: Vec<u8> = "no evidence, in UTF-16".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&utf_16, "problem-not-recognised");
}

#[test]
fn a_file_that_nobody_reads_is_not_read_to_its_end() {
    let mut reader = Reader::new(SourceId(0), "file");
    assert!(reader.wants_more(), "its beginning is needed");
    reader.feed(&[b'x'; HEAD_LENGTH]);
    assert!(!reader.wants_more(), "its beginning says that it is nothing of ours");
}

#[test]
fn what_could_not_be_had_is_told_once() {
    let mut reader = Reader::new(SourceId(0), "file");
    reader.cut_short("problem-unreadable", vec![("error", "permission denied".to_owned())]);
    let source = reader.finish().sources.pop().unwrap();
    let codes: Vec<&str> = source.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["problem-unreadable"], "an empty file was made of one that was not read");
}

#[test]
fn a_whole_text_is_kept_up_to_its_limit() {
    let check = |length: usize, expected: Option<&str>| {
        let mut found = Found::default();
        let mut intake = whole::Whole::boxed(|octets, found| found.source.records = octets.len() as u64);
        (0..length / 1024).for_each(|_| intake.feed(&[b'x'; 1024], &mut found));
        intake.finish(&mut found);
        let told = found.source.problems.first().map(|problem| problem.code);
        assert_eq!(told, expected, "{length}");
        assert_eq!(found.source.records, if expected.is_some() { 0 } else { length as u64 }, "{length}");
    };
    check(0, None);
    check(whole::MAX_WHOLE_LENGTH, None);
    check(whole::MAX_WHOLE_LENGTH + 1024, Some("problem-too-long"));
}

proptest! {
    #[test]
    fn reading_is_total_and_blocks_make_no_difference(octets in proptest::collection::vec(any::<u8>(), 0..3000), length in 1..999usize) {
        let one = read(&octets, octets.len());
        let many = read(&octets, length);
        prop_assert_eq!(one.kinds, many.kinds);
        prop_assert_eq!(one.problems, many.problems);
        prop_assert_eq!(one.records, many.records);
    }

    #[test]
    fn decoding_loses_nothing_between_blocks(text in "\\PC{0,300}", length in 1..50usize, little in any::<bool>()) {
        let octets: Vec<u8> = text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect();
        let mut decoder = if little { UTF_16LE } else { UTF_16BE }.new_decoder_without_bom_handling();
        let mut decoded = Vec::new();
        octets.chunks(length).for_each(|block| decode(&mut decoder, block, false, |text| decoded.extend_from_slice(text)));
        decode(&mut decoder, &[], true, |text| decoded.extend_from_slice(text));
        prop_assert_eq!(String::from_utf8(decoded).unwrap(), text);
    }
}
