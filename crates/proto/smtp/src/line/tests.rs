//! Line ends, fed whole and octet by octet.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

/// All lines, a whole one as its text, a refused one as `!` and its cause, and what is left as `…`.
fn lines(pieces: &[&[u8]]) -> Vec<String> {
    let mut buffer = LineBuffer::new();
    let mut all = Vec::new();
    for piece in pieces {
        buffer.feed(piece);
        while let Some(line) = buffer.next_line() {
            match line {
                Line::Whole(text) => all.push(String::from_utf8_lossy(&text).into_owned()),
                Line::Refused(error) => all.push(format!("!{error:?}")),
                Line::Endless => {
                    all.push("!Endless".to_owned());
                    return all;
                }
            }
        }
    }
    if !buffer.is_empty() {
        all.push("…".to_owned());
    }
    all
}

#[test]
fn a_line_ends_in_crlf_and_in_nothing_else() {
    let cases: &[(&[u8], &[&str])] = &[
        (b"NOOP\r\n", &["NOOP"]),
        (b"\r\n", &[""]),
        (b"A\r\nB\r\nC", &["A", "B", "…"]),
        (b"A\nB\r\nC\r\n", &["!BareLf", "!BareLf", "C"]),
        (b"A\nB\nC\r\nD\r\n", &["!BareLf", "!BareLf", "!BareLf", "D"]),
        (b"A\rB\r\nC\r\n", &["!BareCr", "C"]),
        (b"A\r\r\nC\r\n", &["!BareCr", "C"]),
        (b"A\r", &["…"]),
        (b"\n\r\nA\r\n", &["!BareLf", "!BareLf", "A"]),
    ];
    for (input, wanted) in cases {
        assert_eq!(lines(&[input]), *wanted, "{:?} at once", String::from_utf8_lossy(input));
        let octets: Vec<&[u8]> = input.chunks(1).collect();
        assert_eq!(lines(&octets), *wanted, "{:?} octet by octet", String::from_utf8_lossy(input));
    }
}

#[test]
fn long_lines_are_refused_once_and_cost_no_memory() {
    let long = |length: usize| [vec![b'a'; length - 2], b"\r\nNOOP\r\n".to_vec()].concat();
    let cases = [(MAX_COMMAND_LINE, "a"), (MAX_COMMAND_LINE + 1, "!LineTooLong"), (MAX_DISCARDED_LINE, "!LineTooLong")];
    for (length, first) in cases {
        let input = long(length);
        for size in [1, 7, 1_000, input.len()] {
            let got = lines(&input.chunks(size).collect::<Vec<_>>());
            assert!(got[0].starts_with(first), "{length} octets in pieces of {size}: {}", &got[0][..1]);
            assert_eq!(got[1..], ["NOOP"], "{length} octets in pieces of {size}");
        }
    }
    let mut buffer = LineBuffer::new();
    let given_up = (0..=MAX_DISCARDED_LINE / 1_000).any(|_| {
        buffer.feed(&[b'a'; 1_000]);
        assert!(buffer.buffer.len() <= MAX_COMMAND_LINE + 1_000);
        buffer.next_line() == Some(Line::Endless)
    });
    assert!(given_up, "a line without end must be given up");
}

#[test]
fn what_is_put_back_comes_first() {
    let mut buffer = LineBuffer::new();
    buffer.feed(b"body NOOP\r\n");
    let taken = buffer.take();
    buffer.feed(b"QUIT\r\n");
    buffer.put_back(&taken[5..]);
    assert_eq!(buffer.next_line(), Some(Line::Whole(Bytes::from_static(b"NOOP"))));
    assert_eq!(buffer.next_line(), Some(Line::Whole(Bytes::from_static(b"QUIT"))));
    assert!(buffer.is_empty());
}

proptest! {
    #[test]
    fn pieces_make_no_difference(input in prop::collection::vec(prop::sample::select(b"\r\nab\0".to_vec()), 0..40), size in 1usize..9) {
        let whole = lines(&[&input]);
        prop_assert_eq!(lines(&input.chunks(size).collect::<Vec<_>>()), whole);
    }
}
