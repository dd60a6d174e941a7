//! Quoted-printable (RFC 2045 §6.7), for the parts of a bounce that are not plain lines of ASCII: a bounce must reach
//! hosts without 8BITMIME.

/// The longest encoded line in octets without its CRLF (RFC 2045 §6.7, rule 5).
const LINE: usize = 76;

/// Encodes text whose lines end in CRLF. The lines stay lines; decoded, every octet is as it was.
pub fn encode(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut length = 0;
    let mut rest = text;
    while let [octet, behind @ ..] = rest {
        if let [b'\r', b'\n', after @ ..] = rest {
            out.push_str("\r\n");
            length = 0;
            rest = after;
            continue;
        }
        let at_line_end = behind.is_empty() || behind.starts_with(b"\r\n");
        let plain = match octet {
            b' ' | b'\t' => !at_line_end,
            b'=' => false,
            _ => octet.is_ascii_graphic(),
        };
        let width = if plain { 1 } else { 3 };
        // One column is left for the `=` that continues the line.
        if length + width > LINE - 1 {
            out.push_str("=\r\n");
            length = 0;
        }
        if plain {
            out.push(char::from(*octet));
        } else {
            out.push_str(&format!("={octet:02X}"));
        }
        length += width;
        rest = behind;
    }
    out
}

#[cfg(test)]
pub mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    /// The plain reverse, for well-formed input.
    pub fn decode(text: &str) -> Vec<u8> {
        let text = text.replace("=\r\n", "");
        let mut out = Vec::new();
        let mut rest = text.as_bytes();
        while let [octet, behind @ ..] = rest {
            if *octet == b'=' {
                out.push(u8::from_str_radix(std::str::from_utf8(&behind[..2]).unwrap(), 16).unwrap());
                rest = &behind[2..];
            } else {
                out.push(*octet);
                rest = behind;
            }
        }
        out
    }

    #[test]
    fn encodes() {
        let check = |text: &str, expected: &str| assert_eq!(encode(text.as_bytes()), expected, "{text:?}");
        check("plain\r\nlines\r\n", "plain\r\nlines\r\n");
        check("a=b", "a=3Db");
        check("žluť", "=C5=BElu=C5=A5");
        check("end \r\nend\t", "end=20\r\nend=09");
        check("bare\rCR\nLF\0", "bare=0DCR=0ALF=00");
    }

    proptest! {
        #[test]
        fn every_octet_comes_back(text in any::<Vec<u8>>()) {
            let encoded = encode(&text);
            prop_assert!(encoded.lines().all(|line| line.len() <= LINE));
            prop_assert!(!encoded.replace("\r\n", "").contains(['\r', '\n']));
            prop_assert_eq!(decode(&encoded), text);
        }
    }
}
