//! End of data, dots, faults: every case fed at every cut.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

/// Decoded body, octets consumed, and the end.
type Result3 = (Vec<u8>, usize, Option<DataEnd>);

fn decode(pieces: &[&[u8]], limit: Option<u64>, bare_newline: BareNewline) -> Result3 {
    let mut decoder = DataDecoder::new(limit, bare_newline);
    let (mut body, mut consumed) = (Vec::new(), 0);
    for piece in pieces {
        let decoded = decoder.decode(piece, &mut body);
        consumed += decoded.consumed;
        if decoded.end.is_some() {
            return (body, consumed, decoded.end);
        }
    }
    (body, consumed, None)
}

/// Decodes at once, octet by octet and cut in two at every place; all must agree.
fn decode_at_every_cut(input: &[u8], limit: Option<u64>, bare_newline: BareNewline) -> Result3 {
    let whole = decode(&[input], limit, bare_newline);
    let octets: Vec<&[u8]> = input.chunks(1).collect();
    assert_eq!(decode(&octets, limit, bare_newline), whole, "octet by octet");
    for cut in 0..input.len() {
        let (a, b) = input.split_at(cut);
        assert_eq!(decode(&[a, b], limit, bare_newline), whole, "cut at {cut}");
    }
    whole
}

#[test]
fn messages_without_faults() {
    let cases: &[(&str, &str)] = &[
        (".\r\n", ""),
        ("a\r\n.\r\n", "a\r\n"),
        ("\r\n.\r\n", "\r\n"),
        ("..\r\n.\r\n", ".\r\n"),
        ("...\r\n.\r\n", "..\r\n"),
        (".a\r\n.\r\n", "a\r\n"),
        ("a.\r\n.\r\n", "a.\r\n"),
        ("a\r\n..\r\n.b\r\n\r\n.\r\n", "a\r\n.\r\nb\r\n\r\n"),
        ("a\r\n. \r\n.\r\n", "a\r\n \r\n"),
    ];
    for (wire, body) in cases {
        let input = format!("{wire}QUIT\r\n");
        let (got, consumed, end) = decode_at_every_cut(input.as_bytes(), None, BareNewline::Reject);
        assert_eq!(String::from_utf8(got).unwrap(), *body, "{wire:?}");
        assert_eq!(consumed, wire.len(), "{wire:?}");
        let end = end.unwrap();
        assert_eq!((end.size, end.faults, end.over_limit), (body.len() as u64, DataFaults::default(), None));
        assert_eq!(end.refusal(), None);
    }
}

#[test]
fn nothing_but_crlf_dot_crlf_ends_a_message() {
    // Each would end a message for some server, and hide a second envelope from us (CVE-2023-51764 and kin).
    let smuggled: &[(&str, DataFault)] = &[
        ("\n.\n", DataFault::BareLf),
        ("\n.\r\n", DataFault::BareLf),
        ("\r\n.\n", DataFault::BareLf),
        ("\r.\r", DataFault::BareCr),
        ("\r.\r\n", DataFault::BareCr),
        ("\r\n.\r", DataFault::BareCr),
        ("\n.\r", DataFault::BareLf),
        ("\r.\n", DataFault::BareCr),
        ("\r\n.\r\r\n", DataFault::BareCr),
        ("\r\r\n.\r\r\n", DataFault::BareCr),
        ("\r\n\0.\r\n", DataFault::Nul),
        ("\r\n.\0\r\n", DataFault::Nul),
    ];
    for (false_end, fault) in smuggled {
        let input = format!("a{false_end}MAIL FROM:<evil@example.org>\r\n.\r\nQUIT\r\n");
        let (body, consumed, end) = decode_at_every_cut(input.as_bytes(), None, BareNewline::Reject);
        assert_eq!(&input[consumed..], "QUIT\r\n", "{false_end:?} must not end the message");
        let end = end.unwrap();
        assert_eq!(end.faults.first().map(|(fault, _)| fault), Some(*fault), "{false_end:?}");
        assert!(!String::from_utf8_lossy(&body).contains("MAIL"), "{false_end:?}: nothing is yielded behind a fault");
        let reply = end.refusal().unwrap().to_string();
        assert!(reply.starts_with("550 5.6.11 "), "{false_end:?}: {reply}");
    }
}

#[test]
fn faults_know_their_first_place() {
    let (_, _, end) = decode_at_every_cut(b"ab\nc\rd\0e\n\r\n.\r\n", None, BareNewline::Reject);
    let faults = end.unwrap().faults;
    assert_eq!(faults, DataFaults { bare_lf: Some(2), bare_cr: Some(4), nul: Some(6) });
    assert_eq!(faults.first(), Some((DataFault::BareLf, 2)));
}

