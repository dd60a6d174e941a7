//! The encodings of ORCPT and ENVID: xtext (RFC 3461 §4) and, inside it, international addresses in ASCII (RFC 6533 §3).

/// Decodes xtext; what is not well-formed stays as it is.
pub fn from_xtext(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let [octet, behind @ ..] = rest {
        let (decoded, after) = match escaped(rest) {
            Some(decoded) => (decoded, behind.get(2..).unwrap_or_default()),
            None => (*octet, behind),
        };
        out.push(decoded);
        rest = after;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The octet for which `+2B` and what follows stands. Hexadecimal digits are in upper case.
fn escaped(octets: &[u8]) -> Option<u8> {
    let [b'+', high, low, ..] = octets else { return None };
    Some(digit(*high)? << 4 | digit(*low)?)
}

fn digit(octet: u8) -> Option<u8> {
    match octet {
        b'0'..=b'9' => Some(octet - b'0'),
        b'A'..=b'F' => Some(octet - b'A' + 10),
        _ => None,
    }
}

/// An address with whatever is not ASCII, and what has a meaning here, as `\x{17E}`.
pub fn escape(address: &str, limit: usize) -> String {
    let escape = |c: char| match c {
        c if c.is_ascii_graphic() && !matches!(c, '\\' | '+' | '=') => c.to_string(),
        c => format!("\\x{{{:X}}}", u32::from(c)),
    };
    address.chars().take(limit).map(escape).collect()
}

/// The reverse; what is not well-formed stays as it is.
pub fn unescape(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    let mut rest = address;
    while let Some((before, behind)) = rest.split_once("\\x{") {
        out.push_str(before);
        let decoded = behind.split_once('}').and_then(|(hex, after)| {
            let is_hex = (2..=6).contains(&hex.len()) && hex.bytes().all(|b| b.is_ascii_hexdigit());
            let number = u32::from_str_radix(hex, 16).ok().filter(|_| is_hex)?;
            Some((char::from_u32(number)?, after))
        });
        rest = if let Some((c, after)) = decoded {
            out.push(c);
            after
        } else {
            out.push_str("\\x{");
            behind
        };
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn xtext_is_decoded() {
        for (text, wanted) in [
            ("QQ+2B1", "QQ+1"),
            ("a+3Db+20c", "a=b c"),
            ("+C5+BE", "ž"),
            ("+2b", "+2b"),
            ("++41", "+A"),
            ("+", "+"),
            ("+4", "+4"),
            ("+ 1", "+ 1"),
        ] {
            assert_eq!(from_xtext(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn escapes_that_are_none_stay() {
        for text in ["\\x{", "\\x{}", "\\x{110000}", "\\x{+5}", "\\x{D800}", "a\\x{1"] {
            assert_eq!(unescape(text), text);
        }
        assert_eq!(unescape("\\x{17E}ofie@\\x{61}"), "žofie@a");
    }

    proptest! {
        #[test]
        fn what_was_escaped_comes_back(address in any::<String>()) {
            prop_assert_eq!(unescape(&escape(&address, usize::MAX)), address.clone());
            prop_assert!(escape(&address, usize::MAX).is_ascii());
        }

        #[test]
        fn decoding_is_total(text in any::<String>()) {
            from_xtext(&text);
            unescape(&text);
        }
    }
}
