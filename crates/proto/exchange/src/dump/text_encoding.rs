//! The encoding of a dump. Windows PowerShell writes UTF-16 by `>` and Export-Clixml, the machine's code page by Set-Content,
//! ASCII by Export-Csv; PowerShell 7 writes UTF-8 (Microsoft: about_Character_Encoding). A code page is nowhere named: it is
//! guessed, and said to be.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1252};

/// How a text was encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextEncoding {
    encoding: &'static Encoding,
    /// Whether it is only guessed: letters beyond ASCII may be others.
    pub is_guessed: bool,
}

impl TextEncoding {
    /// Its name, such as `windows-1250`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.encoding.name()
    }

    /// Decodes a whole text: by its byte order mark; by zeros in every other place; as UTF-8 if it is; else in the code page
    /// of Central Europe or the West, whichever its letters speak for.
    #[must_use]
    pub fn decode(octets: &[u8]) -> (Cow<'_, str>, Self) {
        let known = |encoding| Self { encoding, is_guessed: false };
        let own = match Encoding::for_bom(octets).map(|(encoding, _)| encoding).or_else(|| utf_16(octets)) {
            Some(encoding) => known(encoding),
            None if std::str::from_utf8(octets).is_ok() => known(UTF_8),
            None if is_central_european(octets) => Self { encoding: WINDOWS_1250, is_guessed: true },
            None => Self { encoding: WINDOWS_1252, is_guessed: true },
        };
        (own.encoding.decode(octets).0, own)
    }
}

/// UTF-16 by its byte order mark, or, without one, by zeros in every other place; `None` for every other encoding.
#[must_use]
pub fn utf_16(octets: &[u8]) -> Option<&'static Encoding> {
    match octets {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        _ if zeros(octets, 1) => Some(UTF_16LE),
        _ if zeros(octets, 0) => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether nearly every second octet, from this one on, is zero and the others are not: UTF-16 of mostly ASCII.
fn zeros(octets: &[u8], from: usize) -> bool {
    const SAMPLE: usize = 512;
    const LEAST: usize = 8;
    let sample = octets.get(..octets.len().min(SAMPLE)).unwrap_or_default();
    let count = |from: usize| sample.iter().skip(from).step_by(2).filter(|octet| **octet == 0).count();
    let half = sample.len() / 2;
    sample.len() >= LEAST && count(from) * 10 > half * 8 && count(1 - from) * 10 < half
}

/// Whether the octets that mean different letters in the two code pages are rather those of Czech, Slovak and Polish
/// (č ě ř ů š ž ł) than of French and Spanish (à ê ñ õ å ã).
fn is_central_european(octets: &[u8]) -> bool {
    let count = |letters: &[u8]| octets.iter().filter(|octet| letters.contains(octet)).count();
    count(&[0xe8, 0xec, 0xf8, 0xf9, 0x9a, 0x9e, 0xb3, 0xef, 0xc8, 0xd8, 0x8a, 0x8e])
        > count(&[0xe0, 0xea, 0xf1, 0xf5, 0xe5, 0xe3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_utf_16_by_mark_or_zeros() {
        let check =
            |octets: &[u8], expected: Option<&'static Encoding>| assert_eq!(utf_16(octets), expected, "{octets:?}");
        check(b"", None);
        check(b"Identity", None);
        check(b"\xef\xbb\xbfIdentity", None);
        check(b"\xff\xfeI\0", Some(UTF_16LE));
        check(b"\xfe\xff\0I", Some(UTF_16BE));
        check(b"I\0d\0e\0n\0t\0", Some(UTF_16LE));
        check(b"\0I\0d\0e\0n\0t", Some(UTF_16BE));
        check(b"I\0d", None);
        check(&[0; 64], None);
    }

    #[test]
    fn tells_encodings() {
        let utf_16 = |text: &str, mark: bool| {
            let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
        };
        let check = |octets: &[u8], text: &str, name: &str, is_guessed: bool| {
            let (decoded, encoding) = TextEncoding::decode(octets);
            assert_eq!((&*decoded, encoding.name(), encoding.is_guessed), (text, name, is_guessed));
        };
        check(b"Name : a", "Name : a", "UTF-8", false);
        check("\u{feff}Name : ř".as_bytes(), "Name : ř", "UTF-8", false);
        check(&utf_16("Name : ř", true), "Name : ř", "UTF-16LE", false);
        check(&utf_16("Name : abcdef", false), "Name : abcdef", "UTF-16LE", false);
        check(b"Name : Odchoz\xed do \xf8editelstv\xed", "Name : Odchozí do ředitelství", "windows-1250", true);
        check(
            b"Name : Gen\xe8ve \xe0 l'int\xe9rieur, c\xf4t\xe9 \xe0",
            "Name : Genève à l'intérieur, côté à",
            "windows-1252",
            true,
        );
        check(b"Name : M\xfcnchen", "Name : München", "windows-1252", true);
        check(b"", "", "UTF-8", false);
    }
}
