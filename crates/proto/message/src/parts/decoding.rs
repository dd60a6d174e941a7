//! Undoes Content-Transfer-Encoding and charset, and keeps of each decoded line where it began.

use data_encoding::BASE64_MIME_PERMISSIVE;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::Line;

/// Decodes the lines of a part. Unknown encodings are taken as they stand.
pub(super) fn decode(body: &[(u64, &[u8])], encoding: &str, label: &str) -> Vec<Line> {
    match encoding {
        "quoted-printable" => quoted_printable(body, label),
        "base64" => base64(body, label),
        _ => body.iter().map(|(number, line)| Line { number: *number, text: charset(line, label) }).collect(),
    }
}

/// Octets to text: by the label, else UTF-8 where they are that, else Windows-1252, in which no octet is an error. Statuses,
/// names and addresses are ASCII in each.
pub(super) fn charset(octets: &[u8], label: &str) -> String {
    let labelled = Encoding::for_label(label.as_bytes());
    match (labelled, std::str::from_utf8(octets)) {
        (None, Ok(text)) => text.to_owned(),
        (encoding, plain) => {
            let guess = if plain.is_ok() { UTF_8 } else { WINDOWS_1252 };
            encoding.unwrap_or(guess).decode_without_bom_handling(octets).0.into_owned()
        }
    }
}

/// RFC 2045 §6.7. A decoded line stands where its first octets stand; what is no encoding stays as it is.
fn quoted_printable(body: &[(u64, &[u8])], label: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut open: Option<(u64, Vec<u8>)> = None;
    for (number, line) in body {
        let line = line.trim_ascii_end();
        let (text, is_soft) = line.strip_suffix(b"=").map_or((line, false), |text| (text, true));
        let (start, octets) = open.get_or_insert_with(|| (*number, Vec::new()));
        for decoded in Escaped(text) {
            if decoded == b'\n' {
                lines.push(Line { number: *start, text: charset(octets.trim_ascii_end(), label) });
                (*start, *octets) = (*number, Vec::new());
            } else {
                octets.push(decoded);
            }
        }
        if !is_soft && let Some((start, octets)) = open.take() {
            lines.push(Line { number: start, text: charset(&octets, label) });
        }
    }
    lines.extend(open.map(|(start, octets)| Line { number: start, text: charset(&octets, label) }));
    lines
}

/// Octets of a quoted-printable line.
struct Escaped<'a>(&'a [u8]);

impl Iterator for Escaped<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let hex = |octet: u8| char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        if let [b'=', high, low, rest @ ..] = self.0
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            self.0 = rest;
            return Some(high << 4 | low);
        }
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }
}

/// RFC 2045 §6.8. Its lines say nothing about the text's: all of it stands where the part begins. What cannot be decoded is
/// left as it is.
fn base64(body: &[(u64, &[u8])], label: &str) -> Vec<Line> {
    let number = body.iter().find(|(_, line)| !line.is_empty()).map_or(1, |(number, _)| *number);
    let packed: Vec<u8> = body.iter().flat_map(|(_, line)| line.trim_ascii().iter().copied()).collect();
    match BASE64_MIME_PERMISSIVE.decode(&packed) {
        Ok(octets) => {
            let text = charset(&octets, label);
            text.lines().map(|line| Line { number, text: line.to_owned() }).collect()
        }
        Err(_) => decode(body, "", label),
    }
}