#[test]
fn bare_newlines_normalized() {
    let cases: &[(&str, &str)] = &[
        ("a\nb\n\r\n.\r\n", "a\r\nb\r\n\r\n"),
        ("a\n.\r\nb\r\n.\r\n", "a\r\n.\r\nb\r\n"),
        ("a\n.\nb\r\n.\r\n", "a\r\n.\r\nb\r\n"),
        ("a\n..b\r\n.\r\n", "a\r\n.b\r\n"),
        ("a\n.b\r\n.\r\n", "a\r\n.b\r\n"),
        ("\n\n.\r\n\r\n.\r\n", "\r\n\r\n.\r\n\r\n"),
    ];
    for (wire, body) in cases {
        let (got, consumed, end) = decode_at_every_cut(wire.as_bytes(), None, BareNewline::Normalize);
        assert_eq!(String::from_utf8(got).unwrap(), *body, "{wire:?}");
        assert_eq!(consumed, wire.len(), "{wire:?}");
        assert!(end.unwrap().faults.is_empty(), "{wire:?}");
    }
    let (_, _, end) = decode_at_every_cut(b"a\rb\n.\r\n\r\n.\r\n", None, BareNewline::Normalize);
    assert_eq!(end.unwrap().faults.bare_cr, Some(1), "a bare CR stays a fault");
}

#[test]
fn size_and_line_lengths() {
    let input = [b"..".to_vec(), vec![b'a'; 1_500], b"\r\nbb\r\n.\r\n".to_vec()].concat();
    let (body, _, end) = decode_at_every_cut(&input, Some(1_507), BareNewline::Reject);
    let end = end.unwrap();
    assert_eq!((end.size, end.longest_line, end.over_limit), (1_507, 1_503, None));
    assert_eq!(body.len(), 1_507);
    let (body, consumed, end) = decode_at_every_cut(&input, Some(1_506), BareNewline::Reject);
    assert!(body.len() <= 1_506);
    assert_eq!(consumed, input.len());
    let reply = end.unwrap().refusal().unwrap().to_string();
    assert!(reply.starts_with("552 5.3.4 "), "{reply}");
}

fn encode(pieces: &[&[u8]]) -> Result<Vec<u8>, EncodeError> {
    let mut encoder = DataEncoder::new();
    let mut out = Vec::new();
    for piece in pieces {
        encoder.encode(piece, &mut out)?;
    }
    encoder.finish(&mut out)?;
    Ok(out)
}

#[test]
fn encoding() {
    type Case = (&'static [u8], Result<&'static [u8], EncodeError>);
    let cases: &[Case] = &[
        (b"", Ok(b".\r\n")),
        (b"a", Ok(b"a\r\n.\r\n")),
        (b"a\r\n", Ok(b"a\r\n.\r\n")),
        (b".", Ok(b"..\r\n.\r\n")),
        (b".\r\n..\r\na.b\r\n", Ok(b"..\r\n...\r\na.b\r\n.\r\n")),
        (b"\r\n.", Ok(b"\r\n..\r\n.\r\n")),
        (b"a\nb", Err(EncodeError::BareLf { at: 1 })),
        (b"a\r\n\nb", Err(EncodeError::BareLf { at: 3 })),
        (b"a\rb", Err(EncodeError::BareCr { at: 1 })),
        (b"a\r\r\n", Err(EncodeError::BareCr { at: 1 })),
        (b"a\r", Err(EncodeError::BareCr { at: 1 })),
        (b"\r.\r\n", Err(EncodeError::BareCr { at: 0 })),
        (b"ab\0", Err(EncodeError::Nul { at: 2 })),
    ];
    for (body, wanted) in cases {
        let wanted = wanted.map(<[u8]>::to_vec);
        assert_eq!(encode(&[body]), wanted, "{:?}", String::from_utf8_lossy(body));
        assert_eq!(encode(&body.chunks(1).collect::<Vec<_>>()), wanted, "octet by octet");
    }
}

#[test]
fn a_failed_encoder_never_writes_an_end() {
    let mut encoder = DataEncoder::new();
    let mut out = Vec::new();
    encoder.encode(b"a\r", &mut out).unwrap();
    assert_eq!(out, b"a", "a CR waits for its LF");
    let error = encoder.encode(b"b", &mut out).unwrap_err();
    assert_eq!(encoder.encode(b"\r\n", &mut out), Err(error));
    assert_eq!(encoder.finish(&mut out), Err(error));
    assert_eq!(out, b"a");
}

#[test]
fn bdat_counts() {
    let mut decoder = BdatDecoder::new(5);
    assert_eq!(decoder.decode(b"ab\n"), (&b"ab\n"[..], &b""[..]));
    assert!(!decoder.is_done());
    assert_eq!(decoder.decode(b".\rNOOP\r\n"), (&b".\r"[..], &b"NOOP\r\n"[..]));
    assert!(decoder.is_done());
    assert!(BdatDecoder::new(0).is_done());
}

/// The octets that matter, in any order.
fn octets() -> impl Strategy<Value = Vec<u8>> {
    let octet = prop::sample::select(b"\r\r\r\n\n\n...ab\0".to_vec());
    let piece = prop_oneof![6 => prop::collection::vec(octet, 1..4), 2 => Just(b"\r\n".to_vec()), 1 => Just(b"\r\n.\r\n".to_vec())];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// The plain definition: the end is the first CRLF.CRLF, the CRLF of the DATA command counted.
    #[test]
    fn the_end_is_where_the_definition_says(input in octets(), normalize in any::<bool>()) {
        let bare_newline = if normalize { BareNewline::Normalize } else { BareNewline::Reject };
        let (body, consumed, end) = decode_at_every_cut(&input, None, bare_newline);
        let command_and_input = [b"\r\n", input.as_slice()].concat();
        let found = command_and_input.windows(5).position(|window| window == b"\r\n.\r\n");
        prop_assert_eq!(end.map(|_| consumed), found.map(|at| at + 3));
        let (Some(at), Some(end)) = (found, end) else { return Ok(()) };
        let message = &input[..at];
        let bare = encode(&[message]).is_err();
        if !normalize {
            prop_assert_eq!(end.faults.is_empty(), !bare);
        }
        if !bare {
            let mut plain = Vec::new();
            for line in String::from_utf8_lossy(message).split_inclusive("\r\n") {
                plain.extend_from_slice(line.strip_prefix('.').unwrap_or(line).as_bytes());
            }
            prop_assert_eq!(body, plain);
        } else if end.faults.is_empty() {
            prop_assert!(encode(&[&body]).is_ok(), "a normalized body can be sent on");
        }
    }

    /// What we send is read back as what we were given, by any reader that keeps to the rule.
    #[test]
    fn encoded_and_decoded(body in octets(), piece in 1usize..20) {
        let Ok(wire) = encode(&body.chunks(piece).collect::<Vec<_>>()) else { return Ok(()) };
        let (got, consumed, end) = decode(&[&wire], None, BareNewline::Reject);
        prop_assert_eq!(consumed, wire.len());
        prop_assert!(end.unwrap().faults.is_empty());
        let mut wanted = body.clone();
        if !body.is_empty() && !body.ends_with(b"\r\n") {
            wanted.extend_from_slice(b"\r\n");
        }
        prop_assert_eq!(got, wanted);
    }

    /// Whatever the input, no bare CR, bare LF or NUL leaves the encoder, not even before an error.
    #[test]
    fn nothing_bare_is_ever_emitted(pieces in prop::collection::vec(octets(), 0..5)) {
        let mut encoder = DataEncoder::new();
        let mut out = Vec::new();
        for piece in &pieces {
            let _refused_pieces_leave_no_trace = encoder.encode(piece, &mut out);
        }
        let text = String::from_utf8_lossy(&out).replace("\r\n", "");
        prop_assert!(!text.contains(['\r', '\n', '\0']), "{out:?}");
        let from_command = [b"\r\n".as_slice(), &out].concat();
        prop_assert!(!from_command.windows(5).any(|window| window == b"\r\n.\r\n"), "{out:?}");
    }

    /// Chunks and DATA agree on what a message is: same body, same faults, whatever the borders; and what is taken in can be
    /// sent on.
    #[test]
    fn chunks_hold_what_data_holds(body in octets(), piece in 1usize..9, normalize in any::<bool>()) {
        let bare_newline = if normalize { BareNewline::Normalize } else { BareNewline::Reject };
        let chunked = |pieces: &mut dyn Iterator<Item = &[u8]>, content| {
            let (mut decoder, mut out) = (ChunkDecoder::new(None, content), Vec::new());
            pieces.for_each(|piece| decoder.decode(piece, &mut out));
            let end = decoder.finish(&mut out);
            (out, end)
        };
        let (got, end) = chunked(&mut body.chunks(piece), ChunkContent::Text(bare_newline));
        prop_assert_eq!(&(got.clone(), end), &chunked(&mut std::iter::once(&body[..]), ChunkContent::Text(bare_newline)));
        prop_assert_eq!(end.faults.is_empty(), encode(&[&got]).is_ok() && end.size == got.len() as u64);
        if !normalize {
            prop_assert_eq!(end.faults.is_empty(), encode(&[&body]).is_ok());
        }
        if let Ok(wire) = encode(&[&got]) && end.faults.is_empty() {
            let (by_data, _, of_data) = decode(&[&wire], None, BareNewline::Reject);
            prop_assert!(by_data.starts_with(&got) && of_data.unwrap().faults.is_empty());
        }
        let (binary, end) = chunked(&mut body.chunks(piece), ChunkContent::Binary);
        prop_assert!(end.faults.is_empty() && end.size == body.len() as u64);
        prop_assert_eq!(binary, body);
    }
}
